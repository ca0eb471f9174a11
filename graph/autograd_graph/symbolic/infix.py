"""A graph as text of the language, with the fewest parentheses that preserve its structure.

The printer uses an explicit stack, so that depth is not limited. The text parses to an equal graph,
except that shared nodes are printed at each use.
"""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

from autograd_graph.formula import CLOSE, COMMA, OPEN, Formula, Token
from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph
from autograd_graph.labels import ATOM, OPERANDS, PRODUCT, SIGN, number_text

_UNBOUNDED = {"inf": "1/0", "-inf": "-1/0", "nan": "0/0"}
"""How infinities and nan are written: the language has no literals for them."""


def infix(graph: Graph, node: int, names: dict[int, str] | None = None) -> str:
    """The expression of a node as text of the language; see :func:`formula`."""
    return str(formula(graph, node, names))


def formula(
    graph: Graph, node: int, names: dict[int, str] | None = None, *, numbers: bool = False
) -> Formula:
    """The expression of a node. Nodes in ``names`` are printed as that name.

    A name may be a number; where all are ``numbers``, ``inf`` and ``nan`` are too. A negative one
    is put in parentheses unless it begins an expression: ``2*(-3)``.
    """
    names = names or {}
    tokens: list[Token] = []
    stack: list[Token | tuple[int, int]] = [(node, 0)]
    while stack:
        item = stack.pop()
        if isinstance(item, Token):
            tokens.append(item)
            continue
        current, least = item
        token, binding, children = _parts(graph, current, names, numbers)
        begins = not tokens or tokens[-1].kind in ("open", "comma")
        if binding < least or (current in names and binding == SIGN and not begins):
            tokens.append(OPEN)
            stack.append(CLOSE)
        if not children:
            tokens.append(token)
            continue
        stack.extend(reversed(_sequence(token, binding, children)))
    return Formula(tuple(tokens))


def _parts(
    graph: Graph, node: int, names: dict[int, str], numbers: bool
) -> tuple[Token, int, tuple[int, ...]]:
    """A node's own token, its binding, and the arguments to print."""
    while graph.ops[node].name == "identity" and node not in names:
        node = graph.args[node][0]
    row = graph.ops[node]
    if node in names:
        text = names[node]
        is_number = numbers or text[0] in "-.0123456789"
        token = Token(text, "number" if is_number else "name")
        return token, SIGN if token.text.startswith("-") else ATOM, ()
    if row in (INPUT, CONSTANT):
        return Token(graph.names[node], "name"), ATOM, ()
    if row is LITERAL:
        return _literal(graph.numbers[node])
    args = graph.args[node]
    if row.infix:
        return Token(row.infix, "operator" if len(args) > 1 else "sign"), row.binding, args
    return Token(row.spelling, "name"), ATOM, args


def _literal(number: float | Fraction) -> tuple[Token, int, tuple[int, ...]]:
    if not isfinite(number):
        return Token(_UNBOUNDED[repr(float(number))], "number"), PRODUCT, ()
    token = Token(number_text(number), "number")
    if isinstance(number, Fraction) and number.denominator != 1:
        return token, PRODUCT, ()
    return token, ATOM if number >= 0 else SIGN, ()


def _sequence(
    token: Token, binding: int, children: tuple[int, ...]
) -> list[Token | tuple[int, int]]:
    """The tokens and operands of an operator in order, each operand with the binding it needs."""
    if binding == ATOM:
        sequence: list[Token | tuple[int, int]] = [token, OPEN]
        for position, child in enumerate(children):
            if position:
                sequence.append(COMMA)
            sequence.append((child, 0))
        return [*sequence, CLOSE]
    if binding == SIGN:
        return [token, (children[0], SIGN)]
    left, right = OPERANDS[binding]
    return [(children[0], left), token, (children[1], right)]
