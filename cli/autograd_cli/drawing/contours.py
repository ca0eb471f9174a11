"""Contours of a function of two variables: levels, and the lines on which it has them.

Written for this project, as a plot has to come without NumPy and to stop where a function is not
defined: a square of the grid with a corner that is not a number has no line in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from math import floor, isfinite, log10
from sys import float_info
from typing import NamedTuple

LEVELS = 10

_FEW = 4
"""Fewer levels than this do not show a function's course."""

_NOISE = 1e-14
"""A function that changes by less than this part of itself is constant but for rounding."""

Point = tuple[float, float]

Edge = tuple[int, int, int]
"""An edge of the grid: the row and the column at which it begins; 0 across, 1 up."""


Vertex = tuple[float, float, float]
"""A point and the value there."""


class Break(NamedTuple):
    """Where the function is not continuous on an edge, and its values on the two sides.

    ``kind`` is ``jump``, ``pole``, or ``border`` where it ceases to have finite values.
    """

    at: Point
    kind: str
    before: float
    behind: float


@dataclass(frozen=True, slots=True)
class Surface:
    """Values over a grid: ``values[row][column]``, rows from the lowest ``y`` up.

    ``crossings`` are the points of edges, each given by its ends, at which the function has a
    level, where a straight line will not do. ``searched``: whether all edges were looked at.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    breaks: Mapping[Edge, Break] = field(default_factory=dict)
    crossings: Mapping[tuple[Point, Point, float], Point] = field(default_factory=dict)
    searched: bool = True

    def squares(self) -> Iterator[tuple[int, int]]:
        """The squares of the grid, each by the row and the column of its lower left corner."""
        return product(range(len(self.ys) - 1), range(len(self.xs) - 1))

    def kinds(self) -> list[str]:
        """What there is of jumps and poles."""
        found = {each.kind for each in self.breaks.values()}
        return [kind for kind in ("jump", "pole") if kind in found]

    def without_contours(self) -> str:
        """What there is to say of a map on which no level has a line."""
        found = {value for row in self.values for value in row if isfinite(value)}
        if not found:
            return "has no finite value here"
        if len(found) == 1:
            return "is the same everywhere"
        return "changes by jumps alone" if self.kinds() else "has no contours here"

    def holds(self, square: tuple[int, int]) -> bool:
        """Whether it is a square of the grid."""
        return 0 <= square[0] < len(self.ys) - 1 and 0 <= square[1] < len(self.xs) - 1

    def is_void(self, square: tuple[int, int]) -> bool:
        """Whether no corner of a square has a finite value; one outside of the grid is none."""
        if not self.holds(square):
            return False
        row, column = square
        near = (*self.values[row][column : column + 2], *self.values[row + 1][column : column + 2])
        return not any(map(isfinite, near))

    def square_at(self, across: float, up: float) -> tuple[int, int]:
        """The square at a place, by fractions of the width and of the height."""
        return (
            min(int(up * (len(self.ys) - 1)), len(self.ys) - 2),
            min(int(across * (len(self.xs) - 1)), len(self.xs) - 2),
        )


def levels(surface: Surface) -> list[float]:
    """Levels that part the area about evenly, rounded to numbers that are short to write.

    Where that makes few, as of a function that is flat but for a cliff, those between are apart by
    the same difference.
    """
    found = sorted(value for row in surface.values for value in row if isfinite(value))
    if not found or found[-1] - found[0] <= _NOISE * max(map(abs, (found[0], found[-1]))):
        return []
    low, high = found[0], found[-1]
    shares = [(n + 0.5) / LEVELS for n in range(LEVELS)]
    even = {_short(found[int(share * len(found))], high - low) for share in shares}
    inside = sorted(level for level in even if low < level < high)
    if len(inside) < _FEW:
        spaced = {_short(low * (1 - share) + high * share, high - low) for share in shares}
        inside = sorted(level for level in {*inside, *spaced} if low < level < high)
    return inside


def _short(value: float, span: float) -> float:
    """A number near ``value``: with two digits, or where the span asks for it, three or more."""
    if value == 0.0:
        return 0.0
    digits = 1 - floor(log10(abs(value)))
    needed = 2 - floor(log10(min(span, float_info.max)))
    return round(value, min(max(digits, needed), 300))


class Contour(NamedTuple):
    """The lines of a level."""

    level: float
    strands: list[list[Point]]


def contours(surface: Surface) -> list[Contour]:
    """The lines of all levels that have some, from the lowest."""
    parts = _continuous(surface)
    found = (Contour(level, _strands(_lines(surface, parts, level))) for level in levels(surface))
    return [contour for contour in found if contour.strands]


def lines(surface: Surface, level: float) -> list[tuple[Point, Point]]:
    """The pieces of the lines of a level, by the marching squares of the grid."""
    return _lines(surface, _continuous(surface), level)


def strands(surface: Surface, level: float) -> list[list[Point]]:
    """The lines of a level in as few pieces as they are: each from end to end, or closed."""
    return _strands(lines(surface, level))


def _continuous(surface: Surface) -> list[tuple[float, float, list[Vertex]]]:
    """The parts of squares in which there can be lines, each with its least and largest value."""
    found = []
    for row, column in surface.squares():
        for part in _parts(surface, row, column):
            values = [value for *_, value in part]
            if all(map(isfinite, values)):
                found.append((min(values), max(values), part))
    return found


def _lines(
    surface: Surface, parts: Iterable[tuple[float, float, list[Vertex]]], level: float
) -> list[tuple[Point, Point]]:
    crossed = (part for low, high, part in parts if low < level <= high)
    return [line for part in crossed for line in _within(surface, part, level)]


def _strands(pieces: Iterable[tuple[Point, Point]]) -> list[list[Point]]:
    beside: dict[Point, list[Point]] = {}
    for one, other in pieces:
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


def _parts(surface: Surface, row: int, column: int) -> list[list[Vertex]]:
    """The parts of a square in which the function is continuous, with the values on their sides.

    What breaks at two places is cut in two between them; none if it breaks in another way.
    """
    corners = [
        (surface.xs[column + i], surface.ys[row + j], surface.values[row + j][column + i])
        for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    broken = [surface.breaks.get(edge) for edge in _edges(row, column)]
    at = [n for n, found in enumerate(broken) if found]
    if not at:
        return [corners]
    if len(at) != 2:
        return []
    first, second = at
    (start, into), (out, end) = (_sides(broken[n], n) for n in at)
    return [
        [into, *corners[first + 1 : second + 1], out],
        [end, *corners[second + 1 :], *corners[: first + 1], start],
    ]


def _sides(found: Break | None, edge: int) -> tuple[Vertex, Vertex]:
    """The two sides of a break in the order in which one goes around the square."""
    assert found is not None
    one, other = (*found.at, found.before), (*found.at, found.behind)
    return (one, other) if edge < 2 else (other, one)


def _within(surface: Surface, part: Sequence[Vertex], level: float) -> list[tuple[Point, Point]]:
    """The pieces of a level's lines in a square or in a part of one."""
    crossings = []
    for one, other in zip(part, [*part[1:], part[0]], strict=True):
        (x1, y1, v1), (x2, y2, v2) = sorted((one, other))  # the same from either square
        if (v1 < level) != (v2 < level):
            share = (level - v1) / (v2 - v1)
            straight = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
            crossings.append(surface.crossings.get(((x1, y1), (x2, y2), level), straight))
    if len(crossings) == 4:  # a saddle: what its middle is like says which corners are joined
        middle = sum(value / len(part) for *_, value in part)
        if (middle < level) != (part[0][2] < level):
            crossings = [crossings[-1], *crossings[:-1]]
    pieces = zip(crossings[::2], crossings[1::2], strict=True)
    return [(start, end) for start, end in pieces if start != end]


