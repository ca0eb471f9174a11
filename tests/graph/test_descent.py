"""Gradient descent: the methods are those of their papers, end where SciPy ends, and are judged."""

from __future__ import annotations

import math
import random
import tracemalloc
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_grammar import parse
from autograd_graph import ProgramError, Tape, forward, reverse
from autograd_graph.descent.descent import Descent, Plan, State
from autograd_graph.descent.objective import Objective
from autograd_graph.descent.verdict import Verdict, Watch
from autograd_graph.passes.curvature import hessian
from autograd_graph.passes.eigen import eigen

SAMPLES = Path(__file__).parents[2] / "samples"
BOOTH = "x = 0; y = 0; (x + 2*y - 7)^2 + (2*x + y - 5)^2"


def objective(
    text: str, values: Mapping[str, float] | None = None, names: Sequence[str] = ()
) -> Objective:
    graph = parse(text)
    values = values or {}
    return Objective(Tape(graph), values, names or [n for n in graph.inputs if n not in values])


def states(text: str, values: Mapping[str, float] | None = None, **plan: Any) -> list[State]:
    return list(Descent(objective(text, values), Plan(**plan)))


def judged(text: str, **plan: Any) -> tuple[Verdict, Descent, State]:
    descent = Descent(objective(text), Plan(**{"until": 1e-6} | plan))
    watch = Watch(descent)
    (last,) = deque(watch.states(), maxlen=1)
    return watch.verdict(), descent, last


def sample(name: str) -> str:
    return (SAMPLES / "descend" / f"{name}.expr").read_text("utf-8")


# one step


def test_step_goes_against_the_gradient_by_the_rate() -> None:
    start, end = states("w = 3; y = x*w; (y - t)^2", {"x": 2.0, "t": 2.0}, rate=0.1, steps=1)
    assert (start.loss, start.gradient) == (16.0, [16.0])
    assert end.point == [3.0 - 0.1 * 16.0]
    assert end.predicted == -0.1 * 16.0**2
    assert end.loss == (2.0 * end.point[0] - 2.0) ** 2


def test_momentum_adds_fading_gradients_up() -> None:
    path = states(BOOTH, method="momentum", rate=0.01, momentum=0.8, steps=50)
    point, velocity = np.zeros(2), np.zeros(2)
    for state in path:
        assert state.point == pytest.approx(point.tolist(), rel=1e-12, abs=1e-12)
        velocity = 0.8 * velocity - 0.01 * np.array(state.gradient)
        point = point + velocity


def test_adam_is_algorithm_1_of_its_paper() -> None:
    path = states(BOOTH, method="adam", rate=0.1, steps=50)
    theta, m, v = np.zeros(2), np.zeros(2), np.zeros(2)
    for t, state in enumerate(path, start=1):
        assert state.point == pytest.approx(theta.tolist(), rel=1e-9)
        g = np.array(state.gradient)
        m = 0.9 * m + (1 - 0.9) * g
        v = 0.999 * v + (1 - 0.999) * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        theta = theta - 0.1 * m_hat / (np.sqrt(v_hat) + 1e-8)


coefficient = st.floats(-5, 5).map(lambda x: round(x, 2))


@given(a=st.floats(0.1, 10), b=coefficient, c=st.floats(0.1, 10), x=coefficient, y=coefficient)
def test_newton_finds_the_bottom_of_a_parabola_in_one_step(
    a: float, b: float, c: float, x: float, y: float
) -> None:
    text = f"x = {x}; y = {y}; {a}*(x - 1)^2 + {c}*(y - x*{b} + 2)^2"
    *_, end = states(text, method="newton", steps=1)
    assert end.point == pytest.approx([1.0, b - 2.0], abs=1e-6)


def test_newton_goes_down_where_the_curvature_is_negative() -> None:
    losses = [state.loss for state in states("x = 0.1; cos(x)", method="newton", steps=20)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] == pytest.approx(-1.0)


