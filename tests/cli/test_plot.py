"""``autograd plot``: a program and its derivative over a range, a map over two."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from math import cos, hypot, isclose, pi, sin
from typing import Any

import pytest
from support_cli import Run, autograd

from autograd_cli.drawing.contours import Surface, levels, lines, strands
from autograd_cli.drawing.glyphs import UNICODE
from autograd_cli.drawing.scale import ticks

SVG = "{http://www.w3.org/2000/svg}"


def plot(*words: str, width: int = 80) -> Run:
    return autograd("plot", *words, env={"COLUMNS": str(width)})


def drawn(*words: str, width: int = 80) -> str:
    run = plot(*words, "--format", "table", width=width)
    assert (run.status, run.err) == (0, "")
    return run.out


def told(*words: str) -> dict[str, Any]:
    run = plot(*words, "--format", "json")
    assert (run.status, run.err) == (0, "")
    found: dict[str, Any] = json.loads(run.out)
    return found


def refused(*words: str) -> str:
    run = plot(*words)
    assert (run.status, run.out) == (2, "")
    assert "hint: " in run.err
    return run.err


# a curve -----------------------------------------------------------------------------------------


def test_data_are_the_program_and_its_derivative_from_end_to_end() -> None:
    points = told("sin(w*x)", "--w=3", "--x=-pi:pi/2")["points"]
    xs = [point["at"]["x"] for point in points]
    assert (xs[0], xs[-1]) == (-pi, pi / 2)
    assert all(a < b for a, b in pairwise(xs))
    for point in points:
        x = point["at"]["x"]
        assert isclose(point["value"], sin(3 * x), abs_tol=1e-12)
        assert isclose(point["gradients"]["x"], 3 * cos(3 * x), abs_tol=1e-12)


def test_table_has_a_row_for_each_point() -> None:
    rows = plot("x^2", "--x=0:2").rows
    assert list(rows[0]) == ["x", "value", "grad.x"]
    assert rows[-1] == {"x": "2.0", "value": "4.0", "grad.x": "4.0"}


def test_curve_is_drawn_with_its_range_and_its_awkward_points() -> None:
    text = drawn("abs(x - 1) + floor(x/2) + 1/(x + 3)", "--x=-4:4")
    assert "kink (●) at x = 1" in text
    assert "jump at x = -2, 0, 2" in text
    assert "pole at x = -3" in text
    assert re.search(r"-4 +0 +4$", text, re.MULTILINE)
    assert drawn("sin(x)", "--ascii", "--x=0:1").isascii()


def test_map_says_which_level_a_digit_is_with_colour_and_without() -> None:
    for words, count in ((["--ascii"], 5), ([], 10)):
        legend, *rows = drawn("x^2 + 3*y^2", *words).splitlines()
        named = dict(re.findall(r"(\d):([\d.]+)", legend))
        on_map = set(re.findall(r"\d", "".join(row[10:] for row in rows[:22])))
        assert on_map == set(named)
        assert len(named) == count
        assert [float(level) for level in named.values()] == sorted(map(float, named.values()))


def test_input_without_a_value_runs_over_the_usual_range() -> None:
    assert told("x^2 + k", "--k=1")["ranges"] == {"x": [-5, 5]}
    assert told("x*y")["ranges"] == {"x": [-5, 5], "y": [-5, 5]}
    assert "--x=-3:3" in refused("x + y + z")
    assert "--w=-3:3" in refused("w = 2; w^2")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["x^2", "--x=1:"], "two ends"),
        (["x^2", "--x=1:2:3"], "two ends"),
        (["x^2", "--x=2:1"], "is empty"),
        (["x^2", "--x=0:inf"], "is empty"),
        (["x", "--x=-1e308:1e308"], "wider than the largest double"),
        (["x^2", "--x=a:2"], "is no number"),
        (["x^2", "--x=0:1", "--x=1:2"], "two ranges"),
        (["x^2", "--x=0:1", "--x=2"], "a range and a value"),
        (["x^2", "--x=0:1", "--set", "x=2"], "a range and a value"),
        (["x*y*z", "--x=0:1", "--y=0:1", "--z=0:1"], "one or two ranges, not 3"),
        (["x*y", "--x=0:1"], "no value for the input y"),
        (["x^2", "--q=0:1"], "no input 'q'"),
        (["c = x^2; c", "--c=0:1"], "is a step"),
        (["x^2", "--lr", "0.1"], "--lr"),
        (["x^2", "--from", "y=1"], "no input 'y'"),
        (["x*w", "--w=1", "--x=0:1", "--from", "w=1"], "moves what runs over a range"),
        (["x*y", "--from", "x=1"], "no value of y to start from"),
    ],
)
def test_what_cannot_be_plotted_is_an_error_with_a_way_out(words: list[str], said: str) -> None:
    assert said in refused(*words)


def test_program_that_is_nowhere_a_number_is_no_success() -> None:
    run = plot("log(-x^2 - 1)", "--x=-1:1", "--format", "table")
    assert run.status == 1
    assert plot("log(x)", "--x=-1:1").status == 0


def test_widths_are_kept() -> None:
    for width in (40, 80, 120):
        for words in (("x^3", "--x=-1:1"), ("x^2 + y^2",)):
            assert max(map(len, drawn(*words, width=width).splitlines())) <= width


# a map -------------------------------------------------------------------------------------------


def surface(of: Any, size: int = 41, half: float = 2.0) -> Surface:
    xs = tuple(-half + 2 * half * n / (size - 1) for n in range(size))
    return Surface(xs, xs, tuple(tuple(of(x, y) for x in xs) for y in xs))


def test_contours_of_a_cone_are_circles() -> None:
    cone = surface(hypot)
    for level in (0.53, 1.07, 1.51):
        pieces = lines(cone, level)
        assert len(pieces) > 20
        for start, end in pieces:
            assert isclose(hypot(*start), level, abs_tol=0.01)
            assert isclose(hypot(*end), level, abs_tol=0.01)
        ends = [(round(x, 9), round(y, 9)) for piece in pieces for x, y in piece]
        assert all(ends.count(end) == 2 for end in set(ends))  # the line is closed


def test_contours_are_strands_from_end_to_end() -> None:
    (ring,) = strands(surface(hypot), 1.07)
    assert ring[0] == ring[-1]
    two = strands(surface(lambda x, y: x * y), 0.7)
    assert len(two) == 2
    for strand in two:
        for x, y in (strand[0], strand[-1]):
            assert 2.0 in (abs(x), abs(y))
        assert all(isclose(x * y, 0.7, abs_tol=0.01) for x, y in strand)


def test_contours_stop_where_the_function_is_not_defined() -> None:
    half = surface(lambda x, y: hypot(x, y) if x > 0 else float("nan"))
    assert all(start[0] > 0 and end[0] > 0 for start, end in lines(half, 1.0))
    assert levels(surface(lambda x, y: float("nan"))) == []
    assert levels(surface(lambda x, y: 3.0)) == []


def test_levels_part_the_map_evenly_and_are_short_numbers() -> None:
    bowl = surface(lambda x, y: x * x + 3 * y * y)
    found = levels(bowl)
    assert len(found) == 10
    shares = [sum(value < level for row in bowl.values for value in row) / 41**2 for level in found]
    assert all(isclose(share, (n + 0.5) / 10, abs_tol=0.05) for n, share in enumerate(shares))
    assert all(len(f"{level:g}") <= 4 for level in found)


def test_map_is_drawn_with_its_levels_and_axes() -> None:
    text = drawn("x^2 + 3*y^2", "--x=-3:3", "--y=-2:2")
    found = text.splitlines()
    legend, rest = " ".join(found[:-24]), found[-24:]
    assert legend.strip().startswith("f = ")
    assert legend.count(",") == 9
    assert rest[0].split()[0] == "2"
    rows = plot("x*y", "--x=0:1", "--y=2:3").rows
    assert list(rows[0]) == ["x", "y", "value", "grad.x", "grad.y"]
    assert rows[-1] == {"x": "1.0", "y": "3.0", "value": "3.0", "grad.x": "3.0", "grad.y": "1.0"}


def test_path_is_that_of_descend() -> None:
    words = ["(x - 1)^2 + 3*y^2", "--x=-3:3", "--y=-2:2", "--from", "x=-2.5", "--from", "y=1.5"]
    path = told(*words, "--lr", "0.1", "--steps", "7")["path"]
    run = autograd(
        "descend", words[0], "--x=-2.5", "--y=1.5", "--wrt", "x,y", "--lr", "0.1", "--steps", "7",
        "--format", "jsonl",
    )  # fmt: skip
    states = [json.loads(line) for line in run.lines]
    assert [stop["at"] for stop in path] == [state["parameters"] for state in states]
    assert [stop["value"] for stop in path] == [state["output"] for state in states]
    assert path[-1]["at"]["x"] == pytest.approx(1 - 3.5 * 0.8**7)  # x − 1 shrinks by 1 − 2·lr
    assert "descent: 7 steps" in drawn(*words, "--lr", "0.1", "--steps", "7")


def test_table_has_the_path_behind_the_plot() -> None:
    rows = plot("x^2", "--x=-1:2", "--from", "x=2", "--lr", "0.25", "--steps", "2").rows
    assert [row["of"] for row in rows] == ["plot"] * (len(rows) - 3) + ["path"] * 3
    assert [row["x"] for row in rows[-3:]] == ["2.0", "1.0", "0.5"]
    assert rows[-1]["grad.x"] == ""


def test_descent_starts_at_the_programs_own_values() -> None:
    path = told("w = 2; b = 1; w^2 + b^2", "--w=-3:3", "--b=-3:3", "--from", "w=-2")["path"]
    assert path[0]["at"] == {"w": -2.0, "b": 1.0}


def test_descent_that_leaves_the_range_or_diverges_is_drawn_as_far_as_it_goes() -> None:
    for words in (["x^2 + y^2", "--lr", "3"], ["x^3 + y", "--lr", "0.5"]):
        run = plot(*words, "--from", "x=-1", "--from", "y=1", "--format", "table")
        assert (run.status, run.err) == (0, "")
        assert "descent: " in run.out


@pytest.mark.parametrize(
    ("words", "outside"),
    [
        (("x^2 + y^2", "--from", "x=-1", "--from", "y=1", "--lr", "1.5", "--steps", "3"),
         "the descent leaves the map: it ends at x = 8, y = -8"),
        (("x^2", "--x=-3:3", "--from", "x=-1", "--lr", "1.5", "--steps", "3"),
         "the descent leaves the range: it ends at x = 8"),
        (("x^2 + y^2", "--from", "x=-1", "--from", "y=1", "--lr", "0.1"), ""),
        (("x^2", "--from", "x=-1", "--lr", "0.1"), ""),
    ],
)  # fmt: skip
def test_a_descent_that_leaves_the_picture_says_so_and_has_no_end_there(
    words: Any, outside: str
) -> None:
    """By hand: each step of 1.5 times the slope makes of x what is -2 times it."""
    out = " ".join(plot(*words, "--format", "table").out.split())
    assert out.count("leaves") == bool(outside)
    assert outside in out
    end = UNICODE.ends[1]
    assert out.count(end) == (0 if outside else 2), "on the curve and below it"
    root = ET.fromstring(plot(*words, "--to", "svg").out)
    told = ": ".join(text for text in legend(root) if "descent" in text or "it ends" in text)
    assert told == (outside or "end of the descent")
    ends = [c for c in root.iter(f"{SVG}circle") if c.get("r") == "4.5"]
    assert [c.get("class") for c in ends].count("stop") == (0 if outside else 2)
    assert [c.get("class") for c in ends].count("start") == 2


def test_a_descent_that_starts_outside_of_the_picture_has_no_start_there() -> None:
    words = ("x^2 + y^2", "--x=-1:1", "--y=-1:1", "--from", "x=3", "--from", "y=0", "--lr", "0.1")
    root = ET.fromstring(plot(*words, "--to", "svg").out)
    assert "start" not in legend(root)
    assert "end of the descent" in legend(root)
    assert UNICODE.ends[0] not in plot(*words, "--format", "table").out


# pictures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("abs(x)", "--x=-1:2", "--from", "x=1.5", "--lr", "0.1"),
        ("a_long_name_for_the_output = 1/x",),
        ("x^2 - y^2", "--from", "x=1", "--from", "y=0.5", "--lr", "0.1"),
        ("log(x)*y", "--x=-1:1", "--y=-1e-9:1e9"),
    ],
)
def test_svg_is_well_formed_and_stands_alone(words: Any) -> None:
    run = plot(*words, "--to", "svg")
    assert run.status == 0
    root = ET.fromstring(run.out)
    assert root.tag == f"{SVG}svg"
    for element in root.iter():
        for value in element.attrib.values():
            assert "nan" not in value
            assert "inf" not in value.replace("infinity", "")
    assert not re.search(r"href|src=|@import", run.out)
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "x" in texts


def test_curves_break_at_poles() -> None:
    root = ET.fromstring(plot("1/x", "--x=-1:1", "--to", "svg").out)
    curve = [path for path in root.iter(f"{SVG}path") if path.get("clip-path")][-1]
    assert curve.get("d", "").count("M") == 2


def test_the_name_of_an_axis_is_in_the_picture() -> None:
    """The upright axis' name is turned, so that its length is no matter of the margin."""
    name = "a_long_name_of_beta"
    svg = plot(f"alpha^2 + {name}^2", "--alpha=-1:1", f"--{name}=-1:1", "--to", "svg").out
    (text,) = (each for each in ET.fromstring(svg).iter(f"{SVG}text") if each.text == name)
    x, y, turn = re.findall(r"-?[\d.]+", text.get("transform") or "")
    assert turn == "-90"
    assert text.get("text-anchor") == "middle"
    length = 8 * len(name)
    assert float(x) >= 13
    assert length / 2 < float(y) < 400 - length / 2


