"""A limit on the seconds that a piece of work may take, by an alarm in the main thread.

The alarm interrupts Python wherever it is, and what it calls as soon as that returns. Code in C
that does not return is beyond it; :mod:`autograd_cli.stream.workers` ends the process then.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")

_AGAIN = 1.0
"""The seconds until the alarm rings again, where something swallowed it: a destructor does."""


class TimeUp(BaseException):
    """The time is up. It is no :class:`Exception`, so that the work does not catch it."""


class Deadline:
    """Runs work with a limit of ``seconds``, or with none if there is no alarm here."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running = False
        here = threading.current_thread() is threading.main_thread()
        self._works = here and hasattr(signal, "setitimer")
        if self._works:
            signal.signal(signal.SIGALRM, self._ring)

    def run(self, work: Callable[[], Result]) -> Result:
        """The result of ``work()``. Raises :class:`TimeUp` if it takes too long."""
        if not self._works:
            return work()
        try:
            self._running = True
            signal.setitimer(signal.ITIMER_REAL, self._seconds, _AGAIN)
            return work()
        finally:
            self._running = False  # first: an alarm that rings from here on is ignored
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._running:
            raise TimeUp
