"""The place of a syntax error, and the tokens around it.

A hint is most helpful if it shows the user's own program, corrected. So a place can tell where the
operand before or after a token begins and ends, how far the expression around it extends, and what
its line is with some of its tokens replaced.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from autograd_grammar.automaton import END
from autograd_grammar.lalr import Token
from autograd_grammar.mending import Mending
from autograd_grammar.suggestions import is_function
from autograd_graph.errors import Span

OPERAND_ENDS = ("NUMBER", "NAME", "RPAR", "SUPERSCRIPT")
ROOTS = ("ROOT", "CUBE_ROOT")
OPERAND_STARTS = ("NUMBER", "NAME", "LPAR", *ROOTS)
COMPARISONS = ("LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "EQUAL", "NOT_EQUAL")
POWERS = ("POWER",)
PRODUCTS = ("TIMES", "OVER", *POWERS)
SUMS = ("PLUS", "MINUS", *PRODUCTS)
BINARY = (*SUMS, *COMPARISONS)
BINDINGS = ("EQUALS", "AUGMENTED")
STATEMENT_ENDS = ("NEWLINE", "SEMICOLON", END)

_SHOWN = 120
"""The longest line, in characters, that a hint repeats; of a longer one it shows a part."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parser stopped: the text, all tokens, and the position of the unexpected one.

    Methods count tokens from the unexpected one (``offset``), or from the first (``n``).
    """

    text: str
    tokens: list[Token]
    at: int
    expected: set[str]
    mendings: list[Mending] = field(default_factory=list)
    """The corrections that :meth:`mended` and :meth:`with_stars` made."""

    def kind(self, offset: int = 0) -> str:
        """The terminal at ``offset`` tokens from the unexpected one; "" beyond the ends."""
        n = self.at + offset
        return self.tokens[n][0] if 0 <= n < len(self.tokens) else ""

    def word(self, offset: int = 0) -> str:
        """The text of the token at ``offset`` tokens from the unexpected one."""
        n = self.at + offset
        return self.tokens[n][1] if 0 <= n < len(self.tokens) else ""

    @property
    def span(self) -> Span:
        """The span of the unexpected token; at the end of the text, of the position after it."""
        kind, _, start, end = self.tokens[self.at]
        if kind == END:
            last = self.tokens[self.at - 1][3] if self.at else 0
            return last, last + 1
        return start, end

    def span_of(self, first: int, last: int) -> Span:
        """The span from the token at offset ``first`` to the one at offset ``last``."""
        return self.tokens[self.at + first][2], self.tokens[self.at + last][3]

    def touching(self, offset: int) -> bool:
        """Whether the token at ``offset`` directly follows the one before it."""
        n = self.at + offset
        return 0 < n < len(self.tokens) and self.tokens[n - 1][3] == self.tokens[n][2]

    def newline_between(self, start: int, end: int) -> bool:
        """Whether a line ends in a range of the text."""
        return any(mark in self.text[start:end] for mark in "\r\n")

    def statement_before(self) -> list[Token]:
        """The tokens of the statement up to the unexpected one."""
        head = self.at
        while head > 0 and self.tokens[head - 1][0] not in STATEMENT_ENDS:
            head -= 1
        return self.tokens[head : self.at]

    def opened(self) -> int | None:
        """The position of the innermost open parenthesis here; ``None`` if there is none."""
        depth = 0
        for n in range(self.at - 1, -1, -1):
            kind = self.tokens[n][0]
            if kind == "RPAR":
                depth += 1
            elif kind == "LPAR":
                depth -= 1
                if depth < 0:
                    return n
            elif kind == "SEMICOLON":
                return None
        return None

    def closed(self, opened: int) -> bool:
        """Whether the parenthesis at position ``opened`` is closed somewhere."""
        return self._partner(opened, 1) is not None

    def _partner(self, n: int, step: int) -> int | None:
        depth = 0
        while 0 <= n < len(self.tokens):
            kind = self.tokens[n][0]
            if kind in ("LPAR", "RPAR"):
                depth += 1 if kind == "LPAR" else -1
                if depth == 0:
                    return n
            n += step
        return None

    # ranges of tokens -----------------------------------------------------------------------

    def shown(self, first: int, last: int) -> str:
        """The program's text of the tokens from ``first`` up to ``last``, on one line."""
        if first >= last:
            return ""
        return " ".join(self.text[self.tokens[first][2] : self.tokens[last - 1][3]].split())

    def operand_before(self, n: int, joined_by: Collection[str] = ()) -> int:
        """The first token of the operand that the token ``n`` ends; ``n + 1`` if there is none.

        ``joined_by`` are the operators that may stand inside the operand.
        """
        first = n + 1
        while n >= 0:
            kind = self.tokens[n][0]
            if kind == "SUPERSCRIPT" and n > 0:
                n -= 1
                kind = self.tokens[n][0]
            if kind == "RPAR":
                partner = self._partner(n, -1)
                if partner is None:
                    return first
                called = partner > 0 and self.tokens[partner - 1][0] == "NAME"
                first = partner - 1 if called else partner
            elif kind in ("NUMBER", "NAME"):
                first = n
            else:
                return first
            if first == 0 or self.tokens[first - 1][0] not in joined_by:
                return first
            n = first - 2
        return first

    def operand_after(self, n: int, joined_by: Collection[str] = ()) -> int:
        """One past the last token of the operand that begins at the token ``n``."""
        last = n
        while n < len(self.tokens):
            while self.tokens[n][0] in ("PLUS", "MINUS", *ROOTS):
                n += 1
            kind = self.tokens[n][0]
            if kind == "NAME" and self.tokens[n + 1][0] == "LPAR":
                n += 1
                kind = "LPAR"
            if kind == "LPAR":
                partner = self._partner(n, 1)
                if partner is None:
                    return last
                last = partner + 1
            elif kind in ("NUMBER", "NAME"):
                last = n + 1
            else:
                return last
            if self.tokens[last][0] == "SUPERSCRIPT":
                last += 1
            if self.tokens[last][0] not in joined_by:
                return last
            n = last + 1
        return last

    def expression_around(self) -> tuple[int, int]:
        """The first token, and one past the last, of the widest expression around the place.

        It ends at a comma, at the parentheses around it, at ``=`` and with the statement.
        """
        return self._edge(-1) + 1, self._edge(1)

    def _edge(self, step: int) -> int:
        inward, outward = ("LPAR", "RPAR") if step > 0 else ("RPAR", "LPAR")
        depth, n = 0, self.at
        while 0 <= (n := n + step) < len(self.tokens):
            kind = self.tokens[n][0]
            if kind == inward:
                depth += 1
            elif kind == outward:
                depth -= 1
                if depth < 0:
                    return n
            elif kind in STATEMENT_ENDS or (depth == 0 and kind in ("COMMA", *BINDINGS)):
                return n
        return n

    def outermost(self, kinds: Collection[str], first: int, last: int) -> list[int]:
        """The tokens of one of ``kinds`` from ``first`` up to ``last``, outside of parentheses."""
        found = []
        depth = 0
        for n in range(first, last):
            kind = self.tokens[n][0]
            depth += (kind == "LPAR") - (kind == "RPAR")
            if depth == 0 and kind in kinds:
                found.append(n)
        return found

    # the corrected line ---------------------------------------------------------------------

    def line(self, first: int, last: int) -> tuple[int, int]:
        """The first token, and one past the last, of the lines that contain the given ones."""
        while first > 0 and not self.newline_between(
            self.tokens[first - 1][2], self.tokens[first][2]
        ):
            first -= 1
        while last < len(self.tokens) - 1 and not self.newline_between(
            self.tokens[last - 1][2], self.tokens[last][3]
        ):
            last += 1
        return first, last

    def mended(self, first: int, last: int, instead: str) -> str:
        """The line with the tokens from ``first`` up to ``last`` replaced by ``instead``.

        If the line is too long, only ``instead``; "" if that is too long as well.
        """
        begin, end = self.line(first, last)
        line = self.shown(begin, first)
        if first > begin and self.tokens[first - 1][3] < self.tokens[first][2]:
            line += " "
        line += instead
        if end > last and self.tokens[last - 1][3] < self.tokens[last][2]:
            line += " "
        line += self.shown(last, end)
        if len(line) <= _SHOWN:
            return self.noted(begin, end, line, instead)
        return instead if len(instead) <= _SHOWN else ""

    def noted(self, begin: int, end: int, line: str, part: str) -> str:
        """``line``, recorded as the correction of the tokens from ``begin`` up to ``end``."""
        start, stop = self.tokens[begin][2], self.tokens[end - 1][3]
        self.mendings.append(Mending(start, stop, line, part))
        return line

    def with_stars(self) -> str:
        """The line, or a part, with a ``*`` wherever one operand directly follows another."""
        begin, end = self.line(self.at - 1, self.at + 1)
        first = self.operand_before(self.at - 1)
        part = self._starred(first, max(self.operand_after(self.at), self.at + 1))
        if self.tokens[end - 1][3] - self.tokens[begin][2] <= _SHOWN:
            line = self._starred(begin, end)
            if len(line) <= _SHOWN:
                return self.noted(begin, end, line, part)
        return part if len(part) <= _SHOWN else "a*b"

    def _starred(self, begin: int, end: int) -> str:
        """The tokens from ``begin`` up to ``end`` with missing multiplication signs added.

        None is added after a function's name, where parentheses are missing instead.
        """
        line = self.tokens[begin][1]
        for n in range(begin + 1, end):
            kind, word, start, _ = self.tokens[n]
            before, _, _, stop = self.tokens[n - 1]
            call = before == "NAME" and kind == "LPAR" and n != self.at
            applied = before == "NAME" and kind != "LPAR" and is_function(self.tokens[n - 1][1])
            if before in OPERAND_ENDS and kind in OPERAND_STARTS and not (call or applied):
                line += "*" if start == stop else " * "
            elif start > stop:
                line += " "
            line += word
        return line
