"""Operators that the rows leave to a number system, composed for targets that compute.

They keep their digits and do not overflow on the way. A target that has a function of its own
does not need them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from math import inf
from typing import Any

from autograd_graph.export.lowering import is_number, private
from autograd_graph.export.target import Formula
from autograd_graph.numbers import scaling

FMOD = private("fmod", "x, y")
"""The remainder with the sign of ``x``."""


def _folded(name: str) -> Formula:
    """An operator of two arguments at a time, from the left."""

    def fold(xp: Any, *xs: Any) -> Any:
        result = xs[0]
        for x in xs[1:]:
            result = xp.call(name, result, x)
        return result

    return fold


def _pairs_first(pair: Callable[..., Any], name: str) -> Formula:
    """``pair`` of two arguments, and more arguments as pairs from the left."""

    def formula(xp: Any, *xs: Any) -> Any:
        if len(xs) == 1:
            return abs(xs[0])
        return pair(xp, *xs) if len(xs) == 2 else _folded(name)(xp, *xs)

    return formula


def _scaled_norm(xp: Any, x: Any, y: Any) -> Any:
    """``m*sqrt(1 + (s/m)^2)`` with ``m`` the larger and ``s`` the smaller size.

    ``m`` itself where it is 0 or infinite, which is where it is its own double.
    """
    m, s = xp.max(abs(x), abs(y)), xp.min(abs(x), abs(y))
    return xp.where(xp.eq(m, 2 * m), m, m * xp.sqrt(1 + xp.pow(s / m, 2)))


def _logsumexp(xp: Any, *xs: Any) -> Any:
    """``m + log(exp(x1 - m) + ... + exp(xn - m))`` with ``m`` the largest, if that is finite.

    Of two, ``exp(0)`` is one term and the other is what is added to 1.
    """
    if len(xs) == 1:
        return xs[0]
    m = xp.max(*xs)
    if len(xs) == 2:
        total = m + xp.log1p(_decay(xp, xs[0] - xs[1]))
    else:
        total = m + xp.log(reduce(operator.add, [xp.exp(x - m) for x in xs]))
    return xp.where(xp.lt(abs(m), inf), total, m)


def _decay(xp: Any, x: Any, scale: int = 1) -> Any:
    """``exp(-scale*abs(x))``: never too large."""
    return xp.exp(-scale * abs(x))


def _sign(xp: Any, x: Any) -> Any:
    """``abs`` is 0 for both zeros, and stays nan."""
    return xp.where(xp.gt(x, 0), 1, xp.where(xp.lt(x, 0), -1, abs(x)))


def _tail(xp: Any, x: Any) -> Any:
    """``log(1 + exp(-abs(x)))``."""
    return xp.log1p(_decay(xp, x))


def _floored(xp: Any, x: Any, y: Any) -> Any:
    """The remainder with the sign of ``y``, also where it is 0, from the one with that of ``x``."""
    rest = x.graph.apply(FMOD, x, y)
    below, above = xp.lt(rest, 0) * xp.gt(y, 0), xp.gt(rest, 0) * xp.lt(y, 0)
    moved = xp.call("where", below, rest + y, xp.call("where", above, rest + y, rest))
    return xp.call("where", xp.eq(rest, 0), 0 / y, moved)


def _acsch(xp: Any, x: Any) -> Any:
    """``asinh(1/x)``, and ``log(2/x)`` where ``1/x`` is too large for a double."""
    inverse = 1 / x
    far = xp.sign(inverse) * (xp.log(2) - xp.log(abs(x)))
    return xp.where(xp.lt(abs(inverse), inf), xp.asinh(inverse), far)


_SHRUNK = 2.0**-540
"""Products of two numbers that are made so much smaller can be added up, and so can numbers."""


def _rescued(xp: Any, total: Any, shrunk: Any) -> Any:
    """A sum, or where that is out of range the one of smaller terms, made larger afterwards."""
    return xp.where(xp.lt(abs(total), inf), total, shrunk)


def _sum(xp: Any, *xs: Any) -> Any:
    """A partial sum may be too large where the sum is not; of two there is none."""
    total = reduce(operator.add, xs)
    if len(xs) < 3:
        return total
    return _rescued(xp, total, reduce(operator.add, [x * _SHRUNK for x in xs]) / _SHRUNK)


def _mean(xp: Any, *xs: Any) -> Any:
    """The sum over the number of terms; the sum may be too large where the mean is not."""
    if len(xs) == 1:
        return xs[0]
    mean = reduce(operator.add, xs) / len(xs)
    shrunk = reduce(operator.add, [x * _SHRUNK for x in xs]) / len(xs) / _SHRUNK
    return _rescued(xp, mean, shrunk)


def _dot(xp: Any, *xs: Any) -> Any:
    """A product may be too large where the sum of them is not."""
    half = len(xs) // 2
    pairs = list(zip(xs[:half], xs[half:], strict=True))
    total = reduce(operator.add, [a * b for a, b in pairs])
    if len(pairs) == 1:
        return total
    terms = [(a * _SHRUNK) * (b * _SHRUNK) for a, b in pairs]
    return _rescued(xp, total, reduce(operator.add, terms) / _SHRUNK / _SHRUNK)


def short_product(xp: Any, *xs: Any) -> Any:
    """A product of one or two numbers; of more, ``None``: a target has a way of its own."""
    return reduce(operator.mul, xs) if len(xs) < 3 else None


def _product(xp: Any, *xs: Any) -> Any:
    """Without overflow or underflow on the way, in a language without functions."""
    return reduce(operator.mul, xs) if len(xs) < 3 else scaling.product(xp, *xs)


def cube_root(xp: Any, x: Any) -> Any:
    """A step of Newton's method takes away what the rounding of 1/3 has cost."""
    size = abs(x)
    root = xp.pow(size, 1 / 3)
    better = root - (root - size / (root * root)) / 3
    known = xp.call("mul", xp.gt(size, 0), xp.lt(size, inf))
    return xp.sign(x) * xp.call("where", known, better, size)


