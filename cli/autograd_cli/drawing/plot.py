"""Curves on a grid of characters: in braille dots, four rows and two columns per character.

Written for this project, as plots have to show where a function is not smooth: a curve is
interrupted at a jump and at a pole, and kinks are marked. Plotting libraries for terminals connect
the two sides of a pole, and none draws without Unicode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from rich.text import Text

from autograd_cli.drawing.glyphs import Glyphs

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BRAILLE = 0x2800


@dataclass(frozen=True, slots=True)
class Curve:
    """Values at evenly spaced points, nan where there is none, and how the curve is drawn.

    ``breaks`` are the numbers of points before which the curve is interrupted. A ``dashed`` curve
    can be told from another without colour; it has dashes where it is not steep.
    """

    values: Sequence[float]
    style: str
    mark: str
    breaks: frozenset[int] = frozenset()
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A drawing area of ``width`` by ``height`` characters for values from ``low`` to ``high``."""

    width: int
    height: int
    low: float
    high: float
    glyphs: Glyphs

    @property
    def columns(self) -> int:
        """The number of points from left to right."""
        return self.width * self.glyphs.cell[0]

    @property
    def rows(self) -> int:
        """The number of points from top to bottom."""
        return self.height * self.glyphs.cell[1]

    def row(self, value: float) -> float:
        """The row of a value, 0 at the top; outside of the grid for one out of range."""
        return (self.high - value) / (self.high - self.low) * (self.rows - 1)

    def draw(self, curves: Sequence[Curve], marks: Sequence[tuple[int, float, str]]) -> list[Text]:
        """The lines of the drawing. ``marks`` are highlighted points: column, value and style."""
        across, down = self.glyphs.cell
        cells = [[(" ", "")] * self.width for _ in range(self.height)]
        zero = self.row(0.0)
        if 0 <= zero <= self.rows - 1:
            cells[round(zero) // down] = [(self.glyphs.zero, "bright_black")] * self.width
        for curve in curves:
            self._trace(cells, curve)
        for column, value, style in marks:
            row = round(self.row(value)) if isfinite(value) else -1
            if 0 <= row < self.rows:
                cells[row // down][column // across] = (self.glyphs.point, style)
        return [Text.assemble(*line) for line in cells]

    def _trace(self, cells: list[list[tuple[str, str]]], curve: Curve) -> None:
        across, down = self.glyphs.cell
        fine = across * down > 1
        dots: dict[tuple[int, int], int] = {}
        before: float | None = None
        for column, value in enumerate(curve.values):
            row = self.row(value) if isfinite(value) else None
            if column in curve.breaks:
                before = None
            if row is not None:
                rows = self._between(row if before is None else before, row)
                if curve.dashed and fine and column % 6 >= 4 and len(rows) <= 2:
                    rows = range(0)
                for y in rows:
                    cell = (y // down, column // across)
                    dots[cell] = dots.get(cell, 0) | _DOTS[y % 4][column % 2]
            before = row
        for (y, x), pattern in dots.items():
            cells[y][x] = (chr(_BRAILLE + pattern) if fine else curve.mark, curve.style)

    def _between(self, start: float, end: float) -> range:
        """The visible rows from just after the last point's to this point's, closing the curve."""
        first, last = round(start), round(end)
        if first < last:
            first += 1
        elif first > last:
            first -= 1
        top, bottom = min(first, last), max(first, last)
        return range(max(top, 0), min(bottom, self.rows - 1) + 1)
