"""On a real terminal, or what passes for one: a pseudo-terminal of a given width."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from support_cli import SAMPLES, plain
from support_terminal import opened, shown


def typed(
    *words: str, width: int, term: str = "xterm-256color", encoding: str = ""
) -> tuple[int, str]:
    """Status and screen text of ``autograd WORDS…`` with all three streams on a terminal."""
    ours, theirs = opened(width)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TERM": term,
        "LC_ALL": "C.UTF-8",
    }
    if encoding:
        environment["PYTHONIOENCODING"] = encoding
    process = subprocess.Popen(
        [sys.executable, "-m", "autograd_cli", *words],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    screen = shown(ours)
    return process.wait(timeout=60), screen


@pytest.mark.parametrize("width", [60, 80, 160])
def test_tables_fit_the_terminal_and_are_in_colour(width: int) -> None:
    for sample in ("cost_function", "two_layer_network", "kink"):
        status, screen = typed("eval", "-f", str(SAMPLES / f"{sample}.expr"), width=width)
        lines = plain(screen).splitlines()
        assert status == 0
        assert "\x1b[" in screen
        assert sum(line.startswith("╭") for line in lines) == 2
        assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", [60, 80, 160])
def test_caret_is_under_the_mistake(width: int, tmp_path: Path) -> None:
    program = "α = 1; " + " + ".join(f"a{k}*宽" for k in range(8)) + " + 2β + " + "z + " * 30 + "1"
    status, screen = typed("eval", program, width=width)
    lines = plain(screen).splitlines()
    assert status == 2
    assert "\x1b[1;31merror: " in screen
    assert max(map(cell_len, lines[1:4])) <= width
    source, marks = lines[2], lines[3]
    before = next(n for n in range(len(source)) if cell_len(source[:n]) == marks.index("^"))
    assert source[before - 1 : before + 1] == "2β"


@pytest.mark.parametrize("width", [60, 160])
def test_errors_of_samples_fit_the_terminal_but_for_hints_to_be_copied(width: int) -> None:
    path = SAMPLES / "errors" / "use_before_binding.expr"
    status, screen = typed("eval", "-f", str(path), width=width)
    lines = plain(screen).splitlines()
    assert status == 2
    assert lines[2:4] == ["  7 | y = w * x", "              ^"]
    assert lines[5:7] == ["  8 | x = 2", "      ^"]


def test_without_a_program_on_a_terminal_the_help_is_shown() -> None:
    status, screen = typed("eval", width=80)
    assert status == 0
    assert plain(screen).startswith("Usage: autograd eval")
    assert "Examples:" in screen


def test_dumb_terminal_gets_tables_without_escapes() -> None:
    status, screen = typed("eval", "x^2", "--x=3", width=70, term="dumb")
    assert status == 0
    assert "\x1b" not in screen
    assert "│ raising x raises f │" in screen


def test_terminal_without_unicode_gets_ascii() -> None:
    _, screen = typed("eval", "x^2", "--x=3", width=80, encoding="ascii")
    assert plain(screen).isascii()
    assert "| raising x raises f |" in plain(screen)
