"""The exit statuses, in one table.

The help, the man pages and the README show :data:`MEANINGS`, and every exit uses these constants.
"""

from __future__ import annotations

from autograd_graph import ProgramError

DONE = 0
WRONG = 1
REFUSED = 2
UNREAD = 3
INTERRUPTED = 130
TERMINATED = 143

MEANINGS: dict[int, str] = {
    DONE: "done; also where the reader of a pipe left early: what goes to a file is written",
    WRONG: "done, and something in the result is wrong: it, a gradient or what else was asked for "
    "is not a number (with --strict: not finite, or any status but ok), a program of a batch "
    "failed, a descent cannot arrive, a fit has not converged",
    REFUSED: "the command line or the program is wrong, or needs more than there is",
    UNREAD: "reading or writing failed: no such file, no permission, a directory in place of a "
    "file, a full disk, a closed standard output",
    INTERRUPTED: "interrupted, by Ctrl-C",
    TERMINATED: "terminated, by SIGTERM; no partial file remains",
}


def of_error(error: ProgramError) -> int:
    """The status of a run that ended with an error."""
    return UNREAD if error.code == "io" else REFUSED


def of_result(sound: bool) -> int:
    """The status of a run that completed."""
    return DONE if sound else WRONG
