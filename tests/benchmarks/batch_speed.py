"""How fast `autograd batch` is: ``python tests/benchmarks/batch_speed.py [sympy] [jobs] [memory]``.

Without a word, all three. ``sympy``: 2,000 distinct expressions from text to value and gradient in
this process, by the engine of `batch` and by SymPy's parse, diff, lambdify and call; and where the
engine's time goes. ``jobs``: 200,000 lines through one process and through two. ``memory``: the
largest resident size on streams of 1,000 to 1,000,000 lines.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any, NamedTuple

from workload import POINT, small_expressions

from autograd_cli import formats
from autograd_cli.line.point import Point
from autograd_cli.reports import evaluation as report
from autograd_cli.stream.chunks import Chunk
from autograd_cli.stream.engine import Engine, Settings
from autograd_cli.stream.replies import JsonLines
from autograd_cli.stream.requests import Limits
from autograd_cli.stream.watch import Watch
from autograd_grammar import parse
from autograd_grammar.parser import _language
from autograd_graph import Tape, forward, reverse

ROUNDS = 5


def best(run: Callable[[], Any]) -> float:
    """Seconds of the processor in the fastest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = process_time()
        run()
        times.append(process_time() - begun)
    return min(times)


def engine() -> Engine:
    """What `autograd batch --x=1.25 --y=0.75 --z=2.5` runs, with nothing in its cache."""
    settings = Settings(
        point=Point(offered=POINT), of=None, wrt=None, nodes=False, whole=False, strict=False,
        fail_fast=False, limits=Limits(1_000_000, 1_000_000), timeout=60.0, debug=False,
        options=frozenset(), form=JsonLines(), encoding="utf-8",
    )  # fmt: skip
    return Engine(settings, Watch([0.0, 0.0]))


def against_sympy(count: int = 2000) -> None:
    """The ratio, after a check that both find the same numbers."""
    import sympy
    from sympy.parsing.sympy_parser import parse_expr

    programs = small_expressions(count)
    chunk = Chunk("stdin", 1, "\n".join(programs).encode())
    answer = engine()(chunk)
    ours = best(lambda: engine()(chunk))

    def by_sympy(text: str) -> dict[str, float]:
        formula = parse_expr(text.replace("^", "**"))
        names = sorted(formula.free_symbols, key=str)
        results = [formula, *(sympy.diff(formula, name) for name in names)]
        function = sympy.lambdify(names, results, "math")
        value, *slopes = function(*(POINT[str(name)] for name in names))
        return {"": value} | {str(n): slope for n, slope in zip(names, slopes, strict=True)}

    begun = process_time()
    theirs = [by_sympy(text) for text in programs]
    taken = process_time() - begun
    for line, expected in zip(answer.data.splitlines(), theirs, strict=True):
        record = json.loads(line)
        found = {"": record["output"]["value"]} | record["gradients"]
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            assert abs(found[name] - value) <= 1e-9 * max(1, abs(value)), (line, expected)
    again = engine()
    again(chunk)
    cached = best(lambda: again(chunk))
    print(f"{count:,} distinct expressions, text to value and gradient, one process:")
    rows = {
        "autograd batch's engine": ours,
        "the same texts again": cached,
        f"SymPy {sympy.__version__}": taken,
    }
    for name, seconds in rows.items():
        each, rate = seconds / count * 1e6, count / seconds
        print(f"  {name:<25}{each:8.1f} us each {rate:10,.0f} /s")
    print(f"  SymPy's time over ours   {taken / ours:8.1f}")
    stages(programs, ours)


