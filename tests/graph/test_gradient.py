"""Gradients as graphs: they agree with the passes over floats and 50 digits, and stay small."""

from __future__ import annotations

from math import isfinite
from random import Random
from time import process_time

import mpmath
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support_derivatives import (
    POINTS,
    agree,
    corpora,
    corpus,
    expressions,
    is_clear,
    slopes,
    value_at,
)
from support_grammar import shallow_stack

from autograd_grammar import parse
from autograd_graph import Graph, Tape, forward, reverse, statuses
from autograd_graph.graph import INPUT
from autograd_graph.op import Form
from autograd_graph.passes.curvature import hessian
from autograd_graph.symbolic.gradient import gradient

FORMS: tuple[Form, ...] = ("textbook", "computed", "code")

QUICK = settings(max_examples=250, derandomize=True, suppress_health_check=list(HealthCheck))


def first(program: str, point: dict[str, float], by: str = "x") -> float:
    """The derivative by one input, from the gradient as a graph."""
    found = gradient(parse(program))
    return value_at(found.graph, found.first[by], point)


def second(program: str, point: dict[str, float], a: str = "x", b: str = "x") -> float:
    """A second derivative, from the gradient of the gradient."""
    found = gradient(parse(program), order=2)
    return value_at(found.graph, found.second[a, b], point)


# -- what it is ----------------------------------------------------------------------------------


def test_one_graph_holds_the_output_and_all_derivatives() -> None:
    found = gradient(parse("x^2*y"))
    found.graph.check()
    at = {"x": 3.0, "y": 5.0}
    assert value_at(found.graph, found.output, at) == 45.0
    assert {by: value_at(found.graph, n, at) for by, n in found.first.items()} == {
        "x": 30.0,
        "y": 9.0,
    }


def test_what_the_program_computes_is_shared_by_its_derivatives() -> None:
    found = gradient(parse("y = exp(sin(x)); y"))
    names = [row.name for row in found.graph.ops]
    assert names.count("exp") == 1
    assert names.count("sin") == 1
    assert names.count("cos") == 1


def test_the_program_that_is_differentiated_stays_as_it_is() -> None:
    graph = parse("x^2*sin(y)")
    before = len(graph)
    gradient(graph, order=2)
    assert len(graph) == before
    graph.check()


def test_second_derivatives_are_there_once_for_each_pair() -> None:
    found = gradient(parse("x*y*z"), order=2)
    assert list(found.second) == [
        ("x", "x"), ("x", "y"), ("x", "z"), ("y", "y"), ("y", "z"), ("z", "z"),
    ]  # fmt: skip


def test_only_the_inputs_asked_for_are_differentiated_by() -> None:
    found = gradient(parse("x*y*z"), wrt=["z", "x"], order=2)
    assert list(found.first) == ["z", "x"]
    assert list(found.second) == [("z", "z"), ("z", "x"), ("x", "x")]


def test_another_node_can_be_the_output() -> None:
    graph = parse("c = w*x; c^2 + w")
    found = gradient(graph, graph.bindings["c"])
    assert value_at(found.graph, found.first["w"], {"w": 3.0, "x": 7.0}) == 7.0


@pytest.mark.parametrize("program", ["y", "floor(x)*y", "x - x + y*0"])
def test_an_input_that_nothing_flows_to_has_the_derivative_0(program: str) -> None:
    graph = parse(f"{program} + 0*x")
    found = gradient(graph)
    assert value_at(found.graph, found.first["x"], {"x": 0.5, "y": 2.0}) == 0.0


def test_a_gradient_is_a_program_that_can_be_differentiated_again_and_again() -> None:
    graph = parse("x^5")
    node = graph.output
    for expected in (5 * 2.0**4, 20 * 2.0**3, 60 * 2.0**2, 120 * 2.0, 120.0, 0.0):
        found = gradient(graph, node)
        graph, node = found.graph, found.first["x"]
        assert value_at(graph, node, {"x": 2.0}) == expected


