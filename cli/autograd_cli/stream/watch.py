"""What a process is at, in memory that its parent reads: the line of a record, and since when."""

from __future__ import annotations

from collections.abc import MutableSequence
from time import monotonic


class Watch:
    """The line that is worked on and the time when it began; line 0 is none."""

    def __init__(self, cells: MutableSequence[float]) -> None:
        self._cells = cells

    def begin(self, line: int) -> None:
        """Note that work on a line begins."""
        self._cells[0], self._cells[1] = float(line), monotonic()

    def end(self) -> None:
        """Note that there is no work on a line any more."""
        self._cells[0] = 0.0

    @property
    def line(self) -> int:
        """The line that is worked on, 0 for none."""
        return int(self._cells[0])

    def over(self, seconds: float) -> bool:
        """Whether the work on a line has taken more than ``seconds``."""
        line, began = self._cells
        return line > 0 and monotonic() - began > seconds
