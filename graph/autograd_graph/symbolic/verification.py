"""Numerical verification of simplified derivatives, used by `diff` before it prints them.

A derivative is evaluated at random points, ordinary ones, some of large and some of small
magnitude, and compared with what it was simplified from and, at ordinary points, with the reverse
pass. The difference that rounding alone can explain is estimated from the spread of evaluations
with noise of a few units in the last place on every operation: stochastic arithmetic (Vignes, *A
stochastic arithmetic for reliable scientific computation*, Math. Comput. Simul. 35, 1993).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from random import Random

from autograd_graph.graph import INPUT, LEAVES, Graph
from autograd_graph.passes.diagnosis import statuses
from autograd_graph.passes.evaluation import Tape, apply, forward, reverse
from autograd_graph.passes.underflow import underflowed
from autograd_graph.status import OK, worst
from autograd_graph.symbolic.gradient import Derivatives

_POINTS = 10
"""The number of points at which a program of ordinary size is checked."""

_WORK = 200_000
"""A limit on evaluated nodes; larger programs are checked at fewer points, at least at one."""

_NOISY_RUNS, _MANY_RUNS = 4, 40
_NOISE = 2.0**-46
"""The relative noise, large enough that rounding does not hide it by chance."""

_ROOM = 4.0
"""The largest accepted difference, in units of the spread of a few noisy runs."""

_SMALLEST, _LARGEST = 1e-290, 1e290
"""Beyond these an intermediate product may have left the range of doubles; nothing is compared."""

_CLOSE = 1e-12
"""A relative difference below this is always accepted."""


@dataclass(frozen=True, slots=True)
class Parting:
    """A point at which two expressions that should be equal differ beyond rounding.

    ``place`` is the position of the expression among those compared.
    """

    place: int
    point: dict[str, float]
    expected: float
    found: float


def parting(
    derivatives: Derivatives, simpler: Graph, roots: Sequence[int], given: Mapping[str, float]
) -> Parting | None:
    """The first point at which a simplified root differs from what it was simplified from.

    ``roots`` are the nodes of ``simpler`` for the output, its first and its second derivatives in
    their order; inputs with a ``given`` value have been replaced by it. Where the number is not
    finite, or rounding decides its value, nothing is compared. The points depend on the program
    only.
    """
    graph = derivatives.graph
    originals, roots = _different(derivatives, roots)
    draw = Random(graph.text)
    program = Tape(graph, derivatives.output)
    tapes = Tape(graph, max(originals)), Tape(simpler, max(roots))
    size = (len(graph) + len(simpler)) * (1 + _NOISY_RUNS)
    free = [name for name in graph.inputs if name not in given]
    for point in _points(free, max(1, min(_POINTS, _WORK // size)), draw):
        at = {**_computed_constants(tapes[0], {**point, **given}), **point, **given}
        ordinary = _is_ordinary(point)
        expected, room = _with_noise_range(tapes[0], originals, at, draw, _NOISY_RUNS)
        found, other_room = _with_noise_range(tapes[1], roots, at, draw, _NOISY_RUNS)
        by_reverse = _by_reverse(program, list(derivatives.first), at) if ordinary else []
        for place, now in enumerate(found):
            if not (isfinite(now) or ordinary):
                continue  # an intermediate result may have overflowed
            for was in (expected[place], *by_reverse[place : place + 1]):
                if not _differ(was, now, room[place] + other_room[place]):
                    continue
                _, (more,) = _with_noise_range(tapes[0], [originals[place]], at, draw, _MANY_RUNS)
                _, (other,) = _with_noise_range(tapes[1], [roots[place]], at, draw, _MANY_RUNS)
                if _differ(was, now, more + other):
                    return Parting(place, at, was, now)
    return None


def _different(derivatives: Derivatives, roots: Sequence[int]) -> tuple[list[int], list[int]]:
    """The nodes of the output and its derivatives, with their simplified ``roots``.

    The output and the first derivatives are all there, for the reverse pass gives them in their
    order. Of second derivatives that are one node, as those of a sum are, only one is.
    """
    kept = 1 + len(derivatives.first)
    originals = [derivatives.output, *derivatives.first.values()]
    pairs = dict.fromkeys(zip(derivatives.second.values(), roots[kept:], strict=True))
    return [*originals, *(o for o, _ in pairs)], [*roots[:kept], *(r for _, r in pairs)]


def _differ(was: float, now: float, room: float) -> bool:
    """Whether two numbers differ beyond rounding, if that is bounded."""
    if not (isfinite(was) and isfinite(room)):
        return False
    return not abs(now - was) <= _ROOM * room + _CLOSE * abs(was)


def _computed_constants(tape: Tape, point: Mapping[str, float]) -> dict[str, float]:
    """The values of constants that the program computes; the simplified graph has leaves there."""
    graph = tape.graph
    computed = {name: node for name, node in graph.constants.items() if graph.args[node]}
    if not computed:
        return {}
    values = forward(tape, _known(graph, point))
    return {name: values[node] for name, node in computed.items()}


def _by_reverse(tape: Tape, names: Sequence[str], point: Mapping[str, float]) -> list[float]:
    """The output and its gradient by the passes; empty at a kink or outside the domain."""
    values = forward(tape, _known(tape.graph, point))
    if worst(statuses(tape, values).values()) != OK:
        return []
    adjoints = reverse(tape, values)
    inputs = tape.graph.inputs
    return [values[tape.output], *(float(adjoints[inputs[name]] or 0.0) for name in names)]


def _points(free: Sequence[str], count: int, draw: Random) -> Iterator[dict[str, float]]:
    """Positive points first, for roots and logarithms; then both signs; then far out and near 0."""
    for number in range(count):
        if number < 4:
            yield {name: draw.uniform(0.1, 2.5) for name in free}
        elif number < 7:
            yield {name: draw.uniform(-3.0, 3.0) for name in free}
        else:
            exponents = {name: draw.uniform(-9.0, 9.0) for name in free}
            yield {name: draw.choice((-1, 1)) * 10.0 ** exponents[name] for name in free}


def _is_ordinary(point: Mapping[str, float]) -> bool:
    """Whether all inputs are of a size at which no intermediate result should overflow."""
    return all(1e-2 < abs(value) < 10.0 for value in point.values())


def _known(graph: Graph, point: Mapping[str, float]) -> dict[str, float]:
    """The values of the leaves that the graph has: simplification may remove some."""
    leaves = graph.inputs | graph.constants
    return {name: value for name, value in point.items() if name in leaves}


def _with_noise_range(
    tape: Tape, nodes: Sequence[int], point: Mapping[str, float], draw: Random, runs: int
) -> tuple[list[float], list[float]]:
    """The values of some nodes, and the largest change of each under noise on every operation.

    The change is inf if an intermediate result is close to the limits of doubles.
    """
    values = forward(tape, _known(tape.graph, point))
    in_range = all(value == 0.0 or _SMALLEST < abs(value) < _LARGEST for value in values)
    if not in_range or underflowed(tape.graph, values):
        return [values[node] for node in nodes], [inf] * len(nodes)
    room = [0.0] * len(nodes)
    for _ in range(runs):
        noisy = _noisy(tape.graph, values, draw)
        for place, node in enumerate(nodes):
            moved = abs(noisy[node] - values[node])
            room[place] = moved if not moved <= room[place] else room[place]
    return [values[node] for node in nodes], room


def _noisy(graph: Graph, values: Sequence[float], draw: Random) -> list[float]:
    """The values of every node with a small random error in each result.

    Whole numbers computed from whole numbers are kept: they are exact, and have to be as exponents
    or orders.
    """
    noisy = list(values)
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if row is INPUT:
            continue
        if row not in LEAVES:
            arguments = [noisy[arg] for arg in args]
            try:
                noisy[node] = row.run(*arguments)
            except (ValueError, OverflowError, ZeroDivisionError):
                noisy[node] = apply(row, arguments)
        if not all(values[n].is_integer() for n in (node, *args)):
            noisy[node] *= 1.0 + draw.uniform(-_NOISE, _NOISE)
    return noisy
