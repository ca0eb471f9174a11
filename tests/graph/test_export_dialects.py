"""SQL's dialects: SQLite runs here, PostgreSQL where ``AUTOGRAD_TEST_POSTGRES`` names one.

DuckDB, the usual one, is in the tests of all targets.
"""

from __future__ import annotations

import sqlite3
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from support_export import (
    RUNNERS,
    Case,
    agree,
    ask,
    code,
    database,
    evaluated,
    expected,
    mismatches,
    operator_programs,
    postgres,
    sqlite,
)
from support_export_cases import AWKWARD, Question, questions, same

from autograd_grammar import ProgramError, parse
from autograd_graph import OPERATORS
from autograd_graph.export import DIALECTS, find

OTHERS = [dialect for dialect in DIALECTS if dialect != "duckdb"]


UNEQUAL = {
    "sqlite": ("max(-1/x, 2)", "min(x^-1, 2)", "max(log(x), -10)"),
    "postgres": ("min(x^-1, 2)", "sigmoid(x)", "softplus(x)", "log_sigmoid(x)", "tanh(x)"),
}
"""SQLite has no infinity at a pole. PostgreSQL refuses 0 to a negative power and underflow."""


@pytest.mark.parametrize("dialect", OTHERS)
def test_every_operator_agrees(dialect: str, tmp_path: Path) -> None:
    cases = list(operator_programs())
    wrong, asked = mismatches(cases[:: 9 if dialect == "postgres" else 1], dialect, tmp_path)
    assert wrong == []
    assert asked > (25 if dialect == "postgres" else 220)


@pytest.mark.parametrize("dialect", OTHERS)
def test_awkward_points_agree_where_they_are_ok(dialect: str, tmp_path: Path) -> None:
    cases = [case for case in AWKWARD if case.program not in UNEQUAL[dialect]]
    wrong, asked = mismatches(cases, dialect, tmp_path)
    assert wrong == []
    assert asked > 35


def test_sqlite_has_the_value_of_eval_or_null_at_every_awkward_point(tmp_path: Path) -> None:
    wrong, compared = [], 0
    for question, table in ask("sqlite", list(questions()), tmp_path):
        wanted = evaluated(question.program, question.points)
        for point, got, (numbers, status) in zip(question.points, table, wanted, strict=True):
            if status != "ok" or not all(map(isfinite, point)) or max(map(abs, point)) > 1e300:
                continue
            compared += 1
            if not same(float(got[0]), numbers[0]):
                wrong.append(f"{question.program} at {point}: {got[0]}, not {numbers[0]}")
    assert wrong == []
    assert compared > 3000


def test_sqlite_divides_whole_numbers_as_doubles() -> None:
    assert RUNNERS["sqlite"](code("x/2 + 1/3", "sqlite"), {"x": 3})[0] == 1.5 + 1 / 3


def test_sqlite_takes_no_text_for_a_number() -> None:
    """A cast makes 0 of any text: that would be a wrong number."""
    sqlite().execute("DROP TABLE IF EXISTS data")
    sqlite().execute("CREATE TABLE data (x)")
    sqlite().execute("INSERT INTO data VALUES ('abc'), (2)")
    assert sqlite().execute(code("x^2", "sqlite")).fetchall() == [
        ("abc", None, None), (2, 4.0, 4.0)
    ]  # fmt: skip


def test_sqlite_takes_no_name_of_a_missing_column_for_a_text() -> None:
    sqlite().execute("DROP TABLE IF EXISTS data")
    sqlite().execute("CREATE TABLE data (y)")
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        sqlite().execute(code("x^2", "sqlite"))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_null_gives_null_also_in_a_choice(dialect: str) -> None:
    """``greatest`` passes it over: of 3 and NULL it would be 3."""
    choices = ["where(x > 1, x, y)", "max(x, y)", "min(x, y)", "hypot(x, y)", "clip(x, 0, y)"]
    for program in ["x*y", "logsumexp(x, y)", *choices]:
        query = code(program, dialect)
        if dialect == "postgres":
            (row,) = postgres(f"CREATE TEMP TABLE data AS SELECT 3 AS x, NULL AS y;\n{query}")
        else:
            where = sqlite() if dialect == "sqlite" else database()
            where.execute("DROP TABLE IF EXISTS data")
            where.execute("CREATE TABLE data AS SELECT 3 AS x, NULL AS y")
            row = where.execute(query).fetchone()
        assert row[2:] in ([""] * 3, (None,) * 3), program  # psql writes NULL as nothing


