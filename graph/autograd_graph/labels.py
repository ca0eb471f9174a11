"""The names under which nodes are shown, and the operation of each in one line.

There is one numbering of the operators without a name, and every view has it: what is ``v3`` in a
table of all nodes is ``v3`` in an explanation, a diagram or a page, whatever part of the program
these show. What only writes a number, as ``1/2`` does, is no step of the computation: it has no
number, and stands in formulas as it was written.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph, Number, Role

if TYPE_CHECKING:
    from fractions import Fraction


COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5, 6
"""How tightly operators bind; an atom is a name, a number or a call."""

OPERANDS = {
    COMPARISON: (SUM, SUM),
    SUM: (SUM, PRODUCT),
    PRODUCT: (PRODUCT, SIGN),
    SIGN: (SIGN,),
    POWER: (ATOM, SIGN),
}
"""The binding that each operand needs to be written without parentheses."""

_LONGEST_NUMBER = 20
"""An operator over numbers whose text has more characters than this is a step like any other."""


def labels(graph: Graph) -> list[str]:
    """A label for every node: its name, a number's text, or ``v3`` for the third of the others.

    If a name is bound several times, all but the newest node are shown with a number (``c#1``). A
    label that is already a name of the program becomes ``v3_1``.
    """
    taken = set(graph.names.values())
    names: list[str] = []
    numbers: set[int] = set()
    unnamed = 0
    for node, row in enumerate(graph.ops):
        if node in graph.names:
            names.append(graph.names[node])
            continue
        if row is LITERAL:
            names.append(number_text(graph.numbers[node]))
            numbers.add(node)
            continue
        if row.infix and numbers.issuperset(graph.args[node]):
            text = _operation(graph, node, names, "")
            if len(text) <= _LONGEST_NUMBER:
                names.append(text)
                numbers.add(node)
                continue
        unnamed += 1
        names.append(untaken(f"v{unnamed}", taken))
    bindings: dict[str, list[int]] = {}
    for node, name in sorted(graph.names.items()):
        bindings.setdefault(name, []).append(node)
    for name, nodes in bindings.items():
        for position, node in enumerate(nodes, start=1):
            names[node] = f"{name}#{position}" if node != nodes[-1] else name
    return names


def is_number(label: str) -> bool:
    """Whether a label is that of a node that only writes a number.

    It begins with a digit, ``-``, ``(`` or ``.``, which come before all letters and ``_``.
    """
    return label[0] <= "9"


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
    if row.infix:
        return _operation(graph, node, names, " ")
    args = [names[arg] for arg in graph.args[node]]
    if row is LITERAL:
        return number_text(graph.numbers[node])
    if row is INPUT or row is CONSTANT:
        return args[0] if args else graph.names.get(node, names[node])
    if row.name == "identity":
        return args[0]
    return f"{row.spelling}({', '.join(args)})"


def _operation(graph: Graph, node: int, names: Sequence[str], blank: str) -> str:
    """An infix operator over the names of its arguments, with ``blank`` around it."""
    row, args = graph.ops[node], graph.args[node]
    least = OPERANDS[row.binding]
    left = names[args[0]]
    if is_number(left):
        left = _operand(graph, args[0], left, least[0])
    if len(args) == 1:
        return row.infix + left
    right = names[args[1]]
    if is_number(right):
        right = _operand(graph, args[1], right, least[1])
    return f"{left}{blank}{row.infix}{blank}{right}"


def _operand(graph: Graph, node: int, number: str, least: int) -> str:
    """A number as an operand: one that is written as arithmetic may need parentheses."""
    return f"({number})" if 0 < graph.ops[node].binding < least else number


def role(graph: Graph, node: int, output: int) -> Role:
    """``output`` if the node is the output, else its kind of leaf, or ``step``."""
    if node == output:
        return "output"
    if graph.ops[node] is INPUT:
        return "input"
    return "constant" if graph.ops[node] in (LITERAL, CONSTANT) else "step"
