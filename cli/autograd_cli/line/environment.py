"""Environment variables: defaults for options."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from typing import cast, get_args

from autograd_cli.formats import EVERY_FORMAT
from autograd_cli.output import Colour
from autograd_graph import ProgramError

FORMAT, COLOUR = "AUTOGRAD_FORMAT", "AUTOGRAD_COLOR"

VARIABLES = {
    FORMAT: "How to print where --format does not say it, like json. A command that has no such "
    "format prints as it does without.",
    COLOUR: "When to use colour where --color does not say it: auto, always or never.",
    "NO_COLOR": "If it is not empty, there is no colour, unless it is always.",
    "FORCE_COLOR": "If it is not empty, there is colour in a pipe, too.",
    "TERM": "The terminal's kind. On a dumb one there is neither colour nor progress.",
    "COLUMNS": "The width of drawings, in place of the terminal's.",
}
"""The variables that have an effect, described for the help and the man pages."""


def format_among(known: Container[str]) -> str | None:
    """The default format if it is one of ``known``, otherwise ``None``.

    Raises :class:`ProgramError` (``bad-value``) for a format that no command has.
    """
    asked = _one_of(EVERY_FORMAT, FORMAT)
    return asked if asked in known else None


def colour() -> Colour:
    """The default for ``--color``. Raises :class:`ProgramError` (``bad-value``)."""
    return cast(Colour, _one_of(get_args(Colour), COLOUR) or "auto")


def _one_of(choices: Sequence[str], variable: str) -> str | None:
    """The value of a variable, which has to be one of ``choices``; ``None`` if it is empty."""
    value = os.environ.get(variable)
    if value and value not in choices:
        raise ProgramError(
            f"the environment variable {variable} is {value!r}",
            code="bad-value",
            hint=f"it may be one of {', '.join(choices)}; unset {variable} takes it away",
        )
    return value or None
