"""The computation graph: parallel lists in evaluation order.

An argument always has a smaller number than its user. This invariant, checked where nodes are
added, excludes cycles and makes sorting and recursion unnecessary. A node never changes once it is
added; values and adjoints are kept beside the graph, never in it.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Union
from typing import Literal as OneOf

from autograd_graph.errors import Span
from autograd_graph.op import Op
from autograd_graph.operators import OPERATORS

if TYPE_CHECKING:
    from fractions import Fraction

Role = OneOf["input", "constant", "step", "output"]


def _leaf(name: str, summary: str) -> Op:
    return Op(
        name=name,
        parameters="default=nan",
        summary=summary,
        value=lambda xp, default: default,
        fast=operator.pos,
        probe=(),
        function=False,
        flat=True,
    )


LITERAL = _leaf("literal", "a number in the program")
CONSTANT = _leaf("constant", "a named number that is never differentiated")
INPUT = _leaf("input", "a number from outside, or its default")
LEAVES = (LITERAL, CONSTANT, INPUT)


_MOST_DIGITS = 1_000
"""Of a number that is written with more than this, those that a double has are kept."""


class Number(float):
    """A double that keeps the decimal text it was written as, and so its exact value."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Number:
        """The double nearest to a decimal text."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    @property
    def exact(self) -> Fraction:
        """The number as written: ``0.1`` is 1/10 here; the double itself if it is very long."""
        if self == 0.0:
            return _fraction(0)  # whatever its exponent
        if len(self.text) > _MOST_DIGITS:
            return _fraction(repr(float(self)))
        return _fraction(self.text.replace("_", ""))


def exact(number: float | Fraction) -> Fraction:
    """The exact number of a literal: as written, or else the shortest decimal that reads back."""
    if isinstance(number, Number):
        return number.exact
    return _fraction(repr(number) if isinstance(number, float) else number)


def _fraction(number: str | int | Fraction) -> Fraction:
    """A rational number. Imported late: most evaluations never need one."""
    from fractions import Fraction

    return Fraction(number)


class Node:
    """A lightweight view of one node. Arithmetic on views appends nodes to their graph."""

    __slots__ = ("graph", "id")

    graph: Graph
    id: int

    def __init__(self, graph: Graph, number: int) -> None:
        self.graph = graph
        self.id = number

    def __repr__(self) -> str:
        return f"Node({self.id})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.graph is other.graph and self.id == other.id

    def __hash__(self) -> int:
        return hash((id(self.graph), self.id))

    @property
    def op(self) -> Op:
        """The node's operator, or the kind of leaf that it is."""
        return self.graph.ops[self.id]

    @property
    def args(self) -> tuple[int, ...]:
        """The numbers of the argument nodes."""
        return self.graph.args[self.id]

    @property
    def name(self) -> str:
        """The name that the program gives it, or ""."""
        return self.graph.names.get(self.id, "")

    @property
    def span(self) -> Span | None:
        """Its place in the program's text."""
        return self.graph.spans[self.id]

    def __add__(self, other: Operand) -> Node:
        return self.graph.apply("add", self, other)

    def __radd__(self, other: Operand) -> Node:
        return self.graph.apply("add", other, self)

    def __sub__(self, other: Operand) -> Node:
        return self.graph.apply("sub", self, other)

    def __rsub__(self, other: Operand) -> Node:
        return self.graph.apply("sub", other, self)

    def __mul__(self, other: Operand) -> Node:
        return self.graph.apply("mul", self, other) if isinstance(other, Node) else other * self

    def __rmul__(self, other: Operand) -> Node:
        if other == 1:
            return self
        if other == -1:
            return -self
        return self.graph.apply("mul", other, self)

    def __truediv__(self, other: Operand) -> Node:
        return self.graph.apply("div", self, other)

    def __rtruediv__(self, other: Operand) -> Node:
        return self.graph.apply("div", other, self)

    def __pow__(self, other: Operand) -> Node:
        return self.graph.apply("pow", self, other)

    def __neg__(self) -> Node:
        return self.graph.apply("neg", self)

    def __abs__(self) -> Node:
        return self.graph.apply("abs", self)


Operand = Union[Node, float, "Fraction"]


