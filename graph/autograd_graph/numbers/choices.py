"""Comparisons and choices of doubles: 1 or 0, and nan where the condition is nan."""

from __future__ import annotations

from collections.abc import Callable
from math import nan


def sign(x: float) -> float:
    """-1, 0 or 1; nan for nan."""
    return x if x != x else float((x > 0.0) - (x < 0.0))


def where(condition: float, a: float, b: float) -> float:
    """``a`` if ``condition`` is not 0, else ``b``; nan if it is nan."""
    if condition != condition:
        return nan
    return a if condition else b


def mask(condition: bool | float, witness: float) -> float:
    """The condition as 1 or 0; nan if ``witness``, the number that it tests, is nan."""
    return witness if witness != witness else float(condition)


def both(a: float, b: float) -> float:
    """Whether both masks hold."""
    return a and b


def neither(*masks: float) -> float:
    """Whether none of the masks holds."""
    return float(not any(masks))


def select(condition: float, adjoint: float) -> float | None:
    """The adjoint if ``condition`` is not 0, else ``None``: no flow, rather than 0; nan for nan."""
    if condition != condition:
        return nan
    return adjoint if condition else None


def maximum(*xs: float) -> float:
    """The largest number; nan if one is nan."""
    largest = max(xs)
    return largest if all(x == x for x in xs) else nan


def minimum(*xs: float) -> float:
    """The smallest number; nan if one is nan."""
    smallest = min(xs)
    return smallest if all(x == x for x in xs) else nan


lt: Callable[[float, float], float] = lambda a, b: float(a < b)
le: Callable[[float, float], float] = lambda a, b: float(a <= b)
gt: Callable[[float, float], float] = lambda a, b: float(a > b)
ge: Callable[[float, float], float] = lambda a, b: float(a >= b)
eq: Callable[[float, float], float] = lambda a, b: float(a == b)
ne: Callable[[float, float], float] = lambda a, b: float(a != b)
