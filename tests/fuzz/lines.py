"""Command lines: any command with any of its options, in any order, with values good and bad."""

from __future__ import annotations

import re
from random import Random

import click

from autograd_cli.clicked import cli

from .texts import Texts

_VALUES = (
    "1", "-2", "0", "-0.0", "1e-3", "pi/4", "inf", "nan", "-1e400", "x", "", "[b]", "1,5", "1/3",
    "-1/3", "1e999", "0x10", "½", "\x1b[1m", "9" * 400, "x=1", "x=1,y=2", "value", "grad", "grad.x",
    "value,grad", "node.v1.value", "hessian.x.x", "json", "csv", "table", "markdown", "always",
)  # fmt: skip
_NO_WORD = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Surrogates that stand for no byte: a command line cannot hold them."""

_BOUNDS = {"--max-nodes": "20000", "--steps": "20"}
"""What keeps each run short."""

_GOOD = ("1", "-2", "0", "0.5", "pi/4", "1e-3", "1e3", "1/3", "inf", "nan")
_GIVEN = ("x", "y", "z", "w", "b", "t", "u", "v", "a", "c", "target", "rate")
_INPUTS = ("x", "y", "w", "a1", "θ", "e", "format", "of", "lr", "q")
_ODD_WORDS = ("-", "--", "-h", "--help", "---x", "-x", "--=3", "--x", "--nope", "--json", "\udc80")


class Lines:
    """An endless source of the words of command lines, and of what is on standard input."""

    def __init__(self, draw: Random, texts: Texts) -> None:
        self._draw = draw
        self._texts = texts
        context = click.Context(cli)
        self._names = cli.list_commands(context)
        self._commands = {n: c for n in self._names if (c := cli.get_command(context, n))}
        self._about_programs = [n for n, c in self._commands.items() if "--wrt" in _words(c)]

    def next(self) -> tuple[list[str], str]:
        """The next words, without ``autograd`` itself, and a text for standard input."""
        draw = self._draw
        name = draw.choice(self._about_programs if draw.random() < 0.9 else self._names)
        command = self._commands[name]
        options = _words(command)
        words = [self._program()] if draw.random() < 0.9 else []
        if "--set" in options and draw.random() < 0.7:
            words += [f"--set={given}={draw.choice(_GOOD)}" for given in _GIVEN]
        for _ in range(draw.choice((0, 0, 0, 1, 1, 2, 6))):
            words += self._value() if draw.random() < 0.3 else self._option(command)
        if draw.random() < 0.05:
            words.insert(draw.randrange(len(words) + 1), draw.choice(_ODD_WORDS))
        if draw.random() < 0.05:
            draw.shuffle(words)
        for option, value in _BOUNDS.items():
            words += [option, value] if option in options else []
        return [name, *words], self._texts.next()

    def _program(self) -> str:
        """As an argument of a process can be: without NUL, and with lone bytes, not surrogates."""
        text = self._texts.good() if self._draw.random() < 0.6 else self._texts.next()
        return _NO_WORD.sub("\udc80", text.replace("\0", ""))

    def _value(self) -> list[str]:
        draw = self._draw
        name, value = draw.choice(_INPUTS), draw.choice(_VALUES)
        if draw.random() < 0.7:
            return [f"--set={draw.choice(_GIVEN)}={draw.choice(_GOOD)}"]
        return draw.choice(
            ([f"--{name}={value}"], [f"--{name}", value], ["--set", f"{name}={value}"])
        )

    def _option(self, command: click.Command) -> list[str]:
        draw = self._draw
        options = [p for p in command.params if isinstance(p, click.Option) and _is_harmless(p)]
        if not options:
            return []
        option = draw.choice(options)
        word = draw.choice(option.opts)
        if option.is_flag:
            return [word]
        if draw.random() < 0.2:
            return [word, draw.choice(_VALUES)]
        if isinstance(option.type, click.Choice):
            return [word, str(draw.choice(list(option.type.choices)))]
        if isinstance(option.type, click.types.StringParamType):
            return [word, draw.choice((*_INPUTS, "x=1", "x=1,y=2", "value", "grad", "x,y"))]
        return [word, draw.choice(("1", "2", "0.5", "10"))]


def _words(command: click.Command) -> set[str]:
    return {word for parameter in command.params for word in parameter.opts}


def _is_harmless(option: click.Option) -> bool:
    """Whether it neither writes a file nor reads one, nor starts a run without an end."""
    return not {
        "--save",
        "--output",
        "--where-status",
        "--file",
        "--vars",
        "--jobs",
        *_BOUNDS,
    } & set(option.opts)
