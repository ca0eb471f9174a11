"""Lengths and angles of vectors, without intermediate overflow or underflow."""

from __future__ import annotations

import math
from math import inf

from autograd_graph.numbers.elementary import divide


def hypot(*xs: float) -> float:
    """The Euclidean norm, without intermediate overflow."""
    return math.hypot(*xs)


def direction(norm: float, *xs: float) -> list[float]:
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
    """``(x, -y) / (x^2 + y^2)`` without intermediate overflow or underflow."""
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
