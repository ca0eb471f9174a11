"""Chained comparisons, and misplaced `=`."""

from __future__ import annotations

from itertools import pairwise

from autograd_grammar.messages.missing import missing_operand
from autograd_grammar.messages.said import syntax
from autograd_grammar.place import (
    BINARY,
    BINDINGS,
    COMPARISONS,
    OPERAND_ENDS,
    Place,
)
from autograd_graph.errors import ProgramError
from autograd_graph.operators import ROWS


def chained_comparison(place: Place) -> ProgramError | None:
    """`a < b < c`."""
    if place.kind() not in COMPARISONS or place.kind(-1) not in OPERAND_ENDS:
        return None
    begin, end = place.expression_around()
    signs = place.outermost(COMPARISONS, begin, end)
    if place.at not in signs or signs[0] == place.at:
        return None
    borders = [begin - 1, *signs, end]
    operands = [place.shown(before + 1, after) for before, after in pairwise(borders)]
    if not all(operands) or sum(map(len, operands)) > 60:
        return syntax("comparisons do not chain", place.span, "multiply them: (a < b)*(b < c)")
    pairs = [
        f"{operands[n]} {place.tokens[sign][1]} {operands[n + 1]}" for n, sign in enumerate(signs)
    ]
    hint = f"write {place.mended(begin, end, '*'.join(f'({pair})' for pair in pairs))}"
    if len(pairs) == 2:
        hint += f", or nest them: where({pairs[0]}, {pairs[1]}, 0)"
    return syntax("comparisons do not chain", place.span, hint)


def misplaced_equals(place: Place) -> ProgramError | None:
    """`=` or `+=` where only an expression is allowed."""
    if place.kind() not in BINDINGS:
        return None
    before = place.statement_before()
    if place.kind(-1) in (*BINARY, *BINDINGS) or not before:
        return missing_operand(place)
    if before[0][0] == "CONST":
        name = before[1][1]
        return syntax(
            f"'{place.word()}' cannot change a constant", place.span, f"write const {name} = ..."
        )
    if place.kind() == "AUGMENTED":
        return syntax(
            f"'{place.word()}' needs a name on its left, at the start of a statement", place.span
        )
    chain = [kind for kind, *_ in before]
    if chain == ["NAME", "EQUALS", "NAME"]:
        value = place.shown(place.at + 1, place.expression_around()[1]) or "..."
        first, second = before[2][1], before[0][1]
        hint = f"bind one name a statement: {first} = {value}; {second} = {first}"
    elif (row := _named_argument(place)) is not None:
        hint = f"arguments go by their places: {row}"
    else:
        hint = f"to compare, write {place.mended(place.at, place.at + 1, '==')}"
    return syntax(
        "'=' binds a name at the start of a statement, and nothing else", place.span, hint
    )


def _named_argument(place: Place) -> str | None:
    """The signature of the called operator, if the token before `=` is one of its parameters."""
    opened = place.opened()
    if opened is None or place.kind(-1) != "NAME" or place.kind(-2) not in ("COMMA", "LPAR"):
        return None
    row = ROWS.get(place.tokens[opened - 1][1]) if opened else None
    if row is None:
        return None
    return row.signature if place.word(-1) in row.arguments.names else None


def bad_definition(place: Place) -> ProgramError | None:
    """A definition whose left side is not a name with names in parentheses."""
    before = place.statement_before()
    if not before or before[0][0] != "FUNCTION" or any(t[0] == "EQUALS" for t in before):
        return None
    name = before[0][1]
    if place.kind() == "RPAR" and place.kind(-1) == "LPAR":
        return syntax(
            f"{name!r} is defined without parameters",
            place.span,
            f"a plain name will do: {name} = ...",
        )
    if place.kind() == "EQUALS":
        return syntax(
            "a parameter has no default value", place.span, "leave it out, and give it in the call"
        )
    equals = next(
        n for n in range(place.at, len(place.tokens)) if place.kind(n - place.at) == "EQUALS"
    )
    mended = place.mended(equals, equals + 1, "==")
    if "EQUALS" in place.expected and place.kind() == "LPAR":
        return syntax(
            "the left of '=' is a name, or a name with parameters",
            place.span,
            f"parameters go in one pair of parentheses: {name}(x, y) = ...",
        )
    if "EQUALS" in place.expected:
        return syntax(
            "the left of '=' is a name, or a name with parameters",
            place.span,
            f"to compare, write {mended}",
        )
    return syntax(
        "the parameters of a definition are names",
        place.span,
        f"to define a function, write {name}(x) = ...; to compare, {mended}",
    )


def bad_constant(place: Place) -> ProgramError | None:
    """`const k`, `const k + 1`, `const f(x) = 2`."""
    before = place.statement_before()
    if len(before) != 2 or before[0][0] != "CONST" or place.kind() in BINDINGS:
        return None
    name = before[1][1]
    if place.kind() == "LPAR":
        return syntax(
            "const names a number, not a function", place.span, "leave const out: f(x) = ..."
        )
    return syntax(f"the constant {name!r} needs a value", before[1][2:], f"write const {name} = 3")
