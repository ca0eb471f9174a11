"""The cost of a gradient by reverse mode, forward mode and finite differences.

One reverse pass gives the derivative by every input at once. Forward mode and finite differences
run through the whole graph once per input. That is why networks are trained by reverse mode; here
it is counted on the user's own graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from autograd_graph.graph import LEAVES
from autograd_graph.numbers.counting import of_slopes, of_value
from autograd_graph.passes.evaluation import Tape


@dataclass(frozen=True, slots=True)
class Method:
    """One method for the whole gradient, and what it costs.

    ``passes`` counts runs through the graph; ``visits`` counts node visits, given by ``formula`` in
    terms of ``n`` nodes and ``p`` inputs; ``operations`` counts arithmetic operations.
    """

    name: str
    passes: int
    formula: str
    visits: int
    operations: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The costs on a graph of ``nodes`` operators and ``inputs`` inputs.

    ``evaluation`` is the forward pass for the values, which every method needs first: its
    ``operations`` are included in theirs, its ``visits`` are not. The reverse pass multiplies the
    adjoint of each node by each of its partials, and adds where an argument has several users. A
    forward pass does the same from arguments to users, and is counted as if every node depended on
    its input.
    """

    nodes: int
    inputs: int
    evaluation: Method
    reverse: Method
    forward: Method
    differences: Method

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods for the gradient."""
        return self.reverse, self.forward, self.differences


def cost(tape: Tape, wrt: Sequence[str] | None = None) -> Cost:
    """Count the work of a gradient by the inputs in ``wrt``, by default all under the output."""
    graph = tape.graph
    nodes = [n for n, row in enumerate(graph.ops) if tape.reached[n] and row not in LEAVES]
    names = graph.inputs if wrt is None else wrt
    p = sum(bool(tape.reached[graph.inputs[name]]) for name in names)
    n = len(nodes)
    values, slopes, flows = _arithmetic(tape, nodes)
    varying = [node for node in nodes if tape.varying[node]]
    receivers = {arg for node in varying for arg in graph.args[node] if tape.varying[arg]}
    back = slopes + flows + (flows - len(receivers))
    along = slopes + flows + (flows - len(varying))
    return Cost(
        nodes=n,
        inputs=p,
        evaluation=Method("evaluation", 1, "n", n, values),
        reverse=Method("reverse mode", 1, "n + p", n + p, values + back),
        forward=Method("forward mode", p, "n * p", n * p, values + p * along),
        differences=Method(
            "finite differences", p + 1, "n * (p + 1)", n * (p + 1), (p + 1) * values + 2 * p
        ),
    )


def _arithmetic(tape: Tape, nodes: list[int]) -> tuple[int, int, int]:
    """Count the operations of all values, those of all partials, and adjoint-partial products."""
    graph = tape.graph
    kinds = Counter((graph.ops[node], tape.constant(node)) for node in nodes)
    values = slopes = flows = 0
    for (row, constant), count in kinds.items():
        values += count * of_value(row, len(constant))
        if not row.flat and not all(constant):
            slopes += count * of_slopes(row, constant)
            flows += count * constant.count(False)
    return values, slopes, flows
