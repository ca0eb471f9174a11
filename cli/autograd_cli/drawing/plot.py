"""Curves on a grid of characters: in braille dots, four rows and two columns per character.

Written for this project, as plots have to show where a function is not smooth: a curve is
interrupted at a jump and at a pole, and kinks are marked. Plotting libraries for terminals connect
the two sides of a pole, and none draws without Unicode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import isfinite

from rich.text import Text

from autograd_cli.drawing.glyphs import Glyphs

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BRAILLE = 0x2800

_FAR = 1e6
"""So many heights away it does not matter how far."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Values at evenly spaced points, nan where there is none, and how the curve is drawn.

    ``breaks`` are the numbers of points before which the curve is interrupted; from those of
    ``rises`` it goes on upright to a value, as beside a pole. A ``dashed`` curve can be told from
    another without colour; it has dashes where it is not steep.
    """

    values: Sequence[float]
    style: str
    mark: str
    breaks: frozenset[int] = frozenset()
    dashed: bool = False
    rises: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dots:
    """Points that are not connected, each a column and a value, and how they are drawn."""

    places: Sequence[tuple[int, float]]
    style: str
    mark: str


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
        down = (self.high - value) / (self.high - self.low)
        return max(-_FAR, min(down, _FAR)) * (self.rows - 1)

    def draw(
        self,
        curves: Sequence[Curve],
        marks: Sequence[tuple[int, float, str, str]],
        dots: Sequence[Dots] = (),
    ) -> list[Text]:
        """The lines of the drawing: dots, curves over them, and ``marks`` over these.

        A mark is a highlighted point: column, value, character and style.
        """
        across, down = self.glyphs.cell
        cells = [[(" ", "")] * self.width for _ in range(self.height)]
        zero = self.row(0.0)
        if 0 <= zero <= self.rows - 1:
            cells[round(zero) // down] = [(self.glyphs.zero, "bright_black")] * self.width
        for each in dots:
            self._dot(cells, each)
        for curve in curves:
            self._trace(cells, curve)
        for column, value, mark, style in marks:
            row = round(self.row(value)) if isfinite(value) else -1
            if 0 <= row < self.rows:
                cells[row // down][column // across] = (mark, style)
        return [Text.assemble(*line) for line in cells]

    def _dot(self, cells: list[list[tuple[str, str]]], dots: Dots) -> None:
        found = [
            (round(self.row(value)), column) for column, value in dots.places if isfinite(value)
        ]
        self._put(cells, [place for place in found if 0 <= place[0] < self.rows], dots)

    def _put(
        self,
        cells: list[list[tuple[str, str]]],
        places: Sequence[tuple[int, int]],
        like: Curve | Dots,
    ) -> None:
        """Fill in points by row and column."""
        across, down = self.glyphs.cell
        patterns: dict[tuple[int, int], int] = {}
        for y, column in places:
            cell = (y // down, column // across)
            patterns[cell] = patterns.get(cell, 0) | _DOTS[y % 4][column % 2]
        fine = across * down > 1
        for (y, x), pattern in patterns.items():
            cells[y][x] = (chr(_BRAILLE + pattern) if fine else like.mark, like.style)

    def _trace(self, cells: list[list[tuple[str, str]]], curve: Curve) -> None:
        across, down = self.glyphs.cell
        fine = across * down > 1
        places: list[tuple[int, int]] = []
        before: float | None = None
        for column, value in enumerate(curve.values):
            row = self.row(value) if isfinite(value) else None
            if column in curve.breaks:
                before = None
            if row is not None:
                rows = self._between(row if before is None else before, row)
                if curve.dashed and fine and column % 6 >= 4 and len(rows) <= 2:
                    rows = range(0)
                places += [(y, column) for y in rows]
                if column in curve.rises:
                    end = self.row(curve.rises[column])
                    places += [(y, column) for y in self._between(row, end)]
            before = row
        self._put(cells, places, curve)

    def _between(self, start: float, end: float) -> range:
        """The visible rows from just after the last point's to this point's, closing the curve."""
        first, last = round(start), round(end)
        if first < last:
            first += 1
        elif first > last:
            first -= 1
        top, bottom = min(first, last), max(first, last)
        return range(max(top, 0), min(bottom, self.rows - 1) + 1)


class Canvas:
    """Dots on a grid of ``width`` by ``height`` characters, the later ones over the earlier."""

    def __init__(self, width: int, height: int, glyphs: Glyphs) -> None:
        self._cells: dict[tuple[int, int], tuple[int, str, str]] = {}
        self._marks: dict[tuple[int, int], tuple[str, str]] = {}
        self._glyphs = glyphs
        self._size = width, height

    @property
    def columns(self) -> int:
        """The number of dots from left to right."""
        return self._size[0] * self._glyphs.cell[0]

    @property
    def rows(self) -> int:
        """The number of dots from top to bottom."""
        return self._size[1] * self._glyphs.cell[1]

    def dot(self, column: int, row: int, style: str, plain: str) -> None:
        """A dot, or ``plain`` where characters are not made of dots. One outside is left out."""
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return
        across, down = self._glyphs.cell
        place = column // across, row // down
        pattern, before, _ = self._cells.get(place, (0, style, plain))
        own = pattern if before == style else 0
        self._cells[place] = own | _DOTS[row % 4][column % 2], style, plain

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        style: str,
        plain: str,
        gaps: bool = False,
    ) -> None:
        """The dots from one place to another; nothing to a place that is no number.

        With ``gaps`` every second one is left out.
        """
        if not all(map(isfinite, (*start, *end))):
            return
        (x1, y1), (x2, y2) = (self._near(place) for place in (start, end))
        steps = max(round(max(abs(x2 - x1), abs(y2 - y1))), 1)
        for n in range(steps + 1):
            x = round(x1 + (x2 - x1) * n / steps)
            y = round(y1 + (y2 - y1) * n / steps)
            if not (gaps and (x + y) % 2):
                self.dot(x, y, style, plain)

    def _near(self, place: tuple[float, float]) -> tuple[float, float]:
        """A place, not further outside than a line that leaves the grid needs."""
        limit = 4.0 * (self.columns + self.rows)
        return max(-limit, min(limit, place[0])), max(-limit, min(limit, place[1]))

    def shade(self, is_shaded: Callable[[float, float], bool]) -> None:
        """Shade the empty characters whose middle is, by fractions of width and of height."""
        width, height = self._size
        for row, column in product(range(height), range(width)):
            if is_shaded((column + 0.5) / width, 1 - (row + 0.5) / height):
                self._cells.setdefault((column, row), (0, "red dim", self._glyphs.void))

    def mark(self, place: tuple[float, float], mark: str, style: str) -> None:
        """A character at a place, if that is inside."""
        if all(map(isfinite, place)):
            across, down = self._glyphs.cell
            column, row = round(place[0]), round(place[1])
            if 0 <= column < self.columns and 0 <= row < self.rows:
                self._marks[column // across, row // down] = mark, style

    def drawn(self) -> list[Text]:
        """The lines of the drawing."""
        fine = self._glyphs.cell != (1, 1)
        width, height = self._size
        lines = []
        for row in range(height):
            line = Text()
            for column in range(width):
                pattern, style, plain = self._cells.get((column, row), (0, "", " "))
                character = chr(_BRAILLE + pattern) if fine and pattern else plain
                if (column, row) in self._marks:
                    character, style = self._marks[column, row]
                line.append(character, style)
            lines.append(line)
        return lines
