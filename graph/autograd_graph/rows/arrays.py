"""Choosing, and functions that write their result into their last argument, as NumPy's own do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def where(condition: Any, a: Any, b: Any) -> Any:
    """``np.where``; one condition for all rows chooses a number or a column as it is."""
    if isinstance(condition, (bool, np.bool_)):
        return a if condition else b
    return np.where(condition, a, b)


def put(condition: Any, number: Any, array: Any, out: Any) -> None:
    """A number where the condition holds, which it seldom does, else the array."""
    if out is not array:
        np.copyto(out, array)
    if condition.ndim:
        np.putmask(out, condition, number)
    elif condition:
        np.copyto(out, number)


def as_bits(truth: Any, out: Any) -> None:
    """All bits of a double where a truth value is true, none elsewhere: for :func:`choose`."""
    bits = out.view(np.int64)
    np.copyto(bits, truth.view(np.int8))
    np.negative(bits, bits)


def choose(bits: Any, a: Any, b: Any, results: Any) -> None:
    """``a`` where there are bits, else ``b``, without a branch.

    One that a processor cannot foresee takes ten times as long. The second result is room for what
    lies between; it is neither ``bits`` nor ``b``.
    """
    out, spare = (result.view(np.int64) for result in results)
    b = b.view(np.int64)
    np.bitwise_xor(a.view(np.int64), b, spare)
    np.bitwise_and(spare, bits.view(np.int64), spare)
    np.bitwise_xor(spare, b, out)


def as_floats(truth: Any, out: Any) -> None:
    """Truth values as 1 and 0."""
    np.copyto(out, truth)


def copy(array: Any, out: Any) -> None:
    """The same numbers, or one number in all rows."""
    np.copyto(out, array)


WRITING: dict[Any, Callable[..., Any]] = {
    np.maximum: lambda a, b, out: np.maximum(a, b, out=out),
    np.minimum: lambda a, b, out: np.minimum(a, b, out=out),
}
"""For functions of NumPy that do not take the array for the result by position: those that do."""
