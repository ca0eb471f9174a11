"""Columns of a table by rank, of which those are shown that there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from autograd_cli.drawing.tables import remark


class Column(NamedTuple):
    """A column of a table. Columns of one rank are shown together; rank 0 is always shown."""

    rank: int
    header: Text
    cells: list[str]

    @property
    def width(self) -> int:
        """The width of its longest cell, with the frame."""
        return 3 + max(map(cell_len, (*self.header.plain.split("\n"), *self.cells)))


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns of the lowest ranks that fit beside each other, in their order."""
    chosen: set[int] = set()
    room = width - 1
    for rank in sorted({column.rank for column in columns}):
        wanted = sum(column.width for column in columns if column.rank == rank)
        if rank == 0 or wanted <= room:
            room -= wanted
            chosen.add(rank)
    return [column for column in columns if column.rank in chosen]


def remarks(
    drawn: Table, said: list[str], columns: Sequence[Column], shown: Sequence[Column]
) -> None:
    """Add remarks under a table, and the names of columns that it has no room for."""
    hidden = [column.header.plain.replace("\n", " ") for column in columns if column not in shown]
    if hidden:
        names = ", ".join(dict.fromkeys(hidden))
        said = [*said, f"no room for {names}: a wider terminal or --format csv shows all"]
    if said:
        remark(drawn, "\n".join(said))
