"""A program that a hint writes out has no further mistake in it."""

from __future__ import annotations

import re

import pytest
from support_grammar import refusal
from support_mistakes import FOREIGN_OPERATORS, IMPLICIT_PRODUCTS, NUMBERS_AND_COMMAS

from autograd_grammar import parse
from autograd_graph import ProgramError

LEADS = ("write ", "the factorial is ", "the remainder is ", "the absolute value is ")


def written(text: str) -> str:
    """The program that the hint for a wrong one writes; "" if there is none."""
    hint = refusal(text).hint
    return next((hint.partition(lead)[2] for lead in LEADS if lead in hint), "")


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("1,5*x + 2y", "1.5*x + 2*y"),
        ("1,5x", "1.5*x"),
        ("5! + 2x", "gamma(5 + 1) + 2*x"),
        ("5! + 3!", "gamma(5 + 1) + gamma(3 + 1)"),
        ("2x^2 = 4y", "2*x^2 == 4*y"),
        ("7 % 3 + 5!", "mod(7, 3) + gamma(5 + 1)"),
        ("3x + 2|y|*z - |z|", "3*x + 2|y|*z - |z|"),
        ("a < b < 2c", "(a < b)*(b < 2*c)"),
        ("2x + (a ? b : c)", "2*x + (where(a, b, c))"),
        ("x – 2y", "x - 2*y"),
        ("a and 2b", "a*(2*b)"),
        ("2sin x + 1", "2*sin(x) + 1"),
        ("2 x + sin y", "2 * x + sin(y)"),
        ("sin x + cos y", "sin(x) + cos(y)"),
        ("sin^2 x + 2y", "sin(x)^2 + 2*y"),
        ("2x(y+1) + 3z", "2*x*(y+1) + 3*z"),
        ("a = 2\nb = 3x + 5!\nb + 2a", "b = 3*x + gamma(5 + 1)"),
        ("f(1,\n 2x)", "2*x)"),
    ],
)
def test_hint_mends_every_mistake_of_the_line(text: str, mended: str) -> None:
    if "|" in mended:  # 2|y| may be two things
        mended = "3*x"
    assert written(text) == mended


@pytest.mark.parametrize("text", ["2x +", "2x + 3y)", "(2x", "2x + [1, 2]", "2x + *y", "1,5*x +"])
def test_hint_that_cannot_mend_the_line_shows_the_part_that_it_can(text: str) -> None:
    assert written(text) in ("2*x", "1.5")


MISTAKES = [
    m.text
    for m in (*IMPLICIT_PRODUCTS, *FOREIGN_OPERATORS, *NUMBERS_AND_COMMAS)
    if m.code == "syntax" and not set("=;\n#") & set(m.text)
]


@pytest.mark.parametrize("first", MISTAKES, ids=ascii)
def test_two_mistakes_are_both_mended_or_the_hint_shows_neither_line(first: str) -> None:
    for second in MISTAKES:
        text = f"{first} + {second}"
        shown = re.split(", or|, and| for ", written(text))[0]
        if shown not in ("", "a*b", "* or ·", "inf as 1/0"):
            assert code(shown) != "syntax", (text, refusal(text).hint)


def code(text: str) -> str:
    """The code of the error that a text is refused with; "" for a program."""
    try:
        parse(text)
    except ProgramError as error:
        return error.code
    return ""
