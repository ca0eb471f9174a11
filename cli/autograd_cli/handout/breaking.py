"""Where a long formula may be broken: before a sign of a sum, or of a product if need be.

What is in parentheses is broken too: in a factor, in the arguments of a function, in the base of a
power, above or below the line of a fraction, which is then written with a stroke; and a long
exponent, which then stands on the line behind a ``^``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from autograd_graph.formula import BEGIN, COMMA, MINUS, OPEN, PLUS, TIMES, Formula, Token


class Opening(NamedTuple):
    """A parenthesis that is closed behind a later piece, and what stands before it.

    ``sign`` is a prefix, ``function`` the name of what is called, and ``power`` a whole number to
    which it is raised, as in ``sin^2(``. Each of them may be "".
    """

    sign: str
    function: str
    power: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a formula that stays on one line.

    It stands behind its ``sign`` (an operator, or none) and behind the parentheses
    that it ``opens``. Behind it are those that it ``closes``, the last one opened first, each with
    its exponent if it has one, and a ``comma`` or none. A line may end before it if it ``breaks``.
    """

    sign: str
    formula: Formula
    opens: tuple[Opening, ...] = ()
    closes: tuple[Formula | None, ...] = ()
    comma: bool = False
    breaks: bool = False

    @property
    def size(self) -> int:
        """How many characters wide it is, roughly."""
        opened = sum(len("".join(opening)) + 1 for opening in self.opens)
        closed = sum(1 + (len(str(power)) if power else 0) for power in self.closes)
        return size(self.formula) + 3 * bool(self.sign) + opened + closed + self.comma


def pieces(formula: Formula, room: int) -> list[Piece]:
    """A formula cut at the signs of its sum, and within an addend where that exceeds ``room``.

    A number and its power of ten are never cut. Depth is no limit.
    """
    return list(_Cutter(formula, room).pieces())


def size(formula: Formula) -> int:
    """How many characters wide a formula is, roughly; a derivative has one name below the other."""
    return len(str(formula)) - sum(map(_below, formula.tokens))


def _below(token: Token) -> int:
    """How many characters of a token take no width, as they stand below others."""
    if token.kind not in ("total", "local"):
        return 0
    of, by = token.text.split("/")
    return min(len(of), len(by)) + 2


class _Part(NamedTuple):
    """The tokens from ``start`` to ``end``, and the rest of what a :class:`Piece` has.

    ``level`` says how it has been cut already.
    """

    level: int
    start: int
    end: int
    sign: str = ""
    opens: tuple[Opening, ...] = ()
    closes: tuple[Formula | None, ...] = ()
    comma: bool = False
    breaks: bool = False


_SUM, _PRODUCT, _QUOTIENT, _POWER, _GROUP, _CUT = range(6)
"""What a part is cut at next, from the loosest to the tightest."""

_AT = {
    _SUM: (PLUS, MINUS, *(Token(text, "operator") for text in ("<", "<=", ">", ">=", "==", "!="))),
    _PRODUCT: (TIMES,),
    _QUOTIENT: (Token("/", "operator"),),
    _POWER: (Token("^", "operator"),),
}


class _Cutter:
    """Cuts one formula, by places in its list of tokens."""

    def __init__(self, formula: Formula, room: int) -> None:
        self._tokens = formula.tokens
        self._room = room
        widths = (size(Formula((token,))) for token in formula.tokens)
        self._width = [*accumulate(widths, initial=0)]
        self._matching: dict[int, int] = {}
        opened: list[int] = []
        for n, token in enumerate(formula.tokens):
            if token.kind == "open":
                opened.append(n)
            elif token.kind == "close":
                self._matching[opened.pop()] = n

    def pieces(self) -> Iterator[Piece]:
        waiting = [_Part(_SUM, 0, len(self._tokens))]
        while waiting:
            part = waiting.pop()
            wide = self._is_wide(part.start, part.end)
            if part.level == _CUT or (part.level > _SUM and not wide):
                formula = Formula(self._tokens[part.start : part.end])
                yield Piece(part.sign, formula, *part[4:])
            else:
                waiting += reversed(self._finer(part))

    def _is_wide(self, start: int, end: int) -> bool:
        return self._width[end] - self._width[start] > self._room

    def _finer(self, part: _Part) -> list[_Part]:
        if part.level == _POWER:
            return self._lowered(part)
        if part.level == _GROUP:
            return self._opened(part)
        start, end = part.start, part.end
        if self._tokens[start] == BEGIN and self._matching[start] == end - 1:
            return [part._replace(level=_PRODUCT, start=start + 1, end=end - 1)]
        places = self._outside(start, end, _AT[part.level])
        return [
            cut._replace(sign=self._tokens[n].text, breaks=True) if n >= 0 else cut
            for n, cut in self._divided(part._replace(level=part.level + 1), start, end, places)
        ]

    def _outside(self, start: int, end: int, signs: tuple[Token, ...]) -> list[int]:
        """Where these signs stand outside of parentheses."""
        found, n = [], start
        while n < end:
            if self._tokens[n] in signs:
                found.append(n)
            n = self._matching.get(n, n) + 1
        return found

    def _divided(
        self, part: _Part, start: int, end: int, places: list[int]
    ) -> Iterator[tuple[int, _Part]]:
        """The parts between places, each with the place before it, which is -1 for the first."""
        befores, ends = [-1, *places], [*places, end]
        for n, (before, until) in enumerate(zip(befores, ends, strict=True)):
            first, last = n == 0, n == len(places)
            yield (
                before,
                part._replace(
                    start=start if first else before + 1,
                    end=until,
                    opens=part.opens if first else (),
                    closes=part.closes if last else (),
                    comma=part.comma and last,
                ),
            )

    def _lowered(self, part: _Part) -> list[_Part]:
        """The base of a power and a long exponent, which is in parentheses; others stay raised."""
        whole = part._replace(level=_GROUP)
        places = self._outside(part.start, part.end, _AT[_POWER])[:1]
        if not places or not self._is_wide(places[0] + 1, part.end):
            return [whole]
        (_, base), (_, exponent) = self._divided(whole, part.start, part.end, places)
        start, end = exponent.start, exponent.end
        if self._tokens[start] == OPEN and self._matching[start] == end - 1:
            start, end = start + 1, end - 1
        return [
            base,
            exponent._replace(
                level=_SUM,
                start=start,
                end=end,
                sign="^",
                opens=(Opening("", "", ""),),
                closes=(None, *exponent.closes),
                breaks=False,
            ),
        ]

    def _opened(self, part: _Part) -> list[_Part]:
        """The parts of what is in parentheses: a factor, the arguments of a function, a base."""
        tokens, start, end = self._tokens, part.start, part.end
        sign = ""
        if tokens[start].kind == "sign":
            sign, start = tokens[start].text, start + 1
        function = tokens[start].text if tokens[start].kind == "name" else ""
        start += bool(function)
        close = self._matching.get(start, -1) if start < end else -1
        raised = close + 1 < end and tokens[close + 1].text == "^"
        if close < 0 or tokens[start] != OPEN or not (raised or close + 1 == end):
            return [part._replace(level=_CUT)]
        exponent = Formula(tokens[close + 2 : end]) if raised else None
        power = str(exponent) if function and exponent and str(exponent).isdigit() else ""
        opens: tuple[Opening, ...] = (Opening(sign, function, power),)
        closes: tuple[Formula | None, ...] = (None if power else exponent,)
        if function and exponent and not power:  # it is that of parentheses around the call
            opens = (Opening(sign, "", ""), Opening("", function, ""))
            closes = (None, exponent)
        inside = part._replace(level=_SUM, opens=part.opens + opens, closes=closes + part.closes)
        commas = self._outside(start + 1, close, (COMMA,))
        arguments = [*self._divided(inside, start + 1, close, commas)]
        last = len(arguments) - 1
        return [
            argument._replace(
                sign="" if n else argument.sign,
                comma=argument.comma if n == last else True,
                breaks=n > 0 or argument.breaks,
            )
            for n, (_, argument) in enumerate(arguments)
        ]
