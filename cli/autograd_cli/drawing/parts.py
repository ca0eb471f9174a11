"""One part of a diagram as one line of text."""

from __future__ import annotations

from autograd_cli.drawing.formula import one_line
from autograd_cli.output import Output
from autograd_cli.reports.graph import Part

_SHORTEST_FORMULA = 12
"""If there is room for fewer characters than this, a formula is left out, not cut."""


def part_text(part: Part, output: Output, most: int = 0) -> str:
    """``c = w·x``, or a leaf's name, shortened to ``most`` characters."""
    label = output.shown(part.label)
    text = label
    if part.formula is not None:
        text = f"{label} = {one_line(part.formula, output, close=True)}"
    dots = output.glyphs.dots
    if not most or len(text) <= most:
        return text
    if most > max(len(label) + len(" = "), _SHORTEST_FORMULA):
        return text[: most - len(dots)] + dots
    return label if len(label) <= most else label[: most - len(dots)] + dots
