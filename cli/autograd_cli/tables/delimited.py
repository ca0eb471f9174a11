"""Tables of delimited text: CSV, whose cells may be in quotation marks, and TSV, without those.

Polars parses a chunk, every column as text. What it does not take, or what it would fill up in
silence, is looked at once more by Python's own reader, which knows where a row is ragged.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO

import polars as pl

from autograd_cli.tables.chunks import chunks, share
from autograd_cli.tables.part import Part, check_columns
from autograd_graph import ProgramError


class Delimited:
    """An open table of delimited text, whose first line names its columns."""

    picks = False

    def __init__(self, file: BinaryIO, name: str, delimiter: str, *, quotes: bool) -> None:
        self.name = name
        self.delimiter = delimiter
        self._quotes = quotes
        self._file = file
        self._chunks = chunks(file, name, quotes=quotes)
        header, self._rest = self._split_header(next(self._chunks, b""))
        self.columns = self._names(header)
        self._lines_before = header.count(b"\n")
        self.form = f"{delimiter}{quotes}"
        check_columns(name, self.columns)

    def _split_header(self, chunk: bytes) -> tuple[bytes, bytes]:
        """The first record that is not blank, and what follows it."""
        if not chunk.strip():
            raise ProgramError(
                f"{self.name} is empty: it has no names of columns",
                code="bad-record",
                hint="the first line names the columns: x,y",
            )
        start = len(chunk) - len(chunk.lstrip(b"\r\n"))
        end = chunk.find(b"\n", start)
        while self._quotes and end >= 0 and chunk.count(b'"', 0, end) % 2:
            end = chunk.find(b"\n", end + 1)
        end = len(chunk) if end < 0 else end + 1
        return chunk[:end], chunk[end:]

    def _names(self, header: bytes) -> list[str]:
        text = decoded(header, self.name, 0).strip("\r\n")
        if not self._quotes:
            return text.split(self.delimiter)
        if re.search(r"\r(?!\n)", text):
            raise ProgramError(
                f"the lines of {self.name} end as on old Macs, with a carriage return alone",
                code="bad-record",
                hint="change them: tr '\\r' '\\n'",
            )
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter))

    @property
    def share(self) -> float:
        """The share of its bytes that has been read."""
        return share(self._file)

    def nothing(self, wanted: Sequence[str]) -> pl.DataFrame:
        """No rows, and every column is text."""
        return pl.DataFrame(schema=dict.fromkeys(wanted, pl.String))

    def parts(
        self, wanted: Sequence[str], numbers: Collection[str], lines: Sequence[str] | None
    ) -> Iterator[Part]:
        """Its rows, as many at once as a chunk has."""
        rows, before = 0, self._lines_before
        for chunk in chain([self._rest], self._chunks):
            if chunk:
                part = self._part(chunk, wanted, numbers, lines, rows, before)
                yield part
                rows += part.frame.height
                before += chunk.count(b"\n")

    def _part(
        self,
        chunk: bytes,
        wanted: Sequence[str],
        numbers: Collection[str],
        lines: Sequence[str] | None,
        rows: int,
        before: int,
    ) -> Part:
        """The rows of a chunk; ``rows`` rows and ``before`` lines stand before it."""
        frame = self._frame(chunk, wanted, numbers)
        if frame is None and numbers:
            frame = self._frame(chunk, wanted, ())
        texts = _texts(chunk) if lines is not None and frame is not None else None
        if lines is not None and (texts is None or frame is None or texts.len() != frame.height):
            texts, wanted = None, self.columns
            frame = self._frame(chunk, wanted, ())
        if frame is None:
            frame, begins = self._parsed_slowly(chunk, wanted, rows, before)
            return Part(frame, lambda row: _spot(rows + row, before + begins[row] + 1))

        def place(row: int) -> str:
            return _spot(rows + row, before + self._line_feeds(chunk, row) + 1)

        return Part(frame, place, texts)

    def _frame(
        self, chunk: bytes, wanted: Sequence[str], numbers: Collection[str]
    ) -> pl.DataFrame | None:
        """The wanted columns of a chunk; ``None`` where a row is ragged, or a cell no number."""
        last = self.columns[-1]
        needed = [n for n, name in enumerate(self.columns) if name in wanted or name == last]
        types = {c: pl.Float64 if c in numbers else pl.String for c in self.columns}
        try:
            frame = self._read(chunk, types, needed)
        except pl.exceptions.PolarsError:
            return None
        if frame[last].null_count() and len(self.columns) > 1 and self._is_short(chunk):
            return None
        return frame.select(wanted)

    def _read(
        self, chunk: bytes, types: dict[str, Any], columns: list[int] | None = None
    ) -> pl.DataFrame:
        """The columns of a chunk by their positions, those that a row lacks without a value."""
        return pl.read_csv(
            _never_packed(chunk),
            has_header=False,
            schema=types,
            columns=columns,
            separator=self.delimiter,
            quote_char='"' if self._quotes else None,
            missing_columns="insert",
        )

    def _is_short(self, chunk: bytes) -> bool:
        """Whether a row has fewer cells than there are columns, which polars fills up."""
        everything = dict.fromkeys(self.columns, pl.String)
        frame = self._read(chunk, everything)
        between = chunk.count(self.delimiter.encode())
        if self._quotes and b'"' in chunk:
            within = frame.select(pl.all().str.count_matches(self.delimiter, literal=True).sum())
            between -= sum(count or 0 for count in within.row(0))
        return bool(between != frame.height * (len(self.columns) - 1))

    def _line_feeds(self, chunk: bytes, row: int) -> int:
        """The line feeds of a chunk before the row of that number."""
        reader = self._reader(chunk)
        for _ in range(row):
            next(reader)
        return int(reader.line_num)

    def _reader(self, chunk: bytes) -> Any:
        """Python's reader of a chunk, which refuses what is not properly in quotation marks."""
        csv.field_size_limit(sys.maxsize)
        lines = io.TextIOWrapper(io.BytesIO(chunk), encoding="utf-8", newline="")
        if not self._quotes:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _parsed_slowly(
        self, chunk: bytes, wanted: Sequence[str], rows: int, lines: int
    ) -> tuple[pl.DataFrame, list[int]]:
        """The same by Python's reader, and the line that each row begins on, from 0.

        Raises :class:`ProgramError` naming a row that is ragged.
        """
        decoded(chunk, self.name, lines)
        reader = self._reader(chunk)
        found: list[list[str]] = []
        begins: list[int] = []
        line = 0
        try:
            for cells in reader:
                if cells or len(self.columns) == 1:
                    if len(cells) > len(self.columns) or (cells and len(cells) < len(self.columns)):
                        raise self._ragged(len(cells), rows + len(found), lines + line)
                    found.append(cells or [""])
                    begins.append(line)
                line = reader.line_num
        except csv.Error:
            raise self._misquoted(rows + len(found), lines + line) from None
        if self._quotes and (stray := _stray_quote(chunk, self.delimiter)) is not None:
            raise self._misquoted(None, lines + chunk.count(b"\n", 0, stray))
        columns = zip(*found, strict=True) if found else ([] for _ in self.columns)
        series = {
            name: pl.Series([cell or None for cell in column], dtype=pl.String)
            for name, column in zip(self.columns, columns, strict=True)
        }
        return pl.DataFrame(series).select(wanted), begins

    def _ragged(self, cells: int, row: int, line: int) -> ProgramError:
        count = len(self.columns)
        return ProgramError(
            f"{self.name}, {_spot(row, line + 1)}: {cells} cell{'s' * (cells != 1)}, "
            f"and the first line names {count} column{'s' * (count != 1)}",
            code="bad-record",
            hint=f"a cell with {self.delimiter!r} in it stands in quotation marks"
            if self._quotes and cells > count
            else "a cell without a value is empty, and its place stays",
        )

    def _misquoted(self, row: int | None, line: int) -> ProgramError:
        spot = f"line {line + 1}" if row is None else _spot(row, line + 1)
        return ProgramError(
            f'{self.name}, {spot}: a " stands within a cell, or is not closed',
            code="bad-record",
            hint='a cell with " in it stands in quotation marks, each " in it written twice: '
            '"5"" pipe"',
        )


