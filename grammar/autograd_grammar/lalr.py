"""The parser's loop: shift and reduce over a table that Lark built.

The loop keeps three stacks (states, values, where each value began in the text) and nothing else,
so depth costs memory and never recursion. A handler is called for each named rule with the span of
the text it covers and its children; a rule without a name keeps its only child.

The table is followed as linked objects, each made when a program first gets there: a state leads
to the next state or to a reduction, and a reduction to what comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Union, final

from autograd_grammar.automaton import END, Table

Handler = Callable[..., Any]
Token = tuple[str, str, int, int]
"""Terminal, text, start and end of a token, in code points."""
Action = Union["State", "Reduction", None]
"""What a terminal asks for: shifting to a state, a reduction, or nothing, as it is unexpected."""


class UnexpectedTokenError(Exception):
    """The token that cannot continue any statement, and the terminals expected in its place."""

    def __init__(self, token: Token, expected: set[str]) -> None:
        super().__init__(token[0])
        self.token = token
        self.expected = expected


class State(dict[str, Action]):
    """A state of the automaton: the action for each terminal that may come next."""

    __slots__ = ("number", "parser")
    __hash__ = object.__hash__  # type: ignore[assignment]  # a state is itself, whatever it knows
    __eq__ = object.__eq__
    __ne__ = object.__ne__

    def __init__(self, parser: Parser, number: int) -> None:
        super().__init__()
        self.parser = parser
        self.number = number

    def __missing__(self, terminal: str) -> Action:
        action = self.parser.table.actions[self.number].get(terminal)
        if action is None:
            return None
        self[terminal] = found = (
            self.parser.states[action] if action >= 0 else Reduction(self.parser, ~action, terminal)
        )
        return found

    @property
    def expected(self) -> set[str]:
        """The terminals that may come next."""
        return {name for name in self.parser.table.actions[self.number] if name.isupper()}


@final
class Reduction(dict[State, tuple[State, Action]]):
    """A reduction by a rule with ``terminal`` next: for each state below, what comes after it.

    That is the textbook's goto and the action there, with the chains of single-child rules (atom,
    power, sign, product, …) that would follow already reduced. Those rules build nothing, and
    following them once instead of at every atom saves a third of the parsing time (unit production
    elimination: Grune and Jacobs, *Parsing Techniques*, 2nd ed., §9.10).
    """

    __slots__ = ("builds", "handler", "nonterminal", "parser", "size", "terminal")

    def __init__(self, parser: Parser, rule: int, terminal: str) -> None:
        super().__init__()
        self.size, self.nonterminal, name = parser.table.rules[rule]
        self.builds = bool(name) or self.size != 1
        self.handler: Handler = parser.handlers[rule] or _only_child
        self.parser = parser
        self.terminal = terminal

    def __missing__(self, below: State) -> tuple[State, Action]:
        parser, follows = self.parser, self
        while True:
            state = parser.states[parser.table.gotos[below.number][follows.nonterminal]]
            action = state[self.terminal]
            if not isinstance(action, Reduction) or action.builds:
                self[below] = state, action
                return state, action
            follows = action


def _only_child(host: Any, start: int, end: int, child: Any) -> Any:
    """The handler of a rule without a name."""
    return child


class Parser:
    """The loop over a table, with ``handlers[rule]`` for each of its rules.

    For a reduction by ``rule`` that is ``handlers[rule](host, start, end, *children)``.
    """

    def __init__(self, table: Table, handlers: list[Handler | None]) -> None:
        self.table = table
        self.handlers = handlers
        self.states = [State(self, number) for number in range(len(table.actions))]

    def run(self, tokens: Iterable[Token], host: Any) -> None:
        """Parse ``tokens``, the last one ``$END``. Raises :class:`UnexpectedTokenError`."""
        state = self.states[self.table.start]
        states: list[State] = [state]
        values: list[Any] = []
        starts: list[int] = []
        last_end = 0
        for token in tokens:
            kind, text, start, end = token
            action = state[kind]
            while type(action) is Reduction:
                size, handler = action.size, action.handler
                if size == 1:
                    states.pop()
                    values[-1] = handler(host, starts[-1], last_end, values[-1])
                elif size == 3:  # most others: spelled out, as unpacking children takes longer
                    del states[-3:], starts[-2:]
                    left, middle, right = values[-3:]
                    del values[-2:]
                    values[-1] = handler(host, starts[-1], last_end, left, middle, right)
                elif size:
                    del states[-size:], starts[1 - size :]
                    values[-size:] = (handler(host, starts[-1], last_end, *values[-size:]),)
                else:
                    starts.append(start)
                    values.append(handler(host, start, start))
                state, action = action[states[-1]]
                states.append(state)
            if action is None:
                if kind == END and state.number == self.table.accept:
                    return
                raise UnexpectedTokenError(token, state.expected)
            state = action
            states.append(state)
            values.append(text)
            starts.append(start)
            last_end = end
