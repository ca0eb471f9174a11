"""What a textbook says of each operator: its derivative in print, and the name of its rule.

The derivatives are printed from the formulas of the operator table, so they cannot drift from
what is computed.
"""

from __future__ import annotations

import re
from functools import cache

from autograd_graph.graph import INPUT, Graph, Node
from autograd_graph.numbers.nodes import NodeMath
from autograd_graph.op import Op
from autograd_graph.symbolic.infix import infix

CHAIN_RULE = "chain rule"


def slopes(row: Op) -> tuple[tuple[str, str], ...]:
    """The derivative of a row by each of its parameters, as text of the language.

    Only for rows with a fixed number of arguments; what has no derivative by a parameter is
    left out.
    """
    graph = Graph()
    names = row.arguments.names
    arguments = [Node(graph, graph.leaf(INPUT, name)) for name in names]
    result = graph.apply(row, *arguments)
    xp = NodeMath(graph)
    if row.shares is not None:
        found = row.shares(xp, 1, result, (False,) * len(names), *arguments)
    else:
        formula = row.textbook or row.partials
        assert formula is not None
        found = formula(xp, result, *arguments)
    return tuple(
        (name, infix(graph, slope.id) if isinstance(slope, Node) else f"{slope:g}")
        for name, slope in zip(names, found, strict=True)
        if slope is not None
    )


def rule(row: Op, position: int, varying: tuple[bool, ...]) -> str:
    """The name of the rule that gives a row's derivative by the argument at ``position``.

    ``varying`` says which arguments are no constants. Where the rule has no name of its own it
    is the derivative itself: ``tanh' = 1 - tanh^2``. Empty for a second name of a node.
    """
    if row.rule is not None:
        return row.rule
    if row.name == "mul":
        return "product rule" if all(varying) else "constant factor rule"
    if row.name == "div":
        return "quotient rule" if varying[1] else "constant factor rule"
    if row.name == "pow":
        return "exponential rule" if position else "power rule"
    return _equation(row, position)


def chains(row: Op) -> bool:
    """Whether a row of something composed is a case for the chain rule.

    The rules for sums, products and quotients speak of composed arguments themselves.
    """
    return row.name in ("pow", "square") or not (row.infix or row.rule is not None)


@cache
def _equation(row: Op, position: int) -> str:
    """``tanh' = 1 - tanh^2``, ``log'(x) = 1/x``, ``d atan2(y, x)/dy = x/(y^2 + x^2)``."""
    if row.flat:
        return f"the slope of {row.infix or row.spelling} is 0"
    if row.slope:
        return f"{row.spelling}': {row.slope}"
    names = row.arguments.names
    slope = dict(slopes(row))[names[position]]
    if len(names) > 1:
        return f"d {row.spelling}({', '.join(names)})/d{names[position]} = {slope}"
    bare = slope.replace("(x)", "")
    if re.search(r"\bx\b", bare):
        return f"{row.spelling}'(x) = {slope}"
    return f"{row.spelling}' = {bare}"
