"""The progress line of a long run, on standard error if that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

from autograd_cli.output import Colour, is_terminal, make_console

if TYPE_CHECKING:
    from rich.text import Text

_PAUSE = 0.1
"""The shortest time between two drawings, in seconds."""

_BEAT = 0.5
"""The seconds between two drawings of a stage, which appears at the second one."""


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


class Stages:
    """A progress line with the current stage of a run, shown when that takes about a second.

    A thread draws it, because the work of a stage is a single call that reports nothing. The line
    is erased when the ``with`` block ends, also by an error.
    """

    def __init__(self, wanted: bool, colour: Colour) -> None:
        self._wanted = wanted and is_terminal(sys.stderr)
        self._colour = colour
        self._begun = monotonic()
        self._stage = ""
        self._over = Event()
        self._thread: Thread | None = None

    def __enter__(self) -> Stages:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.pause()

    def at(self, stage: str) -> None:
        """Begin a stage, for example ``reading the program``."""
        self._stage = stage
        if self._wanted and self._thread is None:
            self._over.clear()
            self._thread = Thread(target=self._draw, daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Erase the line until the next stage, so that other output can be written."""
        if self._thread is not None:
            self._over.set()
            self._thread.join()
            self._thread = None

    def _draw(self) -> None:
        if self._over.wait(_BEAT):
            return
        progress = Progress(wanted=True, over_results=False, colour=self._colour)
        try:
            while not self._over.wait(_BEAT):
                progress.show(self._line)
            progress.hide()
        except OSError:  # the terminal was closed
            return

    def _line(self, seconds: float) -> Text:
        from rich.text import Text

        return Text(f"{self._stage}, {monotonic() - self._begun:.0f} s")
