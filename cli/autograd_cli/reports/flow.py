"""The report on a gradient's flow: layers, verdict, usual remedies, clipping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot, isfinite, isnan
from typing import TYPE_CHECKING, Any, Literal

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import run
from autograd_cli.reports.reasons import Reasons
from autograd_cli.reports.remedies import remedies
from autograd_graph.labels import output_label
from autograd_graph.steps.flow import Flow, Layer, flow
from autograd_graph.steps.steps import Grain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

_MANY_NAMES = 3
"""How many layers are named at which the paths cancel."""


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

    columns = ("layer", "gradient", "factor", "to_inputs", "clipped", "finding")

    flow: Flow
    output: str
    threshold: float
    healthy: str
    """The message if there are no findings."""
    messages: tuple[str, ...]
    cancelling: str
    """What is said of layers at which the paths cancel; "" if there are none."""
    remedies: tuple[str, ...]
    clipping: Clipping | None
    sound: bool
    """Whether the output and the gradients of the inputs are not nan."""

    @property
    def told(self) -> str:
        """The verdict in one line."""
        return f"{self.flow.verdict}: {self.messages[0] if self.messages else self.healthy}"

    def clipped(self, layer: Layer) -> float | None:
        """The gradient of a layer after clipping."""
        return None if self.clipping is None else layer.gradient * self.clipping.scale

    def rows(self) -> Iterable[formats.Row]:
        """The layers, from the first to the output."""
        kinds: dict[str, list[str]] = {}
        for finding in self.flow.findings:
            kinds.setdefault(finding.layer.name, []).append(finding.kind)
        for layer in self.flow.layers:
            numbers = (layer.gradient, layer.factor, layer.to_inputs, self.clipped(layer))
            yield layer.name, *map(formats.number, numbers), " ".join(kinds.get(layer.name, ()))

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
                    "to_inputs": formats.json_number(layer.to_inputs),
                    "clipped": formats.json_number(self.clipped(layer)),
                }
                for layer in self.flow.layers
            ],
            "findings": [
                {"kind": finding.kind, "layer": finding.layer.name, "message": message}
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
    found = flow(tape, passes.values, passes.adjoints, by, threshold, program.wrt)
    names = program.wrt or list(graph.inputs)
    gradients = [passes.slope(graph.inputs[name]) for name in names]
    norm = hypot(*gradients)
    reasons = Reasons(passes, found.by, threshold)
    output = output_label(graph, tape.output)
    return FlowReport(
        flow=found,
        output=output,
        threshold=threshold,
        healthy=_healthy(found, output, tape.varying[tape.output]),
        messages=tuple(map(reasons.message, found.findings)),
        cancelling=_cancelling(found),
        remedies=tuple(remedies(passes, found.findings)),
        clipping=None if clip is None else Clipping(clip, norm, _scale(norm, clip)),
        sound=not any(map(isnan, [passes.values[tape.output], *gradients])),
    )


def _healthy(found: Flow, output: str, varies: bool) -> str:
    """The message if there are no findings."""
    if found.cancelling:
        return f"the gradient reaches every other layer; {_cancelling(found)}"
    if found.layers:
        return "the gradient reaches every layer"
    return f"{output} is an input itself: there are no layers" if varies else "nothing can vary"


def _cancelling(found: Flow) -> str:
    """What is said of the layers at which all paths cancel."""
    names = found.cancelling
    if not names:
        return ""
    named = ", ".join(names[:_MANY_NAMES]) + (", ..." if len(names) > _MANY_NAMES else "")
    return f"the paths through {named} cancel: what arrives there is 0 but for rounding"


def _scale(norm: float, limit: float) -> float:
    """The factor that reduces a norm to the limit; nan for an infinite norm."""
    return limit / norm if norm > limit and isfinite(norm) else norm / norm if norm else 1.0
