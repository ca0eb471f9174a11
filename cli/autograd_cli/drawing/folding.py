"""Choosing which rows of a long table are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Row = TypeVar("Row")

_SMALLEST_GAP = 4
"""Gaps of fewer rows than this are shown in full, as a mark for them takes a row itself."""


def ends(rows: Sequence[Row], count: int, last: int | None = None) -> list[Row]:
    """The first and the last rows, ``count`` in all, ``last`` of them from the end."""
    if len(rows) <= count:
        return list(rows)
    after = count - count // 2 if last is None else last
    return [*rows[: count - after], *rows[len(rows) - after :]]


def folded(rows: Sequence[Row], count: int, last: int | None = None) -> list[Row | None]:
    """As :func:`ends`, with ``None`` in place of the rows left out."""
    kept: list[Row | None] = [*ends(rows, count, last)]
    if len(kept) < len(rows):
        after = count - count // 2 if last is None else last
        kept.insert(count - after, None)
    return kept


def telling(
    rows: Sequence[Row], most: int, count: int, tells: Callable[[Row], bool]
) -> list[Row | None]:
    """About ``count`` of more than ``most`` rows, first those for which ``tells`` is true.

    ``None`` stands where more than a few were left out. If there are too many of a kind, the first
    and the last of them are kept.
    """
    if len(rows) <= most:
        return list(rows)
    worth = [n for n, row in enumerate(rows) if tells(row)]
    rest = [n for n, row in enumerate(rows) if not tells(row)]
    kept = ends(worth, count)
    kept = sorted(kept + ends(rest, count - len(kept)))
    found: list[Row | None] = []
    before = -1
    for n in kept:
        if n - before > _SMALLEST_GAP:
            found.append(None)
        found.append(rows[n])
        before = n
    return found
