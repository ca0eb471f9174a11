"""The contents of a program's drawing: its steps and leaves, with values and gradients if known.

Terminal pictures, outlines, SVG, DOT, Mermaid and JSON are all made from this report.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import TYPE_CHECKING, Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.drawing.folding import ends
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import run
from autograd_cli.reports.nodes import NodeRows
from autograd_graph import Status, Tape, missing
from autograd_graph.formula import Formula
from autograd_graph.graph import Role
from autograd_graph.labels import labels, role
from autograd_graph.sharing import shared
from autograd_graph.status import OK
from autograd_graph.steps.explanation import explain
from autograd_graph.steps.steps import Grain, Steps, steps

PICTURES = ("svg", "png", "html")
TARGETS = ("dot", "mermaid", *PICTURES)
"""What a diagram can be written as, beside being drawn."""

_FEW = 8
"""How many of a part's arguments are kept in a folded diagram."""

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
    hidden: int = 0
    """How many of its arguments are left out of a folded diagram."""

    @property
    def leaf(self) -> bool:
        """Whether the part has no arguments."""
        return self.formula is None

    @property
    def expression(self) -> str:
        """The formula as text of the language, empty for a leaf."""
        return "" if self.formula is None else str(self.formula)


@dataclass(frozen=True, slots=True)
class Wire:
    """What flows back from a user to an argument: ``gradient = local * the user's gradient``.

    ``formula`` is the local derivative in names, if it is short.
    """

    source: int
    target: int
    local: float
    formula: Formula | None
    gradient: float


@dataclass(frozen=True, slots=True, repr=False)
class Diagram(formats.Report):
    """The parts of a program, arguments before their users, the output last."""

    grain: Grain
    parts: tuple[Part, ...]
    idle: tuple[str, ...]
    """Names of the program that the output does not depend on."""
    wires: Mapping[tuple[int, int], Wire]
    """What flows on the wires, by source and target; empty unless it was asked for."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns of the parts, with the slopes by their arguments if they were asked for."""
        columns = ("node", "label", "name", "role", "expression", "arguments", "value", "gradient")
        return (*columns, "status", "slopes") if self.wires else (*columns, "status")

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

    def wire(self, source: int, target: int) -> Wire | None:
        """What flows on a wire, if it is known."""
        return self.wires.get((source, target))

    def folded(self, most: int) -> Diagram:
        """The parts next to the output with at most so many wires, a few for each part."""
        parts = {part.node: part for part in self.parts}
        opened: dict[int, tuple[int, ...]] = {}
        pending = deque([self.output.node])
        kept = {*pending}
        while pending:
            node = pending.popleft()
            arguments = tuple(ends(parts[node].arguments, _FEW))
            most -= len(arguments)
            if most < 0:
                break
            opened[node] = arguments
            pending.extend(arg for arg in arguments if arg not in kept)
            kept.update(arguments)
        return replace(self, parts=tuple(_cut(parts[n], opened.get(n, ())) for n in sorted(kept)))

    def rows(self) -> Iterable[formats.Row]:
        """The parts; the nodes of a part's arguments are separated by blanks."""
        for part in self.parts:
            yield (
                str(part.node), part.label, part.name, part.role, part.expression,
                " ".join(map(str, part.arguments)), formats.number(part.value),
                formats.number(part.gradient), part.status, *self._slopes(part),
            )  # fmt: skip

    def _slopes(self, part: Part) -> list[str]:
        """The cell of the slopes, if there is one; nan where nothing can flow."""
        found = (self.wire(arg, part.node) for arg in part.arguments)
        slopes = [formats.number(wire.local if wire else nan) for wire in found]
        return [" ".join(slopes)] if self.wires else []

    def as_object(self) -> dict[str, Any]:
        """The diagram as JSON."""
        content = {
            "by": self.grain,
            "output": self.output.node,
            "nodes": [_object(part) for part in self.parts],
            "edges": [list(edge) for edge in self.edges],
        }
        if self.wires:
            content["wires"] = [_wire(wire) for wire in self.wires.values()]
        return document("graph", content)

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """Boxes and wires, or an outline if there is no room for them."""
        from autograd_cli.views.graph import picture

        return picture(self, output, width, everything)

    def to(self, target: str, output: Output, *, everything: bool = False) -> str | bytes:
        """The diagram as ``dot``, ``mermaid``, ``svg``, ``html``, or the bytes of a ``png``.

        A large picture is folded unless ``everything`` is wanted. Raises :class:`ProgramError` for
        one that is too large, and for PNG without the library for it.
        """
        from autograd_cli.drawing import notation, png, vector

        if target == "dot":
            return notation.dot(self, output)
        if target == "mermaid":
            return notation.mermaid(self, output)
        picture = vector.svg(self, output, everything=everything)
        if target == "png":
            return png.png(picture)
        return vector.page(picture) if target == "html" else picture

    def _repr_svg_(self) -> str:
        from autograd_cli.drawing.vector import svg
        from autograd_cli.output import Output

        return svg(self, Output(), everything=False)

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


