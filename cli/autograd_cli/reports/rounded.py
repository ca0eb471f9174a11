"""Where a singular point comes of rounding: ``log(1 - p)`` at a ``p`` that was rounded to 1."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from autograd_cli.reports.naming import Naming
from autograd_graph.graph import Graph

_COMPLEMENTS = {
    "sigmoid": "sigmoid(-{})",
    "tanh": "2*sigmoid(-2*{})",
    "erf": "erfc({})",
}
"""What 1 less a function is, without the difference, of functions that stay below 1."""


def rounded(graph: Graph, values: Sequence[float], node: int, names: Naming) -> str:
    """What was rounded to 1 in an argument ``1 - p`` of ``node``, and what to write; or ""."""
    for arg in graph.args[node]:
        if graph.ops[arg].name != "sub" or values[arg] != 0.0:
            continue
        one, near = graph.args[arg]
        row = graph.ops[near]
        if values[one] != 1.0 or row.name not in _COMPLEMENTS:
            continue
        (inner,) = graph.args[near]
        if not isfinite(values[inner]):
            continue
        name = names.name(inner)
        within = name if name.isidentifier() else f"({name})"
        if graph.ops[node].name == "log" and row.name == "sigmoid":
            write = f"log_sigmoid(-{within}) for {names.written(node)}"
        else:
            write = f"{_COMPLEMENTS[row.name].format(within)} for {names.written(arg)}"
        return f"{names.equation(near)} is rounded to 1: write {write}"
    return ""
