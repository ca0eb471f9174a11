"""Programs far larger than any stack: depth costs memory, never recursion."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support_grammar import gradient, refusal, shallow_stack, value

from autograd_grammar import parse


@pytest.fixture(autouse=True)
def _little_stack() -> Iterator[None]:
    parse("silu(x)")  # what is imported or read once is not what these tests are about
    with shallow_stack():
        yield


def test_100_000_nested_parentheses() -> None:
    depth = 100_000
    assert value("(" * depth + "x + 1" + ")" * depth, x=2.0) == 3.0


def test_100_001_signs() -> None:
    text = "-" * 100_001 + "x"
    assert value(text, x=2.0) == -2.0
    assert gradient(text, x=2.0) == {"x": -1.0}


def test_nested_parentheses_and_signs_in_turn() -> None:
    depth = 30_001
    assert value("-(" * depth + "x" + ")" * depth, x=2.0) == -2.0


def test_a_sum_of_200_000_terms() -> None:
    text = " + ".join(["x"] * 200_000)
    assert value(text, x=0.5) == 100_000.0
    assert gradient(text, x=0.5) == {"x": 200_000.0}


def test_50_000_statements() -> None:
    text = "\n".join(["s = x", *["s += 1"] * 50_000, "s"])
    assert value(text, x=0.25) == 50_000.25
    assert gradient(text, x=0.25) == {"x": 1.0}


def test_50_000_inputs_with_defaults() -> None:
    text = "; ".join([f"w{n} = {n}" for n in range(50_000)] + ["w7*w49999"])
    assert value(text) == 7 * 49_999.0


def test_a_chain_of_20_000_definitions_each_calling_the_one_before() -> None:
    depth = 20_000
    chain = ["f0(t) = t + 1", *(f"f{n}(t) = f{n - 1}(t) + 1" for n in range(1, depth))]
    assert value("\n".join([*chain, f"f{depth - 1}(x)"]), x=0.5) == depth + 0.5


def test_a_cycle_of_20_000_definitions() -> None:
    depth = 20_000
    cycle = [f"f{n}(t) = f{(n + 1) % depth}(t)" for n in range(depth)]
    assert refusal("\n".join([*cycle, "f0(1)"])).code == "recursion"


def test_a_body_that_calls_5_000_other_functions() -> None:
    callees = [f"g{n}(t) = t + {n}" for n in range(5_000)]
    body = " + ".join(f"g{n}(t)" for n in range(5_000))
    text = "\n".join([*callees, f"f(t) = {body}", "f(x)"])
    assert value(text, x=0.0) == sum(range(5_000))


def test_nested_calls_20_000_deep() -> None:
    depth = 20_000
    assert value("abs(" * depth + "x" + ")" * depth, x=-3.0) == 3.0


def test_powers_nested_to_the_right_20_000_deep() -> None:
    text = "^".join(["x"] * 20_000)
    assert value(text, x=1.0) == 1.0
    assert value("2^-" * 20_001 + "0", x=1.0) == pytest.approx(0.6411857445)  # 2^-t = t


def test_one_call_with_100_000_arguments() -> None:
    text = f"sum({', '.join(['x'] * 100_000)})"
    assert value(text, x=0.5) == 50_000.0
    assert gradient(text, x=0.5) == {"x": 100_000.0}


def test_a_function_of_2_000_parameters() -> None:
    names = [f"p{n}" for n in range(2_000)]
    text = f"f({', '.join(names)}) = {' - '.join(names)}; f({', '.join(['1'] * 2_000)})"
    assert value(text) == -1998.0


def test_a_literal_of_100_000_digits() -> None:
    assert value("0." + "3" * 100_000) == 1 / 3


def test_a_comment_and_a_name_of_a_million_characters() -> None:
    name = "n" * 1_000_000
    assert value(f"{name} = 2 # {name}\n{name} + 1") == 3.0


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("+", "missing after '+'"),
        (" x", "operator is missing"),
        (")", "closes nothing"),
        ("; y = (1", "never closed"),
        (" < 1 < 2", "do not chain"),
        (" && y", "'&&'"),
        ("!", "'!'"),
        (" % 3", "'%'"),
        (" ? 1 : 2", "'?'"),
        (" = 3", "'='"),
        (", 3", "','"),
        (" 😀", "😀"),
    ],
)
def test_a_mistake_behind_100_000_terms_is_named_like_any_other(end: str, said: str) -> None:
    error = refusal(" + ".join(["x"] * 100_000) + end)
    assert said in error.message
    assert len(error.hint) < 300


def test_100_000_parentheses_never_closed() -> None:
    error = refusal("(" * 100_000 + "x")
    assert error.span == (99_999, 100_000)
