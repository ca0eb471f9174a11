"""Narrow screens: a number without its end is another number, so none is ever broken."""

from __future__ import annotations

import re

import pytest
from support_cli import autograd

TINY = ["a = 1/7*x; b = a*y; c = b + x*z; c*1.2345678", "--x=-1.2345678e-130",
        "--y=3.4567891", "--z=-2.3456789"]  # fmt: skip
STEEP = ["a = 1/7*x*1e-110; b = a*y*1e-120; c = b^2", "--x=1.2345678e160", "--y=1.23456e10"]
DESCENT = ["w = 1.2345678e-110; b = -2.3456789e-105; (w - 1.3e-110)^2*1e120 + b^2*1e110"]

BROKEN = re.compile(r"\de(?![+-]\d\d|\d\b)[+-]?\d?|\de-1\d(?!\d)|(?<![\w.])e[+-]\d+")
"""Less than an exponent. The small numbers here have exponents of three digits from -100 on."""


RUNS = {
    "eval": ["eval", *TINY],
    "eval by some": ["eval", *TINY, "--wrt", "x", "--hessian"],
    "eval with status": ["eval", "abs(x)*1e-120*y/7 + 0*z", "--x=0", "--y=-1.23456e-111", "--z=1"],
    "flow": ["flow", *STEEP],
    "flow clipped": ["flow", *STEEP, "--clip", "1.2345678e-120"],
    "explain": ["explain", *TINY],
    "graph": ["graph", *TINY, "--grad"],
    "descend": ["descend", *DESCENT, "--steps", "5"],
}


@pytest.mark.parametrize("extra", [[], ["--ascii"]], ids=["unicode", "ascii"])
@pytest.mark.parametrize("width", [44, 50, 60, 72])
@pytest.mark.parametrize("run", RUNS)
def test_no_number_is_broken(run: str, width: int, extra: list[str]) -> None:
    shown = autograd(*RUNS[run], "--format", "table", *extra, env={"COLUMNS": str(width)})
    assert shown.status in (0, 1)
    assert re.search(r"e[+-]\d{3}", shown.out)
    wide = autograd(*RUNS[run], "--format", "table", *extra, env={"COLUMNS": "200"})
    assert set(BROKEN.findall(shown.out)) <= set(BROKEN.findall(wide.out))


@pytest.mark.parametrize("width", [44, 50, 60])
def test_every_node_and_input_keeps_its_numbers(width: int) -> None:
    words = ["eval", *TINY, "--format", "table"]
    narrow = autograd(*words, env={"COLUMNS": str(width)}).out
    wide = autograd(*words, env={"COLUMNS": "200"}).out
    assert max(map(len, narrow.splitlines())) <= width
    assert len(re.findall(r"e-13\d", narrow)) == len(re.findall(r"e-13\d", wide))


def test_digits_that_there_is_no_room_for_are_said_to_be_missing() -> None:
    words = ["eval", "c*x*y", "--c=1.2345678e-110", "--x=1.2345678e-120", "--y=7"]
    out = autograd(*words, "--format", "table", env={"COLUMNS": "44"}).out
    said = " ".join(out.split())
    assert re.search("numbers have [345] digits: a wider terminal shows more", said)
    assert "digits" not in autograd("eval", *TINY, "--format", "table").out


@pytest.mark.parametrize("extra", [[], ["--measure"]])
@pytest.mark.parametrize("width", [44, 50, 60, 72])
def test_costs_break_neither_a_word_nor_a_number(width: int, extra: list[str]) -> None:
    words = ["cost", "sin(x*y) + exp(x)*z", "--x=1", "--y=1", "--z=1", *extra]
    out = autograd(*words, "--format", "table", env={"COLUMNS": str(width)}).out
    drawn = out.partition("╰")[0]
    for word in ("method", "operations", "evaluation", "reverse", "finite", "differences"):
        assert re.search(rf"\b{word}\b", drawn)
    assert len(re.findall(r"\d m?s\b", drawn)) == 4 * len(extra)
    hidden = [name for name in ("passes", "visits") if name not in drawn]
    assert not hidden or f"no room for {' and '.join(hidden)}" in " ".join(out.split())


@pytest.mark.parametrize("width", [44, 60])
def test_batch_breaks_no_number(width: int) -> None:
    lines = "x*c\nx^2*c*y\n"
    words = ["batch", "--format", "table", "--x=-1", "--y=-1", "--c=1.2345678e-120"]
    out = autograd(*words, stdin=lines, env={"COLUMNS": str(width)}).out
    assert BROKEN.findall(out) == []
