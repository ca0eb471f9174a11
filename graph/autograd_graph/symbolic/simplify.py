"""Simplification: a graph to normal form, and back to a graph in readable form."""

from __future__ import annotations

from collections.abc import Sequence

from autograd_graph.collector import collector_paused
from autograd_graph.graph import LITERAL, Graph
from autograd_graph.symbolic.algebra import Forms
from autograd_graph.symbolic.reading import forms_of
from autograd_graph.symbolic.tidying import factored
from autograd_graph.symbolic.writing import Writer


def simplify(
    graph: Graph, roots: Sequence[int], given: dict[str, float] | None = None
) -> tuple[Graph, list[int]]:
    """A simpler graph with the same values, and the nodes in it that correspond to ``roots``.

    Wherever the original and its gradient are finite, so are the result and its gradient, and they
    agree to rounding. ``given`` are inputs to be replaced by numbers, after simplifications that
    hold for any value: ``x^2/x`` at 0 is 0.
    """
    with collector_paused():
        graph, roots = _simplified(graph, roots, {})
        return _simplified(graph, roots, given) if given else (graph, roots)


def _simplified(
    graph: Graph, roots: Sequence[int], given: dict[str, float]
) -> tuple[Graph, list[int]]:
    forms = Forms()
    found = forms_of(graph, roots, forms, given)
    writer = Writer(graph, forms, given)
    return writer.graph, writer.write(factored(forms, [found[root] for root in roots]))


def put_in(graph: Graph, given: dict[str, float]) -> Graph:
    """A copy of the graph with the ``given`` inputs and constants replaced by numbers."""
    other = graph.copy()
    for leaves in (other.inputs, other.constants):
        for name in given.keys() & leaves.keys():
            node = leaves.pop(name)
            other.ops[node], other.args[node] = LITERAL, ()
            other.numbers[node] = given[name]
            del other.names[node]
    return other
