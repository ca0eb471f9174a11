"""The status of each row as a column: what :mod:`autograd_graph.passes.diagnosis` says of a point.

A status is its severity (:data:`autograd_graph.status.SEVERITY`), 0 for none. What is lost to
underflow is told for one point at a time; here rows are found in which something may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from autograd_graph.op import Op
from autograd_graph.passes import diagnosis
from autograd_graph.passes.evaluation import Tape, forward, reverse
from autograd_graph.passes.underflow import TINY
from autograd_graph.rows import blocks
from autograd_graph.rows.screening import flows
from autograd_graph.status import (
    DOMAIN,
    OK,
    OVERFLOW,
    SEVERITY,
    SINGULAR,
    Status,
    worst,
)

Column = Any
"""A column of severities or truth values, or one for all rows."""

_NONE = np.float64(0.0)


class Diagnosis(NamedTuple):
    """The severity of each row's gravest status, but where ``underflow`` is possible."""

    severity: Column
    underflow: Column


def at_point(tape: Tape, given: Mapping[str, float], names: Iterable[str]) -> Status:
    """The gravest status of the output and of the gradients by ``names`` at one point."""
    values = forward(tape, given)
    adjoints = reverse(tape, values)
    found = diagnosis.statuses(tape, values)
    origins = diagnosis.causes(tape, values, adjoints, found)
    leaves = [tape.graph.inputs[name] for name in names]
    return worst((*found.values(), *(origins[n].status for n in leaves if n in origins)))


def diagnose(
    tape: Tape, values: Sequence[Any], adjoints: Sequence[Any], names: Sequence[str]
) -> Diagnosis:
    """The statuses of rows, from both passes over them by node."""
    chosen = {node: _chosen(tape, node, values) for node in tape.choices if tape.reached[node]}
    part = _taking_part(tape, chosen)
    found = _of_values(tape, values, part, _moving(tape, chosen) if tape.choices else None)
    origins = _of_gradients(tape, values, adjoints, found, names)
    leaves = [tape.graph.inputs[name] for name in names]
    counted = [code for code, takes in zip(found, part, strict=True) if takes is not np.False_]
    counted += [origins[leaf] for leaf in leaves if leaf in origins]
    underflow = [
        *_underflows(tape, values, part),
        *_lost_in_gradients(tape, values, adjoints, names),
    ]
    return Diagnosis(reduce(np.maximum, counted, np.float64(SEVERITY[OK])), _any(underflow))


def _any(truths: Iterable[Column]) -> Column:
    return reduce(np.bitwise_or, truths, np.False_)


def _all(truths: Iterable[Column]) -> Column:
    return reduce(np.bitwise_and, truths, np.True_)


def _chosen(tape: Tape, node: int, values: Sequence[Any]) -> list[Column]:
    """For each argument of a choice, whether the value depends on it."""
    row, args = tape.graph.ops[node], tape.graph.args[node]
    assert row.shares is not None
    arguments = [values[arg] for arg in args]
    constant = tape.choices[node]
    shares = row.shares(blocks.system, 1.0, values[node], constant, *arguments)
    chosen: list[Column] = []
    for n, share in enumerate(shares):
        if n < row.asks:
            chosen.append(np.True_)
            continue
        flowing = np.False_ if share is None else getattr(share, "rows", np.True_)
        same = np.False_ if row.asks else np.equal(arguments[n], values[node])
        chosen.append(flowing | same)
    return chosen


def _taking_part(tape: Tape, chosen: Mapping[int, list[Column]]) -> list[Column]:
    """For each node, whether the output depends on it."""
    part: list[Column] = [np.False_] * len(tape.graph)
    part[tape.output] = np.True_
    for node in range(tape.output, -1, -1):
        if part[node] is np.False_:
            continue
        args = tape.graph.args[node]
        for arg, takes in zip(args, chosen.get(node, [np.True_] * len(args)), strict=True):
            part[arg] = part[arg] | (part[node] & takes)
    return part


def _moving(tape: Tape, chosen: Mapping[int, list[Column]]) -> list[Column]:
    """For each node, whether it changes with an input, through the branches that are taken."""
    moving: list[Column] = []
    for node, args in enumerate(tape.graph.args):
        if not tape.varying[node] or not tape.reached[node]:
            moving.append(np.False_)
        elif not args:
            moving.append(np.True_)
        else:
            takes = chosen.get(node, [np.True_] * len(args))
            moving.append(_any(moving[arg] & c for arg, c in zip(args, takes, strict=True)))
    return moving


