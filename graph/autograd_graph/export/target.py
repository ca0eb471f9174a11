"""What a target is: a table of how it writes operators, and the few things that differ beside.

A row of the table is a template. ``<0>`` and ``<1>`` stand for arguments, ``<*>`` for all of them
with commas between, and ``<#>`` for their number; ``<0:sum>`` says how tightly the argument has to
bind to stand there without parentheses. A row whose own text binds less tightly than a call comes
as a pair of its level and its template: ``("sum", "<0:sum> + <1:product>")``. In ``<1:double>``,
and in ``<1:sum:double>``, a whole number is written as a double, for languages in which the two
are of different types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import copysign, inf
from typing import Any, NamedTuple

from autograd_graph.export.names import Names
from autograd_graph.graph import Graph
from autograd_graph.op import Form

_ORDER = ("choice", "and", "comparison", "sum", "product", "sign", "power", "atom")
LEVELS = {"": 0, **{level: n for n, level in enumerate(_ORDER)}}
"""From loosest to tightest binding."""

_SLOT = re.compile(r"<(\d|\*|#)(?::(?!double)(\w+))?(:double)?>")

EVERY, COUNT = -1, -2
"""The arguments of ``<*>`` and of ``<#>``."""

Template = str | tuple[str, str]
Formula = Callable[..., Any]
Spelled = tuple[str, str]
"""A text and its level."""


class Slot(NamedTuple):
    """Where an argument stands in a template, and how tightly it has to bind.

    ``double`` says that a literal there is written as a double.
    """

    argument: int
    least: int
    double: bool = False


@dataclass(frozen=True)
class Pattern:
    """A template taken apart: pieces of text and slots in turn."""

    level: int
    pieces: tuple[str | Slot, ...]

    @classmethod
    def read(cls, template: Template) -> Pattern:
        """The row that a template stands for."""
        level, text = ("atom", template) if isinstance(template, str) else template
        parts = _SLOT.split(text)
        pieces: list[str | Slot] = [parts[0]]
        for argument, least, double, rest in zip(*(parts[n::4] for n in (1, 2, 3, 4)), strict=True):
            number = {"*": EVERY, "#": COUNT}.get(argument) or int(argument)
            pieces += [Slot(number, LEVELS[least or ""], bool(double)), rest]
        return cls(LEVELS[level], tuple(pieces))

    def slots(self, count: int) -> list[Slot]:
        """The slots, one for each time that one of ``count`` arguments is written."""
        return [
            Slot(argument, piece.least)
            for piece in self.pieces
            if isinstance(piece, Slot) and piece.argument != COUNT
            for argument in (range(count) if piece.argument == EVERY else (piece.argument,))
        ]

    def takes(self, count: int) -> bool:
        """Whether it writes exactly ``count`` arguments."""
        return {slot.argument for slot in self.slots(count)} == set(range(count))


def doubled(text: str) -> str:
    """A number's text as that of a double."""
    return f"{text}.0" if text.lstrip("-").isdigit() else text


class Variable(NamedTuple):
    """An input or a constant: its name in the program and in the target, and a value it has.

    ``text`` is how the program computes the value, in the target's words: ``pi/180``.
    """

    name: str
    spelling: str
    value: float | None
    text: str = ""


class Temporary(NamedTuple):
    """A named temporary. Its ``level`` is 1 more than the highest of those it is made from."""

    name: str
    text: str
    level: int


class Result(NamedTuple):
    """The value called ``name``, or the derivative by that name (of the value, or of a derivative).

    ``fixed`` where no input occurs in it.
    """

    name: str
    text: str
    fixed: bool


@dataclass(frozen=True)
class Written:
    """All that a target's layout puts together.

    The text of ``value`` is the name of a step if it is more than an input or a number; that step
    is called what the output is called in the program, if it has a name there. ``wanted`` is what
    the user wants the function, or without one the value, to be called; "" for the usual name;
    ``table`` is the table's name, for SQL. The first ``leading`` inputs are those that the user
    wants derivatives by; they come before the others in a parameter list.
    """

    header: Sequence[str]
    inputs: Sequence[Variable]
    constants: Sequence[Variable]
    steps: Sequence[Temporary]
    value: Result
    gradient: Sequence[Result]
    hessian: Mapping[tuple[str, str], Result]
    names: Names
    wanted: str = ""
    leading: int = 0
    table: str = ""

    @property
    def function(self) -> str:
        """What a function that returns it all is called."""
        if self.wanted:
            return self.wanted
        return self.names.take("value_gradient_hessian" if self.hessian else "value_and_gradient")

    @property
    def value_is_step(self) -> bool:
        """Whether the value is a step of its own, and no input or number."""
        return any(step.name == self.value.text for step in self.steps)

    def hessian_rows(self) -> dict[str, list[Result]]:
        """The Hessian row by row, where it is written whole."""
        names = [each.name for each in self.gradient]
        return {a: [self.hessian[a, b] for b in names] for a in names} if self.hessian else {}

    def uses(self, word: str) -> bool:
        """Whether ``word`` occurs in some expression."""
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        results = (*self.gradient, *self.hessian.values())
        texts = [step.text for step in self.steps] + [each.text for each in results]
        texts += [item.text for item in (*self.inputs, *self.constants)]
        return any(map(pattern.search, [self.value.text, *texts]))


