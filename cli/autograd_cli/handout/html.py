"""A handout as a page: its equations in MathML, which browsers draw by themselves, in a table.

The page needs nothing from elsewhere, follows the reader's choice of light and dark, and prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import zip_longest

from autograd_cli.drawing.mathml import APPLIED, OPERATORS, head, mathml, number, prefix
from autograd_cli.handout.breaking import Opening, Piece, pieces, size
from autograd_cli.handout.content import Handout
from autograd_cli.reports.derivation import Line, Section
from autograd_graph.formula import Formula

_STYLE = """
.derivation { font: 1rem/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; color: #1f2328; }
.derivation h1 { font-size: 1.5rem; }
.derivation h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
.derivation .scroll { overflow: auto hidden; padding-bottom: .3rem; }
.derivation table { width: 100%; border-collapse: collapse; }
.derivation .rest { width: 100%; }
.derivation td, .derivation th { padding: .3rem .25rem; text-align: left; font-weight: normal;
  white-space: nowrap; vertical-align: baseline; }
.derivation .statement { padding-left: 2rem; text-indent: -2rem; line-height: 2; }
.derivation td.flowing { white-space: normal; line-height: 2.4; }
.derivation .flowing > div { width: 0; min-width: 100%; } /* the columns are those of other rows */
.derivation td:not(.flowing) wbr { display: none; } /* even where nothing wraps a line ends there */
.derivation mtd { text-align: left; }
.derivation math, .derivation .answer, .derivation .point .side { white-space: nowrap; }
.derivation td .side { margin-right: .5rem; }
.derivation th { text-align: right; }
.derivation math { font-size: 1.08rem; }
.derivation .input th { color: #0550ae; }
.derivation .output th { color: #116329; }
.derivation .unused { opacity: .55; }
.derivation .result { font-weight: 600; }
.derivation .broken { color: #b3261e; }
.derivation .remark { padding-left: 1rem; color: #6e40c9; font-size: .9rem; }
.derivation .more, .derivation .note { color: #59636e; font-size: .9rem; }
.derivation .blank { display: inline-block; min-width: 9rem;
  border-bottom: 1px solid currentColor; }
.derivation .open td, .derivation .open th { padding-top: .9rem; padding-bottom: .3rem; }
@media (prefers-color-scheme: dark) {
  body { background: #0d1117; }
  .derivation { color: #e6edf3; }
  .derivation .input th { color: #79c0ff; }
  .derivation .output th { color: #7ee787; }
  .derivation .broken { color: #ff938a; }
  .derivation .remark { color: #d2a8ff; }
  .derivation .more, .derivation .note { color: #9198a1; }
}
@media screen and (max-width: 46rem) {
FLOWING(.derivation table)}
@media print {
  body { background: none; }
  .derivation { color: #000; margin: 0; max-width: none; }
  .derivation .scroll { overflow: visible; }
  .derivation h2 { break-after: avoid; }
  .derivation tr { break-inside: avoid; }
  .derivation td, .derivation th { vertical-align: middle; } /* on paper rows have no baseline */
FLOWING(.derivation .wide)}
"""

_FLOWING = """\
  TABLE, TABLE tbody { display: block; }
  TABLE tr { display: block; padding: .2rem 0 .2rem 2rem; text-indent: -2rem; }
  TABLE tr.open { padding-top: .7rem; }
  TABLE td, TABLE th { display: inline; white-space: normal; line-height: 2.4;
    vertical-align: baseline; }
  TABLE .flowing > div, TABLE td:not(.flowing) wbr { display: inline; }
  TABLE .blank { text-indent: 0; }
"""
"""Rows as running text, which is broken where a formula may be, behind a hanging left side."""


def _style() -> str:
    return re.sub(r"FLOWING\((.*)\)", lambda found: _FLOWING.replace("TABLE", found[1]), _STYLE)


def document(handout: Handout) -> str:
    """A page that stands alone."""
    title = escape(handout.title)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n</head>\n<body>\n"
        f"{_article(handout, f'<h1>{title}</h1>')}</body>\n</html>\n"
    )


def fragment(handout: Handout) -> str:
    """The same for a page of somebody else's: an element with its own style."""
    return _article(handout, "")


def _article(handout: Handout, title: str) -> str:
    parts = [
        f'<article class="derivation">\n<style>{_style()}</style>',
        *([title] if title else []),
    ]
    parts += [f'<p class="statement">{_statement(line)}</p>' for line in handout.program]
    if handout.point:
        *before, last = map(_math, handout.point)
        at = [f'<span class="side">{math},</span>' for math in before]
        parts.append(f'<p class="point">At {" ".join([*at, last])}:</p>')
    for section in handout.sections:
        parts.append(f"<h2>{_prose(section.title)}</h2>")
        parts.append(f'<div class="scroll">{_table(section)}</div>')
    if handout.legend:
        parts.append(f'<p class="note legend">{_prose(handout.legend)}</p>')
    parts += [f'<p class="note">{escape(note)}</p>' for note in handout.notes]
    return "\n".join([*parts, "</article>\n"])


def _prose(title: Formula) -> str:
    """A title: text, or mathematics with text in it."""
    return "".join(escape(str(part)) if text else _math(part) for text, part in title.runs)


def _math(formula: Formula) -> str:
    return f'<math displaystyle="true">{mathml(formula)}</math>'


def _infix(sign: str) -> str:
    return f'<mo form="infix" stretchy="false">{sign}</mo>'  # a ^ would be a wide accent


_EQUALS = _infix("=")


def _statement(line: Line) -> str:
    """A statement of the program: an equation that has one side."""
    (side,) = line.sides
    assert side is not None
    return _broken(side, mathml(line.left) + _EQUALS)


def _broken(formula: Formula, before: str = _EQUALS) -> str:
    """A formula in parts between which a line can end, the first one behind what is ``before`` it.

    Browsers break no formula themselves.
    """
    lines = [before]
    for piece in pieces(formula, _PIECE):
        if piece.breaks:
            lines.append("")
        lines[-1] += _piece(piece)
    return "<wbr>".join(f'<math displaystyle="true">{line}</math>' for line in lines)


def _piece(piece: Piece) -> str:
    """What stands in the ``math`` element of a piece."""
    sign = _infix(OPERATORS.get(piece.sign, piece.sign)) if piece.sign else ""
    opened = "".join(map(_opened, piece.opens))
    closed = "".join(map(_closed, piece.closes))
    comma = "<mo>,</mo>" * piece.comma
    return f"{sign}{opened}{mathml(piece.formula)}{closed}{comma}"


def _opened(opening: Opening) -> str:
    written = prefix(opening.sign) if opening.sign else ""
    if opening.function:
        name = head(opening.function)
        power = number(opening.power) if opening.power else ""
        written += (f"<msup>{name}{power}</msup>" if power else name) + APPLIED
    return f'{written}<mo form="prefix" stretchy="false">(</mo>'


def _closed(power: Formula | None) -> str:
    closed = '<mo form="postfix" stretchy="false">)</mo>'
    return f"<msup>{closed}<mrow>{mathml(power)}</mrow></msup>" if power else closed


_PIECE = 30
"""How many characters of an addend stay together, roughly."""

_WIDE = 100
"""How many characters of formulas stand beside each other, roughly, until they flow."""

_PAPER = 64
"""How many do on paper."""


def _table(section: Section) -> str:
    """A row for each equation.

    There is a cell for each side where all are single products and fit beside each other; else the
    sides flow.
    """
    lines = [line for line in section.lines if line is not None]
    columns = [
        max((size(side) if side else 0 for side in column), default=0)
        for column in zip_longest(*(line.sides for line in lines if line.joins))
    ]
    beside = max((size(line.remark) for line in lines if line.remark), default=0)
    blank = _BLANK_SIZE * any(line.open for line in lines)
    needed = sum(columns) + 2 * len(columns) + beside + blank
    flows = needed > _WIDE or not all(line.joins for line in lines)
    kind = ' class="wide"' if flows or needed > _PAPER else ""
    used = [] if needed > _WIDE else [n for n, width in enumerate(columns) if width]
    across = len(used) + bool(blank) + bool(beside) + 1
    rows = "".join(_rows(section, used, across))
    return f'<table{kind}>\n<colgroup span="{across}"></colgroup><col class="rest">\n{rows}</table>'


def _rows(section: Section, used: list[int], across: int) -> Iterator[str]:
    """The rows of a table: those that are aligned have ``used`` sides, others go ``across`` all."""
    for line in section.lines:
        if line is None:
            more = f"{section.hidden} more equations are left out"
            yield f'<tr class="more"><td></td><td colspan="{across}">{more}</td></tr>\n'
            continue
        remark = f'<span class="remark">{_prose(line.remark)}</span>' if line.remark else ""
        if used and line.joins:
            cells = [*_aligned(line, used), *([f"<td>{remark}</td>"] if remark else [])]
        else:
            flow = " ".join([*_flowing(line), *([remark] if remark else [])])
            cells = [f'<td class="flowing" colspan="{across}"><div>{flow}</div></td>']
        kind = f"{line.kind} open" if line.open else line.kind
        yield f'<tr class="{kind}"><th>{_math(line.left)}</th> {" ".join(cells)}</tr>\n'


def _aligned(line: Line, used: list[int]) -> Iterator[str]:
    """A cell for each side of the section; the line to write on has one of its own."""
    sides = dict(enumerate(line.sides))
    yield from (f"<td>{_side(line, n) if sides.get(n) else ''}</td>" for n in used)
    if line.open:
        yield f"<td>{_BLANK}</td>"


def _flowing(line: Line) -> Iterator[str]:
    """The sides one after the other, on as many lines as they need."""
    sides = [_side(line, n) for n, side in enumerate(line.sides) if side is not None]
    yield from (f'<span class="side">{side}</span>' for side in [*sides, *[_BLANK] * line.open])


_BLANK = '<span class="answer"><math><mo>=</mo></math> <span class="blank"></span></span>'
_BLANK_SIZE = 20


def _side(line: Line, n: int) -> str:
    """One side with its sign; the last one is the result."""
    side = line.sides[n]
    assert side is not None
    written = _broken(side)
    if line.open or n < len(line.sides) - 1:
        return written
    return f'<span class="{"result" if line.sound else "result broken"}">{written}</span>'
