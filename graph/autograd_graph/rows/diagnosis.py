"""The status of each row as a column: what :mod:`autograd_graph.passes.diagnosis` says of a point.

A status is its severity (:data:`autograd_graph.status.SEVERITY`), 0 for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from autograd_graph.passes import conditions, diagnosis
from autograd_graph.passes.evaluation import Tape, forward, reverse
from autograd_graph.rows import blocks, underflow
from autograd_graph.rows.arrays import where
from autograd_graph.rows.flows import any_of, flows, parts
from autograd_graph.status import (
    DOMAIN,
    JUMP,
    KINK,
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
    own = _own(tape, values)
    part: list[Column] = [np.bool_(takes) for takes in tape.reached]
    if tape.choices:
        part, own = _judged(tape, values, own)
    found = _of_values(tape, values, part, own)
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


def _own(tape: Tape, values: Sequence[Any]) -> dict[int, Column]:
    """The severities by the operators' own conditions, of all nodes under the output."""
    found: dict[int, Column] = {}
    for node, row, constant in tape.awkward:
        if tape.reached[node]:
            arguments = [values[arg] for arg in tape.graph.args[node]]
            code: Column = _NONE
            for status, holds in reversed(row.awkward):
                condition = holds(blocks.system, values[node], constant, *arguments)
                code = where(condition, float(SEVERITY[status]), code)
            found[node] = code
    return found


def _judged(
    tape: Tape, values: Sequence[Any], own: Mapping[int, Column]
) -> tuple[list[Column], dict[int, Column]]:
    """What takes part and the operators' own severities, after what conditions do in each row."""
    kink, jump = float(SEVERITY[KINK]), float(SEVERITY[JUMP])
    judged = conditions.judge(
        tape,
        conditions.Breaks(
            jumps={node: np.equal(code, jump) for node, code in own.items()},
            kinks={node: np.equal(code, kink) for node, code in own.items()},
            chosen=lambda node: _chosen(tape, node, values),
            meets=conditions.meeting(tape, values, blocks.system),
            always=np.True_,
            negation=np.invert,
        ),
    )
    found = dict(own)
    for node, still in judged.still.items():
        if node in found:
            found[node] = where(still & np.isfinite(values[node]), _NONE, found[node])
    for node, tie in judged.ties.items():
        found[node] = where(tie & np.equal(found[node], 0.0), kink, found[node])
    for node, code in found.items():
        slips = np.equal(code, kink) & ~judged.kinks[node]
        slips = slips | (np.equal(code, jump) & ~judged.jumps[node])
        found[node] = where(slips, _NONE, code)
    return judged.part, found


def _of_values(
    tape: Tape, values: Sequence[Any], part: Sequence[Column], own: Mapping[int, Column]
) -> list[Column]:
    """The severity of each node's status but underflow, 0 where it is none or takes no part."""
    graph = tape.graph
    found: list[Column] = []
    for node, args in enumerate(graph.args):
        if part[node] is np.False_:
            found.append(_NONE)
            continue
        value, arguments = values[node], [values[arg] for arg in args]
        code: Column = where(part[node], own[node], _NONE) if node in own else _NONE
        wild = [~np.isfinite(argument) for argument in arguments]
        carried: Column = _NONE
        for arg, infinite in zip(args, wild, strict=True):
            carried = np.maximum(carried, where(infinite, found[arg], _NONE))
        cause = where(
            np.isnan(value),
            float(SEVERITY[DOMAIN]),
            float(SEVERITY[OVERFLOW if args else SINGULAR]),
        )
        fresh = part[node] & ~np.isfinite(value) & np.equal(code, 0.0)
        found.append(where(fresh, where(any_of(wild), carried, cause), code))
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