def stages(programs: list[str], whole: float) -> None:
    """Where the time goes, each part measured by itself."""
    lexer = _language().lexer
    graphs = [parse(text) for text in programs]
    tapes = [Tape(graph) for graph in graphs]
    points = [{name: POINT[name] for name in graph.inputs} for graph in graphs]
    values = [forward(tape, point) for tape, point in zip(tapes, points, strict=True)]
    runs = [report.run(tape, point) for tape, point in zip(tapes, points, strict=True)]
    summaries = [report.summary(run) for run in runs]

    lexing = best(lambda: [lexer.tokens(text) for text in programs])
    parsing = best(lambda: [parse(text) for text in programs]) - lexing
    binding = best(lambda: [Tape(graph) for graph in graphs])
    passes = best(
        lambda: [forward(tape, point) for tape, point in zip(tapes, points, strict=True)]
    ) + best(lambda: [reverse(tape, run) for tape, run in zip(tapes, values, strict=True)])
    account = best(
        lambda: [
            report.summary(report.run(tape, point))
            for tape, point in zip(tapes, points, strict=True)
        ]
    )
    output = best(lambda: [formats.to_json(s.as_object()) for s in summaries])
    parts = {
        "lexing": lexing, "parsing to a graph": parsing, "binding": binding, "passes": passes,
        "statuses and summary": account - passes, "JSON": output,
    }  # fmt: skip
    parts["the stream around them"] = whole - sum(parts.values())
    nodes = sum(map(len, graphs)) / len(graphs)
    print(f"  where it goes ({nodes:.1f} nodes each):")
    for name, seconds in parts.items():
        print(f"    {name:<23}{seconds / len(programs) * 1e6:8.1f} us {seconds / whole:6.0%}")


def stream_file(folder: str, lines: int) -> Path:
    """A file of so many lines, all distinct."""
    path = Path(folder, f"{lines}.txt")
    texts = small_expressions(2000)
    with path.open("w") as file:
        for n in range(lines):
            file.write(f"{texts[n % len(texts)]} + {n}\n")
    return path


class Usage(NamedTuple):
    """What a run took: seconds by the clock, seconds of all processors, largest resident size."""

    seconds: float
    processor: float
    kilobytes: int


def batch(path: Path, *options: str) -> Usage:
    """Run `autograd batch` over a file."""
    values = [f"--{name}={value}" for name, value in POINT.items()]
    words = [sys.executable, "-m", "autograd_cli", "batch", str(path), *values, *options]
    begun = perf_counter()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(words, stdout=nowhere)
    largest = 0
    while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        # not what wait4 says: that begins with the size of the process that started it
        status = Path(f"/proc/{process.pid}/status").read_text()
        largest = max(largest, *map(int, re.findall(r"VmHWM:\s+(\d+)", status)), 0)
        sleep(0.05)
    taken = perf_counter() - begun
    _, ended, usage = os.wait4(process.pid, 0)
    assert ended == 0, ended
    return Usage(taken, usage.ru_utime + usage.ru_stime, largest)


def in_two_processes(lines: int = 200_000) -> None:
    """One process against two, in turns, so that a busy machine is equally unfair to both."""
    with tempfile.TemporaryDirectory() as folder:
        path = stream_file(folder, lines)
        runs: dict[str, list[Usage]] = {"1": [], "2": []}
        for _ in range(3):
            for jobs, taken in runs.items():
                taken.append(batch(path, "--jobs", jobs))
    fastest = {jobs: min(taken) for jobs, taken in runs.items()}
    print(f"{lines:,} distinct lines through `autograd batch`, {os.cpu_count()} processors:")
    for jobs, usage in fastest.items():
        rate = lines / usage.seconds
        print(
            f"  --jobs {jobs} {usage.seconds:7.2f} s {rate:10,.0f} /s, "
            f"{usage.processor:.2f} s of processors"
        )
    print(f"  ratio    {fastest['1'].seconds / fastest['2'].seconds:7.2f}")


def in_constant_memory() -> None:
    """The largest resident size as the stream grows."""
    print("largest resident size of `autograd batch`:")
    with tempfile.TemporaryDirectory() as folder:
        for lines in (1_000, 10_000, 100_000, 1_000_000):
            usage = batch(stream_file(folder, lines))
            print(f"  {lines:9,} lines {usage.kilobytes / 1024:7.1f} MB {usage.seconds:8.1f} s")


PARTS = {"sympy": against_sympy, "jobs": in_two_processes, "memory": in_constant_memory}

if __name__ == "__main__":
    for word in sys.argv[1:] or PARTS:
        PARTS[word]()
