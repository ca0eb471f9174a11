"""The entry point. During imports an interrupt terminates the process without a traceback.

Imports take half of a short run, so Ctrl-C in a shell loop often arrives during them.
"""

from __future__ import annotations

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Import the command line and run it."""
    answered = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if answered:  # a background job of a script ignores it, and has to go on doing so
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from autograd_cli.app import main as run

    if answered:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
