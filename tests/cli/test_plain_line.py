"""A line is read the same way with click and without it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from random import Random

import click
import pytest
from fuzz.lines import Lines
from fuzz.seeds import seeds
from fuzz.texts import Texts

from autograd_cli import clicked, commands
from autograd_cli.line.context import Context
from autograd_graph import ProgramError

RARE = [
    ["eval", "x", "--x=1", "--help"],
    ["eval", "x", "--all=1"],
    ["eval", "x", "--precision", "0"],
    ["eval", "x", "--precision", "half"],
    ["eval", "x", "--format", "jsn"],
    ["eval", "x", "--of", "x", "--of", "x"],
    ["flow", "x", "--threshold", "nan"],
    ["flow", "x", "--threshold", "1"],
    ["batch", "--timeout", "0"],
    ["functions", "tanh"],
    ["functions", "--x=1"],
    ["completion"],
]
"""Lines that click reads: with help, with a mistake, or of a command without inputs."""


def by_click(name: str, words: list[str]) -> Context:
    """What click makes of a line. Raises click's errors, and :class:`ProgramError`."""
    command = clicked.cli.get_command(click.Context(clicked.cli), name)
    assert command is not None
    context = command.make_context(name, list(words), parent=clicked.root()).obj
    assert isinstance(context, Context)
    return context


def refusal(read: Callable[[list[str]], Context | None], words: list[str]) -> Context | str | None:
    """What a line is read as, or the message of the error."""
    try:
        return read(words)
    except ProgramError as error:
        return error.message


def test_click_reads_a_plain_line_as_it_is_read_without_click() -> None:
    lines = Lines(Random(1), Texts(Random(2), seeds()))
    plain = 0
    for _ in range(2_000):
        (name, *words), _ = lines.next()
        found = refusal(commands.named(name).plain, words)
        if isinstance(found, str):
            assert found == refusal(partial(by_click, name), words)
            continue
        if found is None:
            continue
        plain += 1
        read = by_click(name, words)
        assert repr(found.params) == repr({key: read.params[key] for key in found.params})
        assert found.params.keys() == read.params.keys()
        assert found.typed == read.typed - {each.name for each in found.command.arguments}
        assert (found.words.values, found.ranges) == (read.words.values, read.ranges)
    assert plain > 1_000


@pytest.mark.parametrize("line", RARE, ids=" ".join)
def test_what_is_not_plain_is_left_to_click(line: list[str]) -> None:
    assert commands.named(line[0]).plain(line[1:]) is None


def test_evaluating_a_program_imports_neither_click_nor_what_makes_dataclasses() -> None:
    script = (
        "import sys\n"
        "sys.argv = ['autograd', 'eval', 'w*x', '--w=2', '--x=3', '--format=json']\n"
        "from autograd_cli.app import main\n"
        "try: main()\n"
        "except SystemExit: print([m for m in ('click', 'inspect', 'rich') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
