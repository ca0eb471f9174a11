"""What a sum does around a place where its slope tells nothing, and far along the way to it.

A gradient of 0 is that of a least, of a saddle, of a kink and of a plain. Values at some distance
tell them apart. A sum that has no least falls as far as it is followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.parameters import Bounds

Value = Callable[[Array], float]
"""The sum at a point; ``inf`` where a row is not finite."""

_REACHES = 2.0**-20, 2.0**-10, 2.0**-4
"""How far it is looked, relative to a parameter or to 1."""

_PAIRED = 8
"""With more parameters, it is not looked along two of them at once."""

_CORNERS = range(3, 6)
"""With so many parameters, it is looked along all of them at once too, as `a*b*c` asks for."""

_HAIRS = 2.0**-52, 2.0**-40, 2.0**-30, 2.0**-10
"""How far it is looked for a pole, relative to a parameter."""

_SHEER = 2.0**-20
"""A sum that falls by more than this part of it within a hair falls by no rounding."""

_FURTHER = 4.0
_TIMES = 24
"""A way is followed in steps each so much longer, so often: to 10^14 times its length."""

_LEVELS, _CLEAR = 6, 1e3
"""So often a way is followed on which the sum is level; and it rises by so many times what would
be level."""

_BACK = 1.0 - 2.0**-6
"""And it is looked back so far: not to 0, where a quotient of parameters may be anything."""

_ENOUGH = 8
"""A sum too large for a double after so many of these steps fell to there."""

LEVEL = 2.0**-50
"""A sum that differs by only this part of it is the same."""


@dataclass(frozen=True)
class Around:
    """The lowest place that was found, if one is lower.

    ``rises`` says whether the sum falls on no side and rises on some, ``changes`` says
    whether it is anything but the same on all sides.
    """

    lower: Array | None
    rises: bool
    changes: bool


def look(value: Value, point: Array, bounds: Bounds) -> Around:
    """Look at places on all sides of a point, and at those where one parameter is 0."""
    here = value(point)
    margin = LEVEL * abs(here)
    lowest, lower = here - margin, None
    rises, changes = True, False
    for there, near in _places(point, bounds):
        found = value(there)
        if found < lowest:
            lowest, lower = found, there
        changes |= near and abs(found - here) > margin
        rises &= not near or found >= here - margin
    return Around(lower, rises and changes, changes)


def _places(point: Array, bounds: Bounds) -> Iterator[tuple[Array, bool]]:
    """The places, and whether they are among those that have to lie higher around a least sum."""
    count = len(point)
    size = np.maximum(np.abs(point), 1.0)
    ways = [np.eye(count)[number] * sign for number in range(count) for sign in (1.0, -1.0)]
    if count <= _PAIRED:
        for one, other in combinations(range(0, 2 * count, 2), 2):
            first, second = ways[one], ways[other]
            ways += [first + second, first - second, second - first, -first - second]
    for reach in _REACHES:
        for way in ways:
            there = np.clip(point + reach * size * way, bounds.lower, bounds.upper)
            if not np.array_equal(there, point):
                yield there, reach == _REACHES[1]
    if count in _CORNERS:
        for signs in product((1.0, -1.0), repeat=count):
            there = point + _REACHES[-1] * size * np.array(signs)
            yield np.clip(there, bounds.lower, bounds.upper), False
    for number in np.flatnonzero(point):
        there = point.copy()
        there[number] = 0.0
        if bounds.lower[number] <= 0.0 <= bounds.upper[number]:
            yield there, False
    if np.count_nonzero(point) > 1:
        yield np.clip(np.zeros(count), bounds.lower, bounds.upper), False


def sheer(value: Value, start: Array, point: Array, bounds: Bounds) -> bool:
    """Whether the sum falls by much within a hair of a point, as it does beside a pole.

    Much is a part of the sum here or at the start: one that has come down to 0 is all rounding.
    At the last double before the pole it does not fall any more; it jumps.
    """
    here = value(point)
    much = _SHEER * max(abs(here), abs(value(start)))
    if any(value(there) < here - much for there in _beside(point, bounds, _HAIRS)):
        return True
    next_to = [value(there) for there in _beside(point, bounds, _HAIRS[:1])]
    return any(much < found - here < np.inf for found in next_to)


def _beside(point: Array, bounds: Bounds, hairs: Sequence[float]) -> Iterator[Array]:
    """The places within these hairs, along each parameter that has a size."""
    for hair in hairs:
        for number in np.flatnonzero(point):
            for way in (hair, -hair):
                there = point.copy()
                there[number] *= 1.0 + way
                yield np.clip(there, bounds.lower, bounds.upper)


def lower_along(
    value: Value, margin: float, point: Array, ways: Array, bounds: Bounds
) -> Array | None:
    """A place along one of the columns of ``ways`` where the sum is lower by more than ``margin``.

    In a bent valley there is one, though the sum rises along every parameter, and along straight
    ways that go far: no parameter changes by more than a part of itself.
    """
    if not ways.size:
        return None
    low = value(point) - margin
    return next((there for there in _along(point, ways, bounds) if value(there) < low), None)


def told(value: Value, start: Array, point: Array) -> float:
    """What a sum has to change by to be told from rounding, where no more is known of its rows.

    One that has come down to 0 is all rounding of what it was at the start.
    """
    return LEVEL * (abs(value(point)) + _SHEER * abs(value(start)))


def _along(point: Array, ways: Array, bounds: Bounds) -> Iterator[Array]:
    """The places on both sides along each way, at which no parameter is moved by more than a part.

    The part is that of the parameter, or of 1 where it is 0.
    """
    size = np.where(point == 0.0, 1.0, np.abs(point))
    ways = ways / np.maximum(np.max(np.abs(ways) / size[:, None], axis=0), 1.0)
    for reach in _REACHES:
        for step in np.hstack([ways, -ways]).T:
            yield np.clip(point + reach * step, bounds.lower, bounds.upper)


def one_sided(value: Value, margin: float, point: Array, ways: Array, bounds: Bounds) -> bool:
    """Whether the sum is level to one side of a point, however far, and rises to the other.

    Along one of the columns of ``ways`` or one parameter, by ``margin``. A smooth sum that does
    falls for ever, by less than a double shows: `softplus` to the left is one.
    """
    here = value(point)
    size = np.where(point == 0.0, 1.0, np.abs(point))
    ways = np.hstack([ways, np.diag(size)])
    ways = ways / np.max(np.abs(ways) / size[:, None], axis=0)
    return any(
        here + _CLEAR * margin
        < value(np.clip(point - _BACK * step, bounds.lower, bounds.upper))
        < np.inf
        and all(abs(value(there) - here) <= margin for there in _onward(point, step))
        and not bounds.beyond(point + _FURTHER**_LEVELS * step)
        for step in np.hstack([ways, -ways]).T
    )


def _onward(point: Array, step: Array) -> Iterator[Array]:
    """The places from half a step on, each further."""
    return (point + _FURTHER**times * step / 2.0 for times in range(_LEVELS))


def falls_for_ever(value: Value, start: Array, end: Array, bounds: Bounds, smooth: bool) -> bool:
    """Whether the sum falls along the way to an end, and never rises again however far it goes on.

    A ``smooth`` sum that is level beyond the end falls by less than a double shows; another one
    may have its least there.
    """
    way = end - start
    if not way.any():
        return False
    before = last = value(end)
    number = 0
    for number in range(1, _TIMES):
        there = start + _FURTHER**number * way
        if bounds.beyond(there):
            return False
        found = value(there)
        if not found < np.inf:
            break
        if found > before + LEVEL * abs(before):
            return False
        before = found
    first = value(start) if smooth else last
    return number >= _ENOUGH and before < first - LEVEL * abs(first)
