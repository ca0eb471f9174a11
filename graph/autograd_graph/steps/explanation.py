"""The two passes, step by step, with each product of the chain rule spelled out.

Forward: each step from its direct inputs. Backward, from the output: the derivative by each step,
then by each input, as a sum over the steps that use it, of the derivative by that step times the
step's own local derivative. The numbers are those of the passes themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from unicodedata import normalize

from autograd_graph.formula import Formula, name
from autograd_graph.passes.evaluation import Tape, handed_back
from autograd_graph.steps.composed import composed
from autograd_graph.steps.slopes import LocalSlopes, Slope
from autograd_graph.steps.steps import Grain, Step, Steps, steps
from autograd_graph.symbolic.infix import formula


@dataclass(frozen=True, slots=True)
class Term:
    """The contribution of one use of a node to its adjoint: ``product = upstream * local``.

    ``through`` is the step that uses it. ``upstream`` is the output's derivative by that step,
    ``None`` where nothing flows back to it at this point (a branch that was not taken). ``slope``
    is the step's own derivative by the node, its other arguments held.
    """

    through: Step
    upstream: float | None
    slope: Slope
    product: float

    @property
    def flows(self) -> bool:
        """Whether the product is that of its factors: what was not chosen hands back nothing."""
        return self.product != 0.0 or isfinite((self.upstream or 0.0) * self.slope.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """The output's derivative by one node: the sum of ``terms``; 1, without terms, by itself.

    ``whole`` is the same as one formula in the values of steps and leaves, ``None`` if there is
    none that is short.
    """

    node: int
    terms: tuple[Term, ...]
    value: float
    whole: Formula | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Both passes in the order of a calculation by hand.

    ``backward`` begins with the output, goes back through the steps and ends with the inputs.
    """

    steps: Steps
    values: Sequence[float]
    forward: tuple[Step, ...]
    backward: tuple[Entry, ...]
    named: dict[str, int]
    """The node of each label."""

    def label(self, node: int) -> str:
        """The label of a node."""
        return self.steps.labels.get(node) or self.steps.graph.names[node]

    def put_in(self, formula: Formula, number: Callable[[float], str]) -> Formula:
        """A formula with the names of steps and leaves replaced by their values."""
        names = {text for text, kind in formula.tokens if kind == "name" and text in self.named}
        return formula.put({name: number(self.values[self.named[name]]) for name in names})

    def substituted(self, step: Step, number: Callable[[float], str]) -> Formula:
        """A step's formula with its direct inputs replaced by their values."""
        names = {arg: number(self.values[arg]) for arg in step.args}
        return formula(self.steps.graph, step.node, names, numbers=True)


def explain(
    tape: Tape,
    values: Sequence[float],
    adjoints: Sequence[float | None],
    grain: Grain | Steps | None = None,
    wrt: Sequence[str] | None = None,
) -> Explanation:
    """Explain both passes, by steps of a grain, or by those that were found already.

    ``wrt`` limits the reverse pass to nodes that depend on these inputs, and orders the inputs.
    """
    found = grain if isinstance(grain, Steps) else steps(tape.graph, tape.output, grain)
    graph = tape.graph
    names = sorted(graph.inputs, key=_natural) if wrt is None else wrt
    inputs = [graph.inputs[name] for name in names]
    leading = _contributing(tape, found, inputs)
    slopes = LocalSlopes(tape, values, found.labels)
    terms = _terms(tape, values, adjoints, found, leading, slopes)
    order = [step.node for step in reversed(found.steps) if step.node in leading]
    order += [node for node in dict.fromkeys(inputs) if node != tape.output]
    entries = [Entry(tape.output, (), 1.0)]
    entries += [
        Entry(node, tuple(terms.get(node, ())), adjoints[node] or 0.0)
        for node in order
        if node != tape.output
    ]
    formulas = composed(slopes.formulas, found, entries, values)
    backward = tuple(replace(entry, whole=formulas.get(entry.node)) for entry in entries)
    named = {label: node for node, label in found.labels.items()}
    return Explanation(found, values, found.steps or (_leaf_step(found),), backward, named)


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
    slopes: LocalSlopes,
) -> dict[int, list[Term]]:
    """For each node the contributions to its adjoint, steps near the output first."""
    terms: dict[int, list[Term]] = {}
    for step in reversed(found.steps):
        by = [arg for arg in step.args if arg in leading]
        if step.node not in leading or not by:
            continue
        upstream = 1.0 if step.node == tape.output else adjoints[step.node]
        handed = (
            {} if upstream is None
            else handed_back(tape, values, {step.node: upstream}, step.inner)
        )  # fmt: skip
        for arg, slope in slopes.of(step, by).items():
            terms.setdefault(arg, []).append(
                Term(step, upstream, slope, product=handed.get(arg, 0.0))
            )
    return terms
