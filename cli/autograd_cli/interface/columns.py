"""A program at many points: each row of the given arrays is a point, each result an array."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_cli import formats
from autograd_cli.interface import values as reading
from autograd_cli.program import Program
from autograd_graph import ProgramError, Tape, forward, reverse
from autograd_graph.numbers import blocks
from autograd_graph.status import Status

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

ROWS_AT_ONCE = 8192
"""How many rows are evaluated together: their columns fit into the processor's cache."""

Array = Any
"""A ``numpy.ndarray`` of doubles."""


@dataclass(frozen=True, repr=False)
class Columns(formats.Report):
    """A program at many points.

    ``value`` and each array of ``grad`` have the broadcast shape of the given arrays.
    """

    program: Program
    given: dict[str, Array]
    """The given array of each input or constant, broadcast to that shape."""

    value: Array
    grad: dict[str, Array]

    @cached_property
    def status(self) -> Array:
        """The most severe status of each row, as in ``eval``; computed on first access."""
        from autograd_cli.reports.evaluation import run, summary

        program = self.program
        found: list[Status] = []
        for point in self._points():
            passes = run(program.tape, program.given | point)
            found.append(summary(passes, program.wrt).worst)
        return np.array(found, dtype=object).reshape(self.value.shape)

    def _points(self) -> Iterable[dict[str, float]]:
        names = list(self.given)
        rows = zip(*(column.ravel().tolist() for column in self.given.values()), strict=True)
        return (dict(zip(names, row, strict=True)) for row in rows)

    def __repr__(self) -> str:
        return f"<Columns of shape {self.value.shape}: value, {', '.join(self.columns[1:])}>"

    @property
    def columns(self) -> Sequence[str]:
        """The names ``value`` and ``d_NAME`` for each derivative."""
        return ["value", *(f"d_{name}" for name in self.grad)]

    def rows(self) -> Iterable[formats.Row]:
        """A row for each point."""
        arrays = (self.value, *self.grad.values())
        rows = zip(*(array.ravel().tolist() for array in arrays), strict=True)
        return (tuple(map(formats.number, row)) for row in rows)

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """A row for each point: the given values, the value, the derivatives."""
        from autograd_cli.views.columns import columns_table

        slopes = {f"d_{name}": column for name, column in self.grad.items()}
        named = {**self.given, "value": self.value, **slopes}
        return columns_table(named, output, width, everything)

    def as_object(self) -> dict[str, Any]:
        """The columns as lists."""
        return {
            "value": _listed(self.value),
            "gradients": {name: _listed(slope) for name, slope in self.grad.items()},
        }


def _listed(array: Array) -> list[Any]:
    return list(map(formats.json_number, array.ravel().tolist()))


def evaluate(
    program: Program, point: Mapping[str, Any] | None, values: Mapping[str, Any]
) -> Columns:
    """The value and the gradient for each row of the given arrays, which are broadcast.

    The numbers are those of a single point, except that NumPy's functions may differ from those of
    ``math`` by a few units in the last place. Raises :class:`ProgramError` for shapes that cannot
    be broadcast, for values that are not numbers, and for inputs without a value.
    """
    given = _broadcast(reading.named(program.graph, point, values))
    return evaluate_columns(program, given)


def evaluate_columns(program: Program, given: dict[str, Array]) -> Columns:
    """As :func:`evaluate`, for arrays of the same shape."""
    graph = program.graph
    known = program.given | dict.fromkeys(given, 0.0)
    Program(graph, program.tape, known, program.wrt).require_values()
    shape = next(iter(given.values())).shape
    flat = {name: column.ravel() for name, column in given.items()}
    count = next(iter(flat.values())).size
    names = list(graph.inputs) if program.wrt is None else program.wrt
    value = np.empty(count)
    grad = {name: np.empty(count) for name in names}
    tape = Tape(graph, program.tape.output, system=blocks.system)
    with np.errstate(all="ignore"):
        for start in range(0, count, ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            block = {name: column[rows] for name, column in flat.items()}
            found = forward(tape, program.given | block)
            adjoints = reverse(tape, found)
            value[rows] = found[tape.output]
            for name, column in grad.items():
                column[rows] = _slope(adjoints[graph.inputs[name]])
    return Columns(
        program,
        given,
        value.reshape(shape),
        {name: column.reshape(shape) for name, column in grad.items()},
    )


def _slope(adjoint: Any) -> Any:
    """An adjoint as a column; 0 where nothing flows."""
    if adjoint is None:
        return 0.0
    if isinstance(adjoint, blocks.Flow):
        return np.where(adjoint.rows, adjoint.values, 0.0)
    return adjoint


def _broadcast(given: Mapping[str, Any]) -> dict[str, Array]:
    columns = {name: _array(name, value) for name, value in given.items()}
    try:
        shaped = np.broadcast_arrays(*columns.values())
    except ValueError:
        shapes = ", ".join(f"{name}: {column.shape}" for name, column in columns.items())
        raise ProgramError(
            f"the arrays do not go together: {shapes}",
            code="bad-value",
            hint="give them one shape, or shapes that NumPy broadcasts",
        ) from None
    return dict(zip(columns, shaped, strict=True))


def _array(name: str, value: Any) -> Array:
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ProgramError(
            f"the values of {name} are no numbers: {reading.shortened(repr(value))}",
            code="bad-value",
            hint="a column holds numbers; what is missing is nan",
        ) from None