def legend(root: ET.Element) -> list[str]:
    groups = [g for g in root.iter(f"{SVG}g") if g.get("class") == "legend"]
    return [text.text or "" for g in groups for text in g.iter(f"{SVG}text")]


def test_a_picture_says_what_its_lines_and_marks_are() -> None:
    program = "floor(x) + abs(x - 0.5) + 1/(x + 1.5) + sin(x)/x"
    words = ("--x=-3:3", "--from", "x=2.5", "--lr", "0.1", "--to", "svg")
    root = ET.fromstring(plot(program, *words).out)
    expected = ["f", "\u2202f/\u2202x", "jump", "pole", "kink", "start", "end of the descent"]
    assert sorted(legend(root)) == sorted(expected)
    marks = [title.text for title in root.iter(f"{SVG}title")]
    assert marks.count("jump") == 6, "the last one at the end, where floor is 3"
    assert marks.count("pole") == marks.count("kink") == 1


def test_texts_of_a_legend_keep_apart() -> None:
    """Also where the letters are 18 pixels high, about 10 wide."""
    words = ("1e6*x^2 + 123456789*y^2", "--from", "x=1", "--from", "y=2", "--to", "svg")
    root = ET.fromstring(plot(*words).out)
    found = []
    for group in root.iter(f"{SVG}g"):
        if group.get("class") == "legend":
            left, top = map(float, re.findall(r"[\d.]+", group.get("transform") or ""))
            (text,) = group.iter(f"{SVG}text")
            start = left + float(text.get("x") or 0)
            found.append((top, left, start + 10 * len(text.text or "")))
    assert len(found) > 5
    for one, other in pairwise(found):
        assert other[0] > one[0] or other[1] >= one[2]
    assert max(end for _, _, end in found) <= 640


