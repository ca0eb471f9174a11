"""The program of a command line: its graph bound to its output, and its values."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from autograd_cli.line import point, sources, words
from autograd_cli.line.command import words_of
from autograd_cli.line.words import value_words
from autograd_cli.output import Output, is_terminal
from autograd_graph import Graph, ProgramError, Tape

_LONG_COMMAND = 1_000
"""A command of more characters is not repeated in a hint."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program as a command sees it: its graph bound to its output, and its values."""

    graph: Graph
    tape: Tape
    given: dict[str, float]
    wrt: list[str] | None
    origin: str
    line: CommandLine

    def require_values(self) -> None:
        """Raise one error for all the inputs that have no value."""
        with sources.named(self.origin):
            point.require_values(self.tape, self.given, self.line.completed)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The words as they were typed, and the options of the command they are for."""

    words: tuple[str, ...]
    options: frozenset[str]

    def completed(self, names: list[str]) -> str:
        """The command line with a value for each of ``names``; of a long one, the values alone."""
        typed = self.words
        end = typed.index("--") if "--" in typed else len(typed)
        values = [value for name in names for value in value_words(name, "1", self.options)]
        command = shlex.join(["autograd", *typed[:end], *values, *typed[end:]])
        return command if len(command) <= _LONG_COMMAND else shlex.join(values)


def command_line(ctx: click.Context) -> CommandLine:
    """What was typed to run the command of ``ctx``."""
    return CommandLine(tuple(sys.argv[1:]), frozenset(words.options(ctx.command.params)))


def read_program(ctx: click.Context, options: dict[str, Any], output: Output) -> Program:
    """The program and the point that the program options describe, taken out of the options.

    What looks like a slip is noted by ``output``.
    """
    sorted_words = words_of(ctx)
    text, origin = _text(ctx, options.pop("expr"), options.pop("file"))
    line = command_line(ctx)
    of, wrt = options.pop("of"), options.pop("wrt")
    output.at("reading the program")
    with sources.named(origin):
        graph = sources.parse_program(text, origin, options.pop("max_nodes"))
        _note_shadowed_inputs(graph, sorted_words, output)
        _note_slips(graph, output)
        long = [option for option in line.options if option.startswith("--")]
        point.check_names(graph, (name for name, _ in sorted_words.values), long)
        values = point.read(sorted_words.values, options.pop("settings"), options.pop("files"))
        tape = Tape(graph, None if of is None else named_node(graph, of))
        names = inputs_named(graph, split_names(wrt)) if wrt else None
        return Program(graph, tape, values.given(graph), names, origin, line)


def _text(ctx: click.Context, expr: str | None, file: str | None) -> tuple[str, str]:
    """The program's text and the name of where it came from, if that is a file."""
    if file is not None and expr is not None:
        if "=" in expr:
            raise words.surplus([file, expr])
        raise click.UsageError("a program and --file: give one of them", ctx)
    if file is not None and file != "-":
        return sources.read_file(file), file
    if expr == "-" or file == "-" or (expr is None and not is_terminal(sys.stdin)):
        return sources.read_stdin(), "stdin"
    if expr is None:
        click.echo(ctx.get_help())
        ctx.exit()
    return expr, ""


def _note_shadowed_inputs(graph: Graph, sorted_words: words.Words, output: Output) -> None:
    for name in dict.fromkeys(sorted_words.given):
        if name in graph.inputs:
            output.note(
                f"--{name} is an option of the command; to give the input {name!r} a value, "
                f"write --set {name}=3"
            )


def _note_slips(graph: Graph, output: Output) -> None:
    """Names that look as if something else was meant are said to be names."""
    if not any(len(name) > 1 for name in graph.inputs):
        return
    from autograd_grammar.slips import slips

    for name, meant in slips(graph).items():
        span = graph.spans[graph.inputs[name]]
        output.note(f"{name!r} is an input of that name; {meant}", graph.text, span)


def named_node(graph: Graph, name: str) -> int:
    """The newest node of that name. Raises :class:`ProgramError` (``unknown-name``)."""
    node = graph.bindings.get(name, graph.inputs.get(name))
    if node is not None:
        return node
    raise _unknown(
        f"the program has no node named {name!r}", name, [*graph.bindings, *graph.inputs]
    )


def split_names(texts: Sequence[str]) -> list[str]:
    """The names in ``--wrt``, ``--hold``, ``--get``, which may all be given again: ``x, w``."""
    return [name.strip() for text in texts for name in text.split(",")]


def inputs_named(graph: Graph, names: list[str]) -> list[str]:
    """``names``, all of them inputs. Raises :class:`ProgramError` for one that is not."""
    for name in names:
        if name in graph.inputs:
            continue
        if name in graph.bindings:
            raise ProgramError(
                f"{name!r} is not an input of the program",
                code="not-an-input",
                hint="its inputs are " + ", ".join(graph.inputs),
            )
        raise _unknown(f"the program has no input {name!r}", name, list(graph.inputs))
    return names


def _unknown(message: str, name: str, names: list[str]) -> ProgramError:
    from autograd_grammar.suggestions import did_you_mean

    near = did_you_mean(name, names)
    known = ", ".join(dict.fromkeys(names)) or "none"
    hint = f"did you mean {near}?" if near else f"there are {known}"
    return ProgramError(message, code="unknown-name", hint=hint)