def test_newton_refuses_more_parameters_than_it_can_handle() -> None:
    text = "; ".join(f"x{n} = 1" for n in range(65)) + "; sum(" + ", ".join(
        f"x{n}^2" for n in range(65)
    ) + ")"  # fmt: skip
    with pytest.raises(ProgramError, match="at most 64 parameters") as error:
        states(text, method="newton")
    assert error.value.code == "limit"


def test_clipping_limits_the_gradient_by_its_norm() -> None:
    path = states(BOOTH, rate=0.01, clip=5.0, steps=200)
    for before, after in pairwise(path):
        length = math.dist(before.point, after.point)
        assert length == pytest.approx(0.01 * min(5.0, before.norm))
        assert after.clipped == pytest.approx(min(1.0, 5.0 / before.norm))


@pytest.mark.parametrize("method", ["gd", "momentum", "adam", "newton"])
@pytest.mark.parametrize("rate", [None, 0.05])
def test_going_up_is_going_down_on_the_negative(method: str, rate: float | None) -> None:
    down = states(BOOTH, method=method, rate=rate, steps=60)
    up = states(BOOTH.replace("; (", "; -(").replace(" + (2", " - (2"), method=method, rate=rate,
                steps=60, maximize=True)  # fmt: skip
    assert [s.point for s in down] == [s.point for s in up]
    assert [s.loss for s in down] == [-s.loss for s in up]


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau", "logistic"])
@pytest.mark.parametrize("method", ["gd", "momentum", "newton"])
@pytest.mark.parametrize("rate", [None, 1.0, 100.0])
def test_line_search_never_goes_up(name: str, method: str, rate: float | None) -> None:
    path = states(sample(name), method=method, rate=rate, line_search=True, steps=200)
    losses = [state.loss for state in path]
    assert losses == sorted(losses, reverse=True)


def test_states_are_not_kept() -> None:
    def peak(steps: int) -> int:
        descent = Descent(objective(BOOTH), Plan(rate=1e-5, steps=steps))
        watch = Watch(descent)
        tracemalloc.start()
        deque(watch.states(), maxlen=0)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(4000) < 1.5 * peak(400)


# the objective is the passes


def runnable() -> list[Path]:
    return sorted(p for p in SAMPLES.rglob("*.expr") if "errors" not in p.parts)


@pytest.mark.parametrize("path", runnable(), ids=lambda path: path.stem)
def test_objective_gives_what_the_passes_give_to_the_bit(path: Path) -> None:
    graph = parse(path.read_text("utf-8"))
    tape, numbers = Tape(graph), random.Random(path.stem)
    start = {name: numbers.uniform(-2, 2) for name in graph.inputs}
    moved = list(graph.inputs)[::2]
    if not moved:
        return
    function = Objective(tape, start, moved)
    for _ in range(5):
        point = [numbers.uniform(-2, 2) for _ in moved]
        value, slopes = function.value(point), function.gradient()
        values = forward(tape, start | dict(zip(moved, point, strict=True)))
        adjoints = reverse(tape, values)
        expected = [adjoints[graph.inputs[name]] or 0.0 for name in moved]
        assert repr([value, *slopes]) == repr([values[tape.output], *expected])


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau", "logistic", "network"])
def test_hessian_of_the_graph_is_that_of_the_dual_numbers(name: str) -> None:
    function = objective(sample(name))
    expected = hessian(function.whole, {}, function.names)
    actual = function.hessian(function.start)
    assert np.array(actual) == pytest.approx(np.array(expected), rel=1e-9, abs=1e-12)


@given(st.integers(1, 7).flatmap(lambda n: st.lists(
    st.lists(st.floats(-1e3, 1e3), min_size=n, max_size=n), min_size=n, max_size=n)))  # fmt: skip
def test_eigenvectors_make_the_matrix_diagonal(rows: list[list[float]]) -> None:
    matrix = np.array(rows) + np.array(rows).T
    values, vectors = eigen(matrix.tolist())
    size = max(1e-300, float(np.abs(matrix).max()))
    assert sorted(values) == pytest.approx(np.linalg.eigvalsh(matrix), abs=1e-12 * size)
    basis = np.array(vectors)
    assert basis @ basis.T == pytest.approx(np.eye(len(rows)), abs=1e-12)
    assert basis @ matrix @ basis.T == pytest.approx(np.diag(values), abs=1e-11 * size)


