"""The error messages for syntax errors.

The parser knows only the token at which it failed. The rules here look at that token and its
neighbours, and describe the mistake in the terms of the person who made it. The first rule that
applies gives the message.
"""

from __future__ import annotations

from collections.abc import Callable

from autograd_grammar import elsewhere
from autograd_grammar.lalr import Token, UnexpectedTokenError
from autograd_grammar.mending import Mending
from autograd_grammar.messages.characters import foreign_character
from autograd_grammar.messages.missing import missing_operand, unfinished_statement
from autograd_grammar.messages.operands import (
    foreign_number,
    function_without_parentheses,
    implicit_product,
)
from autograd_grammar.messages.operators import foreign_operator, words
from autograd_grammar.messages.parentheses import comma, extra_parenthesis, unclosed_parenthesis
from autograd_grammar.messages.said import describe, syntax
from autograd_grammar.messages.statements import (
    bad_constant,
    bad_definition,
    chained_comparison,
    misplaced_equals,
)
from autograd_grammar.place import Place
from autograd_grammar.suggestions import is_function
from autograd_graph.errors import ProgramError

_RULES: tuple[Callable[[Place], ProgramError | None], ...] = (
    unclosed_parenthesis,
    bad_definition,
    bad_constant,
    *elsewhere.RULES,
    foreign_operator,
    foreign_character,
    foreign_number,
    words,
    function_without_parentheses,
    implicit_product,
    chained_comparison,
    misplaced_equals,
    comma,
    extra_parenthesis,
    missing_operand,
    unfinished_statement,
)


def explain(
    text: str, tokens: list[Token], unexpected: UnexpectedTokenError
) -> tuple[ProgramError, Mending | None]:
    """The error for a program with an unexpected token, and the correction in its hint."""
    at = tokens.index(unexpected.token)
    place = Place(text, tokens, at, unexpected.expected)
    for rule in _RULES:
        error = rule(place)
        if error is not None:
            in_hint = (m for m in reversed(place.mendings) if m.line in error.hint)
            return error, next(in_hint, None)
    return syntax(f"{describe(place)} cannot stand here", place.span), None


def with_later_definition(error: ProgramError, text: str, tokens: list[Token]) -> ProgramError:
    """The error for an unknown function, improved by the tokens around it.

    The function may be defined further down, or be the ``dx`` of ``d/dx(x^2)``.
    """
    if error.code != "unknown-function" or error.span is None:
        return error
    start, end = error.span
    n = next((n for n, (_, _, *span) in enumerate(tokens) if span == [start, end]), 0)
    name = tokens[n][1]
    if n >= 2 and elsewhere.differential_quotient(tokens, n - 2) == ("", name[1:]):
        error.hint = elsewhere.applied(text, tokens, n)
        return error
    if n >= 2 and tokens[n - 1][0] == "POWER" and is_function(tokens[n - 2][1]):
        error.hint = elsewhere.powered(text, tokens, n)
        return error
    for kind, word, *span in tokens:
        if kind == "FUNCTION" and word == name and span[0] > start:
            return ProgramError(
                f"{name!r} is used before it is defined",
                code=error.code,
                span=error.span,
                hint=f"move the line that defines {name!r} up",
                related=(((span[0], span[1]), "defined here"),),
            )
    return error
