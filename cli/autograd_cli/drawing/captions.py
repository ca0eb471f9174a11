"""What is said below a picture of a graph: what its numbers and wires are, what is left out."""

from __future__ import annotations

from autograd_cli.drawing.symbols import derivative
from autograd_cli.output import Output
from autograd_cli.reports.graph import Diagram

_MANY = 8


def captions(
    diagram: Diagram, output: Output, user: str = "the box", digits: int | None = None
) -> list[str]:
    """Lines of text; ``user`` is what a wire leads to, ``digits`` what numbers have in boxes."""
    told = []
    if diagram.output.gradient is not None:
        slope = derivative(output, diagram.output.label, "node", total=True)
        back = ", which flows back against the wires" if user == "the box" else ""
        told.append(f"grad: {slope}{back}")
    if diagram.wires:
        fold = output.glyphs.fold
        told.append(f"{fold}s = g: s is the local derivative of {user}, and g = s times its grad")
    known = any(part.value is not None for part in diagram.parts)
    if known and digits is not None and digits < output.precision:
        told.append(f"numbers have {digits} digits here, to fit")
    if diagram.idle:
        more = f", {output.glyphs.dots}" if len(diagram.idle) > _MANY else ""
        shown = ", ".join(diagram.idle[:_MANY]) + more
        told.append(f"not drawn, as {diagram.output.label} does not need it: {shown}")
    return told


def folded(diagram: Diagram, small: Diagram, option: str) -> str:
    """How much of a diagram is drawn, and the option that shows the rest."""
    return (
        f"{len(small.parts):,} of {len(diagram.parts):,} nodes, those next to the output: "
        f"{option} shows the others, --of NAME what is under a step"
    )
