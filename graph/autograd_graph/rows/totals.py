"""Exact sums of doubles, which do not depend on the order: the same bits however rows are parted.

A block of doubles is split into parts that NumPy adds without rounding (Rump, Ogita and Oishi's
*Accurate floating-point summation*, 2008, ``ExtractVector``). Between blocks the sum is a whole
number of the smallest subnormal number, as Python's integers have as many digits as it takes, so
that nothing overflows or is lost; it is rounded once, when it is asked for.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_UNIT = 1074
"""A double is a whole number of 2^-1074."""

_LARGE = 2.0**960
"""Splitting larger numbers might overflow."""

_AT_ONCE = 32768
"""How many numbers are split together: they stay in the processor's cache."""

_FINEST = -1022
"""With 2 to this power, adding and subtracting leaves whole multiples of 2^-1074: everything."""


class ExactSum:
    """The exact sum of any number of doubles; a partial sum that merges with others.

    As ``math.fsum`` has it: nan where one is nan, an infinity where some are infinite. Infinities
    of both signs give nan rather than an error, and a sum too large for a double is infinite,
    whatever it was on the way. The sum of nothing, and of zeros of either sign, is 0.
    ``largest`` is the largest size of a number that was added here or merged, nan if one is nan;
    it is no part of the state.
    """

    __slots__ = ("_nan", "_negative", "_positive", "_units", "count", "largest")

    def __init__(self) -> None:
        self.count = 0
        self.largest = 0.0
        self._units = 0
        self._nan = self._positive = self._negative = False

    def add(self, array: Any) -> None:
        """Add every number of an array, which is left as it is."""
        numbers = np.asarray(array, np.float64).ravel()
        self.count += numbers.size
        with np.errstate(all="ignore"):
            for start in range(0, numbers.size, _AT_ONCE):
                self._add_block(numbers[start : start + _AT_ONCE])

    def merge(self, other: ExactSum) -> None:
        """Add the numbers of another sum."""
        self.count += other.count
        self.largest = _larger(self.largest, other.largest)
        self._units += other._units
        self._nan |= other._nan
        self._positive |= other._positive
        self._negative |= other._negative

    def value(self) -> float:
        """The sum, rounded once to the nearest double, ties to even."""
        return self._rounded(1)

    def mean(self) -> float:
        """The sum divided by the count, rounded once; nan of nothing."""
        return self._rounded(self.count) if self.count else math.nan

    def as_object(self) -> dict[str, Any]:
        """The state as JSON: the same for the same numbers, in whatever order they were added.

        ``sum`` is the exact sum, a whole number in hexadecimal times a power of 2.
        """
        units, exponent = self._units, -_UNIT
        if units:
            spare = (units & -units).bit_length() - 1
            units, exponent = units >> spare, exponent + spare
        else:
            exponent = 0
        special = {"nan": self._nan, "inf": self._positive, "-inf": self._negative}
        return {
            "count": self.count,
            "sum": f"{units:#x}p{exponent}",
            "special": [name for name, some in special.items() if some],
        }

    @classmethod
    def from_object(cls, state: dict[str, Any]) -> ExactSum:
        """A sum from its state. Raises :class:`ValueError` for what is not one."""
        try:
            units, exponent = state["sum"].split("p")
            shift = int(exponent) + _UNIT
            special = set(state["special"])
            if not 0 <= shift <= 4096 or not special <= {"nan", "inf", "-inf"}:
                raise ValueError
            if not isinstance(state["count"], int) or state["count"] < 0:
                raise ValueError
            total = cls()
            total.count = state["count"]
            total._units = int(units, 16) << shift
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ValueError("not the state of a sum") from None
        total._nan, total._positive = "nan" in special, "inf" in special
        total._negative = "-inf" in special
        return total

    def _rounded(self, count: int) -> float:
        if self._nan or (self._positive and self._negative):
            return math.nan
        if self._positive or self._negative:
            return math.inf if self._positive else -math.inf
        try:
            return self._units / (count << _UNIT)
        except OverflowError:
            return math.inf if self._units > 0 else -math.inf

    def _set_aside(self, numbers: Any) -> Any:
        """Note what is not finite and add what is large; the rest."""
        self._nan |= bool(np.isnan(numbers).any())
        self._positive |= bool((numbers == np.inf).any())
        self._negative |= bool((numbers == -np.inf).any())
        sizes = np.absolute(numbers)
        large = (sizes >= _LARGE) & np.isfinite(numbers)
        for number in numbers[large].tolist():
            self._units += _units(number)
        return numbers[sizes < _LARGE]

    def _add_block(self, numbers: Any) -> None:
        """Add a few numbers, from their highest digits on.

        Adding ``sigma`` to a number and subtracting it again leaves the digits above a fixed
        place; as many of these as there are numbers can be added up exactly. The rest is below
        ``2^-53`` times ``sigma``.
        """
        largest = _largest(numbers)
        self.largest = _larger(self.largest, largest)
        if not largest < _LARGE:
            numbers = self._set_aside(numbers)
            largest = _largest(numbers)
        room = (numbers.size + 1).bit_length()
        high, low = np.empty_like(numbers), np.empty_like(numbers)
        _, exponent = math.frexp(largest)
        rest = numbers
        while True:
            exponent = max(exponent + room, _FINEST)
            sigma = math.ldexp(1.0, exponent)
            np.add(rest, sigma, high)
            np.subtract(high, sigma, high)
            self._units += _units(float(np.add.reduce(high)))
            if rest is low and np.equal(rest, high).all():
                return
            rest = np.subtract(rest, high, low)
            exponent -= 53


def _largest(numbers: Any) -> float:
    """The largest size, nan if one is nan; 0 of nothing."""
    if not numbers.size:
        return 0.0
    return max(float(np.maximum.reduce(numbers)), -float(np.minimum.reduce(numbers)))


def _larger(a: float, b: float) -> float:
    """The larger size, nan if one is nan."""
    return a if a >= b or a != a else b


def _units(number: float) -> int:
    """A finite double as a whole number of the smallest subnormal one."""
    mantissa, exponent = math.frexp(number)
    whole, places = int(math.ldexp(mantissa, 53)), exponent - 53 + _UNIT
    return whole << places if places >= 0 else whole >> -places
