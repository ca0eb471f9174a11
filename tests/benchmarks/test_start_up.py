"""How long a cold `autograd eval` takes beside the imports it cannot do without."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

PYTHON = sys.executable
AUTOGRAD = [PYTHON, "-m", "autograd_cli", "eval", "J = 1/2*(w*x + b - y)^2"]
POINT = ["--x=-2", "--w=2", "--b=8", "--y=2"]
ROUNDS = 15


def seconds(command: list[str], compiled: Path) -> float:
    """The processor time of a process whose modules are compiled before."""
    env = os.environ | {"PYTHONPYCACHEPREFIX": str(compiled)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.benchmark(group="start-up")
@pytest.mark.parametrize(
    ("shown", "imports", "limit"),
    [
        ("json", "import click, lark, json", 0.9),
        ("table", "import click, lark, rich.console, rich.table", 1.4),
    ],
)
def test_cold_start(
    benchmark, capsys, tmp_path: Path, shown: str, imports: str, limit: float
) -> None:
    ours = [*AUTOGRAD, *POINT, "--format", shown]
    theirs = [PYTHON, "-c", imports]
    pairs = [(seconds(ours, tmp_path), seconds(theirs, tmp_path)) for _ in range(ROUNDS)]
    ratio = min(a for a, _ in pairs) / min(b for _, b in pairs)
    benchmark.extra_info["ratio"] = ratio
    benchmark.pedantic(seconds, args=(ours, tmp_path), rounds=3)
    with capsys.disabled():
        print(f"\nstart-up, {shown}: {ratio:.2f} times `{imports}` (target {limit})")
