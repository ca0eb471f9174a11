"""A handout in LaTeX: aligned equations, or a document of them that compiles by itself."""

from __future__ import annotations

from collections.abc import Iterator

from autograd_cli.drawing.latex import latex, prose
from autograd_cli.handout.content import Handout
from autograd_cli.reports.derivation import Line, Section
from autograd_graph.formula import Formula

_BLANK = r"\underline{\hspace{3cm}}"

_ROW = 64
"""How many characters of formulas fit into a row of a page, roughly."""

_BEFORE = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath,amssymb}
\usepackage[margin=2cm]{geometry}
\allowdisplaybreaks
\begin{document}
"""
_AFTER = "\n\\end{document}\n"


def document(handout: Handout) -> str:
    """A document that compiles by itself."""
    return f"{_BEFORE}\\section*{{{prose(handout.title)}}}\n{fragment(handout)}{_AFTER}"


def fragment(handout: Handout) -> str:
    """The same without its frame, to stand in another document; it needs amsmath."""
    parts = [f"\\noindent ${latex(equation)}$\n" for equation in handout.program]
    if handout.point:
        parts.append(f"\\noindent At {point(handout)}:\n")
    parts += [
        f"\\subsection*{{{heading(section.title)}}}\n{_aligned(section)}"
        for section in handout.sections
    ]
    parts += [f"\\noindent\\emph{{{prose(note)}}}\n" for note in handout.notes]
    return "\n".join(parts)


def point(handout: Handout) -> str:
    """The values of the leaves, each a formula of its own, so that a line can end between them."""
    return ", ".join(f"${latex(equation)}$" for equation in handout.point)


def heading(title: Formula) -> str:
    """A title, what is mathematics in it set as such."""
    return "".join(prose(str(part)) if text else f"${latex(part)}$" for text, part in title.runs)


def equations(section: Section) -> Iterator[str]:
    """The rows of a section for an aligned environment."""
    for line in section.lines:
        if line is None:
            yield rf"& \text{{\ldots\ {section.hidden} more}}"
        else:
            yield from _rows(line)


def _aligned(section: Section) -> str:
    rows = " \\\\\n".join(equations(section))
    return f"\\begin{{align*}}\n{rows}\n\\end{{align*}}\n"


def _rows(line: Line) -> Iterator[str]:
    """An equation, in as many rows as it needs."""
    sides = [(latex(side), len(str(side))) for side in line.sides if side is not None]
    if line.open:
        sides.append((_BLANK, 10))
    row, length = f"{latex(line.left)} &", 0
    for text, size in sides:
        if length and length + size > _ROW:
            yield row
            row, length = "&", 0
        row += f" = {text}"
        length += size + 3
    yield row + (rf" && {latex(line.remark)}" if line.remark else "")
