"""Calls that NumPy has no function of its own for, with the result written into ``out``."""

from __future__ import annotations

from typing import Any

import numpy as np


def choose(condition: Any, a: Any, b: Any, out: Any) -> None:
    """``a`` where the condition holds, else ``b``. ``out`` may be ``b``, but not ``a``."""
    if out is not b:
        np.copyto(out, b)
    np.putmask(out, condition, a)


def as_floats(truth: Any, out: Any) -> None:
    """Truth values as 1 and 0."""
    np.copyto(out, truth)


def copy(array: Any, out: Any) -> None:
    """The same numbers."""
    np.copyto(out, array)
