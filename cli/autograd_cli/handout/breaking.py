"""Where a long formula may be broken: before a sign of a sum, or of a product if need be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autograd_graph.formula import CLOSE, MINUS, OPEN, PLUS, TIMES, Formula, Token


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a formula that stays on one line, behind its sign: ``+``, ``-``, ``*`` or none.

    ``opens`` are the parentheses before it that are closed behind a later piece, ``closes`` those
    behind it.
    """

    sign: str
    formula: Formula
    opens: int = 0
    closes: int = 0

    @property
    def size(self) -> int:
        """How many characters wide it is, roughly."""
        return size(self.formula) + 3 * bool(self.sign) + self.opens + self.closes


def pieces(formula: Formula, room: int) -> list[Piece]:
    """A formula cut at the signs of its sum, and of the product where an addend exceeds ``room``.

    What is in parentheses is cut where a factor by itself exceeds it, the arguments of a function
    and a number with its power of ten never.
    """
    found: list[Piece] = []
    for addend in _cut(Piece("", formula), (PLUS, MINUS)):
        for factor in [addend] if addend.size <= room else _cut(addend, (TIMES,)):
            found += [factor] if factor.size <= room else _opened(factor, room)
    return found


def size(formula: Formula) -> int:
    """How many characters wide a formula is, roughly; a derivative has one name below the other."""
    width = len(str(formula))
    for text, kind in formula.tokens:
        if kind in ("total", "local"):
            of, by = text.split("/")
            width -= min(len(of), len(by)) + 2
    return width


def _cut(piece: Piece, signs: tuple[Token, ...]) -> list[Piece]:
    """A piece cut before each of the signs outside of parentheses."""
    found: list[tuple[str, list[Token]]] = [(piece.sign, [])]
    depth = 0
    for token in piece.formula.tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token in signs:
            found.append((token.text, []))
        else:
            found[-1][1].append(token)
    return [Piece(sign, Formula(tuple(tokens))) for sign, tokens in found]


def _opened(piece: Piece, room: int) -> list[Piece]:
    """The pieces of what is in parentheses, if nothing else is in the piece."""
    first, *inner = piece.formula.tokens
    if first != OPEN or not inner or inner.pop() != CLOSE:
        return [piece]
    depth = 0
    for token in inner:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            return [piece]
    found = pieces(Formula(tuple(inner)), room)
    found[0] = replace(found[0], sign=piece.sign, opens=found[0].opens + 1)
    found[-1] = replace(found[-1], closes=found[-1].closes + 1)
    return found
