"""Misplaced commas, and unbalanced parentheses."""

from __future__ import annotations

from autograd_grammar.automaton import END
from autograd_grammar.messages.missing import missing_operand
from autograd_grammar.messages.said import syntax
from autograd_grammar.place import (
    BINARY,
    BINDINGS,
    Place,
)
from autograd_graph.errors import ProgramError


def comma(place: Place) -> ProgramError | None:
    """A comma outside a call: a decimal comma, or a list."""
    if place.kind() != "COMMA":
        return None
    if place.kind(-1) in ("COMMA", "LPAR"):
        return syntax("an argument is missing before ','", place.span)
    if place.kind(-1) in (*BINARY, *BINDINGS):
        return missing_operand(place)
    whole, decimals = place.word(-1), place.word(1)
    if (
        place.kind(-1) == place.kind(1) == "NUMBER"
        and place.touching(0)
        and place.touching(1)
        and whole.isdigit()
        and decimals[0] != "."
    ):
        number = whole + decimals if "." in decimals else f"{whole}.{decimals}"
        hint = f"write {place.mended(place.at - 1, place.at + 2, number)}"
        if len(decimals) == 3 and decimals.isdigit():
            hint += f", or {whole}{decimals} if it parts thousands"
        return syntax("a number has no comma in it", place.span_of(-1, 1), hint)
    hint = "statements are separated by ; or a new line"
    bound = any(kind in BINDINGS for kind, *_ in place.statement_before())
    if bound and place.opened() is None and place.kind(2) in BINDINGS:
        hint = f"write {place.mended(place.at, place.at + 1, ';')}"
    return syntax("',' separates the arguments of a function, and nothing else", place.span, hint)


def extra_parenthesis(place: Place) -> ProgramError | None:
    """`)` without `(`, `()`, `f(x,)`."""
    if place.kind() != "RPAR":
        return None
    if place.opened() is None:
        return syntax(
            "this parenthesis closes nothing", place.span, "remove it, or open one before"
        )
    if place.kind(-1) == "LPAR":
        return syntax("there is nothing between the parentheses", place.span_of(-1, 0))
    if place.kind(-1) == "COMMA":
        return syntax("an argument is missing after ','", place.span_of(-1, -1))
    return missing_operand(place)


def unclosed_parenthesis(place: Place) -> ProgramError | None:
    """The end of the program, or of a statement, inside parentheses."""
    opened = place.opened()
    if opened is None:
        return None
    start, end = place.tokens[opened][2:]
    if place.kind() == "SEMICOLON" and place.closed(opened):
        return syntax(
            "';' ends a statement, and a parenthesis is still open",
            place.span,
            "the arguments of a function are separated by ,",
        )
    here = place.span[0]
    last = place.tokens[place.at - 1][3]
    begins_line = place.newline_between(last, here)
    if place.kind() in BINDINGS:
        begins_line = place.newline_between(place.tokens[place.at - 2][3], here)
    ended = place.kind() in (END, "SEMICOLON") or (begins_line and not place.closed(opened))
    if not ended or (place.kind() == "SEMICOLON" and place.kind(-1) in BINARY):
        return None
    return syntax("this parenthesis is never closed", (start, end), "close it with )")
