"""A command as data, and how its words are read without click.

What is plain is read here. Everything else, help and mistakes and what is rare, click reads, which
:mod:`autograd_cli.clicked` makes of the same data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from autograd_cli.line import words
from autograd_cli.line.context import Context
from autograd_cli.line.parameters import HELP, Argument, Option, Parameter


class Command:
    """A command: its name, a line about it, its parameters, and the function that runs it.

    The function takes a :class:`Context` and the parameters by their names; its docstring is the
    help. The kinds of commands are subclasses.
    """

    takes_values = False
    """Whether ``--NAME=VALUE`` gives an input a value. If not, click reads every line."""

    def __init__(
        self, name: str, about: str, parameters: Sequence[Parameter], function: Callable[..., None]
    ) -> None:
        self.name = name
        self.about = about
        self.parameters = parameters
        self.function = function
        self.options = [each for each in parameters if isinstance(each, Option)]
        self.arguments = [each for each in parameters if isinstance(each, Argument)]

    @cached_property
    def spellings(self) -> Mapping[str, Option]:
        """The options by all that is typed for them, ``--help`` among them."""
        return {spelling: each for each in (*self.options, HELP) for spelling in each.spellings}

    def prepare(self, ctx: Context) -> None:
        """Look at the sorted words before they are read.

        Raises :class:`ProgramError` (``bad-value``) for what does not fit the command.
        """

    def settle(self, ctx: Context) -> None:
        """Put the parameters in order that have been read."""

    def sorted(self, line: Sequence[str], debug: bool) -> Context:
        """The words of a line, sorted. Raises :class:`ProgramError` (``bad-value``)."""
        ctx = Context(self, words.sort(line, self.spellings), debug)
        self.prepare(ctx)
        return ctx

    def plain(self, line: Sequence[str], debug: bool = False) -> Context | None:
        """The context for a line in which all is as declared; ``None`` for any other.

        Raises :class:`ProgramError` (``bad-value``).
        """
        if not self.takes_values:
            return None
        ctx = self.sorted(line, debug)
        try:
            ctx.params = self._values(ctx.words)
        except ValueError:
            return None
        ctx.typed = {option.name for option, _, _ in ctx.words.options}
        self.settle(ctx)
        return ctx

    def _values(self, sorted_words: words.Words) -> dict[str, Any]:
        """The parameters' values. Raises ``ValueError`` for what is not plain."""
        given: dict[str, list[Any]] = {}
        for option, _, text in sorted_words.options:
            if option is HELP or option.flag is not (text is None):
                raise ValueError(text)
            value = True if text is None else option.kind.read(text)
            given.setdefault(option.name, []).append(value)
        values: dict[str, Any] = {}
        for option in self.options:
            found = given.get(option.name)
            if found is None:
                values[option.name] = option.absent
            elif option.multiple:
                values[option.name] = tuple(found)
            elif option.flag or len(found) == 1:
                values[option.name] = found[-1]
            else:
                raise ValueError(option.name)
        left = list(sorted_words.rest)
        for argument in self.arguments:
            if argument.many:
                values[argument.name], left = tuple(map(argument.kind.read, left)), []
            elif left:
                values[argument.name] = argument.kind.read(left.pop(0))
            elif argument.required:
                raise ValueError(argument.name)
            else:
                values[argument.name] = None
        if left:
            raise ValueError(left)
        return values


class ValuesCommand(Command):
    """A command that takes values of inputs, and options and words among them."""

    takes_values = True


class ProgramCommand(ValuesCommand):
    """A command with one program, given as one word, whose inputs the help lists."""

    def prepare(self, ctx: Context) -> None:
        """Refuse words behind the program."""
        if len(ctx.words.rest) > 1:
            raise words.surplus(ctx.words.rest)


class TableCommand(ProgramCommand):
    """A command with one program and the tables that it runs over, its parameter ``tables``."""

    needs: tuple[str, ...] = ()
    """Options without one of which there are no tables."""

    def _takes_tables(self, ctx: Context) -> bool:
        return not self.needs or bool({*self.needs} & {*ctx.words.given})

    def prepare(self, ctx: Context) -> None:
        """The words behind the program are tables, if the command is one for tables."""
        if not self._takes_tables(ctx):
            super().prepare(ctx)

    def settle(self, ctx: Context) -> None:
        """Where the program comes from a file, all words that are left are tables."""
        expr = ctx.params["expr"]
        if ctx.params["file"] is not None and expr is not None and self._takes_tables(ctx):
            ctx.params["expr"] = None
            ctx.params["tables"] = (expr, *ctx.params["tables"])


def declared(
    kind: type[Command], name: str, about: str, *parameters: Parameter
) -> Callable[[Callable[..., None]], Command]:
    """A decorator that makes a command of the function that runs it."""
    return lambda function: kind(name, about, parameters, function)