# where it ends


@pytest.mark.parametrize("method", ["gd", "momentum", "adam", "newton"])
@pytest.mark.parametrize("name", ["rosenbrock", "beale", "booth", "line", "logistic"])
def test_ends_where_scipy_ends(name: str, method: str) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    function = objective(sample(name))

    def value_and_gradient(point: Any) -> tuple[float, list[float]]:
        return function.value(point.tolist()), function.gradient()

    found = optimize.minimize(
        value_and_gradient, function.start, jac=True, method="BFGS", options={"gtol": 1e-9}
    )
    rate = 0.1 if method == "adam" else None
    verdict, _, last = judged(sample(name), method=method, rate=rate, steps=10_000)
    assert (verdict.kind, verdict.signs) == ("converged", (0, 0, 2))
    assert last.point == pytest.approx(found.x.tolist(), abs=1e-4)
    assert last.loss == pytest.approx(found.fun, abs=1e-9)


@pytest.mark.parametrize("start", [(-1, 1), (-1, -1), (1, -1), (1, 1), (0, 0)])
@pytest.mark.parametrize("method", ["gd", "momentum", "adam", "newton"])
def test_himmelblau_ends_in_one_of_its_four_minima(start: tuple[int, int], method: str) -> None:
    minima = [(3, 2), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)]
    x, y = start
    text = sample("himmelblau").replace("x = 0; y = 0", f"x = {x}; y = {y}")
    rate = 0.1 if method == "adam" else None
    verdict, _, last = judged(text, method=method, rate=rate, steps=10_000)
    assert verdict.kind == "converged"
    assert min(math.dist(last.point, minimum) for minimum in minima) < 1e-5


def test_network_trains_as_published() -> None:
    path = Descent(objective(sample("network")), Plan(rate=0.5, steps=9_999))
    published = [
        0.149780716, 0.19956143, 0.24975114, 0.29950229,
        0.35891648, 0.408666186, 0.511301270, 0.561370121,
    ]  # fmt: skip
    for state in path:
        if state.number == 1:
            assert state.point == pytest.approx(published, abs=1e-8)
            assert state.loss == pytest.approx(0.291027924, abs=2e-7)  # he rounded on the way
    assert state.loss == pytest.approx(0.0000351085, abs=1e-10)


# the verdict


def test_state_of_rest_is_a_minimum() -> None:
    verdict, descent, last = judged(BOOTH, rate=0.1, steps=1000)
    assert (verdict.kind, descent.ended, verdict.signs) == ("converged", "until", (0, 0, 2))
    assert last.norm <= 1e-6


def test_time_to_the_end_is_foretold() -> None:
    verdict, _, last = judged(BOOTH, rate=0.05, steps=100)
    assert verdict.kind == "falling"
    assert verdict.remaining is not None
    _, _, end = judged(BOOTH, rate=0.05, steps=1000)
    assert end.number == pytest.approx(last.number + verdict.remaining, abs=1)


@pytest.mark.parametrize("steps", [64, 100, 1000, 10_000])
@pytest.mark.parametrize(
    ("program", "rate", "until"),
    [("x = 1; (x - 3)^4", 0.01, 1e-6), ("x = 0; softplus(-x)", 1.0, 1e-5)],
)
def test_time_to_an_end_without_curvature_is_foretold(
    program: str, rate: float, until: float, steps: int
) -> None:
    verdict, _, last = judged(program, rate=rate, steps=steps, until=until)
    assert verdict.kind == "falling"
    assert verdict.slowing is not None
    _, _, end = judged(program, rate=rate, steps=400_000, until=until)
    assert last.number + verdict.slowing == pytest.approx(end.number, rel=0.3)


@pytest.mark.parametrize("steps", [5, 20, 50, 100, 300])
def test_nothing_slows_down_where_a_sum_is_a_parabola(steps: int) -> None:
    for program in (BOOTH, "x = 10; y = 1; x^2/2 + y^2/40"):
        verdict, descent, _ = judged(program, rate=0.05, steps=steps)
        assert (verdict.kind, verdict.slowing) == ("falling", None) or descent.ended == "until"


