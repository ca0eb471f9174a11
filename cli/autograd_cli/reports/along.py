"""A program as a function of one of its inputs, with bounds on the rounding of what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite, isnan, nan
from sys import float_info
from typing import NamedTuple

from autograd_graph import Tape, forward, reverse
from autograd_graph.status import SINGULAR

_SLACK = 16.0
"""How many times the first-order estimate of rounding is taken as its bound."""

MOST_WORK = 4_000_000
"""So many nodes are evaluated in search of places, in passes and for bounds on their rounding; then
what was found is all that is told."""

_KEPT = 4
"""Of how many points both passes are kept."""


class Sample(NamedTuple):
    """Value and slope at a point, and bounds on the rounding of both."""

    value: float
    slope: float
    value_error: float
    slope_error: float


class Along:
    """A program as a function of one of its inputs, the others held at the ``given`` values."""

    def __init__(
        self, tape: Tape, given: Mapping[str, float], name: str, work: int = MOST_WORK
    ) -> None:
        self._tape, self._given, self._name = tape, given, name
        self._node = tape.graph.inputs[name]
        self._kept: dict[float, tuple[Sequence[float], Sequence[float | None]]] = {}
        self._operators = list(reversed(tape.operators))
        self._room = work // len(tape.graph)
        self.crowded = False
        """Whether somewhere there are more places than a picture can tell apart."""
        moving = _depending(tape, self._node)
        self._awkward = [
            (node, row, constant)
            for node, row, constant in tape.awkward
            if tape.reached[node]
            and any(
                moving[arg]
                for n, arg in enumerate(tape.graph.args[node])
                if row.awkward_in is None or n in row.awkward_in
            )
        ]
        self.smooth = not self._awkward and not any(
            moving[node] and tape.graph.ops[node].poles for node in self._operators
        )
        """Whether no operator that moves is awkward anywhere, or has poles."""

    def _passes(self, x: float) -> tuple[Sequence[float], Sequence[float | None]]:
        """The values and adjoints at a point; a search asks for the same ones many times."""
        found = self._kept.get(x)
        if found is None:
            values = forward(self._tape, {**self._given, self._name: x})
            found = values, reverse(self._tape, values)
            if len(self._kept) >= _KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[x] = found
            self._room -= 1
        return found

    @property
    def work(self) -> int:
        """How much of the work that it may take is left, in nodes."""
        return self._room * len(self._tape.graph)

    @property
    def exhausted(self) -> bool:
        """Whether a search has taken as much work as it may."""
        return self._room < 0

    def value(self, x: float) -> float:
        """The value at a point, without a reverse pass."""
        found = self._kept.get(x)
        if found is not None:
            return found[0][self._tape.output]
        self._room -= 1
        return forward(self._tape, {**self._given, self._name: x})[self._tape.output]

    def __call__(self, x: float) -> tuple[float, float]:
        """The value and the slope at a point."""
        values, adjoints = self._passes(x)
        value = values[self._tape.output]
        return value, nan if isnan(value) else adjoints[self._node] or 0.0

    def sample(self, x: float) -> Sample:
        """Value and slope with first-order bounds on their rounding.

        Each step rounds its value once, and the adjoint says what becomes of that; the slope is a
        sum over paths, and rounding is of the size of the sum of their absolute values.
        """
        tape = self._tape
        values, adjoints = self._passes(x)
        value, slope = self(x)
        unit = _SLACK * float_info.epsilon
        self._room -= 1
        if not isfinite(value):
            return Sample(value, slope, inf, inf)
        if not isfinite(slope):
            return Sample(value, slope, unit * abs(value), inf)
        lost = sum(abs(values[node] * (adjoints[node] or 0.0)) for node in self._operators)
        sizes = {tape.output: 1.0}
        for node in self._operators:
            size = sizes.get(node)
            slopes = tape.slopes(node, values) if size else None
            for arg, partial in zip(tape.graph.args[node], slopes or (), strict=False):
                if partial and size:
                    sizes[arg] = sizes.get(arg, 0.0) + size * abs(partial)
        return Sample(value, slope, unit * lost, unit * sizes.get(self._node, 0.0))

    def signature(self, x: float) -> dict[tuple[int, int], object]:
        """What of each awkward operator changes at its awkward points, by node and number.

        The value of one that rounds; which side of a comparison is larger; what a choice chooses;
        else the signs of its arguments and its value. By -1, whether value and slope are
        finite.
        """
        tape = self._tape
        values, adjoints = self._passes(x)
        adjoint = adjoints[self._node] or 0.0
        found: dict[tuple[int, int], object] = {
            (-1, 0): isfinite(values[tape.output]),
            (-1, 1): isfinite(adjoint),
        }
        for node, row, _ in self._awkward:
            arguments = [values[arg] for arg in tape.graph.args[node]]
            if row.comparison:
                found[node, 0] = _sign(arguments[0] - arguments[1])
            elif row.flat:
                found[node, 0] = repr(values[node])
            elif row.shares is not None:
                found[node, 0] = tuple(tape.chosen(node, values))
            elif row.awkward_in is not None:
                for n in row.awkward_in:
                    found[node, n] = _sign(arguments[n])
            else:
                for n, number in enumerate((*arguments, values[node])):
                    found[node, n] = _sign(number)
        return found

    def divides_at(self, x: float) -> bool:
        """Whether an operator is infinite there by its own, as a quotient at 0 is."""
        values = self._passes(x)[0]
        return any(
            row.status(values[node], constant, [values[arg] for arg in self._tape.graph.args[node]])
            == SINGULAR
            for node, row, constant in self._awkward
        )

    def breaks_between(self, left: float, right: float) -> bool:
        """Whether an operator is awkward at two points next to each other, or between them."""
        tape = self._tape
        ends = [self._passes(x)[0] for x in (left, right)]
        here, there = self.signature(left), self.signature(right)
        if any(key[0] >= 0 and here[key] != there[key] for key in here):
            return True
        for node, row, constant in self._awkward:
            for values in ends:
                arguments = [values[arg] for arg in tape.graph.args[node]]
                if row.status(values[node], constant, arguments) is not None:
                    return True
            one, other = ((v[node], *(tape.slopes(node, v) or ())) for v in ends)
            if any(_far(a or 0.0, b or 0.0) for a, b in zip(one, other, strict=False)):
                return True
        return False


def _depending(tape: Tape, leaf: int) -> bytearray:
    """For each node, whether it depends on that leaf, be it by jumps alone (``floor``)."""
    moving = bytearray(len(tape.graph))
    moving[leaf] = 1
    for node, args in enumerate(tape.graph.args):
        if any(moving[arg] for arg in args):
            moving[node] = 1
    return moving


def _sign(x: float) -> int:
    return 2 if isnan(x) else (x > 0) - (x < 0)


def _far(a: float, b: float) -> bool:
    return not abs(a - b) <= 1e-3 * (abs(a) + abs(b))
