"""The passes over whole graphs: they agree with each other and with exact arithmetic."""

from __future__ import annotations

from math import inf, isfinite
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support_graph import REFERENCES, at, exact, mp, same

from autograd_grammar import parse
from autograd_graph import (
    OPERATORS,
    Graph,
    ProgramError,
    Tape,
    forward,
    missing,
    reverse,
    statuses,
    tangent,
)
from autograd_graph.graph import CONSTANT, INPUT
from autograd_graph.op import Op
from autograd_graph.passes.evaluation import apply

QUICK = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ARGUMENTS = {name: len(row.probe) for name, row in OPERATORS.items()}
FLAT = {name for name, row in OPERATORS.items() if row.flat}
SLOW = {"digamma", "polygamma", "spherical_jn", "gamma", "lgamma"}  # in 70 digits, not in floats


class Program:
    """A graph grown one operator at a time, and its values at one point.

    An operator that would leave the range in which digits mean something (or whose point is
    awkward) is passed over, so that every program can be compared with exact arithmetic.
    """

    def __init__(self, point: list[float], names: list[str]) -> None:
        self.graph = Graph()
        self.point = {f"x{n}": x for n, x in enumerate(point)}
        self.values = list(point)
        self.names = names
        for name in self.point:
            self.graph.leaf(INPUT, name)
        self.graph.leaf(CONSTANT, "c", 0.75)
        self.values.append(0.75)
        self.graph.literal(1.5)
        self.values.append(1.5)

    def grow(self, name: str, args: list[int]) -> None:
        row = OPERATORS[name]
        args = [arg % len(self.values) for arg in args]
        if row.fixed:
            self.graph.literal(1.0)
            self.values.append(1.0)
            args[0] = len(self.values) - 1
        arguments = [self.values[arg] for arg in args]
        value = apply(row, arguments)
        constant = (False,) * len(args)
        awkward = row.status(value, constant, arguments)
        if not isfinite(value) or abs(value) > 1e3 or awkward:
            return
        if not REFERENCES[name].domain(*arguments):
            return
        steep = REFERENCES[name].slopes(*map(exact, arguments))
        if any(slope is not None and abs(slope) > 1e3 for slope in steep):
            return
        self.graph.output = self.graph.add(row, *args)
        self.values.append(value)


@st.composite
def programs(draw: st.DrawFn, names: tuple[str, ...]) -> Program:
    count = draw(st.integers(1, 3))
    point = draw(st.lists(st.floats(0.05, 3.0), min_size=count, max_size=count))
    signs = draw(st.lists(st.sampled_from([1.0, -1.0]), min_size=count, max_size=count))
    program = Program([x * s for x, s in zip(point, signs, strict=True)], list(names))
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=25)):
        picks = st.integers(0, len(program.values) - 1)
        arity = ARGUMENTS[name]
        program.grow(name, draw(st.lists(picks, min_size=arity, max_size=arity)))
    if program.graph.output < 0:
        program.graph.output = program.graph.add("neg", 0)
        program.values.append(-program.values[0])
    return program


EVERY = tuple(OPERATORS)
SMOOTH = tuple(
    name
    for name, row in OPERATORS.items()
    if row.shares is None and name not in FLAT | SLOW | {"mod", "abs", "leaky_relu", "elu"}
)


def exact_tangents(program: Program, name: str) -> tuple[Any, Any]:
    """The chain rule in 70 digits with true slopes at the values of the run.

    Beside it the sum of the absolute contributions of all paths, against which rounding counts.
    """
    graph = program.graph
    flow, size = [mp.mpf(0)] * len(graph), [mp.mpf(0)] * len(graph)
    flow[graph.inputs[name]] = size[graph.inputs[name]] = mp.mpf(1)
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if args:
            arguments = [exact(program.values[arg]) for arg in args]
            for arg, slope in zip(args, REFERENCES[row.name].slopes(*arguments), strict=True):
                if slope is not None:
                    flow[node] += slope * flow[arg]
                    size[node] += abs(slope) * size[arg]
    return flow[graph.output], size[graph.output]


@given(programs(EVERY))
@QUICK
def test_generated_graph_holds_the_rules_and_its_forward_pass_is_that_of_its_operators(
    program: Program,
) -> None:
    program.graph.check()
    values = forward(Tape(program.graph), program.point)
    assert all(map(same, values, program.values))


