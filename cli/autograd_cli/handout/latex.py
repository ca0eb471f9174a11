"""A handout in LaTeX: aligned equations, or a document of them that compiles by itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from autograd_cli.drawing.latex import OPERATORS, head, latex, prose
from autograd_cli.handout.breaking import Opening, Piece, pieces, size
from autograd_cli.handout.content import Handout
from autograd_cli.reports.derivation import Line
from autograd_graph.formula import Formula, Token

_BLANK = r"\underline{\hspace{3cm}}"

_ROW = 68
"""How many characters of formulas fit into a row of a page, roughly."""

_BESIDE = 22
"""How many characters of remarks fit beside the equations, roughly."""

_BLANK_SIZE = 14

_BEFORE = r"""\documentclass{article}
FONTS
\usepackage{amsmath,amssymb}
\usepackage[margin=2cm]{geometry}
\AtBeginDocument{\setlength{\abovedisplayskip}{2pt plus 2pt}}
\postdisplaypenalty=10000 % no page begins with what is said of the equations before it
\newlength{\gap}\setlength{\gap}{GAP} % between equations; less if all is then on one page
\begin{document}
"""
_AFTER = "\n\\end{document}\n"

_LATIN = r"""\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}"""

_LACKING = "ĦħĸĿŀŉŦŧſ"
"""The letters before U+0180 that T1 does not have; of those after it, it has hardly any."""

_OTHER = """\
% Some names have letters that pdfLaTeX lacks: take XeLaTeX or LuaLaTeX, and a font with them.
"""
_WIDE = ("Noto Serif", "DejaVu Serif", "FreeSerif", "Times New Roman")
_EAST = ("Noto Serif CJK JP", "Noto Serif CJK SC", "Source Han Serif", "MS Mincho", "SimSun")
"""Fonts that have many letters, and those of East Asia."""


def document(handout: Handout) -> str:
    """A document that compiles by itself: with pdfLaTeX if that has all its letters."""
    body = f"\\section*{{{prose(handout.title)}}}\n{_body(handout, _paged)}"
    before = _BEFORE.replace("FONTS", _fonts(body)).replace("GAP", _GAPS[handout.blank])
    return f"{before}{body}{_AFTER}"


def fragment(handout: Handout) -> str:
    """The same without its frame, to stand in another document; it needs amsmath."""
    end = r" \\[1.5ex]" if handout.blank else r" \\"
    body = _body(handout, f"{end}\n".join)
    return _OTHER + body if _others(body) else body


def _others(text: str) -> list[str]:
    """The names of the letters in a text that pdfLaTeX lacks; Greek ones are commands in it."""
    letters = {c for c in text if c.isalpha() and (c > "\u017f" or c in _LACKING)}
    return [unicodedata.name(c, "") for c in letters]


def _fonts(text: str) -> str:
    """What sets the fonts of a document: the first that there is of those with its letters."""
    others = _others(text)
    if not others:
        return _LATIN
    east = any(name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL")) for name in others)
    fonts = (*_EAST, *_WIDE) if east else _WIDE
    choice = [rf"\IfFontExistsTF{{{font}}}{{\setmainfont{{{font}}}}}{{%" for font in fonts]
    return "\n".join([rf"{_OTHER}\usepackage{{fontspec}}", *choice, "}" * len(fonts)])


def _body(handout: Handout, joined: Callable[[Sequence[str]], str]) -> str:
    """All that stands on the sheet, the rows of its equations ``joined``."""

    def aligned(lines: Sequence[Line | None], hidden: int = 0) -> str:
        rows = joined([*equations(lines, hidden)])
        return f"\\begin{{align*}}\n{rows}\n\\end{{align*}}\n"

    parts = [aligned(handout.program)] if handout.program else []
    if handout.point:
        parts.append(f"\\noindent At {point(handout)}:\n")
    parts += [
        f"\\subsection*{{{heading(section.title)}}}\n{aligned(section.lines, section.hidden)}"
        for section in handout.sections
    ]
    if handout.legend:
        parts.append(f"\\noindent {heading(handout.legend)}\n")
    parts += [f"\\nopagebreak\\noindent\\emph{{{prose(note)}}}\n" for note in handout.notes]
    return "\n".join(parts)


def point(handout: Handout) -> str:
    """The values of the leaves, each a formula of its own, so that a line can end between them."""
    return ", ".join(f"${latex(equation)}$" for equation in handout.point)


def heading(title: Formula) -> str:
    """A title, what is mathematics in it set as such."""
    return "".join(prose(str(part)) if text else f"${latex(part)}$" for text, part in title.runs)


def equations(shown: Sequence[Line | None], hidden: int = 0) -> Iterator[str]:
    """The rows of equations for an aligned environment, ``None`` for ``hidden`` ones."""
    lines = [line for line in shown if line is not None]
    remarks = max((size(line.remark) for line in lines if line.remark), default=0)
    left = max((size(line.left) for line in lines), default=0)
    beside = remarks <= _BESIDE
    room = _ROW - left - remarks * beside
    for line in shown:
        if line is None:
            yield rf"& \ldots\text{{ {hidden} more}}"
        else:
            yield from _rows(line, max(room, _ROW // 2), beside)


_FEWEST = 3
"""A page has no fewer rows of a section, or of an equation, that goes over it."""

_GAPS = "0ex plus .2ex minus .4ex", "1.5ex plus .5ex minus 1ex"
"""What is between the equations of a document, and of one with lines to write on."""


def _paged(rows: Sequence[str]) -> str:
    """Rows for a document of pages.

    TeX shrinks what is between equations if all is then on one page. Else a page ends between
    equations, or within a long one; it begins neither with the last rows nor with what is said
    behind them.
    """
    begins = [not row.startswith("&") for row in rows]
    written = []
    for n, row in enumerate(rows[:-1], start=1):
        whole = begins[n] or not any(begins[n - _FEWEST + 1 : n + _FEWEST])
        ends = whole and _FEWEST <= n <= len(rows) - _FEWEST
        end = rf" \displaybreak[{begins[n]:d}]" if ends else ""
        gap = r"[\gap]" if begins[n] else ""
        written.append(rf"{row}{end} \\{gap}")
    return "\n".join([*written, *rows[-1:]])


def _rows(line: Line, room: int, beside: bool) -> Iterator[str]:
    """An equation in as many rows as it needs, with its remark ``beside`` the last one or below."""
    sides = [side for side in line.sides if side is not None]
    row, length = f"{latex(line.left)} &", 0
    for side in sides:
        if length and length + size(side) > room:
            yield row
            row, length = "&", 0
        row += " ="
        length += 3
        for piece in pieces(side, room) if size(side) > room else [Piece("", side)]:
            if length > 3 and piece.breaks and length + piece.size > room:
                yield row
                row, length = r"& \quad", 4
            row += f" {_signed(piece)}"
            length += piece.size
    if line.open:
        if length and length + _BLANK_SIZE > room:
            yield row
            row = "&"
        row += f" = {_BLANK}"
    if line.remark and beside:
        row += f" && {latex(line.remark)}"
    yield row
    if line.remark and not beside:
        yield from (rf"& \quad {latex(part)}" for part in _parts(line.remark))


def _signed(piece: Piece) -> str:
    opened = "".join(map(_opened, piece.opens))
    closed = "".join(f")^{{{latex(power)}}}" if power else ")" for power in piece.closes)
    inside = f"{opened}{latex(piece.formula)}{closed}{',' * piece.comma}"
    return f"{OPERATORS.get(piece.sign, piece.sign)} {inside}".strip()


def _opened(opening: Opening) -> str:
    power = f"^{{{opening.power}}}" if opening.power else ""
    return f"{opening.sign}{head(opening.function) if opening.function else ''}{power}("


def _parts(remark: Formula) -> Iterator[Formula]:
    """A long remark in parts that fit into a row each, cut behind its commas."""
    part: list[Token] = []
    for token in remark.tokens:
        if size(Formula((*part, token))) > _ROW and part and part[-1].text.endswith(" "):
            yield Formula(tuple(part))
            part = []
        part.append(token)
    yield Formula(tuple(part))
