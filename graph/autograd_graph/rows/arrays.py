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


def choose(condition: Any, a: Any, b: Any, out: Any) -> None:
    """``a`` where the condition holds, else ``b``. ``out`` may be ``b``, but not ``a``."""
    if condition.ndim == 0:
        np.copyto(out, a if condition else b)
        return
    if out is not b:
        np.copyto(out, b)
    np.putmask(out, condition, a)


def as_floats(truth: Any, out: Any) -> None:
    """Truth values as 1 and 0."""
    np.copyto(out, truth)


def copy(array: Any, out: Any) -> None:
    """The same numbers."""
    np.copyto(out, array)


WRITING: dict[Any, Callable[..., Any]] = {
    np.maximum: lambda a, b, out: np.maximum(a, b, out=out),
    np.minimum: lambda a, b, out: np.minimum(a, b, out=out),
}
"""For functions of NumPy that do not take the array for the result by position: those that do."""
