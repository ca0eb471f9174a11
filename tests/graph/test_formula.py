"""Formulas as tokens: read back as they were printed, cut where sums are, made factors."""

from __future__ import annotations

import pytest

from autograd_grammar import parse
from autograd_graph import OPERATORS
from autograd_graph.formula import CLOSE, OPEN, Formula, number, total
from autograd_graph.op import Op
from autograd_graph.symbolic.infix import formula


def printed(program: str) -> Formula:
    graph = parse(program)
    return formula(graph, graph.output)


@pytest.mark.parametrize(
    ("program", "addends"),
    [
        ("a + b - c*(d - 1)", ["a", " + b", " - c*(d - 1)"]),
        ("max(a + b, -c) + 1", ["max(a + b, -c)", " + 1"]),
        ("-a*(b + c)", ["-a*(b + c)"]),
        ("(a + b)^2 - 1e-5", ["(a + b)^2", " - 1e-5"]),
        ("x", ["x"]),
    ],
)
def test_a_formula_is_cut_before_signs_outside_of_parentheses(
    program: str, addends: list[str]
) -> None:
    assert list(map(str, printed(program).addends)) == addends
    assert "".join(addends) == program


@pytest.mark.parametrize(
    ("program", "factor"),
    [
        ("a + b", "(a + b)"),
        ("-a", "(-a)"),
        ("a < b", "(a < b)"),
        ("a*b", "a*b"),
        ("exp(a + b)", "exp(a + b)"),
        ("(a + b)^2", "(a + b)^2"),
    ],
)
def test_as_a_factor_a_sum_or_what_has_a_sign_stands_in_parentheses(
    program: str, factor: str
) -> None:
    assert str(printed(program).factor) == factor


def test_a_product_and_a_sum_are_written_as_they_are_made() -> None:
    product = number("-3").times(printed("x - 1").factor)
    assert str(total([printed("w"), product.minus(number("2"))])) == "w + -3*(x - 1) - 2"


FUNCTIONS = [
    row
    for row in OPERATORS.values()
    if row.function and not row.infix and not row.fixed and row.name != "identity"
]


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)
def test_a_call_is_a_name_and_arguments_between_parentheses(row: Op) -> None:
    names = [f"a{n}" for n in range(row.arguments.arity[1] or 2)]
    call = printed(f"{row.spelling}({', '.join(names)})")
    assert [token.text for token in call.tokens if token.kind == "name"] == [row.spelling, *names]
    assert (call.tokens[1], call.tokens[-1]) == (OPEN, CLOSE)
    assert sum(token.kind == "comma" for token in call.tokens) == len(names) - 1
