"""Drawing errors and notes: message, place, source line, caret, hint.

Text that standard error does not accept is dropped: a run does not fail because of its notes, and
an error still has its exit status.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograd_cli.output import Colour, abandon, make_console, visible
from autograd_graph import ProgramError, Span, places
from autograd_graph.places import place, position

if TYPE_CHECKING:
    from rich.text import Text


def show_error(error: ProgramError, colour: Colour = "auto") -> None:
    """Draw an error on standard error."""
    with _errors_ignored():
        console = make_console(sys.stderr, colour)
        width = max(console.width, 20)
        console.print(_titled("error", "bold red", error.message), soft_wrap=True)
        if error.span is not None and error.text:
            where = place(error.text, error.span, error.origin)
            console.print(_dim(f"  at {where}"), soft_wrap=True)
            console.print(excerpt(error.text, error.span, "bold red", width), soft_wrap=True)
            for span, label in error.related:
                line, column = position(error.text, span[0])
                console.print(_dim(f"  {label}, line {line}, column {column}"), soft_wrap=True)
                console.print(excerpt(error.text, span, "bold cyan", width), soft_wrap=True)
        if error.hint:
            console.print(_titled("hint", "bold cyan", error.hint), soft_wrap=True)


def show_note(message: str, colour: Colour, text: str = "", span: Span | None = None) -> None:
    """Draw a note on standard error, with the excerpt that it refers to."""
    with _errors_ignored():
        console = make_console(sys.stderr, colour)
        console.print(_titled("note", "bold yellow", message), soft_wrap=True)
        if span is not None and text:
            width = max(console.width, 20)
            console.print(excerpt(text, span, "bold yellow", width), soft_wrap=True)


def show_line(line: str) -> None:
    """Write a line on standard error."""
    with _errors_ignored():
        sys.stderr.write(f"{visible(line, sys.stderr)}\n")
        sys.stderr.flush()


@contextmanager
def _errors_ignored() -> Iterator[None]:
    """Ignore an error of standard error itself: a full disk, a closed pipe."""
    try:
        yield
    except OSError:
        abandon(sys.stderr)


def excerpt(
    text: str, span: Span, style: str, width: int = 80, shown: Callable[[str], str] | None = None
) -> Text:
    """The source line of a span with a caret under every character of it.

    ``shown`` replaces characters that cannot be drawn; by default those of standard error.
    """
    from rich.cells import cell_len
    from rich.text import Text

    found = places.excerpt(text, span, width, shown or _on_screen, cell_len)
    return Text.assemble(
        (found.gutter, "dim"),
        (found.before, "default"),
        (found.within, style),
        (found.after + "\n", "default"),
        " " * found.indent,
        ("^" * found.carets, style),
    )


def _on_screen(part: str) -> str:
    """A part of a line; an accent that begins it stands on a circle, for a caret to be under."""
    alone = part != "" and unicodedata.combining(part[0]) != 0
    return visible(f"\N{DOTTED CIRCLE}{part}" if alone else part, sys.stderr)


def _titled(title: str, style: str, message: str) -> Text:
    from rich.text import Text

    return Text.assemble((f"{title}: ", style), (visible(message, sys.stderr), "default"))


def _dim(message: str) -> Text:
    from rich.text import Text

    return Text(visible(message, sys.stderr), style="dim")
