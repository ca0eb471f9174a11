"""The number system of columns: NumPy arrays of rows, each row as on floats.

A number is a column of doubles, or one double for all rows. An adjoint may have a mask of the rows
that it flows in: a branch that is not taken contributes nothing, rather than 0, so that its
infinite partials cannot enter a sum.

The formulas call NumPy's functions and ``np.where`` only, so that they run on arrays and on
recording columns (:mod:`autograd_graph.rows.recording`) with the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd_graph.numbers import floats
from autograd_graph.numbers.system import FUNCTIONS, Routed
from autograd_graph.op import Constant, Op
from autograd_graph.rows import functions
from autograd_graph.rows.arrays import where
from autograd_graph.rows.functions import row_by_row

Column = Any
"""A ``numpy.ndarray`` of doubles, a recording column, or one double."""


class Flow:
    """An adjoint that flows in some rows: ``values`` where ``rows`` is true, nothing elsewhere.

    "Nothing" is stored as -0.0, which leaves any number unchanged when it is added.
    """

    __slots__ = ("rows", "values")

    __array_ufunc__ = None
    """Makes NumPy leave arithmetic between arrays and flows to this class."""

    def __init__(self, values: Column, rows: Column) -> None:
        self.rows = rows
        self.values = where(rows, values, -0.0)

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


def slope(adjoint: Any) -> Any:
    """An adjoint as a column: 0 where nothing flows."""
    if adjoint is None:
        return 0.0
    if isinstance(adjoint, Flow):
        return where(adjoint.rows, adjoint.values, 0.0)
    return adjoint


def _extremum(beats: Callable[[Column, Column], Column]) -> Callable[..., Column]:
    """The first operand that no other beats, or nan in rows where one is nan."""

    def extremum(*columns: Column) -> Column:
        best = columns[0]
        for column in columns[1:]:
            best = where(beats(column, best), column, best)
        return _nan_where_undefined(best, columns)

    return extremum


def _nan_where_undefined(best: Column, columns: tuple[Column, ...]) -> Column:
    undefined = reduce(np.bitwise_or, map(np.isnan, columns))
    return where(undefined, np.nan, best)


def _comparison(holds: Callable[[Column, Column], Column]) -> Callable[[Column, Column], Column]:
    return lambda a, b: holds(a, b).astype(float)


def _where(condition: Column, a: Column, b: Column) -> Column:
    chosen = where(np.not_equal(condition, 0.0), a, b)
    return where(np.isnan(condition), np.nan, chosen)


def _select(mask: Column, adjoint: Column | Flow) -> Flow:
    flows = np.not_equal(mask, 0.0)
    if isinstance(adjoint, Flow):
        return Flow(where(np.isnan(mask), np.nan, adjoint.values), flows & adjoint.rows)
    return Flow(where(np.isnan(mask), np.nan, adjoint), flows)


def _neither(*masks: Column) -> Column:
    return where(reduce(np.bitwise_or, (np.not_equal(mask, 0.0) for mask in masks)), 0.0, 1.0)


_NUMPY: dict[str, Callable[..., Any]] = {
    "pow": functions.power,
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
    "mask": lambda condition, witness: where(np.isnan(witness), np.nan, condition),
    "both": lambda a, b: where(np.equal(a, 0.0), a, b),
    "neither": _neither,
    "select": _select,
}
_FUNCTIONS = {
    name: _NUMPY[name]
    if name in _NUMPY
    else getattr(functions, name, None) or row_by_row(getattr(floats, name))
    for name in FUNCTIONS
}


class BlockMath(Routed):
    """The number system of columns."""

    nan, pi, ln2, ln10 = (np.float64(getattr(floats, n)) for n in ("nan", "pi", "ln2", "ln10"))
    two_over_root_pi = np.float64(floats.two_over_root_pi)

    def number(self, double: float) -> Any:
        """A double for all rows. Unlike Python's own it divides by 0 as columns do."""
        return np.float64(double)

    def call(self, name: str, *operands: Column) -> Any:
        """Evaluate the function of that name, elementwise."""
        return _FUNCTIONS[name](*operands)


system = BlockMath()


def statuses(row: Op, value: Column, constant: Constant, arguments: Sequence[Column]) -> Column:
    """For each row, the index of the first condition of ``awkward`` that holds, or -1."""
    found: Column = -1.0
    for index, (_, holds) in reversed([*enumerate(row.awkward)]):
        found = where(holds(system, value, constant, *arguments), float(index), found)
    return found
