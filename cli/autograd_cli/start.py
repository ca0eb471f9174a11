"""The entry point, and what signals do: end the process, after imports with what it leaves tidy.

Imports take half of a short run, so Ctrl-C in a shell loop often arrives during them. Then it
terminates the process without a traceback. Later, what is open is closed first; then the process
ends by the signal itself, since a shell goes on with its loop after a command that exits with 130.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Import the command line and run it."""
    answered = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if answered:  # a background job of a script ignores it, and has to go on doing so
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from autograd_cli.app import main as run

    if answered:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)
    ended_by: list[signal.Signals] = []
    atexit.register(_end, ended_by)  # the first to be registered is the last to run
    try:
        run()
    except SystemExit as end:
        from autograd_cli.exit_status import INTERRUPTED

        if end.code == INTERRUPTED and answered:
            ended_by.append(signal.SIGINT)
        raise


def _end(by: list[signal.Signals]) -> None:
    """Let a signal end the process, once all that was written has left it and workers are gone."""
    for number in by:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # closed, or nobody reads it
                stream.flush()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    """Leave through every ``finally``, so that no partial file remains; once is enough."""
    from autograd_cli.exit_status import TERMINATED

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(TERMINATED)
