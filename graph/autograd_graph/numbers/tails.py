"""Functions that are built on ``exp`` of something large, to full precision far out.

The rounding of ``x^2`` or of ``a - b`` is worth as much more after ``exp`` as it is large.
"""

from __future__ import annotations

import math
from math import nan

from autograd_graph.numbers.elementary import erfc, exp

_TWO_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)


def gaussian(x: float) -> float:
    """``exp(-x^2)`` to full precision in the tails.

    The rounding of ``x^2`` is worth ``x^2`` times as much after ``exp``, so ``x`` is split into
    a part whose square is exact and the small rest.
    """
    if not abs(x) < 30.0:
        return nan if x != x else 0.0
    high = round(x * 65536.0) / 65536.0
    return math.exp(-high * high) * math.exp((high - x) * (high + x))


_ROOT_HALF = math.sqrt(0.5)
_ROOT_HALF_HIGH = round(_ROOT_HALF * 2.0**26) / 2.0**26
_ROOT_HALF_LOW = -2.799544089368687e-09
"""``sqrt(1/2)`` less its first 26 bits, correctly rounded."""


def normal_cdf(x: float) -> float:
    """``erfc(-x/sqrt(2))/2``, to full precision in the left tail.

    The rounding of ``x/sqrt(2)`` is worth ``x^2`` times as much after ``erfc``; what it was off
    is put right by the slope.
    """
    u = x * -_ROOT_HALF
    if not abs(x) < 40.0:
        return erfc(u) / 2.0
    high = round(x * 65536.0) / 65536.0
    off = ((high * -_ROOT_HALF_HIGH - u) - high * _ROOT_HALF_LOW) - (x - high) * _ROOT_HALF
    return (math.erfc(u) - _TWO_OVER_ROOT_PI * gaussian(u) * off) / 2.0


def normal_density(x: float) -> float:
    """``exp(-x^2/2)/sqrt(2*pi)`` to full precision in the tails, like :func:`gaussian`."""
    if not abs(x) < 40.0:
        return nan if x != x else 0.0
    high = round(x * 65536.0) / 65536.0
    rest = math.exp((high - x) * (high + x) / 2.0)
    return math.exp(-high * high / 2.0) * rest / math.sqrt(2.0 * math.pi)


def exp_difference(a: float, b: float) -> float:
    """``exp(a - b)`` with the rounding of the difference put right (Knuth's two-sum)."""
    difference = a - b
    if not math.isfinite(difference):
        return exp(difference) if a != b else 1.0
    part = difference + b
    error = (a - part) + (part - difference - b)
    return exp(difference) * (1.0 + error)
