"""The way in. While the command is imported, an interrupt ends the process without a word.

That is half of a short run, and in a loop of a shell Ctrl-C would often fall into it.
"""

from __future__ import annotations

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Import the command, and run it."""
    answered = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if answered:  # it is ignored in the background of a script, and is to stay so
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from autograd_cli.app import main as run

    if answered:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
