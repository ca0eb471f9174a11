"""``--on``: what a command gives on a cluster is what it gives without, whatever befalls a worker.

Local clusters of Dask and, where there is Java, of Spark run for real; a worker is killed with
SIGKILL while it reads a part, or between two passes of a fit.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from unittest import mock

import pytest
from support_cli import autograd, hint
from support_cluster import (
    CLUSTERS,
    alive,
    ended,
    environment,
    gone,
    ran,
    scheduler,
    started,
    worker,
)

from autograd_cli import extras
from autograd_cli.engines import engine

PARTS = 6
DRAW = random.Random(14)
ROWS = [(DRAW.uniform(-3, 3), DRAW.gauss(0, 1)) for _ in range(PARTS * 50)]
PROGRAM = "(w*x - y)^2"
MODEL = "a*exp(k*x) + c"
TOTAL = ["eval", PROGRAM, "--w=0.3", "--reduce=sum", "--get=value,grad.w", "--data"]
MAP = ["map", PROGRAM, "--w=0.3", "--wrt=x"]
FIT = ["fit", MODEL, "--target=y", "--start=k=0.1", "--format=json"]
CURVE = [(x, 1.5 * 2.0**x + 0.1 * noise) for x, noise in ROWS]


def put(folder: Path, rows: list[tuple[float, float]]) -> None:
    """The rows in parts of different lengths, in a folder with a file that is no table."""
    folder.mkdir()
    cuts = sorted(random.Random(3).sample(range(1, len(rows)), PARTS - 1))
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(rows)], strict=True)):
        lines = "".join(f"{x!r},{y!r},n{number}\n" for x, y in rows[start:end])
        (folder / f"part-{number}.csv").write_text("x,y,note\n" + lines)
    (folder / "README").write_text("no table")
    (folder / "_part-7.csv").write_text("hidden")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tables."""
    folder = tmp_path_factory.mktemp("cluster")
    put(folder / "data", ROWS)
    put(folder / "curve", CURVE)
    return folder


def rows_in(folder: Path) -> list[str]:
    """The lines of all files of a folder but their first ones."""
    files = sorted(folder.iterdir())
    return [line for file in files for line in file.read_text().splitlines()[1:]]


@pytest.fixture(scope="module")
def alone(here: Path) -> dict[str, str]:
    """What the commands print without a cluster."""
    commands = {"eval": [*TOTAL, "data"], "map": [*MAP, "data"], "fit": [*FIT, "curve"]}
    return {name: ran(here, *words)[0] for name, words in commands.items()}


def killed(tmp_path: Path, part: int = 3) -> dict[str, str]:
    """What makes the first worker that opens a part kill itself."""
    return {"HOOK_FOLDER": str(tmp_path), "DIES_AT": f"part-{part}.csv"}


