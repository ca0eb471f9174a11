"""Which rows of a block may have a status: a screen that lets no such row through.

A status is worked out for one point at a time (:mod:`autograd_graph.passes.diagnosis`). Here whole
columns are looked at for what every status begins with: a condition of a row of the table, a
number that is not finite, one so small that digits may have underflowed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd_graph.rows import blocks
from autograd_graph.passes.evaluation import Tape
from autograd_graph.passes.underflow import TINY


def suspicious(
    tape: Tape, values: list[Any], adjoints: list[Any], count: int
) -> npt.NDArray[np.bool_]:
    """For each of ``count`` rows whether its point may have a status other than ``ok``.

    ``values`` and ``adjoints`` are those of the passes over the block, by node.
    """
    found = np.zeros(count, dtype=bool)
    graph = tape.graph
    with np.errstate(all="ignore"):
        for node, row, constant in tape.awkward:
            if tape.reached[node]:
                arguments = [values[arg] for arg in graph.args[node]]
                found |= blocks.statuses(row, values[node], constant, arguments) >= 0
        for node, row in enumerate(graph.ops):
            if tape.reached[node]:
                found |= ~np.isfinite(values[node])
                if graph.args[node] and (row.factors or row.positive):
                    found |= np.abs(values[node]) < TINY
        for node, adjoint in enumerate(adjoints):
            if adjoint is not None and tape.varying[node]:
                found |= _lost_or_not_finite(adjoint)
    return found


def _lost_or_not_finite(adjoint: Any) -> Any:
    if isinstance(adjoint, blocks.Flow):
        return adjoint.rows & _lost_or_not_finite(adjoint.values)
    size = np.abs(adjoint)
    return ~(size >= TINY) | ~np.isfinite(size)
