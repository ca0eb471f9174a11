"""Both passes drawn as aligned equations: side by side where there is room, else one by one.

An equation is a left side and several right ones, each equal to the one before. Equations of one
pass have their equals signs in columns where that fits; else each breaks at its equals signs, as
in a textbook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import isfinite
from typing import TypeVar

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.formula import factor, formula
from autograd_cli.drawing.symbols import partial_symbol
from autograd_cli.drawing.tables import STATUS_STYLES
from autograd_cli.output import Output
from autograd_cli.reports.explain import ExplainReport, Nudge
from autograd_cli.views.eval import notes
from autograd_graph.steps.explanation import Entry, Term
from autograd_graph.steps.steps import Step

MANY = 40
"""So many equations of a pass are shown, the first and the last."""

FEW = 6
"""So many terms of a sum are shown."""

Row = TypeVar("Row")

_EQUALS = " = "
_BEFORE_REMARK = "  "
_GAP = 4
_LEAST_ROOM = 44
"""A pass narrower than this is not put beside the other."""


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of a pass. A side may be missing; the last is the number it all comes to.

    ``joins`` tells whether its sides stand in the columns of the pass.
    """

    left: str
    sides: tuple[str, ...]
    style: str = "cyan"
    remark: str = ""
    remark_style: str = "dim"
    joins: bool = True
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Pass:
    """A title and its equations."""

    title: str
    equations: tuple[Equation, ...]
    hidden: int
    """How many are left out in the middle."""

    def columns(self) -> list[int]:
        """The width of each side's column, where sides are aligned; 0 for none."""
        rows = [equation.sides for equation in self.equations if equation.joins]
        return [max(map(cell_len, column)) for column in zip_longest(*rows, fillvalue="")]

    @property
    def left(self) -> int:
        """The width of the widest left side."""
        return max(cell_len(equation.left) for equation in self.equations)

    def width(self, *, remarks: bool = True) -> int:
        """The width with everything aligned."""
        columns = sum(width + len(_EQUALS) for width in self.columns() if width)
        widest = max(cell_len(equation.remark) for equation in self.equations) if remarks else 0
        aligned = self.left + columns + (len(_BEFORE_REMARK) + widest if widest else 0)
        return max(aligned, cell_len(self.title))

    def drawn(self, room: int, dots: str) -> list[Text]:
        """The pass in ``room`` cells."""
        columns = self.columns() if self.width(remarks=False) <= room else []
        left = min(self.left, room // 3)
        lines = [Text(self.title, "bold")]
        for number, equation in enumerate(self.equations):
            if self.hidden and number == MANY // 2:
                lines.append(Text(f"{dots} {self.hidden} more: --all shows them", "dim"))
            if columns and equation.joins:
                drawn = [_aligned(equation, left, columns)]
            else:
                drawn = _flowing(equation, left, room)
            lines += [*drawn, *_remarked(drawn[-1], equation, left, room)]
        return lines


def explain_page(
    report: ExplainReport, output: Output, width: int, everything: bool
) -> list[RenderableType]:
    """Both passes, what nudges come to, and the remarks on the point."""
    page = _Page(report, output, width, everything)
    forward, backward = page.forward(), page.backward()
    room = width - forward.width() - _GAP
    dots = "..." if output.plain else "…"
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
        if side:
            line.append(_EQUALS, "dim")
            line.append(side, _side_style(equation, n == last))
        elif column:
            line.append(" " * len(_EQUALS))
        if n < last or equation.remark:
            line.append(" " * (column - cell_len(side)))
    return line


def _flowing(equation: Equation, left: int, room: int) -> list[Text]:
    """An equation on as many lines as it needs: the first side, then what follows from it.

    Sides that are sums have lines of their own, but for the last one and what it comes to.
    """
    sides = [side for side in equation.sides if side]
    whole = sum(len(_EQUALS) + cell_len(side) for side in sides) + left <= room
    line = Text().append(equation.left, equation.style)
    line.append(" " * (left - line.cell_len))
    lines = [line]
    for n, side in enumerate(sides):
        last = n == len(sides) - 1
        full = lines[-1].cell_len + len(_EQUALS) + cell_len(side) > room
        starts = n == 1 or full or not (equation.joins or last)
        if (n and starts and not whole) or (full and lines[-1].cell_len > left):
            lines.append(Text(" " * left))
        lines[-1].append(_EQUALS, "dim")
        lines += _continued(lines[-1], side, left + 5, room, _side_style(equation, last))
    return lines


def _remarked(line: Text, equation: Equation, left: int, room: int) -> list[Text]:
    """Put the remark behind an equation; without room there it comes on lines of its own."""
    if not equation.remark:
        return []
    if line.cell_len + len(_BEFORE_REMARK) + cell_len(equation.remark) <= room:
        line.append(_BEFORE_REMARK).append(equation.remark, equation.remark_style)
        return []
    line.rstrip()
    own = Text(" " * (left + len(_EQUALS)))
    indent = left + len(_EQUALS) + 2
    return [own, *_continued(own, equation.remark, indent, room, equation.remark_style)]


def _continued(line: Text, side: str, indent: int, room: int, style: str) -> list[Text]:
    """Put a side on a line; what has no room there comes on further ones, addend by addend."""
    more: list[Text] = []
    for number, addend in enumerate(side.split(" + ")):
        sign = " + " if number else ""
        if number and line.cell_len + len(sign) + cell_len(addend) > room:
            line = Text(" " * (indent - 2))
            more.append(line)
            sign = "+ "
        line.append(sign, style)
        for position, word in enumerate(addend.split(" ")):
            gap = " " if position else ""
            if gap and line.cell_len + len(gap) + cell_len(word) > room:
                line = Text(" " * indent)
                more.append(line)
                gap = ""
            line.append(gap + word, style)
    return more


def _side_style(equation: Equation, last: bool) -> str:
    if not last:
        return "default"
    return "bold" if equation.sound else "bold red"


class _Page:
    """What is to be drawn as equations of text."""

    def __init__(self, report: ExplainReport, output: Output, width: int, everything: bool) -> None:
        self._report = report
        self._output = output
        self._width = width
        self._everything = everything
        self.cut = False
        """Whether something long was shown in part."""

    def forward(self) -> Pass:
        """The steps in order."""
        steps, hidden = self._folded(self._report.explanation.forward)
        return Pass("Forward pass", tuple(map(self._step, steps)), hidden)

    def backward(self) -> Pass:
        """The derivatives from the output back."""
        entries, hidden = self._folded(self._report.explanation.backward)
        return Pass("Backward pass", tuple(map(self._entry, entries)), hidden)

    def nudge(self, nudge: Nudge) -> Pass:
        """What a change of an input comes to, predicted and done."""
        of = self._report.output
        delta = "d" if self._output.plain else "Δ"
        name = self._output.shown(nudge.name)
        predicted = f"{self._number(nudge.slope)} * {factor(self._number(nudge.by))}"
        before, after = self._apart(nudge.before, nudge.after)
        at, to = self._apart(nudge.at, nudge.at + nudge.by)
        actual = f"{after} - {factor(before)}"
        times = "*" if self._output.plain else "·"
        return Pass(
            self._formula(f"Nudge {nudge.name} from {at} to {to}"),
            (
                Equation(
                    "predicted",
                    (
                        f"{self._partial(of, nudge.name)} {times} {delta}{name}",
                        self._formula(predicted),
                        self._formula(self._number(nudge.predicted)),
                    ),
                    sound=isfinite(nudge.predicted),
                ),
                Equation(
                    "comes",
                    (
                        f"{delta}{self._output.shown(of)}",
                        self._formula(actual),
                        self._formula(self._number(nudge.actual)),
                    ),
                    sound=isfinite(nudge.actual),
                ),
            ),
            0,
        )

    def _step(self, step: Step) -> Equation:
        report = self._report
        explanation = report.explanation
        value = explanation.values[step.node]
        status = report.statuses.get(step.node)
        sides = (
            self._cut(self._formula(step.expression)) if step.inner else "",
            self._cut(self._formula(explanation.substituted(step, self._number))),
            self._formula(self._number(value)),
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
        report, plus = self._report, " + "
        explanation = report.explanation
        of, by = report.output, explanation.label(entry.node)
        terms = _few(entry.terms, len(entry.terms) if self._everything else FEW)
        self.cut |= None in terms
        chain = plus.join(
            f"{self._partial(of, t.through.label)}{self._dot}{self._partial(t.through.label, by)}"
            if t else self._dots
            for t in terms
        )  # fmt: skip
        symbols = [self._product(t, True, n > 0) if t else self._dots for n, t in enumerate(terms)]
        numbers = [self._product(t, False, n > 0) if t else self._dots for n, t in enumerate(terms)]
        products = [
            _addend(self._number(t.product), n > 0) if t else self._dots
            for n, t in enumerate(terms)
        ]
        sides = (
            chain,
            self._cut(self._formula(plus.join(symbols))),
            self._formula(plus.join(numbers)),
            self._formula(plus.join(products)) if len(terms) > 1 else "",
            self._formula(self._number(entry.value)),
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

    def _product(self, term: Term, symbolic: bool, inside: bool) -> str:
        """``2 * x``, or ``2 * (-3)`` in numbers."""
        upstream = _addend(self._number(term.upstream or 0.0), inside)
        if _passes_nothing(term):
            return "0"
        formula = term.formula if symbolic else None
        return f"{upstream} * {factor(self._number(term.local) if formula is None else formula)}"

    def _remark(self, entry: Entry, by: str) -> str:
        """Why nothing comes back where nothing does, and which rules gave the local slopes."""
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
        told = [
            (f"{self._partial(term.through.label, by)}: ", self._formula(", ".join(term.rules)))
            for term in _few(entry.terms, len(entry.terms) if self._everything else FEW)
            if term is not None
        ]
        if len({rules for _, rules in told}) == 1:
            return told[0][1]
        return "; ".join(local + rules for local, rules in told)

    def _folded(self, rows: Sequence[Row]) -> tuple[Sequence[Row], int]:
        hidden = len(rows) - MANY
        if self._everything or hidden <= 0:
            return rows, 0
        return [*rows[: MANY // 2], *rows[-MANY // 2 :]], hidden

    def _cut(self, text: str) -> str:
        """A text that is not longer than three lines, unless all is to be shown."""
        if self._everything or len(text) <= 3 * self._width:
            return text
        self.cut = True
        return text[: 3 * self._width] + self._dots

    def _number(self, value: float) -> str:
        return self._output.number(value)

    def _apart(self, first: float, second: float) -> tuple[str, str]:
        """Two numbers with digits enough to tell them apart."""
        for digits in range(self._output.precision, 18):
            output = replace(self._output, precision=digits)
            texts = output.number(first), output.number(second)
            if texts[0] != texts[1]:
                break
        return texts if first != second else (self._number(first), self._number(second))

    def _formula(self, text: str) -> str:
        return formula(text, self._output)

    def _partial(self, of: str, by: str) -> str:
        d = partial_symbol(self._output)
        return f"{d}{self._output.shown(of)}/{d}{self._output.shown(by)}"

    @property
    def _dot(self) -> str:
        return " * " if self._output.plain else " · "

    @property
    def _dots(self) -> str:
        return "..." if self._output.plain else "…"


def _passes_nothing(term: Term) -> bool:
    """Whether nothing came back though the two factors alone would not have been 0."""
    return term.product == 0.0 and not isfinite((term.upstream or 0.0) * term.local)


def _few(terms: tuple[Term, ...], most: int) -> list[Term | None]:
    """The first terms and the last, with ``None`` for those between."""
    if len(terms) <= most:
        return list(terms)
    return [*terms[: most - 2], None, terms[-1]]


def _addend(text: str, inside: bool) -> str:
    """A number within a sum or at its beginning."""
    return factor(text) if inside else text


def _without_repeats(sides: tuple[str, ...]) -> tuple[str, ...]:
    """Sides that say what the next one says again are left out."""
    kept = list(sides)
    after = kept[-1]
    for n in range(len(kept) - 2, -1, -1):
        if kept[n] == after:
            kept[n] = ""
        after = kept[n] or after
    return tuple(kept)
