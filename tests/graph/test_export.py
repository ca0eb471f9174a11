"""Exports, executed: what comes out of the text is what `forward` and `reverse` say.

Python, NumPy, JavaScript, SymPy, C and SQL run; LaTeX is read back by SymPy's parser. Where the
status of a point is ``ok`` the value and the gradient agree to rounding.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support_derivatives import FOLDER, corpus
from support_export import (
    AT_ONCE,
    EXECUTED,
    MISSING,
    RUNNERS,
    Case,
    Numbers,
    Point,
    agree,
    arguments,
    at_once,
    code,
    expected,
    javascript,
    mismatches,
    operator_programs,
)
from support_export_cases import AWKWARD
from support_grammar import shallow_stack

from autograd_grammar import ProgramError, parse
from autograd_graph import OPERATORS, Graph, Tape, forward
from autograd_graph.export import TARGETS, export, find
from autograd_graph.export.compositions import NUMERICAL
from autograd_graph.graph import INPUT
from autograd_graph.symbolic.gradient import gradient

# every operator --------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_is_written_or_refused_by_name(name: str, target: str) -> None:
    row = OPERATORS[name]
    for count in {len(row.probe), *([2, 4, 6] if row.arguments.lists else [])}:
        if not row.takes(count):
            continue
        graph = Graph()
        leaves = [graph.leaf(INPUT, f"x{n}") for n in range(count)]
        output = graph.add(name, *leaves)
        if name in find(target).refused:
            with pytest.raises(ProgramError) as caught:
                export(graph, output, {}, target)
            assert caught.value.code == "unsupported"
            assert row.spelling in caught.value.message
            assert target in caught.value.message
        else:
            assert export(graph, output, {}, target)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_refused_is_not_also_written(target: str) -> None:
    found = find(target)
    assert set(found.refused) <= set(OPERATORS)
    assert not set(found.refused) & {*found.rows, *found.compositions}


def test_compositions_are_of_operators() -> None:
    assert set(NUMERICAL) <= set(OPERATORS)


@pytest.mark.parametrize("target", EXECUTED)
def test_every_operator_agrees(target: str, tmp_path: Path) -> None:
    wrong, asked = mismatches(list(operator_programs()), target, tmp_path)
    assert wrong == []
    assert asked > 250


@pytest.mark.parametrize("target", EXECUTED)
def test_awkward_points_agree_where_they_are_ok(target: str, tmp_path: Path) -> None:
    poles = ("max(-1/x, 2)", "min(x^-1, 2)")  # SymPy has no signed infinity at a pole
    cases = [case for case in AWKWARD if target != "sympy" or case.program not in poles]
    wrong, asked = mismatches(cases, target, tmp_path)
    assert wrong == []
    assert asked > 40


# names -----------------------------------------------------------------------------------------

RESERVED = """
    lambda in if None double int select table sin exp N E I S class math np sp value gradient
    value_and_gradient t1 t2 data inf nan pow def a lambda_ θ w₁ ϕ φ é μ _ _t1 d_x and not print
    abs max float while restrict INFINITY M_PI gamma y0 j1 from order group user end _each _real
    tgamma fmax ñame 变 Σ σ ς
"""
NAMES = RESERVED.split()


@pytest.mark.parametrize("target", EXECUTED)
def test_names_that_mean_something_in_the_target_are_renamed(target: str, tmp_path: Path) -> None:
    cases = [Case(f"{n}^2*x + sin({n}*x)*sin({n}*x)", {n: 0.5, "x": 2.0}) for n in NAMES]
    some = [name for name in NAMES if name not in ("N", "E", "I", "S", "Σ")]  # SQL folds case
    total = " + ".join(f"{k}*{n}^2" for k, n in enumerate(some, 1))
    cases.append(Case(f"sin({total})^2", {n: 0.01 + k / 999 for k, n in enumerate(some)}))
    wrong, asked = mismatches(cases, target, tmp_path)
    assert wrong == []
    assert asked == len(cases)


def test_names_that_differ_only_in_case_are_refused_in_sql() -> None:
    with pytest.raises(ProgramError) as caught:
        code("x*X", "sql")
    assert caught.value.code == "unsupported"
    assert "x and X differ only in case" in caught.value.message


def test_a_rename_is_documented() -> None:
    assert "# lambda_ stands for lambda" in code("lambda*x", "python")
    assert "/* theta stands for θ" in code("θ*x", "c")


ARRAYS = [target for target in ("jax", "torch") if target in EXECUTED]
HOSTILE = (
    'x # */ int y; \\\nimport nothing\u2028raise\x0cbad """ ??/',
    'x # coding: unicode_escape \\u000aopen("pwned", "w")#',
    "x # -*- coding: utf-7 -*- +AAo-open('pwned', 'w')#",
    "encoding=2; x*encoding\r\nimport nothing\rraise",
    "\ufeff# vim: set fileencoding=rot13 :\nx",
    "x # \u202e'; DROP TABLE data; --\u2066 %\n^^Mx",
    "x # \\end{aligned} \\input{pwned} ^^5cinput",
)


