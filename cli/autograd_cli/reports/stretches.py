"""Where a function of one variable has no finite value, over more than a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import isfinite, isinf
from typing import TYPE_CHECKING, NamedTuple

from autograd_cli.reports.along import Along
from autograd_cli.reports.awkward import change, is_round

if TYPE_CHECKING:
    from autograd_cli.drawing.glyphs import Glyphs

NO_VALUE = "no finite value"
"""What is said of a stretch on which a function is undefined or too large."""

PLATEAU = 8
"""An overflow about a pole takes no more of a picture than one part of so many."""


class Border(NamedTuple):
    """An end of a stretch; ``closed`` where it belongs to it.

    ``value`` is that of the function at the last point outside of the stretch.
    """

    at: float
    closed: bool
    value: float


class Stretch(NamedTuple):
    """A part of the range, longer than a point, on which the function has no finite value.

    An end that is ``None`` is one of the range: what lies beyond is not in the picture.
    """

    start: Border | None
    end: Border | None

    def within(self, start: float, end: float) -> tuple[float, float]:
        """Its two ends in a range from ``start`` to ``end``."""
        return self.start.at if self.start else start, self.end.at if self.end else end

    def holds(self, x: float) -> bool:
        """Whether a point that is no end of it lies in it."""
        after = self.start is None or self.start.at < x
        return after and (self.end is None or x < self.end.at)

    def words(self, by: str, glyphs: Glyphs) -> str:
        """The part as an inequality."""
        sign = glyphs.at_most if self.end and self.end.closed else "<"
        below = f"{by} {sign} {_short(self.end)}" if self.end else by
        if self.start is None:
            return below
        if self.end is None:
            return f"{by} {glyphs.at_least if self.start.closed else '>'} {_short(self.start)}"
        return f"{_short(self.start)} {glyphs.at_most if self.start.closed else '<'} {below}"


def _short(border: Border) -> str:
    return f"{border.at + 0.0:.6g}"


def empty(
    function: Along, xs: Sequence[float], values: Sequence[float], poles: Sequence[float]
) -> Iterator[Stretch]:
    """Where there is no finite value, unless that is everywhere."""
    column = 0
    for finite, run in groupby(map(isfinite, values)):
        first, column = column, column + len([*run])
        if finite or column - first == len(xs):
            continue
        start = None if first == 0 else _border(function, xs[first - 1], xs[first])
        end = None if column == len(xs) else _border(function, xs[column], xs[column - 1])
        low, high = start.at if start else xs[0], end.at if end else xs[-1]
        short = high - low <= 1e-6 * (xs[1] - xs[0])
        if not short and not _is_a_poles(low, high, xs, values[first:column], poles):
            yield Stretch(start, end)


def _border(function: Along, inside: float, outside: float) -> Border:
    """Where it ceases to have finite values between a point that has one and one that has none."""
    if not function.exhausted:
        found = change(lambda x: isfinite(function.value(x)), *sorted((inside, outside)))
        inside, outside = found if inside < outside else found[::-1]
    closed = is_round(outside)
    return Border(outside if closed else inside, closed, function.value(inside))


def _is_a_poles(
    low: float, high: float, xs: Sequence[float], values: Sequence[float], poles: Sequence[float]
) -> bool:
    """Whether a stretch is an overflow about a pole, or beside one, which says all of it."""
    if len(values) * PLATEAU > len(xs) or not all(map(isinf, values)):
        return False
    near = xs[1] - xs[0]
    return any(low - near < pole < high + near for pole in poles)