@given(programs(EVERY))
@QUICK
def test_reverse_and_tangent_are_the_chain_rule_with_true_slopes(program: Program) -> None:
    tape = Tape(program.graph)
    values = forward(tape, program.point)
    adjoints = reverse(tape, values)
    for name, leaf in program.graph.inputs.items():
        truth, size = exact_tangents(program, name)
        room = size * mp.mpf(2) ** -52 * 10 * len(program.graph)
        forwards = tangent(tape, values, {name: 1.0})[tape.output]
        assert abs((adjoints[leaf] or 0.0) - truth) <= room
        assert abs((forwards or 0.0) - truth) <= room


@given(programs(SMOOTH))
@QUICK
def test_reverse_agrees_with_central_differences_in_70_digits(program: Program) -> None:
    graph = program.graph
    adjoints = reverse(Tape(graph), forward(Tape(graph), program.point))
    for name, leaf in graph.inputs.items():
        step = mp.mpf(10) ** -18
        up, down = (exact_value(program, {name: s}) for s in (step, -step))
        slope = (up - down) / (2 * step)
        _, size = exact_tangents(program, name)
        assert abs((adjoints[leaf] or 0.0) - slope) <= 1e-6 * max(1, size, abs(slope))


def exact_value(program: Program, moved: dict[str, Any]) -> Any:
    """The output in 70 digits, with some inputs moved."""
    graph = program.graph
    values = [exact(x) for x in program.values]
    for name, step in moved.items():
        values[graph.inputs[name]] += step
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if args:
            values[node] = REFERENCES[row.name].value(*(values[arg] for arg in args))
    return values[graph.output]


@given(programs(EVERY), st.lists(st.floats(-2.0, 2.0), min_size=3, max_size=3))
@QUICK
def test_tangent_is_linear_in_the_direction(program: Program, amounts: list[float]) -> None:
    tape = Tape(program.graph)
    values = forward(tape, program.point)
    direction = dict(zip(program.graph.inputs, amounts, strict=False))
    along = tangent(tape, values, direction)[tape.output] or 0.0
    total = size = mp.mpf(0)
    for name, amount in direction.items():
        truth, paths = exact_tangents(program, name)
        total, size = total + amount * truth, size + abs(amount) * paths
    tiny = mp.mpf(10) ** -300  # a direction may be subnormal
    assert abs(along - total) <= size * mp.mpf(2) ** -52 * 10 * len(program.graph) + tiny


@given(programs(EVERY))
@QUICK
def test_tape_can_be_used_again_for_another_point(program: Program) -> None:
    tape, fresh = Tape(program.graph), Tape(program.graph)
    elsewhere = {name: 0.5 - x for name, x in program.point.items()}
    for point in (elsewhere, program.point):
        values = forward(tape, point)
        reverse(tape, values)
        statuses(tape, values)
    assert all(map(same, values, forward(fresh, program.point)))
    assert all(map(same, reverse(tape, values), reverse(fresh, values)))


@given(programs(EVERY))
@QUICK
def test_only_what_the_output_depends_on_has_an_adjoint(program: Program) -> None:
    tape = Tape(program.graph)
    adjoints = reverse(tape, forward(tape, program.point))
    for node, adjoint in enumerate(adjoints):
        if not tape.reached[node] or not tape.varying[node]:
            assert adjoint is None or node == tape.output


# -- facts about single graphs -----------------------------------------------------------------


def grads(program: str, **point: float) -> dict[str, float | None]:
    tape = Tape(parse(program))
    adjoints = reverse(tape, forward(tape, point))
    return {name: adjoints[node] for name, node in tape.graph.inputs.items()}


def test_shared_node_sums_both_paths() -> None:
    assert grads("s = x^2; s*sin(s) + s", x=0.0) == {"x": 0.0}
    assert grads("s = 3*x; s*s + s", x=2.0) == {"x": 39.0}
    assert grads("x*x", x=3.0) == {"x": 6.0}
    assert grads("sum(x, x, x)", x=3.0) == {"x": 3.0}
    assert grads("max(x, x)", x=3.0) == {"x": 1.0}


def test_constants_and_literals_get_none() -> None:
    tape = Tape(parse("const k = 3; a = k*2; x*a + pi"))
    graph = tape.graph
    adjoints = reverse(tape, forward(tape, {"x": 5.0}))
    assert adjoints[graph.inputs["x"]] == 6.0
    for node, varies in enumerate(tape.varying):
        assert varies or adjoints[node] is None
        assert not varies or adjoints[node] is not None


