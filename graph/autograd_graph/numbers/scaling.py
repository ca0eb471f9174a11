"""Products that neither overflow nor underflow on the way, in arithmetic that every language has.

A number is ``mantissa*2^(564*exponent)``, with a mantissa between 2^-511 and 2^512 in size: the
product of two such is an ordinary double.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any, NamedTuple

from autograd_graph.numbers.system import Derived

_SMALL, _LARGE = 2.0**-511, 2.0**512
_UNIT = 2.0**564
_HALF = 282
_FAR = 3
"""From here on every mantissa is infinite, or 0, as a double."""


class Scaled(NamedTuple):
    """A mantissa, and an exponent in units of 564 bits; both are numbers of the system."""

    mantissa: Any
    exponent: Any


def scaled(xp: Derived, x: Any) -> Scaled:
    """A number taken apart, without rounding."""
    size = abs(x)
    small, large = xp.lt(size, _SMALL), xp.ge(size, _LARGE)
    inside = xp.call("where", large, x / _UNIT, x)
    above = xp.call("where", large, 1, 0)
    return Scaled(xp.call("where", small, x * _UNIT, inside), xp.call("where", small, -1, above))


def times(xp: Derived, a: Scaled, b: Scaled) -> Scaled:
    """The product of two."""
    mantissa, exponent = scaled(xp, a.mantissa * b.mantissa)
    return Scaled(mantissa, a.exponent + b.exponent + exponent)


def unscaled(xp: Derived, number: Scaled) -> Any:
    """The nearest double: half of the exponent at a time, as all of it may be out of range."""
    near = xp.max(xp.min(number.exponent, _FAR), -_FAR)
    half = xp.exp2(_HALF * near)
    return number.mantissa * half * half


def product(xp: Derived, *xs: Any) -> Any:
    """The product of several numbers."""
    return unscaled(xp, _running(xp, *xs)[-1])


def cofactors(xp: Derived, *xs: Any) -> list[Any]:
    """For each of three numbers or more the product of the others, in linear time."""
    before = _running(xp, *xs[:-1])
    after = _running(xp, *xs[:0:-1])[::-1]
    inner = [times(xp, a, b) for a, b in zip(before[:-1], after[1:], strict=True)]
    return [unscaled(xp, number) for number in (after[0], *inner, before[-1])]


def _running(xp: Derived, *xs: Any) -> list[Scaled]:
    """The first number, the product of the first two, and so on."""
    return list(accumulate((scaled(xp, x) for x in xs), lambda a, b: times(xp, a, b)))
