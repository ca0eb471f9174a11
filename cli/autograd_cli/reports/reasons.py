"""What was found in the flow of a gradient, in words: where it is, and what made it so."""

from __future__ import annotations

from functools import cached_property
from math import inf, isfinite, isnan
from typing import Literal

from autograd_cli.reports.blocked import blocked
from autograd_cli.reports.culprit import SATURATING, culprit
from autograd_cli.reports.naming import Labels, Naming, Shown, told
from autograd_cli.reports.nodes import Run
from autograd_cli.reports.steepest import steepest
from autograd_graph.graph import LEAVES
from autograd_graph.labels import labels
from autograd_graph.steps.flow import Finding
from autograd_graph.steps.steps import Grain, Steps, steps

_MANY_INPUTS = 3
"""How many inputs are named that a gradient does not reach."""


class Reasons:
    """The words on the findings of a flow."""

    def __init__(self, passes: Run, by: Grain | Literal["depth"], threshold: float) -> None:
        self._passes = passes
        self._by = by
        self._threshold = threshold

    def message(self, finding: Finding) -> str:
        """What was found, where, and why."""
        layer = finding.layer.name
        where, at = f"from {layer} on", layer
        if finding.inputs:
            more = ", ..." if len(finding.inputs) > _MANY_INPUTS else ""
            named = ", ".join(finding.inputs[:_MANY_INPUTS]) + more
            what = "inputs" if len(finding.inputs) > 1 else "input"
            at = f"{named}, the {what} of {layer}"
            where = f"at {at}"
        match finding.kind:
            case "vanishing":
                return f"below {self._threshold:g} {where}{self._changed(finding)}"
            case "exploding" if finding.infinite:
                met = self._met(inf) or "autograd eval shows where that comes from"
                return f"infinite at {layer}: {met}"
            case "exploding":
                return f"beyond {1 / self._threshold:g} {where}{self._changed(finding)}"
            case "dead":
                why = blocked(self._passes, finding.layer)
                return f"nothing flows back through {layer}: {why.told}"
        origin = self._nan()
        return f"nan at {at}: {origin}" if origin else f"nan at {at}"

    @cached_property
    def _steps(self) -> Steps | None:
        """The steps that are the layers; there are none where these are levels."""
        if self._by == "depth":
            return None
        graph, output = self._passes.tape.graph, self._passes.tape.output
        return steps(graph, output, self._by)

    @cached_property
    def _names(self) -> Naming:
        graph = self._passes.tape.graph
        if self._steps is None:
            return Labels(graph, labels(graph))
        return Shown(graph, self._steps.labels)

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
            way = "" if cause.node == node else f", on the way to {name}"
            return told(cause, self._names, way)
        return ""

    def _changed(self, finding: Finding) -> str:
        """By which layers or operator a gradient was made small, or large."""
        cause = culprit(self._passes, finding)
        if not cause:
            return ""
        passed = [layer for layer in finding.passed if layer.factor]
        if cause in SATURATING:
            count = sum(cause in layer.operators for layer in passed)
            return f": {SATURATING[cause]}" + (f" ({count} layers)" if count > 1 else "")
        factor = next(layer.factor or 0.0 for layer in passed if layer.name == cause)
        grows = finding.kind == "exploding"
        alike = sum((each.factor or 0.0) ** 2 >= factor for each in passed) if grows else 0
        much = f"{factor:.3g} {'times' if grows else 'of'} what it gets"
        more = f"; {alike} layers raise it so" if alike > 1 else ""
        return f": {cause} hands on {much}{self._slope(cause)}{more}"

    def _slope(self, cause: str) -> str:
        """The largest slope of a layer that is a step."""
        if self._steps is None:
            return ""
        step = next(step for step in self._steps.steps if step.label == cause)
        return f", as {steepest(self._passes, step, self._steps.labels)}"
