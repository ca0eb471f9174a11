"""A program at many points: each row of the given arrays is a point, each result an array."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograd_cli import formats
from autograd_cli.interface import values as reading
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import run, summary
from autograd_graph import ProgramError, Tape, forward, reverse
from autograd_graph.rows import blocks
from autograd_graph.passes.screening import suspicious
from autograd_graph.status import OK

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

ROWS_AT_ONCE = 8192
"""How many rows are evaluated together: their columns fit into the processor's cache."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
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
    def status(self) -> npt.NDArray[np.object_]:
        """The gravest status of each row, as ``eval`` has it; worked out when it is asked for.

        Rows in which nothing is near an awkward point are told from the others all together; each
        of the others takes as long as a single evaluation.
        """
        program = self.program
        found = np.full(self.value.size, OK, dtype=object)
        names = [name for name in self.given if name not in program.spare]
        flat = {name: column.ravel() for name, column in self.given.items()}
        for rows, tape, values, adjoints in _passes(program, flat, found.size):
            for row in np.flatnonzero(suspicious(tape, values, adjoints, rows.stop - rows.start)):
                number = rows.start + int(row)
                point = {name: float(flat[name][number]) for name in names}
                passes = run(program.tape, program.given | point)
                found[number] = summary(passes, program.wrt).worst
        return found.reshape(self.value.shape)

    def __len__(self) -> int:
        return len(self.value)

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
    """The value and the gradient for each row of the arrays given, which are broadcast.

    The numbers are those of a single point but for NumPy's own functions, which may differ from
    those of ``math`` by a few units in the last place. Raises :class:`ProgramError` for shapes
    that do not go together, for what is no number, and for inputs without a value.
    """
    given = broadcast(reading.named(program, point, values))
    return evaluate_columns(program, given)


def evaluate_columns(program: Program, given: dict[str, Array]) -> Columns:
    """The same for arrays of one shape, which nobody changes any more."""
    graph = program.graph
    known = program.given | dict.fromkeys(given, 0.0)
    Program(graph, program.tape, known, program.wrt).require_values()
    first = next(iter(given.values()))
    names = list(graph.inputs) if program.wrt is None else program.wrt
    value = np.empty(first.size)
    grad = {name: np.empty(first.size) for name in names}
    flat = {name: column.ravel() for name, column in given.items()}
    for rows, tape, values, adjoints in _passes(program, flat, first.size):
        value[rows] = values[tape.output]
        for name, column in grad.items():
            column[rows] = slope(adjoints[graph.inputs[name]])
    shape = first.shape
    slopes = {name: column.reshape(shape) for name, column in grad.items()}
    return Columns(program, given, value.reshape(shape), slopes)


def _passes(
    program: Program, flat: Mapping[str, Array], count: int
) -> Iterator[tuple[slice, Tape, list[Any], list[Any]]]:
    """Both passes over blocks of rows: which rows, and the values and adjoints of all nodes."""
    tape = Tape(program.graph, program.tape.output, system=blocks.system)
    fixed = {name: blocks.system.number(number) for name, number in program.given.items()}
    for start in range(0, count, ROWS_AT_ONCE):
        rows = slice(start, min(start + ROWS_AT_ONCE, count))
        with np.errstate(all="ignore"):
            block = {n: column[rows] for n, column in flat.items() if n not in program.spare}
            values = forward(tape, fixed | block)
            adjoints = reverse(tape, values)
        yield rows, tape, values, adjoints


def slope(adjoint: Any) -> Any:
    """An adjoint as a column: 0 where nothing flows."""
    if adjoint is None:
        return 0.0
    if isinstance(adjoint, blocks.Flow):
        return np.where(adjoint.rows, adjoint.values, 0.0)
    return adjoint


def broadcast(given: Mapping[str, Any]) -> dict[str, Array]:
    """Columns of one shape. Raises :class:`ProgramError` for what does not go together."""
    columns = {name: column_of(name, value) for name, value in given.items()}
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


def column_of(name: str, value: Any) -> Array:
    """A copy of a column as doubles; what is masked or ``None`` is nan.

    Raises :class:`ProgramError` for texts, dates, complex numbers and whatever else is no number.
    """
    try:
        array = np.ma.asarray(value) if np.ma.isMaskedArray(value) else np.asarray(value)
        if array.dtype.kind == "O":
            array = np.array([_object(item) for item in array.ravel().tolist()]).reshape(
                array.shape
            )
        if array.dtype.kind in "biuf":
            doubles = array.astype(np.float64)
            return np.ma.filled(doubles, np.nan) if np.ma.isMaskedArray(doubles) else doubles
    except (TypeError, ValueError, OverflowError):
        pass
    raise ProgramError(
        f"the values of {name} are no numbers: {reading.shortened(repr(value))}",
        code="bad-value",
        hint="a column holds numbers; what is missing is nan",
    )


def _object(item: Any) -> float:
    if isinstance(item, (str, bytes)):
        raise TypeError
    return math.nan if item is None else float(item)
