"""Every edge of every row, exactly: value, status, and the gradient in both directions.

``nan`` equals ``nan`` here, and ``-0.0`` is not ``0.0``.
"""

from __future__ import annotations

from math import copysign, isfinite, isnan, nan

import pytest
from support_graph import EDGES, edge_alone, same

from autograd_graph import OPERATORS, Graph, Tape, forward, reverse, statuses, tangent
from autograd_graph.op import Edge


def expected(name: str, edge: Edge) -> list[float | None]:
    """The edge's slopes, with nothing for what is constant."""
    held = {*edge.constant, *OPERATORS[name].fixed}
    return [None if n in held else slope for n, slope in enumerate(edge.partials)]


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_value_at_an_edge_is_what_the_row_says(name: str, edge: Edge) -> None:
    tape, given, _ = edge_alone(name, edge)
    assert same(forward(tape, given)[tape.output], edge.value)


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_status_at_an_edge_is_what_the_row_says(name: str, edge: Edge) -> None:
    tape, given, _ = edge_alone(name, edge)
    found = statuses(tape, forward(tape, given))
    assert found.get(tape.output, "ok") == edge.status


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_reverse_at_an_edge_gives_the_slopes_of_the_row(name: str, edge: Edge) -> None:
    tape, given, nodes = edge_alone(name, edge)
    adjoints = reverse(tape, forward(tape, given))
    for node, slope in zip(nodes, expected(name, edge), strict=True):
        assert same(adjoints[node], slope), (adjoints, edge.partials)


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_tangent_at_an_edge_gives_the_slopes_of_the_row(name: str, edge: Edge) -> None:
    tape, given, _ = edge_alone(name, edge)
    values = forward(tape, given)
    for n, slope in enumerate(expected(name, edge)):
        if f"x{n}" in given:
            tangents = tangent(tape, values, {f"x{n}": 1.0})
            assert same(tangents[tape.output], slope), n


def is_awkward_in_one_argument(name: str, edge: Edge) -> bool:
    free = [x for n, x in enumerate(edge.at) if n not in (*edge.constant, *OPERATORS[name].fixed)]
    return edge.status in ("kink", "jump", "singular") and len(free) == 1 and isfinite(free[0])


@pytest.mark.parametrize(
    ("name", "edge"), [case for case in EDGES if is_awkward_in_one_argument(*case.values)]
)
def test_awkward_point_is_awkward_only_there(name: str, edge: Edge) -> None:
    """A hair's breadth away the status is another one, wherever the point moves on its own."""
    tape, given, _ = edge_alone(name, edge)
    ((leaf, x),) = given.items()
    for side in (-1e-3, 1e-3):
        found = statuses(tape, forward(tape, {leaf: x + side}))
        assert found.get(tape.output, "ok") in ("ok", "domain")


def test_edges_tell_minus_zero_from_zero() -> None:
    assert not same(-0.0, 0.0)
    assert same(OPERATORS["ceil"].edges[-1].value, -0.0)
    assert copysign(1.0, forward(*edge_alone("ceil", OPERATORS["ceil"].edges[-1])[:2])[-1]) == -1.0


@pytest.mark.parametrize("name", [n for n, row in OPERATORS.items() if row.awkward])
def test_every_row_with_awkward_points_shows_one_as_an_edge(name: str) -> None:
    assert any(edge.status != "ok" for edge in OPERATORS[name].edges)


@pytest.mark.parametrize("name", [n for n, row in OPERATORS.items() if row.domain])
def test_every_row_with_a_domain_shows_what_holds_outside_or_at_its_end(name: str) -> None:
    assert any(edge.status in ("domain", "singular") for edge in OPERATORS[name].edges)


COMPARISONS = {"lt", "le", "gt", "ge", "eq", "ne"}  # false where one side is nan
ASLEEP = {("where", 2), ("leaky_relu", 1), ("elu", 1)}  # the branch that is not taken


@pytest.mark.parametrize(
    ("name", "position"),
    [
        (name, n)
        for name, row in OPERATORS.items()
        for n in range(len(row.probe))
        if name not in COMPARISONS and (name, n) not in ASLEEP
    ],
)
def test_nan_in_an_argument_that_counts_gives_nan(name: str, position: int) -> None:
    graph = Graph()
    nodes = [
        graph.literal(nan if n == position else low or 1.0)
        for n, (_, low) in enumerate(OPERATORS[name].probe)
    ]
    graph.output = graph.add(name, *nodes)
    values = forward(Tape(graph))
    assert isnan(values[-1])
    assert statuses(Tape(graph), values)[graph.output] == "domain"
