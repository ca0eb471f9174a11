"""The picture of a page: an SVG that the page's script moves, and that stands without it."""

from __future__ import annotations

from html import escape

from autograd_cli.page.model import Model, Part
from autograd_cli.page.numbers import Numbers
from autograd_cli.page.placing import Content, Placed, Point, Rectangle, arrange
from autograd_cli.page.signs import signs
from autograd_graph.formula import Formula

_LONGEST, _MOST_LINES = 38, 4
"""The most characters of a formula's line in a box, and the most lines."""

_LINE, _LEFT, _FIRST, _BEND, _MARGIN = 18, 10, 20, 7, 10
"""In pixels: between lines, from the box's edge, to the first line, of a corner, around it all."""


def svg(model: Model, numbers: Numbers) -> str:
    """The SVG element."""
    lines = {part.node: _lines(part) for part in model.parts}
    placed = arrange([_content(part, lines[part.node], numbers) for part in model.parts])
    width, height = placed.width + 2 * _MARGIN, placed.height + 2 * _MARGIN
    title = f"The computation graph of {model.output.label}: inputs at the left, the output right"
    return "\n".join(
        [
            f'<svg class="graph" role="group" aria-label="{escape(title)}" width="{width:g}" '
            f'height="{height:g}" viewBox="{-_MARGIN} {-_MARGIN} {width:g} {height:g}" '
            f'style="--height: {height:g}px">',
            '<g class="wires" aria-hidden="true">',
            *_wires(model, numbers, placed),
            "</g>",
            '<g class="flows" aria-hidden="true"></g>',
            *(
                _box(model, numbers, part, placed.boxes[part.node], lines[part.node])
                for part in model.parts
            ),
            "</svg>",
        ]
    )


def _content(part: Part, lines: list[str], numbers: Numbers) -> Content:
    longest = max(*map(len, lines), len("grad -") + numbers.width)
    if part.formula is None:
        longest = max(longest, len(f"{part.label} = -") + numbers.width)
    return Content(part.node, part.args, len(lines) + 2 - (part.formula is None), longest)


def _lines(part: Part) -> list[str]:
    """A step's equation in short lines; the name of a leaf."""
    if part.formula is None:
        return [part.label]
    found = [f"{part.label} ="]
    for piece in _pieces(part.formula):
        if len(found[-1]) + len(piece) <= _LONGEST or not found[-1].strip():
            found[-1] += piece if found[-1].endswith("(") else f" {piece.strip()}"
        else:
            found.append(f"  {piece.strip()}")
    if len(found) > _MOST_LINES:
        found = [*found[: _MOST_LINES - 1], "  …"]
    return [line if len(line) <= _LONGEST + 6 else line[: _LONGEST + 5] + "…" for line in found]


def _pieces(formula: Formula) -> list[str]:
    """The addends of a formula in the signs of mathematics."""
    return [signs(addend) for addend in formula.addends]


def _box(model: Model, numbers: Numbers, part: Part, at: Rectangle, lines: list[str]) -> str:
    passes = model.passes
    value, status = passes.values[part.node], numbers.status(model, part)
    has_gradient = part.node in model.backward
    texts = []
    row = _FIRST
    for line in lines:
        texts.append(_text("label", row, f"{escape(line)} "))
        row += _LINE
    shown = numbers.text(value)
    if part.formula is None:
        offset = _LEFT + (len(part.label) + 1) * 7.83
        texts[-1] = _text("label", _FIRST, f"{escape(part.label)} ")
        texts.append(_text("value", _FIRST, f"= {shown} ", offset))
    else:
        texts.append(_text("value", row, f"= {shown} "))
        row += _LINE
    gradient = numbers.gradient(model, part.node)
    texts.append(_text("gradient", row, f"grad {gradient}" if has_gradient else ""))
    bar = numbers.share(model, part.node) * (at.width - 2 * _LEFT) if has_gradient else 0
    return (
        f'<g class="node {part.kind}{" awkward" if status not in ("ok", "unused") else ""}'
        f'{" unused" if status == "unused" else ""}" '
        f'data-node="{model.place[part.node]}" tabindex="0" role="button" aria-pressed="false" '
        f'transform="translate({at.x:g} {at.y:g})">'
        f'<rect class="box" width="{at.width:g}" height="{at.height:g}" rx="8"/>'
        f"{''.join(texts)}"
        f'<rect class="bar" x="{_LEFT}" y="{at.height - 6:g}" width="{bar:.1f}" height="3" '
        f'rx="1.5"/>'
        f"{_badge(status, at.width)}</g>"
    )


def _text(kind: str, y: float, text: str, x: float = _LEFT) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{text}</text>'


def _badge(status: str, width: float) -> str:
    """The status of a node on the upper edge of its box; empty while it is ok."""
    shown = "" if status in ("ok", "unused") else status
    hidden = "" if shown else " hidden"
    return (
        f'<g class="badge{hidden}" transform="translate({width - 10:g} -5)">'
        '<rect x="-74" y="-9" width="74" height="18" rx="9"/>'
        f'<text x="-37" y="4" text-anchor="middle">{shown}</text></g>'
    )


def _wires(model: Model, numbers: Numbers, placed: Placed) -> list[str]:
    """The wires, source by source: each has an edge in the paper's colour that parts crossings."""
    found = []
    for part in model.parts:
        mine = [(key, points) for key, points in placed.routes.items() if key[0] == part.node]
        paths = [(key, _path(points)) for key, points in mine]
        found += [f'<path class="halo" d="{path}"/>' for _, path in paths]
        found += [
            f'<path class="wire" data-from="{model.place[a]}" data-to="{model.place[b]}" '
            f'd="{path}"/>'
            for (a, b), path in paths
        ]
        found += [
            f'<circle class="branch" cx="{x:g}" cy="{y:g}" r="2.5"/>'
            for net, (x, y) in placed.branches
            if net == part.node
        ]
    for (arg, user), points in placed.routes.items():
        x, y = points[-1]
        found.append(f'<path class="head" d="M{x:g} {y:g}l-7 -3.5v7z"/>')
        local = numbers.local(model, user, arg)
        if local is not None:
            found.append(
                f'<text class="local" data-from="{model.place[arg]}" data-to="{model.place[user]}" '
                f'x="{x - 9:g}" y="{y - 5:g}" text-anchor="end">×{local}</text>'
            )
    return found


def _path(points: list[Point]) -> str:
    """A route with round corners."""
    pieces = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = _towards(corner, before), _towards(corner, after)
        pieces.append(f"L{ax:g} {ay:g}Q{corner[0]:g} {corner[1]:g} {bx:g} {by:g}")
    pieces.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return "".join(pieces)


def _towards(corner: Point, other: Point) -> Point:
    """The point on the way from a corner at which its bend begins."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = abs(dx) + abs(dy)
    part = min(_BEND, length / 2) / length if length else 0.0
    return corner[0] + part * dx, corner[1] + part * dy
