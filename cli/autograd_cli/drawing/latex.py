"""Formulas as LaTeX, with amsmath: what a derivation is printed with.

How a function is written comes from its row of the operator table, as in ``diff --to latex``; but
nothing is folded, simplified or left out, since a derivation shows each number where it stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from autograd_cli.drawing.precedence import Signs, read
from autograd_graph import operators
from autograd_graph.export.latex import spelled, typed
from autograd_graph.export.names import greek
from autograd_graph.formula import QUOTE, Formula
from autograd_graph.op import Op


class _Piece(NamedTuple):
    r"""A part of a formula, the same without parentheses, and whether it is taller than a line.

    A call has the ``head`` to which a power is written, ``\sin``, and the arguments behind it; what
    has to be put in parentheses to be a base ``rises``.
    """

    text: str
    bare: str
    tall: bool = False
    head: str = ""
    rest: str = ""
    rises: bool = False


def latex(formula: Formula) -> str:
    """A formula in LaTeX's mathematical mode."""
    return read(formula, _LaTeX()).text


def name(text: str) -> str:
    """A label: ``x1`` has an index, an earlier binding (``c#1``) its number in parentheses.

    One in quotes stands as it was typed.
    """
    plain, _, binding = text.partition("#")
    quoted = plain.startswith(QUOTE)
    written = typed(plain.strip(QUOTE)) if quoted else spelled(plain)
    return written + (f"^{{({binding})}}" if binding else "")


_SPECIAL = {c: f"\\{c}" for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "|": r"\ensuremath{|}",
}  # fmt: skip


def prose(text: str) -> str:
    """Text for LaTeX, its special characters escaped and Greek letters by their names."""
    return "".join(
        rf"\ensuremath{{{spelled(c)}}}" if greek(c) else _SPECIAL.get(c, c) for c in text
    )


OPERATORS = {"*": r"\cdot", "<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne",
             "^": r"\mathbin{\hat{\ }}"}  # fmt: skip
"""How operators are written that are not written as they are typed; a ``^`` where none rises."""

_BY_SPELLING: defaultdict[str, list[Op]] = defaultdict(list)
for _row in operators.OPERATORS.values():
    _BY_SPELLING[_row.spelling].append(_row)

_SLOT = re.compile(r"<(\d|\*)(?::\w+)?>")


class _LaTeX(Signs[_Piece]):
    """Writes LaTeX."""

    def name(self, text: str, *, begins: bool, raised: bool) -> _Piece:
        return _same(f"{{{name(text)}}}" if raised and "#" in text else name(text))

    def number(self, text: str, *, raised: bool) -> _Piece:
        written = _same(number(text), tall="/" in text)
        return self.group(written) if raised and ("e" in text or "/" in text) else written

    def words(self, text: str) -> _Piece:
        return _same(rf"\text{{{prose(text)}}}")

    def slope(self, of: str, by: str, *, total: bool) -> _Piece:
        d = r"\mathrm{d}" if total else r"\partial "
        return _same(rf"\frac{{{d}{name(of)}}}{{{d}{name(by)}}}", tall=True)

    def change(self, of: str) -> _Piece:
        return _same(rf"\Delta {name(of)}")

    def signed(self, sign: str, operand: _Piece) -> _Piece:
        return _same(f"{sign}{operand.text}", operand.tall)

    def binary(self, operator: str, left: _Piece, right: _Piece) -> _Piece:
        if operator == "/":
            return _same(rf"\frac{{{left.bare}}}{{{right.bare}}}", tall=True)
        tall = left.tall or right.tall
        if operator == "^":
            if left.head and right.bare.isdigit():
                return _same(f"{left.head}^{{{right.bare}}}{left.rest}", tall)
            base = self.group(left).text if left.rises or left.head else left.text
            return _Piece(text := f"{base}^{{{right.bare}}}", text, tall, rises=True)
        return _same(f"{left.text} {OPERATORS.get(operator, operator)} {right.text}", tall)

    def group(self, inside: _Piece) -> _Piece:
        return _Piece(_fenced(inside.text, inside.tall), inside.text, inside.tall)

    def call(self, name: str, arguments: list[_Piece]) -> _Piece:
        listed = ", ".join(argument.text for argument in arguments)
        tall = any(argument.tall for argument in arguments)
        row = next((row for row in _BY_SPELLING[name] if row.arguments.takes(len(arguments))), None)
        level, written = ("", "") if row is None else _template(row)
        if not written:
            begun, rest = head(name, row), _fenced(listed, tall)
            return _Piece(begun + rest, begun + rest, tall, begun, rest)

        def put(slot: re.Match[str]) -> str:
            return listed if slot[1] == "*" else arguments[int(slot[1])].text

        tall = tall or any(command in written for command in _TALL)
        if not tall:
            written = written.replace(r"\left(", "(").replace(r"\right)", ")")
        text = _SLOT.sub(put, written)
        return _Piece(text, text, tall, rises=level != "atom")

    def beside(self, left: _Piece, right: _Piece) -> _Piece:
        return _same(left.text + right.text, left.tall or right.tall)


_TALL = (r"\frac", r"\sqrt", r"\begin")


def _fenced(inside: str, tall: bool) -> str:
    """In parentheses, which grow with what is tall; others are not set apart from a function."""
    return rf"\left({inside}\right)" if tall else f"({inside})"


def head(name: str, row: Op | None = None) -> str:
    """What stands before the parenthesis of a call: the sign of a function, or its name."""
    return sign(name, row) or rf"\operatorname{{{prose(name)}}}"


def sign(name: str, row: Op | None = None) -> str:
    """The command that mathematics has for a function, by its row; "" if there is none."""
    row = row or next(iter(_BY_SPELLING[name]), None)
    return row.latex if row is not None and isinstance(row.latex, str) else ""


def _same(text: str, tall: bool = False) -> _Piece:
    return _Piece(text, text, tall)


def _template(row: Op) -> tuple[str, str]:
    """A row's own way of being written, if it needs no parentheses, and how tightly it binds."""
    if isinstance(row.latex, str) or row.latex[0] not in ("atom", "power", "choice"):
        return "", ""
    return row.latex


def number(text: str) -> str:
    """A number's text in LaTeX: ``-1.5e-7`` with a power of ten, ``1/2`` as a fraction."""
    sign = "-" if text.startswith("-") else ""
    top, _, bottom = text.removeprefix("-").partition("/")
    digits, _, exponent = top.partition("e")
    if digits in ("inf", "nan"):
        return sign + {"inf": r"\infty", "nan": r"\mathrm{nan}"}[digits]
    if bottom:
        return rf"{sign}\frac{{{top}}}{{{bottom}}}"
    return sign + (rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else digits)
