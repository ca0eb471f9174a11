"""``--on``: a cluster that is not what its address says, or goes away in the middle.

The scheduler of Dask is a process of its own here, which a worker kills with SIGKILL: at the file
that it opens, or at the pass over the rows that it begins.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from pathlib import Path

import pytest
from support_cluster import ended, needs_spark, ran, scheduler, started, worker

PARTS = 4
DRAW = random.Random(15)
TOTAL = ["eval", "(w*x - y)^2", "--w=0.3", "--reduce=sum", "--get=value", "--data", "data"]
MAP = ["map", "(w*x - y)^2", "data", "--w=0.3", "--output", "out"]
FIT = ["fit", "a*exp(k*x) + c", "data", "--target=y", "--start=k=0.1"]
PREDICT = [*FIT, "--predict", "out"]
GONE = "error: the cluster went away\nhint: does its scheduler still run?\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a table in parts."""
    (tmp_path / "data").mkdir()
    for number in range(PARTS):
        rows = [(x, 1.5 * 2.0**x + 0.1 * DRAW.random()) for x in (-2, -1, 0, 1, 1 + number)]
        lines = "".join(f"{x!r},{y!r}\n" for x, y in rows)
        (tmp_path / "data" / f"part-{number}.csv").write_text("x,y\n" + lines)
    return tmp_path


AT = {
    "the first look": {"DIES_AT": "part-0.csv"},
    "a part": {"DIES_AT": "part-2.csv"},
    "a pass": {"DIES_AT_PASS": "5"},
}


@pytest.mark.parametrize(
    ("words", "at"),
    [
        (TOTAL, "the first look"),
        (TOTAL, "a part"),
        (MAP, "the first look"),
        (MAP, "a part"),
        (PREDICT, "a part"),
        (PREDICT, "a pass"),
    ],
)
def test_a_scheduler_that_is_killed_ends_the_command_with_one_error(
    words: list[str], at: str, here: Path
) -> None:
    died = here / "died"
    died.mkdir()
    with scheduler(here) as address:
        told = AT[at] | {"HOOK_FOLDER": str(died), "VICTIM": str(address.process)}
        with worker(here, address, **told):
            run = ran(here, *words, "--on", f"dask://{address}", status=3)
    assert (died / "died").exists()
    assert run == ("", GONE)
    assert not (here / "out").exists()
    assert [path.name for path in here.iterdir() if path.name.startswith("out")] == []


@pytest.mark.parametrize("words", [TOTAL, MAP])
def test_a_scheduler_that_is_killed_while_a_part_is_at_work_is_noticed(
    words: list[str], here: Path
) -> None:
    (here / "data" / "part-2.csv").unlink()
    os.mkfifo(here / "data" / "part-2.csv")
    with scheduler(here) as address, worker(here, address):
        process = started(here, *words, "--on", f"dask://{address}")
        with open(here / "data" / "part-2.csv", "w"):  # as soon as a worker reads it
            os.kill(address.process, signal.SIGKILL)
            assert ended(process, 3) == ("", GONE)
    assert [path.name for path in here.iterdir() if path.name.startswith("out")] == []


@pytest.mark.parametrize(("words", "at"), [(TOTAL, "a part"), (FIT, "a pass")])
def test_a_scheduler_that_is_stopped_is_given_up_after_the_same_patience(
    words: list[str], at: str, here: Path
) -> None:
    """It keeps its connections, so that only its silence tells."""
    died = here / "died"
    died.mkdir()
    stop = {"HOOK_FOLDER": str(died), "BLOW": str(int(signal.SIGSTOP))}
    with scheduler(here) as address:
        told = AT[at] | stop | {"VICTIM": str(address.process)}
        with worker(here, address, **told):
            run = ran(here, *words, "--on", f"dask://{address}", status=3)
    assert (died / "died").exists()
    assert run == ("", GONE)


NOT_THERE = {"dask": "a scheduler of Dask", "spark": "a master of Spark"}


@pytest.mark.parametrize("scheme", ["dask", pytest.param("spark", marks=needs_spark)])
def test_what_listens_and_never_answers_is_given_up_after_the_same_patience(
    scheme: str, here: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        before = time.monotonic()
        run = ran(here, *TOTAL, "--on", url, status=3)
        took = time.monotonic() - before
    said = f"--on {url}: what listens there does not answer as {NOT_THERE[scheme]} does"
    assert run == ("", f"error: {said}\nhint: is it running, and can this machine reach it?\n")
    assert took < 2 * 30  # a patience, and what it takes to start a JVM on a busy machine
    assert list((here / "tmp").iterdir()) == []


@needs_spark
def test_java_puts_its_temporary_files_where_they_are_removed(here: Path) -> None:
    """Libraries and counters that it maps into its memory, while a worker waits for a part."""
    (here / "data" / "part-2.csv").unlink()
    os.mkfifo(here / "data" / "part-2.csv")
    process = started(here, *TOTAL, "--on", "spark://local[2]")
    with open(here / "data" / "part-2.csv", "w") as part:
        mapped = temporary_files(process.pid)
        part.write("x,y\n1,2\n")
    ended(process)
    assert any("lz4" in path for path in mapped)
    assert [path for path in mapped if not path.startswith(str(here / "tmp"))] == []
    assert list((here / "tmp").iterdir()) == []


def temporary_files(group: int) -> set[str]:
    """The files below the temporary folder that the Java of a process group has mapped."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (
                os.getpgid(int(folder.name)) == group
                and b"java" in (folder / "cmdline").read_bytes()
            ):
                lines = (folder / "maps").read_text().splitlines()
                found |= {line.split(maxsplit=5)[5] for line in lines if " /tmp/" in line}
        except OSError:  # it has ended meanwhile
            continue
    return found
