"""Where things stand in a page's picture: boxes for steps and inputs, a route for each wire.

The layout is that of the terminal's pictures, on a finer grid. A box has room to its left, in which
each wire that arrives runs straight and has its local derivative written on it. A step's value
leaves it at the height at which its deepest argument arrived, so that a long chain lies flat.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograd_cli.drawing.layered import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Box,
    Cell,
    Layout,
    item_count,
    leading,
    place,
)

CELL = 8
"""The side of a cell, in pixels."""

CHARACTER = 7.9
"""The width of a character in a box, in pixels: fonts of fixed width have 0.55 to 0.602 em."""

_LINE, _PADDING, _GAP, _ARRIVAL = 18, 8, 8, 72
"""The height of a line, the space around text, half the space between boxes, the room for a wire's
local derivative; in pixels."""

_FAR, _NEAR, _FEW = 3, 2, 8
"""Cells between two wires that arrive at a box: the first up to so many wires, then the second."""

_STEPS = {LEFT: (-1, 0), RIGHT: (1, 0), UP: (0, -1), DOWN: (0, 1)}


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a box: a node, its arguments, lines of so many characters."""

    node: int
    args: tuple[int, ...]
    lines: int
    characters: int


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A box in pixels."""

    x: float
    y: float
    width: float
    height: float


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """Rectangles by node, routes by pairs of an argument and its user, where wires branch."""

    width: float
    height: float
    boxes: Mapping[int, Rectangle]
    routes: Mapping[tuple[int, int], list[Point]]
    branches: Sequence[tuple[int, Point]]


def _cells(pixels: float) -> int:
    return -int(-pixels // CELL)


def arrange(contents: Sequence[Content]) -> Placed:
    """Place boxes, given with arguments before their users, the output last.

    Inputs stand in the first column unless the drawing would be much larger for it; then each
    stands just before its first user.
    """
    near = _boxes(contents, first_column=False)
    first = _boxes(contents, first_column=True)
    boxes = first if item_count(first) <= 1.5 * item_count(near) + 4 else near
    layout = place(boxes)
    return _in_pixels(layout, boxes)


def _boxes(contents: Sequence[Content], *, first_column: bool) -> list[Box]:
    leads = leading({content.node: content.args for content in contents})
    boxes = []
    for content in contents:
        count = len(content.args)
        each = _FAR if count <= _FEW else _NEAR
        inside = max(_cells(content.lines * _LINE + 2 * _PADDING), count * each)
        top = _cells(_GAP)
        ports = tuple(top + (2 * n + 1) * inside // (2 * count) for n in range(count))
        main = leads.get(content.node)
        width = _cells(content.characters * CHARACTER + 2 * _PADDING)
        boxes.append(
            Box(
                node=content.node,
                args=content.args,
                width=width + (_cells(_ARRIVAL) if count else 0),
                height=inside + 2 * top,
                ports=ports,
                out=top + inside // 2 if main is None else ports[main],
                leaf=first_column and not count,
                level=None if main is None else content.args[main],
            )
        )
    return boxes


def _centre(cell: Cell) -> Point:
    return cell[0] * CELL + CELL / 2, cell[1] * CELL + CELL / 2


def _in_pixels(layout: Layout, boxes: Sequence[Box]) -> Placed:
    found: dict[int, Rectangle] = {}
    for box in boxes:
        left, top = layout.at[box.node]
        room = _ARRIVAL if box.args else 0
        found[box.node] = Rectangle(
            x=left * CELL + room,
            y=top * CELL + _GAP,
            width=box.width * CELL - room,
            height=box.height * CELL - 2 * _GAP,
        )
    cells = layout.cells()
    routes: dict[tuple[int, int], list[Point]] = {}
    reached = {box.node: _reached(cells, box, layout.at[box.node]) for box in boxes}
    for box in boxes:
        left, top = layout.at[box.node]
        for arg, port in zip(box.args, box.ports, strict=True):
            path = _back(reached[arg], (left - 1, top + port))
            points = _corners([_centre(cell) for cell in path])
            start = found[arg]
            points[0] = (start.x + start.width, points[0][1])
            points[-1] = (found[box.node].x, points[-1][1])
            routes[arg, box.node] = points
    return Placed(
        width=layout.width * CELL,
        height=layout.height * CELL,
        boxes=found,
        routes=routes,
        branches=[
            (net, _centre(cell))
            for cell, nets in cells.items()
            for net, arms in nets.items()
            if arms.bit_count() > 2
        ],
    )


def _reached(
    cells: Mapping[Cell, Mapping[int, int]], box: Box, at: Cell
) -> dict[Cell, Cell | None]:
    """The cells of a box's wire, each with the one before it on the way from the box."""
    start = at[0] + box.width - 1, at[1] + box.out
    before: dict[Cell, Cell | None] = {start: None}
    waiting = deque([start])
    while waiting:
        cell = waiting.popleft()
        arms = cells.get(cell, {}).get(box.node, 0)
        for arm, (dx, dy) in _STEPS.items():
            following = cell[0] + dx, cell[1] + dy
            if arms & arm and following not in before:
                before[following] = cell
                waiting.append(following)
    return before


def _back(before: Mapping[Cell, Cell | None], cell: Cell) -> list[Cell]:
    path = [cell]
    while (previous := before[path[-1]]) is not None:
        path.append(previous)
    return path[::-1]


def _corners(points: list[Point]) -> list[Point]:
    """The ends of a route and the points where it turns."""
    kept = [points[0]]
    for a, b, c in zip(points, points[1:], points[2:], strict=False):
        if (b[0] - a[0], b[1] - a[1]) != (c[0] - b[0], c[1] - b[1]):
            kept.append(b)
    return [*kept, points[-1]]