@pytest.mark.parametrize(
    ("program", "far"),
    [
        ("u = 200; 50*u/(u - 50)", True),
        ("w = 0; b = 0; x = 3; softplus(-(w*x + b))", True),
        ("x = 7; 1e-9*x^2", True),
        (BOOTH, False),
        ("x = 1.1; (x - 0.37)^4 + (x - 0.37)^5/9", False),
        ("x = 1e6; y = 2; (x - 1e6 - 1)^2 + 1e4*(y - 1)^2", False),
    ],
)
def test_a_small_gradient_with_small_curvature_is_far_from_rest(program: str, far: bool) -> None:
    verdict, descent, _ = judged(program, steps=100_000)
    assert (verdict.kind, descent.ended) == ("converged", "until")
    assert verdict.far is far


@given(a=st.floats(0.1, 50), c=st.floats(0.1, 50), angle=st.floats(0, 3))
def test_largest_rate_is_where_convergence_ends(a: float, c: float, angle: float) -> None:
    cosine, sine = round(math.cos(angle), 6), round(math.sin(angle), 6)
    text = f"x = 1; y = 2; u = {cosine}*x + {sine}*y; v = {cosine}*y - {sine}*x; {a}*u^2 + {c}*v^2"
    true_limit = 2 / (2 * max(a, c))
    verdict, _, _ = judged(text, rate=1.05 * true_limit, steps=400)
    assert verdict.kind == "diverging"
    assert verdict.limit == pytest.approx(true_limit, rel=1e-3)
    _, _, last = judged(text, rate=0.95 * verdict.limit, steps=400)
    assert last.loss < a * 5 + c * 5


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_largest_rate_grows_with_momentum(momentum: float) -> None:
    limit = 2 * (1 + momentum) / 18
    how = {"method": "momentum", "momentum": momentum, "steps": 2000}
    verdict, _, _ = judged(BOOTH, rate=1.02 * limit, **how)
    assert verdict.kind == "diverging"
    assert verdict.limit == pytest.approx(limit)
    assert judged(BOOTH, rate=0.98 * limit, **how)[0].kind == "converged"


@pytest.mark.parametrize(
    ("text", "plan", "kind"),
    [
        (BOOTH, {"rate": 1 / 9}, "oscillating"),  # just at the limit
        ("x = 3; cos(x)", {"rate": 2.2}, "oscillating"),
        ("x = 3; x^4", {"rate": 0.1}, "diverging"),
        (BOOTH, {"rate": 0.12}, "diverging"),
        (BOOTH, {"rate": 0.12, "steps": 10_000}, "diverging"),  # till the numbers end
        ("x = 1; log(x)", {"rate": 0.1}, "not-finite"),
        ("x = 1; abs(x)", {"rate": 0.3}, "kink"),
        ("x = 1; abs(x)", {}, "kink"),
        ("x = 1; y = 3; abs(x) + 3*abs(y - x)", {}, "kink"),
        ("x = 1; y = 3; max(x^2 + y, y^2 - x, 2*x)", {"rate": 0.1, "steps": 3000}, "kink"),
        ("x = 1; y = 0; x^2 - y^2", {"rate": 0.1}, "saddle"),
        ("x = 1; y = 0; y^2 - x^2", {"rate": 0.1, "maximize": True}, "saddle"),
        ("x = 1; y = 0; y^2 - x^2", {"rate": 0.1, "steps": 20}, "falling"),
        ("x = 1; relu(-x)", {}, "flat"),
        ("x = 2; x + x*sqrt(x)", {"method": "newton"}, "edge"),  # the slope at 0 is 1
        ("x = 0.5; sqrt(x)", {}, "edge"),
        ("x = 0.5; -sqrt(x)", {"maximize": True}, "edge"),
        ("x = 1; where(x > 0, x, x + 9)", {"method": "newton"}, "jump"),
        ("x = 1e20; x", {"rate": 0.1}, "stuck"),
        ("x = 2; sqrt(x) - x", {"steps": 5000}, "stuck"),
        ("x = 3; 1e9*(x - 1/3)^2 + 1e9", {}, "converged"),  # as far as doubles can tell
        ("x = 3; x", {"rate": 0.1}, "falling"),
        ("x = 3; x^2", {"rate": 0.01, "steps": 1}, "falling"),
        ("x = 3; x^2", {"rate": 0.01, "steps": 0}, "falling"),
        ("x = 1; y = 2; -(x^2) - y^2", {"maximize": True}, "converged"),
        ("x = -1; log(x)", {}, "not-finite"),
        ("x = 1; -(x^2)", {}, "unbounded"),
        ("x = 1; x^2", {"maximize": True}, "unbounded"),
        ("x = 1; -(x^2)", {"rate": 0.1, "steps": 5000}, "unbounded"),
        ("x = 1; -(x^2)", {"method": "newton", "steps": 5000}, "unbounded"),
        ("x = 1; y = 1; x + y", {"steps": 5000}, "unbounded"),
        ("x = 1; x^3", {}, "unbounded"),
        ("x = 1; -exp(exp(x))", {}, "unbounded"),
        ("x = 1; log(x)", {"steps": 5000}, "unbounded"),
        ("x = 0; -(x^2)", {}, "maximum"),
        ("x = 0; x^2", {"maximize": True}, "minimum"),
        ("x = 0; y = 0; -(x^2) - y^2", {"method": "newton"}, "maximum"),
        ("x = 0; y = 0; -(x^2) + y^4", {}, "saddle"),
    ],
)
def test_verdict(text: str, plan: dict[str, Any], kind: str) -> None:
    assert judged(text, **{"steps": 500, **plan})[0].kind == kind


