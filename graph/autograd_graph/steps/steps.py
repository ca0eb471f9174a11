"""The graph grouped into steps, as a person reads a program.

A *step* is a whole named statement: the nodes between its direct inputs, which are the named nodes
it uses, and itself. In the finest grain a step is one operator with its numbers, and those without
a name have the label that they have in every view: ``v1``, ``v2``. The views that explain or draw a
program share these steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from autograd_graph.formula import Formula
from autograd_graph.graph import CONSTANT, INPUT, LEAVES, Graph
from autograd_graph.labels import is_number, labels, output_label
from autograd_graph.symbolic.infix import formula

Grain = Literal["step", "operation"]

REPEATED = 16
"""A part of a statement that is used several times and has more nodes than this, printed as a tree,
becomes a step of its own. Smaller ones are printed at each use. So the printed text stays linear in
the graph, however often a function uses its argument twice."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``label = formula``.

    ``node`` computes its value. ``args`` are its direct inputs in the order in which the formula
    first names them: steps, inputs and named constants, but no literals. ``inner`` are the nodes
    that make it up, in evaluation order, including its literals, ``node`` last.
    """

    node: int
    label: str
    formula: Formula
    args: tuple[int, ...]
    inner: tuple[int, ...]

    @property
    def expression(self) -> str:
        """The formula as text of the language."""
        return str(self.formula)


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps and leaves that an output depends on.

    ``leaves`` are the inputs and named constants; ``steps`` are in evaluation order, the output's
    last; there are none if the output is a leaf. ``labels`` are the names of both by node. The
    constants from which a leaf's default is computed are not included.
    """

    graph: Graph
    output: int
    grain: Grain
    leaves: tuple[int, ...]
    steps: tuple[Step, ...]
    labels: dict[int, str]

    @property
    def nodes(self) -> list[int]:
        """The nodes of leaves and steps, arguments before their users."""
        return sorted(self.labels)

    @property
    def names(self) -> set[str]:
        """The labels without the numbers of earlier bindings."""
        return {label.partition("#")[0] for label in self.labels.values()}

    def arguments(self) -> dict[int, tuple[int, ...]]:
        """For each leaf and each step the nodes of its direct inputs."""
        return dict.fromkeys(self.leaves, ()) | {step.node: step.args for step in self.steps}


def steps(
    graph: Graph,
    output: int | None = None,
    grain: Grain | None = None,
    names: Sequence[str] | None = None,
) -> Steps:
    """The steps under ``output``.

    Without a ``grain``, steps are whole statements if the program names one on the path to the
    output, else operators. ``names`` are the labels of all nodes, if not those of the graph itself.
    """
    output = graph.output if output is None else output
    reached = _under(graph, output)
    if grain is None:
        named = any(reached[n] and n != output and _is_step(graph, n) for n in graph.names)
        grain = "step" if named else "operation"
    names = labels(graph) if names is None else [*names]
    if grain == "operation":
        heads = _operators(graph, output, reached, names)
    else:
        heads = _statements(graph, output, reached)
    names[output] = output_label(graph, output)
    leaves = [node for node in range(output + 1) if reached[node] and not _is_step(graph, node)]
    shown = {node: names[node] for node in (*leaves, *sorted(heads))}
    found = [_step(graph, node, shown) for node in sorted(heads)]
    return Steps(graph, output, grain, tuple(leaves), tuple(found), shown)


def _is_step(graph: Graph, node: int) -> bool:
    """Whether a node is neither an input nor a named constant."""
    return graph.ops[node] not in (INPUT, CONSTANT)


def _under(graph: Graph, output: int) -> Sequence[int]:
    """For each node, whether the output's expression contains it, defaults of leaves aside."""
    reached = bytearray(len(graph))
    reached[output] = 1
    for node in range(output, -1, -1):
        if reached[node] and graph.ops[node] not in LEAVES:
            for arg in graph.args[node]:
                reached[arg] = 1
    return reached


def _operators(graph: Graph, output: int, reached: Sequence[int], names: Sequence[str]) -> set[int]:
    """All operators, but for those that write a number: ``1/2`` is in the step that uses it."""
    heads = {
        node
        for node in range(output + 1)
        if reached[node] and graph.ops[node] not in LEAVES and not is_number(names[node])
    }
    return heads | {output} if _is_step(graph, output) else heads


def _statements(graph: Graph, output: int, reached: Sequence[int]) -> set[int]:
    """The named nodes, and those that would be printed too often or belong to two statements."""
    heads = {node for node in (*graph.names, output) if reached[node] and _is_step(graph, node)}
    inner = [node for node in range(output + 1) if reached[node] and graph.ops[node] not in LEAVES]
    uses = Counter(arg for node in inner for arg in graph.args[node])
    size: dict[int, int] = {}
    for node in inner:
        size[node] = 1 + sum(1 if a in heads else size.get(a, 1) for a in graph.args[node])
        if uses[node] > 1 and size[node] > REPEATED:
            heads.add(node)
    owner: dict[int, int] = {}
    for node in reversed(inner):
        mine = node if node in heads else owner[node]
        for arg in graph.args[node]:
            if arg in size and owner.setdefault(arg, mine) != mine:
                heads.add(arg)
    return heads


def _step(graph: Graph, node: int, shown: dict[int, str]) -> Step:
    """One step, collected from its node back to its direct inputs in the order of the text."""
    args: dict[int, None] = {}
    inner = {node}
    stack = list(reversed(graph.args[node]))
    while stack:
        current = stack.pop()
        if current in shown:
            args[current] = None
        elif current not in inner:
            inner.add(current)
            stack.extend(reversed(graph.args[current]))
    label = shown.pop(node)
    printed = formula(graph, node, shown)
    shown[node] = label
    return Step(node, label, printed, tuple(args), tuple(sorted(inner)))
