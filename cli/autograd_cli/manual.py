"""Man pages of the commands, generated from their help, so that no text is written twice."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from importlib.metadata import version
from inspect import cleandoc

import click

from autograd_cli import exit_status, roff
from autograd_cli.line import environment

_EXAMPLES = "\b\nExamples:\n"
"""The beginning of the paragraph with the examples in a help text."""


def page(ctx: click.Context) -> str:
    """The man page of the command that ``ctx`` is for."""
    title = ctx.command_path.replace(" ", "-")
    described = cleandoc(ctx.command.help or "").split("\n\n")
    about = [text for text in described if not text.startswith("\b")]
    sections = {
        "NAME": f"{roff.escaped(title)} \\- {roff.escaped(_in_short(ctx.command))}\n",
        "SYNOPSIS": f"{roff.bold(ctx.command_path)} {_usage(ctx)}\n",
        "DESCRIPTION": roff.paragraphs(about),
        "COMMANDS": roff.entries(_commands(ctx)),
        "OPTIONS": roff.entries(_options(ctx)),
        "EXAMPLES": roff.literal(_examples(described)),
        "EXIT STATUS": roff.entries(
            (roff.bold(str(status)), f"{meaning}.")
            for status, meaning in exit_status.MEANINGS.items()
        ),
        "ENVIRONMENT": roff.entries(
            (roff.bold(name), meaning) for name, meaning in environment.VARIABLES.items()
        ),
        "SEE ALSO": _related(ctx),
    }
    source = f"autograd {version('autograd-cli')}"
    head = roff.heading(title.upper(), 1, _today(), source)
    return head + "".join(roff.section(name, body) for name, body in sections.items())


def _today() -> str:
    """The date of the page; ``SOURCE_DATE_EPOCH`` fixes it for reproducible builds."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    return time.strftime("%Y-%m-%d", time.gmtime(int(seconds) if seconds.isdigit() else None))


def _in_short(command: click.Command) -> str:
    """A one-line description of a command."""
    first, _, _ = (command.short_help or command.help or "").partition("\n")
    return first[:1].lower() + first[1:].removesuffix(".")


def _usage(ctx: click.Context) -> str:
    """The arguments in a command's synopsis."""
    return _with_placeholders(" ".join(ctx.command.collect_usage_pieces(ctx)))


def _with_placeholders(text: str) -> str:
    """Part of a command line in roff, with words in capitals in italics."""
    parts = re.split(r"(\b[A-Z]+\b)", text)
    return "".join(roff.italic(p) if n % 2 else roff.escaped(p) for n, p in enumerate(parts))


def _commands(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """The commands of a group with their short descriptions."""
    for found in _contexts(ctx):
        yield roff.bold(found.info_name or ""), found.command.short_help or ""


def _contexts(ctx: click.Context) -> Iterator[click.Context]:
    """The contexts of a group's commands."""
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            yield context(ctx, name)


def context(ctx: click.Context, name: str) -> click.Context:
    """The context of the command of that name in the group that ``ctx`` is for."""
    assert isinstance(ctx.command, click.Group)
    command = ctx.command.get_command(ctx, name)
    assert command is not None, name
    return command.context_class(command, info_name=name, parent=ctx)


def _options(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """The options of a command with their descriptions."""
    for parameter in ctx.command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if isinstance(parameter, click.Option) and record is not None:
            written, does = record
            parts = re.split(r"(--?[a-z][a-z-]*)", written)
            yield (
                "".join(
                    roff.bold(p) if n % 2 else _with_placeholders(p) for n, p in enumerate(parts)
                ),
                does,
            )


def _examples(described: list[str]) -> list[str]:
    """The examples in a help text."""
    return [
        line.strip()
        for text in described
        if text.startswith(_EXAMPLES)
        for line in text.removeprefix(_EXAMPLES).splitlines()
    ]


def _related(ctx: click.Context) -> str:
    """References to the pages of a group's commands, or to that of the group."""
    names = [found.command_path for found in _contexts(ctx)] or [ctx.find_root().command_path]
    pages = (f"{roff.bold(name.replace(' ', '-'))}(1)" for name in names)
    return ",\n".join(pages) + "\n"
