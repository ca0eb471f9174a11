"""The prelude: definitions in the language itself, each held to what it is a name of."""

from __future__ import annotations

import math

import pytest
from support_grammar import gradient, value

from autograd_grammar import parse, prelude
from autograd_grammar.parser import library
from autograd_graph import OPERATORS


def logistic(x: float) -> float:
    """1/(1 + exp(-x))."""
    return 1 / (1 + math.exp(-x))


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
EXPECTED = {
    "silu(0.7)": 0.7 * logistic(0.7),
    "swish(-1.3)": -1.3 * logistic(-1.3),
    "mish(0.7)": 0.7 * math.tanh(math.log(1 + math.exp(0.7))),
    "selu(0.7)": SELU_SCALE * 0.7,
    "selu(-0.7)": SELU_SCALE * SELU_ALPHA * (math.exp(-0.7) - 1),
    "hardtanh(-3)": -1.0,
    "hardtanh(0.3)": 0.3,
    "hardsigmoid(1.5)": 0.75,
    "hardsigmoid(9)": 1.0,
    "cube(-2)": -8.0,
    "logit(0.2)": math.log(0.25),
    "mse(5, 2)": 9.0,
    "mae(2, 5)": 3.0,
    "bce(0.2, 1)": -math.log(0.2),
    "bce(0.2, 0)": -math.log(0.8),
    "huber(0.5, 1)": 0.125,
    "huber(-3, 1)": 2.5,
    "hinge(0.3, -1)": 1.3,
    "hinge(3, 1)": 0.0,
    "deg2rad(90)": math.pi / 2,
    "rad2deg(1)": 180 / math.pi,
}


@pytest.mark.parametrize("call", EXPECTED)
def test_a_function_is_what_its_name_says(call: str) -> None:
    assert value(call) == pytest.approx(EXPECTED[call], rel=4e-16 * 8, abs=1e-300)


def test_every_function_is_held_to_a_value() -> None:
    assert {call.split("(")[0] for call in EXPECTED} == set(library())


def test_no_function_hides_an_operator() -> None:
    spellings = {name for row in OPERATORS.values() for name in (row.name, *row.aliases)}
    assert not spellings & set(library())


@pytest.mark.parametrize("name", library())
def test_every_function_shows_its_definition_and_says_what_it_is(name: str) -> None:
    source = prelude.sources()[name]
    assert source.startswith(f"{name}(")
    assert "#" not in source
    assert prelude.summaries()[name]
    parameters = library()[name].parameters
    call = f"{name}({', '.join(parameters)})"
    assert source.startswith(f"{call} = ")
    assert len(parse(f"{source}\n{call}")) == len(parse(call))


def test_slopes_hold_far_out() -> None:
    assert gradient("gelu(x)", x=-30.0)["x"] == pytest.approx(
        -30 * math.exp(-450) / math.sqrt(2 * math.pi), rel=1e-2
    )
    assert gradient("bce(p, t)", p=0.25, t=1.0)["p"] == -4.0
    assert gradient("silu(x)", x=800.0) == {"x": 1.0}
    assert gradient("hinge(y, 1)", y=5.0) == {"y": 0.0}
