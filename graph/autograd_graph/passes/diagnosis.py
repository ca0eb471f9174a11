"""The status of every node of a run, and the node where a gradient went wrong.

The passes never stop at an awkward point. Afterwards the status pass finds which points were kinks,
jumps, poles or outside a domain, which results overflowed, and which nodes were unused.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf, isfinite, isnan
from sys import float_info
from typing import NamedTuple

from autograd_graph.numbers import floats
from autograd_graph.passes.evaluation import Tape, apply
from autograd_graph.passes.underflow import (
    LEAST,
    NOTICED,
    TINY,
    Losses,
    depends_on_lost_digits,
    is_underflow,
)
from autograd_graph.status import (
    DOMAIN,
    JUMP,
    KINK,
    OK,
    OVERFLOW,
    SEVERITY,
    SINGULAR,
    UNDERFLOW,
    UNUSED,
    Status,
    worst,
)


def statuses(tape: Tape, values: Sequence[float]) -> dict[int, Status]:
    """The status of each node that is not ``ok``.

    ``unused`` are the nodes that the output does not depend on at this point: not under it, or only
    through arguments that were not chosen.
    """
    graph = tape.graph
    part = taking_part(tape, values)
    found = _own(tape, values, part)
    if tape.choices and any(isfinite(values[node]) for node in found):
        part, found = _judged(tape, values, part, found)
    if 0 in part:
        found.update((node, UNUSED) for node, takes in enumerate(part) if not takes)
    if not min(map(abs, values), default=1.0) >= TINY:
        for node, value in enumerate(values):
            if part[node] and abs(value) < TINY and node not in found:
                row, args = graph.ops[node], graph.args[node]
                if row.factors and is_underflow(row, value, [values[arg] for arg in args]):
                    found[node] = UNDERFLOW
        found |= {node: UNDERFLOW for node in _amplified(tape, values, part) if node not in found}
    if not all(map(isfinite, values)):
        for node, value in enumerate(values):
            if part[node] and not isfinite(value) and node not in found:
                found[node] = _nonfinite_status(tape, values, found, node)
    return found


def _own(tape: Tape, values: Sequence[float], part: Sequence[int]) -> dict[int, Status]:
    """The statuses that the operators' own conditions give, of the nodes in ``part``."""
    graph = tape.graph
    found: dict[int, Status] = {}
    for node, row, constant in tape.awkward:
        if part[node]:
            arguments = [values[arg] for arg in graph.args[node]]
            status = row.status(values[node], constant, arguments)
            if status is not None:
                found[node] = status
    return found


def _judged(
    tape: Tape, values: Sequence[float], part: Sequence[int], found: Mapping[int, Status]
) -> tuple[Sequence[int], dict[int, Status]]:
    """What takes part and the operators' own statuses, after what conditions do at the point.

    ``found`` are those of what is in ``part`` without that: of the branches that are taken.
    """
    from autograd_graph.passes import conditions

    others = [reaches and not takes for reaches, takes in zip(tape.reached, part, strict=True)]
    own = {**found, **_own(tape, values, others)}
    judged = conditions.judge(
        tape,
        conditions.Breaks(
            jumps={node: status == JUMP for node, status in own.items()},
            kinks={node: status == KINK for node, status in own.items()},
            chosen=lambda node: tape.chosen(node, values),
            meets=conditions.meeting(tape, values, floats),
        ),
    )
    own = {
        node: status
        for node, status in own.items()
        if not (judged.still.get(node) and isfinite(values[node]))
    }
    own |= {node: KINK for node, tie in judged.ties.items() if tie and node not in own}
    counts: dict[Status, list[bool]] = {KINK: judged.kinks, JUMP: judged.jumps}
    found = {node: status for node, status in own.items() if counts.get(status, judged.part)[node]}
    return judged.part, found


