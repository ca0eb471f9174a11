"""A function of one variable over a range: values, slopes, and the points where it is not smooth.

Where it is not smooth is found by :mod:`autograd_cli.reports.awkward`, saturation by comparing
slopes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from math import isfinite, isinf, isnan, nan
from typing import TYPE_CHECKING

from autograd_cli.reports.along import Along
from autograd_cli.reports.awkward import candidates, change, judged, judged_at_end, rounded
from autograd_cli.reports.limits import spread
from autograd_cli.reports.stretches import NO_VALUE, PLATEAU, Stretch, empty
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

_BESIDE, _FAR = 1e-3, 1e300
"""How far beside a pole its sides are, in parts of the distance of points, and how large at most.
"""

_FINER = 65
"""At so many points a peak is looked at."""

_FEW = 8
"""At about so many points rounding is looked at."""

_MOST_TOLD = 6
"""So many places of a kind are named."""

NOT_ALL = "a large program: not all was searched for kinks, jumps, poles"
"""What is said where a search ended early."""

CROWDED = "more kinks, jumps or poles than a picture can tell apart: not all are marked"
"""What is said where they are too close together."""

_SATURATED = 0.01


@dataclass(frozen=True, slots=True)
class Place:
    """A point at which the function is not smooth: its kind is one of :data:`WORDS`.

    At a gap the function has no value; ``value`` is its limit, nan where it has none. Where it is
    steep, it is continuous.
    ``sides`` are values next to a pole, nan on a side without any.
    """

    kind: str
    column: int
    at: float
    value: float
    sides: tuple[float, float] = (nan, nan)


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
    noise: float
    """How much of the values and slopes is rounding, at most."""
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
    spans = spread(values), spread(slopes)
    for column in range(1, columns):
        if function.exhausted:
            break
        for found in _candidates(function, xs, values, column, spans):
            kind, value, *grows = judged(function, found, step, spans[0])
            growing.append((grows[0], grows[1]))
            if not kind or (kind == "jump" and _is_outside(function, found, start, end)):
                continue
            if kind in ("jump", "pole"):
                value_breaks.add(column)
            if kind != "gap":
                slope_breaks.add(column)
            at = rounded(sum(found) / 2, step)
            known[at, kind] = Place(kind, round((at - start) / step), at, value)
    for column, at in _overflown(function, xs, values):
        value_breaks.add(column)
        slope_breaks.add(column)
        growing.append((True, True))
        known[rounded(at, step), "pole"] = Place("pole", column, rounded(at, step), nan)
    places = tuple(_with_sides(known[key], function, step) for key in sorted(known))
    without = tuple(
        empty(function, xs, values, [place.at for place in places if place.kind == "pole"])
    )
    return Course(
        expression=expression,
        start=start,
        end=end,
        values=values,
        slopes=slopes,
        places=places,
        value_breaks=frozenset(value_breaks),
        slope_breaks=frozenset(slope_breaks),
        empty=without,
        flat=_flat(xs, slopes, steepest, places),
        steepest=steepest,
        noise=_noise(function, xs),
        values_grow=any(value for value, _ in growing),
        slopes_grow=any(slope for _, slope in growing),
        searched=not function.exhausted,
        crowded=function.crowded,
    )


def _candidates(
    function: Along,
    xs: Sequence[float],
    values: Sequence[float],
    column: int,
    spans: tuple[float, float],
) -> Iterator[tuple[float, float]]:
    """Candidates before a point; where the curve peaks in between, there may be poles side by side.

    An even number of them changes no sign from one point to the next.
    """
    places = [xs[column - 1], xs[column]]
    before, left, right, behind = (
        abs(values[n]) if 0 <= n < len(values) else 0.0 for n in range(column - 2, column + 2)
    )
    if left > before and right > behind and min(left, right) > spans[0]:
        places = _spaced(places[0], places[1], _FINER)
    for pair in pairwise(places):
        yield from candidates(function, pair[0], pair[1], spans)


def _with_sides(place: Place, function: Along, step: float) -> Place:
    """A pole with the values on its two sides, within what a picture can tell from infinity."""
    if place.kind != "pole":
        return place
    near = (function.value(place.at + side * _BESIDE * step) for side in (-1.0, 1.0))
    before, behind = (max(-_FAR, min(value, _FAR)) if not isnan(value) else nan for value in near)
    return replace(place, sides=(before, behind))


def _noise(function: Along, xs: Sequence[float]) -> float:
    """The largest bound on the rounding of value and slope at a few of the points."""
    few = (function.sample(x) for x in xs[:: max(len(xs) // _FEW, 1)])
    errors = [error for sample in few for error in (sample.value_error, sample.slope_error)]
    return max(filter(isfinite, errors), default=0.0)


def _overflown(
    function: Along, xs: Sequence[float], values: Sequence[float]
) -> Iterator[tuple[int, float]]:
    """Poles about which the function overflows, as ``1/x^200``: the middle of where it does."""
    column = 0
    for infinite, run in groupby(map(isinf, values)):
        first, column = column, column + len([*run])
        inside = infinite and first > 0 and column < len(xs)
        if not inside or (column - first) * PLATEAU > len(xs) or function.exhausted:
            continue
        before = change(lambda x: isinf(function.value(x)), xs[first - 1], xs[first])
        behind = change(lambda x: isinf(function.value(x)), xs[column - 1], xs[column])
        at = (before[1] + behind[0]) / 2
        if function.divides_at(at):
            yield first, at


def _is_outside(function: Along, found: tuple[float, float], start: float, end: float) -> bool:
    """Whether a jump at an end of the range is on the side that is not in the picture."""
    at_end = found[0] <= start or found[1] >= end
    return at_end and function.value(found[0]) == function.value(found[1])


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
