"""Errors and notes as a person reads them: message, place, source line, caret, hint."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from autograd_cli.output import Colour, make_console, visible
from autograd_graph import ProgramError, Span

if TYPE_CHECKING:
    from rich.text import Text


def show_error(error: ProgramError, colour: Colour = "auto") -> None:
    """Draw an error on standard error."""
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


def show_warning(
    message: str, colour: Colour = "auto", text: str = "", span: Span | None = None
) -> None:
    """Draw a remark that is no error on standard error, with the place that it is about."""
    console = make_console(sys.stderr, colour)
    console.print(_titled("note", "bold yellow", message), soft_wrap=True)
    if span is not None and text:
        width = max(console.width, 20)
        console.print(excerpt(text, span, "bold yellow", width), soft_wrap=True)


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1, columns in code points."""
    before = text[:offset].replace("\r\n", " \n").replace("\r", "\n")
    line = before.count("\n") + 1
    return line, offset - (before.rfind("\n") + 1) + 1


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

    line_number, column = position(text, span[0])
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = lines[line_number - 1].expandtabs(1)
    start = column - 1
    end = max(start + 1, min(start + span[1] - span[0], max(len(line), start + 1)))
    gutter = f"  {line_number} | " if len(lines) > 1 and text.rstrip("\n").count("\n") else "  "

    room = max(width - len(gutter) - 1, 10)
    before, within, after = (
        shown(part) if shown else visible(part, sys.stderr)
        for part in (line[:start], line[start:end], line[end:])
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
