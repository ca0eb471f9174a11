"""Statuses at the edges of conditions, against the values beside the point.

Random programs of choices, conditions within conditions, products of them, what is used as a number
too. Nothing is taken from the statuses but the word: the limits are those of the values.
"""

from __future__ import annotations

from math import isclose
from random import Random

import pytest

from autograd_cli.reports.evaluation import evaluate
from autograd_grammar import parse
from autograd_graph import Graph, Tape, forward, reverse, statuses
from autograd_graph.rows.kernel import Kernel
from autograd_graph.status import worst

NEAR = 2.0**-20
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


def expression(draw: Random, depth: int) -> str:
    """A number: no ``max``, whose arguments that are not chosen take no part, jump as they may."""

    def of(shape: str) -> str:
        return shape.format(*(expression(draw, depth - 1) for _ in range(2)))

    if depth == 0 or draw.random() < 0.15:
        return draw.choice(("x", "x", "(x - 1)", "0", "1", "2"))
    if draw.random() < 0.4:
        chosen = condition(draw, depth - 1)
        return of(f"where({chosen}, {{0}}, {{1}})")
    shapes = ("({} + {})", "({} - {})", "({}*{})", "abs({})", "floor({})", "floor({}/2)")
    return of(draw.choice(shapes))


def condition(draw: Random, depth: int) -> str:
    chance = draw.random()
    if chance < 0.65:
        sides = (expression(draw, depth) for _ in range(2))
        return f" {draw.choice(COMPARISONS)} ".join(sides)
    if chance < 0.8:
        return f"({condition(draw, depth)})*({condition(draw, depth)})"
    return f"1 - ({condition(draw, depth)})" if chance < 0.9 else expression(draw, depth)


def status_and_truth(graph: Graph, x: float) -> tuple[str, str]:
    """What is said of a point, and what the values on either side of it say."""
    tape = Tape(graph)
    values = forward(tape, {"x": x})
    slope = reverse(tape, values)[graph.inputs["x"]] or 0.0

    def rate(step: float) -> float:
        return (forward(tape, {"x": x + step})[tape.output] - values[tape.output]) / step

    told = worst(statuses(tape, values).values())
    sides = [rate(NEAR), rate(-NEAR)]
    if any(abs(rate(step / 2)) > 1.5 * abs(rate(step)) > 1500 for step in (NEAR, -NEAR)):
        return told, "jump"
    smooth = all(isclose(side, slope, rel_tol=1e-2, abs_tol=1e-2) for side in sides)
    return told, "ok" if smooth else "kink"


@pytest.mark.parametrize("seed", range(8))
def test_no_jump_and_no_kink_at_the_edge_of_a_condition_is_silent(seed: int) -> None:
    draw = Random(seed)
    found: dict[tuple[str, str], int] = {}
    for _ in range(1_000):
        program = expression(draw, draw.randint(2, 4))
        if "x" not in program:
            continue
        graph = parse(program)
        for x in (-1.0, 0.0, 1.0, 2.0):
            told, truth = status_and_truth(graph, x)
            found[told, truth] = found.get((told, truth), 0) + 1
            silent = {"jump": ("ok", "kink"), "kink": ("ok",), "ok": ()}[truth]
            assert told not in silent, (program, x, told, truth)
    assert min(found.get((word, word), 0) for word in ("ok", "kink", "jump")) > 50, found


PIECEWISE = [
    ("where(x > 0, x, 0)", [0.0]),  # relu
    ("where(abs(x) <= 1.5, x^2/2, 1.5*(abs(x) - 0.75))", [-1.5, 1.5]),  # Huber's loss
    ("where(x < 0, 0, where(x > 1, 1, x^2*(3 - 2*x)))", [0.0, 1.0]),  # smoothstep
    ("where(x < 1, x^3/6, where(x < 2, (1 + 3*(x - 1) + 3*(x - 1)^2 - 3*(x - 1)^3)/6,"
     " (4 - 6*(x - 2)^2 + 3*(x - 2)^3)/6))", [1.0, 2.0]),  # the cubic spline with equal knots
    ("where(x <= 0.1, 2*x, 0.2 + 3*(x - 0.1))", [0.1]),  # a rate that changes
    ("where((x > -1)*(x < 1), 1 - x^2, 0)", [-1.0, 1.0]),
    ("where(x >= 0, where(x < 2, x, 2), -x)", [0.0, 2.0]),
    ("where(x == 1, 1, x)", [1.0]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "edges"), PIECEWISE)
def test_a_continuous_piecewise_function_jumps_nowhere(program: str, edges: list[float]) -> None:
    graph = parse(program)
    told = [status_and_truth(graph, x)[0] for x in (*edges, -3.0, 0.4, 5.0)]
    assert told == ["kink"] * len(edges) + ["ok"] * 3


def test_a_note_says_that_the_branches_meet() -> None:
    tape = Tape(parse("where(x > 1, x^2, 2*x - 1)"))
    (note,) = evaluate(tape, {"x": 1.0}).notes
    assert "changes over between branches of one value" in note.message
    assert evaluate(tape, {"x": 1.0}).inputs[0].meaning == "at a kink"


def test_choices_upon_choices_that_are_all_at_their_edges_are_ties() -> None:
    """Each branch of the chain is reached through the ties before it; the last one jumps."""
    length = 3_000
    lines = ["v0 = x"] + [f"v{n + 1} = where(v{n} > 0, v{n}, 0)" for n in range(length)]
    for last, wanted in (("v0", "kink"), ("floor(v0)", "jump")):
        graph = parse("\n".join([*lines, f"where(v{length} > 0, {last}, v{length})"]))
        tape = Tape(graph)
        found = statuses(tape, forward(tape, {"x": 0.0}))
        assert worst(found.values()) == wanted
        assert [found.get(graph.bindings[f"v{n}"]) for n in (1, length)] == ["kink", "kink"]


def test_rows_at_edges_are_counted_as_points_are() -> None:
    import numpy as np

    kernel = Kernel(parse("where(x > 1, x^2, 2*x - 1)"), columns=["x"], statuses=True)
    found = kernel.run({"x": np.array([0.0, 1.0, 2.0])})
    assert found.statuses is not None
    assert found.statuses.tolist() == [1, 2, 1]
