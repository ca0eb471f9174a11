"""The report of `explain` as plain data, to be drawn or written as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.program import Program, inputs_named
from autograd_cli.reports.evaluation import Evaluation, account, run
from autograd_graph import forward
from autograd_graph.labels import number_text
from autograd_graph.status import OK, UNUSED, Status, worst
from autograd_graph.steps.explanation import Entry, Explanation, Term, explain
from autograd_graph.steps.steps import Grain, Step

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output


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

    @property
    def output(self) -> str:
        """The label of the output."""
        return self.explanation.label(self.explanation.steps.output)

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
        for entry in self.explanation.backward:
            by = self.explanation.label(entry.node)
            for term in entry.terms:
                numbers = map(formats.number, (term.upstream or 0.0, term.local, term.product))
                named = ["; ".join(map(str, term.rules))] if self.rules else []
                yield "backward", by, str(term.formula or ""), term.through.label, *numbers, *named
            yield "gradient", by, "", "", "", "", formats.number(entry.value), *rules
        for nudge in self.nudges:
            by, slope = formats.number(nudge.by), formats.number(nudge.slope)
            predicted, actual = formats.number(nudge.predicted), formats.number(nudge.actual)
            yield "nudge, predicted", nudge.name, "", "", by, slope, predicted, *rules
            yield "nudge, actual", nudge.name, "", "", by, "", actual, *rules

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
            "terms": [self._term(term) for term in entry.terms],
            "value": formats.json_number(entry.value),
        }

    def _term(self, term: Term) -> dict[str, Any]:
        fields = {
            "through": term.through.label,
            "upstream": formats.json_number(term.upstream or 0.0),
            "local_expression": None if term.formula is None else str(term.formula),
            "local": formats.json_number(term.local),
            "product": formats.json_number(term.product),
        }
        return fields | {"rules": list(map(str, term.rules))} if self.rules else fields

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
    program: Program, by: Grain | None, rules: bool, nudges: Mapping[str, float]
) -> ExplainReport:
    """Run both passes and explain them step by step.

    ``nudges`` are amounts by which inputs are to be moved, each by itself. Raises
    :class:`ProgramError` for one that is no input.
    """
    tape = program.tape
    program.require_values()
    inputs_named(tape.graph, list(nudges))
    passes = run(tape, program.given)
    explanation = explain(tape, passes.values, passes.adjoints, by, program.wrt)
    found = {step.node: _status(step, passes.statuses) for step in explanation.forward}
    return ExplainReport(
        explanation=explanation,
        evaluation=account(passes, program.wrt),
        statuses={node: status for node, status in found.items() if status != OK},
        rules=rules,
        nudges=tuple(
            _moved(program, passes.values, passes.slope(tape.graph.inputs[name]), name, amount)
            for name, amount in nudges.items()
        ),
    )


def _status(step: Step, found: dict[int, Status]) -> Status:
    """The worst status within a step; ``unused`` for a step that takes no part."""
    if found.get(step.node) == UNUSED:
        return UNUSED
    return worst(found.get(node, OK) for node in (step.node, *step.inner))


def _moved(
    program: Program, values: Sequence[float], slope: float, name: str, amount: float
) -> Nudge:
    tape = program.tape
    at = values[tape.graph.inputs[name]]
    moved = forward(tape, program.given | {name: at + amount})
    return Nudge(name, amount, at, slope, values[tape.output], moved[tape.output])
