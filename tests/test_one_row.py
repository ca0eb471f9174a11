"""A function is one row of the table: with the row it has everything, without it nothing.

``gudermannian`` is not in the table. Here its row is put in before the command runs, and nothing
else: no formula for a target, no LaTeX, no simplification, no help.
"""

from __future__ import annotations

import json
import subprocess
import sys
from math import atan, cosh, isclose, sinh, tanh

import duckdb
import pytest
import quickjs

ROW = """
from autograd_graph.op import Op
from autograd_graph.operators import OPERATORS, ROWS

row = Op(
    name="gudermannian",
    parameters="x",
    summary="from circular to hyperbolic functions",
    symmetry="odd",
    finite=True,
    latex=r"\\\\operatorname{gd}",
    value=lambda xp, x: 2.0 * xp.atan(xp.tanh(0.5 * x)),
    partials=lambda xp, y, x: (1 / xp.cosh(x),),
    probe=((-30.0, 30.0),),
)
OPERATORS[row.name] = ROWS[row.name] = row
"""
RUN = """
import sys
from autograd_cli.app import main
sys.argv[0] = "autograd"
main()
"""
X, Y = 0.7, 2.0
VALUE = Y * 2 * atan(tanh(X / 2))
SLOPE = Y / cosh(X)
CURVATURE = -Y * sinh(X) / cosh(X) ** 2
PROGRAM = "y*gudermannian(x)"


def autograd(*words: str, row: str = ROW) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", row + RUN, *words], capture_output=True, text=True, timeout=60
    )


def told(*words: str) -> str:
    done = autograd(*words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_without_the_row_the_function_is_unknown() -> None:
    done = autograd("eval", PROGRAM, "--x=0.7", "--y=2", row="")
    assert done.returncode == 2
    assert "gudermannian" in done.stderr


def test_the_passes_have_it() -> None:
    found = json.loads(told("eval", PROGRAM, "--x=0.7", "--y=2", "--hessian", "--format", "json"))
    assert isclose(found["output"]["value"], VALUE, rel_tol=1e-15)
    assert isclose(found["gradients"]["x"], SLOPE, rel_tol=1e-15)
    assert isclose(found["hessian"]["matrix"][1][1], CURVATURE, rel_tol=1e-14)


def test_the_simplifier_has_it() -> None:
    assert told("diff", "gudermannian(-x) + 3*gudermannian(x)", "--format", "table") == (
        "∂f/∂x = 2/cosh(x)\n"
    )


def test_explain_has_its_rule() -> None:
    page = told("explain", PROGRAM, "--x=0.7", "--y=2", "--rules")
    assert "gudermannian′ = 1/cosh" in page


def test_help_and_plot_have_it() -> None:
    page = told("functions", "gudermannian", "--format", "table")
    assert "from circular to hyperbolic functions" in page
    assert "1/cosh(x)" in page
    assert "━━ gudermannian(x)" in page


def test_a_slip_is_told_of_it() -> None:
    assert "gudermannian" in autograd("eval", "gudermanian(1)").stderr


def test_latex_has_its_sign() -> None:
    assert r"\operatorname{gd}" in told("diff", PROGRAM, "--to", "latex")


@pytest.mark.parametrize("target", ["python", "numpy"])
def test_exports_that_python_runs_have_it(target: str) -> None:
    names: dict[str, object] = {}
    exec(told("diff", PROGRAM, "--to", target), names)
    value, gradient = names["value_and_gradient"](x=X, y=Y)  # type: ignore[operator]
    assert isclose(value, VALUE, rel_tol=1e-15)
    assert isclose(gradient["x"], SLOPE, rel_tol=1e-15)


def test_sympy_has_it() -> None:
    names: dict[str, object] = {}
    exec(told("diff", PROGRAM, "--to", "sympy"), names)
    slope = names["gradient"]["x"].subs({names["x"]: X, names["y"]: Y})  # type: ignore[index]
    assert isclose(float(slope), SLOPE, rel_tol=1e-13)


def test_sql_has_it() -> None:
    database = duckdb.connect()
    database.execute(f"CREATE TABLE data AS SELECT {X}::DOUBLE AS x, {Y}::DOUBLE AS y")
    found = database.execute(told("diff", PROGRAM, "--to", "sql"))
    columns = [column for column, *_ in found.description]
    row = dict(zip(columns, found.fetchone(), strict=True))
    assert isclose(row["value"], VALUE, rel_tol=1e-13)
    assert isclose(row["d_x"], SLOPE, rel_tol=1e-13)


def test_javascript_has_it() -> None:
    engine = quickjs.Context()
    engine.eval(told("diff", PROGRAM, "--to", "js"))
    value, slope = json.loads(
        engine.eval(
            f"(() => {{ const f = value_and_gradient({Y}, {X});"
            " return JSON.stringify([f.value, f.gradient.x]); })()"
        )
    )
    assert isclose(value, VALUE, rel_tol=1e-15)
    assert isclose(slope, SLOPE, rel_tol=1e-15)


def test_c_has_it() -> None:
    code = told("diff", PROGRAM, "--to", "c")
    assert "2.0*atan(tanh(" in code
