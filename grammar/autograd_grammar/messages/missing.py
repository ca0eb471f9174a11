"""Missing operands and unfinished statements."""

from __future__ import annotations

from autograd_grammar.messages.said import syntax
from autograd_grammar.place import (
    BINARY,
    BINDINGS,
    OPERAND_ENDS,
    ROOTS,
    STATEMENT_ENDS,
    Place,
)
from autograd_graph.errors import ProgramError


def missing_operand(place: Place) -> ProgramError | None:
    """An operator without an operand on one of its sides."""
    before, here = place.kind(-1), place.kind()
    if before in (*BINARY, *BINDINGS, *ROOTS):
        what = "a value" if before in BINDINGS else "an operand"
        hint = "put it in parentheses: √(...)" if before in ROOTS and here == "MINUS" else ""
        if before not in ROOTS and here in (*BINARY, "EQUALS") and place.touching(0):
            hint = f"'{place.word(-1)}{place.word()}' is not an operator"
        message = f"{what} is missing after '{place.word(-1)}'"
        return syntax(message, place.span_of(-1, -1), hint)
    if here in (*BINARY, *BINDINGS) and before not in OPERAND_ENDS:
        what = "a name" if here in BINDINGS else "an operand"
        return syntax(f"{what} is missing before '{place.word()}'", place.span)
    if here == "SUPERSCRIPT":
        if before == "SUPERSCRIPT":
            return syntax("there is an exponent already", place.span, "put parentheses around it")
        return syntax("an exponent needs something to stand on", place.span)
    return None


def unfinished_statement(place: Place) -> ProgramError | None:
    """A statement that ends too early, in any way that no other rule recognises."""
    if place.kind() not in STATEMENT_ENDS:
        return None
    return syntax("the statement is not finished", place.span)
