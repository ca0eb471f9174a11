"""Number systems: every formula of every row runs over each of them, and says the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from support_graph import REFERENCES, SeventyDigits, exact, mp

from autograd_graph import OPERATORS, Graph, Tape, forward
from autograd_graph.graph import INPUT, Node
from autograd_graph.numbers import floats, ieee
from autograd_graph.numbers.assignments import Assignments, Target
from autograd_graph.numbers.counting import Counted, CountingSystem
from autograd_graph.numbers.duals import Dual, DualMath
from autograd_graph.numbers.nodes import NodeMath
from autograd_graph.numbers.system import CONSTANTS, FUNCTIONS, HELPERS, Routed
from autograd_graph.op import Op
from autograd_graph.passes.underflow import Losses
from autograd_graph.rows import blocks


@dataclass(frozen=True)
class Run:
    """A system, a point's numbers in it, and how to read a result as a float."""

    system: Any
    numbers: tuple[Any, ...]
    read: Callable[[Any], float]


def on_floats(point: Sequence[float]) -> Run:
    return Run(floats, tuple(point), float)


def on_ieee(point: Sequence[float]) -> Run:
    return Run(ieee.system, tuple(map(ieee.Ieee, point)), float)


def on_nodes(point: Sequence[float]) -> Run:
    graph = Graph()
    given = {f"x{n}": x for n, x in enumerate(point)}
    leaves = tuple(graph[graph.leaf(INPUT, name)] for name in given)

    def read(number: Any) -> float:
        if not isinstance(number, Node):
            return float(number)
        graph.check()
        return forward(Tape(graph, number.id), given)[number.id]

    return Run(NodeMath(graph), leaves, read)


def on_duals(point: Sequence[float]) -> Run:
    system = DualMath(Losses())
    numbers = tuple(system.dual(x, 1.0) for x in point)
    return Run(system, numbers, lambda x: x.value if isinstance(x, Dual) else float(x))


def on_digits(point: Sequence[float]) -> Run:
    return Run(
        SeventyDigits(),
        tuple(map(exact, point)),
        lambda x: float(x.numerator / x.denominator) if isinstance(x, Fraction) else float(x),
    )


def on_assignments(point: Sequence[float]) -> Run:
    system = Assignments()
    leaves = tuple(system.assign("") for _ in point)

    def read(number: Any) -> float:
        target = number if isinstance(number, Target) else system.number(number)
        names = {leaf.name: x for leaf, x in zip(leaves, point, strict=True)} | system.scope
        for each in system.needed([target]):
            if each.code:
                names[each.name] = eval(each.code, names)
        found = eval(target.name, names)
        return 0.0 if found is None else float(found)

    return Run(system, leaves, read)


def on_blocks(point: Sequence[float]) -> Run:
    def read(number: Any) -> float:
        return float(np.ravel(getattr(number, "values", number))[-1])

    return Run(blocks.system, tuple(np.array([x, x]) for x in point), read)


SYSTEMS = {
    "assignments": on_assignments,
    "blocks": on_blocks,
    "floats": on_floats,
    "ieee": on_ieee,
    "nodes": on_nodes,
    "duals": on_duals,
    "digits": on_digits,
}
FORMS = ["partials", "textbook", "constant_last", "shares", "textbook_shares"]
WAYS = [(name, form) for name, row in OPERATORS.items() for form in FORMS if getattr(row, form)]


