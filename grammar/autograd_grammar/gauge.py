"""How large a program is, from its text alone: what is far over the limit is never built.

A node takes some hundred bytes and a waiting parenthesis not much less, so a text of a hundred
megabytes would fill the machine before its first statement ends. The gauge goes over a large text
in slabs, keeps nothing, and counts signs. Each sign of an operation is a node of the graph, save
in values that fold (`w = -1/3`) and in definitions; both take as much room while they are read.
What calls expand to is the builder's to count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from autograd_graph.errors import ProgramError

SMALL = 500_000
"""Characters of a text that needs no gauge: building it takes no more than a refusal may."""

_SLAB = 1 << 16
_COMMENT = re.compile(r"#[^\r\n]*")


class _Count(NamedTuple):
    """One thing that a text can have too much of: the signs that add one, and that take one."""

    what: str
    adding: str
    taking: str = ""

    def of(self, slab: str) -> int:
        """How many more a slab has at its end than at its start; ``**`` is one sign."""
        added = sum(map(slab.count, self.adding)) - ("*" in self.adding) * slab.count("**")
        return added - sum(map(slab.count, self.taking))

    def crossing(self, slab: str, room: int) -> int:
        """Where in a slab the count goes over ``room``, at the latest at its end."""
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

    ``limit`` is how many operations there may be, ``waiting`` how many lines, arguments and open
    parentheses.
    """
    if len(text) <= SMALL:
        return
    room = {_OPERATIONS: limit} | dict.fromkeys(_WAITING, waiting)
    for start, slab in _slabs(text):
        bare = _COMMENT.sub("", slab) if "#" in slab else slab
        for count, left in room.items():
            room[count] = left - count.of(bare)
            if room[count] < 0:
                blanked = _COMMENT.sub(lambda found: " " * len(found[0]), slab)
                most = limit if count is _OPERATIONS else waiting
                raise _too_many(f"{most:,} {count.what}", start + count.crossing(blanked, left))


def _slabs(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces, each with its place; no comment is cut."""
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
