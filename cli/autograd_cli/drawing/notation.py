"""The graph in the notations of other tools: Graphviz's DOT and Mermaid."""

from __future__ import annotations

from autograd_cli.drawing.boxes import wire_label
from autograd_cli.drawing.parts import part_text
from autograd_cli.output import Output
from autograd_cli.reports.graph import Diagram, Part


def dot(diagram: Diagram, output: Output) -> str:
    """A DOT file, which ``dot -Tsvg`` draws."""
    lines = ["digraph program {", "  rankdir=LR;", '  node [shape=box, fontname="monospace"];']
    for part in diagram.parts:
        label = "\\n".join(_dot_text(line) for line in _lines(part, output))
        shape = ", shape=plain" if part.leaf else ""
        lines.append(f'  n{part.node} [label="{label}"{shape}];')
    for source, target in diagram.edges:
        flow = _dot_text(wire_label(diagram, source, target, output))
        lines.append(f"  n{source} -> n{target}" + (f' [label="{flow}"];' if flow else ";"))
    return "\n".join([*lines, "}\n"])


def mermaid(diagram: Diagram, output: Output) -> str:
    """A Mermaid flowchart, which Markdown pages draw."""
    lines = ["flowchart LR"]
    for part in diagram.parts:
        label = "<br/>".join(_mermaid_text(line) for line in _lines(part, output))
        left, right = ("([", "])") if part.leaf else ("[", "]")
        lines.append(f'  n{part.node}{left}"{label}"{right}')
    for source, target in diagram.edges:
        flow = _mermaid_text(wire_label(diagram, source, target, output))
        lines.append(f"  n{source} -->" + (f'|"{flow}"|' if flow else "") + f" n{target}")
    return "\n".join([*lines, ""])


def _lines(part: Part, output: Output) -> list[str]:
    lines = [part_text(part, output)]
    if part.value is not None:
        lines.append(f"= {output.number(part.value)}")
    if part.gradient is not None:
        lines.append(f"grad {output.number(part.gradient)}")
    return lines if part.status == "ok" else [*lines, part.status]


def _dot_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _mermaid_text(text: str) -> str:
    """The text with entities for characters that are special in Mermaid or Markdown."""
    return "".join(f"#{ord(c)};" if c in '#&<>"*_`[](){}|;' else c for c in text)
