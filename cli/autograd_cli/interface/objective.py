"""A program as a function of one vector, with its gradient, for ``scipy.optimize``."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from autograd_cli.interface.values import listed
from autograd_cli.program import Program, inputs_named, normal
from autograd_graph import ProgramError, missing
from autograd_graph.descent.objective import Objective as Passes

Vector = Any
"""A ``numpy.ndarray`` of doubles with one axis."""


class Objective:
    """``objective(vector)`` is the value and the gradient by ``names``, in that order.

    Everything that does not depend on them is evaluated once per thread.
    """

    def __init__(self, program: Program, names: Sequence[str]) -> None:
        self.names = list(names)
        self._program = program
        self._mine = threading.local()

    def __repr__(self) -> str:
        return f"<Objective of {', '.join(self.names)}>"

    def __call__(self, vector: Vector) -> tuple[float, Vector]:
        """The value and its gradient. Raises :class:`ProgramError` for a vector of another size."""
        passes = self._passes()
        point = _point(vector, self.names)
        value = passes.value(point)
        return value, np.array(passes.gradient())

    def hessian(self, vector: Vector) -> Vector:
        """The Hessian as a matrix, for ``hess=`` of SciPy's methods."""
        return np.array(self._passes().hessian(_point(vector, self.names)))

    def _passes(self) -> Passes:
        passes: Passes | None = getattr(self._mine, "passes", None)
        if passes is None:
            program = self._program
            passes = Passes(program.tape, program.given, self.names)
            self._mine.passes = passes
        return passes

    def __reduce__(self) -> tuple[Callable[..., Objective], tuple[object, ...]]:
        return _restored, (self._program, self.names)


class RowsObjective:
    """The same for a table: the sum, or the mean, of the value and the gradient over its rows.

    Sums are rounded once, so they do not depend on the order of the rows.
    """

    def __init__(
        self, program: Program, names: Sequence[str], columns: dict[str, Vector], mean: bool
    ) -> None:
        self.names = list(names)
        self._program = program
        self._columns = columns
        self._mean = mean

    def __call__(self, vector: Vector) -> tuple[float, Vector]:
        """The value and its gradient. Raises :class:`ProgramError` for a vector of another size."""
        from autograd_cli.interface.columns import evaluate_columns

        point = dict(zip(self.names, _point(vector, self.names), strict=True))
        program = self._program
        at = Program(program.graph, program.tape, program.given | point, self.names)
        found = evaluate_columns(at, self._columns)
        count = found.value.size if self._mean else 1
        gradient = [_total(found.grad[name]) / count for name in self.names]
        return _total(found.value) / count, np.array(gradient)


def _total(column: Vector) -> float:
    try:
        return math.fsum(column.ravel().tolist())
    except (OverflowError, ValueError):  # of numbers that are not finite there is no exact sum
        return float(np.sum(column))


def _point(vector: Vector, names: Sequence[str]) -> list[float]:
    try:
        point = [float(number) for number in vector]
    except (TypeError, ValueError):
        raise ProgramError(
            f"an objective takes a vector of {len(names)} numbers: {', '.join(names)}",
            code="bad-value",
        ) from None
    if len(point) != len(names):
        raise ProgramError(
            f"the vector has {len(point)} numbers, and there are {len(names)} inputs: "
            + ", ".join(names),
            code="bad-value",
        )
    return point


def _restored(program: Program, names: list[str]) -> Objective:
    return Objective(program, names)


def objective(
    program: Program,
    wrt: Sequence[str] | None,
    columns: dict[str, Vector],
    reduce: Literal["sum", "mean"],
) -> Objective | RowsObjective:
    """The objective over ``wrt``, and over the rows of ``columns`` if there are any.

    Without ``wrt``, over the inputs asked for before, or those that have no value. Raises
    :class:`ProgramError` where there are none, where one is named twice, and where another input
    has no value.
    """
    graph = program.graph
    if wrt is not None:
        names = inputs_named(graph, [normal(name) for name in listed(wrt)])
    else:
        there = program.given | dict.fromkeys(columns, 0.0)
        names = program.wrt or missing(program.tape, there)
    if not names:
        raise ProgramError(
            "no input is left to vary", code="missing-value", hint='name some: wrt=["w"]'
        )
    twice = [name for n, name in enumerate(names) if name in names[:n] or name in columns]
    if twice:
        raise ProgramError(f"{twice[0]} is given twice", code="bad-value")
    given = dict.fromkeys(names, 0.0) | program.given
    Program(graph, program.tape, given | dict.fromkeys(columns, 0.0), names).require_values()
    whole = Program(graph, program.tape, given, names)
    if columns:
        return RowsObjective(whole, names, columns, reduce == "mean")
    return Objective(whole, names)
