"""Repeated sub-expressions: which nodes to name so that nothing is printed twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autograd_graph.graph import LEAVES, Graph

_LARGEST = 10**9


def repeated(graph: Graph, roots: Sequence[int]) -> list[int]:
    """The operators under ``roots`` that are used more than once, in evaluation order.

    Signs are left out. If all of these nodes are named, each operator is written once.
    """
    uses: dict[int, int] = {}
    for root in roots:
        uses[root] = uses.get(root, 0) + 1
    nodes = graph.under(roots[0]) if len(roots) == 1 else range(len(graph))
    named: list[int] = []
    for node in reversed(nodes):
        if node not in uses:
            continue
        for arg in graph.args[node]:
            uses[arg] = uses.get(arg, 0) + 1
        row = graph.ops[node]
        if uses[node] > 1 and row not in LEAVES and row.name not in ("neg", "identity"):
            named.append(node)
    return named[::-1]


def written_sizes(graph: Graph) -> list[int]:
    """For each node the number of operators and leaves in it written out in full."""
    sizes = [1] * len(graph)
    for node, args in enumerate(graph.args):
        sizes[node] = min(1 + sum(sizes[arg] for arg in args), _LARGEST)
    return sizes


def written_size(graph: Graph, roots: Sequence[int]) -> int:
    """The number of operators and leaves in ``roots`` written out in full."""
    sizes = written_sizes(graph)
    return sum(sizes[root] for root in roots)


def fresh_names(count: int, taken: Collection[str], stem: str = "t") -> list[str]:
    """``t1``, ``t2``, …, leaving out those that are taken."""
    names: list[str] = []
    number = 0
    while len(names) < count:
        number += 1
        if f"{stem}{number}" not in taken:
            names.append(f"{stem}{number}")
    return names
