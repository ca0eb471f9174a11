"""What every command that takes a program shares: its options, and the program they describe."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import pairwise
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from autograd_cli import point, sources, words
from autograd_cli.formats import FORMATS
from autograd_cli.output import Output, is_terminal
from autograd_grammar import MAX_NODES
from autograd_graph import Graph, ProgramError, Tape

Function = TypeVar("Function", bound=Callable[..., Any])


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


def value_words(name: str, value: str, options: Container[str]) -> list[str]:
    """How a value is given to an input on the line of a command that has ``options``."""
    if f"--{name}" in options:
        return ["--set", f"{name}={value}"]
    return [f"--{name}={value}"]


class OnceCommand(click.Command):
    """A command whose options are not given twice, but for those that add up and for flags."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse a second value, of which click would take the last one in silence."""
        if not ctx.resilient_parsing:
            _, _, used = self.make_parser(ctx).parse_args(args=list(args))
            for option in used:
                if isinstance(option, click.Option) and not (option.multiple or option.is_flag):
                    _refuse_again(option, used.count(option))
        return super().parse_args(ctx, args)


def _refuse_again(option: click.Option, times: int) -> None:
    if times > 1:
        raise ProgramError(
            f"{words.spelled(option)} is given more than once",
            code="bad-value",
            hint="give it once",
        )


class LineContext(click.Context):
    """The context of a command with the words that it was given."""

    def __init__(self, command: click.Command, *args: Any, **more: Any) -> None:
        super().__init__(command, *args, **more)
        self.words = words.Words()


def words_of(ctx: click.Context) -> words.Words:
    """The words of the command line, sorted."""
    assert isinstance(ctx, LineContext)
    return ctx.words


