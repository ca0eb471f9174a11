"""The graph as a person reads it: by steps.

A program names what matters in it. A *step* is a named statement, whole: what stands between its
direct inputs, the named nodes it uses, and itself. In the finest grain a step is one operator,
and those without a name go by their label, ``v7``. The views that explain or draw a program share
this account of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from autograd_graph.formula import Formula
from autograd_graph.graph import CONSTANT, INPUT, LEAVES, Graph
from autograd_graph.labels import labels, output_label
from autograd_graph.symbolic.infix import formula

Grain = Literal["step", "operation"]

REPEATED = 16
"""A part of a statement that is used several times and has more nodes than this, printed as a
tree, is a step of its own. Smaller ones are printed at each use, and so what is printed stays
linear in the graph however often a function doubled its argument."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``label = formula``.

    ``node`` computes its value. ``args`` are its direct inputs in the order in which the
    formula first names them: steps, inputs and named constants. Numbers are in the text
    alone. ``inner`` are the nodes that make it up, in evaluation order, its literals among
    them and ``node`` last.
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
    """What an output depends on, by steps.

    ``leaves`` are the inputs and named constants, ``steps`` come in evaluation order, the
    output's last; an output that is a leaf itself has none. ``labels`` has the name of each of
    both by node. A leaf's default that is computed from constants is not looked behind.
    """

    graph: Graph
    output: int
    grain: Grain
    leaves: tuple[int, ...]
    steps: tuple[Step, ...]
    labels: dict[int, str]

    @property
    def nodes(self) -> list[int]:
        """Leaves and steps, by node, arguments before their users."""
        return sorted(self.labels)

    def arguments(self) -> dict[int, tuple[int, ...]]:
        """For each leaf and each step the nodes of its direct inputs."""
        return dict.fromkeys(self.leaves, ()) | {step.node: step.args for step in self.steps}


def steps(graph: Graph, output: int | None = None, grain: Grain | None = None) -> Steps:
    """The steps under ``output``.

    Without a ``grain`` the program decides: whole statements where it names one on the way to
    the output, else operators.
    """
    output = graph.output if output is None else output
    reached = _under(graph, output)
    if grain is None:
        named = any(reached[n] and n != output and _is_step(graph, n) for n in graph.names)
        grain = "step" if named else "operation"
    heads = (_operators if grain == "operation" else _statements)(graph, output, reached)
    names = _names(graph, output)
    leaves = [node for node in range(output + 1) if reached[node] and not _is_step(graph, node)]
    shown = {node: names[node] for node in (*leaves, *sorted(heads))}
    found = [_step(graph, node, shown) for node in sorted(heads)]
    return Steps(graph, output, grain, tuple(leaves), tuple(found), shown)


def _is_step(graph: Graph, node: int) -> bool:
    """Whether a node is no leaf that goes by its name."""
    return graph.ops[node] not in (INPUT, CONSTANT)


def _names(graph: Graph, output: int) -> list[str]:
    """The labels, with an output that has no name as ``f``."""
    names = labels(graph)
    if output not in graph.names:
        names[output] = output_label(graph, output)
    return names


def _under(graph: Graph, output: int) -> Sequence[int]:
    """For each node, whether the output's expression has it: leaves are not looked behind."""
    reached = bytearray(len(graph))
    reached[output] = 1
    for node in range(output, -1, -1):
        if reached[node] and graph.ops[node] not in LEAVES:
            for arg in graph.args[node]:
                reached[arg] = 1
    return reached


def _operators(graph: Graph, output: int, reached: Sequence[int]) -> set[int]:
    heads = {node for node, row in enumerate(graph.ops) if reached[node] and row not in LEAVES}
    return heads | {output} if _is_step(graph, output) else heads


def _statements(graph: Graph, output: int, reached: Sequence[int]) -> set[int]:
    """The named nodes, and what would be printed too often or belongs to two statements."""
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
    """One step, walked from its node to its direct inputs in the order of the text."""
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
