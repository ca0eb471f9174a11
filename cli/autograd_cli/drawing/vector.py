"""The picture as a self-contained SVG.

It has the layout of the terminal, with cells of a few pixels. Every text has a light background and
wires are of a medium grey, so that it is readable on light and dark pages.
"""

from __future__ import annotations

from html import escape

from rich.cells import cell_len

from autograd_cli.drawing.layered import (
    ACROSS,
    ALONG,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Box,
    Cell,
    Layout,
    item_count,
    place,
)
from autograd_cli.drawing.parts import part_text
from autograd_cli.output import Output
from autograd_cli.reports.graph import Diagram
from autograd_cli.views.graph import Line, text_boxes
from autograd_graph import ProgramError

MOST = 4000
"""The largest drawing, in items: a larger one takes minutes to lay out and cannot be read."""

_X, _Y = 8, 18
_MARGIN = 12
_BEND = 6
_GAP = 3
_WIRE = "#7d8590"
_INK = {"dim": "#818b98", "cyan": "#0550ae", "bold green": "#116329", "magenta": "#8250df",
        "yellow": "#9a6700", "red": "#cf222e", "bold red": "#cf222e"}  # fmt: skip
_TEXT = "#1f2328"


def svg(diagram: Diagram, output: Output) -> str:
    """The text of the SVG file. Raises :class:`ProgramError` (``limit``) for a large graph."""
    boxes = text_boxes(diagram, output, 72)
    places = item_count([box for box, _ in boxes])
    if places > MOST:
        raise ProgramError(
            f"a drawing of {len(diagram.parts):,} nodes is too large for an SVG",
            code="limit",
            hint="--to dot and --to mermaid have no limit, --of NAME draws a part",
        )
    layout = place([box for box, _ in boxes])
    width, height = layout.width * _X + 2 * _MARGIN, layout.height * _Y + 2 * _MARGIN
    title = escape(part_text(diagram.output, output, 72))
    used = {arg for box, _ in boxes for arg in box.args}
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="{-_MARGIN} {-_MARGIN} {width} {height}" role="img" font-size="13" '
            "font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\">",
            f"<title>The computation graph of {title}</title>",
            f'<g fill="none" stroke="{_WIRE}" stroke-width="1.5">',
            *_wires(layout),
            "</g>",
            f'<g fill="{_WIRE}">',
            *_joins(layout),
            *(_head(x, y) for x, y in layout.heads),
            "</g>",
            *(_box(box, lines, layout.at[box.node], box.node in used) for box, lines in boxes),
            "</svg>\n",
        ]
    )


def _centre(x: int, y: int) -> tuple[float, float]:
    return x * _X + _X / 2, y * _Y + _Y / 2


def _wires(layout: Layout) -> list[str]:
    """A path for each source's wire, interrupted where another wire crosses it."""
    cells = layout.cells()
    paths = []
    for net, segments in layout.wires.items():
        pieces: list[str] = []
        for x1, y1, x2, y2 in segments:
            if y1 == y2 and x1 < x2:
                pieces += _across(cells, net, x1, x2, y1)
            elif x1 == x2 and y1 < y2:
                x, top = _centre(x1, y1)
                bottom = _centre(x1, y2)[1]
                top += _BEND * _is_bend(cells[x1, y1][net])
                bottom -= _BEND * _is_bend(cells[x1, y2][net])
                pieces.append(f"M{x:g} {top:g}V{bottom:g}")
        for (x, y), nets in cells.items():
            if _is_bend(nets.get(net, 0)):
                pieces.append(_bend(x, y, nets[net]))
        paths.append(f'<path d="{"".join(pieces)}"/>')
    return paths


def _across(cells: dict[Cell, dict[int, int]], net: int, x1: int, x2: int, row: int) -> list[str]:
    start, y = _centre(x1, row)
    end = _centre(x2, row)[0]
    start += _BEND * _is_bend(cells[x1, row][net])
    end -= _BEND * _is_bend(cells[x2, row][net])
    stops = [start]
    for x in range(x1, x2 + 1):
        if len(cells[x, row]) > 1:
            stops += [_centre(x, row)[0] - _GAP, _centre(x, row)[0] + _GAP]
    stops.append(end)
    return [f"M{a:g} {y:g}H{b:g}" for a, b in zip(stops[::2], stops[1::2], strict=True)]


def _is_bend(arms: int) -> bool:
    return arms in (LEFT | UP, LEFT | DOWN, RIGHT | UP, RIGHT | DOWN)


def _bend(x: int, y: int, arms: int) -> str:
    across, along = _centre(x, y)
    side = across + (_BEND if arms & RIGHT else -_BEND)
    end = along + (_BEND if arms & DOWN else -_BEND)
    return f"M{side:g} {along:g}Q{across:g} {along:g} {across:g} {end:g}"


def _joins(layout: Layout) -> list[str]:
    """A dot at each branch of a wire."""
    dots = []
    for (x, y), nets in layout.cells().items():
        for arms in nets.values():
            if (arms & ACROSS) and (arms & ALONG) and not _is_bend(arms):
                cx, cy = _centre(x, y)
                dots.append(f'<circle cx="{cx:g}" cy="{cy:g}" r="3"/>')
    return dots


def _head(x: int, y: int) -> str:
    tip, row = _centre(x + 1, y)
    return f'<path d="M{tip:g} {row:g}l-9 -4v8z"/>'


def _box(box: Box, lines: list[Line], at: Cell, used: bool) -> str:
    left, top = at
    if box.leaf:
        x, y, width, height = left * _X, top * _Y + 1, (box.width - 1) * _X, box.height * _Y - 2
        fill, edge, first = "#ddf4ff", "#54aeff", top
    else:
        x, y = left * _X + _X // 2, top * _Y + _Y // 2
        width, height = (box.width - 1) * _X, (box.height - 1) * _Y
        fill, edge = ("#f6f8fa", "#57606a") if used else ("#dafbe1", "#1a7f37")
        first = top + 1
    if not box.leaf:
        first += (box.height - 2 - len(lines)) // 2
    start = x + (_X // 2 if box.leaf else _X + _X // 2)
    texts = "".join(
        f'<text x="{start}" y="{(first + row) * _Y + 13}" fill="{_INK.get(style, _TEXT)}"'
        f' textLength="{cell_len(text) * _X}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        for row, (text, style) in enumerate(lines)
    )
    frame = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5"'
    return f'<g>{frame} fill="{fill}" stroke="{edge}"/>{texts}</g>'
