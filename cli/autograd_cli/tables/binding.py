"""The columns that give a program its values, and these values, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from autograd_cli.program import Program
from autograd_cli.tables.cells import doubles
from autograd_cli.tables.matching import matched, no_column
from autograd_cli.tables.part import Headed, Part, Table

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reading:
    """How tables are read: in which format, if not that of their names, and what cells mean."""

    kind: str | None = None
    delimiter: str | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    """The column of a name of the program, where it is not called like it."""
    missing: Sequence[str] = ()
    """Texts that stand for a missing value, beside an empty cell."""
    folder: str = ""
    """What relative names of files are relative to, if not the working directory."""


class Binding:
    """A program bound to the columns of a table, and of others that have the same columns.

    ``names`` are the inputs and constants that have a column, ``columns`` these columns.
    """

    def __init__(self, program: Program, table: Headed, reading: Reading) -> None:
        graph = program.graph
        used = matched(program, table.columns, reading.rename, table.name)
        leaves = graph.inputs | graph.constants
        self.names = list(used)
        self.columns = list(dict.fromkeys(used.values()))
        self._used = used
        self._needed = {used[name] for name in used if program.tape.reached[leaves[name]]}
        self._absent = frozenset(reading.missing)

    @property
    def as_numbers(self) -> frozenset[str]:
        """The columns that may come as doubles: all, unless words stand for missing values."""
        return frozenset() if self._absent else frozenset(self.columns)

    def check(self, table: Table) -> None:
        """Raise :class:`ProgramError` (``unknown-name``) for a table without one of the columns."""
        for column in self.columns:
            if column not in table.columns:
                raise no_column(table.columns, column, table.name)

    def numbers(self, part: Part, table: Table) -> dict[str, pl.Series]:
        """The columns as doubles, null where a value is missing; see :func:`doubles`."""
        return {column: doubles(part, column, table.name, self._absent) for column in self.columns}

    def values(self, numbers: Mapping[str, pl.Series]) -> tuple[dict[str, Array], Mask | None]:
        """The values of each name, in the rows in which none that matters is missing.

        These rows are the second result; ``None`` stands for all.
        """
        lacking = [numbers[column] for column in self._needed if numbers[column].null_count()]
        arrays = {name: numbers[column].to_numpy() for name, column in self._used.items()}
        if not lacking:
            return arrays, None
        masks = [column.is_not_null().to_numpy() for column in lacking]
        present: Mask = np.logical_and.reduce(masks)
        return {name: array[present] for name, array in arrays.items()}, present
