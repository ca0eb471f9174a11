"""A row of a Hessian from the steps that its input can change is that of both passes over all."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from autograd_grammar import parse
from autograd_graph import ProgramError, Tape, forward, reverse, tangent
from autograd_graph.numbers import duals
from autograd_graph.passes import curvature
from autograd_graph.passes.curvature import second_derivatives
from autograd_graph.passes.tridiagonal import eigenvalues
from autograd_graph.passes.underflow import Losses

FUNCTIONS = ("sin", "exp", "sqrt", "tanh", "abs", "sigmoid", "square", "relu", "floor", "asinh")
LISTS = ("max", "min", "hypot", "logsumexp", "prod", "sum", "mean")
POINTS = (0.0, 1.0, -1.0, 2.5, 0.3, 1e-170, 1e-310, 1e155)


def expression(draw: Random, depth: int, names: list[str]) -> str:
    """A random expression of that depth."""
    kind = draw.random() if depth else 1.0
    if kind < 0.5:
        left, right = (expression(draw, depth - 1, names) for _ in "lr")
        return f"({left}{draw.choice('+-*/')}{right})"
    if kind < 0.7:
        return f"{draw.choice(FUNCTIONS)}({expression(draw, depth - 1, names)})"
    if kind < 0.8:
        a, b, c = (expression(draw, depth - 1, names) for _ in "abc")
        return f"where({a} < {b}, {c}, ({a})^2)"
    if kind < 0.92:
        parts = [expression(draw, depth - 1, names) for _ in range(draw.randint(2, 5))]
        return f"{draw.choice(LISTS)}({', '.join(parts)})"
    return draw.choice([*names, *names, "2", "0.5", "1e-200"])


def whole(tape: Tape, point: dict[str, float]) -> list[list[float]]:
    """The Hessian by both passes over the whole tape for each row."""
    values = forward(tape, point)
    inputs = tape.graph.inputs
    rows = []
    for name in inputs:
        losses = Losses()
        system = duals.DualMath(losses)
        tangents = tangent(tape, values, {name: 1.0}, losses)
        numbers = [system.dual(v, t) for v, t in zip(values, tangents, strict=True)]
        adjoints = reverse(tape, numbers, 1.0, system)
        slopes = [adjoints[node] for node in inputs.values()]
        rows.append([0.0 if s is None else duals.tangent(s) or 0.0 for s in slopes])
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_rows_are_those_of_whole_passes_to_the_bit(seed: int) -> None:
    draw = Random(seed)
    for _ in range(60):
        names = ["a", "b", "c", "d"]
        steps = [f"t{n} = {expression(draw, 2, names)}" for n in range(2)]
        last = expression(draw, 4, [*names, "t0", "t1"])
        tape = Tape(parse("; ".join([*steps, f"a + b*c - d*({last})"])))
        point = {name: draw.choice(POINTS) for name in tape.graph.inputs}
        found, expected = second_derivatives(tape, point)[0], whole(tape, point)
        assert np.array_equal(np.array(found), np.array(expected), equal_nan=True)


def test_more_steps_or_entries_than_the_limit_are_refused() -> None:
    names = [f"a{n}" for n in range(30)]
    point = dict.fromkeys(names, 0.5)
    product, pairs = f"prod({','.join(names)})", "+".join(f"{name}^2" for name in names)
    assert second_derivatives(Tape(parse(pairs)), point, limit=900)
    with pytest.raises(ProgramError, match="900 entries") as many:
        second_derivatives(Tape(parse(pairs)), point, limit=899)
    with pytest.raises(ProgramError, match="more than 920 steps") as long:
        second_derivatives(Tape(parse(product)), point, limit=920)
    assert many.value.code == long.value.code == "limit"
    assert "--wrt" in many.value.hint
    assert "--wrt" in long.value.hint


def test_softmax_of_many_arguments_that_move_apart_has_its_second_derivatives() -> None:
    names = [f"a{n}" for n in range(20)]
    text = "s = " + "+".join(names) + f"; logsumexp({', '.join(f'{x}*s' for x in names)})"
    values = np.linspace(-0.6, 0.7, 20)
    found = np.array(
        second_derivatives(Tape(parse(text)), dict(zip(names, values, strict=True)))[0]
    )
    step, total = np.eye(20), values.sum()
    slopes = total * step + np.outer(np.ones(20), values).T  # of each argument by each input
    weights = np.exp(values * total - np.max(values * total))
    weights /= weights.sum()
    spread = np.diag(weights) - np.outer(weights, weights)
    bent = np.outer(weights, np.ones(20)) + np.outer(np.ones(20), weights)
    assert found == pytest.approx(slopes.T @ spread @ slopes + bent, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("size", [1, 2, 3, 101, 130])
def test_eigenvalues_without_numpy_are_numpys(size: int) -> None:
    entries = np.random.default_rng(size).normal(size=(size, size))
    for matrix in (entries + entries.T, np.diag(entries[0]), np.ones((size, size))):
        expected = np.linalg.eigvalsh(matrix)
        found = sorted(eigenvalues(matrix.tolist()))
        assert found == pytest.approx(list(expected), abs=1e-13 * max(1.0, *map(abs, expected)))


def test_huge_matrices_are_refused_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curvature, "_MOST_WITHOUT_NUMPY", 110)
    identity = np.eye(111).tolist()
    assert curvature._large_without_numpy(np.eye(110).tolist()) == [1.0] * 110
    with pytest.raises(ProgramError, match="at most 110 inputs") as error:
        curvature._large_without_numpy(identity)
    assert error.value.code == "limit"
    assert "numpy" in error.value.hint
