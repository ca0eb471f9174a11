"""The LALR(1) automaton of the grammar, as Lark computed it and the file holds it."""

from __future__ import annotations

from typing import NamedTuple

END = "$END"


class Table(NamedTuple):
    """An LALR(1) automaton and the regular expressions of its terminals.

    ``actions[state][terminal]`` is the state to shift to, or ``~rule`` to reduce by. A rule is
    ``(size, nonterminal, name)``. ``gotos[state][nonterminal]`` is the state after that nonterminal
    was recognised on top of ``state``.
    """

    terminals: dict[str, str]
    ignored: list[str]
    rules: list[tuple[int, str, str]]
    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    start: int
    accept: int
