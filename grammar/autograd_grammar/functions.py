"""User-defined functions: a body is a recording, a call plays it back.

While a definition is parsed, the builder's calls are recorded instead of carried out. Calling
the function repeats them with the arguments in place of the parameters. What a call would
expand to is known before it is expanded: recursion and explosion are found by counting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd_graph.errors import ProgramError, Span
from autograd_graph.op import Op

_NAMED = 12
"""How many functions of a cycle a message names."""


class Instruction(NamedTuple):
    """One step of a body: a number or a name to look up, an operator, or a call.

    ``kind`` is the method of the builder to repeat, ``what`` its subject, ``args`` the earlier
    instructions that make its arguments.
    """

    kind: str
    what: str | Op
    args: tuple[int, ...]
    span: Span


@dataclass(slots=True)
class Function:
    """A definition. ``closed`` ones (the prelude's) see no name of the user's program."""

    name: str
    parameters: list[str]
    span: Span
    closed: bool = False
    body: list[Instruction] = field(default_factory=list)
    result: int = -1

    @property
    def signature(self) -> str:
        """``name(parameters)``, for messages."""
        return f"{self.name}({', '.join(self.parameters)})"


class Recorder:
    """The builder's interface, writing a function's body down."""

    def __init__(self, function: Function) -> None:
        self._body = function.body

    def _record(self, kind: str, what: str | Op, args: tuple[int, ...], span: Span) -> int:
        self._body.append(Instruction(kind, what, args, span))
        return len(self._body) - 1

    def number(self, text: str, span: Span) -> int:
        """A number literal."""
        return self._record("number", text, (), span)

    def name(self, text: str, span: Span) -> int:
        """A parameter, or a name of the program."""
        return self._record("name", text, (), span)

    def operator(self, row: Op, args: tuple[int, ...], span: Span) -> int:
        """An infix operator or a sign."""
        return self._record("operator", row, args, span)

    def call(self, name: str, args: tuple[int, ...], span: Span) -> int:
        """A function call."""
        return self._record("call", name, args, span)


def expanded_size(
    function: Function, callee: Callable[[Function, str], Function | None], known: dict[str, int]
) -> int:
    """How many instructions a call of ``function`` plays back, those of inner calls included.

    ``callee(function, name)`` is the function that a call of ``name`` in a body means, if it is
    one with a body. ``known`` holds sizes already counted, and is added to. Raises
    :class:`ProgramError` (``recursion``) naming the cycle.
    """
    path: dict[str, Function] = {}
    stack = [function]
    while stack:
        current = stack[-1]
        path[current.name] = current
        calls = [
            (instruction, inner)
            for instruction in current.body
            if instruction.kind == "call"
            and (inner := callee(current, str(instruction.what))) is not None
        ]
        waiting = next((call for call in calls if _key(call[1]) not in known), None)
        if waiting is None:
            known[_key(current)] = len(current.body) + sum(known[_key(c[1])] for c in calls)
            del path[current.name]
            stack.pop()
        elif waiting[1].name in path and path[waiting[1].name] is waiting[1]:
            raise _recursion(list(path), waiting[1].name, waiting[0].span)
        else:
            stack.append(waiting[1])
    return known[_key(function)]


def _key(function: Function) -> str:
    return f"{function.name} closed" if function.closed else function.name


def _recursion(path: list[str], name: str, span: Span) -> ProgramError:
    names = [*path[path.index(name) :], name]
    if len(names) > _NAMED:
        names[_NAMED // 2 : -_NAMED // 2] = ["..."]
    cycle = " -> ".join(names)
    return ProgramError(
        f"{name!r} is defined by itself: {cycle}",
        code="recursion",
        span=span,
        hint="a function is expanded in place, so it cannot call itself",
    )
