"""Tables whose columns have types, Parquet and Arrow: read as many rows at once as fit."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from errno import ENOENT

import polars as pl

from autograd_cli.tables.part import Part, check_columns
from autograd_graph import ProgramError

ROWS = 1 << 16
"""How many rows are read at once."""


class Columnar:
    """An open Parquet or Arrow file."""

    form = None
    picks = False

    def __init__(self, path: str, name: str, kind: str) -> None:
        self.name = name
        self._kind = kind
        if not os.path.exists(path):
            raise FileNotFoundError(ENOENT, os.strerror(ENOENT), path)
        try:
            scan = pl.scan_parquet if kind == "parquet" else pl.scan_ipc
            self._scan = scan(path, glob=False)
            self.schema = dict(self._scan.collect_schema())
            self.rows = self._scan.select(pl.len()).collect().item()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self._unreadable(error) from None
        self.columns = list(self.schema)
        self._read = 0
        check_columns(name, self.columns)

    @property
    def share(self) -> float:
        """The share of its rows that has been read."""
        return self._read / self.rows if self.rows else 1.0

    def nothing(self, wanted: Sequence[str]) -> pl.DataFrame:
        """No rows, with the types of the columns."""
        return pl.DataFrame(schema={column: self.schema[column] for column in wanted})

    def parts(
        self, wanted: Sequence[str], numbers: Collection[str], lines: Sequence[str] | None
    ) -> Iterator[Part]:
        """Its rows, ``ROWS`` at once."""
        if not wanted:
            for start in range(0, self.rows, ROWS):
                height = min(ROWS, self.rows - start)
                yield Part(pl.DataFrame(height=height), _placing(start))
            return
        batches = iter(self._scan.select(wanted).collect_batches(chunk_size=ROWS))
        while True:
            try:
                frame = next(batches)
            except StopIteration:
                return
            except pl.exceptions.PolarsError as error:
                raise self._unreadable(error) from None
            first, self._read = self._read, self._read + frame.height
            yield Part(frame, _placing(first))

    def _unreadable(self, error: Exception) -> ProgramError:
        format_name = {"parquet": "Parquet", "arrow": "Arrow IPC"}[self._kind]
        reason = str(error).strip().partition("\n")[0]
        return ProgramError(
            f"{self.name} is no {format_name} file that can be read: {reason}",
            code="bad-record",
            hint="--from says which format it has",
        )


def _placing(first: int) -> Callable[[int], str]:
    return lambda row: f"row {first + row + 1:,}"
