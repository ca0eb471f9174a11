"""The account of both passes as plain data: what `explain` draws, and what it writes as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.line import sources
from autograd_cli.line.point import normal
from autograd_cli.line.program import Program, inputs_named
from autograd_cli.reports.evaluation import Evaluation, account, run
from autograd_graph import ProgramError, Tape, forward
from autograd_graph.labels import number_text
from autograd_graph.status import OK, UNUSED, Status, worst
from autograd_graph.steps.explanation import Entry, Explanation, Term, explain
from autograd_graph.steps.steps import Grain, Step


@dataclass(frozen=True, slots=True)
class Nudge:
    """An input moved a little: what the gradient says comes of it, and what does."""

    name: str
    by: float
    at: float
    """The input's value before."""
    slope: float
    before: float
    after: float
    """The output's value before and after."""

    @property
    def predicted(self) -> float:
        """The change of the output that the gradient predicts."""
        return self.slope * self.by

    @property
    def actual(self) -> float:
        """The change of the output that comes."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class ExplainReport(formats.Report):
    """Both passes, with the evaluation they are taken from."""

    explanation: Explanation
    evaluation: Evaluation
    statuses: dict[int, Status]
    """The status of each step that is not ``ok``."""
    rules: bool
    nudges: tuple[Nudge, ...]

    @property
    def output(self) -> str:
        """What the output is called."""
        return self.explanation.label(self.explanation.steps.output)

    @property
    def columns(self) -> Sequence[str]:
        """Those of the passes, and the rules if they are asked for."""
        columns = ("pass", "name", "expression", "through", "upstream", "local", "value")
        return (*columns, "rules") if self.rules else columns

    def rows(self) -> Iterable[formats.Row]:
        """Each step's value; each term of a gradient, and behind them their sum; nudges."""
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
        """The report as JSON; ``nudges`` and ``notes`` where there are any."""
        explanation = self.explanation
        told: dict[str, Any] = {
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
            told["nudges"] = [_nudge(nudge) for nudge in self.nudges]
        if self.evaluation.notes:
            told["notes"] = [
                {"status": note.status, "message": note.message} for note in self.evaluation.notes
            ]
        return document("explain", told)

    def _entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "of": self.output,
            "by": self.explanation.label(entry.node),
            "terms": [self._term(term) for term in entry.terms],
            "value": formats.json_number(entry.value),
        }

    def _term(self, term: Term) -> dict[str, Any]:
        told = {
            "through": term.through.label,
            "upstream": formats.json_number(term.upstream or 0.0),
            "local_expression": None if term.formula is None else str(term.formula),
            "local": formats.json_number(term.local),
            "product": formats.json_number(term.product),
        }
        return told | {"rules": list(map(str, term.rules))} if self.rules else told


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
    program: Program, by: Grain | None, rules: bool, nudges: Sequence[str]
) -> ExplainReport:
    """Run both passes and tell them step by step.

    ``nudges`` are words like ``w=0.01``. Raises :class:`ProgramError` for one that is not.
    """
    tape = program.tape
    moves = [_read_nudge(tape, word) for word in nudges]
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
            for name, amount in moves
        ),
    )


def _status(step: Step, found: dict[int, Status]) -> Status:
    """The worst within a step; ``unused`` for one that takes no part."""
    if found.get(step.node) == UNUSED:
        return UNUSED
    return worst(found.get(node, OK) for node in (step.node, *step.inner))


def _read_nudge(tape: Tape, word: str) -> tuple[str, float]:
    name, equals, text = word.partition("=")
    if not equals or not name.strip():
        example = next(iter(tape.graph.inputs), "w")
        raise ProgramError(
            f"--nudge takes NAME=AMOUNT, not {word!r}",
            code="bad-value",
            hint=f"--nudge {example}=0.01",
        )
    (name,) = inputs_named(tape.graph, [normal(name.strip())])
    return name, sources.number(name, text)


def _moved(
    program: Program, values: Sequence[float], slope: float, name: str, amount: float
) -> Nudge:
    tape = program.tape
    at = values[tape.graph.inputs[name]]
    moved = forward(tape, program.given | {name: at + amount})
    return Nudge(name, amount, at, slope, values[tape.output], moved[tape.output])
