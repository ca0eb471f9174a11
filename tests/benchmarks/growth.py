"""How processor time grows with the size of a program: a table of command, shape and exponent.

``python tests/benchmarks/growth.py`` runs each command on programs of each shape, each in a process
of its own, and counts processor time, the least of a few runs where one is short. The exponent is 1
for time in proportion to the size, and goes from the smallest size that takes long enough to tell
to the largest that ended in time. ``--sizes 1000,1000000`` sets the numbers of nodes, ``--only
diff`` picks commands or shapes.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import log
from pathlib import Path
from typing import NamedTuple

LEAST = 0.1
"""Seconds of processor time beyond the start below which a run tells nothing of growth."""

SHORT = 4.0
"""Seconds below which a run is repeated."""


def numbers(count: float) -> list[str]:
    """So many numbers, all of the same length, so that a text grows with its nodes alone."""
    return [f"{k:07}" for k in range(1, int(count) + 1)]


def inputs(count: float) -> list[str]:
    """So many names of inputs."""
    return [f"a{k}" for k in numbers(count)]


SHAPES: dict[str, Callable[[int], str]] = {
    "chain": lambda n: "sin(" * n + "x" + ")" * n,
    "long sum": lambda n: " + ".join(f"1.{k}*x^2" for k in numbers(n / 4)),
    "wide sum": lambda n: "+".join(inputs(n / 2)),
    "wide product": lambda n: "*".join(inputs(n / 2)),
    "pairs": lambda n: "+".join(f"{a}*{b}" for a, b in pairwise(inputs(n / 3))),
    "one call": lambda n: f"logsumexp({','.join(inputs(n))})",
    "shared": lambda n: "; ".join(["a = x", *["a = a - 1e-7*a*a"] * (n // 4), "a"]),
    "statements": lambda n: "".join(f"s{k} = x*1.{k}\n" for k in numbers(n / 3)) + "s0000001",
    "comments": lambda n: "x + 1 # a comment\n" + "# a longer comment\n" * n + "x^2",
    "functions": lambda n: (
        "".join(f"f{k}(t) = t + 1.{k}\n" for k in numbers(n / 3)) + "f0000001(x)"
    ),
    "choices": lambda n: (
        "".join(f"where(x > 1.{k}, 1.{k}*x, " for k in numbers(n / 4)) + "x" + ")" * (n // 4)
    ),
}

COMMANDS: dict[str, list[str]] = {
    "eval tsv": ["eval"],
    "eval json": ["eval", "--format", "json"],
    "eval table": ["eval", "--format", "table"],
    "eval csv": ["eval", "--format", "csv"],
    "eval get": ["eval", "--get", "value"],
    "diff json": ["diff", "--format", "json"],
    "diff python": ["diff", "--to", "python"],
    "explain": ["explain"],
    "explain json": ["explain", "--format", "json"],
    "graph json": ["graph", "--format", "json"],
    "graph dot": ["graph", "--to", "dot"],
    "flow": ["flow"],
    "cost": ["cost"],
    "descend": ["descend", "--steps", "3", "--lr", "1e-9"],
}

SIZES = "1000,10000,100000,1000000"

_SYMBOLIC = ("diff",)
"""Commands that take all inputs as they are, and no values."""


def values(text: str) -> Iterator[str]:
    """A value for each input of a program of :data:`SHAPES`.

    It is so close to 1 that the product of all is, too: the digits of a number with a large
    exponent take longer to find.
    """
    yield '"x": 0.5'
    for name in dict.fromkeys(re.findall(r"a\d+", text)):
        yield f'"{name}": 0.9999999'


class Used(NamedTuple):
    """The processor time in seconds and the memory in MB that a command took, and its status."""

    seconds: float
    memory: float
    status: int


def used(words: list[str], program: str, limit: float, memory: int) -> Used:
    """What a command takes, with limits in seconds and MB."""
    with tempfile.TemporaryDirectory() as folder:
        text, point = Path(folder, "program.expr"), Path(folder, "values.json")
        text.write_text(program)
        point.write_text("{" + ", ".join(values(program)) + "}")
        given = [] if words[0] in _SYMBOLIC else ["--vars", str(point)]
        if words[0] == "descend":
            given += ["--wrt", "a0000001" if "a0000001" in program else "x"]
        command = [sys.executable, "-m", "autograd_cli", *words, "-f", str(text), *given]
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: _limit(int(limit), memory << 20),
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    return Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, status)


def _limit(seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def least(words: list[str], program: str, limit: float, memory: int) -> Used:
    """The least that a command takes, in one run or three."""
    first = used(words, program, limit, memory)
    if first.seconds > SHORT:
        return first
    return min(first, *(used(words, program, limit, memory) for _ in range(2)))


def exponent(runs: list[tuple[int, float]]) -> float | None:
    """The growth over the sizes that take long enough, given without the time to start."""
    telling = [(size, took) for size, took in runs if took > LEAST]
    if len(telling) < 2:
        return None
    (small, before), (large, after) = telling[0], telling[-1]
    return log(after / before) / log(large / small)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="numbers of nodes")
    parser.add_argument("--only", default="", help="a part of a command's or shape's name")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for each run")
    parser.add_argument("--memory", type=int, default=6_000, help="MB for each run")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    bounds = asked.limit, asked.memory
    for name, words in COMMANDS.items():
        start = least(words, "x", *bounds).seconds
        for shape, text in SHAPES.items():
            if asked.only not in f"{name} {shape}":
                continue
            runs: list[tuple[int, float]] = []
            memory, ended = 0.0, ""
            for size in sizes:
                run = least(words, text(size), *bounds)
                status = os.waitstatus_to_exitcode(run.status)
                if status != 0 and not (name == "descend" and status == 1):  # it did not converge
                    ended = f"  {size} nodes ended with {status}"
                    break
                runs.append((size, run.seconds - start))
                memory = run.memory
            growth = exponent(runs)
            told = "" if growth is None else f"{growth:.2f}"
            times = " ".join(f"{took:8.2f}" for _, took in runs)
            print(f"{name:13} {shape:13} {times}  {told:>5}  {memory:6.0f} MB{ended}", flush=True)


if __name__ == "__main__":
    main()
