"""Pausing Python's cyclic garbage collector while a large graph is built."""

from __future__ import annotations

import gc
from types import TracebackType

_MANY = 200_000


class collector_paused:  # noqa: N801  (called like the function it stands for)
    """Pause the cyclic garbage collector while many long-lived tuples are allocated.

    None of them can be part of a cycle, and the collections that their number triggers would cost
    more than allocating them.
    """

    __slots__ = ("_running",)

    def __enter__(self) -> None:
        self._running = gc.isenabled()
        if self._running:
            gc.disable()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._running:
            gc.enable()


def collector_patient() -> None:
    """Raise the collector's first threshold to ``_MANY`` objects for the rest of the process.

    For a process that builds large graphs and reports, or many of them, and keeps what it built:
    with Python's default threshold the collector would scan all that again and again, more often
    than in proportion to its size, and find no cycle.
    """
    gc.set_threshold(_MANY)
