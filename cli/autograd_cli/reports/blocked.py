"""Why a layer hands on nothing of the gradient that arrives at it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from autograd_cli.reports.nodes import Run
from autograd_graph.status import KINK
from autograd_graph.steps.flow import Layer


class Blocked(NamedTuple):
    """The reason, as a word and as part of a sentence.

    A layer is at a ``kink``, its choice takes the ``other side``, its unit is off and so ``dead``,
    or it is ``flat``: its slope happens to be 0.
    """

    why: Literal["kink", "other side", "dead", "flat"]
    told: str


def blocked(passes: Run, layer: Layer) -> Blocked:
    """The reason of a layer whose factor is 0."""
    graph, statuses = passes.tape.graph, passes.statuses
    rows = {node: graph.ops[node] for node in layer.inner}
    kinks = [row for node, row in rows.items() if statuses.get(node) == KINK]
    if kinks:
        return Blocked(
            "kink", f"its {kinks[0].spelling} is at a kink, where the slope is taken as 0"
        )
    for node, row in rows.items():
        if row.shares is not None:
            if len(graph.args[node]) - row.asks > 1:
                return Blocked("other side", f"its {row.spelling} takes another side")
            return Blocked("dead", f"its {row.spelling} passes nothing on")
    return Blocked("flat", "its slope is exactly 0")
