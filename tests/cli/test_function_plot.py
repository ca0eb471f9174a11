"""``autograd functions NAME``: what its drawing says about a function."""

from __future__ import annotations

import re

import pytest
from support_cli import autograd

from autograd_cli.drawing.glyphs import ASCII, UNICODE
from autograd_cli.drawing.plot import Curve, Grid
from autograd_cli.reports.curves import function_course as course
from autograd_cli.reports.limits import limits


def told(name, *extra, width=80):
    run = autograd("functions", name, "--format", "table", *extra, env={"COLUMNS": str(width)})
    assert (run.status, run.err) == (0, "")
    assert max(map(len, run.lines)) <= width
    return " ".join(run.out.split())


def places(name, kind):
    return [place.at for place in course(name, 139).places if place.kind == kind]


@pytest.mark.parametrize(
    ("name", "kind", "at"),
    [
        ("relu", "kink", [0.0]), ("abs", "kink", [0.0]), ("hardtanh", "kink", [-1.0, 1.0]),
        ("sign", "jump", [0.0]), ("round", "jump", [n + 0.5 for n in range(-6, 6)]),
        ("div", "pole", [0.0]), ("gamma", "pole", [-4.0, -3.0, -2.0, -1.0, 0.0]),
        ("tan", "pole", pytest.approx([-4.712389, -1.570796, 1.570796, 4.712389])),
    ],
)  # fmt: skip
def test_kinks_jumps_and_poles_are_where_mathematics_has_them(name, kind, at):
    assert places(name, kind) == at
    assert not [p for p in course(name, 139).places if p.kind != kind]


@pytest.mark.parametrize(
    "name", ["sigmoid", "tanh", "exp", "sin", "elu", "softplus", "cube", "erf"]
)
def test_smooth_functions_have_no_such_places(name):
    assert course(name, 139).places == ()


def test_saturation_is_told_where_the_slope_is_next_to_nothing():
    assert "saturated for x < -6 and x > 6: slope below 1% of its largest, 0.25" in told("sigmoid")
    assert "flat for x < 0: slope exactly 0" in told("relu")
    assert "kink (●) at x = 0" in told("relu")
    for name in ("exp", "cosh", "sin", "tan", "leaky_relu", "mul"):
        assert course(name, 139).flat == ()


def test_every_function_has_a_drawing():
    names = [row["name"] for row in autograd("functions").rows]
    for name in names:
        drawn = course(name, 60)
        low, high = limits(drawn)
        assert low < high
        assert any(low <= value <= high for value in drawn.values), name


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize("name", ["sigmoid", "relu", "tan", "floor", "huber"])
def test_it_can_be_drawn_without_unicode_and_at_any_width(name, width):
    _, legend, drawing = told(name, "--ascii", width=width).partition("* ")
    assert (legend + drawing).isascii()
    assert re.search("[\u2801-\u28ff]", told(name, width=width))


def test_a_curve_stands_where_its_values_are():
    grid = Grid(5, 5, 0.0, 4.0, ASCII)
    lines = [line.plain for line in grid.draw([Curve([0, 1, 2, 3, 4], "", "*")], [])]
    assert lines == ["    *", "   * ", "  *  ", " *   ", "*...."]


def test_a_steep_curve_is_joined_and_a_broken_one_is_not():
    grid = Grid(2, 5, 0.0, 4.0, ASCII)
    whole = [line.plain for line in grid.draw([Curve([0, 4], "", "*")], [])]
    broken = [line.plain for line in grid.draw([Curve([0, 4], "", "*", frozenset({1}))], [])]
    assert whole == [" *", " *", " *", " *", "*."]
    assert broken == [" *", "  ", "  ", "  ", "*."]


def test_braille_has_eight_dots_to_a_character():
    grid = Grid(1, 1, 1.0, 4.0, UNICODE)
    (line,) = grid.draw([Curve([4, 1], "", "*", frozenset({1}))], [])
    assert line.plain == chr(0x2800 + 0x01 + 0x80)  # the upper left dot and the lower right one
