"""Formulas as tokens, to be written as text of the language or with mathematical signs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

Kind = Literal[
    "number",
    "name",
    "operator",
    "sign",
    "open",
    "close",
    "comma",
    "words",
    "total",
    "local",
    "change",
]


class Token(NamedTuple):
    """A piece of a formula. An ``operator`` is binary, a ``sign`` is a prefix.

    A ``number`` includes its own sign; ``words`` are prose in place of a formula. ``total`` and
    ``local`` are derivatives, whose text is what is differentiated, a ``/``, and by what: a
    ``total`` one counts every path, a ``local`` one is a step's own, its other arguments held. A
    ``change`` is that of what it names.
    """

    text: str
    kind: Kind


PLUS, MINUS, TIMES, EQUALS = (Token(text, "operator") for text in "+-*=")
OPEN, CLOSE, COMMA = Token("(", "open"), Token(")", "close"), Token(",", "comma")
BEGIN, END = Token("", "open"), Token("", "close")
"""Around a fraction that is one factor of several: on one line nothing is written for them."""

QUOTE = '"'
"""Around a name that is to stand as it was typed, and not as the symbol that it would be."""

_TIGHT = "*/^"
"""Operators that are written without spaces."""

_NAMING = ("name", "total", "local", "change")
"""The kinds of tokens whose text is names."""


@dataclass(frozen=True, slots=True)
class Formula:
    """Tokens in the order of the text; ``str`` writes them in the program's language."""

    tokens: tuple[Token, ...]

    def __str__(self) -> str:
        pieces = []
        for text, kind in self.tokens:
            if kind == "comma":
                text = ", "
            elif kind == "operator" and text not in _TIGHT:
                text = f" {text} "
            elif kind in ("total", "local"):
                text = "d" + text.replace("/", "/d")
            elif kind == "change":
                text = f"d{text}"
            pieces.append(text)
        return "".join(pieces)

    @property
    def addends(self) -> list[Formula]:
        """The formula cut before every ``+`` and ``-`` outside of parentheses."""
        found: list[list[Token]] = [[]]
        depth = 0
        for token in self.tokens:
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0 and token in (PLUS, MINUS):
                found.append([])
            found[-1].append(token)
        return [Formula(tuple(tokens)) for tokens in found if tokens]

    @property
    def factor(self) -> Formula:
        """The formula as a factor: in parentheses if it is a sum or begins with a sign."""
        signed = self.tokens[0].text.startswith("-")
        return Formula((OPEN, *self.tokens, CLOSE)) if signed or self.loose else self

    @property
    def loose(self) -> bool:
        """Whether the formula is a sum, or another operator that binds no more than one."""
        depth = 0
        for text, kind in self.tokens:
            depth += (kind == "open") - (kind == "close")
            if depth == 0 and kind == "operator" and text not in _TIGHT:
                return True
        return False

    def put(self, values: Mapping[str, str]) -> Formula:
        """The formula with numbers in place of the names in ``values``.

        A negative one is put in parentheses unless it begins an expression and is not a base.
        """
        tokens: list[Token] = []
        for n, token in enumerate(self.tokens):
            after = self.tokens[n + 1] if n + 1 < len(self.tokens) else CLOSE
            if token.kind != "name" or token.text not in values or after == OPEN:
                tokens.append(token)
                continue
            number = Token(values[token.text], "number")
            begins = not tokens or tokens[-1] in (OPEN, COMMA)
            bare = not number.text.startswith("-") or (begins and after.text != "^")
            tokens += [number] if bare else [OPEN, number, CLOSE]
        return Formula(tuple(tokens))

    def quoted(self, names: Container[str]) -> Formula:
        """The formula with some of its names in quotes: see :data:`QUOTE`."""
        if not any(token.kind in _NAMING for token in self.tokens):
            return self
        return Formula(
            tuple(
                Token("/".join(quoted(part, names) for part in text.split("/")), kind)
                if kind in _NAMING
                else Token(text, kind)
                for text, kind in self.tokens
            )
        )

    def equals(self, other: Formula) -> Formula:
        """The equation of two formulas."""
        return Formula((*self.tokens, EQUALS, *other.tokens))

    def times(self, other: Formula) -> Formula:
        """The product; neither factor is put in parentheses."""
        return Formula((*self._together.tokens, TIMES, *other._together.tokens))

    @property
    def _together(self) -> Formula:
        """The formula, kept together if it is a quotient."""
        depth = 0
        for text, kind in self.tokens:
            depth += (kind == "open") - (kind == "close")
            if depth == 0 and kind == "operator" and text == "/":
                return Formula((BEGIN, *self.tokens, END))
        return self

    @property
    def runs(self) -> list[tuple[bool, Formula]]:
        """Words and mathematics in turn, each with whether it is words."""
        parts = groupby(self.tokens, lambda token: token.kind == "words")
        return [(prose, Formula(tuple(tokens))) for prose, tokens in parts]

    def minus(self, other: Formula) -> Formula:
        """The difference; neither operand is put in parentheses."""
        return Formula((*self.tokens, MINUS, *other.tokens))


def quoted(label: str, names: Container[str]) -> str:
    """A label, its name in quotes if it is one of ``names``: see :data:`QUOTE`."""
    plain, mark, binding = label.partition("#")
    return f"{QUOTE}{plain}{QUOTE}{mark}{binding}" if plain in names else label


def number(text: str) -> Formula:
    """A formula of one number."""
    return Formula((Token(text, "number"),))


def name(text: str) -> Formula:
    """A formula of one name."""
    return Formula((Token(text, "name"),))


def slope(of: str, by: str, kind: Literal["total", "local"]) -> Formula:
    """The derivative of ``of`` by ``by`` as a sign of its own: ``dJ/dw``, or a local one."""
    return Formula((Token(f"{of}/{by}", kind),))


def change(of: str) -> Formula:
    """How much ``of`` changes."""
    return Formula((Token(of, "change"),))


def joined(parts: Iterable[Formula]) -> Formula:
    """Formulas and words one after the other."""
    return Formula(tuple(token for part in parts for token in part.tokens))


def words(text: str) -> Formula:
    """Prose in place of a formula."""
    return Formula((Token(text, "words"),))


def total(addends: Iterable[Formula]) -> Formula:
    """The sum; no addend is put in parentheses."""
    tokens: list[Token] = []
    for n, addend in enumerate(addends):
        tokens += (PLUS, *addend.tokens) if n else addend.tokens
    return Formula(tuple(tokens))
