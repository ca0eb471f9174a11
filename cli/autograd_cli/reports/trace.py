"""A selection of the states of a descent, in constant memory however long it is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

from autograd_graph.descent.descent import State

_ENDS = 5
"""How many states are kept from the beginning, and from the end."""

_TURNS = 6
"""How many of the states are kept at which the change of the loss reversed its sign."""

_BETWEEN = 8
"""The largest number of evenly spaced states in between."""

_POINTS = 600
"""The largest number of evenly spaced losses, for a curve."""

T = TypeVar("T")


class Spaced(Generic[T]):
    """At most ``limit`` items of a sequence of unknown length, evenly spaced.

    When it is full, every other item is dropped and the spacing doubles.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._space = 1
        self.items: dict[int, T] = {}

    def wants(self, number: int) -> bool:
        """Whether the item of that number is to be kept."""
        return number % self._space == 0

    def add(self, number: int, item: T) -> None:
        """Keep an item for whose number :meth:`wants` is true."""
        if len(self.items) >= self._limit:
            self._space *= 2
            self.items = {n: kept for n, kept in self.items.items() if n % self._space == 0}
            if not self.wants(number):
                return
        self.items[number] = item


@dataclass(frozen=True, slots=True)
class Row:
    """A state that is shown, with the loss's change to it, and whether the loss turns there."""

    state: State
    change: float | None
    turns: bool


class Trace:
    """The states of a descent that are shown: first, last, turning points, some in between."""

    def __init__(self) -> None:
        self._first: list[tuple[State, float | None]] = []
        self._last: deque[tuple[State, float | None]] = deque(maxlen=_ENDS)
        self._turns: list[tuple[State, float | None]] = []
        self._between: Spaced[tuple[State, float | None]] = Spaced(_BETWEEN)
        self._losses: Spaced[float] = Spaced(_POINTS)

    def add(self, state: State) -> None:
        """Record the next state."""
        last, number = self._last, state.number
        change = None
        if last:
            before, earlier = last[-1]
            change = state.loss - before.loss
            if earlier is not None and change * earlier < 0.0 and len(self._turns) < _TURNS:
                self._turns.append(last[-1])
        entry = state, change
        last.append(entry)
        if len(self._first) < _ENDS:
            self._first.append(entry)
        if self._between.wants(number):
            self._between.add(number, entry)
        if self._losses.wants(number):
            self._losses.add(number, state.loss)

    def rows(self) -> list[Row | None]:
        """The recorded states in order, with ``None`` where some were left out."""
        turned = {state.number for state, _ in self._turns}
        kept = [*self._first, *self._turns, *self._between.items.values(), *self._last]
        rows: list[Row | None] = []
        before = -1
        for number, (state, change) in sorted({entry[0].number: entry for entry in kept}.items()):
            if number > before + 1:
                rows.append(None)
            rows.append(Row(state, change, number in turned))
            before = number
        return rows

    def losses(self) -> dict[int, float]:
        """Losses by step, evenly spaced, and the last one."""
        state, _ = self._last[-1]
        return self._losses.items | {state.number: state.loss}
