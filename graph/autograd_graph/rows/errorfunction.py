"""The error function of columns, without a table of cases: every row takes the same calls.

``h(x) = (exp(-x^2)/erfc(x) - 1)/x`` rises smoothly from 1.13 at 0 to 1.77 far out, so that
``erfc(x) = exp(-x^2)/(1 + x*h(x))`` takes up few rounding errors. Over ``t = (x - 3)/(x + 3)`` it
is a polynomial to 2^-56; the coefficients come from interpolation at Chebyshev points with 50
digits, up to ``x = 28``, beyond which ``erfc`` is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd_graph.rows.arrays import where

Column = Any

_SLOWLY = (
    1.5288520835389392, 0.3361699728199941, -0.09969972202015413, -0.009239989996917506,
    0.025206521374393824, -0.0077966847075366715, -0.004104917449903977, 0.0038625710341543443,
    -9.603927553432327e-05, -0.0011810471483341732, 0.00040478553467027253, 0.00025080922692774017,
    -0.0001986641723198568, -2.318702048858138e-05, 6.673337502936837e-05, -1.0181198031321325e-05,
    -1.7105605158593016e-05, 7.254846404307224e-06, 3.117133702883988e-06, -2.87735510622511e-06,
    -2.466019411030726e-07, 8.843210755200302e-07, -4.4138216056808896e-08,
    -2.1387780504193243e-07, 2.594580293403795e-09, 3.100408938274958e-08, 4.755850606834137e-09,
)  # fmt: skip
"""``h`` by powers of ``t``."""

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
    """``1 - erf(x)``, within 4 units in the last place also far out."""
    tail = _tail(x)
    return where(np.less(x, 0.0), 2.0 - tail, tail)


def _tail(x: Column) -> Column:
    """``erfc(|x|)``."""
    size = np.minimum(np.absolute(x), 30.0)
    slowly = _polynomial(_SLOWLY, (size - 3.0) / (size + 3.0))
    return gaussian(x) / (1.0 + size * slowly)


def gaussian(x: Column) -> Column:
    """``exp(-x^2)`` to full precision in the tails."""
    high, rest = split(np.minimum(np.absolute(x), 30.0))
    power = np.exp(-high * high)
    return power + power * np.expm1(rest)


def split(x: Column) -> tuple[Column, Column]:
    """A part whose square is exact, and what the square of the rest takes off, for sizes to 40."""
    high = np.rint(x * 65536.0) * (1.0 / 65536.0)
    return high, (high - x) * (high + x)


def _polynomial(coefficients: Sequence[float], x: Column) -> Column:
    """By Horner's rule."""
    return reduce(lambda total, coefficient: total * x + coefficient, reversed(coefficients))
