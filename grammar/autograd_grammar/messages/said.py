"""Creating a syntax error, and naming a token in its message."""

from __future__ import annotations

from autograd_grammar.automaton import END
from autograd_grammar.place import (
    Place,
)
from autograd_graph.errors import ProgramError, Span


def syntax(message: str, span: Span, hint: str = "") -> ProgramError:
    """A syntax error."""
    return ProgramError(message, code="syntax", span=span, hint=hint)


def describe(place: Place) -> str:
    """How a message names the token at a place."""
    kind = place.kind()
    if kind == END:
        return "the end of the program"
    if kind == "NEWLINE":
        return "the end of the line"
    return f"'{place.word()}'"
