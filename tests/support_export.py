"""Exports as text, the ways to run it, and programs to run: what tests of exports share."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

from autograd_grammar import ProgramError, parse
from autograd_graph import OPERATORS, Graph, Tape, forward, reverse, statuses
from autograd_graph.export import DIALECTS, TARGETS, export, find
from autograd_graph.export.derivatives import computed_derivatives
from autograd_graph.symbolic.gradient import gradient
from autograd_graph.symbolic.simplify import simplify

RUNTIMES: Mapping[str, Callable[[], bool]] = {
    "jax": lambda: find_spec("jax") is not None,
    "torch": lambda: find_spec("torch") is not None,
    "julia": lambda: shutil.which("julia") is not None,
    "rust": lambda: shutil.which("rustc") is not None,
}
"""Targets that need more than the tests' own packages, and whether it is there."""

MISSING = tuple(target for target, found in RUNTIMES.items() if not found())

EXECUTED = tuple(target for target in TARGETS if target not in ("latex", *MISSING))
"""The targets whose text runs here."""

COMPUTING = tuple(t for t in EXECUTED if find(t).computes and t != "jax")
"""The targets that compute in all doubles. JAX takes subnormal numbers for 0, and needs minutes to
compile for every shape: it is asked at fewer points (``test_export.py``, ``test_export_hessian.py``
and ``test_export_names.py``)."""

Point = Mapping[str, float]
Numbers = list[float]
"""A value, and the derivatives by each input in order."""


@dataclass(frozen=True)
class Case:
    """A program at a point, and how far off its numbers may be, in absolute terms."""

    program: str
    point: Point
    slack: float = 0.0


@cache
def derived(program: str, target: str) -> tuple[Graph, int, dict[str, int]]:
    """The graph of a program's output and gradient for a target, and where they are in it."""
    if find(target).computes:
        computed = computed_derivatives(parse(program), form=find(target).form)
        return computed.graph, computed.output, computed.first
    found = gradient(parse(program))
    graph, roots = simplify(found.graph, [found.output, *found.first.values()])
    return graph, roots[0], dict(zip(found.first, roots[1:], strict=True))


def code(program: str, target: str, **options: Any) -> str:
    """A program's value and gradient in a target's words; SQL's dialects count as targets."""
    if target in DIALECTS:
        target, options["dialect"] = "sql", target
    graph, output, derivatives = derived(program, target)
    return export(graph, output, derivatives, target, **options)


def expected(case: Case) -> Numbers | None:
    """What `forward` and `reverse` say; ``None`` where the point is not ok.

    The textbook form of a derivative can leave the range of doubles where the one that is
    computed does not; there it has to be ok as well.
    """
    graph = parse(case.program)
    tape = Tape(graph)
    values = forward(tape, case.point)
    adjoints = reverse(tape, values)
    if statuses(tape, values).get(graph.output, "ok") != "ok":
        return None
    slopes = [0.0 if (a := adjoints[n]) is None else float(a) for n in graph.inputs.values()]
    numbers = [values[graph.output], *slopes]
    return numbers if all(map(math.isfinite, numbers)) and formula_is_ok(case) else None


def formula_is_ok(case: Case) -> bool:
    """Whether no part of the derivatives' formulas overflows at the point."""
    graph, output, derivatives = derived(case.program, "sympy")
    for root in {output, *derivatives.values()}:
        tape = Tape(graph, root)
        values = forward(tape, case.point)
        if statuses(tape, values).get(root, "ok") in ("overflow", "singular", "domain"):
            return False
    return True


def agree(got: Sequence[float], wanted: Sequence[float], case: Case) -> bool:
    """Whether numbers are the same to rounding."""
    return len(got) == len(wanted) and all(
        abs(a - b) <= case.slack + 1e-11 * max(abs(b), 1e-3)
        for a, b in zip(got, wanted, strict=True)
    )


def arguments(program: str, point: Point) -> dict[str, float]:
    """The value of every input, by what the point or the program says."""
    graph = parse(program)
    values = forward(Tape(graph), point)
    return {name: values[node] for name, node in graph.inputs.items()}


# running the text ------------------------------------------------------------------------------


