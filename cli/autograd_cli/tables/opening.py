"""The writer of each format, and a table written to a file."""

from __future__ import annotations

from autograd_cli.tables.columnar_writer import ColumnarWriter
from autograd_cli.tables.kinds import BINARY, CSV, JSON_LINES, TSV
from autograd_cli.tables.writers import DelimitedWriter, JsonWriter, MarkdownWriter, Sink, Writer


def writer(kind: str, sink: Sink, delimiter: str | None = None, header: bool = True) -> Writer:
    """What writes a table in a format; ``delimiter`` is for CSV and TSV."""
    if kind in BINARY:
        return ColumnarWriter(sink, kind)
    if kind in (CSV, TSV):
        sign = delimiter or {CSV: ",", TSV: "\t"}[kind]
        return DelimitedWriter(sink, sign, header, quotes=kind == CSV)
    if kind == "markdown":
        return MarkdownWriter(sink)
    return JsonWriter(sink, array=kind != JSON_LINES)