@pytest.mark.parametrize("url", CLUSTERS)
def test_a_total_has_the_same_bits_though_a_worker_is_killed(
    url: str, here: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    out, err = ran(here, *TOTAL, "data", "--on", url, **killed(tmp_path))
    assert (tmp_path / "died").exists()
    assert (out, err) == (alone["eval"], "")


@pytest.mark.parametrize("url", CLUSTERS)
def test_a_total_of_more_parts_than_merge_at_once_has_the_same_bits(
    url: str, tmp_path: Path
) -> None:
    for number, (x, y) in enumerate(ROWS[:70]):
        (tmp_path / f"part-{number}.csv").write_text(f"x,y\n{x!r},{y!r}\n")
    files = "part-*.csv"
    assert ran(tmp_path, *TOTAL, files, "--on", url) == ran(tmp_path, *TOTAL, files)


@pytest.mark.parametrize("url", CLUSTERS)
def test_all_rows_come_once_though_a_worker_is_killed(
    url: str, here: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    place = tmp_path / "out"
    out, err = ran(here, *MAP, "data", "--on", url, "--output", str(place), **killed(tmp_path))
    assert (tmp_path / "died").exists()
    assert (out, err) == ("", "")
    assert sorted(path.name for path in place.iterdir()) == [f"part-{n}.csv" for n in range(PARTS)]
    assert rows_in(place) == alone["map"].splitlines()[1:]
    assert {path.name for path in tmp_path.iterdir()} == {"out", "died", "reads"}


@pytest.mark.parametrize("url", CLUSTERS)
def test_a_fit_has_the_same_bits_though_a_worker_is_killed_between_its_steps(
    url: str, here: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    """The worker that dies has gone through its rows four times.

    Its columns are lost with a worker of Dask, and read again; Spark's Java keeps them.
    """
    told = {"HOOK_FOLDER": str(tmp_path), "DIES_AT_PASS": "5"}
    out, err = ran(here, *FIT, "curve", "--on", url, **told)
    dead = (tmp_path / "who").read_text().strip()
    assert out == alone["fit"]
    assert "converged" in err
    assert "Traceback" not in err
    reads = [line.split() for line in (tmp_path / "reads").read_text().splitlines()]
    had = {name for process, name in reads if process == dead}
    others = {name for process, name in reads if process != dead}
    assert had
    assert had <= others or url.startswith("spark")


def test_a_worker_reads_a_part_once_however_often_a_fit_goes_through_it(
    here: Path, tmp_path: Path
) -> None:
    ran(here, *FIT, "curve", "--on", "dask://local[1]", HOOK_FOLDER=str(tmp_path))
    names = [line.split()[1] for line in (tmp_path / "reads").read_text().splitlines()]
    assert names.count("part-0.csv") == 2  # once for the names of the columns
    assert all(names.count(f"part-{number}.csv") == 1 for number in range(1, PARTS))


@pytest.mark.parametrize("url", CLUSTERS)
def test_work_that_always_takes_its_worker_down_is_given_up(
    url: str, here: Path, tmp_path: Path
) -> None:
    place = tmp_path / "out"
    words = [*MAP, "data", "--on", url, "--output", str(place)]
    out, err = ran(here, *words, status=3, DIES_ALWAYS="part-3.csv")
    assert err.startswith("error: workers were lost again and again, and the work is given up")
    assert (out, len(err.splitlines())) == ("", 2)
    assert list(tmp_path.iterdir()) == []


def blocked(here: Path, tmp_path: Path) -> Path:
    """A folder of tables of which one is never written to its end: a worker waits for it."""
    data = tmp_path / "data"
    put(data, ROWS)
    (data / "part-3.csv").unlink()
    os.mkfifo(data / "part-3.csv")
    return data


@pytest.mark.parametrize("url", CLUSTERS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_leaves_nothing_behind(
    url: str, number: signal.Signals, here: Path, tmp_path: Path
) -> None:
    """Ctrl-C reaches every process of a terminal, and SIGTERM the command alone."""
    data = blocked(here, tmp_path)
    process = started(tmp_path, *MAP, "data", "--on", url, "--output", "out")
    with open(data / "part-3.csv", "w"):  # as soon as a worker reads it
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        interrupted = -signal.SIGINT if number == signal.SIGINT else 143
        out, err = ended(process, interrupted)
        assert (out, err.strip()) == ("", "")
        assert gone(process.pid)
    assert {path.name for path in tmp_path.iterdir()} == {"data", "hook", "tmp"}
    assert list((tmp_path / "tmp").iterdir()) == []


def listening(group: int) -> list[int]:
    """The ports that the processes of a group listen at."""
    import psutil

    ports = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group:
                found = process.net_connections("tcp")
                ports += [c.laddr.port for c in found if c.status == psutil.CONN_LISTEN]
        except (psutil.Error, ProcessLookupError):
            continue
    return ports


def serves(port: int) -> bool:
    """Whether there is a page at a port of this machine."""
    for page in ("", "status", "info/main/workers.html", "json/counts.json", "health"):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=5).close()
        except (OSError, HTTPException, ValueError):
            continue
        return True
    return False


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_local_cluster_shows_no_pages_and_ends_with_its_command(
    here: Path, tmp_path: Path
) -> None:
    data = blocked(here, tmp_path)
    process = started(tmp_path, *TOTAL, "data", "--on", "dask://local")
    with open(data / "part-3.csv", "w") as table:
        assert len(alive(process.pid)) >= 3  # the command and two workers
        ports = listening(process.pid)
        assert ports
        assert 8787 not in ports
        assert [port for port in ports if serves(port)] == []
        table.write("x,y,note\n1,2,a\n")
    _, err = ended(process)
    assert err == ""
    assert gone(process.pid)
    assert list((tmp_path / "tmp").iterdir()) == []


# on a cluster that is there -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster(here: Path) -> Iterator[str]:
    """A scheduler of Dask and a worker, whose working directory is another one."""
    with scheduler(here) as address, worker(here, address, FULL_DISK="/full."):
        yield f"dask://{address}"


def test_a_cluster_that_is_there_is_used_and_stays(
    cluster: str, here: Path, alone: dict[str, str]
) -> None:
    for words, name in (([*TOTAL, "data"], "eval"), ([*FIT, "curve"], "fit")):
        assert ran(here, *words, "--on", cluster)[0] == alone[name]
    for pattern in ("data/part-*.csv", str(here / "data")):
        assert ran(here, *TOTAL, pattern, "--on", cluster)[0] == alone["eval"]


def test_partial_sums_of_a_cluster_merge_with_others(
    cluster: str, here: Path, tmp_path: Path, alone: dict[str, str]
) -> None:
    one, other = str(tmp_path / "1.json"), str(tmp_path / "2.json")
    ran(here, *TOTAL, "data/part-[0-2].csv", "--on", cluster, "--partial", one)
    ran(here, *TOTAL, "data/part-[3-5].csv", "--partial", other)
    words = ["eval", PROGRAM, "--reduce=sum", "--get=value,grad.w", "--merge"]
    assert ran(here, *words, one, other)[0] == alone["eval"]


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "parquet", "arrow"])
def test_files_are_written_in_the_format_that_is_asked_for(
    form: str, cluster: str, here: Path, tmp_path: Path, alone: dict[str, str]
) -> None:
    import polars as pl

    words = [*MAP, "data", "--only", "--status", "--to", form, "--on", cluster]
    ran(here, *words, "--output", str(tmp_path / "out"))
    read = {
        "csv": pl.read_csv,
        "tsv": lambda path: pl.read_csv(path, separator="\t"),
        "jsonl": pl.read_ndjson,
        "parquet": pl.read_parquet,
        "arrow": pl.read_ipc,
    }[form]
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == [f"part-{n}.{form}" for n in range(PARTS)]
    frames = pl.concat([read(file) for file in files])
    assert frames.columns == ["value", "d_x", "status"]
    values = [line.split(",")[3] for line in alone["map"].splitlines()[1:]]
    assert frames["value"].to_list() == [float(value) for value in values]


def test_fitted_values_are_written_by_the_workers(cluster: str, here: Path, tmp_path: Path) -> None:
    ran(here, *FIT, "curve", "--predict", str(tmp_path / "all.csv"))
    ran(here, *FIT, "curve", "--on", cluster, "--predict", str(tmp_path / "parts"))
    assert rows_in(tmp_path / "parts") == (tmp_path / "all.csv").read_text().splitlines()[1:]


def test_folders_within_folders_stay(cluster: str, here: Path, tmp_path: Path) -> None:
    for year in ("year=2024", "year=2025"):
        (tmp_path / "in" / year).mkdir(parents=True)
        (tmp_path / "in" / year / "part.csv").write_text(f"x,y\n1,{year[-1]}\n")
    ran(tmp_path, *MAP, "in/**/*.csv", "--on", cluster, "--output", "out", "--to", "tsv")
    found = sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path / "out").as_posix() for path in found] == [
        "year=2024/part.tsv",
        "year=2025/part.tsv",
    ]
    (tmp_path / "in" / "year=2024" / "part.tsv").write_text("x\ty\n1\t4\n")
    run = ran(tmp_path, *MAP, "in/**/part.*", "--to", "csv", "--on", cluster, "--output", "o",
              status=2)  # fmt: skip
    assert "would both become year=2024/part.csv" in run[1]