def _of_values(
    tape: Tape, values: Sequence[Any], part: Sequence[Column], moving: Sequence[Column] | None
) -> list[Column]:
    """The severity of each node's status but underflow, 0 where it is none or takes no part."""
    graph = tape.graph
    awkward = {node: (row, constant) for node, row, constant in tape.awkward}
    found: list[Column] = []
    for node, args in enumerate(graph.args):
        if part[node] is np.False_:
            found.append(_NONE)
            continue
        value, arguments = values[node], [values[arg] for arg in args]
        code: Column = _NONE
        if node in awkward:
            row, constant = awkward[node]
            for status, holds in reversed(row.awkward):
                condition = holds(blocks.system, value, constant, *arguments)
                code = np.where(condition & part[node], float(SEVERITY[status]), code)
            asked = args[: row.asks or None]
            if moving is not None and any(tape.varying[arg] for arg in asked):
                still = ~_any(moving[arg] for arg in asked)
                code = np.where(still & np.isfinite(value), _NONE, code)
        wild = [~np.isfinite(argument) for argument in arguments]
        carried: Column = _NONE
        for arg, infinite in zip(args, wild, strict=True):
            carried = np.maximum(carried, np.where(infinite, found[arg], _NONE))
        own = np.where(
            np.isnan(value),
            float(SEVERITY[DOMAIN]),
            float(SEVERITY[OVERFLOW if args else SINGULAR]),
        )
        fresh = part[node] & ~np.isfinite(value) & np.equal(code, 0.0)
        found.append(np.where(fresh, np.where(_any(wild), carried, own), code))
    return found


def _underflows(tape: Tape, values: Sequence[Any], part: Sequence[Column]) -> Iterable[Column]:
    """Where a value may be so small because it underflowed."""
    graph = tape.graph
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if part[node] is np.False_ or not args:
            continue
        arguments = [values[arg] for arg in args]
        tiny = part[node] & np.less(np.absolute(values[node]), TINY)
        if row.factors:
            yield tiny & _is_underflow(row, values[node], arguments)
        if row.positive:
            yield tiny & _all(map(np.isfinite, arguments))


def _is_underflow(
    row: Op, number: Column, arguments: Sequence[Column], *, partial: bool = False
) -> Column:
    """:func:`autograd_graph.passes.underflow.is_underflow` of rows, of numbers that are tiny."""
    handed_on = _any(np.equal(number, argument) for argument in arguments)
    if not (partial and row.name == "mul"):
        handed_on = handed_on & _any(np.equal(np.absolute(a), 1.0) for a in arguments)
    if row.factors is None and len(arguments) != 1:
        at_zero: Column = np.False_
    else:
        factors = arguments if row.factors is None else row.factors(*arguments)
        at_zero = _all(np.isfinite(x) & np.not_equal(x, 0.0) for x in factors)
    return ~handed_on & (np.not_equal(number, 0.0) | at_zero)


def _each_flow(
    tape: Tape, values: Sequence[Any], adjoints: Sequence[Any], names: Sequence[str]
) -> Iterable[tuple[int, int, Column, Column, Column]]:
    """From the output back: a node, an argument, in which rows, the adjoint, the partial."""
    for node, arg in flows(tape, adjoints, names):
        slopes = tape.slopes(node, values)
        assert slopes is not None
        flowing, adjoint = _parts(adjoints[node])
        for other, slope in zip(tape.graph.args[node], slopes, strict=True):
            if other == arg and slope is not None:
                rows, partial = _parts(slope)
                yield node, arg, flowing & rows, adjoint, partial


def _parts(number: Any) -> tuple[Column, Column]:
    """In which rows an adjoint or a partial flows, and its values."""
    if isinstance(number, blocks.Flow):
        return number.rows, number.values
    return np.True_, number


def _of_gradients(
    tape: Tape,
    values: Sequence[Any],
    adjoints: Sequence[Any],
    found: Sequence[Column],
    names: Sequence[str],
) -> dict[int, Column]:
    """For each node the severity of what made its adjoint infinite or nan, 0 where it is not."""
    origin: dict[int, Column] = {}
    overflow = float(SEVERITY[OVERFLOW])
    for node, arg, flowing, adjoint, slope in _each_flow(tape, values, adjoints, names):
        product = np.multiply(adjoint, slope)
        wild = flowing & ~np.isfinite(product)
        before = origin.get(node, _NONE)
        cause = np.where(
            np.greater_equal(found[node], overflow),
            found[node],
            np.where(np.isnan(product), float(SEVERITY[SINGULAR]), overflow),
        )
        _, met = _parts(adjoints[arg])
        added_up = flowing & ~np.isfinite(met) & np.equal(before, 0.0)
        here = np.where(
            wild,
            np.where(np.not_equal(before, 0.0), before, cause),
            np.where(added_up, overflow, _NONE),
        )
        known = origin.get(arg, _NONE)
        origin[arg] = np.where(np.not_equal(known, 0.0), known, here)
    return origin


def _lost_in_gradients(
    tape: Tape, values: Sequence[Any], adjoints: Sequence[Any], names: Sequence[str]
) -> Iterable[Column]:
    """Where a partial or its product with an adjoint may have underflowed."""
    graph = tape.graph
    for node, _, flowing, adjoint, slope in _each_flow(tape, values, adjoints, names):
        size, slope_size = np.absolute(adjoint), np.absolute(slope)
        arguments = [values[arg] for arg in graph.args[node]]
        tiny = np.less(slope_size, TINY)
        lost = tiny & _is_underflow(graph.ops[node], slope, arguments, partial=True)
        exact = np.equal(size, 1.0) | np.equal(slope_size, 1.0)
        product = np.less(np.absolute(np.multiply(adjoint, slope)), TINY)
        product = product & np.not_equal(slope, 0.0) & ~exact
        yield flowing & np.not_equal(adjoint, 0.0) & (lost | product)
