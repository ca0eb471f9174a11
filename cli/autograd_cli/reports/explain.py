"""The report of `explain` as plain data, to be drawn or written as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.program import Program, inputs_named
from autograd_cli.reports.evaluation import Evaluation, account, run
from autograd_cli.reports.naming import Shown
from autograd_cli.reports.worked import worked
from autograd_graph import forward
from autograd_graph.formula import Formula
from autograd_graph.labels import number_text
from autograd_graph.status import OK, Status
from autograd_graph.steps.explanation import Entry, Explanation, explain
from autograd_graph.steps.forward_mode import Trace, trace
from autograd_graph.steps.slopes import Slope
from autograd_graph.steps.steps import Grain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.handout.content import Handout
    from autograd_cli.output import Output


TARGETS = ("latex", "markdown", "html")
"""What a derivation can be written as, beside being drawn."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """An input changed by ``by``, with the predicted and the actual change of the output."""

    name: str
    by: float
    at: float
    """The input's value before the change."""
    slope: float
    before: float
    after: float
    """The output's value after the change; ``before`` is that before it."""

    @property
    def predicted(self) -> float:
        """The change of the output that the gradient predicts."""
        return self.slope * self.by

    @property
    def actual(self) -> float:
        """The actual change of the output."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, repr=False)
class ExplainReport(formats.Report):
    """Both passes, with the evaluation that they come from."""

    explanation: Explanation
    evaluation: Evaluation
    statuses: dict[int, Status]
    """The status of each step that is not ``ok``."""
    rules: bool
    nudges: tuple[Nudge, ...]
    trace: Trace | None
    """Forward mode along a direction, if it was asked for; drawn in place of the backward pass."""
    worked: Mapping[int, Formula]
    """The expressions of leaves whose value the program works out; the others are just given."""

    @property
    def output(self) -> str:
        """The label of the output."""
        return self.explanation.label(self.explanation.steps.output)

    @property
    def sound(self) -> bool:
        """Whether the output, its gradients and what the nudges lead to are numbers."""
        changes = [nudge.actual for nudge in self.nudges]
        changes += [self.trace.tangents[-1].value] if self.trace and self.trace.tangents else []
        return self.evaluation.summary.sound(strict=False) and not any(map(isnan, changes))

    @property
    def columns(self) -> Sequence[str]:
        """The columns of the passes, and of the rules if they are asked for."""
        columns = ("pass", "name", "expression", "through", "upstream", "local", "value")
        return (*columns, "rules") if self.rules else columns

    def rows(self) -> Iterable[formats.Row]:
        """Each step's value; each term of a gradient, followed by their sum; nudges."""
        rules = [""] if self.rules else []
        for step in self.explanation.forward:
            value = formats.number(self.explanation.values[step.node])
            yield "forward", step.label, step.expression, "", "", "", value, *rules
        if self.trace is not None:
            yield from self._tangent_rows(self.trace)
        for entry in self.explanation.backward:
            by = self.explanation.label(entry.node)
            for term in entry.terms:
                upstream = term.upstream or 0.0
                numbers = map(formats.number, (upstream, term.slope.value, term.product))
                local, through = str(term.slope.formula or ""), term.through.label
                yield "backward", by, local, through, *numbers, *self._named(term.slope)
            whole = str(entry.whole or "")
            yield "gradient", by, whole, "", "", "", formats.number(entry.value), *rules
        for nudge in self.nudges:
            by, slope = formats.number(nudge.by), formats.number(nudge.slope)
            predicted, actual = formats.number(nudge.predicted), formats.number(nudge.actual)
            yield "nudge, predicted", nudge.name, "", "", by, slope, predicted, *rules
            yield "nudge, actual", nudge.name, "", "", by, "", actual, *rules

    def _tangent_rows(self, trace: Trace) -> Iterable[formats.Row]:
        rules = [""] if self.rules else []
        for tangent in trace.tangents:
            of = self.explanation.label(tangent.node)
            for share in tangent.shares:
                flow, slope = share.tangent, share.slope
                numbers = map(formats.number, (flow, slope.value, share.product))
                local, source = str(slope.formula or ""), self.explanation.label(share.source)
                yield "tangent, term", of, local, source, *numbers, *self._named(slope)
            yield "tangent", of, "", "", "", "", formats.number(tangent.value), *rules

    def _named(self, slope: Slope) -> list[str]:
        """The cell of the rules, if there is one."""
        return ["; ".join(map(str, slope.rules))] if self.rules else []

    def as_object(self) -> dict[str, Any]:
        """The report as JSON; ``nudges`` and ``notes`` only if there are any."""
        explanation = self.explanation
        fields: dict[str, Any] = {
            "forward": [
                {
                    "name": step.label,
                    "expression": step.expression,
                    "substituted": str(explanation.substituted(step, number_text)),
                    "value": formats.json_number(explanation.values[step.node]),
                }
                for step in explanation.forward
            ],
            "backward": [self._entry(entry) for entry in explanation.backward],
        }
        if self.trace is not None:
            fields["along"] = self._trace(self.trace)
        if self.nudges:
            fields["nudges"] = [_nudge(nudge) for nudge in self.nudges]
        if self.evaluation.notes:
            fields["notes"] = [
                {"status": note.status, "message": note.message} for note in self.evaluation.notes
            ]
        return document("explain", fields)

    def _entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "of": self.output,
            "by": self.explanation.label(entry.node),
            "terms": [
                {
                    "through": term.through.label,
                    "upstream": formats.json_number(term.upstream or 0.0),
                    **self._slope(term.slope),
                    "product": formats.json_number(term.product),
                }
                for term in entry.terms
            ],
            "expression": None if entry.whole is None else str(entry.whole),
            "value": formats.json_number(entry.value),
        }

    def _slope(self, slope: Slope) -> dict[str, Any]:
        formula, put_in = slope.formula, self.explanation.put_in
        fields: dict[str, Any] = {
            "local_expression": None if formula is None else str(formula),
            "local_substituted": None if formula is None else str(put_in(formula, number_text)),
            "local": formats.json_number(slope.value),
        }
        return fields | {"rules": list(map(str, slope.rules))} if self.rules else fields

    def _trace(self, trace: Trace) -> dict[str, Any]:
        label = self.explanation.label
        return {
            "direction": {n: formats.json_number(amount) for n, amount in trace.direction.items()},
            "tangents": [
                {
                    "of": label(tangent.node),
                    "terms": [
                        {
                            "source": label(share.source),
                            "tangent": formats.json_number(share.tangent),
                            **self._slope(share.slope),
                            "product": formats.json_number(share.product),
                        }
                        for share in tangent.shares
                    ],
                    "value": formats.json_number(tangent.value),
                }
                for tangent in trace.tangents
            ],
        }

    def to(
        self,
        target: str,
        output: Output,
        *,
        whole: bool = False,
        blank: bool = False,
        everything: bool = False,
    ) -> str:
        """The derivation as ``latex``, ``markdown`` or ``html``, with numbers as in ``output``.

        It is a fragment to be put somewhere, or, as a ``whole``, a document that stands alone. In a
        ``blank`` one the results are left out.
        """
        from autograd_cli.handout import html, latex, markdown
        from autograd_cli.handout.content import handout

        module = {"latex": latex, "markdown": markdown, "html": html}[target]
        write: Callable[[Handout], str] = module.document if whole else module.fragment
        made = handout(
            self, output.number, "...", output.precision, everything=everything, blank=blank
        )
        return write(made)

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """Both passes as aligned equations, the nudges and the notes."""
        from autograd_cli.views.explain import explain_page

        return explain_page(self, output, width, everything)


