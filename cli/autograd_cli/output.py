"""Writing results to the terminal or a pipe, with or without colour and Unicode.

The only module that creates Rich consoles, and the only one that writes to standard output.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from errno import EBADF
from typing import TYPE_CHECKING, Literal, TextIO

from autograd_cli import unseen
from autograd_cli.formats import WRITERS, Report, pieces
from autograd_graph import ProgramError
from autograd_graph.record import Record

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from autograd_cli.drawing.glyphs import Glyphs
    from autograd_cli.progress import Stages
    from autograd_graph import Span

Colour = Literal["auto", "always", "never"]

_PAGE = 110
"""The width of a drawing in a notebook, in characters."""

_PREFORMATTED = '<pre style="line-height: normal; font-family: monospace">{code}</pre>'


class Output(Record):
    """How to show results, by the options and the kind of standard output."""

    format: str = "table"
    precision: int = 6
    colour: Colour = "auto"
    ascii: bool = False
    header: bool = True
    quiet: bool = False
    stages: Stages | None = None

    @property
    def glyphs(self) -> Glyphs:
        """The characters to draw with: ASCII if asked for or if the encoding lacks Unicode."""
        from autograd_cli.drawing.glyphs import ASCII, UNICODE

        return ASCII if self.ascii or not carries(sys.stdout, UNICODE.characters) else UNICODE

    def number(self, value: float | None) -> str:
        """A number for display, with ``precision`` significant digits and no negative zero."""
        return "" if value is None else f"{value + 0.0:.{self.precision}g}"

    def shown(self, text: str) -> str:
        """The user's text as standard output can show it."""
        return visible(text, sys.stdout)

    def at(self, stage: str) -> None:
        """Begin a stage of the run, which the progress line names if it takes long."""
        if self.stages is not None:
            self.stages.at(stage)

    def make_way(self) -> None:
        """Erase the progress line before other output is written."""
        if self.stages is not None:
            self.stages.pause()

    def write(self, content: str | bytes) -> None:
        """Write a result unchanged."""
        self.make_way()
        with writing():
            if isinstance(content, str):
                sys.stdout.write(content)
            else:
                sys.stdout.flush()
                sys.stdout.buffer.write(content)

    def show(self, report: Report, everything: bool = False) -> None:
        """Write a report in the chosen format, or draw it."""
        if self.format == "table":
            self.draw(lambda width: report.draw(self, width, everything))
            return
        self.at("writing")
        writer = WRITERS[self.format]
        for piece in writer(report) if self.header else pieces(report.rows(), self.format):
            self.write(piece)

    def note(self, message: str, text: str = "", span: Span | None = None) -> None:
        """Print a note on standard error unless ``--quiet``; ``span`` is its place in ``text``."""
        if not self.quiet:
            self.make_way()
            from autograd_cli.diagnostics import show_note

            show_note(message, self.colour, text, span)

    def remark(self, line: str) -> None:
        """Print a line on standard error unless ``--quiet``."""
        if not self.quiet:
            from autograd_cli.diagnostics import show_line

            show_line(line)

    def text(self, report: Report) -> str:
        """A report's drawing as text without colour, as wide as the terminal if there is one."""
        console = make_console(io.StringIO(), "never")
        with console.capture() as captured:
            for renderable in report.draw(self, console.width):
                console.print(renderable)
        return "\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n"))

    def html(self, report: Report) -> str:
        """A report's drawing as an HTML fragment, in colour."""
        from rich.console import Console

        console = Console(
            file=io.StringIO(), record=True, width=_PAGE, force_terminal=True, markup=False,
            highlight=False, emoji=False, force_jupyter=False, color_system="truecolor",
        )  # fmt: skip
        for renderable in report.draw(self, _PAGE):
            console.print(renderable)
        return console.export_html(inline_styles=True, code_format=_PREFORMATTED)

    def draw(self, render: Callable[[int], Sequence[RenderableType]]) -> None:
        """Draw on standard output what ``render`` returns for its width."""
        self.at("drawing")
        console = make_console(sys.stdout, self.colour)
        for renderable in render(console.width):
            self.at("drawing")
            with console.capture() as drawn:
                console.print(renderable)
            self.write(drawn.get())
        with writing():
            sys.stdout.flush()


def carries(stream: TextIO, characters: str) -> bool:
    """Whether a stream's encoding can represent all ``characters``."""
    try:
        characters.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def prepare_streams() -> None:
    """Make the standard streams accept any text.

    A stream that the caller closed is replaced: standard error by the null device, standard output
    by one that takes nothing, so that a result which has no place is an error. Characters that an
    encoding lacks are escaped as in JSON.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            access = os.O_RDONLY if name == "stdout" else os.O_WRONLY
            null = os.open(os.devnull, access)
            setattr(sys, name, open(null, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="escape")


@contextmanager
def writing() -> Iterator[None]:
    """Raises :class:`ProgramError` (``io``) for a result that standard output does not take.

    A reader that closed the pipe is no such error.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon(sys.stdout)
        closed = "standard output is closed" if error.errno == EBADF else error.strerror
        raise ProgramError(f"cannot write the result: {closed}", code="io") from None


def abandon(stream: TextIO) -> None:
    """Redirect a stream to the null device, so that Python's flush at exit does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def visible(text: str, stream: TextIO) -> str:
    """Text with escapes for characters that ``stream`` cannot show or that would control it."""
    text = unseen.shown(text)
    encoding = stream.encoding or "ascii"
    return text if text.isascii() else text.encode(encoding, "escape").decode(encoding)


def _escape(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return unseen.escaped(error.object[error.start : error.end]), error.end


codecs.register_error("escape", _escape)


def make_console(stream: TextIO, colour: Colour = "auto") -> Console:
    """A console on a stream.

    ``auto`` follows the terminal, ``NO_COLOR``, ``FORCE_COLOR`` and ``TERM=dumb``; ``always`` and
    ``never`` override them. User text is never parsed as markup.
    """
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            """Leave a closed pipe to the error boundary: it is no error."""
            raise BrokenPipeError

    dumb = os.environ.get("TERM", "").lower() in ("dumb", "unknown")
    forced = True if colour == "always" else None
    if colour == "auto" and os.environ.get("NO_COLOR"):
        colour = "never"
    return Quiet(
        file=stream,
        force_terminal=forced,
        no_color=False,  # NO_COLOR is looked at above: older versions of rich take an empty one too
        color_system=_colour_system(colour),
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
        force_jupyter=False,
        height=25 if dumb else None,
    )


def _colour_system(colour: Colour) -> Literal["auto", "standard", "256", "truecolor"] | None:
    if colour != "always":
        return "auto" if colour == "auto" else None
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256" in os.environ.get("TERM", "") else "standard"


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream, which may be closed, is a terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
