"""The number system of columns: NumPy arrays of rows, each row as on floats.

A number is a column of doubles, or one double for all rows. An adjoint may have a mask of the rows
that it flows in: a branch that is not taken contributes nothing, rather than 0, so that its
infinite partials cannot enter a sum.

NumPy is optional; only callers with columns import this module. Its functions differ from those of
``math`` by a few units in the last place. Functions that it lacks are evaluated row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_graph.numbers import floats
from autograd_graph.numbers.system import FUNCTIONS, Routed
from autograd_graph.op import Constant, Op

Column = Any
"""A ``numpy.ndarray`` of doubles, or one double."""


class Flow:
    """An adjoint that flows in some rows: ``values`` where ``rows`` is true, nothing elsewhere.

    "Nothing" is stored as -0.0, which leaves any number unchanged when it is added.
    """

    __slots__ = ("rows", "values")

    __array_ufunc__ = None
    """Makes NumPy leave arithmetic between arrays and flows to this class."""

    def __init__(self, values: Column, rows: Column) -> None:
        self.rows = rows
        self.values = np.where(rows, values, -0.0)

    def __mul__(self, slope: Column) -> Flow:
        return Flow(self.values * slope, self.rows)

    def __truediv__(self, count: Column) -> Flow:
        return Flow(self.values / count, self.rows)

    def __add__(self, other: Column | Flow) -> Column | Flow:
        if isinstance(other, Flow):
            return Flow(self.values + other.values, self.rows | other.rows)
        return self.values + other

    __rmul__ = __mul__
    __radd__ = __add__


def _row_by_row(function: Callable[..., Any]) -> Callable[..., Column]:
    """A function of floats, applied to columns one row after the other."""

    def on_columns(*columns: Column) -> Column:
        columns = np.broadcast_arrays(*columns)
        rows = zip(*(column.ravel().tolist() for column in columns), strict=True)
        found = np.array([function(*row) for row in rows])
        return np.moveaxis(found, -1, 0) if found.ndim > 1 else found.reshape(columns[0].shape)

    return on_columns


def _extremum(beats: Callable[[Column, Column], Column]) -> Callable[..., Column]:
    """The first operand that no other beats, or nan in rows where one is nan."""

    def extremum(*columns: Column) -> Column:
        best = columns[0]
        for column in columns[1:]:
            best = np.where(beats(column, best), column, best)
        return _nan_where_undefined(best, columns)

    return extremum


def _nan_where_undefined(best: Column, columns: tuple[Column, ...]) -> Column:
    undefined = np.zeros(np.shape(best), dtype=bool)
    for column in columns:
        undefined = undefined | np.isnan(column)
    return np.where(undefined, np.nan, best)


def _comparison(holds: Callable[[Column, Column], Column]) -> Callable[[Column, Column], Column]:
    return lambda a, b: np.asarray(holds(a, b), dtype=float)


def _where(condition: Column, a: Column, b: Column) -> Column:
    chosen = np.where(np.not_equal(condition, 0.0), a, b)
    return np.where(np.isnan(condition), np.nan, chosen)


def _select(mask: Column, adjoint: Column | Flow) -> Flow:
    flows = np.not_equal(mask, 0.0)
    if isinstance(adjoint, Flow):
        return Flow(np.where(np.isnan(mask), np.nan, adjoint.values), flows & adjoint.rows)
    return Flow(np.where(np.isnan(mask), np.nan, adjoint), flows)


def _neither(*masks: Column) -> Column:
    some = np.not_equal(masks[0], 0.0)
    for mask in masks[1:]:
        some = some | np.not_equal(mask, 0.0)
    return np.where(some, 0.0, 1.0)


_NUMPY: dict[str, Callable[..., Any]] = {
    "pow": np.float_power,
    "square": np.square,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "exp2": np.exp2,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "cot": lambda x: 1.0 / np.tan(x),
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "coth": lambda x: 1.0 / np.tanh(x),
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "where": _where,
    "min": _extremum(np.less),
    "max": _extremum(np.greater),
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint,
    "trunc": np.trunc,
    "isfinite": np.isfinite,
    "lt": _comparison(np.less),
    "le": _comparison(np.less_equal),
    "gt": _comparison(np.greater),
    "ge": _comparison(np.greater_equal),
    "eq": _comparison(np.equal),
    "ne": _comparison(np.not_equal),
    "mask": lambda condition, witness: np.where(np.isnan(witness), np.nan, condition),
    "both": lambda a, b: np.where(np.equal(a, 0.0), a, b),
    "neither": _neither,
    "select": _select,
}
_FUNCTIONS = {
    name: _NUMPY[name] if name in _NUMPY else _row_by_row(getattr(floats, name))
    for name in FUNCTIONS
}


class BlockMath(Routed):
    """The number system of columns."""

    nan, pi, ln2, ln10 = floats.nan, floats.pi, floats.ln2, floats.ln10
    two_over_root_pi = floats.two_over_root_pi

    def number(self, double: float) -> Any:
        """A double for all rows. Unlike Python's own it divides by 0 as columns do."""
        return np.float64(double)

    def call(self, name: str, *operands: Column) -> Any:
        """Evaluate the function of that name, elementwise."""
        return _FUNCTIONS[name](*operands)


system = BlockMath()


def statuses(row: Op, value: Column, constant: Constant, arguments: Sequence[Column]) -> Column:
    """For each row, the index of the first condition of ``awkward`` that holds, or -1."""
    found = np.full(np.shape(value), -1)
    for index, (_, holds) in reversed([*enumerate(row.awkward)]):
        found = np.where(holds(system, value, constant, *arguments), index, found)
    return found
