"""Formulas on several lines, broken where a reader would: between terms, then between factors.

A line may also be somewhat longer than it should, where breaking it would be worse.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from rich.cells import cell_len

from autograd_cli.drawing.formula import pieces
from autograd_cli.output import Output
from autograd_graph.formula import Formula, Token

_INDENT = " "
"""What the lines after the first one begin with."""

_DEEPER = 3.0
"""What a break costs more for each pair of parentheses around it."""

_OPENING = 3.0
"""What a break right behind a parenthesis costs, beside its depth."""

_LONGER, _WIDER = 0.5, 8.0
"""What a line costs that is longer than it should be, and for each width that it is: a few
characters are less than a break in a product, half a width is more than one in parentheses."""

_LONGEST = 1.5
"""How many times the width such a line may have. Only a single word is longer, and is cut."""


_AROUND = 3
"""The room on a line beside the longest name: for an operator, or for `` =``."""


class _Word(NamedTuple):
    """What stays together, and the cost of a break before it."""

    text: str
    cost: float


def wrapped(formula: Formula, output: Output, width: int, *, first: int, most: int) -> list[str]:
    """A formula on at most ``most`` lines of about ``width`` characters, the first one shorter.

    ``first`` is how much of the first line is taken. What is too much is cut.
    """
    longest = int(width * _LONGEST)
    words = _words(formula, output, width, longest * (most + 1))
    lines = _laid(words, width, longest, first)
    dots = output.glyphs.dots
    if len(lines) > most:
        lines[most - 1 :] = [lines[most - 1] + dots]
    rooms = [longest - first, *[longest] * most]
    return [
        line if cell_len(line) <= room else line[: max(room - len(dots), 0)] + dots
        for line, room in zip(lines, rooms, strict=False)
    ]


def shortened_name(name: str, width: int, output: Output) -> str:
    """A name as it stands in formulas of this width."""
    return shortened(name, int(width * _LONGEST) - _AROUND, output)


def shortened(text: str, most: int, output: Output) -> str:
    """A name of at most ``most`` cells; of a longer one both ends, as either may tell it apart."""
    if cell_len(text) <= most:
        return text
    dots = output.glyphs.dots
    room = max(most - len(dots), 2)
    head, tail = "", ""
    for character in text:
        if cell_len(head + character) > (room + 1) // 2:
            break
        head += character
    for character in reversed(text):
        if cell_len(character + tail) > room // 2:
            break
        tail = character + tail
    return f"{head}{dots}{tail}"


def _words(formula: Formula, output: Output, width: int, most: int) -> list[_Word]:
    """What is between two places for a break, at least ``most`` characters if there are so many."""
    words: list[_Word] = []
    tokens, depth, length = formula.tokens, 0, 0
    text, cost, behind = "", 0.0, inf
    for n, piece in enumerate(pieces(formula, output, close=True)):
        token = tokens[n]
        if token.kind == "name":
            piece = shortened_name(piece, width, output)
        before = _cost_before(tokens, n) + depth * _DEEPER
        if text and min(before, behind) < inf:
            words.append(_Word(text, cost))
            length += len(text)
            text, cost = "", min(before, behind)
        if length > most:
            break
        text += piece
        depth += (token.kind == "open") - (token.kind == "close")
        behind = inf
        if token.kind == "comma":
            behind = depth * _DEEPER
        elif token.kind == "open":
            behind = depth * _DEEPER + _OPENING
    return [*words, _Word(text, cost)]


def _cost_before(tokens: tuple[Token, ...], n: int) -> float:
    """The cost of a break before a token for what it is; not before ``^``, nor within ``1/2``."""
    text, kind = tokens[n]
    if kind != "operator" or text == "^":
        return inf
    if text not in "*/":
        return 1.0
    within = 0 < n < len(tokens) - 1 and {tokens[n - 1].kind, tokens[n + 1].kind} == {"number"}
    return inf if within else 3.0


def _laid(words: list[_Word], width: int, longest: int, first: int) -> list[str]:
    """The words on lines such that the breaks and long lines cost least, and lines are full."""
    sizes = [cell_len(word.text) for word in words]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        found = (inf, end - 1)
        length = 0
        for start in range(end - 1, -1, -1):
            length += sizes[start]
            room = first if start == 0 else len(_INDENT)
            size = room + length
            if size > longest and start < end - 1:
                break
            cost = best[start][0] + (words[start].cost if start else 0.0)
            if size > width:
                cost += _LONGER + _WIDER * (size - width) / width
            if cost < found[0]:  # of equals the one with the shortest last line
                found = cost, start
        best.append(found)
    lines: list[str] = []
    end = len(words)
    while end:
        start = best[end][1]
        line = "".join(word.text for word in words[start:end]).strip()
        lines.append(_INDENT + line if start else line)
        end = start
    return lines[::-1]
