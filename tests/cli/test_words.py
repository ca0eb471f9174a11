"""Words on the line: which are options, which are values, which is the program."""

from __future__ import annotations

import re

import click
import pytest
from support_cli import autograd, hint

from autograd_cli.clicked import cli
from autograd_cli.commands import NAMES as COMMANDS


def value(*words: str) -> float:
    """The output of ``autograd eval WORDS…``."""
    run = autograd("eval", "--get", "value", *words)
    assert (run.status, run.err) == (0, "")
    return float(run.out)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-x^2", "--x=3"], -9),
        (["--x=3", "-x^2"], -9),
        (["-2*h", "--h", "4"], -8),
        (["f(x) = 2*x; -f(x)", "--x=5"], -10),
        (["-sin(x)", "--x=0"], 0),
        (["-(x+1)", "--x=1"], -2),
        (["--h=2", "--", "-h"], -2),
        (["--h=2", "--", "--h"], 2),
        (["x", "--x", "-1e-3"], -1e-3),
        (["x", "--x=-2"], -2),
        (["x", "--x", "-2"], -2),
        (["x", "--x=pi/2 - pi/2"], 0),
        (["x", "--x=-1/4"], -0.25),
        (["x", "--x=inf"], float("inf")),
        (["x", "--x=1/0"], float("inf")),
        (["α + β", "--α=1", "--β", "2"], 3),
        (["µ", "--μ=4"], 4),  # the micro sign, and the Greek letter that it stands for
        (["é", "--e\u0301=4"], 4),  # one letter, and the two characters that make it up
        (["w₁ + w_1", "--w₁=1", "--w_1=2"], 3),
        (["_ + 1", "--_=1"], 2),
    ],
)
def test_words_are_sorted_into_program_and_values(words: list[str], expected: float) -> None:
    assert value(*words) == expected


def test_short_options_count_only_as_whole_words(tmp_path) -> None:
    path = tmp_path / "f.expr"
    path.write_text("x + 1")
    assert value("-f", str(path), "--x=1") == 2
    assert value("-f*h", "--f=2", "--h=3") == -6
    assert "Usage:" in autograd("eval", "-h").out


def test_a_note_on_an_input_called_like_an_option_is_for_its_long_spelling_alone(tmp_path) -> None:
    path = tmp_path / "half.expr"
    path.write_text("f = 2*e1; e1 + f", encoding="utf-8")
    assert "is an option" not in autograd("eval", "-f", str(path), "--e1=1").err
    path.write_text("f + x", encoding="utf-8")
    assert "--f is an option" not in autograd("eval", "-f", str(path), "--x=1").err
    path.write_text("file + x", encoding="utf-8")
    run = autograd("eval", "--file", str(path), "--x=1", "--set", "file=2")
    assert "--file is an option of the command" in run.err


@pytest.mark.parametrize("words", [["--x"], ["--x", "--y=2"], ["--y=2", "--x"]])
def test_input_without_its_value_is_named(words: list[str]) -> None:
    run = autograd("eval", "x*y", *words)
    assert run.status == 2
    assert run.err.startswith("error: --x needs a value")
    assert hint(run).startswith("write --x=2")


def test_option_without_its_value_is_named() -> None:
    run = autograd("eval", "x", "--x=1", "--format")
    assert (run.status, run.out) == (2, "")
    assert "--format needs a value" in run.err


@pytest.mark.parametrize(
    "words", [["x^2", "x=2"], ["x=2", "x^2"], ["y = x^2", "x=2"], ["-f", "a.expr", "x=2"]]
)
def test_value_without_dashes_has_them_in_the_hint(words: list[str]) -> None:
    run = autograd("eval", *words)
    assert run.status == 2
    assert "--x=2" in hint(run)


def test_program_in_several_words_is_quoted_in_the_hint() -> None:
    run = autograd("eval", "x", "^", "2", "--x=3")
    assert run.status == 2
    assert hint(run).endswith("'x ^ 2'")
    assert value("x ^ 2", "--x=3") == 9


@pytest.mark.parametrize(
    ("typed", "meant"), [("fromat", "--format"), ("Strict", "--strict"), ("weigth", "--weight")]
)
def test_misspelled_option_or_input_is_suggested(typed: str, meant: str) -> None:
    run = autograd("eval", "2*weight", "--weight=1", f"--{typed}=1")
    assert run.status == 2
    assert run.err.startswith(f"error: the program has no input {typed!r}")
    assert meant in hint(run)


def test_value_for_a_step_says_that_it_is_one_and_where() -> None:
    run = autograd("eval", "y = 2*x; y^2", "--x=1", "--y=1")
    assert run.status == 2
    assert run.err.splitlines()[:4] == [
        "error: 'y' is a step of the program, not an input",
        "  at column 5",
        "  y = 2*x; y^2",
        "      ^^^",
    ]
    assert hint(run) == "values are given to inputs: x"


