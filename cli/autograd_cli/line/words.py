"""Sorting the words of a command line into options, values of inputs, and the program.

A program may begin with a dash (``-x^2``), and its inputs are options of their own (``--x=-2``). So
the words are sorted first: the options that a command declares keep their
arguments, any other ``--name`` is an input's value, and the first word left is the program.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise

from autograd_cli.line.parameters import Choice, Option
from autograd_graph import ProgramError


class Words:
    """The sorted words of a command."""

    def __init__(self) -> None:
        self.options: list[tuple[Option, str, str | None]] = []
        """Each option with its spelling and its value; ``None`` where it has none."""
        self.values: list[tuple[str, str]] = []
        """The name and text of each input's value, in order."""
        self.rest: list[str] = []

    @property
    def given(self) -> list[str]:
        """The names of the declared options that an input could have meant: ``--f``, not ``-f``."""
        return [spelling[2:] for _, spelling, _ in self.options if spelling.startswith("--")]


def sort(words: Sequence[str], declared: Mapping[str, Option]) -> Words:
    """Sort ``words`` by the options of a command, by their spellings.

    Raises :class:`ProgramError` (``bad-value``).
    """
    sorted_words = Words()
    pending = list(reversed(words))
    while pending:
        word = pending.pop()
        if word == "--":
            sorted_words.rest.extend(reversed(pending))
            break
        name, equals, text = word.partition("=")
        option = declared.get(name if name.startswith("--") else word)
        if option is not None:
            value = text if equals and name.startswith("--") else None
            if value is None and not option.flag:
                if not pending:
                    raise ProgramError(f"{name} needs a value", code="bad-value")
                value = pending.pop()
            sorted_words.options.append((option, name, value))
        elif is_input_option(name):
            if not equals:
                if not pending or not _may_be_value(name, pending[-1], declared):
                    raise _without_value(name, declared)
                text = pending.pop()
            sorted_words.values.append((name[2:], text))
        else:
            sorted_words.rest.append(word)
    return sorted_words


def _may_be_value(name: str, word: str, declared: Mapping[str, Option]) -> bool:
    """Whether ``word`` is the value of the input option ``name`` before it.

    ``--json`` is no option and probably no input, so a program after it is not its value.
    """
    if is_input_option(word.partition("=")[0]):
        return False
    return name[2:] not in formats(declared) or word[:1].isdigit() or word[:1] in "+-."


def is_input_option(word: str) -> bool:
    """Whether a word is ``--`` and a name, the way to give an input's value."""
    name = unicodedata.normalize("NFC", word[2:])
    return word.startswith("--") and name != "" and (name[0] == "_" or name[0].isalpha())


def _without_value(name: str, declared: Mapping[str, Option]) -> ProgramError:
    from autograd_grammar.suggestions import did_you_mean

    if name[2:] in formats(declared):
        hint = f"write --format {name[2:]}"
        return ProgramError(f"{name} is no option of its own", code="bad-value", hint=hint)
    near = did_you_mean(name, declared)
    hint = f"write {name}=2" + (f"; or did you mean {near}?" if near else "")
    return ProgramError(f"{name} needs a value", code="bad-value", hint=hint)


def formats(declared: Mapping[str, Option]) -> Sequence[str]:
    """The choices of the command's ``--format``."""
    option = declared.get("--format")
    return option.kind.choices if option and isinstance(option.kind, Choice) else ()


def surplus(rest: list[str]) -> ProgramError:
    """The error for several words that could be the program."""
    for word in rest:
        if is_input_option(word.partition("=")[0]):
            hint = f"behind -- nothing is an option: put {word} before it"
            return ProgramError(f"{word!r} is one word too many", code="bad-value", hint=hint)
    for word, after in (*pairwise([*rest[1:], ""]), (rest[0], "")):
        name, equals, value = word.partition("=")
        name = name.lstrip("-")
        if word[0:1] == "-" and not equals and after[0:1].isdigit():
            equals, value = "=", after
        if equals and name.isidentifier() and value and value[0] != "=":
            hint = f"to give {name} a value, write --{name}={value}"
            return ProgramError(f"{word!r} is one word too many", code="bad-value", hint=hint)
    hint = f"the program is one word, in quotes: {shlex.quote(' '.join(rest))}"
    return ProgramError(f"{rest[1]!r} is one word too many", code="bad-value", hint=hint)


def value_words(name: str, value: str, options: Container[str]) -> list[str]:
    """The words that give an input a value on the line of a command that has ``options``."""
    if f"--{name}" in options:
        return ["--set", f"{name}={value}"]
    return [f"--{name}={value}"]
