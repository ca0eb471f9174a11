"""The range of values in which a function and its derivative are plotted."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from sys import float_info
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd_cli.reports.curves import Course

_LARGEST = float_info.max / 2.1
"""Limits that are further away have no difference in doubles."""

_ROOM = 0.04
"""The part of the picture's height that is left free above and below the curves."""


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
    if high - low <= course.noise:
        return low - 1.0, high + 1.0
    room = _ROOM * (high - low)
    return max(low - room, -_LARGEST), min(high + room, _LARGEST)


def _all(numbers: Sequence[float]) -> tuple[float, float]:
    finite = [number for number in numbers if isfinite(number)]
    return min(finite, default=0.0), max(finite, default=0.0)


def _inner(numbers: Sequence[float]) -> tuple[float, float]:
    finite = [number for number in numbers if isfinite(number)]
    low, high = _quantile(finite, 0.08), _quantile(finite, 0.92)
    room = min((high - low) or 1e-3, _LARGEST)
    return (
        max(min(finite, default=-1.0), low - 0.75 * room),
        min(max(finite, default=1.0), high + 0.75 * room),
    )


def _quantile(numbers: Sequence[float], part: float) -> float:
    ordered = sorted(number for number in numbers if isfinite(number))
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def spread(numbers: Sequence[float]) -> float:
    """The range of the numbers without the lowest and the highest 4 %."""
    return _quantile(numbers, 0.96) - _quantile(numbers, 0.04)
