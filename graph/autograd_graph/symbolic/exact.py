"""Exact numbers of bounded size, so that arithmetic on them takes bounded time.

A program of a few characters can ask for more digits than there is memory: each square doubles
them. Beyond :data:`LARGEST` bits a number is rounded, to more digits than a double has, and a
product that is further from 1 than that is not worked out.
"""

from __future__ import annotations

from fractions import Fraction

ONE, ZERO = Fraction(1), Fraction(0)

LARGEST = 8192
"""The bits of the numerator or denominator of the largest exact numbers: about 2,500 digits."""

_KEPT = 128
"""The significant bits of a number that is rounded."""


def limited(number: Fraction) -> Fraction:
    """The number itself, or one near it if it has more than :data:`LARGEST` bits."""
    top, bottom = number.numerator, number.denominator
    if top.bit_length() <= LARGEST >= bottom.bit_length():
        return number
    return _rounded(number)


def is_moderate(number: Fraction) -> bool:
    """Whether a number is no further from 1 than exact numbers may be."""
    return abs(number.numerator.bit_length() - number.denominator.bit_length()) < LARGEST


def power(number: Fraction, exponent: int) -> Fraction | None:
    """A whole power, exact or near it; ``None`` if it is further from 1 than numbers may be."""
    size = max(number.numerator.bit_length(), number.denominator.bit_length())
    near = number if size * abs(exponent) <= 64 * LARGEST else _rounded(number)
    distance = abs(near.numerator.bit_length() - near.denominator.bit_length()) - 1
    if distance * abs(exponent) > LARGEST:
        return None
    return limited(near**exponent)


def _rounded(number: Fraction) -> Fraction:
    """A number with fewer significant bits."""
    top, bottom = number.numerator, number.denominator
    spare = _KEPT - (top.bit_length() - bottom.bit_length())
    scaled = (top << spare) // bottom if spare > 0 else top // (bottom << -spare)
    return scaled * Fraction(2) ** -spare
