"""Dual numbers: a value and its tangent along one direction, carried through any formula.

The reverse pass over duals gives, beside the gradient, the derivative of the gradient along the
direction: a row of the Hessian (forward over reverse; Griewank and Walther, *Evaluating
Derivatives*, 2nd ed., §5.2). It takes the same branches as the pass over floats, so branches not
taken contribute nothing to second derivatives either.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan
from typing import Any

from autograd_graph.numbers import floats, ieee
from autograd_graph.numbers.sums import weighted_steps
from autograd_graph.numbers.system import Derived
from autograd_graph.op import Op
from autograd_graph.operators import OPERATORS
from autograd_graph.passes.evaluation import value_of
from autograd_graph.passes.underflow import TINY, Losses

Number = Any
"""A :class:`Dual` or a plain number, whose derivative is identically 0."""


class Dual:
    """``value + tangent·ε``. The tangent is ``None`` if it does not depend on the direction."""

    __slots__ = ("math", "tangent", "value")

    def __init__(self, math: DualMath, value: float, tangent: float | None) -> None:
        self.math = math
        self.value = value
        self.tangent = tangent

    def __add__(self, other: Number) -> Dual:
        return self.math.total(self, other)

    def __radd__(self, other: Number) -> Dual:
        return self.math.total(other, self)

    def __sub__(self, other: Number) -> Dual:
        return self.math.call("sub", self, other)

    def __rsub__(self, other: Number) -> Dual:
        return self.math.call("sub", other, self)

    def __mul__(self, other: Number) -> Dual:
        return self.math.times(self, other)

    def __rmul__(self, other: Number) -> Dual:
        return self if other == 1.0 else self.math.times(other, self)

    def __truediv__(self, other: Number) -> Dual:
        return self.math.quotient(self, other)

    def __rtruediv__(self, other: Number) -> Dual:
        return self.math.quotient(other, self)

    def __neg__(self) -> Dual:
        return self.math.dual(-self.value, None if self.tangent is None else -self.tangent)

    def __abs__(self) -> Dual:
        return self.math.call("abs", self)


def value(number: Number) -> float:
    """The value of a number, without its tangent."""
    return number.value if isinstance(number, Dual) else float(number)


def tangent(number: Number) -> float | None:
    """The tangent of a number; ``None`` if it does not depend on the direction."""
    return number.tangent if isinstance(number, Dual) else None


class DualMath(Derived):
    """The number system of duals, which records ``losses`` to underflow."""

    def __init__(self, losses: Losses) -> None:
        self.losses = losses

    def dual(self, value: float, tangent: float | None) -> Dual:
        """Make a number of this system."""
        return Dual(self, value, tangent)

    def call(self, name: str, *operands: Number) -> Dual:
        """The operator's value, and its tangent by the chain rule."""
        row = OPERATORS[name]
        values = [value(operand) for operand in operands]
        result = self.losses.value(row, value_of(row, values), values)
        tangents = [tangent(operand) for operand in operands]
        total: float | None = None
        if any(t is not None for t in tangents):
            for slope, t in zip(_slopes(row, result, values, tangents), tangents, strict=True):
                if slope is not None and t is not None:
                    share = self.losses.share(row, slope, t, values)
                    total = share if total is None else total + share
        return self.dual(result, total)

    def total(self, a: Number, b: Number) -> Dual:
        """The sum of two numbers, as :meth:`call` computes it."""
        result = value(a) + value(b)
        if not abs(result) < inf:
            return self.call("add", a, b)
        tangents = [t for t in (tangent(a), tangent(b)) if t is not None]
        return Dual(self, result, sum(tangents[1:], tangents[0]) if tangents else None)

    def times(self, a: Number, b: Number) -> Dual:
        """The product of two numbers, as :meth:`call` computes it."""
        x, x_moves = (a.value, a.tangent) if isinstance(a, Dual) else (float(a), None)
        y, y_moves = (b.value, b.tangent) if isinstance(b, Dual) else (float(b), None)
        result = x * y
        if not TINY <= abs(result) < inf:
            return self.call("mul", a, b)
        if x_moves is None and y_moves is None:
            return Dual(self, result, None)
        return Dual(self, result, self._moved("mul", (y, x), (x_moves, y_moves), (x, y)))

    def quotient(self, a: Number, b: Number) -> Dual:
        """The quotient of two numbers, as :meth:`call` computes it."""
        x, x_moves = (a.value, a.tangent) if isinstance(a, Dual) else (float(a), None)
        y, y_moves = (b.value, b.tangent) if isinstance(b, Dual) else (float(b), None)
        result = x / y if y else nan
        if not TINY <= abs(result) < inf:
            return self.call("div", a, b)
        slopes = 1.0 / y, -result / y
        return Dual(self, result, self._moved("div", slopes, (x_moves, y_moves), (x, y)))

    def _moved(
        self,
        name: str,
        slopes: tuple[float, float],
        tangents: tuple[float | None, float | None],
        values: tuple[float, float],
    ) -> float | None:
        """The tangent of an operator of two numbers by the chain rule."""
        total: float | None = None
        for slope, flow in zip(slopes, tangents):  # noqa: B905 - two of each
            if flow is None:
                continue
            share = slope * flow
            if abs(slope) < TINY or abs(share) < TINY:
                share = self.losses.share(OPERATORS[name], slope, flow, values)
            total = share if total is None else total + share
        return total

    def direction(self, norm: Number, *xs: Number) -> list[Number]:
        """Each number divided by their norm; 0 at the origin."""
        if value(norm) == 0.0:
            return [self.dual(0.0, None) for _ in xs]
        return [x / norm for x in xs]

    def power_slope(self, x: Number, y: Number) -> Number:
        """``y*x^(y - 1)``; 0 for a constant exponent 0, whatever ``x`` is."""
        if tangent(y) is None and value(y) == 0.0:
            return 0.0
        if value(x) != 0.0:
            return super().power_slope(x, y)
        slope = floats.power_slope(value(x), value(y))
        return self.dual(slope, _along(x, _curvature_at_zero(x, y), y, _mixed_at_zero(value(y))))

    def power_log(self, power: Number, x: Number, y: Number) -> Number:
        """``x^y*log(x)``; at ``x = 0`` its partials are limits of their own."""
        if value(x) != 0.0:
            return super().power_log(power, x, y)
        slope = floats.power_log(value(power), value(x), value(y))
        by_exponent = 0.0 if value(y) > 0.0 else nan
        return self.dual(slope, _along(x, _mixed_at_zero(value(y)), y, by_exponent))

    def softmax(self, *xs: Number) -> list[Number]:
        """Each ``exp(x)`` divided by the sum of all; the tangents stay exact for huge ``xs``."""
        values = [value(each) for each in xs]
        shares = floats.softmax(*values)
        if all(tangent(each) is None for each in xs):
            return [self.dual(share, None) for share in shares]
        steps = [tangent(each) or 0.0 for each in xs]
        largest = max(values)
        moved = weighted_steps([floats.exp(each - largest) for each in values], steps)
        return [
            self.dual(share, share * moved[step]) for share, step in zip(shares, steps, strict=True)
        ]

    def select(self, condition: Number, adjoint: Number) -> Number:
        """The adjoint if the condition holds, else ``None``: no flow, rather than 0."""
        return adjoint if value(condition) else None

    def mask(self, condition: Number, witness: Number) -> float:
        """The condition as 1 or 0; nan for a nan witness."""
        return floats.mask(value(condition), value(witness))


