"""Leaves whose value the program works out: ``k = 2*3`` is an input, and there is a sum to do."""

from __future__ import annotations

import re

from autograd_cli.program import Program
from autograd_grammar import parse
from autograd_graph.formula import Formula
from autograd_graph.graph import Graph
from autograd_graph.steps.steps import Steps
from autograd_graph.symbolic.infix import formula

_PLAIN = re.compile(r"[-+\u2212\s]*[\d._]+([eE][-+\u2212]?\d+)?(\s*/\s*[\d._]+)?\s*")
"""A number as it stands in a program, ``1/2`` among them."""

_CALL = re.compile(r"[^\W\d]\w*\s*\(")


def leaves(found: Steps) -> list[int]:
    """The leaves of the steps, and the program's constants from which their values come."""
    graph = found.graph
    own = set(graph.constants.values())
    below = {
        node
        for leaf in found.leaves
        for arg in graph.args[leaf]
        for node in own.intersection(graph.under(arg))
    }
    return sorted(below.union(found.leaves))


def worked(program: Program, found: Steps) -> dict[int, Formula]:
    """For each leaf that has its value from an expression of constants, that expression.

    Leaves that are given a value from outside, or a plain number by the program, have none.
    """
    graph = program.graph
    formulas: dict[int, Formula] = {}
    for leaf in leaves(found):
        if graph.names[leaf] in program.given:
            continue
        if graph.args[leaf]:
            formulas[leaf] = formula(graph, graph.args[leaf][0], {})
        elif (written := _written(graph, leaf)) is not None:
            formulas[leaf] = written
    return formulas


def _written(graph: Graph, leaf: int) -> Formula | None:
    """The expression of a leaf of which the graph has only the number, read again."""
    span = graph.spans[leaf]
    if span is None or leaf not in graph.numbers:
        return None
    start, end = span
    _, _, expression = graph.text[start:end].partition("=")
    if not expression or _PLAIN.fullmatch(expression):
        return None
    before = graph.text[:start] if _CALL.search(expression) else ""  # with what it calls
    again = parse(before + expression.strip())
    found = formula(again, again.output, {})
    plain = all(kind in ("number", "sign") for _, kind in found.tokens)  # ``-(2)``
    return None if plain else found
