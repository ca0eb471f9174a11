"""The rows to fit to, from files, frames and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import Any

import numpy as np

from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.sample import Sample, sample
from autograd_cli.interface.columns import broadcast
from autograd_cli.program import Program
from autograd_cli.tables import sources
from autograd_cli.tables.binding import Reading
from autograd_cli.tables.cells import doubles
from autograd_cli.tables.matching import column_named, columns_of, described, no_column
from autograd_graph import ProgramError


def rows_of(program: Program, data: Any, reading: Reading, target: str | None) -> Sample:
    """The rows of files, if ``data`` names some, of a frame, or of a mapping of columns.

    Raises :class:`ProgramError` for everything that is wrong with them.
    """
    if isinstance(data, (str, PathLike)):
        return from_files(program, [fspath(data)], reading, target)
    if isinstance(data, Sequence) and all(isinstance(path, (str, PathLike)) for path in data):
        return from_files(program, [fspath(path) for path in data], reading, target)
    return from_columns(program, data, reading.rename, target)


def from_files(
    program: Program, paths: Sequence[str], reading: Reading, target: str | None
) -> Sample:
    """The columns that the program uses, and that of the target, of all rows of some tables.

    Raises :class:`ProgramError` for everything that is wrong with the tables, and where neither
    the program nor the target uses a column.
    """
    used: dict[str, str] = {}
    fixed: frozenset[str] = frozenset()
    goal = ""
    parts: dict[str, list[Array]] = {}
    for number, path in enumerate(sources.expanded(paths)):
        with sources.opened(path, reading.kind, reading.delimiter) as table:
            if number == 0:
                used = columns_of(program, table.columns, reading.rename, table.name)
                fixed = _fixed(program, table.columns, reading.rename, table.name)
                if target is not None:
                    goal = column_named(table.columns, target, table.name)
                else:
                    _check_loss(program, used, table.columns, table.name)
                wanted = list(dict.fromkeys([*used.values(), *([goal] if goal else [])]))
                parts = {column: [] for column in wanted}
            for column in parts:
                if column not in table.columns:
                    raise no_column(table.columns, column, table.name)
            absent = frozenset(reading.missing)
            numbers_already = frozenset() if absent else frozenset(parts)
            for part in table.parts([*parts], numbers_already, None):
                for column, numbers in parts.items():
                    cells = doubles(part, column, table.name, absent)
                    numbers.append(cells.fill_null(float("nan")).to_numpy())
    columns = {column: np.concatenate([np.empty(0), *found]) for column, found in parts.items()}
    given = {name: columns[column] for name, column in used.items()}
    return sample(given, columns[goal] if goal else None, fixed)


def from_columns(
    program: Program, data: Any, rename: Mapping[str, str], target: str | None
) -> Sample:
    """The same from a mapping of columns, or from a frame of pandas or polars."""
    table = data if isinstance(data, Mapping) else _of_frame(data)
    names = [name for name in table if isinstance(name, str)]
    used = columns_of(program, names, rename, "the data")
    goal = "" if target is None else column_named(names, target, "the data")
    if target is None:
        _check_loss(program, used, names, "the data")
    wanted = list(dict.fromkeys([*used.values(), *([goal] if goal else [])]))
    columns = broadcast({column: table[column] for column in wanted})
    flat = {column: array.ravel() for column, array in columns.items()}
    given = {name: flat[column] for name, column in used.items()}
    fixed = _fixed(program, names, rename, "the data")
    return sample(given, flat[goal] if goal else None, fixed)


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
