"""Straight-line code has the bits of the passes over a tape, or leaves a point to them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import inf, nan
from pathlib import Path
from random import Random
from types import CodeType
from typing import Any

import pytest
from adversary.families import FAMILIES
from adversary.points import points as hard_points
from support_derivatives import corpora, corpus
from support_graph import points, same
from support_policy import TABLE, Case

from autograd_grammar import ProgramError, parse
from autograd_graph import OPERATORS, Graph, Tape, forward
from autograd_graph.descent import objective as module
from autograd_graph.descent.descent import Descent, Plan, State
from autograd_graph.descent.objective import Objective
from autograd_graph.graph import CONSTANT, INPUT
from autograd_graph.op import Op
from autograd_graph.passes.evaluation import rerun, reverse
from autograd_graph.passes.straight import straight

SAMPLES = Path(__file__).parents[2] / "samples"
AWKWARD = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, inf, -inf, nan, 1e300, 5e-324)
SLOW = {"digamma", "polygamma", "spherical_jn"}  # in mpmath


class Both:
    """The two passes over a graph as functions of all its inputs, on a tape and as code."""

    def __init__(self, graph: Graph, given: Mapping[str, float]) -> None:
        leaves = graph.inputs | graph.constants
        self.nodes = list(graph.inputs.values())
        self.tape = Tape(graph).depending_on(self.nodes)
        self.values = self.tape.leaves.copy()
        for name, number in given.items():
            self.values[leaves[name]] = number
        rerun(Tape(graph), self.values)
        self.code = straight(self.tape, self.values, self.nodes)

    def agree(self, point: Sequence[float]) -> bool:
        """Whether the code has the tape's bits at a point; false where it raises."""
        for node, number in zip(self.nodes, point, strict=True):
            self.values[node] = number
        rerun(self.tape, self.values)
        adjoints = reverse(self.tape, self.values)
        try:
            value, slopes = self.code.value(point), self.code.gradient()
        except (ValueError, ArithmeticError):
            return False
        assert same(value, self.values[self.tape.output]), point
        for node, slope in zip(self.nodes, slopes, strict=True):
            assert same(slope, adjoints[node] or 0.0), point
        return True


# every operator -----------------------------------------------------------------------------------


def gated(row: Op, constant: Sequence[int]) -> Graph:
    """An operator behind a choice, with an argument that has a user before it and one after it."""
    graph = Graph()
    c, w = (graph.leaf(INPUT, name) for name in "cw")
    kinds = [CONSTANT if n in constant else INPUT for n in range(len(row.probe))]
    leaves = [graph.leaf(kind, f"x{n}") for n, kind in enumerate(kinds)]
    before = graph.add("mul", leaves[0], w)
    chosen = graph.add("where", c, graph.add(row, *leaves), before)
    graph.output = graph.add("add", graph.add("mul", chosen, w), leaves[-1])
    return graph


def constancies(row: Op) -> Iterator[tuple[int, ...]]:
    """Which arguments are constants: those that have to be, and each other one, and all others."""
    count = len(row.probe)
    kept = set(row.fixed)
    yield tuple(kept)
    for n in range(count):
        if count > 1 and n not in kept:
            yield tuple(kept | {n})
            yield tuple(set(range(count)) - {n} | kept)


def awkward_points(row: Op, most: int) -> list[tuple[float, ...]]:
    """Edges of the table, and combinations of awkward numbers: some, where there are many."""
    found = [edge.at for edge in row.edges if len(edge.at) == len(row.probe)]
    every = list(product(AWKWARD, repeat=len(row.probe)))
    return found + (every if len(every) <= most else Random(row.name).sample(every, most))


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_has_the_bits_of_the_tape(name: str) -> None:
    row = OPERATORS[name]
    ordinary = list(islice(points(row, "straight"), 5))
    for constant in constancies(row):
        most = 12 if name in SLOW or constant else 150
        made: dict[tuple[float, ...], Both] = {}
        for at in [*ordinary, *awkward_points(row, most)]:
            held = tuple(at[n] for n in constant)
            if held not in made:
                given = {f"x{n}": at[n] for n in constant}
                made[held] = Both(gated(row, constant), given)
            moving = [x for n, x in enumerate(at) if n not in constant]
            for gate in (1.0, 0.0, nan):
                agreed = made[held].agree([gate, 0.7, *moving])
                assert agreed or at not in ordinary, at


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_awkward_points_of_the_policy_are_those_of_the_tape(case: Case) -> None:
    asked, tape = eager(case.program, case.at), patient(case.program, case.at)
    assert_same(asked, tape, list(case.at.values()))


