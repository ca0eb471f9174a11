"""One operand right after another: `2x`, `sin x`, `0x1F`."""

from __future__ import annotations

from autograd_grammar import prelude
from autograd_grammar.messages.said import syntax
from autograd_grammar.place import (
    OPERAND_ENDS,
    OPERAND_STARTS,
    Place,
)
from autograd_graph.errors import ProgramError
from autograd_graph.operators import ROWS

_DECLARATIONS = ("let", "var", "set", "val", "def", "fn", "func", "function", "double", "float")


_PREFIXES = {"x": 16, "b": 2, "o": 8}
_LONGEST = 300
"""The longest number, in digits of its base, that a hint writes in decimal."""


def foreign_number(place: Place) -> ProgramError | None:
    """Hexadecimal and similar numbers: a number with letters right after it."""
    if place.kind() != "NAME" or place.kind(-1) != "NUMBER" or not place.touching(0):
        return None
    number, letters = place.word(-1), place.word()
    span = place.span_of(-1, 0)
    base = _PREFIXES.get(letters[0].lower())
    if number == "0" and base is not None:
        try:
            value = int(letters[1 : _LONGEST + 1], base)
        except ValueError:
            return None
        hint = f"write {value}" if len(letters) <= _LONGEST else ""
        return syntax("numbers are written in decimal", span, hint)
    if letters[0] == "_":
        together = number + letters
        digits = "_".join(part for part in together.split("_") if part)
        if together.replace("_", "").isdigit():
            return syntax("'_' stands only between two digits", span, f"write {digits}")
    return None


def function_without_parentheses(place: Place) -> ProgramError | None:
    """`sin x`."""
    name = place.word(-1)
    if place.kind(-1) != "NAME" or place.kind() not in ("NUMBER", "NAME"):
        return None
    if name not in ROWS and name not in prelude.names():
        return None
    argument = place.shown(place.at, place.operand_after(place.at))
    if place.kind() == "NUMBER" and place.kind(1) == "NAME" and place.touching(1):
        argument = f"{place.word()}*{place.word(1)}"
    last = max(place.operand_after(place.at), place.at + 1)
    if place.kind() == "NUMBER" and place.kind(1) == "NAME" and place.touching(1):
        last = place.at + 2
    call = f"{name}({argument})"
    hint = f"write {place.mended(place.at - 1, last, call) or f'{name}(x)'}"
    return syntax(f"the argument of {name} needs parentheses", place.span_of(-1, 0), hint)


def implicit_product(place: Place) -> ProgramError | None:
    """`2x`, `2(x+1)`, `(a)(b)`, `x y`: one operand right after another."""
    if place.kind(-1) not in OPERAND_ENDS or place.kind() not in OPERAND_STARTS:
        return None
    if place.kind(-1) == "NUMBER" and place.kind() == "NUMBER":
        number = place.word(-1) + place.word()
        grouped = place.word(-1).isdigit() and place.word().isdigit() and not place.touching(0)
        hint = f"write {number} for one number" if grouped else "put an operator between them"
        return syntax("two numbers stand next to each other", place.span, hint)
    if place.word(-1) in _DECLARATIONS and place.kind() == "NAME":
        first = place.at - 1
        if place.tokens[first : first + 1] == place.statement_before()[:1]:
            hint = f"a name is bound with {place.word()} = ..., a function with f(x) = ..."
            return syntax(f"'{place.word(-1)}' is no word of this language", place.span, hint)
    left = ")" if place.kind(-1) == "RPAR" else place.word(-1)
    return syntax(
        f"an operator is missing between '{left}' and '{place.word()}'",
        place.span,
        f"to multiply, write {place.with_stars()}",
    )
