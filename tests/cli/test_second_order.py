"""`eval --hessian` and `eval --along`: second derivatives and directions as numbers."""

from __future__ import annotations

import json
import math

import pytest
from support_cli import autograd, cells, hint

ROSENBROCK = ("100*(y - x^2)^2 + (1 - x)^2", "--x=1", "--y=1")


def one(*words: str) -> float:
    """The number that ``--get`` prints."""
    run = autograd("eval", *words)
    assert (run.status, run.err) == (0, "")
    return float(run.out)


def drawn(*words: str, width: int = 80) -> str:
    run = autograd("eval", *words, "--format", "table", env={"COLUMNS": str(width)})
    assert run.status == 0
    return run.out


# -- the matrix ----------------------------------------------------------------------------------


def test_hessian_is_drawn_under_the_gradient() -> None:
    text = drawn(*ROSENBROCK, "--hessian")
    assert text.index("∂f/∂input") < text.index("Hessian")
    rows = cells(text[text.index("Hessian") - 4 :])
    assert rows["y"] == ["200", "-400"]
    assert rows["x"] == ["-400", "802"]


def test_without_hessian_there_is_none() -> None:
    assert "Hessian" not in drawn(*ROSENBROCK)
    assert "hessian" not in json.loads(autograd("eval", *ROSENBROCK, "--format", "json").out)


def test_json_has_inputs_matrix_eigenvalues_and_words() -> None:
    run = autograd("eval", *ROSENBROCK, "--hessian", "--format", "json")
    found = json.loads(run.out)["hessian"]
    assert found["inputs"] == ["y", "x"]
    assert found["matrix"] == [[200.0, -400.0], [-400.0, 802.0]]
    root = math.sqrt(602**2 + 4 * 400**2)
    small, large = ((1002 - root) / 2, (1002 + root) / 2)
    assert found["eigenvalues"] == pytest.approx([small, large], rel=1e-12)
    assert found["shape"] == "bowl: it curves up in every direction"


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_tables_have_the_matrix_beside_the_nodes(name: str, delimiter: str) -> None:
    plain = autograd("eval", *ROSENBROCK, "--format", name)
    run = autograd("eval", *ROSENBROCK, "--hessian", "--format", name)
    rows = [line.split(delimiter) for line in run.lines]
    assert [row[:7] for row in rows] == [line.split(delimiter) for line in plain.lines]
    assert rows[0][7:] == ["hessian.y", "hessian.x"]
    assert {row[1]: row[7:] for row in rows if row[2] == "input"} == {
        "y": ["200.0", "-400.0"],
        "x": ["-400.0", "802.0"],
    }
    assert all(row[7:] == ["", ""] for row in rows[1:] if row[2] != "input")


def test_tables_have_the_derivative_of_every_node_along_a_direction() -> None:
    words = ("u = x^2; k = y + x; u*y", "--x=3", "--y=2", "--along", "x=1", "--format", "tsv")
    rows = [line.split("\t") for line in autograd("eval", *words).lines]
    assert rows[0][7:] == ["along"]
    along = {row[1] or row[2]: row[7] for row in rows}
    assert (along["u"], along["x"], along["y"], along["output"]) == ("6.0", "1.0", "0.0", "12.0")
    assert along["k"] == "1.0"  # the output does not need it


def test_wrt_picks_rows_and_columns() -> None:
    run = autograd("eval", "x^2*y*z", "--x=2", "--y=3", "--z=5", "--hessian", "--wrt", "z,x",
                   "--format", "csv")  # fmt: skip
    rows = [line.split(",") for line in run.lines]
    assert rows[0][7:] == ["hessian.z", "hessian.x"]
    assert {row[1]: row[7:] for row in rows if row[2] == "input"} == {
        "z": ["0.0", "12.0"],
        "x": ["12.0", "30.0"],
    }


@pytest.mark.parametrize(
    ("pair", "expected"), [("x.x", 802.0), ("x.y", -400.0), ("y.x", -400.0), ("y.y", 200.0)]
)
def test_get_prints_one_entry(pair: str, expected: float) -> None:
    assert one(*ROSENBROCK, "--hessian", "--get", f"hessian.{pair}") == expected


