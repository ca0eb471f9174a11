"""The output formats of reports, and of the numbers in them.

Doubles are written so that they read back to the same bits. JSON is strict: a number that is not
finite is the string "inf", "-inf" or "nan".

A format is a function in :data:`WRITERS`, or in :data:`TABLES` for one that writes rows, which also
writes streams of rows. Every report, and so every command, supports all formats.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from autograd_cli import unseen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

Row = Sequence[str]


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

    def records(self) -> Iterable[Any]:
        """The objects for JSON lines, one per line."""
        return [self.as_object()]

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


def _json(report: Report) -> str:
    return to_json(report.as_object()) + "\n"


def _json_lines(report: Report) -> str:
    return "".join([to_json(record) + "\n" for record in report.records()])


# tables ------------------------------------------------------------------------------------------


def _tab_separated(rows: Iterable[Row]) -> str:
    r"""Rows as TSV; characters that would end a field are escaped: ``\t``, ``\n``."""
    escaped = ([unseen.disarmed(cell.translate(_ESCAPES)) for cell in row] for row in rows)
    return "".join("\t".join(row) + "\n" for row in escaped)


_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"})


def _comma_separated(rows: Iterable[Row]) -> str:
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([unseen.disarmed(cell) for cell in row] for row in rows)
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


def _table(format_name: str) -> Callable[[Report], str]:
    return lambda report: head(report.columns, format_name) + body(report.rows(), format_name)


WRITERS: dict[str, Callable[[Report], str]] = {
    "json": _json,
    "jsonl": _json_lines,
    **{name: _table(name) for name in TABLES},
}
"""The writer of a whole report in each format."""

FORMATS = ("table", *WRITERS)
"""The names of all formats; ``table`` is drawn, by the command's own view."""

EVERY_FORMAT = (*FORMATS, "lines", "text")
"""The names of all formats, including those that only some commands have."""

WITH_HEADER = ("csv", "tsv")
"""The formats whose first line, the names of the columns, can be left out."""
