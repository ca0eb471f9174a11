"""The options that commands share, and what is made of them: an output, a program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, get_args

import click
from click.core import ParameterSource

from autograd_cli.formats import EVERY_FORMAT, FORMATS, WITH_HEADER
from autograd_cli.line import environment, words
from autograd_cli.line.program import read_program
from autograd_cli.output import Colour, Output, is_terminal
from autograd_cli.progress import Stages
from autograd_grammar import MAX_NODES
from autograd_graph import ProgramError

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def program_options(function: Decorated) -> Decorated:
    """Adds EXPR, ``-f`` and the :func:`point_options`."""
    options = (
        click.argument("expr", required=False),
        click.option(
            "-f", "--file", "file", type=click.Path(readable=False), metavar="FILE",
            help="Read the program from FILE; without EXPR, or for -, from standard input.",
        ),
        point_options,
    )  # fmt: skip
    return _with_options(options, function)


def point_options(function: Decorated) -> Decorated:
    """Adds ``--set``, ``--vars``, ``--of``, ``--wrt`` and ``--max-nodes``: point and output."""
    options = (
        click.option(
            "--set", "settings", multiple=True, metavar="NAME=VALUE",
            help="A value for an input, if the program has it. Repeatable.",
        ),
        click.option(
            "--vars", "files", multiple=True, type=click.Path(readable=False), metavar="FILE",
            help="Values from a JSON file, or TOML if its name ends in .toml. Repeatable.",
        ),
        click.option("--of", "of", metavar="NAME", help="Differentiate this node instead."),
        click.option(
            "--wrt", "wrt", multiple=True, metavar="NAMES",
            help="Report these inputs only: x,w. Repeatable.",
        ),
        click.option(
            "--max-nodes", type=click.IntRange(min=1), default=MAX_NODES, metavar="N",
            help="Stop at programs of more nodes than this, and at results that take as many.",
            show_default=True,
        ),
    )  # fmt: skip
    return _with_options(options, function)


def _with_options(options: Iterable[Callable[[Any], Any]], function: Decorated) -> Decorated:
    for option in reversed(list(options)):
        function = option(function)
    return function


def output_options(
    *more: str,
    numbers: bool = True,
    notes: bool = True,
    piped: str = "data",
    spelled: tuple[str, ...] = ("--format",),
) -> Callable[[Decorated], Decorated]:
    """Adds ``--format``, ``--no-header``, ``--color``, ``--ascii``.

    With ``numbers`` it adds ``--precision`` too, and with ``notes`` ``--quiet``. ``more`` are
    formats that only this command has. ``piped`` describes the default output in a pipe, "" if that
    is a drawing as on a terminal. ``spelled`` are the spellings of ``--format``.
    """
    assert {*more} <= {*EVERY_FORMAT}
    known = [*FORMATS, *more]
    short, listed = ("FORMAT", f", as {', '.join(known)}") if len(spelled) > 1 else (None, "")
    in_a_pipe = f" and {piped} in a pipe" if piped else ", and in a pipe too"
    options = {
        "format": click.option(
            *spelled, "format_name", type=click.Choice(known), metavar=short,
            help=f"How to print{listed}; by default a drawing on a terminal{in_a_pipe}.",
        ),
        "header": click.option(
            "--no-header", is_flag=True, help="Leave the names of the columns out of csv and tsv."
        ),
        "numbers": click.option(
            "--precision", type=click.IntRange(1, 17), default=6, metavar="N", show_default=True,
            help="Significant digits of numbers in tables.",
        ),
        "colour": click.option(
            "--color", "colour", type=click.Choice(get_args(Colour)),
            help="When to use colour; by default auto, which is on a terminal.",
        ),
        "ascii": click.option(
            "--ascii", "ascii_only", is_flag=True, help="Draw without Unicode."
        ),
        "notes": click.option(
            "--quiet", is_flag=True,
            help="Say nothing on standard error but errors: no notes, no progress.",
        ),
    }  # fmt: skip
    wanted = {"numbers": numbers, "notes": notes}
    shown = [option for name, option in options.items() if wanted.get(name, True)]
    return lambda function: _with_options(shown, function)


def page_options(function: Decorated) -> Decorated:
    """Adds ``--precision``, ``--color`` and ``--quiet``: what a page has of output options."""
    options = (
        click.option(
            "--precision", type=click.IntRange(1, 17), default=5, metavar="N", show_default=True,
            help="Significant digits of the page's numbers.",
        ),
        click.option(
            "--color", "colour", type=click.Choice(get_args(Colour)),
            help="When errors and notes have colour; by default auto, which is on a terminal.",
        ),
        click.option(
            "--quiet", is_flag=True,
            help="Say nothing on standard error but errors: no notes, no progress.",
        ),
    )  # fmt: skip
    return _with_options(options, function)


def to_file(function: Decorated) -> Decorated:
    """Adds ``-o``, the file for what ``--to`` writes."""
    option = click.option(
        "-o", "--output", "path", type=click.Path(readable=False), metavar="FILE",
        help="Write it to FILE, which appears when it is whole.",
    )  # fmt: skip
    return option(function)


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
    ctx: click.Context,
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
        known = words.formats(words.options(ctx.command.params))
        by_variable = environment.format_among(() if in_a_pipe in _FOR_PIPES else known)
    drawn = is_terminal(sys.stdout) and not to_file
    form = typed or by_variable or ("table" if drawn else in_a_pipe)
    out, settled = code or form, bool(code or typed)
    if out != "table":
        way = "leave it out" if settled else "add --format table, or leave it out"
        refuse(ctx, _OF_DRAWINGS, f"is for drawings, and here {out} comes out", way)
    if out not in WITH_HEADER:
        way = "leave it out" if settled else "add --format csv or tsv, or leave it out"
        refuse(ctx, ["no_header"], f"is for csv and tsv, and here {out} comes out", way)
    return Output(
        format=form,
        precision=options.pop("precision", 6),
        colour=options.pop("colour") or environment.colour(),
        ascii=options.pop("ascii_only", False),
        header=not options.pop("no_header", False),
        quiet=options.pop("quiet", False),
    )


def refuse(
    ctx: click.Context, names: Container[str | None], why: str, hint: str = "leave it out"
) -> None:
    """Raise :class:`ProgramError` for a typed option among ``names``, with the reason ``why``."""
    for parameter in ctx.command.params:
        source = ctx.get_parameter_source(parameter.name or "")
        if parameter.name in names and source is ParameterSource.COMMANDLINE:
            message = f"{words.spelled(parameter)} {why}"
            raise ProgramError(message, code="bad-value", hint=hint)


def takes_output(
    *, in_a_pipe: str, to_file: str = ""
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator that calls a command's function as ``function(ctx, output, **named options)``.

    ``in_a_pipe`` is the command's format in a pipe; ``to_file`` names its option for a file.
    """

    def taking(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def command(ctx: click.Context, /, **options: Any) -> None:
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
        def command(ctx: click.Context, /, **options: Any) -> None:
            output = read_output(ctx, options, in_a_pipe, code=options.get(code))
            call_with_program(function, ctx, options, output)

        return command

    return taking


def call_with_program(
    function: Callable[..., None], ctx: click.Context, options: dict[str, Any], output: Output
) -> None:
    """Call ``function(ctx, program, output, **options)``, the progress line telling its stages."""
    with Stages(wanted=not output.quiet, colour=output.colour) as stages:
        output = replace(output, stages=stages)
        program = read_program(ctx, options, output)
        function(ctx, program, output, **options)
