"""Functions made of ``exp`` of large arguments, accurate to full precision in the tails.

An absolute error of the argument, such as from rounding ``x^2`` or ``a - b``, becomes a relative
error of the same size after ``exp``.
"""

from __future__ import annotations

import math
from math import nan

from autograd_graph.numbers.elementary import erfc, exp

_TWO_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)


def gaussian(x: float) -> float:
    """``exp(-x^2)`` to full precision in the tails.

    Rounding ``x^2`` costs a relative error of up to ``x^2`` units after ``exp``, so ``x`` is split
    into a part whose square is exact and a small rest.
    """
    if not abs(x) < 30.0:
        return nan if x != x else 0.0
    high = round(x * 65536.0) / 65536.0
    return math.exp(-high * high) * math.exp((high - x) * (high + x))


ROOT_HALF = math.sqrt(0.5)
"""``sqrt(1/2)``."""

ROOT_HALF_HIGH = round(ROOT_HALF * 2.0**26) / 2.0**26
"""Its first 26 bits."""

ROOT_HALF_LOW = -2.799544089368687e-09
"""``sqrt(1/2)`` less its first 26 bits, correctly rounded."""


def normal_cdf(x: float) -> float:
    """``erfc(-x/sqrt(2))/2``, to full precision in the left tail.

    Rounding ``u = -x/sqrt(2)`` costs a relative error of up to ``x^2`` units after ``erfc``; the
    error of ``u`` times the derivative corrects it.
    """
    u = x * -ROOT_HALF
    if not abs(x) < 40.0:
        return erfc(u) / 2.0
    high = round(x * 65536.0) / 65536.0
    off = ((high * -ROOT_HALF_HIGH - u) - high * ROOT_HALF_LOW) - (x - high) * ROOT_HALF
    return (math.erfc(u) - _TWO_OVER_ROOT_PI * gaussian(u) * off) / 2.0


def normal_density(x: float) -> float:
    """``exp(-x^2/2)/sqrt(2*pi)`` to full precision in the tails, like :func:`gaussian`."""
    if not abs(x) < 40.0:
        return nan if x != x else 0.0
    high = round(x * 65536.0) / 65536.0
    rest = math.exp((high - x) * (high + x) / 2.0)
    return math.exp(-high * high / 2.0) * rest / math.sqrt(2.0 * math.pi)


def exp_difference(a: float, b: float) -> float:
    """``exp(a - b)``, corrected for the rounding of the difference (Knuth's two-sum)."""
    difference = a - b
    if not math.isfinite(difference):
        return exp(difference) if a != b else 1.0
    part = difference + b
    error = (a - part) + (part - difference - b)
    return exp(difference) * (1.0 + error)
