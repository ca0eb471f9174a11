"""The parser's loop: shift and reduce over a table that Lark built.

The loop keeps three stacks (states, values, where each value began in the text) and nothing else,
so depth costs memory and never recursion. A handler is called for each named rule with the span of
the text it covers and its children; a rule without a name keeps its only child.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd_grammar.automaton import END, Table

Handler = Callable[..., Any]
Token = tuple[str, str, int, int]
"""Terminal, text, start and end of a token, in code points."""


class UnexpectedTokenError(Exception):
    """The token that cannot continue any statement, and the terminals expected in its place."""

    def __init__(self, token: Token, expected: set[str]) -> None:
        super().__init__(token[0])
        self.token = token
        self.expected = expected


def run(table: Table, tokens: Iterable[Token], handlers: list[Handler | None], host: Any) -> None:
    """Parse ``tokens`` (the last one is ``$END``), calling the handler of each reduction.

    For a reduction by ``rule`` that is ``handlers[rule](host, start, end, *children)``. Raises
    :class:`UnexpectedTokenError`.
    """
    actions, landings, rules = table.actions, table.landings, table.rules
    state = table.start
    states: list[int] = [state]
    values: list[Any] = []
    starts: list[int] = []
    last_end = 0
    for token in tokens:
        kind, text, start, end = token
        action = actions[state].get(kind)
        while action is not None and action < 0:
            size, nonterminal, _ = rules[~action]
            handler = handlers[~action]
            if handler is None:
                states.pop()
            elif size > 1:
                del states[-size:], starts[1 - size :]
                values[-size:] = (handler(host, starts[-1], last_end, *values[-size:]),)
            elif size == 1:
                states.pop()
                values[-1] = handler(host, starts[-1], last_end, values[-1])
            else:
                starts.append(start)
                values.append(handler(host, start, start))
            try:
                state = landings[states[-1]][nonterminal][kind]
            except KeyError:
                state = table.landing(states[-1], nonterminal, kind)
            states.append(state)
            action = actions[state].get(kind)
        if action is None:
            if kind == END and state == table.accept:
                return
            raise UnexpectedTokenError(token, {name for name in actions[state] if name.isupper()})
        state = action
        states.append(state)
        values.append(text)
        starts.append(start)
        last_end = end
