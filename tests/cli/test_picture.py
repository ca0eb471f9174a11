"""The picture, read back as a person would: wire by wire, character by character."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_cli.drawing.boxes import Drawn, arranged
from autograd_cli.drawing.glyphs import ASCII, UNICODE
from autograd_cli.drawing.layered import Box, place
from autograd_cli.views.graph import draw

LEFT, RIGHT, UP, DOWN = (-1, 0), (1, 0), (0, -1), (0, 1)
ARMS = {
    "─": (LEFT, RIGHT), "│": (UP, DOWN), "╭": (RIGHT, DOWN), "╮": (LEFT, DOWN),
    "╰": (RIGHT, UP), "╯": (LEFT, UP), "┬": (LEFT, RIGHT, DOWN), "┴": (LEFT, RIGHT, UP),
    "├": (RIGHT, UP, DOWN), "┤": (LEFT, UP, DOWN), "┼": (LEFT, RIGHT, UP, DOWN),
    "-": (LEFT, RIGHT), "|": (UP, DOWN), "▸": (), ">": (), " ": (),
}  # fmt: skip


def arms_at(screen, cell):
    """Where the character in a cell leads. An ASCII corner leads wherever a line comes to it."""
    character = at(screen, cell)
    if character != "+":
        return ARMS[character]
    beside = {LEFT: "-+", RIGHT: "-+>", UP: "|+", DOWN: "|+"}
    return [step for step, lines in beside.items() if at(screen, moved(cell, step)) in lines]


def at(screen, cell):
    x, y = cell
    inside = 0 <= y < len(screen) and 0 <= x < len(screen[y])
    return screen[y][x] if inside else " "


def moved(cell, step):
    return cell[0] + step[0], cell[1] + step[1]


TURNED = str.maketrans("─│╮╰┬├┴┤▾", "│─╰╮├┬┤┴▸")


def turned(screen):
    """A screen with columns for rows, so that what went down goes to the right."""
    width = max(map(len, screen))
    padded = [line.ljust(width) for line in screen]
    return ["".join(column).translate(TURNED) for column in zip(*padded, strict=True)]


def heads_from(screen, boxed, start, crossed=0):
    """The arrow heads that the wire leaving at ``start`` leads to.

    Going on straight is always allowed through a line that runs the other way: it is a crossing.
    ``crossed`` is the direction of the wire that is interrupted there: 0 across, 1 along.
    """
    found, seen, pending = set(), set(), [(start, RIGHT)]
    while pending:
        cell, step = pending.pop()
        target = moved(cell, step)
        if (cell, step) in seen:
            continue
        seen.add((cell, step))
        assert target not in boxed, f"a wire runs into a box at {target}"
        character = at(screen, target)
        if character in "▸>":
            assert step == RIGHT
            found.add(target)
            continue
        arms = arms_at(screen, target)
        back = (-step[0], -step[1])
        if back in arms:
            pending += [(target, arm) for arm in arms if arm != back]
        else:
            assert character in ("│|", "─")[crossed], (
                f"a wire breaks off at {target}: {character!r}"
            )
            assert step[1 - crossed] == 0
            pending.append((target, step))
    return found


def read_back(layout, boxes, screen, crossed=0):
    """The edges that the drawing shows."""
    boxed, doors = set(), {}
    for box in boxes:
        left, top = layout.at[box.node]
        for y in range(top, top + box.height):
            boxed.update((x, y) for x in range(left, left + box.width - box.leaf))
            if not box.leaf:
                doors[left - 1, y] = box.node
    used = {arg for box in boxes for arg in box.args}
    edges = []
    for box in boxes:
        if box.node in used:
            left, top = layout.at[box.node]
            start = (left + box.width - 1 - box.leaf, top + box.out)
            heads = heads_from(screen, boxed - {start}, start, crossed)
            edges += [(box.node, doors[head]) for head in heads]
    return sorted(edges)


@st.composite
def graphs(draw_from):
    """Boxes as programs make them: leaves, and nodes over one to five of those before."""
    leaves = draw_from(st.integers(1, 8))
    boxes = [Box(n, (), draw_from(st.integers(3, 9)), draw_from(st.integers(1, 3)), (), 0, True)
             for n in range(leaves)]  # fmt: skip
    for node in range(leaves, leaves + draw_from(st.integers(1, 14))):
        args = tuple(draw_from(st.lists(st.integers(0, node - 1), max_size=5, unique=True)))
        inside = max(len(args), draw_from(st.integers(1, 3)))
        ports = tuple(1 + (2 * n + 1) * inside // (2 * len(args)) for n in range(len(args)))
        width = draw_from(st.integers(5, 12))
        boxes.append(Box(node, args, width, inside + 2, ports, (inside + 1) // 2, False))
    return boxes


@pytest.mark.parametrize(("pen", "spacing"), [(UNICODE, 2), (UNICODE, 1), (ASCII, 2)])
@settings(max_examples=150)
@given(boxes=graphs())
def test_the_wires_on_the_screen_are_the_edges_of_the_graph(pen, spacing, boxes):
    layout = place(boxes, spacing)
    text = draw(layout, [Drawn(box, [(str(box.node), "")]) for box in boxes], pen).plain
    screen = text.split("\n")
    assert read_back(layout, boxes, screen) == sorted(
        (arg, box.node) for box in boxes for arg in box.args
    )


@settings(max_examples=150)
@given(graphs())
def test_a_picture_that_goes_down_is_one_that_goes_right_turned(boxes):
    drawn = [Drawn(box, [], down=True) for box in boxes]
    screen = turned(draw(arranged(drawn, 1), drawn, UNICODE).plain.split("\n"))
    tall = [replace(b, height=b.height - (not b.leaf)) for b in boxes]  # without the gap beside it
    assert read_back(place(boxes, 1), tall, screen, crossed=1) == sorted(
        (arg, box.node) for box in boxes for arg in box.args
    )


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_boxes_do_not_overlap_and_stand_right_of_their_arguments(boxes):
    layout = place(boxes)
    cells = [
        (x, y)
        for box in boxes
        for left, top in [layout.at[box.node]]
        for x in range(left, left + box.width)
        for y in range(top, top + box.height)
    ]
    assert len(cells) == len(set(cells))
    assert all(0 <= x < layout.width and 0 <= y < layout.height for x, y in cells)
    for box in boxes:
        left = layout.at[box.node][0]
        assert all(layout.at[arg][0] < left for arg in box.args)
        assert not box.leaf or left == 0


@pytest.mark.parametrize("count", [3, 6, 10, 15])
@pytest.mark.parametrize("height", [1, 2, 3])
def test_wires_in_order_to_one_box_do_not_cross(count, height):
    """As of ``max(a, b, c, ...)``: the arguments stand in the order in which they arrive."""
    leaves = [Box(n, (), 4, height, (), height // 2, leaf=True) for n in range(count)]
    ports = tuple(range(1, count + 1))
    whole = Box(count, tuple(range(count)), 10, count + 2, ports, 1, leaf=False)
    layout = place([*leaves, whole], 2)
    assert not [cell for cell, nets in layout.cells().items() if len(nets) > 1]
