"""The characters that drawings consist of, in Unicode and in ASCII, chosen only in this module."""

from __future__ import annotations

from typing import NamedTuple


class Glyphs(NamedTuple):
    """Characters by their meaning."""

    dots: str
    """Marks what is left out."""

    minus: str
    times: str
    """In a product."""

    fold: str
    """The multiple of something: ``×2``."""

    partial: str
    """In the derivative of the output, a function of the inputs."""

    local: str
    """In the derivative of one step by what goes into it, told apart from ``d``."""

    at_most: str
    at_least: str
    delta: str
    squared: str
    prime: str
    arrow: str
    above: str
    below: str

    line: str
    """For rulers."""

    shade: str
    seams: tuple[str, str]
    """Lines of a map along which a program jumps, and along which it has a pole."""

    void: str
    """Where a program has no finite value."""

    zero: str
    """The line at height 0 of a plot."""

    point: str
    upright: str
    """A point of a plot with an infinite slope."""

    ends: tuple[str, str]
    """The first and the last point of a path."""

    curve: str
    """In a legend."""

    dashes: str
    joint: str
    """A branch of an outline, its last branch, and the line past deeper levels."""

    last: str
    past: str
    bars: str
    """Horizontal bars, from empty to a full cell."""

    columns: str
    """Vertical bars, from the lowest to the highest."""

    wires: str
    """``─│╭╮╰╯┬┴├┤┼``, or a replacement for each."""

    heads: tuple[str, str]
    """Of a wire that goes to the right, and of one that goes down."""

    apart: int
    """The smallest distance, in columns, at which wires can be told apart."""

    cell: tuple[int, int]
    """The points of a curve in one cell, as ``(columns, rows)``."""

    rounded: bool
    """Whether tables and boxes have Unicode borders."""

    @property
    def characters(self) -> str:
        """All characters as one string."""
        several = (*self.heads, *self.ends, *self.seams)
        return "".join(glyph for glyph in (*self, *several) if isinstance(glyph, str))


UNICODE = Glyphs(
    dots="…",
    minus="−",
    times="·",
    fold="×",
    partial="∂",
    local="∂",
    at_most="≤",
    at_least="≥",
    delta="Δ",
    squared="²",
    prime="′",
    arrow="→",
    above="↑",
    below="↓",
    line="─",
    shade="▒",
    seams=("┊", "│"),
    void="╱",
    zero="┄",
    point="●",
    upright="┃",
    ends=("○", "◆"),
    curve="━━",
    dashes="╍╍",
    joint="├─ ",
    last="╰─ ",
    past="│  ",
    bars=" ▏▎▍▌▋▊▉█",
    columns="▁▂▃▄▅▆▇█",
    wires="─│╭╮╰╯┬┴├┤┼",
    heads=("▸", "▾"),
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
    local="@",
    at_most="<=",
    at_least=">=",
    delta="d",
    squared="^2",
    prime="'",
    arrow="->",
    above="(above)",
    below="(below)",
    line="-",
    shade="=",
    seams=(":", "!"),
    void="/",
    zero=".",
    point="o",
    upright="|",
    ends=("S", "E"),
    curve="*",
    dashes="+",
    joint="|- ",
    last="`- ",
    past="|  ",
    bars=" #",
    columns=".:-=+*#@",
    wires="-|+++++++++",
    heads=(">", "v"),
    apart=2,
    cell=(1, 1),
    rounded=False,
)
