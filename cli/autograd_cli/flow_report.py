"""The account of a gradient's flow: layers, verdict, the textbook's remedies, clipping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot, inf, isfinite, isnan
from typing import Any, Literal

from autograd_cli import formats
from autograd_cli.program import Program
from autograd_graph import OPERATORS, forward, reverse
from autograd_graph.flow import Finding, Flow, Layer, flow
from autograd_graph.labels import output_label
from autograd_graph.steps import Grain

COLUMNS = ("layer", "gradient", "factor", "clipped", "finding")

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
    "exploding": (
        "clip the gradient to a norm before each update: --clip 1 shows it",
        "start from smaller weights (variance 1/n for n inputs to a layer), or normalise",
        "lower the learning rate",
    ),
    "dead": (
        "use leaky_relu or elu: their slope is never 0",
        "start with a small positive bias, or lower the learning rate that pushed the unit there",
    ),
    "flat": (
        "the slope is 0 at this very point: a minimum, or a start that no gradient leaves;"
        " move the inputs a little",
    ),
    "undefined": ("look at where the nan comes from: autograd eval shows it with a note",),
}


@dataclass(frozen=True, slots=True)
class Clipping:
    """What clipping by norm does: one factor for the whole gradient of the inputs."""

    limit: float
    before: float
    scale: float

    @property
    def after(self) -> float:
        """The norm once it is clipped."""
        return self.before * self.scale


@dataclass(frozen=True, slots=True)
class FlowReport:
    """A flow with what to say about it."""

    flow: Flow
    output: str
    threshold: float
    messages: tuple[str, ...]
    remedies: tuple[str, ...]
    clipping: Clipping | None
    sound: bool
    """Whether the output and the gradients of the inputs are numbers."""

    def finding(self, layer: Layer) -> str:
        """The kinds of findings that start at a layer."""
        return " ".join(f.kind for f in self.flow.findings if f.layer == layer.name)

    def clipped(self, layer: Layer) -> float | None:
        """The gradient of a layer once it is clipped."""
        return None if self.clipping is None else layer.gradient * self.clipping.scale

    def as_rows(self) -> Iterable[Sequence[str]]:
        """The cells under :data:`COLUMNS`, from the first layer to the output."""
        for layer in self.flow.layers:
            numbers = (layer.gradient, layer.factor, self.clipped(layer))
            yield layer.name, *map(formats.number, numbers), self.finding(layer)

    def as_object(self) -> dict[str, Any]:
        """The report as JSON."""
        clipping = self.clipping
        return {
            "output": self.output,
            "by": self.flow.by,
            "verdict": self.flow.verdict,
            "threshold": self.threshold,
            "layers": [
                {
                    "layer": layer.name,
                    "nodes": list(layer.nodes),
                    "gradient": formats.json_number(layer.gradient),
                    "factor": formats.json_number(layer.factor),
                    "clipped": formats.json_number(self.clipped(layer)),
                }
                for layer in self.flow.layers
            ],
            "findings": [
                {"kind": finding.kind, "layer": finding.layer, "message": message}
                for finding, message in zip(self.flow.findings, self.messages, strict=True)
            ],
            "remedies": list(self.remedies),
            "clipping": clipping
            and {
                "norm": formats.json_number(clipping.limit),
                "before": formats.json_number(clipping.before),
                "after": formats.json_number(clipping.after),
                "scale": formats.json_number(clipping.scale),
            },
        }


def flow_report(
    program: Program,
    by: Grain | Literal["depth"] | None,
    threshold: float,
    clip: float | None,
) -> FlowReport:
    """Run both passes and follow the gradient back."""
    graph, tape = program.graph, program.tape
    values = forward(tape, program.given)
    adjoints = reverse(tape, values)
    found = flow(tape, values, adjoints, by, threshold)
    names = program.wrt or list(graph.inputs)
    gradients = [adjoints[graph.inputs[name]] or 0.0 for name in names]
    norm = hypot(*gradients)
    causes = dict.fromkeys(_cause(finding) for finding in found.findings)
    return FlowReport(
        flow=found,
        output=output_label(graph, tape.output),
        threshold=threshold,
        messages=tuple(_message(finding, found, threshold) for finding in found.findings),
        remedies=tuple(remedy for cause in causes for remedy in _REMEDIES[cause]),
        clipping=None if clip is None else Clipping(clip, norm, _scale(norm, clip)),
        sound=not any(map(isnan, [values[tape.output], *gradients])),
    )


def _scale(norm: float, limit: float) -> float:
    """The factor that brings a norm down to the limit; a norm of inf leaves nothing to scale."""
    return limit / norm if norm > limit and isfinite(norm) else norm / norm if norm else 1.0


def _choosing(finding: Finding) -> str:
    """The operator of a layer that chooses what a gradient flows into; "" if there is none."""
    rows = (OPERATORS.get(name) for name in finding.operators)
    return next((row.name for row in rows if row is not None and row.shares is not None), "")


def _cause(finding: Finding) -> str:
    """What a finding is to be treated as."""
    return "flat" if finding.kind == "dead" and not _choosing(finding) else finding.kind


def _message(finding: Finding, found: Flow, threshold: float) -> str:
    layer = next(layer for layer in found.layers if layer.name == finding.layer)
    if finding.kind == "vanishing":
        return f"below {threshold:g} from {layer.name} on{_slowest(found)}"
    if finding.kind == "exploding" and inf in (layer.gradient, layer.factor):
        return f"infinite at {layer.name}: autograd eval shows where that comes from"
    if finding.kind == "exploding":
        return f"beyond {1 / threshold:g} from {layer.name} on"
    if finding.kind == "dead":
        which = _choosing(finding)
        cause = f": its {which} passes nothing on" if which else ": its slope is exactly 0"
        return f"nothing flows back through {layer.name}{cause}"
    return f"nan at {layer.name}"


def _slowest(found: Flow) -> str:
    """Why a gradient vanishes, where an activation is to blame."""
    weak = [layer for layer in found.layers if layer.factor is not None and layer.factor < 0.5]
    for name, reason in _SATURATING.items():
        if any(name in layer.operators for layer in weak):
            return f": {reason}"
    return ""
