"""What stands in a handout: a program, its point, the sections of its derivation, and notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

from autograd_cli.reports.derivation import Derivation, Line, Section
from autograd_cli.reports.explain import ExplainReport
from autograd_cli.reports.worked import leaves
from autograd_graph.export.names import alike
from autograd_graph.formula import Formula, joined, name, number, slope, words
from autograd_graph.steps.steps import steps


@dataclass(frozen=True, slots=True)
class Handout:
    """A derivation with what goes before and after it.

    ``program`` has the statements where the steps are finer than these, ``point`` the value of each
    leaf, as equations too. ``legend`` says which derivatives have which sign, if there are any. A
    ``blank`` one has no results.
    """

    title: str
    program: tuple[Line, ...]
    point: tuple[Formula, ...]
    sections: tuple[Section, ...]
    legend: Formula | None
    notes: tuple[str, ...]
    blank: bool


def handout(
    report: ExplainReport,
    written: Callable[[float], str],
    dots: str,
    digits: int,
    *,
    everything: bool = False,
    blank: bool = False,
) -> Handout:
    """The handout of a report, its numbers as ``written`` makes them, with so many ``digits``.

    A ``blank`` one has the steps and the chain rule, and the results left out.
    """
    explanation = report.explanation
    rounded: set[float] = set()

    def told(value: float) -> str:
        text = written(value)
        if isfinite(value) and float(text) != value:
            rounded.add(value)
        return text

    derivation = Derivation(report, told, dots, everything)
    if report.trace is None:
        sections = [derivation.forward(), derivation.backward()]
        gradient = derivation.gradient()
        if gradient is not None:
            last = tuple(line and replace(line, sides=line.sides[-1:]) for line in gradient.lines)
            sections.append(replace(gradient, lines=last) if blank else gradient)
    else:
        sections = [*derivation.trace()]
    sections += [derivation.nudge(nudge) for nudge in report.nudges]
    if blank:
        sections = [_blanked(section) for section in sections]
    found = explanation.steps
    point = tuple(
        name(explanation.label(leaf)).equals(number(told(explanation.values[leaf])))
        for leaf in leaves(found)
        if leaf not in report.worked
    )
    statements: list[Line] = []
    if found.grain == "operation":
        whole = steps(found.graph, found.output, "step").steps
        statements = [Line(name(step.label), (step.formula,)) for step in whole]
    typed = alike((*found.graph.names.values(), *found.names))
    legend = _legend(report)
    notes = [f"Numbers are rounded to {digits} significant digits."] if rounded else []
    notes += [] if blank else [note.message for note in report.evaluation.notes]
    return Handout(
        title=f"{report.output}, step by step",
        program=tuple(_quoted(statement, typed) for statement in statements),
        point=tuple(equation.quoted(typed) for equation in point),
        sections=tuple(_all_quoted(section, typed) for section in sections),
        legend=None if legend is None else legend.quoted(typed),
        notes=tuple(notes),
        blank=blank,
    )


def _legend(report: ExplainReport) -> Formula | None:
    """A whole derivative and a step's own slope of the derivation, and what each of them is."""
    label = report.explanation.label
    if report.trace is not None:
        shares = [(moved, share) for moved in report.trace.tangents for share in moved.shares]
        if not shares:
            return None
        moved, share = shares[-1]
        whole = slope(label(moved.node), report.trace.parameter, "total")
        own = slope(label(moved.node), label(share.source), "local")
    else:
        terms = [(entry, term) for entry in report.explanation.backward for term in entry.terms]
        if not terms:
            return None
        on_the_way = [pair for pair in terms if pair[1].through.label != report.output]
        entry, term = (on_the_way or terms)[0]
        whole = slope(report.output, label(entry.node), "total")
        own = slope(term.through.label, label(entry.node), "local")
    return joined(
        (whole, words(" is a derivative through every path, "), own, words(" a step's own slope."))
    )


def _quoted(line: Line, names: frozenset[str]) -> Line:
    """An equation in which names that would be one symbol stand as they were typed."""
    return replace(
        line,
        left=line.left.quoted(names),
        sides=tuple(side and side.quoted(names) for side in line.sides),
        remark=line.remark and line.remark.quoted(names),
    )


def _all_quoted(section: Section, names: frozenset[str]) -> Section:
    lines = tuple(line and _quoted(line, names) for line in section.lines)
    return replace(section, title=section.title.quoted(names), lines=lines)


def _blanked(section: Section) -> Section:
    return replace(section, lines=tuple(line and _open(line) for line in section.lines))


def _open(line: Line) -> Line:
    """An equation as far as its first side, if that is not the result; what is given is whole."""
    if line.given:
        return line
    first = next((side for side in line.sides[:-1] if side is not None), None)
    sides = () if first is None else (first,)
    remark = line.remark if line.rules else None
    return replace(line, sides=sides, remark=remark, open=True, joins=True)
