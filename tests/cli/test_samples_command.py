"""`autograd samples`: what ships, listed and printed."""

from __future__ import annotations

import pytest
from support_cli import SAMPLES, autograd, hint

NAMES = sorted(
    path.relative_to(SAMPLES).as_posix().removesuffix(".expr")
    for path in SAMPLES.rglob("*.expr")
    if "errors" not in path.parts
)


def test_the_list_has_every_sample_that_is_no_error() -> None:
    assert sorted(autograd("samples").lines) == NAMES
    shown = autograd("samples", "--format", "table", env={"COLUMNS": "100"}).out
    assert all(name in shown for name in NAMES)


@pytest.mark.parametrize("name", ["cost_function", "samples/cost_function.expr"])
def test_a_sample_is_printed_as_it_is_written(name: str) -> None:
    run = autograd("samples", name)
    assert run.out == (SAMPLES / "cost_function.expr").read_text("utf-8")


def test_a_sample_goes_through_a_pipe() -> None:
    text = autograd("samples", "cost_function").out
    assert autograd("eval", "-", "--get", "value", stdin=text).out == "2.0\n"


def test_a_misspelt_sample_is_suggested() -> None:
    run = autograd("samples", "cost_functoin")
    assert (run.status, run.out) == (2, "")
    assert hint(run).startswith("did you mean cost_function")