class Graph:
    """A program as a graph.

    ``ops``, ``args`` and ``spans`` are parallel lists, with one entry per node. What only some
    nodes have is in dictionaries by node: ``names`` (of named nodes) and ``numbers`` (of literals,
    and of leaves that the program gives a value). A leaf whose own value is computed from constants
    has the node of that value as its only argument.

    ``inputs`` and ``constants`` are the leaves by name; ``bindings`` the newest node of each name;
    ``output`` the node of the program's last statement.
    """

    __slots__ = (
        "args",
        "bindings",
        "constants",
        "inputs",
        "names",
        "numbers",
        "ops",
        "output",
        "spans",
        "text",
    )

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.ops: list[Op] = []
        self.args: list[tuple[int, ...]] = []
        self.spans: list[Span | None] = []
        self.names: dict[int, str] = {}
        self.numbers: dict[int, float | Fraction] = {}
        self.inputs: dict[str, int] = {}
        self.constants: dict[str, int] = {}
        self.bindings: dict[str, int] = {}
        self.output = -1

    def __len__(self) -> int:
        return len(self.ops)

    def __getitem__(self, node: int) -> Node:
        return Node(self, node)

    def add(self, op: str | Op, *args: int, span: Span | None = None) -> int:
        """Append an operator over existing nodes and return the new node's number.

        Raises :class:`ValueError` for an argument that is no node and for a wrong number of
        arguments.
        """
        row = OPERATORS[op] if isinstance(op, str) else op
        here = len(self.ops)
        if args and (min(args) < 0 or max(args) >= here):
            raise ValueError(f"{row.name}: an argument of {args} is not a node below {here}")
        if not row.takes(len(args)):
            raise ValueError(f"{row.signature} does not take {len(args)} arguments")
        return self._append(row, args, span)

    def _append(self, row: Op, args: tuple[int, ...], span: Span | None) -> int:
        self.ops.append(row)
        self.args.append(args)
        self.spans.append(span)
        return len(self.ops) - 1

    def apply(self, op: str | Op, *operands: Operand) -> Node:
        """Append an operator over views and numbers; a number becomes a literal."""
        args = [
            operand.id if isinstance(operand, Node) else self.literal(operand)
            for operand in operands
        ]
        return Node(self, self.add(op, *args))

    def literal(self, value: float | Fraction, span: Span | None = None) -> int:
        """Append a literal. Raises :class:`TypeError` for what is not a real number."""
        if not isinstance(value, (int, float)) and not hasattr(value, "numerator"):
            raise TypeError(f"a literal has to be a real number, not {value!r}")
        node = self._append(LITERAL, (), span)
        self.numbers[node] = value
        return node

    def leaf(
        self,
        op: Op,
        name: str,
        value: float | None = None,
        *default: int,
        span: Span | None = None,
    ) -> int:
        """Append an input or a constant, with its value or its default's node, if it has one."""
        node = self.add(op, *default, span=span) if default else self._append(op, (), span)
        self.names[node] = name
        if value is not None:
            self.numbers[node] = value
        (self.inputs if op is INPUT else self.constants)[name] = node
        return node

    def copy(self) -> Graph:
        """A copy of the graph, to which nodes can be added."""
        other = Graph(self.text)
        for field_name in self.__slots__:
            value = getattr(self, field_name)
            setattr(other, field_name, value.copy() if isinstance(value, (list, dict)) else value)
        return other

    def check(self) -> None:
        """Assert the graph's invariants: known operators, arity, order, names of leaves."""
        assert len(self.ops) == len(self.args) == len(self.spans)
        for node, (row, args) in enumerate(zip(self.ops, self.args, strict=True)):
            assert row in LEAVES or OPERATORS[row.name] is row, (node, row.name)
            assert row.takes(len(args)), (node, row.name, args)
            assert all(0 <= arg < node for arg in args), (node, args)
            assert row is not LITERAL or (node in self.numbers and not args), node
            assert row not in (INPUT, CONSTANT) or self.names.get(node), node
        assert -1 <= self.output < len(self.ops)

    def reach(self, output: int) -> Sequence[int]:
        """For each node, whether ``output`` depends on it."""
        reached = bytearray(len(self.ops))
        reached[output] = 1
        node = output + 1
        for args in reversed(self.args[: output + 1]):
            node -= 1
            if args and reached[node]:
                for arg in args:
                    reached[arg] = 1
        return reached

    def under(self, root: int) -> list[int]:
        """The nodes that ``root`` depends on, and itself, in evaluation order.

        It takes as long as these nodes are many, whatever else is in the graph.
        """
        found = {root}
        pending = [root]
        while pending:
            for arg in self.args[pending.pop()]:
                if arg not in found:
                    found.add(arg)
                    pending.append(arg)
        return sorted(found)
