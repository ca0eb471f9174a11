"""Contours of a function of two variables: levels, and the lines on which it has them.

Written for this project, as a plot has to come without NumPy and to stop where a function is not
defined: a square of the grid with a corner that is not a number has no line in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10

LEVELS = 10

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Surface:
    """Values over a grid: ``values[row][column]``, rows from the lowest ``y`` up."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]

    def at(self, across: float, up: float) -> float:
        """The value at a place, by fractions of the width and of the height, between the grid's."""
        x, y = across * (len(self.xs) - 1), up * (len(self.ys) - 1)
        column, row = min(int(x), len(self.xs) - 2), min(int(y), len(self.ys) - 2)
        s, t = x - column, y - row
        low, high = self.values[row], self.values[row + 1]
        return (1 - t) * ((1 - s) * low[column] + s * low[column + 1]) + t * (
            (1 - s) * high[column] + s * high[column + 1]
        )


def levels(surface: Surface) -> list[float]:
    """Levels that part the area about evenly, rounded to numbers that are short to write."""
    found = sorted(value for row in surface.values for value in row if isfinite(value))
    if not found or found[0] == found[-1]:
        return []
    rounded: dict[float, None] = {}
    for n in range(LEVELS):
        value = found[min(int((n + 0.5) / LEVELS * len(found)), len(found) - 1)]
        rounded[_short(value, found[-1] - found[0])] = None
    return [level for level in sorted(rounded) if found[0] < level < found[-1]]


def _short(value: float, span: float) -> float:
    """A number near ``value``: with two digits, or where the span asks for it, three or more."""
    if value == 0.0:
        return 0.0
    digits = 1 - floor(log10(abs(value)))
    needed = 2 - floor(log10(span)) if span else digits
    return round(value, min(max(digits, needed), 300))


def lines(surface: Surface, level: float) -> list[tuple[Point, Point]]:
    """The pieces of the lines of a level, by the marching squares of the grid."""
    found: list[tuple[Point, Point]] = []
    for row in range(len(surface.ys) - 1):
        for column in range(len(surface.xs) - 1):
            found += _within(surface, row, column, level)
    return found


def strands(surface: Surface, level: float) -> list[list[Point]]:
    """The lines of a level in as few pieces as they are: each from end to end, or closed."""
    beside: dict[Point, list[Point]] = {}
    for one, other in lines(surface, level):
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    ends = [point for point, near in beside.items() if len(near) % 2]
    found = []
    for start in (*ends, *beside):
        strand = [start]
        while beside[strand[-1]]:
            here = strand[-1]
            following = beside[here].pop()
            beside[following].remove(here)
            strand.append(following)
        if len(strand) > 1:
            found.append(strand)
    return found


def _within(surface: Surface, row: int, column: int, level: float) -> list[tuple[Point, Point]]:
    corners = [
        (surface.xs[column + i], surface.ys[row + j], surface.values[row + j][column + i])
        for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    if not all(isfinite(value) for *_, value in corners):
        return []
    crossings = []
    for one, other in zip(corners, [*corners[1:], corners[0]], strict=True):
        (x1, y1, v1), (x2, y2, v2) = sorted((one, other))  # the same from either square
        if (v1 < level) != (v2 < level):
            part = (level - v1) / (v2 - v1)
            crossings.append((x1 + part * (x2 - x1), y1 + part * (y2 - y1)))
    if len(crossings) == 4:  # a saddle: what its middle is like says which corners are joined
        middle = sum(value for *_, value in corners) / 4
        if (middle < level) == (corners[0][2] < level):
            crossings = [crossings[n] for n in (0, 1, 2, 3)]
        else:
            crossings = [crossings[n] for n in (3, 0, 1, 2)]
    pieces = zip(crossings[::2], crossings[1::2], strict=True)
    return [(start, end) for start, end in pieces if start != end]


def band(value: float, of: Sequence[float]) -> int:
    """Between which levels a value lies: 0 below all; -1 for one that is not a number."""
    return sum(value >= level for level in of) if isfinite(value) else -1