def by_place(text: str, head: str, point: Point) -> Numbers:
    """The inputs in the order of a function's parameters ``head``, in which defaults come last."""
    spelled = dict(re.findall(r"^(?:#|//) (\S+) stands for (\S+)$", text, re.MULTILINE))
    given = [part.split("=")[0].strip() for part in head.split(",") if part.strip()]
    return [point[spelled.get(name, name)] for name in given]


def run_python(text: str, point: Point) -> Numbers:
    """The function of a Python or NumPy text, called; names differ, so arguments go by place."""
    space: dict[str, Any] = {}
    exec(compile(text, "<export>", "exec"), space)
    names = re.search(r"^def value_and_gradient_*\((.*)\):$", text, re.MULTILINE)
    assert names is not None
    function = next(space[n] for n in reversed(space) if n.startswith("value_and_gradient"))
    with doubles():
        value, slopes = function(*by_place(text, names[1], point))
        return [float(value), *map(float, slopes.values())]


def doubles() -> Any:
    """Where JAX, if it is imported, computes in doubles, which it does not by itself."""
    jax = sys.modules.get("jax")
    if jax is None:
        return nullcontext()
    enable = getattr(jax, "enable_x64", None)  # since 0.8; before, `with` came from elsewhere
    return enable(True) if enable is not None else import_module("jax.experimental").enable_x64()


def run_sympy(text: str, point: Point) -> Numbers:
    """The expressions of a SymPy text at a point."""
    import mpmath
    import sympy as sp

    space: dict[str, Any] = {}
    exec(compile(text, "<export>", "exec"), space)
    value = space.get("value_", space["value"])
    slopes = space.get("gradient_", space["gradient"])
    symbols = [sp.Symbol(name, real=True) for name in point]
    results = [sp.sympify(each) for each in (value, *slopes.values())]
    try:
        dummies = [sp.Dummy(f"d{n}") for n in range(len(symbols))]
        renaming = dict(zip(symbols, dummies, strict=True))
        compiled = sp.lambdify(dummies, [each.xreplace(renaming) for each in results], "mpmath")
        with mpmath.workdps(30):
            return [float(number) for number in compiled(*map(mpmath.mpf, point.values()))]
    except (KeyError, NameError):  # Bessel functions, and branches without a value
        exact = {s: sp.Rational(x) for s, x in zip(symbols, point.values(), strict=True)}
        return [float(each.xreplace(exact).evalf(20)) for each in results]


@cache
def database() -> Any:
    """A DuckDB in memory, for all cases."""
    import duckdb

    return duckdb.connect()


def run_sql(text: str, point: Point) -> Numbers:
    """The added columns of a SQL text over a table of one row."""
    columns = {name: f"{number!r}::DOUBLE" for name, number in point.items()} or {"_": "1"}
    listed = ", ".join(f'{number} AS "{name}"' for name, number in columns.items())
    database().execute(f"CREATE OR REPLACE TEMP TABLE data AS SELECT {listed}")
    row = database().execute(text).fetchone()
    assert len(row) == len(columns) + 1 + len(point)
    return [float(number) for number in row[len(columns) :]]


@cache
def sqlite() -> Any:
    """An SQLite in memory that knows mathematical functions, or a skip."""
    import sqlite3

    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("SELECT exp(1.0), log2(8.0)")
    except sqlite3.OperationalError:
        pytest.skip("this SQLite was built without mathematical functions")
    return connection


POSTGRES = "AUTOGRAD_TEST_POSTGRES"
"""The variable that says how to reach a PostgreSQL: what ``psql`` takes as a database's name."""


def postgres(statements: str) -> list[list[str]]:
    """The rows that PostgreSQL answers with, as text, or a skip where there is none."""
    where = os.environ.get(POSTGRES)
    if not where or shutil.which("psql") is None:
        pytest.skip(f"{POSTGRES} names no PostgreSQL to try this in")
    done = subprocess.run(
        ["psql", where, "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1"],
        input=statements, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


def run_sqlite(text: str, point: Point) -> Numbers:
    """The added columns of an SQLite text over a table of one row; NULL is nan."""
    columns = dict(point) or {"_": 1.0}
    listed = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    sqlite().execute("DROP TABLE IF EXISTS data")
    sqlite().execute(f"CREATE TABLE data ({listed})")
    places = ", ".join("?" * len(columns))
    sqlite().execute(f"INSERT INTO data VALUES ({places})", list(columns.values()))
    row = sqlite().execute(text).fetchone()
    assert len(row) == len(columns) + 1 + len(point)
    return [math.nan if number is None else float(number) for number in row[len(columns) :]]


def run_postgres(text: str, point: Point) -> Numbers:
    """The added columns of a PostgreSQL text over a table of one row."""
    columns = {name: f"'{number!r}'::float8" for name, number in point.items()} or {"_": "1"}
    listed = ", ".join(f'{number} AS "{name}"' for name, number in columns.items())
    (row,) = postgres(f"CREATE TEMP TABLE data AS SELECT {listed};\n{text}")
    assert len(row) == len(columns) + 1 + len(point)
    return [float(number) for number in row[len(columns) :]]


def javascript(text: str) -> Any:
    """An engine that has run a text of JavaScript."""
    import quickjs

    engine = quickjs.Context()
    engine.eval(text)
    return engine


def _js(number: float) -> str:
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(number), repr(number))


