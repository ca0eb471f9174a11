"""What trimming and settling leave of a derivative: the very doubles that were there before."""

from __future__ import annotations

from math import copysign, inf, isfinite, isnan, nan

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support_derivatives import POINTS, agree, expressions, value_at

from autograd_grammar import parse
from autograd_graph.export.derivatives import computed_derivatives
from autograd_graph.export.settling import settle
from autograd_graph.export.trimming import trim
from autograd_graph.graph import INPUT, Graph, Node

QUICK = settings(max_examples=200, derandomize=True, suppress_health_check=list(HealthCheck))


@given(expressions(10), st.sampled_from(POINTS), st.sampled_from(POINTS))
@QUICK
def test_trimmed_derivatives_have_the_numbers_they_had(program: str, x: float, y: float) -> None:
    numbers = program.replace("(pi)", "(3)").replace("(e)", "(2.5)")  # names have no value in code
    found = computed_derivatives(parse(f"{numbers} + 0*x + 0*y"))
    at = {"x": x, "y": y}
    roots = [found.output, *found.first.values()]
    trimmed, plain = trim(settle(found.graph, {}), roots)
    for root, node in zip(roots, plain, strict=True):
        wanted = value_at(found.graph, root, at)
        if isfinite(wanted):  # a/b is rounded once where a*(1/b) is twice
            got = value_at(trimmed, node, at)
            assert agree(got, wanted, (found.graph, root), at=at), program


@pytest.mark.parametrize("x", [3.0, -0.5, 0.0, -0.0, inf, -inf, nan, 1e308, 5e-324])
@pytest.mark.parametrize("y", [2.0, -1.0, 0.0, -0.0, inf, nan])
def test_each_rule_keeps_the_double(x: float, y: float) -> None:
    graph = Graph()
    a, b = (Node(graph, graph.leaf(INPUT, name)) for name in "xy")
    one, minus_one = Node(graph, graph.literal(1)), Node(graph, graph.literal(-1))
    made = [
        graph.apply("mul", a, one),
        graph.apply("mul", minus_one, a),
        graph.apply("div", a, one),
        graph.apply("pow", a, one),
        graph.apply("add", a, -b),
        graph.apply("add", -a, b),
        graph.apply("add", a, minus_one),
        graph.apply("sub", a, -b),
        graph.apply("mul", -a, b),
        graph.apply("mul", a, -b),
        graph.apply("mul", -a, -b),
        graph.apply("div", -a, b),
        graph.apply("div", a, -b),
        abs(-a),
        graph.apply("neg", -a),
        graph.apply("where", one, a, b),
        *(a * power / power for power in (1, 2, 4) if abs(x) < 1e300),
    ]
    roots = [node.id for node in made]
    trimmed, plain = trim(graph, roots)
    assert len(trimmed) < len(graph)
    for root, node in zip(roots, plain, strict=True):
        got, wanted = (
            value_at(trimmed, node, {"x": x, "y": y}),
            value_at(graph, root, {"x": x, "y": y}),
        )
        assert got == wanted or (isnan(got) and isnan(wanted)), root
        assert isnan(got) or copysign(1.0, got) == copysign(1.0, wanted), root
