"""The characters that drawings are made of: the one place that chooses, with Unicode or without."""

from __future__ import annotations

from typing import NamedTuple


class Glyphs(NamedTuple):
    """Characters by what they stand for."""

    dots: str
    """For what is left out."""

    minus: str
    times: str
    """In a product."""

    fold: str
    """How many times as much: ``×2``."""

    partial: str
    delta: str
    squared: str
    prime: str
    arrow: str
    above: str
    below: str

    line: str
    """For rulers."""

    shade: str
    zero: str
    """The line of height 0 in a plot."""

    point: str
    curve: str
    """In a legend."""

    dashes: str
    joint: str
    """A branch of an outline, its last branch, and what runs past them."""

    last: str
    past: str
    bars: str
    """Lying bars, from nothing to a whole cell."""

    columns: str
    """Standing bars, from the lowest to the highest."""

    wires: str
    """``─│╭╮╰╯┬┴├┤┼``, or what stands for each."""

    head: str
    apart: int
    """The least distance of wires that can be told from each other."""

    cell: tuple[int, int]
    """How many points of a curve are beside and above each other in a cell."""

    rounded: bool
    """Whether tables and boxes have Unicode's borders."""

    @property
    def characters(self) -> str:
        """All of them."""
        return "".join(glyph for glyph in self if isinstance(glyph, str))


UNICODE = Glyphs(
    dots="…",
    minus="−",
    times="·",
    fold="×",
    partial="∂",
    delta="Δ",
    squared="²",
    prime="′",
    arrow="→",
    above="↑",
    below="↓",
    line="─",
    shade="▒",
    zero="┄",
    point="●",
    curve="━━",
    dashes="╍╍",
    joint="├─ ",
    last="╰─ ",
    past="│  ",
    bars=" ▏▎▍▌▋▊▉█",
    columns="▁▂▃▄▅▆▇█",
    wires="─│╭╮╰╯┬┴├┤┼",
    head="▸",
    apart=1,
    cell=(2, 4),
    rounded=True,
)

ASCII = Glyphs(
    dots="...",
    minus="-",
    times="*",
    fold="x",
    partial="d",
    delta="d",
    squared="^2",
    prime="'",
    arrow="->",
    above="(above)",
    below="(below)",
    line="-",
    shade="=",
    zero=".",
    point="o",
    curve="*",
    dashes="+",
    joint="|- ",
    last="`- ",
    past="|  ",
    bars=" #",
    columns=".:-=+*#@",
    wires="-|+++++++++",
    head=">",
    apart=2,
    cell=(1, 1),
    rounded=False,
)
