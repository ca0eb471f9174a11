"""The infix printer: the fewest parentheses, and it reads back to an equal graph."""

from __future__ import annotations

from fractions import Fraction
from math import inf, nan

import pytest
from hypothesis import HealthCheck, given, settings
from support_derivatives import expressions, value_at
from support_grammar import infix as with_all_parentheses
from support_grammar import shallow_stack

from autograd_grammar import ProgramError, parse
from autograd_graph import Graph
from autograd_graph.graph import INPUT
from autograd_graph.symbolic.infix import infix
from autograd_graph.symbolic.simplify import simplify

QUICK = settings(max_examples=400, derandomize=True, suppress_health_check=list(HealthCheck))


def printed(program: str) -> str:
    """A program's output as the printer writes it."""
    graph = parse(program)
    return infix(graph, graph.output)


AS_WRITTEN = [
    "x", "-x", "--x", "x + y", "x - (y - z)", "x - y - z", "x + (y + z)", "x*y/z", "x/(y*z)",
    "x/(y/z)", "x*(y*z)", "(x + y)*z", "-x^2", "(-x)^2", "x^-y", "x^-2", "x^y^z", "(x^y)^z",
    "2^-1", "(x*y)^2", "-(x + y)", "-x*y", "-(x*y)", "x*-y", "x/-y", "x - -y", "(-x)*y",
    "x < y", "(x < y) + 1", "(x < y) < z", "x + 1 < y*2", "-(x < y)", "sin(x)", "sin(x)^2",
    "sin(x^2)", "max(x, y - 1, -z)", "where(x > 0, -x, (x < y)*2)", "atan2(y, x)", "log(x, 2)",
    "pi*x", "e^x", "0.1*x", "1e-3*x", "x*(1/3)", "(1/3)^x", "1/3*x", "-1*x", "x^0.5", "x == y",
    "x != y", "(x >= y)^2", "(-1)^x", "-1^x", "x*(-1)^y", "(x + y)^(z - 1)", "x^(y*z)", "x^(-y*z)",
]  # fmt: skip


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_text_without_needless_parentheses_is_printed_as_it_is(text: str) -> None:
    again = printed(text)
    assert with_all_parentheses(parse(again)) == with_all_parentheses(parse(text))
    assert again.count("(") <= text.count("(")


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("((x))", "x"),
        ("(x*y) + (z)", "x*y + z"),
        ("(x + y) + z", "x + y + z"),
        ("x^(y^z)", "x^y^z"),
        ("-(x^2)", "-x^2"),
        ("(sin((x)))^(2)", "sin(x)^2"),
        ("(a*b)/c", "a*b/c"),
        ("x^(-2)", "x^-2"),
        ("(x + 1) < (y)", "x + 1 < y"),
        ("max((x), (y + 1))", "max(x, y + 1)"),
        ("x**2", "x^2"),
        ("x²", "x^2"),
        ("x·y ÷ z", "x*y/z"),
        ("+x", "x"),
    ],
)
def test_needless_parentheses_and_other_spellings_go(text: str, short: str) -> None:
    assert printed(text) == short


def pairs(text: str) -> list[tuple[int, int]]:
    """Where parentheses open and close that do not hold a call's arguments."""
    found, stack = [], []
    for place, character in enumerate(text):
        if character == "(":
            stack.append(place)
        elif character == ")":
            start = stack.pop()
            if start == 0 or not (text[start - 1].isalnum() or text[start - 1] == "_"):
                found.append((start, place))
    return found


def without(text: str, start: int, end: int) -> str:
    return text[:start] + text[start + 1 : end] + text[end + 1 :]


@given(expressions(14))
@QUICK
def test_removing_any_pair_of_parentheses_changes_what_is_read(program: str) -> None:
    text = printed(program)
    meaning = with_all_parentheses(parse(text))
    for start, end in pairs(text):
        try:
            other = with_all_parentheses(parse(without(text, start, end)))
        except ProgramError:
            continue
        assert other != meaning, f"{text} does not need the parentheses at {start}"


@given(expressions(14))
@QUICK
def test_what_is_printed_reads_back_to_an_equal_graph(program: str) -> None:
    text = printed(program)
    assert with_all_parentheses(parse(text)) == with_all_parentheses(parse(program)).replace(
        "identity", ""
    )
    assert printed(text) == text


@given(expressions(14))
@QUICK
def test_a_simplified_graph_is_read_back_as_it_is(program: str) -> None:
    graph = parse(program)
    simpler, (root,) = simplify(graph, [graph.output])
    text = infix(simpler, root)
    assert printed(text) == text


# -- leaves -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2.0, "x*2"),
        (0.1, "x*0.1"),
        (-2.0, "x*-2"),
        (Fraction(1, 3), "x*(1/3)"),
        (Fraction(-1, 3), "x*(-1/3)"),
        (Fraction(3), "x*3"),
        (1e300, "x*1e+300"),
        (inf, "x*(1/0)"),
        (-inf, "x*(-1/0)"),
        (nan, "x*(0/0)"),
    ],
)
def test_a_number_of_any_kind_reads_back(number: float | Fraction, text: str) -> None:
    graph = Graph()
    product = graph.add("mul", graph.leaf(INPUT, "x"), graph.literal(number))
    assert infix(graph, product) == text
    again = parse(text)
    was, now = (value_at(g, n, {"x": 3.0}) for g, n in ((graph, product), (again, again.output)))
    assert was == now or (was != was and now != now)


@pytest.mark.parametrize("operator", ["sub", "div", "pow"])
@pytest.mark.parametrize("number", [-2.0, Fraction(2, 3), Fraction(-2, 3), 0.5])
def test_a_number_stands_on_either_side_of_any_operator(
    operator: str, number: float | Fraction
) -> None:
    graph = Graph()
    x, literal = graph.leaf(INPUT, "x"), graph.literal(number)
    for pair in ((x, literal), (literal, x)):
        text = infix(graph, graph.add(operator, *pair))
        top = parse(text)
        assert top.ops[top.output].name == operator, text


def test_nodes_with_a_name_are_printed_as_it() -> None:
    graph = parse("sin(x*y)^2 + x*y")
    product = next(n for n, row in enumerate(graph.ops) if row.name == "mul")
    assert infix(graph, graph.output, {product: "t1"}) == "sin(t1)^2 + x*y"


def test_constants_are_printed_by_name() -> None:
    assert printed("const c = 3; c*x + pi") == "c*x + pi"


# -- size ------------------------------------------------------------------------------------------


def test_a_chain_of_50_000_operators_is_printed_without_recursion() -> None:
    graph = Graph()
    node = graph.leaf(INPUT, "x")
    for _ in range(25_000):
        node = graph.add("sin", graph.add("neg", node))
    with shallow_stack():
        text = infix(graph, node)
    assert text == "sin(-" * 25_000 + "x" + ")" * 25_000


def test_a_sum_of_50_000_terms_needs_no_parentheses() -> None:
    graph = Graph()
    x = graph.leaf(INPUT, "x")
    node = x
    for _ in range(50_000):
        node = graph.add("add", node, x)
    assert infix(graph, node) == "x" + " + x" * 50_000