def test_constant_between_two_operators_gets_none_for_every_arity() -> None:
    for program in ("2 + x", "x + 2", "sum(x, 2, 3)", "hypot(2, x, 2)", "max(x, 1)", "clip(x,0,9)"):
        tape = Tape(parse(program))
        adjoints = reverse(tape, forward(tape, {"x": 5.0}))
        kinds = [row.name for row in tape.graph.ops]
        assert all(a is None for a, kind in zip(adjoints, kinds, strict=True) if kind == "literal")


def test_gradient_of_a_node_in_the_middle_leaves_later_nodes_alone() -> None:
    graph = parse("a = x^2; b = exp(a); c = b + y")
    tape = Tape(graph, graph.bindings["a"])
    adjoints = reverse(tape, forward(tape, {"x": 3.0}))
    assert adjoints[graph.inputs["x"]] == 6.0
    assert adjoints[graph.bindings["b"]] is adjoints[graph.bindings["c"]] is None
    assert adjoints[graph.inputs["y"]] is None


def test_gradient_of_an_input_by_itself_is_one() -> None:
    graph = parse("x")
    tape = Tape(graph, graph.inputs["x"])
    assert reverse(tape, forward(tape, {"x": 7.0}))[graph.inputs["x"]] == 1.0


def test_seed_scales_the_gradient() -> None:
    tape = Tape(parse("x^2"))
    values = forward(tape, {"x": 3.0})
    assert reverse(tape, values, seed=-2.0)[tape.graph.inputs["x"]] == -12.0


def spy(visits: list[float]) -> Op:
    """The identity, noting when its derivative is asked for."""

    def partials(xp: Any, y: float, x: float) -> tuple[float]:
        visits.append(x)
        return (1.0,)

    return Op(
        name="spy",
        parameters="x",
        summary="",
        value=lambda xp, x: x,
        partials=partials,
        probe=((0.0, 1.0),),
    )


def test_reverse_does_not_visit_nodes_that_are_not_under_the_output() -> None:
    visits: list[float] = []
    graph = Graph()
    x = graph.leaf(INPUT, "x")
    under = graph.add(spy(visits), graph.add("mul", x, graph.literal(10.0)))
    graph.add(spy(visits), graph.add("mul", x, graph.literal(20.0)))
    graph.output = graph.add("neg", under)
    graph.add(spy(visits), graph.output)
    tape = Tape(graph)
    assert reverse(tape, forward(tape, {"x": 1.0}))[x] == -10.0
    assert visits == [10.0]


def test_reverse_does_not_visit_a_branch_that_was_not_taken() -> None:
    visits: list[float] = []
    graph = Graph()
    x = graph.leaf(INPUT, "x")
    taken, other = graph.add(spy(visits), x), graph.add(spy(visits), graph.add("neg", x))
    condition = graph.add("gt", x, graph.literal(0.0))
    graph.output = graph.add("where", condition, taken, other)
    tape = Tape(graph)
    assert reverse(tape, forward(tape, {"x": 2.0}))[x] == 1.0
    assert reverse(tape, forward(tape, {"x": -2.0}))[x] == -1.0
    assert visits == [2.0, 2.0]


def test_chain_of_two_hundred_thousand_nodes_needs_no_recursion() -> None:
    graph = Graph()
    node = graph.leaf(INPUT, "x")
    for _ in range(100_000):
        node = graph.add("neg", graph.add("sin", node))
    graph.output = node
    tape = Tape(graph)
    values = forward(tape, {"x": 0.0})
    assert values[-1] == 0.0
    assert reverse(tape, values)[0] == 1.0
    assert tangent(tape, values, {"x": 1.0})[-1] == 1.0
    assert statuses(tape, values) == {}
    graph.check()


def test_inputs_of_a_wide_sum_all_get_their_share() -> None:
    graph = Graph()
    leaves = [graph.leaf(INPUT, f"x{n}") for n in range(2_000)]
    graph.output = graph.add("dot", *leaves)
    point = [Random(n).uniform(-1.0, 1.0) for n in range(2_000)]
    tape = Tape(graph)
    adjoints = reverse(tape, forward(tape, at(*point)))
    assert [adjoints[leaf] for leaf in leaves] == point[1_000:] + point[:1_000]


