"""How expressions group: text in, the same expression with every parenthesis shown out."""

from __future__ import annotations

import itertools

import pytest
from support_grammar import parenthesised, value

LEVELS = {
    "<": 1, "<=": 1, ">": 1, ">=": 1, "==": 1, "!=": 1,
    "+": 2, "-": 2,
    "*": 3, "/": 3,
    "^": 5,
}  # fmt: skip
"""LANGUAGE.md's table, from loosest to tightest; the sign is level 4."""


def expected(first: str, second: str) -> str:
    """How `a first b second c` groups."""
    tighter_right = LEVELS[second] > LEVELS[first]
    both_powers = first == second == "^"
    if tighter_right or both_powers:
        return f"(a {first} (b {second} c))"
    return f"((a {first} b) {second} c)"


PAIRS = [
    pair
    for pair in itertools.product(LEVELS, repeat=2)
    if [LEVELS[sign] for sign in pair] != [1, 1]
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_tighter_operator_groups_first_and_equals_group_left(first: str, second: str) -> None:
    assert parenthesised(f"a {first} b {second} c") == expected(first, second)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_blanks_do_not_change_the_grouping(first: str, second: str) -> None:
    assert parenthesised(f"a{first}b\t{second}   c") == expected(first, second)


@pytest.mark.parametrize("sign", [sign for sign in LEVELS if sign != "^"])
def test_a_sign_binds_tighter_than_every_operator_but_power(sign: str) -> None:
    assert parenthesised(f"-a {sign} b") == f"((-a) {sign} b)"
    assert parenthesised(f"a {sign} -b") == f"(a {sign} (-b))"


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("-x^2", "(-(x ^ 2))"),
        ("(-x)^2", "((-x) ^ 2)"),
        ("2^3^2", "(2 ^ (3 ^ 2))"),
        ("a^b^c^d", "(a ^ (b ^ (c ^ d)))"),
        ("(a^b)^c", "((a ^ b) ^ c)"),
        ("a/b/c", "((a / b) / c)"),
        ("a-b-c", "((a - b) - c)"),
        ("a-(b-c)", "(a - (b - c))"),
        ("1/2*x", "((1 / 2) * x)"),
        ("2*-3", "(2 * (-3))"),
        ("2--3", "(2 - (-3))"),
        ("--x", "(-(-x))"),
        ("+x", "x"),
        ("++x", "x"),
        ("-+-x", "(-(-x))"),
        ("2^-1", "(2 ^ (-1))"),
        ("2^+1", "(2 ^ 1)"),
        ("2^--1", "(2 ^ (-(-1)))"),
        ("2^-x^2", "(2 ^ (-(x ^ 2)))"),
        ("-2^-x", "(-(2 ^ (-x)))"),
        ("2^-1*3", "((2 ^ (-1)) * 3)"),
        ("-a*b", "((-a) * b)"),
        ("-a/-b", "((-a) / (-b))"),
        ("a < -b", "(a < (-b))"),
        ("(a < b) == (c < d)", "((a < b) == (c < d))"),
        ("a + b < c * d", "((a + b) < (c * d))"),
        ("((((x))))", "x"),
        ("sin(x)^2", "(sin(x) ^ 2)"),
        ("-sin(x)", "(-sin(x))"),
        ("2^sin(x)^2", "(2 ^ (sin(x) ^ 2))"),
        ("max(a < b, -c^2)", "max((a < b), (-(c ^ 2)))"),
    ],
)
def test_signs_powers_and_parentheses(text: str, grouped: str) -> None:
    assert parenthesised(text) == grouped


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("x²", "(x ^ 2)"),
        ("-x²", "(-(x ^ 2))"),
        ("x⁻¹", "(x ^ (-1))"),
        ("x⁺³", "(x ^ 3)"),
        ("x⁰", "(x ^ 0)"),
        ("x¹²³⁴⁵⁶⁷⁸⁹⁰", "(x ^ 1234567890)"),
        ("2*x₁²", "(2 * (x₁ ^ 2))"),
        ("(x+1)²", "((x + 1) ^ 2)"),
        ("sin(x)²", "(sin(x) ^ 2)"),
        ("200²", "(200 ^ 2)"),
        ("x²^3", "(x ^ (2 ^ 3))"),
        ("x⁻²^3", "(x ^ (-(2 ^ 3)))"),
        ("x²^-3", "(x ^ (2 ^ (-3)))"),
        ("x^2²", "(x ^ (2 ^ 2))"),
        ("x^y²", "(x ^ (y ^ 2))"),
        ("a²*b³", "((a ^ 2) * (b ^ 3))"),
        ("a²/b", "((a ^ 2) / b)"),
    ],
)
def test_superscripts_are_powers(text: str, grouped: str) -> None:
    assert parenthesised(text) == grouped


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("a ** b", "a ^ b"),
        ("a ** b ** c", "a ^ b ^ c"),
        ("-a ** -b", "-a ^ -b"),
        ("a × b", "a * b"),
        ("a · b", "a * b"),
        ("a ÷ b ÷ c", "a / b / c"),
        ("a − b", "a - b"),
        ("−a", "-a"),
        ("2^−1", "2^-1"),
        ("a ≤ b", "a <= b"),
        ("a ≥ b", "a >= b"),
        ("a ≠ b", "a != b"),
        ("a\u00a0+\u2009b\u3000*\u202fc", "a + b * c"),
    ],
)
def test_other_spellings_mean_the_same(typed: str, plain: str) -> None:
    assert parenthesised(typed) == parenthesised(plain)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2^3^2", 512.0),
        ("-2^2", -4.0),
        ("2*-3", -6.0),
        ("8/4/2", 1.0),
        ("8-4-2", 2.0),
        ("2^-1", 0.5),
        ("1 + 2*3 - 4/2", 5.0),
        ("1 + 2 < 2*2", 1.0),
        ("1 == 2", 0.0),
        ("(1 < 2) + (2 < 1)", 1.0),
        ("3²^2", 81.0),
        ("2⁻¹", 0.5),
    ],
)
def test_the_grouping_decides_the_value(text: str, number: float) -> None:
    assert value(text) == number


@pytest.mark.parametrize(
    ("program", "means"),
    [
        ("√x", "sqrt(x)"),
        ("2*√(x + 1)", "2*sqrt(x + 1)"),
        ("√x^2", "sqrt(x)^2"),
        ("√x²", "sqrt(x)^2"),
        ("-√x + 1", "-sqrt(x) + 1"),
        ("√√x", "sqrt(sqrt(x))"),
        ("√2*x", "sqrt(2)*x"),
        ("√sin(x)", "sqrt(sin(x))"),
        ("2^√x", "2^sqrt(x)"),
        ("f(t) = √t; f(x)", "sqrt(x)"),
        ("∛x", "cbrt(x)"),
    ],
)
def test_a_root_sign_is_a_function_of_one_atom(program: str, means: str) -> None:
    assert value(program, x=0.7) == value(means, x=0.7)
