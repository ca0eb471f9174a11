"""How a note calls a node: by what the reader sees of the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Protocol

from autograd_graph.graph import Graph
from autograd_graph.labels import expression
from autograd_graph.passes.diagnosis import Cause
from autograd_graph.status import UNDERFLOW

_LONG = 12
"""A formula of more nodes than this is not written in a note."""

_BEYOND = "adds up beyond a double"


class Naming(Protocol):
    """Names of nodes, and their operations."""

    def name(self, node: int) -> str:
        """What stands for the value of a node."""

    def written(self, node: int) -> str:
        """The operation of a node."""

    def equation(self, node: int) -> str:
        """A node and its operation."""


def told(cause: Cause, names: Naming, way: str = "") -> str:
    """What made a gradient not finite, or lost its digits, and where; ``way`` follows the place."""
    if cause.total is not None:
        how = "is inf and -inf, which add up to nan" if isnan(cause.total) else _BEYOND
        return f"what flows back to {names.name(cause.node)} along its paths {how}{way}"
    lost = ", too small a product for a double" if cause.status == UNDERFLOW else ""
    adjoint, partial = cause.adjoint + 0.0, cause.partial + 0.0
    met = f"{adjoint:g} flowing back meets the slope {partial:g}{lost}"
    return f"at {names.equation(cause.node)}{way}, {met}"


class Labels:
    """Every node has a label, as in a table of all nodes."""

    def __init__(self, graph: Graph, labels: Sequence[str]) -> None:
        self._graph = graph
        self._labels = labels

    def name(self, node: int) -> str:
        """The label."""
        return self._labels[node]

    def written(self, node: int) -> str:
        """The operator over labels."""
        return expression(self._graph, node, self._labels)

    def equation(self, node: int) -> str:
        """``v1 = sqrt(x)``."""
        return f"{self.name(node)} = {self.written(node)}"


class Shown:
    """Some nodes are shown, with a label each; of the others there are formulas."""

    def __init__(self, graph: Graph, shown: Mapping[int, str]) -> None:
        from autograd_graph.symbolic.infix import formula  # which tables of all nodes do not need

        self._graph = graph
        self._shown = dict(shown)
        self._formula = formula

    def name(self, node: int) -> str:
        """The label, or the formula over labels; dots if that is long."""
        if node in self._shown:
            return self._shown[node]
        return "..." if self._long(node) else str(self._formula(self._graph, node, self._shown))

    def written(self, node: int) -> str:
        """The operation over labels; dots for arguments that are long."""
        names = {arg: self.name(arg) for arg in self._graph.args[node] if self._hides(arg)}
        shown = self._shown | names
        shown.pop(node, None)
        return str(self._formula(self._graph, node, shown))

    def equation(self, node: int) -> str:
        """``a = sqrt(x)`` if the node is shown, else ``sqrt(x)``."""
        written = self.written(node)
        return f"{self._shown[node]} = {written}" if node in self._shown else written

    def _hides(self, node: int) -> bool:
        return node not in self._shown and self._long(node)

    def _long(self, node: int) -> bool:
        """Whether the formula of a node has very many nodes."""
        waiting, count = [node], 0
        while waiting and count <= _LONG:
            count += 1
            waiting += [arg for arg in self._graph.args[waiting.pop()] if arg not in self._shown]
        return count > _LONG
