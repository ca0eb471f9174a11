"""Replies as a table on the screen, with one row per program.

Rows are printed as they arrive, so the widths of the columns are set before the first row: from the
width of the screen, not from the contents of later rows.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograd_cli.output import Output, make_console
from autograd_cli.stream.replies import Reply

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_PLACE, _STATUS = 6, 9
_SOURCE = 12
_LEAST = 12
"""The smallest useful width of a column of text."""
_LINES = 6
"""The largest number of lines for a program, a gradient or a message in its column."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The format of replies as a table; ``sources`` says whether rows show their source."""

    output: Output
    width: int
    sources: bool
    between: str = ""
    foot: str = ""

    @property
    def head(self) -> str:
        """The header, after a remark on columns that there is no room for."""
        shown = [name for name, _ in self._columns()]
        hidden = [name for name in ("gradients", "status") if name not in shown]
        said = f"no room for {' and '.join(hidden)}: --format jsonl has all\n" if hidden else ""
        return said + self._print(self._table(titled=True))

    def text(self, replies: Sequence[Reply]) -> str:
        """The replies' rows."""
        rows = self._table(titled=False)
        for reply in replies:
            cells = self._cells(reply)
            rows.add_row(*[cells[name] for name, _ in self._columns()])
        return self._print(rows) if replies else ""

    def _columns(self) -> list[tuple[str, int]]:
        """Names and widths; a narrow screen has no room for the status, then none for gradients."""
        place = _PLACE + (_SOURCE if self.sources else 0)
        value = self.output.precision + 7
        room = self.width - place - value - 3 * 2
        if room - _STATUS - 3 * 2 >= 3 * _LEAST:
            room -= _STATUS + 3 * 2
            program = room * 9 // 20
            return [
                ("line", place), ("program", program), ("value", value),
                ("gradients", room - program), ("status", _STATUS),
            ]  # fmt: skip
        if room - 3 >= 2 * _LEAST:
            program = (room - 3) // 2
            return [
                ("line", place), ("program", program), ("value", value),
                ("gradients", room - 3 - program),
            ]  # fmt: skip
        return [("line", place), ("program", max(room, _LEAST)), ("value", value)]

    def _table(self, titled: bool) -> Table:
        from autograd_cli.drawing.tables import table

        drawn = table(self.output)
        drawn.show_edge = False
        drawn.show_header = titled
        drawn.pad_edge = False
        for name, width in self._columns():
            right = name in ("line", "value")
            drawn.add_column(
                name, width=width, justify="right" if right else "left", overflow="fold"
            )
        return drawn

    def _cells(self, reply: Reply) -> dict[str, Text]:
        from rich.text import Text

        from autograd_cli.drawing.tables import STATUS_STYLES

        source, line = reply.request.source, str(reply.position[0])
        cells = {
            "line": self._text(f"{source}:{line}" if self.sources else line, "dim"),
            "program": self._text(" ".join(reply.request.program.split()), ""),
            "value": Text(),
            "gradients": Text(),
            "status": Text(),
        }
        if reply.summary is None:
            assert reply.error is not None
            message = self._text(f"{reply.error.code}: {reply.error.message}", "red")
            wide = any(name == "gradients" for name, _ in self._columns())
            cells["gradients" if wide else "program"] = message
            cells["status"] = Text("failed", "bold red")
            return cells
        summary = reply.summary
        number = self.output.number
        slopes = [f"{name}: {number(slope)}" for name, slope in summary.gradients.items()]
        cells["value"] = Text(number(summary.value), "" if reply.sound(False) else "bold red")
        cells["gradients"] = self._text(", ".join(slopes), "cyan")
        cells["status"] = Text(summary.worst, STATUS_STYLES[summary.worst])
        return cells

    def _text(self, text: str, style: str) -> Text:
        """The user's text, cut where it would take too many lines."""
        from rich.text import Text

        most = _LINES * max(width for _, width in self._columns())
        return Text(self.output.shown(text if len(text) <= most else text[:most] + " ..."), style)

    def _print(self, drawn: Table) -> str:
        console = make_console(sys.stdout, self.output.colour)
        with console.capture() as capture:
            console.print(drawn, width=self.width)
        return capture.get()
