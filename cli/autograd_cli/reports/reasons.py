"""Why a gradient is not healthy, in words: which layer did it, by which slope, and what helps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from math import inf, isfinite, isnan, log2

from autograd_cli.reports.naming import Shown, told
from autograd_cli.reports.nodes import Run
from autograd_graph.graph import LEAVES
from autograd_graph.labels import labels, number_text
from autograd_graph.status import KINK, SINGULAR
from autograd_graph.steps.flow import Finding, Flow, Layer
from autograd_graph.steps.slopes import LocalSlopes
from autograd_graph.steps.steps import Step, Steps, steps

_MANY_INPUTS = 3
"""How many inputs are named that a gradient does not reach."""

_LONG = 40
"""A slope whose formula has more characters than this is told by its number alone."""

_SATURATING = {
    "sigmoid": "the slope of sigmoid is at most 1/4",
    "tanh": "the slope of tanh is near 0 beyond 3",
    "softsign": "the slope of softsign falls off with the square of its argument",
    "erf": "the slope of erf is near 0 beyond 2",
}
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


class Reasons:
    """The words on the findings of a flow."""

    def __init__(self, passes: Run, found: Flow, threshold: float) -> None:
        self._passes = passes
        self._flow = found
        self._threshold = threshold

    def remedies(self, finding: Finding) -> Sequence[str]:
        """What helps."""
        kind: str = finding.kind
        if kind == "dead":
            kind = self._cut_off(self._layers[finding.layer])
        elif kind == "vanishing" and self._main_cause(finding) not in _SATURATING:
            kind = "faint"
        elif kind == "exploding" and SINGULAR in self._passes.statuses.values():
            kind = "infinite"
        return _REMEDIES[kind]

    def message(self, finding: Finding) -> str:
        """What was found, where, and why."""
        where = f"from {finding.layer} on"
        if finding.inputs:
            more = ", ..." if len(finding.inputs) > _MANY_INPUTS else ""
            named = ", ".join(finding.inputs[:_MANY_INPUTS]) + more
            what = "inputs" if len(finding.inputs) > 1 else "input"
            where = f"at {named}, the {what} of {finding.layer}"
        match finding.kind:
            case "vanishing":
                return f"below {self._threshold:g} {where}{self._changed(finding)}"
            case "exploding" if finding.infinite:
                told = self._met(inf) or "autograd eval shows where that comes from"
                return f"infinite at {finding.layer}: {told}"
            case "exploding":
                return f"beyond {1 / self._threshold:g} {where}{self._changed(finding)}"
            case "dead":
                return f"nothing flows back through {finding.layer}: {self._dead(finding)}"
        origin = self._nan()
        return f"nan at {finding.layer}: {origin}" if origin else f"nan at {finding.layer}"

    @cached_property
    def _steps(self) -> Steps | None:
        """The steps that are the layers; there are none where these are levels."""
        if self._flow.by == "depth":
            return None
        graph, output = self._passes.tape.graph, self._passes.tape.output
        return steps(graph, output, self._flow.by)

    @cached_property
    def _names(self) -> Shown:
        graph = self._passes.tape.graph
        if self._steps is None:
            return Shown(graph, dict(enumerate(labels(graph))))
        return Shown(graph, self._steps.labels)

    @cached_property
    def _layers(self) -> dict[str, Layer]:
        return {layer.name: layer for layer in self._flow.layers}

    def _nan(self) -> str:
        """The first node on the way whose value is nan, or else the slope that makes it."""
        tape, values = self._passes.tape, self._passes.values
        for node, value in enumerate(values):
            if not (tape.reached[node] and isnan(value)):
                continue
            args = tape.graph.args[node]
            if tape.graph.ops[node] in LEAVES or not args:
                return f"{self._names.name(node)} is nan"
            at = ", ".join(
                f"{self._names.name(arg)} = {values[arg]:g}"
                for arg in dict.fromkeys(args)
                if tape.varying[arg]
            )
            place = f" at {at}" if at else ""
            return f"{self._names.equation(node)} has no value{place}"
        return self._met(0.0)

    def _met(self, of: float) -> str:
        """Where a slope that is not finite was met; for ``of`` inf only, where that made inf."""
        for name, node in self._passes.tape.graph.inputs.items():
            cause, slope = self._passes.causes.get(node), self._passes.slope(node)
            if cause is None or isfinite(slope) or (isnan(slope) and of == inf):
                continue
            return told(cause, self._names, f", on the way to {name}")
        return ""

    def _choosing(self, layer: Layer) -> tuple[str, bool]:
        """The choice of a layer, which routes its gradient, and whether it has several sides."""
        graph = self._passes.tape.graph
        for node in layer.inner:
            row = graph.ops[node]
            if row.shares is not None:
                return row.spelling, len(graph.args[node]) - row.asks > 1
        return "", False

    def _cut_off(self, layer: Layer) -> str:
        """Why a layer hands on nothing: the key of its remedies."""
        choice, sides = self._choosing(layer)
        if any(self._passes.statuses.get(node) == KINK for node in layer.inner):
            return "kink"
        return ("other side" if sides else "dead") if choice else "flat"

    def _dead(self, finding: Finding) -> str:
        layer = self._layers[finding.layer]
        choice, _ = self._choosing(layer)
        match self._cut_off(layer):
            case "kink":
                statuses, graph = self._passes.statuses, self._passes.tape.graph
                row = next(graph.ops[n] for n in layer.inner if statuses.get(n) == KINK)
                return f"its {row.spelling} is at a kink, where the slope is taken as 0"
            case "other side":
                return f"its {choice} takes another side"
            case "dead":
                return f"its {choice} passes nothing on"
        return "its slope is exactly 0"

    def _changes(self, finding: Finding) -> dict[str, float]:
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
                name, share = self._saturation(layer)
                own = min(share, -size)
                changes[name] += own
                changes[layer.name] += -size - own
        return changes

    def _saturation(self, layer: Layer) -> tuple[str, float]:
        """The saturating operator of a layer with the smallest slope, and the halvings by it."""
        tape, found = self._passes.tape, ("", 0.0)
        for node in layer.inner:
            name = tape.graph.ops[node].spelling
            slopes = tape.slopes(node, self._passes.values) if name in _SATURATING else None
            for slope in slopes or ():
                if slope and -log2(abs(slope)) > found[1]:
                    found = name, -log2(abs(slope))
        return found

    def _main_cause(self, finding: Finding) -> str:
        """What changed a gradient most; "" if no layer did."""
        changes = self._changes(finding)
        cause = max(changes, key=changes.__getitem__, default="")
        return cause if changes.get(cause, 0.0) > 0.0 else ""

    def _changed(self, finding: Finding) -> str:
        """By which layers or operator a gradient was made small, or large."""
        cause = self._main_cause(finding)
        if not cause:
            return ""
        passed = [layer for layer in finding.passed if layer.factor]
        if cause in _SATURATING:
            count = sum(cause in layer.operators for layer in passed)
            return f": {_SATURATING[cause]}" + (f" ({count} layers)" if count > 1 else "")
        layer = self._layers[cause]
        assert layer.factor is not None
        grows = finding.kind == "exploding"
        alike = sum((each.factor or 0.0) ** 2 >= layer.factor for each in passed) if grows else 0
        told = f"{layer.factor:.3g} {'times' if grows else 'of'} what it gets"
        more = f"; {alike} layers raise it so" if alike > 1 else ""
        return f": {cause} hands on {told}{self._slope(layer)}{more}"

    def _slope(self, layer: Layer) -> str:
        """The slope of a layer that is the largest, as a formula with its number."""
        step = self._step(layer)
        if step is None:
            return ""
        tape, label = self._passes.tape, self._steps.labels if self._steps else {}
        by = [arg for arg in step.args if tape.varying[arg]]
        slopes = LocalSlopes(tape, self._passes.values, label).of(step, by)
        inside = [arg for arg in by if tape.graph.ops[arg] not in LEAVES] or by
        largest = max(inside, key=lambda arg: abs(slopes[arg].value))
        slope = slopes[largest]
        number = f"{slope.value:.3g}"
        sides = [number]
        if slope.formula is not None and len(str(slope.formula)) <= _LONG:
            text = str(slope.formula)
            sides = [text] if text == number_text(slope.value) else [text, number]
        return f", as its slope by {label[largest]} is {' = '.join(sides)}"

    def _step(self, layer: Layer) -> Step | None:
        found = self._steps.steps if self._steps is not None else ()
        return next((step for step in found if step.node in layer.nodes), None)
