"""A program, or a formula that the project made, as a flat list of operations for the oracle."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from autograd_grammar.prelude import sources
from autograd_graph import OPERATORS, Graph
from autograd_graph.graph import CONSTANT, INPUT, LITERAL

from .programs import CONSTANTS, Function, Program, Tree, is_number


@dataclass
class Tape:
    """Operations in order; ``outputs`` are the places of those that are asked for.

    An operation is ``(name, arguments)``; ``input`` has its name for an argument, ``number`` a
    double and whether that is off the number that was written. ``defaults`` are inputs with a
    value of their own: the place of the operation that gives it.
    """

    operations: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    leaves: dict[int, str | float] = field(default_factory=dict)
    inexact: set[int] = field(default_factory=set)
    inputs: list[str] = field(default_factory=list)
    defaults: dict[str, int] = field(default_factory=dict)
    outputs: list[int] = field(default_factory=list)

    def add(self, name: str, *arguments: int) -> int:
        """Append an operation."""
        self.operations.append((name, arguments))
        return len(self.operations) - 1

    def leaf(self, name: str, value: str | float) -> int:
        """Append an input or a number."""
        place = self.add(name)
        self.leaves[place] = value
        return place

    def number(self, exact: Fraction | float) -> int:
        """Append a number; not every number is a double."""
        place = self.leaf("number", _double(exact))
        if isinstance(exact, float) and not math.isfinite(exact):
            return place
        double = _double(exact)
        if math.isinf(double) or Fraction(exact) != Fraction(double):
            self.inexact.add(place)
        return place


def _double(exact: Fraction | float) -> float:
    try:
        return float(exact)
    except OverflowError:
        return math.inf


# -- of a program ------------------------------------------------------------------------------


def tape_of(program: Program) -> Tape:
    """The operations of a program, its functions expanded."""
    tape = Tape()
    known: dict[str, int] = {}
    constant: set[str] = set()
    functions = {function.name: function for function in program.functions}
    for statement in program.statements:
        free = _names(statement.tree, functions) - constant - set(CONSTANTS)
        place = _laid(tape, statement.tree, known, functions)
        if statement.const:
            constant.add(statement.name)
        elif statement.name and not free and statement.name not in known:
            tape.defaults[statement.name] = place
            place = tape.leaf("input", statement.name)
            tape.inputs.append(statement.name)
        if statement.name:
            known[statement.name] = place
    tape.outputs = [place]
    return tape


def _names(tree: Tree, functions: dict[str, Function]) -> set[str]:
    if isinstance(tree, str):
        return set() if is_number(tree) else {tree}
    found = set().union(*(_names(argument, functions) for argument in tree[1:]))
    function = functions.get(str(tree[0]))
    return found | (
        _names(function.tree, functions) - set(function.parameters) if function else set()
    )


def _laid(tape: Tape, tree: Tree, known: dict[str, int], functions: dict[str, Function]) -> int:
    """Append a tree's operations."""
    if isinstance(tree, str):
        if is_number(tree):
            return tape.number(Fraction(tree))
        if tree not in known:
            known[tree] = (
                tape.number(getattr(math, tree)) if tree in CONSTANTS else tape.leaf("input", tree)
            )
            if tree in CONSTANTS:
                tape.inexact.add(known[tree])
            else:
                tape.inputs.append(tree)
        return known[tree]
    name, *arguments = tree
    places = [_laid(tape, argument, known, functions) for argument in arguments]
    function = functions.get(str(name)) or PRELUDE.get(str(name))
    if function:
        inner = known | dict(zip(function.parameters, places, strict=True))
        place = _laid(tape, function.tree, inner, functions)
        known |= {n: p for n, p in inner.items() if n not in (*function.parameters, *known)}
        return place
    row = OPERATORS[str(name)]
    least = row.arguments.arity[1]
    if least is not None and len(places) < least:
        missing = row.arguments.defaults[len(places) - least :]
        places += [tape.number(number) for number in missing]
    return tape.add(str(name), *places)


_HALF = ("div", "1", "2")
PRELUDE = {
    function.name: function
    for function in (
        Function("silu", ("x",), ("div", "x", ("add", "1", ("exp", ("neg", "x"))))),
        Function("swish", ("x",), ("div", "x", ("add", "1", ("exp", ("neg", "x"))))),
        Function("mish", ("x",), ("mul", "x", ("tanh", ("softplus", "x")))),
        Function(
            "selu", ("x",),
            ("mul", "1.0507009873554805", ("elu", "x", "1.6732632423543772")),
        ),
        Function("hardtanh", ("x",), ("clip", "x", ("neg", "1"), "1")),
        Function("hardsigmoid", ("x",), ("clip", ("add", ("div", "x", "6"), _HALF), "0", "1")),
        Function("cube", ("x",), ("mul", "x", ("mul", "x", "x"))),
        Function("logit", ("p",), ("log", ("div", "p", ("sub", "1", "p")))),
        Function("mse", ("y", "t"), ("square", ("sub", "y", "t"))),
        Function("mae", ("y", "t"), ("abs", ("sub", "y", "t"))),
        Function(
            "bce", ("p", "t"),
            ("neg", ("add", ("xlogy", "t", "p"),
                     ("xlogy", ("sub", "1", "t"), ("sub", "1", "p")))),
        ),
        Function(
            "huber", ("d", "delta"),
            ("where", ("le", ("abs", "d"), "delta"), ("mul", _HALF, ("square", "d")),
             ("mul", "delta", ("sub", ("abs", "d"), ("mul", _HALF, "delta")))),
        ),
        Function("hinge", ("y", "t"), ("relu", ("sub", "1", ("mul", "y", "t")))),
        Function("deg2rad", ("x",), ("mul", "x", ("div", "pi", "180"))),
        Function("rad2deg", ("x",), ("mul", "x", ("div", "180", "pi"))),
    )
}  # fmt: skip
"""What the prelude's functions are by their definitions in the field."""

assert set(PRELUDE) == set(sources()), set(PRELUDE) ^ set(sources())


# -- of a formula ------------------------------------------------------------------------------


def tape_of_graph(graph: Graph, roots: Iterable[int]) -> Tape:
    """The operations of some nodes of a graph, read as what their operators are called."""
    tape = Tape()
    wanted = list(roots)
    reached = [False] * len(graph)
    for root in wanted:
        reached = [a or bool(b) for a, b in zip(reached, graph.reach(root), strict=True)]
    places: dict[int, int] = {}
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if not reached[node]:
            continue
        name = graph.names.get(node, "")
        if row is INPUT:
            places[node] = tape.leaf("input", name)
            tape.inputs.append(name)
        elif row is CONSTANT and not args and node not in graph.numbers:
            places[node] = tape.leaf("input", name)
        elif row in (LITERAL, CONSTANT) and not args:
            written = graph.numbers[node]
            places[node] = tape.number(getattr(written, "exact", written))
            if row is CONSTANT:
                tape.inexact.add(places[node])
        elif row is CONSTANT:
            places[node] = places[args[0]]
        else:
            places[node] = tape.add(row.name, *(places[arg] for arg in args))
    tape.outputs = [places[root] for root in wanted]
    return tape
