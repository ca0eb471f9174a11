"""Where a function of one variable is not smooth, told from rounding.

A place is a candidate where an operator of the program is awkward (a choice falls the other way, a
whole number is passed, an argument changes its sign), where the function stops being finite, or
where a difference of values or of slopes does not shrink by bisection. What it is, is read from
values and slopes on both sides that come nearer and nearer: each limit has a bound on its error
from the last differences and from the rounding of the program there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import floor, inf, isfinite, isinf, isnan, log10, nan, ulp
from typing import NamedTuple

from autograd_cli.reports.along import Along, Sample

_HALVINGS = 60
_NEARER = 8.0
"""By which factor each sample of a side is nearer than the one before."""

_SAMPLES, _FEWEST = 13, 8
_GROWING = 5
"""So many last differences of a side do not shrink where it grows without bound."""


_SHRUNK = 1 / 64
"""A difference that a bisection has made that much smaller is that of a continuous function."""

_CROWD = 8
"""So many changes of one operator are told apart between two points of a picture."""

_VAGUE = 0.01
"""A limit that is known to no more than this part of what the function changes by is none."""

_APART = 4
"""A place with few digits is meant where a search ends so many units in the last place from it."""

_SMALLEST, _LARGEST = 1e-300, 1e300
"""Beyond the one a function is about to overflow, which is no pole; the other part of what a
function changes by is 0: what an overflow in a denominator leaves out is no jump."""


class Side(NamedTuple):
    """A limit from one side with a bound on its error; ``grows`` where there is none."""

    limit: float
    error: float
    grows: bool


class Verdict(NamedTuple):
    """What a place is and what grows there.

    ``kind`` is ``kink``, ``jump``, ``pole``, ``gap`` (no value at that point alone; ``value`` is
    the limit, nan where there is none), ``steep`` (continuous, with an infinite slope on a side),
    or nothing.
    """

    kind: str
    value: float
    value_grows: bool
    slope_grows: bool


def _middle(left: float, right: float) -> float:
    """The point to bisect at; 0 itself is met, near which bisection would not end."""
    return 0.0 if left < 0.0 < right else (left + right) / 2


def candidates(
    function: Along, left: float, right: float, spans: tuple[float, float]
) -> list[tuple[float, float]]:
    """Pairs of neighbouring points between two between which the function may not be smooth.

    ``spans`` are the ranges of values and of slopes in the whole picture.
    """
    found = switches(function, left, right)
    if function.smooth or function.exhausted:
        return found
    ends = [function.sample(x) for x in (left, right)]
    for n, span in enumerate(spans):
        gap = abs(ends[1][n] - ends[0][n])
        if not isfinite(gap) or gap <= max(0.02 * span, ends[0][n + 2] + ends[1][n + 2]):
            continue
        for place in discontinuity(function, left, right, n):
            if not any(_close(place, other, right - left) for other in found):
                found.append(place)
    return found


def switches(function: Along, left: float, right: float) -> list[tuple[float, float]]:
    """Pairs of neighbouring points between two at which an operator passes an awkward point."""
    found: list[tuple[float, float]] = []
    here, there = function.signature(left), function.signature(right)
    for key in here:
        if here[key] == there[key]:
            continue
        if function.exhausted:
            return found
        if any(function.signature(a)[key] != function.signature(b)[key] for a, b in found):
            continue
        found += _changes(function, key, left, right)
    return found


def _close(one: tuple[float, float], other: tuple[float, float], step: float) -> bool:
    return abs(one[0] - other[0]) <= 1e-9 * step


def _changes(
    function: Along, key: tuple[int, int], left: float, right: float
) -> list[tuple[float, float]]:
    """Where that of a signature changes, one place after the other."""
    found: list[tuple[float, float]] = []
    last = function.signature(right)[key]
    while function.signature(left)[key] != last and not function.exhausted:
        if len(found) == _CROWD:
            function.crowded = True
            break
        found.append(change(lambda x: function.signature(x)[key], left, right))
        left = found[-1][1]
    return found


def change(
    f: Callable[[float], object], left: float, right: float, part: float = 0.0
) -> tuple[float, float]:
    """Bisect for where something that is not the same at two points changes: on both sides.

    As near as digits allow, or to a ``part`` of the distance.
    """
    at_left, near = f(left), part * (right - left)
    for _ in range(_HALVINGS):
        middle = _middle(left, right)
        if middle in (left, right) or right - left <= near:
            break
        if f(middle) == at_left:
            left = middle
        else:
            right = middle
    return left, right


def discontinuity(
    function: Along, left: float, right: float, which: int = 0
) -> list[tuple[float, float]]:
    """Bisect for a difference of values (0) or slopes (1) that does not shrink: one place or none.

    Each step keeps the half with the larger difference. Where the function is continuous, the
    difference shrinks to nothing; at a jump it stays, and at a pole it grows.
    """
    of = function.slope if which else function.value
    at_left, at_right = of(left), of(right)
    gap = abs(at_right - at_left)
    for _ in range(_HALVINGS):
        middle = _middle(left, right)
        if middle in (left, right):
            break
        at_middle = of(middle)
        if not isfinite(at_middle):
            return [(middle, middle)]
        if abs(at_middle - at_left) >= abs(at_right - at_middle):
            right, at_right = middle, at_middle
        else:
            left, at_left = middle, at_middle
        if abs(at_right - at_left) <= _SHRUNK * gap:
            return []
    return [(left, right)] if abs(at_right - at_left) > 0.25 * gap else []


def judged(function: Along, place: tuple[float, float], step: float, span: float) -> Verdict:
    """What there is at a candidate.

    ``step`` is the distance of the picture's points, ``span`` the range of values in it.
    """
    left, right = place
    below, above = _nearing(function, left, -step), _nearing(function, right, step)
    one, other = _side(below, 0), _side(above, 0)
    slope_one, slope_other = _side(below, 1), _side(above, 1)
    value_grows = any(side is not None and side.grows for side in (one, other))
    slope_grows = any(side is not None and side.grows for side in (slope_one, slope_other))

    def verdict(kind: str, value: float = nan) -> Verdict:
        return Verdict(kind, value, value_grows, value_grows or slope_grows)

    if one is None and other is None:
        return verdict("")
    if value_grows:
        if isinf(below[0].value) and isinf(above[0].value):
            return verdict("")  # overflow all around shows no place of its own
        return verdict("" if _overflows(function, place) else "pole")
    if one is None or other is None:
        if other is not None:
            return verdict(*_upright(function, (left, right), other, slope_other))
        assert one is not None
        return verdict(*_upright(function, (right, left), one, slope_one))
    if not function.breaks_between(left, right):
        return verdict("")
    error = 4.0 * (one.error + other.error) + _SMALLEST * min(span, 1.0)
    if abs(one.limit - other.limit) > error:
        return verdict("jump")
    inside = [function.sample(x) for x in (left, (left + right) / 2, right)]
    if any(abs(at.value - one.limit) > error + at.value_error for at in inside):
        return verdict("jump")
    if not all(isfinite(at.value) for at in inside):
        known = error <= _VAGUE * max(span, abs(one.limit))
        return verdict("gap", one.limit if known else nan)
    value = _value_in(function, place, step)
    if slope_grows:
        return verdict("steep", value)
    return verdict("kink" if _is_kink(slope_one, slope_other) else "", value)


def rounded(x: float, step: float) -> float:
    """A point found by bisection, without the last digits of the search."""
    return round(x, max(6, 5 - floor(log10(abs(step))))) + 0.0


def _value_in(function: Along, place: tuple[float, float], step: float) -> float:
    """The value at the point that is told of a place, if that is what the search came to."""
    middle = sum(place) / 2
    told = rounded(middle, step)
    meant = abs(told - middle) <= (place[1] - place[0]) / 2 + _APART * ulp(told)
    return function.value(told if meant else middle)


def _overflows(function: Along, place: tuple[float, float]) -> bool:
    """Whether a function that grows towards a place does so because it is about to overflow."""
    sizes = [abs(function.value(x)) for x in place]
    infinite = [x for x, size in zip(place, sizes, strict=True) if isinf(size)]
    if any(_LARGEST < size < inf for size in sizes):
        return True
    return bool(infinite) and not any(map(function.divides_at, infinite))


def judged_at_end(function: Along, end: float, step: float) -> Verdict:
    """What there is at an end, seen from the inside, to which ``step`` leads.

    A pole there is left to what the two sides of it say.
    """
    samples = _nearing(function, end, step)
    value, slope = _side(samples, 0), _side(samples, 1)
    value_grows = value is not None and value.grows
    slope_grows = value_grows or (slope is not None and slope.grows)
    kind, at = ("", nan) if value is None else _upright(function, (end, end), value, slope)
    return Verdict(kind, at, value_grows, slope_grows)


def _upright(
    function: Along, border: tuple[float, float], side: Side, slope: Side | None
) -> tuple[str, float]:
    """Whether the curve comes upright to where it ends and has its limit: the kind, the value.

    ``border`` is the point outside next to its last one, and that.
    """
    outside, last = border
    value = function.value(last)
    open_ = outside != last and is_round(outside)
    if open_ or side.grows or slope is None or not slope.grows:
        return "", nan
    return ("steep", value) if abs(value - side.limit) <= 4.0 * side.error else ("", nan)


def is_round(x: float) -> bool:
    """Whether a point has few digits, so that a border at it is meant and not found by chance."""
    return x == float(f"{x:.12g}")


def _is_kink(one: Side | None, other: Side | None) -> bool:
    if one is None or other is None:
        return False
    return abs(one.limit - other.limit) > 4.0 * (one.error + other.error)


def _nearing(function: Along, end: float, step: float) -> list[Sample]:
    """Samples nearer and nearer to an end, as near as digits allow.

    Where digits are few, as about 1e10, they come nearer in smaller steps. Rounding of the value
    that grows on the way, as in ``(1 - cos(x))/x^2``, is divided by the distance once more in the
    slope.
    """
    room, count = abs(step) / (1e3 * ulp(end)), _SAMPLES
    nearer = _NEARER
    if 1.0 < room < _NEARER**_FEWEST:
        nearer, count = room ** (1 / _FEWEST), _FEWEST
    distances = [step * nearer**-k for k in range(1, count + 1)]
    distances = [each for each in distances if abs(each) >= 0.99e3 * ulp(end)]
    samples = [function.sample(end + each) for each in distances]
    least = min((sample.value_error for sample in samples), default=inf)
    return [
        sample._replace(
            slope_error=sample.slope_error
            + max(sample.value_error - nearer * least, 0.0) / abs(distance)
        )
        if isfinite(sample.slope_error)
        else sample
        for sample, distance in zip(samples, distances, strict=True)
    ]


def _side(samples: Sequence[Sample], which: int) -> Side | None:
    """The limit of the values (0) or slopes (1); ``None`` where they are not finite."""
    numbers = [sample[which] for sample in samples]
    if any(map(isinf, numbers)) and not any(map(isnan, numbers)):
        return Side(numbers[-1], inf, grows=True)  # it overflows on the way
    if len(numbers) <= _GROWING or not all(map(isfinite, numbers)):
        return None
    errors = [sample[which + 2] for sample in samples]
    differences = [b - a for a, b in pairwise(numbers)]
    last = differences[-_GROWING:]
    grows = (
        all((a > 0) == (b > 0) and abs(b) >= 0.95 * abs(a) for a, b in pairwise(last))
        and abs(last[-1]) > 4.0 * errors[len(numbers) - 1]
    )
    if grows:
        return Side(numbers[-1], inf, grows=True)
    bounds = [
        max(map(abs, differences[max(n - 1, 0) : n + 2])) + errors[n + 1]
        for n in range(len(differences))
    ]
    best = min(range(len(bounds)), key=bounds.__getitem__)
    return Side(numbers[best + 1], bounds[best], grows=False)
