"""Operators composed of others, as formulas over graph nodes.

``NUMERICAL`` are the forms that keep their digits and do not overflow on the way, for targets
that compute; ``MATHEMATICAL`` those that people write, for targets that are read or do algebra.
A target that has a function of its own needs neither.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import inf
from typing import Any

from autograd_graph.export.lowering import private
from autograd_graph.export.target import Formula

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


_sum, _product = _folded("add"), _folded("mul")


def _dot(xp: Any, *xs: Any) -> Any:
    half = len(xs) // 2
    return _sum(xp, *(a * b for a, b in zip(xs[:half], xs[half:], strict=True)))


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
    """``m + log(exp(x1 - m) + ... + exp(xn - m))`` with ``m`` the largest, if that is finite."""
    if len(xs) == 1:
        return xs[0]
    m = xp.max(*xs)
    total = m + xp.log(_sum(xp, *(xp.exp(x - m) for x in xs)))
    return xp.where(xp.lt(abs(m), inf), total, m)


def _leg(xp: Any, x: Any) -> Any:
    """``sqrt(x^2 - 1)`` without cancellation near 1."""
    return xp.sqrt(abs(x) - 1) * xp.sqrt(abs(x) + 1)


def _decay(xp: Any, x: Any, scale: int = 1) -> Any:
    """``exp(-scale*abs(x))``: never too large."""
    return xp.exp(-scale * abs(x))


def _sech(xp: Any, x: Any) -> Any:
    t = _decay(xp, x)
    return 2 * t / (1 + t * t)


def _csch(xp: Any, x: Any) -> Any:
    """By a decay where ``sinh`` may be too large."""
    far = -2 * xp.sign(x) * _decay(xp, x) / xp.expm1(-2 * abs(x))
    return xp.where(xp.lt(abs(x), 1), 1 / xp.sinh(x), far)


def _sign(xp: Any, x: Any) -> Any:
    """``abs`` is 0 for both zeros, and stays nan."""
    return xp.where(xp.gt(x, 0), 1, xp.where(xp.lt(x, 0), -1, abs(x)))


def _tail(xp: Any, x: Any) -> Any:
    """``log(1 + exp(-abs(x)))``."""
    return xp.log1p(_decay(xp, x))


def _floored(xp: Any, x: Any, y: Any) -> Any:
    """The remainder with the sign of ``y`` from the one with the sign of ``x``."""
    rest = x.graph.apply(FMOD, x, y)
    return xp.where(xp.lt(rest * y, 0), rest + y, rest)


COMMON: dict[str, Formula] = {
    "identity": lambda xp, x: x,
    "square": lambda xp, x: xp.pow(x, 2),
    "exp2": lambda xp, x: xp.pow(2, x),
    "log_base": lambda xp, x, base: xp.log(x) / xp.log(base),
    "log2": lambda xp, x: xp.log(x) / xp.log(2),
    "log10": lambda xp, x: xp.log(x) / xp.log(10),
    "sec": lambda xp, x: 1 / xp.cos(x),
    "csc": lambda xp, x: 1 / xp.sin(x),
    "cot": lambda xp, x: 1 / xp.tan(x),
    "coth": lambda xp, x: 1 / xp.tanh(x),
    "acot": lambda xp, x: xp.atan(1 / x),
    "acsch": lambda xp, x: xp.asinh(1 / x),
    "sinc": lambda xp, x: xp.where(xp.eq(x, 0), 1, xp.sin(x) / x),
    "relu": lambda xp, x: xp.max(x, 0),
    "leaky_relu": lambda xp, x, slope: xp.where(xp.gt(x, 0), x, slope * x),
    "elu": lambda xp, x, alpha: xp.where(xp.gt(x, 0), x, alpha * xp.expm1(x)),
    "xlogy": lambda xp, x, y: xp.where(xp.eq(x, 0) * xp.ge(y, 0), 0, x * xp.log(y)),
    "xlog1py": lambda xp, x, y: xp.where(xp.eq(x, 0) * xp.ge(y, -1), 0, x * xp.log1p(y)),
    "gelu": lambda xp, x: x * xp.erfc(-x / xp.sqrt(2)) / 2,
    "softsign": lambda xp, x: x / (1 + abs(x)),
    "clip": lambda xp, x, lo, hi: xp.min(xp.max(x, lo), hi),
    "step": lambda xp, x: xp.gt(x, 0),
    "sum": _sum,
    "prod": _product,
    "mean": lambda xp, *xs: _sum(xp, *xs) / len(xs),
    "dot": _dot,
    "min": _folded("min"),
    "max": _folded("max"),
}
"""The same everywhere."""

NUMERICAL: dict[str, Formula] = COMMON | {
    "asec": lambda xp, x: xp.atan2(_leg(xp, x), xp.sign(x)),
    "acsc": lambda xp, x: xp.atan2(xp.sign(x), _leg(xp, x)),
    "sech": _sech,
    "csch": _csch,
    "asech": lambda xp, x: xp.log1p(xp.sqrt((1 - x) * (1 + x))) - xp.log(x),
    "gelu": lambda xp, x: xp.erfc(-x / xp.sqrt(2)) / 2 * x,
    "acoth": lambda xp, x: xp.sign(x) * xp.log1p(2 / (abs(x) - 1)) / 2,
    "sigmoid": lambda xp, x: xp.where(xp.ge(x, 0), 1, _decay(xp, x)) / (1 + _decay(xp, x)),
    "softplus": lambda xp, x: xp.max(x, 0) + _tail(xp, x),
    "log_sigmoid": lambda xp, x: xp.min(x, 0) - _tail(xp, x),
    "sign": _sign,
    "step": lambda xp, x: xp.where(xp.gt(x, 0), 1, xp.where(xp.le(x, 0), 0, x)),
    "mod": _floored,
    "hypot": _pairs_first(_scaled_norm, "hypot"),
    "logsumexp": _logsumexp,
}

MATHEMATICAL: dict[str, Formula] = COMMON | {
    "expm1": lambda xp, x: xp.exp(x) - 1,
    "log1p": lambda xp, x: xp.log(1 + x),
    "cbrt": lambda xp, x: xp.sign(x) * xp.pow(abs(x), Fraction(1, 3)),
    "asec": lambda xp, x: xp.acos(1 / x),
    "acsc": lambda xp, x: xp.asin(1 / x),
    "sech": lambda xp, x: 1 / xp.cosh(x),
    "csch": lambda xp, x: 1 / xp.sinh(x),
    "asech": lambda xp, x: xp.acosh(1 / x),
    "acoth": lambda xp, x: xp.atanh(1 / x),
    "sigmoid": lambda xp, x: 1 / (1 + xp.exp(-x)),
    "softplus": lambda xp, x: xp.log(1 + xp.exp(x)),
    "log_sigmoid": lambda xp, x: -xp.log(1 + xp.exp(-x)),
    "hypot": lambda xp, *xs: xp.sqrt(_sum(xp, *(xp.pow(x, 2) for x in xs))),
    "logsumexp": lambda xp, *xs: xp.log(_sum(xp, *map(xp.exp, xs))),
}

NO_BESSEL = {"spherical_jn": "it has no Bessel functions"}
NO_POLYGAMMA = {
    "digamma": "it has no digamma function",
    "polygamma": "it has no polygamma functions",
    **NO_BESSEL,
}
