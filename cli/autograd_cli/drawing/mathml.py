"""Formulas as MathML, with places in which names or numbers may stand.

A formula becomes a :data:`Template`: pieces of MathML, and between them the places of the nodes
that it names. :func:`filled` puts a text into each place: a name for the formula itself, a number
for the same with the numbers put in. A page's script fills the same templates.

Only MathML Core is written, which browsers draw by themselves: parentheses that do not stretch
unless they are about something tall, a minus sign in a row of its own with its number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple

from autograd_cli.drawing import latex
from autograd_cli.drawing.glyphs import UNICODE
from autograd_cli.drawing.precedence import Signs, read
from autograd_graph.export.names import base_and_index, greek, index_written
from autograd_graph.formula import QUOTE, Formula


class Place(NamedTuple):
    """Where the name or number of a node stands.

    ``within`` is 0 where nothing stands before it that a sign would run into, 1 where a negative
    number has to be in parentheses, and 2 where a power is taken of it, so that any number that is
    not plain digits has to.
    """

    node: int
    within: int


Template = tuple[str | Place, ...]


def template(formula: Formula, places: Mapping[str, int]) -> Template:
    """A formula's template. ``places`` are the nodes of the names that stand in it."""
    return read(formula, _MathML(places)).pieces


def filled(found: Template, put: Callable[[Place], str]) -> str:
    """A template's MathML, with a text for each place."""
    return "".join(piece if isinstance(piece, str) else put(piece) for piece in found)


def mathml(formula: Formula) -> str:
    """A formula as MathML, to stand in a ``math`` element."""
    return "".join(piece for piece in template(formula, {}) if isinstance(piece, str))


class _Piece(NamedTuple):
    """A part of a formula: how it is written, the same without parentheses, whether it is tall.

    A call has the ``head`` to which a power is written, and the arguments behind it; what has to be
    put in parentheses to be a base ``rises``.
    """

    pieces: Template
    bare: Template
    tall: bool = False
    head: str = ""
    rest: Template = ()
    rises: bool = False


OPERATORS = {"-": "&#x2212;", "*": "&#xb7;", "<=": "&#x2264;", ">=": "&#x2265;", "==": "=",
              "!=": "&#x2260;", "<": "&lt;", ">": "&gt;"}  # fmt: skip
"""How operators are written that are not written as they are typed."""

APPLIED = "<mo>&#x2061;</mo>"
"""Between a function and its arguments."""

_PARTIAL, _CHANGE = "<mo>&#x2202;</mo>", "<mo>&#x394;</mo>"
WHOLE = "<mtext>d</mtext>"
"""The upright d of a derivative; behind an ``mi`` that is upright Firefox leaves a space."""


_BASES: dict[str, Template] = {"log2": ("<mn>2</mn>",), "log10": ("<mn>10</mn>",)}


