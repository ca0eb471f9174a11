"""The helpers of a number system as compositions of the operators it has.

On floats these helpers exist to save digits or to avoid overflow (:mod:`autograd_graph.floats`).
A number system that only knows how to apply a row of the operator table, like graph nodes or
dual numbers, gets them from here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from math import nan
from typing import Any


class Compositions(ABC):
    """A number system made of one operation: apply an operator of the table."""

    nan = nan

    @abstractmethod
    def apply(self, name: str, *operands: Any) -> Any:
        """An operator of the table over numbers of the system."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *operands: self.apply(name, *operands)

    @property
    def pi(self) -> Any:
        """The circle's constant."""
        return 3.141592653589793

    @property
    def ln2(self) -> Any:
        """``log(2)``."""
        return self.apply("log", 2)

    @property
    def ln10(self) -> Any:
        """``log(10)``."""
        return self.apply("log", 10)

    @property
    def two_over_root_pi(self) -> Any:
        """``2/sqrt(pi)``."""
        return 2 / self.apply("sqrt", self.pi)

    def square(self, x: Any) -> Any:
        """``x^2``."""
        return self.apply("pow", x, 2)

    def power(self, x: Any, y: Any) -> Any:
        """``x^y``."""
        return self.apply("pow", x, y)

    def power_slope(self, x: Any, y: Any) -> Any:
        """``y*x^(y - 1)``."""
        return y * self.apply("pow", x, y - 1)

    def power_log(self, power: Any, x: Any, y: Any) -> Any:
        """``x^y*log(x)``, the slope of ``power = x^y`` by ``y``; its limit 0 at ``x = 0``."""
        at_zero = self.where(self.ge(y, 0.0), 0.0, self.nan)
        return self.where(self.eq(x, 0.0), at_zero, power * self.log(x))

    def floor_divide(self, x: Any, y: Any) -> Any:
        """``floor(x/y)``."""
        return self.apply("floor", self.apply("div", x, y))

    def gaussian(self, x: Any) -> Any:
        """``exp(-x^2)``."""
        return self.apply("exp", -self.square(x))

    def normal_cdf(self, x: Any) -> Any:
        """``erfc(-x/sqrt(2))/2``."""
        return self.apply("erfc", -x / self.apply("sqrt", 2)) / 2

    def normal_density(self, x: Any) -> Any:
        """``exp(-x^2/2)/sqrt(2*pi)``."""
        return self.apply("exp", -self.square(x) / 2) / self.apply("sqrt", 2 * self.pi)

    def exp_difference(self, a: Any, b: Any) -> Any:
        """``exp(a - b)``."""
        return self.apply("exp", self.apply("sub", a, b))

    def softmax(self, x: Any, xs: Sequence[Any]) -> Any:
        """``exp(x - logsumexp(xs))``."""
        return self.exp_difference(x, self.apply("logsumexp", *xs))

    def cofactors(self, xs: Sequence[Any]) -> list[Any]:
        """For each number the product of the others, from running products of both ends."""
        before: list[Any] = [1]
        for x in xs[:-1]:
            before.append(before[-1] * x)
        after: Any = 1
        cofactors: list[Any] = []
        for x, product in zip(reversed(xs), reversed(before), strict=True):
            cofactors.append(product * after)
            after = after * x
        return cofactors[::-1]

    def direction(self, xs: Sequence[Any], norm: Any) -> list[Any]:
        """Each number over their norm; 0 at the origin."""
        return [self.where(self.eq(norm, 0), 0, x / norm) for x in xs]

    def angle_slopes(self, y: Any, x: Any) -> tuple[Any, Any]:
        """The slopes of ``atan2(y, x)``."""
        squared = self.square(x) + self.square(y)
        return x / squared, -y / squared

    def maximum(self, *xs: Any) -> Any:
        """``max(x1, ..., xn)``."""
        return self.apply("max", *xs)

    def minimum(self, *xs: Any) -> Any:
        """``min(x1, ..., xn)``."""
        return self.apply("min", *xs)

    def round_half_even(self, x: Any) -> Any:
        """``round(x)``."""
        return self.apply("round", x)

    def mask(self, condition: Any, witness: Any) -> Any:
        """The condition itself: a nan shows in the value already."""
        return condition

    def both(self, a: Any, b: Any) -> Any:
        """The product of two conditions."""
        return self.apply("mul", a, b)

    def neither(self, masks: Sequence[Any]) -> Any:
        """1 where none of the conditions holds."""
        total = masks[0] if len(masks) == 1 else self.apply("max", *masks)
        return self.apply("sub", 1, total)

    def select(self, condition: Any, adjoint: Any) -> Any:
        """The adjoint where the condition holds, else 0."""
        return self.apply("where", condition, adjoint, 0)
