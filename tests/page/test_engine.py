"""A page's numbers, without a browser: in QuickJS they are what the tool says.

Every sample, the structured programs whose references are worked out in many digits, and the table
of the policy for awkward points: values, adjoints, whether anything flows at all, and statuses.
"""

from __future__ import annotations

import json
from math import isfinite, isnan
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support_cli import SAMPLES
from support_page import Engine, Point, engine
from support_policy import TABLE, Case

from autograd_cli.reports.evaluation import evaluate
from autograd_grammar import parse
from autograd_graph import OPERATORS, ProgramError, Tape, forward, reverse, statuses
from autograd_graph.export.js import TARGET
from autograd_graph.export.operations import operation
from autograd_graph.graph import LITERAL
from autograd_graph.status import worst

CORPUS = Path(__file__).parents[1] / "corpus" / "programs.jsonl"
PROGRAMS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
FILES = [path for path in sorted(SAMPLES.rglob("*.expr")) if path.parent.name != "errors"]


def same(got: Any, wanted: Any, slack: float = 4e-15, least: float = 1e-3) -> bool:
    """Whether two numbers are the same to rounding, relative to ``least`` where they are small."""
    if not (isfinite(got) and isfinite(wanted)):
        return got == wanted or (isnan(got) and isnan(wanted))
    return abs(got - wanted) <= slack * max(abs(wanted), least)


def differences(run: Engine, found: Point, at: dict[str, float]) -> list[str]:
    """Where a page's numbers are not those of the passes."""
    tape, graph = run.model.program.tape, run.model.program.graph
    values = forward(tape, at)
    adjoints = reverse(tape, values)
    named = statuses(tape, values)
    wrong = []
    for node in run.model.place:
        about = f"node {node}, {graph.ops[node].name}"
        if not same(found.values[node], values[node]):
            wrong.append(f"{about}: value {found.values[node]}, not {values[node]}")
        if graph.ops[node] is not LITERAL and tape.varying[node]:
            got, wanted = found.adjoints[node], adjoints[node]
            agree = got is wanted if None in (got, wanted) else same(got, wanted, 1e-13, 1e-2)
            if not agree:
                wrong.append(f"{about}: adjoint {got}, not {wanted}")
        if found.statuses[node] != named.get(node, "ok"):
            wrong.append(f"{about}: {found.statuses[node]}, not {named.get(node, 'ok')}")
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_sample_has_the_tools_numbers(path: Path) -> None:
    program = path.read_text(encoding="utf-8")
    draw = Random(path.name)
    needed = dict.fromkeys(parse(program).inputs, 0.75)
    given = {name: x for name, x in needed.items() if name not in defaults(program)}
    run = engine(program, given)
    assert differences(run, run.at(), given) == []
    for _ in range(5):
        moved = {name: draw.uniform(-3, 3) for name in parse(program).inputs}
        assert differences(run, run.at(moved), moved) == []


def defaults(program: str) -> set[str]:
    """The inputs to which a program gives a value itself."""
    graph = parse(program)
    return {n for n, node in graph.inputs.items() if node in graph.numbers or graph.args[node]}


