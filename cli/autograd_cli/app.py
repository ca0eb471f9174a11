"""The ``autograd`` command, and the only place where errors are handled.

Commands raise; here an error is drawn on standard error and becomes one of the statuses in
:mod:`autograd_cli.exit_status`. If the reader closes the pipe early, the run ends silently with 0.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from errno import EBADF, EIO, ENOSPC
from itertools import pairwise
from typing import NoReturn

from autograd_cli import commands, exit_status
from autograd_cli.output import Colour, abandon, prepare_streams, writing
from autograd_cli.unforeseen import unforeseen
from autograd_graph import ProgramError
from autograd_graph.collector import collector_patient


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    prepare_streams()
    collector_patient()
    arguments = [_as_utf8(word) for word in sys.argv[1:]]
    debug = "--debug" in arguments
    arguments = [word for word in arguments if word != "--debug"]
    try:
        status = _run(arguments, debug)
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
    sys.exit(status)


def _run(arguments: Sequence[str], debug: bool) -> int:
    """Run a command line; click is imported if it is not a plain one, or to complete it."""
    if arguments and arguments[0] in commands.NAMES and "_AUTOGRAD_COMPLETE" not in os.environ:
        ctx = commands.named(arguments[0]).plain(arguments[1:], debug)
        if ctx is not None:
            return ctx.run()
    from autograd_cli import clicked

    return clicked.run(list(arguments), debug)


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
