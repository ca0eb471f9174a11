"""What ``autograd plot`` marks is there: no rounding, no false pole, nothing cut off or hidden."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from itertools import product
from math import pi

import pytest
from support_cli import autograd

from autograd_cli.drawing.glyphs import UNICODE
from autograd_cli.reports.along import Along
from autograd_cli.reports.curves import course
from autograd_cli.reports.limits import limits
from autograd_grammar import parse
from autograd_graph import OPERATORS, Tape

SVG = "{http://www.w3.org/2000/svg}"


def of(expression, start=-2.0, end=2.0, columns=139):
    return course(expression, Along(Tape(parse(expression)), {}, "x"), start, end, columns)


def marks(expression, start=-2.0, end=2.0, columns=139):
    found = of(expression, start, end, columns).places
    return [(place.kind, pytest.approx(place.at, abs=1e-6)) for place in found]


@pytest.mark.parametrize("columns", [138, 139, 241])
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1/(x*(x - 1)*(x - 1.001))", [0.0, 1.0, 1.001]),
        ("1/((x - 0.5)*(x - 0.503))", [0.5, 0.503]),
        ("1/cos(x)/cos(x - 0.004)", [-(pi / 2), 0.004 - pi / 2, pi / 2, 0.004 + pi / 2]),
        ("1/(x^2 + 1e-6)", []),
        ("exp(-1e4*(x - 0.5)^2)", []),
    ],
)
def test_poles_side_by_side_are_told_apart(expression, expected, columns):
    """They are nearer to each other than the points of the picture."""
    found = marks(expression, columns=columns)
    assert found == [("pole", pytest.approx(at, abs=1e-6)) for at in expected]


@pytest.mark.parametrize("columns", [138, 139, 241])
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1/(x - 1e10)", [("pole", 1e10)]),
        ("abs(x - 1e10)", [("kink", 1e10)]),
        ("floor(x/1e10)", [("jump", 1e10)]),
        ("sqrt(x - 1e10)", [("steep", 1e10)]),
        ("(x - 1e10)^2", []),
        ("sin(x - 1e10)", []),
        ("cbrt(x)", []),
    ],
)
def test_where_digits_are_few_places_are_found_all_the_same(expression, expected, columns):
    assert marks(expression, 1e10 - 5, 1e10 + 5, columns) == expected


@pytest.mark.parametrize("columns", [139, 241])
@pytest.mark.parametrize(
    "expression",
    [
        "sin(x)^2 + cos(x)^2", "log(exp(x))", "sigmoid(x) + sigmoid(-x)", "sqrt(x^2 + 1)^2 - x^2",
        "exp(x)*exp(-x)", "1e8 + sin(x) - 1e8", "max(x, -9) - x", "sqrt(x^2) - abs(x)",
        "x^3/(x^2 + 1)", "max(sin(x)^2 + cos(x)^2, 0.5)", "x^6 - 6*x^5 + 15*x^4 - 20*x^3 + 15*x^2",
        "(x - 1)^6/1e-9 + 0*abs(x + 7)", "x*abs(x)", "tanh(1e5*x)",
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
        ("1e-300/x", [("pole", 0.0)]),
        ("1e5/(exp(1/x) + 1)", [("jump", 0.0)]),
        ("exp(1/(x^2 - 1))", [("pole", -1.0), ("pole", 1.0)]),
    ],
)
def test_only_what_grows_without_bound_is_a_pole(expression, expected):
    assert marks(expression, -2.5, 2.5, 138) == expected
    assert marks(expression, -2.5, 2.5, 139) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sin(x)/x", [("gap", 0.0)]), ("1/x", [("pole", 0.0)]), ("sqrt(x)", [("steep", 0.0)]),
        ("log(x)", [("pole", 0.0)]), ("x*log(x)", []), ("exp(exp(5*x))", []),
        ("floor(x/2)", [("jump", 2.0)]),
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
        ("1e-300*floor(x)", [("jump", -1.0), ("jump", 0.0), ("jump", 1.0)]),
        ("1e-300*abs(x - 0.25)", [("kink", 0.25)]),
        ("x + 1e-6*floor(x)", [("jump", -1.0), ("jump", 0.0), ("jump", 1.0)]),
        ("x + 1e-3*abs(x)", [("kink", 0.0)]),
        ("exp(x) + 1e-6*abs(x - 0.3)", [("kink", 0.3)]),
        ("sin(9*x) + 1e-6*max(x, 1.1)", [("kink", 1.1)]),
        ("sqrt(x^2)", [("kink", 0.0)]),
        ("sqrt(abs(x))", [("steep", 0.0)]),
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


def test_passes_and_bounds_on_rounding_count_as_work() -> None:
    """By nodes, and those that take longer by how much longer, where they do."""
    for program, values, slopes in (("abs(x) + 1/x", 5, 5), ("gamma(x)", 2, 101)):
        tape = Tape(parse(program))
        function = Along(tape, {}, "x")
        start = function.work
        function.value(0.5)
        assert start - function.work == values
        function(0.5)
        assert start - function.work == values + slopes
        function.sample(0.5)
        assert start - function.work == values + 2 * slopes


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


# infinite slopes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [138, 139, 241])
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cbrt(x)", [0.0]),
        ("sign(x)*sqrt(abs(x))", [0.0]),
        ("cbrt(x - 1/3)", [1 / 3]),
        ("sqrt(x)", [0.0]),
        ("sqrt(x - 0.7)*log(x + 3)", [0.7]),
        ("sqrt(1 - x^2)", [-1.0, 1.0]),
        ("asin(x)", [-1.0, 1.0]),
        ("acosh(x)", [1.0]),
        ("x^0.99", [0.0]),
        ("sqrt(x^2 - 2)", [-(2**0.5), 2**0.5]),
    ],
)
def test_an_infinite_slope_of_a_continuous_curve_is_told(expression, expected, columns):
    """By hand: where the derivative has no finite limit and the function has its own."""
    assert marks(expression, columns=columns) == [
        ("steep", pytest.approx(at, abs=1e-6)) for at in expected
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("log(x)", [("pole", 0.0)]),
        ("1/sqrt(x)", [("pole", 0.0)]),
        ("1/sqrt(x^2 - 1)", [("pole", -1.0), ("pole", 1.0)]),
        ("atanh(x)", [("pole", -1.0), ("pole", 1.0)]),
        ("sqrt(abs(x))", [("steep", 0.0)]),
        ("where(x < 0, x, sqrt(x))", [("steep", 0.0)]),
        ("x*log(x)", []),
        ("where(x < 0, 0/0, x)", []),
        ("x^1.5", []),
    ],
)
def test_what_a_curve_does_at_a_border_of_its_domain(expression, expected):
    assert marks(expression, -2.0, 2.0) == expected


# no finite value ---------------------------------------------------------------------------------


def empty(expression, start=-2.0, end=2.0, columns=139):
    return [part.words("x", UNICODE) for part in of(expression, start, end, columns).empty]


@pytest.mark.parametrize("columns", [138, 139, 241])
@pytest.mark.parametrize(
    ("expression", "start", "end", "expected"),
    [
        ("sqrt(x-4)*log(x)+1", 0, 8, ["x < 4"]),
        ("sqrt(x)", -2, 2, ["x < 0"]),
        ("log(x)", -2, 2, ["x ≤ 0"]),
        ("sqrt(1 - x)", -2, 2, ["x > 1"]),
        ("1/sqrt(1 - x)", -2, 2, ["x ≥ 1"]),
        ("sqrt(x^2 - 1)", -3, 3, ["-1 < x < 1"]),
        ("1/sqrt(x^2 - 1)", -3, 3, ["-1 ≤ x ≤ 1"]),
        ("asin(x)", -2, 2, ["x < -1", "x > 1"]),
        ("sqrt(x^2 - 2)", -2, 2, ["-1.41421 < x < 1.41421"]),
        ("where(x <= 1, 0/0, x)", -2, 2, ["x ≤ 1"]),
        ("exp(x)", 0, 1000, ["x > 709.783"]),
        ("sqrt(x)", 0, 2, []),
        ("1/x", -2, 2, []),
        ("1/x^200", -2, 2, []),
        ("exp(1/x)", -2, 2, []),
        ("sin(x)/x", -2, 2, []),
        ("x^3", -2, 2, []),
        ("log(-x^2 - 1)", -2, 2, []),
    ],
)
def test_a_stretch_without_values_is_told_with_its_ends(expression, start, end, expected, columns):
    """An end belongs to it where the function has no finite value there."""
    assert empty(expression, start, end, columns) == expected


SHOWN = ("sqrt(x-4)*log(x)+1", "--x=0:8")


def test_a_terminal_and_notes_on_a_table_say_the_same() -> None:
    drawn = autograd("plot", *SHOWN, "--format", "table")
    for run, text in ((drawn, drawn.out), ((told := autograd("plot", *SHOWN)), told.err)):
        assert run.status == 0
        assert "no finite value for x < 4" in text
        assert re.search(r"infinite slope( \(.\))? at x = 4", text)
    assert autograd("plot", *SHOWN, "--quiet").err == ""
    assert "no finite value for x ≤ 0" in autograd("plot", "log(x)", "--format", "table").out
    plain = autograd("plot", "log(x)", "--format", "table", "--ascii").out
    assert "no finite value for x <= 0" in plain


def test_a_picture_shades_where_there_is_no_value_and_says_so() -> None:
    root = ET.fromstring(autograd("plot", *SHOWN, "--to", "svg").out)
    named = [text.text for text in root.iter(f"{SVG}text")]
    assert {"no finite value", "infinite slope"} <= {*named}
    (band,) = (
        each for each in root.iter(f"{SVG}rect") if each.get("class") == "none" and len(each)
    )
    assert [title.text for title in band] == ["no finite value for x < 4"]
    left, width = float(band.get("x") or 0), float(band.get("width") or 0)
    (four,) = (
        float(t.get("x") or 0)
        for t in root.iter(f"{SVG}text")
        if t.text == "4" and t.get("text-anchor") == "middle"
    )
    assert left + width == pytest.approx(four, abs=0.2)


def test_a_curve_is_drawn_up_to_where_its_domain_ends() -> None:
    """The first sample with a value is right of 4/3; the curve begins at 4/3 and 0 itself."""
    root = ET.fromstring(autograd("plot", "sqrt(x - 4/3)", "--x=0:8", "--to", "svg").out)
    curve = next(path for path in root.iter(f"{SVG}path") if path.get("stroke") == "#0969da")
    x, y = map(float, re.findall(r"[\d.]+", curve.get("d") or "")[:2])
    assert x == pytest.approx(72 + (640 - 72 - 16) * (4 / 3) / 8, abs=0.1)
    zeros = [each.get("d") or "" for each in root.iter(f"{SVG}path") if each.get("class") == "zero"]
    (zero,) = (drawn for drawn in zeros if "H" in drawn)
    assert y == pytest.approx(float(re.findall(r"[\d.]+", zero)[1]), abs=0.1)


def test_json_has_places_stretches_and_whether_all_was_searched() -> None:
    found = json.loads(autograd("plot", *SHOWN, "--format", "json").out)
    assert found["awkward"] == [{"kind": "infinite slope", "at": 4.0, "value": 1.0}]
    assert found["no_finite_value"] == [[0.0, 4.0]]
    assert found["searched"] is True
    words = ("plot", "floor(x + 5)/(x - 0.5)", "--x=0.2:1.1", "--format=json")
    found = json.loads(autograd(*words).out)
    assert found["awkward"] == [
        {"kind": "pole", "at": 0.5, "value": None},
        {"kind": "jump", "at": 1.0, "value": None},
    ]
    assert found["no_finite_value"] == []


@pytest.mark.parametrize(
    ("expression", "kind", "at", "value"),
    [
        ("cbrt(x)", "infinite slope", 0.0, 0.0),
        ("cbrt(x - 0.3) + 2", "infinite slope", 0.3, 2.0),
        ("sqrt(abs(x))", "infinite slope", 0.0, 0.0),
        ("3 - sqrt(abs(x - 0.3))", "infinite slope", 0.3, 3.0),
        ("where(x < 0.3, 1, 1 + sqrt(x - 0.3))", "infinite slope", 0.3, 1.0),
        ("abs(x - 0.3)", "kink", 0.3, 0.0),
        ("sin(x)/x", "undefined", 0.0, pytest.approx(1.0, abs=1e-9)),
        ("x/x", "undefined", 0.0, 1.0),
        ("0*x/x", "undefined", 0.0, 0.0),
        ("x*sin(1/x)", "undefined", 0.0, pytest.approx(0.0, abs=1e-9)),
        ("sin(1/x)", "undefined", 0.0, None),
        ("1e6*sin(1/x)", "undefined", 0.0, None),
    ],
)
def test_the_value_at_a_place_is_that_there_or_its_limit(expression, kind, at, value):
    """By hand. What has no limit has no value where it is undefined."""
    found = json.loads(autograd("plot", expression, "--x=-1:1", "--format=json").out)
    assert found["awkward"] == [{"kind": kind, "at": at, "value": value}]


@pytest.mark.parametrize("low", [-1.0, 3.0])
def test_a_place_without_a_limit_is_marked_at_the_lower_end_of_the_picture(low: float) -> None:
    root = ET.fromstring(autograd("plot", f"sin(1/x) + {low + 2}", "--x=-1:1", "--to=svg").out)
    area = next(root.iter(f"{SVG}clipPath"))[0]
    foot = float(area.get("y") or 0) + float(area.get("height") or 0)
    (mark,) = [g[1] for g in root.iter(f"{SVG}g") if g.findtext(f"{SVG}title") == "undefined"]
    assert foot - 10 < float(mark.get("cy") or 0) < foot
    assert float(mark.get("cx") or 0) == pytest.approx(72 + (640 - 72 - 16) / 2, abs=0.1)


LARGE = "+".join(f"tanh({k}*x)*floor({k}*x)" for k in range(1, 101))


@pytest.mark.parametrize("program", [LARGE, "floor(10000*x)"])
def test_data_say_that_not_all_was_searched(program: str) -> None:
    for form in ("tsv", "csv", "markdown"):
        run = autograd("plot", program, "--x=-2:2", f"--format={form}")
        told = of(program, columns=241).unsaid
        assert run.status == 0
        assert f"note: {told}" in " ".join(run.err.split())
    run = autograd("plot", program, "--x=-2:2", "--format=json")
    assert json.loads(run.out)["searched"] is False
    assert run.err == ""


# heights -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "least", "most"),
    [
        ("1e-300*abs(x - 0.2)", 2e-300, 4e-300),
        ("1e-12*sin(3*x)", 4e-12, 7e-12),
        ("1e-300/x", 1e-301, 1e-297),
        ("1e300*x^3", 8e300, 2.5e301),
        ("sin(x)^2 + cos(x)^2 - 1", 1.0, 3.0),
        ("x - x", 1.0, 3.0),
        ("8e307*x", 8e307, 1.79e308),
    ],
)
def test_a_curve_fills_the_height_whatever_its_size_and_rounding_does_not(expression, least, most):
    low, high = limits(of(expression, -2, 2, 241))
    assert least < high - low < most


@pytest.mark.parametrize(
    "program", ["8e307*x", "1e308*sign(x)", "1e308*x*y", "1e-320*x", "x*y*1e-320"]
)
@pytest.mark.parametrize("extra", [("--format", "table"), ("--to", "svg"), ("--format", "json")])
def test_the_largest_and_the_smallest_numbers_are_drawn(program, extra):
    run = autograd("plot", program, "--x=-2:2", *(("--y=-1:1",) if "y" in program else ()), *extra)
    assert (run.status, run.err) == (0, "")


# beside poles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "span", "ways"),
    [
        ("1/x", (-2, 2), {0: (-1, 1)}),
        ("1/x^2", (-2, 2.1), {0: (1, 1)}),
        ("gamma(x)", (-1.5, 2), {-1: (1, -1), 0: (-1, 1)}),
        ("log(x - 1)", (0, 4), {1: (0, -1)}),
        ("log(3 - x)", (0, 4.1), {3: (-1, 0)}),
        ("1/x", (0, 2), {0: (0, 1)}),
    ],
)
def test_a_curve_goes_on_to_the_edge_beside_a_pole(program, span, ways):
    """Up (1), down (-1), or on that side not at all, as the function does by hand."""
    low, high = span
    run = autograd("plot", program, f"--x={low}:{high}", "--to", "svg")
    root = ET.fromstring(run.out)
    area = next(root.iter(f"{SVG}clipPath"))[0]
    top, height = (float(area.get(k) or 0) for k in ("y", "height"))
    curve = next(path for path in root.iter(f"{SVG}path") if path.get("stroke") == "#0969da")
    strands = [
        [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", each)]
        for each in re.findall(r"M[^M]*", curve.get("d") or "")
        if "L" in each  # a point by itself is not drawn
    ]
    for at, sides in ways.items():
        x = 72 + (640 - 72 - 16) * (at - low) / (high - low)
        for place, way in zip(("last", "first"), sides, strict=True):
            ends = [(s[-2], s[-1]) if place == "last" else (s[0], s[1]) for s in strands]
            near = [y for a, y in ends if abs(a - x) < 0.2]
            if way and not (at == low and place == "last"):
                (y,) = near
                assert y < top if way > 0 else y > top + height
            else:
                assert near == [] or at == low
    text = autograd("plot", program, f"--x={low}:{high}", "--format", "table").lines
    if any(1 in sides for sides in ways.values()):
        assert re.search("[\u2801-\u28ff]", text[1][10:])
    if any(-1 in sides for sides in ways.values()):
        assert re.search("[\u2801-\u28ff]", text[15][10:])


# branches that are not taken ---------------------------------------------------------------------


@pytest.mark.parametrize("columns", [138, 139, 241])
@pytest.mark.parametrize(
    ("expression", "start", "end", "expected"),
    [
        ("where(x < 2, 3, 4 + sqrt(x - 2))", 0.0, 4.0, [("jump", 2.0)]),
        ("where(x < 1, 2, where(x < 2, 3, sqrt(x - 2)))", 0.0, 1.8, [("jump", 1.0)]),
        ("where(x < 1, 1 - x, 3*(x - 1)) + 0*where(x < 2, 0, sqrt(x - 2))", 0.0, 1.8,
         [("kink", 1.0)]),
        ("where(x < 1, 1 - x, 3*(x - 1)) + where(x > -1, 0, log(x)/exp(1e3))", 0.0, 2.0,
         [("kink", 1.0)]),
    ],
)  # fmt: skip
def test_a_branch_that_is_not_taken_hides_no_place(expression, start, end, expected, columns):
    """It is nan or infinite there, and the value does not depend on it."""
    found = marks(expression, start, end, columns)
    assert found == [(kind, pytest.approx(at, abs=1e-6)) for kind, at in expected]
