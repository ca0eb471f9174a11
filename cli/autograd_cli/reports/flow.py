"""The report on a gradient's flow: layers, verdict, usual remedies, clipping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot, isfinite, isnan, log2
from typing import TYPE_CHECKING, Any, Literal

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import run
from autograd_graph import OPERATORS
from autograd_graph.labels import output_label
from autograd_graph.status import SINGULAR
from autograd_graph.steps.flow import Finding, Flow, Layer, flow
from autograd_graph.steps.steps import Grain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

_MANY_INPUTS = 3
"""How many inputs are named that a gradient does not reach."""

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
    "flat": (
        "the slope is 0 at this very point: a minimum, or a start that no gradient leaves;"
        " move the inputs a little",
    ),
    "undefined": ("look at where the nan comes from: autograd eval shows it with a note",),
}


@dataclass(frozen=True, slots=True)
class Clipping:
    """Clipping by norm: one factor, ``scale``, for the whole gradient of the inputs."""

    limit: float
    before: float
    scale: float

    @property
    def after(self) -> float:
        """The norm after clipping."""
        return self.before * self.scale


@dataclass(frozen=True, slots=True, repr=False)
class FlowReport(formats.Report):
    """A flow with its messages and remedies."""

    columns = ("layer", "gradient", "factor", "clipped", "finding")

    flow: Flow
    output: str
    threshold: float
    healthy: str
    """The message if there are no findings."""
    messages: tuple[str, ...]
    remedies: tuple[str, ...]
    clipping: Clipping | None
    sound: bool
    """Whether the output and the gradients of the inputs are not nan."""

    @property
    def told(self) -> str:
        """The verdict in one line."""
        return f"{self.flow.verdict}: {self.messages[0] if self.messages else self.healthy}"

    def finding(self, layer: Layer) -> str:
        """The kinds of the findings that start at a layer."""
        return " ".join(f.kind for f in self.flow.findings if f.layer == layer.name)

    def clipped(self, layer: Layer) -> float | None:
        """The gradient of a layer after clipping."""
        return None if self.clipping is None else layer.gradient * self.clipping.scale

    def rows(self) -> Iterable[formats.Row]:
        """The layers, from the first to the output."""
        for layer in self.flow.layers:
            numbers = (layer.gradient, layer.factor, self.clipped(layer))
            yield layer.name, *map(formats.number, numbers), self.finding(layer)

    def as_object(self) -> dict[str, Any]:
        """The report as JSON."""
        clipping = self.clipping
        content = {
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
        return document("flow", content)

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """A bar for each layer, the verdict and the remedies."""
        from autograd_cli.views.flow import flow_chart

        return flow_chart(self, output, width, everything)


def flow_report(
    program: Program,
    by: Grain | Literal["depth"] | None,
    threshold: float,
    clip: float | None,
) -> FlowReport:
    """Run both passes and follow the gradient back through the layers."""
    program.require_values()
    graph, tape = program.graph, program.tape
    passes = run(tape, program.given)
    found = flow(tape, passes.values, passes.adjoints, by, threshold)
    names = program.wrt or list(graph.inputs)
    gradients = [passes.slope(graph.inputs[name]) for name in names]
    norm = hypot(*gradients)
    singular = SINGULAR in passes.statuses.values()
    causes = dict.fromkeys(_cause(finding, singular) for finding in found.findings)
    output = output_label(graph, tape.output)
    return FlowReport(
        flow=found,
        output=output,
        threshold=threshold,
        healthy=_healthy(found, output, tape.varying[tape.output]),
        messages=tuple(_message(finding, threshold) for finding in found.findings),
        remedies=tuple(remedy for cause in causes for remedy in _REMEDIES[cause]),
        clipping=None if clip is None else Clipping(clip, norm, _scale(norm, clip)),
        sound=not any(map(isnan, [passes.values[tape.output], *gradients])),
    )


def _healthy(found: Flow, output: str, varies: bool) -> str:
    """The message if there are no findings."""
    if found.layers:
        return "the gradient reaches every layer"
    return f"{output} is an input itself: there are no layers" if varies else "nothing can vary"


def _scale(norm: float, limit: float) -> float:
    """The factor that reduces a norm to the limit; nan for an infinite norm."""
    return limit / norm if norm > limit and isfinite(norm) else norm / norm if norm else 1.0


def _choosing(finding: Finding) -> str:
    """The choice operator of a layer, which routes its gradient; "" if there is none."""
    rows = (OPERATORS.get(name) for name in finding.operators)
    return next((row.name for row in rows if row is not None and row.shares is not None), "")


def _cause(finding: Finding, singular: bool) -> str:
    """The key of a finding's remedies. ``singular`` says whether some node is at a pole."""
    if finding.kind == "dead" and not _choosing(finding):
        return "flat"
    if finding.kind == "vanishing" and not _saturating(finding):
        return "faint"
    return "infinite" if finding.kind == "exploding" and singular else finding.kind


def _message(finding: Finding, threshold: float) -> str:
    where = f"from {finding.layer} on"
    if finding.inputs:
        more = ", ..." if len(finding.inputs) > _MANY_INPUTS else ""
        named = ", ".join(finding.inputs[:_MANY_INPUTS]) + more
        what = "inputs" if len(finding.inputs) > 1 else "input"
        where = f"at {named}, the {what} of {finding.layer}"
    if finding.kind == "vanishing":
        return f"below {threshold:g} {where}{_reason(finding)}"
    if finding.kind == "exploding" and finding.infinite:
        return f"infinite at {finding.layer}: autograd eval shows where that comes from"
    if finding.kind == "exploding":
        return f"beyond {1 / threshold:g} {where}"
    if finding.kind == "dead":
        which = _choosing(finding)
        cause = f": its {which} passes nothing on" if which else ": its slope is exactly 0"
        return f"nothing flows back through {finding.layer}{cause}"
    return f"nan at {finding.layer}"


def _losses(finding: Finding) -> dict[str, float]:
    """How often a gradient was halved by each saturating operator, or else by each layer.

    Counted from the output to the layer where the gradient was found to be small.
    """
    losses: dict[str, float] = {}
    for layer in finding.passed:
        if layer.factor and layer.factor < 1.0:
            saturating = next((name for name in _SATURATING if name in layer.operators), "")
            cause = saturating or f"{layer.name} hands on {layer.factor:.3g} of what it gets"
            losses[cause] = losses.get(cause, 0.0) - log2(layer.factor)
    return losses


def _main_cause(finding: Finding) -> str:
    """What reduced a vanished gradient most; "" if no layer reduced it."""
    losses = _losses(finding)
    return max(losses, key=losses.__getitem__, default="")


def _saturating(finding: Finding) -> bool:
    """Whether a gradient vanished because of a saturating activation."""
    return _main_cause(finding) in _SATURATING


def _reason(finding: Finding) -> str:
    """Why a gradient vanishes, in words."""
    cause = _main_cause(finding)
    return f": {_SATURATING.get(cause, cause)}" if cause else ""
