"""The options of the methods that read files: one list, known to Python and to mypy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd_cli as ag
from autograd_cli.interface.files import Files, Rows
from autograd_graph.descent.descent import Plan

F = ag.compile("(w*x - y)^2").at(w=2)
PLAN = Plan("gd", 0.01, 2, 1e-6, 0.9, None, False, False)
METHODS: dict[str, Callable[..., Any]] = {
    "map_files": lambda path, **how: list(F.map_files(path, **how)),
    "total": lambda path, **how: F.total(path, **how).value,
    "fit": lambda path, **how: F.fit(path, **how).final,
    "descent_on": lambda path, **how: list(
        ag.compile("w = 1; (w*x - y)^2").descent_on(path, PLAN, **how)
    ),
    "fitting": lambda path, **how: F.fitting(path, **how).run().final,
}


@pytest.fixture
def table(tmp_path: Path) -> str:
    """A table that cannot be read without any of the options."""
    path = tmp_path / "table"
    path.write_text("length;height\n1;2.5\nNA;1\n2;3.5\n")
    return str(path)


HOW = Files(rename={"x": "length", "y": "height"}, missing=("NA",), kind="csv", delimiter=";")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_that_reads_files_takes_every_option(method: str, table: str) -> None:
    METHODS[method](table, **HOW)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("lacking", sorted(Files.__optional_keys__ - {"kind"}))
def test_none_of_the_options_is_ignored(method: str, lacking: str, table: str) -> None:
    with pytest.raises(ag.ProgramError):
        METHODS[method](table, **{name: how for name, how in HOW.items() if name != lacking})


@pytest.mark.parametrize("method", METHODS)
def test_a_misspelt_option_is_the_error_of_python(method: str, table: str) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'mising'"):
        METHODS[method](table, mising=("NA",))


def test_what_comes_out_is_no_option_of_a_total(table: str) -> None:
    assert Rows.__optional_keys__ > Files.__optional_keys__
    with pytest.raises(TypeError, match="unexpected keyword argument 'keep'"):
        METHODS["total"](table, keep=[])


def test_mypy_knows_the_options_of_users(tmp_path: Path) -> None:
    user = tmp_path / "user.py"
    user.write_text(
        "import autograd_cli as ag\n\n"
        'f = ag.compile("w*x")\n'
        'f.total("a.csv", missing=["NA"], delimiter=";")\n'
        'f.total("a.csv", mising=["NA"])\n'
        'f.map_files("a.csv", keep=["x"], status=1.5)\n'
    )
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(user)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    lines = [line.partition("user.py:")[2] for line in run.stdout.splitlines() if "error" in line]
    assert [line.partition(":")[0] for line in lines[:2]] == ["5", "6"], run.stdout
    assert 'Unexpected keyword argument "mising"' in lines[0]


@pytest.mark.parametrize("method", METHODS)
def test_the_hint_for_a_first_line_with_other_signs_is_the_delimiter(
    method: str, table: str
) -> None:
    how = {name: how for name, how in HOW.items() if name != "delimiter"}
    with pytest.raises(ag.ProgramError) as caught:
        METHODS[method](table, **how)
    assert caught.value.hint == "its first line has ';' between the names: --delimiter ';'"
