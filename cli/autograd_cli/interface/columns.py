"""A program at many points: each row of the given arrays is a point, each result an array."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from autograd_cli import formats
from autograd_cli.interface import values as reading
from autograd_cli.program import Program
from autograd_graph import ProgramError, Tape
from autograd_graph.rows.kernel import STATUS_NAMES, Kernel, Rows

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

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
        """The gravest status of each row, as ``eval`` has it; worked out when it is asked for."""
        found = _rows(self.program, self.given, self.value.shape, statuses=True)
        assert found.statuses is not None
        names: npt.NDArray[np.object_] = STATUS_NAMES[found.statuses]
        return names.reshape(self.value.shape)

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
    known = program.given | dict.fromkeys(given, 0.0)
    Program(program.graph, program.tape, known, program.wrt).require_values()
    shape = next(iter(given.values())).shape
    found = _rows(program, given, shape)
    slopes = {name: column.reshape(shape) for name, column in found.gradients.items()}
    return Columns(program, given, found.value.reshape(shape), slopes)


def _rows(
    program: Program, given: Mapping[str, Array], shape: tuple[int, ...], *, statuses: bool = False
) -> Rows:
    """The program for each row of columns of that shape."""
    columns = {n: column.ravel() for n, column in given.items() if n not in program.spare}
    kernel = _kernel(program, tuple(columns), statuses)
    count = math.prod(shape)
    found = Rows(
        np.empty(count),
        {name: np.empty(count) for name in kernel.wrt},
        np.empty(count, np.uint8) if statuses else None,
    )
    kernel.run_into(found, columns)
    return found


_KEPT = 8
"""How many kernels of a program are kept for the next call."""

_kernels: WeakKeyDictionary[Tape, dict[Hashable, Kernel]] = WeakKeyDictionary()


def _kernel(program: Program, names: tuple[str, ...], statuses: bool) -> Kernel:
    """A kernel for columns of these names, recorded when it is first asked for."""
    kept = _kernels.setdefault(program.tape, {})
    fixed = {name: number for name, number in program.given.items() if name not in names}
    wrt = None if program.wrt is None else tuple(program.wrt)
    key = names, wrt, tuple(map(repr, fixed.items())), statuses
    kernel = kept.get(key)
    if kernel is None:
        kernel = Kernel(
            program.graph, program.tape.output, names, wrt=wrt, given=fixed, statuses=statuses
        )
        for oldest in list(kept)[: max(len(kept) - _KEPT + 1, 0)]:
            kept.pop(oldest, None)  # another thread may have done so
        kept[key] = kernel
    return kernel


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
