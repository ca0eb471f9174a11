"""A line mended once may still be wrong elsewhere: then all of it is mended, or a part shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from autograd_graph.errors import ProgramError

_MOST = 40
"""So many mistakes of a line are mended."""
_MULTIPLY = "to multiply, "


class Mending(NamedTuple):
    """A stretch of a text, the lines of a mistake, and how a hint writes it.

    ``part`` is what the hint may say of the mistake alone.
    """

    start: int
    end: int
    line: str
    part: str


Refusal = tuple[ProgramError, Mending | None] | None
"""The error for a text and what its hint writes; ``None`` for a text that is a program."""


def see_through(
    error: ProgramError, mending: Mending, text: str, refusal: Callable[[str], Refusal]
) -> None:
    """Let the hint of ``error`` show a line in which ``refusal`` finds nothing to mend."""
    multiplies = error.hint.startswith(_MULTIPLY)
    line = _mended(mending, text, refusal, multiplies)
    if line == mending.line:
        return
    if line:
        error.hint = f"write {line}"
    elif mending.part and _stands(mending.part, refusal):
        lead = error.hint.partition(mending.line)[0]
        error.hint = lead + mending.part
    else:
        error.hint = ""


def _mended(
    mending: Mending, text: str, refusal: Callable[[str], Refusal], multiplies: bool
) -> str:
    """The line with its further mistakes mended too; "" where one cannot be.

    ``multiplies``: stars were left out, so that one may be missing in ``x(y + 1)`` too.
    """
    start, rest = mending.start, text[mending.end :]
    program = text[:start] + mending.line + rest
    for _ in range(_MOST):
        found = refusal(program)
        end = len(program) - len(rest)
        if found is None or found[0].span is None or not start <= found[0].span[0] <= end:
            return program[start:end]
        error, further = found
        assert error.span is not None
        if further is not None:
            program = program[: further.start] + further.line + program[further.end :]
        elif multiplies and error.code == "unknown-function" and error.hint.startswith(_MULTIPLY):
            program = f"{program[: error.span[1]]}*{program[error.span[1] :]}"
        else:
            return "" if error.code == "syntax" else program[start:end]
    return ""


def _stands(part: str, refusal: Callable[[str], Refusal]) -> bool:
    """Whether a part of a program is one, but for names that are bound elsewhere."""
    found = refusal(part)
    return found is None or found[0].code != "syntax"
