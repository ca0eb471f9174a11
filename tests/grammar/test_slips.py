"""Names that look like a slip are told; names that people give are not."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from support_cli import SAMPLES, autograd
from test_corpora import FOLDER

from autograd_grammar import ProgramError, parse
from autograd_grammar.slips import slips

SLIPS = [
    ("sinx", "sinx", "sin(x)"),
    ("1 + expx", "expx", "exp(x)"),
    ("log10x + 1", "log10x", "log10(x)"),
    ("arctany", "arctany", "arctan(y)"),
    ("sinw + w", "sinw", "sin(w)"),
    ("xy + x + y", "xy", "x*y"),
    ("abc + a/b - c", "abc", "a*b*c"),
    ("exp^x", "exp", "exp(x)"),
    ("sin*x", "sin", "sin(x)"),
]


@pytest.mark.parametrize(("program", "name", "meant"), SLIPS)
def test_a_slip_is_told_with_what_was_meant(program: str, name: str, meant: str) -> None:
    found = slips(parse(program))
    assert list(found) == [name]
    assert meant in found[name]
    parse(meant)


@pytest.mark.parametrize(
    "program",
    [
        "gamma*m*c^2",
        "cost*t",
        "mean + step*sum",
        "sinx = 2; sinx*x",
        "x = 1; y = 2; xy = x*y; xy^2",
        "since + cosmic + tank + expense + logic",
        "xy",
        "xy + x",
        "sin(x)",
        "sigma*sec*norm",
    ],
)
def test_an_honest_name_is_not_told(program: str) -> None:
    assert slips(parse(program)) == {}


@pytest.mark.parametrize("command", ["eval", "diff", "explain", "cost"])
def test_a_note_on_standard_error_points_at_the_slip(command: str) -> None:
    run = autograd(command, "2*sinx", "--set", "sinx=1")
    assert run.status == 0
    assert "note: 'sinx' is an input of that name; for the function write sin(x)" in run.err
    assert "^^^^" in run.err


def _corpora() -> Iterator[str]:
    for path in sorted(FOLDER.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            found = json.loads(line)
            yield from (text for key, text in found.items() if key.startswith("program"))


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpora are not at {FOLDER}")
def test_no_program_that_other_people_wrote_gets_a_note() -> None:
    told, read = {}, 0
    for text in _corpora():
        try:
            graph = parse(text)
        except ProgramError:
            continue
        read += 1
        told |= {text: found} if (found := slips(graph)) else {}
    assert read > 3_000
    assert told.keys() <= {"cbrt -27"}  # a slip indeed: a case of the parser's corpus


def test_no_sample_gets_a_note() -> None:
    for path in SAMPLES.rglob("*.expr"):
        if path.parent.name != "errors":
            assert slips(parse(path.read_text("utf-8"))) == {}
