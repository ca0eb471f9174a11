"""Derivatives through several steps as one formula in the values of the steps: ``x*d``.

A local derivative is a formula in the names around its step, so the products of the chain rule,
multiplied out, are formulas in the names of the program: what a person writes below a derivation.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import TYPE_CHECKING

from autograd_graph.formula import Formula
from autograd_graph.graph import Graph
from autograd_graph.operators import OPERATORS
from autograd_graph.passes.evaluation import Tape, forward
from autograd_graph.steps.steps import Steps
from autograd_graph.symbolic.infix import formula
from autograd_graph.symbolic.local_formulas import LocalFormulas
from autograd_graph.symbolic.simplify import simplify
from autograd_graph.symbolic.subexpressions import written_size, written_sizes

if TYPE_CHECKING:
    from autograd_graph.steps.explanation import Entry

LARGEST_PROGRAM = 200
"""Nothing is composed in a program of more steps and leaves than this: products of so many factors
are not read, and to simplify them costs more than both passes."""

_LONGEST = 40
"""The most operators and leaves in a formula, written out."""

_LONGEST_AS_IT_IS = 1_000
"""The most in one that has not been simplified."""

_CLOSE = 1e-9


def composed(
    formulas: LocalFormulas, found: Steps, entries: Sequence[Entry], values: Sequence[float]
) -> dict[int, Formula]:
    """The formulas by node of those derivatives in ``entries`` that have a short one.

    ``entries`` come from the output back. A formula has the value of its derivative at the point.
    """
    if len(found.labels) > LARGEST_PROGRAM:
        return {}
    graph = Graph()
    adjoints = {found.output: graph.literal(1.0)}
    for entry in entries[1:]:
        terms = [term for term in entry.terms if term.upstream is not None]
        if not terms or any(
            term.slope.formula is None or not term.flows or term.through.node not in adjoints
            for term in terms
        ):
            continue
        total = None
        for term in terms:
            slope = formulas.copied(term.through, entry.node, graph)
            product = graph.add(OPERATORS["mul"], adjoints[term.through.node], slope)
            total = product if total is None else graph.add(OPERATORS["add"], total, product)
        assert total is not None
        adjoints[entry.node] = total
    sizes = written_sizes(graph)
    wanted = [
        entry
        for entry in entries[1:]
        if entry.node in adjoints and sizes[adjoints[entry.node]] <= _LONGEST_AS_IT_IS
    ]
    plain, roots = simplify(graph, [adjoints[entry.node] for entry in wanted])
    names = {label: values[node] for node, label in found.labels.items()}
    given = {name: names[name] for name in plain.inputs}
    return {
        entry.node: formula(plain, root)
        for entry, root in zip(wanted, roots, strict=True)
        if written_size(plain, [root]) <= _LONGEST
        and isclose(
            forward(Tape(plain, root), given)[root], entry.value, rel_tol=_CLOSE, abs_tol=_CLOSE
        )
    }
