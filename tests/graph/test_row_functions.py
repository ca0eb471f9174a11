"""Functions on columns: as accurate as on floats, and the same to the bit where it matters."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import inf, isfinite, nan
from random import Random
from typing import Any

import numpy as np
import pytest
from mpmath import mp
from support_graph import distance, one_operator, points, same

from autograd_grammar import parse
from autograd_graph import OPERATORS, Tape, forward, reverse
from autograd_graph.numbers import floats
from autograd_graph.rows import functions
from autograd_graph.rows.kernel import Kernel

ORACLES: dict[str, tuple[Callable[..., Any], float]] = {
    "erf": (mp.erf, 2.0),
    "erfc": (mp.erfc, 4.0),
    "normal_cdf": (lambda x: mp.erfc(-x / mp.sqrt(2)) / 2, 4.0),
    "gaussian": (lambda x: mp.exp(-x * x), 2.0),
    "normal_density": (lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi), 3.0),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), 3.0),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), 3.0),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), 2.0),
}


@pytest.mark.parametrize("name", ORACLES)
def test_a_function_is_accurate_far_out_and_close_in(name: str) -> None:
    exact, ulps = ORACLES[name]
    draw = np.random.default_rng(7)
    x = np.concatenate([
        draw.normal(size=3_000), draw.uniform(-26, 26, 3_000), draw.uniform(-1.3, 1.3, 3_000),
        10.0 ** draw.uniform(-300, -1, 200), -(10.0 ** draw.uniform(-300, -1, 200)),
    ])  # fmt: skip
    got = getattr(functions, name)(x)
    with mp.workdps(60):
        errors = [distance(float(g), exact(mp.mpf(float(a)))) for a, g in zip(x, got, strict=True)]
    assert max(errors) <= ulps, x[int(np.argmax(errors))]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_logsumexp_and_softmax_are_accurate(count: int) -> None:
    draw = np.random.default_rng(count)
    xs = [draw.normal(size=400) * 10.0 ** draw.uniform(-3, 2.5, 400) for _ in range(count)]
    whole, parts = functions.logsumexp(*xs), functions.softmax(*xs)
    with mp.workdps(400):
        for row, point in enumerate(zip(*(x.tolist() for x in xs), strict=True)):
            powers = [mp.exp(mp.mpf(x)) for x in point]
            total = mp.fsum(powers)
            assert distance(float(whole[row]), mp.log(total), 1.0) <= 4.0
            for part, power in zip(parts, powers, strict=True):
                assert distance(float(part[row]), power / total) <= 8.0


AWKWARD = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 4.0, 8.0, 10.0, 27.0, 100.0, 1000.0,
    1e15, 1e-3, 0.25, 1024.0, 40.0, -40.0, 800.0, -800.0, 1e160, -1e160, 1e-160, 1e-310, -1e-310,
    5e-324, 1e308, inf, -inf, nan,
]  # fmt: skip


def grid(count: int) -> list[tuple[float, ...]]:
    if count < 3:
        return [*product(AWKWARD, repeat=count)]
    random = Random(count)
    return [tuple(random.choice(AWKWARD) for _ in range(count)) for _ in range(1_500)]


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if not row.fixed])
def test_awkward_numbers_give_the_bits_of_a_point(name: str) -> None:
    """What is infinite, nan, 0 or a whole number is so to the bit, the rest to 4 units."""
    row = OPERATORS[name]
    count = len(row.probe)
    graph, at = one_operator(row, count), grid(count)
    names = [f"x{n}" for n in range(count)]
    columns = dict(zip(names, map(np.array, zip(*at, strict=True)), strict=True))
    found = Kernel(graph, columns=names).run(columns)
    tape = Tape(graph)
    for n, point in enumerate(at):
        values = forward(tape, dict(zip(names, point, strict=True)))
        adjoints = reverse(tape, values)
        slopes = [adjoints[graph.inputs[name]] for name in names]
        wanted = [values[-1], *(0.0 if slope is None else slope for slope in slopes)]
        got = [found.value[n], *(found.gradients[name][n] for name in names)]
        for one, other in zip(map(float, got), wanted, strict=True):
            ordinary = isfinite(other) and not (other.is_integer() and abs(other) < 1e15)
            near = ordinary and abs(one - other) <= 4.0 * float(np.spacing(abs(other)))
            assert near or same(one, other) or (one == other == 0.0), (point, one, other)


@pytest.mark.parametrize("exponent", [0.5, -0.5, 0.0, 1.0, -1.0, 2.0, 3.0, 4.0, -2.0, 1 / 3, inf])
def test_a_power_is_that_of_floats_whatever_holds_its_exponent(exponent: float) -> None:
    x = np.array(AWKWARD)
    graph = parse("x^n")
    same_for_all = Kernel(graph, columns="x", given={"n": exponent}).run({"x": x})
    of_a_run = Kernel(graph, columns="x", parameters="n").run({"x": x}, {"n": exponent})
    of_a_row = Kernel(graph, columns="xn").run({"x": x, "n": np.full(x.size, exponent)})
    for row, base in enumerate(AWKWARD):
        wanted = floats.pow(base, exponent)
        for found in (same_for_all, of_a_run, of_a_row):
            got = float(found.value[row])
            near = isfinite(wanted) and abs(got - wanted) <= 2.0 * np.spacing(abs(wanted))
            assert same(got, wanted) or (near and wanted != 0.0), (base, got, wanted)


@pytest.mark.parametrize("name", [
    "hypot", "prod", "sum", "mean", "dot", "mod", "floor_divide", "direction", "cofactors",
    "angle_slopes", "power_slope", "power_log", "logsumexp", "softmax",
])  # fmt: skip
def test_functions_of_several_numbers_are_those_of_floats(name: str) -> None:
    random = Random(name)
    three = name in ("direction", "power_log", "cofactors", "hypot", "sum", "mean", "prod")
    count = 4 if name == "dot" else 3 if three else 2
    sizes = [0.0, -0.0, 1.0, -1.0, 1e-200, 1e200, 3e-320, inf, nan]
    at = [
        [random.choice((*sizes, *(random.gauss(0, 3) for _ in range(36)))) for _ in range(count)]
        for _ in range(1_500)
    ]
    if name == "direction":
        at = [[floats.hypot(a, b), a, b] for _, a, b in at]
    if name == "power_log":
        at = [[floats.pow(a, b), a, b] for _, a, b in at]
    with np.errstate(all="ignore"):
        found = getattr(functions, name)(*map(np.array, zip(*at, strict=True)))
    several = isinstance(found, (list, tuple))
    for n, point in enumerate(at):
        try:
            wanted = getattr(floats, name)(*point)
        except ZeroDivisionError:
            continue
        pairs = zip(found, wanted, strict=True) if several else [(found, wanted)]
        for column, number in pairs:
            got = float(column[n])
            size = float(np.spacing(abs(number))) if isfinite(number) else 0.0
            near = abs(got - number) <= max(8.0 * size, 1e-15 * (name == "logsumexp"))
            assert near or same(got, number), (point, got, number)


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if not row.fixed])
def test_slopes_of_rows_are_those_of_points(name: str) -> None:
    """Within 16 units, or of an absolute error that is as small beside 1."""
    row = OPERATORS[name]
    count = len(row.probe)
    random = Random(name)
    at = [point for point in points(row, name) if len(point) == count]
    at = random.sample(at, min(len(at), 60))
    names = [f"x{n}" for n in range(count)]
    graph = one_operator(row, count)
    columns = dict(zip(names, map(np.array, zip(*at, strict=True)), strict=True))
    found = Kernel(graph, columns=names).run(columns)
    tape = Tape(graph)
    for n, point in enumerate(at):
        adjoints = reverse(tape, forward(tape, dict(zip(names, point, strict=True))))
        for name in names:
            wanted = adjoints[graph.inputs[name]] or 0.0
            got = float(found.gradients[name][n])
            if not isfinite(wanted):
                assert same(got, wanted), (point, name, got, wanted)
                continue
            near = abs(got - wanted) <= 16.0 * float(np.spacing(abs(wanted)))
            assert near or abs(got - wanted) <= 1e-15, (point, name, got, wanted)
