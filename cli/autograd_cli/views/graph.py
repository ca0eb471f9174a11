"""The picture of a program for the terminal: boxes, and wires that show joins and crossings.

A wire that branches touches its branches (``┬``, ``├``). Where two wires cross, the horizontal one
is interrupted: ``─│─``. The layout's guarantees ensure that no other cell looks like a join.
"""

from __future__ import annotations

from math import inf

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.boxes import Drawn, Line, arranged, boxes
from autograd_cli.drawing.captions import captions, folded
from autograd_cli.drawing.glyphs import Glyphs
from autograd_cli.drawing.layered import (
    ACROSS,
    ALONG,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Layout,
    item_count,
)
from autograd_cli.output import Output
from autograd_cli.reports.graph import Diagram
from autograd_cli.views.outline import outline

MOST = 400
"""A picture with more items than this is too large to be read."""

SCREEN = 45
"""The wires that are drawn of a larger diagram, unless all are asked for, and the most lines of its
picture."""

_LARGE = 60
"""A diagram of more parts than this is larger than a screen."""

_TRIES = (
    (44, 2, 17, False), (28, 2, 17, False), (20, 2, 17, False), (16, 1, 17, False),
    (28, 1, 17, True), (20, 1, 17, True), (16, 1, 17, True),
    (16, 1, 3, False), (16, 1, 3, True), (12, 1, 3, False), (12, 1, 3, True), (9, 1, 3, False),
)  # fmt: skip
"""The width of a text, the distance of wires, the most digits of a number, and whether the picture
goes down instead of to the right; from the most readable to the most compact."""

_ARMS = (
    ACROSS, ALONG, RIGHT | DOWN, LEFT | DOWN, RIGHT | UP, LEFT | UP,
    ACROSS | DOWN, ACROSS | UP, ALONG | RIGHT, ALONG | LEFT, ACROSS | ALONG,
)  # fmt: skip
"""The arms of each of the characters in ``glyphs.wires``."""

_WIRES = {arms: n for n, arms in enumerate(_ARMS)} | {LEFT: 0, RIGHT: 0, UP: 1, DOWN: 1}


def picture(
    diagram: Diagram, output: Output, width: int, everything: bool = False
) -> list[RenderableType]:
    """The picture in the given width, or the outline with the reason for it.

    Of a diagram that is larger than a screen, what is next to the output, unless ``everything`` is
    wanted.
    """
    if not everything and len(diagram.parts) > _LARGE:
        small = diagram.folded(SCREEN)
        return [*_drawn(small, output, width, SCREEN), _dim(folded(diagram, small, "--all"))]
    return _drawn(diagram, output, width, inf)


def _drawn(diagram: Diagram, output: Output, width: int, height: float) -> list[RenderableType]:
    large = item_count([each.box for each in boxes(diagram, output, _TRIES[0][0])]) > MOST
    narrowest = inf
    for most, spacing, digits, down in () if large else _TRIES:
        short = output.replaced(precision=min(output.precision, digits))
        drawn = boxes(diagram, short, most, down)
        layout = arranged(drawn, max(spacing, output.glyphs.apart))
        narrowest = min(narrowest, layout.width)
        if layout.width <= width and layout.height <= height:
            return [
                draw(layout, drawn, output.glyphs),
                *_captions(diagram, output, short.precision),
            ]
    reason = f"the picture needs {narrowest} columns and there are {width}"
    if narrowest <= width:
        reason = "the picture needs more than a screen"
    if large:
        reason = f"{len(diagram.parts):,} nodes are too many for a picture"
    coarser = "" if diagram.grain == "step" else "; --by step draws a coarser picture"
    return [
        _dim(f"{reason}: an outline instead{coarser}"),
        *outline(diagram, output, width),
        *_captions(diagram, output, output.precision, user="the node above"),
    ]


