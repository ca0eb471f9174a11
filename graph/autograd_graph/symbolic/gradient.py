"""Derivatives as graphs: the reverse pass run on nodes instead of numbers.

The result is again a graph, with the output and all its partial derivatives, which share common
nodes. Run on that graph, the same pass gives second derivatives, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_graph.collector import collector_paused
from autograd_graph.graph import Graph, Node
from autograd_graph.numbers.code import CodeMath
from autograd_graph.numbers.nodes import NodeMath
from autograd_graph.op import Form
from autograd_graph.passes.evaluation import Tape, reverse


@dataclass(frozen=True, slots=True)
class Derivatives:
    """A graph that holds a program's output and its derivatives.

    ``first[x]`` is the node of the derivative by input ``x``, ``second[x, y]`` that of the
    derivative by ``x`` and then ``y``, for each pair with ``x`` not after ``y``.
    """

    graph: Graph
    output: int
    first: dict[str, int]
    second: dict[tuple[str, str], int]


def gradient(
    graph: Graph,
    output: int | None = None,
    wrt: Sequence[str] | None = None,
    *,
    order: int = 1,
    form: Form = "textbook",
) -> Derivatives:
    """The derivatives of ``output`` by the inputs ``wrt`` (by default all) as one graph.

    ``order`` is 1 or 2. ``form`` is that of the derivatives: ``textbook`` ones are shown,
    ``computed`` ones are those that `reverse` computes with, accurate everywhere, and ``code`` has
    the textbook form wherever it is as accurate. The cost is linear in the graph for each
    derivative taken.
    """
    with collector_paused():
        extended = graph.copy()
        target = graph.output if output is None else output
        names = list(graph.inputs) if wrt is None else list(wrt)
        first = _differentiate(extended, target, names, form)
        second: dict[tuple[str, str], int] = {}
        if order == 2:
            for position, name in enumerate(names):
                rest = names[position:]
                by_rest = _differentiate(extended, first[name], rest, form)
                second.update({(name, other): by_rest[other] for other in rest})
    return Derivatives(extended, target, first, second)


def _differentiate(graph: Graph, target: int, names: Sequence[str], form: Form) -> dict[str, int]:
    """Append the derivatives of one node by the inputs ``names`` to its own graph."""
    system = CodeMath(graph) if form == "code" else NodeMath(graph)
    tape = Tape(graph, target, system=system, form=form)
    values = [Node(graph, node) for node in range(len(graph))]
    adjoints = reverse(tape, values, 1)
    by_name: dict[str, int] = {}
    for name in names:
        adjoint = adjoints[graph.inputs[name]]
        if isinstance(adjoint, Node):
            by_name[name] = adjoint.id
        else:
            by_name[name] = graph.literal(0 if adjoint is None else adjoint)
    return by_name
