"""Commands on clusters: with processes of their own, and a hand on what happens in the workers.

``HOOK`` is put into every process as ``sitecustomize``, and does nothing unless it is told to. The
product knows nothing of it, nor does it go by the clock.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

HOOK = """
import os, sys

def once(path):
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    return True

def note(path, text):
    file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.write(file, (text + chr(10)).encode())
    os.close(file)

folder = os.environ.get("HOOK_FOLDER", "")
dies_at = os.environ.get("DIES_AT", "")
dies_always = os.environ.get("DIES_ALWAYS", "")
passes = int(os.environ.get("DIES_AT_PASS", "0"))
full = os.environ.get("FULL_DISK", "")
victim = int(os.environ.get("VICTIM", "0"))
blow = int(os.environ.get("BLOW", "9"))
seen = 0

def hook(event, args):
    global seen
    if event == "open" and isinstance(args[0], str):
        name = os.path.basename(args[0])
        if full and full in args[0] and args[2] & os.O_WRONLY:
            raise OSError(28, "No space left on device")
        if folder and name.startswith("part-") and name.endswith(".csv"):
            note(os.path.join(folder, "reads"), f"{os.getpid()} {name}")
        if name == dies_always or (name == dies_at and once(os.path.join(folder, "died"))):
            os.kill(victim or os.getpid(), blow)  # Spark forks its workers
    elif passes and event == "pickle.find_class" and args[1] == "_Products":
        seen += 1
        if seen == passes and once(os.path.join(folder, "died")):
            note(os.path.join(folder, "who"), str(os.getpid()))
            os.kill(victim or os.getpid(), blow)  # Spark forks its workers

if folder or dies_always or full:
    sys.addaudithook(hook)

if os.environ.get("WITHOUT_US"):
    class Finder:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "autograd_cli":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    sys.meta_path.insert(0, Finder())

if os.environ.get("OTHER_VERSION"):
    import importlib.metadata
    theirs = importlib.metadata.version
    importlib.metadata.version = lambda name: "0.0.9" if name == "autograd-cli" else theirs(name)
"""

PATIENCE = 300
"""Seconds after which something hangs. No test takes nearly as long, on whatever machine."""

needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="needs pyspark and Java (default-jre-headless)",
)
CLUSTERS = ["dask://local", pytest.param("spark://local[2]", marks=needs_spark)]


def environment(folder: Path, **told: str) -> dict[str, str]:
    """The environment of a command whose processes have the hook, and ``told`` to it.

    Temporary files go into ``folder``.
    """
    place = folder / "hook"
    place.mkdir(exist_ok=True)
    (place / "sitecustomize.py").write_text(HOOK)
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    kept = {n: v for n, v in os.environ.items() if n not in ("NO_COLOR", "FORCE_COLOR")}
    path = os.pathsep.join([str(place), *filter(None, [kept.get("PYTHONPATH")])])
    return kept | {"PYTHONPATH": path, "TMPDIR": str(temporary), "PYTHONUTF8": "1"} | told


def started(folder: Path, *words: str, **told: str) -> subprocess.Popen[str]:
    """``autograd`` with these words, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "autograd_cli", *words],
        cwd=folder,
        env=environment(folder, **told),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_answering,
    )


def _answering() -> None:
    """Ctrl-C is for the command, also where the tests run in the background and ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(process: subprocess.Popen[str], status: int = 0) -> tuple[str, str]:
    """What a command wrote on both streams, once it has ended as it should."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == status, err
    return out, err


def ran(folder: Path, *words: str, status: int = 0, **told: str) -> tuple[str, str]:
    """The same, from its start."""
    return ended(started(folder, *words, **told), status)


def alive(group: int) -> list[str]:
    """The command lines of the processes of a group, those that have ended aside."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state, _, its_group, *_ = (path / "stat").read_text().rpartition(") ")[2].split()
            if int(its_group) == group and state not in "ZX":
                found.append((path / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it has ended meanwhile
            continue
    return found


def gone(group: int) -> bool:
    """Whether all processes of a group end, which the last ones may take a moment for."""
    end = time.monotonic() + PATIENCE
    while alive(group) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(group)


class Scheduler(str):
    """The address of a scheduler, and the number of its process."""

    process: int


@contextmanager
def scheduler(folder: Path) -> Iterator[Scheduler]:
    """A scheduler of Dask without workers."""
    file = folder / "scheduler.json"
    words = ["--host=127.0.0.1", "--port=0", "--no-dashboard", "--dashboard-address=127.0.0.1:0"]
    with _dask(folder, "scheduler", *words, f"--scheduler-file={file}") as process:
        found = Scheduler(_address(process, file).removeprefix("tcp://"))
        found.process = process.pid
        yield found


@contextmanager
def worker(folder: Path, address: str, **told: str) -> Iterator[None]:
    """A worker of the scheduler at an address, started in another folder than commands are."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    words = ["--nthreads=1", "--no-dashboard", f"--local-directory={elsewhere}"]
    with _dask(folder, "worker", f"tcp://{address}", *words, cwd=elsewhere, **told):
        yield


@contextmanager
def _dask(
    folder: Path, *words: str, cwd: Path | None = None, **told: str
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        cwd=cwd or folder,
        env=environment(folder, **told),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # a test has ended it
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _address(process: subprocess.Popen[bytes], file: Path) -> str:
    """What the scheduler writes once it listens."""
    import json

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            return str(json.loads(file.read_text())["address"])
        except (OSError, ValueError):
            time.sleep(0.05)
    raise AssertionError("the scheduler did not start")
