"""Click commands that sort their words first, refuse repeated options, and list inputs in help."""

from __future__ import annotations

import shlex
from itertools import pairwise
from typing import Any

import click

from autograd_cli.line import sources, words
from autograd_cli.line.words import value_words
from autograd_grammar import MAX_NODES
from autograd_graph import Graph, ProgramError


class OnceCommand(click.Command):
    """A command whose options may be given only once, except flags and repeatable ones."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse a repeated option, of which click would silently use the last value."""
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
    """The context of a command, with its sorted words."""

    def __init__(self, command: click.Command, *args: Any, **more: Any) -> None:
        super().__init__(command, *args, **more)
        self.words = words.Words()
        self.ranges: list[tuple[str, str]] = []
        """The ranges of inputs, of the commands that take some."""


def words_of(ctx: click.Context) -> words.Words:
    """The sorted words of the command line."""
    assert isinstance(ctx, LineContext)
    return ctx.words


class WordsCommand(OnceCommand):
    """A command whose words are sorted by :mod:`autograd_cli.line.words` before click sees them."""

    context_class = LineContext

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sort the words, pass options to click, and keep the rest for the command.

        For shell completion the words are incomplete: click parses them unsorted.
        """
        assert isinstance(ctx, LineContext)
        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        ctx.words = words.sort(args, self.get_params(ctx))
        return self.parse_words(ctx, ctx.words)

    def parse_words(self, ctx: click.Context, sorted_words: words.Words) -> list[str]:
        """Let click parse the options and the rest."""
        return super().parse_args(ctx, [*sorted_words.options, "--", *sorted_words.rest])


class ProgramCommand(WordsCommand):
    """A command with one program, given as one word, whose inputs the help lists."""

    def check_rest(self, sorted_words: words.Words) -> None:
        """Raise :class:`ProgramError` for words behind the program."""
        if len(sorted_words.rest) > 1:
            raise words.surplus(sorted_words.rest)

    def parse_words(self, ctx: click.Context, sorted_words: words.Words) -> list[str]:
        """Parse the words, with better errors where an option has the name of an input."""
        self.check_rest(sorted_words)
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
        """List the inputs of a program that was given with ``--help`` after the command's help."""
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


class TableCommand(ProgramCommand):
    """A command with one program and the tables that it runs over, its parameter ``tables``."""

    needs: tuple[str, ...] = ()
    """Options without one of which there are no tables."""

    def _takes_tables(self, sorted_words: words.Words) -> bool:
        return not self.needs or bool({*self.needs} & {*sorted_words.given})

    def check_rest(self, sorted_words: words.Words) -> None:
        """The words behind the program are tables, if the command is one for tables."""
        if not self._takes_tables(sorted_words):
            super().check_rest(sorted_words)

    def parse_words(self, ctx: click.Context, sorted_words: words.Words) -> list[str]:
        """Parse the words; where the program comes from a file, all that are left are tables."""
        left = super().parse_words(ctx, sorted_words)
        expr = ctx.params["expr"]
        from_file = ctx.params["file"] is not None and expr is not None
        if from_file and self._takes_tables(sorted_words):
            ctx.params["expr"] = None
            ctx.params["tables"] = (expr, *ctx.params["tables"])
        return left


def _option_name(error: click.BadParameter | click.BadOptionUsage) -> str:
    """The long name of the option in click's error, without dashes."""
    if isinstance(error, click.BadOptionUsage):
        return error.option_name.lstrip("-")
    return (error.param.name or "").removesuffix("_name") if error.param else ""


def _given_program(sorted_words: words.Words) -> Graph | None:
    """The program on a command line that asks for help or has errors; ``None`` if there is none."""
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
