"""Merging repeated expressions: a graph in which what is computed twice is one node."""

from __future__ import annotations

from collections.abc import Hashable

from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph
from autograd_graph.labels import number_text


def shared(graph: Graph) -> tuple[Graph, list[int]]:
    """The graph with equal operators over equal arguments merged, and where each node is in it.

    The arguments of a sum or a product are equal in either order. Nodes that the program names
    stay, each for itself; an expression that repeats one is that node.
    """
    merged = Graph(graph.text)
    known: dict[Hashable, int] = {}
    place: list[int] = []
    for node, row in enumerate(graph.ops):
        args = tuple(place[arg] for arg in graph.args[node])
        name, span = graph.names.get(node), graph.spans[node]
        if row in (INPUT, CONSTANT):
            assert name is not None
            found = merged.add(row, *args, span=span)
        else:
            number = number_text(graph.numbers[node]) if row is LITERAL else ""
            key = (row.name, tuple(sorted(args)) if row.commutes else args, number)
            if name is None and key in known:
                place.append(known[key])
                continue
            found = merged.add(row, *args, span=span)
            known.setdefault(key, found)
        if name is not None:
            merged.names[found] = name
        if node in graph.numbers:
            merged.numbers[found] = graph.numbers[node]
        place.append(found)
    for leaves in ("inputs", "constants", "bindings"):
        moved = {name: place[node] for name, node in getattr(graph, leaves).items()}
        setattr(merged, leaves, moved)
    merged.output = place[graph.output]
    return merged, place
