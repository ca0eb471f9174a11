"""Elementary functions of doubles that never raise.

Python's ``math`` raises where IEEE 754 has an answer (``log(0)``, ``exp(1000)``, ``1 / 0``). The
functions here return that answer instead, so that evaluation continues and every node is shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from math import inf, nan

ln2 = math.log(2.0)


def divide(a: float, b: float) -> float:
    """``a / b`` by IEEE 754: infinite for a division by zero, nan for 0/0."""
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0.0 or a != a:
            return nan
        return math.copysign(inf, a) * math.copysign(1.0, b)


def _never_raising(
    function: Callable[[float], float], edge: Callable[[float], float]
) -> Callable[[float], float]:
    """``function``, with the result of ``edge`` where it raises."""

    def total(x: float) -> float:
        try:
            return function(x)
        except (ValueError, OverflowError):
            return edge(x)

    return total


def _undefined(x: float) -> float:
    return nan


def _to_infinity(x: float) -> float:
    return inf


def _with_sign(x: float) -> float:
    return math.copysign(inf, x)


def _logarithm(x: float) -> float:
    return -inf if x == 0.0 else nan


sqrt = _never_raising(math.sqrt, _undefined)


_LARGEST_ROOT = 2.0**17
"""The cubes of whole numbers up to here are exact doubles."""


def cube_root(x: float) -> float:
    """``math.cbrt``, made exact for the cubes of whole numbers, of which C libraries miss 27."""
    root = math.cbrt(x)
    if x and abs(root) < _LARGEST_ROOT:
        whole = float(round(root))
        if whole * whole * whole == x:
            return whole
    return root


cbrt = _never_raising(cube_root, _undefined)
exp = _never_raising(math.exp, _to_infinity)
expm1 = _never_raising(math.expm1, _to_infinity)
exp2 = _never_raising(math.exp2, _to_infinity)
log = _never_raising(math.log, _logarithm)
log2 = _never_raising(math.log2, _logarithm)
log10 = _never_raising(math.log10, _logarithm)
log1p = _never_raising(math.log1p, lambda x: -inf if x == -1.0 else nan)
sin = _never_raising(math.sin, _undefined)
cos = _never_raising(math.cos, _undefined)
tan = _never_raising(math.tan, _undefined)
asin = _never_raising(math.asin, _undefined)
acos = _never_raising(math.acos, _undefined)
atan = _never_raising(math.atan, _undefined)
sinh = _never_raising(math.sinh, _with_sign)
cosh = _never_raising(math.cosh, _to_infinity)
tanh = _never_raising(math.tanh, _undefined)
asinh = _never_raising(math.asinh, _undefined)
acosh = _never_raising(math.acosh, _undefined)
atanh = _never_raising(math.atanh, lambda x: math.copysign(inf, x) if abs(x) == 1.0 else nan)
erf = _never_raising(math.erf, _undefined)
erfc = _never_raising(math.erfc, _undefined)
gamma = _never_raising(math.gamma, lambda x: math.copysign(inf, x) if x > -0.5 else nan)


def square(x: float) -> float:
    """``x^2``."""
    return x * x


def power(x: float, y: float) -> float:
    """``x^y`` over the reals: nan for a negative base with a non-integer exponent."""
    try:
        return math.pow(x, y)
    except OverflowError:
        negative = x < 0.0 and math.fmod(y, 2.0) != 0.0
    except ValueError:
        if x != 0.0:
            return nan
        negative = math.copysign(1.0, x) < 0.0 and abs(math.fmod(y, 2.0)) == 1.0
    return -inf if negative else inf


_LAST_ODD = 2.0**53


def power_less_one(x: float, y: float) -> float:
    """``x^(y - 1)``, accurate also where ``y - 1`` is not a double.

    Rounding ``y - 1`` would cost a relative error of ``|log x|`` times its own.
    """
    exact = (y - 1.0) + 1.0 == y and abs(y) <= _LAST_ODD
    if exact or x == 0.0 or math.isinf(x):
        return power(x, y - 1.0)
    return power(x, y) / x


def power_slope(x: float, y: float) -> float:
    """``y*x^(y - 1)``, the partial of ``x^y`` by ``x``; 0 for ``y = 0``, also at ``x = 0``."""
    if y == 0.0:
        return 0.0
    slope = y * power_less_one(x, y)
    if math.isinf(slope) and x != 0.0 and abs(y) < 1.0:  # only x^(y - 1) overflows
        return y * power(x, y) / x
    return slope


def power_log(result: float, x: float, y: float) -> float:
    """``x^y*log(x)``, the partial of ``result = x^y`` by ``y``; its limit 0 at ``x = 0``."""
    if x == 0.0:
        return 0.0 if y >= 0.0 else nan
    return result * log(x)


def atan2(y: float, x: float) -> float:
    """The angle of the point ``(x, y)``; 0 at the origin, as in C."""
    return math.atan2(y, x)


def cot(x: float) -> float:
    """``1/tan(x)``."""
    return divide(1.0, tan(x))


def coth(x: float) -> float:
    """``1/tanh(x)``."""
    return divide(1.0, tanh(x))


def mod(x: float, y: float) -> float:
    """``x - y*floor(x/y)``, with the sign of ``y``; nan for ``y = 0`` and for infinite ``x``."""
    if y == 0.0 or math.isinf(x):
        return nan
    return x % y


def floor_divide(x: float, y: float) -> float:
    """``floor(x / y)`` of the exact quotient, not of the rounded one."""
    if y == 0.0 or math.isinf(x):
        return floor(divide(x, y))
    return x // y


def _rounding(function: Callable[[float], int]) -> Callable[[float], float]:
    """``function`` as a map of floats that keeps infinities, nan and the sign of zero."""

    def rounded(x: float) -> float:
        return math.copysign(function(x), x) if math.isfinite(x) else x

    return rounded


floor = _rounding(math.floor)
ceil = _rounding(math.ceil)
trunc = _rounding(math.trunc)
round_half_even = _rounding(round)


def asech(x: float) -> float:
    """``acosh(1/x)`` without rounding ``1/x``, which is inaccurate near 1 and overflows near 0."""
    if not 0.0 <= x <= 1.0:
        return nan
    if x < 1e-9:
        return ln2 - log(x)
    return math.asinh(math.sqrt((1.0 - x) * (1.0 + x)) / x)


def acsch(x: float) -> float:
    """``asinh(1/x)``, also where ``1/x`` overflows."""
    if abs(x) < 1e-300:
        return math.copysign(ln2 - log(abs(x)), x)
    return math.asinh(1.0 / x)


def acoth(x: float) -> float:
    """``atanh(1/x)`` without rounding ``1/x``, which is inaccurate near 1."""
    size = abs(x)
    if not size >= 1.0:
        return nan
    if size == 1.0:
        return x * inf
    return math.copysign(0.5 * math.log1p(2.0 / (size - 1.0)), x)


def softplus(x: float) -> float:
    """``log(1 + exp(x))`` without overflow or cancellation."""
    return x + math.log1p(math.exp(-x)) if x > 0.0 else math.log1p(math.exp(x))


def sigmoid(x: float) -> float:
    """``1 / (1 + exp(-x))`` without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    power_of_e = math.exp(x)
    return power_of_e / (1.0 + power_of_e)
