"""A program as a function of some of its inputs, for evaluating it at many points.

Everything that does not depend on those inputs is evaluated once. For each point the remaining
steps of the tape run again in place, by the same passes that serve a single point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd_graph.evaluation import Tape, forward, rerun, reverse
from autograd_graph.gradient import gradient


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
        self._hessian: _Hessian | None = None

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
        if self._hessian is None:
            self._hessian = _Hessian(self.whole, self.given, self.names)
        return self._hessian.at(point)

    def at(self, point: Sequence[float]) -> dict[str, float]:
        """All values from outside that make up a point, by name."""
        return self.given | dict(zip(self.names, point, strict=True))


class _Hessian:
    """The second derivatives of a program as a program."""

    def __init__(self, tape: Tape, given: Mapping[str, float], names: Sequence[str]) -> None:
        graph = tape.graph
        derivatives = gradient(graph, tape.output, names, order=2, textbook=False)
        entries = derivatives.second
        bound = Tape(derivatives.graph, tape.output)
        self._entries = [
            [entries[(one, other) if n <= m else (other, one)] for m, other in enumerate(names)]
            for n, one in enumerate(names)
        ]
        self._nodes = [graph.inputs[name] for name in names]
        self._values = forward(bound, given)
        self._tape = bound.depending_on(self._nodes)

    def at(self, point: Sequence[float]) -> list[list[float]]:
        values = self._values
        for node, number in zip(self._nodes, point, strict=True):
            values[node] = number
        rerun(self._tape, values)
        return [[values[entry] for entry in row] for row in self._entries]
