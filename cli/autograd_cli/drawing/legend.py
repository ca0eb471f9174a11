"""The legend of a chart: samples of its lines and marks with words beside them, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from rich.cells import cell_len

_LETTER = 10
"""The pixels of a letter, on a small screen too, where letters are larger."""

_BETWEEN, _SAMPLE, _LONGEST = 14, 28, 28
ROW = 22
"""The height of a row in pixels."""


class Item(NamedTuple):
    """A sample, drawn at the left end of a line at height 0, and what it is."""

    sample: str
    width: int
    text: str


def line(colour: str, dashes: str, text: str) -> Item:
    """A line of a colour."""
    drawn = f'<path d="M0 0h{_SAMPLE}" stroke="{colour}" stroke-width="2.4"{dashes}/>'
    return Item(drawn, _SAMPLE, text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "...")


def mark(drawn: str, text: str) -> Item:
    """A mark, drawn around a place 6 pixels from the left."""
    return Item(drawn, 12, text)


def words(text: str) -> Item:
    """No sample, just words."""
    return Item("", -6, text)


def arranged(items: Sequence[Item], width: int) -> list[list[tuple[int, Item]]]:
    """The items in rows of that width at most, each with where it begins."""
    rows: list[list[tuple[int, Item]]] = [[]]
    at = 0
    for item in items:
        length = item.width + 6 + _LETTER * cell_len(item.text)
        if rows[-1] and at + length > width:
            rows.append([])
            at = 0
        rows[-1].append((at, item))
        at += length + _BETWEEN
    return rows


def drawn(rows: Sequence[Sequence[tuple[int, Item]]], left: int, top: int) -> Iterator[str]:
    """The SVG of rows of a legend, the first of them at a height of ``top``."""
    for n, row in enumerate(rows):
        for at, item in row:
            place = f'transform="translate({left + at} {top + n * ROW})"'
            yield (
                f'<g class="legend" {place}>{item.sample}'
                f'<text x="{item.width + 6}" y="4">{escape(item.text)}</text></g>'
            )
