"""What is far over the limit is refused from its text: soon, and without being built."""

from __future__ import annotations

import tracemalloc
from time import process_time

import pytest
from support_grammar import refusal, value
from support_mistakes import MISTAKES

from autograd_grammar import MAX_NODES, gauge, parse
from autograd_grammar.lexer import Lexer
from autograd_grammar.table import load

LENGTH = 30_000_000

FLOODS = {
    "a sum": "x + ",
    "a sum of Greek letters": "α + ",
    "parentheses": "(",
    "calls in calls": "sin(",
    "signs": "-",
    "positive signs": "+",
    "a tower": "x^",
    "statements": "x\n",
    "bindings": "a = 2;",
    "one call": "sum(x," + "x," * 999,
    "a value that folds": "a = " + "1+" * 999,
    "a definition": "f(x) = " + "x*" * 999,
    "comments between": "x + # (\n(",
}


@pytest.mark.parametrize("piece", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_is_refused_in_little_memory_and_time(piece: str) -> None:
    text = piece * (LENGTH // len(piece))
    start = process_time()
    error = refusal(text)
    assert process_time() - start < 3  # with room for a slow machine
    tracemalloc.start()
    try:
        refusal(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.code == "limit"
    assert "2,000,000" in error.message
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("piece", "at"),
    [("x + ", 4 * MAX_NODES + 2), ("(", MAX_NODES), ("# + (\n-", 7 * MAX_NODES + 6)],
)
def test_a_flood_is_pointed_at_where_it_goes_over(piece: str, at: int) -> None:
    assert refusal(piece * (at // len(piece) + 10)).span == (at, at + 1)


def test_comments_closed_parentheses_and_blank_text_are_no_flood() -> None:
    comment = "# " + "((+,;" * 500_000
    assert value(f"{comment}\n2 {comment}\n") == 2.0
    groups = " + ".join(["((x))"] * 80_000)
    assert len(groups) > gauge.SMALL
    assert value(groups, x=0.5) == 40_000.0


def test_the_gauge_follows_the_limit_that_is_asked_for() -> None:
    text = " + ".join(["x"] * 200_000)
    assert len(text) > gauge.SMALL
    assert len(parse(text, max_nodes=200_000)) == 200_000
    assert refusal(text, max_nodes=199_998).code == "limit"


@pytest.mark.parametrize("program", ["{}(2)", "x {}", "{} = {} + 1", "f({}=2) = 1", "sin {}"])
def test_a_message_clips_a_name_of_a_megabyte(program: str) -> None:
    name = "n" * 1_000_000
    error = refusal(program.format(name, name))
    assert len(error.message) < 500
    assert len(error.hint) < 500


def test_a_message_clips_a_number_of_a_megabyte() -> None:
    error = refusal("1" * 1_000_000)
    assert len(error.message) < 500


@pytest.mark.parametrize("slab", [7, 16, 64, 1000])
def test_tokens_cut_in_groups_are_those_of_the_whole_text(slab: int) -> None:
    lexer = Lexer(load())
    texts = [
        "x = 1e+3 + 1_000.5e-7*y**2 # a comment, (longer than a slab of seven)\n",
        "const k = 3; f(a, b) = a*(b\n+ k); constant = f(1,\n 2) >= 3\r\nf(1, 2)\n",
        "name_of_many_letters₁² <= (x)\n\n\n;;a != b",
    ]
    for text in [*texts, "".join(texts), *(row.text for row in MISTAKES)]:
        assert [t for group in lexer.groups(text, slab) for t in group] == lexer.tokens(text)


@pytest.mark.parametrize("piece", [")", '"', "x x ", "² ", "a\n"])
def test_nonsense_is_refused_where_it_begins_whatever_follows(piece: str) -> None:
    text = "x)" + piece * (10_000_000 // len(piece))
    tracemalloc.start()
    try:
        error = refusal(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.code in ("syntax", "limit")
    assert peak < 60_000_000
