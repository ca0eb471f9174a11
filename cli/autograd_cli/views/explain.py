"""A derivation on a terminal: aligned equations, side by side if there is room."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.equations import NOTHING, Equation, Equations, beside
from autograd_cli.drawing.formula import one_line, written
from autograd_cli.drawing.tables import STATUS_STYLES
from autograd_cli.output import Output
from autograd_cli.reports.derivation import Derivation, Line, Section
from autograd_cli.reports.explain import ExplainReport
from autograd_cli.views.eval import notes

_STYLES = {
    "step": "cyan", "output": "bold green", "input": "bold cyan", "unused": "dim",
}  # fmt: skip

_GAP = 4
_LEAST_ROOM = 44
"""The smallest width of a pass that is put beside the other."""


def explain_page(
    report: ExplainReport, output: Output, width: int, everything: bool
) -> list[RenderableType]:
    """Both passes or the trace of forward mode, the gradient, the nudges, and the notes."""
    page = _Page(report, output, width, everything)
    derivation = page.derivation
    lines: list[RenderableType]
    if report.trace is None:
        lines = page.columns(derivation.forward(), derivation.backward(), level=False)
        gradient = derivation.gradient()
        lines += [Text(), *page.drawn(gradient)] if gradient else []
    else:
        lines = page.columns(*derivation.trace(), level=True)
    lines += page.captions()
    for nudge in report.nudges:
        lines += [Text(), *page.drawn(derivation.nudge(nudge))]
    remarks = notes(report.evaluation, output, width)
    return [*lines, Text(), *remarks] if remarks else lines


class _Page:
    """Converts the sections of a derivation to lines of text."""

    def __init__(self, report: ExplainReport, output: Output, width: int, everything: bool) -> None:
        self._output = output
        self._width = width
        self._everything = everything
        self._cut = False
        self._slopes = any(entry.terms for entry in report.explanation.backward)
        self.derivation = Derivation(report, output.number, output.glyphs.dots, everything)

    def columns(self, left: Section, right: Section, level: bool) -> list[RenderableType]:
        """Two sections beside each other if there is room, else one after the other.

        Those that are ``level`` have their equations in pairs, which stay together.
        """
        first, second, dots = (
            self._equations(left),
            self._equations(right),
            self._output.glyphs.dots,
        )
        room = self._width - first.width() - _GAP
        if room >= max(second.width(), _LEAST_ROOM):
            return [*beside(first, second, first.width() + _GAP, room, dots, level)]
        if level:
            return [*first.braided(second).drawn(self._width, dots)]
        return [*first.drawn(self._width, dots), Text(), *second.drawn(self._width, dots)]

    def drawn(self, section: Section) -> list[Text]:
        """A section by itself."""
        return self._equations(section).drawn(self._width, self._output.glyphs.dots)

    def captions(self) -> list[Text]:
        """What the signs mean, and how to see what is left out."""
        glyphs = self._output.glyphs
        captions = []
        if self._slopes:
            captions.append(f"d: through every path; {glyphs.local}: a step's own slope")
        if self._cut or self.derivation.cut:
            captions.append(f"--all shows what {glyphs.dots} stands for")
        return [Text(caption, "dim") for caption in captions]

    def _equations(self, section: Section) -> Equations:
        lines = tuple(None if line is None else self._equation(line) for line in section.lines)
        return Equations(one_line(section.title, self._output), lines, section.hidden)

    def _equation(self, line: Line) -> Equation:
        output = self._output
        sides = [NOTHING if side is None else written(side, output) for side in line.sides]
        if not self._everything:
            shorter = [side.cut(3 * self._width, output.glyphs.dots) for side in sides]
            self._cut |= any(a is not b for a, b in zip(shorter, sides, strict=True))
            sides = shorter
        rules = "magenta" if line.rules else "dim"
        return Equation(
            one_line(line.left, output),
            tuple(sides),
            _STYLES[line.kind],
            one_line(line.remark, output) if line.remark else "",
            STATUS_STYLES[line.status] if line.status else rules,
            joins=line.joins,
            sound=line.sound,
        )
