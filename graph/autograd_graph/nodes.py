"""Graph nodes as numbers: formulas run on them, and what they compute is appended to the graph.

This is how a derivative becomes an expression: the reverse pass over this number system makes
the gradient's nodes with the very formulas that make its floats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import nan
from typing import Any

from autograd_graph.graph import CONSTANT, LITERAL, Graph, Node, Operand, exact


class NodeMath:
    """The functions of a number system over one graph.

    Any operator of the table is a function here. The helpers that exist to save digits are
    their plain compositions.
    """

    nan = nan

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __getattr__(self, name: str) -> Callable[..., Node]:
        return lambda *operands: self._graph.apply(name, *operands)

    @property
    def pi(self) -> Node:
        """The constant of that name."""
        node = self._graph.add(CONSTANT)
        self._graph.names[node] = "pi"
        self._graph.numbers[node] = 3.141592653589793
        return Node(self._graph, node)

    @property
    def ln2(self) -> Node:
        """``log(2)``, exactly."""
        return self._graph.apply("log", 2)

    @property
    def ln10(self) -> Node:
        """``log(10)``, exactly."""
        return self._graph.apply("log", 10)

    @property
    def two_over_root_pi(self) -> Node:
        """``2/sqrt(pi)``, exactly."""
        return 2 / self._graph.apply("sqrt", self.pi)

    def square(self, x: Operand) -> Node:
        """``x^2``."""
        return self._graph.apply("pow", x, 2)

    def power(self, x: Operand, y: Operand) -> Node:
        """``x^y``."""
        return self._graph.apply("pow", x, y)

    def power_slope(self, x: Operand, y: Node) -> Node:
        """``y*x^(y - 1)``; the exponent of a literal is worked out."""
        number = self._graph.numbers.get(y.id) if y.op is LITERAL else None
        less_one: Operand = y - 1 if number is None else exact(number) - 1
        return y * self._graph.apply("pow", x, less_one)

    def floor_divide(self, x: Operand, y: Operand) -> Node:
        """``floor(x/y)``."""
        return self._graph.apply("floor", self._graph.apply("div", x, y))

    def gaussian(self, x: Operand) -> Node:
        """``exp(-x^2)``."""
        return self._graph.apply("exp", -self.square(x))

    def exp_difference(self, a: Operand, b: Operand) -> Node:
        """``exp(a - b)``."""
        return self._graph.apply("exp", self._graph.apply("sub", a, b))

    def softmax(self, x: Operand, xs: Sequence[Operand]) -> Node:
        """``exp(x - logsumexp(xs))``."""
        return self.exp_difference(x, self._graph.apply("logsumexp", *xs))

    def maximum(self, *xs: Operand) -> Node:
        """``max(x1, ..., xn)``."""
        return self._graph.apply("max", *xs)

    def minimum(self, *xs: Operand) -> Node:
        """``min(x1, ..., xn)``."""
        return self._graph.apply("min", *xs)

    def mask(self, condition: Any, witness: Any) -> Any:
        """The condition itself: a nan shows in the value already."""
        return condition

    def both(self, a: Operand, b: Operand) -> Node:
        """The product of two conditions."""
        return self._graph.apply("mul", a, b)

    def neither(self, masks: Sequence[Operand]) -> Node:
        """1 where none of the conditions holds."""
        total = masks[0] if len(masks) == 1 else self._graph.apply("max", *masks)
        return self._graph.apply("sub", 1, total)

    def select(self, condition: Operand, adjoint: Operand) -> Node:
        """The adjoint where the condition holds, else 0."""
        return self._graph.apply("where", condition, adjoint, 0)
