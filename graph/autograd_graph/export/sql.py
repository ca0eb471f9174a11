"""SQL for DuckDB: one SELECT that adds the value and the gradient to a table as columns."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from math import isinf
from typing import Any

from autograd_graph.errors import ProgramError
from autograd_graph.export import python
from autograd_graph.export.compositions import NO_POLYGAMMA, NUMERICAL
from autograd_graph.export.lowering import AND, KNOWN, UNLIKE, is_number
from autograd_graph.export.target import Target, Template, Written, commented, speller, words
from autograd_graph.graph import Graph

_IN_DUCKDB = {
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
    if isinstance(number, int):
        return f"{number}::DOUBLE"
    if number != number or isinf(number):
        return "'inf'::DOUBLE" if number == number else "'nan'::DOUBLE"
    text = repr(number)
    return f"{text if 'e' in text else text + 'e0'}::DOUBLE"


_number = speller(_literal)


def quoted(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def _refuse_alike(names: list[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(_folded(name), name)
        if other != name:
            raise ProgramError(
                f"{other} and {name} differ only in case, which SQL does not tell apart",
                code="unsupported",
                hint="rename one of them",
            )


def _folded(name: str) -> str:
    return name.strip('"').lower()


def _layout(written: Written) -> str:
    """One query. The table's own columns, whose names are not known here, travel packed in one.

    So no temporary meets them, and ``struct_insert`` refuses a result whose name one of them has.
    """
    _refuse_alike([item.name for item in written.inputs])
    take = written.names.take
    results = [("value", written.value), *((f"d_{d.name}", d) for d in written.gradient)]
    results += [(f"d2_{a}_{b}", d) for (a, b), d in written.hessian.items()]
    columns = [take(name) for name, _ in results]
    chosen = [
        f"  {quoted(column)} := {result.text}"
        for column, (_, result) in zip(columns, results, strict=True)
    ]
    notes = ['"data" stands for a table with a column for each input; each row comes back whole']
    notes += [
        f"{column}: by {a} and {b}"
        for column, (a, b) in zip(
            columns[1 + len(written.gradient) :], written.hessian, strict=True
        )
    ]
    notes += [
        f"{item.name}: {python.value(item)} in the program"
        for item in written.inputs
        if item.value is not None
    ]
    steps = sorted(written.steps, key=lambda step: step.level)
    row = quoted(take("_row"))
    carried = "".join(f", {quoted(item.spelling)}" for item in written.inputs)
    source = quoted("_level0")
    tables = [
        f'{source} AS (\n  SELECT struct_pack(*COLUMNS(*)) AS {row}{carried}\n  FROM "data"\n)'
    ]
    for _, group in groupby(steps, key=lambda step: step.level):
        added = ",\n".join(f"  {step.text} AS {step.name}" for step in group)
        name = quoted(f"_level{len(tables)}")
        tables.append(f"{name} AS (\n  SELECT *,\n{added}\n  FROM {source}\n)")
        source = name
    return (
        commented([*written.header, *notes], "--")
        + f"WITH {', '.join(tables)}\n"
        + f"SELECT unnest(struct_insert({row},\n"
        + ",\n".join(chosen)
        + f"\n))\nFROM {source};\n"
    )


_ROWS: dict[str, Template] = {
    **{name: f"{function}(<0>)" for name, function in _IN_DUCKDB.items()},
    **python.COMPARISONS,
    "eq": ("comparison", "<0:sum> = <1:sum>"),
    "ne": ("comparison", "<0:sum> <> <1:sum>"),
    "add": ("sum", "<0:sum> + <1:product>"),
    "sub": ("sum", "<0:sum> - <1:product>"),
    "mul": ("product", "<0:product> * <1:sign>"),
    "div": ("product", "<0:product> / <1:sign>"),
    "neg": ("sign", "-<0:power>"),  # two minus signs would begin a comment
    "pow": "pow(<0>, <1>)",
    "fmod": ("product", "<0:product> % <1:sign>"),
    "atan2": "atan2(<0>, <1>)",
    "round": "round_even(<0>, 0)",
    "max": "greatest(<*>)",
    "where": "CASE WHEN <0> THEN <1> ELSE <2> END",
    "and": ("and", "<0:and> AND <1:comparison>"),
    "not": ("comparison", "NOT (<0>)"),
    "known": ("comparison", "NOT isnan(<0>)"),
    "unlike": ("choice", "<0:sum> <> <1:sum> OR isnan(<0>)"),
}

_ABOVE = {"lt": 1, "le": 1, "gt": 0, "ge": 0}
"""Which side of a comparison nan makes true: DuckDB orders it above all numbers."""


def _compare(graph: Graph, name: str, a: int, b: int) -> int:
    """A comparison that fails where a number is nan, which DuckDB takes to be equal to itself."""
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


def _min(xp: Any, *xs: Any) -> Any:
    """By the largest, which is nan where one is: DuckDB orders nan above all numbers."""
    return -xp.max(*(-x for x in xs))


_NO_ERROR_FUNCTION = dict.fromkeys(("erf", "erfc", "gelu"), "DuckDB has no error function")
_COMPOSITIONS = NUMERICAL | {"expm1": _expm1, "log1p": _log1p, "min": _min}

TARGET = Target(
    name="sql",
    rows=_ROWS,
    compositions={name: f for name, f in _COMPOSITIONS.items() if name not in _NO_ERROR_FUNCTION},
    refused=_NO_ERROR_FUNCTION | NO_POLYGAMMA,
    number=_number,
    constants={"pi": "pi()", "e": "2.718281828459045e0::DOUBLE"},
    leaf=lambda name: f"{quoted(name)}::DOUBLE",
    inline_constants=True,
    compare=_compare,
    fold=_folded,
    step=lambda n: quoted(f"_t{n}"),
    layout=_layout,
)