def _amplified(tape: Tape, values: Sequence[float], part: Sequence[int]) -> list[int]:
    """The nodes whose value depends on digits that underflowed in a function such as ``exp``.

    ``exp(-1000)`` is 0 up to rounding; divided by ``1e-300`` it is not.
    """
    graph, losses = tape.graph, Losses(nudged=True)
    nudged: dict[int, float] = {}
    found: list[int] = []
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if not part[node] or not args:
            continue
        value = values[node]
        if any(arg in nudged for arg in args):
            value = apply(row, [nudged.get(arg, values[arg]) for arg in args])
            if depends_on_lost_digits(values[node], value):
                found.append(node)
        if row.positive and abs(value) < TINY and all(isfinite(values[arg]) for arg in args):
            value = losses.lost(value)
        if value != values[node]:
            nudged[node] = value
    return found


def _nonfinite_status(
    tape: Tape, values: Sequence[float], found: Mapping[int, Status], node: int
) -> Status:
    """Why a value is not finite, where the operator's own conditions give no status."""
    graph = tape.graph
    args = graph.args[node]
    carried = [found.get(arg, OK) for arg in args if not isfinite(values[arg])]
    if carried:
        return worst(carried)
    if isnan(values[node]):
        return DOMAIN
    return OVERFLOW if args else SINGULAR


def breaks(tape: Tape, found: Mapping[int, Status], names: Iterable[str]) -> dict[int, Status]:
    """The kinks and jumps among the statuses ``found``, at nodes that depend on ``names``."""
    at = {node: status for node, status in found.items() if status in (KINK, JUMP)}
    if not at:
        return {}
    moving = tape.depending_on(tape.graph.inputs[name] for name in names).operators
    return {node: at[node] for node in moving if node in at}


def taking_part(tape: Tape, values: Sequence[float]) -> Sequence[int]:
    """For each node, whether the output depends on it at this point."""
    graph = tape.graph
    if not any(tape.reached[node] for node in tape.choices):
        return tape.reached
    part = bytearray(len(values))
    part[tape.output] = 1
    for node in range(tape.output, -1, -1):
        if not part[node]:
            continue
        args = graph.args[node]
        if graph.ops[node].shares is not None:
            for arg, chosen in zip(args, tape.chosen(node, values), strict=True):
                part[arg] = part[arg] or chosen
        else:
            for arg in args:
                part[arg] = 1
    return part


class Cause(NamedTuple):
    """The node, in reverse order, at which a gradient first became what it is, or lost digits.

    ``adjoint`` times ``partial`` is the product to blame. Where it is a sum of such products, at
    ``node``, ``total`` is that sum and the product one of its terms: it is infinite where finite
    products add up beyond a double, nan where infinite ones of both signs meet.
    """

    node: int
    status: Status
    adjoint: float
    partial: float
    total: float | None = None


def causes(
    tape: Tape,
    values: Sequence[float],
    adjoints: Sequence[float | None],
    found: Mapping[int, Status],
) -> dict[int, Cause]:
    """For each node whose adjoint is not finite, or underflowed, the cause of it."""
    numbers = [adjoint for adjoint in adjoints if adjoint is not None]
    origin: dict[int, Cause] = {}
    largest = max(max(numbers, default=1.0), -min(numbers, default=-1.0), 1.0)
    below = TINY * (largest if isfinite(largest) else float_info.max)
    if not min(map(abs, numbers), default=inf) >= below:
        origin |= _underflow_causes(tape, values, adjoints, below)
    if not all(map(isfinite, numbers)):
        origin |= _nonfinite_causes(tape, values, adjoints, found)
    return origin


def _flows(
    tape: Tape, values: Sequence[float], adjoints: Sequence[float | None], nodes: Iterable[int]
) -> Iterator[tuple[int, float, int, float]]:
    """In reverse order: a node, its adjoint, an argument, the partial by that argument."""
    for node in nodes:
        adjoint = adjoints[node]
        slopes = None if adjoint is None else tape.slopes(node, values)
        if adjoint is None or slopes is None:
            continue
        for arg, slope in zip(tape.graph.args[node], slopes, strict=True):
            if slope is not None and tape.varying[arg]:
                yield node, adjoint, arg, slope


