"""A program as a function of some of its inputs, evaluated at many points.

Everything that does not depend on those inputs is evaluated once. For each point the remaining
nodes of the tape are evaluated again in place, by the same passes that serve a single point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd_graph.passes.curvature import hessian
from autograd_graph.passes.evaluation import Tape, forward, rerun, reverse


class Objective:
    """A program's output as a function of the inputs ``names``.

    The other inputs keep their value in ``given`` or their default. ``values`` and ``adjoints`` are
    those of the latest point, as lists indexed by node.
    """

    def __init__(self, tape: Tape, given: Mapping[str, float], names: Sequence[str]) -> None:
        self.given = dict(given)
        self.names = list(names)
        self.nodes = [tape.graph.inputs[name] for name in names]
        self.whole = tape
        self.values = forward(tape, given)
        self.start = [self.values[node] for node in self.nodes]
        self.adjoints: list[float | None] = []
        self._tape = tape.depending_on(self.nodes)

    def turn(self) -> None:
        """Begin a step. A function that looks at some of many rows takes the next of them."""

    def value(self, point: Sequence[float]) -> float:
        """Evaluate the output at a point."""
        values = self.values
        for node, number in zip(self.nodes, point, strict=True):
            values[node] = number
        rerun(self._tape, values)
        return values[self._tape.output]

    def gradient(self) -> list[float]:
        """The gradient at the point of the latest call of :meth:`value`."""
        self.adjoints = adjoints = reverse(self._tape, self.values)
        return [adjoints[node] or 0.0 for node in self.nodes]

    def hessian(self, point: Sequence[float]) -> list[list[float]]:
        """The Hessian at a point."""
        return hessian(self.whole, self.at(point), self.names)

    def at(self, point: Sequence[float]) -> dict[str, float]:
        """The values of all given inputs at a point, by name."""
        return self.given | dict(zip(self.names, point, strict=True))
