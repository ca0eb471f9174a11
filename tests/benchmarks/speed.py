"""Before and after, in one run: ``python tests/benchmarks/speed.py [REVISION] [--only WORDS]``.

Takes the code of a commit out of the repository (by default that before the work on speed) and
measures it beside the working tree's, in turns, so that a busy machine is equally unfair to both.
A time is the least processor time of a few rounds; the last column is what is left of it. Cold
starts are measured beside the imports that a run cannot do without.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from workload import POINT, network, parameters, small_expressions

ROOT = Path(__file__).parents[2]
PARTS = ("cli", "grammar", "graph")
REVISION = "094271e"
LINES = 20_000
DESCENT = ["descend", "-f", str(ROOT / "samples" / "descend" / "network.expr"), "--lr", "0.5"]
DESCENT += ["--steps", "9999", "--format", "json"]
TEACHING = ["eval", "J = 1/2*(w*x + b - y)^2", "--x=-2", "--w=2", "--b=8", "--y=2"]


class Measure(NamedTuple):
    """The words of a command, or the name of a function of this module that returns seconds."""

    what: str
    words: list[str]
    rounds: int = 3


def measures(folder: Path) -> list[Measure]:
    """What is measured, with its files in a folder."""
    program, values = folder / "network.expr", folder / "values.json"
    program.write_text(network())
    values.write_text(json.dumps(parameters()))
    chain = folder / "chain.expr"
    chain.write_text("sin(" * 20_000 + "x" + ")" * 20_000)
    texts = small_expressions(LINES)
    draw = random.Random(5)
    shape = "{:.3f}*x^2 + sin({:.2f}*y - z) + {:.3f}*exp(-x/{:.2f})"
    streams = {
        "distinct": texts,
        "shape": [shape.format(*(draw.uniform(0.5, 3) for _ in range(4))) for _ in range(LINES)],
        "points": [
            json.dumps({"program": texts[0], "at": {name: draw.random() + 1 for name in POINT}})
            for _ in range(LINES)
        ],
    }
    for name, lines in streams.items():
        (folder / name).write_text("\n".join(lines) + "\n")
    at = [f"--{name}={value}" for name, value in POINT.items()]
    given = ["eval", "-f", str(program), "--vars", str(values)]
    return [
        Measure("cold eval --format json", [*TEACHING, "--format", "json"], 20),
        Measure("100,000 parameters: eval --format json", [*given, "--format", "json"]),
        Measure("100,000 parameters: eval --get value", [*given, "--get", "value"]),
        Measure("100,000 parameters: eval --format table", [*given, "--format", "table"]),
        Measure("100,000 parameters: eval --format tsv", [*given, "--format", "tsv"]),
        Measure(f"batch, {LINES:,} distinct programs", ["batch", str(folder / "distinct"), *at]),
        Measure(f"batch, {LINES:,} of one shape", ["batch", str(folder / "shape"), *at]),
        Measure(f"batch, one at {LINES:,} points", ["batch", str(folder / "points")]),
        Measure("descend, 49 nodes, 9,999 steps", DESCENT),
        Measure("diff of a chain of 20,000", ["diff", "-f", str(chain)], 2),
        Measure("57 characters to a graph, 2,000 times", ["parsing"], 5),
        Measure("binding 20 nodes, 2,000 times", ["binding"], 5),
        Measure("both passes over 20 nodes, 2,000 times", ["passes"], 5),
        Measure("100,000 inputs by name, once more", ["again"]),
    ]


def least(run: Callable[[], Any]) -> float:
    """Seconds of the fastest of some rounds."""
    times = []
    for _ in range(7):
        begun = process_time()
        run()
        times.append(process_time() - begun)
    return min(times)


def parsing() -> float:
    """Text to graph, small programs."""
    from autograd_grammar import parse

    texts = small_expressions(2_000)
    return least(lambda: [parse(text) for text in texts])


def binding() -> float:
    """Graph to tape."""
    from autograd_grammar import parse
    from autograd_graph import Tape

    graphs = [parse(text) for text in small_expressions(2_000)]
    return least(lambda: [Tape(graph) for graph in graphs])


def passes() -> float:
    """Forward and back."""
    from autograd_grammar import parse
    from autograd_graph import Tape, forward, reverse

    tapes = [Tape(parse(text)) for text in small_expressions(2_000)]
    points = [{name: POINT[name] for name in tape.graph.inputs} for tape in tapes]
    pairs = list(zip(tapes, points, strict=True))
    return least(lambda: [reverse(tape, forward(tape, point)) for tape, point in pairs])


def again() -> float:
    """A further evaluation of the network, whose parameters come by name."""
    from autograd_grammar import parse
    from autograd_graph import Tape, forward, reverse

    tape, values = Tape(parse(network())), parameters()
    return least(lambda: reverse(tape, forward(tape, values)))


TASKS = {task.__name__: task for task in (parsing, binding, passes, again)}


def environment(tree: Path, compiled: Path) -> dict[str, str]:
    """The environment in which the code of a tree runs, compiled once and kept in a folder."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join(str(tree / part) for part in PARTS)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start would compile everything
    return env | {"PYTHONPYCACHEPREFIX": str(compiled)}


def seconds(words: list[str], env: dict[str, str]) -> float:
    """The processor time of a process, or what it measured itself."""
    task = words[0] in TASKS
    command = [__file__, "--task", words[0]] if task else ["-m", "autograd_cli", *words]
    command = ["-c", words[1]] if words[0] == "-c" else command
    process = subprocess.Popen(
        [sys.executable, *command], env=env, stdout=subprocess.PIPE if task else subprocess.DEVNULL
    )
    output = process.stdout.read() if process.stdout is not None else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return float(output) if task else usage.ru_utime + usage.ru_stime


def taken_out(revision: str, folder: Path) -> None:
    """Write the code of a commit into a folder."""
    words = ["git", "-C", str(ROOT), "archive", revision, *PARTS]
    archive = subprocess.run(words, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def main() -> None:
    """Print a row for each measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", nargs="?", default=REVISION)
    parser.add_argument("--only", default="", help="a part of a measure's name")
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.task:
        print(TASKS[asked.task]())
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taken_out(asked.revision, folder / "before")
        trees = {"before": folder / "before", "now": ROOT}
        envs = {n: environment(tree, folder / f"{n}.pyc") for n, tree in trees.items()}
        print(f"| processor time | {asked.revision} | now | ratio |\n|---|---:|---:|---:|")
        for measure in measures(folder):
            if asked.only not in measure.what:
                continue
            times: dict[str, list[float]] = {n: [] for n in envs}
            bound: list[float] = []
            for _ in range(measure.rounds):
                for n, env in envs.items():
                    times[n].append(seconds(measure.words, env))
                if measure.words[0] == TEACHING[0] and measure.rounds > 3:
                    bound.append(seconds(["-c", "import click, lark, json"], envs["now"]))
            before, now = min(times["before"]), min(times["now"])
            row = f"{before * 1e3:,.1f} ms | {now * 1e3:,.1f} ms | {now / before:.2f}"
            print(f"| {measure.what} | {row} |", flush=True)
            if bound:
                ratio = now / min(bound)
                print(f"| … beside `import click, lark, json` | {min(bound) * 1e3:,.1f} ms | "
                      f"{now * 1e3:,.1f} ms | {ratio:.2f} |")  # fmt: skip


if __name__ == "__main__":
    main()
