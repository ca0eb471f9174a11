"""Remarks on an evaluation: where something is wrong, and where a gradient got lost."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from autograd_cli.reports.evaluation import Note
from autograd_cli.reports.naming import Naming, told
from autograd_cli.reports.nodes import Run
from autograd_graph import Graph, Tape
from autograd_graph.graph import CONSTANT, INPUT, LITERAL
from autograd_graph.status import DOMAIN, KINK, MEANING, SINGULAR, TIE, UNUSED, VERDICT, Status


def notes(passes: Run, gradients: Mapping[str, float], names: Naming) -> list[Note]:
    """A note for each node with a status of its own, and for each gradient that is not finite."""
    tape, values, found = passes.tape, passes.values, passes.statuses
    graph = tape.graph
    notes: list[Note] = []
    for node, status in sorted(found.items()):
        if status == UNUSED or _carried(graph, values, found, node):
            continue
        what = names.written(node)
        place = _at(graph, node, values, names)
        notes.append(
            Note(
                f"{what}{place} {VERDICT[status]} ({_explanation(tape, node, status)})"
                f"{_advice(passes, node, status, names)}",
                graph.spans[node],
                status,
            )
        )
    blamed: set[int] = set()
    for name, slope in gradients.items():
        cause = passes.causes.get(graph.inputs[name])
        if cause is None or cause.node in blamed:
            continue
        blamed.add(cause.node)
        notes.append(
            Note(
                f"the gradient by {name} is {slope + 0.0:g}: {told(cause, names)}",
                graph.spans[cause.node],
                cause.status,
            )
        )
    return notes


def _carried(graph: Graph, values: list[float], found: dict[int, Status], node: int) -> bool:
    """Whether a node's status comes from its argument, which already has a note."""
    return not isfinite(values[node]) and any(
        not isfinite(values[arg]) and found.get(arg) == found[node] for arg in graph.args[node]
    )


def _at(graph: Graph, node: int, values: list[float], names: Naming) -> str:
    arguments = [arg for arg in graph.args[node] if not _is_written(graph, arg)]
    if graph.ops[node] in (INPUT, CONSTANT):
        return f" = {values[node]:g}"
    if not arguments:
        return ""
    return " at " + ", ".join(
        f"{names.name(arg)} = {values[arg]:g}" for arg in dict.fromkeys(arguments)
    )


def _is_written(graph: Graph, node: int) -> bool:
    """Whether a node is arithmetic with literals alone: the reader sees its value."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if graph.ops[current] is not LITERAL:
            if current in graph.names or not graph.ops[current].infix:
                return False
            waiting += graph.args[current]
    return True


def _advice(passes: Run, node: int, status: Status, names: Naming) -> str:
    """What to write at a point that is singular only by rounding; "" at others."""
    if status != SINGULAR:
        return ""
    from autograd_cli.reports.rounded import rounded  # which few programs need

    told = rounded(passes.tape.graph, passes.values, node, names)
    return f"; {told}" if told else ""


def _explanation(tape: Tape, node: int, status: Status) -> str:
    row = tape.graph.ops[node]
    if status == DOMAIN and row.name == "pow" and not tape.constant(node)[1]:
        return (
            "a power of a negative base has no slope by its exponent; if the exponent is fixed, "
            "write it as a number or bind it with const"
        )
    if status == KINK and row.asks:
        return TIE
    if status == DOMAIN and row.domain:
        return f"defined for {row.domain}"
    return MEANING[status]
