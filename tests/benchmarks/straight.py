"""Passes as code beside those of a tape: ``python tests/benchmarks/straight.py [NODES …]``.

For programs of some shapes and sizes, one row each: a further evaluation of value and gradient, and
the steps of plain descent a second, on the tape and as code; how long the code takes to make, and
after how many evaluations that is worth it. Processor time, the least of interleaved rounds in one
process, after value and gradient were found to be the same to the bit.
"""

from __future__ import annotations

import runpy
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from autograd_grammar import parse
from autograd_graph import Graph, Tape
from autograd_graph.descent import objective
from autograd_graph.descent.descent import Descent, Plan
from autograd_graph.descent.objective import Objective
from autograd_graph.descent.verdict import Watch

ROOT = Path(__file__).parents[2]
SIZES = (10, 100, 1_000, 10_000)
ROUNDS = 5
AT_ONCE = 0.02
"""Seconds of the tape's time in a round."""


def inputs(count: int, draw: Random) -> str:
    """So many inputs with values, as statements."""
    return "".join(f"x{n} = {draw.uniform(-1, 1)!r}\n" for n in range(count))


def layers(nodes: int, draw: Random) -> str:
    """Two layers of products and sums, ``relu`` between them, each of a few inputs' square root."""
    width = max(2, round((nodes / 4) ** 0.5))
    lines, names = "", [f"c{m}" for m in range(width)]
    lines += "".join(f"const c{m} = {draw.gauss(0, 1)!r}\n" for m in range(width))
    for n in range(width):
        weights = [f"w{n}_{m}" for m in range(width)]
        lines += "".join(f"{weight} = {draw.gauss(0, 0.5)!r}\n" for weight in weights)
        total = " + ".join(f"{w}*{c}" for w, c in zip(weights, names, strict=True))
        lines += f"b{n} = 0.1\nh{n} = relu({total} + b{n})\n"
    return lines + " + ".join(f"h{n}^2" for n in range(width))


def neurons(nodes: int, draw: Random) -> str:
    """The network of the samples: ``tanh`` of ``dot`` of 20 weights, at least two neurons."""
    made: str = runpy.run_path(str(ROOT / "samples" / "network.py"))["network"](
        max(2, nodes // 22), 20 if nodes >= 100 else 2
    )
    return made


def polynomial(nodes: int, draw: Random) -> str:
    """A coefficient for each pair of inputs."""
    count = max(2, round((nodes / 4) ** 0.5))
    pairs = ((n, m) for n in range(count) for m in range(count))
    terms = (f"{draw.uniform(-1, 1):.4f}*x{n}*x{m}" for n, m in pairs)
    return inputs(count, draw) + " + ".join(terms)


def chain(nodes: int, draw: Random) -> str:
    """One step after the other."""
    steps = ("sin(h)", "h*x0", "tanh(h)", "h + x1", "sigmoid(h)", "h - x0*x1")
    lines = "".join(f"h = {steps[n % len(steps)]}\n" for n in range(nodes))
    return inputs(2, draw) + "h = x0\n" + lines + "h"


def long_sum(nodes: int, draw: Random) -> str:
    """A sum of squares."""
    count = max(2, nodes // 3)
    return inputs(count, draw) + " + ".join(f"x{n}^2" for n in range(count))


def choices(nodes: int, draw: Random) -> str:
    """Conditions and extrema, most of which nothing flows back through."""
    count = max(2, nodes // 8)
    terms = (
        f"where(x{n} > {draw.uniform(-1, 1):.2f}, max(x{n}, x{(n + 1) % count}), abs(x{n}))"
        for n in range(count)
    )
    return inputs(count, draw) + " + ".join(terms)


SHAPES = (layers, neurons, polynomial, chain, long_sum, choices)


def function(graph: Graph, patience: float) -> Objective:
    """A program as a function of all its inputs, which makes code after so many points."""
    objective.PATIENCE, objective.LONGEST = patience, inf
    return Objective(Tape(graph), {}, list(graph.inputs))


def evaluate(passes: Objective) -> tuple[float, list[float]]:
    """Value and gradient at the start."""
    return passes.value(passes.start), passes.gradient()


def descend(passes: Objective, steps: int) -> None:
    """Plain descent, as ``autograd descend`` runs it."""
    deque(Watch(Descent(passes, Plan(rate=1e-9, steps=steps))).states(), maxlen=0)


def seconds(*runs: Callable[[], Any]) -> list[float]:
    """The least processor time of each run, in turns."""
    least = [inf] * len(runs)
    for _ in range(ROUNDS):
        for n, run in enumerate(runs):
            begun = process_time()
            run()
            least[n] = min(least[n], process_time() - begun)
    return least


def bits(passes: Objective) -> bytes:
    """Value and gradient as bytes."""
    value, slopes = evaluate(passes)
    return struct.pack(f"<{1 + len(slopes)}d", value, *slopes)


def rows(graph: Graph) -> Iterator[str]:
    """The cells of a program's row."""
    tape, code = function(graph, inf), function(graph, 0)
    begun = process_time()
    first = bits(code)
    making = process_time() - begun
    assert "_code" in vars(code)
    assert first == bits(tape) == bits(code)
    (once,) = seconds(lambda: evaluate(tape))
    count = max(2, int(AT_ONCE / once))
    times = seconds(
        lambda: [evaluate(tape) for _ in range(count)],
        lambda: [evaluate(code) for _ in range(count)],
        lambda: descend(tape, count),
        lambda: descend(code, count),
    )
    before, after = (time / count for time in times[:2])
    slow, fast = ((count + 1) / time for time in times[2:])
    yield f"{len(graph):,} | {len(graph.inputs):,}"
    yield f"{before * 1e6:,.1f} | {after * 1e6:,.1f} | {before / after:.1f}"
    yield f"{slow:,.0f} | {fast:,.0f} | {fast / slow:.1f}"
    yield f"{making * 1e3:,.1f} | {making / max(before - after, 1e-9):,.0f}"


def main() -> None:
    """Print a row for each shape and size."""
    print("| shape | nodes | inputs | µs, tape | µs, code | ratio | steps a second, tape | code "
          "| ratio | ms to make | worth it after |")  # fmt: skip
    print("|---|" + "--:|" * 10)
    for size in map(int, sys.argv[1:] or SIZES):
        for shape in SHAPES:
            graph = parse(shape(size, Random(size)), max_nodes=10**7)
            title = shape.__name__.replace("_", " ")
            print(f"| {title} | {' | '.join(rows(graph))} |", flush=True)


if __name__ == "__main__":
    main()
