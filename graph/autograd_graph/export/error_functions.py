"""The error function and its complement, composed for languages that have neither.

``erf(x)/x`` is a polynomial in ``x^2`` up to 1, ``erfc(x)*exp(x^2)*(x + 2)`` one in
``(x - 2)/(x + 2)`` from 1/2 on: interpolated at Chebyshev's points in 50 digits with mpmath, and
good to 5e-17 of the value (``tests/graph/test_export_error_functions.py`` compares them anew).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_graph.export.target import Formula

_NEAR = (
    1.1283791670955126,
    -0.37612638903183543,
    0.11283791670945006,
    -0.02686617064323777,
    0.0052239776071164225,
    -0.0008548325975389692,
    0.00012055294904839707,
    -1.492473690741966e-05,
    1.6447424703317362e-06,
    -1.6208483801871705e-07,
    1.3720064546777686e-08,
    -7.795898827002142e-10,
)
_FAR = (
    1.021582705242023,
    -0.6871606844138105,
    0.2794720925560581,
    -0.036442231506898015,
    -0.021510661889768502,
    0.006479185068795213,
    0.003090612068229312,
    -0.0008372960904458549,
    -0.00066307364861708,
    3.437185389022466e-05,
    0.00014447200214788694,
    3.414508506098984e-05,
    -2.1702386210586833e-05,
    -1.6098957842223747e-05,
    -1.1103814177022056e-06,
    3.5638953813973393e-06,
    1.997730318370156e-06,
    1.7897241117738162e-07,
    -6.441994231782204e-07,
    -5.391455293315642e-07,
    1.6887787780850588e-07,
    2.133006733638475e-07,
    -8.048393836758138e-08,
)

_LAST = 27.2
"""From here on ``erfc`` is 0."""


def _polynomial(coefficients: Sequence[float], x: Any) -> Any:
    value: Any = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = value * x + coefficient
    return value


def _near(xp: Any, x: Any) -> Any:
    """``erf(x)`` for ``abs(x) <= 1``."""
    size = xp.min(abs(x), 1)
    return x * _polynomial(_NEAR, size * size)


def _tail(xp: Any, x: Any) -> Any:
    """``erfc(abs(x))`` for ``abs(x) >= 1/2``.

    ``exp(-x^2)`` would be off by the rounding of ``x^2``; the square of sixteenths is exact.
    """
    size = xp.max(xp.min(abs(x), _LAST), 0.5)
    whole = xp.floor(size * 16) / 16
    powers = xp.exp(-(whole * whole)) * xp.exp((whole - size) * (whole + size))
    return powers * _polynomial(_FAR, (size - 2) / (size + 2)) / (size + 2)


def _erf(xp: Any, x: Any) -> Any:
    """The error function; nan, which is neither above nor below 0, stays."""
    tail = _tail(xp, x)
    far = xp.call("where", xp.gt(x, 0), 1 - tail, xp.call("where", xp.lt(x, 0), tail - 1, x))
    return xp.call("where", xp.lt(abs(x), 1), _near(xp, x), far)


def _erfc(xp: Any, x: Any) -> Any:
    """The complement; nan, which is neither above nor below 0, stays."""
    tail = _tail(xp, x)
    right = xp.call("where", xp.gt(x, _LAST), 0, tail)
    far = xp.call("where", xp.gt(x, 0), right, xp.call("where", xp.lt(x, 0), 2 - tail, x))
    return xp.call("where", xp.lt(abs(x), 0.5), 1 - _near(xp, x), far)


ERROR_FUNCTIONS: dict[str, Formula] = {"erf": _erf, "erfc": _erfc}
