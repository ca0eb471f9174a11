"""`autograd batch` as a process among others: pipes, signals, disks, memory, terminals."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from rich.cells import cell_len
from support_cli import plain
from support_terminal import opened, shown

COMMAND = [sys.executable, "-m", "autograd_cli", "batch"]
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": os.pathsep.join(sys.path),
    "TERM": "xterm-256color",
    "LC_ALL": "C.UTF-8",
}
LIMIT = 60


def batch(*words: str, stdin: bytes = b"", **how: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *words], input=stdin, capture_output=True, env=ENVIRONMENT, timeout=LIMIT,
        check=False, **how,
    )  # type: ignore[call-overload, no-any-return]  # fmt: skip


def started(*words: str, **streams: object) -> subprocess.Popen[bytes]:
    kinds = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [*COMMAND, *words], env=ENVIRONMENT, start_new_session=True, bufsize=0, **(kinds | streams)
    )  # type: ignore[call-overload, no-any-return]


def line_within(process: subprocess.Popen[bytes], seconds: float = 20) -> bytes:
    """The next line of a process's output, or nothing when it does not come in time."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    return os.read(process.stdout.fileno(), 65536) if ready else b""


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Programs of all kinds, with every tenth wrong, over many chunks."""
    path = tmp_path / "programs.txt"
    kinds = ["x^2 + {n}", "sin(x)*{n}", "# {n}", "", "x +", '{{"program": "x*{n}", "id": {n}}}',
             "log(-{n}*x)", "y*{n}", "c = x*{n}; c^2", "µ + {n}"]  # fmt: skip
    path.write_text("".join(kinds[n % 10].format(n=n) + "\n" for n in range(8_000)))
    return path


# several processes -------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["--format", "csv", "--wrt", "x"], ["--nodes"]])
def test_any_number_of_processes_gives_the_same_bytes(many: Path, words: list[str]) -> None:
    alone = batch(str(many), "--x=0.7", *words)
    assert alone.returncode == 1
    for jobs in ("2", "3"):
        shared = batch(str(many), "--x=0.7", *words, "--jobs", jobs)
        assert (shared.returncode, shared.stderr) == (1, alone.stderr)
        assert shared.stdout == alone.stdout


def test_fail_fast_stops_at_the_same_line_in_several_processes(tmp_path: Path) -> None:
    path = tmp_path / "programs.txt"
    path.write_text("x + 1\n" * 30_000 + "y\n" + "x + 1\n" * 30_000)
    runs = [batch(str(path), "--x=1", "--fail-fast", "--jobs", jobs) for jobs in ("1", "2")]
    assert runs[0].stdout.count(b"\n") == 30_001
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stderr == runs[1].stderr


def test_process_that_is_killed_ends_the_run_with_an_error() -> None:
    process = started("--jobs", "2", "--x=1")
    assert process.stdin is not None
    process.stdin.write(b"x\n")
    assert line_within(process)
    for worker in children(process.pid):
        os.kill(worker, signal.SIGKILL)
    _, err = process.communicate(b"x\n", timeout=LIMIT)
    assert process.returncode == 2
    assert b"a process of --jobs was ended from outside" in err
    assert b"Traceback" not in err


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    if not tasks.exists():
        pytest.skip("needs Linux's /proc")
    return [int(word) for word in tasks.read_text().split()]


# live pipes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_each_record_of_a_live_pipe_is_there_before_the_next_line_is_sent(jobs: str) -> None:
    process = started("--x=2", "--jobs", jobs)
    assert process.stdin is not None
    for n in range(5):
        process.stdin.write(f"x + {n}\n".encode())
        record = json.loads(line_within(process))
        assert (record["line"], record["output"]["value"]) == (n + 1, 2.0 + n)
    process.stdin.write(b"x")
    out, err = process.communicate(timeout=LIMIT)
    assert json.loads(out)["line"] == 6
    assert (process.returncode, err) == (0, b"")


def test_line_that_arrives_in_pieces_is_one_program() -> None:
    process = started("--x=2")
    assert process.stdin is not None
    for piece in (b"x ", b"+ 1", b"0\nx", b"*3\n"):
        process.stdin.write(piece)
        time.sleep(0.05)
    out, _ = process.communicate(timeout=LIMIT)
    assert [json.loads(line)["output"]["value"] for line in out.splitlines()] == [12.0, 6.0]


@pytest.mark.parametrize("words", [[], ["--jobs", "2"], ["--format", "table"]])
def test_reader_that_leaves_early_ends_the_run_quietly_with_0(words: list[str]) -> None:
    with started("--x=1", *words) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"x\n")
        assert line_within(process)
        process.stdout.close()
        try:
            while process.poll() is None:
                process.stdin.write(b"x^2\n" * 1000)
        except BrokenPipeError:
            pass  # it has ended, which is the point
        assert process.wait(LIMIT) == 0
        assert process.stderr.read() == b""


# the end -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupt_prints_the_summary_so_far_and_ends_with_130(jobs: str, tmp_path: Path) -> None:
    target = tmp_path / "results.jsonl"
    for words in ([], ["--output", str(target)]):
        process = started("--x=1", "--jobs", jobs, *words, stderr=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(b"x\nx +\n")
        if words:
            await_size(tmp_path)
        else:
            assert line_within(process)
        workers = children(process.pid)
        assert len(workers) == (0 if jobs == "1" else 2)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT)
        assert process.returncode == -signal.SIGINT  # which a shell calls 130
        assert err == b"interrupted: 1 of 2 failed: 1 syntax; first at stdin:2\n"
        assert list(tmp_path.iterdir()) == []
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def await_size(folder: Path) -> None:
    """Wait until some file in a folder has something in it."""
    end = time.monotonic() + LIMIT
    while not any(path.stat().st_size for path in folder.iterdir()):
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_is_an_error() -> None:
    with open("/dev/full", "wb") as full:
        process = started("--x=1", stdout=full)
        _, err = process.communicate(b"x\n" * 10_000, timeout=LIMIT)
    assert (process.returncode, err) == (
        3, b"error: cannot write the result: No space left on device\n"
    )  # fmt: skip
    run = batch("--x=1", "--output", "/dev/full", stdin=b"x\n")
    assert (run.returncode, run.stdout) == (3, b"")
    assert b"No space left on device" in run.stderr


def test_output_file_has_what_standard_output_would_have(tmp_path: Path) -> None:
    target = tmp_path / "results.jsonl"
    run = batch("--x=1", "--output", str(target), stdin=b"x\ny\n")
    assert (run.returncode, run.stdout) == (1, b"")
    assert target.read_bytes() == batch("--x=1", stdin=b"x\ny\n").stdout
    assert list(tmp_path.iterdir()) == [target]


def test_output_file_stays_as_it_was_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "results.jsonl"
    target.write_text("old")
    target.chmod(0o640)
    process = started("--x=1", "--output", str(target))
    assert process.stdin is not None
    process.stdin.write(b"x\n")
    end = time.monotonic() + LIMIT
    while len(list(tmp_path.iterdir())) == 1:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert target.read_text() == "old"
    process.communicate(timeout=LIMIT)
    assert json.loads(target.read_text())["line"] == 1
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_output_file_stays_as_it_was_when_the_run_stops(tmp_path: Path) -> None:
    target = tmp_path / "results.jsonl"
    target.write_text("old")
    run = batch("--x=1", "--fail-fast", "--output", str(target), stdin=b"x\ny\nx\n")
    assert run.returncode == 1
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("place", ["no/folder/results", "."])
def test_output_file_that_cannot_be_written_is_an_error(place: str, tmp_path: Path) -> None:
    run = batch("--x=1", "--output", str(tmp_path / place), stdin=b"x\n")
    assert (run.returncode, run.stdout) == (3, b"")
    assert run.stderr.startswith(b"error: cannot write ")
    assert b"Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_output_may_be_a_pipe_or_a_device() -> None:
    run = batch("--x=1", "--output", "/dev/stdout", stdin=b"x\n")
    assert (run.returncode, json.loads(run.stdout)["output"]["value"]) == (0, 1.0)


def test_memory_does_not_grow_with_the_stream() -> None:
    sizes = [largest_size(lines) for lines in (8_000, 24_000)]
    assert sizes[1] <= sizes[0] * 1.1, sizes


def largest_size(lines: int) -> int:
    """The largest resident size, in kilobytes, over a stream of distinct programs with errors."""
    with started("--x=1", stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        answered = 0
        for chunk in range(lines // 100):
            texts = [f"sin({chunk}.{n}*x) + {n}\n" if n % 10 else "x + \n" for n in range(100)]
            process.stdin.write("".join(texts).encode())
            while answered < 100 * (chunk + 1):
                answered += os.read(process.stdout.fileno(), 65536).count(b"\n")
        status = Path(f"/proc/{process.pid}/status")
        if not status.exists():
            pytest.skip("needs Linux's /proc")
        return int(status.read_text().partition("VmHWM:")[2].split()[0])


# terminals ---------------------------------------------------------------------------------------


def on_terminal(
    *words: str,
    width: int = 80,
    streams: tuple[str, ...] = ("stdout", "stderr"),
    stdin: bytes = b"",
    **env: str,
) -> tuple[int, str, bytes]:
    """Status, what the screen got, and what a piped standard output got."""
    ours, theirs = opened(width)
    kinds = dict.fromkeys(streams, theirs)
    with tempfile.TemporaryFile() as piped:
        process = subprocess.Popen(
            [*COMMAND, *words], stdin=kinds.get("stdin", subprocess.PIPE),
            stdout=kinds.get("stdout", piped), stderr=kinds.get("stderr", piped),
            env=ENVIRONMENT | env, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        if process.stdin is not None:
            process.stdin.write(stdin)
            process.stdin.close()
        screen = shown(ours)
        status = process.wait(LIMIT)
        piped.seek(0)
        return status, screen, piped.read()


LINES = b"x^2\nw*x + sin(x)\n\nx +\nlog(-x)\n"


@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_table_on_a_terminal_has_a_row_for_each_program_and_fits(width: int) -> None:
    status, screen, _ = on_terminal("--x=2", "--w=3", width=width, stdin=LINES)
    lines = plain(screen).splitlines()
    assert status == 1
    assert "\x1b[" in screen
    assert all(cell_len(line) <= width for line in lines if "│" in line or "─" in line)
    assert lines[0].startswith("no room for") == (width < 80)
    rows = [[cell.strip() for cell in line.split("│")] for line in lines if "no room" not in line]
    assert rows[0][:3] == ["line", "program", "value"]
    assert [row[0] for row in rows[2:] if row[0].isdigit()] == ["1", "2", "4", "5"]
    first = next(row for row in rows if row[0] == "1")
    assert first[1:3] == ["x^2", "4"]
    assert "syntax: an" in plain(screen)
    assert "1 of 4 failed: 1 syntax; first at stdin:4" in screen
    if width >= 60:
        assert first[3] == "x: 4"
        assert "w: 2, x: 2.58385" in plain(screen)
    if width >= 80:
        assert first[4] == "ok"
        assert next(row for row in rows if row[0] == "4")[4] == "failed"


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_terminal_without_colour_gets_none(env: dict[str, str]) -> None:
    _, screen, _ = on_terminal("--x=2", "--w=3", stdin=LINES, **env)
    assert not any(f"\x1b[{code}m" in screen for code in (31, 32, 33, 36, "1;31"))
    assert "x^2" in screen


def test_colour_is_forced_into_a_pipe() -> None:
    run = subprocess.run(
        [*COMMAND, "--x=2", "--format", "table"], input=b"x +\n", capture_output=True,
        env=ENVIRONMENT | {"FORCE_COLOR": "1"}, check=False,
    )  # fmt: skip
    assert b"\x1b[31m" in run.stdout
    assert b"\x1b" not in batch("--x=2", "--format", "table", stdin=b"x +\n").stdout


@pytest.mark.parametrize("how", ["option", "encoding"])
def test_table_without_unicode_is_drawn_in_ascii(how: str) -> None:
    words = ["--ascii"] if how == "option" else []
    env = {"PYTHONIOENCODING": "ascii"} if how == "encoding" else {}
    _, screen, _ = on_terminal("--x=2", *words, stdin=b"x^2\n", **env)
    assert screen.isascii()
    assert "x^2" in screen


def test_data_in_an_encoding_without_unicode_is_escaped_as_json_does() -> None:
    for jobs in ("1", "2"):
        run = subprocess.run(
            [*COMMAND, "--jobs", jobs], input="σ𝛼 = 2; σ𝛼\n".encode(), capture_output=True,
            env=ENVIRONMENT | {"PYTHONIOENCODING": "ascii"}, check=True,
        )  # fmt: skip
        assert run.stdout.isascii()
        assert json.loads(run.stdout)["gradients"] == {"σ𝛼": 1.0}


def test_progress_is_drawn_on_standard_error_and_cleared(many: Path) -> None:
    many.write_text(many.read_text() * 4)
    status, screen, out = on_terminal(str(many), "--x=1", streams=("stderr",))
    assert status == 1
    assert " a second, " in plain(screen)
    assert " failed" in screen
    assert "\r\x1b[2K" in screen
    last = screen.rpartition("\x1b[2K")[2]
    assert last.startswith("9,600 of 25,600 failed: 6,400 missing-value, 3,200 syntax; first at")
    assert out.count(b"\n") == 25_600


def test_no_progress_on_a_dumb_terminal_nor_in_a_pipe(many: Path) -> None:
    many.write_text(many.read_text() * 4)
    _, screen, _ = on_terminal(str(many), "--x=1", streams=("stderr",), TERM="dumb")
    assert "a second" not in screen
    assert b"a second" not in batch(str(many), "--x=1").stderr


def test_without_a_file_on_a_terminal_the_help_is_shown() -> None:
    status, screen, _ = on_terminal(streams=("stdin", "stdout", "stderr"))
    assert status == 0
    assert screen.startswith("Usage: autograd batch")
