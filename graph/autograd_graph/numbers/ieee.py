"""Floats whose division follows IEEE 754, for formulas whose plain division raised.

Partials are written with ``/``. On plain floats that is fast but raises for a zero divisor; the
passes then evaluate the same formula again on the numbers and functions of this module.
"""

from __future__ import annotations

from typing import Any

from autograd_graph.numbers import floats
from autograd_graph.numbers.elementary import divide
from autograd_graph.numbers.system import Routed


class Ieee(float):
    """A float whose division follows IEEE 754 instead of raising; slower than a plain one."""

    __slots__ = ()

    def __add__(self, other: Any) -> Ieee:
        return Ieee(float(self) + float(other))

    def __sub__(self, other: Any) -> Ieee:
        return Ieee(float(self) - float(other))

    def __mul__(self, other: Any) -> Ieee:
        return Ieee(float(self) * float(other))

    def __truediv__(self, other: Any) -> Ieee:
        return Ieee(divide(float(self), float(other)))

    def __radd__(self, other: Any) -> Ieee:
        return Ieee(float(other) + float(self))

    def __rsub__(self, other: Any) -> Ieee:
        return Ieee(float(other) - float(self))

    def __rmul__(self, other: Any) -> Ieee:
        return Ieee(float(other) * float(self))

    def __rtruediv__(self, other: Any) -> Ieee:
        return Ieee(divide(float(other), float(self)))

    def __neg__(self) -> Ieee:
        return Ieee(-float(self))

    def __abs__(self) -> Ieee:
        return Ieee(abs(float(self)))


class _System(Routed):
    """The functions of :mod:`autograd_graph.numbers.floats` with float results as :class:`Ieee`."""

    nan, pi, ln2, ln10 = floats.nan, floats.pi, floats.ln2, floats.ln10
    two_over_root_pi = floats.two_over_root_pi

    def call(self, name: str, *operands: Any) -> Any:
        """Evaluate the function of that name."""
        result = getattr(floats, name)(*operands)
        return Ieee(result) if isinstance(result, float) else result


system = _System()
