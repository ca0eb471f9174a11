"""A program as a function of some of its inputs, for evaluating it at many points.

Everything that does not depend on those inputs is evaluated once. For each point the remaining
steps of the tape run again in place, by the same passes that serve a single point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd_graph.passes.curvature import hessian
from autograd_graph.passes.evaluation import Tape, forward, rerun, reverse


class Objective:
    """A program's output over the inputs ``names``, the others held at ``given`` or by default.

    ``values`` and ``adjoints`` are those of the latest point, as lists parallel to the graph.
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

    def value(self, point: Sequence[float]) -> float:
        """The output at a point."""
        values = self.values
        for node, number in zip(self.nodes, point, strict=True):
            values[node] = number
        rerun(self._tape, values)
        return values[self._tape.output]

    def gradient(self) -> list[float]:
        """The gradient at the point whose value was asked for last."""
        self.adjoints = adjoints = reverse(self._tape, self.values)
        return [adjoints[node] or 0.0 for node in self.nodes]

    def hessian(self, point: Sequence[float]) -> list[list[float]]:
        """The second derivatives at a point."""
        return hessian(self.whole, self.at(point), self.names)

    def at(self, point: Sequence[float]) -> dict[str, float]:
        """All values from outside that make up a point, by name."""
        return self.given | dict(zip(self.names, point, strict=True))
