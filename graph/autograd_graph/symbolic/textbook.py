"""The printed derivative of each operator, and the name of its differentiation rule.

The derivatives are printed from the formulas of the operator table, so that they always agree with
what is computed.
"""

from __future__ import annotations

from functools import cache

from autograd_graph.formula import CLOSE, OPEN, Formula, Token, name, number, words
from autograd_graph.graph import INPUT, Graph, Node
from autograd_graph.numbers.nodes import NodeMath
from autograd_graph.op import Op
from autograd_graph.symbolic.infix import formula

CHAIN_RULE = words("chain rule")


def slopes(row: Op) -> tuple[tuple[str, Formula], ...]:
    """The derivative of a row by each of its parameters, with the parameter's name.

    Only for rows with a fixed number of arguments; parameters without a derivative are left out.
    """
    graph = Graph()
    names = row.arguments.names
    arguments = [Node(graph, graph.leaf(INPUT, name)) for name in names]
    result = graph.apply(row, *arguments)
    xp = NodeMath(graph)
    if row.shares is not None:
        found = row.shares(xp, 1, result, (False,) * len(names), *arguments)
    else:
        printed = row.textbook or row.partials
        assert printed is not None
        found = printed(xp, result, *arguments)
    return tuple(
        (by, formula(graph, slope.id) if isinstance(slope, Node) else number(f"{slope:g}"))
        for by, slope in zip(names, found, strict=True)
        if slope is not None
    )


def rule(row: Op, position: int, varying: tuple[bool, ...]) -> Formula | None:
    """The rule that gives a row's derivative by the argument at ``position``.

    ``varying`` says which arguments are not constants. A rule without a name of its own is the
    derivative itself: ``tanh' = 1 - tanh^2``. ``None`` for a second name of a node.
    """
    named = _name_of_rule(row, position, varying)
    if named is None:
        return _equation(row, position)
    return words(named) if named else None


def _name_of_rule(row: Op, position: int, varying: tuple[bool, ...]) -> str | None:
    if row.rule is not None:
        return row.rule
    if row.name == "mul":
        return "product rule" if all(varying) else "constant factor rule"
    if row.name == "div":
        return "quotient rule" if varying[1] else "constant factor rule"
    if row.name == "pow":
        return "exponential rule" if position else "power rule"
    return None


def chains(row: Op) -> bool:
    """Whether the derivative of the row, applied to an expression, needs the chain rule.

    The rules for sums, products and quotients apply to composed arguments as they are.
    """
    return row.name in ("pow", "square") or not (row.infix or row.rule is not None)


@cache
def _equation(row: Op, position: int) -> Formula:
    """``tanh' = 1 - tanh^2``, ``log'(x) = 1/x``, ``d atan2(y, x)/dy = x/(y^2 + x^2)``."""
    if row.flat:
        return words(f"the slope of {row.infix or row.spelling} is 0")
    if row.slope:
        return words(f"{row.spelling}': {row.slope}")
    names = row.arguments.names
    slope = dict(slopes(row))[names[position]]
    if len(names) > 1:
        by = names[position]
        return words(f"d {row.spelling}({', '.join(names)})/d{by}").equals(slope)
    bare = _without_argument(slope)
    if Token("x", "name") in bare.tokens:
        return name(f"{row.spelling}'(x)").equals(slope)
    return name(f"{row.spelling}'").equals(bare)


def _without_argument(slope: Formula) -> Formula:
    """``1 - tanh^2`` for ``1 - tanh(x)^2``."""
    tokens, kept = slope.tokens, []
    n = 0
    while n < len(tokens):
        calls = n and tokens[n - 1].kind == "name" and tokens[n : n + 3] == _OF_X
        if not calls:
            kept.append(tokens[n])
        n += len(_OF_X) if calls else 1
    return Formula(tuple(kept))


_OF_X = (OPEN, Token("x", "name"), CLOSE)
