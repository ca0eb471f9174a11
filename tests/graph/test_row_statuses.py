"""Statuses of rows are those of single points: edges, policy cases, and many random points."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from support_graph import EDGES, edge_alone, one_operator, pool, subnormal
from support_policy import TABLE, Case

from autograd_grammar import parse
from autograd_graph import OPERATORS, Graph, Tape
from autograd_graph.op import Edge
from autograd_graph.passes.evaluation import apply
from autograd_graph.rows.diagnosis import at_point
from autograd_graph.rows.kernel import STATUS_NAMES, Kernel

AWKWARD = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 4.0, 30.0, -30.0, 800.0, -800.0, 1e160, -1e160]
AWKWARD += [1e-160, 1e-310, -1e-310, 5e-324, 1e308, float("inf"), float("-inf"), float("nan")]


def assert_statuses_are_those_of_points(
    graph: Graph, at: Sequence[dict[str, float]], wrt: Sequence[str] | None = None
) -> None:
    names = list(at[0])
    kernel = Kernel(graph, columns=names, wrt=wrt, statuses=True)
    found = kernel.run({name: np.array([point[name] for point in at]) for name in names})
    assert found.statuses is not None
    tape = Tape(graph)
    wanted = [at_point(tape, point, kernel.wrt) for point in at]
    got = STATUS_NAMES[found.statuses]
    different = [(p, g, w) for p, g, w in zip(at, got, wanted, strict=True) if g != w]
    assert not different, (len(different), different[:3])


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_an_edge_has_the_status_it_has_alone(name: str, edge: Edge) -> None:
    tape, given, _ = edge_alone(name, edge)
    assert_statuses_are_those_of_points(tape.graph, [given])


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_a_policy_case_has_the_status_it_has_alone(case: Case) -> None:
    assert_statuses_are_those_of_points(parse(case.program), [case.at])


@pytest.mark.parametrize(
    "program",
    ["dot(x, y)*1e300", "dot(x, y, y, -x)", "leaky_relu(x, y)*1e300", "elu(x, y)*1e300",
     "elu(x)*y", "x*1e300*leaky_relu(y, 1e-200)"],
)  # fmt: skip
def test_rows_of_what_multiplies_a_lost_number_have_the_statuses_of_points(program: str) -> None:
    at = [{"x": x, "y": y} for x in AWKWARD for y in (*AWKWARD, -1e-200, -400.0)]
    assert_statuses_are_those_of_points(parse(program), at)


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if not row.fixed])
def test_rows_of_an_operator_have_the_statuses_of_points(name: str) -> None:
    row = OPERATORS[name]
    count = len(row.probe)
    random = Random(name)
    numbers = [*AWKWARD, *random.sample(pool(random), 20), *subnormal(random)]
    at = [
        {
            f"x{n}": random.choice(numbers if random.random() < 0.7 else AWKWARD)
            for n in range(count)
        }
        for _ in range(400)
    ]
    for constant in ((), (0,), (count - 1,)):
        graph = one_operator(row, count, constant)
        assert_statuses_are_those_of_points(graph, at)


PROGRAMS = [
    "exp(-x)*y", "relu(x)*y", "1/x^2 + y", "x*y/1e-300", "where(x > 0, x*y, 1/y)", "abs(x)^2 + y",
    "log(x) + y", "max(x, y)", "x^y", "exp(x)/exp(y)", "sqrt(x)^2*y", "sqrt(relu(x)) + y",
    "where(x > y, sqrt(x)*y, max(x, y)/x) + relu(x - 1)*log(y) + clip(x, -1, y)^3",
    "where(x < 1, where(y > 0, log(y), x), floor(x))*exp(-x^2)", "0.5*(sigmoid(x*y) - 1)^2",
    "tanh(x)*tanh(y)/1e-200", "atan2(x, y)*hypot(x, y)", "min(x, y, 1)*max(x, y, 0)",
    "softplus(x) - y*x", "a = x*y; b = a*a; b/a", "erfc(x)/exp(-x^2)*y", "logsumexp(x, y, 0)",
    "w = 1/3; c = sqrt(0); abs(w) + relu(x)*y", "step(x)*y + sign(y)*x", "dot(x, y, y, 1)*1e-300",
    "where(x, y, 1/y)", "x^where(3, 0.5, y)*y", "xlogy(x, y) + mod(x, y)", "prod(x, y, x)*1e-200",
    "where(x > 1, x^2, 2*x - 1)*y", "huber(x, y) + where(x == y, y, x)",
    "where(x < y, abs(x), y) + (x < y)", "c = x >= y; where(c, floor(x), y)",
    "where((x > 0)*(y > 0), x*y, 0)*where(x >= 1, 1, sqrt(x))", "const n = 2; where(n == 2, y, x)",
    "where(where(x > 1, y, 1) > 0, where(y, x, 0), where(x >= 1, x, 1/y))",
    "sign((2 - x)^0.5)*y + y^-0.5", "softplus(where(sinh(x), log_sigmoid(y^0.5), y))",
]  # fmt: skip
EACH = 4_000


@pytest.mark.parametrize("program", PROGRAMS)
def test_random_rows_of_a_program_have_the_statuses_of_points(program: str) -> None:
    """100,000 points and more in all; one in three numbers is one at which much is awkward."""
    random = Random(program)
    ordinary = [*pool(random), *subnormal(random)]

    def number() -> float:
        chance = random.random()
        if chance < 0.4:
            return random.choice(AWKWARD)
        return random.choice(ordinary) if chance < 0.6 else random.gauss(0.0, 3.0)

    graph = parse(program)
    at = [{name: number() for name in graph.inputs} for _ in range(EACH)]
    assert_statuses_are_those_of_points(graph, at)
    first = next(iter(graph.inputs))
    assert_statuses_are_those_of_points(graph, at[: EACH // 8], [first])


def grid(count: int) -> list[tuple[float, ...]]:
    random = Random(count)
    return [tuple(random.choice(AWKWARD) for _ in range(count)) for _ in range(3_000)]


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if row.carries])
def test_what_is_not_finite_shows_in_the_value(name: str) -> None:
    row = OPERATORS[name]
    count = len(row.probe)
    which = range(count) if row.carries is True else row.carries or ()
    for point in grid(count):
        if all(np.isfinite(point[n]) for n in which):
            continue
        value = apply(row, point)
        assert not np.isfinite(value) or (value == 0.0 and row.positive), point


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if row.shows])
def test_a_condition_that_the_value_shows_holds_nowhere_else(name: str) -> None:
    row = OPERATORS[name]
    for point in grid(len(row.probe)):
        value = apply(row, point)
        constant = (False,) * len(point)
        assert not np.isfinite(value) or row.status(value, constant, point) is None, point
