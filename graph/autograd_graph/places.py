"""Showing places in a text: line and column, and the line with carets under the place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from autograd_graph.errors import Span

_SEVERAL_LINES = re.compile(r"\n[^\n]")


class Excerpt(NamedTuple):
    """A line of a text around a span, cut to a width, in parts before, within and after the span.

    ``indent`` is where the span begins, and ``carets`` how wide it is, both in cells of the screen.
    """

    gutter: str
    before: str
    within: str
    after: str
    indent: int
    carets: int

    def __str__(self) -> str:
        line = f"{self.gutter}{self.before}{self.within}{self.after}"
        return f"{line}\n{' ' * self.indent}{'^' * self.carets}"


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1, columns in code points."""
    line = 1 + sum(text.count(end, 0, offset) for end in "\r\n") - text.count("\r\n", 0, offset)
    return line, offset - _line_start(text, offset) + 1


def place(text: str, span: Span, origin: str = "") -> str:
    """A place in words: ``line 2, column 5`` or ``costs.expr:2:5``."""
    line, column = position(text, span[0])
    if origin and not origin.startswith("--"):
        return f"{origin}:{line}:{column}"
    if origin:
        return f"{origin}, column {column}"
    return f"line {line}, column {column}" if "\n" in text.rstrip("\n") else f"column {column}"


def cells(text: str) -> int:
    """The width of a text in cells of a screen: two for a wide character, none for an accent."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "FW" else 1
        for c in text
    )


def excerpt(
    text: str,
    span: Span,
    width: int = 80,
    shown: Callable[[str], str] = str,
    cells: Callable[[str], int] = cells,
) -> Excerpt:
    """The source line of a span in ``width`` cells, with dots where it was cut.

    ``shown`` replaces characters that cannot be drawn, ``cells`` measures the width of a text.
    """
    first, last = _line_start(text, span[0]), _line_end(text, span[0])
    start = min(span[0], last)
    end = max(start, min(span[1], last))
    several = _SEVERAL_LINES.search(text) is not None
    gutter = f"  {position(text, span[0])[0]} | " if several else "  "

    room = max(width - len(gutter) - 1, 10)
    near = 4 * room  # an upper bound on the characters shown to each side
    before, within, after = (
        shown(part.expandtabs(1))
        for part in (
            text[max(first, start - near) : start],
            text[start : min(end, start + near)],
            text[min(end, start + near) : min(last, end + near)],
        )
    )
    line, start, end = before + within + after, len(before), len(before + within)
    if cells(line) > room:
        line, start, end = _cropped(line, start, max(end, start + 1), room, cells)
    indent = len(gutter) + cells(line[:start])
    carets = max(1, cells(line[start:end]))
    return Excerpt(gutter, line[:start], line[start:end], line[end:], indent, carets)


def _cropped(
    line: str, start: int, end: int, room: int, width: Callable[[str], int]
) -> tuple[str, int, int]:
    """The part of a long line around a span, ``room`` cells wide, with dots where it was cut."""

    def reach(at: int, step: int, limit: int, left: int) -> tuple[int, int]:
        """The position reached from ``at`` within ``left`` cells, and the remaining cells."""
        while at != limit:
            left -= width(line[min(at, at + step)])
            if left < 0:
                return at, left + width(line[min(at, at + step)])
            at += step
        return at, left

    end = min(end, len(line))
    last, left = reach(start, 1, end, room - 6)
    end = max(last, start)
    first, spared = reach(start, -1, 0, left // 3)
    last, left = reach(last, 1, len(line), left - left // 3 + spared)
    first, _ = reach(first, -1, 0, left)
    head, tail = "..." if first else "", "..." if last < len(line) else ""
    shift = len(head) - first
    return head + line[first:last] + tail, start + shift, end + shift


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _line_end(text: str, offset: int) -> int:
    return min(
        n if n >= 0 else len(text) for n in (text.find("\n", offset), text.find("\r", offset))
    )
