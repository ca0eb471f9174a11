"""The progress line of a long run, on standard error if that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from autograd_cli.output import Colour, is_terminal, make_console

if TYPE_CHECKING:
    from rich.text import Text

_PAUSE = 0.1
"""The shortest time between two drawings, in seconds."""


class Progress:
    """A line that is redrawn in place.

    ``over_results`` says that the results go to the same screen, so that it has to be cleared.
    """

    def __init__(self, wanted: bool, over_results: bool, colour: Colour) -> None:
        self._over_results = over_results
        self._console = None
        if wanted and is_terminal(sys.stderr):
            console = make_console(sys.stderr, colour)
            if not console.is_dumb_terminal:
                self._console = console
        self._begun = monotonic()
        self._next = self._begun + _PAUSE
        self._visible = False

    def show(self, line: Callable[[float], Text]) -> None:
        """Redraw the line, unless it was drawn less than ``_PAUSE`` ago.

        ``line`` makes it from the seconds since the start of the run.
        """
        now = monotonic()
        if self._console is None or now < self._next:
            return
        self.hide()
        self._console.print(line(now - self._begun), end="", no_wrap=True, overflow="crop")
        self._next, self._visible = now + _PAUSE, True

    def make_way(self) -> None:
        """Clear the line before results are written to the same screen."""
        if self._over_results:
            self.hide()

    def hide(self) -> None:
        """Clear the line, so that something else can be written there."""
        if self._console is None or not self._visible:
            return
        from rich.control import Control
        from rich.segment import ControlType

        self._console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))
        self._next, self._visible = 0.0, False
