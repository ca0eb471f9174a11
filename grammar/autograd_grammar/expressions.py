"""Handlers of expressions: each calls a builder or a recorder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from autograd_graph.errors import Span
from autograd_graph.op import Op
from autograd_graph.operators import OPERATORS

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Target(Protocol):
    """The receiver of expressions: a builder, or a recorder of one function's body."""

    def number(self, text: str, span: Span) -> int:
        """A number literal."""

    def name(self, text: str, span: Span) -> int:
        """A name used as a value."""

    def operator(self, row: Op, args: tuple[int, ...], span: Span) -> int:
        """An infix operator or a sign over earlier results."""

    def call(self, name: str, args: tuple[int, ...], span: Span) -> int:
        """A function call over earlier results."""


class Host(Protocol):
    """The object that the parser passes to handlers; its ``target`` receives the expressions."""

    target: Target


Handlers = dict[str, Callable[..., Any]]
"""For each named rule of the grammar, ``handler(host, start, end, *children)``."""


def _binary(row: Op) -> Callable[..., int]:
    def handle(host: Host, start: int, end: int, left: int, _: str, right: int) -> int:
        return host.target.operator(row, (left, right), (start, end))

    return handle


def _negation(host: Host, start: int, end: int, _: str, operand: int) -> int:
    return host.target.operator(OPERATORS["neg"], (operand,), (start, end))


def _superscript(host: Host, start: int, end: int, base: int, digits: str) -> int:
    at = (end - len(digits), end)
    exponent = host.target.number(digits.lstrip("⁺⁻").translate(_SUPERSCRIPTS), at)
    if digits[0] == "⁻":
        exponent = host.target.operator(OPERATORS["neg"], (exponent,), at)
    return host.target.operator(OPERATORS["pow"], (base, exponent), (start, end))


def _superscript_power(
    host: Host, start: int, end: int, base: int, digits: str, _: str, exponent: int
) -> int:
    span = (start, end)
    inner = host.target.number(digits.lstrip("⁺⁻").translate(_SUPERSCRIPTS), span)
    tower = host.target.operator(OPERATORS["pow"], (inner, exponent), span)
    if digits[0] == "⁻":
        tower = host.target.operator(OPERATORS["neg"], (tower,), span)
    return host.target.operator(OPERATORS["pow"], (base, tower), span)


def _root(name: str) -> Callable[..., int]:
    def handle(host: Host, start: int, end: int, _: str, operand: int) -> int:
        return host.target.operator(OPERATORS[name], (operand,), (start, end))

    return handle


def _more(host: Host, start: int, end: int, items: list[Any], _: str, item: Any) -> list[Any]:
    items.append(item)
    return items


EXPRESSIONS: Handlers = {row.name: _binary(row) for row in OPERATORS.values() if row.infix} | {
    "neg": _negation,
    "plus": lambda host, start, end, sign, operand: operand,
    "superscript": _superscript,
    "superscript_power": _superscript_power,
    "number": lambda host, start, end, text: host.target.number(text, (start, end)),
    "name": lambda host, start, end, text: host.target.name(text, (start, end)),
    "group": lambda host, start, end, left, inner, right: inner,
    "call": lambda host, start, end, f, left, args, right: host.target.call(
        f, tuple(args), (start, end)
    ),
    "call_without_arguments": lambda host, start, end, f, left, right: host.target.call(
        f, (), (start, end)
    ),
    "root": _root("sqrt"),
    "cube_root": _root("cbrt"),
    "first": lambda host, start, end, item: [item],
    "more": _more,
}
"""The handlers of all expressions; they call the host's :class:`Target`."""
