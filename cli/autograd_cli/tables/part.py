"""A part of a table: some of its rows, one after the other, in the columns that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import polars as pl

from autograd_graph import ProgramError


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table that fit into memory.

    ``frame`` has the wanted columns; a missing cell is null. ``lines`` are the rows as they stand
    in the file, if they were asked for, and if each stands on a line of its own.
    """

    frame: pl.DataFrame
    place: Callable[[int], str]
    """The place of a row of the part in the table, as messages have it: ``row 17 (line 18)``."""

    lines: pl.Series | None = None


class File(NamedTuple):
    """A file of several, and its number among them, from 0."""

    number: int
    path: str


class Headed(Protocol):
    """What is known of a table before its rows: its name in messages, and its columns."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def columns(self) -> Sequence[str]:
        """The names of its columns, each different."""


class Header(NamedTuple):
    """The same of a table that need not be open."""

    name: str
    columns: Sequence[str]


class Table(Headed, Protocol):
    """A table that is open: its name in messages, its columns, and its parts."""

    @property
    def form(self) -> str | None:
        """What lines look like: rows of one form can be written as they are; ``None``: no lines."""

    @property
    def picks(self) -> bool:
        """Whether lines can be had with some of the columns, in another order."""

    @property
    def share(self) -> float:
        """The share of it that has been read, from 0 to 1; 0 where its length is not known."""

    def nothing(self, wanted: Sequence[str]) -> pl.DataFrame:
        """No rows of it, with the columns of ``wanted``."""

    def parts(
        self, wanted: Sequence[str], numbers: Collection[str], lines: Sequence[str] | None
    ) -> Iterator[Part]:
        """Its parts in order, with the columns of ``wanted``; it can be read once.

        Cells of text formats are text, but those of ``numbers`` may already be doubles. Where
        ``lines`` are asked for, with these columns, parts have the rows as lines, or all columns.
        """


def check_columns(name: str, columns: Sequence[str]) -> None:
    """Raise :class:`ProgramError` (``bad-record``) for two columns of one name."""
    seen: set[str] = set()
    for column in columns:
        if column in seen:
            called = f"called {column!r}" if column else "without a name"
            raise ProgramError(
                f"{name} has two columns {called}",
                code="bad-record",
                hint="give each column a name of its own, in the first line",
            )
        seen.add(column)
