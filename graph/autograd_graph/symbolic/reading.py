"""Converting a graph to forms.

Each node's form is made from those of its arguments. A long sum or product is collected once, at
its root, so that the pass is linear in the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite

from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph, exact
from autograd_graph.op import Op
from autograd_graph.passes.evaluation import value_of
from autograd_graph.symbolic.algebra import Forms
from autograd_graph.symbolic.rules import simplified_call
from autograd_graph.symbolic.settled import settled_values, undefined_nodes

_ADDITIVE = frozenset({"add", "sub", "neg", "identity"})
_MULTIPLICATIVE = frozenset({"mul", "div", "neg", "identity"})


def forms_of(
    graph: Graph, roots: Sequence[int], forms: Forms, given: dict[str, float]
) -> dict[int, int]:
    """The form of every node under ``roots`` that is not collected into a larger one."""
    settled = settled_values(graph, given)
    undefined = undefined_nodes(graph, settled, any)
    inlined = _inlined(graph, roots, undefined)
    plain, asked = _uses(graph, roots)
    found: dict[int, int] = {}
    as_written: dict[int, int] = {}
    for node, kind in enumerate(inlined):
        if asked[node]:
            as_written[node] = _as_written(graph, node, as_written, settled, forms, given)
        if kind is None or not plain[node]:
            continue  # not under a root, or part of a longer sum or product
        row, args = graph.ops[node], graph.args[node]
        if row is LITERAL or row in (INPUT, CONSTANT):
            found[node] = _leaf(graph, node, forms, given)
        elif row.name in ("add", "sub") and not undefined[node]:
            found[node] = forms.combine(_addends(graph, node, inlined, found))
        elif row.name in ("mul", "div") and not undefined[node]:
            found[node] = forms.multiply(_multiplicands(graph, node, inlined, found, forms))
        elif (row.flat or row.name == "mod") and all(arg in settled for arg in args):
            found[node] = _literal(forms, value_of(row, [settled[arg] for arg in args]))
        elif row.asks and args[0] in settled:
            found[node] = _decided(forms, settled[args[0]], found[args[1]], found[args[2]])
        else:
            operands = tuple(
                as_written[arg] if _asks(row, place) else found[arg]
                for place, arg in enumerate(args)
            )
            if undefined[node] and row.name != "identity":
                found[node] = forms.call(
                    row.name, _with_signed_zeros(args, operands, settled, forms)
                )
            else:
                found[node] = simplified_call(forms, row.name, operands)
    return found


def _leaf(graph: Graph, node: int, forms: Forms, given: dict[str, float]) -> int:
    if graph.ops[node] is LITERAL:
        return _literal(forms, graph.numbers[node])
    name = graph.names[node]
    value = given.get(name)
    return forms.atom(graph.ops[node].name, name) if value is None else _literal(forms, value)


# conditions and other arguments of jumps stay as written ----------------------------------------


def _asks(row: Op, place: int) -> bool:
    """Whether an operator jumps with an argument, so that the argument's rounding matters.

    ``floor(0.3/0.1)`` is 2 on doubles, but the exact quotient is 3. ``sign`` is excepted: rounding
    does not change the sign of a number unless it cancels to 0.
    """
    return place < row.asks or row.name == "mod" or (row.flat and row.name != "sign")


def _uses(graph: Graph, roots: Sequence[int]) -> tuple[bytearray, bytearray]:
    """For each node, whether it is used as a number, and whether an operator jumps with it."""
    plain, asked = bytearray(len(graph)), bytearray(len(graph))
    for root in roots:
        plain[root] = 1
    for node in range(len(graph) - 1, -1, -1):
        for place, arg in enumerate(graph.args[node]):
            asks = _asks(graph.ops[node], place)
            asked[arg] |= asked[node] | (plain[node] & asks)
            plain[arg] |= plain[node] & (not asks)
    return plain, asked


def _decided(forms: Forms, condition: float, chosen: int, other: int) -> int:
    """The result of a choice whose condition is a number."""
    if condition != condition:
        return _literal(forms, condition)
    return chosen if condition else other


def _with_signed_zeros(
    args: Sequence[int], operands: Sequence[int], settled: dict[int, float], forms: Forms
) -> list[int]:
    """The forms of arguments, with a negative zero kept: ``x/-0`` is not ``x/0``."""
    minus_zero = forms.call("neg", (forms.zero,))
    return [
        minus_zero if repr(settled.get(arg)) == "-0.0" else operand
        for arg, operand in zip(args, operands, strict=True)
    ]


def _as_written(
    graph: Graph,
    node: int,
    as_written: dict[int, int],
    settled: dict[int, float],
    forms: Forms,
    given: dict[str, float],
) -> int:
    """A node as a form without any algebra applied."""
    row, args = graph.ops[node], graph.args[node]
    if not args or row in (INPUT, CONSTANT):
        return _leaf(graph, node, forms, given)
    if row.flat and node in settled:
        return _literal(forms, settled[node])
    if row.name == "identity":
        return as_written[args[0]]
    return forms.call(row.name, [as_written[arg] for arg in args])


def _literal(forms: Forms, number: float | Fraction) -> int:
    if isfinite(number):
        return forms.number(exact(number))
    return forms.atom("literal", repr(float(number)))


def _inlined(graph: Graph, roots: Sequence[int], undefined: bytearray) -> list[bool | None]:
    """For each node ``None`` if it is not under a root or collected by its user, else ``False``."""
    users = [0] * len(graph)
    state: list[bool | None] = [None] * len(graph)
    family: list[str] = [""] * len(graph)
    for root in roots:
        users[root] += 2
    for node in range(len(graph) - 1, -1, -1):
        if not users[node]:
            continue
        name = graph.ops[node].name
        inside = users[node] == 1 and _joins(name, family[node])
        state[node] = None if inside else False
        here = family[node] if inside or undefined[node] else _family(name)
        for arg in graph.args[node]:
            users[arg] += 1
            family[arg] = here
    return state


def _family(name: str) -> str:
    if name in ("add", "sub"):
        return "sum"
    return "product" if name in ("mul", "div") else ""


def _joins(name: str, family: str) -> bool:
    if family == "sum":
        return name in _ADDITIVE
    return family == "product" and name in _MULTIPLICATIVE


def _addends(
    graph: Graph, root: int, state: list[bool | None], found: dict[int, int]
) -> list[tuple[Fraction, int]]:
    """The terms of a whole sum, left to right."""
    addends: list[tuple[Fraction, int]] = []
    stack = [(Fraction(1), root)]
    while stack:
        sign, node = stack.pop()
        if node in found:
            addends.append((sign, found[node]))
            continue
        name, args = graph.ops[node].name, graph.args[node]
        if len(args) == 2:
            stack.append((-sign if name == "sub" else sign, args[1]))
        stack.append((-sign if name == "neg" else sign, args[0]))
    return addends


def _multiplicands(
    graph: Graph, root: int, state: list[bool | None], found: dict[int, int], forms: Forms
) -> list[tuple[int, int]]:
    """The factors of a whole product, left to right."""
    factors: list[tuple[int, int]] = []
    stack = [(forms.one, root)]
    while stack:
        power, node = stack.pop()
        if node in found:
            factors.append((found[node], power))
            continue
        name, args = graph.ops[node].name, graph.args[node]
        if name == "neg":
            factors.append((forms.minus_one, forms.one))
        if len(args) == 2:
            stack.append((forms.negate(power) if name == "div" else power, args[1]))
        stack.append((power, args[0]))
    return factors
