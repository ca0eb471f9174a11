"""The picture of a program for the terminal: boxes, and wires that show joins and crossings.

A wire that branches touches its branches (``┬``, ``├``). Where two wires cross, the horizontal one
is interrupted: ``─│─``. The layout's guarantees ensure that no other cell looks like a join.
"""

from __future__ import annotations

from dataclasses import replace

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.glyphs import Glyphs
from autograd_cli.drawing.layered import (
    ACROSS,
    ALONG,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Box,
    Layout,
    item_count,
    place,
)
from autograd_cli.drawing.parts import part_text
from autograd_cli.drawing.symbols import derivative
from autograd_cli.drawing.tables import STATUS_STYLES
from autograd_cli.output import Output
from autograd_cli.reports.graph import Diagram, Part
from autograd_cli.views.outline import outline

MOST = 400
"""A picture with more items than this is too large to be read."""

_TRIES = ((44, 2, 17), (28, 2, 17), (18, 2, 17), (18, 1, 17), (18, 1, 3), (9, 2, 3), (9, 1, 3))
"""The longest text, the distance of wires and the most digits of a number, from the most readable
to the most compact."""

_ARMS = (
    ACROSS, ALONG, RIGHT | DOWN, LEFT | DOWN, RIGHT | UP, LEFT | UP,
    ACROSS | DOWN, ACROSS | UP, ALONG | RIGHT, ALONG | LEFT, ACROSS | ALONG,
)  # fmt: skip
"""The arms of each of the characters in ``glyphs.wires``."""

_WIRES = {arms: n for n, arms in enumerate(_ARMS)} | {LEFT: 0, RIGHT: 0}

Line = tuple[str, str]
"""A text and its style."""


def picture(diagram: Diagram, output: Output, width: int) -> list[RenderableType]:
    """The picture in the given width, or the outline with the reason for it."""
    boxes = text_boxes(diagram, output, _TRIES[0][0])
    if item_count([box for box, _ in boxes]) > MOST:
        reason = f"{len(diagram.parts):,} nodes are too many for a picture"
        return [_instead(reason, diagram), *outline(diagram, output, width)]
    for most, spacing, digits in _TRIES:
        short = replace(output, precision=min(output.precision, digits))
        boxes = text_boxes(diagram, short, most)
        layout = place([box for box, _ in boxes], max(spacing, output.glyphs.apart))
        if layout.width <= width:
            drawn = draw(layout, boxes, output.glyphs)
            return [drawn, *_captions(diagram, output, short.precision)]
    reason = f"the picture needs {layout.width} columns and there are {width}"
    return [_instead(reason, diagram), *outline(diagram, output, width)]


def _instead(reason: str, diagram: Diagram) -> Text:
    coarser = "" if diagram.grain == "step" else "; --by step draws a coarser picture"
    return _dim(f"{reason}: an outline instead{coarser}")


def text_boxes(diagram: Diagram, output: Output, most: int) -> list[tuple[Box, list[Line]]]:
    """Each part as a box around lines of text; a leaf has no border."""
    boxes = []
    for part in diagram.parts:
        lines = part_lines(part, output, most)
        width = max(cell_len(text) for text, _ in lines)
        if part.leaf:
            box = Box(part.node, (), width + 2, len(lines), (), 0, leaf=True)
        else:
            inside = max(len(lines), len(part.arguments))
            count = len(part.arguments)
            ports = tuple(1 + (2 * n + 1) * inside // (2 * count) for n in range(count))
            out = (inside + 1) // 2
            box = Box(part.node, part.arguments, width + 4, inside + 2, ports, out, leaf=False)
        boxes.append((box, lines))
    return boxes


def part_lines(part: Part, output: Output, most: int) -> list[Line]:
    """The lines in a box: the expression, then value, gradient and status if there are any."""
    quiet = part.status == "unused"
    name = "bold green" if part.role == "output" else "" if not part.leaf else "cyan"
    value = output.number(part.value)
    text = part_text(part, output, most)
    if part.leaf and value:
        lines = [(f"{text} = {value}", "dim" if quiet else name)]
    else:
        lines = [(text, "dim" if quiet else name)]
        lines += [(f"= {value}", "dim" if quiet else "bold")] if value else []
    if part.gradient is not None:
        lines.append((f"grad {output.number(part.gradient)}", "dim" if quiet else "magenta"))
    if part.status != "ok":
        lines.append((part.status, STATUS_STYLES[part.status]))
    return lines


def draw(layout: Layout, boxes: list[tuple[Box, list[Line]]], glyphs: Glyphs) -> Text:
    """Draw wires and boxes on one canvas."""
    canvas = [[(" ", "")] * layout.width for _ in range(layout.height)]
    for x, y, character in wire_cells(layout, glyphs):
        canvas[y][x] = (character, "blue")
    for x, y in layout.heads:
        canvas[y][x] = (glyphs.head, "blue")
    used = {arg for box, _ in boxes for arg in box.args}
    for box, lines in boxes:
        left, top = layout.at[box.node]
        if box.leaf:
            for row, line in enumerate(lines):
                _write(canvas, left, top + row, line)
            continue
        _border(canvas, left, top, box, glyphs, "green" if box.node not in used else "bright_black")
        if box.node in used:
            canvas[top + box.out][left + box.width - 1] = (wire(ALONG | RIGHT, glyphs), "blue")
        first = top + 1 + (box.height - 2 - len(lines)) // 2
        for row, line in enumerate(lines):
            _write(canvas, left + 2, first + row, line)
    drawn = Text(no_wrap=True, end="\n")
    for number, cells in enumerate(canvas):
        if number:
            drawn.append("\n")
        for character, style in cells:
            drawn.append(character, style)
    return drawn


def wire(arms: int, glyphs: Glyphs) -> str:
    """The character of a wire with these arms."""
    return glyphs.wires[_WIRES[arms]]


def wire_cells(layout: Layout, glyphs: Glyphs) -> list[tuple[int, int, str]]:
    """The cells of all wires. Where two cross, the vertical one is drawn."""
    return [(x, y, wire(max(nets.values()), glyphs)) for (x, y), nets in layout.cells().items()]


def _border(
    canvas: list[list[Line]], left: int, top: int, box: Box, glyphs: Glyphs, style: str
) -> None:
    right, bottom = left + box.width - 1, top + box.height - 1
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


def _captions(diagram: Diagram, output: Output, digits: int) -> list[RenderableType]:
    captions: list[RenderableType] = []
    if diagram.output.gradient is not None:
        slope = derivative(output, diagram.output.label, "node", total=True)
        captions.append(_dim(f"grad: {slope}, which flows back against the wires"))
    if diagram.idle:
        shown = ", ".join(diagram.idle[:8]) + (
            f", {output.glyphs.dots}" if len(diagram.idle) > 8 else ""
        )
        captions.append(_dim(f"not drawn, as {diagram.output.label} does not need it: {shown}"))
    if digits < output.precision and any(part.value is not None for part in diagram.parts):
        captions.append(_dim(f"numbers have {digits} digits here, to fit"))
    return captions


def _dim(text: str) -> Text:
    return Text(text, style="dim")
