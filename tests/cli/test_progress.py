"""The progress line of one program: what it is at, on a terminal, and gone before the results."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import active_count
from unittest import mock

import pytest
from support_cli import Stream
from support_terminal import blocks, opened

from autograd_cli import progress
from autograd_cli.progress import Stages

ERASED = "\r\x1b[2K"


@contextmanager
def terminal(**environment: str) -> Iterator[Stream]:
    """A standard error that is a terminal, and stages that show soon."""
    stream = Stream(terminal=True)
    with (
        mock.patch.object(sys, "stderr", stream),
        mock.patch.multiple(progress, _BEAT=0.02, _PAUSE=0.0),
        mock.patch.dict(os.environ, {"TERM": "xterm", **environment}),
    ):
        yield stream


def stages_shown(screen: str) -> list[str]:
    """The stages on a screen, each once, in order."""
    return list(dict.fromkeys(re.findall(r"([a-z][a-z: ]+), \d+ s", screen)))


def test_stages_are_shown_one_after_the_other_on_one_line() -> None:
    with terminal() as screen, Stages(wanted=True, colour="auto") as stages:
        for stage in ("reading the program", "evaluating"):
            stages.at(stage)
            time.sleep(0.5)
    assert stages_shown(screen.text()) == ["reading the program", "evaluating"]
    assert "\n" not in screen.text()
    assert screen.text().endswith(ERASED)


def test_line_is_gone_before_anything_else_is_written_and_comes_again() -> None:
    with terminal() as screen, Stages(wanted=True, colour="auto") as stages:
        stages.at("evaluating")
        time.sleep(0.5)
        stages.pause()
        first = screen.text()
        time.sleep(0.2)
        assert screen.text() == first
        stages.at("writing")
        time.sleep(0.5)
    assert first.endswith(ERASED)
    assert stages_shown(screen.text().removeprefix(first)) == ["writing"]


def test_line_is_gone_when_the_work_fails() -> None:
    before = active_count()

    def interrupted() -> None:
        with Stages(wanted=True, colour="auto") as stages:
            stages.at("evaluating")
            time.sleep(0.5)
            raise KeyboardInterrupt

    with terminal() as screen, pytest.raises(KeyboardInterrupt):
        interrupted()
    assert screen.text().endswith(ERASED)
    assert active_count() == before


@pytest.mark.parametrize("why", ["unwanted", "a pipe", "a dumb terminal", "soon done"])
def test_nothing_is_shown_where_it_is_not_of_use(why: str) -> None:
    with terminal(TERM="dumb" if why == "a dumb terminal" else "xterm") as screen:
        screen.terminal = why != "a pipe"
        seconds = 0.0 if why == "soon done" else 0.3
        with Stages(wanted=why != "unwanted", colour="auto") as stages:
            stages.at("evaluating")
            time.sleep(seconds)
    assert screen.text() == ""


# long runs ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A program that takes every command some tenths of a second."""
    path = tmp_path_factory.mktemp("large") / "large.expr"
    lines = [f"x{k} = tanh(w*x{k - 1} + 0.{k % 97 + 1})*x{max(0, k - 7)}" for k in range(1, 3_000)]
    path.write_text("\n".join(["w = 1; x0 = 0.5", *lines]))
    return str(path)


SOON = """
import time
from autograd_cli import progress
from autograd_cli.app import main

begin = progress.Stages.at

def begin_slowly(stages, stage):
    begin(stages, stage)
    time.sleep(0.5)

progress.Stages.at = begin_slowly
progress._BEAT, progress._PAUSE = 0.01, 0.0
main()
"""
"""The command, with stages that show after hundredths of a second and last longer than that."""


def started(words: list[str], stderr: int, stdout: int) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path),
                   "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLUMNS": "80"}  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", SOON, *words],
        stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environment,
        start_new_session=True,
    )  # fmt: skip


def on_terminal(words: list[str], interrupt: bool = False) -> tuple[int, str, float]:
    """Status and screen of a run, and how long it went on after an interrupt at its first line."""
    ours, theirs = opened()
    process = started(words, stderr=theirs, stdout=theirs)
    os.close(theirs)
    data, sent = b"", 0.0
    for block in blocks(ours):
        data += block
        if interrupt and not sent:
            sent = time.monotonic()
            process.send_signal(signal.SIGINT)
    status = process.wait(timeout=60)
    return status, data.decode().replace("\r\n", "\n"), time.monotonic() - sent


WORK = {
    "eval": ("evaluating", ["--format", "json"]),
    "explain": ("working out the steps", ["--format", "csv"]),
    "graph": ("working out the steps", ["--format", "csv"]),
    "flow": ("following the gradient", ["--format", "csv"]),
    "cost": ("timing", ["--measure", "--format", "csv"]),
}


@pytest.mark.parametrize("name", WORK)
def test_long_run_says_what_it_is_at_and_takes_that_away(name: str, large: str) -> None:
    stage, words = WORK[name]
    status, screen, _ = on_terminal([name, "-f", large, *words])
    assert status == 0
    assert stages_shown(screen)[-2:] == [stage, "writing"]
    *drawn, results = screen.split(ERASED)
    assert all(re.fullmatch(r"[a-z: ]+, \d+ s", line.strip()) for line in drawn if line), drawn
    assert not re.search(r"[a-z: ]+, \d+ s", results[:200])


def test_long_run_is_silent_in_a_pipe_and_when_it_is_to_be_quiet(large: str) -> None:
    process = started(["eval", "-f", large, "--get=value"], subprocess.PIPE, subprocess.PIPE)
    assert process.communicate(timeout=60)[1] == b""
    _, screen, _ = on_terminal(["eval", "-f", large, "--get=value", "--quiet"])
    assert "\x1b" not in screen


@pytest.mark.parametrize("name", ["eval", "diff", "explain"])
def test_interrupt_of_a_long_run_ends_it_at_once_with_130(name: str, large: str) -> None:
    status, screen, seconds = on_terminal([name, "-f", large, *WORK.get(name, ("", []))[1]], True)
    assert status == 130
    assert screen.rstrip("\n").endswith(ERASED)
    assert "Traceback" not in screen
    assert seconds < 5


def test_interrupt_in_a_pipe_ends_with_130_and_no_output(large: str) -> None:
    process = started(["diff", "-f", large], subprocess.PIPE, subprocess.PIPE)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, b"", b"")