@pytest.mark.parametrize(
    ("program", "x", "second"),
    [
        ("where(x > 0, log(x), 0)", "-1", 0.0),
        ("sqrt(relu(x))", "-1", 0.0),
        ("sinc(x)", "0", -1 / 3),
        ("abs(x)", "0", 0.0),
        ("max(x^2, -x)", "1", 2.0),
        ("x^3", "pi", 6 * math.pi),
    ],
)
def test_second_derivatives_follow_the_policy(program: str, x: str, second: float) -> None:
    found = one(program, f"--x={x}", "--hessian", "--get", "hessian.x.x")
    assert found == pytest.approx(second, rel=1e-14)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("x^2 + y^2", "bowl: it curves up in every direction"),
        ("-x^2 - y^2", "dome: it curves down in every direction"),
        ("x^2 - y^2", "saddle: it curves up in some directions and down in others"),
        ("(x + y)^2", "bowl: it curves up, with 1 flat direction"),
        ("x + y", "flat: no curvature in any direction"),
    ],
)
def test_words_say_what_the_point_is_like(program: str, words: str) -> None:
    text = drawn(program, "--x=0", "--y=0", "--hessian")
    assert words in text


def test_infinite_second_derivatives_are_strict_json() -> None:
    run = autograd("eval", "x^1.5", "--x=0", "--hessian", "--format", "json")
    found = json.loads(run.out, parse_constant=pytest.fail)["hessian"]
    assert found["matrix"] == [["inf"]]
    assert found["eigenvalues"] == ["nan"]
    assert found["shape"] == "undefined: a second derivative is not finite"


@pytest.mark.parametrize(
    ("words", "strictly", "note"),
    [
        (("atan2(y,x)", "--x=-1e-200", "--y=1e-200", "--hessian"), False, "by x, y is nan"),
        (("bce(p,t)", "--p=1e-300", "--t=1", "--hessian"), True, "by p, p is inf"),
        (("x^1.5", "--x=0", "--hessian"), True, "by x, x is inf"),
        (("sqrt(x)", "--x=0", "--along", "x=0"), False, "along the direction is nan"),
        (("2*sqrt(x)", "--x=0", "--along", "x=1"), True, "along the direction is inf"),
    ],
)
@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_what_is_not_finite_beyond_the_gradient_is_noted_and_a_nan_ends_with_1(
    words: tuple[str, ...], strictly: bool, note: str, form: str
) -> None:
    plain = autograd("eval", *words, "--format", form)
    strict = autograd("eval", *words, "--format", form, "--strict")
    assert (plain.status, strict.status) == (0 if strictly else 1, 1)
    assert strict.err.startswith(plain.err)
    assert plain.err.startswith("note: ")
    assert note in plain.err


def test_a_nan_that_get_prints_from_the_hessian_ends_with_1() -> None:
    words = ("atan2(y,x)", "--x=-1e-200", "--y=1e-200", "--hessian", "--get", "hessian.x.y")
    run = autograd("eval", *words)
    assert (run.status, run.out) == (1, "nan\n")
    assert "nan" in run.err


@pytest.mark.parametrize(
    ("program", "place"),
    [
        ("x^2 - abs(x)", "a kink"),  # a maximum
        ("abs(x)", "a kink"),  # a minimum
        ("max(x, -2*x) + y^2", "a kink"),
        ("x^2 + floor(x)", "a jump"),
        ("x^2 + floor(x) + abs(x)", "a jump"),
    ],
)
def test_at_a_kink_or_a_jump_second_derivatives_do_not_tell_the_shape(
    program: str, place: str
) -> None:
    words = ("--hessian", "--format", "json", "--set", "x=0", "--set", "y=0")
    run = autograd("eval", program, *words)
    told = json.loads(run.out)["hessian"]["shape"]
    assert told == f"unknown: at {place}, second derivatives say nothing of the shape"


@pytest.mark.parametrize(
    ("program", "wrt"),
    [
        ("x^2 + abs(y)", "x"),  # the kink is of what stands still
        ("x^2 + where(x < 1, y, abs(x))", "x"),  # not taken
        ("x^2 + abs(y + 1)", "x"),
    ],
)
def test_a_kink_of_what_does_not_move_leaves_the_shape_alone(program: str, wrt: str) -> None:
    words = ("--x=0", "--y=0", "--hessian", "--wrt", wrt, "--format", "json")
    found = json.loads(autograd("eval", program, *words).out)["hessian"]
    assert found["shape"] == "bowl: it curves up in every direction"


def test_a_program_without_inputs_has_no_matrix() -> None:
    assert drawn("3", "--hessian").endswith("There are no inputs to differentiate by.\n")


# -- a large matrix ------------------------------------------------------------------------------


