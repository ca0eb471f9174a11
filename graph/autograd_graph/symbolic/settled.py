"""The nodes of a graph that depend on numbers only, and those that are undefined for all inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite

from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph
from autograd_graph.op import Op
from autograd_graph.passes.evaluation import value_of
from autograd_graph.status import DOMAIN, SINGULAR


def settled_values(graph: Graph, given: dict[str, float]) -> dict[int, float]:
    """The values, as doubles, of the nodes that depend on numbers only."""
    settled: dict[int, float] = {}
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if row is LITERAL:
            settled[node] = float(graph.numbers[node])
        elif row in (INPUT, CONSTANT):
            if graph.names[node] in given:
                settled[node] = given[graph.names[node]]
        elif all(arg in settled for arg in args):
            settled[node] = value_of(row, [settled[arg] for arg in args])
    return settled


def undefined(graph: Graph, roots: Sequence[int]) -> list[int]:
    """The roots that are undefined for all inputs, such as ``y*(0/0)``."""
    found = undefined_nodes(graph, settled_values(graph, {}), all)
    return [root for root in roots if found[root]]


def undefined_nodes(
    graph: Graph, settled: dict[int, float], branches: Callable[[Iterable[int]], bool]
) -> bytearray:
    """For each node, whether an undefined operation is in it: ``0/0``, ``log(0)``, ``x/0``.

    The algebra of the reals does not hold for such nodes: ``0*log(0)`` is not 0, nor is ``1/0 -
    1/0``. They stay as written. A number too large for a double is defined: ``10^400/10^399`` is
    10. A choice with an unknown condition is undefined if ``any`` or ``all`` (the argument
    ``branches``) of its branches are.
    """
    undefined = bytearray(len(graph))
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if row.asks and args[0] in settled:
            condition = settled[args[0]]
            undefined[node] = condition != condition or undefined[args[1 if condition else 2]]
        elif row.asks:
            undefined[node] = undefined[args[0]] or branches(undefined[arg] for arg in args[1:])
        elif any(undefined[arg] for arg in args) or _divides_by_zero(row, args, settled):
            undefined[node] = 1
        elif node in settled and not isfinite(settled[node]):
            undefined[node] = _is_undefined(row, settled[node], [settled[arg] for arg in args])
    return undefined


def _divides_by_zero(row: Op, args: Sequence[int], settled: dict[int, float]) -> bool:
    return row.name == "div" and settled.get(args[1]) == 0


def _is_undefined(row: Op, value: float, arguments: Sequence[float]) -> bool:
    """Whether a value that is not finite is that of a pole or outside a domain."""
    if not arguments:
        return True
    if not all(map(isfinite, arguments)):
        return False
    constant = (True,) * len(arguments)
    return value != value or row.status(value, constant, arguments) in (SINGULAR, DOMAIN)
