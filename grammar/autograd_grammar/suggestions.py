"""Suggestions for names that were not found: similar names, and names from other languages."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from autograd_grammar import prelude
from autograd_graph.errors import ProgramError, Span
from autograd_graph.operators import ROWS


def nearest(name: str, candidates: Iterable[str]) -> list[str]:
    """Up to three of ``candidates`` that are similar to ``name``, the most similar first."""
    from difflib import get_close_matches

    pool = list(dict.fromkeys(candidates))
    same = [other for other in pool if other.casefold() == name.casefold()]
    return same or get_close_matches(name, pool, n=3, cutoff=0.6)


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """The similar candidates as text for a hint; "" if there are none."""
    return " or ".join(nearest(name, candidates))


_ELSEWHERE = {
    "arcosh": "acosh", "arsinh": "asinh", "artanh": "atanh",
    "fabs": "abs", "heaviside": "step", "logistic": "sigmoid", "avg": "mean", "average": "mean",
    "clamp": "clip", "if": "where", "ifelse": "where", "iif": "where", "sgn": "sign",
    "signum": "sign", "tg": "tan", "ctg": "cot", "lg": "log10", "power": "pow", "root": "cbrt",
    "int": "trunc", "psi": "digamma", "product": "prod",
    "total": "sum", "maximum": "max", "minimum": "min", "remainder": "mod", "fmod": "mod",
    "arctg": "atan", "cosec": "csc", "cotan": "cot", "sh": "sinh", "ch": "cosh", "th": "tanh",
    "ceiling": "ceil", "heavyside": "step", "rect": "relu",
}  # fmt: skip
"""Names of functions in other languages, with their names here."""


_AS_FORMULA = {"and": "a*b", "or": "max(a, b)", "not": "1 - a", "xor": "a != b"}
_NORMAL, _DENSITY = "erfc(-{x}/sqrt(2))/2", "exp(-{x}^2/2)/sqrt(2*pi)"
_FORMULAS = {
    "normcdf": _NORMAL, "normalcdf": _NORMAL, "norm_cdf": _NORMAL, "pnorm": _NORMAL,
    "ncdf": _NORMAL, "normpdf": _DENSITY, "normalpdf": _DENSITY, "norm_pdf": _DENSITY,
    "dnorm": _DENSITY, "factorial": "gamma({x} + 1)", "fac": "gamma({x} + 1)",
    "inv": "1/{x}", "reciprocal": "1/{x}", "haversin": "(1 - cos({x}))/2",
}  # fmt: skip
"""Functions of one argument elsewhere that are a formula here."""

_SHARES = {"softmax": "exp({x} - logsumexp({all})), the share of {x} in {all}"}
"""Functions of several arguments elsewhere that are a formula here."""

_DERIVATIVES = ("grad", "gradient", "diff", "derivative", "deriv", "differentiate", "D", "jacobian")
_SHOWN = 60
_COPIED = 500


def unknown_function(
    name: str, written: str, span: Span, defined: Iterable[str], is_value: bool
) -> ProgramError:
    """The error for a call of a function that does not exist, with text ``written`` at ``span``."""
    arguments = " ".join(written[len(name) :].split())
    product = f"{name}*{arguments}" if len(arguments) <= _SHOWN else f"{name}*(...)"
    at = (span[0], span[0] + len(name))
    callable_rows = [spelling for spelling, row in ROWS.items() if row.function]
    names = [*defined, *callable_rows, *prelude.names()]
    if is_value:
        return ProgramError(
            f"{name!r} is a value, not a function",
            code="unknown-function",
            span=at,
            hint=f"to multiply, write {product}",
        )
    meant = _ELSEWHERE.get(name.casefold()) or did_you_mean(name, names)
    hint = function_elsewhere(name, arguments)
    if not hint:
        hint = f"did you mean {meant}?" if meant else "autograd functions lists them all"
    if name in _DERIVATIVES:
        hint = _derivative(arguments)
    elif name.casefold() == "hessian":
        hint = f"second derivatives: autograd diff {shlex.quote(_parts(arguments)[0])} --hessian"
    if name in _AS_FORMULA:
        hint = f"for conditions, write {_AS_FORMULA[name]}"
    elif not meant and len(name) == 1:
        hint = f"to multiply, write {product}"
    return ProgramError(
        f"there is no function {name!r}", code="unknown-function", span=at, hint=hint
    )


def function_elsewhere(name: str, arguments: str = "()") -> str:
    """The hint for a function that has another name here, or is a formula; "" for others."""
    folded = name.casefold()
    if folded in _FORMULAS:
        return f"write {_FORMULAS[folded].format(x=_operand(arguments))}"
    if folded in _SHARES:
        parts = _parts(arguments)
        parts = parts if len(parts) > 1 and all(parts) else ["x", "y"]
        return f"write {_SHARES[folded].format(x=parts[0], all=', '.join(parts))}"
    return f"did you mean {_ELSEWHERE[folded]}?" if folded in _ELSEWHERE else ""


def _parts(arguments: str) -> list[str]:
    """The arguments of a call, given as the text ``(a, f(b, c))``; at least one."""
    parts, depth = [""], 0
    for character in arguments[1:-1]:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts] if len(arguments) <= _COPIED else ["x^2"]


def _operand(arguments: str) -> str:
    """The only argument of a call, in parentheses if it needs them beside an operator."""
    argument = _parts(arguments)[0] or "x"
    return argument if argument.isidentifier() or argument.isdecimal() else f"({argument})"


def _derivative(arguments: str) -> str:
    program, *names = _parts(arguments)
    words = ["autograd", "diff", program or "x^2"]
    words += ["--wrt", names[0]] if names and names[0].isidentifier() else []
    return f"derivatives are what diff gives: {shlex.join(words)}"


def is_function(name: str) -> bool:
    """Whether the language has a function of that name."""
    row = ROWS.get(name)
    return (row is not None and row.function) or name in prelude.names()


def name_here(name: str) -> str:
    """The name in this language of a function of another one; ``name`` itself if there is none."""
    return name if is_function(name) else _ELSEWHERE.get(name.casefold(), name)