def _cut(part: Part, arguments: tuple[int, ...]) -> Part:
    """A part with only these of its arguments."""
    return replace(part, arguments=arguments, hidden=len(part.arguments) - len(arguments))


def _wire(wire: Wire) -> dict[str, Any]:
    return {
        "from": wire.source,
        "to": wire.target,
        "local": formats.json_number(wire.local),
        "local_expression": None if wire.formula is None else str(wire.formula),
        "gradient": formats.json_number(wire.gradient),
    }


def diagram(
    program: Program,
    grain: Grain | None,
    *,
    gradients: bool,
    edges: bool = False,
    share: bool = False,
) -> Diagram:
    """The diagram of a program, with its known values.

    If some input has no value, only leaves have values. ``gradients`` requires all values and adds
    the gradients; of the inputs, only those of ``--wrt`` have one. With ``edges`` wires know what
    flows back on them; with ``share`` repeated expressions are one node, which has the label of the
    first of them.
    """
    names = labels(program.graph)
    if share:
        merged, place = shared(program.graph)
        first = dict(reversed([*zip(place, names, strict=True)]))
        names = [first[node] for node in range(len(merged))]
        output = place[program.tape.output]
        program = program.replaced(graph=merged, tape=Tape(merged, output))
    graph, tape = program.graph, program.tape
    found = steps(graph, tape.output, grain, names)
    gradients = gradients or edges
    if gradients:
        program.require_values()
    known = {node: float(number) for node, number in graph.numbers.items()}
    known |= {graph.inputs.get(n, graph.constants.get(n, -1)): v for n, v in program.given.items()}
    passes = None if missing(tape, program.given) else run(tape, program.given)
    rows = NodeRows(passes, passes.status(tape.output)) if passes else None
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
                status=passes.status(node, step.inner if step else ()) if passes else OK,
            )
        )
    shown = {graph.names.get(node) for node in found.labels}
    earlier = (name for node, name in sorted(graph.names.items()) if node < tape.output)
    idle = tuple(dict.fromkeys(name for name in earlier if name not in shown))
    wires = _wires(program, found) if edges else {}
    return Diagram(found.grain, tuple(parts), idle, wires)


def _wires(program: Program, found: Steps) -> dict[tuple[int, int], Wire]:
    """What flows back on each wire: the terms of the chain rule."""
    passes = run(program.tape, program.given)
    explanation = explain(program.tape, passes.values, passes.adjoints, found, program.wrt)
    return {
        (entry.node, term.through.node): Wire(
            entry.node, term.through.node, term.slope.value, term.slope.formula, term.product
        )
        for entry in explanation.backward
        for term in entry.terms
        if term.upstream is not None
    }


def _with_gradient(program: Program, nodes: Sequence[int]) -> set[int]:
    """The nodes whose gradients are shown: all but the inputs that ``--wrt`` leaves out."""
    inputs = program.graph.inputs
    hidden = () if program.wrt is None else inputs.keys() - set(program.wrt)
    return set(nodes) - {inputs[name] for name in hidden}