MANY = " + ".join(f"{n + 1}*x{n}^2" for n in range(40))
POINT = [f"--x{n}=1" for n in range(40)]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_of_a_matrix_of_40_inputs_what_fits_is_drawn_and_the_rest_is_told(width: int) -> None:
    text = drawn(MANY, *POINT, "--hessian", width=width)
    below = text[text.index("Hessian") :]
    (told,) = [line for line in below.splitlines() if "rows and columns are shown" in line]
    shown = int(told.split()[0])
    assert f"{shown} of 40 " in told
    assert 1 <= shown < 40
    rows = [line for line in below.splitlines() if line.startswith("│ x")]
    assert len(rows) == shown
    for n, row in enumerate(rows):
        entries = [cell.strip() for cell in row.split("│")[2:-1]]
        assert entries == [str(2 * (n + 1)) if m == n else "0" for m in range(shown)]
    assert all(len(line) <= width for line in below.splitlines())


def test_more_columns_are_drawn_where_there_is_more_room() -> None:
    def shown(width: int) -> int:
        text = drawn(MANY, *POINT, "--hessian", width=width)
        return sum(line.startswith("│ x") for line in text[text.index("Hessian") :].splitlines())

    assert 3 <= shown(40) < shown(80) < shown(160) < shown(400) == 40


def test_of_many_eigenvalues_the_smallest_and_the_largest_are_shown() -> None:
    assert "(eigenvalues 2 to 80)" in drawn(MANY, *POINT, "--hessian")


def test_data_formats_have_the_whole_matrix() -> None:
    run = autograd("eval", MANY, *POINT, "--hessian", "--format", "csv")
    rows = [line.split(",") for line in run.lines]
    inputs = [row for row in rows if row[2] == "input"]
    assert len(inputs) == 40
    assert {len(row) for row in rows} == {7 + 40}
    assert all(all(row[7:]) for row in inputs)


# -- along a direction ---------------------------------------------------------------------------


def test_along_is_the_gradient_times_the_direction() -> None:
    words = ("x^2*y", "--x=3", "--y=2", "--along", "x=0.5,y=-1")
    assert one(*words, "--get", "along") == 0.5 * 12.0 - 9.0
    assert "along (x +0.5, y -1): -3" in drawn(*words)


def test_along_in_json_repeats_the_direction() -> None:
    run = autograd("eval", "x^2*y", "--x=3", "--y=2", "--along", "x=1", "--format", "json")
    assert json.loads(run.out)["along"] == {
        "direction": {"x": 1.0},
        "value": 12.0,
        "underflow": False,
    }


@pytest.mark.parametrize(
    ("steps", "expected"),
    [("x=1,y=0", 12.0), ("y=1", 9.0), ("x=pi", 12 * math.pi), ("x=1/4", 3.0), ("x=0", 0.0),
     (" x = 1 , y = 1 ", 21.0), ("x=-1e-3", -0.012)],
)  # fmt: skip
def test_steps_are_constant_expressions(steps: str, expected: float) -> None:
    got = one("x^2*y", "--x=3", "--y=2", "--along", steps, "--get", "along")
    assert got == pytest.approx(expected, rel=1e-15)


def test_along_through_a_branch_that_is_not_taken_nothing_changes() -> None:
    assert one("where(x > 0, log(x), 0)", "--x=-1", "--along", "x=1", "--get", "along") == 0.0


def test_hessian_and_along_go_together() -> None:
    run = autograd("eval", *ROSENBROCK, "--hessian", "--along", "x=1", "--format", "json")
    assert {"hessian", "along", "gradients"} <= set(json.loads(run.out))


# -- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message", "advice"),
    [
        (("--along", "y=1"), "no input 'y'", "there are x"),
        (("--along", "x"), "--along takes NAME=AMOUNT", "--along x=1,y=-2"),
        (("--along", "x=one"), "one", ""),
        (("--along", ""), "--along takes NAME=AMOUNT", "--along x=1,y=-2"),
        (("--get", "along"), "--get along needs --along", "add --along x=1"),
        (("--get", "hessian.x.x"), "--get hessian.x.x needs --hessian", "add --hessian"),
        (("--hessian", "--get", "hessian.x.q"), "finds no 'hessian.x.q'", "value"),
        (("--hessian", "--get", "hessian"), "finds no 'hessian'", "value"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    words: tuple[str, ...], message: str, advice: str
) -> None:
    run = autograd("eval", "x^2", "--x=3", *words)
    assert run.status == 2
    assert message in run.err
    assert advice in hint(run)