class _MathML(Signs[_Piece]):
    """Writes pieces of MathML."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places

    def name(self, text: str, *, begins: bool, raised: bool) -> _Piece:
        if text not in self._places:
            return _piece(symbol(text))
        node = self._places[text]
        within = 2 if raised else 0 if begins else 1
        return _Piece((Place(node, within),), (Place(node, 2 * raised),))

    def number(self, text: str, *, raised: bool) -> _Piece:
        written = _piece(number(text), tall="/" in text)
        return self.group(written) if raised and ("e" in text or "/" in text) else written

    def words(self, text: str) -> _Piece:
        bare = text.strip(" ")
        before, after = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
        kept = ["&#xa0;" * len(blanks) for blanks in (before, after)]  # browsers drop blanks there
        return _piece(f"<mtext>{kept[0]}{escape(bare)}{kept[1]}</mtext>")

    def slope(self, of: str, by: str, *, total: bool) -> _Piece:
        d = WHOLE if total else _PARTIAL
        top, bottom = (f"<mrow>{d}{symbol(part)}</mrow>" for part in (of, by))
        return _piece(f"<mfrac>{top}{bottom}</mfrac>", tall=True)

    def change(self, of: str) -> _Piece:
        return _piece(f"<mrow>{_CHANGE}{symbol(of)}</mrow>")

    def signed(self, sign: str, operand: _Piece) -> _Piece:
        pieces = _row(prefix(sign), operand.pieces)
        return _Piece(pieces, pieces, operand.tall)

    def binary(self, operator: str, left: _Piece, right: _Piece) -> _Piece:
        if operator == "/":
            pieces = _element("mfrac", left.bare, right.bare)
            return _Piece(pieces, pieces, tall=True)
        if operator == "^":
            if left.head and len(right.bare) == 1 and _WHOLE_NUMBER.fullmatch(str(right.bare[0])):
                pieces = _row(f"<msup>{left.head}{right.bare[0]}</msup>{APPLIED}", left.rest)
                return _Piece(pieces, pieces, left.tall)
            base = self.group(left) if left.rises or left.head else left
            pieces = _element("msup", base.pieces, right.bare)
            return _Piece(pieces, pieces, left.tall, rises=True)
        sign = f"<mo>{OPERATORS.get(operator, operator)}</mo>"
        pieces = (*left.pieces, sign, *right.pieces)
        return _Piece(pieces, pieces, left.tall or right.tall)

    def group(self, inside: _Piece) -> _Piece:
        return _fenced(inside, "(", ")")

    def call(self, name: str, arguments: list[_Piece]) -> _Piece:
        tall = any(piece.tall for piece in arguments)
        if name in ("sqrt", "cbrt"):
            three: Template = ("<mn>3</mn>",)
            pieces = (
                _element("msqrt", arguments[0].pieces)
                if name == "sqrt"
                else _element("mroot", arguments[0].pieces, three)
            )
            return _Piece(pieces, pieces, tall=True)
        if name == "abs":
            group = _fenced(arguments[0], "|", "|").pieces
            return _Piece(group, group, tall)
        if name == "where" and len(arguments) == 3:
            return _cases(*arguments)
        if name == "exp":
            pieces = _element("msup", ("<mi>e</mi>",), arguments[0].pieces)
            return _Piece(pieces, pieces, tall, rises=True)
        listed: list[str | Place] = []
        for n, piece in enumerate(arguments):
            listed += ["<mo>,</mo>"] * bool(n)
            listed += piece.pieces
        whole = self.group(_Piece(tuple(listed), tuple(listed), tall)).pieces
        if name == "lgamma":
            size = _fenced(_Piece(whole := _row(head("gamma"), APPLIED, whole), whole), "|", "|")
            pieces = _row(head("log"), APPLIED, size.pieces)
            return _Piece(pieces, pieces, tall, rises=True)
        base = arguments[1].pieces if len(arguments) == 2 else _BASES.get(name, ())
        if name in ("log", *_BASES) and base:
            base = _element("msub", ("<mi>log</mi>",), base)
            pieces = _row(base, APPLIED, self.group(arguments[0]).pieces)
            return _Piece(pieces, pieces, tall, rises=True)
        begun = head(name)
        pieces = _row(begun, APPLIED, whole)
        return _Piece(pieces, pieces, tall, begun, whole)

    def beside(self, left: _Piece, right: _Piece) -> _Piece:
        pieces = (*left.pieces, *right.pieces)
        return _Piece(pieces, pieces, left.tall or right.tall)


_COMMAND = re.compile(r"\\operatorname\{(.*)\}|\\([A-Za-z]+)")
"""How LaTeX writes the name of a function."""

_WHOLE_NUMBER = re.compile(r"<mn>\d+</mn>")


def _piece(written: str, tall: bool = False) -> _Piece:
    return _Piece((written,), (written,), tall)


def head(name: str) -> str:
    """What stands before the parenthesis of a call: the function's sign in LaTeX, or its name."""
    sign = _COMMAND.fullmatch(latex.sign(name))
    word = (sign[1] or sign[2]) if sign else name
    shown = escape(_LETTERS.get(word, word))
    upright = ' mathvariant="normal"' * (len(shown) == 1)
    return f"<mi{upright}>{shown}</mi>"