def test_rows_without_a_value_and_awkward_ones_are_told_of_as_without(
    cluster: str, here: Path, tmp_path: Path
) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.csv").write_text("x\n1\n\n4\n")
    (tmp_path / "d" / "b.csv").write_text("x\n0\n-1\n")
    (tmp_path / "d" / "c.csv").write_text("x\n-1\n0\n")
    words = ["map", "sqrt(x) + 1/x", "d", "--strict"]
    _, alone = ran(tmp_path, *words, status=1)
    _, told = ran(tmp_path, *words, "--on", cluster, "--output", "out", status=1)
    assert told == alone
    assert "first in d/b.csv, row 1" in told
    words = ["eval", "sqrt(x) + k/x", "--k=1", "--reduce=sum", "--format=json", "--data", "d"]
    assert ran(tmp_path, *words, "--on", cluster, status=1) == ran(tmp_path, *words, status=1)


BAD_TABLES = {
    "a cell that is no number": {"a.csv": "x,y\n1,2\n", "b.csv": "x,y\n1,2\n1,two\n"},
    "a missing column": {"a.csv": "x,z\n1,2\n"},
    "a missing column of a later part": {"a.csv": "x,y\n1,2\n", "b.csv": "x,z\n1,2\n"},
    "a ragged line": {"a.csv": "x,y\n1,2\n", "b.csv": "x,y\n1,2,3\n"},
    "an empty file": {"a.csv": "x,y\n1,2\n", "b.csv": ""},
    "two columns of one name": {"a.csv": "x,x\n1,2\n"},
    "no Parquet": {"a.parquet": "x,y\n1,2\n"},
    "no table": {"README": "none"},
    "nothing": {},
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_what_is_wrong_with_a_table_is_told_as_without_a_cluster(
    case: str, cluster: str, tmp_path: Path
) -> None:
    (tmp_path / "d").mkdir()
    for name, text in BAD_TABLES[case].items():
        (tmp_path / "d" / name).write_text(text)
    words = ["eval", PROGRAM, "--w=1", "--reduce=sum", "--data", "d"]
    status = 3 if case in ("no table", "nothing") else 2
    _, alone = ran(tmp_path, *words, status=status)
    assert ran(tmp_path, *words, "--on", cluster, status=status) == ("", alone)
    words = [*MAP, "d", "--on", cluster, "--output", "out"]
    assert ran(tmp_path, *words, status=status) == ("", alone)
    assert {path.name for path in tmp_path.iterdir()} == {"d", "hook", "tmp"}


def test_a_folder_that_is_there_is_not_touched(cluster: str, here: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("keep")
    place = str(tmp_path / "out")
    _, err = ran(here, *MAP, "data", "--on", cluster, "--output", place, status=3)
    assert err.startswith(f"error: {place} is there already")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    (tmp_path / "out" / "mine").unlink()
    ran(here, *MAP, "data", "--on", cluster, "--output", place)
    assert len(list((tmp_path / "out").iterdir())) == PARTS


def test_a_full_disk_of_a_worker_is_named(cluster: str, here: Path, tmp_path: Path) -> None:
    place = tmp_path / "full"
    _, err = ran(here, *MAP, "data", "--on", cluster, "--output", str(place), status=3)
    assert err.startswith(f"error: cannot write {place}/part-")
    assert err.splitlines()[0].endswith(".csv: No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"WITHOUT_US": "1"}, "error: the cluster has no autograd-cli, or an older one"),
        ({"OTHER_VERSION": "1"}, "error: a worker has autograd-cli 0.0.9, and here is "),
    ],
)
def test_a_worker_with_another_package_or_none_is_told_of(
    told: dict[str, str], said: str, here: Path, tmp_path: Path, alone: dict[str, str]
) -> None:
    """The worker lives on: another one, that has the package, does the work with it gone."""
    with scheduler(tmp_path) as address:
        with worker(tmp_path, address, **told):
            out, err = ran(here, *TOTAL, "data", "--on", f"dask://{address}", status=2)
        assert (out, len(err.splitlines())) == ("", 2)
        assert err.startswith(said)
        with worker(tmp_path, address):
            pass


def test_a_scheduler_without_workers_is_not_waited_for_without_end(
    here: Path, tmp_path: Path
) -> None:
    with scheduler(tmp_path) as address:
        _, err = ran(here, *TOTAL, "data", "--on", f"dask://{address}", status=3)
    assert err.startswith(f"error: --on dask://{address}: the cluster has no workers")


# before there is a cluster ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["ray://h:1", "dask", "dask:/local", "dask://", "dask://host", "dask://host:", "dask://:8786",
     "dask://host:port", "dask://host:99999", "dask://local[0]", "dask://local[x]",
     "spark://local[*]", "dask://locally"],
)  # fmt: skip
def test_an_address_of_another_form_is_refused(url: str, here: Path) -> None:
    run = autograd(*TOTAL, str(here / "data"), "--on", url)
    assert (run.status, run.out) == (2, "")
    assert url in run.err
    assert "://" in hint(run)