def test_the_path_on_a_map_has_a_colour_of_its_own_and_two_ends() -> None:
    words = ("x^2 + 3*y^2", "--from", "x=1", "--from", "y=2", "--lr", "0.1")
    root = ET.fromstring(plot(*words, "--to", "svg").out)
    (path,) = (each for each in root.iter(f"{SVG}path") if each.get("class") == "path")
    assert path.get("stroke") is None
    kinds = [each.get("class") for each in root.iter(f"{SVG}circle")]
    assert kinds.count("start") == 2, "one in the picture, one in the legend"
    drawn = plot(*words, "--format", "table").out
    assert drawn.count("\u25cb") == drawn.count("\u25c6") == 2
    plain = plot(*words, "--format", "table", "--ascii").out
    assert "S start E end" in " ".join(plain.split())


def test_a_picture_says_that_not_all_was_searched() -> None:
    program = "+".join(f"tanh({k}*x)*floor({k}*x)" for k in range(1, 101))
    told = legend(ET.fromstring(plot(program, "--x=-2:2", "--to", "svg").out))
    assert any("not all was searched" in text for text in told)


def test_png_and_html_are_the_same_picture() -> None:
    svg = plot("x^2", "--to", "svg").out
    assert svg in plot("x^2", "--to", "html").out
    pytest.importorskip("resvg_py")
    data = plot("x^2", "--to", "png").out.encode("utf-8", "surrogateescape")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("low", "high", "step"), [(-3, 3, 1), (0, 1, 0.2), (-1e-9, 2e-9, 5e-10), (1e6, 1.5e6, 1e5)]
)
def test_ticks_are_round_numbers_inside(low: float, high: float, step: float) -> None:
    found = ticks(low, high)
    assert 4 <= len(found) <= 8
    assert all(low - 1e-12 * step <= tick <= high + 1e-6 * step for tick in found)
    steps = [b - a for a, b in pairwise(found)]
    assert all(isclose(found_step, step, rel_tol=1e-9) for found_step in steps)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("1000:1001", ["1000", "1000.5", "1001"]),
        ("1e6:1000001", ["1000000", "1000000.5", "1000001"]),
        ("-2:3", ["-2", "0.5", "3"]),
        ("0:1e-9", ["0", "5e-10", "1e-09"]),
    ],
)
def test_numbers_of_an_axis_can_be_told_apart(span: str, expected: list[str]) -> None:
    assert drawn("2*x", f"--x={span}").splitlines()[-1].split() == expected
    root = ET.fromstring(plot("2*x", f"--x={span}", "--to=svg").out)
    labels = [t.text for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "middle"]
    assert len(labels) == len({*labels}) > 4


def test_a_page_has_the_ground_of_its_picture_on_light_and_on_dark_screens() -> None:
    """A dark reader's page is dark about the picture; on paper both are light."""
    page = plot("x^2", "--to", "html").out
    grounds = re.findall(r"(?:body|\.page) \{[^}]*?(?:background|fill): (#\w+);", page)
    body, dark_body, picture, dark_picture = (ground.ljust(7, ground[-1]) for ground in grounds)
    assert body == picture == "#ffffff"
    assert dark_body == dark_picture != body
    dark = re.findall(r"@media (.*)\(prefers-color-scheme: dark\)", page)
    assert dark == ["screen and ", "screen and "]
    assert "color-scheme: light dark;" in page
