"""Where results go: the terminal or a pipe, in colour or not, drawn with Unicode or without.

The one module that makes Rich consoles, and the one that writes to standard output.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Colour = Literal["auto", "always", "never"]

_DRAWN = "─│╭╮╰╯┃┏━∂·×…█▏"


@dataclass(frozen=True, slots=True)
class Output:
    """How to show results: chosen by options and by what standard output is."""

    format: str = "table"
    precision: int = 6
    colour: Colour = "auto"
    ascii: bool = False

    @property
    def plain(self) -> bool:
        """Whether to draw without Unicode: asked for, or all the encoding can carry."""
        return self.ascii or not carries(sys.stdout, _DRAWN)

    def number(self, value: float | None) -> str:
        """A number for people, with ``precision`` significant digits and no negative zero."""
        return "" if value is None else f"{value + 0.0:.{self.precision}g}"

    def write(self, text: str) -> None:
        """Write a result as it is."""
        sys.stdout.write(text)

    def draw(self, render: Callable[[int], Sequence[RenderableType]]) -> None:
        """Draw on standard output what ``render`` makes for its width."""
        console = make_console(sys.stdout, self.colour)
        for renderable in render(console.width):
            console.print(renderable)


def carries(stream: TextIO, characters: str) -> bool:
    """Whether a stream's encoding has all of ``characters``."""
    try:
        characters.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def make_console(stream: TextIO, colour: Colour = "auto") -> Console:
    """A console on a stream.

    ``auto`` follows the terminal, ``NO_COLOR``, ``FORCE_COLOR`` and ``TERM=dumb``; ``always``
    and ``never`` overrule them. User text is never read as markup.
    """
    from rich.console import Console

    dumb = os.environ.get("TERM", "").lower() in ("dumb", "unknown")
    forced = True if colour == "always" else None
    if colour == "auto" and os.environ.get("NO_COLOR"):
        colour = "never"
    return Console(
        file=stream,
        force_terminal=forced,
        no_color=None if colour == "auto" else colour == "never",
        color_system="auto" if colour != "always" else _colour_system(),
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
        height=25 if dumb else None,
    )


def _colour_system() -> Literal["standard", "256", "truecolor"]:
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256" in os.environ.get("TERM", "") else "standard"


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is at the other end of a stream."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
