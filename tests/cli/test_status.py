"""Exit statuses: 0 done, 1 something in the result is wrong, 2 the command or the program is."""

from __future__ import annotations

from unittest import mock

import pytest
from support_cli import autograd

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
        ["eval", "-f", "/no/such/file"],
        ["eval", "-f", "/"],
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


def test_mistake_of_ours_is_told_without_a_traceback() -> None:
    with mock.patch("autograd_cli.reports.eval.account", side_effect=KeyError("[b]")):
        run = autograd("eval", "x", "--x=1")
    assert run.status == 2
    assert run.err.startswith("error: this should not have happened: KeyError: '[b]'")
    assert "--debug" in run.err


def test_debug_shows_the_traceback() -> None:
    from autograd_graph import ProgramError

    with pytest.raises(ProgramError, match="operator is missing"):
        autograd("--debug", "eval", "2x")


def test_out_of_memory_is_an_error_like_others() -> None:
    with mock.patch("autograd_cli.reports.eval.account", side_effect=MemoryError):
        run = autograd("eval", "x", "--x=1")
    assert (run.status, run.err) == (2, "error: there is not enough memory for this\n")
