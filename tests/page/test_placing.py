"""Where things stand in a page's picture: a long chain lies flat, nothing overlaps."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from random import Random

import pytest
from support_cli import SAMPLES

import autograd_cli as ag
from autograd_cli.page.model import model
from autograd_cli.page.placing import Content, Placed, Rectangle, arrange


def chain(length: int) -> list[Content]:
    """Steps of a chain, each with a weight of its own as its first argument."""
    found = [Content(0, (), 2, 12)]
    before = 0
    for n in range(length):
        weight, step = 2 * n + 1, 2 * n + 2
        found += [Content(weight, (), 2, 12), Content(step, (weight, before), 3, 20)]
        before = step
    return found


def scattered(seed: int) -> list[Content]:
    """A graph of some leaves and steps over any of the nodes before them."""
    draw = Random(seed)
    found = [Content(n, (), 2, draw.randint(8, 14)) for n in range(draw.randint(1, 6))]
    for n in range(len(found), len(found) + draw.randint(1, 25)):
        count = draw.randint(1, min(n, 5))
        args = tuple(draw.sample(range(max(0, n - 9), n), min(count, n, 9)))
        found.append(Content(n, args, draw.randint(3, 5), draw.randint(12, 38)))
    return found


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


def crosses(start: tuple[float, float], end: tuple[float, float], box: Rectangle) -> bool:
    """Whether a straight piece of a wire runs through a box's inside."""
    (x1, x2), (y1, y2) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return (
        x1 < box.x + box.width - 1
        and x2 > box.x + 1
        and y1 < box.y + box.height - 1
        and y2 > box.y + 1
    )


def sound(placed: Placed) -> list[str]:
    """What is wrong with an arrangement."""
    wrong = [
        f"boxes {a} and {b} overlap"
        for a, b in combinations(placed.boxes, 2)
        if overlap(placed.boxes[a], placed.boxes[b])
    ]
    for (arg, user), points in placed.routes.items():
        source, target = placed.boxes[arg], placed.boxes[user]
        if points[0][0] != source.x + source.width or points[-1][0] != target.x:
            wrong.append(f"the wire from {arg} to {user} does not reach both")
        for start, end in pairwise(points):
            if start[0] != end[0] and start[1] != end[1]:
                wrong.append(f"the wire from {arg} to {user} is slanted")
            wrong += [
                f"the wire from {arg} to {user} runs through {node}"
                for node, box in placed.boxes.items()
                if node not in (arg, user) and crosses(start, end, box)
            ]
    return wrong


@pytest.mark.parametrize("length", [3, 20, 60])
def test_a_long_chain_lies_flat(length: int) -> None:
    placed = arrange(chain(length))
    steps = [placed.boxes[n] for n in placed.boxes if n and n % 2 == 0]
    assert {box.y for box in steps[1:]} == {steps[-1].y}
    assert placed.height < 400
    for n in range(4, 2 * length, 2):
        assert len({y for _, y in placed.routes[n, n + 2]}) == 1, "its wire is straight"


def test_the_teaching_example_lies_flat_too() -> None:
    text = (SAMPLES / "cost_function.expr").read_text(encoding="utf-8")
    found = model(ag.compile(text)._program, None)
    placed = arrange([Content(p.node, p.args, 3, 14) for p in found.parts])
    steps = [part for part in found.parts if part.args]
    for before, after in pairwise(steps):
        assert len({y for _, y in placed.routes[before.node, after.node]}) == 1


@pytest.mark.parametrize("seed", range(40))
def test_no_box_and_no_wire_runs_over_another_box(seed: int) -> None:
    assert sound(arrange(scattered(seed))) == []


@pytest.mark.parametrize(
    "path",
    [p for p in sorted(SAMPLES.rglob("*.expr")) if p.parent.name != "errors"],
    ids=lambda path: path.name,
)
def test_samples_are_laid_out_soundly(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    given = {name: 0.75 for name, x in ag.compile(text).inputs.items() if x is None}
    found = model(ag.compile(text).at(given)._program, None)
    contents = [Content(p.node, p.args, 3 if p.args else 2, 20) for p in found.parts]
    assert sound(arrange(contents)) == []


def test_inputs_stand_in_the_first_column_of_a_small_graph_and_near_their_users_in_a_long_one() -> (
    None
):
    small, long = arrange(chain(3)), arrange(chain(20))
    assert len({small.boxes[n].x for n in small.boxes if n % 2}) == 1
    assert len({long.boxes[n].x for n in long.boxes if n % 2}) > 15
