"""The options that commands share, and what is made of them: an output, a program."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, get_args

from autograd_cli.formats import EVERY_FORMAT, FORMATS, WITH_HEADER
from autograd_cli.line import environment, words
from autograd_cli.line.context import Context
from autograd_cli.line.parameters import FILE, Argument, Choice, Option, Whole, flag, option
from autograd_cli.line.program import read_program
from autograd_cli.output import Colour, Output, is_terminal
from autograd_cli.progress import Stages
from autograd_grammar import MAX_NODES

POINT = (
    option(
        "--set", name="settings", multiple=True, metavar="NAME=VALUE",
        help="A value for an input, if the program has it. Repeatable.",
    ),
    option(
        "--vars", name="files", multiple=True, kind=FILE, metavar="FILE",
        help="Values from a JSON file, or TOML if its name ends in .toml. Repeatable.",
    ),
    option("--of", metavar="NAME", help="Differentiate this node instead."),
    option(
        "--wrt", multiple=True, metavar="NAMES",
        help="Report these inputs only: x,w. Repeatable.",
    ),
    option(
        "--max-nodes", kind=Whole(1), default=MAX_NODES, metavar="N", shown=True,
        help="Stop at programs of more nodes than this, and at results that take as many.",
    ),
)  # fmt: skip
"""The point, and what is differentiated by what."""

PROGRAM = (
    Argument("expr"),
    option(
        "-f", "--file", kind=FILE, metavar="FILE",
        help="Read the program from FILE; without EXPR, or for -, from standard input.",
    ),
    *POINT,
)  # fmt: skip
"""EXPR, ``-f`` and the options of a :data:`POINT`."""


def _colour(what: str) -> Option:
    return option(
        "--color", name="colour", kind=Choice(get_args(Colour)),
        help=f"When {what} colour; by default auto, which is on a terminal.",
    )  # fmt: skip


def _precision(default: int, where: str) -> Option:
    return option(
        "--precision", kind=Whole(1, 17), default=default, metavar="N", shown=True,
        help=f"Significant digits of {where}.",
    )  # fmt: skip


_QUIET = flag("--quiet", help="Say nothing on standard error but errors: no notes, no progress.")


def output_options(
    *more: str,
    numbers: bool = True,
    notes: bool = True,
    piped: str = "data",
    spelled: tuple[str, ...] = ("--format",),
) -> list[Option]:
    """``--format``, ``--no-header``, ``--color``, ``--ascii``.

    With ``numbers`` there is ``--precision`` too, and with ``notes`` ``--quiet``. ``more`` are
    formats that only this command has. ``piped`` describes the default output in a pipe, "" if that
    is a drawing as on a terminal. ``spelled`` are the spellings of ``--format``.
    """
    assert {*more} <= {*EVERY_FORMAT}
    known = [*FORMATS, *more]
    short, listed = ("FORMAT", f", as {', '.join(known)}") if len(spelled) > 1 else (None, "")
    in_a_pipe = f" and {piped} in a pipe" if piped else ", and in a pipe too"
    return [
        option(
            *spelled, name="format_name", kind=Choice(known), metavar=short,
            help=f"How to print{listed}; by default a drawing on a terminal{in_a_pipe}.",
        ),
        flag("--no-header", help="Leave the names of the columns out of csv and tsv."),
        *([_precision(6, "numbers in tables")] if numbers else []),
        _colour("to use"),
        flag("--ascii", name="ascii_only", help="Draw without Unicode."),
        *([_QUIET] if notes else []),
    ]  # fmt: skip


PAGE = (_precision(5, "the page's numbers"), _colour("errors and notes have"), _QUIET)
"""What a page has of output options."""

SEED = option(
    "--seed", kind=Whole(), metavar="N", help="Draw small numbers for the inputs without a value."
)
"""What draws numbers to calculate with by hand."""

TO_FILE = option(
    "-o", "--output", name="path", kind=FILE, metavar="FILE",
    help="Write it to FILE, which appears when it is whole.",
)  # fmt: skip
"""The file for what ``--to`` writes."""


def deliver(content: str | bytes, path: str | None, output: Output) -> None:
    """Write content to a file, or to standard output.

    Raises :class:`ProgramError` (``io``) for a place that does not take it.
    """
    if path is None:
        output.write(content)
        return
    from autograd_cli.whole import written_whole

    with written_whole(path) as file:
        file.write(content if isinstance(content, bytes) else content.encode())


_OF_DRAWINGS = ("precision", "ascii_only", "everything")
"""The options that affect drawings only; data is always complete and exact."""


_FOR_PIPES = ("lines", "text")
"""Formats for other commands to read: no environment variable takes these pipes apart."""


def read_output(
    ctx: Context,
    options: dict[str, Any],
    in_a_pipe: str,
    *,
    to_file: bool = False,
    by_name: str | None = None,
    code: str | None = None,
) -> Output:
    """The output options, removed from a command's options.

    ``by_name`` is the format that the name of a file tells. Options for drawings are refused if
    the output is data or ``code`` (the name of its language), and options for rows of data if it is
    anything else.
    """
    typed = options.pop("format_name", None) or by_name
    by_variable = None
    if not (typed or code):
        known = words.formats(ctx.command.spellings)
        by_variable = environment.format_among(() if in_a_pipe in _FOR_PIPES else known)
    drawn = is_terminal(sys.stdout) and not to_file
    form = typed or by_variable or ("table" if drawn else in_a_pipe)
    out, settled = code or form, bool(code or typed)
    if out != "table":
        way = "leave it out" if settled else "add --format table, or leave it out"
        ctx.refuse(_OF_DRAWINGS, f"is for drawings, and here {out} comes out", way)
    if out not in WITH_HEADER:
        way = "leave it out" if settled else "add --format csv or tsv, or leave it out"
        ctx.refuse(["no_header"], f"is for csv and tsv, and here {out} comes out", way)
    return Output(
        format=form,
        precision=options.pop("precision", 6),
        colour=options.pop("colour") or environment.colour(),
        ascii=options.pop("ascii_only", False),
        header=not options.pop("no_header", False),
        quiet=options.pop("quiet", False),
    )


def takes_output(
    *, in_a_pipe: str, to_file: str = ""
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator that calls a command's function as ``function(ctx, output, **named options)``.

    ``in_a_pipe`` is the command's format in a pipe; ``to_file`` names its option for a file.
    """

    def taking(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def command(ctx: Context, /, **options: Any) -> None:
            whole = options.get(to_file) is not None
            function(ctx, read_output(ctx, options, in_a_pipe, to_file=whole), **options)

        return command

    return taking


def takes_program(
    *, in_a_pipe: str, code: str = ""
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator that calls a command as ``function(ctx, program, output, **named options)``.

    ``in_a_pipe`` is the command's format in a pipe; ``code`` names its option for writing code.
    """

    def taking(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def command(ctx: Context, /, **options: Any) -> None:
            output = read_output(ctx, options, in_a_pipe, code=options.get(code))
            call_with_program(function, ctx, options, output)

        return command

    return taking


def call_with_program(
    function: Callable[..., None], ctx: Context, options: dict[str, Any], output: Output
) -> None:
    """Call ``function(ctx, program, output, **options)``, the progress line telling its stages."""
    with Stages(wanted=not output.quiet, colour=output.colour) as stages:
        output = output.replaced(stages=stages)
        program = read_program(ctx, options, output)
        function(ctx, program, output, **options)
