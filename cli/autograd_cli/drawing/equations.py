"""Equations one below the other, their equals signs in columns if there is room.

An equation is a left side and several right ones, each equal to the one before. Where there is no
room for columns each equation is broken at its equals signs, as in a textbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from autograd_cli.drawing.formula import Written

NOTHING = Written(())
"""A missing side."""

_EQUALS = " = "
_BEFORE_REMARK = "  "


@dataclass(frozen=True, slots=True)
class Equation:
    """One equation. A side may be missing; the last one is the resulting number.

    ``joins`` says whether its sides are aligned with the columns of the others.
    """

    left: str
    sides: tuple[Written, ...]
    style: str = "cyan"
    remark: str = ""
    remark_style: str = "dim"
    joins: bool = True
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Equations:
    """A title and equations under it."""

    title: str
    lines: tuple[Equation | None, ...]
    """The equations; ``None`` is where some are left out."""

    hidden: int = 0
    """The number of equations left out."""

    @property
    def equations(self) -> list[Equation]:
        """The equations that are shown."""
        return [line for line in self.lines if line is not None]

    def columns(self) -> list[int]:
        """The width of each side's column in aligned equations; 0 for none."""
        rows = [equation.sides for equation in self.equations if equation.joins]
        return [max(map(_width, column)) for column in zip_longest(*rows, fillvalue=NOTHING)]

    @property
    def left(self) -> int:
        """The width of the widest left side."""
        return max(cell_len(equation.left) for equation in self.equations)

    def width(self, *, remarks: bool = True) -> int:
        """The width if all is aligned."""
        columns = sum(width + len(_EQUALS) for width in self.columns() if width)
        widest = max(cell_len(equation.remark) for equation in self.equations) if remarks else 0
        aligned = self.left + columns + (len(_BEFORE_REMARK) + widest if widest else 0)
        return max(aligned, cell_len(self.title))

    def drawn(self, room: int, dots: str) -> list[Text]:
        """The lines in ``room`` cells."""
        return [line for lines in self.rows(room, dots) for line in lines]

    def rows(self, room: int, dots: str) -> list[list[Text]]:
        """The lines of the title and of each equation in ``room`` cells."""
        columns = self.columns() if self.width(remarks=False) <= room else []
        left = min(self.left, room // 3)
        rows = [[Text(self.title, "bold")]]
        for equation in self.lines:
            if equation is None:
                rows.append([Text(f"{dots} {self.hidden} more: --all shows them", "dim")])
                continue
            if columns and equation.joins:
                drawn = [_aligned(equation, left, columns)]
            else:
                drawn = _flowing(equation, left, room)
            rows.append([*drawn, *_remarked(drawn[-1], equation, left, room)])
        return rows

    def braided(self, other: Equations) -> Equations:
        """Each equation followed by its partner in ``other``."""
        pairs = zip(self.lines, other.lines, strict=True)
        lines = [line for pair in pairs for line in (pair if pair[1] else pair[:1])]
        apart = [line and replace(line, joins=False) for line in lines]
        title = f"{self.title}; {other.title[:1].lower()}{other.title[1:]}"
        return Equations(title, tuple(apart), self.hidden)


def beside(
    one: Equations, other: Equations, start: int, room: int, dots: str, level: bool
) -> Iterator[Text]:
    """The lines of two groups, the other one from column ``start`` on in ``room`` cells.

    If they are ``level``, an equation begins on the line on which its partner does.
    """
    rows, others = one.rows(start, dots), other.rows(room, dots)
    if not level:
        rows = [[line for lines in rows for line in lines]]
        others = [[line for lines in others for line in lines]]
    for left, right in zip(rows, others, strict=True):
        for first, second in zip_longest(left, right, fillvalue=Text()):
            gap = " " * (start - first.cell_len)
            yield Text.assemble(first, gap, second) if second.cell_len else first


def _aligned(equation: Equation, left: int, columns: Sequence[int]) -> Text:
    line = Text(equation.left.ljust(left - cell_len(equation.left) + len(equation.left)))
    line.stylize(equation.style)
    last = len(equation.sides) - 1
    for n, (side, column) in enumerate(zip(equation.sides, columns, strict=True)):
        if side.addends:
            line.append(_EQUALS, "dim")
            line.append(str(side), _side_style(equation, n == last))
        elif column:
            line.append(" " * len(_EQUALS))
        if n < last or equation.remark:
            line.append(" " * (column - _width(side)))
    return line


def _flowing(equation: Equation, left: int, room: int) -> list[Text]:
    """An equation on as many lines as it needs: the first side, then those that follow from it.

    Sides that are sums get their own lines, except the last sum and its result.
    """
    sides = [side for side in equation.sides if side.addends]
    whole = sum(len(_EQUALS) + _width(side) for side in sides) + left <= room
    line = Text().append(equation.left, equation.style)
    line.append(" " * (left - line.cell_len))
    lines = [line]
    for n, side in enumerate(sides):
        last = n == len(sides) - 1
        full = lines[-1].cell_len + len(_EQUALS) + _width(side) > room
        starts = n == 1 or full or not (equation.joins or last)
        if (n and starts and not whole) or (full and lines[-1].cell_len > left):
            lines.append(Text(" " * left))
        lines[-1].append(_EQUALS, "dim")
        lines += _continued(lines[-1], side, left + 5, room, _side_style(equation, last))
    return lines


def _remarked(line: Text, equation: Equation, left: int, room: int) -> list[Text]:
    """Add the remark after an equation, or return it as lines if there is no room."""
    if not equation.remark:
        return []
    if line.cell_len + len(_BEFORE_REMARK) + cell_len(equation.remark) <= room:
        line.append(_BEFORE_REMARK).append(equation.remark, equation.remark_style)
        return []
    line.rstrip()
    own = Text(" " * (left + len(_EQUALS)))
    indent = left + len(_EQUALS) + 2
    return [own, *_continued(own, Written((equation.remark,)), indent, room, equation.remark_style)]


def _continued(line: Text, side: Written, indent: int, room: int, style: str) -> list[Text]:
    """Add a side to a line, and return further lines for the addends that do not fit."""
    more: list[Text] = []
    for n, addend in enumerate(side.addends):
        gap = " " if n else ""
        if n and line.cell_len + len(gap) + cell_len(addend) > room:
            line, gap = Text(" " * (indent - 2)), ""  # its sign begins the line
            more.append(line)
        for position, word in enumerate(addend.split(" ")):
            between = " " if position else gap
            if position and line.cell_len + len(between) + cell_len(word) > room:
                line = Text(" " * indent)
                more.append(line)
                between = ""
            line.append(between + word, style)
    return more


def _side_style(equation: Equation, last: bool) -> str:
    if not last:
        return "default"
    return "bold" if equation.sound else "bold red"


def _width(side: Written) -> int:
    return cell_len(str(side))
