"""Second derivatives where an argument is exactly 0, 1 or tied: symmetric, and the true ones."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isnan

import mpmath
import pytest

from autograd_grammar import parse
from autograd_graph import Tape
from autograd_graph.passes.curvature import hessian


def matrix(program: str, *point: float) -> list[list[float]]:
    """The Hessian by the inputs ``x, y`` (as many as there are), held to its own transpose."""
    graph = parse(program)
    names = list(graph.inputs)
    found = hessian(Tape(graph), dict(zip(names, point, strict=True)))
    for row in range(len(names)):
        for column in range(row):
            a, b = found[row][column], found[column][row]
            assert a == pytest.approx(b, rel=1e-14) or (isnan(a) and isnan(b)), (program, found)
    return found


def true_matrix(function: Callable[..., mpmath.mpf], *point: float) -> list[list[float]]:
    """Second derivatives by differences in fifty digits."""
    with mpmath.workdps(50):
        exact = [mpmath.mpf(x) for x in point]
        size = len(point)
        rows = []
        for row in range(size):
            orders = [[(n == row) + (n == column) for n in range(size)] for column in range(size)]
            rows.append([float(mpmath.diff(function, tuple(exact), tuple(o))) for o in orders])
        return rows


def _xlogy(x: mpmath.mpf, y: mpmath.mpf) -> mpmath.mpf:
    return x * mpmath.log(y)


@pytest.mark.parametrize("y", [0.25, 1.0, 2.0, 1e-8, 1e8])
def test_xlogy_at_zero(y: float) -> None:
    for x in (0.0, -0.0):
        found = matrix("xlogy(x, y)", x, y)
        for row, true in zip(found, true_matrix(_xlogy, x, y), strict=True):
            assert row == pytest.approx(true, rel=1e-12, abs=1e-30)


@pytest.mark.parametrize("t", [0.0, 1.0, 0.3])
@pytest.mark.parametrize("p", [0.25, 0.9])
def test_cross_entropy_at_the_labels(p: float, t: float) -> None:
    def entropy(p: mpmath.mpf, t: mpmath.mpf) -> mpmath.mpf:
        return -t * mpmath.log(p) - (1 - t) * mpmath.log(1 - p)

    graph = parse("bce(p, t)")
    found = hessian(Tape(graph), {"p": p, "t": t}, ["p", "t"])
    for row, true in zip(found, true_matrix(entropy, p, t), strict=True):
        assert row == pytest.approx(true, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        (1.0, [[0.0, -inf], [-inf, 0.0]]),  # 1 + log(x) has no bound at 0
        (2.0, [[2.0, 0.0], [0.0, 0.0]]),
        (3.0, [[0.0, 0.0], [0.0, 0.0]]),
        (1.5, [[inf, 0.0], [0.0, 0.0]]),
    ],
)
def test_powers_of_zero(y: float, expected: list[list[float]]) -> None:
    assert matrix("x^y", 0.0, y) == expected


@pytest.mark.parametrize(("x", "y"), [(2.0, 3.0), (0.5, -1.5), (1.0, 0.0), (1e-8, 2.0)])
def test_powers_elsewhere(x: float, y: float) -> None:
    found = matrix("x^y", x, y)
    for row, true in zip(found, true_matrix(lambda x, y: x**y, x, y), strict=True):
        assert row == pytest.approx(true, rel=1e-12, abs=1e-25)


@pytest.mark.parametrize("alpha", [1.0, 0.5, 3.0, -0.5])
@pytest.mark.parametrize("program", ["elu(x, y)", "leaky_relu(x, y)"])
def test_at_a_kink_one_branch_answers_for_all(program: str, alpha: float) -> None:
    matrix(program, 0.0, alpha)


def test_a_smooth_elu_bends_as_its_left_branch_and_as_diff_prints() -> None:
    assert matrix("elu(x)", 0.0) == [[1.0]]


@pytest.mark.parametrize(
    ("program", "point"),
    [
        ("max(x, y)", (1.0, 1.0)), ("min(x, y)*x", (1.0, 1.0)), ("abs(x)*y", (0.0, 2.0)),
        ("relu(x)*y", (0.0, 2.0)), ("hypot(x, y)", (0.0, 0.0)), ("sinc(x)*y", (0.0, 2.0)),
        ("x*y", (0.0, 0.0)), ("x/y", (0.0, 2.0)), ("prod(x, y, x)", (0.0, 0.0)),
        ("xlogy(x, y)*y^2", (0.0, 3.0)), ("atan2(x, y)", (0.0, 1.0)), ("mod(x, y)*x", (0.5, 2.0)),
        ("logsumexp(x, y)", (0.0, 0.0)), ("x^2*y^0", (0.0, 0.0)), ("softplus(x)*y", (0.0, 0.0)),
        ("clip(x, 0, 1)*y", (0.0, 2.0)), ("where(x > 0, y*x, x^2*y)", (0.0, 2.0)),
    ],
)  # fmt: skip
def test_a_hessian_is_its_own_transpose(program: str, point: tuple[float, ...]) -> None:
    matrix(program, *point)