@pytest.mark.parametrize("source", HOSTILE)
def test_a_programs_text_stays_in_its_comment(source: str, tmp_path: Path) -> None:
    for target in TARGETS:
        text = code("x^2", target, source=source)
        assert text.isascii()
        assert all("coding" not in line for line in text.splitlines()[:2])
        if target == "latex":
            comment, body = text.split("\\begin{aligned}")
            assert all(line.startswith("%") for line in comment.splitlines())
            assert "pwned" not in body
        elif target in MISSING:
            assert "pwned" not in "".join(
                line for line in text.splitlines() if not line.startswith(("#", "//"))
            )
        elif target in AT_ONCE:
            assert at_once(target, [(text, [(3.0,)])], tmp_path) == [[9.0, 6.0]]
        else:
            assert RUNNERS[target](text, {"x": 3.0}) == [9.0, 6.0]


@pytest.mark.parametrize("target", ["python", "numpy", "sympy", *ARRAYS])
@pytest.mark.parametrize("source", HOSTILE)
def test_a_module_of_a_hostile_program_is_imported_in_peace(
    source: str, target: str, tmp_path: Path
) -> None:
    """As a file: what a comment says of the encoding counts there, and not for a text."""
    (tmp_path / "made.py").write_text(code("x^2", target, source=source), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import made"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} <= {"made.py", "__pycache__"}


# the text --------------------------------------------------------------------------------------


def test_python_reads_like_this() -> None:
    text = code("w = 2; w*sin(x)", "python", source="w = 2; w*sin(x)")
    assert (
        text
        == '''\
# Made by autograd from:
#
#     w = 2; w*sin(x)
import math


def value_and_gradient(x, w=2.0):
    """The value, and its derivative by each input."""
    t1 = math.sin(x)
    value = w*t1
    return value, {
        'w': t1,
        'x': w*math.cos(x),
    }
'''
    )


def test_sharing_is_in_steps() -> None:
    for target in EXECUTED:
        text = code("sin(x)*exp(sin(x))", target)
        assert text.count("sin(") == 1, target
        assert text.count("exp(") == 1, target


def test_javascript_reads_like_this() -> None:
    assert code("w = 2; exp(w*x)*x", "js", source="w = 2") == (
        "// Made by autograd from:\n//\n//     w = 2\n\n"
        "/** The value, and its derivative by each input. */\n"
        "function value_and_gradient(x, w = 2) {\n"
        "  const t1 = Math.exp(w * x);\n"
        "  const value = t1 * x;\n"
        "  const t2 = x * t1;\n"
        "  return {\n"
        "    value,\n"
        "    gradient: {\n"
        "      w: t2 * x,\n"
        "      x: t2 * w + t1,\n"
        "    },\n"
        "  };\n"
        "}\n"
    )


def test_an_object_of_javascript_has_an_entry_for_every_name() -> None:
    names = ["__proto__", "constructor", "toString", "θ", "x₁", "class", "hasOwnProperty"]
    program = " + ".join(f"{n}*{name}" for n, name in enumerate(names, 1))
    engine = javascript(code(program, "js"))
    call = f"value_and_gradient({', '.join('1' for _ in names)}).gradient"
    assert json.loads(engine.eval(f"JSON.stringify(Object.entries({call}))")) == [
        [name, n] for n, name in enumerate(names, 1)
    ]


@pytest.mark.parametrize("call", ["gamma(x)", "lgamma(x)", "digamma(x)", "polygamma(1, x)"])
def test_what_javascript_lacks_is_refused_by_name(call: str) -> None:
    with pytest.raises(ProgramError, match=r"cannot be exported to js: .* has no"):
        code(call, "js")


def test_defaults_are_parameters_of_python_and_notes_elsewhere() -> None:
    assert "def value_and_gradient(y, x=3.0):" in code("x = 3; x*y", "python")
    for target in ("c", "rust", "sql", "sympy", "latex"):
        assert "x: 3.0 in the program" in code("x = 3; x*y", target).replace(
            "x = sp.Symbol('x', real=True)  # ", "x: "
        )


def test_given_defaults_come_before_the_programs() -> None:
    text = code("x = 3; x*y", "python", defaults={"x": 4.0})
    assert "x=4.0" in text


@pytest.mark.parametrize("target", ["python", "numpy", "jax"])
def test_values_of_the_program_that_are_not_finite_are_defaults_too(target: str) -> None:
    space: dict[str, Any] = {}
    exec(code("const k = -1/0; x = 1/0; n = 0/0; max(atan(k), atan(x), y) + 0*n", target), space)
    value, slopes = space["value_and_gradient"](2.0, n=1.0)
    assert float(value) == 2.0
    assert float(slopes["y"]) == 1.0
    assert str(float(space["value_and_gradient"](2.0)[0])) == "nan"


def test_numpy_takes_and_gives_arrays() -> None:
    import numpy as np

    space: dict[str, Any] = {}
    exec(code("3*x + where(y > 0, log(y), 0)", "numpy"), space)
    value, slopes = space["value_and_gradient"](np.arange(3), np.array([[1.0], [-1.0]]))
    assert value.tolist() == [[0.0, 3.0, 6.0], [0.0, 3.0, 6.0]]
    assert slopes["x"].tolist() == [[3.0] * 3] * 2
    assert slopes["y"].tolist() == [[1.0] * 3, [0.0] * 3]


def test_sql_adds_columns_to_every_row_whatever_the_columns_types() -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE data AS SELECT 'a' AS id, 3 AS x, 0.5 AS y")
        connection.execute("INSERT INTO data VALUES ('b', 2000000000, 0.1)")
        found = connection.execute(code("x*x/2 + y", "sql")).fetchall()
    assert found[0] == ("a", 3, pytest.approx(0.5), 5.0, 3.0, 1.0)
    assert found[1][3] == pytest.approx(2e18)


@pytest.mark.parametrize("target", EXECUTED)
def test_long_and_deep_programs_are_written_flat(target: str, tmp_path: Path) -> None:
    deep = "x" + " + sin(x" * 150 + ")" * 150
    long = " + ".join(f"{n}*x^{n}*y" for n in range(1, 400))
    cases = [Case(deep, {"x": 0.5}, 1e-9), Case(long, {"x": 0.5, "y": 2.0})]
    if target == "sympy":  # evaluates by substituting steps
        cases = cases[1:]
    with shallow_stack(400):
        for case in cases:
            assert code(case.program, target)
    wrong, asked = mismatches(cases, target, tmp_path)
    assert wrong == []
    assert asked == len(cases)


# the corpora -----------------------------------------------------------------------------------

FILES = {
    "own": 60,
    "rubi": 45, "sympy_tests": 45, "opt_jump": 25, "opt_scipy": 20, "opt_handgrad": 5,
    "symreg": 25, "feynman": 20, "derivs_peers": 25, "multi": 10, "worked": 20,
}  # fmt: skip
"""How many cases of each file are run."""


def corpora(most: int = 1000) -> list[Case]:
    """Cases spread over every file that is there, at most so many of one."""
    found = []
    for name, count in FILES.items():
        if name != "own" and not FOLDER.is_dir():
            continue
        cases = corpus(name)
        for case in cases[:: max(len(cases) // min(count, most), 1)][: min(count, most)]:
            bounds = [case["f64abs"]["value"], *case["f64abs"]["grad"].values()]
            found.append(Case(case["program"], case["point"], 64 * max(bounds)))
    return found


@pytest.mark.parametrize("target", EXECUTED)
def test_the_corpora_agree(target: str, tmp_path: Path) -> None:
    wrong, asked = mismatches(corpora(8 if target == "sympy" else 1000), target, tmp_path)
    assert wrong == []
    assert asked > (6 if target == "sympy" else 50)


# LaTeX, read back ------------------------------------------------------------------------------

UNREADABLE = re.compile(
    r"operatorname|cases|coth\^|mathit|bmod|psi|j_|sqrt\[3\]|\||'|_\{\w+,"
    r"|\bd (?!=)"  # `d x` is a differential
)
"""What SymPy's parser of LaTeX does not read."""


def run_latex(text: str, point: Point) -> Numbers:
    """The equations of a LaTeX text at a point, by SymPy's parser."""
    import sympy as sp
    from sympy.parsing.latex import parse_latex

    body = text.split(r"\begin{aligned}")[1].split(r"\end{aligned}")[0]
    known: dict[Any, Any] = {sp.Symbol("pi"): sp.pi, sp.Symbol("e"): sp.E}
    for name, number in point.items():
        known[parse_latex(find("latex").identifier(name))] = sp.Float(number, 20)
    numbers = []
    for line in body.strip().split(r" \\"):
        left, right = line.strip().split(" &= ")
        got = parse_latex(right).doit().xreplace(known)
        for name, function in {"Gamma": sp.gamma, "coth": sp.coth}.items():
            got = got.replace(sp.Function(name), function)
        if left.startswith("\\frac") or left == "f":
            numbers.append(float(got.evalf(20)))
        if not left.startswith("\\frac"):
            known[parse_latex(left)] = got.evalf(20)
    return numbers


def test_latex_reads_back_as_what_was_written() -> None:
    pytest.importorskip("antlr4", reason="SymPy reads LaTeX by antlr4")
    wrong, read = [], 0
    operators = [c for c in operator_programs() if max(c.point.values()) < 30][::4]
    for case in [*AWKWARD, *operators, *corpora(5)]:
        wanted = expected(case)
        text = code(case.program, "latex", inputs=list(parse(case.program).inputs))
        if wanted is None or UNREADABLE.search(text.replace(r"\frac{d f}{d", "")):
            continue
        read += 1
        try:
            got = run_latex(text, arguments(case.program, case.point))
        except Exception as error:
            wrong.append(f"{case.program}: {type(error).__name__}: {error}: {text}")
            continue
        if not agree(got, wanted, case):
            wrong.append(f"{case.program} at {case.point}: {got}, not {wanted}: {text}")
    assert wrong == []
    assert read > 60


def test_latex_looks_like_mathematics() -> None:
    text = code("w_1 = 2; sin(θ)^2*exp(-x₂^2/2)/sqrt(w_1) + mass*x₂", "latex")
    assert r"\sin^{2}\left(\theta\right) e^{\frac{-x_{2}^{2}}{2}}" in text
    assert r"\mathit{mass} x_{2}" in text
    assert r"w_{1,2}" in code("w_1_2*x", "latex")
    assert r"\mathit{rate_{of\ the\ layer}}" in code("rate_of_the_layer*x", "latex")
    assert r"\frac{\partial f}{\partial \theta} &=" in text
    assert r"\frac{d f}{d x} &= 3 x^{2}" in code("x^3", "latex")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ŷ", r"\hat{y}"),
        ("ŷ_1", r"\hat{y}_{1}"),
        ("x_β", r"x_{\beta}"),
        ("Δx", r"\mathit{{\Delta}x}"),
        ("größe", r"\textit{größe}"),
        ("θ_größe", r"\theta_{\textit{größe}}"),
    ],
)
def test_latex_has_letters_that_mathematics_has(name: str, written: str) -> None:
    """A ŷ, ö or β as it is stops LaTeX in mathematics."""
    assert f"{{\\partial {written}}}" in code(f"{name}^2*k", "latex")


def test_numpy_gives_doubles_whatever_it_is_given() -> None:
    import numpy as np

    whole = np.array([1, 2, 3])
    for program in ("where(x > 2, 1, 2)", "where(x > 2, 1, 2)^-1*x", "x^-1", "x > 2", "floor(x)"):
        space: dict[str, Any] = {}
        exec(code(program, "numpy"), space)
        value, slopes = space["value_and_gradient"](whole)
        assert value.dtype == slopes["x"].dtype == float, program
        assert value.tolist() == [forward(Tape(parse(program)), {"x": x})[-1] for x in whole]


@pytest.mark.parametrize("program", ["gamma(0)*x", "log(0)*x", "0^-1*x", "exp(1000)*x"])
def test_python_does_not_raise_for_what_no_argument_can_mend(program: str) -> None:
    graph = gradient(parse(program))  # not simplified, so that the constant is still there
    text = export(graph.graph, graph.output, graph.first, "python")
    space: dict[str, Any] = {}
    exec(text, space)
    value, _ = space["value_and_gradient"](2.0)
    assert value == forward(Tape(parse(program)), {"x": 2.0})[-1]


def test_python_rounds_as_doubles_do() -> None:
    space: dict[str, Any] = {}
    exec(code("floor(x) + 1 - floor(x)", "python"), space)
    exec(code("round(x)*3 + trunc(x) + ceil(x)", "python").replace("value_and", "other"), space)
    assert isinstance(space["value_and_gradient"](1e20)[0], float | int)
    value, _ = space["other_gradient"](1e20 / 3)
    assert value == forward(Tape(parse("round(x)*3 + trunc(x) + ceil(x)")), {"x": 1e20 / 3})[-1]


@pytest.mark.parametrize("target", ["python", "numpy", "c", "js"])
def test_a_condition_may_be_about_what_is_undefined(target: str, tmp_path: Path) -> None:
    case = Case("where(xlogy(y, x) > 1, y, 2*y)", {"x": -1.0, "y": 2.0})
    assert mismatches([case], target, tmp_path) == ([], 1)
