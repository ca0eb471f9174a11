"""Where results go: the terminal or a pipe, in colour or not, drawn with Unicode or without.

The one module that makes Rich consoles, and the one that writes to standard output.
"""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TextIO

from autograd_cli.drawing.glyphs import ASCII, UNICODE, Glyphs
from autograd_cli.formats import WRITERS, Report, body

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from autograd_cli.progress import Stages
    from autograd_graph import Span

Colour = Literal["auto", "always", "never"]

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""What a terminal would obey instead of showing it, and what does not show at all."""


@dataclass(frozen=True, slots=True)
class Output:
    """How to show results: chosen by options and by what standard output is."""

    format: str = "table"
    precision: int = 6
    colour: Colour = "auto"
    ascii: bool = False
    header: bool = True
    quiet: bool = False
    stages: Stages | None = None

    @property
    def glyphs(self) -> Glyphs:
        """What to draw with: without Unicode if so asked, or if the encoding has none."""
        return ASCII if self.ascii or not carries(sys.stdout, UNICODE.characters) else UNICODE

    def number(self, value: float | None) -> str:
        """A number for people, with ``precision`` significant digits and no negative zero."""
        return "" if value is None else f"{value + 0.0:.{self.precision}g}"

    def shown(self, text: str) -> str:
        """Text of the user's as standard output can show it."""
        return visible(text, sys.stdout)

    def at(self, stage: str) -> None:
        """Say on the progress line what the run is at, if that takes a while."""
        if self.stages is not None:
            self.stages.at(stage)

    def make_way(self) -> None:
        """Take the progress line away, where something else is about to be written."""
        if self.stages is not None:
            self.stages.pause()

    def write(self, text: str) -> None:
        """Write a result as it is."""
        self.make_way()
        sys.stdout.write(text)

    def show(self, report: Report, drawn: Callable[[int], Sequence[RenderableType]]) -> None:
        """Write a report in the format that is asked for, or draw it."""
        if self.format == "table":
            self.draw(drawn)
            return
        self.at("writing")
        if self.header:
            self.write(WRITERS[self.format](report))
        else:
            self.write(body(report.rows(), self.format))

    def note(self, message: str, text: str = "", span: Span | None = None) -> None:
        """Say on standard error what is no error, unless that is to be quiet.

        ``span`` is the place in ``text`` that it is about.
        """
        if not self.quiet:
            self.make_way()
            from autograd_cli.diagnostics import show_note

            show_note(message, self.colour, text, span)

    def remark(self, line: str) -> None:
        """Say a line on standard error as it is, unless that is to be quiet."""
        if not self.quiet:
            from autograd_cli.diagnostics import show_line

            show_line(line)

    def draw(self, render: Callable[[int], Sequence[RenderableType]]) -> None:
        """Draw on standard output what ``render`` makes for its width."""
        self.at("drawing")
        console = make_console(sys.stdout, self.colour)
        for renderable in render(console.width):
            self.at("drawing")
            with console.capture() as drawn:
                console.print(renderable)
            self.write(drawn.get())
        sys.stdout.flush()


def carries(stream: TextIO, characters: str) -> bool:
    """Whether a stream's encoding has all of ``characters``."""
    try:
        characters.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def prepare_streams() -> None:
    """See to it that whatever is written can be.

    A stream that the caller has closed leads nowhere, and what an encoding lacks is escaped as
    JSON does it.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="escape")


def abandon(stream: TextIO) -> None:
    """Let a stream lead nowhere: Python would complain when it flushes what is left at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def visible(text: str, stream: TextIO) -> str:
    """Text with escapes for what would not show on ``stream``, or do worse than show."""
    text = _UNSEEN.sub(lambda found: _escaped(found[0]), text)
    encoding = stream.encoding or "ascii"
    return text if text.isascii() else text.encode(encoding, "escape").decode(encoding)


def _escape(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return _escaped(error.object[error.start : error.end]), error.end


def _escaped(characters: str) -> str:
    units = characters.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(*[iter(units)] * 2, strict=True))


codecs.register_error("escape", _escape)


def make_console(stream: TextIO, colour: Colour = "auto") -> Console:
    """A console on a stream.

    ``auto`` follows the terminal, ``NO_COLOR``, ``FORCE_COLOR`` and ``TERM=dumb``; ``always``
    and ``never`` overrule them. User text is never read as markup.
    """
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the error boundary: a reader that goes early is no error."""
            raise BrokenPipeError

    dumb = os.environ.get("TERM", "").lower() in ("dumb", "unknown")
    forced = True if colour == "always" else None
    if colour == "auto" and os.environ.get("NO_COLOR"):
        colour = "never"
    return Quiet(
        file=stream,
        force_terminal=forced,
        no_color=False if colour == "always" else None,
        color_system=_colour_system(colour),
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
        height=25 if dumb else None,
    )


def _colour_system(colour: Colour) -> Literal["auto", "standard", "256", "truecolor"] | None:
    if colour != "always":
        return "auto" if colour == "auto" else None
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256" in os.environ.get("TERM", "") else "standard"


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is at the other end of a stream, which may have been closed."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
