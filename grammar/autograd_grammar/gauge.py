"""Estimating a program's size from its text, to refuse one far over the limit before it is built.

A node takes some hundred bytes and an open parenthesis not much less, so a text of a hundred
megabytes would exhaust memory before its first statement ends. A large text is scanned in slabs, of
which nothing is kept, and its signs are counted. Each operator sign is a node of the graph, except
in values that are folded (`w = -1/3`) and in definitions; both take as much memory while they are
parsed. The nodes that calls expand to are counted by the builder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from autograd_graph.errors import ProgramError

SMALL = 500_000
"""Texts of at most this many characters are not scanned: even building them is cheap."""

_SLAB = 1 << 16
_COMMENT = r"#[^\r\n]*"


class _Count(NamedTuple):
    """A quantity limited in a text, with the signs that increase and decrease it."""

    what: str
    adding: str
    taking: str = ""

    def of(self, slab: str) -> int:
        """The change of the count over a slab; ``**`` is one sign."""
        added = sum(map(slab.count, self.adding)) - ("*" in self.adding) * slab.count("**")
        return added - sum(map(slab.count, self.taking))

    def crossing(self, slab: str, room: int) -> int:
        """The position in a slab where the count exceeds ``room``, at the latest its end."""
        for n, character in enumerate(slab):
            room += (character in self.taking) - (character in self.adding)
            if room < 0:
                return n
        return len(slab) - 1


_OPERATIONS = _Count("operations", "+-−*×·/÷^√")
_WAITING = (
    _Count("lines", "\n;"),
    _Count("arguments", ","),
    _Count("open parentheses", "(", ")"),
)


def check(text: str, limit: int, waiting: int) -> None:
    """Raise :class:`ProgramError` (``limit``) for a text that is too large to be built.

    ``limit`` is the largest number of operations, ``waiting`` that of lines, of arguments and of
    open parentheses.
    """
    if len(text) <= SMALL:
        return
    room = {_OPERATIONS: limit} | dict.fromkeys(_WAITING, waiting)
    for start, slab in _slabs(text):
        bare = re.sub(_COMMENT, "", slab) if "#" in slab else slab
        for count, left in room.items():
            room[count] = left - count.of(bare)
            if room[count] < 0:
                blanked = re.sub(_COMMENT, lambda found: " " * len(found[0]), slab)
                most = limit if count is _OPERATIONS else waiting
                raise _too_many(f"{most:,} {count.what}", start + count.crossing(blanked, left))


def _slabs(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces, each with its start; comments are not split."""
    start = 0
    while start < len(text):
        end = start + _SLAB
        if text.rfind("#", start, end) > text.rfind("\n", start, end):
            end = text.find("\n", end) + 1 or len(text)
        yield start, text[start:end]
        start = end


def _too_many(what: str, at: int) -> ProgramError:
    return ProgramError(
        f"the program goes on here after {what}, which is the limit",
        code="limit",
        span=(at, at + 1),
    )
