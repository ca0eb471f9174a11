"""Lowering: a graph in the operators that a target writes.

What the target has no row for is composed of what it has, and equal nodes become one. Then
conditions are told from numbers: a comparison stands only where one is asked for, elsewhere it
is ``where(a < b, 1, 0)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from autograd_graph.errors import ProgramError
from autograd_graph.export.target import Target
from autograd_graph.graph import INPUT, LEAVES, LITERAL, Graph, Node, Operand
from autograd_graph.numbers.nodes import NodeMath
from autograd_graph.op import Formula, Op
from autograd_graph.operators import OPERATORS

COMPARISONS = frozenset(name for name, row in OPERATORS.items() if row.comparison)


def private(name: str, parameters: str) -> Op:
    """An operator that only exports know."""
    return Op(name=name, parameters=parameters, summary="", value=lambda xp, *xs: xs, probe=())


WHOLE_POWER = private("whole_power", "x, n")
"""``x^n`` for a whole literal ``n``, in languages where other powers are written otherwise."""

SQUARE = private("square_of", "x")
CUBE = private("cube_of", "x")
"""``x*x`` and ``x*x*x``: what reviewers write for small powers, and compilers too."""

AND = private("and", "x, y")
NOT = private("not", "x")
KNOWN = private("known", "x")
UNLIKE = private("unlike", "x, y")
"""Whether a number is not nan, and whether two differ or are: for targets that order nan."""

CONDITIONS = COMPARISONS | {"and", "not", "known", "unlike"}

_OF_FLAGS = frozenset({"mul", "min", "max"})
"""Operators that make a number other than nan of such numbers as 0 and 1."""


def is_number(graph: Graph, node: int) -> bool:
    """Whether a node is a literal other than nan."""
    return graph.ops[node] is LITERAL and graph.numbers[node] == graph.numbers[node]


def shared(source: Graph, roots: Sequence[int]) -> tuple[Graph, list[int]]:
    """What is under ``roots``, with equal operators over equal arguments made one."""
    graph = Graph()
    known: dict[object, int] = {}
    moved: dict[int, int] = {}
    for node in needed(source, roots):
        row, args = source.ops[node], tuple(moved[arg] for arg in _arguments(source, node))
        key: object = (row.name, args) if args else _leaf_key(source, node)
        if key not in known:
            known[key] = graph.add(row, *args) if args else adopted(graph, source, node)
        moved[node] = known[key]
        carry_name(source, node, graph, moved[node])
    return graph, [moved[root] for root in roots]


def carry_name(source: Graph, node: int, graph: Graph, here: int) -> None:
    """Let a step of the program keep its name in another graph, unless it has one there."""
    name = source.names.get(node)
    if name and source.ops[node] not in LEAVES and graph.ops[here] not in LEAVES:
        graph.names.setdefault(here, name)


def _leaf_key(source: Graph, node: int) -> object:
    """What two leaves have in common that are the same; ``pi`` of the language is not a ``pi``."""
    row = source.ops[node]
    if row is LITERAL:
        return repr(source.numbers[node])
    return row.name, source.names[node], _is_own(source, node)


def _is_own(source: Graph, node: int) -> bool:
    """Whether a leaf is the program's own, and not the language's ``pi`` or ``e``."""
    return source.ops[node] is INPUT or source.constants.get(source.names[node]) == node


def adopted(graph: Graph, source: Graph, node: int) -> int:
    """A leaf of another graph."""
    row = source.ops[node]
    if row is LITERAL:
        return graph.literal(source.numbers[node])
    name = source.names[node]
    here = graph.leaf(row, name) if _is_own(source, node) else graph.add(row)
    graph.names[here] = name
    return here


def _arguments(graph: Graph, node: int) -> tuple[int, ...]:
    """The arguments of an operator; a leaf's default is not looked into."""
    return () if graph.ops[node] in LEAVES else graph.args[node]


def lower(graph: Graph, roots: Sequence[int], target: Target) -> tuple[Graph, list[int]]:
    """A graph of what ``target`` writes, and what ``roots`` are in it."""
    nodes, done = list(roots), False
    while not done:
        graph, nodes, done = _composed(graph, nodes, target)
    return _with_conditions(graph, nodes, target)


