"""The commands as click has them: help, completion, and what is wrong with a line.

A plain line never comes here (:meth:`autograd_cli.line.command.Command.plain`). What does is read
again by click, which either says what is wrong or reads what is unusual.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import lru_cache
from math import isnan
from typing import Any

import click
from click.core import ParameterSource

from autograd_cli import commands, exit_status
from autograd_cli.line import environment, parameters, sources
from autograd_cli.line.command import Command, ProgramCommand
from autograd_cli.line.context import Context
from autograd_cli.line.words import Words, value_words
from autograd_grammar import MAX_NODES
from autograd_graph import Graph, ProgramError


class _Real(click.FloatRange):
    """A number within bounds; click lets a nan pass, which is within none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


def _kind(kind: parameters.Kind) -> click.ParamType[Any]:
    match kind:
        case parameters.Choice(choices):
            return click.Choice(choices)
        case parameters.Whole(None, None):
            return click.INT
        case parameters.Whole(least, most):
            return click.IntRange(least, most)
        case parameters.Real(least, above, most, below):
            return _Real(
                least if above is None else above,
                most if below is None else below,
                min_open=above is not None,
                max_open=below is not None,
            )
        case parameters.Text(file):
            return click.Path(readable=False) if file else click.STRING


def _parameter(declared: parameters.Parameter) -> click.Parameter:
    if isinstance(declared, parameters.Argument):
        return click.Argument(
            [declared.name],
            type=_kind(declared.kind),
            required=declared.required,
            nargs=-1 if declared.many else 1,
            metavar=declared.metavar,
        )
    if declared.flag:
        return click.Option([*declared.spellings, declared.name], is_flag=True, help=declared.about)
    return click.Option(
        [*declared.spellings, declared.name],
        type=_kind(declared.kind),
        multiple=declared.multiple,
        default=declared.default,
        show_default=declared.shown,
        metavar=declared.metavar,
        help=declared.about,
    )


class ClickCommand(click.Command):
    """A command as click has it."""

    def __init__(self, declared: Command) -> None:
        super().__init__(
            declared.name,
            params=[_parameter(each) for each in declared.parameters],
            help=_with_marks(declared.function.__doc__),
            short_help=declared.about,
        )
        self.declared = declared

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sort the words as the command does, and let click parse the options and the rest.

        For shell completion the words are incomplete: click parses them unsorted.
        """
        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        debug = ctx.find_root().obj is True
        if self.declared.takes_values:
            given = self.declared.sorted(args, debug)
            args = [*_options(given.words), "--", *given.words.rest]
        else:
            given = Context(self.declared, Words(), debug)
        ctx.obj = given
        with self._named_like_an_input(given.words):
            self._refuse_again(ctx, args)
            left = super().parse_args(ctx, args)
        given.params = ctx.params
        given.typed = {
            name
            for name in ctx.params
            if ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE
        }
        self.declared.settle(given)
        return left

    def _refuse_again(self, ctx: click.Context, args: list[str]) -> None:
        """Refuse a repeated option, of which click would silently use the last value."""
        _, _, used = self.make_parser(ctx).parse_args(args=list(args))
        for option in used:
            repeatable = isinstance(option, click.Option) and (option.multiple or option.is_flag)
            if isinstance(option, click.Option) and used.count(option) > 1 and not repeatable:
                raise ProgramError(
                    f"{max(option.opts, key=len)} is given more than once",
                    code="bad-value",
                    hint="give it once",
                )

    @contextmanager
    def _named_like_an_input(self, given: Words) -> Iterator[None]:
        """A better error than click's where an option has the name of an input."""
        try:
            yield
        except (click.BadParameter, click.BadOptionUsage) as error:
            graph = self._program(given)
            name = _option_name(error)
            if graph is None or name not in graph.inputs:
                raise
            texts = [text for _, spelling, text in given.options if spelling == f"--{name}"]
            value = (texts and texts[-1]) or "3"
            raise ProgramError(
                f"--{name} is an option of the command, and here it does not fit",
                code="bad-value",
                hint=f"to give the input {name!r} a value, write "
                + shlex.join(value_words(name, value, {f"--{name}"})),
            ) from None

    def invoke(self, ctx: click.Context) -> int:
        """Run the command; its exit status."""
        assert isinstance(ctx.obj, Context)
        return ctx.obj.run()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the inputs of a program that was given with ``--help`` after the command's help."""
        super().format_epilog(ctx, formatter)
        graph = self._program(ctx.obj.words) if isinstance(ctx.obj, Context) else None
        if graph is None:
            return
        about = {name: _default(graph, node) for name, node in graph.inputs.items()}
        about |= dict.fromkeys(graph.constants, "a constant")
        options = self.declared.spellings
        rows = [(" ".join(value_words(name, "VALUE", options)), about[name]) for name in about]
        if rows:
            with formatter.section("Inputs of this program"):
                formatter.write_dl(rows)

    def _program(self, given: Words) -> Graph | None:
        """The program on a line that asks for help or has errors; ``None`` if there is none."""
        if not isinstance(self.declared, ProgramCommand):
            return None
        text = given.rest[0] if given.rest else "-"
        try:
            for option, _, path in given.options:
                if option.name == "file" and path is not None:
                    text = sources.read_file(path)
            return None if text == "-" else sources.parse_program(text, "", MAX_NODES)
        except ProgramError:
            return None


