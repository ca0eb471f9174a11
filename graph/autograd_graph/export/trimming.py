"""Trimming: without what a derivative has for no reason but how it was made.

The reverse pass multiplies by 1, negates twice and leaves ``2*3`` as it is. Every rule gives the
very double that was there before, so that code computes what the passes do; but ``a/b`` is rounded
once where ``a*(1/b)`` is twice, and ``2*a/2`` may overflow where ``a`` does not.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence

from autograd_graph.export.lowering import (
    AND,
    NOT,
    WHOLE_POWER,
    adopted,
    carry_name,
    needed,
    shared,
)
from autograd_graph.graph import LEAVES, LITERAL, Graph, Node
from autograd_graph.op import Op
from autograd_graph.operators import OPERATORS

_EXACT = 2.0**53


def trim(source: Graph, roots: Sequence[int]) -> tuple[Graph, list[int]]:
    """A graph without what changes no number, and what ``roots`` are in it."""
    graph = Graph()
    moved: dict[int, int] = {}
    for node in needed(source, roots):
        row = source.ops[node]
        if row in LEAVES:
            moved[node] = adopted(graph, source, node)
        else:
            args = [Node(graph, moved[arg]) for arg in source.args[node]]
            moved[node] = _plain(row, *args).id
        carry_name(source, node, graph, moved[node])
    return shared(graph, [moved[root] for root in roots])


def _plain(op: Op | str, *args: Node) -> Node:
    """An operator over nodes, or what has the same double and is plainer."""
    graph = args[0].graph
    row = OPERATORS[op] if isinstance(op, str) else op
    folded = _folded(row.name, args)
    if folded is not None:
        return Node(graph, graph.literal(folded))
    rule = _RULES.get(row.name)
    found = rule(*args) if rule else None
    return graph.apply(row, *args) if found is None else found


_ARITHMETIC: dict[str, Callable[..., float]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
}


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}


def _folded(name: str, args: Sequence[Node]) -> float | None:
    """What arithmetic on literals comes to, if that is a whole number; what comparisons say."""
    if name in _COMPARISONS and any(_is_nan(arg) for arg in args):
        return float(name == "ne")
    if not all(arg.op is LITERAL for arg in args):
        return None
    if name in _COMPARISONS:
        return float(_COMPARISONS[name](*(float(arg.graph.numbers[arg.id]) for arg in args)))
    if name not in _ARITHMETIC:
        return None
    numbers = [float(arg.graph.numbers[arg.id]) for arg in args]
    if name == "div" and numbers[1] == 0.0:
        return None
    result = _ARITHMETIC[name](*numbers)
    return result if result.is_integer() and abs(result) < _EXACT else None


def _is_nan(node: Node) -> bool:
    return node.op is LITERAL and node.graph.numbers[node.id] != node.graph.numbers[node.id]


def _is(node: Node, number: int) -> bool:
    return node.op is LITERAL and node.graph.numbers[node.id] == number


def _negated(node: Node) -> Node | None:
    """What a node is the negation of."""
    return Node(node.graph, node.args[0]) if node.op.name == "neg" else None


def _subtrahend(node: Node) -> Node | None:
    """What is subtracted where a node is added: of a negation or a negative number."""
    graph = node.graph
    if node.op is LITERAL and graph.numbers[node.id] < 0:
        return Node(graph, graph.literal(-graph.numbers[node.id]))
    return _negated(node)


def _reciprocal(node: Node) -> Node | None:
    """What a node is 1 over."""
    if node.op.name != "div" or not _is(Node(node.graph, node.args[0]), 1):
        return None
    return Node(node.graph, node.args[1])


def _sum(a: Node, b: Node) -> Node | None:
    """``a + -b = a - b`` and ``-a + b = b - a``."""
    for one, other in ((a, b), (b, a)):
        subtracted = _subtrahend(other)
        if subtracted is not None:
            return _plain("sub", one, subtracted)
    return None


def _difference(a: Node, b: Node) -> Node | None:
    """``a - -b = a + b``."""
    added = _subtrahend(b)
    return None if added is None else _plain("add", a, added)


def _product(a: Node, b: Node) -> Node | None:
    """``1*a = a``, ``-1*a = -a`` and ``a*(1/b) = a/b``; a sign stands before the product."""
    for one, other in ((a, b), (b, a)):
        if _is(one, 1):
            return other
        if _is(one, -1):
            return _plain("neg", other)
        divisor = _reciprocal(other)
        if divisor is not None:
            return _plain("div", one, divisor)
    first, second = _negated(a), _negated(b)
    if first is not None:
        return _plain("neg", _plain("mul", first, b))
    return None if second is None else _plain("neg", _plain("mul", a, second))


def _quotient(a: Node, b: Node) -> Node | None:
    """``a/1 = a`` and ``2*a/2 = a``; a sign stands before the quotient."""
    if _is(b, 1):
        return a
    doubled = _without_factor(a, b)
    if doubled is not None:
        return doubled
    first, second = _negated(a), _negated(b)
    if first is not None:
        return _plain("neg", _plain("div", first, b))
    return None if second is None else _plain("neg", _plain("div", a, second))


def _without_factor(a: Node, b: Node) -> Node | None:
    """``c*x/c = x`` for a power of two, by which nothing is rounded.

    Where ``c*x`` is beyond the doubles this is the number that should have come.
    """
    if a.op.name != "mul" or b.op is not LITERAL:
        return None
    number = float(b.graph.numbers[b.id])
    if number < 1 or math.frexp(number)[0] != 0.5:
        return None
    first, second = (Node(a.graph, arg) for arg in a.args)
    for factor, other in ((first, second), (second, first)):
        if factor.op is LITERAL and float(factor.graph.numbers[factor.id]) == number:
            return other
    return None


def _size(a: Node) -> Node | None:
    """``abs(-a) = abs(a)``."""
    inner = _negated(a)
    return None if inner is None else _plain("abs", inner)


def _power(a: Node, b: Node) -> Node | None:
    """``a^1 = a``."""
    return a if _is(b, 1) else None


def _choice(condition: Node, a: Node, b: Node) -> Node | None:
    """One of the branches, where the condition is a number; nan where that is nan."""
    if condition.op is not LITERAL:
        return None
    number = float(condition.graph.numbers[condition.id])
    return condition if number != number else a if number else b


def _both(a: Node, b: Node) -> Node | None:
    """One of two conditions, where the other is known."""
    for one, other in ((a, b), (b, a)):
        if one.op is LITERAL:
            return other if one.graph.numbers[one.id] else one
    return None


def _negation(condition: Node) -> Node | None:
    """What is not so, where the condition is known."""
    if condition.op is not LITERAL:
        return None
    graph = condition.graph
    return Node(graph, graph.literal(0.0 if graph.numbers[condition.id] else 1.0))


_RULES: dict[str, Callable[..., Node | None]] = {
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "neg": _negated,  # --a = a
    "abs": _size,
    "pow": _power,
    WHOLE_POWER.name: _power,
    "where": _choice,
    AND.name: _both,
    NOT.name: _negation,
}
