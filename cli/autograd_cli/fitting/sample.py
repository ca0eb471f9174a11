"""The rows that parameters are fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np
import numpy.typing as npt

from autograd_cli.fitting.gram import Array, Gram, exponents
from autograd_graph import ProgramError

MANY_ROWS = 200_000
"""A table of more rows is gone through no more often than it takes."""

ROWS_AT_ONCE = 8192
"""Rows are worked on in blocks of this many."""


@dataclass(frozen=True)
class Sample:
    """Rows as columns of doubles, by the inputs that take them; rows that miss a value left out.

    ``rows`` counts those of the table, ``kept`` are the numbers of those that are here if some are
    missing. ``target`` is what a model is to come close to; ``None`` where its value is a loss.
    ``fixed`` are inputs that have a column and were given a value, which is what counts.
    """

    columns: Mapping[str, Array]
    target: Array | None
    rows: int
    kept: npt.NDArray[np.int64] | None = None
    fixed: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return self.rows if self.kept is None else len(self.kept)

    @property
    def missing(self) -> int:
        """How many rows of the table miss a value."""
        return self.rows - len(self)

    @property
    def left_out(self) -> list[str]:
        """A sentence on the rows that miss a value, where there are some."""
        if not self.missing:
            return []
        plural = "rows miss" if self.missing > 1 else "row misses"
        return [f"{self.missing:,} of {self.rows:,} {plural} a value and were left out"]

    def require_rows(self) -> None:
        """Raise :class:`ProgramError` where there is nothing to fit to."""
        if len(self):
            return
        raise ProgramError(
            "no row is left to fit to"
            if self.rows
            else "the table has no rows, so there is nothing to fit to",
            code="bad-record",
            hint=f"each of the {self.rows:,} rows misses a value" if self.rows else "",
        )

    def place(self, row: int) -> int:
        """The number that a row has in the table, from 1."""
        return 1 + (row if self.kept is None else int(self.kept[row]))

    def slices(self) -> list[slice]:
        """The blocks of rows."""
        count = len(self)
        starts = range(0, count, ROWS_AT_ONCE)
        return [slice(start, min(start + ROWS_AT_ONCE, count)) for start in starts]


def sample(
    columns: Mapping[str, Array], target: Array | None, fixed: frozenset[str] = frozenset()
) -> Sample:
    """The rows of columns of one length, without those in which a number is missing (nan)."""
    arrays = list(columns.values()) if target is None else [*columns.values(), target]
    rows = len(arrays[0])
    absent = np.zeros(rows, dtype=bool)
    for array in arrays:
        absent |= np.isnan(array)
    if not absent.any():
        return Sample(dict(columns), target, rows, None, fixed)
    kept = np.flatnonzero(~absent).astype(np.int64)
    present = {name: column[kept] for name, column in columns.items()}
    return Sample(present, None if target is None else target[kept], rows, kept, fixed)


def spread(values: Array) -> float:
    """The sum of the squared distances from the mean, rounded once; nan where one is not finite."""
    top = float(np.max(np.abs(values), initial=0.0))
    if not isfinite(top):
        return nan
    gram = Gram(exponents([1.0, top]))
    for start in range(0, len(values), ROWS_AT_ONCE):
        block = values[start : start + ROWS_AT_ONCE]
        gram.add(np.array([np.ones(len(block)), block]))
    count, total, squares = (gram.entry(i, j) for i, j in ((0, 0), (0, 1), (1, 1)))
    try:
        return float(squares - total * total / count) if count else 0.0
    except OverflowError:
        return inf
