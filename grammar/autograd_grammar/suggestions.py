"""Did you mean: names that are near the one that was not found."""

from __future__ import annotations

from collections.abc import Iterable

from autograd_grammar import prelude
from autograd_graph.errors import ProgramError, Span
from autograd_graph.operators import ROWS


def nearest(name: str, candidates: Iterable[str]) -> list[str]:
    """Up to three of ``candidates`` that look like ``name``, the likest first."""
    from difflib import get_close_matches

    pool = list(dict.fromkeys(candidates))
    same = [other for other in pool if other.casefold() == name.casefold()]
    return same or get_close_matches(name, pool, n=3, cutoff=0.6)


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A hint, or nothing where no candidate is near."""
    return " or ".join(nearest(name, candidates))


_ELSEWHERE = {
    "arcosh": "acosh", "arsinh": "asinh", "artanh": "atanh",
    "fabs": "abs", "heaviside": "step", "logistic": "sigmoid", "avg": "mean", "average": "mean",
    "clamp": "clip", "if": "where", "ifelse": "where", "iif": "where", "sgn": "sign",
    "signum": "sign", "tg": "tan", "ctg": "cot", "lg": "log10", "power": "pow", "root": "cbrt",
    "factorial": "gamma", "fac": "gamma", "int": "trunc", "psi": "digamma", "product": "prod",
    "total": "sum", "maximum": "max", "minimum": "min", "remainder": "mod", "fmod": "mod",
    "arctg": "atan", "cosec": "csc", "cotan": "cot", "sh": "sinh", "ch": "cosh", "th": "tanh",
    "ceiling": "ceil", "heavyside": "step", "rect": "relu",
}  # fmt: skip
"""What other languages call things that have another name here."""


_AS_FORMULA = {"and": "a*b", "or": "max(a, b)", "not": "1 - a", "xor": "a != b"}
_SHOWN = 60


def unknown_function(
    name: str, written: str, span: Span, defined: Iterable[str], is_value: bool
) -> ProgramError:
    """The error for a call, ``written`` so at ``span``, of a function that does not exist."""
    arguments = " ".join(written[len(name) :].split())
    product = f"{name}*{arguments}" if len(arguments) <= _SHOWN else f"{name}*(...)"
    at = (span[0], span[0] + len(name))
    callable_rows = [spelling for spelling, row in ROWS.items() if row.function]
    names = [*defined, *callable_rows, *prelude.functions()]
    if is_value:
        return ProgramError(
            f"{name!r} is a value, not a function",
            code="unknown-function",
            span=at,
            hint=f"to multiply, write {product}",
        )
    known = _ELSEWHERE.get(name.casefold())
    meant = known or did_you_mean(name, names)
    hint = f"did you mean {meant}?" if meant else "autograd functions lists them all"
    if name in _AS_FORMULA:
        hint = f"for conditions, write {_AS_FORMULA[name]}"
    elif not meant and len(name) == 1:
        hint = f"to multiply, write {product}"
    return ProgramError(
        f"there is no function {name!r}", code="unknown-function", span=at, hint=hint
    )
