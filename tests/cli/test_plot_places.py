"""What ``autograd plot`` marks is there: no rounding, no false pole, nothing cut off or hidden."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import product

import pytest
from support_cli import autograd

from autograd_cli.reports.awkward import Along
from autograd_cli.reports.curves import course, limits
from autograd_grammar import parse
from autograd_graph import OPERATORS, Tape

SVG = "{http://www.w3.org/2000/svg}"


def of(expression, start=-2.0, end=2.0, columns=139):
    return course(expression, Along(Tape(parse(expression)), {}, "x"), start, end, columns)


def marks(expression, start=-2.0, end=2.0, columns=139):
    found = of(expression, start, end, columns).places
    return [(place.kind, pytest.approx(place.at, abs=1e-6)) for place in found]


@pytest.mark.parametrize("columns", [139, 241])
@pytest.mark.parametrize(
    "expression",
    [
        "sin(x)^2 + cos(x)^2", "log(exp(x))", "sigmoid(x) + sigmoid(-x)", "sqrt(x^2 + 1)^2 - x^2",
        "exp(x)*exp(-x)", "1e8 + sin(x) - 1e8", "max(x, -9) - x", "sqrt(x^2) - abs(x)",
        "x^3/(x^2 + 1)", "max(sin(x)^2 + cos(x)^2, 0.5)", "x^6 - 6*x^5 + 15*x^4 - 20*x^3 + 15*x^2",
        "(x - 1)^6/1e-9 + 0*abs(x + 7)", "cbrt(x)",
    ],
)  # fmt: skip
def test_rounding_is_no_awkward_place(expression, columns):
    assert marks(expression, columns=columns) == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(x^2 - 1)/(x - 1)", [("gap", 1.0)]),
        ("(x^2 - 4)/(x - 2)", [("gap", 2.0)]),
        ("x^2/x", [("gap", 0.0)]),
        ("sin(x)/x", [("gap", 0.0)]),
        ("abs(x)/x", [("jump", 0.0)]),
        ("tan(x)/x + floor(x/9)", [("pole", -1.570796), ("jump", 0.0), ("pole", 1.570796)]),
        ("atan(1/x)", [("jump", 0.0)]),
        ("1/x", [("pole", 0.0)]),
        ("1/(x - 0.3)^2", [("pole", 0.3)]),
        ("log(abs(x - 0.7))", [("pole", 0.7)]),
        ("exp(1/x)", [("pole", 0.0)]),
        ("(1 - cos(x))/x^2", [("gap", 0.0)]),
        ("(exp(x) - 1)/x", [("gap", 0.0)]),
        ("sin(1/x)", [("gap", 0.0)]),
        ("(x^2 - 1/9)/(x - 1/3)", [("gap", 1 / 3)]),
        ("1/(exp(1/x) + 1)", [("jump", 0.0)]),
        ("1e-9/x", [("pole", 0.0)]),
    ],
)
def test_only_what_grows_without_bound_is_a_pole(expression, expected):
    assert marks(expression, -2.5, 2.5, 138) == expected
    assert marks(expression, -2.5, 2.5, 139) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sin(x)/x", [("gap", 0.0)]), ("1/x", [("pole", 0.0)]), ("sqrt(x)", []), ("log(x)", []),
        ("floor(x/2)", [("jump", 2.0)]), ("exp(exp(5*x))", []),
    ],
)  # fmt: skip
def test_an_awkward_end_of_the_range_is_told(expression, expected):
    assert marks(expression, 0.0, 2.0) == expected


def test_the_last_point_of_a_staircase_stands_alone():
    drawn = of("floor(x)", -2, 2)
    assert 138 in drawn.value_breaks


@pytest.mark.parametrize("columns", [138, 139])
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1e-6*floor(x)", [("jump", -1.0), ("jump", 0.0), ("jump", 1.0)]),
        ("x + 1e-6*floor(x)", [("jump", -1.0), ("jump", 0.0), ("jump", 1.0)]),
        ("x + 1e-3*abs(x)", [("kink", 0.0)]),
        ("exp(x) + 1e-6*abs(x - 0.3)", [("kink", 0.3)]),
        ("sin(9*x) + 1e-6*max(x, 1.1)", [("kink", 1.1)]),
        ("sqrt(x^2)", [("kink", 0.0)]),
        ("sqrt(abs(x))", [("kink", 0.0)]),
        ("where(x == 1, 5, x)", [("jump", 1.0)]),
        ("mod(x, 1.5)", [("jump", -1.5), ("jump", 0.0), ("jump", 1.5)]),
    ],
)
def test_small_jumps_and_kinks_are_told_from_rounding(expression, expected, columns):
    assert marks(expression, -1.9, 1.9, columns) == expected


def test_an_undefined_point_is_named_so():
    run = autograd("plot", "sin(x)/x", "--x=-2:2", "--format", "table")
    assert "undefined at x = 0" in run.out
    assert "pole" not in run.out


@pytest.mark.parametrize(
    ("expression", "start", "end"),
    [
        ("exp(-50*x^2)", -2, 2), ("x^2", -3, 3), ("abs(x)^3", -2, 2), ("x^3 - 3*x", -2.5, 2.5),
        ("floor(x)", -3, 3), ("abs(x)/x", -2, 2), ("sin(30*x)", -2, 2), ("x - x", -1, 1),
    ],
)  # fmt: skip
def test_a_finite_curve_and_its_derivative_are_whole_with_room_around(expression, start, end):
    drawn = of(expression, start, end, 241)
    low, high = limits(drawn)
    room = 0.01 * (high - low)
    for number in (*drawn.values, *drawn.slopes):
        assert not abs(number) < 1e300 or low + room < number < high - room


@pytest.mark.parametrize(
    ("expression", "start", "end"),
    [("1/x", -2, 2), ("log(x)", -1, 5), ("tan(x)", -1.5707963267948966, 1.5707963267948966)],
)
def test_a_pole_does_not_flatten_the_rest(expression, start, end):
    low, high = limits(of(expression, start, end, 241))
    assert high - low < 100


def test_an_infinite_slope_does_not_flatten_the_function():
    low, high = limits(of("sqrt(x)", 0, 4, 241))
    assert low < 0 < 2 < high < 4


@pytest.mark.parametrize("extra", [("--format", "table"), ("--to", "svg")])
def test_a_program_without_a_finite_value_says_so(extra):
    run = autograd("plot", "sqrt(x) + log(0)", *extra)
    assert run.status == 1
    assert "no finite value" in run.out


@pytest.mark.parametrize("extra", [("--format", "table"), ("--to", "svg")])
@pytest.mark.parametrize("ranged", ["(x^2-4)/(x-2)|--x=-2:2.1", "-abs(x)|--x=-3:3", "x|--x=-1:1"])
def test_zero_has_no_sign_on_an_axis(ranged, extra):
    run = autograd("plot", *ranged.split("|"), *extra, env={"COLUMNS": "80"})
    assert not re.search(r"(^|[\s>])-0(?=[\s<]|$)", run.out, re.MULTILINE)


def test_one_line_is_drawn_of_a_sum_that_is_constant():
    root = ET.fromstring(autograd("plot", "sin(x)^2+cos(x)^2", "--x=-2:2", "--to", "svg").out)
    curve = [path for path in root.iter(f"{SVG}path") if path.get("clip-path")][-1]
    assert curve.get("d", "").count("M") == 1


def test_the_search_in_a_large_program_ends_and_says_so() -> None:
    program = "+".join(f"tanh({k}*x)*floor({k}*x)" for k in range(1, 101))
    found = autograd("plot", program, "--x=-2:2", "--format=table")
    assert found.status == 0
    assert "not all was searched for kinks, jumps, poles" in found.out


def test_jumps_between_two_points_of_the_picture_are_told_apart() -> None:
    """241 points from -2 to 2 are further apart than jumps at every hundredth."""
    found = marks("floor(100*x)", columns=241)
    assert found == [("jump", n / 100) for n in range(-199, 201)]


def test_jumps_that_are_too_many_to_be_told_apart_are_said_to_be() -> None:
    assert of("floor(10000*x)").crowded
    out = autograd("plot", "floor(10000*x)", "--x=-2:2", "--format=table").out
    assert "more kinks, jumps or poles than a picture can tell apart" in " ".join(out.split())
    assert not of("floor(100*x)").crowded


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1/x^200", [("pole", 0.0)]),
        ("1/(x - 0.3)^200", [("pole", 0.3)]),
        ("2e306*exp(5 - x^2)", []),
        ("exp(exp(7 - x^2))", []),
    ],
)
def test_a_pole_in_an_overflow_is_found_and_an_overflow_by_itself_is_none(expression, expected):
    assert marks(expression, columns=241) == expected


def test_a_sum_of_smooth_functions_is_searched_whole() -> None:
    waves = "+".join(f"sin({k}*x)/{k}" for k in range(1, 301))
    found = of(waves, -3.0, 3.0, 241)
    assert found.searched
    assert found.places == ()


def test_bounds_on_rounding_count_as_work() -> None:
    function = Along(Tape(parse("abs(x) + 1/x")), {}, "x")
    before = function._room
    function(0.5)
    passes = before - function._room
    function.sample(0.5)
    assert before - function._room == 2 * passes == 2


@pytest.mark.parametrize(
    "row", [r for r in OPERATORS.values() if r.awkward_in], ids=lambda r: r.name
)
def test_an_operator_is_awkward_by_the_arguments_that_its_row_names(row) -> None:
    """Whatever signs the others have: beside a change of the named ones there is no status."""
    others = [n for n in range(len(row.probe)) if n not in row.awkward_in]
    for signs in product((-1.0, 0.0, 1.0), repeat=len(others)):
        arguments = [1.5] * len(row.probe)
        for n, sign in zip(others, signs, strict=True):
            arguments[n] = sign * 2.0
        assert row.status(row.run(*arguments), (False,) * len(arguments), arguments) is None
