"""Hints for lines with several mistakes: all of them are corrected, or only a part is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from autograd_graph.errors import ProgramError

_MOST = 40
"""The largest number of mistakes corrected in a line."""
_MULTIPLY = "to multiply, "


class Mending(NamedTuple):
    """A corrected stretch of a text: the lines of a mistake, as its hint writes them.

    ``part`` is a shorter correction, of the mistake alone.
    """

    start: int
    end: int
    line: str
    part: str


Refusal = tuple[ProgramError, Mending | None] | None
"""The error for a text and the correction in its hint; ``None`` for a text that is a program."""


def see_through(
    error: ProgramError, mending: Mending, text: str, refusal: Callable[[str], Refusal]
) -> None:
    """Let the hint of ``error`` show a line in which ``refusal`` finds no further mistake."""
    multiplies = error.hint.startswith(_MULTIPLY)
    line = _mended(mending, text, refusal, multiplies)
    if line == mending.line:
        return
    if line:
        error.hint = f"write {line}"
    elif mending.part and _is_program_part(mending.part, refusal):
        lead = error.hint.partition(mending.line)[0]
        error.hint = lead + mending.part
    else:
        error.hint = ""


def _mended(
    mending: Mending, text: str, refusal: Callable[[str], Refusal], multiplies: bool
) -> str:
    """The line with its further mistakes corrected too; "" if one cannot be.

    ``multiplies``: multiplication signs are missing, so ``x(y + 1)`` may miss one too.
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


def _is_program_part(part: str, refusal: Callable[[str], Refusal]) -> bool:
    """Whether a part of a program is itself a program, names that are bound elsewhere aside."""
    found = refusal(part)
    return found is None or found[0].code != "syntax"
