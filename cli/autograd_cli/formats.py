r"""Formats: how any report is written, and the one place that knows how a number is.

Doubles are written so that they read back to the same bits. JSON is strict: a number that is
not finite is the string "inf", "-inf" or "nan".

A format is a function in :data:`WRITERS`, or in :data:`TABLES` for one that writes rows, which
serves streams of rows too. Every report, and so every command, has all of them.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Any

Row = Sequence[str]


class Report(ABC):
    """What a command has to tell, as plain data: an object, and a table of text."""

    @property
    @abstractmethod
    def columns(self) -> Sequence[str]:
        """The names of the table's columns."""

    @abstractmethod
    def rows(self) -> Iterable[Row]:
        """The table's rows."""

    @abstractmethod
    def as_object(self) -> Any:
        """All of it, as JSON has it."""

    def records(self) -> Iterable[Any]:
        """The objects that stand on lines of their own, where there are several."""
        return [self.as_object()]


# numbers -----------------------------------------------------------------------------------------


def json_number(value: float | None) -> float | str | None:
    """A number as strict JSON has it."""
    return value if value is None or isfinite(value) else number(value)


def number(value: float | None) -> str:
    """A number as CSV, TSV and ``--get`` have it: the shortest text that reads back the same."""
    return "" if value is None else repr(float(value))


# objects -----------------------------------------------------------------------------------------

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def to_json(value: Any) -> str:
    """Strict JSON of a value whose numbers went through :func:`json_number`."""
    return _encode(value)


def _json(report: Report) -> str:
    return to_json(report.as_object()) + "\n"


def _json_lines(report: Report) -> str:
    return "".join([to_json(record) + "\n" for record in report.records()])


# tables ------------------------------------------------------------------------------------------


def _tab_separated(rows: Iterable[Row]) -> str:
    r"""What would end a field early is escaped: ``\t``, ``\n``."""
    return "".join("\t".join([cell.translate(_ESCAPES) for cell in row]) + "\n" for row in rows)


_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"})


def _comma_separated(rows: Iterable[Row]) -> str:
    import csv
    import io

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _markdown(rows: Iterable[Row]) -> str:
    """Rows of a table as GitHub draws them."""
    lines = (" | ".join([cell.translate(_IN_CELL) for cell in row]) for row in rows)
    return "".join([f"| {line} |\n" for line in lines])


_IN_CELL = str.maketrans({"|": "\\|", "\n": "<br>", "\r": "", "\\": "\\\\"})


def _markdown_head(columns: Row) -> str:
    return _markdown([columns]) + "|" + " --- |" * len(columns) + "\n"


TABLES: dict[str, tuple[Callable[[Row], str], Callable[[Iterable[Row]], str]]] = {
    "csv": (lambda columns: _comma_separated([columns]), _comma_separated),
    "tsv": (lambda columns: _tab_separated([columns]), _tab_separated),
    "markdown": (_markdown_head, _markdown),
}
"""For each format of rows how the columns' names are written, and how rows are."""


def head(columns: Row, format_name: str) -> str:
    """What stands before all rows of a table."""
    return TABLES[format_name][0](columns)


def body(rows: Iterable[Row], format_name: str) -> str:
    """Rows of a table."""
    return TABLES[format_name][1](rows)


def _table(format_name: str) -> Callable[[Report], str]:
    return lambda report: head(report.columns, format_name) + body(report.rows(), format_name)


WRITERS: dict[str, Callable[[Report], str]] = {
    "json": _json,
    "jsonl": _json_lines,
    **{name: _table(name) for name in TABLES},
}
"""How a whole report is written in each format."""

FORMATS = ("table", *WRITERS)
"""All formats by name; ``table`` is drawn, by the command's own view."""

EVERY_FORMAT = (*FORMATS, "lines", "text")
"""These, and those that some command has beside them."""

WITH_HEADER = ("csv", "tsv")
"""The formats whose first line, the names of the columns, can be left out."""