# columns that the program does not know --------------------------------------------------------

COLUMNS = [
    "_t1", "t1", "T1", "_row", "_level0", "_level1", "data", "s", "_table", "_result", "_there", "C"
]  # fmt: skip
PROGRAM = "s = sin(x); C = s*exp(s) + cos(s)*exp(s)"


def rows(dialect: str, column: str, query: str) -> tuple[list[str], list[Any]]:
    """The names and the first row of a query over a table with a column of any name and ``x``."""
    table = f'data AS SELECT 99.5 AS "{column}", 0.5 AS x'
    if dialect == "sqlite":
        sqlite().execute("DROP TABLE IF EXISTS data")
        sqlite().execute(f"CREATE TABLE {table}")
        result = sqlite().execute(query)
        return [entry[0] for entry in result.description], list(result.fetchone())
    if dialect == "postgres":
        (row,) = postgres(f"CREATE TEMP TABLE {table};\n{query}")
        return [column, "x", "value", "d_x"], row
    database().execute(f"CREATE OR REPLACE TEMP TABLE {table}")
    result = database().execute(query)
    return [entry[0] for entry in result.description], list(result.fetchone())


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_is_taken_for_a_step(column: str, dialect: str) -> None:
    names, row = rows(dialect, column, code(PROGRAM, dialect))
    case = Case(PROGRAM, {"x": 0.5})
    wanted = expected(case)
    assert wanted is not None
    assert names == [column, "x", "value", "d_x"]
    numbers = list(map(float, row))
    assert numbers[:2] == [99.5, 0.5]
    assert agree(numbers[2:], wanted, case)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("column", ["value", "VALUE", "d_x"])
