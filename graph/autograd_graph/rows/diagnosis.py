"""The status of each row as a column: what :mod:`autograd_graph.passes.diagnosis` says of a point.

A status is its severity (:data:`autograd_graph.status.SEVERITY`), 0 for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from autograd_graph.passes import diagnosis
from autograd_graph.passes.evaluation import Tape, forward, reverse
from autograd_graph.rows import blocks, underflow
from autograd_graph.rows.arrays import where
from autograd_graph.rows.flows import any_of, flows, parts
from autograd_graph.status import (
    DOMAIN,
    OK,
    OVERFLOW,
    SEVERITY,
    SINGULAR,
    UNDERFLOW,
    Status,
    worst,
)

Column = Any
"""A column of severities or truth values, or one for all rows."""

_NONE = np.float64(0.0)


class Diagnosis(NamedTuple):
    """The severity of each row's gravest status, but where it is ``unsure``.

    That is where digits may be lost beside an adjoint that is not finite but does not count.
    """

    severity: Column
    unsure: Column


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
    severity: Column = reduce(np.maximum, counted, np.float64(SEVERITY[OK]))
    lost, wild = underflow.in_gradients(tape, values, adjoints, names)
    lost = lost | any_of(underflow.in_values(tape, values, part, found))
    severity = where(lost, np.maximum(severity, float(SEVERITY[UNDERFLOW])), severity)
    return Diagnosis(severity, wild & np.less(severity, float(SEVERITY[OVERFLOW])))


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
            moving.append(any_of(moving[arg] & c for arg, c in zip(args, takes, strict=True)))
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
                code = where(condition & part[node], float(SEVERITY[status]), code)
            asked = args[: row.asks or None]
            if moving is not None and any(tape.varying[arg] for arg in asked):
                still = ~any_of(moving[arg] for arg in asked)
                code = where(still & np.isfinite(value), _NONE, code)
        wild = [~np.isfinite(argument) for argument in arguments]
        carried: Column = _NONE
        for arg, infinite in zip(args, wild, strict=True):
            carried = np.maximum(carried, where(infinite, found[arg], _NONE))
        own = where(
            np.isnan(value),
            float(SEVERITY[DOMAIN]),
            float(SEVERITY[OVERFLOW if args else SINGULAR]),
        )
        fresh = part[node] & ~np.isfinite(value) & np.equal(code, 0.0)
        found.append(where(fresh, where(any_of(wild), carried, own), code))
    return found


def _of_gradients(
    tape: Tape,
    values: Sequence[Any],
    adjoints: Sequence[Any],
    found: Sequence[Column],
    names: Sequence[str],
) -> dict[int, Column]:
    """For each node the severity of what made its adjoint infinite or nan, 0 where it is not."""
    origin: dict[int, Column] = {}
    sums: dict[int, Column] = {}
    overflow = float(SEVERITY[OVERFLOW])

    def of(node: int) -> Column:
        """What a path brought, or else that the sum of all is too large."""
        brought = origin.get(node, _NONE)
        return where(np.not_equal(brought, 0.0), brought, sums.get(node, _NONE))

    for node, arg, flowing, adjoint, slope in flows(tape, values, adjoints, names):
        product = np.multiply(adjoint, slope)
        wild = flowing & ~np.isfinite(product)
        before = of(node)
        cause = where(
            np.greater_equal(found[node], overflow),
            found[node],
            where(np.isnan(product), float(SEVERITY[SINGULAR]), overflow),
        )
        _, met = parts(adjoints[arg])
        added_up = flowing & ~np.isfinite(met) & np.equal(before, 0.0)
        here = where(wild, where(np.not_equal(before, 0.0), before, cause), _NONE)
        known = origin.get(arg, _NONE)
        origin[arg] = where(np.not_equal(known, 0.0), known, here)
        sums[arg] = where(added_up, overflow, sums.get(arg, _NONE))
    return {node: of(node) for node in origin}