def table_js(text: str, points: Sequence[Sequence[float]]) -> list[Numbers | Raised]:
    """A function of JavaScript called point by point; numbers come back by their digits."""
    name = re.findall(r"^function (value_and_gradient_*)\(", text, re.MULTILINE)[-1]
    listed = ", ".join(f"[{', '.join(map(_js, point))}]" for point in points)
    found = javascript(text).eval(
        f"""(() => {{
          const digits = (x) => Object.is(x, -0) ? "-0" : String(x);
          const each = (got) => [got.value, ...Object.values(got.gradient)].map(digits).join(" ");
          return [{listed}].map((point) => each({name}(...point))).join("\\n");
        }})()"""
    )
    return [[float(word) for word in line.split()] for line in found.split("\n")]


def run_js(text: str, point: Point) -> Numbers:
    """The function of a text of JavaScript, called; names differ, so arguments go by place."""
    head = re.findall(r"^function value_and_gradient_*\((.*)\) \{$", text, re.MULTILINE)[-1]
    (found,) = table_js(text, [by_place(text, head, point)])
    assert not isinstance(found, str)
    return found


RUNNERS: dict[str, Callable[[str, Point], Numbers]] = {
    "python": run_python,
    "numpy": run_python,
    "jax": run_python,
    "torch": run_python,
    "js": run_js,
    "sympy": run_sympy,
    "sql": run_sql,
    "duckdb": run_sql,
    "sqlite": run_sqlite,
    "postgres": run_postgres,
}


def apart(text: str, n: int) -> str:
    """A C text whose functions have names of their own, to stand in one file with others."""
    return re.sub(
        r"\bproduct(?=\()", f"product_{n}",
        re.sub(r"\bvalue_and_gradient_*(?=\()", f"case_{n}", text),
    )  # fmt: skip


def run_c(texts: Sequence[str], points: Sequence[Point], folder: Path) -> list[Numbers]:
    """The functions of C texts, compiled in one file and called."""
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc to compile the C export with")
    pieces, calls = ["#include <stdio.h>\n"], []
    for n, (text, point) in enumerate(zip(texts, points, strict=True)):
        pieces.append(apart(text, n))
        inputs = [repr(number) for number in point.values()]
        slots = [f"g[{k}]" for k in range(len(point))]
        call = f"case_{n}({', '.join([*inputs, *(['g'] if point else [])])})"
        pattern = " ".join(["%.17g"] * (len(point) + 1))
        listed = ", ".join(["v", *slots])
        show = f'printf("{pattern}\\n", {listed});'
        calls.append(f"    {{ double g[{len(point) + 1}], v = {call}; (void)g; {show} }}")
    pieces.append("int main(void)\n{\n" + "\n".join(calls) + "\n    return 0;\n}\n")
    source, binary = folder / "cases.c", folder / "cases"
    source.write_text("\n".join(pieces), encoding="utf-8")
    flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]
    subprocess.run(["gcc", *flags, source, "-lm", "-o", binary], check=True)
    out = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    return [[float(word) for word in line.split()] for line in out.splitlines()]


