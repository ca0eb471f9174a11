"""A handout in Markdown, its equations in LaTeX between dollar signs.

Such formulas are read by MathJax (GitHub, Jupyter) and KaTeX (GitLab, editors), on GitHub after
its reader of Markdown: they have no more LaTeX than all of these know, and nothing that is markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from autograd_cli.drawing.latex import latex
from autograd_cli.handout.content import Handout
from autograd_cli.handout.latex import equations, point
from autograd_cli.reports.derivation import Line
from autograd_graph.formula import Formula

_UNDERSCORE = r"\underline{\ }"
_SIGNS = {r"\_": _UNDERSCORE, r"\textasciicircum{}": r"\hat{\ }", "*": r"\cdot"}
_SIGN = re.compile(r"\\ensuremath\{([^{}]*)\}|\\textasciicircum\{\}|\\_|\*")


def _text(found: re.Match[str]) -> str:
    """Text without commands, which MathJax has none of there: a sign stands between two texts."""
    parts = _SIGN.sub(lambda sign: rf"}}{sign[1] or _SIGNS[sign[0]]}\text{{", found[1])
    return rf"\text{{{parts}}}".replace(r"\text{}", "")


def _word(found: re.Match[str]) -> str:
    """A name of letters that LaTeX has in text alone: in mathematics, as other names are."""
    return rf"\mathit{{{found[1].replace(chr(92) + 'ensuremath', '')}}}"


_INSIDE = r"((?:[^{}]|\{[^{}]*\})*)"
_KNOWN: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\\operatorname\{" + _INSIDE + r"\}", r"\\mathop{\\mathrm{\1}}"),  # GitHub forbids it
    (r"\\\\ (?=\S)", "\\\\\\\\\n"),  # GitHub loses the end of a row within a line
    (r"\\text\{" + _INSIDE + r"\}", _text),
    (r"\\textit\{" + _INSIDE + r"\}", _word),
    (r"\\_", _UNDERSCORE.replace("\\", r"\\")),
    # emphasis begins with a _ behind a parenthesis, and ends with another one
    (r"\\mathit\{" + _INSIDE + r"\}_\{([^{}]*)\}", r"\\mathit{\1_{\2}}"),
    (r"\\(hat|acute|grave|tilde|bar|d?dot)\{(\w)\}_", r"\\\1 \2_"),
)
"""What is written in another way, as a regular expression and what stands in its place."""


def _known(formula: str) -> str:
    """A formula in LaTeX that all readers of formulas in Markdown know."""
    for written, known in _KNOWN:
        formula = re.sub(written, known, formula)
    return formula


def document(handout: Handout) -> str:
    """The whole handout."""
    return f"# {_plain(handout.title)}\n\n{fragment(handout)}"


def fragment(handout: Handout) -> str:
    """The same without its title."""
    parts = [_block(handout.program)] if handout.program else []
    if handout.point:
        parts.append(f"At {_known(point(handout))}:\n")
    parts += [
        f"## {_heading(section.title)}\n\n{_block(section.lines, section.hidden)}"
        for section in handout.sections
    ]
    if handout.legend:
        parts.append(f"{_heading(handout.legend)}\n")
    parts += [f"*{_plain(note)}*\n" for note in handout.notes]
    return "\n".join(parts)


def _heading(title: Formula) -> str:
    return "".join(
        _plain(str(part)) if text else f"${_known(latex(part))}$" for text, part in title.runs
    )


def _block(lines: Sequence[Line | None], hidden: int = 0) -> str:
    rows = _known(" \\\\\n".join(equations(lines, hidden)))
    return f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$\n"


_MARKED = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>#|$~&"})


def _plain(text: str) -> str:
    """Text in which nothing is a mark of Markdown's."""
    return text.translate(_MARKED)
