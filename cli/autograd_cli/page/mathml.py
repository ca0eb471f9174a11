"""Formulas as MathML, with places in which names or numbers may stand.

A formula's tokens become a :data:`Template`: pieces of MathML, and between them the places of the
nodes that it names. :func:`filled` puts a text into each place: a name for the formula itself, a
number for the same with the numbers put in. A page's script fills the same templates.

Only MathML Core is written, which browsers draw by themselves: parentheses that do not stretch
unless they are about something tall, a minus sign in a row of its own with its number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple

from autograd_graph.export.names import greek
from autograd_graph.formula import Formula, Token


class Place(NamedTuple):
    """Where the name or number of a node stands.

    ``within`` is 0 where nothing stands before it that a sign would run into, 1 where a negative
    number has to be in parentheses, and 2 where a power is taken of it, so that any number that is
    not plain digits has to.
    """

    node: int
    within: int


Template = tuple[str | Place, ...]


class _Piece(NamedTuple):
    """A part of a formula: how it is written, the same without parentheses, whether it is tall."""

    pieces: Template
    bare: Template
    tall: bool = False


_BINDING = {"<": 1, "<=": 1, ">": 1, ">=": 1, "==": 1, "!=": 1, "+": 2, "-": 2, "*": 3, "/": 3}
_SIGN, _POWER = 4, 5

_OPERATORS = {"-": "−", "*": "·", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}

_FUNCTIONS = {"sigmoid": "σ", "gamma": "Γ", "lgamma": "ln Γ", "log": "ln", "digamma": "ψ"}
"""Functions with a sign of their own; the language's ``log`` is the natural one."""


def template(formula: Formula, places: Mapping[str, int]) -> Template:
    """A formula's template. ``places`` are the nodes of the names that stand in it."""
    return _Reader(formula.tokens, places).read().pieces


def filled(found: Template, put: Callable[[Place], str]) -> str:
    """A template's MathML, with a text for each place."""
    return "".join(piece if isinstance(piece, str) else put(piece) for piece in found)


class _Reader:
    """Reads tokens by precedence, with stacks of its own: depth is no limit."""

    def __init__(self, tokens: tuple[Token, ...], places: Mapping[str, int]) -> None:
        self._tokens = tokens
        self._places = places
        self._operands: list[_Piece] = []
        self._waiting: list[tuple[str, int]] = []
        """Operators with how tightly they bind; 0 for what opens: ``(`` or a function's name."""
        self._arguments: list[int] = []

    def read(self) -> _Piece:
        """The whole formula as one piece."""
        for n, (text, kind) in enumerate(self._tokens):
            match kind:
                case "number":
                    self._operands.append(_number(text))
                case "name" if self._kind(n + 1) == "open":
                    self._waiting.append((text, 0))
                case "name" | "words":
                    self._operands.append(self._name(n, text, kind))
                case "open":
                    if not (n and self._calls(n - 1)):
                        self._waiting.append(("(", 0))
                    self._arguments.append(1)
                case "comma":
                    self._reduce(1)
                    self._arguments[-1] += 1
                case "close":
                    self._reduce(1)
                    self._close()
                case "sign":
                    self._waiting.append((text, _SIGN))
                case "operator":
                    binding = _BINDING.get(text, _POWER)
                    self._reduce(binding + (text == "^"))
                    self._waiting.append((text, binding))
        self._reduce(1)
        return self._operands[-1]

    def _kind(self, n: int) -> str:
        return self._tokens[n].kind if n < len(self._tokens) else ""

    def _calls(self, n: int) -> bool:
        return self._tokens[n].kind == "name"

    def _name(self, n: int, text: str, kind: str) -> _Piece:
        if text not in self._places:
            written = f"<mtext>{escape(text)}</mtext>" if kind == "words" else symbol(text)
            return _Piece((written,), (written,))
        begins = n == 0 or self._tokens[n - 1].kind in ("open", "comma")
        raised = n + 1 < len(self._tokens) and self._tokens[n + 1].text == "^"
        node = self._places[text]
        return _Piece(
            (Place(node, 2 if raised else 0 if begins else 1),), (Place(node, 2 * raised),)
        )

    def _reduce(self, least: int) -> None:
        """Apply the waiting operators that bind at least so tightly."""
        while self._waiting and self._waiting[-1][1] >= least:
            text, binding = self._waiting.pop()
            right = self._operands.pop()
            if binding == _SIGN:
                self._operands.append(_signed(text, right))
            else:
                self._operands.append(_binary(text, self._operands.pop(), right))

    def _close(self) -> None:
        count = self._arguments.pop()
        given = self._operands[-count:]
        del self._operands[-count:]
        name, _ = self._waiting.pop()
        self._operands.append(_group(given[0]) if name == "(" else _call(name, given))


def _mo(text: str) -> str:
    return f"<mo>{escape(_OPERATORS.get(text, text))}</mo>"


def _fence(mark: str, form: str, tall: bool) -> str:
    stretchy = "" if tall else ' stretchy="false"'
    return f'<mo form="{form}"{stretchy}>{mark}</mo>'


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