def mismatches(cases: Sequence[Case], target: str, folder: Path) -> tuple[list[str], int]:
    """What a target gets wrong, and at how many points it was asked."""
    wrong: list[str] = []
    asked: list[tuple[Case, Point, Numbers, str]] = []
    for case in cases:
        wanted = expected(case)
        if wanted is None:
            continue
        try:
            text = code(case.program, target, inputs=list(parse(case.program).inputs))
        except ProgramError:  # test_every_operator_is_written_or_refused_by_name
            continue
        asked.append((case, arguments(case.program, case.point), wanted, text))
    if target in AT_ONCE:
        jobs = [(text, [placed(target, text, place)]) for _, place, _, text in asked]
        results = iter(at_once(target, jobs, folder))
    for case, point, wanted, text in asked:
        try:
            got = next(results) if target in AT_ONCE else RUNNERS[target](text, point)
        except Exception as error:
            wrong.append(f"{case.program} at {case.point}: {type(error).__name__}: {error}")
            continue
        if not agree(got, wanted, case):
            wrong.append(f"{case.program} at {dict(case.point)}: {got}, not {wanted}")
    return wrong, len(asked)


def operator_programs() -> Iterator[Case]:
    """Every function at points inside its domain, small and large."""
    for row in OPERATORS.values():
        counts = (
            [2, 4]
            if row.arguments.lists == 2
            else [1, 2, 3]
            if row.arguments.lists
            else [len(row.probe)]
        )
        for count in filter(row.takes, counts):
            names = [f"x{n}" for n in range(count)]
            intervals = (list(row.probe) * 4)[:count]
            for t in (0.031, 0.27, 0.5003, 0.77, 0.991):
                point = {
                    x: low + (high - low) * ((t + 0.37 * n) % 1.0)
                    for n, (x, (low, high)) in enumerate(zip(names, intervals, strict=True))
                }
                listed = [
                    str(int(point.pop(x))) if n in row.fixed else x for n, x in enumerate(names)
                ]
                if row.function:
                    yield Case(f"{row.spelling}({', '.join(listed)})", point)
                elif row.infix:
                    yield Case(
                        f" {row.infix} ".join(listed) if count > 1 else f"-{listed[0]}", point
                    )


# running the text at many points ---------------------------------------------------------------

Raised = str
"""The name of an exception, where a target's own mathematics raises."""

Jobs = Sequence[tuple[str, Sequence[Sequence[float]]]]
"""Texts, and the points to call each at."""


def evaluated(program: str, points: Sequence[Sequence[float]]) -> list[tuple[Numbers, str]]:
    """What `forward` and `reverse` say at each point, inputs in order, and the status there."""
    graph = parse(program)
    tape = Tape(graph)
    found = []
    for point in points:
        values = forward(tape, dict(zip(graph.inputs, point, strict=True)))
        adjoints = reverse(tape, values)
        slopes = [0.0 if (a := adjoints[n]) is None else float(a) for n in graph.inputs.values()]
        status = statuses(tape, values).get(graph.output, "ok")
        found.append(([values[graph.output], *slopes], status))
    return found


def table_python(text: str, points: Sequence[Sequence[float]]) -> list[Numbers | Raised]:
    """A Python function called point by point."""
    space: dict[str, Any] = {}
    exec(compile(text, "<export>", "exec"), space)
    found: list[Numbers | Raised] = []
    for point in points:
        try:
            value, slopes = space["value_and_gradient"](*point)
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            found.append(type(error).__name__)
        else:
            found.append([float(value), *map(float, slopes.values())])
    return found


def table_numpy(text: str, points: Sequence[Sequence[float]]) -> list[Numbers | Raised]:
    """A NumPy function called once, with a column of points for each input."""
    import numpy as np

    space: dict[str, Any] = {}
    exec(compile(text, "<export>", "exec"), space)
    value, slopes = space["value_and_gradient"](*map(np.array, zip(*points, strict=True)))
    return [list(map(float, row)) for row in zip(value, *slopes.values(), strict=True)]


def _sql(number: float) -> str:
    return f"{number!r}::DOUBLE" if math.isfinite(number) else f"'{number}'::DOUBLE"


def table_sql(text: str, points: Sequence[Sequence[float]]) -> list[Numbers | Raised]:
    """One query over a table of all points."""
    names = [f"x{n}" for n in range(len(points[0]))]
    rows = ", ".join(f"({n}, {', '.join(map(_sql, point))})" for n, point in enumerate(points))
    database().execute(
        "CREATE OR REPLACE TEMP TABLE data AS "
        f"SELECT * FROM (VALUES {rows}) t(n, {', '.join(names)})"
    )
    found = sorted(database().execute(text).fetchall())
    return [[float(number) for number in row[1 + len(names) :]] for row in found]


