"""Where the paths of a gradient cancel: what arrives is 0 but for rounding.

By the chain rule an adjoint is a sum over paths of products of slopes. Each product is rounded to
a few units in its last place, so a sum that is no larger than that beside the sum of the products'
sizes is a residue, whose digits mean nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from sys import float_info

from autograd_graph.passes.evaluation import Tape

ROUNDING = 8.0 * float_info.epsilon
"""A sum below this, relative to the sum of its terms' sizes, is taken for rounding."""


def cancelled(
    tape: Tape, values: Sequence[float], adjoints: Sequence[float | None]
) -> frozenset[int]:
    """The nodes at which all paths from the output cancel, up to rounding."""
    return frozenset(
        node
        for node, size in path_sizes(tape, values).items()
        if (adjoint := adjoints[node]) is not None
        and isfinite(size)
        and abs(adjoint) <= ROUNDING * size
    )


def path_sizes(tape: Tape, values: Sequence[float]) -> dict[int, float]:
    """The sums, over all paths from the output, of the sizes of the products of their slopes.

    Of each node to which a path leads whose slopes are not 0.
    """
    sizes: dict[int, float] = {tape.output: 1.0}
    for node in reversed(tape.operators):
        size = sizes.get(node)
        slopes = tape.slopes(node, values) if size else None
        if not size or slopes is None:
            continue
        for arg, slope in zip(tape.graph.args[node], slopes, strict=True):
            if slope:
                sizes[arg] = sizes.get(arg, 0.0) + size * abs(slope)
    return sizes
