"""User-defined functions: a body is recorded once and replayed at each call.

While a definition is parsed, the builder's method calls are recorded instead of executed. Calling
the function repeats them with the arguments in place of the parameters. The size of a call is
counted before it is expanded, which finds recursion and excessive growth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from autograd_graph.errors import ProgramError, Span
from autograd_graph.op import Op

_MOST_NAMED = 12
"""The largest number of functions in a cycle that a message names."""


class Instruction(NamedTuple):
    """One instruction of a body: a number or a name to look up, an operator, or a call.

    ``kind`` is the builder's method to call, ``what`` its number, name or operator, ``args`` the
    positions of the earlier instructions that are its arguments.
    """

    kind: str
    what: str | Op
    args: tuple[int, ...]
    span: Span


class Function:
    """A definition. ``closed`` ones (the prelude's) cannot refer to names of the user's program."""

    def __init__(self, name: str, parameters: list[str], span: Span) -> None:
        self.name = name
        self.parameters = parameters
        self.span = span
        self.closed = False
        self.body: list[Instruction] = []
        self.result = -1

    @property
    def signature(self) -> str:
        """``name(parameters)``, for messages."""
        return f"{self.name}({', '.join(self.parameters)})"


class Recorder:
    """The builder's interface for expressions, recording them as a function's body."""

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
    """How many instructions a call of ``function`` replays, including those of inner calls.

    ``callee(function, name)`` is the function that a call of ``name`` in a body means, if it is one
    with a body. ``known`` holds sizes already counted, and is added to. Raises
    :class:`ProgramError` (``recursion``) naming the cycle.
    """
    path = {_key(function): function}
    calls = [_calls(function, callee)]
    sizes = [len(function.body)]
    while True:
        for instruction, inner in calls[-1]:
            key = _key(inner)
            if key in path:
                names = [caller.name for caller in path.values()]
                raise _recursion(names[list(path).index(key) :], instruction.span)
            if key not in known:
                path[key] = inner
                calls.append(_calls(inner, callee))
                sizes.append(len(inner.body))
                break
            sizes[-1] += known[key]
        else:
            key, _ = path.popitem()
            calls.pop()
            known[key] = sizes.pop()
            if not sizes:
                return known[key]
            sizes[-1] += known[key]


def _calls(
    function: Function, callee: Callable[[Function, str], Function | None]
) -> Iterator[tuple[Instruction, Function]]:
    """The calls in a body of functions that have a body."""
    for instruction in function.body:
        if instruction.kind == "call":
            inner = callee(function, str(instruction.what))
            if inner is not None:
                yield instruction, inner


def _key(function: Function) -> str:
    return f"{function.name} closed" if function.closed else function.name


def _recursion(cycle: list[str], span: Span) -> ProgramError:
    name = cycle[0]
    names = [*cycle, name]
    if len(names) > _MOST_NAMED:
        names[_MOST_NAMED // 2 : -_MOST_NAMED // 2] = ["..."]
    return ProgramError(
        f"{name!r} is defined by itself: {' -> '.join(names)}",
        code="recursion",
        span=span,
        hint="a function is expanded in place, so it cannot call itself",
    )
