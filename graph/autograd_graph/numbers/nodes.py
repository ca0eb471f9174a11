"""Graph nodes as numbers: evaluating a formula on them appends its operations to the graph.

This is how a derivative becomes an expression: the reverse pass over this number system builds the
gradient's nodes with the same formulas that compute its floats.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd_graph.graph import CONSTANT, LEAVES, LITERAL, Graph, Node, Operand, exact
from autograd_graph.numbers.system import Derived


class Gate(NamedTuple):
    """A condition, and whether the gate is open where it holds or where it fails."""

    condition: Node
    holds: bool


class Gated(Node):
    """A number that is ``inner`` where a gate is open, and exactly 0 elsewhere.

    Factors are multiplied inside the gate, so that partials of a branch that is not taken do no
    harm: ``where(x > 0, 1, 0)/x`` is undefined at 0, ``where(x > 0, 1/x, 0)`` is not. The node is
    appended when its ``id`` is first asked for.

    ``full`` is the gate of the number. ``weak`` is the part of it that has to be written: a sum of
    gated numbers is 0 without it where all gates are closed, until a factor is multiplied in that
    may not be finite there.
    """

    __slots__ = ("_made", "full", "inner", "math", "weak")

    def __init__(self, math: NodeMath, inner: Operand, full: Gate, weak: Gate | None) -> None:
        self.graph = math.graph
        self.math = math
        self.inner = inner
        self.full = full
        self.weak = weak
        self._made: int | None = None

    @property
    def id(self) -> int:  # type: ignore[override]
        """The number of the node, which is appended to the graph on first access."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def _make(self) -> int:
        if self.weak is not None:
            condition, holds = self.weak
            branches = (self.inner, 0) if holds else (0, self.inner)
            return self.math.call("where", condition, *branches).id
        return self.inner.id if isinstance(self.inner, Node) else self.graph.literal(self.inner)

    def _with(self, inner: Operand, factor: Operand) -> Gated:
        weak = self.weak if self.math.is_tame(factor) else self.full
        return Gated(self.math, inner, self.full, weak)

    def __mul__(self, other: Operand) -> Node:
        return self._with(self.inner * other, other)

    def __rmul__(self, other: Operand) -> Node:
        return self._with(other * self.inner, other)

    def __truediv__(self, other: Operand) -> Node:
        return self._with(self.math.call("div", self.inner, other), self.math.nan)

    def __neg__(self) -> Node:
        return self._with(-self.inner, 1)

    def __add__(self, other: Operand) -> Node:
        return self.math.sum_of(self, other)

    def __radd__(self, other: Operand) -> Node:
        return self.math.sum_of(other, self)


class NodeMath(Derived):
    """The number system of one graph's nodes.

    ``tame`` is what an earlier system of the same graph has found out about its nodes.
    """

    def __init__(self, graph: Graph, tame: bytearray | None = None) -> None:
        self.graph = graph
        self._tame = bytearray() if tame is None else tame
        self._flags: set[int] = set()

    def call(self, name: str, *operands: Operand) -> Node:
        """Append a node of that operator."""
        return self.graph.apply(name, *operands)

    @property
    def pi(self) -> Node:
        """Append the constant ``pi``."""
        node = self.graph.add(CONSTANT)
        self.graph.names[node] = "pi"
        self.graph.numbers[node] = super().pi
        return Node(self.graph, node)

    def power_slope(self, x: Operand, y: Any) -> Any:
        """``y*x^(y - 1)``; with a literal exponent, ``y - 1`` is computed."""
        if isinstance(y, Node) and y.op is LITERAL:
            if self.graph.numbers[y.id] == 0:
                return 0
            return y * self.call("pow", x, exact(self.graph.numbers[y.id]) - 1)
        return super().power_slope(x, y)

    # choices --------------------------------------------------------------------------------

    def where(self, condition: Node, a: Operand, b: Operand) -> Node:
        """A choice; between a number and 0, a gated number."""
        if not isinstance(b, Node) and b == 0:
            return self._gated(Gate(condition, True), a)
        if not isinstance(a, Node) and a == 0:
            return self._gated(Gate(condition, False), b)
        return self.call("where", condition, a, b)

    def select(self, condition: Node, adjoint: Operand) -> Node:
        """The adjoint behind a gate; for ``c != 0`` the gate tests ``c``, as ``where`` does."""
        if condition.op.name in ("ne", "eq") and self._is_zero(condition.args[1]):
            asked = Node(self.graph, condition.args[0])
            return self._gated(Gate(asked, condition.op.name == "ne"), adjoint)
        return self._gated(Gate(condition, True), adjoint)

    def both(self, a: Node, b: Node) -> Node:
        """The product of two conditions that are 1 or 0."""
        return self._flag("mul", a, b)

    def _gated(self, gate: Gate, number: Operand) -> Gated:
        if not isinstance(number, Gated):
            return Gated(self, number, gate, gate)
        full = self._both(gate, number.full)
        weak = full if number.weak == number.full else gate
        if number.weak not in (None, number.full):
            weak = self._both(gate, number.weak)
        return Gated(self, number.inner, full, weak)

    def _both(self, gate: Gate, other: Gate) -> Gate:
        if gate == other:
            return gate
        return Gate(self.both(self._as_flag(gate), self._as_flag(other)), True)

    def sum_of(self, a: Operand, b: Operand) -> Node:
        """The sum of two numbers, at least one of them gated."""
        if not isinstance(a, Gated) or not isinstance(b, Gated):
            return self.call("add", a, b)
        if a.full == b.full and a.weak == b.weak:
            return Gated(self, self.call("add", a.inner, b.inner), a.full, a.weak)
        if a.weak == a.full and b.weak == b.full and a.full.condition == b.full.condition:
            chosen, other = (a.inner, b.inner) if a.full.holds else (b.inner, a.inner)
            return self.call("where", a.full.condition, chosen, other)
        either = self._flag("max", self._as_flag(a.full), self._as_flag(b.full))
        return Gated(self, self.call("add", a, b), Gate(either, True), None)

    def _flag(self, name: str, *operands: Node) -> Node:
        node = self.call(name, *operands)
        self._flags.add(node.id)
        return node

    def _as_flag(self, gate: Gate) -> Node:
        """A gate as a node that is 1 or 0."""
        condition, holds = gate
        if not holds:
            return self._flag("eq", condition, 0)  # type: ignore[arg-type]
        if condition.op.comparison or condition.id in self._flags:
            return condition
        return self._flag("ne", condition, 0)  # type: ignore[arg-type]

    def _is_zero(self, node: int) -> bool:
        return self.graph.ops[node] is LITERAL and self.graph.numbers[node] == 0

    def is_tame(self, number: Operand) -> bool:
        """Whether a number is certainly finite for inputs of ordinary size."""
        if not isinstance(number, Node):
            return number == number
        tame, graph = self._tame, self.graph
        for node in range(len(tame), number.id + 1):
            row, args = graph.ops[node], graph.args[node]
            if row.name == "pow":
                power = graph.numbers.get(args[1])
                known = power is not None and power >= 0 and power == int(power)
            else:
                known = row in LEAVES or row.finite
            tame.append(known and all(tame[arg] for arg in args))
        return bool(tame[number.id])
