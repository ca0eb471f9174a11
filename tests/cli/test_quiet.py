"""`--quiet` takes notes away and `--no-header` the names of columns; nothing else changes."""

from __future__ import annotations

import pytest
from support_cli import SHOWN, autograd

NOTED = {
    "a name that looks like a slip": (["eval", "xy*x + y", "--xy=1", "--x=2", "--y=3"], ""),
    "an input called like an option": (["eval", "2*format", "--format=json", "--set=format=3"], ""),
    "a Hessian that is not finite": (["eval", "x^1.5", "--x=0", "--hessian", "--format=json"], ""),
    "nothing to differentiate by": (["diff", "1 + 1"], ""),
    "the verdict of a flow": (["flow", "a = tanh(x); a^2", "--x=1"], ""),
    "the verdict of a descent": (["descend", "w = 3; w^2", "--format=json"], ""),
    "programs that failed": (["batch", "--x=1"], "x +\nx\n"),
    "programs that gave nan": (["batch", "--x=-1"], "log(x)\n"),
    "a name that no program has": (["batch", "--x=1", "--q=2"], "x\n"),
    "fields left out": (["batch", "--x=1", "--wrt=x", "--format=csv"], '{"program":"x","k":1}\n'),
}


@pytest.mark.parametrize("case", NOTED)
def test_quiet_takes_the_notes_away_and_nothing_else(case: str) -> None:
    words, stdin = NOTED[case]
    noted, quiet = autograd(*words, stdin=stdin), autograd(*words, "--quiet", stdin=stdin)
    assert noted.err != ""
    assert (quiet.status, quiet.out, quiet.err) == (noted.status, noted.out, "")


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (["eval", "2x"], ""),
        (["eval", "xy", "--xy=1", "--y=2"], ""),
        (["eval", "-f", "/no/such/file"], ""),
        (["batch", "--x=1", "/no/such/file", "-"], "x\n"),
    ],
)
def test_quiet_leaves_errors(words: list[str], stdin: str) -> None:
    run = autograd(*words, "--quiet", stdin=stdin)
    assert run.status in (2, 3)
    assert run.err.startswith("error: ")


def test_quiet_is_no_abbreviation_and_takes_no_name_from_an_input() -> None:
    assert autograd("eval", "q*2", "--q=3", "--get=value").out == "6.0\n"
    assert autograd("eval", "quiet*2", "--set=quiet=3", "--get=value").out == "6.0\n"
    run = autograd("eval", "quiet*2", "--quiet=3")
    assert run.status == 2
    assert "--set quiet=3" in run.err


@pytest.mark.parametrize("form", ["csv", "tsv"])
@pytest.mark.parametrize("name", SHOWN)
def test_no_header_leaves_the_first_line_out_and_nothing_else(name: str, form: str) -> None:
    words, stdin = SHOWN[name]
    whole = autograd(*words, "--format", form, stdin=stdin)
    bare = autograd(*words, "--format", form, "--no-header", stdin=stdin)
    assert (bare.status, bare.err) == (0, whole.err)
    assert bare.lines == whole.lines[1:]
    assert bare.lines != []


@pytest.mark.parametrize("form", ["table", "markdown", "json", "jsonl"])
@pytest.mark.parametrize("name", SHOWN)
def test_no_header_is_refused_where_there_is_no_line_to_leave_out(name: str, form: str) -> None:
    words, stdin = SHOWN[name]
    run = autograd(*words, "--format", form, "--no-header", stdin=stdin)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith(f"error: --no-header is for csv and tsv, and here {form} comes out\n")


def test_tables_without_header_can_be_put_together() -> None:
    first = autograd("batch", "--x=1", "--wrt=x", "--format=csv", stdin="x\n").out
    second = autograd("batch", "--x=2", "--wrt=x", "--format=csv", "--no-header", stdin="x\n").out
    assert (first + second).splitlines()[1:] == ["stdin,1,,1.0,ok,1.0,", "stdin,1,,2.0,ok,1.0,"]
