"""Programs of one shape: those that differ in their numbers alone.

Their graphs differ in the values of literals alone, so that one of them does for all.
"""

from __future__ import annotations

import re
from functools import cache

from autograd_grammar.table import load
from autograd_graph.graph import LITERAL, Graph

Shape = tuple[str, ...]
"""What stands before, between and behind the numbers of a text."""


@cache
def _numbers() -> re.Pattern[str]:
    """The grammar's numbers where nothing beside them could become part of them."""
    return re.compile(rf"(?<![\w.])({load().terminals['NUMBER']})(?![\w.])")


def shape(text: str) -> tuple[Shape, list[str]]:
    """The shape of a text, and its numbers."""
    parts = _numbers().split(text)
    return tuple(parts[::2]), parts[1::2]


def literals(graph: Graph) -> list[int] | None:
    """The nodes of the numbers that :func:`shape` takes out of the graph's text, in order.

    ``None`` if any of them is not one node: the default of an input, a number in a definition.
    """
    spans = graph.spans
    at = {spans[node]: node for node in graph.numbers if graph.ops[node] is LITERAL}
    nodes = [at.get(found.span()) for found in _numbers().finditer(graph.text)]
    return None if None in nodes else [node for node in nodes if node is not None]
