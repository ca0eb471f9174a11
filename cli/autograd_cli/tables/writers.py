"""The formats that tables are written in: each takes the rows block by block.

A writer is used as a context: what was written by its end is whole, and after an error it only
lets go of what it holds.
"""

from __future__ import annotations

import json
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from types import TracebackType
from typing import Any, BinaryIO

import polars as pl

from autograd_cli import formats
from autograd_cli.tables.mapping import Block, beside
from autograd_cli.tables.text import in_json, in_words

Sink = BinaryIO | RawIOBase
"""Where bytes go."""


@contextmanager
def system_errors() -> Iterator[None]:
    """Raises what the system refused to polars as the :class:`OSError` that it is."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        refused = re.search(r"(?:os error |Errno )(\d+)", str(error))
        if refused is None or getattr(error, "errno", None):
            raise
        raise OSError(int(refused[1]), os.strerror(int(refused[1]))) from None


class Writer(ABC):
    """Writes blocks of rows; the first has no rows, and tells the columns."""

    form: str | None = None
    """What the lines look like that it can write as they are."""

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.end()
        else:
            self.abandon()

    @abstractmethod
    def write(self, block: Block) -> None:
        """Write the rows of a block."""

    @abstractmethod
    def end(self) -> None:
        """Write what stands behind the last row."""

    def abandon(self) -> None:  # noqa: B027 - most writers hold nothing
        """Let go of everything, after an error."""


class DelimitedWriter(Writer):
    """CSV, whose cells are in quotation marks where they have to be, or TSV, with escapes."""

    def __init__(self, sink: Sink, delimiter: str, header: bool, quotes: bool) -> None:
        self._sink = sink
        self._header = header
        self._names: pl.DataFrame | None = None
        self._quotes = quotes
        self.form = f"{delimiter}{quotes}"
        self._manner: dict[str, Any] = {
            "separator": delimiter,
            "quote_style": "necessary" if quotes else "never",
        }

    def write(self, block: Block) -> None:
        """Write rows; before the first of them the names of the columns, which alone say little."""
        results = in_words(block.results)
        if block.lines is not None:
            self._put_names()
            rows = pl.DataFrame([block.lines.alias(""), *results])
            self._put(rows, include_header=False, quote_style="never")
            return
        frame = beside(in_words(block.own), results)
        if not self._quotes:
            frame = frame.with_columns(_escaped(pl.col(pl.String)))
            names = dict(zip(frame.columns, map(_escaped_name, frame.columns), strict=True))
            frame = frame.rename(names)
        self._names = frame.clear()
        if frame.height:
            self._put_names()
            self._put(frame, include_header=False)

    def end(self) -> None:
        """Write the names of the columns of a table without rows."""
        self._put_names()

    def _put_names(self) -> None:
        if self._header and self._names is not None:
            self._put(self._names, include_header=True)
        self._header = False

    def _put(self, frame: pl.DataFrame, **manner: Any) -> None:
        with system_errors():
            frame.write_csv(self._sink, **(self._manner | manner))


_ESCAPES: dict[str, str | int | None] = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def _escaped(cells: pl.Expr) -> pl.Expr:
    return cells.str.replace_many([*_ESCAPES], [str(escape) for escape in _ESCAPES.values()])


def _escaped_name(name: str) -> str:
    return name.translate(str.maketrans(_ESCAPES))


class MarkdownWriter(Writer):
    """A table of Markdown."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._begun = False

    def write(self, block: Block) -> None:
        """Write rows; the first time, the head of the table."""
        frame = in_words(beside(block.own, block.results))
        if not self._begun:
            self._sink.write(formats.head(frame.columns, "markdown").encode())
            self._begun = True
        rows = frame.select(pl.all().cast(pl.String).fill_null("")).rows()
        self._sink.write(formats.body(rows, "markdown").encode())

    def end(self) -> None:
        """A table of Markdown has no foot."""


class JsonWriter(Writer):
    """An object for each row, on lines of their own or in one array.

    Rows that came as JSON lines stay as they are, with the results behind their last field.
    """

    form = "{}"

    def __init__(self, sink: Sink, array: bool) -> None:
        self._sink = sink
        self._array = array
        self._between = "[" if array else ""

    def write(self, block: Block) -> None:
        """Write the objects of some rows."""
        if not block.results.height:
            return
        fields = _fields(block.results)
        if block.lines is not None:
            begun = block.lines.str.head(-1).str.strip_chars_end()
            comma = pl.when(begun.str.len_bytes() > 1).then(pl.lit(", ")).otherwise(pl.lit(""))
            lines = pl.select(pl.concat_str(begun, comma, fields, pl.lit("}"))).to_series()
        else:
            if block.own.width:
                own = _fields(block.typed)
                fields = pl.select(pl.concat_str(own, pl.lit(", "), fields)).to_series()
            lines = "{" + fields + "}"
        if self._array:
            self._sink.write((self._between + ",\n ".join(lines)).encode())
            self._between = ",\n "
        else:
            self._sink.write(("\n".join(lines) + "\n").encode())

    def end(self) -> None:
        """Close the array."""
        if self._array:
            self._sink.write(b"[]\n" if self._between == "[" else b"]\n")


def _fields(frame: pl.DataFrame) -> pl.Series:
    """The fields of each row's object: ``"x": 1.0, "y": "a"``."""
    names = [json.dumps(name, ensure_ascii=False) for name in frame.columns]
    texts = [f"{name}: " + in_json(cells) for name, cells in zip(names, frame, strict=True)]
    return pl.select(pl.concat_str(texts, separator=", ")).to_series()
