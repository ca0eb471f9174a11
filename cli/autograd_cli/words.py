"""Words on the line: which are options, which are values of inputs, which is the program.

A program may begin with a dash (``-x^2``), and its inputs are options of their own (``--x=-2``).
So the words are sorted before click sees them: the options that a command declares keep their
arguments, any other ``--name`` is an input's value, and the first word left is the program.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from click import Option, Parameter, UsageError


@dataclass(slots=True)
class Words:
    """A command's words, sorted."""

    options: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    """The names of the declared options that were used."""
    values: list[tuple[str, str]] = field(default_factory=list)
    """Name and text of each input's value, in order."""
    rest: list[str] = field(default_factory=list)


def sort(words: list[str], parameters: list[Parameter]) -> Words:
    """Sort ``words`` by what a command declares. Raises click's ``UsageError``."""
    declared = _declared(parameters)
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
            sorted_words.options.append(word)
            sorted_words.given.append(name.lstrip("-"))
            if not option.is_flag and not (equals and name.startswith("--")):
                if not pending:
                    raise UsageError(f"{name} needs a value")
                sorted_words.options.append(pending.pop())
        elif is_input_option(name):
            if not equals:
                if not pending or is_input_option(pending[-1].partition("=")[0]):
                    raise UsageError(f"{name} needs a value, like {name}=2")
                text = pending.pop()
            sorted_words.values.append((name[2:], text))
        else:
            sorted_words.rest.append(word)
    return sorted_words


def is_input_option(word: str) -> bool:
    """Whether a word is ``--`` and a name, as inputs are given."""
    name = unicodedata.normalize("NFC", word[2:])
    return word.startswith("--") and name != "" and (name[0] == "_" or name[0].isalpha())


def _declared(parameters: list[Parameter]) -> Mapping[str, Option]:
    return {
        spelling: parameter
        for parameter in parameters
        if isinstance(parameter, Option)
        for spelling in (*parameter.opts, *parameter.secondary_opts)
    }