def _group(piece: _Piece, left: str = "(", right: str = ")") -> _Piece:
    inside = piece.pieces
    pieces = _row(_fence(left, "prefix", piece.tall), inside, _fence(right, "postfix", piece.tall))
    return _Piece(pieces, inside, piece.tall)


def _signed(text: str, operand: _Piece) -> _Piece:
    pieces = _row(f'<mo form="prefix">{_OPERATORS.get(text, text)}</mo>', operand.pieces)
    return _Piece(pieces, pieces, operand.tall)


def _binary(text: str, left: _Piece, right: _Piece) -> _Piece:
    if text == "/":
        pieces = _element("mfrac", left.bare, right.bare)
        return _Piece(pieces, pieces, tall=True)
    if text == "^":
        pieces = _element("msup", left.pieces, right.bare)
        return _Piece(pieces, pieces, left.tall)
    pieces = (*left.pieces, _mo(text), *right.pieces)
    return _Piece(pieces, pieces, left.tall or right.tall)


def _call(name: str, given: list[_Piece]) -> _Piece:
    tall = any(piece.tall for piece in given)
    if name == "sqrt":
        pieces = _element("msqrt", given[0].pieces)
        return _Piece(pieces, pieces, tall=True)
    if name == "abs":
        group = _group(given[0], "|", "|").pieces
        return _Piece(group, group, tall)
    if name == "where" and len(given) == 3:
        return _cases(*given)
    listed: list[str | Place] = []
    for n, piece in enumerate(given):
        listed += ["<mo>,</mo>"] * bool(n)
        listed += piece.pieces
    shown = _FUNCTIONS.get(name, name)
    upright = ' mathvariant="normal"' * (len(shown) == 1 and shown.isascii())
    whole = _group(_Piece(tuple(listed), tuple(listed), tall)).pieces
    pieces = _row(f"<mi{upright}>{escape(shown)}</mi><mo>&#x2061;</mo>", whole)
    return _Piece(pieces, pieces, tall)


def _cases(condition: _Piece, chosen: _Piece, other: _Piece) -> _Piece:
    """A choice as mathematics writes it: two lines behind a brace."""
    line = "<mtr><mtd>", "</mtd><mtd>", "</mtd></mtr>"
    asked = '<mtext>if</mtext><mspace width="0.35em"/>'
    pieces = _row(
        '<mo form="prefix" stretchy="true">{</mo><mtable>',
        (line[0], *chosen.pieces, line[1], asked, *condition.pieces, line[2]),
        (line[0], *other.pieces, line[1], "<mtext>otherwise</mtext>", line[2]),
        "</mtable>",
    )
    return _Piece(pieces, pieces, tall=True)


def _number(text: str) -> _Piece:
    """A literal: a fraction as one, an exponent as a power of ten."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if "/" in digits:
        top, bottom = digits.split("/")
        written = f"<mfrac><mn>{top}</mn><mn>{bottom}</mn></mfrac>"
    else:
        written = number(digits)
    if sign:
        written = f'<mrow><mo form="prefix">−</mo>{written}</mrow>'
    return _Piece((written,), (written,), "/" in digits)


def number(text: str) -> str:
    """A number's text as MathML: ``-1.5e-7`` with a power of ten."""
    digits, _, exponent = text.replace("−", "-").lstrip("-").partition("e")
    written = f"<mn>{escape(digits)}</mn>"
    if exponent:
        power = int(exponent)
        raised = f"<mn>{abs(power)}</mn>"
        if power < 0:
            raised = f'<mrow><mo form="prefix">−</mo>{raised}</mrow>'
        written = f"<mrow>{written}<mo>×</mo><msup><mn>10</mn>{raised}</msup></mrow>"
    if text[0] in "-−":
        written = f'<mrow><mo form="prefix">−</mo>{written}</mrow>'
    return written


_INDEXED = re.compile(r"(_*[^\W\d_]+)_?(\d+)|(_*[^\W_]+)_(\w*[^\W_])")
_LETTERS = {greek(letter): letter for letter in "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"}


def symbol(name: str) -> str:
    """A name as mathematics writes it: Greek letters by name, ``x1`` and ``net_h1`` with index.

    An earlier binding of a name, ``c#1``, has its number in parentheses above.
    """
    plain, _, binding = name.partition("#")
    plain = "".join(
        unicodedata.normalize("NFKC", c) if unicodedata.category(c) == "No" else c for c in plain
    )
    found = _INDEXED.fullmatch(plain)
    base, index = (plain, "") if found is None else (found[1] or found[3], found[2] or found[4])
    written = _identifier(base)
    if index:
        below = f"<mn>{index}</mn>" if index.isdigit() else _identifier(index.replace("_", ","))
        written = f"<msub>{written}{below}</msub>"
    if binding:
        written = (
            f"<msup>{written}<mrow><mo>(</mo><mn>{escape(binding)}</mn><mo>)</mo></mrow></msup>"
        )
    return written


def _identifier(word: str) -> str:
    return f"<mi>{escape(_LETTERS.get(word, word))}</mi>"
