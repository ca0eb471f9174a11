"""Tables of JSON lines: an object on each line, whose fields are the cells of a row.

The lines stay as they came, to be written again; what the program uses is read beside them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import BinaryIO

import polars as pl

from autograd_cli.tables.chunks import chunks, share
from autograd_cli.tables.delimited import decoded
from autograd_cli.tables.part import Part
from autograd_graph import ProgramError


class JsonLines:
    """An open table of JSON lines; its columns are the fields of the rows in its first chunk."""

    form = "{}"
    picks = True

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self._file = file
        self._chunks = chunks(file, name, quotes=False)
        first = next((chunk for chunk in self._chunks if chunk.strip()), b"")
        if not first:
            raise ProgramError(
                f"{name} is empty: it has no rows",
                code="bad-record",
                hint='a row is an object on a line: {"x": 1, "y": 2}',
            )
        self._first = first
        fields: dict[str, None] = {}
        for row, (_, line) in enumerate(_rows(first, name, 0)):
            fields |= dict.fromkeys(self._object(line, row, 0))
        self.columns = list(fields)

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
        rows = before = 0
        for chunk in chain([self._first], self._chunks):
            numbered = list(_rows(chunk, self.name, before))
            if numbered:
                placed = [number for number, _ in numbered]
                texts = pl.Series([text for _, text in numbered], dtype=pl.String)
                frame = self._parsed(texts, wanted, rows)
                whole = lines is None or lines == self.columns
                picked = texts if whole else self._picked(texts, lines or (), rows)
                place = _Placing(rows, before, placed)
                yield Part(frame, place, None if lines is None else picked)
                rows += texts.len()
            before += chunk.count(b"\n")

    def _parsed(self, lines: pl.Series, wanted: Sequence[str], rows: int) -> pl.DataFrame:
        if not wanted:
            for row, line in enumerate(lines):
                self._object(line, row, rows)
            return pl.DataFrame(height=lines.len())
        for row in _perhaps_repeated(lines, wanted):
            self._object(lines[row], row, rows)
        data = "\n".join(lines).encode()
        try:
            frame = pl.read_ndjson(data, schema=dict.fromkeys(wanted, pl.String))
        except pl.exceptions.PolarsError:
            frame = None
        if frame is None or frame.height != lines.len():
            found = [self._object(line, row, rows) for row, line in enumerate(lines)]
            frame = pl.DataFrame(
                {name: [_text(fields.get(name)) for fields in found] for name in wanted},
                schema=dict.fromkeys(wanted, pl.String),
            )
        return frame

    def _picked(self, lines: pl.Series, names: Sequence[str], rows: int) -> pl.Series:
        """The objects of some lines with only the fields of ``names``, in their order."""
        objects = (self._object(line, row, rows) for row, line in enumerate(lines))
        picked = ({name: found.get(name) for name in names} for found in objects)
        return pl.Series([json.dumps(fields, ensure_ascii=False) for fields in picked])

    def _object(self, line: str, row: int, rows: int) -> dict[str, object]:
        """The object of a line. Raises :class:`ProgramError` (``bad-record``) for anything else."""
        try:
            found = json.loads(line, object_pairs_hook=_Fields)
        except (ValueError, RecursionError) as error:
            why = getattr(error, "msg", "nested too deeply")
            raise self._no_object(rows + row, f"no JSON: {why}") from None
        if not isinstance(found, dict):
            raise self._no_object(rows + row, "no object")
        if isinstance(found, _Fields) and found.repeated:
            raise ProgramError(
                f"{self.name}, row {rows + row + 1:,} has two fields called {found.repeated!r}",
                code="bad-record",
                hint="give each field a name of its own",
            )
        return found

    def _no_object(self, row: int, what: str) -> ProgramError:
        return ProgramError(
            f"{self.name}, row {row + 1:,}: it is {what}",
            code="bad-record",
            hint='a row is an object on a line of its own: {"x": 1, "y": 2}',
        )


class _Fields(dict[str, object]):
    """The fields of an object, and the name of one that it has twice; empty if it has none."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs] if len(self) < len(pairs) else []
        self.repeated = next((name for name in names if names.count(name) > 1), "")


def _perhaps_repeated(lines: pl.Series, names: Sequence[str]) -> list[int]:
    """The lines in which one of the names stands in quotation marks more than once."""
    found = pl.zeros(lines.len(), dtype=pl.Boolean, eager=True)
    for name in names:
        quoted = json.dumps(name, ensure_ascii=False)
        found |= lines.str.count_matches(quoted, literal=True) > 1
    lines_found: list[int] = found.arg_true().to_list()
    return lines_found


class _Placing:
    """The place of a row: ``row 17 (line 18)``."""

    def __init__(self, rows: int, lines: int, numbers: list[int]) -> None:
        self._rows, self._lines, self._numbers = rows, lines, numbers

    def __call__(self, row: int) -> str:
        return f"row {self._rows + row + 1:,} (line {self._lines + self._numbers[row] + 1:,})"


def _rows(chunk: bytes, name: str, lines: int) -> Iterator[tuple[int, str]]:
    """The lines of a chunk that are not blank, each with its number in the chunk."""
    for number, line in enumerate(decoded(chunk, name, lines).split("\n")):
        if text := line.strip():
            yield number, text


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
