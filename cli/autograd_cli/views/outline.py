"""The graph as an indented outline, for graphs that are too large for a picture.

It starts at the output; under each node are its arguments, with what flows back to them if that is
known. A node is shown in full once; where it occurs again, an arrow refers back to it. Where the
outline becomes too deep for the width, the branch continues as an outline of its own further down.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.boxes import wire_label
from autograd_cli.drawing.parts import part_text
from autograd_cli.drawing.tables import STATUS_STYLES, fewer_digits
from autograd_cli.output import Output
from autograd_cli.reports.graph import Diagram, Part

_INDENT = 3

Facts = list[tuple[str, str]]
"""Texts of a line with their styles."""


def outline(diagram: Diagram, output: Output, width: int) -> list[RenderableType]:
    """A line for each node and for each reference to one."""
    parts = {part.node: part for part in diagram.parts}
    deepest = max((width - 40) // _INDENT, 4)
    glyphs = output.glyphs
    lines: list[RenderableType] = []
    visited: set[int] = set()
    roots = deque([diagram.output.node])
    while roots:
        root = roots.popleft()
        if root in visited:
            continue
        stack = [(root, root, "", "")]
        while stack:
            node, user, before, branch = stack.pop()
            part = parts[node]
            line = Text(before + branch, style="bright_black")
            lines.append(line)
            if node in visited:
                line.append(f"{output.shown(part.label)} {glyphs.above}", "dim")
                _add(line, partial(_flow, diagram, node, user), output, width)
                continue
            if len(before) // _INDENT >= deepest and part.arguments:
                line.append(f"{output.shown(part.label)} {glyphs.below}", "dim")
                _add(line, partial(_flow, diagram, node, user), output, width)
                roots.append(node)
                continue
            visited.add(node)
            _add(line, partial(_facts, diagram, part, user), output, width)
            inside = before + (glyphs.past if branch == glyphs.joint else " " * len(branch))
            children = part.arguments
            if part.hidden:
                line.append(f"  {glyphs.dots} {part.hidden:,} more", "dim")
            for position in range(len(children) - 1, -1, -1):
                joint = glyphs.last if position == len(children) - 1 else glyphs.joint
                stack.append((children[position], node, inside, joint))
    return lines


def _add(line: Text, written: Callable[[Output], Facts], output: Output, width: int) -> None:
    """Add facts to a line, with fewer digits or cut if there is no room."""
    for fewer in fewer_digits(output):
        facts = written(fewer)
        if line.cell_len + sum(cell_len(text) for text, _ in facts) <= width:
            break
    dots = output.glyphs.dots
    for n, (text, style) in enumerate(facts):
        last = n == len(facts) - 1
        if line.cell_len + cell_len(text) + (0 if last else len(dots)) > width:
            if n == 0:
                line.append(text, style)
                line.truncate(width - len(dots))
            line.append(dots)
            return
        line.append(text, style)


def _flow(diagram: Diagram, node: int, user: int, output: Output) -> Facts:
    """What comes back to a node from the one above it, if that is known."""
    label = wire_label(diagram, node, user, output)
    return [(f"  {label}", "magenta")] if label else []


def _facts(diagram: Diagram, part: Part, user: int, output: Output) -> Facts:
    """The expression, value, gradient, flow and status of a node, if any, with their styles."""
    quiet = "dim" if part.status == "unused" else ""
    style = "bold green" if part.role == "output" else "cyan" if part.leaf else "default"
    facts = [(part_text(part, output), quiet or style)]
    if part.value is not None:
        facts.append((f" = {output.number(part.value)}", quiet or "bold"))
    if part.gradient is not None:
        facts.append((f"  grad {output.number(part.gradient)}", quiet or "magenta"))
    facts += _flow(diagram, part.node, user, output)
    if part.status != "ok":
        facts.append((f"  {part.status}", STATUS_STYLES[part.status]))
    return facts
