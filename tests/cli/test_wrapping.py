"""Formulas on several lines: broken where a reader would, wider where that is better."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from autograd_cli.drawing.formula import one_line
from autograd_cli.drawing.wrapping import shortened, wrapped
from autograd_cli.output import Output
from autograd_grammar import parse
from autograd_graph.symbolic.infix import formula

OUTPUT = Output()
MANY = 400

ATOMS = st.sampled_from(["x", "alpha", "w_12", "2", "0.25", "1/2", "a_rather_long_name"])
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("{} + {}".format, inner, inner),
        st.builds("({})*({})".format, inner, inner),
        st.builds("({})/({})".format, inner, inner),
        st.builds("({} - {})^2".format, inner, inner),
        st.builds("tanh({})".format, inner),
        st.builds("max({}, {}, {})".format, inner, inner, inner),
    ),
    max_leaves=25,
)


def lines_of(text, width, *, first=0, most=MANY):
    graph = parse(text)
    return wrapped(formula(graph, graph.output), OUTPUT, width, first=first, most=most)


@given(FORMULAS, st.integers(20, 60), st.integers(0, 10))
def test_nothing_is_lost_and_no_line_is_wider_than_half_again(text, width, first):
    graph = parse(text)
    whole = formula(graph, graph.output)
    lines = wrapped(whole, OUTPUT, width, first=first, most=MANY)
    packed = re.sub(r"\s", "", "".join(lines))
    assert packed == re.sub(r"\s", "", one_line(whole, OUTPUT, close=True))
    assert max(map(cell_len, lines)) <= 1.5 * width
    assert first + cell_len(lines[0]) <= 1.5 * width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("a*b + c*d", 20, ["a·b + c·d"]),
        ("alpha*beta + gam*delta", 16, ["alpha·beta", " + gam·delta"]),
        ("alpha*beta*gam + delta", 16, ["alpha·beta·gam", " + delta"]),
        # a few characters too many are better than a break in a product
        ("alpha*beta*gam*delta + 1", 18, ["alpha·beta·gam·delta", " + 1"]),
        # a product that is much too long is broken between its factors
        (
            "alpha*beta*gam*delta*epsilon*zeta + 1", 20,
            ["alpha·beta·gam·delta", " ·epsilon·zeta + 1"],
        ),
        # a factor is left whole where the break can be before it
        ("a1*exp(x)*tanh(d1*x)", 12, ["a1·exp(x)", " ·tanh(d1·x)"]),
        ("f1*f2*f3*f4*f5*f6/2*x", 14, ["f1·f2·f3·f4·f5", " ·f6/2·x"]),
        # what has no other place is broken behind commas
        ("max(alpha, beta, gam, delta)", 14, ["max(alpha, beta,", " gam, delta)"]),
    ],
)  # fmt: skip
def test_a_formula_is_broken_where_a_reader_would(text, width, lines):
    assert lines_of(text, width) == lines


@pytest.mark.parametrize("width", range(8, 40))
def test_a_number_is_never_broken(width):
    lines = lines_of("1/2*alpha*(beta - gam)^2/3 + 2/3*x - 5/7*y", width)
    for number in ("1/2", "2/3", "5/7"):
        assert number in "\n".join(lines)


def test_what_is_too_much_is_cut_and_says_so():
    lines = lines_of(" + ".join(f"x{n}" for n in range(1, 200)), 30, most=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")


def test_a_formula_of_many_terms_is_cut_at_once():
    """As long as a screen, not as the formula: 100,000 words are not laid out."""
    graph = parse("+".join(f"x{n}" for n in range(30_000)))
    whole = formula(graph, graph.output)
    found = [wrapped(whole, OUTPUT, 44, first=4, most=5) for _ in range(3)]
    assert all(len(lines) == 5 for lines in found)


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1), st.integers(5, 30))
def test_a_shortened_name_has_both_its_ends_and_room(name, most):
    short = shortened(name, most, OUTPUT)
    assert cell_len(short) <= most
    if cell_len(name) <= most:
        assert short == name
    else:
        head, tail = short.split("…")
        assert name.startswith(head)
        assert name.endswith(tail)
        assert head
        assert tail


def test_names_that_differ_at_the_end_differ_when_they_are_shortened():
    begin = "the_weight_of_the_first_layer_of_the_network"
    assert shortened(f"{begin}_w", 20, OUTPUT) != shortened(f"{begin}_b", 20, OUTPUT)