def _composed(source: Graph, roots: Sequence[int], target: Target) -> tuple[Graph, list[int], bool]:
    """One round: each operator as it is, or by its formula. The last round changes nothing."""
    source, roots = shared(source, roots)
    graph = Graph()
    xp = NodeMath(graph)
    moved: dict[int, int] = {}
    done = True
    for node in needed(source, roots):
        row = source.ops[node]
        if row in LEAVES:
            moved[node] = adopted(graph, source, node)
            continue
        args = [moved[arg] for arg in source.args[node]]
        result = _formula(row, xp, [Node(graph, arg) for arg in args], target)
        if result is None:
            moved[node] = graph.add(row, *args)
        else:
            done = False
            moved[node] = result.id if isinstance(result, Node) else graph.literal(result)
        carry_name(source, node, graph, moved[node])
    return graph, [moved[root] for root in roots], done


def _formula(row: Op, xp: NodeMath, args: list[Node], target: Target) -> Operand | None:
    """What an operator is composed of in a target, ``None`` where it is written as it is."""
    name = row.name
    rewritten: Operand | None = (
        target.rewrites[name](xp, *args) if name in target.rewrites else None
    )
    if rewritten is not None or target.writes(name, len(args)):
        return rewritten
    result: Operand | None = None
    formulas = () if name in target.refused else (target.compositions.get(name), *_own(row, target))
    for formula in formulas:
        if result is None and formula is not None:
            found = formula(xp, *args)
            result = None if _is_itself(found, row, args) else found
    if result is None:
        reason = target.refused.get(name, "there is nothing to express it with")
        raise ProgramError(
            f"{row.spelling} cannot be exported to {target.name}: {reason}",
            code="unsupported",
            hint="other targets may have it: latex and sympy know every function",
        )
    return result


def _own(row: Op, target: Target) -> tuple[Formula | None, Formula | None]:
    """A row's formulas for its value: first that for computing, or that for reading."""
    return (row.value, row.definition) if target.computes else (row.definition, row.value)


def _is_itself(result: Operand, row: Op, args: list[Node]) -> bool:
    """Whether a formula is nothing but the operator that it is a formula of."""
    return (
        isinstance(result, Node)
        and result.op is row
        and result.args == tuple(arg.id for arg in args)
    )


def needed(graph: Graph, roots: Sequence[int]) -> list[int]:
    """The nodes that ``roots`` are made of, in order; defaults of leaves are not looked into."""
    needed = bytearray(len(graph))
    for root in roots:
        needed[root] = 1
    for node in range(len(graph) - 1, -1, -1):
        if needed[node]:
            for arg in _arguments(graph, node):
                needed[arg] = 1
    return [node for node in range(len(graph)) if needed[node]]


def _with_conditions(
    source: Graph, roots: Sequence[int], target: Target
) -> tuple[Graph, list[int]]:
    source, roots = shared(source, roots)
    graph = Graph()
    numbers: dict[int, int] = {}
    conditions: dict[int, int] = {}
    flags: set[int] = set()
    """Nodes of ``source`` that are certainly not nan."""

    zero = graph.literal(0)

    def number(node: int) -> int:
        """A node as a number: a condition is 1 or 0."""
        if node not in numbers:
            numbers[node] = graph.add("where", conditions[node], graph.literal(1), zero)
        return numbers[node]

    def condition(node: int) -> int:
        """A node as a condition: a number holds where it is not 0."""
        if node not in conditions:
            conditions[node] = target.compare(graph, "ne", numbers[node], zero)
        return conditions[node]

    def chosen(asked: int, a: int, b: int) -> int:
        """A choice. One by a number that is nan is nan, for which no comparison asks."""
        if asked in flags or not target.computes:
            return graph.add("where", condition(asked), number(a), number(b))
        by = number(asked)
        some = graph.add("where", target.compare(graph, "eq", by, by), number(a), by)
        return graph.add("where", target.compare(graph, "eq", by, zero), number(b), some)

    for node in needed(source, roots):
        row, args = source.ops[node], source.args[node]
        if row.name in COMPARISONS or (row.name in _OF_FLAGS and flags.issuperset(args)):
            flags.add(node)
        if row in LEAVES:
            numbers[node] = adopted(graph, source, node)
            if row is LITERAL and -inf < source.numbers[node] < inf:
                flags.add(node)
        elif row.name == "eq" and args[0] in flags and source.numbers.get(args[1]) == 0:
            conditions[node] = graph.add(NOT, condition(args[0]))
        elif row.name in COMPARISONS:
            conditions[node] = target.compare(graph, row.name, *map(number, args))
        elif row.name == "mul" and all(arg in conditions and arg not in numbers for arg in args):
            conditions[node] = graph.add(AND, *map(condition, args))
        elif row.name == "where":
            numbers[node] = chosen(*args)
        else:
            numbers[node] = graph.add(row, *map(number, args))
        if node in numbers:
            carry_name(source, node, graph, numbers[node])
    return shared(graph, [number(root) for root in roots])