def _spot(row: int, line: int) -> str:
    return f"row {row + 1:,} (line {line:,})"


def _never_packed(chunk: bytes) -> bytes:
    r"""A chunk that polars reads as text.

    It would unpack what begins as packed data does: of what is UTF-8, zlib's ``x^`` and ``x\x01``;
    and it would drop a byte order mark, which is one at the beginning of a file only.
    """
    return codecs.BOM_UTF8 + chunk if chunk.startswith((b"x", codecs.BOM_UTF8)) else chunk


def _texts(chunk: bytes) -> pl.Series | None:
    """The lines of a chunk, one after the other, without their ends."""
    if _UNLIKELY.encode() in chunk:
        return None
    text = _never_packed(chunk)
    whole = pl.read_csv(
        text, has_header=False, schema={"": pl.String}, separator=_UNLIKELY, quote_char=None
    )
    return whole.to_series().fill_null("")


_UNLIKELY = "\x01"
"""A sign that is taken for the delimiter where there is none."""


def _stray_quote(chunk: bytes, delimiter: str) -> int | None:
    """Where a quotation mark stands that does not belong to a cell in quotation marks."""
    sign = re.escape(delimiter.encode())
    whole = re.compile(
        rb"(?:(?<=[\r\n])|(?<=" + sign + rb')|\A)"(?:[^"]|"")*"(?=[\r\n]|' + sign + rb"|\Z)"
    )
    bare = whole.sub(lambda found: b" " * len(found[0]), chunk)
    place = bare.find(b'"')
    return None if place < 0 else place


def decoded(data: bytes, name: str, lines: int) -> str:
    """Bytes as UTF-8 text. Raises :class:`ProgramError` (``encoding``) naming the line."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = lines + data.count(b"\n", 0, error.start) + 1
        marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        encoding = "utf-16" if marked else "windows-1252"
        raise ProgramError(
            f"{name}, line {line:,}, is not UTF-8 (byte 0x{data[error.start]:02X})",
            code="encoding",
            hint=f"convert it, perhaps with iconv -f {encoding} -t utf-8",
        ) from None
