"""SymPy: real symbols, the value and a dictionary of derivatives."""

from __future__ import annotations

import builtins
import keyword
from fractions import Fraction
from typing import Any

from autograd_graph.export import python
from autograd_graph.export.lowering import private
from autograd_graph.export.names import python_identifier
from autograd_graph.export.target import Spelled, Target, Template, Written, commented, parts, words
from autograd_graph.graph import LITERAL, exact

OVER_ZERO = private("over_zero", "x")
"""A number over 0."""

_IN_SYMPY = {
    **{
        name: name
        for name in words(
            "exp log sqrt sin cos tan sec csc cot asin acos atan asec acsc acot sinc "
            "sinh cosh tanh sech csch coth asinh acosh atanh asech acsch acoth "
            "erf erfc gamma digamma floor sign"
        )
    },
    "ceil": "ceiling",
    "abs": "Abs",
}
_OF_TWO = {
    "atan2": "atan2", "polygamma": "polygamma", "and": "And",
    "lt": "Lt", "le": "Le", "gt": "Gt", "ge": "Ge", "eq": "Eq", "ne": "Ne",
}  # fmt: skip


def _number(number: float | Fraction) -> Spelled:
    """Whole numbers as they are, others exactly."""
    if number != number or number in (float("inf"), float("-inf")):
        return ("sp.nan", "atom") if number != number else (f"{'-' * (number < 0)}sp.oo", "sign")
    top, bottom = parts(exact(number))
    if bottom != 1:
        return f"sp.Rational({top}, {bottom})", "atom"
    text = str(top) if isinstance(top, int) else f"sp.Rational({str(exact(number))!r})"
    return text, "sign" if text.startswith("-") else "atom"


def _layout(written: Written) -> str:
    take = written.names.take
    lines = [
        f"{item.spelling} = sp.Symbol({item.name!r}, real=True)"
        + (f"  # {python.value(item)} in the program" if item.value is not None else "")
        for item in written.inputs
    ]
    lines += [f"{c.spelling} = {c.text or _number(c.value or 0.0)[0]}" for c in written.constants]
    lines += [f"{step.name} = {step.text}" for step in written.steps]
    if not (written.value_is_step and written.value.text.rstrip("_") == "value"):
        lines.append(f"{written.wanted or take('value')} = {written.value.text}")
    lines.append(f"{take('gradient')} = {{")
    lines += [f"    {d.name!r}: {d.text}," for d in written.gradient]
    lines.append("}")
    if written.hessian:
        lines.append(f"{take('hessian')} = {python.nested(written, '')}")
    header = commented(python.comment_of(written), "#")
    return header + "import sympy as sp\n\n" + "".join(f"{line}\n" for line in lines)


_ROWS: dict[str, Template] = {
    **python.ARITHMETIC,
    **{name: f"sp.{function}(<0>)" for name, function in _IN_SYMPY.items()},
    **{name: f"sp.{function}(<0>, <1>)" for name, function in _OF_TWO.items()},
    "pow": ("power", "<0:atom>**<1:sign>"),
    "not": "sp.Not(<0>)",
    "over_zero": ("product", "<0:product>/sp.Integer(0)"),
    "min": "sp.Min(<*>)",
    "max": "sp.Max(<*>)",
    "where": "sp.Piecewise((<1>, <0>), (<2>, True))",
    "spherical_jn": ("product", "sp.sign(<1>)**<0:sign>*sp.jn(<0>, sp.Abs(<1>))"),
    "lgamma": "sp.log(sp.Abs(sp.gamma(<0>)))",
    "trunc": ("product", "sp.sign(<0>)*sp.floor(sp.Abs(<0>))"),
}


def _is_zero(x: Any) -> bool:
    """Whether a node is the literal 0, or minus that."""
    node = x.args[0] if x.op.name == "neg" else x.id
    return x.graph.ops[node] is LITERAL and x.graph.numbers[node] == 0


def _over_zero(xp: Any, x: Any, y: Any) -> Any:
    """``x/0``, for which Python's own 0 raises."""
    return x.graph.apply(OVER_ZERO, x) if _is_zero(y) else None


def _zero_to_power(xp: Any, x: Any, y: Any) -> Any:
    """``1/0`` for a negative power of 0."""
    negative = y.op.name == "neg" or (y.op is LITERAL and y.graph.numbers[y.id] < 0)
    return x.graph.apply(OVER_ZERO, 1) if _is_zero(x) and negative else None


def _round(xp: Any, x: Any) -> Any:
    """Halves to the even one: ``floor(x + 1/2)``, less 1 where that is odd and ``x`` a half."""
    up = xp.floor(x + Fraction(1, 2))
    odd = xp.call("mul", xp.eq(up - x, Fraction(1, 2)), xp.eq(xp.mod(up, 2), 1))
    return xp.where(odd, up - 1, up)


def _mod(xp: Any, x: Any, y: Any) -> Any:
    """SymPy's ``Mod`` is printed as ``%`` by its own code generators, without parentheses."""
    return x - y * xp.floor(x / y)


TARGET = Target(
    name="sympy",
    rows=_ROWS,
    rewrites={"div": _over_zero, "pow": _zero_to_power},
    compositions={"mod": _mod, "round": _round},
    number=_number,
    constants={"pi": "sp.pi", "e": "sp.E"},
    identifier=python_identifier,
    reserved=frozenset({*keyword.kwlist, *dir(builtins), "sp"}),
    layout=_layout,
    computes=False,
    function=False,
    whole_hessian=True,
)
