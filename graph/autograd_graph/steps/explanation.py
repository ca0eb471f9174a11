"""The two passes, step by step, with each product of the chain rule spelled out.

Forward: each step from its direct inputs. Backward, from the output: the derivative by each step,
then by each input, as a sum over the steps that use it, of the derivative by that step times the
step's own local derivative. The numbers are those of the passes themselves; this module adds the
formulas of the local derivatives and the names of their rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isclose
from unicodedata import normalize

from autograd_graph.formula import Formula, name
from autograd_graph.passes.diagnosis import statuses
from autograd_graph.passes.evaluation import Tape, handed_back
from autograd_graph.status import JUMP, KINK
from autograd_graph.steps.steps import Grain, Step, Steps, steps
from autograd_graph.symbolic import textbook
from autograd_graph.symbolic.infix import formula
from autograd_graph.symbolic.local_formulas import LARGEST_STEP, LocalFormulas

_CLOSE = 1e-9
"""The tolerance, relative and absolute, between a formula's value and the partial it stands for."""


@dataclass(frozen=True, slots=True)
class Term:
    """The contribution of one use of a node to its adjoint: ``product = upstream * local``.

    ``through`` is the step that uses it. ``upstream`` is the output's derivative by that step,
    ``None`` where nothing flows back to it at this point (a branch that was not taken). ``formula``
    is the local derivative in terms of the step's direct inputs and its own name, ``None`` if it is
    too long to read or, at a kink, is not the slope that is used. ``rules`` are the differentiation
    rules that give it, the outermost operator's first.
    """

    through: Step
    upstream: float | None
    formula: Formula | None
    local: float
    product: float
    rules: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """The output's derivative by one node: the sum of ``terms``; 1, without terms, by itself."""

    node: int
    terms: tuple[Term, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Both passes in the order of a calculation by hand.

    ``backward`` begins with the output, goes back through the steps and ends with the inputs.
    """

    steps: Steps
    values: Sequence[float]
    forward: tuple[Step, ...]
    backward: tuple[Entry, ...]

    def label(self, node: int) -> str:
        """The label of a node."""
        return self.steps.labels.get(node) or self.steps.graph.names[node]

    def substituted(self, step: Step, number: Callable[[float], str]) -> Formula:
        """A step's formula with its direct inputs replaced by their values."""
        names = {arg: number(self.values[arg]) for arg in step.args}
        return formula(self.steps.graph, step.node, names)


def explain(
    tape: Tape,
    values: Sequence[float],
    adjoints: Sequence[float | None],
    grain: Grain | None = None,
    wrt: Sequence[str] | None = None,
) -> Explanation:
    """Explain both passes.

    ``wrt`` limits the reverse pass to nodes that depend on these inputs, and orders the inputs.
    """
    found = steps(tape.graph, tape.output, grain)
    graph = tape.graph
    names = sorted(graph.inputs, key=_natural) if wrt is None else wrt
    inputs = [graph.inputs[name] for name in names]
    leading = _contributing(tape, found, inputs)
    terms = _terms(tape, values, adjoints, found, leading)
    order = [step.node for step in reversed(found.steps) if step.node in leading]
    order += [node for node in dict.fromkeys(inputs) if node != tape.output]
    entries = [
        Entry(node, tuple(terms.get(node, ())), adjoints[node] or 0.0)
        for node in order
        if node != tape.output
    ]
    whole = found.steps or (_leaf_step(found),)
    return Explanation(found, values, whole, (Entry(tape.output, (), 1.0), *entries))


def _natural(name: str) -> list[str | int]:
    """A sort key that puts ``w2`` before ``w10``."""
    parts = re.split(r"(\d+)", normalize("NFKC", name))
    return [int(part) if n % 2 else part for n, part in enumerate(parts)]


def _leaf_step(found: Steps) -> Step:
    """An output that is itself a leaf, as a step without inputs."""
    label = found.labels[found.output]
    return Step(found.output, label, name(label), (found.output,), ())


def _contributing(tape: Tape, found: Steps, inputs: Sequence[int]) -> set[int]:
    """``inputs``, and the steps through which the output's derivative by them flows."""
    leading = set(inputs)
    for step in found.steps:
        moves = tape.varying[step.node] or step.node == tape.output
        if moves and any(arg in leading for arg in step.args):
            leading.add(step.node)
    return leading


def _terms(
    tape: Tape,
    values: Sequence[float],
    adjoints: Sequence[float | None],
    found: Steps,
    leading: set[int],
) -> dict[int, list[Term]]:
    """For each node the contributions to its adjoint, steps near the output first."""
    formulas = LocalFormulas(tape.graph, found.labels)
    breaks = {node for node, status in statuses(tape, values).items() if status in (KINK, JUMP)}
    terms: dict[int, list[Term]] = {}
    for step in reversed(found.steps):
        by = [arg for arg in step.args if arg in leading]
        if step.node not in leading or not by:
            continue
        upstream = 1.0 if step.node == tape.output else adjoints[step.node]
        local = handed_back(tape, values, {step.node: 1.0}, step.inner)
        handed = (
            {} if upstream is None
            else handed_back(tape, values, {step.node: upstream}, step.inner)
        )  # fmt: skip
        written = formulas.of(step, by)
        if not breaks.isdisjoint(step.inner):
            for arg, slope in formulas.at(step, by, values).items():
                if not isclose(slope, local.get(arg, 0.0), rel_tol=_CLOSE, abs_tol=_CLOSE):
                    written[arg] = None
        rules = _rules(tape, step)
        for arg in by:
            terms.setdefault(arg, []).append(
                Term(
                    through=step,
                    upstream=upstream,
                    formula=written[arg],
                    local=local.get(arg, 0.0),
                    product=handed.get(arg, 0.0),
                    rules=rules[arg],
                )
            )
    return terms


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