def prefix(sign: str) -> str:
    """A sign before its operand."""
    return f'<mo form="prefix">{OPERATORS.get(sign, sign)}</mo>'


def _row(*parts: str | Template) -> Template:
    """Pieces as one row."""
    found: list[str | Place] = ["<mrow>"]
    for part in parts:
        found += [part] if isinstance(part, str) else part
    return (*found, "</mrow>")


def _element(name: str, *children: Template) -> Template:
    """An element; a child of several pieces is a row."""
    rows = [piece for child in children for piece in (child if len(child) == 1 else _row(child))]
    return (f"<{name}>", *rows, f"</{name}>")


def _cases(condition: _Piece, chosen: _Piece, other: _Piece) -> _Piece:
    """A choice as mathematics writes it: two lines behind a brace."""
    begin, between, end = "<mtr><mtd>", "</mtd><mtd>", "</mtd></mtr>"
    asked = '<mtext>if</mtext><mspace width="0.35em"/>'
    pieces = _row(
        '<mo form="prefix" stretchy="true">{</mo><mtable>',
        (begin, *chosen.pieces, between, asked, *condition.pieces, end),
        (begin, *other.pieces, between, "<mtext>otherwise</mtext>", end),
        "</mtable>",
    )
    return _Piece(pieces, pieces, tall=True)


def _fenced(inside: _Piece, left: str, right: str) -> _Piece:
    stretchy = "" if inside.tall else ' stretchy="false"'
    before = f'<mo form="prefix"{stretchy}>{left}</mo>'
    after = f'<mo form="postfix"{stretchy}>{right}</mo>'
    return _Piece(_row(before, inside.pieces, after), inside.pieces, inside.tall)


def number(text: str) -> str:
    """A number's text as MathML: ``-1.5e-7`` with a power of ten, ``1/2`` as a fraction."""
    text = text.replace(UNICODE.minus, "-")
    negative = text.startswith("-")
    top, _, bottom = text.removeprefix("-").partition("/")
    digits, _, exponent = top.partition("e")
    if digits == "inf":
        written = "<mn>&#x221e;</mn>"
    elif bottom:
        written = f"<mfrac><mn>{top}</mn><mn>{bottom}</mn></mfrac>"
    elif exponent:
        power = number(str(int(exponent)))
        written = f"<mn>{digits}</mn><mo>&#xd7;</mo><msup><mn>10</mn>{power}</msup>"
        written = f"<mrow>{written}</mrow>"
    else:
        written = f"<mn>{escape(digits)}</mn>"
    return f"<mrow>{prefix('-')}{written}</mrow>" if negative else written


_LETTERS = {greek(chr(letter)): chr(letter) for letter in range(0x391, 0x3CA)}


def symbol(name: str) -> str:
    """A name as mathematics writes it: Greek letters by name, ``x1`` and ``net_h1`` with index.

    An earlier binding of a name, ``c#1``, has its number in parentheses above. A name in quotes
    stands as it was typed.
    """
    plain, _, binding = name.partition("#")
    base, index = base_and_index(plain)
    written = _identifier(base)
    if plain.startswith(QUOTE):
        written = f"<mtext>{escape(plain.strip(QUOTE))}</mtext>"
    elif index:
        words = _identifier(index_written(index, " ")).replace(" ", "&#xa0;")
        below = f"<mn>{index}</mn>" if index.isdigit() else words
        written = f"<msub>{written}{below}</msub>"
    if binding:
        above = f"<mo>(</mo><mn>{escape(binding)}</mn><mo>)</mo>"
        written = f"<msup>{written}<mrow>{above}</mrow></msup>"
    return written


def _identifier(word: str) -> str:
    return f"<mi>{escape(_LETTERS.get(word, word))}</mi>"
