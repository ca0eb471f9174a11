"""A function of one variable over a range: values, slopes, and the points where it is not smooth.

Where it is not smooth is found by :mod:`autograd_cli.reports.awkward`, saturation by comparing
slopes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor, isfinite, isinf, log10, nan
from typing import TYPE_CHECKING, NamedTuple

from autograd_cli.reports.awkward import (
    Along,
    candidates,
    change,
    is_round,
    judged,
    judged_at_end,
)
from autograd_grammar import parse, prelude
from autograd_grammar.parser import library
from autograd_graph import OPERATORS, Tape
from autograd_graph.op import Op

if TYPE_CHECKING:
    from autograd_cli.drawing.glyphs import Glyphs

WORDS = {
    "kink": "kink",
    "jump": "jump",
    "pole": "pole",
    "gap": "undefined",
    "steep": "infinite slope",
}
"""What each kind of place is called."""

NO_VALUE = "no finite value"
"""What is said of a stretch on which a function is undefined or too large."""

_MOST_TOLD = 6
"""So many places of a kind are named."""

NOT_ALL = "a large program: not all was searched for kinks, jumps, poles"
"""What is said where a search ended early."""

CROWDED = "more kinks, jumps or poles than a picture can tell apart: not all are marked"
"""What is said where they are too close together."""

_PLATEAU = 8
"""An overflow about a pole takes no more of a picture than one part of so many."""

_SATURATED = 0.01
_ROOM = 0.04
"""The part of the picture's height that is left free above and below the curves."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point at which the function is not smooth: its kind is one of :data:`WORDS`.

    At a gap the function has no value, but a limit: ``value``. Where it is steep, it is continuous.
    """

    kind: str
    column: int
    at: float
    value: float


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

    def within(self, course: Course) -> tuple[float, float]:
        """Its ends, where it is one of the range that."""
        start = self.start.at if self.start else course.start
        return start, self.end.at if self.end else course.end

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


@dataclass(frozen=True, slots=True)
class Course:
    """A function over a range, at evenly spaced points."""

    expression: str
    start: float
    end: float
    values: tuple[float, ...]
    slopes: tuple[float, ...]
    places: tuple[Place, ...]
    value_breaks: frozenset[int]
    slope_breaks: frozenset[int]
    empty: tuple[Stretch, ...]
    """Where it has no finite value."""
    flat: tuple[tuple[float, float], ...]
    """Ranges at the ends where the slope is nearly 0."""
    steepest: float
    """The largest slope; 0 where there is no such thing."""
    values_grow: bool
    """Whether the function grows without bound somewhere in the range."""
    slopes_grow: bool
    searched: bool
    """Whether all of the range was searched for places; of a very large program a part is."""
    crowded: bool
    """Whether there are more places somewhere than were told apart."""

    @property
    def unsaid(self) -> str:
        """What is to be said of places that are not marked; "" if all are."""
        return NOT_ALL if not self.searched else CROWDED if self.crowded else ""

    @property
    def sound(self) -> bool:
        """Whether the function has a finite value at any of the points."""
        return any(map(isfinite, self.values))

    @property
    def exactly_flat(self) -> bool:
        """Whether the slope is exactly 0 wherever the function is flat."""
        columns = [
            slope
            for slope, x in zip(self.slopes, points(self), strict=True)
            if any(low <= x <= high for low, high in self.flat)
        ]
        return bool(columns) and not any(columns)


def points(course: Course) -> list[float]:
    """The points at which the function was evaluated."""
    return _spaced(course.start, course.end, len(course.values))


def function_course(name: str, columns: int) -> Course:
    """The course of the function of that name at ``columns`` points, other arguments held fixed."""
    expression = expression_of(name)
    start, end = _window_of(name)
    return course(expression, Along(Tape(parse(expression)), {}, "x"), start, end, columns)


def course(expression: str, function: Along, start: float, end: float, columns: int) -> Course:
    """Evaluate a function at ``columns`` points and find where it is not smooth."""
    xs = _spaced(start, end, columns)
    step = (end - start) / (columns - 1)
    values, slopes = zip(*map(function, xs), strict=True)
    steepest = _steepest(slopes)
    known: dict[tuple[float, str], Place] = {}  # points found twice count once
    value_breaks, slope_breaks = set(), set()
    growing = []
    for column, end_, inside in ((0, start, step), (columns - 1, end, -step)):
        kind, value, *grows = judged_at_end(function, end_, inside)
        growing.append((grows[0], grows[1]))
        if kind:
            known[end_, kind] = Place(kind, column, end_, value)
    spans = _spread(values), _spread(slopes)
    for column in range(1, columns):
        if function.exhausted:
            break
        for found in candidates(function, xs[column - 1], xs[column], spans):
            kind, value, *grows = judged(function, found, step, spans[0])
            growing.append((grows[0], grows[1]))
            if not kind or (kind == "jump" and _is_outside(function, found, start, end)):
                continue
            if kind in ("jump", "pole"):
                value_breaks.add(column)
            if kind != "gap":
                slope_breaks.add(column)
            at = _rounded(sum(found) / 2, step)
            known[at, kind] = Place(kind, round((at - start) / step), at, value)
    for column, at in _overflown(function, xs, values):
        value_breaks.add(column)
        slope_breaks.add(column)
        growing.append((True, True))
        known[_rounded(at, step), "pole"] = Place("pole", column, _rounded(at, step), nan)
    places = tuple(known[key] for key in sorted(known))
    empty = tuple(_empty(function, xs, values, places))
    return Course(
        expression=expression,
        start=start,
        end=end,
        values=values,
        slopes=slopes,
        places=places,
        value_breaks=frozenset(value_breaks),
        slope_breaks=frozenset(slope_breaks),
        empty=empty,
        flat=_flat(xs, slopes, steepest, places),
        steepest=steepest,
        values_grow=any(value for value, _ in growing),
        slopes_grow=any(slope for _, slope in growing),
        searched=not function.exhausted,
        crowded=function.crowded,
    )


def _overflown(
    function: Along, xs: Sequence[float], values: Sequence[float]
) -> Iterator[tuple[int, float]]:
    """Poles about which the function overflows, as ``1/x^200``: the middle of where it does."""
    column = 0
    for infinite, run in groupby(map(isinf, values)):
        first, column = column, column + len([*run])
        inside = infinite and first > 0 and column < len(xs)
        if not inside or (column - first) * _PLATEAU > len(xs) or function.exhausted:
            continue
        before = change(lambda x: isinf(function(x)[0]), xs[first - 1], xs[first])
        behind = change(lambda x: isinf(function(x)[0]), xs[column - 1], xs[column])
        at = (before[1] + behind[0]) / 2
        if function.divides_at(at):
            yield first, at


def _empty(
    function: Along, xs: Sequence[float], values: Sequence[float], places: Sequence[Place]
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
        if not short and not _is_a_poles(low, high, xs, values[first:column], places):
            yield Stretch(start, end)


def _border(function: Along, inside: float, outside: float) -> Border:
    """Where it ceases to have finite values between a point that has one and one that has none."""
    if not function.exhausted:
        found = change(lambda x: isfinite(function(x)[0]), *sorted((inside, outside)))
        inside, outside = found if inside < outside else found[::-1]
    closed = is_round(outside)
    return Border(outside if closed else inside, closed, function(inside)[0])


def _is_a_poles(
    low: float, high: float, xs: Sequence[float], values: Sequence[float], places: Sequence[Place]
) -> bool:
    """Whether a stretch is an overflow about a pole, or beside one, which says all of it."""
    if len(values) * _PLATEAU > len(xs) or not all(map(isinf, values)):
        return False
    near = xs[1] - xs[0]
    return any(p.kind == "pole" and low - near < p.at < high + near for p in places)


def _is_outside(function: Along, found: tuple[float, float], start: float, end: float) -> bool:
    """Whether a jump at an end of the range is on the side that is not in the picture."""
    at_end = found[0] <= start or found[1] >= end
    return at_end and function(found[0])[0] == function(found[1])[0]


def expression_of(name: str) -> str:
    """The plotted expression of a function: itself, with all arguments but one held fixed."""
    row = OPERATORS.get(name)
    if row is None:
        return _call(name, len(library()[name].parameters))
    if row.example:
        return row.example
    if row.infix:
        return f"x {row.infix} 0" if len(row.arguments.names) > 1 else f"{row.infix}x"
    count = max(row.arguments.arity[0], 2) if row.arguments.lists else row.arguments.arity[0]
    return _call(row.spelling, count, row.fixed)


def _call(name: str, count: int, fixed: Sequence[int] = ()) -> str:
    """A call with one argument ``x``; arguments that have to be constant, or follow it, are 1."""
    arguments = ["1"] * count
    arguments[next(n for n in range(count) if n not in fixed)] = "x"
    return f"{name}({', '.join(arguments)})"


def _window_of(name: str) -> tuple[float, float]:
    row = OPERATORS.get(name)
    return row.window if row is not None else prelude.windows().get(name, Op.window)


def _rounded(x: float, step: float) -> float:
    """A point found by bisection, without the last digits of the search."""
    return round(x, max(6, 5 - floor(log10(step)))) + 0.0


def _spaced(start: float, end: float, columns: int) -> list[float]:
    """Evenly spaced points, exactly 0 where one is there up to rounding."""
    step = (end - start) / (columns - 1)
    xs = [start + step * n if abs(start + step * n) > step * 1e-9 else 0.0 for n in range(columns)]
    return [*xs[:-1], end]


def _flat(
    xs: Sequence[float], slopes: Sequence[float], steepest: float, places: Sequence[Place]
) -> tuple[tuple[float, float], ...]:
    """The ranges from either end on which the slope is far below the steepest."""
    level = [isfinite(slope) and abs(slope) < _SATURATED * steepest for slope in slopes]
    if steepest == 0.0 or all(level) or any(place.kind == "pole" for place in places):
        return ()
    step = xs[1] - xs[0]

    def end(x: float) -> float:
        near = (place.at for place in places if abs(place.at - x) <= 1.5 * step)
        return next(near, x)

    low, high = level.index(False), level[::-1].index(False)
    ends = [(xs[0], end(xs[low - 1]))] if low > len(xs) // 20 else []
    return tuple(ends + ([(end(xs[-high]), xs[-1])] if high > len(xs) // 20 else []))


def _quantile(numbers: Sequence[float], part: float) -> float:
    ordered = sorted(number for number in numbers if isfinite(number))
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def _spread(numbers: Sequence[float]) -> float:
    """The range of the numbers without the lowest and the highest 4 %."""
    return _quantile(numbers, 0.96) - _quantile(numbers, 0.04)


def _steepest(slopes: Sequence[float]) -> float:
    """The largest slope; 0 if it is at a pole or still growing at an end."""
    sizes = [abs(slope) for slope in slopes]
    if not all(map(isfinite, sizes)):
        return 0.0
    margin = len(sizes) // 20
    largest = max(sizes)
    return largest if largest <= 1.05 * max(sizes[margin : len(sizes) - margin]) else 0.0


def nothing(course: Course, by: str) -> str:
    """What there is to say of a function that has no finite value at any of the points."""
    return (
        f"{course.expression} has no finite value for {by} from {course.start:.6g} "
        f"to {course.end:.6g}"
    )


def remarks(course: Course, by: str, glyphs: Glyphs) -> list[tuple[str, str]]:
    """What there is to say of a course, each with its kind; places of a kind are told together.

    The kind is that of a place; ``empty`` for where there is no finite value, ``unsaid`` for what
    was not searched.
    """
    found = []
    for kind, word in WORDS.items():
        if at := [f"{place.at + 0.0:.6g}" for place in course.places if place.kind == kind]:
            found.append((kind, f"{word} at {by} = {_first(at, ', ', glyphs)}"))
    if course.empty:
        stretches = [stretch.words(by, glyphs) for stretch in course.empty]
        where = _first(stretches, " and " if len(stretches) == 2 else ", ", glyphs)
        found.append(("empty", f"{NO_VALUE} for {where}"))
    if course.unsaid:
        found.append(("unsaid", course.unsaid))
    return found


def _first(texts: Sequence[str], between: str, glyphs: Glyphs) -> str:
    more = f", {glyphs.dots}" if len(texts) > _MOST_TOLD else ""
    return between.join(texts[:_MOST_TOLD]) + more


def limits(course: Course) -> tuple[float, float]:
    """The range of values in which both curves are plotted, with a little room around.

    All of both, except where one grows without bound: near poles; of such a derivative as much as
    does not flatten the function.
    """
    if not course.sound:
        return -1.0, 1.0
    low, high = (_inner if course.values_grow else _all)(course.values)
    low, high = min(low, 0.0), max(high, 0.0)
    slope_low, slope_high = (_inner if course.slopes_grow else _all)(course.slopes)
    if course.slopes_grow:
        room = (high - low) or 1.0
        slope_low, slope_high = max(slope_low, low - 0.5 * room), min(slope_high, high + 0.5 * room)
    low, high = min(low, slope_low), max(high, slope_high)
    if high - low <= 1e-9:
        return low - 1.0, high + 1.0
    room = _ROOM * (high - low)
    return low - room, high + room


def _all(numbers: Sequence[float]) -> tuple[float, float]:
    finite = [number for number in numbers if isfinite(number)]
    return min(finite, default=0.0), max(finite, default=0.0)


def _inner(numbers: Sequence[float]) -> tuple[float, float]:
    finite = [number for number in numbers if isfinite(number)]
    low, high = _quantile(finite, 0.08), _quantile(finite, 0.92)
    room = max(high - low, 1e-3)
    return (
        max(min(finite, default=-1.0), low - 0.75 * room),
        min(max(finite, default=1.0), high + 0.75 * room),
    )
