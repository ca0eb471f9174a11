"""A program as a function of some of its inputs, evaluated at many points.

Everything that does not depend on those inputs is evaluated once. For each point the remaining
nodes of the tape are evaluated again in place, by the same passes that serve a single point; where
there are many points, by code that these passes write (:mod:`autograd_graph.passes.straight`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from autograd_graph.passes.curvature import hessian
from autograd_graph.passes.evaluation import Tape, forward, rerun, reverse

if TYPE_CHECKING:
    from autograd_graph.passes.straight import Straight

PATIENCE = 250
"""After so many points code is made for the rest: that takes about as long as these took."""

LONGEST = 10_000
"""More nodes stay on the tape: compiling takes time and memory that grow faster than they do."""


class Objective:
    """A program's output as a function of the inputs ``names``.

    The other inputs keep their value in ``given`` or their default.
    """

    def __init__(self, tape: Tape, given: Mapping[str, float], names: Sequence[str]) -> None:
        self.given = dict(given)
        self.names = list(names)
        self.nodes = [tape.graph.inputs[name] for name in names]
        self.whole = tape
        self._values = forward(tape, given)
        self.start = [self._values[node] for node in self.nodes]
        self._tape = tape.depending_on(self.nodes)
        self._patience = PATIENCE if len(tape.graph) <= LONGEST else inf
        self._ahead: Sequence[float] | None = None  # a point that only the code has been to

    def turn(self) -> None:
        """Begin a step. A function that looks at some of many rows takes the next of them."""

    @property
    def values(self) -> list[float]:
        """The value of every node at the latest point, as a list indexed by node."""
        if self._ahead is not None:
            point, self._ahead = self._ahead, None
            for node, number in zip(self.nodes, point, strict=True):
                self._values[node] = number
            rerun(self._tape, self._values)
        return self._values

    def value(self, point: Sequence[float]) -> float:
        """Evaluate the output at a point, which stays as it is until the next one."""
        self._ahead = point
        self._patience -= 1
        if self._patience < 0:
            try:
                return self._code.value(point)
            except (ValueError, ArithmeticError):
                self._patience = PATIENCE
        return self.values[self._tape.output]

    def gradient(self) -> list[float]:
        """The gradient at the point of the latest call of :meth:`value`."""
        if self._ahead is not None:
            try:
                return self._code.gradient()
            except (ValueError, ArithmeticError):
                self._patience = PATIENCE
        adjoints = reverse(self._tape, self.values)
        return [adjoints[node] or 0.0 for node in self.nodes]

    @cached_property
    def _code(self) -> Straight:
        from autograd_graph.passes.straight import straight  # few programs come that far

        return straight(self._tape, self._values, self.nodes)

    def hessian(self, point: Sequence[float]) -> list[list[float]]:
        """The Hessian at a point."""
        return hessian(self.whole, self.at(point), self.names)

    def at(self, point: Sequence[float]) -> dict[str, float]:
        """The values of all given inputs at a point, by name."""
        return self.given | dict(zip(self.names, point, strict=True))
