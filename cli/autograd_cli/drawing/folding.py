"""Which rows of too many are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Row = TypeVar("Row")

_WORTH_SAYING = 4
"""Fewer rows than this are shown after all: saying that they are left out takes a row itself."""


def ends(rows: Sequence[Row], count: int, last: int | None = None) -> list[Row]:
    """The first rows and the last, ``count`` in all, ``last`` of them from the end."""
    if len(rows) <= count:
        return list(rows)
    after = count - count // 2 if last is None else last
    return [*rows[: count - after], *rows[len(rows) - after :]]


def folded(rows: Sequence[Row], count: int, last: int | None = None) -> list[Row | None]:
    """The same, with ``None`` in place of those in the middle that are left out."""
    kept: list[Row | None] = [*ends(rows, count, last)]
    if len(kept) < len(rows):
        after = count - count // 2 if last is None else last
        kept.insert(count - after, None)
    return kept


def telling(
    rows: Sequence[Row], most: int, count: int, tells: Callable[[Row], bool]
) -> list[Row | None]:
    """Of more than ``most`` rows about ``count``, those that tell something first.

    ``None`` stands where more than a few were left out. Of the telling ones, if there are too
    many, and of the rest, the first and the last stay.
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
        if n - before > _WORTH_SAYING:
            found.append(None)
        found.append(rows[n])
        before = n
    return found
