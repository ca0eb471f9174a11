"""What the conditions of choices do at a point where they may change over.

A condition (``x > 1`` in ``where(x > 1, a, b)``) only decides; nothing flows through it.

- A kink of what only decides does not count: ``abs(x) < 1`` has none.
- Where it jumps, the choice may change over. Between branches of one value that is a *tie*, as one
  of ``max`` is: a kink, both branches take part, and what is awkward in either counts. The jump
  does not: it makes nothing jump. Between branches of different values it is the output's.
- A condition that no input reaches never changes over.

What is used as a number as well (``x*(x > 1)``, or a comparison that is the output) keeps whatever
it has. Whether branches have one value, their row says (:attr:`autograd_graph.op.Op.meets`).

Truth values are those of one point, or columns of those of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import not_, or_
from typing import Any, NamedTuple

from autograd_graph.graph import INPUT
from autograd_graph.passes.evaluation import Tape

Truth = Any


class Conditions(NamedTuple):
    """For each node whether it takes part, and whether a kink or a jump that it has counts.

    ``ties`` are the choices that ask, and whether each is at a tie. ``still`` are nodes of which no
    argument moves at the point, as a branch is not taken: a finite awkward point is none there.
    """

    part: list[Truth]
    kinks: list[Truth]
    jumps: list[Truth]
    ties: dict[int, Truth]
    still: dict[int, Truth]


class Breaks(NamedTuple):
    """What is known of the nodes at a point, each by itself, whether it takes part or not.

    ``jumps`` and ``kinks`` say where a node has that status. ``chosen`` says of a choice for each
    argument whether the value depends on it, ``meets`` of one that asks whether its branches have
    one value. ``always`` is true, and ``negation`` is that of such truth values.
    """

    jumps: Mapping[int, Truth]
    kinks: Mapping[int, Truth]
    chosen: Callable[[int], list[Truth]]
    meets: Callable[[int], Truth]
    always: Truth = True
    negation: Callable[[Truth], Truth] = not_


def judge(tape: Tape, breaks: Breaks) -> Conditions:
    """What takes part and what counts, from the output back through ties and choices."""
    graph, negation = tape.graph, breaks.negation
    never = negation(breaks.always)
    ways = _Ways(tape, breaks)
    part, numbers, decides = ([never] * len(graph) for _ in range(3))
    part[tape.output] = numbers[tape.output] = breaks.always
    for node in range(tape.output, -1, -1):
        if not tape.reached[node]:
            continue
        args = graph.args[node]
        asks = graph.ops[node].asks
        for arg in args[:asks]:
            part[arg] = part[arg] | part[node]
            deciding = (numbers[node] | decides[node]) & negation(ways.ties[node])
            decides[arg] = decides[arg] | deciding
        for arg, taken in zip(args[asks:], ways.taken[node], strict=True):
            for flags in (part, numbers, decides):
                flags[arg] = flags[arg] | (flags[node] & taken)
    jumps = [
        number | decides[node] if ways.reached[node] else number
        for node, number in enumerate(numbers)
    ]
    return Conditions(part, numbers, jumps, ways.ties, ways.still)


class _Ways:
    """From the leaves on: which arguments, but conditions, each node depends on, and what is a tie.

    ``reached`` are the nodes that an input reaches, be it through jumps alone. A node is ``moving``
    if it changes with an input, ``over`` if it may jump.
    """

    def __init__(self, tape: Tape, breaks: Breaks) -> None:
        self._tape = tape
        self._breaks = breaks
        self._never = breaks.negation(breaks.always)
        self.taken: dict[int, list[Truth]] = {}
        self.ties: dict[int, Truth] = {}
        self.still: dict[int, Truth] = {}
        self.reached: list[bool] = []
        self._moving: list[Truth] = []
        self._over: list[Truth] = []
        for node, (row, args) in enumerate(zip(tape.graph.ops, tape.graph.args, strict=True)):
            self.reached.append(row is INPUT or any(self.reached[arg] for arg in args))
            self._moving.append(self._never)
            self._over.append(self._never)
            if tape.reached[node]:
                self._add(node)

    def _add(self, node: int) -> None:
        graph, varying, negation = self._tape.graph, self._tape.varying, self._breaks.negation
        row, args = graph.ops[node], graph.args[node]
        conditions, branches = args[: row.asks], args[row.asks :]
        moves = self._breaks.always
        if any(varying[arg] for arg in conditions or branches):
            moves = self._any((self._moving[arg] | self._over[arg]) for arg in conditions or args)
            self.still[node] = negation(moves)
        over = self._never
        if self.reached[node]:
            over = self._breaks.jumps.get(node, self._never) & moves
        taken = [self._breaks.always] * len(args)
        if row.shares is not None:
            taken = self._breaks.chosen(node)
        if conditions:
            turns = self._any(self._over[arg] for arg in conditions)
            same = self._breaks.meets(node)
            own = self._breaks.kinks.get(node, self._never) & moves
            self.ties[node] = tie = (turns & same) | own
            over = over | (turns & negation(same))
            taken = [each | tie for each in taken]
        pairs = [*zip(args, taken, strict=True)]
        if varying[node]:
            self._moving[node] = self._any(self._moving[arg] & each for arg, each in pairs)
            if not args:
                self._moving[node] = self._breaks.always
        self.taken[node] = taken[row.asks :]
        self._over[node] = over | self._any(
            self._over[arg] & each for arg, each in pairs[row.asks :]
        )

    def _any(self, truths: Iterable[Truth]) -> Truth:
        return reduce(or_, truths, self._never)
