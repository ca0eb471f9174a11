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
    unnamed = 0
    for node in range(len(graph)):
        if node in graph.names:
            names.append(graph.names[node])
        elif (number := _written(graph, node, names)) is not None:
            names.append(number)
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


def _written(graph: Graph, node: int, names: Sequence[str]) -> str | None:
    """The text of a node that only writes a number, as ``-2`` and ``1/2`` do."""
    row = graph.ops[node]
    if row is LITERAL:
        return number_text(graph.numbers[node])
    if not row.infix or not all(is_number(names[arg]) for arg in graph.args[node]):
        return None
    text = _operation(graph, node, names, "")
    return text if len(text) <= _LONGEST_NUMBER else None


def is_number(label: str) -> bool:
    """Whether a label is that of a node that only writes a number."""
    return label[0] in _BEGIN_NUMBERS


_BEGIN_NUMBERS = frozenset("-(.0123456789")
"""What the text of a number begins with; a name begins with none of these."""


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
    operands = [
        f"({names[arg]})" if _binding(graph, arg, names[arg]) < least else names[arg]
        for arg, least in zip(args, OPERANDS[row.binding], strict=True)
    ]
    if len(args) == 1:
        return row.infix + operands[0]
    return f"{blank}{row.infix}{blank}".join(operands)


def _binding(graph: Graph, node: int, label: str) -> int:
    """How tightly the text of a node binds: that of a number may be an operation."""
    return graph.ops[node].binding if graph.ops[node].infix and is_number(label) else ATOM


def role(graph: Graph, node: int, output: int) -> Role:
    """``output`` if the node is the output, else its kind of leaf, or ``step``."""
    if node == output:
        return "output"
    if graph.ops[node] is INPUT:
        return "input"
    return "constant" if graph.ops[node] in (LITERAL, CONSTANT) else "step"
