"""Derivatives for a target: what its code computes, or what its formulas say.

Code computes what the passes compute, step by step: it is not simplified, for an expression with
the same value on paper may lose its digits, or leave the range of doubles on the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd_graph.export.lowering import adopted, needed, shared
from autograd_graph.export.steps import named_steps
from autograd_graph.graph import LEAVES, Graph
from autograd_graph.op import Form
from autograd_graph.symbolic.gradient import Derivatives, gradient
from autograd_graph.symbolic.simplify import put_in, simplify


def computed_derivatives(
    graph: Graph,
    output: int | None = None,
    wrt: Sequence[str] | None = None,
    *,
    order: int = 1,
    given: dict[str, float] | None = None,
    limit: int | None = None,
    form: Form = "code",
) -> Derivatives:
    """The derivatives of ``output`` by ``wrt`` for targets that compute, ``given`` values put in.

    Arguments are those of :func:`gradient`.
    """
    found = gradient(graph, output, wrt, order=order, form=form, limit=limit)
    placed = put_in(found.graph, given or {})
    return Derivatives(placed, found.output, found.first, found.second)


def stated_derivatives(
    program: Graph,
    output: int,
    found: Derivatives,
    given: dict[str, float],
    *,
    as_written: bool = True,
) -> Derivatives:
    """Simplified derivatives in which steps of the program keep their names.

    They are ``found``, of ``output``.

    A step stays where a derivative, or the value, has the whole of it as a part. ``as_written``
    states the value, and the steps that it is made of, as the program does. ``given`` are the
    values that were put in.
    """
    graph = put_in(program, given)
    names = named_steps(graph, output)
    if graph.ops[output] not in LEAVES:
        names.setdefault(output, "")
    forms, simpler = simplify(program, list(names), given)
    ends = [found.output, *found.first.values(), *found.second.values()]
    both, nodes = shared(*_beside(found.graph, ends, forms, simpler))
    ends = nodes[: len(ends)]
    moved: dict[int, int] = {}
    known = dict(zip(nodes[len(ends) :], names, strict=True))
    if as_written:
        moved = {node: step for node, step in known.items() if both.ops[node] not in LEAVES}
    _append(graph, both, ends, moved)
    if not as_written:
        for step in names:
            graph.names.pop(step, None)
        for node, step in known.items():
            if names[step] and both.ops[node] not in LEAVES and node in moved:
                graph.names.setdefault(moved[node], names[step])
    first, second = ends[1 : 1 + len(found.first)], ends[1 + len(found.first) :]
    return Derivatives(
        graph,
        output if as_written else moved[ends[0]],
        {name: moved[node] for name, node in zip(found.first, first, strict=True)},
        {pair: moved[node] for pair, node in zip(found.second, second, strict=True)},
    )


def _beside(
    graph: Graph, roots: Sequence[int], other: Graph, others: Sequence[int]
) -> tuple[Graph, list[int]]:
    """Two graphs in one, and the roots of both in it."""
    both = graph.copy()
    moved: dict[int, int] = {}
    _append(both, other, others, moved)
    return both, [*roots, *(moved[node] for node in others)]


def _append(graph: Graph, source: Graph, roots: Sequence[int], moved: dict[int, int]) -> None:
    """Add what ``roots`` are made of to a graph, but what is ``moved`` there already."""
    for node in needed(source, roots):
        if node in moved:
            continue
        row = source.ops[node]
        if row not in LEAVES:
            moved[node] = graph.add(row, *(moved[arg] for arg in source.args[node]))
            continue
        name = source.names.get(node, "")
        own = graph.inputs.get(name, graph.constants.get(name))
        moved[node] = adopted(graph, source, node) if own is None else own
