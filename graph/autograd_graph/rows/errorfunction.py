"""The error function on arrays, by the rational forms of fdlibm.

The coefficients and the intervals that they are for are those of Sun's fdlibm (``s_erf.c``, 1993),
which states them to better than 2^-57. Each interval's form runs on the rows that lie in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

_AT_1 = 8.45062911510467529297e-01
"""``erf(1)`` in 24 bits."""

_NEAR = (
    (1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
     -5.77027029648944159157e-03, -2.37630166566501626084e-05),
    (1.0, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
     1.32494738004321644526e-04, -3.96022827877536812320e-06),
)  # fmt: skip
"""``erf(x)/x - 1`` by ``x^2``, for ``|x| < 0.84375``."""

_MIDDLE = (
    (-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01,
     3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02,
     -2.16637559486879084300e-03),
    (1.0, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
     1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02),
)  # fmt: skip
"""``erf(1 + s) - erf(1)`` by ``s``, for ``0.84375 <= |x| < 1.25``."""

_FAR = (
    (-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
     -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02,
     -8.12874355063065934246e+01, -9.81432934416914548592e+00),
    (1.0, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
     6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02,
     6.57024977031928170135e+00, -6.04244152148580987438e-02),
)  # fmt: skip
"""``log(x*erfc(x)) + x^2 + 0.5625`` by ``1/x^2``, for ``1.25 <= |x| < 1/0.35``."""

_FARTHER = (
    (-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
     -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03,
     -4.83519191608651397019e+02),
    (1.0, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
     3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02,
     -2.24409524465858183362e+01),
)  # fmt: skip
"""The same for ``|x| >= 1/0.35``."""


def erf(x: Any) -> Any:
    """The error function, within 1 unit in the last place and a half."""
    return _by_interval(x, _erf_near, _erf_middle, _erf_far)


def erfc(x: Any) -> Any:
    """``1 - erf(x)``, within 4 units in the last place also far out."""
    return _by_interval(x, _erfc_near, _erfc_middle, _erfc_far)


def _by_interval(x: Any, *forms: Callable[[Any], Any]) -> Any:
    """``forms`` for ``|x|`` below 0.84375, below 1.25, and beyond; what is nan remains it."""
    whole = np.asarray(x, dtype=np.float64)
    flat = whole.ravel()
    size = np.absolute(flat)
    below = size < 0.84375
    beyond = size >= 1.25
    found = flat + flat  # nan where x is
    with np.errstate(all="ignore"):
        for rows, form in ((below, 0), (~(below | beyond) & (size == size), 1), (beyond, 2)):
            where = np.flatnonzero(rows)
            if where.size == flat.size:
                return forms[form](flat).reshape(whole.shape)
            if where.size:
                found[where] = forms[form](flat[where])
    return found.reshape(whole.shape)


def _ratio(coefficients: Sequence[Sequence[float]], z: Any) -> Any:
    """A quotient of two polynomials, by Horner's rule."""
    above, below = (_polynomial(part, z) for part in coefficients)
    above /= below
    return above


def _polynomial(coefficients: Sequence[float], z: Any) -> Any:
    total = z * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        total += coefficient
        total *= z
    total += coefficients[0]
    return total


def _erf_near(x: Any) -> Any:
    return x + x * _ratio(_NEAR, x * x)


def _erfc_near(x: Any) -> Any:
    rest = x * _ratio(_NEAR, x * x)
    return np.where(x < 0.25, 1.0 - (x + rest), 0.5 - (rest + (x - 0.5)))


def _erf_middle(x: Any) -> Any:
    return np.copysign(_AT_1 + _ratio(_MIDDLE, np.absolute(x) - 1.0), x)


def _erfc_middle(x: Any) -> Any:
    more = _ratio(_MIDDLE, np.absolute(x) - 1.0)
    return np.where(x < 0.0, 1.0 + (_AT_1 + more), (1.0 - _AT_1) - more)


def _erf_far(x: Any) -> Any:
    return np.copysign(1.0 - _tail(np.minimum(np.absolute(x), 6.0)), x)


def _erfc_far(x: Any) -> Any:
    tail = _tail(np.minimum(np.absolute(x), 28.0))
    return np.where(x < 0.0, 2.0 - tail, tail)


def _tail(size: Any) -> Any:
    """``erfc`` of positive numbers from 1.25 on.

    ``size^2`` is split into a part that is exact and a small rest, as its rounding error would be
    multiplied by ``exp``.
    """
    z = 1.0 / (size * size)
    nearer = size < 1.0 / 0.35
    if nearer.all():
        exponent = _ratio(_FAR, z)
    elif not nearer.any():
        exponent = _ratio(_FARTHER, z)
    else:
        exponent = np.where(nearer, _ratio(_FAR, z), _ratio(_FARTHER, z))
    high = (size.view(np.int64) & -(1 << 32)).view(np.float64)
    exponent += (high - size) * (high + size)
    return np.exp(-high * high - 0.5625) * np.exp(exponent) / size
