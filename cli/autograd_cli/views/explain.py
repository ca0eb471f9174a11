"""Both passes as aligned equations: side by side if there is room, else one after the other.

An equation is a left side and several right ones, each equal to the one before. Equations of one
pass have their equals signs in columns if that fits; else each is broken at its equals signs, as in
a textbook.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import isfinite
from typing import TypeVar

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

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

NOTHING = Written(())
"""A missing side."""

_EQUALS = " = "
_BEFORE_REMARK = "  "
_GAP = 4
_LEAST_ROOM = 44
"""The smallest width of a pass that is put beside the other."""


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of a pass. A side may be missing; the last one is the resulting number.

    ``joins`` says whether its sides are aligned with the columns of the pass.
    """

    left: str
    sides: tuple[Written, ...]
    style: str = "cyan"
    remark: str = ""
    remark_style: str = "dim"
    joins: bool = True
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Pass:
    """A title and its equations."""

    title: str
    lines: tuple[Equation | None, ...]
    """The equations; ``None`` is where some are left out."""

    hidden: int = 0
    """The number of equations left out."""

    @property
    def equations(self) -> list[Equation]:
        """The equations that are shown."""
        return [line for line in self.lines if line is not None]

    def columns(self) -> list[int]:
        """The width of each side's column in aligned equations; 0 for none."""
        rows = [equation.sides for equation in self.equations if equation.joins]
        return [max(map(_width, column)) for column in zip_longest(*rows, fillvalue=NOTHING)]

    @property
    def left(self) -> int:
        """The width of the widest left side."""
        return max(cell_len(equation.left) for equation in self.equations)

    def width(self, *, remarks: bool = True) -> int:
        """The width if all is aligned."""
        columns = sum(width + len(_EQUALS) for width in self.columns() if width)
        widest = max(cell_len(equation.remark) for equation in self.equations) if remarks else 0
        aligned = self.left + columns + (len(_BEFORE_REMARK) + widest if widest else 0)
        return max(aligned, cell_len(self.title))

    def drawn(self, room: int, dots: str) -> list[Text]:
        """The lines of the pass in ``room`` cells."""
        columns = self.columns() if self.width(remarks=False) <= room else []
        left = min(self.left, room // 3)
        lines = [Text(self.title, "bold")]
        for equation in self.lines:
            if equation is None:
                lines.append(Text(f"{dots} {self.hidden} more: --all shows them", "dim"))
                continue
            if columns and equation.joins:
                drawn = [_aligned(equation, left, columns)]
            else:
                drawn = _flowing(equation, left, room)
            lines += [*drawn, *_remarked(drawn[-1], equation, left, room)]
        return lines


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


def _aligned(equation: Equation, left: int, columns: Sequence[int]) -> Text:
    line = Text(equation.left.ljust(left - cell_len(equation.left) + len(equation.left)))
    line.stylize(equation.style)
    last = len(equation.sides) - 1
    for n, (side, column) in enumerate(zip(equation.sides, columns, strict=True)):
        if side.addends:
            line.append(_EQUALS, "dim")
            line.append(str(side), _side_style(equation, n == last))
        elif column:
            line.append(" " * len(_EQUALS))
        if n < last or equation.remark:
            line.append(" " * (column - _width(side)))
    return line


def _flowing(equation: Equation, left: int, room: int) -> list[Text]:
    """An equation on as many lines as it needs: the first side, then those that follow from it.

    Sides that are sums get their own lines, except the last sum and its result.
    """
    sides = [side for side in equation.sides if side.addends]
    whole = sum(len(_EQUALS) + _width(side) for side in sides) + left <= room
    line = Text().append(equation.left, equation.style)
    line.append(" " * (left - line.cell_len))
    lines = [line]
    for n, side in enumerate(sides):
        last = n == len(sides) - 1
        full = lines[-1].cell_len + len(_EQUALS) + _width(side) > room
        starts = n == 1 or full or not (equation.joins or last)
        if (n and starts and not whole) or (full and lines[-1].cell_len > left):
            lines.append(Text(" " * left))
        lines[-1].append(_EQUALS, "dim")
        lines += _continued(lines[-1], side, left + 5, room, _side_style(equation, last))
    return lines


def _remarked(line: Text, equation: Equation, left: int, room: int) -> list[Text]:
    """Add the remark after an equation, or return it as lines if there is no room."""
    if not equation.remark:
        return []
    if line.cell_len + len(_BEFORE_REMARK) + cell_len(equation.remark) <= room:
        line.append(_BEFORE_REMARK).append(equation.remark, equation.remark_style)
        return []
    line.rstrip()
    own = Text(" " * (left + len(_EQUALS)))
    indent = left + len(_EQUALS) + 2
    return [own, *_continued(own, Written((equation.remark,)), indent, room, equation.remark_style)]


def _continued(line: Text, side: Written, indent: int, room: int, style: str) -> list[Text]:
    """Add a side to a line, and return further lines for the addends that do not fit."""
    more: list[Text] = []
    for n, addend in enumerate(side.addends):
        gap = " " if n else ""
        if n and line.cell_len + len(gap) + cell_len(addend) > room:
            line, gap = Text(" " * (indent - 2)), ""  # its sign begins the line
            more.append(line)
        for position, word in enumerate(addend.split(" ")):
            between = " " if position else gap
            if position and line.cell_len + len(between) + cell_len(word) > room:
                line = Text(" " * indent)
                more.append(line)
                between = ""
            line.append(between + word, style)
    return more


def _side_style(equation: Equation, last: bool) -> str:
    if not last:
        return "default"
    return "bold" if equation.sound else "bold red"


class _Page:
    """Converts a report to equations of text."""

    def __init__(self, report: ExplainReport, output: Output, width: int, everything: bool) -> None:
        self._report = report
        self._output = output
        self._width = width
        self._everything = everything
        self.cut = False
        """Whether anything long was cut."""

    def forward(self) -> Pass:
        """The forward pass: the steps in order."""
        return self._pass("Forward pass", self._report.explanation.forward, self._step)

    def backward(self) -> Pass:
        """The backward pass: the derivatives from the output back."""
        return self._pass("Backward pass", self._report.explanation.backward, self._entry)

    def _pass(self, title: str, rows: Sequence[Row], told: Callable[[Row], Equation]) -> Pass:
        shown = rows if self._everything else folded(rows, MANY)
        lines = tuple(None if row is None else told(row) for row in shown)
        return Pass(title, lines, len(rows) - MANY)

    def nudge(self, nudge: Nudge) -> Pass:
        """The predicted and the actual effect of a change of an input."""
        of, glyphs = self._report.output, self._output.glyphs
        name = self._output.shown(nudge.name)
        predicted = self._number(nudge.slope).times(self._number(nudge.by).factor)
        before, after = map(number, self._apart(nudge.before, nudge.after))
        at, to = map(number, self._apart(nudge.at, nudge.at + nudge.by))
        change = f"{self._partial(of, nudge.name)} {glyphs.times} {glyphs.delta}{name}"
        return Pass(
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
            _without_repeats(sides),
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
            _without_repeats(sides),
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


def _without_repeats(sides: tuple[Written, ...]) -> tuple[Written, ...]:
    """The sides without those that are equal to the next one."""
    kept = list(sides)
    after = kept[-1]
    for n in range(len(kept) - 2, -1, -1):
        if kept[n] == after:
            kept[n] = NOTHING
        after = kept[n] if kept[n].addends else after
    return tuple(kept)


def _width(side: Written) -> int:
    return cell_len(str(side))
