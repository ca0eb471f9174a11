"""Errors and notes as a person reads them: message, place, source line, caret, hint.

What standard error does not take is left unsaid: a run does not fail by its notes, and the exit
status tells of an error.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograd_cli.output import Colour, abandon, make_console, visible
from autograd_graph import ProgramError, Span

if TYPE_CHECKING:
    from rich.text import Text


_SEVERAL_LINES = re.compile(r"\n[^\n]")


def show_error(error: ProgramError, colour: Colour = "auto") -> None:
    """Draw an error on standard error."""
    with _heard_or_not():
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
    """Draw a remark that is no error on standard error, with the place that it is about."""
    with _heard_or_not():
        console = make_console(sys.stderr, colour)
        console.print(_titled("note", "bold yellow", message), soft_wrap=True)
        if span is not None and text:
            width = max(console.width, 20)
            console.print(excerpt(text, span, "bold yellow", width), soft_wrap=True)


def show_line(line: str) -> None:
    """Write a line on standard error."""
    with _heard_or_not():
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


@contextmanager
def _heard_or_not() -> Iterator[None]:
    """Go on where standard error is full, or its reader has left."""
    try:
        yield
    except OSError:
        abandon(sys.stderr)


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1, columns in code points."""
    line = 1 + sum(text.count(end, 0, offset) for end in "\r\n") - text.count("\r\n", 0, offset)
    return line, offset - _line_start(text, offset) + 1


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _line_end(text: str, offset: int) -> int:
    return min(
        n if n >= 0 else len(text) for n in (text.find("\n", offset), text.find("\r", offset))
    )


def place(text: str, span: Span, origin: str = "") -> str:
    """A place for people: ``line 2, column 5`` or ``costs.expr:2:5``."""
    line, column = position(text, span[0])
    if origin and not origin.startswith("--"):
        return f"{origin}:{line}:{column}"
    if origin:
        return f"{origin}, column {column}"
    return f"line {line}, column {column}" if "\n" in text.rstrip("\n") else f"column {column}"


def excerpt(
    text: str, span: Span, style: str, width: int = 80, shown: Callable[[str], str] | None = None
) -> Text:
    """The source line of a span with a caret under every character of it.

    ``shown`` says how characters appear that cannot be drawn; by default as on standard error.
    """
    from rich.cells import cell_len
    from rich.text import Text

    first, last = _line_start(text, span[0]), _line_end(text, span[0])
    start = min(span[0], last)
    end = max(start, min(span[1], last))
    several = _SEVERAL_LINES.search(text) is not None
    gutter = f"  {position(text, span[0])[0]} | " if several else "  "

    room = max(width - len(gutter) - 1, 10)
    near = 4 * room  # what is further off does not show, however long the line
    before, within, after = (
        shown(part) if shown else visible(part, sys.stderr)
        for part in (
            text[max(first, start - near) : start].expandtabs(1),
            text[start : min(end, start + near)].expandtabs(1),
            text[min(end, start + near) : min(last, end + near)].expandtabs(1),
        )
    )
    line, start, end = before + within + after, len(before), len(before + within)
    if cell_len(line) > room:
        line, start, end = _cropped(line, start, max(end, start + 1), room)
    marked = Text()
    marked.append(gutter, style="dim")
    marked.append(line[:start], style="default")
    marked.append(line[start:end], style=style)
    marked.append(line[end:] + "\n", style="default")
    marked.append(" " * (len(gutter) + cell_len(line[:start])))
    marked.append("^" * max(1, cell_len(line[start:end])), style=style)
    return marked


def _cropped(line: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """The part of a long line around a span, with dots where it was cut, ``room`` cells wide."""
    from rich.cells import cell_len

    def reach(at: int, step: int, limit: int, cells: int) -> tuple[int, int]:
        """How far from ``at`` one comes within ``cells``, and how many are left."""
        while at != limit:
            cells -= cell_len(line[min(at, at + step)])
            if cells < 0:
                return at, cells + cell_len(line[min(at, at + step)])
            at += step
        return at, cells

    end = min(end, len(line))
    last, left = reach(start, 1, end, room - 6)
    end = max(last, start)
    first, spared = reach(start, -1, 0, left // 3)
    last, left = reach(last, 1, len(line), left - left // 3 + spared)
    first, _ = reach(first, -1, 0, left)
    head, tail = "..." if first else "", "..." if last < len(line) else ""
    shift = len(head) - first
    return head + line[first:last] + tail, start + shift, end + shift


def _titled(title: str, style: str, message: str) -> Text:
    from rich.text import Text

    return Text.assemble((f"{title}: ", style), (visible(message, sys.stderr), "default"))


def _dim(message: str) -> Text:
    from rich.text import Text

    return Text(visible(message, sys.stderr), style="dim")
