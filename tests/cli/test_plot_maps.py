"""The maps of ``autograd plot``: contours where the values are, and none across a jump or a pole.

The lines are read from the SVG, and held to formulas in Python.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, product
from math import atan2, exp, floor, isfinite, log, pi, sqrt, tan

import pytest
from support_cli import autograd

from autograd_cli.drawing.contours import Surface, levels

SVG = "{http://www.w3.org/2000/svg}"
HALF = 3.0
CELL = 2 * HALF / 80

Point = tuple[float, float]


@dataclass
class Map:
    """The lines of a map by what they are, as points of the program's inputs."""

    contours: dict[float, list[list[Point]]]
    seams: dict[str, list[list[Point]]]
    voids: list[list[Point]]
    legend: list[str]


def mapped(program: str) -> Map:
    run = autograd("plot", program, "--x=-3:3", "--y=-3:3", "--to", "svg")
    assert (run.status, run.err) == (0, "")
    root = ET.fromstring(run.out)
    area = next(root.iter(f"{SVG}clipPath"))[0]
    left, top, width, height = (float(area.get(k) or 0) for k in ("x", "y", "width", "height"))

    def lines(drawn: str) -> list[list[Point]]:
        found = []
        for strand in re.findall(r"M[^M]*", drawn):
            numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", strand)]
            found.append([
                ((x - left) / width * 2 * HALF - HALF, HALF - (y - top) / height * 2 * HALF)
                for x, y in zip(numbers[::2], numbers[1::2], strict=True)
            ])  # fmt: skip
        return found

    found = Map({}, {}, [], [])
    for path in root.iter(f"{SVG}path"):
        title = path.find(f"{SVG}title")
        if title is None:
            continue
        drawn = lines(path.get("d") or "")
        if path.get("class") == "none":
            found.voids = drawn
        elif title.text in ("jump", "pole"):
            found.seams[title.text] = drawn
        else:
            found.contours[float(title.text or "nan")] = drawn
    groups = [g for g in root.iter(f"{SVG}g") if g.get("class") == "legend"]
    found.legend = [text.text or "" for g in groups for text in g.iter(f"{SVG}text")]
    return found


def where(x: bool, one: float, other: float) -> float:
    return one if x else other


@pytest.mark.parametrize(
    ("program", "side"),
    [
        ("1/(x*y)+floor(x)", lambda x, y: (floor(x), y > 0)),
        ("floor(x)*y", lambda x, y: floor(x)),
        ("where(x > y, x, y*y)", lambda x, y: x > y),
        ("mod(x + y, 2)", lambda x, y: floor((x + y) / 2)),
        ("tan(x*y)", lambda x, y: floor(x * y / pi + 0.5)),
        ("1/(x^2 + y^2 - 4)", lambda x, y: x * x + y * y > 4),
        ("x/y + 1/(x - 0.31)", lambda x, y: (y > 0, x > 0.31)),
        ("atan2(y, x)", lambda x, y: x < 0 and y < 0),
        ("max(x, y)*sign(x - 1)", lambda x, y: x > 1),
        ("gamma(x)*y", lambda x, y: floor(min(x, 0.5))),
        ("sign(sin(x*y))*x", lambda x, y: floor(x * y / pi)),
    ],
)  # fmt: skip
def test_no_contour_goes_across_a_jump_or_a_pole(
    program: str, side: Callable[[float, float], object]
) -> None:
    """Both ends of each piece are on the same side: a tenth of a pixel from them, as drawn."""
    found = mapped(program)
    assert found.seams
    pieces = 0
    for strands in found.contours.values():
        for strand in strands:
            for (x1, y1), (x2, y2) in pairwise(strand):
                at = [(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t) for t in (0.2, 0.4, 0.6, 0.8)]
                if abs(x2 - x1) + abs(y2 - y1) > 0.1 * CELL:
                    assert len({side(x, y) for x, y in at}) == 1, (program, x1, y1, x2, y2)
                    pieces += 1
    assert pieces > 100


@pytest.mark.parametrize(
    ("program", "value"),
    [
        ("1/(x*y)+floor(x)", lambda x, y: 1 / (x * y) + floor(x)),
        ("where(x > y, x, y*y)", lambda x, y: where(x > y, x, y * y)),
        ("tan(x*y)", lambda x, y: tan(x * y)),
        ("exp(100*x*y)", lambda x, y: exp(100 * x * y)),
        ("100*(y - x^2)^2 + (1 - x)^2", lambda x, y: 100 * (y - x * x) ** 2 + (1 - x) ** 2),
        ("atan2(y, x)", lambda x, y: atan2(y, x)),
        ("1/(x - y)", lambda x, y: 1 / (x - y)),
        ("log(x)*y", lambda x, y: log(x) * y),
        ("sqrt(4 - x^2 - y^2)", lambda x, y: sqrt(4 - x * x - y * y)),
    ],
)
def test_contours_are_where_the_function_has_their_level(
    program: str, value: Callable[[float, float], float]
) -> None:
    """Around each of their points, no further than a part of a cell, it has less and more."""
    far = 0.2 * CELL
    around = [*product((-far, -far / 10, 0.0, far / 10, far), repeat=2)]

    def at(x: float, y: float) -> float:
        try:
            return value(x, y)
        except (ValueError, ZeroDivisionError, OverflowError):
            return float("nan")

    found = mapped(program)
    assert len(found.contours) >= 5
    for level, strands in found.contours.items():
        for x, y in (point for strand in strands for point in strand):
            near = [at(x + dx, y + dy) for dx, dy in around]
            near = [each for each in near if isfinite(each)]
            room = 1e-9 * abs(level)
            assert min(near) - room <= level <= max(near) + room, (program, level, x, y)


