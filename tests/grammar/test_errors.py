"""What wrong programs are told: where, what is wrong, and what to write instead."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support_grammar import accepted, parenthesised, pointed_at, refusal, value
from support_mistakes import (
    FOREIGN_OPERATORS,
    IMPLICIT_PRODUCTS,
    MISTAKES,
    NUMBERS_AND_COMMAS,
    Mistake,
)

from autograd_grammar import parse

JARGON = re.compile(
    r"\b(lark|terminal|lexer|parser|token|python|dict|tuple|nonetype|traceback|"
    r"[A-Z]{4,}_?[A-Z]*|LPAR|RPAR|END|NAME)\b"
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: ascii(mistake.text))
def test_a_mistake_is_named_at_its_place_with_a_way_out(mistake: Mistake) -> None:
    error = refusal(mistake.text)
    assert error.code == mistake.code
    assert mistake.message in error.message
    assert mistake.hint in error.hint
    assert pointed_at(mistake.text, error) == mistake.at


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: ascii(mistake.text))
def test_messages_speak_of_the_program_and_not_of_the_machinery(mistake: Mistake) -> None:
    error = refusal(mistake.text)
    said = re.sub(r"'[^']*'|UTF-8|NUL", "", f"{error.message}\n{error.hint}")
    said = re.sub(r"U\+[0-9A-F]+", "", said)
    assert not JARGON.search(said)


SIMPLE_MENDINGS = [
    *IMPLICIT_PRODUCTS[:13],
    *(m for m in FOREIGN_OPERATORS if m.hint.startswith("write ")),
    *(m for m in NUMBERS_AND_COMMAS if m.hint.startswith("write ") and "e" not in m.text),
]


@pytest.mark.parametrize("mistake", SIMPLE_MENDINGS, ids=lambda mistake: ascii(mistake.text))
def test_the_program_that_a_hint_shows_is_a_program(mistake: Mistake) -> None:
    shown = refusal(mistake.text).hint.split("write ")[1]
    before = "i = 1; x = 1; " if re.search(r"[+*-]=", shown) else ""
    assert parse(before + shown).output >= 0


def test_the_place_of_an_unclosed_parenthesis_is_the_one_that_was_opened() -> None:
    assert refusal("f = ((a + b)*c").span == (4, 5)
    assert refusal("f = (a + (b*c)").span == (4, 5)
    assert refusal("f = (a + (b*c").span == (9, 10)
    assert refusal("a = (1)\nb = (2\nc = (3)").span == (12, 13)


def test_the_place_of_an_extra_parenthesis_is_its_own() -> None:
    assert refusal("(a + b)) * c").span == (7, 8)
    assert refusal("(a) + b)\n(c").span == (7, 8)


def test_a_parenthesis_in_a_comment_closes_nothing() -> None:
    assert refusal("y = (1 + 2 # )\n").span == (4, 5)


def test_use_before_binding_points_at_both_places() -> None:
    error = refusal("y = x\nx = 2\ny")
    assert error.span == (4, 5)
    assert [span for span, _ in error.related] == [(6, 7)]
    error = refusal("y = x*2\nx += 2\ny")
    assert error.span == (8, 9)
    assert [span for span, _ in error.related] == [(4, 5)]


def test_a_use_inside_a_call_points_at_the_call() -> None:
    error = refusal("f(t) = t*k; f(1); k = 2")
    assert error.span == (12, 16)
    assert [span for span, _ in error.related] == [(18, 19)]


def test_use_before_definition_points_at_both_places() -> None:
    error = refusal("f(2)\nf(t) = t\nf(3)")
    assert error.span == (0, 1)
    assert [span for span, _ in error.related] == [(5, 6)]


def test_an_error_knows_its_text() -> None:
    assert refusal("2*e\u0301 x").text == "2*e\u0301 x"
    assert refusal("a\0b").text == "a\0b"


def test_hints_stay_short_on_long_lines() -> None:
    long = " + ".join(f"x{n}" for n in range(10_000))
    for mistake in ("2x", "a < b < c", "5!", "a % b", "x = 1", "1,5", "a <> b", "½"):
        error = refusal(f"{long} + {mistake} + {long}")
        assert len(error.hint) < 300


def test_a_hint_on_a_long_line_shows_the_part_that_is_wrong() -> None:
    long = " + ".join(f"x{n}" for n in range(1_000))
    assert refusal(f"{long} + 2sin(y) + {long}").hint == "to multiply, write 2*sin(y)"
    assert refusal(f"{long} + 5! + {long}").hint == "the factorial is gamma(5 + 1)"
    assert refusal(f"{long} + 1,5 + {long}").hint == "write 1.5"


def test_a_program_over_the_limit_is_pointed_at_where_it_goes_over() -> None:
    program = "a = x + 1; b = a*a*a; b"
    assert pointed_at(program, refusal(program, max_nodes=4)) == "b = a*a*a"
    program = "f(t) = t + t + t; a = x; 2*f(a)"
    assert pointed_at(program, refusal(program, max_nodes=5)) == "f(a)"


def test_a_cycle_of_many_functions_is_named_in_short() -> None:
    definitions = [f"f{n}(x) = f{(n + 1) % 500}(x)" for n in range(500)]
    error = refusal("\n".join([*definitions, "f0(1)"]))
    assert error.code == "recursion"
    assert len(error.message) < 200


def test_an_explosion_of_calls_is_refused_by_counting() -> None:
    lines = ["f0(x) = x + x"]
    lines += [f"f{n}(x) = f{n - 1}(f{n - 1}(x))" for n in range(1, 60)]
    error = refusal("\n".join([*lines, "f59(1)"]))
    assert error.code == "limit"
    assert "f59" in error.message


def test_an_explosion_without_any_node_is_refused_too() -> None:
    lines = ["f0(x) = x", *(f"f{n}(x) = f{n - 1}(f{n - 1}(x))" for n in range(1, 60))]
    assert refusal("\n".join([*lines, "f59(1)"])).code == "limit"


@pytest.mark.parametrize("text", ["++x", "x<-1", "a--b", "x;;", "a**-b", "x²^3", "2^-+-1"])
def test_odd_looking_programs_that_are_right(text: str) -> None:
    assert parenthesised(text)


def test_a_mended_factorial_has_the_factorials_value() -> None:
    hint = refusal("2*5! + 1").hint
    assert value(hint.removeprefix("the factorial is ")) == 241.0


# whatever the text, an error is a ProgramError -----------------------------------------------

PIECES = [
    *"()+-*/^,;=<>!%|&?:[]{}.'\"@$~`\\#_ ", "\n", "\r", "\r\n", "**", "==", "!=", "<=", ">=", "+=",
    "-=", "*=", "/=", "^=", "**=", "²", "⁻¹", "⁺", "½", "×", "·", "÷", "−", "≤", "π", "e", "pi",
    "x", "y", "f", "f(x)", "f(x) = ", "g(a, b) = ", "f(", "sin", "sin(", "max(", "log(", "where(",
    "polygamma(", "silu(", "const", "const k = ", "and", "or", "not", "if", "else", "2", "3.5",
    "1e5", "1e999", "0x1F", "1,5", "1_", "x = ", "y = ", "x += ", "# c\n", "# (", "e\u0301", "µ",
    "😀", "（", "＋", "\u2028", "\ufeff", "\u202e", "\0", "\ud800",
]  # fmt: skip


@settings(max_examples=1500, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_any_mixture_of_pieces_is_accepted_or_refused(text: str) -> None:
    accepted(text)


@settings(max_examples=600, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=16).map(" ".join))
def test_any_mixture_of_separated_pieces_is_accepted_or_refused(text: str) -> None:
    accepted(text)


@settings(max_examples=600, derandomize=True)
@given(st.text(alphabet=st.characters(), max_size=40))
@example("०")
@example("x०")
@example("⅔ⅳ²₂")
@example("\u0301x")
@example("\u1160\u11a8")
def test_any_text_is_accepted_or_refused(text: str) -> None:
    accepted(text)
