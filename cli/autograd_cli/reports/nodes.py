"""A run of both passes, and a row of data for each node, made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from math import isfinite, isnan
from typing import Any, NamedTuple

from autograd_cli.formats import json_number, json_text
from autograd_cli.reports.rows import Rows
from autograd_graph import Span, Tape
from autograd_graph.graph import INPUT, Role
from autograd_graph.labels import expression, is_number, labels, output_label, role
from autograd_graph.passes.diagnosis import Cause
from autograd_graph.status import OK, UNUSED, Status, worst


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
        adjoint = self.adjoints[node]
        return 0.0 if adjoint is None and self.tape.varying[node] else adjoint

    def slope(self, node: int) -> float:
        """The derivative by a node that varies, such as an input."""
        adjoint = self.adjoints[node]
        return 0.0 if adjoint is None else adjoint

    def status(self, node: int, inner: Sequence[int] = ()) -> Status:
        """The status of a leaf, or of a step that is made of the nodes ``inner``: their worst.

        That of the output is the worst of the whole program; a step that takes no part is unused.
        """
        if node == self.tape.output:
            return worst(self.statuses.values())
        if self.statuses.get(node) == UNUSED:
            return UNUSED
        return worst(self.statuses.get(each, OK) for each in (node, *inner))


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
    number: bool
    """Whether the node only writes a number: a literal, ``-2``, ``1/2``."""

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

    def json(self) -> str:
        """:meth:`as_object` as the text of JSON, which a template makes sooner than an encoder."""
        node, label, name, role, operator, args, formula, value, gradient, status, span, _ = self
        return (
            f'{{"node": {node}, "name": {json_text(name) if name else "null"}, '
            f'"label": {json_text(label)}, "role": "{role}", "operator": "{operator}", '
            f'"arguments": {list(args)}, "expression": {json_text(formula)}, '
            f'"value": {_number(value)}, "gradient": {_number(gradient)}, "status": "{status}", '
            f'"span": {f"[{span[0]}, {span[1]}]" if span else "null"}}}'
        )


def _number(value: float | None) -> str:
    """:func:`json_number` as text."""
    if value is None:
        return "null"
    return repr(value) if isfinite(value) else f'"{value}"'


class NodeRows(Rows[NodeRow]):
    """The rows of all nodes of a run; ``status`` is that of the output."""

    def __init__(self, passes: Run, status: Status) -> None:
        self._passes = passes
        self._status = status

    def __len__(self) -> int:
        return len(self._passes.tape.graph)

    @cached_property
    def labels(self) -> list[str]:
        """The names of the nodes as they are shown."""
        graph, output = self._passes.tape.graph, self._passes.tape.output
        names = labels(graph)
        names[output] = output_label(graph, output)
        return names

    def value(self, node: int) -> float | None:
        """The value of a node; ``None`` for an input that is not given, as it is not needed."""
        passes = self._passes
        value, graph = passes.values[node], passes.tape.graph
        if isnan(value) and graph.ops[node] is INPUT and graph.names[node] not in passes.given:
            return None
        return value

    def take(self, numbers: Iterable[int]) -> Iterator[NodeRow]:
        """The rows of some nodes."""
        passes, names = self._passes, self.labels
        graph, output = passes.tape.graph, passes.tape.output
        for node in numbers:
            row = graph.ops[node]
            yield NodeRow(
                node,
                names[node],
                graph.names.get(node, ""),
                role(graph, node, output),
                row.name,
                graph.args[node],
                expression(graph, node, names),
                self.value(node),
                passes.gradient(node),
                self._status if node == output else passes.statuses.get(node, OK),
                graph.spans[node],
                is_number(names[node]),
            )
