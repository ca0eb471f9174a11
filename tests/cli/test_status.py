"""Exit statuses: what a script may rely on, for every command, format and way to fail."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import click
import pytest
from support_cli import ROOT, SAMPLES, autograd

from autograd_cli import exit_status
from autograd_cli.clicked import cli
from autograd_cli.commands import NAMES as COMMANDS
from autograd_cli.commands.batch import JOBS_PER_CORE


def test_the_readme_has_the_table_of_statuses() -> None:
    text = ROOT.joinpath("README.md").read_text(encoding="utf-8")
    table = text.partition("| exit status | meaning |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", table, re.MULTILINE)
    assert {int(status): meaning for status, meaning in rows} == exit_status.MEANINGS


FORMS = [[], ["--format", "json"], ["--format", "table"], ["--get", "value"]]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("words", "relaxed", "strict"),
    [
        (["x^2", "--x=3"], 0, 0),
        (["sqrt(x)", "--x=0"], 0, 1),  # an infinite gradient, singular
        (["1/x", "--x=0"], 0, 1),  # an infinite value
        (["exp(x)", "--x=1000"], 0, 1),  # overflow
        (["relu(x)", "--x=0"], 0, 1),  # a kink
        (["floor(x)", "--x=2"], 0, 1),  # a jump
        (["log(x)", "--x=-1"], 1, 1),  # nan
        (["x^y", "--x=-2", "--y=2"], 1, 1),  # a value of 4, and a gradient by y that is nan
        (["sqrt(x)^2", "--x=0"], 1, 1),  # a value of 0, and a gradient that is 0*inf
        (["where(x > 0, log(x), 0)", "--x=-1"], 0, 0),  # the logarithm is not taken
        (["log(y); x", "--x=1", "--y=-1"], 0, 0),  # nor is what the output does not use
        (["x", "--x=nan"], 1, 1),
        (["x", "--x=inf"], 0, 1),
    ],
)
def test_status_of_a_result(words: list[str], relaxed: int, strict: int, form: list[str]) -> None:
    run = autograd("eval", *words, *form)
    assert run.status == relaxed
    assert run.out
    again = autograd("eval", *words, *form, "--strict")
    assert again.status == strict
    assert again.out == run.out


@pytest.mark.parametrize(
    "words",
    [
        ["eval", "2x"],
        ["eval", "x"],
        ["eval", "x", "--y=1"],
        ["eval", ""],
        ["eval", "x", "--format", "nope"],
        ["functions", "nope"],
        ["functions", "sin", "cos"],
        ["nope"],
        ["--nope"],
    ],
)
def test_what_is_wrong_with_the_command_ends_with_2_and_no_output(words: list[str]) -> None:
    run = autograd(*words)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("error: ")
    assert "Traceback" not in run.err


def test_interrupt_ends_with_130() -> None:
    with mock.patch("autograd_cli.reports.eval.account", side_effect=KeyboardInterrupt):
        run = autograd("eval", "x", "--x=1")
    assert (run.status, run.out) == (130, "")


@pytest.mark.parametrize("ignored", [False, True])
def test_interrupt_while_the_command_is_imported_ends_it_without_a_word(ignored: bool) -> None:
    script = f"""