@dataclass(frozen=True, kw_only=True)
class Target:
    """A language to write for.

    rows
        How operators are written.
    rewrites, compositions
        Formulas over graph nodes for operators that are written by means of others: rewrites
        come before the rows and may answer ``None``, compositions come after them, and after
        these the formulas of the operator's own row.
    refused
        Operators that it cannot express, each with the reason.
    number, constants
        How a literal, ``pi`` and ``e`` are written.
    identifier, typed, reserved, fold, suffix
        Names: a legal one for any name of the program; how a name stands as it was typed, if
        another would be the same symbol; those that mean something else; what two names must
        differ in; what is put behind one that is taken.
    leaf, reference, inline_constants, step
        How an input of a name is read, and a step; whether constants of the program are written as
        their numbers; the names of steps that have none in the program.
    double, fixed_doubles
        How a number is written where a template asks for a double; whether that is done for
        whatever no input occurs in, and not for literals only.
    layout
        The finished text.
    guarded
        Rows that do not raise, for what may be computed where it is not needed.
    function, value
        Whether it writes a function, which has a name; the name of the value, if it has none in the
        program, "" where it is no step.
    smallest
        The least number of operations that a repeated expression needs to be named.
    whole_hessian
        Whether the Hessian is written with both orders of each pair of inputs.
    compare
        ``compare(graph, name, a, b)``: the condition that a comparison becomes. Every one but
        ``ne`` has to fail where a number is nan.
    mathematics
        Whether it states equations, in which the output has a name, instead of computing a value.
    form
        The form of the derivatives of a target that computes.
    computes
        Whether it computes in doubles: nan may come up, and derivatives are not simplified.
    """

    name: str
    rows: Mapping[str, Template]
    number: Callable[[float | Fraction], Spelled]
    constants: Mapping[str, str]
    layout: Callable[[Written], str]
    compositions: Mapping[str, Formula] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    rewrites: Mapping[str, Formula] = field(default_factory=dict)
    guarded: Mapping[str, Template] = field(default_factory=dict)
    identifier: Callable[[str], str] = str
    typed: Callable[[str], str] | None = None
    reserved: frozenset[str] = frozenset()
    fold: Callable[[str], str] = str
    suffix: str = "_"
    leaf: Callable[[str], str] = str
    reference: Callable[[str], str] = str
    inline_constants: bool = False
    double: Callable[[str], str] = doubled
    fixed_doubles: bool = False
    step: Callable[[int], str] = "t{}".format
    parentheses: tuple[str, str] = ("(", ")")
    smallest: int = 1
    function: bool = True
    value: str = "value"
    whole_hessian: bool = False
    compare: Callable[[Graph, str, int, int], int] = Graph.add
    mathematics: bool = False
    form: Form = "code"
    computes: bool = True

    @cached_property
    def table(self) -> dict[str, Pattern]:
        """The rows, taken apart."""
        return {name: Pattern.read(template) for name, template in self.rows.items()}

    @cached_property
    def guards(self) -> dict[str, Pattern]:
        """The guarded rows, taken apart."""
        return {name: Pattern.read(template) for name, template in self.guarded.items()}

    def inlined(self, text: str, level: str) -> str:
        """A text that can stand anywhere."""
        opening, closing = self.parentheses
        return text if level == "atom" else f"{opening}{text}{closing}"

    def writes(self, operator: str, count: int) -> bool:
        """Whether it has a row for an operator with so many arguments."""
        return operator in self.table and self.table[operator].takes(count)


def words(text: str) -> list[str]:
    """A list of names, for tables."""
    return text.split()


_EXACT = 2**53


def decimal(number: float | Fraction) -> int | float:
    """A number as a whole one where doubles are exact, else as the nearest double."""
    try:
        double = float(number)
    except OverflowError:
        return inf if number > 0 else -inf
    negative_zero = double == 0.0 and copysign(1.0, double) < 0.0
    whole = double.is_integer() and abs(double) < _EXACT and not negative_zero
    return int(double) if whole else double


def parts(number: float | Fraction) -> tuple[int | float, int]:
    """A numerator and a denominator, which is 1 for all but fractions of modest size."""
    if isinstance(number, Fraction) and max(abs(number.numerator), number.denominator) < _EXACT:
        return number.numerator, number.denominator
    return decimal(number), 1


def speller(write: Callable[[int | float], str]) -> Callable[[float | Fraction], Spelled]:
    """How to write any literal, from how to write one that is not negative."""

    def spelled(number: float | Fraction) -> Spelled:
        top, bottom = parts(number)
        sign = "-" if copysign(1.0, top) < 0.0 and top == top else ""
        if bottom != 1:
            return f"{sign}{write(abs(top))}/{write(bottom)}", "product"
        return sign + write(abs(top)), "sign" if sign else "atom"

    return spelled


def commented(lines: Sequence[str], mark: str) -> str:
    """A block of comment lines."""
    return "".join(f"{mark} {line}".rstrip() + "\n" for line in lines)
