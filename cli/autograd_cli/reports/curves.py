"""A function of one variable over a range: values, slopes, and the points where it is not smooth.

Everything is computed from values and slopes: jumps, poles and kinks are found by bisection,
saturation by comparing slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan, nan

from autograd_grammar import parse, prelude
from autograd_grammar.parser import library
from autograd_graph import OPERATORS, Tape, forward, reverse
from autograd_graph.op import Op

_HALVINGS = 40
_SATURATED = 0.01

Slope = Callable[[float], tuple[float, float]]
"""Returns the value and the slope at a point."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point at which the function is not smooth: ``kink``, ``jump`` or ``pole``."""

    kind: str
    column: int
    at: float
    value: float


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
    flat: tuple[tuple[float, float], ...]
    """Ranges at the ends where the slope is nearly 0."""
    steepest: float
    """The largest slope; 0 where there is no such thing."""

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
    return course(expression, along(Tape(parse(expression)), {}, "x"), start, end, columns)


def along(tape: Tape, given: Mapping[str, float], name: str) -> Slope:
    """A program as a function of one of its inputs, the others held at the ``given`` values."""
    node = tape.graph.inputs[name]

    def function(x: float) -> tuple[float, float]:
        values = forward(tape, {**given, name: x})
        value = values[tape.output]
        slope = reverse(tape, values)[node]
        return value, nan if isnan(value) else slope or 0.0

    return function


def course(expression: str, function: Slope, start: float, end: float, columns: int) -> Course:
    """Evaluate a function at ``columns`` points and find where it is not smooth."""
    xs = _spaced(start, end, columns)
    values, slopes = zip(*map(function, xs), strict=True)
    steepest = _steepest(slopes)
    places: list[Place] = []
    value_breaks, slope_breaks = set(), set()
    span = _spread(values), _spread(slopes)
    places += [
        Place("pole", column, _rounded(xs[column]), nan)
        for column in range(1, columns - 1)
        if not isfinite(values[column]) and isfinite(values[column - 1] + values[column + 1])
    ]
    for column in range(1, columns):
        left, right = xs[column - 1], xs[column]
        value_at = _break(lambda x: function(x)[0], left, right, span[0])
        slope_at = _break(lambda x: function(x)[1], left, right, span[1])
        if value_at is not None:
            value_breaks.add(column)
            slope_breaks.add(column)
            kind = "pole" if _is_unbounded(function, value_at, span[0]) else "jump"
            at = _rounded(sum(value_at) / 2)
            places.append(Place(kind, column, at, values[column]))
        elif slope_at is not None:
            slope_breaks.add(column)
            at = _rounded(sum(slope_at) / 2)
            kind = "pole" if _is_unbounded(function, slope_at, span[0]) else "kink"
            places.append(Place(kind, column, at, function(at)[0]))
    known = {(place.at, place.kind): place for place in places}  # points found twice count once
    return Course(
        expression=expression,
        start=start,
        end=end,
        values=values,
        slopes=slopes,
        places=tuple(known[key] for key in sorted(known)),
        value_breaks=frozenset(value_breaks),
        slope_breaks=frozenset(slope_breaks),
        flat=_flat(xs, slopes, steepest, places),
        steepest=steepest,
    )


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


def _is_unbounded(function: Slope, gap: tuple[float, float], span: float) -> bool:
    """Whether the function is unbounded on one side of a gap."""
    return not max(abs(function(x)[0]) for x in gap) < 1e6 * max(span, 1.0)


def _rounded(x: float) -> float:
    """A point found by bisection, without the last digits of the search."""
    return round(x, 6) + 0.0


def _spaced(start: float, end: float, columns: int) -> list[float]:
    """Evenly spaced points, exactly 0 where one is there up to rounding."""
    step = (end - start) / (columns - 1)
    xs = [start + step * n if abs(start + step * n) > step * 1e-9 else 0.0 for n in range(columns)]
    return [*xs[:-1], end]


def _break(
    f: Callable[[float], float], left: float, right: float, span: float
) -> tuple[float, float] | None:
    """Bisect for a gap between two points; ``None`` if the function is continuous.

    Each step keeps the half with the larger difference. Where the function is continuous, the
    difference shrinks to nothing; at a jump it stays, and at a pole it grows.
    """
    at_left, at_right = f(left), f(right)
    if not (isfinite(at_left) and isfinite(at_right)):
        return None
    gap = abs(at_right - at_left)
    if gap <= 0.02 * span or gap == 0.0:
        return None
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        at_middle = f(middle)
        if isnan(at_middle):
            return None
        if not isfinite(at_middle) or middle in (left, right):
            return middle, middle
        if abs(at_middle - at_left) >= abs(at_right - at_middle):
            right, at_right = middle, at_middle
        else:
            left, at_left = middle, at_middle
    return (left, right) if abs(at_right - at_left) > 0.25 * gap else None


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


def limits(course: Course) -> tuple[float, float]:
    """The range of values in which both curves are plotted.

    All of the function except near poles; of the derivative as much as does not flatten the
    function.
    """
    low, high = _inner(course.values)
    low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low) or 1.0
    slope_low, slope_high = _inner(course.slopes)
    low = min(low, max(slope_low, low - 0.5 * room))
    high = max(high, min(slope_high, high + 0.5 * room))
    return (low, high) if high - low > 1e-9 else (low - 1.0, high + 1.0)


def _inner(numbers: Sequence[float]) -> tuple[float, float]:
    finite = [number for number in numbers if isfinite(number)]
    low, high = _quantile(finite, 0.08), _quantile(finite, 0.92)
    room = max(high - low, 1e-3)
    return (
        max(min(finite, default=-1.0), low - 0.75 * room),
        min(max(finite, default=1.0), high + 0.75 * room),
    )
