"""Sums and products of lists of doubles, correctly rounded where rounding errors could matter."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from itertools import accumulate
from math import inf, nan
from typing import Any

from autograd_graph.numbers.tails import exp_difference


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


def total(*xs: float) -> float:
    """The sum, correctly rounded; nan if it has infinities of both signs."""
    try:
        return math.fsum(xs)
    except OverflowError:  # of an intermediate sum
        special = [x for x in xs if not math.isfinite(x)]
        return sum(special) if special else _exact_sum(list(xs))
    except ValueError:  # infinities of both signs
        return nan


def mean(*xs: float) -> float:
    """The arithmetic mean, also where the sum is too large for a double."""
    whole = total(*xs)
    if math.isinf(whole) and all(map(math.isfinite, xs)):
        from fractions import Fraction

        return float(sum(map(Fraction, xs), Fraction(0)) / len(xs))
    return whole / len(xs)


def product(*xs: float) -> float:
    """The product, correctly rounded where rounding errors or overflow could matter."""
    if _few_and_ordinary(xs) or not all(map(math.isfinite, xs)):
        return math.prod(xs)
    if 0.0 in xs:
        return 0.0 * math.prod(math.copysign(1.0, x) for x in xs)
    return _rounded(_running_products(xs)[-1])


def cofactors(*xs: float) -> list[float]:
    """For each number the product of the others, in linear time and without division."""
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
"""``(m, e)`` for ``m * 2^e``, with an integer ``m`` of at most 128 bits."""


def _times(a: Scaled, b: Scaled) -> Scaled:
    mantissa, exponent = a[0] * b[0], a[1] + b[1]
    spare = max(mantissa.bit_length() - 128, 0)
    return mantissa >> spare, exponent + spare


def _running_products(xs: Sequence[float]) -> list[Scaled]:
    """1, the first number, the product of the first two, …, without overflow or underflow."""
    factors = (((int(m * 2.0**53)), e - 53) for m, e in map(math.frexp, xs))
    return list(accumulate(factors, _times, initial=(1, 0)))


def _rounded(number: Scaled) -> float:
    """The nearest double, possibly subnormal or infinite."""
    from fractions import Fraction

    mantissa, exponent = number
    exponent = min(max(exponent, -1300), 1100)
    return _nearest(mantissa * Fraction(2) ** exponent)


def dot(*xs: float) -> float:
    """The sum of ``a*b`` for ``a1, …, an, b1, …, bn``.

    If the terms cancel or are tiny, it is computed from the exact products.
    """
    left, right = xs[: len(xs) // 2], xs[len(xs) // 2 :]
    products = list(map(operator.mul, left, right))
    result = total(*products)
    if not math.isfinite(result):
        if all(map(math.isfinite, left)) and all(map(math.isfinite, right)):
            return _exact_sum(list(left), list(right))
        return result
    size = total(*map(abs, products))
    if size > 4.0 * abs(result) or size < 1e-290:
        return _exact_sum(list(left), list(right))
    return result


def logsumexp(*xs: float) -> float:
    """``log(exp(x1) + …)`` without overflow."""
    largest = max(xs) if all(x == x for x in xs) else nan
    if not math.isfinite(largest):
        return largest
    others = list(xs)
    others.remove(largest)
    return largest + math.log1p(math.fsum(exp_difference(x, largest) for x in others))


def softmax(*xs: float) -> list[float]:
    """``exp(x1) / (exp(x1) + …)`` and so on for each number, without overflow."""
    largest = max(xs) if all(x == x for x in xs) else nan
    if math.isinf(largest) and largest < 0:
        return [nan] * len(xs)
    powers = [exp_difference(x, largest) for x in xs]
    total = math.fsum(powers)
    return [power / total for power in powers]


_FEW_STEPS = 8
"""With more different steps than this, sums over them are shared by exact arithmetic."""


def weighted_steps(weights: Sequence[float], steps: Sequence[float]) -> dict[float, float]:
    """For each of the ``steps`` the weighted mean of its differences to all of them.

    Many different ones share two sums in exact arithmetic, so that the cost is linear.
    """
    different = set(steps)
    total = math.fsum(weights)
    if len(different) <= _FEW_STEPS or not all(map(math.isfinite, (*weights, *steps))):
        return {
            step: math.fsum(w * (step - other) for w, other in zip(weights, steps, strict=True))
            / total
            for step in different
        }
    from fractions import Fraction

    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact, Fraction(0))
    mean = sum((w * Fraction(s) for w, s in zip(exact, steps, strict=True)), Fraction(0)) / whole
    return {step: _nearest(Fraction(step) - mean) for step in different}
