"""The rows of a mapped table on a screen: the first, the last, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from autograd_cli.drawing.tables import (
    STATUS_STYLES,
    digits_said,
    fewer_digits,
    fit,
    remarks,
    table,
)
from autograd_cli.output import Output
from autograd_cli.tables.mapping import Block, beside
from autograd_cli.tables.writers import Writer
from autograd_cli.views.columns import MANY

_LONGEST = 40
"""A text of more characters is cut."""


class Drawn(Writer):
    """A table that is drawn when its last row has come; of many rows, the first and the last."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._first: pl.DataFrame | None = None
        self._last: pl.DataFrame | None = None
        self._count = 0
        self._own = 0
        self._numbers: set[str] = set()

    def write(self, block: Block) -> None:
        """Keep the rows that may be drawn."""
        frame = beside(block.own, block.results)
        if self._first is None or self._last is None:
            self._first = self._last = frame
            self._own = block.own.width
            self._numbers = {*block.numbers}
        self._count += frame.height
        if self._first.height < MANY:
            self._first = _joined(self._first, frame.head(MANY - self._first.height))
        self._last = _joined(self._last, frame.tail(MANY // 2)).tail(MANY // 2)

    def end(self) -> None:
        """Draw the table."""
        if self._first is not None:
            self._output.draw(self._draw)

    def _draw(self, width: int) -> Sequence[RenderableType]:
        """The table; where it is too wide, the last of its own columns are only named."""
        assert self._first is not None
        names = self._first.columns
        shown = self._own
        while True:
            kept = [*names[:shown], *names[self._own :]]
            for fewer in fewer_digits(self._output):
                drawn = self._table(kept, fewer)
                if fits := fit(drawn, width, [0] * len(kept)):
                    break
            if fits or not shown:
                break
            shown -= 1
        said = []
        if self._count > MANY:
            said.append(f"{self._count:,} rows: --to csv has all")
        if hidden := names[shown : self._own]:
            said.append("no room for " + self._output.shown(", ".join(hidden)))
        remarks(drawn, [*said, *digits_said(fewer, self._output)])
        return [drawn]

    def _table(self, names: Sequence[str], output: Output) -> Table:
        assert self._first is not None
        assert self._last is not None
        drawn = table(output)
        for name in names:
            right = name in self._numbers or self._first.schema[name].is_numeric()
            drawn.add_column(Text(output.shown(name)), justify="right" if right else "left")
        folded = self._count > MANY
        for row in self._first.head(MANY // 2 if folded else MANY).select(names).iter_rows():
            drawn.add_row(*(_cell(value, output) for value in row))
        if folded:
            drawn.add_row(*[Text(output.glyphs.dots, "dim")] * len(names))
            for row in self._last.select(names).iter_rows():
                drawn.add_row(*(_cell(value, output) for value in row))
        return drawn


def _joined(above: pl.DataFrame, below: pl.DataFrame) -> pl.DataFrame:
    """The rows of two frames, whose columns may be text in the one and numbers in the other."""
    return pl.concat([above, below], how="vertical_relaxed")


def _cell(value: object, output: Output) -> Text:
    """A number with the digits asked for, or a text on one line."""
    if isinstance(value, float):
        return Text(output.number(value))
    if value is None:
        return Text("")
    text = " ".join(str(value).split())
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
    return Text(output.shown(shown), STATUS_STYLES.get(text, ""))
