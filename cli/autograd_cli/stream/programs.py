"""The programs that a stream is likely to hold again, bound to their outputs."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from autograd_grammar.builder import literal
from autograd_grammar.shapes import Shape, literals, shape
from autograd_graph import ProgramError, Tape

_ROOM = 40_000_000
"""The size of cached programs, in bytes."""
_NODE = 400
"""The size of a node, in bytes."""
_FIXED = 16 * _NODE
"""The overhead of a cached program, in bytes."""
_MOST_SEEN = 100_000
"""How many keys are remembered without their programs."""
_FIRST, _LATE, _SELDOM = 100, 500, 16
"""How many looks are taken in any case, how many count, and how seldom a vain one is taken."""


Key = str | Shape
"""What a program is kept by: its text, or its shape if that may have other numbers."""


class _Kept(NamedTuple):
    """A bound program, and the nodes of the numbers that other texts of its shape may change."""

    tape: Tape
    literals: list[int]


class Worth:
    """Whether it is worth looking for something, by how often it was found of late.

    Where it is not, one in ``_SELDOM`` looks goes on, as a stream may change.
    """

    def __init__(self) -> None:
        self._asked = self._looks = self._found = 0

    def worth_a_look(self) -> bool:
        """Whether to look; then :meth:`looked` has to be told what came of it."""
        self._asked += 1
        often = self._found * _SELDOM >= self._looks
        return often or self._looks < _FIRST or self._asked % _SELDOM == 0

    def looked(self, found: bool) -> None:
        """Count a look."""
        self._looks += 1
        self._found += found
        if self._looks > _LATE:
            self._looks //= 2
            self._found //= 2


class Programs:
    """A cache of bound programs, least recently used dropped first.

    Programs that differ in their numbers alone have one tape, on which the numbers are exchanged.
    A program is kept when it comes for the second time, so that a stream without repetitions keeps
    nothing. With ``own`` every text has a tape of its own, with the spans of that text.
    """

    def __init__(self, bind: Callable[[str], Tape], own: bool = False, room: int = _ROOM) -> None:
        self._bind = bind
        self._all = self._room = room
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._seen: set[int] = set()
        self._last: tuple[str, Tape] | None = None
        self._shapes = None if own else Worth()

    def __getitem__(self, text: str) -> Tape:
        """The program of that text, until the next one is asked for.

        The graph of the tape may have another text of the same shape, which has the same inputs
        and the same nodes. Raises :class:`ProgramError` if the text cannot be parsed.
        """
        if self._last is None or self._last[0] != text:
            self._last = None  # first: an error or an alarm may end this
            self._last = text, self._tape(text)
        return self._last[1]

    def _tape(self, text: str) -> Tape:
        kept = self._kept.get(text)
        if kept is not None:
            self._kept.move_to_end(text)
            return kept.tape
        shapes = self._shapes
        if shapes is None or not shapes.worth_a_look():
            return self._bound(text, text)
        key, numbers = shape(text)
        kept = self._kept.get(key)
        shapes.looked(kept is not None)
        if kept is None or not _exchanged(kept, numbers):
            return self._bound(text, key)
        self._kept.move_to_end(key)
        return kept.tape

    def _bound(self, text: str, key: Key) -> Tape:
        """The program of a text, which is kept if its ``key``, or at least the text, is not new."""
        tape = self._bind(text)
        nodes = None
        if key != text and not self._is_new(key):
            nodes = literals(tape.graph)
        if nodes is not None:
            self._keep(key, _Kept(tape, nodes))
        elif not self._is_new(text):
            self._keep(text, _Kept(tape, []))
        return tape

    def _is_new(self, key: Key) -> bool:
        """Whether a program comes for the first time, as far as is remembered."""
        mark = hash(key)
        if mark in self._seen:
            return False
        if len(self._seen) >= _MOST_SEEN:
            self._seen.clear()
        self._seen.add(mark)
        return True

    def _keep(self, key: Key, kept: _Kept) -> None:
        self._room -= _size(kept)  # first: an alarm may ring between the two
        self._kept[key] = kept
        while self._room < 0 and self._kept:
            _, oldest = self._kept.popitem(last=False)
            self._room += _size(oldest)

    def clear(self) -> None:
        """Forget all programs, because memory is scarce."""
        self._kept.clear()
        self._seen.clear()
        self._last = None
        self._room = self._all


def _exchanged(kept: _Kept, numbers: list[str]) -> bool:
    """Put other numbers on a tape; ``False`` where one of them is no literal of the language."""
    try:
        doubles = [literal(number) for number in numbers]
    except ProgramError:
        return False
    leaves = kept.tape.leaves
    for node, double in zip(kept.literals, doubles, strict=True):
        leaves[node] = double
    return True


def _size(kept: _Kept) -> int:
    """The bytes that a cached program takes, about."""
    graph = kept.tape.graph
    return len(graph) * _NODE + sys.getsizeof(graph.text) + _FIXED
