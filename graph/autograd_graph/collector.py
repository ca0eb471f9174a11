"""The garbage collector, held off while a large graph is made."""

from __future__ import annotations

import gc
from types import TracebackType

_MANY = 200_000


class collector_paused:  # noqa: N801  (called like the function it stands for)
    """Hold the cyclic garbage collector off while many long-lived tuples are made.

    None of them can be in a cycle, and collections started by their mere number would cost more
    than making them.
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
    """Let the collector wait for more objects than usual.

    For a process that makes graphs all day and keeps the last few: with Python's own threshold
    it would look through all that is kept again and again, and find no cycle in it.
    """
    gc.set_threshold(_MANY)
