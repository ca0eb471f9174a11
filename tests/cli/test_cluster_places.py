"""Where ``--on`` writes, which commands have it, and what is told of files that are not there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support_cli import autograd, hint

import autograd_cli as ag
from autograd_graph import ProgramError

ON = ["--on", "dask://127.0.0.1:1"]
"""A cluster that is not there: what is refused is refused before."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    for name in "ab":
        Path(f"data/{name}.csv").write_text("x\n1\n2\n")


class Here:
    """An engine whose one worker is this process."""

    def spread(self, items: Sequence[Any], told: Any = None) -> Here:
        self.items = items
        return self

    def total(self, work: Any) -> Any:
        first, *others = map(work, self.items)
        for other in others:
            first.merge(other)
        return first


def test_a_folder_in_a_folder_that_is_not_there_is_refused_and_nothing_is_made() -> None:
    with pytest.raises(ProgramError, match="cannot write out/deep/x: No such file or directory"):
        ag.compile("x^2").map_on(Here(), "out/deep/x", "data")
    assert os.listdir() == ["data"]


def test_a_run_that_fails_leaves_no_folder() -> None:
    Path("data/b.csv").write_text("x\ntwo\n")
    with pytest.raises(ProgramError, match="'two' is no number"):
        ag.compile("x^2").map_on(Here(), "out", "data")
    assert os.listdir() == ["data"]


def test_a_file_that_cannot_be_written_is_called_as_it_would_have_been(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from autograd_cli import whole

    def full(part: str, place: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole.os, "replace", full)
    with pytest.raises(ProgramError) as raised:
        ag.compile("x^2").map_on(Here(), "out", "data")
    assert raised.value.message == "cannot write out/a.csv: No space left on device"


@pytest.mark.parametrize("name", ["x.csv", "out/x.parquet", "x.JSONL", "x.json", "x.md", "x.tsv"])
@pytest.mark.parametrize(
    ("words", "option"),
    [(["map", "x^2", "data"], "--output"), (["fit", "a*x", "data", "--target=x"], "--predict")],
)
def test_the_name_of_a_file_is_refused_where_a_folder_is_written(
    words: list[str], option: str, name: str
) -> None:
    run = autograd(*words, *ON, option, name)
    assert (run.status, run.out) == (2, "")
    said = f"error: {option} {name} is the name of a file, and --on writes a folder of files\n"
    assert run.err.startswith(said)
    assert f"{option} {os.path.splitext(name)[0]}" in hint(run)


@pytest.mark.parametrize("spelling", ["--to", "--format"])
def test_an_option_is_called_as_it_was_written(spelling: str) -> None:
    run = autograd("map", "x^2", "data", *ON, "--output", "out", spelling, "table")
    assert run.err.startswith(f"error: {spelling} is for a screen")


@pytest.mark.parametrize(
    "words",
    [
        ["map", "x^2", "nowhere"],
        ["map", "x^2", "data", "nowhere.xlsx"],
        ["eval", "x^2", "--reduce=sum", "--data", "nowhere"],
        ["fit", "a*x", "nowhere", "--target=x"],
        ["descend", "a=1; a*x", "--data", "nowhere"],
    ],
)
def test_a_file_that_is_not_there_is_told_of_before_its_format(words: list[str]) -> None:
    name = next(word for word in words if "nowhere" in word)
    run = autograd(*words)
    assert (run.status, run.out) == (3, "")
    assert run.err.startswith(f"error: there is no file {name}\n")


def test_the_option_of_other_commands_is_told_of() -> None:
    run = autograd("diff", "x^2", "--on", "dask://local")
    assert run.status == 2
    assert hint(run) == "--on is an option of autograd eval, autograd map and autograd fit"
    run = autograd("graph", "x^2", "--target", "3")
    assert hint(run) == "--target is an option of autograd fit"


def partial(data: str, name: str) -> None:
    words = ["eval", "w*x", "--w=2", "--reduce=sum", "--data", data, "--partial", name]
    assert autograd(*words).status == 0


@pytest.mark.parametrize("again", ["a.json", "./a.json", "link.json", "hard.json", "*.json"])
def test_a_partial_sum_is_not_merged_twice(again: str) -> None:
    partial("data/a.csv", "a.json")
    if again in ("link.json", "*.json"):
        os.symlink("a.json", "link.json")
    if again == "hard.json":
        os.link("a.json", "hard.json")
    run = autograd("eval", "w*x", "--reduce=sum", "--get=value", "--merge", "a.json", again)
    assert (run.status, run.out) == (2, "")
    assert "are one file" in run.err or "is named twice" in run.err
    assert "its rows would count twice" in run.err


READERS = {
    "eval": ["eval", "w*x", "--w=2", "--reduce=sum", "--data"],
    "fit": ["fit", "(w*x - 1)^2"],
    "descend": ["descend", "(w*x - 1)^2", "--w=2", "--steps=1", "--data"],
    "map": ["map", "x^2"],
}


@pytest.mark.parametrize("again", ["data/a.csv", "./data/a.csv", "link.csv", "hard.csv", "data"])
@pytest.mark.parametrize("reader", READERS)
def test_a_table_is_not_read_twice(reader: str, again: str) -> None:
    os.symlink("data/a.csv", "link.csv")
    os.link("data/a.csv", "hard.csv")
    first, *more = READERS[reader], "data/a.csv"
    data = ["--data", again] if "--data" in first else [again]
    run = autograd(*first, *more, *data)
    assert (run.status, run.out) == (2, "")
    assert "are one file" in run.err or "is named twice" in run.err
    assert "its rows would count twice" in run.err


def test_parts_with_the_same_rows_merge() -> None:
    for name in "ab":
        partial(f"data/{name}.csv", f"{name}.json")
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()
    run = autograd("eval", "w*x", "--reduce=sum", "--get=value", "--merge", "a.json", "b.json")
    assert (run.status, run.out, run.err) == (0, "12.0\n", "")