def _extremum(compare: str) -> Callable[..., Any]:
    """The argument to which no other compares, nan if one is nan: ``fmax`` passes over those."""

    def extremum(xp: Any, first: Any, *others: Any) -> Any:
        chosen = first
        for other in others:
            a, b = (other, chosen) if _is_literal(chosen) else (chosen, other)
            a = a if _is_literal(b) else xp.where(xp.eq(b, b), a, b)
            chosen = xp.where(getattr(xp, compare)(a, b), b, a)
        return chosen

    return extremum


def _is_literal(node: Any) -> bool:
    return is_number(node.graph, node.id)


EXTREMA: dict[str, Formula] = {"max": _extremum("lt"), "min": _extremum("gt")}
"""For languages whose own pass over nan."""

NUMERICAL: dict[str, Formula] = {
    "acsch": _acsch,
    "asech": lambda xp, x: xp.log1p(xp.sqrt((1 - x) * (1 + x))) - xp.log(x),
    "acoth": lambda xp, x: xp.sign(x) * xp.log1p(2 / (abs(x) - 1)) / 2,
    "sigmoid": lambda xp, x: xp.where(xp.ge(x, 0), 1, _decay(xp, x)) / (1 + _decay(xp, x)),
    "softplus": lambda xp, x: xp.max(x, 0) + _tail(xp, x),
    "sign": _sign,
    "mod": _floored,
    "hypot": _pairs_first(_scaled_norm, "hypot"),
    "logsumexp": _logsumexp,
    "sum": _sum,
    "mean": _mean,
    "dot": _dot,
    "prod": _product,
}

NO_BESSEL = {"spherical_jn": "it has no Bessel functions"}
NO_POLYGAMMA = {
    "digamma": "it has no digamma function",
    "polygamma": "it has no polygamma functions",
    **NO_BESSEL,
}
