"""The largest slope of a step, as a formula with its number."""

from __future__ import annotations

from collections.abc import Mapping

from autograd_cli.reports.nodes import Run
from autograd_graph.graph import LEAVES
from autograd_graph.labels import number_text
from autograd_graph.steps.slopes import LocalSlopes
from autograd_graph.steps.steps import Step

_LONG = 40
"""A slope whose formula has more characters than this is told by its number alone."""


def steepest(passes: Run, step: Step, names: Mapping[int, str]) -> str:
    """``its slope by d is 2*d = 0.4``: that by another step, if the step uses one."""
    tape = passes.tape
    by = [arg for arg in step.args if tape.varying[arg]]
    slopes = LocalSlopes(tape, passes.values, names).of(step, by)
    inside = [arg for arg in by if tape.graph.ops[arg] not in LEAVES] or by
    largest = max(inside, key=lambda arg: abs(slopes[arg].value))
    slope = slopes[largest]
    number = f"{slope.value:.3g}"
    sides = [number]
    if slope.formula is not None and len(str(slope.formula)) <= _LONG:
        text = str(slope.formula)
        sides = [text] if text == number_text(slope.value) else [text, number]
    return f"its slope by {names[largest]} is {' = '.join(sides)}"
