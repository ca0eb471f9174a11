"""A step's derivatives as formulas in its own direct inputs.

Each step is differentiated as a small graph of its own, so that the total cost is the sum over
steps. Steps of the same shape (a program has few shapes) share the work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from autograd_graph.formula import Formula
from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph
from autograd_graph.passes.evaluation import Tape, forward
from autograd_graph.steps.steps import Step
from autograd_graph.symbolic.gradient import gradient
from autograd_graph.symbolic.infix import formula
from autograd_graph.symbolic.simplify import simplify

LARGEST_STEP = 300
"""Formulas are not written for a step of more nodes than this, direct inputs included: together
they would be longer than the program."""

LONGEST_FORMULA = 200
"""Nor are formulas of more nodes than this, counted as a tree."""

Shape = tuple[object, ...]


class LocalFormulas:
    """The simplified local derivatives of a graph's steps."""

    def __init__(self, graph: Graph, labels: Mapping[int, str]) -> None:
        self._graph = graph
        self._labels = labels
        self._known: dict[Shape, tuple[Graph, list[int], int]] = {}
        self._asked: dict[int, Sequence[int]] = {}

    def of(self, step: Step, by: Sequence[int]) -> dict[int, Formula | None]:
        """The derivative by each direct input in ``by``; ``None`` for those that are not written.

        If the program names the step, its value is written as that name.
        """
        if len(step.inner) + len(step.args) > LARGEST_STEP:
            return dict.fromkeys(by)
        shape = self._shape(step, by)
        self._asked[step.node] = by
        if shape not in self._known:
            self._known[shape] = self._derive(step, by)
        derived, roots, own = self._known[shape]
        names = {
            derived.inputs[_stand_in(position)]: self._labels[arg]
            for position, arg in enumerate(step.args)
            if _stand_in(position) in derived.inputs
        }
        if step.node in self._graph.names and derived.args[own]:
            names[own] = self._labels[step.node]
        short = _printed_sizes(derived)
        return {
            arg: formula(derived, root, names) if short[root] <= LONGEST_FORMULA else None
            for arg, root in zip(by, roots, strict=True)
        }

    def copied(self, step: Step, by: int, into: Graph) -> int:
        """The derivative by one direct input, copied into a graph; it was asked of :meth:`of`.

        Steps and leaves are inputs there, under their labels.
        """
        derived, roots, own = self._known[self._shape(step, self._asked[step.node])]
        root = roots[self._asked[step.node].index(by)]
        copies: dict[int, int] = {}
        for position, arg in enumerate(step.args):
            node = derived.inputs.get(_stand_in(position))
            if node is not None:
                copies[node] = _named(into, self._labels[arg])
        if step.node in self._graph.names and derived.args[own]:
            copies[own] = _named(into, self._labels[step.node])
        for node in derived.under(root):
            if node in copies:
                continue
            row = derived.ops[node]
            if row is LITERAL:
                copies[node] = into.literal(derived.numbers[node])
            elif row is CONSTANT:
                copies[node] = _constant(into, derived.names[node], derived.numbers[node])
            else:
                copies[node] = into.add(row, *(copies[arg] for arg in derived.args[node]))
        return copies[root]

    def _shape(self, step: Step, by: Sequence[int]) -> Shape:
        """All that the formulas of a step depend on, except the names of its inputs."""
        graph = self._graph
        place = {node: n for n, node in enumerate((*step.args, *step.inner))}
        inputs = tuple(self._well_known(arg) for arg in step.args)
        parts = tuple(
            (_number(graph.numbers[node]),)
            if graph.ops[node] is LITERAL
            else (graph.ops[node].name, *(place[arg] for arg in graph.args[node]))
            for node in step.inner
        )
        return inputs, parts, tuple(place[arg] for arg in by)

    def _well_known(self, node: int) -> str:
        """``pi`` or ``e`` if the node is that constant, which rules can simplify; else ""."""
        graph = self._graph
        name = graph.names.get(node, "")
        built_in = graph.ops[node] is CONSTANT and name not in graph.constants
        return name if built_in else ""

    def at(self, step: Step, by: Sequence[int], values: Sequence[float]) -> dict[int, float]:
        """The values of the formulas where the direct inputs have these values."""
        if len(step.inner) + len(step.args) > LARGEST_STEP:
            return {}
        derived, roots, _ = self._known[self._shape(step, by)]
        point = {_stand_in(position): values[arg] for position, arg in enumerate(step.args)}
        given = {name: point[name] for name in derived.inputs}
        return {
            arg: forward(Tape(derived, root), given)[root]
            for arg, root in zip(by, roots, strict=True)
        }

    def _derive(self, step: Step, by: Sequence[int]) -> tuple[Graph, list[int], int]:
        """The step as a simplified graph of its own, the nodes of its derivatives and its value."""
        graph, small = self._graph, Graph()
        copies: dict[int, int] = {}
        for position, arg in enumerate(step.args):
            name = self._well_known(arg)
            if name:
                copies[arg] = _constant(small, name, graph.numbers[arg])
            else:
                copies[arg] = small.leaf(INPUT, _stand_in(position))
        for node in step.inner:
            if graph.ops[node] is LITERAL:
                copies[node] = small.literal(graph.numbers[node])
            else:
                arguments = (copies[arg] for arg in graph.args[node])
                copies[node] = small.add(graph.ops[node], *arguments)
        names = [small.names[copies[arg]] for arg in by]
        derivatives = gradient(small, copies[step.node], names)
        wanted = [*(derivatives.first[name] for name in names), derivatives.output]
        derived, (*roots, own) = simplify(derivatives.graph, wanted)
        return derived, roots, own


def _named(graph: Graph, name: str) -> int:
    """The input of that name, made if the graph has none."""
    return graph.inputs[name] if name in graph.inputs else graph.leaf(INPUT, name)


def _constant(graph: Graph, name: str, number: float | Fraction) -> int:
    """A constant of that name."""
    node = graph.add(CONSTANT)
    graph.names[node] = name
    graph.numbers[node] = number
    return node


def _stand_in(position: int) -> str:
    """A placeholder for a direct input; sorted, placeholders keep the order of the text."""
    return f"x{position:03}"


def _number(number: float | Fraction) -> tuple[str, str]:
    return str(number), getattr(number, "text", "")


def _printed_sizes(graph: Graph) -> list[int]:
    """For each node, the number of nodes of its expression, with shared ones counted each time."""
    sizes: list[int] = []
    for args in graph.args:
        sizes.append(1 + sum(sizes[arg] for arg in args))
    return sizes
