"""The edges of a map's grid: where a function of two inputs is not continuous, or has a level.

Along each line of the grid the function is one of a single input, and
:mod:`autograd_cli.reports.awkward` says where that breaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import floor, isfinite, log10, nan

from autograd_cli.drawing.contours import Break, Edge, Point, Surface, levels
from autograd_cli.reports.along import MOST_WORK, Along
from autograd_cli.reports.awkward import change, discontinuity, judged, switches
from autograd_graph import Tape

_BESIDE = 1e-6
"""How far beside a break its sides have their values, in parts of an edge."""

_SMALL = 1e-4
"""A jump by less than this part of what the function changes by on an edge is not seen on a map."""

_TALL = 1e3
"""A function that is so many times larger beside a place than at the ends of its edge has a pole.
"""

_DIGITS = 9
"""How exactly a break's place is kept: the same from a row and from a column that meet there."""

_NEAR = 1 / 64
"""How exactly the place of a level is known, in parts of an edge."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row (``way`` 0) or a column (1) of the grid, the other input ``held``."""

    way: int
    number: int
    held: float
    places: Sequence[float]
    values: Sequence[float]

    def edge(self, place: int) -> Edge:
        """The edge that begins at a point of the line."""
        return (self.number, place, 0) if self.way == 0 else (place, self.number, 1)

    def point(self, at: float) -> Point:
        """The point of the map at a place of the line."""
        return (at, self.held) if self.way == 0 else (self.held, at)

    def passed(self, place: int, marks: Sequence[float]) -> list[float]:
        """The levels between the values at the two ends of an edge."""
        one, other = self.values[place], self.values[place + 1]
        if not (isfinite(one) and isfinite(other)):
            return []
        return [mark for mark in marks if (one < mark) != (other < mark)]


def searched(
    surface: Surface, tape: Tape, given: Mapping[str, float], names: Sequence[str]
) -> Surface:
    """The surface of a function of the two inputs of those names, with what is on its edges.

    An edge is searched where an operator of the program passes an awkward point, and where the
    function passes a level of the map.
    """
    marks = levels(surface)
    span = _spread(marks) if marks else 1.0
    breaks: dict[Edge, Break] = {}
    crossings: dict[tuple[Point, Point, float], Point] = {}
    work = MOST_WORK
    for line in _lines(surface):
        held = {**given, names[1 - line.way]: line.held}
        function = Along(tape, held, names[line.way], work, slopes=False)
        for place, (left, right) in enumerate(pairwise(line.places)):
            passed = line.passed(place, marks)
            broken = None if function.smooth else _broken(function, left, right, span, bool(passed))
            if broken is not None:
                x, y = line.point(broken[0])
                at = _rounded(x, surface.xs), _rounded(y, surface.ys)
                breaks[line.edge(place)] = Break(at, *broken[1:])
                continue
            for mark in passed:
                at = line.point(_crossing(function, left, right, mark))
                crossings[line.point(left), line.point(right), mark] = at
        work = function.work
        if function.exhausted:
            return replace(surface, breaks=breaks, crossings=crossings, searched=False)
    return replace(surface, breaks=breaks, crossings=crossings)


def _lines(surface: Surface) -> Iterator[_Line]:
    """The rows of the grid, then its columns."""
    for number, held in enumerate(surface.ys):
        yield _Line(0, number, held, surface.xs, surface.values[number])
    for number, (held, *values) in enumerate(zip(surface.xs, *surface.values, strict=True)):
        yield _Line(1, number, held, surface.ys, values)


def _rounded(x: float, places: Sequence[float]) -> float:
    return round(x, _DIGITS - floor(log10(places[1] - places[0])))


def _broken(
    function: Along, left: float, right: float, span: float, passes: bool
) -> tuple[float, str, float, float] | None:
    """Where and how the function breaks between two points, and its values on the two sides.

    ``span`` is the range of values in the picture. What ``passes`` a level has to be continuous on
    the way. Where it breaks several times, the first place is told, and no values.
    """
    found = sorted(switches(function, left, right))
    if passes and not found:
        found = discontinuity(function, left, right)
    step = right - left
    ends = [function.value(x) for x in (left, right)] if found else []
    broken: tuple[float, str, float, float] | None = None
    for place in found:
        before = function.value(max(place[0] - _BESIDE * step, left))
        behind = function.value(min(place[1] + _BESIDE * step, right))
        near = [before, behind, *map(function.value, place)]
        if _spread(near) <= _SMALL * _spread([*near, *ends]):
            continue
        plain = _is_plain_pole(near, ends)
        kind = "pole" if plain else judged(function, place, step, span).kind
        if kind not in ("jump", "pole"):
            kind = "border" if isfinite(before) != isfinite(behind) else ""
        at = sum(place) / 2
        if broken is None and kind:
            unknown = kind == "pole"
            broken = (at, kind, nan, nan) if unknown else (at, kind, before, behind)
        elif kind and broken is not None and at - broken[0] > _BESIDE * step:
            broken = (*broken[:2], nan, nan)
    return broken


def _is_plain_pole(near: Sequence[float], ends: Sequence[float]) -> bool:
    """Whether a place has no finite value and the function is very much larger beside it."""
    sizes = [abs(value) for value in near if isfinite(value)]
    far = max((abs(value) for value in ends if isfinite(value)), default=nan)
    return len(sizes) < len(near) and max(sizes, default=0.0) > _TALL * far


def _spread(values: Sequence[float]) -> float:
    """The difference of the largest and the least; nan where one is not finite."""
    return max(values) - min(values) if all(map(isfinite, values)) else nan


def _crossing(function: Along, left: float, right: float, level: float) -> float:
    """Where a continuous function has a level: where a straight line does, if that is near."""
    one, other = function.value(left) - level, function.value(right) - level
    at = left + one / (one - other) * (right - left)
    below = one < 0
    near = [min(max(at + side * _NEAR * (right - left), left), right) for side in (-1.0, 1.0)]
    if (function.value(near[0]) < level) == below != (function.value(near[1]) < level):
        return at
    return sum(change(lambda x: function.value(x) < level, left, right, _NEAR)) / 2