def voids(surface: Surface) -> list[list[Point]]:
    """The outlines of where the function has no finite value: squares, and what is beside them."""
    return [
        [(x, y) for x, y, _ in part]
        for row, column in surface.squares()
        if any(map(surface.is_void, _around(row, column)))
        for part in _parts(surface, row, column)
        if _has_none(part)
    ]


def _around(row: int, column: int) -> list[tuple[int, int]]:
    """A square and those that touch it."""
    return [(row + up, column + across) for up, across in product((-1, 0, 1), repeat=2)]


def _has_none(part: Sequence[Vertex]) -> bool:
    return not any(isfinite(value) for *_, value in part)


def _edges(row: int, column: int) -> list[Edge]:
    """The edges of a square: below, to the right, above, to the left."""
    return [(row, column, 0), (row, column + 1, 1), (row + 1, column, 0), (row, column, 1)]


def seams(surface: Surface, kind: str) -> list[list[Point]]:
    """The lines along which the function jumps or has a pole, in as few pieces as they are."""
    squares = {
        square
        for row, column, way in surface.breaks
        for square in ((row, column), (row - (1 - way), column - way))
        if surface.holds(square)
    }
    pieces = [piece for square in squares for piece in _across(surface, *square, kind)]
    return _strands({(min(one, other), max(one, other)) for one, other in pieces if one != other})


def _across(surface: Surface, row: int, column: int, kind: str) -> list[tuple[Point, Point]]:
    """The pieces of such lines in a square: between opposite sides, or else around a corner."""
    found = [surface.breaks.get(edge) for edge in _edges(row, column)]
    below, right, above, left = (each.at if each and each.kind == kind else None for each in found)
    straight = [(a, b) for a, b in ((below, above), (left, right)) if a and b]
    if straight:
        return straight
    crossing = any(map(_has_none, _parts(surface, row, column)))
    if crossing and not any(map(surface.is_void, _around(row, column))):
        return []  # two lines meet at the corner, and on both of them it has no finite value
    return [*pairwise(at for at in (below, right, above, left) if at)]
