"""Forward mode step by step: beside each value its derivative along a direction.

Along ``x = x0 + t·dx`` everything is a function of the one number ``t``. Its derivative by ``t``
at 0, the tangent of a step, is the sum over what goes into the step of the step's own local
derivative times the tangent of that (Griewank and Walther, *Evaluating Derivatives*, 2nd ed.,
section 3.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from autograd_graph.labels import untaken
from autograd_graph.passes.evaluation import Tape, tangent
from autograd_graph.steps.slopes import LocalSlopes, Slope
from autograd_graph.steps.steps import Step, Steps


@dataclass(frozen=True, slots=True)
class Share:
    """What one direct input adds to a step's tangent: its own ``tangent`` times the ``slope``."""

    source: int
    tangent: float
    slope: Slope
    product: float

    @property
    def flows(self) -> bool:
        """Whether the product is that of its factors: what was not chosen adds nothing."""
        return self.product != 0.0 or isfinite(self.tangent * self.slope.value)


@dataclass(frozen=True, slots=True)
class Tangent:
    """The derivative of one node along the direction: the sum of ``shares``; given for an input.

    ``step`` is ``None`` for an input.
    """

    node: int
    step: Step | None
    shares: tuple[Share, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Trace:
    """The tangents of the inputs that move and of the steps, in evaluation order.

    ``parameter`` is the name of ``t``, one that the program does not have.
    """

    parameter: str
    direction: dict[str, float]
    tangents: tuple[Tangent, ...]


def trace(
    tape: Tape, values: Sequence[float], found: Steps, direction: Mapping[str, float]
) -> Trace:
    """Follow a direction, a number for each input that moves, through the steps."""
    graph = tape.graph
    flows = tangent(tape, values, direction)
    slopes = LocalSlopes(tape, values, found.labels)
    moved = sorted(graph.inputs[name] for name, amount in direction.items() if amount)
    tangents = [Tangent(n, None, (), flows[n] or 0.0) for n in moved if n in found.labels]
    moving = set(moved)
    for step in found.steps:
        by = [arg for arg in step.args if arg in moving and tape.varying[arg]]
        shares = []
        if by and tape.varying[step.node]:
            moving.add(step.node)
            for arg, slope in slopes.of(step, by).items():
                flow = flows[arg] or 0.0
                product = flow * slope.value if slope.used else 0.0
                shares.append(Share(arg, flow, slope, product))
        tangents.append(Tangent(step.node, step, tuple(shares), flows[step.node] or 0.0))
    return Trace(untaken("t", set(found.labels.values())), dict(direction), tuple(tangents))
