"""The rows to fit to, from files, frames and columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any

import numpy as np

from autograd_cli.engines.engine import Engine
from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.kept import Kept
from autograd_cli.fitting.sample import Sample, sample
from autograd_cli.fitting.source import Source
from autograd_cli.interface.columns import broadcast
from autograd_cli.program import Program
from autograd_cli.tables import elsewhere, sources
from autograd_cli.tables.binding import Reading
from autograd_cli.tables.cells import doubles
from autograd_cli.tables.listing import expanded
from autograd_cli.tables.matching import column_named, columns_of, described, no_column
from autograd_cli.tables.part import File, Headed, Header, Table
from autograd_graph import ProgramError


def rows_of(
    program: Program, data: Any, reading: Reading, target: str | None, on: Engine | None = None
) -> Source:
    """The rows of files, if ``data`` names some, of a frame, or of a mapping of columns.

    Files are read by the workers ``on`` an engine. Raises :class:`ProgramError` for everything that
    is wrong with them.
    """
    if isinstance(data, (str, PathLike)):
        data = [data]
    if isinstance(data, Sequence) and all(isinstance(path, (str, PathLike)) for path in data):
        paths = [fspath(path) for path in data]
        if on is None:
            return from_files(program, paths, reading, target)
        return _on_workers(program, paths, reading, target, on)
    if on is not None:
        raise ProgramError(
            "workers of a cluster read files, and no columns",
            code="bad-value",
            hint="write them to files that the workers see",
        )
    return from_columns(program, data, reading.rename, target)


@dataclass(frozen=True)
class Matching:
    """Which columns tables have to have, and what for.

    ``used`` has the column of each input that takes one, ``goal`` is that of the target, ``fixed``
    are inputs that have a column and were given a value.
    """

    used: Mapping[str, str]
    goal: str | None
    fixed: frozenset[str]

    @classmethod
    def of(
        cls, program: Program, table: Headed, rename: Mapping[str, str], target: str | None
    ) -> Matching:
        """That of a program and a table.

        Raises :class:`ProgramError` where neither the program nor the target uses a column.
        """
        used = columns_of(program, table.columns, rename, table.name)
        fixed = _fixed(program, table.columns, rename, table.name)
        if target is None:
            _check_loss(program, used, table.columns, table.name)
            return cls(used, None, fixed)
        return cls(used, column_named(table.columns, target, table.name), fixed)

    @property
    def columns(self) -> list[str]:
        """The columns that are read."""
        return list(dict.fromkeys([*self.used.values(), *([self.goal] if self.goal else [])]))

    def read(self, table: Table, reading: Reading) -> Iterator[dict[str, Array]]:
        """The columns of a table part by part, nan where a value is missing."""
        for column in self.columns:
            if column not in table.columns:
                raise no_column(table.columns, column, table.name)
        absent = frozenset(reading.missing)
        numbers_already = frozenset() if absent else frozenset(self.columns)
        for part in table.parts(self.columns, numbers_already, None):
            cells = {c: doubles(part, c, table.name, absent) for c in self.columns}
            yield {c: found.fill_null(float("nan")).to_numpy() for c, found in cells.items()}

    def sample(self, columns: Mapping[str, Array], part: int) -> Sample:
        """The rows of columns of a table."""
        given = {name: columns[column] for name, column in self.used.items()}
        return sample(given, columns[self.goal] if self.goal else None, part)


def from_files(
    program: Program, paths: Sequence[str], reading: Reading, target: str | None
) -> Source:
    """The columns that the program uses, and that of the target, of all rows of some tables.

    Raises :class:`ProgramError` for everything that is wrong with the tables, and where neither
    the program nor the target uses a column.
    """
    kept, number = Kept(), 0
    matching: Matching | None = None
    some = _Gathered()
    for path in expanded(paths, reading.kind):
        with sources.opened(path, reading) as table:
            matching = matching or Matching.of(program, table, reading.rename, target)
            for columns in matching.read(table, reading):
                some.add(columns)
                if some.rows >= _ROWS:
                    kept.add(matching.sample(some.joined(matching.columns), number))
                    number, some = number + 1, _Gathered()
    assert matching is not None
    if some.rows or not number:
        kept.add(matching.sample(some.joined(matching.columns), number))
    return Source(kept, [*matching.used], matching.fixed)


_ROWS = 1 << 18
"""Parts of so many rows, or a few more, are kept, whatever parts they are read in."""


class _Gathered:
    """Columns in pieces."""

    def __init__(self) -> None:
        self.rows = 0
        self._pieces: list[dict[str, Array]] = []

    def add(self, columns: dict[str, Array]) -> None:
        self.rows += len(next(iter(columns.values())))
        self._pieces.append(columns)

    def joined(self, columns: Sequence[str]) -> dict[str, Array]:
        return {c: np.concatenate([np.empty(0), *(p[c] for p in self._pieces)]) for c in columns}


def _on_workers(
    program: Program, paths: Sequence[str], reading: Reading, target: str | None, engine: Engine
) -> Source:
    """The same by the workers of an engine, who keep the columns of each file."""
    tables = elsewhere.found(engine, paths, reading)
    matching = Matching.of(program, tables.header, reading.rename, target)
    parts = engine.spread(tables.files).kept(_Loading(matching, tables.reading))
    return Source(parts, [*matching.used], matching.fixed)


@dataclass(frozen=True)
class _Loading:
    matching: Matching
    reading: Reading

    def __call__(self, file: File) -> Sample:
        some = _Gathered()
        with sources.opened(file.path, self.reading) as table:
            for columns in self.matching.read(table, self.reading):
                some.add(columns)
        return self.matching.sample(some.joined(self.matching.columns), file.number)


def from_columns(
    program: Program, data: Any, rename: Mapping[str, str], target: str | None
) -> Source:
    """The same from a mapping of columns, or from a frame of pandas or polars."""
    table = data if isinstance(data, Mapping) else _of_frame(data)
    names = [name for name in table if isinstance(name, str)]
    matching = Matching.of(program, Header("the data", names), rename, target)
    columns = broadcast({column: table[column] for column in matching.columns})
    kept = Kept()
    kept.add(matching.sample({c: array.ravel() for c, array in columns.items()}, 0))
    return Source(kept, [*matching.used], matching.fixed)


def _of_frame(frame: Any) -> Mapping[str, Any]:
    """The columns of a frame, each made an array when it is asked for."""
    from autograd_cli.interface.frames import Columns

    return Columns(frame)


def _fixed(
    program: Program, columns: Sequence[str], rename: Mapping[str, str], table: str
) -> frozenset[str]:
    """The inputs that have a column and were given a value."""
    free = program.replaced(given={})
    return frozenset(columns_of(free, columns, rename, table).keys() & program.given.keys())


def _check_loss(
    program: Program, used: Mapping[str, str], columns: Sequence[str], table: str
) -> None:
    """Raise :class:`ProgramError` for a loss that is the same for each row, or none at all."""
    graph = program.graph
    name = graph.names.get(program.tape.output, "")
    if name and name in columns:
        raise ProgramError(
            f"the program computes {name}, and {table} has a column {name!r}",
            code="bad-value",
            hint=f"--target {name} fits the one to the other; a loss has another name",
        )
    if not used:
        raise ProgramError(
            f"the program uses no column of {table}, and so each row is the same to it",
            code="unknown-name",
            hint=f"its names are {', '.join(graph.inputs) or 'none'}; {described(columns)}; "
            "--target COLUMN is what its value is to come close to",
        )
