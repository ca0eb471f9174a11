"""Steps: what a program reads like when its named statements stay whole."""

from __future__ import annotations

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_grammar import parse
from autograd_graph import Tape, forward
from autograd_graph.steps.steps import Steps, steps


def told(found: Steps) -> list[str]:
    return [f"{step.label} = {step.expression}" for step in found.steps]


def named(found: Steps, nodes: tuple[int, ...]) -> list[str]:
    return [found.labels[node] for node in nodes]


@pytest.mark.parametrize(
    ("program", "statements", "operations"),
    [
        (
            "c = w*x; a = c + b; d = a - y; J = 1/2*d^2",
            ["c = w*x", "a = c + b", "d = a - y", "J = 1/2*d^2"],
            ["c = w*x", "a = c + b", "d = a - y", "v1 = d^2", "J = 1/2*v1"],
        ),
        ("z = (x + y)*w", ["z = (x + y)*w"], ["v1 = x + y", "z = v1*w"]),
        ("y = silu(w*x + b); y^2", ["y = (w*x + b)*sigmoid(w*x + b)", "f = y^2"],
         ["v1 = w*x", "v2 = v1 + b", "v3 = sigmoid(v2)", "y = v2*v3", "f = y^2"]),
        ("c = x; c += c; c", ["c#1 = x", "c = c#1 + c#1"], ["c#1 = x", "c = c#1 + c#1"]),
        ("x*(1/4)^2 + sqrt(2)*3 - -1", ["f = x*(1/4)^2 + sqrt(2)*3 - -1"],
         ["v1 = x*(1/4)^2", "v2 = sqrt(2)", "v3 = v2*3", "v4 = v1 + v3", "f = v4 - -1"]),
        ("1/2", ["f = 1/2"], ["f = 1/2"]),
        ("5", ["f = 5"], ["f = 5"]),
        ("x", [], []),
        ("f + 1", ["f_1 = f + 1"], ["f_1 = f + 1"]),
    ],
)  # fmt: skip
def test_statements_stay_whole_and_operations_stand_alone(program, statements, operations):
    assert told(steps(parse(program), grain="step")) == statements
    assert told(steps(parse(program), grain="operation")) == operations


@pytest.mark.parametrize(
    ("program", "grain"),
    [("x*x + x", "operation"), ("z = (x + y)*w", "operation"), ("q = x + y; q*w", "step")],
)
def test_the_program_decides_by_what_it_names_on_the_way(program, grain):
    assert steps(parse(program)).grain == grain


def test_direct_inputs_come_in_the_order_of_the_text_and_once():
    found = steps(parse("b = 1; q = x*2; f = sin(q)*(b + x) + q + e"), grain="step")
    assert named(found, found.steps[-1].args) == ["q", "b", "x", "e"]
    assert named(found, found.leaves) == ["b", "x", "e"]


def test_what_does_not_reach_the_output_is_no_part_of_it():
    found = steps(parse("a = x + 1; b = 2*a; c = z*z; b - a"))
    assert told(found) == ["a = x + 1", "b = 2*a", "f = b - a"]
    assert named(found, found.leaves) == ["x"]


def test_an_earlier_node_can_be_the_output():
    graph = parse("a = x + 1; b = 2*a; b - y")
    assert told(steps(graph, graph.bindings["b"])) == ["a = x + 1", "b = 2*a"]


def test_a_default_computed_from_constants_is_not_looked_behind():
    found = steps(parse("a = pi/4; q = 2*a; sin(q)"))
    assert named(found, found.leaves) == ["a"]


def test_a_large_part_used_twice_is_a_step_of_its_own():
    found = steps(parse("f(t) = t*t + 1; g(t) = f(f(f(f(t)))); y = g(g(g(x))); 2*y"))
    assert sum(len(step.expression) for step in found.steps) < 1000
    assert found.steps[0].label.startswith("v")


def test_depth_is_no_limit():
    found = steps(parse("y = " + "+".join(["x"] * 20_000) + "; 2*y"))
    assert [len(step.inner) for step in found.steps] == [19_999, 2]


PROGRAMS = st.lists(
    st.tuples(
        st.sampled_from(
            ["{} + {}", "{} - {}*2", "silu({})*{}", "{} - ({} - 1)", "max({}, {}, 0)", "-{}^2/{}"]
        ),
        st.integers(0, 30),
        st.integers(0, 30),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(PROGRAMS)
def test_the_steps_compute_what_the_program_computes(lines):
    available, text = ["x", "y", "(x*y)"], "x = 0.5; y = -1.5\n"
    for number, (form, first, second, is_named) in enumerate(lines):
        operands = (available[n % len(available)] for n in (first, second))
        expression = form.format(*operands)
        if is_named:
            text += f"s{number} = {expression}\n"
            expression = f"s{number}"
        available.append(f"({expression})")
    graph = parse(text + available[-1])
    expected = forward(Tape(graph))
    for grain in ("step", "operation"):
        found = steps(graph, grain=grain)
        values = {found.labels[node]: expected[node] for node in found.leaves}
        for step in found.steps:
            again = parse(f"{step.expression} + 0")
            got = forward(Tape(again), {name: values[name] for name in again.inputs})[again.output]
            value = expected[step.node]
            assert got == value or (isnan(got) and isnan(value))
            assert set(again.inputs) == set(named(found, step.args))
            values[step.label] = value
        owned = [node for step in found.steps for node in step.inner]
        assert len(owned) == len(set(owned))
        assert found.steps == () or found.steps[-1].node == graph.output
