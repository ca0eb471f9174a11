"""Settling: what no input moves, as the double that `eval` has, where code might have another.

Languages part over ``1/0``, ``log(0)`` and ``-0``, and whole numbers of some are not doubles.
What is an ordinary number everywhere stays as it was written: ``2*pi``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph
from autograd_graph.passes.evaluation import value_of

_EXACT = 2.0**53
"""From here on not all whole numbers are doubles."""


def settle(graph: Graph, values: Mapping[str, float]) -> Graph:
    """A graph with literals for what no input moves and not every language computes alike.

    ``values`` are those of constants by name. A constant that is 0 becomes a literal too, so that
    a division by it can be told.
    """
    settled = graph.copy()
    known: dict[int, float] = {}
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if row is LITERAL:
            known[node] = float(graph.numbers[node])
        elif row is CONSTANT:
            name = graph.names[node]
            value = values.get(name) if name in graph.constants else graph.numbers.get(node)
            if value is not None:
                known[node] = float(value)
            if value == 0.0:
                _make_literal(settled, node, known[node])
        elif row is not INPUT and all(arg in known for arg in args):
            arguments = [known[arg] for arg in args]
            known[node] = value_of(row, arguments)
            if row.comparison or not _alike(known[node], arguments):
                _make_literal(settled, node, known[node])
    return settled


def _make_literal(graph: Graph, node: int, number: float) -> None:
    graph.ops[node], graph.args[node] = LITERAL, ()
    graph.numbers[node] = number
    graph.names.pop(node, None)


def _alike(value: float, arguments: Sequence[float]) -> bool:
    """Whether an operator has this value in every language."""
    whole = all(number.is_integer() and abs(number) < _EXACT for number in arguments)
    return all(map(_plain, (value, *arguments))) and not (whole and abs(value) >= _EXACT)


def _plain(number: float) -> bool:
    """Whether it is finite, and not a zero, which has a sign and is divided by."""
    return isfinite(number) and number != 0.0
