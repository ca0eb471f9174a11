"""Which rows may have a status: a screen that lets no such row through, at little cost.

Every status begins with something that shows: a condition of a row of the table, a number that is
not finite, a product so small that digits may have underflowed. Only what can be the first sign is
looked at: a number that is not finite shows in whatever it is added to or multiplied by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd_graph.op import Op
from autograd_graph.passes.evaluation import Tape
from autograd_graph.passes.underflow import TINY
from autograd_graph.rows import blocks
from autograd_graph.rows.flows import flows

Column = Any


def suspects(
    tape: Tape, values: Sequence[Any], adjoints: Sequence[Any], names: Sequence[str]
) -> Column:
    """For each row whether it may have a status other than ``ok``.

    ``values`` and ``adjoints`` are those of the passes, by node; the gradients that count are those
    by ``names``.
    """
    signs = [
        *_conditions(tape, values),
        *_small_values(tape, values),
        *_small_products(tape, values, adjoints, names),
    ]
    finite = [values[node] for node in _telling(tape)]
    finite += [blocks.slope(adjoints[tape.graph.inputs[name]]) for name in names]
    well = [np.isfinite(column) for column in _in_order(finite)]
    all_finite = reduce(np.bitwise_and, well, np.True_)
    return reduce(np.bitwise_or, _in_order(signs), np.False_) | ~all_finite


def _in_order(columns: Iterable[Column]) -> list[Column]:
    """Columns in the order in which they are there, each once, after what holds for all rows."""
    different = {getattr(column, "number", -1 - n): column for n, column in enumerate(columns)}
    return sorted(
        different.values(),
        key=lambda column: (not getattr(column, "uniform", True), getattr(column, "moment", -1)),
    )


def _conditions(tape: Tape, values: Sequence[Any]) -> Iterable[Column]:
    """Where a condition of the operator table holds."""
    for node, row, constant in tape.awkward:
        if tape.reached[node] and not row.shows:
            arguments = [values[arg] for arg in tape.graph.args[node]]
            for _, holds in row.awkward:
                yield holds(blocks.system, values[node], constant, *arguments)


def _telling(tape: Tape) -> Iterable[int]:
    """The nodes to look at for values that are not finite, as no other one shows them."""
    graph = tape.graph
    carried = bytearray(len(graph))
    for node, row in enumerate(graph.ops):
        if tape.reached[node] and row.carries:
            args = graph.args[node]
            which = range(len(args)) if row.carries is True else row.carries or ()
            for n in which:
                carried[args[n]] = 1
    return (node for node in range(len(graph)) if tape.reached[node] and not carried[node])


def _small_values(tape: Tape, values: Sequence[Any]) -> Iterable[Column]:
    """Where a value may be so small because it underflowed."""
    graph = tape.graph
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if not tape.reached[node] or not args:
            continue
        if row.positive:
            yield _is_tiny(values[node])
        if row.factors:
            yield _is_tiny(values[node]) & _may_underflow(row, values[node], tape, node, values)


def _is_tiny(number: Column) -> Column:
    return np.less(number, TINY) & np.greater(number, -TINY)


def _may_underflow(row: Op, number: Column, tape: Tape, node: int, values: Sequence[Any]) -> Column:
    """Whether a tiny value or partial is no 0 that follows from an argument that is 0."""
    arguments = [values[arg] for arg in tape.graph.args[node]]
    if row.factors is None and len(arguments) != 1:
        return np.not_equal(number, 0.0)
    factors = arguments if row.factors is None else row.factors(blocks.system, *arguments)
    telling = [factor for factor in factors if any(factor is argument for argument in arguments)]
    if not telling and len(factors) == len(arguments):  # else it costs what the value costs
        telling = list(factors)
    return reduce(np.bitwise_and, (np.not_equal(factor, 0.0) for factor in telling), np.True_)


def _small_products(
    tape: Tape, values: Sequence[Any], adjoints: Sequence[Any], names: Sequence[str]
) -> Iterable[Column]:
    """Where a partial, or its product with an adjoint, may be so small because it underflowed.

    A choice hands on the adjoint, or in a tie, which is a kink, a part of it.
    """
    for node, _, flowing, adjoint, slope in flows(tape, values, adjoints, names):
        row = tape.graph.ops[node]
        if row.shares is not None or _is_unit(slope):
            continue
        if not row.verbatim:
            fresh = np.not_equal(slope, 0.0) | _may_underflow(row, slope, tape, node, values)
            yield _is_tiny(slope) & fresh & np.not_equal(adjoint, 0.0) & flowing
        if not _is_unit(adjoint):
            both = np.not_equal(adjoint, 0.0) & np.not_equal(slope, 0.0)
            yield _is_tiny(np.multiply(adjoint, slope)) & both & flowing


def _is_unit(number: Any) -> bool:
    """Whether a number for all rows is 1 or -1: products with it are exact."""
    return isinstance(number, (int, float)) and abs(number) == 1.0
