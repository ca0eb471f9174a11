"""The picture as a self-contained SVG.

It has the layout of the terminal, with cells of a few pixels, a line of text several of them. A
picture that is wide goes down instead where that makes it narrower. Every text has a light
background and wires are of a medium grey, so that it is readable on light and dark pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from textwrap import wrap

from rich.cells import cell_len

from autograd_cli.drawing.boxes import Drawn, Grid, Line, arranged, boxes
from autograd_cli.drawing.captions import captions, folded
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

_X, _Y, _LINE = 8, 6, 18
_GRID = Grid(line=_LINE // _Y, edge=2, lane=2, framed=True)
_INSET = 5
"""The pixels between the cells of a box and its border, above and below, where no wire leaves."""

_WIDE = 960
"""A picture that is wider than this is scaled down on a page, or has to be scrolled."""

_FEWER_DIGITS, _WORTH = 3, 0.9
"""The digits of numbers where all of them are too wide, if that makes a picture so much smaller."""

_TRIED = 600
"""A drawing of more items than this has all digits; laying it out again would take long."""

_MARGIN = 12
_BEND = 4
_BASE = 13
"""The pixels from the top of a line to what its letters stand on."""

_GAP = 3
_WIRE = "#7d8590"
_INK = {"dim": "#818b98", "cyan": "#0550ae", "bold green": "#116329", "magenta": "#8250df",
        "yellow": "#9a6700", "red": "#cf222e", "bold red": "#cf222e"}  # fmt: skip
_TEXT = "#1f2328"
_CAPTION = "#59636e"

_NARROWEST = 40
"""The characters of a line below a narrow picture."""


def svg(diagram: Diagram, output: Output, *, everything: bool = True) -> str:
    """The text of the SVG file.

    A large diagram is folded unless ``everything`` is wanted; then :class:`ProgramError`
    (``limit``) is raised for one that is too large.
    """
    told = []
    if not everything and is_large(diagram):
        small = diagram.folded(_KEPT)
        told = [folded(diagram, small, "--all")]
        diagram = small
    drawn, layout, digits = _fitting(diagram, output)
    told += captions(diagram, output, digits=digits)
    broken = [line for text in told for line in wrap(text, max(layout.width, _NARROWEST))]
    wide = max([layout.width, *map(cell_len, broken)])
    foot = layout.height * _Y + _MARGIN
    width, height = wide * _X + 2 * _MARGIN, foot + _LINE * len(broken) + _MARGIN
    title = escape(part_text(diagram.output, output))
    used = {arg for each in drawn for arg in each.box.args}
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="{-_MARGIN} {-_MARGIN} {width} {height}" role="img" '
            'class="graph" font-size="13" '
            "font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\">",
            f"<title>The computation graph of {title}</title>",
            f'<g fill="none" stroke="{_WIRE}" stroke-width="1.5">',
            *_wires(layout),
            "</g>",
            f'<g fill="{_WIRE}">',
            *_joins(layout),
            *(_head(each, layout, port) for each in drawn for port in each.box.ports),
            "</g>",
            *(_box(each, layout, each.box.node in used) for each in drawn),
            *_caption(broken, foot),
            "</svg>\n",
        ]
    )


def _caption(lines: list[str], top: float) -> Iterator[str]:
    """What is said below the picture, on a ground of its own as what is in boxes is."""
    for row, text in enumerate(lines):
        length, y = cell_len(text) * _X, top + row * _LINE
        yield (
            f'<rect x="-4" y="{y:g}" width="{length + 8}" height="{_LINE}" fill="#fff"/>'
            f'<text x="0" y="{y + _BASE:g}" fill="{_CAPTION}" textLength="{length}" '
            f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        )


def _fitting(diagram: Diagram, output: Output) -> tuple[list[Drawn], Layout, int]:
    """Boxes and where they are, and the digits of their numbers.

    Where these make the picture too wide they are fewer, unless they were asked for. Raises
    :class:`ProgramError` (``limit``) for more than :data:`MOST` items.
    """
    beside = boxes(diagram, output, _TEXT_WIDTH, grid=_GRID)
    size = item_count([each.box for each in beside])
    if size > MOST:
        raise ProgramError(
            f"a drawing of {len(diagram.parts):,} nodes is too large for an SVG",
            code="limit",
            hint="leave --all out; --to dot and --to mermaid have no limit",
        )
    wide = _narrower(diagram, output, beside)
    fewer = output.replaced(precision=_FEWER_DIGITS)
    if wide[1].width * _X <= _WIDE or size > _TRIED or output.precision != Output().precision:
        return (*wide, output.precision)
    small = _narrower(diagram, fewer, boxes(diagram, fewer, _TEXT_WIDTH, grid=_GRID))
    if small[1].width > _WORTH * wide[1].width:
        return (*wide, output.precision)
    return (*small, _FEWER_DIGITS)


def _narrower(diagram: Diagram, output: Output, beside: list[Drawn]) -> tuple[list[Drawn], Layout]:
    """Boxes ``beside`` each other or, where that is too wide and this is narrower, below."""
    layout = arranged(beside, 2, _GRID.lane)
    if layout.width * _X <= _WIDE:
        return beside, layout
    below = boxes(diagram, output, _TEXT_WIDTH, down=True, grid=_GRID)
    deep = arranged(below, 2, _GRID.lane)
    return (below, deep) if deep.width < layout.width else (beside, layout)


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


def _head(each: Drawn, layout: Layout, port: int) -> str:
    """The head of the wire that arrives at a port of a box."""
    left, top = each.corner(layout)
    if each.down:
        across, tip = _centre(left + port, top)
        return f'<path d="M{across:g} {tip:g}l-4 -9h8z"/>'
    tip, row = _centre(left, top + port)
    return f'<path d="M{tip:g} {row:g}l-9 -4v8z"/>'


def _label(each: Drawn, layout: Layout, port: int, label: str) -> str:
    """What flows on a wire, written over it, where it runs straight to its box."""
    left, top = each.corner(layout)
    length = cell_len(label) * _X
    if each.down:
        across, end = _centre(left + port, top)
        start, middle = end - (each.lead + 1) * _Y, end - (each.lead - 1) * _Y
        way, x = f"M{across:g} {start:g}V{end - _X:g}", across - length / 2
    else:
        end, middle = _centre(left, top + port)
        start = end - (each.lead + 1) * _X
        way, x = f"M{start:g} {middle:g}H{end - _X:g}", end - each.lead * _X - _X / 2
    line = f'<path d="{way}" stroke="{_WIRE}" stroke-width="1.5"/>'
    if not label:
        return line
    size = f'width="{length + 4}" height="16"'
    ground = f'<rect x="{x - 2:g}" y="{middle - 8:g}" {size} fill="#fff"/>'
    text = f'<text x="{x:g}" y="{middle + 4:g}" fill="{_INK["magenta"]}" textLength="{length}"'
    return f'{line}{ground}{text} lengthAdjust="spacingAndGlyphs">{escape(label)}</text>'


def _box(each: Drawn, layout: Layout, used: bool) -> str:
    left, top = each.corner(layout)
    inset = _Y / 2 if each.down else _INSET
    x, y = left * _X + _X // 2, top * _Y + inset
    width, height = (each.width - 1) * _X, each.height * _Y - 2 * inset
    if each.box.leaf:
        fill, edge = "#ddf4ff", "#54aeff"
    else:
        fill, edge = ("#f6f8fa", "#57606a") if used else ("#dafbe1", "#1a7f37")
    labels = "".join(
        _label(each, layout, port, label)
        for port, label in zip(each.box.ports, each.labels if each.lead else (), strict=False)
    )
    first = y + (height - len(each.lines) * _LINE) / 2 + _BASE
    texts = "".join(
        _line(line, x + _X + _X // 2, first + row * _LINE) for row, line in enumerate(each.lines)
    )
    frame = f'<rect x="{x}" y="{y:g}" width="{width}" height="{height:g}" rx="5"'
    return f'<g>{labels}{frame} fill="{fill}" stroke="{edge}"/>{texts}</g>'


def _line(line: Line, x: float, y: float) -> str:
    """A line of text; SVG drops blanks at its beginning, so it begins further to the right."""
    text, style = line
    shown = text.lstrip()
    return (
        f'<text x="{x + (len(text) - len(shown)) * _X:g}" y="{y:g}" '
        f'fill="{_INK.get(style, _TEXT)}" textLength="{cell_len(shown) * _X}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(shown)}</text>'
    )


def is_large(diagram: Diagram) -> bool:
    """Whether a diagram is folded unless all of it is asked for."""
    return len(diagram.parts) > _LARGE


def page(picture: str, dark: str = "") -> str:
    """An SVG on an HTML page of its own that needs nothing from elsewhere.

    ``dark`` is the colour of the picture's ground on a dark screen, if it has one there; else both
    stay light, whatever the reader's choice.
    """
    schemes = "light dark" if dark else "light"
    on_dark = "@media screen and (prefers-color-scheme: dark)"
    darkened = f"{on_dark} {{ body {{ background: {dark}; }} }}\n" if dark else ""
    title = picture.partition("<title>")[2].partition("</title>")[0]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n"
        f":root {{ color-scheme: {schemes}; }}\n"
        "body { margin: 1rem; background: #fff; }\n"
        f"{darkened}"
        "svg { display: block; max-width: 100%; height: auto; margin: auto; }\n"
        "@media screen and (max-width: 40rem) { svg.graph { max-width: none; } }\n"
        "@media print { body { margin: 0; background: none; } }\n"
        f"</style>\n</head>\n<body>\n{picture}</body>\n</html>\n"
    )