def test_structured_programs_have_the_references_of_many_digits() -> None:
    wrong, asked = [], 0
    for case in PROGRAMS[::3]:
        graph = parse(case["program"])
        if case["value"] is None or not isfinite(float(case["value"])):
            continue
        try:
            run = engine(case["program"], case["point"], "operation")
        except ProgramError:  # too many nodes for a page, or no function in JavaScript
            continue
        found, noise = run.at(), case["f64abs"]
        asked += 1
        got = found.values[graph.output]
        if not abs(got - case["value"]) <= 1e-12 * abs(case["value"]) + 16 * noise["value"]:
            wrong.append(f"{case['id']}: {got}, not {case['value']}")
        for name, slope in case["grad"].items():
            here = found.adjoints.get(graph.inputs[name]) or 0.0
            if not abs(here - slope) <= 1e-11 * abs(slope) + 16 * noise["grad"][name]:
                wrong.append(f"{case['id']} by {name}: {here}, not {slope}")
    assert wrong == []
    assert asked > 100


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_awkward_points_have_the_policys_slopes_and_statuses(case: Case) -> None:
    if "gamma" in case.program:
        with pytest.raises(ProgramError, match=r"a page cannot show l?gamma"):
            engine(case.program, case.at)
        return
    run = engine(case.program, case.at)
    graph, found = run.model.program.graph, run.at()
    assert same(found.values[graph.output], case.value)
    for name, slope in case.gradient.items():
        assert same(found.adjoints.get(graph.inputs[name]) or 0.0, slope), name
    for name, status in case.status.items():
        node = graph.bindings.get(name, graph.inputs.get(name))
        if node in run.model.place:  # what the output does not need is not on the page
            assert found.statuses[node] == status, name
    assert case.worst in ("", worst(found.statuses.values()))


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_has_a_function_or_is_refused_by_name(name: str) -> None:
    row = OPERATORS[name]
    count = len(row.probe)
    if name in TARGET.refused:
        with pytest.raises(ProgramError, match=row.spelling):
            operation(row, (False,) * count)
        return
    made = operation(row, (False,) * count)
    assert len(made.slopes) == len(made.flows) == count
    assert made.statuses == tuple(status for status, _ in row.awkward)
    fixed = operation(row, (True,) * count)
    assert not any(fixed.flows)


def test_local_derivatives_are_those_of_whole_steps() -> None:
    run = engine("c = w*x + w^2; d = sin(c)*c; d/2", {"w": 2.0, "x": -3.0})
    graph = run.model.program.graph
    step = next(part for part in run.model.parts if part.label == "d")
    inner = [run.model.place[node] for node in step.inner]
    place = run.model.place[graph.bindings["c"]]
    got = run.context.eval(
        f"handedBack(PROGRAM, evaluate(PROGRAM, PROGRAM.values), {inner}, 1).get({place})"
    )
    (term,) = (t for (_, arg), t in run.model.terms.items() if arg == graph.bindings["c"])
    assert got == pytest.approx(term.slope.value, rel=1e-15)


@pytest.mark.parametrize(
    ("program", "at"),
    [
        ("r = max(x, y); q = where(x > 0, x^2, 3*x); J = r + q + relu(t)", "x y t"),
        ("J = abs(x)^2 + y", "x y"),
        ("J = abs(x) + floor(x + y) + z", "x y z"),
        ("J = where(x >= 1, abs(y), z) + z", "x y z"),
        ("J = abs(where(y > 1, x, z))", "x y z"),
    ],
)
def test_inputs_that_can_move_a_kink_or_a_jump_are_those_that_eval_tells(
    program: str, at: str
) -> None:
    given = dict.fromkeys(at.split(), 0.0)
    run = engine(program, given)
    found = json.loads(
        run.context.eval(
            "(() => { const now = evaluate(PROGRAM, PROGRAM.values); return JSON.stringify("
            "now.under.map((n) => (n === null ? null : now.statuses[n]))); })()"
        )
    )
    graph = run.model.program.graph
    told = {
        row.name: row.meaning.removeprefix("at a ") if row.meaning.startswith("at a ") else None
        for row in evaluate(run.model.program.tape, given).inputs
    }
    place = run.model.place
    assert {name: found[place[graph.inputs[name]]] for name in given} == told


def test_a_page_moves_away_from_the_point_it_began_at() -> None:
    run = engine("y = where(x > 0, log(x)*w, x^2); max(y, w)", {"x": -1.0, "w": 2.0})
    tape = Tape(parse(run.model.program.graph.text))
    for x, w in ((3.0, 0.5), (0.0, 0.0), (1.0, 0.0), (float("nan"), 1.0), (1e-320, -1e308)):
        at = {"x": x, "w": w}
        assert differences(run, run.at(at), at) == []
    assert tape.output == run.model.program.tape.output