def draw(layout: Layout, drawn: list[Drawn], glyphs: Glyphs) -> Text:
    """Draw wires and boxes on one canvas."""
    canvas = [[(" ", "")] * layout.width for _ in range(layout.height)]
    for x, y, character in wire_cells(layout, glyphs):
        canvas[y][x] = (character, "blue")
    for x, y in layout.heads:
        canvas[y][x] = (glyphs.heads[drawn[0].down], "blue")
    used = {arg for each in drawn for arg in each.box.args}
    for each in drawn:
        left, top = each.corner(layout)
        if each.box.leaf:
            for row, line in enumerate(each.lines):
                _write(canvas, left, top + row, line)
            continue
        _arrive(canvas, left, top, each, glyphs)
        ends = each.box.node not in used
        _border(canvas, left, top, each, glyphs, "green" if ends else "bright_black")
        if not ends:
            x, y = each.outlet
            arms = ACROSS | DOWN if each.down else ALONG | RIGHT
            canvas[top + y][left + x] = (wire(arms, glyphs), "blue")
        first = top + 1 + (each.height - 2 - len(each.lines)) // 2
        for row, line in enumerate(each.lines):
            _write(canvas, left + 2, first + row, line)
    text = Text(no_wrap=True, end="\n")
    for number, cells in enumerate(canvas):
        if number:
            text.append("\n")
        for character, style in cells:
            text.append(character, style)
    return text


def _arrive(canvas: list[list[Line]], left: int, top: int, each: Drawn, glyphs: Glyphs) -> None:
    """The labels of the wires that arrive at a box, and their heads, between wire and border."""
    if not each.lead:
        return
    head = (glyphs.heads[each.down], "blue")
    for port, label in zip(each.box.ports, each.labels, strict=True):
        if each.down:
            x = left + port
            canvas[top - 3][x] = canvas[top - 2][x] = (wire(ALONG, glyphs), "blue")
            if label:
                _write(canvas, x - cell_len(label) // 2, top - 2, (label, "magenta"))
            canvas[top - 1][x] = head
        else:
            y, start = top + port, left - each.lead
            for x in range(start - 1, left):
                canvas[y][x] = (wire(ACROSS, glyphs), "blue")
            _write(canvas, start, y, (label, "magenta"))
            canvas[y][left - 1] = head


def wire(arms: int, glyphs: Glyphs) -> str:
    """The character of a wire with these arms."""
    return glyphs.wires[_WIRES[arms]]


def wire_cells(layout: Layout, glyphs: Glyphs) -> list[tuple[int, int, str]]:
    """The cells of all wires. Where two cross, the vertical one is drawn."""
    return [(x, y, wire(max(nets.values()), glyphs)) for (x, y), nets in layout.cells().items()]


def _border(
    canvas: list[list[Line]], left: int, top: int, each: Drawn, glyphs: Glyphs, style: str
) -> None:
    right, bottom = left + each.width - 1, top + each.height - 1
    for x in range(left, right + 1):
        canvas[top][x] = canvas[bottom][x] = (wire(ACROSS, glyphs), style)
    for y in range(top, bottom + 1):
        canvas[y][left] = canvas[y][right] = (wire(ALONG, glyphs), style)
    for (x, y), corner in zip(
        ((left, top), (right, top), (left, bottom), (right, bottom)), glyphs.wires[2:6], strict=True
    ):
        canvas[y][x] = (corner, style)


def _write(canvas: list[list[Line]], x: int, y: int, line: Line) -> None:
    text, style = line
    for character in text:
        canvas[y][x] = (character, style)
        for beyond in range(1, cell_len(character)):
            canvas[y][x + beyond] = ("", style)
        x += cell_len(character)


def _captions(
    diagram: Diagram, output: Output, digits: int, user: str = "the box"
) -> list[RenderableType]:
    return [_dim(caption) for caption in captions(diagram, output, user, digits)]


def _dim(text: str) -> Text:
    return Text(text, style="dim")