def _curvature_at_zero(x: Number, y: Number) -> float:
    """The second derivative of ``x^y`` by ``x`` where ``x`` is 0."""
    exponent = value(y)
    if exponent in (0.0, 1.0):
        return 0.0
    return exponent * (exponent - 1.0) * floats.pow(value(x), exponent - 2.0)


def _mixed_at_zero(exponent: float) -> float:
    """The limit of ``x^(y - 1)*(1 + y*log(x))`` where ``x`` goes to 0."""
    if exponent > 1.0:
        return 0.0
    if exponent > 0.0:
        return -inf
    return inf if exponent == 0.0 else nan


def _along(x: Number, by_x: float, y: Number, by_y: float) -> float | None:
    """The tangent of a function of two numbers with these partials."""
    shares = [s * t for s, t in ((by_x, tangent(x)), (by_y, tangent(y))) if t]
    if shares:
        return sum(shares)
    return None if tangent(x) is None and tangent(y) is None else 0.0


def _slopes(
    row: Op, result: float, values: Sequence[float], tangents: Sequence[float | None]
) -> Sequence[float | None]:
    """The partials of one operator on floats."""
    if row.flat:
        return [None] * len(values)
    if row.shares is not None:
        constant = tuple(t is None for t in tangents)
        routed: Sequence[float | None] = row.shares(floats, 1.0, result, constant, *values)
        return routed
    formula = row.constant_last if row.constant_last and tangents[-1] is None else row.partials
    assert formula is not None
    try:
        slopes = formula(floats, result, *values)
    except ZeroDivisionError:
        slopes = formula(ieee.system, *map(ieee.Ieee, (result, *values)))
    return [None if slope is None else float(slope) for slope in slopes]