import os, signal, sys
if {ignored}:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "autograd_graph":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["autograd", "eval", "x", "--x=1", "--get=value"]
from autograd_cli.start import main
main()
"""
    done = subprocess.run(
        ["bash", "-c", '"$0" -c "$1"; echo "status $?"', sys.executable, script],
        capture_output=True, env={"PYTHONPATH": os.pathsep.join(sys.path)}, check=False,
    )  # fmt: skip
    assert done.stdout.decode() == ("1.0\nstatus 0\n" if ignored else "status 130\n")
    assert done.stderr == b""


def test_mistake_of_ours_is_told_without_a_traceback() -> None:
    with mock.patch("autograd_cli.reports.eval.account", side_effect=KeyError("[b]")):
        run = autograd("eval", "x", "--x=1")
    assert run.status == 2
    assert run.err.startswith("error: this should not have happened: KeyError: '[b]'")
    assert "--debug" in run.err


@pytest.mark.parametrize(("words", "status"), [(["2x"], 2), (["-f", "/no/such/file"], 3)])
def test_debug_shows_the_traceback_and_changes_nothing_else(words: list[str], status: int) -> None:
    plain, debug = autograd("eval", *words), autograd("--debug", "eval", *words)
    assert (debug.status, debug.out) == (plain.status, plain.out) == (status, "")
    assert debug.err.startswith("Traceback (most recent call last):\n")
    assert debug.err.endswith(plain.err)


def test_mistake_whose_text_cannot_be_had_is_told_by_its_name() -> None:
    class SilentError(Exception):
        def __str__(self) -> str:
            raise ConnectionRefusedError

    with mock.patch("autograd_cli.reports.eval.account", side_effect=SilentError):
        run = autograd("eval", "x", "--x=1")
    assert run.status == 2
    assert run.err.startswith("error: this should not have happened: SilentError: it has no text")


def test_out_of_memory_is_an_error_like_others() -> None:
    with mock.patch("autograd_cli.reports.eval.account", side_effect=MemoryError):
        run = autograd("eval", "x", "--x=1")
    assert (run.status, run.err) == (2, "error: there is not enough memory for this\n")


# reading and writing -----------------------------------------------------------------------------

ABOUT_A_PROGRAM = ("eval", "explain", "diff", "graph", "page", "flow", "cost", "descend")
RUNS = {
    **{name: ["w = 3; (w - x)^2", "--x=2"] for name in ABOUT_A_PROGRAM},
    "plot": ["(w - x)^2", "--w=0:1", "--x=2"],
    "batch": ["--x=2", "--wrt=x"],
    "map": ["x*y", str(SAMPLES / "tables" / "line.csv")],
    "completion": ["bash"],
}
"""Words with which a command has something to write."""


def forms(name: str) -> list[list[str]]:
    """What a command can be asked to write: each of its formats and targets, and its help."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    chosen = [
        [option.opts[-1], value]
        for option in command.params
        if option.opts[-1] in ("--format", "--to") and isinstance(option.type, click.Choice)
        for value in option.type.choices
    ]
    return [[], ["--help"], *chosen]


def process(
    *words: str, stdin: bytes = b"x^2\n", **streams: object
) -> subprocess.CompletedProcess[bytes]:
    kinds = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.run(
        [sys.executable, "-m", "autograd_cli", *words],
        input=stdin, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}, **kinds,
    )  # type: ignore[call-overload, no-any-return]  # fmt: skip


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@needs_full
@pytest.mark.parametrize(
    ("name", "form"), [pytest.param(n, f, id=" ".join([n, *f])) for n in COMMANDS for f in forms(n)]
)
def test_full_disk_ends_with_3_whatever_is_written(name: str, form: list[str]) -> None:
    words = [name, *RUNS.get(name, []), *form]
    with open("/dev/full", "wb") as full:
        done = process(*words, stdout=full)
    assert done.returncode == 3
    *notes, last = done.stderr.decode().splitlines()
    assert last == "error: cannot write the result: No space left on device"
    assert not any("Traceback" in note for note in notes)


