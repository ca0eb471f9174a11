"""The picture as a self-contained SVG.

It has the layout of the terminal, with cells of a few pixels. Every text has a light background and
wires are of a medium grey, so that it is readable on light and dark pages.
"""

from __future__ import annotations

from html import escape

from rich.cells import cell_len

from autograd_cli.drawing.boxes import Drawn, arranged, boxes
from autograd_cli.drawing.layered import (
    ACROSS,
    ALONG,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Cell,
    Layout,
    item_count,
)
from autograd_cli.drawing.parts import part_text
from autograd_cli.output import Output
from autograd_cli.reports.graph import Diagram
from autograd_graph import ProgramError

MOST = 4000
"""The largest drawing, in items: a larger one takes minutes to lay out and cannot be read."""

_LARGE, _KEPT = 150, 80
"""A diagram of more parts than these is folded to so many, unless all are asked for."""

_TEXT_WIDTH = 44
"""The width of a text in a box, in characters."""

_X, _Y = 8, 18
_MARGIN = 12
_BEND = 6
_GAP = 3
_WIRE = "#7d8590"
_INK = {"dim": "#818b98", "cyan": "#0550ae", "bold green": "#116329", "magenta": "#8250df",
        "yellow": "#9a6700", "red": "#cf222e", "bold red": "#cf222e"}  # fmt: skip
_TEXT = "#1f2328"


def svg(diagram: Diagram, output: Output, *, everything: bool = True) -> str:
    """The text of the SVG file.

    A large diagram is folded unless ``everything`` is wanted; then :class:`ProgramError`
    (``limit``) is raised for one that is too large.
    """
    if not everything and is_large(diagram):
        diagram = diagram.folded(_KEPT)
    drawn = boxes(diagram, output, _TEXT_WIDTH)
    places = item_count([each.box for each in drawn])
    if places > MOST:
        raise ProgramError(
            f"a drawing of {len(diagram.parts):,} nodes is too large for an SVG",
            code="limit",
            hint="leave --all out; --to dot and --to mermaid have no limit",
        )
    layout = arranged(drawn, 2)
    width, height = layout.width * _X + 2 * _MARGIN, layout.height * _Y + 2 * _MARGIN
    title = escape(part_text(diagram.output, output))
    used = {arg for each in drawn for arg in each.box.args}
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
            *(_head(*each.corner(layout), port) for each in drawn for port in each.box.ports),
            "</g>",
            *(_box(each, layout, each.box.node in used) for each in drawn),
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


def _head(left: int, top: int, port: int) -> str:
    """The head of the wire that arrives at a port of a box."""
    tip, row = _centre(left, top + port)
    return f'<path d="M{tip:g} {row:g}l-9 -4v8z"/>'


def _label(left: int, row: int, lead: int, label: str) -> str:
    """What flows on a wire, written over it, where it runs straight to its box."""
    end = (left - 1) * _X
    start = (left - lead) * _X - _X / 2
    length = cell_len(label) * _X
    y = row * _Y + _Y / 2
    line = f'<path d="M{start:g} {y:g}H{end:g}" stroke="{_WIRE}" stroke-width="1.5"/>'
    if not label:
        return line
    at = (left - lead) * _X
    ground = f'<rect x="{at - 2}" y="{y - 8:g}" width="{length + 4}" height="16" fill="#fff"/>'
    text = f'<text x="{at}" y="{y + 4:g}" fill="{_INK["magenta"]}" textLength="{length}"'
    return f'{line}{ground}{text} lengthAdjust="spacingAndGlyphs">{escape(label)}</text>'


def _box(each: Drawn, layout: Layout, used: bool) -> str:
    box, lines = each.box, each.lines
    left, top = each.corner(layout)
    if box.leaf:
        x, y, width, height = left * _X, top * _Y + 1, (each.width - 1) * _X, each.height * _Y - 2
        fill, edge, first = "#ddf4ff", "#54aeff", top
    else:
        x, y = left * _X + _X // 2, top * _Y + _Y // 2
        width, height = (each.width - 1) * _X, (each.height - 1) * _Y
        fill, edge = ("#f6f8fa", "#57606a") if used else ("#dafbe1", "#1a7f37")
        first = top + 1 + (each.height - 2 - len(lines)) // 2
    labels = "".join(
        _label(left, top + port, each.lead, label)
        for port, label in zip(box.ports, each.labels if each.lead else (), strict=False)
    )
    start = x + (_X // 2 if box.leaf else _X + _X // 2)
    texts = "".join(
        f'<text x="{start}" y="{(first + row) * _Y + 13}" fill="{_INK.get(style, _TEXT)}"'
        f' textLength="{cell_len(text) * _X}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        for row, (text, style) in enumerate(lines)
    )
    frame = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5"'
    return f'<g>{labels}{frame} fill="{fill}" stroke="{edge}"/>{texts}</g>'


def is_large(diagram: Diagram) -> bool:
    """Whether a diagram is folded unless all of it is asked for."""
    return len(diagram.parts) > _LARGE


def page(picture: str) -> str:
    """An SVG on an HTML page of its own that needs nothing from elsewhere."""
    title = picture.partition("<title>")[2].partition("</title>")[0]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n"
        "body { margin: 1rem; background: #fff; }\n"
        "svg { display: block; max-width: 100%; height: auto; margin: auto; }\n"
        "@media (prefers-color-scheme: dark) { body { background: #0d1117; } }\n"
        "@media print { body { margin: 0; background: none; } }\n"
        f"</style>\n</head>\n<body>\n{picture}</body>\n</html>\n"
    )