def point_of(row: Op) -> tuple[float, ...]:
    """An ordinary point of a row's domain at which no two numbers are the same."""

    def inside(n: int, low: float, high: float) -> float:
        if low == high:
            return low
        return min(low + (high - low) * (0.6 - 0.1 * n), 2.3 - 0.1 * n)

    return tuple(inside(n, low, high) for n, (low, high) in enumerate(row.probe))


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("name", OPERATORS)
def test_value_of_every_row_is_the_true_one_in_every_system(name: str, system: str) -> None:
    row = OPERATORS[name]
    point = point_of(row)
    run = SYSTEMS[system](point)
    found = run.read(row.value(run.system, *run.numbers))
    assert found == pytest.approx(float(REFERENCES[name].value(*map(exact, point))), rel=1e-13)


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if row.definition])
def test_the_definition_of_a_row_is_its_value(name: str) -> None:
    row = OPERATORS[name]
    assert row.definition is not None
    point = tuple(map(exact, point_of(row)))
    truth = REFERENCES[name].value(*point)
    assert abs(row.definition(SeventyDigits(), *point) - truth) <= abs(truth) * mp.mpf(10) ** -60


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(("name", "form"), WAYS)
def test_slopes_of_every_row_are_the_true_ones_in_every_system(
    name: str, form: str, system: str
) -> None:
    row = OPERATORS[name]
    point = point_of(row)
    run = SYSTEMS[system](point)
    value = row.value(run.system, *run.numbers)
    formula = getattr(row, form)
    if form.endswith("shares"):
        found = formula(run.system, 1.0, value, (False,) * len(point), *run.numbers)
    else:
        found = formula(run.system, value, *run.numbers)
    truth = REFERENCES[name].slopes(*map(exact, point))
    assert len(found) == len(truth)
    for slope, true in zip(found, truth, strict=True):
        if slope is None:
            assert not true or form == "constant_last" or row.fixed
        else:
            assert run.read(slope) == pytest.approx(float(true), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("name", OPERATORS)
def test_every_formula_can_be_counted(name: str) -> None:
    row = OPERATORS[name]
    system = CountingSystem()
    numbers = [Counted(system) for _ in row.probe]
    assert isinstance(row.value(system, *numbers), Counted)
    for form in FORMS:
        formula = getattr(row, form)
        if formula is not None:
            shares = form.endswith("shares")
            before = (Counted(system), Counted(system), (False,) * len(numbers))
            results = formula(system, *(before if shares else before[:1]), *numbers)
            assert len(results) == len(numbers)


class Recording(Routed):
    """A system that notes which of its members a formula uses."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def call(self, name: str, *operands: Any) -> Any:
        self.used.add(name)
        return floats.__dict__[name](*operands)


for _constant in CONSTANTS:
    setattr(
        Recording,
        _constant,
        property(lambda self, name=_constant: self.used.add(name) or getattr(floats, name)),
    )


def test_formulas_use_all_that_a_system_declares_and_nothing_else() -> None:
    system = Recording()
    for row in OPERATORS.values():
        point = point_of(row)
        value = row.value(system, *point)
        for form in FORMS:
            formula = getattr(row, form)
            if formula is not None and form.endswith("shares"):
                for constant in ((False,) * len(point), (True,) + (False,) * (len(point) - 1)):
                    formula(system, 1.0, value, constant, *point)
            elif formula is not None:
                formula(system, value, *point)
        for _, holds in row.awkward:
            holds(system, value, (False,) * len(point), *point)
    assert {*FUNCTIONS, *CONSTANTS} - {"nan"} - system.used == set()


def test_primitives_are_called_like_the_rows_of_the_table() -> None:
    assert set(FUNCTIONS) - set(HELPERS) <= set(OPERATORS)
    assert not set(HELPERS) & set(OPERATORS)


@pytest.mark.parametrize("name", [*FUNCTIONS, *CONSTANTS])
def test_floats_have_every_member(name: str) -> None:
    member = getattr(floats, name)
    assert callable(member) if name in FUNCTIONS else isinstance(member, float)


@pytest.mark.parametrize("name", OPERATORS)
def test_a_row_over_nodes_is_one_graph_of_operators(name: str) -> None:
    row = OPERATORS[name]
    graph = Graph()
    leaves = [graph[graph.leaf(INPUT, f"x{n}")] for n in range(len(row.probe))]
    result = row.value(NodeMath(graph), *leaves)
    assert isinstance(result, Node)
    graph.check()


@pytest.mark.parametrize("value", ["3", (1.0, 2.0), None, [1], 1j, math])
def test_a_literal_is_a_number(value: Any) -> None:
    with pytest.raises(TypeError, match="a literal has to be a real number"):
        Graph().literal(value)