@needs_full
@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["eval", "x", "--x=1", "--get=value"]]
)
def test_full_disk_ends_with_3_for_what_is_no_report_too(words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        assert process(*words, stdout=full).returncode == 3


@needs_full
@pytest.mark.parametrize(
    "words",
    [
        ["descend", "w=3;w^2", "--save"],
        ["batch", "--x=2", "--output"],
        ["page", "w=3;w^2", "--output"],
    ],
)
@pytest.mark.parametrize("place", ["/dev/full", "no/folder/file", ".", "sealed/file"])
def test_file_that_cannot_be_written_is_named_and_ends_with_3(
    words: list[str], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sealed").write_text("a file, where a folder is meant")
    run = autograd(*words, place, stdin="x\n")
    assert run.status == 3
    assert run.err.startswith(f"error: cannot write {place}: ")


def test_an_error_that_cannot_be_told_still_has_its_status() -> None:
    with open("/dev/full", "wb") as full:
        assert process("eval", "2x", stderr=full).returncode == 2
        assert process("eval", "-f", "/no/such/file", stderr=full).returncode == 3


UNREADABLE = ["/no/such/file", "/", "locked", "/proc/self/mem"]


@pytest.mark.parametrize("path", UNREADABLE)
@pytest.mark.parametrize("option", ["--file", "--vars"])
@pytest.mark.parametrize("name", ABOUT_A_PROGRAM)
def test_file_that_cannot_be_read_is_named_and_ends_with_3(
    name: str, option: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = unreadable(path, tmp_path, monkeypatch)
    run = autograd(name, *([] if option == "--file" else ["w = 3; w^2"]), option, path)
    assert (run.status, run.out) == (3, "")
    assert run.err.startswith("error: ")
    assert path in run.err.splitlines()[0]


@pytest.mark.parametrize("path", UNREADABLE)
def test_values_for_a_batch_that_cannot_be_read_end_it_with_3(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = unreadable(path, tmp_path, monkeypatch)
    run = autograd("batch", "--vars", path, stdin="1\n")
    assert (run.status, run.out) == (3, "")


def unreadable(path: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A path that cannot be read: root may read what is locked, so there a link goes in circles."""
    monkeypatch.chdir(folder)
    if path == "locked":
        Path("locked").symlink_to("locked")
    return path


@pytest.mark.parametrize("path", UNREADABLE)
@pytest.mark.parametrize("words", [[], ["--whole"], ["--jobs", "2"], ["--format", "json"]])
def test_batch_goes_on_past_a_file_that_cannot_be_read_and_ends_with_3(
    words: list[str], path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = unreadable(path, tmp_path, monkeypatch)
    Path("first").write_text("x^2\n")
    Path("last").write_text("log(x)\n")
    run = autograd("batch", "first", path, "last", "--x=-1", *words)
    assert run.status == 3  # though the logarithm would make it 1
    assert run.out == autograd("batch", "first", "last", "--x=-1", *words).out
    assert run.err.startswith("error: ")
    assert path in run.err.splitlines()[0]
    assert "1 of 2 gave nan" in run.err


def test_batch_names_every_file_that_cannot_be_read() -> None:
    run = autograd("batch", "/no/such", "-", "/", "--x=1", stdin="x\n")
    assert (run.status, run.out.count("\n")) == (3, 1)
    assert [line for line in run.err.splitlines() if line.startswith("error: ")] == [
        "error: there is no file /no/such",
        "error: / is a directory, not a file",
    ]


@pytest.mark.parametrize("words", [["/no/such"], ["--fail-fast", "first", "/no/such"]])
def test_batch_without_a_file_to_read_or_told_to_stop_writes_nothing(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("first").write_text("1\n")
    run = autograd("batch", *words, "--format", "json", "--output", "results")
    assert (run.status, run.out) == (3, "")
    assert not Path("results").exists()


@pytest.mark.parametrize("words", [["--help"], ["eval", "--help"], ["--version"], ["functions"]])
def test_reader_who_has_left_before_anything_is_written_is_no_failure(words: list[str]) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "wb") as pipe:
        done = process(*words, stdout=pipe)
    assert (done.returncode, done.stderr) == (0, b"")


NOTING = {
    "a note": (["diff", "1 + 1"], 0),
    "a note before the result": (["eval", "xy*x + y", "--xy=1", "--x=2", "--y=3"], 0),
    "a verdict": (["descend", "w = 3; w^2", "--format=json"], 0),
    "a summary": (["batch", "--x=1", "/no/such/file", "-"], 3),
    "an error": (["eval", "2x"], 2),
}


@needs_full
@pytest.mark.parametrize("case", NOTING)
@pytest.mark.parametrize("where", ["full", "left"])
def test_standard_error_that_takes_nothing_changes_neither_result_nor_status(
    case: str, where: str
) -> None:
    words, status = NOTING[case]
    whole = process(*words, stdin=b"x\ny\n")
    assert whole.returncode == status
    assert whole.stderr != b""
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "wb") as left, open("/dev/full", "wb") as full:
        done = process(*words, stdin=b"x\ny\n", stderr={"full": full, "left": left}[where])
    assert (done.returncode, done.stdout) == (status, whole.stdout)


AT_ONCE = """
import os
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), int(os.environ["SENT"])))
from autograd_cli.start import main
main()
"""
"""The command, in which each new process gets a signal before anything else."""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_ended_as_it_starts_says_nothing_itself(sent: signal.Signals) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE, "batch", "--x=3", "--jobs", "2"],
        input=b"x^2\n", capture_output=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path),
             "SENT": str(int(sent))},
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    if sent is signal.SIGTERM:
        assert done.stderr.startswith(b"error: a process of --jobs was ended from outside\n")
    else:  # that is for the main process to answer
        assert (done.returncode, json.loads(done.stdout)["output"]["value"]) == (0, 9.0)


def test_more_processes_than_there_are_to_be_had_is_no_failure_of_reading_or_writing() -> None:
    jobs = JOBS_PER_CORE * (os.cpu_count() or 1)
    script = f"ulimit -n 16; {sys.executable} -m autograd_cli batch --x=1 --jobs {jobs}"
    done = subprocess.run(
        ["bash", "-c", script], input=b"x\n", capture_output=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, b"")
    assert re.match(rb"error: only \d+ of %d processes could be started: " % jobs, done.stderr)
    assert done.stderr.endswith(b"hint: try fewer --jobs\n")


@pytest.mark.parametrize(
    "words",
    [["eval", "-f", "{}", "--x=1"], ["eval", "x", "--vars", "{}"]],
)
def test_whether_a_file_can_be_read_is_found_by_reading_it(
    words: list[str], tmp_path: Path
) -> None:
    """Not by asking first: an unreadable file is a failure to read, not a wrong command line."""
    file = tmp_path / "a.json"
    file.write_text('{"x": 1}' if "--vars" in words else "x + 1")
    with mock.patch("os.access", return_value=False):
        assert autograd(*(word.format(file) for word in words)).status == 0


def test_a_nudge_to_where_there_is_no_number_ends_with_1() -> None:
    assert autograd("explain", "log(x)", "--x=1", "--nudge", "x=-2").status == 1
    assert autograd("explain", "log(x)", "--x=1", "--nudge", "x=2").status == 0


@pytest.mark.parametrize("words", [["--get", "value"], ["--format", "json"], ["--format", "csv"]])
def test_status_1_of_data_is_explained_on_standard_error(words: list[str]) -> None:
    run = autograd("eval", "sqrt(x)^2", "--x=0", *words)
    assert run.status == 1
    assert "note: the gradient by x is nan" in run.err
    assert autograd("eval", "sqrt(x)^2", "--x=0", "--quiet", *words).err == ""


def test_a_strict_descent_has_to_arrive() -> None:
    words = ["w = 3; (w - 1)^2", "--lr", "0.01", "--steps", "20"]
    assert autograd("descend", *words).status == 0
    assert autograd("descend", *words, "--strict").status == 1
    assert autograd("descend", "w = 3; (w - 1)^2", "--strict").status == 0


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_no_variable_takes_a_pipe_between_commands_apart(form: str) -> None:
    env = {"AUTOGRAD_FORMAT": form}
    assert autograd("diff", "x^3", env=env).out == "3*x^2\n"
    program = autograd("samples", "cost_function", env=env).out
    assert autograd("eval", "-", "--get", "value", stdin=program, env=env).status == 0


def test_an_option_wins_over_a_variable_whatever_that_is() -> None:
    env = {"AUTOGRAD_FORMAT": "yaml"}
    assert autograd("eval", "a", "--a=1", "--format", "json", env=env).status == 0
    assert autograd("eval", "a", "--a=1", env=env).status == 2


def test_an_interrupt_ends_the_loop_of_a_shell_too() -> None:
    """Bash goes on after a command that exits with 130, and stops where the signal ended it."""
    command = f'"{sys.executable}" -m autograd_cli descend "w = 3; (w - 1)^4" --lr 1e-9'
    loop = f"for n in 1 2 3; do echo $n; {command} --steps 100000000 --format json; done"
    shell = subprocess.Popen(
        ["bash", "-c", loop], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert shell.stdout is not None
    assert shell.stdout.readline() == b"1\n"
    time.sleep(2)
    os.killpg(shell.pid, signal.SIGINT)
    out, _ = shell.communicate(timeout=60)
    assert b"2\n" not in out
    assert shell.returncode == -signal.SIGINT
