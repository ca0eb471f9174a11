"""``autograd map``: a program over the rows of tables."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from autograd_cli import exit_status
from autograd_cli.extras import require
from autograd_cli.line import tables as reading
from autograd_cli.line.command import TableCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PROGRAM, call_with_program, output_options, read_output
from autograd_cli.line.parameters import FILE, Argument, flag, option
from autograd_cli.line.program import LineProgram, split_names
from autograd_cli.line.sources import named
from autograd_cli.output import Output, is_terminal, writing
from autograd_cli.progress import Progress
from autograd_cli.tables.kinds import BINARY, CSV, written_as
from autograd_cli.tables.listing import require_files
from autograd_cli.whole import written_whole
from autograd_graph import ProgramError

if TYPE_CHECKING:
    from rich.text import Text

    from autograd_cli.interface.files import Rows
    from autograd_cli.tables.mapping import MappedRows
    from autograd_cli.tables.writers import Writer


@declared(
    TableCommand,
    "map",
    "One program over the rows of a table.",
    *PROGRAM,
    Argument("tables", kind=FILE, many=True, metavar="[DATA]..."),
    reading.ON,
    *reading.OPTIONS,
    flag("--status", help="Add a column with the status of each row."),
    flag("--only", help="Leave out the table's own columns."),
    option(
        "--keep",
        multiple=True,
        metavar="COLUMNS",
        help="Leave out the table's own columns but these: a,b. Repeatable.",
    ),
    option(
        "--prefix",
        default="",
        metavar="TEXT",
        help="What the names of the new columns begin with, where the table has such columns.",
    ),
    flag("--strict", help="Exit with 1 for inf and for any status but ok."),
    option(
        "--where-status",
        name="awkward",
        kind=FILE,
        metavar="FILE",
        help="Write the rows whose status is not ok to FILE, too.",
    ),
    option(
        "--output",
        name="path",
        kind=FILE,
        metavar="FILE",
        help="Write to FILE, in the format of its name; it appears once it is complete. With --on "
        "a new folder, with a file for each file of DATA.",
    ),
    *output_options(*BINARY, piped="the table's own format", spelled=("--to", "--format")),
)
def command(ctx: Context, /, **options: Any) -> None:
    r"""Evaluate and differentiate EXPR at each row of DATA: files, or standard input.

    \b
    Examples:
      autograd map "1/2*(w*x + b - y)^2" samples/tables/line.csv --w=2 --b=1
      autograd map "x^2" data.csv --rename x=length --output squares.parquet
      autograd map "x^2" 'data*.csv' --only --status --to jsonl
      printf 'x,y\n1,2\n3,\n' | autograd map "x*y"
      autograd map "sqrt(x)" data.csv --where-status awkward.csv --keep x

    A name of EXPR that is a column takes the value of each row, unless --NAME=VALUE gives it
    one; other names need a value or a default. Out come the table's own columns, as they were,
    then value, then d_NAME, the derivative by each column in use, or by the names of --wrt. Rows
    keep their order. Where a value is missing, the results are empty.

    Formats go by the names of files: .csv, .tsv, .jsonl, .parquet, .arrow; DATA may be several
    files, or a pattern like 'data/*.csv'. Tables larger than the memory are no obstacle.
    """
    require("tables", "autograd map")
    if options["expr"] is None and options["file"] is None:
        ctx.show_help()
    if options["only"]:
        ctx.refuse(["keep"], "does not go with --only, which keeps no column")
    from_stdin = "-" in (options["expr"], options["file"])
    options["tables"] = reading.named(ctx, options["tables"], from_stdin)
    on = options.pop("on")
    kinds = reading.kinds_of(options["tables"], options["kind"], elsewhere=on is not None)
    path, asked = options["path"], options["format_name"]
    if on is not None:
        _map_on_cluster(ctx, on, options, kinds[0])
        return
    if path is not None and path == options["awkward"]:
        ctx.refuse(["awkward"], "and --output name the same file", "give each a file of its own")
    output = read_output(
        ctx,
        options,
        CSV if kinds[0] in BINARY else kinds[0],
        to_file=path is not None,
        by_name=written_as(path) if path is not None and asked is None else None,
    )
    if output.format == "table":
        ctx.refuse(["path"], "is for data, and here table comes out", "add --to csv, or another")
    elif output.format in BINARY and path is None and is_terminal(sys.stdout):
        raise ProgramError(
            f"{output.format} is not for a screen",
            code="bad-value",
            hint=f"write it to a file: --output results.{output.format}",
        )
    call_with_program(_map, ctx, options, output)


def _map_on_cluster(ctx: Context, on: str, options: dict[str, Any], kind: str) -> None:
    """Go on with a cluster, which writes a folder."""
    require_files(options["tables"])
    ctx.refuse(["awkward"], "does not go with --on", "--status adds the status of each row")
    if options["path"] is None:
        raise ctx.usage_error("--on writes into a folder: add --output FOLDER")
    reading.require_folder("--output", options["path"])
    asked = options["format_name"]
    output = read_output(ctx, options, kind, to_file=True, by_name=asked or kind)
    if output.format == "table":
        ctx.refuse(["format_name"], "is for a screen, and --on writes files", "take another one")
    call_with_program(partial(_map, on=on, written=asked), ctx, options, output)


def _map(
    ctx: Context,
    program: LineProgram,
    output: Output,
    tables: tuple[str, ...],
    status: bool,
    only: bool,
    keep: tuple[str, ...],
    prefix: str,
    strict: bool,
    awkward: str | None,
    path: str | None,
    on: str | None = None,
    written: str | None = None,
    **table: Any,
) -> None:
    how = reading.how(ctx, program.given, tables, table, [output.format], elsewhere=on is not None)
    wanted: Rows = {
        **how,
        "keep": [] if only else (split_names(keep) or None),
        "prefix": prefix,
        "status": status,
        "judged": strict or awkward is not None,
    }
    with reading.cluster(on, tables, output) as engine, named(program.origin):
        if engine is None:
            rows = program.function.map_files(*tables, **wanted)
            output.make_way()
            _write(rows, output, path, awkward, how["delimiter"], "-" in tables)
            tally = rows.tally
        else:
            assert path is not None
            tally = program.function.map_on(
                engine,
                path,
                *tables,
                written=written,
                header=output.header,
                told=reading.parts_told(output),
                **wanted,
            )
    output.make_way()
    for remark in tally.remarks():
        output.remark(remark)
    ctx.exit(exit_status.of_result(tally.sound(strict)))


def _write(
    rows: MappedRows,
    output: Output,
    path: str | None,
    awkward: str | None,
    delimiter: str | None,
    typed_in: bool,
) -> None:
    """Write the rows to their places, and say how far it is."""
    from autograd_cli.tables.opening import writer

    progress = Progress(
        wanted=not (output.quiet or (typed_in and is_terminal(sys.stdin))),
        over_results=path is None and is_terminal(sys.stdout),
        colour=output.colour,
    )
    with ExitStack() as stack:
        stack.callback(progress.hide)
        apart: Writer | None = None
        if awkward is not None:
            kind = written_as(awkward)
            sink = stack.enter_context(written_whole(awkward))
            apart = stack.enter_context(writer(kind, sink, delimiter))
        if path is not None:
            whole = stack.enter_context(written_whole(path))
            place = stack.enter_context(writer(output.format, whole, delimiter, output.header))
        elif output.format == "table":
            from autograd_cli.views.rows import Drawn

            place = stack.enter_context(Drawn(output))
        else:
            pipe = stack.enter_context(_standard_output(goes_on=apart is not None))
            place = stack.enter_context(writer(output.format, pipe, delimiter, output.header))
        form = place.form if apart is None or apart.form == place.form else None
        for block in rows.blocks(form):
            progress.make_way()
            place.write(block)
            if apart is not None:
                apart.write(block.awkward())
            if rows.tally.rows:
                progress.show(partial(_line, rows))
        progress.hide()


@contextmanager
def _standard_output(goes_on: bool) -> Iterator[_Pipe]:
    """Standard output for bytes. Raises :class:`ProgramError` (``io``) where it takes none."""
    with writing():
        yield _Pipe(goes_on)
        sys.stdout.flush()


class _Pipe(io.RawIOBase):
    """Standard output, flushed with each write.

    A reader that leaves early ends the run, unless that ``goes_on``, for the sake of a file.
    """

    def __init__(self, goes_on: bool) -> None:
        super().__init__()
        self._goes_on = goes_on
        self._left = False

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Write all of the data."""
        if not self._left:
            try:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            except BrokenPipeError:
                if not self._goes_on:
                    raise
                self._left = True
        return len(data)


def _line(rows: MappedRows, seconds: float) -> Text:
    """The progress line: ``1,200,000 rows, 800,000 a second, 12 s left``."""
    from rich.text import Text

    line = Text(f"{rows.tally.rows:,} rows, {rows.tally.rows / seconds:,.0f} a second")
    if rows.share:
        line.append(f", {seconds / rows.share - seconds:,.0f} s left")
    return line