def _nonfinite_causes(
    tape: Tape,
    values: Sequence[float],
    adjoints: Sequence[float | None],
    found: Mapping[int, Status],
) -> dict[int, Cause]:
    """The causes of adjoints that are infinite or nan.

    Of a nan that is a product which is nan, else the sum of infinite products; of an infinite
    adjoint a product that is infinite, else the sum of finite ones. The status is that of the first
    product that is not finite, as for rows.
    """
    products: dict[int, Cause] = {}
    opposed: dict[int, Cause] = {}
    sums: dict[int, Cause] = {}
    origin = ChainMap(products, opposed, sums)
    first: dict[int, Status] = {}
    for node, adjoint, arg, slope in _flows(tape, values, adjoints, reversed(tape.operators)):
        total, product = adjoints[arg], adjoint * slope
        if total is None or isfinite(total) or arg in products:
            continue
        if isfinite(product):
            sums.setdefault(arg, Cause(arg, OVERFLOW, adjoint, slope, total))
            continue
        before = origin.get(node)
        own = before.status if before else _product_status(adjoint, slope, found.get(node))
        status = first.setdefault(arg, own)
        if isnan(total) and not isnan(product):
            opposed.setdefault(arg, Cause(arg, status, adjoint, slope, total))
        elif before and isnan(adjoint) == isnan(product):
            products[arg] = before._replace(status=status)
        else:
            products[arg] = Cause(node, status, adjoint, slope)
    return dict(origin)


def _underflow_causes(
    tape: Tape, values: Sequence[float], adjoints: Sequence[float | None], below: float
) -> dict[int, Cause]:
    """The nodes whose adjoint is wrong by more than rounding because of an underflow.

    Only adjoints smaller than ``below``, the largest adjoint times the smallest normal number, can
    be. A bound on the error is propagated back by the chain rule like an adjoint, in units of the
    spacing of subnormal numbers. A product costs one unit; a correctly rounded partial costs half a
    unit, which is rounding unless something large multiplies it.
    """
    tiny = {n for n, adjoint in enumerate(adjoints) if adjoint is not None and abs(adjoint) < below}
    lost: dict[int, float] = {}
    first: dict[int, Cause] = {}
    graph = tape.graph
    concerned = (
        node
        for node in reversed(tape.operators)
        if node in lost or not tiny.isdisjoint(graph.args[node])
    )
    for node, adjoint, arg, slope in _flows(tape, values, adjoints, concerned):
        loss = abs(slope) * lost.get(node, 0.0)
        if slope != 0.0 and lost.get(node, 0.0) >= 1.0:
            loss = max(loss, 1.0)  # the next product is of non-zero numbers and may underflow too
        fresh = 0.0
        if adjoint != 0.0 and abs(slope) < TINY:
            row, args = graph.ops[node], graph.args[node]
            if is_underflow(row, slope, [values[other] for other in args], partial=True):
                whole = row.factors and not row.rounded
                fresh = abs(adjoint) if whole else abs(adjoint) / 2.0
        exact = abs(adjoint) == 1.0 or abs(slope) == 1.0
        if not exact and slope != 0.0 and adjoint != 0.0 and abs(adjoint * slope) < TINY:
            fresh = max(fresh, 1.0)
        if fresh or loss:
            cause = Cause(node, UNDERFLOW, adjoint, slope)
            first.setdefault(arg, cause if fresh or node not in first else first[node])
            lost[arg] = lost.get(arg, 0.0) + loss + fresh
    return {
        arg: cause
        for arg, cause in first.items()
        if lost[arg] > 0.5 and lost[arg] * (LEAST / NOTICED) > abs(adjoints[arg] or 0.0)
    }


def _product_status(adjoint: float, slope: float, status: Status | None) -> Status:
    """The status of a gradient whose product ``adjoint * slope`` is not finite."""
    if status is not None and SEVERITY[status] >= SEVERITY[OVERFLOW]:
        return status
    return SINGULAR if isnan(adjoint * slope) else OVERFLOW