@pytest.mark.parametrize(
    ("program", "kind", "distance"),
    [
        ("floor(x)*y", "jump", lambda x, y: abs(x - round(x))),
        ("where(x > y, x, y*y)", "jump", lambda x, y: abs(x - y)),
        ("1/(x*y)", "pole", lambda x, y: min(abs(x), abs(y))),
        ("1/(x^2 + y^2 - 4)", "pole", lambda x, y: abs(sqrt(x * x + y * y) - 2)),
        ("log(abs(x - y/3))", "pole", lambda x, y: abs(x - y / 3)),
        ("floor(x) + floor(y)", "jump", lambda x, y: min(abs(x - round(x)), abs(y - round(y)))),
    ],
)
def test_jumps_and_poles_are_lines_of_their_own(
    program: str, kind: str, distance: Callable[[float, float], float]
) -> None:
    found = mapped(program)
    assert list(found.seams) == [kind]
    assert kind in found.legend
    points = [point for strand in found.seams[kind] for point in strand]
    assert max(distance(x, y) for x, y in points) < 0.02
    length = sum(
        abs(x2 - x1) + abs(y2 - y1)
        for strand in found.seams[kind]
        for (x1, y1), (x2, y2) in pairwise(strand)
    )
    assert length > 2 * HALF * 0.9


def test_a_branch_that_is_not_taken_hides_no_jump() -> None:
    """At x = 1 and at x = 2 it jumps, but where the branches meet; the root is nan below 2."""
    run = autograd(
        *("plot", "where(x < 1, 2*x, where(x < 2, 3 - y^2, sqrt(x - 2)))"),
        *("--x=0:4", "--y=-2:2", "--to", "svg"),
    )
    root = ET.fromstring(run.out)
    (drawn,) = [p for p in root.iter(f"{SVG}path") if p.findtext(f"{SVG}title") == "jump"]
    pairs = re.findall(r"([\d.]+) ([\d.]+)", drawn.get("d", ""))
    across = {(float(x) - 72) / (640 - 72 - 16) * 4.0 for x, _ in pairs}
    assert {round(x, 2) for x in across} == {1.0, 2.0}
    assert len(pairs) > 120  # nearly all of the 2 lines of 81 points


def test_a_program_that_changes_by_jumps_alone_is_said_to() -> None:
    found = mapped("floor(x)*floor(y)")
    assert found.contours == {}
    assert "f changes by jumps alone" in found.legend


@pytest.mark.parametrize(
    ("program", "area"),
    [
        ("log(x)*y", 18.0),
        ("sqrt(4 - x^2 - y^2)", 36 - 4 * pi),
        ("sqrt(x - y)", 18.0),
        ("asin(x)*y", 24.0),
        ("1/(x*y)", 0.0),
        ("x*y", 0.0),
        ("sin(x*y)/x", 0.0),
    ],
)
def test_where_there_is_no_finite_value_is_shaded_and_said(program: str, area: float) -> None:
    found = mapped(program)
    total = sum(
        abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(o, [*o[1:], o[0]], strict=True)))
        for o in found.voids
    )
    assert total / 2 == pytest.approx(area, rel=0.01)
    assert ("no finite value" in found.legend) == (area > 0)
    drawn = autograd("plot", program, "--x=-3:3", "--y=-3:3", "--format", "table").out
    assert ("no finite value" in " ".join(drawn.split())) == (area > 0)
    assert ("╱╱╱╱" in drawn) == (area > 0)


def test_jumps_poles_and_levels_are_told_apart_without_colour() -> None:
    words = ("plot", "1/(x*y)+floor(x)", "--x=-3:3", "--y=-3:3", "--format", "table")
    head = " ".join(autograd(*words).out.split())
    assert "┊ jump" in head
    assert "│ pole" in head
    plain = autograd(*words, "--ascii").out
    assert ": jump" in plain
    assert "! pole" in plain
    rows = plain.splitlines()[2:24]
    assert sum(row.count(":") for row in rows) > 20
    assert sum(row.count("!") for row in rows) > 20


def test_levels_of_a_cliff_are_between_its_two_sides() -> None:
    found = mapped("tanh(50*(x - y^2))")
    assert len(found.contours) >= 4
    xs = (-1.0, 0.0, 1.0)
    noise = Surface(xs, xs, tuple(tuple(1.0 + 1e-16 * x for x in xs) for _ in xs))
    assert levels(noise) == []
    huge = Surface(xs, xs, tuple(tuple(1.7e308 * x for x in xs) for _ in xs))
    assert all(map(isfinite, levels(huge)))


def test_a_map_of_a_large_program_says_that_not_all_was_searched() -> None:
    program = "+".join(f"tanh({k}*x)*floor({k}*y)" for k in range(1, 301))
    words = ("plot", program, "--x=-2:2", "--y=-2:2")
    told = "not all was searched"
    assert json.loads(autograd(*words, "--format=json").out)["searched"] is False
    assert told in autograd(*words, "--format=tsv").err
    assert told in " ".join(autograd(*words, "--format=table").out.split())
    assert told in autograd(*words, "--to", "svg").out
    small = autograd("plot", "x*y", "--format=json")
    assert json.loads(small.out)["searched"] is True
    assert small.err == ""
