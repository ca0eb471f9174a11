"""Texts: derived from the language at random, and made from good ones by damaging them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from autograd_graph import OPERATORS

_NAMES = ("x", "y", "w", "a1", "θ", "x_1", "e", "pi", "π", "_", "const", "f", "µ", "é", "x₁", "if")
_NUMBERS = (
    "0", "1", "2.5", ".5", "3.", "1e3", "1e-320", "1e308", "1e309", "0x1F", "0b11", "1_000", "00",
    "1,5", "1e", "١", "∞", "9" * 40, "0." + "0" * 40 + "1", "2²", "½",
)  # fmt: skip
_INFIX = ("+", "-", "*", "/", "^", "**", "<", "<=", ">", ">=", "==", "!=", "·", "×", "÷", "−", "%",
          "//", "&&", "|", "=", "+=", "->", "?", ":", "~")  # fmt: skip
_FUNCTIONS = (*OPERATORS, "silu", "mse", "bce", "sni", "arcsin", "f", "normcdf", "softmax")
_ODD = (
    "\0", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "\u2028", "\u3164", "\u0300\u0316",
    "\U0001f600",
    "\ud800", "'", '"', "`", "\\", "$x$", "√", "|x|", "#", "//", "%", "[", "]", "{", "}", "@", "&",
    "\t", "\r", "\r\n", "\n", "\x0c", ";", ";;", ",", "...", "∂", "'", "°", "→", "(", ")", "((",
)  # fmt: skip
WORDS = tuple(
    word for word in (*_NAMES, *_NUMBERS, *_INFIX, *_FUNCTIONS, *_ODD) if word.isprintable()
)
"""What texts are made of, for a fuzzer that wants a dictionary."""

_STATEMENTS = (
    "{name} = {expr}", "{name} += {expr}", "const {name} = {expr}", "f({name}) = {expr}",
    "{name}({name}, {name}) = {expr}", "{expr}", "# {expr}", "{name} = {name} = {expr}",
    "", "= {expr}",
)  # fmt: skip


class Texts:
    """An endless source of texts; ``seeds`` are good programs to damage."""

    def __init__(self, draw: Random, seeds: Sequence[str]) -> None:
        self._draw = draw
        self._seeds = list(seeds)

    def next(self) -> str:
        """The next text: derived, damaged, or two spliced together."""
        draw = self._draw
        kind = draw.random()
        if kind < 0.4:
            return self.program()
        if kind < 0.9:
            return self.damaged(draw.choice(self._seeds))
        first, second = draw.choice(self._seeds), draw.choice(self._seeds)
        return first[: draw.randrange(len(first) + 1)] + second[draw.randrange(len(second) + 1) :]

    def good(self) -> str:
        """One of the seeds as it is."""
        return self._draw.choice(self._seeds)

    def program(self) -> str:
        """Statements derived from the language, with now and then what is not of it."""
        draw = self._draw
        lines = [self._statement() for _ in range(draw.choice((1, 1, 1, 2, 3, 6)))]
        return draw.choice(("; ", "\n", "\r\n", ";")).join(lines)

    def damaged(self, text: str) -> str:
        """A text with a few characters or pieces removed, doubled, moved or put in."""
        for _ in range(self._draw.choice((1, 1, 1, 2, 4, 16))):
            text = self._draw.choice(_DAMAGES)(self, text)
        return text[:5000]

    def _statement(self) -> str:
        draw = self._draw
        form = draw.choice(_STATEMENTS)
        while "{name}" in form:
            form = form.replace("{name}", draw.choice(_NAMES), 1)
        return form.replace("{expr}", self._expression(draw.randrange(5)))

    def _expression(self, depth: int) -> str:
        draw = self._draw
        if depth <= 0 or draw.random() < 0.15:
            leaf = draw.random()
            if leaf < 0.5:
                return draw.choice(_NAMES)
            return draw.choice(_NUMBERS) if leaf < 0.95 else draw.choice(_ODD)
        kind = draw.random()
        if kind < 0.5:
            space = draw.choice(("", " ", "  "))
            left, right = self._expression(depth - 1), self._expression(depth - 1)
            return f"{left}{space}{draw.choice(_INFIX)}{space}{right}"
        if kind < 0.6:
            return draw.choice("+-√") + self._expression(depth - 1)
        if kind < 0.75:
            return f"({self._expression(depth - 1)})"
        arguments = (
            self._expression(depth - 1) for _ in range(draw.choice((0, 1, 1, 1, 2, 2, 3, 7)))
        )
        return f"{draw.choice(_FUNCTIONS)}({', '.join(arguments)})"

    # damages ------------------------------------------------------------------------------------

    def _place(self, text: str) -> int:
        return self._draw.randrange(len(text) + 1)

    def _removed(self, text: str) -> str:
        at = self._place(text)
        return text[:at] + text[at + self._draw.choice((1, 1, 2, 9)) :]

    def _doubled(self, text: str) -> str:
        start = self._place(text)
        piece = text[start : start + self._draw.choice((1, 2, 5, 40))]
        return text[:start] + piece * self._draw.choice((2, 2, 3, 60)) + text[start:]

    def _put_in(self, text: str) -> str:
        at = self._place(text)
        pieces = self._draw.choice((_ODD, _NAMES, _NUMBERS, _INFIX, _FUNCTIONS))
        return text[:at] + self._draw.choice(pieces) + text[at:]

    def _any_character(self, text: str) -> str:
        at = self._place(text)
        character = chr(self._draw.randrange(self._draw.choice((0x80, 0x300, 0x10000, 0x110000))))
        return text[:at] + character + text[at:]

    def _swapped(self, text: str) -> str:
        at = self._place(text)
        return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]

    def _moved(self, text: str) -> str:
        start, end = sorted((self._place(text), self._place(text)))
        rest = text[:start] + text[end:]
        at = self._place(rest)
        return rest[:at] + text[start:end] + rest[at:]

    def _other_case(self, text: str) -> str:
        at = self._place(text)
        return text[:at] + text[at : at + 1].swapcase() + text[at + 1 :]


_DAMAGES: tuple[Callable[[Texts, str], str], ...] = (
    Texts._removed,
    Texts._doubled,
    Texts._put_in,
    Texts._put_in,
    Texts._any_character,
    Texts._swapped,
    Texts._moved,
    Texts._other_case,
)
