"""One part of a diagram as text."""

from __future__ import annotations

from rich.cells import cell_len

from autograd_cli.drawing.formula import one_line
from autograd_cli.drawing.wrapping import shortened_name, wrapped
from autograd_cli.output import Output
from autograd_cli.reports.graph import Part

_MOST_LINES = 5
"""How many lines a formula has in a box, until it is cut."""


def part_text(part: Part, output: Output) -> str:
    """``c = w·x``, or a leaf's name."""
    label = output.shown(part.label)
    if part.formula is None:
        return label
    return f"{label} = {one_line(part.formula, output, close=True)}"


def part_box(part: Part, output: Output, most: int) -> list[str]:
    """The same on lines of about ``most`` characters: formulas are broken, names shortened."""
    label = shortened_name(output.shown(part.label), most, output)
    if part.formula is None:
        return [label]
    start = f"{label} = "
    if cell_len(start) > most // 2:
        below = wrapped(part.formula, output, most, first=1, most=_MOST_LINES)
        return [start.rstrip(), f" {below[0]}", *below[1:]]
    first, *more = wrapped(
        part.formula, output, most, first=cell_len(start), most=_MOST_LINES
    )  # fmt: skip
    return [start + first, *more]
