"""Formulas read by precedence, for notations in which place and size say what parentheses do not.

A fraction has a top and a bottom, an exponent is raised: to write them, what belongs together has
to be known. :func:`read` hands a formula's parts, the inner ones first, to the signs of a notation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from autograd_graph.formula import BEGIN, COMMA, OPEN, Formula, Token

T = TypeVar("T")

_BINDING = {"<": 1, "<=": 1, ">": 1, ">=": 1, "==": 1, "!=": 1, "=": 1, "+": 2, "-": 2, "*": 3,
            "/": 3}  # fmt: skip
_SIGN, _POWER = 4, 5
_OPENED = 0


class Signs(ABC, Generic[T]):
    """What a notation writes for each part of a formula."""

    @abstractmethod
    def name(self, text: str, *, begins: bool, raised: bool) -> T:
        """A name; whether nothing stands before it, and whether a power is taken of it."""

    @abstractmethod
    def number(self, text: str, *, raised: bool) -> T:
        """A number, a fraction, or one with an exponent; it may have a sign."""

    @abstractmethod
    def words(self, text: str) -> T:
        """Prose."""

    @abstractmethod
    def slope(self, of: str, by: str, *, total: bool) -> T:
        """A derivative as a sign of its own: the whole one, or a step's own."""

    @abstractmethod
    def change(self, of: str) -> T:
        """The change of what is named."""

    @abstractmethod
    def signed(self, sign: str, operand: T) -> T:
        """A sign before an operand."""

    @abstractmethod
    def binary(self, operator: str, left: T, right: T) -> T:
        """An operator between two operands."""

    @abstractmethod
    def group(self, inside: T) -> T:
        """What is in parentheses."""

    @abstractmethod
    def call(self, name: str, arguments: list[T]) -> T:
        """A function of arguments."""

    @abstractmethod
    def beside(self, left: T, right: T) -> T:
        """Two parts, one after the other: of a remark, where prose stands between formulas."""


def read(formula: Formula, signs: Signs[T]) -> T:
    """A formula in the signs of a notation. Depth is no limit."""
    return _Reader(formula.tokens, signs).read()


class _Reader(Generic[T]):
    """Operands and the operators that wait for their right side, each on a stack."""

    def __init__(self, tokens: tuple[Token, ...], signs: Signs[T]) -> None:
        self._tokens = tokens
        self._signs = signs
        self._operands: list[T] = []
        self._waiting: list[tuple[str, int]] = []
        """Operators with how tightly they bind; 0 for what opens: ``(`` or a function's name."""
        self._arguments: list[int] = []

    def read(self) -> T:
        signs = self._signs
        for n, (text, kind) in enumerate(self._tokens):
            match kind:
                case "name" if self._kind(n + 1) == "open":
                    self._waiting.append((text, _OPENED))
                case "name":
                    begins = n == 0 or self._tokens[n - 1] in (OPEN, COMMA)
                    self._operand(n, signs.name(text, begins=begins, raised=self._raised(n)))
                case "number":
                    self._operand(n, signs.number(text, raised=self._raised(n)))
                case "words":
                    self._operand(n, signs.words(text))
                case "total" | "local":
                    of, by = text.split("/")
                    self._operand(n, signs.slope(of, by, total=kind == "total"))
                case "change":
                    self._operand(n, signs.change(text))
                case "open":
                    if self._kind(n - 1) != "name":
                        self._waiting.append((text, _OPENED))
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
        whole, *more = self._operands
        for part in more:
            whole = signs.beside(whole, part)
        return whole

    def _kind(self, n: int) -> str:
        return self._tokens[n].kind if 0 <= n < len(self._tokens) else ""

    def _raised(self, n: int) -> bool:
        return n + 1 < len(self._tokens) and self._tokens[n + 1].text == "^"

    def _operand(self, n: int, operand: T) -> None:
        """Add an operand; after another one without an operator between, it begins a new part."""
        if self._kind(n - 1) in ("words", "number", "name", "close", "total", "local"):
            self._reduce(1)
        self._operands.append(operand)

    def _reduce(self, least: int) -> None:
        """Apply the waiting operators that bind at least so tightly."""
        while self._waiting and self._waiting[-1][1] >= least:
            text, binding = self._waiting.pop()
            right = self._operands.pop()
            if binding == _SIGN:
                self._operands.append(self._signs.signed(text, right))
            else:
                self._operands.append(self._signs.binary(text, self._operands.pop(), right))

    def _close(self) -> None:
        count = self._arguments.pop()
        given = self._operands[-count:]
        del self._operands[-count:]
        name, _ = self._waiting.pop()
        if name == BEGIN.text:
            self._operands += given
        elif name == OPEN.text:
            self._operands.append(self._signs.group(given[0]))
        else:
            self._operands.append(self._signs.call(name, given))
