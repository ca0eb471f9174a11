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

from collections.abc import Callable, Mapping, Sequence
from operator import not_
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


def meeting(tape: Tape, values: Sequence[Any], xp: Any) -> Callable[[int], Truth]:
    """Of a choice that asks, whether its branches have one value, by the functions of ``xp``."""
    graph = tape.graph

    def meets(node: int) -> Truth:
        row, args = graph.ops[node], graph.args[node]
        assert row.meets is not None
        return row.meets(xp, values[node], *(values[arg] for arg in args[row.asks :]))

    return meets


class Breaks(NamedTuple):
    """What is known of the nodes at a point, each by itself, whether it takes part or not.

    ``jumps`` and ``kinks`` say of each node with a status of its own whether it is that one.
    ``chosen`` says of a choice for each argument whether the value depends on it, ``meets`` of one
    that asks whether its branches have one value. ``always`` is true, and ``negation`` is that of
    such truth values.
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
        args = graph.args[node]
        if not args or not tape.reached[node]:
            continue
        taken = ways.taken.get(node)
        for n, arg in enumerate(args):
            through = breaks.always if taken is None else taken[n]
            part[arg] = part[arg] | (part[node] & through)
            if n < graph.ops[node].asks:
                through = negation(ways.ties[node])
                decides[arg] = decides[arg] | ((numbers[node] | decides[node]) & through)
            else:
                numbers[arg] = numbers[arg] | (numbers[node] & through)
                decides[arg] = decides[arg] | (decides[node] & through)
    jumps = [
        number | decides[node] if ways.reached[node] else number
        for node, number in enumerate(numbers)
    ]
    return Conditions(part, numbers, jumps, ways.ties, ways.still)


class _Ways:
    """From the leaves on: which arguments of a choice the output depends on, and what is a tie.

    ``reached`` are the nodes that an input reaches, be it through jumps alone. A node is ``moving``
    if it changes with an input, ``over`` if it may jump.
    """

    def __init__(self, tape: Tape, breaks: Breaks) -> None:
        self._tape = tape
        self._breaks = breaks
        self._never = never = breaks.negation(breaks.always)
        self.taken: dict[int, list[Truth]] = {}
        self.ties: dict[int, Truth] = {}
        self.still: dict[int, Truth] = {}
        self.reached = [row is INPUT for row in tape.graph.ops]
        self._moving = [breaks.always if leaf else never for leaf in self.reached]
        self._over = [never] * len(tape.graph)
        for node, args in enumerate(tape.graph.args):
            if args and tape.reached[node]:
                self._add(node, args)

    def _add(self, node: int, args: Sequence[int]) -> None:
        """What an operator is, after its arguments."""
        breaks, row = self._breaks, self._tape.graph.ops[node]
        moving, over = self._moving, self._over
        taken = None
        if row.shares is not None:
            taken = self.taken[node] = breaks.chosen(node)
        if not self.reached[node]:
            self.reached[node] = any(self.reached[arg] for arg in args)
        moves = self._moves(node) if node in breaks.jumps else breaks.always
        jumps = breaks.jumps.get(node, self._never) & moves if self.reached[node] else self._never
        if taken is not None and row.asks:
            turns = self._never
            for arg in args[: row.asks]:
                turns = turns | over[arg]
            same = breaks.meets(node)
            self.ties[node] = tie = (turns & same) | (breaks.kinks.get(node, self._never) & moves)
            jumps = jumps | (turns & breaks.negation(same))
            taken[:] = [each | tie for each in taken]
        motion = moving[node]
        for n, arg in enumerate(args):
            through = breaks.always if taken is None else taken[n]
            if self._tape.varying[node]:
                motion = motion | (moving[arg] & through)
            if n >= row.asks:
                jumps = jumps | (over[arg] & through)
        moving[node], over[node] = motion, jumps

    def _moves(self, node: int) -> Truth:
        """Whether an argument moves, or the condition does; noted if it could and does not."""
        graph = self._tape.graph
        asked = graph.args[node][: graph.ops[node].asks or None]
        if not any(self._tape.varying[arg] for arg in asked):
            return self._breaks.always
        moves = self._never
        for arg in asked:
            moves = moves | self._moving[arg] | self._over[arg]
        self.still[node] = self._breaks.negation(moves)
        return moves
