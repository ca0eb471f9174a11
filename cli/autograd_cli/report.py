"""The account of one evaluation: plain data, ready to be drawn or written.

Everything a view shows is here, as numbers and text, and nothing about how it looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isinf, isnan

from autograd_graph import Graph, Span, Tape, causes, forward, reverse, statuses
from autograd_graph.diagnosis import Cause
from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Role
from autograd_graph.labels import expression, labels, role
from autograd_graph.status import DOMAIN, MEANING, OK, UNUSED, Status, worst


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node: what it does, its value, the derivative of the output by it.

    ``gradient`` is ``None`` for constants, which are not differentiated.
    ``value`` is ``None`` for what has none: an input not given because it is not needed.
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


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input: its value, the output's derivative by it, and what that means."""

    name: str
    value: float | None
    gradient: float
    status: Status
    share: float
    """The gradient's size relative to the largest one, from 0 to 1."""
    meaning: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a place in the program."""

    message: str
    span: Span | None
    status: Status


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A program at a point: values, gradients, statuses, notes."""

    text: str
    output: NodeRow
    nodes: list[NodeRow]
    inputs: list[InputRow]
    notes: list[Note]

    @property
    def output_name(self) -> str:
        """What the output is called where it is shown: ``f`` if the program does not say."""
        return self.output.name or "f"

    def sound(self, strict: bool) -> bool:
        """Whether the output and the reported gradients are numbers.

        With ``strict``, also finite, and no node that takes part has a status.
        """
        numbers = [self.output.value or 0.0, *(row.gradient for row in self.inputs)]
        if any(map(isnan, numbers)):
            return False
        return not strict or (
            all(map(isfinite, numbers)) and all(n.status in (OK, UNUSED) for n in self.nodes)
        )


def evaluate(tape: Tape, given: dict[str, float], wrt: Sequence[str] | None = None) -> Evaluation:
    """Run both passes and give account of them.

    ``wrt`` limits the inputs that are reported; ``None`` reports all of them.
    """
    graph = tape.graph
    values = forward(tape, given)
    adjoints = reverse(tape, values)
    found = statuses(tape, values)
    origins = causes(tape, values, adjoints, found)
    names = labels(graph)
    part = [node for node in range(len(graph)) if found.get(node) != UNUSED]
    output_status = worst([found.get(node, OK) for node in part])

    rows: list[NodeRow] = []
    for node, row in enumerate(graph.ops):
        unknown = row is INPUT and isnan(values[node]) and graph.names[node] not in given
        rows.append(
            NodeRow(
                node=node,
                label=names[node],
                name=graph.names.get(node, ""),
                role=role(graph, node, tape.output),
                operator=row.name,
                arguments=graph.args[node],
                expression=expression(graph, node, names),
                value=None if unknown else values[node],
                gradient=_gradient(tape, adjoints, node),
                status=output_status if node == tape.output else found.get(node, OK),
                span=graph.spans[node],
                literal=row is LITERAL,
            )
        )
    output = rows[tape.output]
    inputs = _inputs(tape, rows, origins, wrt, output.name or "f")
    return Evaluation(
        text=graph.text,
        output=output,
        nodes=rows,
        inputs=inputs,
        notes=_notes(tape, values, found, origins, names, inputs),
    )


def _gradient(tape: Tape, adjoints: list[float | None], node: int) -> float | None:
    """The derivative by a node: 0 for one that could vary but that nothing flows to."""
    adjoint = adjoints[node]
    return 0.0 if adjoint is None and tape.varying[node] else adjoint


def _inputs(
    tape: Tape,
    rows: list[NodeRow],
    origins: dict[int, Cause],
    wrt: Sequence[str] | None,
    output: str,
) -> list[InputRow]:
    graph = tape.graph
    chosen = list(graph.inputs) if wrt is None else list(dict.fromkeys(wrt))
    gradients = {name: rows[graph.inputs[name]].gradient for name in chosen}
    sizes = [abs(g) for g in gradients.values() if g is not None and isfinite(g)]
    largest = max(sizes, default=0.0)
    inputs: list[InputRow] = []
    for name in chosen:
        node = graph.inputs[name]
        gradient = gradients[name]
        reaches = tape.reached[node] and tape.varying[tape.output]
        inputs.append(
            InputRow(
                name=name,
                value=rows[node].value,
                gradient=0.0 if gradient is None else gradient,
                status=origins[node].status if node in origins else OK,
                share=_share(gradient, largest),
                meaning=_meaning(name, gradient, bool(reaches), output),
            )
        )
    return inputs


def _share(gradient: float | None, largest: float) -> float:
    if not gradient or isnan(gradient):
        return 0.0
    return 1.0 if isinf(gradient) else abs(gradient) / largest


def _meaning(name: str, gradient: float | None, reaches: bool, output: str) -> str:
    """How to read a gradient: which way to move the input so that the output falls."""
    if not reaches:
        return f"does not reach {output}"
    if gradient is None or gradient == 0.0:
        return "flat here"
    if isnan(gradient):
        return "undefined here"
    return f"{'raise' if gradient < 0 else 'lower'} {name} to lower {output}"


def _notes(
    tape: Tape,
    values: list[float],
    found: dict[int, Status],
    origins: dict[int, Cause],
    names: list[str],
    inputs: list[InputRow],
) -> list[Note]:
    """A remark for each node whose status is its own, and for each gradient gone wrong."""
    graph = tape.graph
    notes: list[Note] = []
    for node, status in sorted(found.items()):
        if status == UNUSED or _carried(graph, values, found, node):
            continue
        what = expression(graph, node, names)
        place = _at(graph, node, values, names)
        notes.append(
            Note(
                f"{status}: {what}{place}: {_explanation(tape, node, status)}",
                graph.spans[node],
                status,
            )
        )
    blamed: set[int] = set()
    for row in inputs:
        cause = origins.get(graph.inputs[row.name])
        if cause is None or cause.node in blamed:
            continue
        blamed.add(cause.node)
        notes.append(
            Note(
                f"the gradient by {row.name} is {row.gradient:g}: at {names[cause.node]} = "
                f"{expression(graph, cause.node, names)}, "
                f"{cause.adjoint:g} flowing back meets the slope {cause.partial:g}",
                graph.spans[cause.node],
                cause.status,
            )
        )
    return notes


def _carried(graph: Graph, values: list[float], found: dict[int, Status], node: int) -> bool:
    """Whether a node's status is its argument's, and so has its note already."""
    return not isfinite(values[node]) and any(
        not isfinite(values[arg]) and found.get(arg) == found[node] for arg in graph.args[node]
    )


def _at(graph: Graph, node: int, values: list[float], names: list[str]) -> str:
    arguments = [arg for arg in graph.args[node] if graph.ops[arg] is not LITERAL]
    if graph.ops[node] in (INPUT, CONSTANT):
        return f" = {values[node]:g}"
    if not arguments:
        return ""
    return " at " + ", ".join(f"{names[arg]} = {values[arg]:g}" for arg in dict.fromkeys(arguments))


def _explanation(tape: Tape, node: int, status: Status) -> str:
    row = tape.graph.ops[node]
    if status == DOMAIN and row.name == "pow" and not tape.constant(node)[1]:
        return (
            "a power of a negative base has no slope by its exponent; if the exponent is fixed, "
            "write it as a number or bind it with const"
        )
    if status == DOMAIN and row.domain:
        return f"defined for {row.domain}"
    return MEANING[status]
