"""Columns of rows: each row has the bits that the passes over one point have."""

from __future__ import annotations

from math import isnan
from random import Random
from typing import Any

import numpy as np
import pytest
from support_graph import EDGES, edge_alone, one_operator, points, same
from support_policy import TABLE, Case

from autograd_grammar import parse
from autograd_graph import OPERATORS, Tape, forward, reverse
from autograd_graph.op import Edge
from autograd_graph.passes.evaluation import apply
from autograd_graph.rows import blocks


def in_row(number: Any, row: int) -> float | None:
    """What a column, a flow or a number for all rows has in one row."""
    if number is None:
        return None
    if isinstance(number, blocks.Flow):
        flows, values = np.broadcast_arrays(number.rows, number.values)
        return in_row(values, row) if in_row(flows, row) else None
    return float(number[row] if np.ndim(number) else number)


def close(got: float | None, wanted: float | None, ulps: float) -> bool:
    """The same to the bit, or within so many units in the last place."""
    if same(got, wanted):
        return True
    if got is None or wanted is None:
        return False
    return abs(got - wanted) <= ulps * float(np.spacing(abs(wanted)))


def assert_rows_are_points(tape: Tape, at: list[dict[str, float]], ulps: float = 0.0) -> None:
    """Both passes over a block against both passes over each point."""
    columns = {name: np.array([point[name] for point in at]) for name in at[0]}
    of_blocks = Tape(tape.graph, tape.output, system=blocks.system)
    with np.errstate(all="ignore"):
        values = forward(of_blocks, columns)
        adjoints = reverse(of_blocks, values)
    for row, point in enumerate(at):
        one = forward(tape, point)
        for node, value in enumerate(one):
            assert close(in_row(values[node], row), value, ulps), (point, node)
        for node, adjoint in enumerate(reverse(tape, one)):
            got = in_row(adjoints[node], row)
            assert close(got, adjoint, ulps), (point, node, got, adjoint)


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_an_edge_in_a_block_has_the_bits_it_has_alone(name: str, edge: Edge) -> None:
    tape, given, _ = edge_alone(name, edge)
    assert_rows_are_points(tape, [given])


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_a_policy_case_in_a_block_has_the_bits_it_has_alone(case: Case) -> None:
    assert_rows_are_points(Tape(parse(case.program)), [case.at])


def test_rows_of_a_block_know_nothing_of_each_other() -> None:
    program = "f = where(x > y, sqrt(x)*y, max(x, y)/x) + relu(x - 1)*log(y) + clip(x, -1, y)^3"
    numbers = [-1.0, -0.0, 0.0, 0.25, 1.0, 4.0]
    at = [{"x": x, "y": y} for x in numbers for y in numbers]
    assert_rows_are_points(Tape(parse(program)), at, ulps=4.0)


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if not row.fixed])
def test_rows_far_out_and_close_in_are_those_of_a_point(name: str) -> None:
    """NumPy's own functions may be a few units in the last place from those of ``math``."""
    row = OPERATORS[name]
    random = Random(name)
    count = len(row.probe)
    at = [point for point in points(row, name) if len(point) == count]
    at = random.sample(at, min(len(at), 60))
    graph = one_operator(row, count)
    tape, of_blocks = Tape(graph), Tape(graph, system=blocks.system)
    columns = {f"x{n}": np.array([point[n] for point in at]) for n in range(count)}
    with np.errstate(all="ignore"):
        values = forward(of_blocks, columns)
    for n, point in enumerate(at):
        one = forward(tape, {f"x{k}": x for k, x in enumerate(point)})[-1]
        got = in_row(values[-1], n)
        assert got is not None
        assert isnan(got) == isnan(one), point
        assert close(got, one, 16.0) or abs(got - one) <= 1e-15, point


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if row.awkward])
def test_statuses_of_a_block_are_those_of_its_points(name: str) -> None:
    row = OPERATORS[name]
    count = len(row.probe)
    numbers = [-2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 2.5, np.inf, np.nan]
    at = [tuple(numbers[(n // 9**k) % 9] for k in range(count)) for n in range(9**count)]
    at += [edge.at for edge in row.edges if len(edge.at) == count]
    columns = [np.array(column) for column in zip(*at, strict=True)]
    for constant in ((False,) * count, (True,) + (False,) * (count - 1), (True,) * count):
        with np.errstate(all="ignore"):
            values = row.value(blocks.system, *columns)
            found = blocks.statuses(row, values, constant, columns)
        for n, point in enumerate(at):
            status = row.awkward[int(found[n])][0] if found[n] >= 0 else None
            assert status == row.status(apply(row, point), constant, point), point
