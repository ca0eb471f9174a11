"""How long a cold `autograd eval` takes beside the imports it cannot do without."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

PYTHON = sys.executable
AUTOGRAD = [str(Path(PYTHON).with_name("autograd")), "eval", "J = 1/2*(w*x + b - y)^2"]
POINT = ["--x=-2", "--w=2", "--b=8", "--y=2"]
ROUNDS = 15


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


@pytest.mark.benchmark(group="start-up")
@pytest.mark.parametrize(
    ("shown", "imports", "limit"),
    [
        ("json", "import click, lark, json", 1.35),
        ("table", "import click, lark, rich.console, rich.table", 1.4),
    ],
)
def test_cold_start(benchmark, capsys, shown: str, imports: str, limit: float) -> None:
    ours = [*AUTOGRAD, *POINT, "--format", shown]
    theirs = [PYTHON, "-c", imports]
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)
    benchmark.extra_info["ratio"] = ratio
    benchmark.pedantic(seconds, args=(ours,), rounds=3)
    with capsys.disabled():
        print(f"\nstart-up, {shown}: {ratio:.2f} times `{imports}` (target {limit}, aim 1.15)")
