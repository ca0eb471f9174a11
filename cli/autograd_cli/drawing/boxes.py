"""The parts of a diagram as boxes with text, to be placed to the right of each other or below."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from autograd_cli.drawing.layered import Box, Layout, leading, place
from autograd_cli.drawing.parts import part_box
from autograd_cli.drawing.tables import STATUS_STYLES
from autograd_cli.output import Output
from autograd_cli.reports.graph import Diagram, Part

Line = tuple[str, str]
"""A text and its style."""

_LEAD_DOWN = 2
"""The lines above a box that goes down in which a wire's label and its head stand."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How many rows of cells things take.

    ``line`` is a line of text, and the least between two wires that arrive; ``edge`` what is above
    the text of a box, and below; ``lane`` a long wire that passes boxes by. ``framed`` is whether
    leaves have a border, too.
    """

    line: int
    edge: int
    lane: int
    framed: bool


TERMINAL = Grid(line=1, edge=1, lane=1, framed=False)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part as it is drawn: its lines, and what stands on the wires that arrive.

    ``box`` is what is placed; a picture that goes down places it turned by a quarter. ``lead`` are
    the cells in it before the border, for the ``labels`` of its wires and their heads.
    """

    box: Box
    lines: list[Line]
    labels: tuple[str, ...] = ()
    lead: int = 0
    down: bool = False
    framed: bool = True

    @property
    def width(self) -> int:
        """The width of what is drawn, from border to border."""
        return self.box.height - 1 if self.down else self.box.width - self.lead

    @property
    def height(self) -> int:
        """The height of the same."""
        if not self.down:
            return self.box.height
        return self.box.width - self.lead - (not self.framed)

    def corner(self, layout: Layout) -> tuple[int, int]:
        """The upper left cell of what is drawn in a layout."""
        x, y = layout.at[self.box.node]
        return (x, y + self.lead) if self.down else (x + self.lead, y)

    @property
    def outlet(self) -> tuple[int, int]:
        """The cell of the border at which the box's own wire leaves it."""
        if self.down:
            return self.box.out, self.height - 1
        return self.width - 1, self.box.out


def boxes(
    diagram: Diagram, output: Output, most: int, down: bool = False, grid: Grid = TERMINAL
) -> list[Drawn]:
    """Each part as a box around lines of text of about ``most`` characters.

    Wires have labels if the diagram knows what flows on them.
    """
    leads = leading({part.node: part.arguments for part in diagram.parts})
    return [
        (_below if down else _beside)(part, leads.get(part.node), diagram, output, most, grid)
        for part in diagram.parts
    ]


def arranged(drawn: list[Drawn], spacing: int, lane: int = 1) -> Layout:
    """The layout of the boxes, tracks of wires ``spacing`` cells apart."""
    layout = place([each.box for each in drawn], spacing, lane)
    return layout.turned() if drawn[0].down else layout


def _beside(
    part: Part, main: int | None, diagram: Diagram, output: Output, most: int, grid: Grid
) -> Drawn:
    """A part to be placed to the right of its arguments."""
    lines, labels, longest = _texts(part, diagram, output, most)
    width = max(cell_len(text) for text, _ in lines)
    if part.leaf and not grid.framed:
        size = Box(part.node, (), width + 2, len(lines), (), 0, leaf=True)
        return Drawn(size, lines, framed=False)
    lead = longest + 2 if longest else 0
    count = len(part.arguments)
    inside = max(len(lines), count) * grid.line
    ports = _spread(count, inside, grid.edge)
    out = grid.edge + inside // 2 if main is None else ports[main]
    if part.leaf:
        out = grid.edge + grid.line // 2
    size = Box(
        part.node, part.arguments, width + 4 + lead, inside + 2 * grid.edge, ports, out, part.leaf,
        None if main is None else part.arguments[main],
    )  # fmt: skip
    return Drawn(size, lines, labels, lead)


def _below(
    part: Part, main: int | None, diagram: Diagram, output: Output, most: int, grid: Grid
) -> Drawn:
    """A part to be placed below its arguments: its box is turned by a quarter."""
    lines, labels, longest = _texts(part, diagram, output, most)
    width = max(cell_len(text) for text, _ in lines)
    height = len(lines) * grid.line
    if part.leaf and not grid.framed:
        size = Box(part.node, (), height + 1, width + 3, (), width // 2, leaf=True)
        return Drawn(size, lines, down=True, framed=False)
    count = len(part.arguments)
    across = max(width + 2, count * (longest + 2) if longest else 2 * count) + 2
    lead = _LEAD_DOWN * grid.line if longest else 0
    ports = _spread(count, across - 2, 1)
    size = Box(
        part.node, part.arguments, height + 2 * grid.edge + lead, across + 1, ports,
        across // 2 if main is None else ports[main], part.leaf,
        None if main is None else part.arguments[main],
    )  # fmt: skip
    return Drawn(size, lines, labels, lead, down=True)


def _texts(
    part: Part, diagram: Diagram, output: Output, most: int
) -> tuple[list[Line], tuple[str, ...], int]:
    """The lines in a part, the labels of the wires that arrive, and the longest of these."""
    labels = tuple(wire_label(diagram, arg, part.node, output) for arg in part.arguments)
    return part_lines(part, output, most), labels, max(map(cell_len, labels), default=0)


def _spread(count: int, inside: int, edge: int) -> tuple[int, ...]:
    """The cells of a side at which so many wires arrive, behind its ``edge``."""
    return tuple(edge + (2 * n + 1) * inside // (2 * count) for n in range(count))


def wire_label(diagram: Diagram, source: int, target: int, output: Output) -> str:
    """What flows back on a wire: ``×-2 = -4``, the step's own slope and what comes of it; or ""."""
    wire = diagram.wire(source, target)
    if wire is None:
        return ""
    slope, flow = output.number(wire.local), output.number(wire.gradient)
    return f"{output.glyphs.fold}{slope} = {flow}"


def part_lines(part: Part, output: Output, most: int) -> list[Line]:
    """The lines in a box: the expression, then value, gradient and status if there are any."""
    quiet = part.status == "unused"
    name = "bold green" if part.role == "output" else "" if not part.leaf else "cyan"
    value = output.number(part.value)
    texts = part_box(part, output, most)
    if part.leaf and value:
        texts[-1] += f" = {value}"
    lines = [(text, "dim" if quiet else name) for text in texts]
    if not part.leaf:
        lines += [(f"= {value}", "dim" if quiet else "bold")] if value else []
    if part.gradient is not None:
        lines.append((f"grad {output.number(part.gradient)}", "dim" if quiet else "magenta"))
    if part.status != "ok":
        lines.append((part.status, STATUS_STYLES[part.status]))
    if part.hidden:
        lines.append((f"{output.glyphs.dots} {part.hidden:,} more", "dim"))
    return lines
