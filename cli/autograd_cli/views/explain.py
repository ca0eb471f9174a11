"""Both passes as aligned equations: side by side if there is room, else one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest
from math import isfinite
from typing import TypeVar

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.equations import NOTHING, Equation, Equations, without_repeats
from autograd_cli.drawing.folding import folded
from autograd_cli.drawing.formula import Written, one_line, written
from autograd_cli.drawing.tables import STATUS_STYLES
from autograd_cli.output import Output
from autograd_cli.reports.explain import ExplainReport, Nudge
from autograd_cli.views.eval import notes
from autograd_graph.formula import Formula, number, total, words
from autograd_graph.steps.explanation import Entry, Term
from autograd_graph.steps.steps import Step

MANY = 40
"""How many equations of a pass are shown, the first and the last."""

FEW = 6
"""How many terms of a sum are shown."""

Row = TypeVar("Row")

_GAP = 4
_LEAST_ROOM = 44
"""The smallest width of a pass that is put beside the other."""


def explain_page(
    report: ExplainReport, output: Output, width: int, everything: bool
) -> list[RenderableType]:
    """Both passes, the nudges, and the notes."""
    page = _Page(report, output, width, everything)
    forward, backward = page.forward(), page.backward()
    room = width - forward.width() - _GAP
    dots = output.glyphs.dots
    lines: list[RenderableType]
    if room >= max(backward.width(), _LEAST_ROOM):
        pairs = zip_longest(
            forward.drawn(forward.width(), dots), backward.drawn(room, dots), fillvalue=Text()
        )
        lines = [
            Text.assemble(left, " " * (forward.width() + _GAP - left.cell_len), right)
            if right.cell_len
            else left
            for left, right in pairs
        ]
    else:
        lines = [*forward.drawn(width, dots), Text(), *backward.drawn(width, dots)]
    if page.cut:
        lines.append(Text(f"--all shows what {dots} stands for", "dim"))
    for nudge in report.nudges:
        lines += [Text(), *page.nudge(nudge).drawn(width, dots)]
    remarks = notes(report.evaluation, output, width)
    return [*lines, Text(), *remarks] if remarks else lines


class _Page:
    """Converts a report to equations of text."""

    def __init__(self, report: ExplainReport, output: Output, width: int, everything: bool) -> None:
        self._report = report
        self._output = output
        self._width = width
        self._everything = everything
        self.cut = False
        """Whether anything long was cut."""

    def forward(self) -> Equations:
        """The forward pass: the steps in order."""
        return self._pass("Forward pass", self._report.explanation.forward, self._step)

    def backward(self) -> Equations:
        """The backward pass: the derivatives from the output back."""
        return self._pass("Backward pass", self._report.explanation.backward, self._entry)

    def _pass(self, title: str, rows: Sequence[Row], told: Callable[[Row], Equation]) -> Equations:
        shown = rows if self._everything else folded(rows, MANY)
        lines = tuple(None if row is None else told(row) for row in shown)
        return Equations(title, lines, len(rows) - MANY)

    def nudge(self, nudge: Nudge) -> Equations:
        """The predicted and the actual effect of a change of an input."""
        of, glyphs = self._report.output, self._output.glyphs
        name = self._output.shown(nudge.name)
        predicted = self._number(nudge.slope).times(self._number(nudge.by).factor)
        before, after = map(number, self._apart(nudge.before, nudge.after))
        at, to = map(number, self._apart(nudge.at, nudge.at + nudge.by))
        change = f"{self._partial(of, nudge.name)} {glyphs.times} {glyphs.delta}{name}"
        return Equations(
            f"Nudge {name} from {one_line(at, self._output)} to {one_line(to, self._output)}",
            (
                Equation(
                    "predicted",
                    (
                        Written((change,)),
                        self._written(predicted),
                        self._written(self._number(nudge.predicted)),
                    ),
                    sound=isfinite(nudge.predicted),
                ),
                Equation(
                    "comes",
                    (
                        Written((f"{glyphs.delta}{self._output.shown(of)}",)),
                        self._written(after.minus(before.factor)),
                        self._written(self._number(nudge.actual)),
                    ),
                    sound=isfinite(nudge.actual),
                ),
            ),
        )

    def _step(self, step: Step) -> Equation:
        report = self._report
        explanation = report.explanation
        value = explanation.values[step.node]
        status = report.statuses.get(step.node)
        sides = (
            self._cut(self._written(step.formula)) if step.inner else NOTHING,
            self._cut(self._written(explanation.substituted(step, self._output.number))),
            self._written(self._number(value)),
        )
        style = "bold green" if step.node == explanation.steps.output else "cyan"
        return Equation(
            self._output.shown(step.label),
            without_repeats(sides),
            "dim" if status == "unused" else style,
            status or "",
            STATUS_STYLES[status or "ok"],
            sound=isfinite(value),
        )

    def _entry(self, entry: Entry) -> Equation:
        report = self._report
        explanation = report.explanation
        of, by = report.output, explanation.label(entry.node)
        terms = entry.terms if self._everything else folded(entry.terms, FEW, last=1)
        self.cut |= None in terms
        sides = (
            self._chain(of, by, terms),
            self._cut(self._sum(terms, lambda term: self._product(term, term.formula))),
            self._sum(terms, lambda term: self._product(term, None)),
            self._sum(terms, lambda term: self._number(term.product))
            if len(terms) > 1
            else NOTHING,
            self._written(self._number(entry.value)),
        )
        return Equation(
            self._partial(of, by),
            without_repeats(sides),
            "bold cyan" if by in explanation.steps.graph.inputs else "cyan",
            self._remark(entry, by),
            "magenta" if report.rules else "dim",
            joins=len(entry.terms) == 1,
            sound=isfinite(entry.value),
        )

    def _chain(self, of: str, by: str, terms: Sequence[Term | None]) -> Written:
        """The chain rule: ``∂J/∂a · ∂a/∂w + ∂J/∂b · ∂b/∂w``."""
        glyphs = self._output.glyphs
        addends = [
            f"{self._partial(of, term.through.label)} {glyphs.times} "
            f"{self._partial(term.through.label, by)}"
            if term
            else glyphs.dots
            for term in terms
        ]
        return Written(tuple(f"+ {addend}" if n else addend for n, addend in enumerate(addends)))

    def _sum(self, terms: Sequence[Term | None], part: Callable[[Term], Formula]) -> Written:
        """The sum of a formula for each term; negative ones in parentheses except at the start."""
        dots = words(self._output.glyphs.dots)
        addends = [dots if term is None else part(term) for term in terms]
        return self._written(total(_within_sum(a) if n else a for n, a in enumerate(addends)))

    def _product(self, term: Term, local: Formula | None) -> Formula:
        """``2 * x``, or ``2 * (-3)`` if there is no formula for the local derivative."""
        if _passes_nothing(term):
            return number("0")
        local = self._number(term.local) if local is None else local
        return self._number(term.upstream or 0.0).times(local.factor)

    def _remark(self, entry: Entry, by: str) -> str:
        """Why nothing flows back, if so, or else the rules for the local derivatives."""
        explanation = self._report.explanation
        if not entry.terms and entry.node != explanation.steps.output:
            reached = entry.node in explanation.steps.labels
            return "nothing flows back to it" if reached else "it is not used"
        idle = [term.through.label for term in entry.terms if term.upstream is None]
        if idle:
            return f"nothing flows back to {self._output.shown(idle[0])}"
        if any(map(_passes_nothing, entry.terms)):
            return "what was not chosen hands back nothing"
        if not self._report.rules:
            return ""
        terms = entry.terms if self._everything else folded(entry.terms, FEW, last=1)
        told = [
            (
                f"{self._partial(term.through.label, by)}: ",
                ", ".join(one_line(rule, self._output) for rule in term.rules),
            )
            for term in terms
            if term is not None
        ]
        if len({rules for _, rules in told}) == 1:
            return told[0][1]
        return "; ".join(local + rules for local, rules in told)

    def _cut(self, side: Written) -> Written:
        """A side cut after three lines, unless all is to be shown."""
        if self._everything:
            return side
        shorter = side.cut(3 * self._width, self._output.glyphs.dots)
        self.cut |= shorter is not side
        return shorter

    def _number(self, value: float) -> Formula:
        return number(self._output.number(value))

    def _apart(self, first: float, second: float) -> tuple[str, str]:
        """Two numbers with enough digits to tell them apart."""
        for digits in range(self._output.precision, 18):
            output = replace(self._output, precision=digits)
            texts = output.number(first), output.number(second)
            if texts[0] != texts[1]:
                break
        return texts if first != second else (self._output.number(first),) * 2

    def _written(self, formula: Formula) -> Written:
        return written(formula, self._output)

    def _partial(self, of: str, by: str) -> str:
        d = self._output.glyphs.partial
        return f"{d}{self._output.shown(of)}/{d}{self._output.shown(by)}"


def _passes_nothing(term: Term) -> bool:
    """Whether nothing flowed back although the product of the factors would not be 0."""
    return term.product == 0.0 and not isfinite((term.upstream or 0.0) * term.local)


def _within_sum(addend: Formula) -> Formula:
    """``(-3) * x``: a negative addend after the start of a sum is put in parentheses."""
    first, *rest = addend.tokens
    return Formula((*Formula((first,)).factor.tokens, *rest))
