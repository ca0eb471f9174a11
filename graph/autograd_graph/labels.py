"""The names under which nodes are shown, and the operation of each in one line."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph, Number, Role

if TYPE_CHECKING:
    from fractions import Fraction


def labels(graph: Graph) -> list[str]:
    """A label for every node: its name, a literal's text, or ``v3`` for the third of the others.

    If a name is bound several times, all but the newest node are shown with a number (``c#1``). A
    label that is already a name of the program becomes ``v3_1``.
    """
    taken = set(graph.names.values())
    names: list[str] = []
    unnamed = 0
    for node, row in enumerate(graph.ops):
        if row is LITERAL:
            names.append(number_text(graph.numbers[node]))
        elif node in graph.names:
            names.append(graph.names[node])
        else:
            unnamed += 1
            names.append(untaken(f"v{unnamed}", taken))
    bindings: dict[str, list[int]] = {}
    for node, name in sorted(graph.names.items()):
        bindings.setdefault(name, []).append(node)
    for name, nodes in bindings.items():
        for position, node in enumerate(nodes, start=1):
            names[node] = f"{name}#{position}" if node != nodes[-1] else name
    return names


def untaken(label: str, taken: Container[str]) -> str:
    """``label``, or if that is taken the first free one of ``label_1``, ``label_2`` and so on."""
    found, number = label, 0
    while found in taken:
        number += 1
        found = f"{label}_{number}"
    return found


def output_label(graph: Graph, output: int) -> str:
    """The name of an output, or ``f`` (``f_1`` in a program that has an ``f``)."""
    return graph.names.get(output) or untaken("f", set(graph.names.values()))


def number_text(number: float | Fraction) -> str:
    """A number as it was written, or the shortest text that reads back as it."""
    if isinstance(number, Number):
        return number.text
    if not isinstance(number, float):
        return str(number)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def expression(graph: Graph, node: int, names: Sequence[str]) -> str:
    """The node's operator over the names of its arguments, never a whole sub-tree."""
    row = graph.ops[node]
    args = [names[arg] for arg in graph.args[node]]
    if row.infix:
        return f"{args[0]} {row.infix} {args[1]}" if len(args) == 2 else f"{row.infix}{args[0]}"
    if row is LITERAL:
        return number_text(graph.numbers[node])
    if row is INPUT or row is CONSTANT:
        return args[0] if args else graph.names.get(node, names[node])
    if row.name == "identity":
        return args[0]
    return f"{row.spelling}({', '.join(args)})"


def role(graph: Graph, node: int, output: int) -> Role:
    """``output`` if the node is the output, else its kind of leaf, or ``step``."""
    if node == output:
        return "output"
    if graph.ops[node] is INPUT:
        return "input"
    return "constant" if graph.ops[node] in (LITERAL, CONSTANT) else "step"
