"""A program as a function of one of its inputs, with bounds on the rounding of what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite, isnan, nan
from sys import float_info
from typing import NamedTuple, TypeVar

from autograd_graph import Tape, forward, reverse
from autograd_graph.status import SINGULAR
from autograd_graph.steps.cancelling import path_sizes

_SLACK = 16.0
"""How many times the first-order estimate of rounding is taken as its bound."""

MOST_WORK = 6_000_000
"""So many nodes are evaluated in search of places, in passes and for bounds on their rounding; then
what was found is all that is told."""

_KEPT = 4
"""Of how many points both passes are kept."""


Kept = TypeVar("Kept")


class Sample(NamedTuple):
    """Value and slope at a point, and bounds on the rounding of both."""

    value: float
    slope: float
    value_error: float
    slope_error: float


class Along:
    """A program as a function of one of its inputs, the others held at the ``given`` values.

    ``slopes``: whether a place at which the slope alone ceases to be finite is one to look at.
    """

    def __init__(
        self,
        tape: Tape,
        given: Mapping[str, float],
        name: str,
        work: int = MOST_WORK,
        *,
        slopes: bool = True,
    ) -> None:
        self._tape, self._given, self._name, self._slopes = tape, given, name, slopes
        self._node = tape.graph.inputs[name]
        self._kept: dict[float, Sequence[float]] = {}
        self._backwards: dict[float, Sequence[float | None]] = {}
        self._operators = list(reversed(tape.operators))
        works = [tape.graph.ops[node].work for node in tape.operators]
        self._costs = tuple(len(tape.graph) + sum(each[n] - 1 for each in works) for n in (0, 1))
        self.work = work
        """How much of the work that it may take is left, in nodes of a pass."""
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

    def _values(self, x: float) -> Sequence[float]:
        """The values at a point; a search asks for the same ones many times."""
        found = self._kept.get(x)
        if found is None:
            found = forward(self._tape, {**self._given, self._name: x})
            _keep(self._kept, x, found)
            self.work -= self._costs[0]
        return found

    def _adjoints(self, x: float) -> Sequence[float | None]:
        """The adjoints at a point."""
        found = self._backwards.get(x)
        if found is None:
            found = reverse(self._tape, self._values(x))
            _keep(self._backwards, x, found)
            self.work -= self._costs[1]
        return found

    @property
    def exhausted(self) -> bool:
        """Whether a search has taken as much work as it may."""
        return self.work < 0

    def value(self, x: float) -> float:
        """The value at a point."""
        return self._values(x)[self._tape.output]

    def slope(self, x: float) -> float:
        """The slope at a point; nan where it has no value."""
        return nan if isnan(self.value(x)) else self._adjoints(x)[self._node] or 0.0

    def __call__(self, x: float) -> tuple[float, float]:
        """The value and the slope at a point."""
        return self.value(x), self.slope(x)

    def sample(self, x: float) -> Sample:
        """Value and slope with first-order bounds on their rounding.

        Each step rounds its value once, and the adjoint says what becomes of that; the slope is a
        sum over paths, and rounding is of the size of the sum of their absolute values. What the
        value does not depend on, as a branch that is not taken, may be nan.
        """
        tape = self._tape
        values, adjoints = self._values(x), self._adjoints(x)
        value, slope = self(x)
        unit = _SLACK * float_info.epsilon
        self.work -= self._costs[1]
        if not isfinite(value):
            return Sample(value, slope, inf, inf)
        if not isfinite(slope):
            return Sample(value, slope, unit * abs(value), inf)
        flowing = ((values[node], adjoints[node]) for node in self._operators)
        lost = sum(abs(number * adjoint) for number, adjoint in flowing if adjoint)
        size = path_sizes(tape, values).get(self._node, 0.0)
        return Sample(value, slope, unit * lost, unit * size)

    def signature(self, x: float) -> dict[tuple[int, int], object]:
        """What of each awkward operator changes at its awkward points, by node and number.

        The value of one that rounds; which side of a comparison is larger; what a choice chooses;
        else the signs of its arguments and its value. By -1, whether the value is finite
        and, where ``slopes`` are asked for, the slope.
        """
        tape = self._tape
        values = self._values(x)
        found: dict[tuple[int, int], object] = {(-1, 0): isfinite(values[tape.output])}
        if self._slopes:
            found[-1, 1] = isfinite(self._adjoints(x)[self._node] or 0.0)
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
        values = self._values(x)
        return any(
            row.status(values[node], constant, [values[arg] for arg in self._tape.graph.args[node]])
            == SINGULAR
            for node, row, constant in self._awkward
        )

    def breaks_between(self, left: float, right: float) -> bool:
        """Whether an operator is awkward at two points next to each other, or between them."""
        tape = self._tape
        ends = [self._values(x) for x in (left, right)]
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


def _keep(kept: dict[float, Kept], x: float, found: Kept) -> None:
    """Keep what was found at a point in place of what was found first."""
    if len(kept) >= _KEPT:
        kept.pop(next(iter(kept)))
    kept[x] = found


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
