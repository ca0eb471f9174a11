"""What helps against a gradient that vanishes, explodes, is cut off or is undefined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd_cli.reports.blocked import blocked
from autograd_cli.reports.culprit import SATURATING, culprit
from autograd_cli.reports.nodes import Run
from autograd_graph.status import SINGULAR
from autograd_graph.steps.flow import Finding

_REMEDIES: dict[str, tuple[str, ...]] = {
    "vanishing": (
        "use an activation whose slope is 1 over half the line: relu, leaky_relu, elu",
        "add skip connections, h = h + f(h): the gradient has a way around each layer",
        "normalise what enters each layer, and scale the first weights to the layer's width",
    ),
    "faint": (
        "near a minimum a slope as small as this is as it should be; elsewhere scale what enters"
        " that layer, or start from another point",
    ),
    "exploding": (
        "clip the gradient to a norm before each update: --clip 1 shows it",
        "start from smaller weights (variance 1/n for n inputs to a layer), or normalise",
        "lower the learning rate",
    ),
    "infinite": (
        "the slope is infinite at this very point: move the inputs a little, or write what is"
        " smooth there, like sqrt(x + 1e-9)",
    ),
    "dead": (
        "use leaky_relu or elu: their slope is never 0",
        "start with a small positive bias, or lower the learning rate that pushed the unit there",
    ),
    "other side": (
        "at this point the output does not depend on the side that was not taken: try other"
        " inputs, or blend the sides smoothly",
    ),
    "kink": ("the slope at a kink is a convention: move the inputs a little to see either side",),
    "flat": (
        "the slope is 0 at this very point: a minimum, or a start that no gradient leaves;"
        " move the inputs a little",
    ),
    "undefined": ("look at where the nan comes from: autograd eval shows it with a note",),
}


def remedies(passes: Run, findings: Iterable[Finding]) -> Sequence[str]:
    """What helps against the findings of a flow, each remedy once."""
    kinds = (_kind(passes, finding) for finding in findings)
    return [*dict.fromkeys(remedy for kind in kinds for remedy in _REMEDIES[kind])]


def _kind(passes: Run, finding: Finding) -> str:
    """The key of what helps against a finding: its kind, or what that comes from."""
    match finding.kind:
        case "dead":
            return blocked(passes, finding.layer).why
        case "vanishing" if culprit(passes, finding) not in SATURATING:
            return "faint"
        case "exploding" if SINGULAR in passes.statuses.values():
            return "infinite"
    return finding.kind
