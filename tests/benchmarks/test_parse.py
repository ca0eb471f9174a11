"""Text to graph beside CPython's own parser, and how the cost grows with the text."""

from __future__ import annotations

import ast
import random
import time

import pytest

from autograd_grammar import parse
from autograd_graph.collector import collector_paused


def assignments(count: int) -> str:
    """``count`` statements of about 100 characters each, in the syntax both parsers share."""
    rng = random.Random(1)
    names = ["x", "y", "w1", "w2", "b", "alpha", "theta"]
    lines: list[str] = []
    for n in range(count):
        line = f"v{n} = "
        while len(line) < 95:
            term = rng.choice([*names, *(f"v{m}" for m in range(max(0, n - 5), n))])
            kind = rng.random()
            if kind < 0.25:
                term = f"sin({term})"
            elif kind < 0.4:
                term = f"({term} + {rng.randint(1, 99) / 10})"
            elif kind < 0.5:
                term = f"{term}**2"
            line += term + rng.choice([" + ", " - ", " * ", " / "])
        lines.append(line + "1.5")
    return "\n".join(lines)


def best(function, text: str, rounds: int = 7) -> float:
    times: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        function(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.benchmark(group="parse")
def test_rate_beside_ast_parse(benchmark, capsys) -> None:
    text = assignments(3000)
    ours = best(parse, text)  # which pauses the collector itself
    rate = best(ast.parse, text) / ours
    with collector_paused():
        paused = best(ast.parse, text) / ours
    benchmark.extra_info.update(rate=rate, paused=paused)
    benchmark.pedantic(parse, args=(text,), rounds=3)
    with capsys.disabled():
        print(
            f"\nparse: {rate:.2f} times the rate of ast.parse as it is, "
            f"{paused:.2f} times with the collector paused for that too (aim 1)"
        )


@pytest.mark.benchmark(group="parse")
def test_cost_grows_with_the_text(benchmark, capsys) -> None:
    small, large = assignments(3000), assignments(50_000)
    nodes = len(parse(small)), len(parse(large))
    times = best(parse, small, 3), best(parse, large, 1)
    per_node = [t / n * 1e6 for t, n in zip(times, nodes, strict=True)]
    benchmark.pedantic(parse, args=(small,), rounds=3)
    with capsys.disabled():
        print(
            f"\nparse: {per_node[0]:.2f} us a node at {nodes[0]:,} nodes, "
            f"{per_node[1]:.2f} us at {nodes[1]:,}"
        )
