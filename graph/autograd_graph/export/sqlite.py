"""SQL for SQLite 3.35 and later, with its mathematical functions.

SQLite has no nan: what is no number, a quotient by 0 among that, is NULL.
"""

from __future__ import annotations

from math import isinf
from typing import Any

from autograd_graph.export import duckdb, sql
from autograd_graph.export.compositions import NO_POLYGAMMA, cube_root
from autograd_graph.export.target import Written, speller, words
from autograd_graph.graph import Graph

_FUNCTIONS = {
    **{
        name: name
        for name in words(
            "exp sqrt log2 log10 sin cos tan asin acos atan sinh cosh tanh "
            "asinh acosh atanh floor ceil trunc abs"
        )
    },
    "log": "ln",
}

_TRUTHS = frozenset({"true", "false"})
"""What SQLite calls no column of a subquery, even in quotes: it would be read as a text."""
_ROW_NUMBERS = ("_rowid_", "rowid", "oid")


def _literal(number: int | float) -> str:
    if number != number or isinf(number):
        return "9e999" if number == number else "NULL"
    return repr(float(number))


def _layout(written: Written) -> str:
    """A result that has the name of a column is ambiguous, which is an error.

    Rows are put together by their number. A name without its table would be a text where there is
    no such column, and a text would be 0.
    """
    table, result = sql.quoted("_table"), sql.quoted("_result")
    row, there = sql.unused(written, "_row"), sql.unused(written, "_there")
    columns_read = {sql.folded(item.name) for item in written.inputs}
    number_of_row = next((name for name in _ROW_NUMBERS if name not in columns_read), "_rowid_")

    def is_number(name: str) -> str:
        return f"typeof({table}.{name}) IN ('integer', 'real')"

    def number(name: str) -> str:
        return f"CASE WHEN {is_number(name)} THEN CAST({table}.{name} AS REAL) END"

    inputs = sql.carried(written.inputs, number)
    present = sql.all_there(written.inputs, is_number)
    first = (
        f"SELECT {table}.{number_of_row} AS {row}, {present} AS {there}"
        f"{', ' * bool(inputs)}{inputs}\n"
        f"  FROM {sql.table(written)} AS {table}"
    )
    tables, last = sql.levels(written, first, "MATERIALIZED ")
    columns = sql.where_there(sql.results(written, _TRUTHS), there)
    return (
        sql.header(
            written,
            "SQLite; every row of the table comes back with more columns, NULL where there is no",
            "number; the table has to have row numbers, which views have not",
        )
        + f"WITH {tables}\n"
        + f"SELECT {', '.join([f'{table}.*', *(column.name for column in columns)])}\n"
        + f"FROM {sql.table(written)} AS {table}\n"
        + f"JOIN (\nSELECT {row},\n{sql.selected(columns, '  ')}\nFROM {last}\n) AS {result}\n"
        + f"ON {table}.{number_of_row} = {result}.{row};\n"
    )


def _compare(graph: Graph, name: str, a: int, b: int) -> int:
    """NULL makes every comparison fail but ``IS NOT``, which is that of nan."""
    return graph.add(name, a, b)


def _round(xp: Any, x: Any) -> Any:
    """Halves to the even one."""
    below = xp.floor(x)
    rest = x - below
    odd = xp.eq(below - 2 * xp.floor(below / 2), 1)
    half = xp.call("where", odd, below + 1, below)
    up = xp.call("where", xp.gt(rest, 0.5), below + 1, half)
    return xp.call("where", xp.lt(rest, 0.5), below, up)


TARGET = sql.dialect(
    rows=sql.ROWS
    | {name: f"{function}(<0>)" for name, function in _FUNCTIONS.items()}
    | {
        "fmod": "mod(<0>, <1>)",
        "max": "max(<*>)",
        "min": "min(<*>)",
        "ne": ("comparison", "<0:sum> IS NOT <1:sum>"),
        "not": ("comparison", "(<0>) IS NOT TRUE"),
    },
    compositions=duckdb.COMPOSITIONS | {"round": _round, "cbrt": cube_root},
    refused=NO_POLYGAMMA
    | {"gamma": "SQLite has no gamma function", "lgamma": "SQLite has no gamma function"},
    number=speller(_literal),
    constants={"pi": "pi()", "e": "2.718281828459045"},
    reserved=_TRUTHS,
    compare=_compare,
    layout=_layout,
)
