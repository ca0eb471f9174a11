"""Every sample does what the comments in it say.

# at x = 2, w = 3                     the point; without it, the program's defaults
# value: 16                           the output's value
# d/dw: ≈ 0.082167041                 a gradient; ≈ allows one unit of the last digit
# node c: -4, gradient 2              value and gradient of a named node
# status: kink                        the output's status, ok if nothing is said
# error: syntax, line 6, column 5     the error's code, and where it is in the file
# run: autograd eval -f …             a command, which ends with status 0, for an error with 2,
# exit: 1                             or with this one
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from math import isclose, isnan
from pathlib import Path
from unittest import mock

import pytest
from support_cli import ROOT, SAMPLES, autograd

from autograd_cli.line.sources import number
from autograd_cli.reports.evaluation import Evaluation, evaluate
from autograd_grammar import parse
from autograd_graph import ProgramError, Tape
from autograd_graph.errors import CODES
from autograd_graph.places import position

KEYS = r"value|d/d[^\s:]+|node [^\s:]+|status|error|run|exit"
EXPECTATION = re.compile(rf"# (?:({KEYS}): (.*)|(at) (\S+ = .*))")

FILES = sorted(SAMPLES.rglob("*.expr"))
Expectations = dict[str, str]


@cache
def expectations(path: Path) -> Expectations:
    text = path.read_bytes().decode("utf-8", errors="replace")
    found = [EXPECTATION.fullmatch(line) for line in text.splitlines()]
    pairs = [(m[1] or m[3], m[2] or m[4]) for m in found if m]
    keys = [key for key, _ in pairs]
    assert len(set(keys)) == len(keys), f"{path} says something twice"
    return dict(pairs)


def point(said: Expectations) -> dict[str, float]:
    pairs = [pair.split(" = ") for pair in said["at"].split(", ")] if "at" in said else []
    return {name: number(name, text) for name, text in pairs}


@cache
def evaluation(path: Path) -> Evaluation:
    return evaluate(Tape(parse(path.read_text("utf-8"))), point(expectations(path)))


def agrees(actual: float | None, said: str) -> bool:
    """Whether a number is what a sample says: to rounding, or to a unit of the last digit."""
    assert actual is not None
    if said.startswith("≈ "):
        printed = Decimal(said[2:])
        unit = Decimal(1).scaleb(int(printed.as_tuple().exponent))
        return abs(Decimal(actual) - printed) <= unit
    expected = float(said)
    return isclose(actual, expected, rel_tol=2e-15) or (isnan(actual) and isnan(expected))


def saying(*keys: str) -> Callable[..., pytest.MarkDecorator]:
    """The samples that have an expectation of one of these kinds."""
    files = [
        file for file in FILES if any(k.split()[0].startswith(keys) for k in expectations(file))
    ]
    assert files
    return pytest.mark.parametrize("path", files, ids=[str(f.relative_to(SAMPLES)) for f in files])


@saying("value")
def test_output_has_the_value_and_the_status_that_the_sample_says(path: Path) -> None:
    said, output = expectations(path), evaluation(path).output
    assert agrees(output.value, said["value"]), output.value
    assert output.status == said.get("status", "ok")


@saying("d/d")
def test_gradients_are_those_that_the_sample_says(path: Path) -> None:
    gradients = {row.name: row.gradient for row in evaluation(path).inputs}
    for key, text in expectations(path).items():
        if key.startswith("d/d"):
            assert agrees(gradients[key[3:]], text), (key, gradients[key[3:]])


@saying("node")
def test_named_nodes_are_what_the_sample_says(path: Path) -> None:
    rows = {row.name: row for row in evaluation(path).nodes}
    for key, text in expectations(path).items():
        if key.startswith("node "):
            row = rows[key.removeprefix("node ")]
            value, _, gradient = text.partition(", gradient ")
            assert agrees(row.value, value), (key, row.value)
            assert not gradient or agrees(row.gradient, gradient), (key, row.gradient)


@saying("error")
def test_error_has_the_code_and_the_place_that_the_sample_says(path: Path) -> None:
    said = expectations(path)
    code, *place = said["error"].split(", ")
    run = autograd(*shlex.split(said["run"])[1:])
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("error: ")
    assert code in CODES
    assert _code(path, shlex.split(said["run"])) == (code, place)


def _code(path: Path, words: list[str]) -> tuple[str, list[str]]:
    """The code and the place of the error that a sample's command ends with."""
    with mock.patch("autograd_cli.diagnostics.show_error") as show:
        autograd(*words[1:])
    error = show.call_args.args[0]
    assert isinstance(error, ProgramError)
    if error.span is None or error.text != path.read_bytes().decode("utf-8", errors="replace"):
        return error.code, []
    line, column = position(error.text, error.span[0])
    return error.code, [f"line {line}", f"column {column}"]


@saying("run")
def test_command_in_the_sample_runs_as_printed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    said = expectations(path)
    name, *words = shlex.split(said["run"])
    assert name == "autograd"
    assert str(path.relative_to(ROOT)) in words
    forms = [[]] if "--get" in words else [[], ["--format", "table"]]
    for form in forms:
        run = autograd(*words, *form)
        assert run.status == (2 if "error" in said else int(said.get("exit", "0"))), run.err
        assert bool(run.out) == ("error" not in said)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sample_says_what_it_shows_how_to_run_it_and_what_to_expect(path: Path) -> None:
    first = path.read_bytes().split(b"\n")[0].decode()
    said = expectations(path)
    assert first.startswith("# ")
    assert "run" in said
    if said["run"].startswith("autograd eval"):
        assert ("value" in said) != ("error" in said)
        assert any(key.startswith("d/d") for key in said) or "error" in said


def test_readme_of_the_samples_lists_every_sample() -> None:
    readme = (SAMPLES / "README.md").read_text("utf-8")
    listed = set(re.findall(r"^\| \[`?([\w./]+\.expr)`?\]", readme, re.M))
    assert listed == {str(path.relative_to(SAMPLES)) for path in FILES}


def test_there_is_a_sample_for_every_error_that_a_program_can_cause() -> None:
    shown = {
        expectations(path)["error"].split(",")[0] for path in FILES if "error" in expectations(path)
    }
    assert shown == CODES - {"io", "bad-record", "internal"}
