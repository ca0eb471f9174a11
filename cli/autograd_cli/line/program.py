"""The program of a command line: its graph bound to its output, and its values."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_cli.line import point, sources, words
from autograd_cli.line.context import Context
from autograd_cli.line.words import value_words
from autograd_cli.output import Output, is_terminal
from autograd_cli.program import Program, inputs_named, named_node
from autograd_graph import Graph, Tape

if TYPE_CHECKING:
    from autograd_cli.interface.function import Function

_LONG_COMMAND = 1_000
"""A command of more characters than this is not repeated in a hint."""

_MANY = 40
"""The largest number of values that a hint writes on the command line."""


class CommandLine(NamedTuple):
    """The typed words, and the options of the command."""

    words: tuple[str, ...]
    options: frozenset[str]

    def completed(self, names: list[str]) -> str:
        """The command line with a value for each of ``names``; if it is long, only the values.

        For very many names it suggests a file.
        """
        if len(names) > _MANY:
            return "--vars FILE, with {" + f'"{names[0]}": 1, ...' + "}"
        typed = self.words
        end = typed.index("--") if "--" in typed else len(typed)
        values = [value for name in names for value in value_words(name, "1", self.options)]
        command = shlex.join(["autograd", *typed[:end], *values, *typed[end:]])
        return command if len(command) <= _LONG_COMMAND else shlex.join(values)


class LineProgram(Program, kw_only=True):
    """A program from a command line: ``origin`` is its file or "", ``line`` the command line."""

    origin: str
    line: CommandLine

    def require_values(self) -> None:
        """Raise one error for all the inputs that have no value."""
        with sources.named(self.origin):
            super().require_values()

    def _completed(self, absent: list[str]) -> str:
        return self.line.completed(absent)

    @property
    def function(self) -> Function:
        """The program as a :class:`Function` of the Python interface, which the commands call."""
        from autograd_cli.interface.function import Function

        return Function(self)


def command_line(ctx: Context) -> CommandLine:
    """The command line of the command of ``ctx``."""
    return CommandLine(tuple(sys.argv[1:]), frozenset(ctx.command.spellings))


def read_program(ctx: Context, options: dict[str, Any], output: Output) -> LineProgram:
    """The program and the point that the program options describe, removed from the options.

    ``output`` prints a note for what is probably a mistake.
    """
    sorted_words = ctx.words
    text, origin = _text(ctx, options.pop("expr"), options.pop("file"))
    line = command_line(ctx)
    of, wrt = options.pop("of"), options.pop("wrt")
    output.at("reading the program")
    with sources.named(origin):
        max_nodes = options.pop("max_nodes")
        graph = sources.parse_program(text, origin, max_nodes)
        _note_shadowed_inputs(graph, sorted_words, output)
        _note_slips(graph, output)
        long = [option for option in line.options if option.startswith("--")]
        point.check_names(graph, (name for name, _ in sorted_words.values), long)
        settings, files = options.pop("settings"), options.pop("files")
        values = point.read(sorted_words.values, settings, files, max_nodes)
        tape = Tape(graph, None if of is None else named_node(graph, of))
        names = inputs_named(graph, split_names(wrt)) if wrt else None
        given = values.given(graph)
        return LineProgram(graph, tape, given, names, origin=origin, line=line, max_nodes=max_nodes)


def _text(ctx: Context, expr: str | None, file: str | None) -> tuple[str, str]:
    """The program's text and its origin: a file's path, ``stdin``, or "" for the command line."""
    if file is not None and expr is not None:
        if "=" in expr:
            raise words.surplus([file, expr])
        raise ctx.usage_error("a program and --file: give one of them")
    if file is not None and file != "-":
        return sources.read_file(file), file
    if expr == "-" or file == "-" or (expr is None and not is_terminal(sys.stdin)):
        return sources.read_stdin(), "stdin"
    if expr is None:
        ctx.show_help()
    return expr, ""


def _note_shadowed_inputs(graph: Graph, sorted_words: words.Words, output: Output) -> None:
    for name in dict.fromkeys(sorted_words.given):
        if name in graph.inputs:
            output.note(
                f"--{name} is an option of the command; to give the input {name!r} a value, "
                f"write --set {name}=3"
            )


def _note_slips(graph: Graph, output: Output) -> None:
    """Print a note for each input whose name is probably a mistake."""
    if not any(len(name) > 1 for name in graph.inputs):
        return
    from autograd_grammar.slips import slips

    for name, meant in slips(graph).items():
        span = graph.spans[graph.inputs[name]]
        output.note(f"{name!r} is an input of that name; {meant}", graph.text, span)


def split_names(texts: Sequence[str]) -> list[str]:
    """The names in repeatable options such as ``--wrt``, ``--hold`` and ``--get``: ``x, w``."""
    return [name.strip() for text in texts for name in text.split(",")]