# programs -----------------------------------------------------------------------------------------


def made(program: str, at: Mapping[str, float], patience: float) -> Objective:
    """A program as a function of the inputs given, which makes code after so many points."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PATIENCE", patience)
        return Objective(Tape(parse(program)), at, list(at))


def eager(program: str, at: Mapping[str, float]) -> Objective:
    """One that asks code from the first point on."""
    return made(program, at, 0)


def patient(program: str, at: Mapping[str, float]) -> Objective:
    """One that always asks the tape."""
    return made(program, at, inf)


def assert_same(asked: Objective, tape: Objective, point: list[float]) -> None:
    """Values of all nodes and gradients are the same to the bit."""
    assert same(asked.value(point), tape.value(point))
    assert all(map(same, asked.gradient(), tape.gradient()))
    assert all(map(same, asked.values, tape.values))


FILES = ("own", "sympy_tests", "derivs_peers", "opt_scipy", "opt_jump", "symreg", "feynman",
         "multi", "worked", "opt_handgrad")  # fmt: skip


@pytest.mark.parametrize(("name", "step"), corpora(*((name, 1) for name in FILES), ("rubi", 5)))
def test_programs_that_people_wrote_have_the_bits_of_the_tape(name: str, step: int) -> None:
    for case in corpus(name, step=step):
        at = case["point"]
        asked, tape = eager(case["program"], at), patient(case["program"], at)
        for scale in (1.0, 0.9, -1.0):
            assert_same(asked, tape, [x * scale for x in at.values()])


@pytest.mark.parametrize("family", FAMILIES)
def test_random_programs_have_the_bits_of_the_tape_at_hard_points(family: str) -> None:
    draw = Random(f"straight {family}")
    asked_code = 0
    for _ in range(150):
        try:
            program = str(FAMILIES[family](draw))
            names = list(parse(program).inputs)
        except ProgramError:
            continue
        first, *others = hard_points(draw, names, 6)
        if names:
            asked, tape = eager(program, first), patient(program, first)
            for at in (first, *others):
                assert_same(asked, tape, list(at.values()))
            asked_code += "_code" in vars(asked)
    assert asked_code > 80


@pytest.mark.parametrize("path", sorted((SAMPLES / "descend").glob("*.expr")), ids=lambda p: p.stem)
@pytest.mark.parametrize("method", ["gd", "momentum", "adam", "newton"])
def test_descents_go_the_same_way(path: Path, method: Any) -> None:
    plan = Plan(method, rate=None if method == "newton" else 1e-3, steps=60)

    def states(patience: float) -> list[State]:
        at = {name: value for name, value in start.items() if value is not None}
        return list(Descent(made(program, at, patience), plan))

    program = path.read_text("utf-8")
    graph = parse(program)
    start = {name: float(graph.numbers[node]) for name, node in graph.inputs.items()}
    assert states(0) == states(inf) == states(20)


# when code is made, and when it is not asked ------------------------------------------------------


def test_code_is_made_when_the_tape_has_taken_as_long() -> None:
    function = Objective(Tape(parse("x^2 + y")), {"x": 1.0, "y": 2.0}, ["x", "y"])
    for _ in range(module.PATIENCE):
        assert (function.value([3.0, 1.0]), function.gradient()) == (10.0, [6.0, 1.0])
    assert "_code" not in vars(function)
    assert (function.value([4.0, 1.0]), function.gradient()) == (17.0, [8.0, 1.0])
    assert "_code" in vars(function)


def test_very_long_programs_stay_on_the_tape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0)
    for longest, there in ((3, False), (4, True)):
        monkeypatch.setattr(module, "LONGEST", longest)
        function = Objective(Tape(parse("sin(x) + y")), {"x": 1.0, "y": 2.0}, ["x", "y"])
        assert len(function.whole.graph) == 4
        function.value([0.0, 1.0])
        assert ("_code" in vars(function)) is there


@pytest.mark.parametrize(
    ("program", "broken", "value", "slope"),
    [
        ("1/x", 0.0, inf, -inf),
        ("sqrt(x)", 0.0, 0.0, inf),
        ("log(x)", -1.0, nan, nan),
        ("exp(x)", 1e3, inf, inf),
        ("where(x > 0, x, 1/(2*x))", 0.0, inf, -inf),
    ],
)
def test_where_python_raises_the_tape_is_asked_for_a_while(
    program: str, broken: float, value: float, slope: float
) -> None:
    function = eager(program, {"x": 1.0})
    assert same(function.value([broken]), value)
    assert all(map(same, function.gradient(), [slope]))
    assert function._patience > 0
    for _ in range(module.PATIENCE + 2):
        function.value([3.0])
    assert same(function.gradient()[0], patient(program, {"x": 3.0}).gradient()[0])


def test_values_of_nodes_are_those_of_the_point_that_code_has_been_to() -> None:
    function = eager("y = sin(x); y*y", {"x": 1.0})
    value = function.value([0.5])
    assert function.values[function.whole.output] == value
    assert function.gradient() == patient("y = sin(x); y*y", {"x": 0.5}).gradient()


def test_a_point_of_the_wrong_length_is_an_error_as_on_the_tape() -> None:
    for function in (eager("x + y", {"x": 1.0, "y": 2.0}), patient("x + y", {"x": 1.0, "y": 2.0})):
        for point in ([1.0], [1.0, 2.0, 3.0]):
            with pytest.raises(ValueError, match=r"zip\(\) argument 2"):
                function.value(point)


def test_what_depends_on_no_input_that_moves_is_a_number() -> None:
    function = eager("x = 2; y = 3; y^2", {"x": 1.0})
    assert (function.value([5.0]), function.gradient()) == (9.0, [0.0])
    assert "_code" in vars(function)


# what the code is ---------------------------------------------------------------------------------


def names_in(code: CodeType) -> Iterator[str]:
    """Every name in a code object and in those inside it, and every literal that is a text."""
    yield from (*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)
        elif constant is not None:
            assert isinstance(constant, (float, int)), constant


def test_only_names_of_its_own_are_in_the_code() -> None:
    program = "eval = 2; __import__ = 3; σ(t) = t^2; where(eval > 0, σ(eval), polygamma(1, 2))"
    graph = parse(program + "*max(eval, __import__, -3e-5, -1/0)")
    nodes = list(graph.inputs.values())
    tape = Tape(graph)
    code = straight(tape.depending_on(nodes), forward(tape), nodes)
    assert code.value([1.0, 2.0]) == 2.0
    for function in code:
        assert isinstance(function, type(names_in))
        scope = function.__globals__
        assert scope["__builtins__"] == {}
        for name in (*scope, *names_in(function.__code__)):
            assert re.fullmatch(r"[nf]\d+|inf|nan|point|passes|value|gradient|__builtins__", name)


def test_a_formula_cannot_ask_which_number_it_was_given() -> None:
    row = Op(
        name="odd",
        parameters="x",
        summary="a formula that branches",
        value=lambda xp, x: x if x else 1.0,
        probe=((0.0, 1.0),),
    )
    graph = Graph()
    graph.output = graph.add(row, graph.leaf(INPUT, "x", 1.0))
    tape = Tape(graph)
    with pytest.raises(TypeError, match="which number"):
        straight(tape, tape.leaves, [0])


@pytest.mark.parametrize(
    "words", [["eval", "x^2", "--x=3"], ["descend", "x = 3; x^2", "--lr", "0.1", "--steps", "200"]]
)
def test_a_run_that_does_not_repeat_itself_does_not_import_it(words: list[str]) -> None:
    code = (
        "import sys; from autograd_cli.app import main\n"
        f"sys.argv = ['autograd', *{words!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "late = ('autograd_graph.passes.straight', 'autograd_graph.numbers.assignments')\n"
        "print([name for name in late if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr.splitlines()[-1] == "[]"
