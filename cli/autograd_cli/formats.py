"""The output formats of reports, and of the numbers in them.

Doubles are written so that they read back to the same bits. JSON is strict: a number that is not
finite is the string "inf", "-inf" or "nan".

A format is a function in :data:`WRITERS`, or in :data:`TABLES` for one that writes rows, which also
writes streams of rows. Every report, and so every command, supports all formats.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

from autograd_cli import unseen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

Row = Sequence[str]
Item = TypeVar("Item")

_PIECE = 1_000
"""How many rows or items are written at a time."""


class Report(ABC):
    """The result of a command as plain data, with an object for JSON, a table and a drawing.

    Its ``str`` is the drawing; a notebook shows it in colour.
    """

    @property
    @abstractmethod
    def columns(self) -> Sequence[str]:
        """The names of the table's columns."""

    @abstractmethod
    def rows(self) -> Iterable[Row]:
        """The table's rows."""

    @abstractmethod
    def as_object(self) -> Any:
        """The whole report as an object for JSON."""

    def json(self) -> Iterable[str]:
        """:meth:`as_object` as the text of JSON, in pieces where it is long."""
        return [to_json(self.as_object())]

    def records(self) -> Iterable[Any] | None:
        """The objects for JSON lines, one per line; ``None``: the whole report is one line."""
        return None

    @abstractmethod
    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """The drawing for a terminal of that width; folds long tables unless ``everything``."""

    def __str__(self) -> str:
        from autograd_cli.output import Output

        return Output().text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from autograd_cli.output import Output

        return Output().html(self)


# numbers -----------------------------------------------------------------------------------------


def json_number(value: float | None) -> float | str | None:
    """A number as strict JSON represents it."""
    return value if value is None or isfinite(value) else number(value)


def number(value: float | None) -> str:
    """A number in CSV, TSV and ``--get``: the shortest text that reads back the same."""
    return "" if value is None else repr(float(value))


# objects -----------------------------------------------------------------------------------------

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def to_json(value: Any) -> str:
    """Strict JSON of a value whose numbers were converted by :func:`json_number`.

    Characters that would do harm on a screen are escaped, which is the same JSON.
    """
    return unseen.disarmed(_encode(value))


json_text = json.encoder.encode_basestring
"""A text as JSON has it, in quotes. What would do harm on a screen is still in it."""


def json_object(
    before: Mapping[str, Any], name: str, items: Iterable[str], after: Mapping[str, Any]
) -> Iterator[str]:
    """An object in pieces: fields, an array called ``name`` of items in JSON, further fields."""
    yield to_json(before).removesuffix("}") + f", {to_json(name)}: ["
    between = ""
    for group in _groups(items):
        yield unseen.disarmed(between + ", ".join(group))
        between = ", "
    yield f"], {to_json(after).removeprefix('{')}" if after else "]}"


def _json(report: Report) -> Iterator[str]:
    yield from report.json()
    yield "\n"


def _json_lines(report: Report) -> Iterator[str]:
    records = report.records()
    if records is None:
        return _json(report)
    return (to_json(record) + "\n" for record in records)


def _groups(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items in lists of a length that is worth a piece of text, none of them empty."""
    rest = iter(items)
    while group := list(islice(rest, _PIECE)):
        yield group


# tables ------------------------------------------------------------------------------------------


def _tab_separated(rows: Iterable[Row]) -> str:
    r"""Rows as TSV; characters that would end a field are escaped: ``\t``, ``\n``."""
    return "".join(["\t".join(map(_field, row)) + "\n" for row in rows])


def _field(cell: str) -> str:
    if cell.isprintable() and "\\" not in cell:
        return cell
    return unseen.disarmed(cell.translate(_ESCAPES))


_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"})


def _comma_separated(rows: Iterable[Row]) -> str:
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows(map(unseen.disarmed, row) for row in rows)
    return buffer.getvalue()


def _markdown(rows: Iterable[Row]) -> str:
    """Rows of a table in GitHub's Markdown."""
    cells = ([unseen.disarmed(cell.translate(_IN_CELL)) for cell in row] for row in rows)
    lines = (" | ".join(row) for row in cells)
    return "".join([f"| {line} |\n" for line in lines])


_IN_CELL = str.maketrans({"|": "\\|", "\n": "<br>", "\r": "", "\\": "\\\\"})


def _markdown_head(columns: Row) -> str:
    return _markdown([columns]) + "|" + " --- |" * len(columns) + "\n"


TABLES: dict[str, tuple[Callable[[Row], str], Callable[[Iterable[Row]], str]]] = {
    "csv": (lambda columns: _comma_separated([columns]), _comma_separated),
    "tsv": (lambda columns: _tab_separated([columns]), _tab_separated),
    "markdown": (_markdown_head, _markdown),
}
"""For each row format the writers of the header and of the rows."""


def head(columns: Row, format_name: str) -> str:
    """The header of a table."""
    return TABLES[format_name][0](columns)


def body(rows: Iterable[Row], format_name: str) -> str:
    """The rows of a table as text."""
    return TABLES[format_name][1](rows)


def pieces(rows: Iterable[Row], format_name: str) -> Iterator[str]:
    """The rows of a long table as pieces of text, so that no more of them is kept."""
    return (body(group, format_name) for group in _groups(rows))


def _table(format_name: str) -> Callable[[Report], Iterable[str]]:
    return lambda report: chain(
        [head(report.columns, format_name)], pieces(report.rows(), format_name)
    )


WRITERS: dict[str, Callable[[Report], Iterable[str]]] = {
    "json": _json,
    "jsonl": _json_lines,
    **{name: _table(name) for name in TABLES},
}
"""The writer of a whole report in each format, as pieces of text."""

FORMATS = ("table", *WRITERS)
"""The names of all formats; ``table`` is drawn, by the command's own view."""

EVERY_FORMAT = (*FORMATS, "lines", "text", "parquet", "arrow")
"""The names of all formats, including those that only some commands have."""

WITH_HEADER = ("csv", "tsv")
"""The formats whose first line, the names of the columns, can be left out."""
