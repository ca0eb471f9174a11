"""Repeated sub-expressions: what is named, how it is named, how long a text would be."""

from __future__ import annotations

import pytest

from autograd_grammar import parse
from autograd_graph import Graph
from autograd_graph.graph import INPUT
from autograd_graph.symbolic.infix import infix
from autograd_graph.symbolic.simplify import simplify
from autograd_graph.symbolic.subexpressions import fresh_names, repeated, written_size


def shared(program: str) -> list[str]:
    """The repeated sub-expressions of a program, equal nodes being one."""
    graph = parse(program)
    simpler, (root,) = simplify(graph, [graph.output])
    return [infix(simpler, node) for node in repeated(simpler, [root])]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("sin(x*y) + cos(x*y)", ["x*y"]),
        ("sin(x) + cos(x)", []),
        ("2*x + y*2", []),
        ("-x*sin(-x + y) + cos(y - x)", ["y - x"]),
        ("exp(x)*sin(exp(x)) + tan(sin(exp(x)))", ["exp(x)", "sin(exp(x))"]),
        ("max(sqrt(x), sqrt(x) + 1)", ["sqrt(x)"]),
    ],
)
def test_operators_used_more_than_once_are_named_in_order(
    program: str, expected: list[str]
) -> None:
    assert shared(program) == expected


def test_what_only_a_shared_node_uses_is_written_once_anyway() -> None:
    assert shared("exp(x*y + 1)*sin(exp(x*y + 1))") == ["exp(x*y + 1)"]


def test_two_roots_share_too() -> None:
    graph = parse("a = sin(x*y); b = a*2; b")
    roots = [graph.bindings["a"], graph.bindings["b"]]
    assert repeated(graph, roots) == [graph.bindings["a"]]


def test_what_is_not_under_a_root_counts_for_nothing() -> None:
    graph = parse("a = sin(x); b = a + a^2; x")
    assert repeated(graph, [graph.output]) == []


def test_with_all_of_them_named_each_operator_is_written_once() -> None:
    graph = parse("u = exp(x*y); v = sin(u)*u; w = v + u/v; w*v*u")
    named = repeated(graph, [graph.output])
    names = {node: f"t{n}" for n, node in enumerate(named)}
    texts = [infix(graph, graph.output, names)]
    texts += [infix(graph, node, {n: t for n, t in names.items() if n < node}) for node in named]
    operators = sum(bool(args) for args in graph.args) - sum(
        row.name == "identity" for row in graph.ops
    )
    written = sum(sum(map(text.count, "*+/^")) + text.count("(") for text in texts)
    parentheses = sum(text.count("(") - text.count("exp(") - text.count("sin(") for text in texts)
    assert written - parentheses == operators


def test_size_counts_operators_and_leaves_at_every_use() -> None:
    graph = parse("a = x*y; a + sin(a)")
    assert written_size(graph, [graph.output]) == 3 + 4 + 1
    assert written_size(graph, [graph.output, graph.output]) == 16


def test_size_of_a_text_longer_than_memory_is_known_at_once() -> None:
    graph = Graph()
    node = graph.leaf(INPUT, "x")
    for _ in range(5_000):
        node = graph.add("mul", node, node)
    assert written_size(graph, [node]) >= 10**9
    assert len(repeated(graph, [node])) == 4_999


def test_new_names_are_none_that_is_taken() -> None:
    assert fresh_names(3, {"t2", "x"}) == ["t1", "t3", "t4"]
    assert fresh_names(2, {"s1"}, stem="s") == ["s2", "s3"]
    assert fresh_names(0, set()) == []


def test_only_what_a_root_depends_on_is_under_it() -> None:
    graph = parse("a = sin(x); b = cos(x); c = a^2; c")
    a, b, c = (graph.bindings[name] for name in "abc")
    found = graph.under(c)
    assert found == sorted(found)
    assert {graph.inputs["x"], a, c} <= set(found)
    assert b not in found