@pytest.mark.parametrize("count", ["0", "x", "*", "-1", "1.5", "999999", ""])
@pytest.mark.parametrize("scheme", ["dask", "spark"])
def test_a_number_of_workers_that_is_none_is_named(scheme: str, count: str, here: Path) -> None:
    run = autograd(*TOTAL, str(here / "data"), "--on", f"{scheme}://local[{count}]")
    assert (run.status, run.out) == (2, "")
    said = f"error: --on {scheme}://local[{count}]: {count!r} is no number of workers\n"
    assert run.err.startswith(said)
    assert hint(run) == f"from 1 to 1,000, like {scheme}://local[4]"


def test_a_scheme_may_be_in_capitals() -> None:
    assert engine.check("DASK://local") == ("dask", "local")


def test_a_cluster_that_is_not_there_is_named(here: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        url = f"dask://127.0.0.1:{taken.getsockname()[1]}"
        run = autograd(*TOTAL, str(here / "data"), "--on", url)
    assert (run.status, run.out) == (3, "")
    assert run.err.startswith(f"error: --on {url}: no cluster answers there: Connection refused")


@pytest.mark.parametrize(("scheme", "library"), [("dask", "distributed"), ("spark", "pyspark")])
def test_a_missing_extra_is_named(scheme: str, library: str, here: Path) -> None:
    absent = lambda name: None if name == library else name
    with mock.patch.object(extras, "find_spec", absent):
        run = autograd(*TOTAL, str(here / "data"), "--on", f"{scheme}://local")
    assert (run.status, run.out) == (2, "")
    assert library in run.err
    assert hint(run) == f'pip install "autograd-cli[{scheme}]"'


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*TOTAL, "-"], "standard input cannot be read by the workers of --on"),
        ([*MAP], "standard input cannot be read by the workers of --on"),
        ([*FIT], "standard input cannot be read by the workers of --on"),
        ([*MAP, "data"], "--on writes into a folder: add --output FOLDER"),
        ([*MAP, "data", "--output", "o", "--where-status", "f.csv"], "--where-status does not go"),
        ([*MAP, "data", "--output", "o", "--to", "table"], "is for a screen"),
        (["eval", PROGRAM, "--w=1", "--x=1", "--y=1"], "--on is for --data"),
    ],
)
def test_what_makes_no_sense_on_a_cluster_is_refused_without_one(
    words: list[str], said: str
) -> None:
    run = autograd(*words, "--on", "dask://local", stdin="x,y\n1,2\n")
    assert (run.status, run.out) == (2, "")
    assert said in run.err


def test_the_hook_is_not_in_the_way(here: Path, alone: dict[str, str]) -> None:
    """What the tests above put into the processes does nothing by itself."""
    assert "DIES_AT" not in environment(here)
    assert alone["eval"].count("\t") == 1
