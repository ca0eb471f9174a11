"""Values from ``--set`` and from files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support_cli import autograd, hint


def value(*words: str) -> float:
    run = autograd("eval", *words, "--get", "value")
    assert (run.status, run.err) == (0, "")
    return float(run.out)


@pytest.fixture
def vars_file(tmp_path: Path):
    def write(content: str | bytes, name: str = "point.json") -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def test_line_and_set_win_over_file_over_default(vars_file) -> None:
    path = vars_file('{"a": 4, "b": 4, "c": 4, "unheard_of": 1}')
    program = "a = 1; b = 1; c = 1; d = 1; 1000*a + 100*b + 10*c + d"
    words = ["--b=2", "--a=2", "--set", "c=3", "--vars", path]
    assert value(program, *words) == 2000 + 200 + 30 + 1
    assert value(program, "--vars", path) == 4000 + 400 + 40 + 1
    assert value(program) == 1111


def test_later_file_wins(vars_file) -> None:
    first, second = vars_file('{"x": 1}', "1.json"), vars_file('{"x": 2}', "2.json")
    assert value("x", "--vars", first, "--vars", second) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["--x=1", "--x=2"],
        ["--x=1", "--x", "1.0"],
        ["--x=1", "--set", "x=2"],
        ["--set", "x=1", "--set", "x=2"],
        ["--μ=1", "--set=µ=2"],  # the micro sign, and the Greek letter that it stands for
    ],
)
@pytest.mark.parametrize("command", ["eval", "batch"])
def test_two_values_for_one_input_are_refused(command: str, words: list[str]) -> None:
    name = "μ" if "--μ=1" in words else "x"
    program = [] if command == "batch" else [name]
    run = autograd(command, *program, *words, stdin=name)
    assert (run.status, run.out) == (2, "")
    second = words[-1].rpartition("=")[2]
    assert run.err.replace("µ", "μ").startswith(
        f"error: {name} is given two values, 1 and {second}\n"
    )


@pytest.mark.parametrize(
    "words", [["--x=1", "--x=1"], ["--x=1", "--set", "x=1"], ["--x", "1", "--set", " x = 1 "]]
)
def test_the_same_value_may_be_given_again(words: list[str]) -> None:
    assert value("x", *words) == 1


def test_set_and_files_pass_over_names_that_the_program_does_not_have(vars_file) -> None:
    path = vars_file('{"x": 2, "speed": 1}')
    assert value("x^2", "--vars", path, "--set", "speed=3") == 4


def test_const_takes_a_value_from_outside_and_stays_without_gradient() -> None:
    run = autograd("eval", "const k = 3; k*x", "--k=5", "--x=2", "--get", "value")
    assert float(run.out) == 10
    run = autograd("eval", "const k = 3; k*x", "--k=5", "--x=2")
    assert [row["gradient"] for row in run.rows if row["name"] == "k"] == [""]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("point.json", '{"x": "pi/4", "y": 1e3}'),
        ("point.json", b'\xef\xbb\xbf{"x": "pi/4", "y": 1000}'),
        ("point.toml", 'x = "pi/4"\ny = 1_000'),
        ("point.toml", "x = 0.7853981633974483\ny = 1000.0 # a comment"),
        ("no_ending", '{"x": "π/4", "y": "1e3"}'),
    ],
)
def test_files_hold_numbers_and_constant_expressions(vars_file, name: str, content: str) -> None:
    assert value("x*y", "--vars", vars_file(content, name)) == 1000 * 0.7853981633974483


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("p.json", "[1, 2]", "holds no object"),
        ("p.json", "3", "holds no object"),
        ("p.json", '"x"', "holds no object"),
        ("p.json", "null", "holds no object"),
        ("p.json", '{"x": {"y": 1}}', 'the value of x is no number: {"y": 1}'),
        ("p.json", '{"x": [1]}', "the value of x is no number: [1]"),
        ("p.json", '{"x": true}', "the value of x is no number: true"),
        ("p.json", '{"x": null}', "the value of x is no number: null"),
        ("p.json", '{"x": "2*"}', "the value of x is no number: "),
        ("p.json", '{"x": ""}', "x has no value"),
        ("p.json", '{"x": 1', "is not JSON"),
        ("p.json", "", "is not JSON"),
        ("data.csv", "x,y\n1,2", "takes one JSON or TOML object"),
        ("p.json", "[" * 100_000, "nested too deeply"),
        ("p.json", '{"x": ' + "9" * 400 + "}", "the value of x is no number"),
        ("p.toml", "x = ", "is not TOML"),
        ("p.toml", "[x]\ny = 1", "the value of x is no number"),
        ("p.toml", "x = 1979-05-27", "the value of x is no number"),
        ("p.json", b'{"x": "\xff"}', "is not valid UTF-8"),
    ],
)
def test_bad_file_is_named_with_what_is_wrong(
    vars_file, name: str, content: str, says: str
) -> None:
    path = vars_file(content, name)
    run = autograd("eval", "x", "--vars", path)
    assert (run.status, run.out) == (2, "")
    assert says in run.err
    assert name in run.err or "x has no value" in run.err


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("p.toml", "x = 1\ny = = 2\n", "2:5"),
        ("p.toml", "# a\r\nx = 1\r\nx = = 1\r\n", "3:5"),
        ("p.toml", "x = 1\nx = 2\ny = 3", "2:6"),
        ("p.toml", "x = 1\ny = [1,", "2:8"),
        ("p.json", '{"x": 1,\n "y": }', "2:7"),
        ("p.json", '{"x": 1,\n "y": 2', "2:8"),
    ],
)
def test_file_that_cannot_be_read_is_pointed_into(
    vars_file, name: str, content: str, place: str
) -> None:
    path = vars_file(content, name)
    run = autograd("eval", "x", "--vars", path)
    assert (run.status, run.out) == (2, "")
    assert run.err.splitlines()[1] == f"  at {path}:{place}"
    assert "^" in run.err


def test_missing_file_of_values_is_an_error_even_if_nothing_is_needed() -> None:
    run = autograd("eval", "x", "--x=1", "--vars", "/no/such.json")
    assert run.status == 3
    assert "/no/such.json" in run.err


@pytest.mark.parametrize("setting", ["x", "=3", "", " =1"])
def test_set_takes_a_name_and_a_value(setting: str) -> None:
    run = autograd("eval", "x", "--set", setting)
    assert run.status == 2
    assert "--set takes NAME=VALUE" in run.err
    assert hint(run) == "--set w=3"


def test_set_for_a_step_of_the_program_is_an_error() -> None:
    run = autograd("eval", "y = 2*x; y", "--x=1", "--set", "y=3")
    assert run.status == 2
    assert "'y' is a step" in run.err


def test_the_limit_of_nodes_is_hinted_at_as_the_option_that_it_is() -> None:
    run = autograd("eval", "x + x + x", "--x=1", "--max-nodes", "2")
    assert (run.status, run.out) == (2, "")
    assert "raise the limit with --max-nodes" in run.err


@pytest.mark.parametrize(
    ("program", "z", "told"),
    [
        (
            "p = sigmoid(z); L = log(1 - p)",
            38,
            "p = sigmoid(z) is rounded to 1: write log_sigmoid(-z)",
        ),
        ("p = sigmoid(z); L = 1/(1 - p)", 38, "is rounded to 1: write sigmoid(-z) for 1 - p"),
        ("e = erf(z); L = log(1 - e)", 7, "e = erf(z) is rounded to 1: write erfc(z) for 1 - e"),
        ("t = tanh(z); L = log(1 - t)", 30, "write 2*sigmoid(-2*z) for 1 - t"),
    ],
)
@pytest.mark.parametrize("command", ["eval", "explain"])
def test_a_difference_from_1_that_rounding_made_0_says_what_to_write(command, program, z, told):
    text = " ".join(autograd(command, program, f"--z={z}", "--format=table").out.split())
    assert told in text
    advised = re.search(r"write (\S+) for", text)[1]
    assert value(advised, f"--z={z}") != 0.0


@pytest.mark.parametrize(
    "program", ["p = z/38; log(1 - p)", "p = sigmoid(z); log(0*p)", "log(z - 38)"]
)
def test_a_difference_that_is_0_in_truth_has_no_such_advice(program):
    assert "rounded" not in autograd("eval", program, "--z=38", "--format=table").out