# -- it agrees -----------------------------------------------------------------------------------


@given(expressions(10), st.sampled_from(POINTS), st.sampled_from(POINTS))
@QUICK
def test_gradient_agrees_with_the_reverse_pass_wherever_all_is_ok(
    program: str, x: float, y: float
) -> None:
    program, point = f"{program} + 0*x + 0*y", {"x": x, "y": y}
    graph = parse(program)
    tape = Tape(graph)
    ok = set(statuses(tape, forward(tape, point))) <= {"ok", "unused"}
    if not ok or not is_clear(graph, graph.output, point):
        return
    numbers = slopes(program, point)
    found = gradient(graph, form="computed")
    for by, node in found.first.items():
        if isfinite(numbers[by]):
            got = value_at(found.graph, node, point)
            assert agree(got, numbers[by], (found.graph, node), at=point)


@pytest.mark.parametrize(
    "name", corpora("own", "sympy_tests", "derivs_peers", "opt_scipy", "symreg", "multi")
)
def test_gradients_of_the_corpora_are_the_references(name: str) -> None:
    wrong = []
    for case in corpus(name, step=3):
        graph = parse(case["program"])
        # far out, a textbook's form leaves the range of doubles where the computed one does not
        far_out = case["id"].startswith("magnitudes")
        for form in FORMS[1:] if far_out else FORMS:
            found = gradient(graph, form=form)
            for by, truth in case["grad"].items():
                got = value_at(found.graph, found.first[by], case["point"])
                allowed = 16 * case["f64abs"]["grad"][by] + 4e-16 * abs(truth)
                here = found.graph, found.first[by]
                near = abs(got - truth) <= 1e-6 * abs(truth) + 1e-9
                if not abs(got - truth) <= allowed and not (
                    near and agree(got, truth, here, at=case["point"])
                ):
                    wrong.append((case["id"], by, form, got, truth))
    assert wrong == []


SMOOTH = {
    "x^2*sin(y) + exp(x*y)": lambda x, y: x**2 * mpmath.sin(y) + mpmath.exp(x * y),
    "log(x^2 + y^2 + 1)": lambda x, y: mpmath.log(x**2 + y**2 + 1),
    "x^y": lambda x, y: x**y,
    "sigmoid(x*y - 1)": lambda x, y: 1 / (1 + mpmath.exp(1 - x * y)),
    "atan2(y, x)": lambda x, y: mpmath.atan2(y, x),
    "hypot(x, y)*tanh(x)": lambda x, y: mpmath.sqrt(x**2 + y**2) * mpmath.tanh(x),
    "gamma(x) + erf(x*y)": lambda x, y: mpmath.gamma(x) + mpmath.erf(x * y),
    "logsumexp(x, 2*y, x*y)": lambda x, y: mpmath.log(
        mpmath.exp(x) + mpmath.exp(2 * y) + mpmath.exp(x * y)
    ),
    "sinc(x*y) + acosh(x + 2)": lambda x, y: mpmath.sinc(x * y) + mpmath.acosh(x + 2),
    "prod(x, y, x + y)*cbrt(x)": lambda x, y: x * y * (x + y) * mpmath.cbrt(x),
    "softplus(x)*elu(y - 3)": lambda x, y: mpmath.log1p(mpmath.exp(x)) * mpmath.expm1(y - 3),
    "log(x, y + 2)/x": lambda x, y: mpmath.log(x) / mpmath.log(y + 2) / x,
}
"""Programs and what they mean, for numbers of 50 digits."""


