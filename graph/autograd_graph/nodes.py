"""Graph nodes as numbers: formulas run on them, and what they compute is appended to the graph.

This is how a derivative becomes an expression: the reverse pass over this number system makes
the gradient's nodes with the very formulas that make its floats.
"""

from __future__ import annotations

from typing import Any

from autograd_graph.compositions import Compositions
from autograd_graph.graph import CONSTANT, LITERAL, Graph, Node, Operand, exact


class NodeMath(Compositions):
    """The number system of one graph's nodes."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def apply(self, name: str, *operands: Operand) -> Node:
        """A new node."""
        return self._graph.apply(name, *operands)

    @property
    def pi(self) -> Node:
        """The constant of that name."""
        node = self._graph.add(CONSTANT)
        self._graph.names[node] = "pi"
        self._graph.numbers[node] = super().pi
        return Node(self._graph, node)

    def power_slope(self, x: Operand, y: Any) -> Any:
        """``y*x^(y - 1)``; the exponent of a literal is worked out."""
        if isinstance(y, Node) and y.op is LITERAL:
            return y * self.apply("pow", x, exact(self._graph.numbers[y.id]) - 1)
        return super().power_slope(x, y)
