"""SQL for DuckDB. The table's own columns travel packed in one, and come back unpacked."""

from __future__ import annotations

from fractions import Fraction
from math import isinf, nan
from typing import Any

from autograd_graph.export import sql
from autograd_graph.export.compositions import NO_POLYGAMMA, NUMERICAL
from autograd_graph.export.error_functions import ERROR_FUNCTIONS
from autograd_graph.export.lowering import AND, KNOWN, UNLIKE, is_number
from autograd_graph.export.target import Written, speller, words
from autograd_graph.graph import Graph

_FUNCTIONS = {
    **{
        name: name
        for name in words(
            "exp sqrt cbrt log2 log10 sin cos tan cot asin acos atan sinh cosh tanh "
            "asinh acosh atanh gamma lgamma floor ceil trunc abs"
        )
    },
    "log": "ln",
}


def _literal(number: int | float) -> str:
    if number != number or isinf(number):
        return "'inf'::DOUBLE" if number == number else "'nan'::DOUBLE"
    text = repr(number)
    return text if "e" in text else f"{text}e0"


def _layout(written: Written) -> str:
    """``struct_insert`` refuses a result that has the name of a column.

    NULL is read as nan, since ``greatest`` would pass it over, and gives NULL at the end.
    """
    row, there = sql.unused(written, "_row"), sql.unused(written, "_there")
    inputs = sql.carried(written.inputs, lambda name: f"coalesce({name}::DOUBLE, {_literal(nan)})")
    present = sql.all_there(written.inputs, lambda name: f"{name} IS NOT NULL")
    first = (
        f"SELECT struct_pack(*COLUMNS(*)) AS {row}, {present} AS {there}"
        f"{', ' * bool(inputs)}{inputs}\n"
        f"  FROM {sql.table(written)}"
    )
    tables, last = sql.levels(written, first)
    columns = sql.where_there(sql.results(written), there)
    chosen = ",\n".join(f"  {name} := {text}" for name, text in columns)
    return (
        sql.header(written, "DuckDB; every row of the table comes back with more columns")
        + f"WITH {tables}\n"
        + f"SELECT unnest(struct_insert({row},\n{chosen}\n))\nFROM {last};\n"
    )


_ABOVE = {"lt": 1, "le": 1, "gt": 0, "ge": 0}
"""Which side of a comparison nan makes true: it is ordered above all numbers."""


def compare(graph: Graph, name: str, a: int, b: int) -> int:
    """A comparison that fails where a number is nan, which is taken to be equal to itself."""
    sides = (a, b)
    if name in _ABOVE:
        suspect = sides[_ABOVE[name]]
        plain = is_number(graph, suspect)
    else:
        suspect = a
        plain = any(is_number(graph, side) for side in sides)
    if plain:
        return graph.add(name, a, b)
    if name == "ne":
        return graph.add(UNLIKE, a, b)
    known = graph.add(KNOWN, suspect)
    return known if name == "eq" and a == b else graph.add(AND, graph.add(name, a, b), known)


def _expm1(xp: Any, x: Any) -> Any:
    """``2*exp(x/2)*sinh(x/2)`` where the plain form cancels; further out it has no limit."""
    near = 2 * xp.exp(x / 2) * xp.sinh(x / 2)
    return xp.where(xp.gt(abs(x), 1), xp.exp(x) - 1, _unless_tiny(xp, x, near))


def _log1p(xp: Any, x: Any) -> Any:
    """``2*atanh(x/(2 + x))`` where the rounding of ``1 + x`` tells."""
    near = 2 * xp.atanh(x / (2 + x))
    return xp.where(xp.gt(abs(x), Fraction(1, 2)), xp.log(1 + x), _unless_tiny(xp, x, near))


def _unless_tiny(xp: Any, x: Any, formula: Any) -> Any:
    """``x`` where it is nothing beside 1: half of a subnormal number is rounded."""
    return xp.where(xp.eq(1 + x, 1), x, formula)


def least(xp: Any, *xs: Any) -> Any:
    """By the largest, which is nan where one is: nan is ordered above all numbers."""
    return -xp.max(*(-x for x in xs))


COMPOSITIONS = NUMERICAL | ERROR_FUNCTIONS | {"expm1": _expm1, "log1p": _log1p}
"""What no dialect has."""

TARGET = sql.dialect(
    rows=sql.ROWS
    | {name: f"{function}(<0>)" for name, function in _FUNCTIONS.items()}
    | {
        "fmod": ("product", "<0:product> % <1:sign>"),
        "round": "round_even(<0>, 0)",
        "max": "greatest(<*>)",
        "not": ("comparison", "NOT (<0>)"),
        "known": ("comparison", "NOT isnan(<0>)"),
        "unlike": ("choice", "<0:sum> <> <1:sum> OR isnan(<0>)"),
    },
    compositions=COMPOSITIONS | {"min": least},
    refused=NO_POLYGAMMA,
    number=speller(_literal),
    constants={"pi": "pi()", "e": "2.718281828459045e0"},
    compare=compare,
    layout=_layout,
)
