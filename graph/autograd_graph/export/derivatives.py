"""Derivatives for a target: what its code computes, or what its formulas say.

Code computes what the passes compute, step by step: it is not simplified, for an expression with
the same value on paper may lose its digits, or leave the range of doubles on the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd_graph.graph import Graph
from autograd_graph.symbolic.gradient import Derivatives, gradient
from autograd_graph.symbolic.simplify import put_in


def computed_derivatives(
    graph: Graph,
    output: int | None = None,
    wrt: Sequence[str] | None = None,
    *,
    order: int = 1,
    given: dict[str, float] | None = None,
    limit: int | None = None,
) -> Derivatives:
    """The derivatives of ``output`` by ``wrt`` for targets that compute, ``given`` values put in.

    Arguments are those of :func:`gradient`.
    """
    found = gradient(graph, output, wrt, order=order, form="code", limit=limit)
    placed = put_in(found.graph, given or {})
    return Derivatives(placed, found.output, found.first, found.second)
