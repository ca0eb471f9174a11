"""The numbers on the axes of a plot: where they stand, and how many digits they need."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

_ROOM = 0.01
"""How far a number may be from what is written, in parts of the distance that it has to show."""

_MOST = 17
"""More digits than this no double has."""


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between two, about six of them: multiples of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / 6
    power = 10.0 ** floor(log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


def written(numbers: Sequence[float], apart: float, digits: int = 3) -> list[str]:
    """Numbers with so many digits, or as many as tell those of that distance apart."""
    while digits < _MOST and any(
        abs(float(f"{number:.{digits}g}") - number) > _ROOM * apart for number in numbers
    ):
        digits += 1
    return [f"{number + 0.0:.{digits}g}" for number in numbers]
