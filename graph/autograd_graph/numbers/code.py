"""Graph nodes as numbers, for the derivatives that exported code computes.

Doubles have helpers that keep digits, or the range on the way. Here they are formulas that do so
too, of functions that other languages have.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

from autograd_graph.graph import LITERAL
from autograd_graph.numbers import scaling
from autograd_graph.numbers.nodes import NodeMath
from autograd_graph.op import Op

HELD = Op(
    name="held",
    parameters="x",
    summary="x itself, held: what is computed with it would be the same with any other",
    value=lambda xp, x: x,
    flat=True,
    probe=(),
)

_FEW_FACTORS = 8
"""The other factors are written out for each of so many; for more that would be too long."""

_SERIES = (304, 238, 180, 130, 88, 54, 28, 10)
"""``2k*(2k + 3)`` for the terms that count where ``abs(x) < 1``, the last one first."""


class CodeMath(NodeMath):
    """The number system of one graph's nodes, with formulas that are good on doubles."""

    def square(self, x: Any) -> Any:
        """``x*x``: a power raises in Python where it is too large."""
        return x * x

    def power_slope(self, x: Any, y: Any) -> Any:
        """``y*x^(y - 1)``; 0 for ``y = 0``, where ``1/x`` may be too large."""
        if y.op is LITERAL:
            return super().power_slope(x, y)
        return self.where(self.eq(y, 0), 0, y * self.pow(x, y - 1))

    def floor_divide(self, x: Any, y: Any) -> Any:
        """``floor(x/y)`` of the true quotient: what the remainder leaves, over ``y``."""
        return self.round((x - self.mod(x, y)) / y)

    def neither(self, *masks: Any) -> Any:
        """Each fails: a condition, as the masks are."""
        return reduce(self.both, [self.eq(mask, 0) for mask in masks])

    def softmax(self, *xs: Any) -> list[Any]:
        """``exp(x - m)`` over the sum of them all, with ``m`` the largest; of two a sigmoid."""
        if len(xs) == 1:
            return [1]
        if len(xs) == 2:
            difference = xs[0] - xs[1]
            return [self.sigmoid(difference), self.sigmoid(-difference)]
        m = self.graph.apply(HELD, self.max(*xs))
        powers = [self.exp(x - m) for x in xs]
        total = reduce(add, powers)
        return [power / total for power in powers]

    def cofactors(self, *xs: Any) -> list[Any]:
        """The products of the others, which do not overflow or underflow on the way."""
        if len(xs) <= 3:
            return super().cofactors(*xs)
        if len(xs) > _FEW_FACTORS:
            return scaling.cofactors(self, *xs)
        return [self.prod(*xs[:n], *xs[n + 1 :]) for n in range(len(xs))]

    def angle_slopes(self, y: Any, x: Any) -> tuple[Any, Any]:
        """``(x, -y)`` over the radius, and over it again: its square may be out of range."""
        radius = self.hypot(x, y)
        return x / radius / radius, -y / radius / radius

    def spherical_jn(self, n: Any, x: Any) -> Any:
        """Order 1 by ``sinc`` and cosine, and by its power series where these cancel."""
        if n != 1:
            return self.call("spherical_jn", n, x)
        rest: Any = 1
        for divisor in _SERIES:
            rest = 1 - x * x / divisor * rest
        far = (self.sinc(x) - self.cos(x)) / x
        return self.where(self.lt(abs(x), 1), x / 3 * rest, far)
