"""Special functions that ``math`` lacks, computed with more digits and rounded once."""

from __future__ import annotations

import math
from math import inf, nan
from typing import Any


def _mpmath(name: str, *args: float) -> float:
    """Evaluate mpmath's function ``name`` with 90 bits and round once."""
    from mpmath import mp

    with mp.workprec(90):
        return float(getattr(mp, name)(*args))


_NEAR_A_ROOT = 0.25
"""Where ``lgamma`` is smaller than this, ``math`` is less accurate than elsewhere."""


def log_gamma(x: float) -> float:
    """``math.lgamma``, raising like it, but accurate near its roots: at 1, at 2, below -2."""
    rough = math.lgamma(x)
    if not abs(rough) < _NEAR_A_ROOT or x in (1.0, 2.0):
        return rough
    from mpmath import mp

    with mp.workprec(160):
        return float(mp.log(abs(mp.gamma(x))))


def lgamma(x: float) -> float:
    """:func:`log_gamma`; inf at its poles and on overflow."""
    try:
        return log_gamma(x)
    except (ValueError, OverflowError):
        return inf


HIGHEST_ORDER = 1000.0
"""Beyond it mpmath takes seconds, for results outside the range of doubles."""


def _order(n: float) -> bool:
    return 0.0 <= n <= HIGHEST_ORDER and n == math.floor(n)


def _pole(x: float) -> bool:
    return x <= 0.0 and x == math.floor(x)


def digamma(x: float) -> float:
    """The logarithmic derivative of the gamma function; nan at its poles, -inf at 0."""
    if not math.isfinite(x):
        return inf if x > 0.0 else nan
    if _pole(x):
        return -math.copysign(inf, x) if x == 0.0 else nan
    return _mpmath("digamma", x)


def polygamma(n: float, x: float) -> float:
    """The ``n``-th derivative of digamma, ``n`` a whole number from 0 to 1000."""
    if not _order(n) or x != x:
        return nan
    if n == 0.0:
        return digamma(x)
    if math.isinf(x):
        return 0.0 if x > 0.0 else nan
    if _pole(x):
        return inf if n % 2.0 == 1.0 else nan
    if x < -100.0:
        return _reflected_polygamma(int(n), x)
    from mpmath import mp

    with mp.workprec(120):
        return float(_polygamma(int(n), mp.mpf(x)))


def _polygamma(n: int, x: Any) -> Any:
    """The function on mpmath's numbers, by few terms of its series where the order is high.

    The series is ``n!`` times the sum of ``1/(x + k)^(n + 1)`` (DLMF 5.15.1), of alternating sign
    in ``n``. mpmath takes time in proportion to the order.
    """
    from mpmath import mp

    terms = abs(x) * (2.0 ** (100.0 / (n + 1)) - 1.0) + max(-x, 0.0) + 5.0
    if terms > n / 2.0:
        return mp.polygamma(n, x)
    total = mp.mpf(0)
    while True:
        term = x ** -(n + 1)
        total += term
        if x > 0 and term * (n + x) < abs(total) * n * 2.0**-95:
            break
        x += 1
    return (total if n % 2 else -total) * mp.factorial(n)


def _reflected_polygamma(n: int, x: float) -> float:
    """The sum over all integer shifts, which has period 1, less the shifts beyond ``x``.

    mpmath would add the shifts between ``x`` and 0 one by one. The shifts beyond are left out where
    they are too small to count: of a high order.
    """
    from mpmath import mp

    with mp.workprec(120):
        size = mp.mpf(x)
        fraction = size - mp.floor(size)
        odd = -1 if n % 2 == 0 else 1
        mirrored = _polygamma(n, 1 - fraction)
        total = _polygamma(n, fraction) + odd * mirrored
        beyond = mp.factorial(n) * (n - size) / (n * (-size) ** (n + 1))
        if beyond > abs(total) * 2.0**-100:
            total -= odd * _polygamma(n, 1 - size)
        return float(total)


def sinc(x: float) -> float:
    """``sin(x)/x``, 1 at 0."""
    if math.isinf(x):
        return 0.0
    return math.sin(x) / x if x != 0.0 else 1.0


def spherical_jn(n: float, x: float) -> float:
    """The spherical Bessel function of the first kind, ``n`` a whole number from 0 to 1000.

    ``sinc`` is the one of order 0, and the family is closed under differentiation, without a
    division by ``x`` anywhere (DLMF 10.51).
    """
    if not _order(n) or x != x:
        return nan
    if n == 0.0:
        return sinc(x)
    if x == 0.0 or math.isinf(x):
        return 0.0
    if n == 1.0 and abs(x) > 2.0:
        return (math.sin(x) / x - math.cos(x)) / x
    if abs(x) < 4.0:
        return _spherical_series(int(n), x)
    from mpmath import mp

    with mp.workprec(90):
        size = abs(mp.mpf(x))
        if n > size:
            value = float(mp.sqrt(mp.pi / (2 * size)) * mp.besselj(n + 0.5, size))
        else:  # the recurrence is stable up to there
            before, here = mp.cos(size) / size, mp.sin(size) / size
            for k in range(int(n)):
                before, here = here, (2 * k + 1) * here / size - before
            value = float(here)
    return -value if x < 0.0 and n % 2.0 == 1.0 else value


def _spherical_series(n: int, x: float) -> float:
    """The power series about 0 (DLMF 10.53.1): ``x^n/(2n+1)!!`` times a series in ``-x^2/2``."""
    term = math.prod(x / (2 * k + 1) for k in range(1, n + 1))
    terms = [term]
    k = 0
    while abs(term) > 1e-18 * abs(terms[0]):
        k += 1
        term *= -0.5 * x * x / (k * (2 * n + 2 * k + 1))
        terms.append(term)
    return math.fsum(terms)
