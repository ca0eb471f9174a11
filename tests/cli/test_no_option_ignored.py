"""No option is ignored: each one shows in what a command does, or is refused with exit status 2.

The options are those that the commands declare: one without an entry here fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support_cli import Run, autograd

from autograd_cli.app import cli
from autograd_graph.export import TARGETS

LONG = "; ".join(f"a{n} = sin(x)*a{n - 1} + y" if n else "a0 = x*y" for n in range(60))
"""A program of which a terminal folds the middle."""

PLAIN: dict[str, tuple[str, ...]] = {
    "eval": ("k = 3; z = x*y; k*z + sin(x*y)", "--x=1", "--y=2"),
    "explain": ("k = 3; z = x*y; k*z + sin(x*y)", "--x=1", "--y=2"),
    "diff": ("k = 3; z = x*y; k*z*sin(x*y)",),
}
"""A run of each command that options are added to."""

COMMON: dict[str, tuple[str, ...]] = {
    "--set": ("--set", "k=7"),
    "--of": ("--of", "z"),
    "--wrt": ("--wrt", "y"),
    "--max-nodes": ("--max-nodes", "2"),
    "--precision": ("--precision", "2"),
    "--color": ("--color", "always"),
    "--ascii": ("--ascii",),
    "--help": ("--help",),
}
"""Words that make an option matter, wherever a command has it."""

SPECIAL: dict[tuple[str, str], tuple[str, ...]] = {
    ("explain", "--by"): ("--by", "operation"),
    ("explain", "--rules"): ("--rules",),
    ("explain", "--nudge"): ("--nudge", "x=0.1"),
    ("eval", "--get"): ("--get", "grad.y"),
    ("eval", "--hessian"): ("--hessian",),
    ("eval", "--along"): ("--along", "x=1"),
    ("diff", "--order"): ("--order", "2"),
    ("diff", "--hessian"): ("--hessian",),
    ("diff", "--cse"): ("--cse",),
    ("diff", "--to"): ("--to", "python"),
}
"""The same where one command's option needs words of its own."""

ELSEWHERE = {
    ("*", "--file"),  # test_streams
    ("*", "--vars"),  # test_values
    ("*", "--all"),  # test_long_tables_are_whole_with_all
    ("eval", "--strict"),  # test_status
}
"""Options whose effect is a file, a pipe or a process, and which other tests look for there."""


def declared() -> Iterator[tuple[str, click.Option]]:
    """Every option of every command."""
    context = click.Context(cli)
    for name in PLAIN:
        command = cli.get_command(context, name)
        assert command is not None
        for parameter in command.get_params(click.Context(command)):
            if isinstance(parameter, click.Option):
                yield name, parameter


def spelled(option: click.Option) -> str:
    return max(option.opts, key=len)


def formats(command: str) -> list[str]:
    """The formats of a command."""
    options = (option for name, option in declared() if name == command)
    kind = next(option.type for option in options if spelled(option) == "--format")
    assert isinstance(kind, click.Choice)
    return list(kind.choices)


def run(command: str, *words: str) -> Run:
    return autograd(command, *PLAIN[command], *words)


CASES = [
    (name, spelled(option))
    for name, option in declared()
    if spelled(option) != "--format"
    and not {(name, spelled(option)), ("*", spelled(option))} & ELSEWHERE
]


@pytest.mark.parametrize(("command", "option"), CASES)
def test_an_option_shows_in_every_format_or_is_refused(command: str, option: str) -> None:
    words = SPECIAL.get((command, option), COMMON.get(option))
    assert words is not None, "an option that this test knows nothing of"
    for kind in formats(command):
        if option in SCREEN_ONLY and kind != "table":
            continue
        before, after = run(command, "--format", kind), run(command, "--format", kind, *words)
        if after.status == 2:
            assert option.lstrip("-") in after.err
            continue
        changed = (before.out, before.err, before.status) != (after.out, after.err, after.status)
        assert changed, (kind, before.out)


SCREEN_ONLY = {"--precision", "--color", "--ascii", "--all"}
"""Options that say how to draw: data is always whole, exact and plain (README, *In scripts*)."""


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "words", [("--order", "2"), ("--hessian",), ("--wrt", "y"), ("--of", "z"), ("--set", "k=7")]
)
def test_code_of_every_target_follows_the_options(target: str, words: tuple[str, ...]) -> None:
    plain, asked = run("diff", "--to", target), run("diff", "--to", target, *words)
    assert plain.status == asked.status == 0
    assert plain.out != asked.out


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (name, option)
        for name, option in declared()
        if not (option.multiple or option.is_flag or option.is_eager)
    ],
    ids=str,
)
def test_an_option_that_counts_once_is_refused_twice(command: str, option: click.Option) -> None:
    word = f"{spelled(option)}=1"
    again = run(command, word, word)
    assert again.status == 2
    assert f"{spelled(option)} is given more than once" in again.err


def test_names_given_in_several_options_add_up() -> None:
    program = ("a*b*c", "--a=1", "--b=2", "--c=3", "--format", "json")
    both = autograd("eval", *program, "--wrt", "a", "--wrt", "c,b")
    assert list(json.loads(both.out)["gradients"]) == ["a", "c", "b"]
    held = autograd("descend", "a = 1; b = 2; (a + b)^2", "--hold", "a", "--hold", "b")
    assert "every parameter is held" in held.err


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (("--get", "value,grad.w"), "6.0\t2.0\n"),
        (("--get", "grad.w", "--get", "value"), "2.0\t6.0\n"),
        (("--get", "grad"), "2.0\t3.0\n"),
        (("--get", "value,grad"), "6.0\t2.0\t3.0\n"),
        (("--get", "hessian.w.x", "--hessian"), "1.0\n"),
    ],
)
def test_get_takes_several_numbers_and_prints_them_on_one_line(
    words: tuple[str, ...], out: str
) -> None:
    assert autograd("eval", "w*x", "--w=3", "--x=2", *words).out == out


@pytest.mark.parametrize(
    "words", [("--format", "json"), ("--hessian",), ("--along", "x=1"), ("--all",)]
)
def test_what_get_would_pass_over_is_refused(words: tuple[str, ...]) -> None:
    refused = autograd("eval", "x^2", "--x=3", "--get", "value", *words)
    assert refused.status == 2
    assert words[0] in refused.err


def test_the_order_of_a_hessian_is_two() -> None:
    assert autograd("diff", "x^2", "--hessian", "--order", "2").out == "2\n"
    refused = autograd("diff", "x^2", "--hessian", "--order", "1")
    assert refused.status == 2
    assert "--order 1" in refused.err


def test_long_tables_are_whole_with_all(tmp_path: Path) -> None:
    for command in ("eval", "explain", "flow"):
        words = (command, LONG, "--x=1", "--y=2", "--format", "table")
        plain, whole = autograd(*words), autograd(*words, "--all")
        assert len(whole.lines) > len(plain.lines), command
