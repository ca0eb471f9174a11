"""Which layer or operator has made a gradient small, or large."""

from __future__ import annotations

from collections import defaultdict
from math import isfinite, log2

from autograd_cli.reports.nodes import Run
from autograd_graph.steps.flow import Finding, Layer

SATURATING = {
    "sigmoid": "the slope of sigmoid is at most 1/4",
    "tanh": "the slope of tanh is near 0 beyond 3",
    "softsign": "the slope of softsign falls off with the square of its argument",
    "erf": "the slope of erf is near 0 beyond 2",
}
"""The operators that are blamed for what they do in all layers together, and how they do it."""


def culprit(passes: Run, finding: Finding) -> str:
    """What changed a gradient most: a saturating operator, or else a layer; "" if none did."""
    changes = _changes(passes, finding)
    most = max(changes, key=changes.__getitem__, default="")
    return most if changes.get(most, 0.0) > 0.0 else ""


def _changes(passes: Run, finding: Finding) -> dict[str, float]:
    """By how many factors of 2 the gradient was made smaller, or larger, and by what.

    That is a saturating operator, for what its own slope does, or else a layer. Counted from
    the output to the layer where it was found.
    """
    changes: dict[str, float] = defaultdict(float)
    for layer in finding.passed:
        if not layer.factor or not isfinite(layer.factor):
            continue
        size = log2(layer.factor)
        if finding.kind == "exploding":
            changes[layer.name] += max(size, 0.0)
        elif size < 0.0:
            name, share = _saturation(passes, layer)
            own = min(share, -size)
            changes[name] += own
            changes[layer.name] += -size - own
    return changes


def _saturation(passes: Run, layer: Layer) -> tuple[str, float]:
    """The saturating operator of a layer with the smallest slope, and the halvings by it."""
    tape, found = passes.tape, ("", 0.0)
    for node in layer.inner:
        name = tape.graph.ops[node].spelling
        slopes = tape.slopes(node, passes.values) if name in SATURATING else None
        for slope in slopes or ():
            if slope and -log2(abs(slope)) > found[1]:
                found = name, -log2(abs(slope))
    return found