def _options(given: Words) -> list[str]:
    """The words of the options, so that click cannot take a value for an option."""
    return [
        word
        for _, spelling, text in given.options
        for word in ([spelling] if text is None else _with_value(spelling, text))
    ]


def _with_value(spelling: str, text: str) -> list[str]:
    return [f"{spelling}={text}"] if spelling.startswith("--") else [spelling, text]


def _option_name(error: click.BadParameter | click.BadOptionUsage) -> str:
    """The long name of the option in click's error, without dashes."""
    if isinstance(error, click.BadOptionUsage):
        return error.option_name.lstrip("-")
    return (error.param.name or "").removesuffix("_name") if error.param else ""


def _default(graph: Graph, node: int) -> str:
    if node in graph.numbers:
        return f"default {graph.numbers[node]:g}"
    return "has a default" if graph.args[node] else "needs a value"


class Commands(click.Group):
    """The sub-commands, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the help."""
        return list(commands.NAMES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name, from its module."""
        return _made(name) if name in commands.NAMES else None

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Parse the command line; ``--help`` and ``--version`` already print here."""
        with _pipe_may_close():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a closed pipe is left to the error boundary."""
        with _pipe_may_close():
            return super().invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """After the commands, what applies to all of them: exit statuses, environment."""
        with formatter.section("Exit status"):
            formatter.write_dl([(str(n), text) for n, text in exit_status.MEANINGS.items()])
        with formatter.section("Environment"):
            formatter.write_dl(list(environment.VARIABLES.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raises :class:`ProgramError` with a suggestion for an unknown one."""
        if args and args[0] not in commands.NAMES:
            raise _unknown_command(args[0])
        return super().resolve_command(ctx, args)


@lru_cache(len(commands.NAMES))
def _made(name: str) -> ClickCommand:
    return ClickCommand(commands.named(name))


@contextmanager
def _pipe_may_close() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise BrokenPipeError from None  # with an errno, click would exit with 1


def _with_marks(text: str | None) -> str:
    r"""A docstring with ``\b``, click's mark for preformatted lines, as the character itself."""
    return (text or "").replace("\\b\n", "\b\n")


def _unknown_command(word: str) -> ProgramError:
    near = get_close_matches(word, commands.NAMES, n=1)
    if word == "help":
        hint = "autograd --help shows how, and autograd COMMAND --help more"
    elif near:
        hint = f"did you mean autograd {near[0]}?"
    elif word.startswith("-") and word[1:2].isalpha():
        hint = "autograd --help shows how"
    else:
        hint = f"to evaluate a program: {shlex.join(['autograd', 'eval', word])}"
    return ProgramError(f"there is no command {word!r}", code="bad-value", hint=hint)


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"autograd {version('autograd-cli')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version.",
)  # fmt: skip
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    r"""Differentiate expressions: values, gradients, and the graph between them.

    \b
    Examples:
      autograd eval "J = 1/2*(w*x + b - y)^2" --x=-2 --w=2 --b=8 --y=2
      autograd samples cost_function | autograd explain -
      autograd diff "x^2*sin(y)"
      autograd functions tanh
    """


cli.help = _with_marks(cli.help)


def root() -> click.Context:
    """A context of the ``autograd`` command, with all of its commands under it."""
    return click.Context(cli, info_name="autograd", **cli.context_settings)


def show_help(name: str) -> None:
    """Print the help of a command."""
    command = _made(name)
    click.echo(command.get_help(click.Context(command, info_name=name, parent=root())))


def run(arguments: list[str], debug: bool) -> int:
    """Run a command line as click reads it; its exit status.

    Raises :class:`ProgramError` for what click finds wrong.
    """
    try:
        status = cli.main(arguments, prog_name="autograd", standalone_mode=False, obj=debug)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return exit_status.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())
        return exit_status.DONE
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "autograd"
        hint = f"{path} --help shows how"
        raise ProgramError(error.format_message(), code="bad-value", hint=hint) from error
    return status if isinstance(status, int) else exit_status.DONE
