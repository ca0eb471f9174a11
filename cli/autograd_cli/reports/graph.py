"""The contents of a program's drawing: its steps and leaves, with values and gradients if known.

Terminal pictures, outlines, SVG, DOT, Mermaid and JSON are all made from this report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import evaluate
from autograd_graph import Status, missing
from autograd_graph.formula import Formula
from autograd_graph.graph import Role
from autograd_graph.labels import role
from autograd_graph.status import OK
from autograd_graph.steps.steps import Grain, steps

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output


@dataclass(frozen=True, slots=True)
class Part:
    """A step or a leaf. ``formula`` is ``None`` for a leaf, ``value`` is ``None`` if not known."""

    node: int
    label: str
    name: str
    role: Role
    formula: Formula | None
    arguments: tuple[int, ...]
    value: float | None
    gradient: float | None
    status: Status

    @property
    def leaf(self) -> bool:
        """Whether the part has no arguments."""
        return self.formula is None

    @property
    def expression(self) -> str:
        """The formula as text of the language, empty for a leaf."""
        return "" if self.formula is None else str(self.formula)


@dataclass(frozen=True, slots=True, repr=False)
class Diagram(formats.Report):
    """The parts of a program, arguments before their users, the output last."""

    columns = (
        "node", "label", "name", "role", "expression", "arguments", "value", "gradient", "status",
    )  # fmt: skip

    grain: Grain
    parts: tuple[Part, ...]
    idle: tuple[str, ...]
    """Names of the program that the output does not depend on."""

    @property
    def output(self) -> Part:
        """The part of the output."""
        return self.parts[-1]

    @property
    def sound(self) -> bool:
        """Whether the output and the gradients of the inputs, if shown, are not nan."""
        numbers = [self.output.value, *(part.gradient for part in self.parts if part.leaf)]
        return not any(number is not None and isnan(number) for number in numbers)

    @property
    def edges(self) -> list[tuple[int, int]]:
        """Pairs of an argument and its user."""
        return [(arg, part.node) for part in self.parts for arg in part.arguments]

    def rows(self) -> Iterable[formats.Row]:
        """The parts; the nodes of a part's arguments are separated by blanks."""
        for part in self.parts:
            yield (
                str(part.node), part.label, part.name, part.role, part.expression,
                " ".join(map(str, part.arguments)), formats.number(part.value),
                formats.number(part.gradient), part.status,
            )  # fmt: skip

    def as_object(self) -> dict[str, Any]:
        """The diagram as JSON."""
        content = {
            "by": self.grain,
            "output": self.output.node,
            "nodes": [_object(part) for part in self.parts],
            "edges": [list(edge) for edge in self.edges],
        }
        return document("graph", content)

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """Boxes and wires, or an outline if there is no room for them."""
        from autograd_cli.views.graph import picture

        return picture(self, output, width)

    def _repr_svg_(self) -> str:
        from autograd_cli.drawing.vector import svg
        from autograd_cli.output import Output

        return svg(self, Output())

    _repr_html_ = _repr_svg_


def _object(part: Part) -> dict[str, Any]:
    return {
        "node": part.node,
        "label": part.label,
        "name": part.name or None,
        "role": part.role,
        "expression": part.expression or None,
        "arguments": list(part.arguments),
        "value": formats.json_number(part.value),
        "gradient": formats.json_number(part.gradient),
        "status": part.status,
    }


def diagram(program: Program, grain: Grain | None, *, gradients: bool) -> Diagram:
    """The diagram of a program, with its known values.

    If some input has no value, only leaves have values. ``gradients`` requires all values and adds
    the gradients; of the inputs, only those of ``--wrt`` have one.
    """
    graph, tape = program.graph, program.tape
    found = steps(graph, tape.output, grain)
    if gradients:
        program.require_values()
    known = {node: float(number) for node, number in graph.numbers.items()}
    known |= {graph.inputs.get(n, graph.constants.get(n, -1)): v for n, v in program.given.items()}
    rows = None if missing(tape, program.given) else evaluate(tape, program.given).nodes
    expressions = {step.node: step for step in found.steps}
    flowing = _with_gradient(program, found.nodes) if gradients else ()
    parts = []
    for node in found.nodes:
        step = expressions.get(node)
        row = rows[node] if rows else None
        parts.append(
            Part(
                node=node,
                label=found.labels[node],
                name=graph.names.get(node, ""),
                role=role(graph, node, tape.output),
                formula=step.formula if step else None,
                arguments=step.args if step else (),
                value=row.value if row else known.get(node),
                gradient=row.gradient if row and node in flowing else None,
                status=row.status if row else OK,
            )
        )
    shown = {graph.names.get(node) for node in found.labels}
    earlier = (name for node, name in sorted(graph.names.items()) if node < tape.output)
    idle = tuple(dict.fromkeys(name for name in earlier if name not in shown))
    return Diagram(found.grain, tuple(parts), idle)


def _with_gradient(program: Program, nodes: Sequence[int]) -> set[int]:
    """The nodes whose gradients are shown: all but the inputs that ``--wrt`` leaves out."""
    inputs = program.graph.inputs
    hidden = () if program.wrt is None else inputs.keys() - set(program.wrt)
    return set(nodes) - {inputs[name] for name in hidden}
