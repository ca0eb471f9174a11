"""What is lost to underflow in each row: :mod:`autograd_graph.passes.underflow` as columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from sys import float_info
from typing import Any

import numpy as np

from autograd_graph.op import Op
from autograd_graph.passes.evaluation import Tape
from autograd_graph.passes.underflow import LEAST, NOTICED, NUDGES, TINY
from autograd_graph.rows import blocks
from autograd_graph.rows.arrays import where
from autograd_graph.rows.flows import any_of, flows, parts

Column = Any


def is_underflow(
    row: Op, number: Column, arguments: Sequence[Column], *, partial: bool = False
) -> Column:
    """Where a tiny value or partial is 0 or subnormal only because it underflowed.

    As :func:`autograd_graph.passes.underflow.is_underflow` has it.
    """
    handed_on = any_of(np.equal(number, argument) for argument in arguments)
    beside = list(arguments)
    at_zero: Column = np.False_
    if row.factors is not None or len(arguments) == 1:
        factors = arguments if row.factors is None else row.factors(blocks.system, *arguments)
        beside += factors[: len(arguments)]
        whole = (np.isfinite(x) & np.not_equal(x, 0.0) for x in factors)
        at_zero = reduce(np.bitwise_and, whole, np.True_)
    if not (partial and row.verbatim):
        handed_on = handed_on & any_of(np.equal(np.absolute(a), 1.0) for a in beside)
    return ~handed_on & (np.not_equal(number, 0.0) | at_zero)


def in_values(
    tape: Tape, values: Sequence[Any], part: Sequence[Column], found: Sequence[Column]
) -> Iterable[Column]:
    """Where nodes that take ``part`` and have no status in ``found`` have underflowed."""
    graph = tape.graph
    amplified = _amplified(tape, values, part)
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if part[node] is np.False_ or not args:
            continue
        lost = amplified.get(node, np.False_)
        if row.factors:
            tiny = np.less(np.absolute(values[node]), TINY)
            lost = lost | tiny & is_underflow(row, values[node], [values[arg] for arg in args])
        yield part[node] & np.equal(found[node], 0.0) & lost


def _amplified(tape: Tape, values: Sequence[Any], part: Sequence[Column]) -> dict[int, Column]:
    """Where a value depends on digits that underflowed in a function such as ``exp``.

    Every such number is nudged by some units of the smallest one, and the values that depend on it
    are computed again.
    """
    graph = tape.graph
    nudged: dict[int, Column] = {}
    found: dict[int, Column] = {}
    losses: Column = np.float64(0.0)
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if part[node] is np.False_ or not args:
            continue
        number = value = values[node]
        if any(arg in nudged for arg in args):
            moved = any_of(_differ(nudged[a], values[a]) for a in args if a in nudged)
            again = row.value(blocks.system, *(nudged.get(arg, values[arg]) for arg in args))
            value = where(moved & part[node], again, number)
            off = np.absolute(number - value)
            near = np.less_equal(off, 16.0 * LEAST * NUDGES)
            near = near | np.less_equal(off, NOTICED * np.absolute(number))
            found[node] = moved & np.isfinite(number) & ~near
        if row.positive:
            finite = reduce(np.bitwise_and, (np.isfinite(values[arg]) for arg in args))
            lost = part[node] & finite & np.less(np.absolute(value), TINY)
            losses = where(lost, losses + 1.0, losses)
            more = (1.0 + np.remainder(losses, float(NUDGES))) * LEAST
            value = where(lost, value + more, value)
        if value is not number:
            nudged[node] = value
    return found


def _differ(a: Column, b: Column) -> Column:
    """Where numbers are not the same; nan is not the same as anything."""
    return np.not_equal(a, b)


def in_gradients(
    tape: Tape, values: Sequence[Any], adjoints: Sequence[Any], names: Sequence[str]
) -> tuple[Column, Column]:
    """Where a gradient by one of ``names`` is wrong by more than rounding because of an underflow.

    A bound on the error is propagated back like an adjoint, in units of the smallest number. And
    where that bound is worth nothing, as an adjoint is not finite.
    """
    graph = tape.graph
    sizes = {n: np.absolute(parts(a)[1]) for n, a in enumerate(adjoints) if a is not None}
    wild = any_of(~np.isfinite(size) for size in sizes.values())
    below: Column = TINY * reduce(np.fmax, sizes.values(), np.float64(1.0))
    below = where(np.isfinite(below), below, TINY * float_info.max)
    lost: dict[int, Column] = {}
    some: Column = np.False_
    for node, arg, flowing, adjoint, slope in flows(tape, values, adjoints, names):
        before = lost.get(node, np.float64(0.0))
        concerned = np.greater(before, 0.0) | any_of(
            parts(adjoints[other])[0] & np.less(sizes[other], below)
            for other in graph.args[node]
            if other in sizes
        )
        fresh = _fresh_loss(tape, node, values, adjoint, slope)
        moving = np.not_equal(slope, 0.0)
        loss = np.absolute(slope) * before
        loss = where(moving & np.greater_equal(before, 1.0), np.maximum(loss, 1.0), loss)
        here = where(flowing & concerned, loss + fresh, 0.0)
        some = some | np.greater(here, 0.0)
        lost[arg] = lost.get(arg, np.float64(0.0)) + here
    leaves = [graph.inputs[name] for name in names]
    told = (
        np.greater(lost[leaf], 0.5) & np.greater(lost[leaf] * (LEAST / NOTICED), sizes[leaf])
        for leaf in leaves
        if leaf in lost
    )
    return any_of(told), some & wild


def _fresh_loss(
    tape: Tape, node: int, values: Sequence[Any], adjoint: Column, slope: Column
) -> Column:
    """The digits lost in a partial and in its product with the adjoint, in units."""
    row = tape.graph.ops[node]
    arguments = [values[arg] for arg in tape.graph.args[node]]
    size, slope_size = np.absolute(adjoint), np.absolute(slope)
    flowing = np.not_equal(adjoint, 0.0)
    tiny = flowing & np.less(slope_size, TINY)
    tiny = tiny & is_underflow(row, slope, arguments, partial=True)
    whole = row.factors and not row.rounded
    of_partial = where(tiny, size if whole else size / 2.0, 0.0)
    exact = np.equal(size, 1.0) | np.equal(slope_size, 1.0)
    product = np.less(np.absolute(np.multiply(adjoint, slope)), TINY)
    rounded = flowing & np.not_equal(slope, 0.0) & ~exact & product
    return where(rounded, np.maximum(of_partial, 1.0), of_partial)
