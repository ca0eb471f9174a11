"""The entry point, and what signals do: end the process, after imports with what it leaves tidy.

Imports take half of a short run, so Ctrl-C in a shell loop often arrives during them. Then it
terminates the process without a traceback.
"""

from __future__ import annotations

import signal
import sys
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
    run()


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    """Leave through every ``finally``, so that no partial file remains; once is enough."""
    from autograd_cli.exit_status import TERMINATED

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(TERMINATED)
