"""The command line that a command runs for."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any, NoReturn

from autograd_cli import exit_status
from autograd_graph import ProgramError

if TYPE_CHECKING:
    from autograd_cli.line.command import Command
    from autograd_cli.line.parameters import Option
    from autograd_cli.line.words import Words


class Ended(Exception):  # noqa: N818 - it is no error
    """A command has ended, with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Context:
    """A command with the words that it was given.

    ``params`` are the values of its parameters by their names, ``typed`` the names of the options
    among them that are on the line; ``debug``: whether a traceback of errors was asked for.
    """

    def __init__(self, command: Command, words: Words, debug: bool) -> None:
        self.command = command
        self.words = words
        self.debug = debug
        self.params: dict[str, Any] = {}
        self.typed: Container[str] = ()
        self.ranges: list[tuple[str, str]] = []
        """The ranges of inputs, of the commands that take some."""

    def exit(self, status: int = exit_status.DONE) -> NoReturn:
        """End the command. Raises :class:`Ended`."""
        raise Ended(status)

    def usage_error(self, message: str) -> ProgramError:
        """The error for a line that does not say enough, or too much."""
        hint = f"autograd {self.command.name} --help shows how"
        return ProgramError(message, code="bad-value", hint=hint)

    def show_help(self) -> NoReturn:
        """Print the command's help, and end it."""
        from autograd_cli import clicked

        clicked.show_help(self.command.name)
        self.exit()

    def refuse(self, names: Container[str], why: str, hint: str = "leave it out") -> None:
        """Raise :class:`ProgramError` for a typed option among ``names``: what ``why`` says."""
        for option in self.command.options:
            if option.name in names and option.name in self.typed:
                message = f"{self.spelled(option)} {why}"
                raise ProgramError(message, code="bad-value", hint=hint)

    def spelled(self, option: Option) -> str:
        """An option as it was typed, in full: ``--to`` or ``--format``, but not ``-f``."""
        typed = (word for each, word, _ in self.words.options if each is option)
        return next((word for word in typed if word.startswith("--")), option.spelled)

    def run(self) -> int:
        """Run the command; its exit status."""
        try:
            self.command.function(self, **self.params)
        except Ended as end:
            return end.status
        return exit_status.DONE
