"""Steps a second of a small program, and what a step of a large network costs beside its passes."""

from __future__ import annotations

import runpy
import time
from collections import deque

import pytest

from autograd_grammar import parse
from autograd_graph import Tape, forward, reverse
from autograd_graph.descent.descent import Descent, Plan
from autograd_graph.descent.objective import Objective
from autograd_graph.descent.verdict import Watch
from autograd_graph.passes.evaluation import rerun

TEN_NODES = "w = 3; b = 1; x = 2; t = 7; (w*x + b - t)^2 + b"
STEPS = 20_000


@pytest.mark.benchmark(group="descent")
def test_small_program_makes_100_000_steps_a_second(benchmark, capsys) -> None:
    graph = parse(TEN_NODES)
    assert len(graph) == 10

    def descend() -> None:
        function = Objective(Tape(graph), {}, list(graph.inputs))
        watch = Watch(Descent(function, Plan(rate=1e-6, steps=STEPS)))
        deque(watch.states(), maxlen=0)

    benchmark(descend)
    rate = STEPS / benchmark.stats.stats.min
    with capsys.disabled():
        print(f"\nplain descent on 10 nodes: {rate:,.0f} steps a second")
    assert rate > 100_000


@pytest.mark.benchmark(group="descent")
def test_network_of_100_000_parameters_trains_at_the_price_of_its_passes(benchmark, capsys) -> None:
    text = runpy.run_path("samples/network.py")["network"](5000, 20)
    tape = Tape(parse(text, max_nodes=10**6))
    values = forward(tape)
    passes = []
    for _ in range(10):
        start = time.perf_counter()
        rerun(tape, values)
        reverse(tape, values)
        passes.append(time.perf_counter() - start)
    function = Objective(tape, {}, list(tape.graph.inputs))
    assert len(function.names) == 100_000

    def train() -> None:
        deque(Watch(Descent(function, Plan(rate=0.01, steps=100))).states(), maxlen=0)

    benchmark.pedantic(train, rounds=1)
    step = benchmark.stats.stats.min / 101
    with capsys.disabled():
        print(f"\na step of 100,000 parameters: {step * 1e3:.0f} ms, {step / min(passes):.2f} of "
              f"the passes alone")  # fmt: skip
    assert step < 1.6 * min(passes)
