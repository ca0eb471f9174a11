"""A step's own derivatives at a point: the number, the formula, and the rules that give it.

They are what both modes multiply: backward with the output's derivative by the step, forward with
the derivatives of what goes into it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose

from autograd_graph.formula import Formula
from autograd_graph.passes.diagnosis import statuses
from autograd_graph.passes.evaluation import Tape, handed_back
from autograd_graph.status import JUMP, KINK
from autograd_graph.steps.steps import Step
from autograd_graph.symbolic import textbook
from autograd_graph.symbolic.local_formulas import LARGEST_STEP, LocalFormulas

_CLOSE = 1e-9
"""The tolerance, relative and absolute, between a formula's value and the partial it stands for."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A step's derivative by one of its direct inputs, the others held.

    ``formula`` is in terms of the direct inputs and of the step's own name; ``None`` if it is too
    long to read or, at a kink, is not the slope that is used. ``rules`` are the differentiation
    rules that give it, the outermost operator's first. It is ``used`` unless the input was not
    chosen: then nothing is multiplied by it, and ``value`` is 0.
    """

    value: float
    used: bool
    formula: Formula | None
    rules: tuple[Formula, ...]


class LocalSlopes:
    """The local derivatives of a program's steps at a point."""

    def __init__(self, tape: Tape, values: Sequence[float], labels: Mapping[int, str]) -> None:
        self.formulas = LocalFormulas(tape.graph, labels)
        self._tape = tape
        self._values = values
        found = statuses(tape, values)
        self._breaks = {node for node, status in found.items() if status in (KINK, JUMP)}

    def of(self, step: Step, by: Sequence[int]) -> dict[int, Slope]:
        """The slopes of a step by each direct input in ``by``."""
        values = self._values
        local = handed_back(self._tape, values, {step.node: 1.0}, step.inner)
        written = self.formulas.of(step, by)
        if not self._breaks.isdisjoint(step.inner):
            for arg, slope in self.formulas.at(step, by, values).items():
                if not isclose(slope, local.get(arg, 0.0), rel_tol=_CLOSE, abs_tol=_CLOSE):
                    written[arg] = None
        rules = _rules(self._tape, step)
        return {
            arg: Slope(local.get(arg, 0.0), arg in local, written[arg], rules[arg]) for arg in by
        }


def _rules(tape: Tape, step: Step) -> dict[int, tuple[Formula, ...]]:
    """For each direct input the rules on the path to it, the outermost first.

    For a step too large to be written out, the rules of the whole step.
    """
    graph, varying = tape.graph, tape.varying
    large = len(step.inner) + len(step.args) > LARGEST_STEP
    place = {arg: 1 if large else 1 << n for n, arg in enumerate(step.args) if varying[arg]}
    reached = dict(place)
    rules: dict[int, dict[Formula, None]] = {bit: {} for bit in place.values()}
    for node in step.inner:
        if not varying[node] and node != step.node:
            continue
        row, args = graph.ops[node], graph.args[node]
        moves = tuple(varying[arg] for arg in args)
        for position, arg in enumerate(args):
            mask = reached.get(arg, 0)
            if not mask:
                continue
            reached[node] = reached.get(node, 0) | mask
            met = [textbook.CHAIN_RULE] if arg not in place and textbook.chains(row) else []
            own = textbook.rule(row, position, moves)
            met += [own] if own is not None else []
            for bit, known in rules.items():
                if mask & bit:
                    for rule in met:
                        known.pop(rule, None)
                        known[rule] = None  # moved to the end if it was met further in
    return {arg: tuple(reversed(rules[bit])) for arg, bit in place.items()}
