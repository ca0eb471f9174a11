"""LANGUAGE.md's "Numbers": every case of the table by both passes, and where a gradient breaks."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan

import pytest
from support_graph import same
from support_policy import CHOICES, SMOOTH, TABLE, Case

from autograd_grammar import parse
from autograd_graph import Tape, causes, forward, reverse, statuses, tangent
from autograd_graph.status import worst

ALL = pytest.mark.parametrize("case", TABLE, ids=str)


def close(got: float, wanted: float) -> bool:
    """The same to the bit, or where the case has an expression of its own, within 4 ulps of it."""
    return same(got, wanted) or got == pytest.approx(wanted, rel=1e-15, abs=0.0)


@ALL
def test_policy_value(case: Case) -> None:
    tape = Tape(parse(case.program))
    assert close(forward(tape, case.at)[tape.output], case.value)


@ALL
def test_policy_gradient_by_reverse(case: Case) -> None:
    tape = Tape(parse(case.program))
    adjoints = reverse(tape, forward(tape, case.at))
    inputs = tape.graph.inputs
    assert inputs.keys() == case.gradient.keys()
    for name, wanted in case.gradient.items():
        got = adjoints[inputs[name]]
        assert close(0.0 if got is None else got, wanted), (name, got)


@ALL
def test_policy_gradient_by_tangent(case: Case) -> None:
    tape = Tape(parse(case.program))
    values = forward(tape, case.at)
    for name, wanted in case.gradient.items():
        got = tangent(tape, values, {name: 1.0})[tape.output]
        assert close(0.0 if got is None else got, wanted), (name, got)


@ALL
def test_policy_status(case: Case) -> None:
    tape = Tape(parse(case.program))
    graph = tape.graph
    found = statuses(tape, forward(tape, case.at))
    got = {
        name: found.get(graph.bindings.get(name, graph.inputs.get(name))) for name in case.status
    }
    assert {name: status or "ok" for name, status in got.items()} == case.status
    assert case.worst in ("", worst(found.values()))


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("abs(0)", "kink"),
        ("relu(0)", "kink"),
        ("max(1, 1)", "kink"),
        ("hypot(0, 0)", "kink"),
        ("floor(2)", "jump"),
        ("sign(0)", "jump"),
        ("mod(4, 2)", "jump"),
        ("1 < 1", "jump"),
        ("sqrt(0)", "singular"),
        ("1/0", "singular"),
        ("log(0)", "singular"),
        ("atan2(0, 0)", "singular"),
        ("log(-1)", "domain"),
        ("(-8)^0.5", "domain"),
        ("asin(2)", "domain"),
        ("exp(1000)", "overflow"),
        ("1e300*1e300", "overflow"),
        ("sin(1)", "ok"),
    ],
)
def test_status_of_a_point_written_as_numbers(program: str, status: str) -> None:
    tape = Tape(parse(program))
    assert statuses(tape, forward(tape)).get(tape.output, "ok") == status


@pytest.mark.parametrize("case", CHOICES[:3] + SMOOTH, ids=str)
def test_status_of_a_smooth_point_names_nothing_in_use(case: Case) -> None:
    tape = Tape(parse(case.program))
    found = statuses(tape, forward(tape, case.at))
    assert set(found.values()) <= {"unused"}


# -- where a gradient went wrong ---------------------------------------------------------------


@dataclass(frozen=True)
class Blame:
    program: str
    at: dict[str, float]
    of: str
    node: str
    status: str
    adjoint: float
    partial: float


BLAMES = [
    Blame("r = sqrt(x); f = r^2", {"x": 0.0}, "x", "r", "singular", 0.0, inf),
    Blame("r = sqrt(x); f = 3*r", {"x": 0.0}, "x", "r", "singular", 3.0, inf),
    Blame("a = log(x); f = a^2", {"x": 0.0}, "x", "f", "singular", 1.0, -inf),
    Blame("a = log(x); f = 2*a", {"x": -1.0}, "x", "a", "domain", 2.0, nan),
    Blame("a = exp(x); f = 2*a", {"x": 1e3}, "x", "a", "overflow", 2.0, inf),
    Blame("f = x^y", {"x": -2.0, "y": 3.0}, "y", "f", "domain", 1.0, nan),
    Blame("a = 1e200*x; f = 1e200*a", {"x": 1e-300}, "x", "a", "overflow", 1e200, 1e200),
    Blame("d = x^2 - 1; q = 1/d; f = q + x", {"x": 1.0}, "x", "q", "singular", 1.0, -inf),
    Blame("d = x^2 - 1; q = 1/d; f = x + q", {"x": 1.0}, "x", "q", "singular", 1.0, -inf),
    Blame("a = log(x); f = a + x*3", {"x": -1.0}, "x", "a", "domain", 1.0, nan),
]


@pytest.mark.parametrize("blame", BLAMES, ids=lambda blame: f"{blame.program} at {blame.at}")
def test_cause_of_a_gradient_is_the_first_node_from_the_output_back(blame: Blame) -> None:
    tape = Tape(parse(blame.program))
    values = forward(tape, blame.at)
    adjoints = reverse(tape, values)
    graph = tape.graph
    cause = causes(tape, values, adjoints, statuses(tape, values))[graph.inputs[blame.of]]
    assert cause.node == graph.bindings[blame.node]
    assert cause.status == blame.status
    assert same(cause.adjoint, blame.adjoint)
    assert same(cause.partial, blame.partial)


def test_gradient_that_is_finite_has_no_cause() -> None:
    tape = Tape(parse("f = x^y"))
    values = forward(tape, {"x": -2.0, "y": 3.0})
    found = causes(tape, values, reverse(tape, values), statuses(tape, values))
    assert found.keys() == {tape.graph.inputs["y"]}


def test_gradients_that_add_up_beyond_a_double_blame_the_node_they_meet_in() -> None:
    tape = Tape(parse("f = 1e308*x + 1e308*x"))
    values = forward(tape, {"x": 0.5})
    adjoints = reverse(tape, values)
    leaf = tape.graph.inputs["x"]
    cause = causes(tape, values, adjoints, statuses(tape, values))[leaf]
    assert adjoints[leaf] == inf
    assert (cause.node, cause.status) == (leaf, "overflow")


def test_what_lies_behind_a_sum_beyond_a_double_blames_the_sum() -> None:
    tape = Tape(parse("a = 2*x; f = 1e308*a + 1e308*a"))
    values = forward(tape, {"x": 0.1})
    found = causes(tape, values, reverse(tape, values), statuses(tape, values))
    cause = found[tape.graph.inputs["x"]]
    assert (cause.node, cause.status) == (tape.graph.bindings["a"], "overflow")