class WordsCommand(OnceCommand):
    """A command whose words are sorted by :mod:`autograd_cli.words` before click sees them."""

    context_class = LineContext

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sort the words, hand click its options, and keep the rest for the command.

        Words that a shell asks to complete are not all there yet: click takes them as they are.
        """
        assert isinstance(ctx, LineContext)
        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        ctx.words = words.sort(args, self.get_params(ctx))
        return self.parse_words(ctx, ctx.words)

    def parse_words(self, ctx: click.Context, sorted_words: words.Words) -> list[str]:
        """Let click parse what is for it."""
        return super().parse_args(ctx, [*sorted_words.options, "--", *sorted_words.rest])


class ProgramCommand(WordsCommand):
    """A command about one program: it is one word, and the help is about its inputs too."""

    def parse_words(self, ctx: click.Context, sorted_words: words.Words) -> list[str]:
        """The words, with the errors that a program on the line can explain."""
        if len(sorted_words.rest) > 1:
            raise words.surplus(sorted_words.rest)
        try:
            return super().parse_words(ctx, sorted_words)
        except (click.BadParameter, click.BadOptionUsage) as error:
            graph = _given_program(sorted_words)
            name = _option_name(error)
            if graph is None or name not in graph.inputs:
                raise
            texts = [
                word.partition("=")[2] for word in sorted_words.options if f"--{name}=" in word
            ]
            raise ProgramError(
                f"--{name} is an option of the command, and here it does not fit",
                code="bad-value",
                hint=f"to give the input {name!r} a value, write "
                + shlex.join(value_words(name, texts[-1] if texts else "3", {f"--{name}"})),
            ) from None

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """After the help of the command, the inputs of the program that was given with it."""
        super().format_epilog(ctx, formatter)
        graph = _given_program(words_of(ctx))
        if graph is None:
            return
        about = {name: _default(graph, node) for name, node in graph.inputs.items()}
        about |= dict.fromkeys(graph.constants, "a constant")
        options = words.options(self.get_params(ctx))
        rows = [(" ".join(value_words(name, "VALUE", options)), about[name]) for name in about]
        if rows:
            with formatter.section("Inputs of this program"):
                formatter.write_dl(rows)


def _option_name(error: click.BadParameter | click.BadOptionUsage) -> str:
    """The long name of the option that click found wrong, without its dashes."""
    if isinstance(error, click.BadOptionUsage):
        return error.option_name.lstrip("-")
    return (error.param.name or "").removesuffix("_name") if error.param else ""


def _given_program(sorted_words: words.Words) -> Graph | None:
    """The program on a command line that asks for help or does not make sense, if there is one."""
    text = sorted_words.rest[0] if sorted_words.rest else "-"
    try:
        for word, after in pairwise([*sorted_words.options, ""]):
            option, equals, path = word.partition("=")
            if word == "-f" or option == "--file":
                text = sources.read_file(path if equals else after)
        return None if text == "-" else sources.parse_program(text, "", MAX_NODES)
    except ProgramError:
        return None


def _default(graph: Graph, node: int) -> str:
    if node in graph.numbers:
        return f"default {graph.numbers[node]:g}"
    return "has a default" if graph.args[node] else "needs a value"


def program_options(function: Function) -> Function:
    """EXPR and ``-f``, and the :func:`point_options`."""
    options = (
        click.argument("expr", required=False),
        click.option(
            "-f", "--file", "file", type=click.Path(), metavar="FILE",
            help="Read the program from FILE.",
        ),
        point_options,
    )  # fmt: skip
    return _with_options(options, function)


def point_options(function: Function) -> Function:
    """``--set``, ``--vars``, ``--of``, ``--wrt``, ``--max-nodes``: where and what to evaluate."""
    options = (
        click.option(
            "--set", "settings", multiple=True, metavar="NAME=VALUE",
            help="A value for an input, if the program has it. Repeatable.",
        ),
        click.option(
            "--vars", "files", multiple=True, type=click.Path(), metavar="FILE",
            help="Values from a JSON or TOML file. Repeatable.",
        ),
        click.option("--of", "of", metavar="NAME", help="Differentiate this node instead."),
        click.option(
            "--wrt", "wrt", multiple=True, metavar="NAMES",
            help="Report these inputs only: x,w. Repeatable.",
        ),
        click.option(
            "--max-nodes", type=click.IntRange(min=1), default=MAX_NODES, metavar="N",
            help="Stop at programs of more nodes than this.", show_default=True,
        ),
    )  # fmt: skip
    return _with_options(options, function)


def _with_options(options: Iterable[Callable[[Any], Any]], function: Function) -> Function:
    for option in reversed(list(options)):
        function = option(function)
    return function


def output_options(
    *more: str, numbers: bool = True, piped: str = "data"
) -> Callable[[Function], Function]:
    """``--format``, ``--color``, ``--ascii``, and for what has ``numbers`` ``--precision``.

    ``more`` are formats that the command has beside those that every one has. ``piped`` says what
    comes out in a pipe by default, where that is no drawing as well.
    """
    in_a_pipe = f" and {piped} in a pipe" if piped else ", and in a pipe too"
    options = [
        click.option(
            "--format", "format_name", type=click.Choice([*FORMATS, *more]),
            help=f"How to print; by default a drawing on a terminal{in_a_pipe}.",
        ),
        click.option(
            "--precision", type=click.IntRange(1, 17), default=6, metavar="N", show_default=True,
            help="Significant digits of numbers in tables.",
        ),
        click.option(
            "--color", "colour", type=click.Choice(["auto", "always", "never"]), default="auto",
            help="When to use colour.",
        ),
        click.option("--ascii", "ascii_only", is_flag=True, help="Draw without Unicode."),
    ]  # fmt: skip
    if not numbers:
        del options[1]

    return lambda function: _with_options(options, function)


_OF_DRAWINGS = ("precision", "ascii_only", "everything")
"""The options that say how to draw: data is whole, exact and plain whatever they are."""


def read_output(
    ctx: click.Context,
    options: dict[str, Any],
    in_a_pipe: str,
    *,
    to_file: bool = False,
    code: str | None = None,
) -> Output:
    """The output options, taken out of a command's options.

    What says how to draw is refused where data comes out, or ``code``, if that has a name.
    """
    chosen = options.pop("format_name")
    drawn = is_terminal(sys.stdout) and not to_file
    form = chosen or ("table" if drawn else in_a_pipe)
    if code or form != "table":
        way = "leave it out" if code or chosen else "add --format table, or leave it out"
        refuse(ctx, _OF_DRAWINGS, f"is for drawings, and here {code or form} comes out", way)
    return Output(
        format=form,
        precision=options.pop("precision", 6),
        colour=options.pop("colour"),
        ascii=options.pop("ascii_only"),
    )


def refuse(
    ctx: click.Context, names: Container[str | None], why: str, hint: str = "leave it out"
) -> None:
    """Raise an error for an option that was typed and is among ``names``: ``--ascii`` and why."""
    for parameter in ctx.command.params:
        source = ctx.get_parameter_source(parameter.name or "")
        if parameter.name in names and source is ParameterSource.COMMANDLINE:
            message = f"{words.spelled(parameter)} {why}"
            raise ProgramError(message, code="bad-value", hint=hint)


def takes_output(
    *, in_a_pipe: str, to_file: str = ""
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command's function is called as ``function(ctx, output, **named options)``.

    ``in_a_pipe`` is the format that it has there; ``to_file`` names the option for a file.
    """

    def taking(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def command(ctx: click.Context, /, **options: Any) -> None:
            whole = options.get(to_file) is not None
            function(ctx, read_output(ctx, options, in_a_pipe, to_file=whole), **options)

        return command

    return taking


def takes_program(
    *, in_a_pipe: str, code: str = ""
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command's function is called as ``function(ctx, program, output, **named options)``.

    ``in_a_pipe`` is the format that it has there; ``code`` names the option for writing code.
    """

    def taking(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def command(ctx: click.Context, /, **options: Any) -> None:
            output = read_output(ctx, options, in_a_pipe, code=options.get(code))
            program = read_program(ctx, options)
            function(ctx, program, output, **options)

        return command

    return taking


def read_program(ctx: click.Context, options: dict[str, Any]) -> Program:
    """The program and the point that the program options describe, taken out of the options."""
    sorted_words = words_of(ctx)
    text, origin = _text(ctx, options.pop("expr"), options.pop("file"))
    line = command_line(ctx)
    of, wrt = options.pop("of"), options.pop("wrt")
    with sources.named(origin):
        graph = sources.parse_program(text, origin, options.pop("max_nodes"))
        _warn_of_shadowed_inputs(graph, sorted_words)
        _warn_of_slips(graph)
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


def _warn_of_shadowed_inputs(graph: Graph, sorted_words: words.Words) -> None:
    from autograd_cli.diagnostics import show_warning

    for name in dict.fromkeys(sorted_words.given):
        if name in graph.inputs:
            show_warning(
                f"--{name} is an option of the command; to give the input {name!r} a value, "
                f"write --set {name}=3"
            )


def _warn_of_slips(graph: Graph) -> None:
    """Names that look as if something else was meant are said to be names."""
    if not any(len(name) > 1 for name in graph.inputs):
        return
    from autograd_grammar.slips import slips

    for name, meant in slips(graph).items():
        from autograd_cli.diagnostics import show_warning

        span = graph.spans[graph.inputs[name]]
        show_warning(f"{name!r} is an input of that name; {meant}", text=graph.text, span=span)


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