# -- values from outside -----------------------------------------------------------------------


def test_forward_names_all_missing_inputs_in_one_error() -> None:
    tape = Tape(parse("unused = z^2; w*x + b + w"))
    with pytest.raises(ProgramError) as caught:
        forward(tape, {"x": 1.0})
    assert caught.value.code == "missing-value"
    assert "w, b" in caught.value.message
    assert caught.value.span == (14, 15)
    assert missing(tape, {"x": 1.0}) == ["w", "b"]


def test_input_that_the_output_does_not_need_may_be_missing() -> None:
    tape = Tape(parse("a = log(z); x^2"))
    values = forward(tape, {"x": 3.0})
    assert values[tape.output] == 9.0
    assert reverse(tape, values)[tape.graph.inputs["z"]] is None


def test_default_stands_until_a_value_is_given() -> None:
    tape = Tape(parse("w = 1/4; const k = sqrt(16); y = w*k"))
    assert forward(tape)[tape.output] == 1.0
    assert forward(tape, {"w": 3.0})[tape.output] == 12.0
    assert forward(tape, {"k": 8.0})[tape.output] == 2.0
    assert forward(tape, {"w": 3.0, "k": 8.0, "other": 1.0})[tape.output] == 24.0
    assert forward(tape)[tape.output] == 1.0


def test_input_with_a_computed_default_gets_the_gradient_and_what_computes_it_none() -> None:
    graph = parse("w = 1/4; w^2")
    adjoints = reverse(Tape(graph), forward(Tape(graph)))
    leaf = graph.inputs["w"]
    assert adjoints[leaf] == 0.5
    assert [adjoints[n] for n in range(leaf)] == [None] * leaf


def test_tangent_refuses_a_name_that_is_no_input() -> None:
    tape = Tape(parse("x^2"))
    with pytest.raises(ProgramError) as caught:
        tangent(tape, forward(tape, {"x": 1.0}), {"y": 1.0})
    assert caught.value.code == "unknown-name"


# -- the graph itself --------------------------------------------------------------------------


@pytest.mark.parametrize("arg", [-1, 1, 2, 100])
def test_add_refuses_an_argument_that_is_not_there_yet(arg: int) -> None:
    graph = Graph()
    graph.leaf(INPUT, "x")
    with pytest.raises(ValueError, match="not a node below 1"):
        graph.add("sin", arg)
    assert len(graph) == 1


def test_add_refuses_a_number_of_arguments_that_the_row_does_not_take() -> None:
    graph = Graph()
    x = graph.leaf(INPUT, "x")
    with pytest.raises(ValueError, match="does not take 2 arguments"):
        graph.add("sin", x, x)
    with pytest.raises(KeyError):
        graph.add("sni", x)


def test_check_finds_a_node_that_uses_a_later_one() -> None:
    graph = parse("sin(x) + cos(x)")
    graph.check()
    graph.args[1] = (2,)
    with pytest.raises(AssertionError):
        graph.check()


@pytest.mark.parametrize("program", ["x/0", "x^-1/0", "sqrt(x)/x", "log(x)/0 - 1/x", "0/x/x"])
def test_division_by_zero_raises_in_no_pass(program: str) -> None:
    tape = Tape(parse(program))
    for x in (0.0, -0.0, inf, 1.0):
        values = forward(tape, {"x": x})
        reverse(tape, values)
        tangent(tape, values, {"x": 1.0})
        assert all(isinstance(value, float) for value in values)


@pytest.mark.parametrize("name", list(OPERATORS))
def test_no_pass_raises_at_any_corner_of_the_number_line(name: str) -> None:
    corners = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, inf, -inf, float("nan"), 1e308, -1e308, 5e-324)
    random = Random(name)
    graph = Graph()
    count = ARGUMENTS[name]
    leaves = [graph.leaf(INPUT, f"x{n}") for n in range(count)]
    graph.output = graph.add(name, *leaves)
    tape = Tape(graph)
    for corner in corners:
        for _ in range(12):
            point = at(*(random.choice((corner, random.choice(corners))) for _ in range(count)))
            values = forward(tape, point)
            adjoints = reverse(tape, values)
            assert all(a is None or type(a) in (float, int) for a in adjoints)
            tangent(tape, values, dict.fromkeys(point, 1.0))
            statuses(tape, values)
