"""Derivatives as graphs: the reverse pass run on nodes instead of numbers.

The result is again a graph, with the output and all its partial derivatives, which share common
nodes. Run on that graph, the same pass gives second derivatives, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_graph.collector import collector_paused
from autograd_graph.errors import ProgramError
from autograd_graph.graph import INPUT, Graph, Node
from autograd_graph.numbers.code import CodeMath
from autograd_graph.numbers.nodes import NodeMath
from autograd_graph.op import Form
from autograd_graph.passes.evaluation import Tape, reverse

_MOST_SECOND, _MOST_EACH = 50_000, 30
"""Second derivatives may have so many operations, or so many for each node of the program: that
many are simplified in a few seconds."""


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
    limit: int | None = None,
) -> Derivatives:
    """The derivatives of ``output`` by the inputs ``wrt`` (by default all) as one graph.

    ``order`` is 1 or 2. ``form`` is that of the derivatives: ``textbook`` ones are shown,
    ``computed`` ones are those that `reverse` computes with, accurate everywhere, ``policy`` ones
    the same for code, and ``code`` has the textbook form wherever it is as accurate. The cost of a
    derivative is linear in the nodes that it is taken of.

    Raises :class:`ProgramError` (``limit``) for more than ``limit`` second derivatives, and for
    second derivatives that have far more nodes than the program.
    """
    with collector_paused():
        extended = graph.copy()
        target = graph.output if output is None else output
        names = list(graph.inputs) if wrt is None else list(wrt)
        differentiation = _Differentiation(extended, form)
        first = differentiation.of(target, names)
        second: dict[tuple[str, str], int] = {}
        if order == 2:
            if limit is not None and len(names) * (len(names) + 1) // 2 > limit:
                raise _too_many(f"there are more than {limit:,} of them")
            most = max(_MOST_SECOND, _MOST_EACH * len(graph))
            for position, name in enumerate(names):
                if limit is not None and len(extended) > most:
                    raise _too_many(f"they have more than {most:,} operations")
                rest = names[position:]
                by_rest = differentiation.of(first[name], rest)
                second.update({(name, other): by_rest[other] for other in rest})
    return Derivatives(extended, target, first, second)


def _too_many(what: str) -> ProgramError:
    return ProgramError(
        f"the second derivatives of this program are too large to be written: {what}",
        code="limit",
        hint="--wrt takes those by some inputs only; eval --hessian gives their numbers",
    )


class _Differentiation:
    """Appends the derivatives of nodes of a graph to that graph.

    A derivative costs as much as the nodes that its root depends on, whatever else the graph has.
    """

    def __init__(self, graph: Graph, form: Form) -> None:
        self._graph = graph
        self._form = form
        self._tame = bytearray()
        self._known: dict[int, dict[int, int]] = {}
        self._zero: int | None = None

    def of(self, root: int, names: Sequence[str]) -> dict[str, int]:
        """The derivatives of a node by the inputs ``names``."""
        if root not in self._known:
            self._known[root] = self._by_input(root)
        found = self._known[root]
        nodes = ((name, found.get(self._graph.inputs[name])) for name in names)
        return {name: self._nothing() if node is None else node for name, node in nodes}

    def _by_input(self, root: int) -> dict[int, int]:
        """The derivatives of a node by the inputs that it depends on."""
        graph = self._graph
        under = graph.under(root)
        part = _part(graph, under)
        for_code = self._form in ("code", "policy")
        system = (CodeMath if for_code else NodeMath)(graph, self._tame)
        tape = Tape(part, len(under) - 1, system=system, form=self._form)
        adjoints = reverse(tape, [Node(graph, node) for node in under], 1)
        return {
            node: adjoint.id if isinstance(adjoint, Node) else graph.literal(adjoint)
            for node, adjoint in zip(under, adjoints, strict=True)
            if graph.ops[node] is INPUT and adjoint is not None
        }

    def _nothing(self) -> int:
        if self._zero is None:
            self._zero = self._graph.literal(0)
        return self._zero


def _part(graph: Graph, nodes: Sequence[int]) -> Graph:
    """The operators and arguments of some nodes as a graph of its own."""
    place = {node: n for n, node in enumerate(nodes)}
    part = Graph()
    part.ops = [graph.ops[node] for node in nodes]
    part.args = [tuple(place[arg] for arg in graph.args[node]) for node in nodes]
    return part
