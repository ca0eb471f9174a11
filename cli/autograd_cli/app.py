"""The ``autograd`` command: its sub-commands, and the only place where errors are handled.

Commands raise; here an error is drawn on standard error and becomes one of the statuses in
:mod:`autograd_cli.exit_status`. If the reader closes the pipe early, the run ends silently with 0.
"""

from __future__ import annotations

import importlib
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EBADF, EIO, ENOSPC
from itertools import pairwise
from typing import Any, NoReturn

import click

from autograd_cli import exit_status
from autograd_cli.output import Colour, abandon, prepare_streams, writing
from autograd_cli.session import Session
from autograd_cli.unforeseen import unforeseen
from autograd_graph import ProgramError
from autograd_graph.collector import collector_patient

COMMANDS = (
    "eval",
    "explain",
    "diff",
    "graph",
    "page",
    "flow",
    "cost",
    "descend",
    "plot",
    "batch",
    "map",
    "fit",
    "functions",
    "samples",
    "schema",
    "man",
    "completion",
)


class Commands(click.Group):
    """The sub-commands, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name, from its module."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"autograd_cli.commands.{name}")
        command: click.Command = module.command
        command.help = _with_marks(command.help)
        return command

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Parse the command line; ``--help`` and ``--version`` already print here."""
        with _pipe_may_close():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a closed pipe is left to :func:`main`."""
        with _pipe_may_close():
            return super().invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """After the commands, what applies to all of them: exit statuses, environment."""
        from autograd_cli.line import environment

        with formatter.section("Exit status"):
            formatter.write_dl([(str(n), text) for n, text in exit_status.MEANINGS.items()])
        with formatter.section("Environment"):
            formatter.write_dl(list(environment.VARIABLES.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raises :class:`ProgramError` with a suggestion for an unknown one."""
        if args and args[0] not in COMMANDS:
            raise _unknown_command(args[0])
        return super().resolve_command(ctx, args)


@contextmanager
def _pipe_may_close() -> Iterator[None]:
    """Leave a closed pipe to :func:`main`."""
    try:
        yield
    except BrokenPipeError:
        raise BrokenPipeError from None  # with an errno, click would exit with 1


def _with_marks(text: str | None) -> str:
    r"""A docstring with ``\b``, click's mark for preformatted lines, as the character itself."""
    return (text or "").replace("\\b\n", "\b\n")


def _unknown_command(word: str) -> ProgramError:
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, n=1)
    if word == "help":
        hint = "autograd --help shows how, and autograd COMMAND --help more"
    elif near:
        hint = f"did you mean autograd {near[0]}?"
    elif word.startswith("-") and word[1:2].isalpha():
        hint = "autograd --help shows how"
    else:
        hint = f"to evaluate a program: {shlex.join(['autograd', 'eval', word])}"
    return ProgramError(f"there is no command {word!r}", code="bad-value", hint=hint)


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"autograd {version('autograd-cli')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version.",
)  # fmt: skip
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    r"""Differentiate expressions: values, gradients, and the graph between them.

    \b
    Examples:
      autograd eval "J = 1/2*(w*x + b - y)^2" --x=-2 --w=2 --b=8 --y=2
      autograd samples cost_function | autograd explain -
      autograd diff "x^2*sin(y)"
      autograd functions tanh
    """


cli.help = _with_marks(cli.help)


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    prepare_streams()
    collector_patient()
    arguments = [_as_utf8(word) for word in sys.argv[1:]]
    debug = "--debug" in arguments
    arguments = [word for word in arguments if word != "--debug"]
    try:
        status = cli.main(
            arguments, prog_name="autograd", standalone_mode=False, obj=Session(debug)
        )
        with writing():
            sys.stdout.flush()
    except BrokenPipeError:
        _exit_quietly()
    except Exception as error:
        if debug:
            import traceback

            traceback.print_exception(error)
        if isinstance(error, MemoryError):
            error.__traceback__ = error.__context__ = None  # they hold what filled the memory
        try:
            status = _report(error, _colour(arguments))
        except MemoryError:
            status = _report_scarcity()
        sys.exit(status)
    except KeyboardInterrupt:
        sys.exit(exit_status.INTERRUPTED)
    sys.exit(status if isinstance(status, int) else exit_status.DONE)


def _as_utf8(word: str) -> str:
    """A command-line argument decoded as UTF-8, whatever the locale's encoding."""
    return os.fsencode(word).decode("utf-8", "surrogateescape")


def _colour(arguments: list[str]) -> Colour:
    """The colour that was asked for, found even in a command line that has errors."""
    for word, after in pairwise([*arguments, ""]):
        given = after if word == "--color" else word.removeprefix("--color=")
        for colour in ("always", "never"):
            if given == colour and word != given:
                return colour
    from autograd_cli.line import environment

    try:
        return environment.colour()
    except ProgramError:  # this is the error that is drawn, or another one is
        return "auto"


def _exit_quietly() -> NoReturn:
    """Exit after the reader closed the pipe, without the error of Python's flush at exit."""
    abandon(sys.stdout)
    abandon(sys.stderr)
    sys.exit(exit_status.DONE)


def _report(error: Exception, colour: Colour) -> int:
    """Draw an error and return its exit status."""
    if isinstance(error, (click.exceptions.Abort, KeyboardInterrupt)):
        return exit_status.INTERRUPTED
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return exit_status.DONE
    from autograd_cli.diagnostics import show_error

    told = _as_program_error(error)
    if isinstance(error, OSError):
        abandon(sys.stdout)
    show_error(told, colour)
    return exit_status.of_error(told)


def _report_scarcity() -> int:
    """Say that memory ran out, without the memory that drawing an error takes."""
    with suppress(OSError):
        os.write(2, b"error: there is not enough memory for this\n")
    return exit_status.REFUSED


def _as_program_error(error: Exception) -> ProgramError:
    if isinstance(error, ProgramError):
        return error
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        hint = (
            f"{context.command_path} --help shows how" if context else "autograd --help shows how"
        )
        return ProgramError(error.format_message(), code="bad-value", hint=hint)
    if isinstance(error, MemoryError):
        return ProgramError("there is not enough memory for this", code="limit")
    if isinstance(error, OSError):
        if error.filename:
            what = f"cannot use {error.filename}"
        elif error.errno in (ENOSPC, EBADF, EIO):  # by click, which prints help and versions
            what = "cannot write the result"
        else:
            what = "the system refused a request"
        return ProgramError(f"{what}: {error.strerror or error}", code="io")
    return unforeseen(error)
