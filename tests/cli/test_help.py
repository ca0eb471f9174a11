"""Help: what it begins with, and what it says of a program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support_cli import ROOT, SAMPLES, WITHOUT_REPORT, autograd

from autograd_cli.commands import NAMES as COMMANDS

PAGES = [(), *((name,) for name in COMMANDS)]


def examples(page: str) -> list[str]:
    """The lines under ``Examples:`` of a help page."""
    block = page.partition("  Examples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in block.splitlines()]


@pytest.mark.parametrize("words", PAGES)
def test_help_begins_with_a_sentence_and_examples(words: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        run = autograd(*words, option)
        assert (run.status, run.err) == (0, "")
        paragraphs = run.out.split("\n\n")
        assert paragraphs[0].startswith("Usage: autograd")
        assert re.fullmatch(r"  [A-Z][^\n]*\.|  [A-Z].*\.", paragraphs[1], re.S)
        assert paragraphs[2].startswith("  Examples:\n    ")
        assert len(examples(run.out)) >= 2


@pytest.mark.parametrize(
    "example", [line for words in PAGES for line in examples(autograd(*words, "--help").out)]
)
def test_example_in_the_help_runs_as_printed(example: str, tmp_path: Path) -> None:
    command = tmp_path / "bin" / "autograd"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m autograd_cli "$@"\n')
    command.chmod(0o755)
    (tmp_path / "samples").symlink_to(SAMPLES)
    (tmp_path / "data.csv").write_text("x,y,length\n1,2,3\n4,5,6\n")
    (tmp_path / "programs.txt").write_text("x = 1; x^2\nx = 2; sin(x); x^3\n")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", example],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    # samples that want values count as failed in a batch, which says so
    assert done.returncode in ((0, 1) if "samples/*" in example else (0,)), done.stderr
    assert "error" not in done.stderr


@pytest.mark.parametrize("words", PAGES)
def test_help_stays_readable_on_a_wide_terminal(words: tuple[str, ...]) -> None:
    page = autograd(*words, "--help", env={"COLUMNS": "200"}).out
    assert [line for line in page.splitlines() if len(line) > 80] == []


def test_no_command_at_all_shows_the_help() -> None:
    assert autograd() == autograd("--help")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained(name: str) -> None:
    from autograd_cli.clicked import cli

    command = cli.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    for parameter in command.params:
        assert parameter.param_type_name == "argument" or getattr(parameter, "help", "")


def test_help_after_an_expression_lists_its_inputs() -> None:
    page = autograd("eval", "const g = 9.81; m = 2; k = m/3; m*g*h + format*k", "--help").out
    section = page.partition("Inputs of this program:\n")[2].splitlines()
    assert [line.split("  ")[1:] for line in section]
    listed = dict(re.fullmatch(r"  (.*?VALUE)  +(.*)", line).groups() for line in section)  # type: ignore[union-attr]
    assert listed == {
        "--m=VALUE": "default 2",
        "--h=VALUE": "needs a value",
        "--set format=VALUE": "needs a value",
        "--g=VALUE": "a constant",
    }


def test_help_lists_the_inputs_of_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for words in (["-f", "samples/energy.expr"], ["--file=samples/energy.expr"]):
        page = autograd("eval", *words, "--help").out
        assert "--v=VALUE  needs a value" in page


@pytest.mark.parametrize("words", [["2x"], ["-f", "/no/such"], ["-"], ["3"]])
def test_help_is_shown_whatever_the_program_is(words: list[str]) -> None:
    run = autograd("eval", *words, "--help")
    assert (run.status, run.err) == (0, "")
    assert "Inputs of this program" not in run.out


@pytest.mark.parametrize("width", [60, 80, 160])
def test_help_fits_the_terminal(width: int) -> None:
    for words in PAGES:
        page = autograd(*words, "--help", env={"COLUMNS": str(width)}).out
        unbreakable = [line for line in page.splitlines() if "autograd " in line]
        assert all(len(line) <= width for line in page.splitlines() if line not in unbreakable)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in WITHOUT_REPORT])
def test_help_says_truly_what_comes_out_in_a_pipe(name: str) -> None:
    words = {"batch": ("--x=1",), "functions": (), "samples": ()}.get(name, ("x^2", "--x=1"))
    words = {
        "descend": ("x = 1; x^2",), "diff": ("x^2",), "map": ("x^2",), "plot": ("x^2",),
    }.get(name, words)  # fmt: skip
    words = ("a*x", "--target=x") if name == "fit" else words
    stdin = "x\n3\n" if name in ("map", "fit") else "x^2"
    (promise,) = re.findall(r"by default a drawing on a terminal,? and (.*?)\.", unfolded(name))
    piped = autograd(name, *words, stdin=stdin).out
    drawn = autograd(name, *words, "--format", "table", stdin=stdin).out
    assert {
        "data in a pipe": piped != drawn and (piped[0] == "{" or "\t" in piped),
        "expressions in a pipe": piped == "2*x\n",
        "text in a pipe": "cost_function\n" in piped,
        "in a pipe too": piped == drawn,
        "the table's own format in a pipe": piped == "x,value,d_x\n3,9.0,6.0\n",
    }[promise]


def unfolded(name: str) -> str:
    """The help of a command as one line."""
    return " ".join(autograd(name, "--help").out.split())
