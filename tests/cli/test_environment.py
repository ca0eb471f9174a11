"""`AUTOGRAD_FORMAT` and `AUTOGRAD_COLOR` say what options would, where these are silent."""

from __future__ import annotations

import click
import pytest
from support_cli import SHOWN, WITHOUT_REPORT, autograd

from autograd_cli.clicked import cli
from autograd_cli.commands import NAMES as COMMANDS
from autograd_cli.formats import EVERY_FORMAT, FORMATS

FOR_PIPES = ("diff", "samples")
"""Commands whose output is for others to read: no variable changes it."""

CELL = ["eval", "x^2", "--x=1"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", SHOWN)
def test_format_of_the_environment_is_that_of_every_command(name: str, form: str) -> None:
    words, stdin = SHOWN[name]
    by_option = [] if words[0] in FOR_PIPES else ["--format", form]
    asked = autograd(*words, *by_option, stdin=stdin)
    assert autograd(*words, stdin=stdin, env={"AUTOGRAD_FORMAT": form}) == asked


def test_an_option_wins_over_the_environment() -> None:
    run = autograd(*CELL, "--format", "csv", env={"AUTOGRAD_FORMAT": "json"})
    assert run == autograd(*CELL, "--format", "csv")
    run = autograd(*CELL, "--get", "value", env={"AUTOGRAD_FORMAT": "json"})
    assert run.out == "1.0\n"
    run = autograd("diff", "x^2", "--to", "python", env={"AUTOGRAD_FORMAT": "json"})
    assert run == autograd("diff", "x^2", "--to", "python")


def test_format_of_the_environment_counts_on_a_terminal_too() -> None:
    run = autograd(*CELL, terminal=True, env={"AUTOGRAD_FORMAT": "json"})
    assert run.out == autograd(*CELL, "--format", "json").out


@pytest.mark.parametrize(("name", "form"), [("eval", "lines"), ("diff", "text"), ("flow", "text")])
def test_format_that_only_other_commands_have_changes_nothing(name: str, form: str) -> None:
    words, _ = SHOWN[name]
    assert autograd(*words, env={"AUTOGRAD_FORMAT": form}) == autograd(*words)


def test_every_format_is_one_that_some_command_has() -> None:
    found = set()
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for option in command.params:
            if option.name == "format_name" and isinstance(option.type, click.Choice):
                found |= {*option.type.choices}
    assert found == {*EVERY_FORMAT}


def test_data_by_the_environment_refuses_what_is_for_drawings() -> None:
    run = autograd(*CELL, "--ascii", env={"AUTOGRAD_FORMAT": "json"})
    assert (run.status, run.out) == (2, "")
    assert "--ascii is for drawings, and here json comes out" in run.err
    assert "hint: add --format table" in run.err
    assert autograd(*CELL, "--ascii", env={"AUTOGRAD_FORMAT": "table"}).status == 0


COLOURED = {"always": True, "never": False, "auto": False}


@pytest.mark.parametrize("colour", COLOURED)
def test_colour_of_the_environment_counts_for_results_notes_and_errors(colour: str) -> None:
    env = {"AUTOGRAD_COLOR": colour}
    expected = COLOURED[colour]
    assert ("\x1b[" in autograd(*CELL, "--format", "table", env=env).out) is expected
    assert ("\x1b[" in autograd("diff", "xy*x + y", env=env).err) is expected
    assert ("\x1b[" in autograd("eval", "2x", env=env).err) is expected
    assert ("\x1b[" in autograd("samples", "nosuch", env=env).err) is expected


def test_colour_of_the_environment_is_below_the_option_and_above_what_others_set() -> None:
    words = [*CELL, "--format", "table"]
    always = {"AUTOGRAD_COLOR": "always", "NO_COLOR": "1"}
    assert "\x1b[" in autograd(*words, env=always).out
    assert "\x1b" not in autograd(*words, "--color", "never", env=always).out
    assert "\x1b" not in autograd("eval", "2x", "--color", "never", env=always).err
    never = {"AUTOGRAD_COLOR": "never", "FORCE_COLOR": "1"}
    assert "\x1b" not in autograd(*words, env=never, terminal=True).out
    assert "\x1b[" in autograd(*words, "--color", "auto", env=never, terminal=True).out


@pytest.mark.parametrize("variable", ["AUTOGRAD_FORMAT", "AUTOGRAD_COLOR"])
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in WITHOUT_REPORT])
def test_value_that_makes_no_sense_is_an_error_that_names_the_variable(
    name: str, variable: str
) -> None:
    words, stdin = SHOWN[name]
    for value in ("nope", "JSON", " ", "auto,"):
        run = autograd(*words, stdin=stdin, env={variable: value})
        assert (run.status, run.out) == (2, "")
        first, second = run.err.splitlines()
        assert first == f"error: the environment variable {variable} is {value!r}"
        assert second.startswith("hint: it may be one of ")


@pytest.mark.parametrize("variable", ["AUTOGRAD_FORMAT", "AUTOGRAD_COLOR"])
def test_variable_that_is_empty_is_none(variable: str) -> None:
    assert autograd(*CELL, env={variable: ""}) == autograd(*CELL)
