"""A graph as text of the language, with the fewest parentheses that keep its shape.

The printer walks with a stack of its own, so depth is no limit. What it prints reads back to an
equal graph, up to nodes that were shared: those are printed at each use.
"""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph
from autograd_graph.labels import number_text

_COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = 1, 2, 3, 4, 5, 6

_OPERANDS = {
    _COMPARISON: (_SUM, _SUM),
    _SUM: (_SUM, _PRODUCT),
    _PRODUCT: (_PRODUCT, _SIGN),
    _SIGN: (_SIGN,),
    _POWER: (_ATOM, _SIGN),
}
"""How tightly each operand has to bind to stand without parentheses."""

_UNBOUNDED = {"inf": "1/0", "-inf": "-1/0", "nan": "0/0"}
"""How numbers that are not finite are written: the language has no literals for them."""

_SPACED = (_COMPARISON, _SUM)


def infix(graph: Graph, node: int, names: dict[int, str] | None = None) -> str:
    """The expression of a node. Nodes in ``names`` are printed as that name.

    A number may stand for a name. A negative one is put in parentheses where it does not begin
    an expression: ``2*(-3)``.
    """
    names = names or {}
    pieces: list[str] = []
    stack: list[str | tuple[int, int]] = [(node, 0)]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        current, least = item
        text, binding, children = _parts(graph, current, names)
        begins = not pieces or pieces[-1].endswith(("(", ", "))
        if binding < least or (current in names and binding == _SIGN and not begins):
            pieces.append("(")
            stack.append(")")
        if not children:
            pieces.append(text)
            continue
        stack.extend(reversed(_sequence(text, binding, children)))
    return "".join(pieces)


def _parts(graph: Graph, node: int, names: dict[int, str]) -> tuple[str, int, tuple[int, ...]]:
    """A node's own text, how tightly it binds, and the arguments to print."""
    while graph.ops[node].name == "identity" and node not in names:
        node = graph.args[node][0]
    row = graph.ops[node]
    if node in names:
        return names[node], _SIGN if names[node].startswith("-") else _ATOM, ()
    if row in (INPUT, CONSTANT):
        return graph.names[node], _ATOM, ()
    if row is LITERAL:
        return _literal(graph.numbers[node])
    if row.infix:
        return row.infix, row.binding, graph.args[node]
    return row.spelling, _ATOM, graph.args[node]


def _literal(number: float | Fraction) -> tuple[str, int, tuple[int, ...]]:
    if not isfinite(number):
        return _UNBOUNDED[repr(float(number))], _PRODUCT, ()
    text = number_text(number)
    if isinstance(number, Fraction) and number.denominator != 1:
        return text, _PRODUCT, ()
    return text, _ATOM if number >= 0 else _SIGN, ()


def _sequence(text: str, binding: int, children: tuple[int, ...]) -> list[str | tuple[int, int]]:
    """What to print for an operator, in order: texts, and nodes with how they must bind."""
    if binding == _ATOM:
        sequence: list[str | tuple[int, int]] = [f"{text}("]
        for position, child in enumerate(children):
            if position:
                sequence.append(", ")
            sequence.append((child, 0))
        return [*sequence, ")"]
    if binding == _SIGN:
        return [text, (children[0], _SIGN)]
    sign = f" {text} " if binding in _SPACED else text
    left, right = _OPERANDS[binding]
    return [(children[0], left), sign, (children[1], right)]
