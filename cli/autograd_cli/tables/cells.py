"""The cells of a column as doubles, and the cell that is no number."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from autograd_cli.tables.part import Part
from autograd_graph import ProgramError


def doubles(part: Part, column: str, table: str, absent: Collection[str]) -> pl.Series:
    """A column of a part as doubles, null where a value is missing.

    A cell is a number as JSON and most languages write it, blanks around it aside; ``inf`` and
    ``nan`` are numbers. It is missing where there is nothing but blanks or a word of ``absent``.
    Raises :class:`ProgramError`
    (``bad-value``) for a cell that is no number, and for a column of dates or other things.
    """
    cells = part.frame[column]
    if cells.dtype == pl.String:
        if absent:
            cells = cells.set(cells.str.strip_chars().is_in(list(absent)), None)
        numbers = _parsed(cells)
        if numbers.null_count() > cells.null_count():
            numbers, cells = _parsed_again(numbers, cells)
            if numbers.null_count() > cells.null_count():
                row = int((numbers.is_null() & cells.is_not_null()).arg_max() or 0)
                raise _no_number(f"{table}, {part.place(row)}, column {column!r}", cells[row])
    elif cells.dtype.is_numeric() or cells.dtype in (pl.Boolean, pl.Null):
        numbers = cells.cast(pl.Float64)
    else:
        raise ProgramError(
            f"the column {column!r} of {table} holds no numbers: it is of type {cells.dtype}",
            code="bad-value",
        )
    return numbers


def _parsed(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.Float64, strict=False)


def _parsed_again(numbers: pl.Series, cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The numbers and the cells without the blanks around them, null where nothing is left."""
    bare = cells.str.strip_chars()
    bare = bare.set(bare == "", None)
    return numbers.fill_null(_parsed(bare)), bare


def _no_number(place: str, cell: str) -> ProgramError:
    shown = cell if len(cell) <= 40 else f"{cell[:37]}..."
    mark = cell.strip().replace(",", ".", 1)
    if "," in cell and not pl.Series([mark]).cast(pl.Float64, strict=False).has_nulls():
        hint = "the decimal mark is a point, and thousands are not set apart"
    elif cell.strip().lower() in _WORDS:
        hint = f"an empty cell is a missing value: --missing {cell.strip()} takes this word for one"
    else:
        hint = "a cell holds a number, or is empty where there is none"
    return ProgramError(f"{place}: {shown!r} is no number", code="bad-value", hint=hint)


_WORDS = frozenset(
    {"na", "n/a", "#n/a", "null", "none", "nil", "-", "--", ".", "?", "missing", "\\n"}
)
"""What others write where there is no value."""
