"""A handout in Markdown, its equations in LaTeX between dollar signs."""

from __future__ import annotations

from collections.abc import Sequence

from autograd_cli.drawing.latex import latex
from autograd_cli.handout.content import Handout
from autograd_cli.handout.latex import equations, point
from autograd_cli.reports.derivation import Line
from autograd_graph.formula import Formula


def document(handout: Handout) -> str:
    """The whole handout."""
    return f"# {handout.title}\n\n{fragment(handout)}"


def fragment(handout: Handout) -> str:
    """The same without its title."""
    parts = [_block(handout.program)] if handout.program else []
    if handout.point:
        parts.append(f"At {point(handout)}:\n")
    parts += [
        f"## {_heading(section.title)}\n\n{_block(section.lines, section.hidden)}"
        for section in handout.sections
    ]
    if handout.legend:
        parts.append(f"{_heading(handout.legend)}\n")
    parts += [f"*{_plain(note)}*\n" for note in handout.notes]
    return "\n".join(parts)


def _heading(title: Formula) -> str:
    return "".join(str(part) if text else f"${latex(part)}$" for text, part in title.runs)


def _block(lines: Sequence[Line | None], hidden: int = 0) -> str:
    rows = " \\\\\n".join(equations(lines, hidden))
    return f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$\n"


_MARKED = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>#|$"})


def _plain(text: str) -> str:
    """Text in which nothing is a mark of Markdown's."""
    return text.translate(_MARKED)
