"""Double-precision arithmetic that never raises: the number system of one point.

Python's ``math`` raises where IEEE 754 has an answer (``log(0)``, ``exp(1000)``, ``1 / 0``).
The functions here give that answer instead, so that a run carries on and the whole table can be
read. They are what ``xp.sin`` and its like mean in the operator table when the numbers are
floats; the helpers at the end are the compositions that lose digits when written naively.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import inf, nan
from typing import Any

pi = math.pi
ln2 = math.log(2.0)
ln10 = math.log(10.0)
two_over_root_pi = 2.0 / math.sqrt(math.pi)


def divide(a: float, b: float) -> float:
    """``a / b`` by IEEE 754: a division by zero is infinite, or nan for 0/0."""
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0.0 or a != a:
            return nan
        return math.copysign(inf, a) * math.copysign(1.0, b)


def _total(
    function: Callable[[float], float], edge: Callable[[float], float]
) -> Callable[[float], float]:
    """``function``, with ``edge`` answering where it raises."""

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


sqrt = _total(math.sqrt, _undefined)


_LARGEST_ROOT = 2.0**17
"""The cubes of whole numbers up to here are whole doubles."""


def cube_root(x: float) -> float:
    """``math.cbrt``, and exact for the cubes of whole numbers, of which C libraries miss 27."""
    root = math.cbrt(x)
    if x and abs(root) < _LARGEST_ROOT:
        whole = float(round(root))
        if whole * whole * whole == x:
            return whole
    return root


cbrt = _total(cube_root, _undefined)
exp = _total(math.exp, _to_infinity)
expm1 = _total(math.expm1, _to_infinity)
exp2 = _total(math.exp2, _to_infinity)
log = _total(math.log, _logarithm)
log2 = _total(math.log2, _logarithm)
log10 = _total(math.log10, _logarithm)
log1p = _total(math.log1p, lambda x: -inf if x == -1.0 else nan)
sin = _total(math.sin, _undefined)
cos = _total(math.cos, _undefined)
tan = _total(math.tan, _undefined)
asin = _total(math.asin, _undefined)
acos = _total(math.acos, _undefined)
atan = _total(math.atan, _undefined)
sinh = _total(math.sinh, _with_sign)
cosh = _total(math.cosh, _to_infinity)
tanh = _total(math.tanh, _undefined)
asinh = _total(math.asinh, _undefined)
acosh = _total(math.acosh, _undefined)
atanh = _total(math.atanh, lambda x: math.copysign(inf, x) if abs(x) == 1.0 else nan)
erf = _total(math.erf, _undefined)
erfc = _total(math.erfc, _undefined)
gamma = _total(math.gamma, lambda x: math.copysign(inf, x) if x > -0.5 else nan)
lgamma = _total(math.lgamma, _to_infinity)


def square(x: float) -> float:
    """``x^2``."""
    return x * x


def power(x: float, y: float) -> float:
    """``x^y`` over the reals: nan for a negative base and an exponent that is no integer."""
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
    """``x^(y - 1)``, also where ``y - 1`` is not a double.

    The rounding of ``y - 1`` is worth ``|log x|`` times as much in the result.
    """
    exact = (y - 1.0) + 1.0 == y and abs(y) <= _LAST_ODD
    if exact or x == 0.0 or math.isinf(x):
        return power(x, y - 1.0)
    return power(x, y) / x


def power_slope(x: float, y: float) -> float:
    """``y*x^(y - 1)``, the slope of ``x^y`` by ``x``; 0 for ``y = 0``, also at ``x = 0``."""
    if y == 0.0:
        return 0.0
    slope = y * power_less_one(x, y)
    if math.isinf(slope) and x != 0.0 and abs(y) < 1.0:  # only x^(y - 1) is beyond the range
        return y * power(x, y) / x
    return slope


def power_log(result: float, x: float, y: float) -> float:
    """``x^y*log(x)``, the slope of ``result = x^y`` by ``y``; its limit 0 at ``x = 0``."""
    if x == 0.0:
        return 0.0 if y >= 0.0 else nan
    return result * log(x)


def atan2(y: float, x: float) -> float:
    """The angle of the point ``(x, y)``; 0 at the origin, as in C."""
    return math.atan2(y, x)


def hypot(*xs: float) -> float:
    """The Euclidean norm, without overflow on the way."""
    return math.hypot(*xs)


def direction(xs: Sequence[float], norm: float) -> list[float]:
    """The numbers divided by their ``norm``; 0 at the origin, the subgradient of least norm."""
    if norm == 0.0:
        return [0.0] * len(xs)
    largest = max(map(abs, xs))
    if 1e-290 < norm < 1e290 or not math.isfinite(largest):
        return [x / norm for x in xs]
    _, exponent = math.frexp(largest)
    scaled = [math.ldexp(x, -exponent) for x in xs]
    norm = math.hypot(*scaled)
    return [x / norm for x in scaled]


def angle_slopes(y: float, x: float) -> tuple[float, float]:
    """``(x, -y) / (x^2 + y^2)`` without overflow or underflow on the way."""
    largest = max(abs(x), abs(y))
    if 1e-140 < largest < 1e140:
        squares = x * x + y * y
        return x / squares, (0.0 - y) / squares
    if largest == 0.0 or not (math.isfinite(x) and math.isfinite(y)):
        radius = math.hypot(x, y)
        return divide(divide(x, radius), radius), divide(divide(-y, radius), radius)
    _, exponent = math.frexp(largest)
    x, y = math.ldexp(x, -exponent), math.ldexp(y, -exponent)
    squares = x * x + y * y
    return _ldexp(x / squares, -exponent), _ldexp(-y / squares, -exponent)


def _ldexp(x: float, exponent: int) -> float:
    try:
        return math.ldexp(x, exponent)
    except OverflowError:
        return math.copysign(inf, x)


def mod(x: float, y: float) -> float:
    """``x - y*floor(x/y)``, with the sign of ``y``; nan for ``y = 0`` and for infinite ``x``."""
    if y == 0.0 or math.isinf(x):
        return nan
    return x % y


def floor_divide(x: float, y: float) -> float:
    """``floor(x / y)`` of the true quotient, not of the rounded one."""
    if y == 0.0 or math.isinf(x):
        return floor(divide(x, y))
    return x // y


def _rounding(function: Callable[[float], int]) -> Callable[[float], float]:
    """``function`` as a float to float map: infinities stay, and so does the sign of zero."""

    def rounded(x: float) -> float:
        return math.copysign(function(x), x) if math.isfinite(x) else x

    return rounded


floor = _rounding(math.floor)
ceil = _rounding(math.ceil)
trunc = _rounding(math.trunc)
round_half_even = _rounding(round)


def sign(x: float) -> float:
    """-1, 0 or 1; nan for nan."""
    return x if x != x else float((x > 0.0) - (x < 0.0))


def where(condition: float, a: float, b: float) -> float:
    """``a`` where the condition holds (is not 0), else ``b``; nan for a condition that is nan."""
    if condition != condition:
        return nan
    return a if condition else b


def mask(condition: bool | float, witness: float) -> float:
    """The condition as 1 or 0, and nan where the number it was asked of is nan."""
    return witness if witness != witness else float(condition)


def both(a: float, b: float) -> float:
    """Whether both masks hold."""
    return a and b


def neither(masks: Sequence[float]) -> float:
    """Whether none of the masks holds."""
    return float(not any(masks))


def select(condition: float, adjoint: float) -> float | None:
    """The adjoint where ``condition`` holds, and nothing at all (not 0) where it does not."""
    if condition != condition:
        return nan
    return adjoint if condition else None


def maximum(*xs: float) -> float:
    """The largest; nan if one is nan."""
    largest = max(xs)
    return largest if all(x == x for x in xs) else nan


def minimum(*xs: float) -> float:
    """The smallest; nan if one is nan."""
    smallest = min(xs)
    return smallest if all(x == x for x in xs) else nan


lt: Callable[[float, float], float] = lambda a, b: float(a < b)
le: Callable[[float, float], float] = lambda a, b: float(a <= b)
gt: Callable[[float, float], float] = lambda a, b: float(a > b)
ge: Callable[[float, float], float] = lambda a, b: float(a >= b)
eq: Callable[[float, float], float] = lambda a, b: float(a == b)
ne: Callable[[float, float], float] = lambda a, b: float(a != b)


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
    return (math.erfc(u) - two_over_root_pi * gaussian(u) * off) / 2.0


def normal_density(x: float) -> float:
    """``exp(-x^2/2)/sqrt(2*pi)`` to full precision in the tails, like :func:`gaussian`."""
    if not abs(x) < 40.0:
        return nan if x != x else 0.0
    high = round(x * 65536.0) / 65536.0
    rest = math.exp((high - x) * (high + x) / 2.0)
    return math.exp(-high * high / 2.0) * rest / math.sqrt(2.0 * pi)


def exp_difference(a: float, b: float) -> float:
    """``exp(a - b)`` with the rounding of the difference put right (Knuth's two-sum)."""
    difference = a - b
    if not math.isfinite(difference):
        return exp(difference) if a != b else 1.0
    part = difference + b
    error = (a - part) + (part - difference - b)
    return exp(difference) * (1.0 + error)


def _exact_sum(terms: list[float], products_of: list[float] | None = None) -> float:
    """The correctly rounded sum (of products) of finite numbers, by rational arithmetic."""
    from fractions import Fraction

    if products_of is None:
        total = sum(map(Fraction, terms), Fraction(0))
    else:
        total = sum(
            (Fraction(a) * Fraction(b) for a, b in zip(terms, products_of, strict=True)),
            Fraction(0),
        )
    return _nearest(total)


def _nearest(exact: Any) -> float:
    try:
        return float(exact)
    except OverflowError:
        return inf if exact > 0 else -inf


def fsum(xs: Sequence[float]) -> float:
    """The sum, correctly rounded."""
    try:
        return math.fsum(xs)
    except OverflowError:  # on the way
        special = [x for x in xs if not math.isfinite(x)]
        return sum(special) if special else _exact_sum(list(xs))
    except ValueError:  # infinities of both signs
        return nan


def mean(xs: Sequence[float]) -> float:
    """The arithmetic mean; a sum that is too large for a double does not spoil it."""
    total = fsum(xs)
    if math.isinf(total) and all(map(math.isfinite, xs)):
        from fractions import Fraction

        return float(sum(map(Fraction, xs), Fraction(0)) / len(xs))
    return total / len(xs)


def product(xs: Sequence[float]) -> float:
    """The product, correctly rounded where roundings or the range could tell."""
    if _few_and_ordinary(xs) or not all(map(math.isfinite, xs)):
        return math.prod(xs)
    if 0.0 in xs:
        return 0.0 * math.prod(math.copysign(1.0, x) for x in xs)
    return _rounded(_running_products(xs)[-1])


def cofactors(xs: Sequence[float]) -> list[float]:
    """For each number the product of the others: linear work, and no division."""
    ordinary = _few_and_ordinary(xs) or not all(map(math.isfinite, xs))
    if ordinary:
        before = list(accumulate(xs[:-1], operator.mul, initial=1.0))
        after = list(accumulate(reversed(xs[1:]), operator.mul, initial=1.0))
        return list(map(operator.mul, before, reversed(after)))
    left = _running_products(xs[:-1])
    right = _running_products(xs[:0:-1])
    return [_rounded(_times(a, b)) for a, b in zip(left, reversed(right), strict=True)]


def _few_and_ordinary(xs: Sequence[float]) -> bool:
    return len(xs) <= 5 and all(1e-58 < abs(x) < 1e58 for x in xs)


Scaled = tuple[int, int]
"""A whole number of at most 128 bits, and how many times it is doubled."""


def _times(a: Scaled, b: Scaled) -> Scaled:
    mantissa, exponent = a[0] * b[0], a[1] + b[1]
    spare = max(mantissa.bit_length() - 128, 0)
    return mantissa >> spare, exponent + spare


def _running_products(xs: Sequence[float]) -> list[Scaled]:
    """1, the first number, the first two multiplied, …, beyond the range of doubles."""
    factors = (((int(m * 2.0**53)), e - 53) for m, e in map(math.frexp, xs))
    return list(accumulate(factors, _times, initial=(1, 0)))


def _rounded(number: Scaled) -> float:
    """The nearest double, subnormal or infinite where it has to be."""
    from fractions import Fraction

    mantissa, exponent = number
    exponent = min(max(exponent, -1300), 1100)
    return _nearest(mantissa * Fraction(2) ** exponent)


def dot(left: Sequence[float], right: Sequence[float]) -> float:
    """``sum(a*b)``; where the terms cancel or are tiny, from exact products."""
    products = list(map(operator.mul, left, right))
    result = fsum(products)
    if not math.isfinite(result):
        if all(map(math.isfinite, left)) and all(map(math.isfinite, right)):
            return _exact_sum(list(left), list(right))
        return result
    size = fsum(list(map(abs, products)))
    if size > 4.0 * abs(result) or size < 1e-290:
        return _exact_sum(list(left), list(right))
    return result


def logsumexp(xs: Sequence[float]) -> float:
    """``log(exp(x1) + …)`` without overflow."""
    largest = maximum(*xs)
    if not math.isfinite(largest):
        return largest
    others = list(xs)
    others.remove(largest)
    return largest + math.log1p(fsum([exp_difference(x, largest) for x in others]))


def softmax(x: float, xs: Sequence[float]) -> float:
    """``exp(x) / (exp(x1) + …)`` without overflow."""
    largest = maximum(*xs)
    if math.isinf(largest) and largest < 0:
        return nan
    return exp_difference(x, largest) / fsum([exp_difference(other, largest) for other in xs])


def softplus(x: float) -> float:
    """``log(1 + exp(x))`` without overflow or cancellation."""
    return x + math.log1p(math.exp(-x)) if x > 0.0 else math.log1p(math.exp(x))


def sigmoid(x: float) -> float:
    """``1 / (1 + exp(-x))`` without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    power_of_e = math.exp(x)
    return power_of_e / (1.0 + power_of_e)


def _mpmath(name: str, *args: float) -> float:
    """A function that ``math`` lacks, from mpmath at 90 bits, rounded once."""
    from mpmath import mp

    with mp.workprec(90):
        return float(getattr(mp, name)(*args))


HIGHEST_ORDER = 1000.0
"""Beyond it mpmath takes seconds, for numbers that have left the range of doubles."""


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
    return _mpmath("polygamma", int(n), x)


def _reflected_polygamma(n: int, x: float) -> float:
    """The sum over all whole shifts, which has period 1, less the shifts beyond ``x``.

    mpmath adds up the shifts one by one between ``x`` and 0.
    """
    from mpmath import mp

    with mp.workprec(120):
        size = mp.mpf(x)
        fraction = size - mp.floor(size)
        odd = -1 if n % 2 == 0 else 1
        mirrored = mp.polygamma(n, 1 - fraction) - mp.polygamma(n, 1 - size)
        return float(mp.polygamma(n, fraction) + odd * mirrored)


def sinc(x: float) -> float:
    """``sin(x)/x``, 1 at 0."""
    if math.isinf(x):
        return 0.0
    return math.sin(x) / x if x != 0.0 else 1.0


def spherical_jn(n: float, x: float) -> float:
    """The spherical Bessel function of the first kind, ``n`` a whole number from 0 to 1000.

    ``sinc`` is the one of order 0, and the family is closed under differentiation, with no
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


def asech(x: float) -> float:
    """``acosh(1/x)`` without the rounding of ``1/x``, which tells near 1 and overflows near 0."""
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
    """``atanh(1/x)`` without the rounding of ``1/x``, which tells near 1."""
    size = abs(x)
    if not size >= 1.0:
        return nan
    if size == 1.0:
        return x * inf
    return math.copysign(0.5 * math.log1p(2.0 / (size - 1.0)), x)
