"""The ways that adjoints take back through a graph, for columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd_graph.passes.evaluation import Tape
from autograd_graph.rows import blocks

Column = Any


def flows(
    tape: Tape, values: Sequence[Any], adjoints: Sequence[Any], names: Iterable[str]
) -> Iterator[tuple[int, int, Column, Column, Column]]:
    """From the output back: an operator, an argument, in which rows, the adjoint, the partial.

    Only those on the way to the inputs of these ``names``.
    """
    graph = tape.graph
    leaves = [graph.inputs[name] for name in names]
    toward = {*leaves, *tape.depending_on(leaves).operators}
    for node in reversed(tape.operators):
        if adjoints[node] is None or node not in toward:
            continue
        slopes = tape.slopes(node, values)
        if slopes is None:
            continue
        flowing, adjoint = parts(adjoints[node])
        for arg, slope in zip(graph.args[node], slopes, strict=True):
            if slope is not None and tape.varying[arg] and arg in toward:
                rows, partial = parts(slope)
                yield node, arg, flowing & rows, adjoint, partial


def parts(number: Any) -> tuple[Column, Column]:
    """In which rows an adjoint or a partial flows, and its values."""
    if isinstance(number, blocks.Flow):
        return number.rows, number.values
    return np.True_, number


def any_of(truths: Iterable[Column]) -> Column:
    """Where one of some truth values holds."""
    return reduce(np.bitwise_or, truths, np.False_)