def _nudge(nudge: Nudge) -> dict[str, Any]:
    numbers = {
        "by": nudge.by,
        "gradient": nudge.slope,
        "predicted": nudge.predicted,
        "actual": nudge.actual,
        "before": nudge.before,
        "after": nudge.after,
    }
    return {"input": nudge.name} | {
        name: formats.json_number(number) for name, number in numbers.items()
    }


def explain_report(
    program: Program,
    by: Grain | None,
    rules: bool,
    nudges: Mapping[str, float],
    along: Mapping[str, float] | None = None,
) -> ExplainReport:
    """Run both passes and explain them step by step.

    ``nudges`` are amounts by which inputs are to be moved, each by itself; ``along`` asks for the
    trace of forward mode in that direction in place of the backward pass. Raises
    :class:`ProgramError` for a name that is no input.
    """
    tape = program.tape
    program.require_values()
    inputs_named(tape.graph, [*nudges, *(along or {})])
    passes = run(tape, program.given)
    explanation = explain(tape, passes.values, passes.adjoints, by, program.wrt)
    found = {step.node: passes.status(step.node, step.inner) for step in explanation.forward}
    return ExplainReport(
        explanation=explanation,
        evaluation=account(passes, program.wrt, Shown(program.graph, explanation.steps.labels)),
        statuses={node: status for node, status in found.items() if status != OK},
        rules=rules,
        nudges=tuple(
            _moved(program, passes.values, passes.slope(tape.graph.inputs[name]), name, amount)
            for name, amount in nudges.items()
        ),
        trace=trace(tape, passes.values, explanation.steps, along) if along else None,
        worked=worked(program, explanation.steps),
    )


def _moved(
    program: Program, values: Sequence[float], slope: float, name: str, amount: float
) -> Nudge:
    tape = program.tape
    at = values[tape.graph.inputs[name]]
    moved = forward(tape, program.given | {name: at + amount})
    return Nudge(name, amount, at, slope, values[tape.output], moved[tape.output])
