"""A program as a function in Python: values, gradients, formulas, errors that show the place."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from math import cos, inf, isclose, sin
from multiprocessing import get_context

import pytest

import autograd_cli as ag

COST = "J = 1/2*(w*x + b - y)^2"
AT = {"w": 2.0, "x": -2.0, "b": 8.0, "y": 2.0}


def test_the_teaching_example_gives_its_value_and_gradient() -> None:
    result = ag.compile(COST)(w=2, x=-2, b=8, y=2)
    assert result.value == 2.0
    assert result.grad == {"w": -4.0, "x": 4.0, "b": 2.0, "y": -2.0}
    assert result.status == "ok"
    assert result.notes == []
    assert [node.label for node in result.nodes if node.role == "output"] == ["J"]


def test_inputs_are_told_with_the_values_that_they_have() -> None:
    f = ag.compile("w = 3; b = pi/4; sin(w*x + b)")
    assert f.inputs == {"w": 3.0, "b": pytest.approx(0.785398163), "x": None}
    assert f.at(x=2, w=1).inputs == {"w": 1.0, "b": pytest.approx(0.785398163), "x": 2.0}


def test_values_come_by_name_or_in_a_mapping_and_the_later_win() -> None:
    f = ag.compile(COST)
    assert f(AT).value == f(**AT).value == f({"w": 2, "x": -2}, b=8, y=2).value == 2.0
    assert f.at(AT)(w=3).value == 0.0
    assert f.at(AT).at(w=3).at(w=2)().value == 2.0


def test_a_function_does_not_change() -> None:
    f = ag.compile("w = 3; w*x")
    f.at(w=5).by("x")(x=2)
    assert f.inputs == {"w": 3.0, "x": None}
    assert f.wrt == ["w", "x"]


def test_another_node_can_be_the_output_and_the_inputs_be_chosen() -> None:
    f = ag.compile("c = w*x; c^2", of="c", wrt=["x"])
    assert f(w=3, x=2).grad == {"x": 3.0}
    assert f.by("w").gradient(w=3, x=2) == {"w": 2.0}


def test_derivatives_are_those_of_calculus() -> None:
    f = ag.compile("x^2*sin(y)")
    x, y = 1.5, 0.5
    assert f.gradient(x=x, y=y) == pytest.approx({"x": 2 * x * sin(y), "y": x * x * cos(y)})
    second = f.hessian(x=x, y=y)
    assert second["x"]["x"] == pytest.approx(2 * sin(y))
    assert second["x"]["y"] == second["y"]["x"] == pytest.approx(2 * x * cos(y))
    assert second["y"]["y"] == pytest.approx(-x * x * sin(y))
    assert f.hessian(x=x, y=y, wrt=["y"]) == {"y": {"y": second["y"]["y"]}}
    along = f.tangent({"x": 2, "y": -1}, x=x, y=y)
    assert along == pytest.approx(2 * 2 * x * sin(y) - x * x * cos(y))


def test_inputs_called_like_parameters_are_given_in_a_mapping() -> None:
    f = ag.compile("wrt*self + point^2")
    at = {"wrt": 2, "self": 3, "point": 4}
    assert f(at).value == 22.0
    assert f.gradient(at) == {"wrt": 3.0, "self": 2.0, "point": 8.0}
    assert f.at(at).hessian()["point"]["point"] == 2.0


def test_a_derivative_prints_simplifies_and_compiles_again() -> None:
    f = ag.compile(COST)
    slope = f.diff("w")
    assert str(slope) == "x*(w*x + b - y)"
    assert slope(AT).value == -4.0
    assert str(slope.diff("w")) == str(f.diff("w", "w")) == "x^2"
    assert str(f.diff("x", "w")) == str(f.diff("w", "x"))
    assert str(f.at(x=3).diff("w").at(b=1, y=2)) == "3*(3*w + b - y)"
    assert str(ag.compile("t^3").diff()) == "3*t^2"


def test_a_derivative_has_the_defaults_and_constants_of_its_program() -> None:
    f = ag.compile("const k = 3; w = 2; a = pi/4; L = (w*x)^2 + k*x + sin(a*x)")
    slope = f.diff("x")
    assert slope.inputs == {"w": 2.0, "a": pytest.approx(0.785398163), "x": None}
    assert slope(x=1).value == pytest.approx(f.gradient(x=1)["x"])
    assert slope(x=1, w=5, k=7).value == pytest.approx(f.gradient(x=1, w=5, k=7)["x"])
    assert set(slope(x=1).grad) == {"w", "a", "x"}


def test_a_derivative_is_called_wherever_its_program_is() -> None:
    f = ag.compile(COST)
    assert f.diff("w", "b")(AT).value == f.hessian(AT)["w"]["b"]
    assert ag.compile("3*x").diff("x")(x=[1, 2]).value.tolist() == [3.0, 3.0]
    third = ag.compile("x^2").diff("x").diff("x").diff("x")
    assert third(x=5).value == 0.0
    assert pickle.loads(pickle.dumps(f.diff("w", "b")))(AT).value == -2.0
    with pytest.raises(ag.ProgramError, match="no input 'q'"):
        f.diff("w", "b")(AT, q=1)


def test_a_long_derivative_shares_its_steps_and_stays_a_program() -> None:
    text = "x^2 + 1"
    for _ in range(8):
        text = f"tanh({text})*({text})"
    f = ag.compile(text)
    slope = f.diff("x")
    assert "; " in str(slope)
    assert isclose(slope(x=0.3).value, f.gradient(x=0.3)["x"], rel_tol=1e-12)


def test_code_is_that_of_the_command() -> None:
    f = ag.compile("sigmoid(w*x)")
    names: dict[str, object] = {}
    exec(f.to("python"), names)
    value, gradient = names["value_and_gradient"](w=0.5, x=2.0)  # type: ignore[operator]
    assert value == pytest.approx(f(w=0.5, x=2.0).value)
    assert gradient == pytest.approx(f.gradient(w=0.5, x=2.0))
    assert r"\begin{aligned}" in f.to("latex", order=2)


@pytest.mark.parametrize(
    ("program", "at", "status", "value"),
    [
        ("1/x", {"x": 0.0}, "singular", inf),
        ("relu(x)", {"x": 0.0}, "kink", 0.0),
        ("exp(x)", {"x": 1000.0}, "overflow", inf),
    ],
)
def test_awkward_points_have_a_status_and_a_note(
    program: str, at: dict[str, float], status: str, value: float
) -> None:
    result = ag.compile(program)(at)
    assert (result.status, result.value) == (status, value)
    assert result.notes


# errors ------------------------------------------------------------------------------------------


def test_an_error_shows_the_line_a_caret_and_what_to_do() -> None:
    with pytest.raises(ag.ProgramError) as caught:
        ag.compile("a = 3\nx*sni(a)")
    assert str(caught.value).splitlines() == [
        "there is no function 'sni'",
        "  at line 2, column 3",
        "  2 | x*sni(a)",
        "        ^^^",
        "hint: did you mean sin?",
    ]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda f: f(w=2), "no value for the inputs x, b, y"),
        (lambda f: f(AT, wx=3), "no input 'wx'"),
        (lambda f: f.gradient(AT, wrt=["q"]), "no input 'q'"),
        (lambda f: f.by("J"), "'J' is not an input"),
        (lambda f: f.at(J=3), "'J' is a step of the program"),
        (lambda f: f.at(w="pi/4"), "ag.compile('pi/4')"),
        (lambda f: f.at(w=None), "the value of w is no number"),
        (lambda f: f.at({"w": 1}, w=2), "w is given two values"),
        (lambda f: f.tangent({"q": 1}, AT), "no input 'q'"),
        (lambda f: f.diff(), "by which input? there are w, x, b, y"),
        (lambda f: f.diff("w", "w", "w"), "order 1 or 2"),
        (lambda f: f.gradient(w=[1, 2], x=1, b=2, y=3), "w takes one number here, not 2"),
        (lambda f: f(3), "values are given by name"),
        (lambda f: f({1: 2}), "no input '1'"),
        (lambda f: f.at(w="2"), "the value of w is no number"),
        (lambda f: f.at(w=10**400), "the value of w is no number"),
        (lambda f: f.by(["w"]), "an input is named by a text"),
        (lambda f: f.diff(["w"]), "an input is named by a text"),
        (lambda f: f.to("fortran"), "there is no target 'fortran'"),
        (lambda f: f.derivatives(order=3), "order is 1 or 2, not 3"),
        (lambda f: f.to("c", order=0), "order is 1 or 2, not 0"),
        (lambda f: f.at(AT).explain(by="q"), "by is None or 'step'"),
        (lambda f: f.at(AT).flow(by="q"), "'depth', not 'q'"),
        (lambda f: f.at(AT).by("w").descend(method="q"), "no method 'q'"),
        (lambda f: f.at(AT).by("w").descend(steps=-1), "no -1 steps"),
        (lambda f: f.at(AT).by("w").descend(lr=float("nan")), "the rate has to be"),
        (lambda f: ag.compile(None), "a program is a text, not NoneType"),
        (lambda f: f.at(AT).explain(nudges={"q": 1}), "no input 'q'"),
        (lambda f: f.descend(), "no parameters"),
        (lambda f: f.flow(), "no value for the inputs"),
        (lambda f: ag.compile("digamma(x)").to("c"), "digamma"),
    ],
)
def test_a_mistake_is_an_error_in_words(call: object, words: str) -> None:
    with pytest.raises(ag.ProgramError) as caught:
        call(ag.compile(COST))  # type: ignore[operator]
    assert words in str(caught.value)


def test_errors_are_pickled_and_copied() -> None:
    with pytest.raises(ag.ProgramError) as caught:
        ag.compile("a = 3; x*sni(a)")
    error = caught.value
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert str(again) == str(error)
        assert (again.code, again.span, again.hint) == (error.code, error.span, error.hint)


def test_letters_that_python_changes_in_keywords_are_found() -> None:
    assert ag.compile("ϵ*ϕ*2")(ϵ=3, ϕ=5).value == 30.0
    assert ag.compile("µ*2")(µ=3).value == 6.0


def test_a_near_miss_of_a_name_is_told() -> None:
    with pytest.raises(ag.ProgramError, match="did you mean weight"):
        ag.compile("weight*x").at(wieght=2)


# copies, pickles, threads, processes -------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        ag.compile(COST),
        ag.compile("c = w*x; d = c^2; d + 1", of="c", wrt=["x"]).at(w=3),
        ag.compile("k = 2; μ = 3; sin(k*μ*t)").at({"t": 1.5}),
    ],
    ids=str,
)
def test_copies_and_pickles_are_the_same_function(f: ag.Function) -> None:
    point = {name: 0.5 for name, value in f.inputs.items() if value is None}
    for other in (copy.copy(f), copy.deepcopy(f), pickle.loads(pickle.dumps(f))):
        assert other == f
        assert hash(other) == hash(f)
        assert repr(other) == repr(f)
        assert other(point).grad == f(point).grad


def test_results_are_pickled_with_all_they_tell() -> None:
    p = ag.compile("c = 0.1*w*x; relu(c)^2 + 1e-3").at(w=2, x=3)
    reports = [
        p(),
        p.evaluate(hessian=True, along={"w": 1}),
        p.explain(rules=True),
        p.graph(),
        p.flow(clip=1),
        p.cost(),
        p.by("w").descend(steps=3),
        p.derivatives(),
        p(w=[1, 2]),
    ]
    for report in reports:
        again = pickle.loads(pickle.dumps(report))
        assert again.as_object() == report.as_object()
        assert str(again) == str(report)


def test_processes_can_be_given_functions() -> None:
    f = ag.compile("k = 3; k*x^2")
    points = [{"x": float(n)} for n in range(8)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(ag.Function.gradient, [f] * 8, points))
    assert [slopes["x"] for slopes in found] == [6.0 * n for n in range(8)]


def test_threads_can_share_a_function() -> None:
    f = ag.compile("a = sin(x*y); b = where(a > 0, a^2, -a); tanh(b + x)")
    points = [{"x": n / 7, "y": n / 11 - 3} for n in range(400)]
    alone = [(f(p).value, f.gradient(p), f.hessian(p)) for p in points]
    objective = f.objective(wrt=["x", "y"])
    at_once = [objective(p.values()) for p in points]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda p: (f(p).value, f.gradient(p), f.hessian(p)), points)) == alone
        shared = list(pool.map(lambda p: objective(p.values()), points))
    assert [(v, list(g)) for v, g in shared] == [(v, list(g)) for v, g in at_once]


def test_importing_is_cheap() -> None:
    code = (
        "import sys, autograd_cli as ag; f = ag.compile('J = 1/2*(w*x + b - y)^2');"
        "r = f(w=2, x=-2, b=8, y=2); f.gradient(w=2, x=-2, b=8, y=2); repr(f); repr(r);"
        "print([m for m in ('rich', 'click', 'lark', 'numpy', 'mpmath') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_what_is_public_is_listed_and_nothing_else_is_there() -> None:
    assert set(ag.__all__) <= set(dir(ag))
    with pytest.raises(AttributeError, match="no attribute 'compil'"):
        ag.compil  # noqa: B018
