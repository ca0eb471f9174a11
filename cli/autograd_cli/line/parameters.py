"""What commands take, as data: options, arguments, and the kinds of values that they have.

A line is read by it (:mod:`autograd_cli.line.command`), and click's commands are made of it for
help, completion and errors (:mod:`autograd_cli.clicked`): a plain run need not import click.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Text(NamedTuple):
    """Any text; a ``file`` is completed by a shell as one."""

    file: bool = False

    def read(self, text: str) -> str:
        """The text itself."""
        return text


TEXT, FILE = Text(), Text(file=True)


class Choice(NamedTuple):
    """One of some words."""

    choices: Sequence[str]

    def read(self, text: str) -> str:
        """The word. Raises ``ValueError`` for another one."""
        if text not in self.choices:
            raise ValueError(text)
        return text


class Whole(NamedTuple):
    """A whole number; bounds belong to it."""

    least: int | None = None
    most: int | None = None

    def read(self, text: str) -> int:
        """The number. Raises ``ValueError`` for what is none, or is outside."""
        number = int(text)
        within = (self.least is None or number >= self.least) and (
            self.most is None or number <= self.most
        )
        if not within:
            raise ValueError(text)
        return number


class Real(NamedTuple):
    """A number: ``least`` or more, or ``above`` that; at ``most`` another one, or ``below`` it."""

    least: float | None = None
    above: float | None = None
    most: float | None = None
    below: float | None = None

    def read(self, text: str) -> float:
        """The number. Raises ``ValueError`` for what is none, or is outside, as a nan is."""
        number = float(text)
        within = (
            (self.least is None or number >= self.least)
            and (self.above is None or number > self.above)
            and (self.most is None or number <= self.most)
            and (self.below is None or number < self.below)
        )
        if not within:
            raise ValueError(text)
        return number


Kind = Text | Choice | Whole | Real


class Option(NamedTuple):
    """An option: ``name`` is its keyword of the command's function, ``spellings`` what is typed.

    A ``flag`` has no value. One that is ``multiple`` may be given again and has a tuple of values;
    any other has its ``default`` where it is not given. ``metavar`` stands for the value in the
    help, which tells the default too if it is ``shown``.
    """

    name: str
    spellings: tuple[str, ...]
    about: str
    kind: Kind = TEXT
    flag: bool = False
    multiple: bool = False
    default: Any = None
    shown: bool = False
    metavar: str | None = None

    @property
    def spelled(self) -> str:
        """Its spelling in messages: ``--file``, not ``-f``."""
        return max(self.spellings, key=len)

    @property
    def absent(self) -> Any:
        """Its value where it is not given."""
        return False if self.flag else () if self.multiple else self.default


class Argument(NamedTuple):
    """A word without a dash; one that is ``many`` takes all that are left, in a tuple."""

    name: str
    kind: Kind = TEXT
    required: bool = False
    many: bool = False
    metavar: str | None = None


Parameter = Option | Argument


def option(
    *spellings: str,
    help: str,  # noqa: A002 - as click has it
    name: str = "",
    kind: Kind = TEXT,
    default: Any = None,
    shown: bool = False,
    multiple: bool = False,
    metavar: str | None = None,
) -> Option:
    """An option with a value; its ``name`` is its long spelling, if it is not another."""
    return Option(
        name or _named(spellings), spellings, help, kind,
        multiple=multiple, default=default, shown=shown, metavar=metavar,
    )  # fmt: skip


def flag(*spellings: str, help: str, name: str = "") -> Option:  # noqa: A002
    """An option without a value."""
    return Option(name or _named(spellings), spellings, help, flag=True)


def _named(spellings: Sequence[str]) -> str:
    return max(spellings, key=len).lstrip("-").replace("-", "_")


HELP = flag("-h", "--help", help="Show this message and exit.")
"""What every command has; click answers it."""
