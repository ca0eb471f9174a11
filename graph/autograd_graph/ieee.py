"""Floats whose division follows IEEE 754: the formulas' second try where plain division raises.

Partials are written with ``/``. On plain floats that is fast and raises at a zero divisor; the
passes then evaluate the same formula once more with the numbers and the functions from here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_graph import floats


class Ieee(float):
    """A float whose division follows IEEE 754 instead of raising.

    Formulas are written with plain ``/``. Where that raises, the passes evaluate the formula
    again on these: slower, rare, and the same formula.
    """

    __slots__ = ()

    def __add__(self, other: Any) -> Ieee:
        return Ieee(float(self) + float(other))

    def __sub__(self, other: Any) -> Ieee:
        return Ieee(float(self) - float(other))

    def __mul__(self, other: Any) -> Ieee:
        return Ieee(float(self) * float(other))

    def __truediv__(self, other: Any) -> Ieee:
        return Ieee(floats.divide(float(self), float(other)))

    def __radd__(self, other: Any) -> Ieee:
        return Ieee(float(other) + float(self))

    def __rsub__(self, other: Any) -> Ieee:
        return Ieee(float(other) - float(self))

    def __rmul__(self, other: Any) -> Ieee:
        return Ieee(float(other) * float(self))

    def __rtruediv__(self, other: Any) -> Ieee:
        return Ieee(floats.divide(float(other), float(self)))

    def __neg__(self) -> Ieee:
        return Ieee(-float(self))

    def __abs__(self) -> Ieee:
        return Ieee(abs(float(self)))


class System:
    """The functions of :mod:`autograd_graph.floats` with every float result an :class:`Ieee`."""

    def __getattr__(self, name: str) -> Any:
        member = getattr(floats, name)
        return _wrapped(member) if callable(member) else member


def _wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        result = function(*args)
        return Ieee(result) if isinstance(result, float) else result

    return call


system = System()
