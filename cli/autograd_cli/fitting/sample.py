"""Some of the rows that parameters are fitted to: those of a part of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autograd_cli.fitting.gram import Array

MANY_ROWS = 200_000
"""A table of more rows is gone through no more often than it takes."""

ROWS_AT_ONCE = 8192
"""Rows are worked on in blocks of this many."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """Rows as columns of doubles, by the inputs that take them; rows that miss a value left out.

    ``rows`` counts those of the part, ``kept`` are the numbers of those that are here if some are
    missing. ``target`` is what a model is to come close to; ``None`` where its value is a loss.
    ``part`` is the number of the part, from 0.
    """

    columns: Mapping[str, Array]
    target: Array | None
    rows: int
    kept: Numbers | None = None
    part: int = 0

    def __len__(self) -> int:
        return self.rows if self.kept is None else len(self.kept)

    @property
    def size(self) -> int:
        """The bytes of its numbers."""
        arrays = [*self.columns.values(), self.target, self.kept]
        return sum(array.nbytes for array in arrays if array is not None)

    def place(self, row: int) -> int:
        """The number that a row has in the part, from 0."""
        return row if self.kept is None else int(self.kept[row])

    def slices(self) -> list[slice]:
        """The blocks of rows."""
        count = len(self)
        starts = range(0, count, ROWS_AT_ONCE)
        return [slice(start, min(start + ROWS_AT_ONCE, count)) for start in starts]

    def picked(self, rows: Numbers) -> Sample:
        """Some of the rows, by their numbers here."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        target = None if self.target is None else self.target[rows]
        return Sample(columns, target, len(rows), None, self.part)


def sample(columns: Mapping[str, Array], target: Array | None, part: int = 0) -> Sample:
    """The rows of columns of one length, without those in which a number is missing (nan)."""
    arrays = list(columns.values()) if target is None else [*columns.values(), target]
    rows = len(arrays[0])
    absent = np.zeros(rows, dtype=bool)
    for array in arrays:
        absent |= np.isnan(array)
    if not absent.any():
        return Sample(dict(columns), target, rows, None, part)
    kept = np.flatnonzero(~absent).astype(np.int64)
    present = {name: column[kept] for name, column in columns.items()}
    return Sample(present, None if target is None else target[kept], rows, kept, part)


def joined(samples: Sequence[Sample]) -> Sample:
    """The rows of samples one after the other, as one part."""
    if len(samples) == 1:
        return samples[0]
    columns = {
        name: np.concatenate([one.columns[name] for one in samples]) for name in samples[0].columns
    }
    targets = [one.target for one in samples if one.target is not None]
    starts = np.cumsum([0, *(one.rows for one in samples)])
    kept = [
        start + (np.arange(one.rows) if one.kept is None else one.kept)
        for start, one in zip(starts.tolist(), samples, strict=False)
    ]
    everything = all(one.kept is None for one in samples)
    return Sample(
        columns,
        np.concatenate(targets) if targets else None,
        int(starts[-1]),
        None if everything else np.concatenate(kept),
    )
