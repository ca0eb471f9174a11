"""What a node costs: binding, forward, reverse, statuses, and how that grows to a million nodes."""

from __future__ import annotations

import random
import time
import tracemalloc

import pytest

from autograd_graph import Graph, Tape, forward, reverse, statuses
from autograd_graph.graph import INPUT

KINDS = ["add", "mul", "sub", "mul", "add", "tanh", "sin", "sigmoid"]


def network(nodes: int) -> Graph:
    """A graph of which a third are inputs with values, the rest a chain of common operators."""
    rng = random.Random(0)
    graph = Graph()
    inputs = [graph.leaf(INPUT, f"x{n}", rng.random()) for n in range(nodes // 3)]
    last = inputs[0]
    for n in range(nodes - len(inputs)):
        kind = rng.choice(KINDS)
        unary = kind in ("tanh", "sin", "sigmoid")
        last = graph.add(kind, last) if unary else graph.add(kind, last, inputs[n % len(inputs)])
    graph.output = last
    return graph


def nanoseconds_a_node(graph: Graph) -> dict[str, float]:
    """The best of several runs of each part, for one node."""
    clock = time.perf_counter
    found: dict[str, float] = {}
    for _ in range(4):
        moments = [clock()]
        tape = Tape(graph)
        moments.append(clock())
        values = forward(tape)
        moments.append(clock())
        reverse(tape, values)
        moments.append(clock())
        statuses(tape, values)
        moments.append(clock())
        for n, part in enumerate(("bind", "forward", "reverse", "statuses")):
            spent = (moments[n + 1] - moments[n]) / len(graph) * 1e9
            found[part] = min(found.get(part, spent), spent)
    return found


@pytest.mark.benchmark(group="passes")
@pytest.mark.parametrize("nodes", [30_000, 300_000, 1_000_000])
def test_cost_of_a_node(benchmark, capsys, nodes: int) -> None:
    graph = network(nodes)
    found = nanoseconds_a_node(graph)
    run = found["forward"] + found["reverse"] + found["statuses"]
    benchmark.extra_info.update(found)
    tape = Tape(graph)
    benchmark.pedantic(lambda: reverse(tape, forward(tape)), rounds=3)
    with capsys.disabled():
        parts = ", ".join(f"{part} {spent:.0f}" for part, spent in found.items())
        print(
            f"\n{nodes:,} nodes: forward, reverse and statuses {run:.0f} ns a node "
            f"(target 300, aim 150); {parts}"
        )


@pytest.mark.benchmark(group="passes")
def test_memory_of_a_node(benchmark, capsys) -> None:
    lines: list[str] = []
    for nodes in (100_000, 1_000_000):
        tracemalloc.start()
        graph = network(nodes)
        built = tracemalloc.get_traced_memory()[0]
        tape = Tape(graph)
        values = forward(tape)
        adjoints = reverse(tape, values)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(adjoints) == nodes
        lines.append(
            f"{nodes:,} nodes: graph {built / nodes:.0f} B, in all {peak / nodes:.0f} B a node"
        )
    benchmark.pedantic(network, args=(10_000,), rounds=3)
    with capsys.disabled():
        print("\n" + "\n".join(lines))