def _c(number: float) -> str:
    if number != number:
        return "NAN"
    return f"{'-' * (number < 0)}INFINITY" if math.isinf(number) else repr(number)


def table_sqlite(text: str, points: Sequence[Sequence[float]]) -> list[Numbers | Raised]:
    """One query over a table of all points; NULL, which nan is there, is nan."""
    names = [f"x{n}" for n in range(len(points[0]))]
    sqlite().execute("DROP TABLE IF EXISTS data")
    sqlite().execute(f"CREATE TABLE data (n, {', '.join(names)})")
    places = ", ".join("?" * (1 + len(names)))
    rows = [(n, *point) for n, point in enumerate(points)]
    sqlite().executemany(f"INSERT INTO data VALUES ({places})", rows)
    found = sorted(sqlite().execute(text).fetchall())
    return [
        [math.nan if number is None else float(number) for number in row[1 + len(names) :]]
        for row in found
    ]


def tables_c(
    jobs: Sequence[tuple[str, Sequence[Sequence[float]]]], folder: Path
) -> list[list[Numbers | Raised]]:
    """Functions of C, compiled in one file and called in loops over their points."""
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc to compile the C export with")
    pieces, calls = ["#include <stdio.h>\n"], []
    for n, (text, points) in enumerate(jobs):
        pieces.append(apart(text, n))
        size = len(points[0])
        listed = ", ".join("{" + ", ".join(map(_c, point)) + "}" for point in points)
        pieces.append(f"static const double p_{n}[][{size}] = {{{listed}}};\n")
        inputs = ", ".join(f"p_{n}[i][{k}]" for k in range(size))
        shown = "".join(f'printf(" %.17g", g[{k}]); ' for k in range(size))
        calls.append(
            f"    for (int i = 0; i < {len(points)}; i++) {{ double g[{size}];"
            f' printf("%.17g", case_{n}({inputs}, g)); {shown}printf("\\n"); }}\n'
        )
    pieces.append(f"int main(void)\n{{\n{''.join(calls)}    return 0;\n}}\n")
    source, binary = folder / "tables.c", folder / "tables"
    source.write_text("\n".join(pieces), encoding="utf-8")
    subprocess.run(["gcc", "-std=c99", source, "-lm", "-o", binary], check=True)
    out = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    lines = iter(out.splitlines())
    return [[[float(word) for word in next(lines).split()] for _ in points] for _, points in jobs]


class Asked(Protocol):
    """A program over ``x0``, ``x1``, …, and where it is asked."""

    @property
    def program(self) -> str: ...

    @property
    def points(self) -> Sequence[Sequence[float]]: ...


Q = TypeVar("Q", bound=Asked)


def ask(
    target: str, asked: Iterable[Q], folder: Path
) -> Iterator[tuple[Q, list[Numbers | Raised]]]:
    """What a target says of each question; what it refuses is left out."""
    jobs = []
    for question in asked:
        names = [f"x{n}" for n in range(len(question.points[0]))]
        try:
            jobs.append((question, code(question.program, target, inputs=names)))
        except ProgramError as error:
            if error.code != "unsupported":
                raise
    tables = tables_of(target, [(text, question.points) for question, text in jobs], folder)
    yield from zip((question for question, _ in jobs), tables, strict=True)


def tables_of(
    target: str, jobs: Sequence[tuple[str, Sequence[Sequence[float]]]], folder: Path
) -> list[list[Numbers | Raised]]:
    """What texts for a target compute, each at its points."""
    if target in AT_ONCE:
        return AT_ONCE[target](jobs, folder)
    return [TABLES[target](text, points) for text, points in jobs]


def _rust(number: float) -> str:
    if number != number:
        return "f64::NAN"
    if math.isinf(number):
        return f"{'-' * (number < 0)}f64::INFINITY"
    return repr(float(number))


