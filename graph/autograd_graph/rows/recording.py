"""Recording columns: formulas run on them once become a flat list of NumPy calls.

A :class:`Column` stands for an array that is not there yet. NumPy's functions, called with one,
append a call to its :class:`Recording` and return the column of the result; a call that was made
before with the same operands is not made again. Numbers alone are computed at once by NumPy itself,
so that constants fold.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograd_graph.rows import simplify
from autograd_graph.rows.arrays import as_bits, as_floats, choose, copy, put

Kind = Literal["float", "bool"]
Operand = Any
"""A :class:`Column`, or one number or truth value for all rows."""


class Call(NamedTuple):
    """One call, ``function(*operands, out=result)``, by the numbers of columns.

    With several results ``out`` is a tuple of them.
    """

    function: Callable[..., Any]
    operands: tuple[int, ...]
    results: tuple[int, ...]


class Column(NDArrayOperatorsMixin):
    """An array of doubles or of truth values that is not there yet.

    A ``uniform`` column has one number for all rows, which is not known yet either. ``truth`` and
    ``undefined`` are known of masks, which hold 1, 0 or nan: where it is not 0, where it is nan.
    ``moment`` orders the calls: that of the call that made the column.
    """

    __slots__ = ("kind", "moment", "number", "recording", "truth", "undefined", "uniform")

    def __init__(self, recording: Recording, number: int, kind: Kind, uniform: bool) -> None:
        self.recording = recording
        self.number = number
        self.kind = kind
        self.uniform = uniform
        self.moment = number
        self.truth: Operand = None
        self.undefined: Operand = None

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        return self.recording.call(ufunc, *operands)

    def __array_function__(self, function: Any, types: Any, operands: Any, options: Any) -> Any:
        if function is not np.where or options:
            return NotImplemented
        return self.recording.choose(*operands)

    def __bool__(self) -> bool:
        raise TypeError("a formula asks which number a column holds")

    def astype(self, kind: type) -> Column:
        """Truth values as 1 and 0."""
        if kind is not float or self.kind != "bool":
            raise TypeError(f"no conversion of {self.kind} to {kind}")
        return self.recording.mask(self)


class Recording:
    """The calls that formulas have made, in order.

    ``inputs`` are the columns and ``parameters`` the numbers that every run is given, by name;
    ``constants`` the numbers that occur.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.columns: list[Column] = []
        self.inputs: dict[str, Column] = {}
        self.parameters: dict[str, Column] = {}
        self.constants: dict[int, Any] = {}
        self._known: dict[Any, tuple[Column, ...]] = {}
        self._made_by: dict[int, Call] = {}
        self._hurried = False

    def hurry(self) -> None:
        """Have what is recorded from now on called as soon as its operands are there."""
        self._hurried = True

    def input(self, name: str) -> Column:
        """A column that every run is given."""
        column = self.inputs[name] = self._column("float", uniform=False)
        return column

    def parameter(self, name: str) -> Column:
        """A number that every run is given."""
        column = self.parameters[name] = self._column("float", uniform=True)
        return column

    def constant(self, number: Any) -> Column:
        """A number or truth value that never changes, as a column."""
        truth = isinstance(number, (bool, np.bool_))
        double = float(number)
        key = truth, struct.pack("d", double)
        if key not in self._known:
            column = self._column("bool" if truth else "float", uniform=True)
            column.moment = -1
            self.constants[column.number] = np.bool_(number) if truth else np.float64(double)
            self._known[key] = (column,)
        return self._known[key][0]

    def call(self, ufunc: Any, *operands: Operand) -> Any:
        """What a NumPy function gives for columns and numbers."""
        operands = tuple(map(_number, operands))
        simple = simplify.RULES.get(ufunc)
        if simple is not None:
            result = simple(self, *operands)
            if result is not None:
                return result
        kind: Kind = "bool" if ufunc in simplify.TRUTHS else "float"
        logical = ufunc in simplify.LOGICAL
        for operand in operands:
            if isinstance(operand, Column) and (operand.kind == "bool") != logical:
                raise TypeError(f"{ufunc.__name__} of a column of {operand.kind} values")
        return self.record(ufunc, operands, (kind,))[0]

    def spread(self, number: Operand) -> Operand:
        """A number for all rows as an array of it, for functions that are slow with one number."""
        if getattr(number, "uniform", True):
            (number,) = self.record(copy, (number,), ("float",), uniform=False)
        return number

    def record(
        self,
        function: Callable[..., Any],
        operands: tuple[Operand, ...],
        kinds: tuple[Kind, ...],
        uniform: bool | None = None,
    ) -> tuple[Column, ...]:
        """Append a call, unless it was made before; its results.

        They are ``uniform`` if all operands are, unless it says otherwise.
        """
        columns = [
            operand if isinstance(operand, Column) else self.constant(operand)
            for operand in operands
        ]
        numbers = tuple(column.number for column in columns)
        if function in simplify.COMMUTATIVE:
            numbers = tuple(sorted(numbers))
        key = function, numbers
        found = self._known.get(key)
        if found is None:
            if uniform is None:
                uniform = all(column.uniform for column in columns)
            found = tuple(self._column(kind, uniform) for kind in kinds)
            self._known[key] = found
            call = Call(function, numbers, tuple(column.number for column in found))
            self.calls.append(call)
            for column in found:
                self._made_by[column.number] = call
                if self._hurried:
                    column.moment = max(operand.moment for operand in columns)
        return found

    def made_by(self, operand: Operand, function: Callable[..., Any]) -> list[Operand] | None:
        """The operands of the call that made a column, if it was of that function."""
        if not isinstance(operand, Column):
            return None
        call = self._made_by.get(operand.number)
        if call is None or call.function is not function:
            return None
        return [self.constants.get(n, self.columns[n]) for n in call.operands]

    def mask(self, truth: Column) -> Column:
        """Truth values as 1 and 0."""
        (column,) = self.record(as_floats, (truth,), ("float",))
        column.truth, column.undefined = truth, np.False_
        return column

    def choose(self, condition: Operand, a: Operand, b: Operand) -> Any:
        """``a`` where the condition holds, else ``b``."""
        condition, a, b = map(_number, (condition, a, b))
        if not isinstance(condition, Column):
            return a if condition else b
        if a is b:
            return a
        if not isinstance(b, Column) and isinstance(a, Column):
            # a number is put into a column where it is to be, which is one call less
            return self.choose(~condition, b, a)
        if isinstance(a, float) and a != a:
            (column,) = self.record(put, (condition, a, b), ("float",))
        else:
            (bits,) = self.record(as_bits, (condition,), ("float",))
            column, _ = self.record(choose, (bits, a, b), ("float", "float"))
        if column.truth is None:
            simplify.describe(column, condition, a, b)
        return column

    def _column(self, kind: Kind, uniform: bool) -> Column:
        column = Column(self, len(self.columns), kind, uniform)
        self.columns.append(column)
        return column


def _number(operand: Operand) -> Operand:
    """A number as NumPy's own kind of number, where it is an array without an axis."""
    return operand[()] if isinstance(operand, np.ndarray) else operand
