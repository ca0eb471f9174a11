"""The error function of columns, without a table of cases: every row takes the same calls.

``erfc(x)*exp(x^2)*(1 + 2*x)`` is smooth and of one size for all ``x >= 0``. Over
``t = (x - 4)/(x + 4)`` it is a polynomial to 2^-56 (after Shepherd and Laframboise, *Chebyshev
approximation of (1 + 2x)exp(x^2)erfc x*, 1981); the coefficients come from interpolation at
Chebyshev points with 60 digits, up to ``x = 28``, beyond which ``erfc`` is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd_graph.rows.arrays import where

Column = Any

_SCALED = (
    1.2329951186255526, -0.1396211168405629, 0.015379652102620305, 0.06809705425473639,
    -0.10103906603632913, 0.09373283499682628, -0.0663303658119996, 0.037167515561938515,
    -0.0161977340542423, 0.005031969761432285, -0.000757773370277741, -0.0001992555416162786,
    0.00015062234674481447, -2.4403036998954536e-05, -1.1225008755089552e-05,
    5.717563626689596e-06, 3.016107881318932e-07, -8.346789501461553e-07, 6.258721442256385e-08,
    1.1494863135062745e-07, -7.764817952397257e-09, -1.3529367067220971e-08,
    -1.7668021904964841e-09,
)  # fmt: skip
"""By powers of ``t``; at ``t = -1`` they add up to exactly 1."""

_NEAR = (
    (1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
     -5.77027029648944159157e-03, -2.37630166566501626084e-05),
    (1.0, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
     1.32494738004321644526e-04, -3.96022827877536812320e-06),
)  # fmt: skip
"""``erf(x)/x - 1`` by powers of ``x^2`` for ``|x| < 0.84375``, a quotient of two polynomials: the
numbers of Sun's fdlibm (``s_erf.c``, 1993), right to 2^-57."""


def erf(x: Column) -> Column:
    """The error function, within 2 units in the last place."""
    square = x * x
    above, below = (_polynomial(coefficients, square) for coefficients in _NEAR)
    far = np.copysign(1.0 - _tail(x), x)
    return where(np.less(np.absolute(x), 0.84375), x + x * (above / below), far)


def erfc(x: Column) -> Column:
    """``1 - erf(x)``, within 5 units in the last place also far out."""
    tail = _tail(x)
    return where(np.less(x, 0.0), 2.0 - tail, tail)


def _tail(x: Column) -> Column:
    """``erfc(|x|)``."""
    size = np.minimum(np.absolute(x), 30.0)
    scaled = _polynomial(_SCALED, (size - 4.0) / (size + 4.0))
    return gaussian(x) * scaled / (1.0 + 2.0 * size)


def gaussian(x: Column) -> Column:
    """``exp(-x^2)`` to full precision in the tails."""
    high, rest = split(np.minimum(np.absolute(x), 30.0))
    return np.exp(-high * high) * np.exp(rest)


def split(x: Column) -> tuple[Column, Column]:
    """A part whose square is exact, and what the square of the rest takes off, for sizes to 40."""
    high = np.rint(x * 65536.0) * (1.0 / 65536.0)
    return high, (high - x) * (high + x)


def _polynomial(coefficients: Sequence[float], x: Column) -> Column:
    """By Horner's rule."""
    return reduce(lambda total, coefficient: total * x + coefficient, reversed(coefficients))