def tables_rust(jobs: Jobs, folder: Path) -> list[list[Numbers | Raised]]:
    """Functions of Rust, each in a module of one file, called in loops over their points."""
    pieces, calls = [], []
    for n, (text, points) in enumerate(jobs):
        size = len(points[0])
        name = re.search(r"pub fn (value_and_gradient_*)\(", text)
        assert name is not None
        listed = ", ".join("[" + ", ".join(map(_rust, point)) + "]" for point in points)
        inputs = ", ".join(f"p[{k}]" for k in range(size))
        pieces.append(
            f"mod case_{n} {{\n{text}\npub fn all() {{\n"
            f"let points: [[f64; {size}]; {len(points)}] = [{listed}];\n"
            f"for p in points {{ let _ = p; let (v, g) = {name[1]}({inputs}); "
            'print!("{:?}", v); for x in g { print!(" {:?}", x); } println!(); }\n}\n}\n'
        )
        calls.append(f"    case_{n}::all();\n")
    pieces.append(f"fn main() {{\n{''.join(calls)}}}\n")
    source, binary = folder / "tables.rs", folder / "tables_rs"
    source.write_text("\n".join(pieces), encoding="utf-8")
    flags = ["--edition", "2021", "-A", "unused_parens", "-D", "warnings"]
    done = subprocess.run(
        ["rustc", *flags, source, "-o", binary], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[:4000]
    out = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    lines = iter(out.splitlines())
    return [[[float(word) for word in next(lines).split()] for _ in points] for _, points in jobs]


STAND_IN = Path(__file__).parent / "julia"
"""Where a Julia without the package SpecialFunctions finds what the tests need of it."""


def run_julia(text: str, folder: Path) -> str:
    """What a program of Julia prints."""
    source = folder / "program.jl"
    source.write_text(text, encoding="utf-8")
    places = {"JULIA_LOAD_PATH": f"@:@v#.#:@stdlib:{STAND_IN}"}
    done = subprocess.run(
        ["julia", "--compiled-modules=no", source],
        capture_output=True, text=True, check=False, env={**os.environ, **places},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[:4000]
    return done.stdout


def tables_julia(jobs: Jobs, folder: Path) -> list[list[Numbers | Raised]]:
    """Functions of Julia, each in a module of one file, called in loops over their points."""
    pieces = []
    for n, (text, points) in enumerate(jobs):
        name = re.search(r"^function (value_and_gradient_*)\(", text, re.MULTILINE)
        names = re.findall(r'^        "(.*)" => ', text, re.MULTILINE)
        assert name is not None
        listed = ", ".join(
            "(" + "".join(f"{_julia(number)}, " for number in point) + ")" for point in points
        )
        shown = "".join(f', " ", g["{each}"]' for each in names)
        pieces.append(
            f"module Case{n}\n{text}\nfor p in [{listed}]\n"
            f"    try\n        v, g = {name[1]}(p...)\n        println(v{shown})\n"
            "    catch problem\n        problem isa DomainError || rethrow()\n"
            "        println(typeof(problem))\n    end\nend\nend\n"
        )
    lines = iter(run_julia("\n".join(pieces), folder).splitlines())

    def answer(line: str) -> Numbers | Raised:
        return line if "Error" in line else [float(word) for word in line.split()]

    return [[answer(next(lines)) for _ in points] for _, points in jobs]


def _julia(number: float) -> str:
    if number != number:
        return "NaN"
    return f"{'-' * (number < 0)}Inf" if math.isinf(number) else repr(float(number))


AT_ONCE: dict[str, Callable[[Jobs, Path], list[list[Numbers | Raised]]]] = {
    "c": tables_c,
    "rust": tables_rust,
    "julia": tables_julia,
}
"""The targets that are compiled: all texts in one file."""


def placed(target: str, text: str, point: Point) -> Numbers:
    """The inputs in the order in which a compiled function takes them."""
    head = re.search(r"^function value_and_gradient_*\((.*)\)$", text, re.MULTILINE)
    if target != "julia" or head is None:
        return list(point.values())
    return by_place(text, head[1], point)


def at_once(target: str, jobs: Jobs, folder: Path) -> list[Any]:
    """What texts for a compiled target compute, each at one point, inputs in order."""
    if target == "c":
        places = [{f"x{n}": number for n, number in enumerate(p)} for _, (p,) in jobs]
        return list(run_c([text for text, _ in jobs], places, folder))
    return [table[0] for table in AT_ONCE[target](jobs, folder)]


TABLES: dict[str, Callable[[str, Sequence[Sequence[float]]], list[Numbers | Raised]]] = {
    "python": table_python,
    "numpy": table_numpy,
    "torch": table_numpy,
    "js": table_js,
    "sql": table_sql,
    "sqlite": table_sqlite,
}