@pytest.mark.parametrize("name", ["e", "pi", "π"])
def test_value_for_a_mathematical_constant_is_an_error_with_a_way_out(name: str) -> None:
    run = autograd("eval", f"2*{name}", f"--{name}=3")
    assert run.status == 2
    assert f"{name!r} is a constant" in run.err
    assert f"{name} = 2; ..." in hint(run)
    assert value(f"{name} = 2; {name}", f"--{name}=3") == 3


def test_input_with_the_name_of_an_option_is_given_with_set() -> None:
    run = autograd("eval", "2*format", "--format", "csv", "--set", "format=3")
    assert run.status == 0
    assert run.out.startswith("node,name,role,expression,value,gradient,status\n")
    assert run.err.startswith("note: ")
    assert "--set format=3" in run.err
    assert value("2*format", "--set", "format=3") == 6


def test_value_that_does_not_fit_the_option_of_the_same_name_points_to_set() -> None:
    run = autograd("eval", "2*format", "--format", "3")
    assert (run.status, run.out) == (2, "")
    assert hint(run) == "to give the input 'format' a value, write --set format=3"


@pytest.mark.parametrize(
    "text", ["abc", "1,5", "2*", "x", "0x1F", "", " ", "[1]", "__import__('os')"]
)
def test_value_that_is_no_number_is_named(text: str) -> None:
    run = autograd("eval", "y", f"--y={text}")
    assert (run.status, run.out) == (2, "")
    assert "y" in run.err.splitlines()[0]
    assert run.err.startswith(("error: the value of y is no number: ", "error: y has no value"))


def test_unknown_command_is_answered_with_the_one_that_was_meant() -> None:
    assert hint(autograd("evl", "x")) == "did you mean autograd eval?"
    assert "autograd --help" in hint(autograd("help"))
    run = autograd("x^2")
    assert run.status == 2
    assert hint(run) == "to evaluate a program: autograd eval 'x^2'"


# what is missing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["w*x + b"],
        ["-x^2"],
        ["w*x", "--x=2"],
        ["--x=2", "w*x"],
        ["format*x"],
        ["x*y # it's $HOME"],
        ["--", "-x"],
        ["--strict", "--", "--x"],
        ["θ*σ(θ) + λ"],
        ["z = x + y; v = z*q; z", "--of", "v"],
        [" + ".join(f"x{k}" for k in range(30))],
    ],
)
def test_missing_inputs_are_named_with_a_command_that_runs(words: list[str]) -> None:
    import shlex

    run = autograd("eval", *words)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("error: no value for the input")
    command = hint(run).partition(": ")[2]
    name, *completed = shlex.split(command)
    assert name == "autograd"
    again = autograd(*completed)
    assert (again.status, again.err) == (0, "")


def test_all_missing_inputs_are_in_one_error_at_the_first_of_them() -> None:
    run = autograd("eval", "k = 2\nk*(w*x + b)", "--w=1")
    assert run.err.splitlines() == [
        "error: no value for the inputs x, b",
        "  at line 2, column 6",
        "  2 | k*(w*x + b)",
        "           ^",
        "hint: give them: autograd eval 'k = 2",
        "k*(w*x + b)' --w=1 --x=1 --b=1",
    ]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["sinx"], "for the function write sin(x), or give it: "),
        (["sinx + cosx"], "for the function write sin(x), or give them: "),
        (["sinx", "--x=1"], "for the function write sin(x)"),
        (["2*lny + y", "--y=1"], "for the function write ln(y), or give it: "),
        (["xy + x + y", "--x=1", "--y=2"], "for the product write x*y, or give it: "),
    ],
)
def test_name_that_looks_like_a_slip_is_mended_first_in_the_hint(
    words: list[str], first: str
) -> None:
    run = autograd("eval", *words)
    assert run.status == 2
    assert hint(run).startswith(first)
    assert hint(run) == first or hint(run).startswith(first + "autograd eval ")


def test_input_that_the_output_does_not_need_may_be_missing() -> None:
    assert value("unneeded*2; x", "--x=4") == 4


def test_a_hint_repeats_no_command_of_a_thousand_characters() -> None:
    program = "+".join(["x"] * 1_000) + "*w"
    assert hint(autograd("eval", program)) == "give them: --x=1 --w=1"


def test_an_input_may_be_called_like_a_format() -> None:
    assert autograd("eval", "csv^2", "--csv", "3", "--get", "value").out == "9.0\n"
    assert autograd("eval", "csv^2", "--csv=3", "--get", "value").out == "9.0\n"


def test_options_of_one_letter_are_those_that_no_input_can_be_taken_for() -> None:
    short = set()
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        parameters = command.get_params(click.Context(command))
        short |= {word for option in parameters for word in option.opts if re.match("-[^-]", word)}
    assert short | {"-h"} == {"-f", "-h", "-o"}  # -h is what every command has from the group
