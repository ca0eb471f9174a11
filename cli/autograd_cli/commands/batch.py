"""``autograd batch``: evaluates many programs, one per line, in one or several processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from autograd_cli import exit_status
from autograd_cli.diagnostics import show_error
from autograd_cli.formats import TABLES
from autograd_cli.line import point
from autograd_cli.line.command import ValuesCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import POINT, output_options, takes_output
from autograd_cli.line.parameters import FILE, Argument, Real, Whole, flag, option
from autograd_cli.line.program import split_names
from autograd_cli.output import Colour, Output, is_terminal, make_console, writing
from autograd_cli.program import normal
from autograd_cli.progress import Progress
from autograd_cli.stream.chunks import Chunk, Sources
from autograd_cli.stream.engine import Answer, Engine, Settings
from autograd_cli.stream.replies import Form, JsonArray, JsonLines, Rows
from autograd_cli.stream.requests import Limits
from autograd_cli.stream.tally import Tally
from autograd_cli.stream.workers import in_order
from autograd_cli.views.batch import Drawn
from autograd_cli.whole import written_whole
from autograd_grammar.suggestions import did_you_mean
from autograd_graph import ProgramError

if TYPE_CHECKING:
    from rich.text import Text

GRACE = 10.0
"""The seconds after ``--timeout`` in which a process has to give a program up by itself."""

JOBS_PER_CORE = 8
"""How many processes ``--jobs`` may start for each core of the machine."""


SECONDS = Real(above=0, most=86_400)
"""A time that an alarm can be set to: more than nothing, at most a day."""


@declared(
    ValuesCommand,
    "batch",
    "Many programs, one a line, streamed.",
    Argument("paths", kind=FILE, many=True, metavar="[FILE]..."),
    *POINT,
    flag("--nodes", help="Add every node to a record."),
    flag("--whole", help="Each file is one program, of many lines."),
    flag("--strict", help="Exit with 1 for inf and for any status but ok."),
    flag("--fail-fast", help="Stop at the first program that fails."),
    option(
        "--jobs",
        kind=Whole(1),
        default=1,
        shown=True,
        metavar="N",
        help=f"Share the work out among N processes, at most {JOBS_PER_CORE} a core.",
    ),
    option(
        "--timeout",
        kind=SECONDS,
        default=60.0,
        shown=True,
        metavar="SECONDS",
        help="Give a program up after SECONDS.",
    ),
    option(
        "--max-line",
        kind=Whole(1),
        default=1_000_000,
        shown=True,
        metavar="BYTES",
        help="Give a line of more than BYTES up, and skip the rest of it.",
    ),
    option(
        "--output",
        name="path",
        kind=FILE,
        metavar="FILE",
        help="Write to FILE; it appears once it is complete.",
    ),
    *output_options(),
)
@takes_output(in_a_pipe="jsonl", to_file="path")
def command(
    ctx: Context,
    output: Output,
    paths: tuple[str, ...],
    settings: tuple[str, ...],
    files: tuple[str, ...],
    of: str | None,
    wrt: tuple[str, ...],
    max_nodes: int,
    nodes: bool,
    whole: bool,
    strict: bool,
    fail_fast: bool,
    jobs: int,
    timeout: float,
    max_line: int,
    path: str | None,
) -> None:
    r"""Evaluate and differentiate many programs, one on each line of FILE or standard input.

    \b
    Examples:
      printf 'x^2\nsin(x); x^3\n' | autograd batch --x=2
      autograd batch programs.txt --x=2 --wrt x --format csv
      echo '{"program": "w*x", "at": {"w": 2, "x": 3}, "id": 7}' | autograd batch
      autograd batch --whole samples/*.expr
      autograd batch --jobs 2 programs.txt --output results.jsonl

    A line is a program, with ; between its statements, or a JSON record with the fields program
    and at (values of its inputs); its other fields, like id, come back with the result. Values
    given as --x=2 apply to every program that has an x, and names given with --wrt to every
    program that has them. A program that fails, or takes more than --timeout, --max-line and
    --max-nodes allow, becomes an error record in its place, and the run goes on; so it does without
    a FILE that cannot be read.
    """
    if not paths and is_terminal(sys.stdin):
        ctx.show_help()
    names = tuple(map(normal, split_names(wrt)))
    if output.format not in ("json", "jsonl"):
        ctx.refuse(["nodes"], "needs --format jsonl or json", "take one, or leave --nodes out")
    by_variable = "format_name" not in ctx.typed
    if not names and output.format in TABLES and by_variable:
        output = output.replaced(format="jsonl")  # which needs nothing more
    if not names and output.format in TABLES:
        raise ctx.usage_error(
            f"{output.format} needs --wrt: its columns of gradients, like --wrt x,w"
        )
    if whole:
        ctx.refuse(["max_line"], "is for lines, and --whole takes each file as one program")
    _refuse_many(jobs)
    values = point.read(ctx.words.values, settings, files, max_nodes)
    asked = Settings(
        point=point.Point(offered=values.offered | values.named),
        of=of,
        wrt=names or None,
        nodes=nodes,
        whole=whole,
        strict=strict,
        fail_fast=fail_fast,
        limits=Limits(max_line, max_nodes),
        timeout=timeout,
        debug=ctx.debug,
        options=frozenset(ctx.command.spellings),
        form=_form(output, names, several=len(paths) > 1),
        encoding="utf-8" if path else sys.stdout.encoding,
    )
    sources = Sources(paths or ("-",))
    printed = _print_unread(sources, 0, output.colour)
    if printed and (fail_fast or not sources.readable):
        ctx.exit(exit_status.UNREAD)
    answers = in_order(
        partial(Engine, asked),
        sources.chunks(asked.whole, max_line),
        jobs,
        patience=timeout + GRACE,
        without=Chunk.without,
    )
    progress = Progress(
        wanted=not (output.quiet or ("-" in paths and is_terminal(sys.stdin))),
        over_results=path is None and is_terminal(sys.stdout),
        colour=output.colour,
    )
    tally = Tally()
    interrupted = False
    with written_whole(path) if path is not None else nullcontext(sys.stdout.buffer) as sink:
        try:
            _write(answers, sink, asked, tally, progress)
        except KeyboardInterrupt:
            interrupted = True
        progress.hide()
        _print_unread(sources, printed, output.colour)
        if path is not None and fail_fast and tally.failed:  # no file will have it
            output.remark(tally.first_message)
        _print_summary(tally, asked, interrupted, output)
        _note_unknown_names(ctx, tally, asked, output)
        _note_fields_left_out(tally, output)
        if interrupted or (tally.failed and asked.fail_fast):
            ctx.exit(exit_status.INTERRUPTED if interrupted else exit_status.WRONG)
    ctx.exit(exit_status.UNREAD if sources.unread else exit_status.of_result(tally.sound))


def _refuse_many(jobs: int) -> None:
    """Raise :class:`ProgramError` (``bad-value``) for more processes than are of any use."""
    cores = os.cpu_count() or 1
    if jobs > JOBS_PER_CORE * cores:
        raise ProgramError(
            f"--jobs {jobs} is more than {JOBS_PER_CORE} for each of the {cores} cores here",
            code="bad-value",
            hint=f"at most {JOBS_PER_CORE * cores}; more than {cores} are seldom faster",
        )


def _form(output: Output, wrt: tuple[str, ...], several: bool) -> Form:
    """The format in which replies are written."""
    if output.format == "table":
        return Drawn(output, make_console(sys.stdout, output.colour).width, several)
    if output.format in TABLES:
        return Rows(output.format, wrt, header=output.header)
    return JsonArray() if output.format == "json" else JsonLines()


def _write(
    answers: Iterable[Answer], sink: BinaryIO, settings: Settings, tally: Tally, progress: Progress
) -> None:
    """Write answers as they arrive, and count them."""
    form, between = settings.form, b""
    guarded = writing if sink is sys.stdout.buffer else nullcontext

    def put(data: bytes) -> None:
        with guarded():
            sink.write(data)
            sink.flush()

    put(settings.encoded(form.head))
    for answer in answers:
        tally.add(answer.tally)
        progress.make_way()
        if answer.data:
            put(between + answer.data)
            between = settings.encoded(form.between)
        progress.show(partial(_line, tally))
        if tally.failed and settings.fail_fast:
            break
    put(settings.encoded(form.foot))


def _line(tally: Tally, seconds: float) -> Text:
    """The progress line: ``12,345 done, 8,120 a second, 3 failed``."""
    from rich.text import Text

    line = Text(f"{tally.done:,} done, {tally.done / seconds:,.0f} a second")
    if tally.failed:
        line.append(f", {tally.failed.total():,} failed", "red")
    return line


def _print_unread(sources: Sources, printed: int, colour: Colour) -> int:
    """Print an error for each unreadable source after the first ``printed``; their number."""
    for error in sources.unread[printed:]:
        show_error(error, colour)
    return len(sources.unread)


def _print_summary(tally: Tally, settings: Settings, interrupted: bool, output: Output) -> None:
    """Summarise interruption, failures and undefined results on standard error."""
    if interrupted:
        output.remark(f"interrupted: {tally.failures()}")
    elif tally.failed:
        output.remark(tally.failures())
    if tally.undefined:
        output.remark(tally.doubts(settings.strict))


def _note_fields_left_out(tally: Tally, output: Output) -> None:
    """Note the carried fields that a table has no columns for."""
    names = ", ".join(name for name in tally.carried if name != "id")
    if names and output.format in TABLES:
        output.note(
            f"{output.format} leaves out the records' own fields ({names}); json and jsonl have "
            "them"
        )


def _note_unknown_names(ctx: Context, tally: Tally, settings: Settings, output: Output) -> None:
    """Warn of a name on the command line that no program has, perhaps a misspelt option."""
    if tally.done == tally.unread:
        return
    sorted_words = ctx.words
    valued = [normal(name) for name, _ in sorted_words.values]
    programs = "program that could be read" if tally.unread else "program"
    for name in dict.fromkeys([*valued, *(settings.wrt or ())]):
        if name not in tally.had:
            options = ctx.command.spellings if name in valued else ()
            near = did_you_mean(f"--{name}", options)
            meant = f"; did you mean {near}?" if near else ""
            output.note(f"no {programs} has an input {name!r}{meant}")