def test_kink_of_what_is_held_is_none_of_the_descent() -> None:
    held = Objective(Tape(parse("x^2 + relu(w)")), {"x": 3.0, "w": 0.0}, ["x"])
    watch = Watch(Descent(held, Plan(until=1e-6)))
    deque(watch.states(), maxlen=0)
    assert watch.verdict().kind == "converged"


def test_line_search_halves_its_step_where_the_value_is_infinite() -> None:
    start, *later = states("x = 1; log(x)", steps=3)
    assert all(math.isfinite(state.loss) and state.loss < start.loss for state in later)
    assert len(later) == 3


@pytest.mark.parametrize("text", ["x = 1; -(x^2)", "x = 1; x", "x = 1; x^3", "x = 1; log(x)"])
def test_unbounded_descent_ends_soon(text: str) -> None:
    watch = Watch(Descent(objective(text), Plan(until=1e-6, steps=100_000)))
    assert deque(watch.states(), maxlen=1)[0].number < 5_000


@pytest.mark.parametrize(
    ("text", "plan", "operator"),
    [
        ("x = 1; y = x^2 + 1; abs(x) + y", {"rate": 0.3}, "abs"),
        ("x = 1; y = 3; abs(x) + 3*abs(y - x)", {}, "abs"),
        ("x = 1; y = 3; max(x^2 + y, y^2 - x, 2*x)", {"rate": 0.1, "steps": 3000}, "max"),
    ],
)
def test_kink_is_traced_to_its_node(text: str, plan: dict[str, Any], operator: str) -> None:
    verdict, _, _ = judged(text, **{"steps": 500, **plan})
    assert verdict.node is not None
    assert parse(text).ops[verdict.node].name == operator


def test_step_beyond_the_domain_keeps_the_last_good_state() -> None:
    verdict, descent, last = judged("x = 1; log(x)", rate=0.1, steps=100)
    assert verdict.kind == "not-finite"
    assert math.isfinite(last.loss)
    assert descent.broken is not None
    assert descent.broken[0] < 0 < last.point[0]


def test_line_search_stays_where_the_value_is_finite() -> None:
    verdict, _, last = judged("x = 1; x - log(x - 0.5)", steps=100)
    assert verdict.kind == "converged"
    assert last.point == pytest.approx([1.5], abs=1e-5)