@pytest.mark.parametrize("program", SMOOTH)
@pytest.mark.parametrize(("x", "y"), [(0.75, 1.25), (1.5, 0.375), (2.25, 2.0)])
def test_first_and_second_derivatives_are_those_of_50_digits(
    program: str, x: float, y: float
) -> None:
    found = gradient(parse(program), wrt=["x", "y"], order=2)
    with mpmath.workdps(50):
        for by, order in {"x": (1, 0), "y": (0, 1)}.items():
            truth = float(mpmath.diff(SMOOTH[program], (x, y), order))
            got = value_at(found.graph, found.first[by], {"x": x, "y": y})
            assert got == pytest.approx(truth, rel=1e-13, abs=1e-14)
        for pair, order in {("x", "x"): (2, 0), ("x", "y"): (1, 1), ("y", "y"): (0, 2)}.items():
            truth = float(mpmath.diff(SMOOTH[program], (x, y), order))
            got = value_at(found.graph, found.second[pair], {"x": x, "y": y})
            assert got == pytest.approx(truth, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("program", SMOOTH)
def test_second_derivatives_agree_with_the_hessian_in_numbers(program: str) -> None:
    graph, at = parse(program), {"x": 1.375, "y": 0.625}
    found = gradient(graph, wrt=["x", "y"], order=2)
    matrix = hessian(Tape(graph), at, ["x", "y"])
    for (a, b), node in found.second.items():
        entry = matrix["xy".index(a)]["xy".index(b)]
        assert value_at(found.graph, node, at) == pytest.approx(entry, rel=1e-12, abs=1e-13)


# -- what is not chosen --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "x", "slope"),
    [
        ("where(x > 0, log(x), 0)", -1.0, 0.0),
        ("where(x > 0, log(x), 0)", 0.0, 0.0),
        ("where(x > 0, log(x), 0)", 4.0, 0.25),
        ("where(x > 0, sqrt(x), x^2)", -1.0, -2.0),
        ("where(x == 0, 1, sin(x)/x)", 0.0, 0.0),
        ("where(x != 0, 1/x, 7)", 0.0, 0.0),
        ("where(x, 1/x, 7)", 0.0, 0.0),
        ("where(x, 1/x, 7)", 2.0, -0.25),
        ("sqrt(relu(x))", -1.0, 0.0),
        ("relu(x)^0.5", -1.0, 0.0),
        ("max(sqrt(x), 2*x - 3)", 4.0, 2.0),
        ("max(-1, -abs(sqrt(x - 1)))", 9.0, 0.0),
        ("u = log(x); where(x > 0, u*sin(u), 0)", -1.0, 0.0),
        ("u = log(x); where(x > 0, u, 0) + where(x > 1, u^2, 0)", -1.0, 0.0),
        ("u = log(x); where(x > 0, u, 3) + where(x > 1, 5, u^2)", 2.0, 0.5),
        ("u = sqrt(x); where(x > 0, where(x > 1, u, u^2), x)", -3.0, 1.0),
        ("u = sqrt(x); where(x > 0, where(x > 1, u, u^2), x)", 0.25, 1.0),
        ("u = sqrt(x); where(x > 0, where(x > 1, u, u^2), x)", 4.0, 0.25),
        ("where(x < 0, 0, where(x > 1, 0, sqrt(x)*log(x)))", 0.0, float("nan")),
        ("where(x <= 0, 0, where(x > 1, 0, sqrt(x)*log(x)))", 0.0, 0.0),
        ("clip(1/x, -1, 1)", 0.0, 0.0),
        ("x^0", 0.0, 0.0),
        ("x^1", 0.0, 1.0),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_not_there_adds_exactly_0_whatever_its_slope(
    program: str, x: float, slope: float, form: Form
) -> None:
    found = gradient(parse(program), form=form)
    got = value_at(found.graph, found.first["x"], {"x": x})
    assert got == pytest.approx(slope, nan_ok=True)
    assert slopes(program, {"x": x})["x"] == pytest.approx(slope, nan_ok=True)


def test_a_network_of_rectifiers_has_the_gradient_of_its_numbers() -> None:
    random = Random(5)
    lines = ["h0 = relu(a*x + b)", "k0 = relu(c*x - b)"]
    for n in range(6):
        lines += [
            f"h{n + 1} = relu({random.uniform(-1, 1)!r}*h{n} + c*k{n})",
            f"k{n + 1} = relu(a*h{n} + {random.uniform(-1, 1)!r}*k{n} + 0.1)",
        ]
    program = "\n".join([*lines, "h6^2 + k6"])
    graph = parse(program)
    for form in FORMS:
        found = gradient(graph, form=form)
        for _ in range(10):
            at = {name: random.uniform(-2, 2) for name in "xabc"}
            numbers = slopes(program, at)
            for by, node in found.first.items():
                got = value_at(found.graph, node, at)
                assert got == pytest.approx(numbers[by], rel=1e-12, abs=1e-12)


# -- how large it is -----------------------------------------------------------------------------


def chain(length: int, functions: tuple[str, ...]) -> Graph:
    """f(g(h(… x …))) with a weight here and there."""
    graph = Graph()
    node = graph.leaf(INPUT, "x")
    weight = graph.leaf(INPUT, "w")
    for n in range(length):
        node = graph.add(functions[n % len(functions)], node)
        if n % 3 == 0:
            node = graph.add("mul", node, weight)
    graph.output = node
    return graph


def layers(width: int, depth: int, function: str) -> Graph:
    """A network: every neuron of a layer a function of a weighted sum of those before."""
    graph = Graph()
    before = [graph.leaf(INPUT, f"x{n}") for n in range(width)]
    for layer in range(depth):
        here = []
        for n in range(width):
            total = graph.leaf(INPUT, f"b{layer}_{n}")
            for m, node in enumerate(before):
                weight = graph.leaf(INPUT, f"w{layer}_{n}_{m}")
                total = graph.add("add", total, graph.add("mul", weight, node))
            here.append(graph.add(function, total))
        before = here
    graph.output = graph.add("sum", *before)
    return graph


def wide_sum(count: int) -> Graph:
    """sin(x)*w0 + sin(x)*w1 + …, every weight a number."""
    graph = Graph()
    x = graph.leaf(INPUT, "x")
    total = graph.add("sin", x)
    for n in range(count):
        product = graph.add("mul", graph.add("sin", x), graph.literal(n + 2))
        total = graph.add("add", total, product)
    graph.output = total
    return graph


@pytest.mark.parametrize(
    "graph",
    [
        pytest.param(lambda: chain(75_000, ("sin", "tanh", "neg")), id="chain"),
        pytest.param(lambda: chain(75_000, ("relu", "sigmoid", "abs")), id="gates"),
        pytest.param(lambda: layers(50, 13, "sigmoid"), id="sigmoids"),
        pytest.param(lambda: layers(50, 13, "relu"), id="rectifiers"),
        pytest.param(lambda: wide_sum(25_000), id="sum"),
    ],
)
def test_gradient_of_100_000_nodes_is_built_in_seconds_without_recursion(
    graph: object,
) -> None:
    program: Graph = graph()  # type: ignore[operator]
    assert 90_000 < len(program) < 110_000
    start = process_time()
    with shallow_stack():
        found = gradient(program)
    assert process_time() - start < 10.0
    assert len(found.graph) <= 5 * len(program)
    found.graph.check()


def test_the_gradient_of_a_large_network_is_that_of_the_reverse_pass() -> None:
    graph = layers(20, 5, "relu")
    random = Random(1)
    at = {name: random.uniform(-0.5, 0.5) for name in graph.inputs}
    tape = Tape(graph)
    adjoints = reverse(tape, forward(tape, at))
    found = gradient(graph, wrt=["x0", "w0_0_0", "w2_3_4", "b4_1"])
    for by, node in found.first.items():
        number = adjoints[graph.inputs[by]] or 0.0
        assert value_at(found.graph, node, at) == pytest.approx(number, rel=1e-12)