def test_a_column_of_a_results_name_is_an_error(column: str, dialect: str) -> None:
    if dialect == "postgres":
        if column == "VALUE":
            pytest.skip("names in quotes differ in case there")
        postgres("SELECT 1")  # or a skip
        with pytest.raises(AssertionError, match="ambiguous"):
            rows(dialect, column, code("x^2", dialect))
    else:
        with pytest.raises(Exception, match=r"(?i)duplicate|ambiguous"):
            rows(dialect, column, code("x^2", dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_value_may_be_called_otherwise_where_a_column_has_its_name(dialect: str) -> None:
    names, row = rows(dialect, "value", code("x^2", dialect, function="price"))
    assert list(map(float, row)) == [99.5, 0.5, 0.25, 1.0]
    assert dialect == "postgres" or names == ["value", "x", "price", "d_x"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_input_that_is_called_like_what_the_query_writes_is_read_as_one(dialect: str) -> None:
    names = ["value", "d_value", "_row", "_there", "_level0", "_table", "_result", "t1", "data"]
    for name in [*names, "true", "False", "_rowid_", "rowid"]:
        case = Case(f"sin({name}*q)*exp(sin({name}*q)) + erf({name})", {name: 2.25, "q": 0.625})
        wanted = expected(case)
        assert wanted is not None
        got = RUNNERS[dialect](code(case.program, dialect), case.point)
        assert agree(got, wanted, case), name


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_step_that_is_called_like_what_the_query_writes_is_read_as_one(dialect: str) -> None:
    names = ["value", "d_x", "_row", "_level0", "_table", "_result", "t1", "data", "_there"]
    for name in [*names, "true", "False", "_rowid_", "rowid"]:
        case = Case(f"{name} = sin(x); y = {name}*exp({name}); y*cos(x*{name})", {"x": 0.625})
        wanted = expected(case)
        assert wanted is not None
        got = RUNNERS[dialect](code(case.program, dialect), case.point)
        assert agree(got, wanted, case), name


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_value_that_is_called_like_what_the_query_writes_is_the_value(dialect: str) -> None:
    case = Case("s = sin(x); s*exp(s)", {"x": 0.625})
    wanted = expected(case)
    assert wanted is not None
    for name in ["d_x", "_row", "_level0", "_table", "_result", "t1", "s", "true", "False"]:
        got = RUNNERS[dialect](code(case.program, dialect, function=name), case.point)
        assert agree(got, wanted, case), name


def test_sqlite_tells_rows_apart_where_an_input_is_called_like_their_number() -> None:
    sqlite().execute("DROP TABLE IF EXISTS data")
    sqlite().execute("CREATE TABLE data (_rowid_ REAL, x REAL)")
    sqlite().execute("INSERT INTO data VALUES (7, 2), (7, 3)")
    rows = sqlite().execute(code("_rowid_*x", "sqlite")).fetchall()
    assert rows == [(7.0, 2.0, 14.0, 2.0, 7.0), (7.0, 3.0, 21.0, 3.0, 7.0)]


# tables ----------------------------------------------------------------------------------------


def test_the_table_has_the_name_that_it_is_given(tmp_path: Path) -> None:
    database().execute('CREATE OR REPLACE TEMP TABLE "two words; --" AS SELECT 3.0 AS x')
    text = code("x^2", "sql", table="two words; --")
    assert database().execute(text).fetchall() == [(3.0, 9.0, 6.0)]
    database().execute("CREATE SCHEMA IF NOT EXISTS shop")
    database().execute("CREATE OR REPLACE TABLE shop.prices AS SELECT 2.0 AS x")
    assert database().execute(code("x^2", "sql", table="shop.prices")).fetchone()[1] == 4.0
    file = tmp_path / "prices.csv"
    file.write_text("x\n5\n")
    assert database().execute(code("x^2", "sql", table=str(file))).fetchone() == (5, 25.0, 10.0)


def test_an_unknown_dialect_has_no_target() -> None:
    with pytest.raises(ProgramError) as caught:
        find("sql", "oracle")
    assert caught.value.code == "unsupported"
    assert "duckdb, postgres, sqlite" in (caught.value.hint or "")


# the error function ----------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["sql", "sqlite"])
def test_the_error_functions_have_the_digits_of_a_double(dialect: str, tmp_path: Path) -> None:
    """Against mpmath in 50 digits."""
    import mpmath

    from autograd_graph.export.error_functions import _LAST

    points = [(s * k / 64,) for k in range(1, int(_LAST * 64)) for s in (1, -1)]
    points += [(s * 10.0**-k,) for k in (3, 8, 20, 100, 300) for s in (1, -1)]
    for name in ("erf", "erfc"):
        question = Question(OPERATORS[name], f"{name}(x0)", points)
        ((_, table),) = ask(dialect, [question], tmp_path)
        worst = 0.0
        with mpmath.workdps(50):
            for (x,), numbers in zip(points, table, strict=True):
                truth = getattr(mpmath, name)(mpmath.mpf(x))
                if abs(truth) > 1e-300:
                    worst = max(worst, float(abs(numbers[0] - truth) / abs(truth)))
        assert 0.0 < worst < 1.5e-15, name


@pytest.mark.parametrize("dialect", ["sql", "sqlite"])
def test_the_error_functions_end_where_doubles_do(dialect: str) -> None:
    for x, erf, erfc in ((40.0, 1.0, 0.0), (-40.0, -1.0, 2.0), (1e300, 1.0, 0.0), (0.0, 0.0, 1.0)):
        assert RUNNERS[dialect](code("erf(x)", dialect), {"x": x})[0] == erf
        assert RUNNERS[dialect](code("erfc(x)", dialect), {"x": x})[0] == erfc
    got = RUNNERS[dialect](code("erf(x)", dialect), {"x": 1.0})[0]
    assert got == pytest.approx(0.8427007929497149, rel=1e-15)


@pytest.mark.parametrize("dialect", OTHERS)
def test_every_operator_is_written_or_refused_by_name(dialect: str) -> None:
    refused = find("sql", dialect).refused
    for case in operator_programs():
        graph = parse(case.program)
        if refused.keys() & {row.name for row in graph.ops}:
            with pytest.raises(ProgramError, match="cannot be exported to sql"):
                code(case.program, dialect)
    for name in set(OPERATORS) - refused.keys() - {"gamma", "digamma", "lgamma", "factorial"}:
        row = OPERATORS[name]
        calls = [case.program for case in operator_programs() if f"{row.spelling}(" in case.program]
        assert all(code(program, dialect) for program in calls[:1])
