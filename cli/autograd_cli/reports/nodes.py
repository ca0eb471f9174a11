"""A run of both passes, and a row of data for each node, made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan
from typing import Any, NamedTuple, overload

from autograd_cli.formats import json_number
from autograd_graph import Span, Tape
from autograd_graph.graph import INPUT, LITERAL, Role
from autograd_graph.labels import expression, role
from autograd_graph.passes.diagnosis import Cause
from autograd_graph.status import OK, Status


class Run(NamedTuple):
    """Both passes over a program at a point, with the statuses and causes that they met."""

    tape: Tape
    given: dict[str, float]
    values: list[float]
    adjoints: list[float | None]
    statuses: dict[int, Status]
    causes: dict[int, Cause]

    def gradient(self, node: int) -> float | None:
        """The derivative by a node: 0 for one that varies but that nothing flows to."""
        return self.slope(node) if self.tape.varying[node] else self.adjoints[node]

    def slope(self, node: int) -> float:
        """The derivative by a node that varies, such as an input."""
        adjoint = self.adjoints[node]
        return 0.0 if adjoint is None else adjoint


class NodeRow(NamedTuple):
    """One node: its operation, its value, the derivative of the output by it.

    ``gradient`` is ``None`` for constants, which are not differentiated. ``value`` is ``None`` for
    an input that is not given because it is not needed.
    """

    node: int
    label: str
    name: str
    role: Role
    operator: str
    arguments: tuple[int, ...]
    expression: str
    value: float | None
    gradient: float | None
    status: Status
    span: Span | None
    literal: bool

    def as_object(self) -> dict[str, Any]:
        """The node as JSON."""
        return {
            "node": self.node,
            "name": self.name or None,
            "label": self.label,
            "role": self.role,
            "operator": self.operator,
            "arguments": list(self.arguments),
            "expression": self.expression,
            "value": json_number(self.value),
            "gradient": json_number(self.gradient),
            "status": self.status,
            "span": list(self.span) if self.span else None,
        }


class NodeRows(Sequence[NodeRow]):
    """The rows of all nodes of a run; each is made when it is taken, and none is kept.

    ``labels`` are the names of the nodes as they are shown, ``status`` is that of the output.
    """

    def __init__(self, passes: Run, labels: Sequence[str], status: Status) -> None:
        self._passes = passes
        self._labels = labels
        self._status = status

    def __len__(self) -> int:
        return len(self._passes.tape.graph)

    @overload
    def __getitem__(self, node: int) -> NodeRow: ...

    @overload
    def __getitem__(self, node: slice) -> list[NodeRow]: ...

    def __getitem__(self, node: int | slice) -> NodeRow | list[NodeRow]:
        if isinstance(node, slice):
            return [self._row(n) for n in range(*node.indices(len(self)))]
        if not -len(self) <= node < len(self):
            raise IndexError(node)
        return self._row(node % len(self))

    def __reduce__(self) -> tuple[Callable[[list[NodeRow]], list[NodeRow]], tuple[list[NodeRow]]]:
        """A pickle holds the rows themselves: the tape they are made from has functions in it."""
        return list, (list(self),)

    def _row(self, node: int) -> NodeRow:
        passes = self._passes
        graph, output = passes.tape.graph, passes.tape.output
        row, value = graph.ops[node], passes.values[node]
        name = graph.names.get(node, "")
        unknown = row is INPUT and isnan(value) and name not in passes.given
        return NodeRow(
            node=node,
            label=self._labels[node],
            name=name,
            role=role(graph, node, output),
            operator=row.name,
            arguments=graph.args[node],
            expression=expression(graph, node, self._labels),
            value=None if unknown else value,
            gradient=passes.gradient(node),
            status=self._status if node == output else passes.statuses.get(node, OK),
            span=graph.spans[node],
            literal=row is LITERAL,
        )
