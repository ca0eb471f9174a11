"""What a recorded call can do without: simplifications that change no bit of any result.

A rule is given the operands of a call and returns its result, or ``None`` to have it recorded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from autograd_graph.rows.recording import Column, Operand, Recording

TRUTHS = frozenset({
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.isnan, np.isinf, np.isfinite, np.bitwise_and, np.bitwise_or, np.invert,
})  # fmt: skip
"""Functions whose results are truth values."""

LOGICAL = frozenset({np.bitwise_and, np.bitwise_or, np.invert})
"""Functions of truth values."""

COMMUTATIVE = frozenset({
    np.add, np.multiply, np.equal, np.not_equal, np.bitwise_and, np.bitwise_or,
})  # fmt: skip


def _is(operand: Operand, number: float) -> bool:
    """Whether an operand is that number, with its sign."""
    if not isinstance(operand, (int, float)):
        return False
    return operand == number and math.copysign(1.0, operand) == math.copysign(1.0, number)


def _is_zero(operand: Operand) -> bool:
    return isinstance(operand, (int, float)) and operand == 0.0


def _multiply(recording: Recording, a: Operand, b: Operand) -> Any:
    for number, other in ((a, b), (b, a)):
        if _is(number, 1.0):
            return other
        if _is(number, -1.0):
            return -other
    if _defined(a) and _defined(b):
        product = recording.record(np.multiply, (a, b), ("float",))[0]
        product.truth, product.undefined = a.truth & b.truth, np.False_
        return product
    return None


def _defined(operand: Operand) -> bool:
    return getattr(operand, "undefined", None) is np.False_


def _divide(recording: Recording, a: Operand, b: Operand) -> Any:
    """A division by a power of two is exact as a product is."""
    if isinstance(b, (int, float)) and math.isfinite(b) and b != 0.0:
        mantissa, exponent = math.frexp(b)
        if abs(mantissa) == 0.5 and abs(exponent) < 1000:
            return a * (1.0 / float(b))
    return None


def _add(recording: Recording, a: Operand, b: Operand) -> Any:
    for one, other in ((a, b), (b, a)):
        if _is(one, -0.0) or (_is_zero(one) and getattr(other, "truth", None) is not None):
            return other  # what is 0 in a mask is not -0.0
        negated = recording.made_by(one, np.negative)
        if negated is not None:
            return other - negated[0]
    return None


def _subtract(recording: Recording, a: Operand, b: Operand) -> Any:
    if _is(b, 0.0):
        return a
    negated = recording.made_by(b, np.negative)
    return None if negated is None else a + negated[0]


def _negative(recording: Recording, a: Operand) -> Any:
    negated = recording.made_by(a, np.negative)
    return None if negated is None else negated[0]


def _extremum(function: Any) -> Callable[[Recording, Operand, Operand], Any]:
    """The rule of a function that takes four times as long with a number as with an array."""

    def rule(recording: Recording, a: Operand, b: Operand) -> Any:
        if getattr(a, "uniform", True) == getattr(b, "uniform", True):
            return None
        return function(recording.spread(a), recording.spread(b))

    return rule


def _even(function: Any) -> Callable[[Recording, Operand], Any]:
    """The rule of a function that has the same value for ``-x``."""

    def rule(recording: Recording, a: Operand) -> Any:
        negated = recording.made_by(a, np.negative)
        return None if negated is None else function(negated[0])

    return rule


def _equal(recording: Recording, a: Operand, b: Operand) -> Any:
    """A mask is compared with 0 to see where it holds."""
    for mask, zero in ((a, b), (b, a)):
        if getattr(mask, "truth", None) is not None and _is_zero(zero):
            return ~mask.truth
    return None


def _not_equal(recording: Recording, a: Operand, b: Operand) -> Any:
    for mask, zero in ((a, b), (b, a)):
        if getattr(mask, "truth", None) is not None and _is_zero(zero):
            return mask.truth
    return None


def _isnan(recording: Recording, a: Operand) -> Any:
    return a.undefined


def _and(recording: Recording, a: Operand, b: Operand) -> Any:
    for one, other in ((a, b), (b, a)):
        if isinstance(one, (bool, np.bool_)):
            return other if one else np.False_
    return a if a is b else None


def _or(recording: Recording, a: Operand, b: Operand) -> Any:
    for one, other in ((a, b), (b, a)):
        if isinstance(one, (bool, np.bool_)):
            return np.True_ if one else other
    return a if a is b else None


def _invert(recording: Recording, a: Operand) -> Any:
    inverted = recording.made_by(a, np.invert)
    return None if inverted is None else inverted[0]


RULES: dict[Any, Callable[..., Any]] = {
    np.multiply: _multiply,
    np.divide: _divide,
    np.add: _add,
    np.subtract: _subtract,
    np.negative: _negative,
    np.maximum: _extremum(np.maximum),
    np.minimum: _extremum(np.minimum),
    np.absolute: _even(np.absolute),
    np.square: _even(np.square),
    np.cos: _even(np.cos),
    np.equal: _equal,
    np.not_equal: _not_equal,
    np.isnan: _isnan,
    np.bitwise_and: _and,
    np.bitwise_or: _or,
    np.invert: _invert,
}


def describe(column: Column, condition: Operand, a: Operand, b: Operand) -> None:
    """Note of a choice between masks where it is not 0 and where it is nan."""
    known = [_facts(operand) for operand in (a, b)]
    if None in known:
        return
    (truth_a, undefined_a), (truth_b, undefined_b) = known  # type: ignore[misc]
    column.truth = either(condition, truth_a, truth_b)
    column.undefined = either(condition, undefined_a, undefined_b)


def _facts(operand: Operand) -> tuple[Operand, Operand] | None:
    if isinstance(operand, (int, float)):
        if _is(operand, -0.0):
            return None
        return np.bool_(operand != 0.0), np.bool_(operand != operand)
    return None if operand.truth is None else (operand.truth, operand.undefined)


def either(condition: Operand, a: Operand, b: Operand) -> Operand:
    """The truth value ``a`` where a condition holds, else ``b``."""
    if isinstance(a, (bool, np.bool_)):
        return condition | b if a else ~condition & b
    if isinstance(b, (bool, np.bool_)):
        return ~condition | a if b else condition & a
    return (condition & a) | (~condition & b)
