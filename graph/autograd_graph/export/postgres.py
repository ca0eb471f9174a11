"""SQL for PostgreSQL 12 and later. Each row's steps are computed beside it, in a lateral query."""

from __future__ import annotations

from math import isinf
from typing import Any

from autograd_graph.export import duckdb, sql
from autograd_graph.export.compositions import NO_POLYGAMMA
from autograd_graph.export.target import Template, Written, speller, words

_FUNCTIONS = {
    **{
        name: name
        for name in words(
            "sqrt cbrt log10 sin cos tan cot asin acos atan sinh cosh tanh "
            "asinh acosh atanh floor ceil trunc round abs"
        )
    },
    "log": "ln",
}
_NAN, _INFINITY = "'NaN'::float8", "'Infinity'::float8"

# Where PostgreSQL raises, IEEE 754 has an answer. It is needed where what raises is not.
_WITHIN: dict[str, Template] = {
    "sqrt": f"CASE WHEN <0> < 0 THEN {_NAN} ELSE sqrt(<0>) END",
    "log": f"CASE WHEN <0> > 0 THEN ln(<0>) WHEN <0> = 0 THEN -{_INFINITY} ELSE {_NAN} END",
    "log10": f"CASE WHEN <0> > 0 THEN log10(<0>) WHEN <0> = 0 THEN -{_INFINITY} ELSE {_NAN} END",
    "exp": f"CASE WHEN <0> < -745 THEN 0 WHEN <0> > 709.78 THEN {_INFINITY} ELSE exp(<0>) END",
    "asin": f"CASE WHEN abs(<0>) <= 1 THEN asin(<0>) ELSE {_NAN} END",
    "acos": f"CASE WHEN abs(<0>) <= 1 THEN acos(<0>) ELSE {_NAN} END",
    "acosh": f"CASE WHEN <0> >= 1 THEN acosh(<0>) ELSE {_NAN} END",
    "atanh": f"CASE WHEN abs(<0>) < 1 THEN atanh(<0>) ELSE {_NAN} END",
    "div": (
        "atom",
        f"CASE WHEN <1> <> 0 THEN <0:product> / <1:sign> ELSE <0:product> * {_INFINITY} END",
    ),
}


def _literal(number: int | float) -> str:
    if number != number or isinf(number):
        return _INFINITY if number == number else _NAN
    return f"{number!r}::float8"


def _layout(written: Written) -> str:
    """A result that has the name of a column is ambiguous, which is an error.

    NULL is read as nan, since ``greatest`` would pass it over, and gives NULL at the end.
    """
    table, result = sql.quoted("_table"), sql.quoted("_result")
    there = sql.unused(written, "_there")
    inputs = sql.carried(written.inputs, lambda name: f"coalesce({table}.{name}::float8, {_NAN})")
    present = sql.all_there(written.inputs, lambda name: f"{table}.{name} IS NOT NULL")
    first = f"SELECT {present} AS {there}{', ' * bool(inputs)}{inputs}"
    tables, last = sql.levels(written, first, "MATERIALIZED ")
    columns = sql.where_there(sql.results(written), there)
    return (
        sql.header(written, "PostgreSQL; every row of the table comes back with more columns")
        + f"SELECT {', '.join([f'{table}.*', *(column.name for column in columns)])}\n"
        + f"FROM {sql.table(written)} AS {table}\n"
        + f"CROSS JOIN LATERAL (\nWITH {tables}\n"
        + f"SELECT\n{sql.selected(columns, '  ')}\nFROM {last}\n) AS {result};\n"
    )


def _log2(xp: Any, x: Any) -> Any:
    return xp.log(x) / xp.log(2)


TARGET = sql.dialect(
    rows=sql.ROWS
    | {name: f"{function}(<0>)" for name, function in _FUNCTIONS.items()}
    | {
        "exp": "CASE WHEN <0> < -745 THEN 0 ELSE exp(<0>) END",  # where exp itself raises
        "pow": "power(<0>, <1>)",
        "max": "greatest(<*>)",
        "not": ("comparison", "(<0>) IS NOT TRUE"),
        "known": ("comparison", f"<0:sum> <> {_NAN}"),
        "unlike": ("choice", f"<0:sum> <> <1:sum> OR <0:sum> = {_NAN}"),
    },
    guarded=_WITHIN,
    compositions=duckdb.COMPOSITIONS | {"min": duckdb.least, "log2": _log2},
    refused=NO_POLYGAMMA
    | {
        "gamma": "PostgreSQL has no gamma function before version 18",
        "lgamma": "PostgreSQL has no gamma function before version 18",
        "mod": "PostgreSQL has no remainder of doubles",
    },
    number=speller(_literal),
    constants={"pi": "pi()", "e": "2.718281828459045::float8"},
    compare=duckdb.compare,
    layout=_layout,
)
