"""What a row costs: processor time beside copying, NumPy by hand and JAX, in one run.

Every ratio is of the best of a few rounds, on one thread, over 2,000,000 rows.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import erfc

from autograd_grammar import parse
from autograd_graph import Graph
from autograd_graph.graph import INPUT
from autograd_graph.rows.kernel import Kernel

COUNT = 2_000_000
Columns = dict[str, np.ndarray]

LOGISTIC = "0.5*(sigmoid(w*x + b) - y)^2"
BLACK_SCHOLES = """
    N(z) = erfc(-z/sqrt(2))/2
    d1 = (log(S/K) + (r + v^2/2)*T)/(v*sqrt(T))
    d2 = d1 - v*sqrt(T)
    S*N(d1) - K*exp(-r*T)*N(d2)
"""


def normal(names: str) -> Columns:
    draw = np.random.default_rng(0)
    return {name: draw.normal(size=COUNT) for name in names}


def market() -> Columns:
    draw = np.random.default_rng(0)
    ranges = {"S": (80, 120), "K": (80, 120), "r": (0.0, 0.05), "v": (0.1, 0.5), "T": (0.1, 2.0)}
    return {name: draw.uniform(*ends, COUNT) for name, ends in ranges.items()}


def milliseconds(work: Callable[[], object], rounds: int = 5) -> float:
    """Processor time of the best round, all threads counted."""
    best = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return 1e3 * best


def copying(columns: Columns) -> Callable[[], object]:
    """Copying as many columns as a kernel reads and writes."""
    arrays = [*columns.values(), *columns.values(), next(iter(columns.values()))]
    copies = [np.empty(COUNT) for _ in arrays]

    def copy() -> None:
        for one, other in zip(copies, arrays, strict=True):
            np.copyto(one, other)

    copy()
    return copy


def into(kernel: Kernel, columns: Columns) -> Callable[[], object]:
    found = kernel.run(columns)
    return lambda: kernel.run_into(found, columns)


def logistic_by_jax(columns: Columns) -> Callable[[], object]:
    jax.config.update("jax_enable_x64", True)

    def loss(w: object, x: object, b: object, y: object) -> object:
        return 0.5 * (jax.nn.sigmoid(w * x + b) - y) ** 2

    rows = jax.jit(jax.vmap(jax.value_and_grad(loss, (0, 1, 2, 3))))
    arrays = [jnp.asarray(columns[name]) for name in "wxby"]
    jax.block_until_ready(rows(*arrays))
    return lambda: jax.block_until_ready(rows(*arrays))


def black_scholes_by_hand(columns: Columns) -> Callable[[], list[np.ndarray]]:
    """As an engineer writes it: the closed forms of the price and of its five derivatives."""
    s, k, r, v, t = columns.values()

    def work() -> list[np.ndarray]:
        root = np.sqrt(t)
        d1 = (np.log(s / k) + (r + v**2 / 2) * t) / (v * root)
        d2 = d1 - v * root
        n1, n2 = erfc(-d1 / np.sqrt(2)) / 2, erfc(-d2 / np.sqrt(2)) / 2
        density = np.exp(-(d1**2) / 2) / np.sqrt(2 * np.pi)
        discounted = k * np.exp(-r * t)
        vega = s * density * root
        theta = s * density * v / (2 * root) + r * discounted * n2
        return [
            s * n1 - discounted * n2,
            n1,
            -discounted / k * n2,
            discounted * t * n2,
            vega,
            theta,
        ]

    return work


@pytest.mark.benchmark(group="rows")
def test_value_and_slopes_beside_copying_and_jax(benchmark, capsys) -> None:
    columns = normal("wxby")
    kernel = Kernel(parse(LOGISTIC), columns=columns)
    run, copy = into(kernel, columns), copying(columns)
    told = into(Kernel(parse(LOGISTIC), columns=columns, statuses=True), columns)
    ours, copied, statuses = milliseconds(run), milliseconds(copy), milliseconds(told)
    compiled = milliseconds(logistic_by_jax(columns))
    benchmark.pedantic(run, rounds=1)
    with capsys.disabled():
        print(
            f"\nhalf of (sigmoid(w*x + b) - y)^2: {ours:.0f} ms; copying nine columns {copied:.1f} "
            f"ms, {ours / copied:.1f} times (target 4.5, aim 3.2); JAX {compiled:.0f} ms, "
            f"{ours / compiled:.2f} times (target 1); with statuses {statuses / ours:.2f} times "
            "(target 2, aim 1.4)"
        )


@pytest.mark.benchmark(group="rows")
def test_black_scholes_beside_numpy_by_hand(benchmark, capsys) -> None:
    columns = market()
    kernel = Kernel(parse(BLACK_SCHOLES), columns=columns)
    run, by_hand = into(kernel, columns), black_scholes_by_hand(columns)
    found = kernel.run(columns)
    for one, other in zip([found.value, *found.gradients.values()], by_hand(), strict=True):
        assert np.allclose(one, other, rtol=1e-9, atol=1e-9)
    told = into(Kernel(parse(BLACK_SCHOLES), columns=columns, statuses=True), columns)
    ours, theirs, statuses = milliseconds(run), milliseconds(by_hand), milliseconds(told)
    benchmark.pedantic(run, rounds=1)
    with capsys.disabled():
        print(
            f"\nBlack-Scholes: {ours:.0f} ms; NumPy by hand {theirs:.0f} ms, {ours / theirs:.2f} "
            f"times (target 1, aim 0.5); with statuses {statuses / ours:.2f} times (target 2, "
            "aim 1.4)"
        )


@pytest.mark.benchmark(group="rows")
@pytest.mark.parametrize("program", [LOGISTIC, "z = w*x + b; softplus(z) - y*z", BLACK_SCHOLES])
def test_exact_totals_beside_plain_ones(benchmark, capsys, program: str) -> None:
    columns = market() if program is BLACK_SCHOLES else normal("wxby")
    kernel = Kernel(parse(program), columns=columns)
    run = lambda: kernel.totals(columns)
    plain = milliseconds(lambda: plain_totals(kernel, columns))
    exact = milliseconds(run)
    benchmark.pedantic(run, rounds=1)
    with capsys.disabled():
        print(
            f"\ntotals of {program.split(';')[-1].split()[0]}…: exact {exact:.0f} ms, plain "
            f"{plain:.0f} ms, {exact / plain:.2f} times (target 3, aim 2)"
        )


def plain_totals(kernel: Kernel, columns: Columns) -> list[float]:
    """Sums of the value and the slopes as NumPy adds them up, block by block."""
    sums = [0.0] * (1 + len(kernel.wrt))
    for _, matrix in kernel.blocks(columns):
        for n, numbers in enumerate(matrix):
            sums[n] += float(np.add.reduce(numbers))
    return sums


def network(nodes: int) -> Graph:
    """A chain of common operators over five columns."""
    draw = random.Random(0)
    graph = Graph()
    inputs = [graph.leaf(INPUT, f"x{n}") for n in range(5)]
    last = inputs[0]
    for _ in range(nodes - len(inputs)):
        kind = draw.choice(["add", "mul", "sub", "mul", "add", "tanh", "sin", "sigmoid"])
        others = () if kind in ("tanh", "sin", "sigmoid") else (draw.choice(inputs),)
        last = graph.add(kind, last, *others)
    graph.output = last
    return graph


@pytest.mark.benchmark(group="rows")
def test_a_program_of_ten_thousand_nodes(benchmark, capsys) -> None:
    graph, count = network(10_000), 16_384
    draw = np.random.default_rng(0)
    columns = {name: draw.uniform(0.5, 1.5, count) for name in graph.inputs}
    built = milliseconds(lambda: Kernel(graph, columns=columns), 2)
    told = milliseconds(lambda: Kernel(graph, columns=columns, statuses=True), 2)
    kernel = Kernel(graph, columns=columns)
    run = into(kernel, columns)
    spent = milliseconds(run, 2) * 1e6 / count / len(graph)
    benchmark.pedantic(run, rounds=1)
    with capsys.disabled():
        print(
            f"\n10,000 nodes: built in {built / 1e3:.2f} s, with statuses {told / 1e3:.2f} s "
            f"(target 3 s); {spent:.1f} ns a row and node (target 10, aim 4) in blocks of "
            f"{kernel._kernel.rows}"
        )
