"""Costs: visits by the formulas of the textbook, arithmetic counted by hand."""

from __future__ import annotations

import pytest

from autograd_grammar import parse
from autograd_graph import OPERATORS, Tape
from autograd_graph.cost import cost
from autograd_graph.numbers.counting import of_slopes, of_value


def counted(program):
    return cost(Tape(parse(program)))


@pytest.mark.parametrize(
    ("program", "nodes", "inputs"),
    [("x", 0, 1), ("5", 0, 0), ("x*y + sin(x)", 3, 2), ("a = x*2; b = z*z; a + 1", 2, 1),
     ("const k = 3; k*x + pi", 2, 1), ("dot(a, b, c, d)", 1, 4), ("a = pi/4; sin(a)", 2, 1)],
)  # fmt: skip
def test_visits_are_n_plus_p_against_n_times_p(program, nodes, inputs):
    found = counted(program)
    assert (found.nodes, found.inputs) == (nodes, inputs)
    assert found.evaluation.visits == nodes
    assert found.reverse.visits == nodes + inputs
    assert found.forward.visits == nodes * inputs
    assert found.differences.visits == nodes * (inputs + 1)
    assert (found.forward.passes, found.differences.passes) == (inputs, inputs + 1)


@pytest.mark.parametrize(
    ("program", "value", "back"),
    [
        ("x + y", 1, 2),  # the adjoint times 1, twice
        ("x*y", 1, 2),  # no slope is computed, two products
        ("x*x", 1, 3),  # and they are added up
        ("2*x", 1, 1),
        ("sin(x)", 1, 2),  # cos, and a product
        ("x/y", 1, 5),  # 1/y, -(z/y), two products
        ("dot(a, b, c, x, y, z)", 5, 6),
        ("floor(x)", 1, 0),
    ],
)
def test_operations_are_those_that_one_counts_by_hand(program, value, back):
    found = counted(program)
    assert found.evaluation.operations == value
    assert found.reverse.operations - value == back


def test_reverse_mode_pays_once_and_the_others_for_each_input():
    found = counted("x*y*z")
    assert found.evaluation.operations == 2
    assert found.reverse.operations == 2 + 4
    assert found.forward.operations == 2 + 3 * (4 + 2)  # four products and two sums a pass
    assert found.differences.operations == 4 * 2 + 2 * 3  # runs, then a difference and a quotient


def test_wrt_limits_the_inputs():
    tape = Tape(parse("x*y + z"))
    assert cost(tape, ["x"]).reverse.visits == 2 + 1


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_can_be_counted(name):
    row = OPERATORS[name]
    least, most = row.arguments.arity
    arity = most or max(least, 2 * row.arguments.lists)
    assert of_value(row, arity) >= (0 if name in ("identity", "where") else 1)
    if not row.flat:
        for constant in ((False,) * arity, (False,) * (arity - 1) + (True,)):
            assert of_slopes(row, constant) >= 0
