"""The cells of a frame as text: in words for CSV and its kin, and as JSON."""

from __future__ import annotations

from math import inf, nan

import polars as pl

from autograd_graph import ProgramError


def in_words(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, to be written as text: what is not a number is ``nan``, as in every table here.

    Raises :class:`ProgramError` (``unsupported``) for lists and other columns without a text.
    """
    changed = []
    for column in frame:
        if column.dtype.is_float():
            if column.is_nan().any():
                changed.append(column.cast(pl.String).set(column.is_nan(), "nan"))
        elif column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
            raise ProgramError(
                f"the column {column.name!r} is of type {column.dtype}, which has no form as text",
                code="unsupported",
                hint="take --to parquet or arrow, or leave the column out with --keep",
            )
    return frame.with_columns(changed) if changed else frame


def in_json(column: pl.Series) -> pl.Series:
    """Each cell as strict JSON; a number that is not finite is the text ``"nan"``, ``"inf"``."""
    name = column.name
    if column.dtype.is_float():
        text = column.cast(pl.String)
        if not column.is_finite().all():
            for number in (nan, inf, -inf):
                text = text.set(column == number, f'"{number}"')
        return text.fill_null("null").alias(name)
    struct = pl.DataFrame({"v": column}).to_struct()
    return struct.struct.json_encode().str.slice(len('{"v":')).str.head(-1).alias(name)
