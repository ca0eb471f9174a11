"""Second derivatives and directional derivatives: the Hessian and the tangent at a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Any

from autograd_cli import formats
from autograd_cli.program import inputs_named
from autograd_cli.reports.nodes import Run
from autograd_graph import tangent
from autograd_graph.passes.curvature import MOST_UNASKED, eigenvalues, second_derivatives, shape
from autograd_graph.passes.diagnosis import breaks
from autograd_graph.passes.underflow import Losses, depends_on_lost_digits
from autograd_graph.status import OK, worst

Column = tuple[str, list[str]]
"""A heading, and a cell for each node."""

MOST_LISTED = 8
"""Of more eigenvalues than this only the smallest and the largest are shown."""

_LOST = "hangs on a product too small for a double: its digits cannot be trusted"


@dataclass(frozen=True, slots=True)
class Curvature:
    """The Hessian by ``inputs``, its eigenvalues, and the shape that they describe.

    Eigenvalues that are not worked out are ``None``, and so is then the shape.
    """

    inputs: list[str]
    matrix: list[list[float]]
    eigenvalues: list[float] | None
    shape: str | None
    nodes: Mapping[str, int]
    """The node of each input in the graph, which has ``size`` nodes."""
    size: int
    underflow: list[tuple[str, str]]
    """The pairs of inputs whose entry depends on digits that underflowed."""

    def as_object(self) -> dict[str, Any]:
        """The Hessian as JSON."""
        return {
            "inputs": self.inputs,
            "matrix": [[formats.json_number(entry) for entry in row] for row in self.matrix],
            "eigenvalues": None
            if self.eigenvalues is None
            else [formats.json_number(value) for value in self.eigenvalues],
            "shape": self.shape,
            "underflow": [list(pair) for pair in self.underflow],
        }

    def notes(self) -> list[str]:
        """Messages on the entries that are not finite or not reliable."""
        broken: dict[str, list[tuple[str, str]]] = {}
        for a, row in zip(self.inputs, self.matrix, strict=True):
            for b, entry in zip(self.inputs, row, strict=True):
                if not isfinite(entry):
                    broken.setdefault(formats.number(entry), []).append((a, b))
        messages = [f"the Hessian by {_pairs(at)} is {number}" for number, at in broken.items()]
        if self.underflow:
            messages.append(f"underflow: the Hessian by {_pairs(self.underflow)} {_LOST}")
        return messages

    def sound(self, strict: bool) -> bool:
        """Whether no entry is nan; with ``strict``, all are finite and reliable."""
        return not (self.notes() if strict else any(isnan(n) for row in self.matrix for n in row))

    def columns(self) -> list[Column]:
        """The matrix as columns of the table of nodes, with entries in the rows of the inputs."""
        return [
            (
                f"hessian.{name}",
                self._cells({a: row[n] for a, row in zip(self.inputs, self.matrix, strict=True)}),
            )
            for n, name in enumerate(self.inputs)
        ]

    def _cells(self, entries: dict[str, float]) -> list[str]:
        """A column of the matrix as a column of the table of nodes."""
        by_node = {self.nodes[name]: number for name, number in entries.items()}
        return [formats.number(by_node.get(node)) for node in range(self.size)]


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    """The first few pairs of inputs, each once, whatever its order."""
    first = list(dict.fromkeys(", ".join(sorted(pair)) for pair in pairs))
    return "; ".join(first[:MOST_LISTED]) + ("; ..." if len(first) > MOST_LISTED else "")


def curvature(
    passes: Run, wrt: Sequence[str] | None, limit: int, eigenvalues_too: bool = False
) -> Curvature:
    """The Hessian of a run's output by ``wrt``, or by every input.

    The eigenvalues of a large one are worked out with ``eigenvalues_too``. Raises
    :class:`ProgramError` (``limit``) for one of more than ``limit`` entries or steps.
    """
    names = list(passes.tape.graph.inputs) if wrt is None else list(dict.fromkeys(wrt))
    matrix, lost = second_derivatives(passes.tape, passes.given, names, limit)
    asked = eigenvalues_too or len(names) <= MOST_UNASKED
    values = eigenvalues(matrix) if asked else None
    graph = passes.tape.graph
    status = worst(breaks(passes.tape, passes.statuses, names).values())
    meaning: str | None
    if lost:
        meaning = "unknown: second derivatives are lost to underflow"
    elif status != OK and not any(map(isnan, values or [])):
        meaning = f"unknown: at a {status}, second derivatives say nothing of the shape"
    else:
        meaning = None if values is None else shape(values)
    return Curvature(names, matrix, values, meaning, graph.inputs, len(graph), lost)


@dataclass(frozen=True, slots=True)
class Along:
    """The derivative of the output along a direction."""

    direction: dict[str, float]
    value: float
    tangents: Sequence[float | None]
    """The derivative of every node along it; ``None`` where the output does not depend on the node
    and nothing flows there."""
    underflow: bool
    """Whether ``value`` depends on digits that underflowed."""

    def notes(self) -> list[str]:
        """Messages if the value is not finite or not reliable."""
        what = "the derivative along the direction"
        messages = [] if isfinite(self.value) else [f"{what} is {formats.number(self.value)}"]
        return [*messages, f"underflow: {what} {_LOST}"] if self.underflow else messages

    def sound(self, strict: bool) -> bool:
        """Whether the value is not nan; with ``strict``, finite and reliable."""
        return not (self.notes() if strict else isnan(self.value))

    def column(self) -> Column:
        """The tangents as a column of the table of nodes."""
        return "along", [formats.number(tangent) for tangent in self.tangents]

    def as_object(self) -> dict[str, Any]:
        """The derivative as JSON."""
        direction = {name: formats.json_number(step) for name, step in self.direction.items()}
        value = formats.json_number(self.value)
        return {"direction": direction, "value": value, "underflow": self.underflow}


def along(passes: Run, direction: Mapping[str, float]) -> Along:
    """The derivative of a run's output along ``direction``, a number for each input by name.

    Computed by the tangent pass. Raises :class:`ProgramError` for a name that is no input.
    """
    inputs_named(passes.tape.graph, list(direction))
    losses = Losses()
    tangents = tangent(passes.tape, passes.values, direction, losses)
    reached = passes.tape.reached
    known = [
        0.0 if tangent is None and reached[node] else tangent
        for node, tangent in enumerate(tangents)
    ]
    value = tangents[passes.tape.output] or 0.0
    lost = False
    if losses.count:
        nudged = tangent(passes.tape, passes.values, direction, Losses(nudged=True))
        lost = depends_on_lost_digits(value, nudged[passes.tape.output] or 0.0)
    return Along(dict(direction), value, known, lost)
