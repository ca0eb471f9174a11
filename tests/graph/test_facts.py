"""Facts that rows state about their functions, against the references."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import inf, isfinite, nan
from random import Random

import pytest
from support_graph import REFERENCES, distance, exact, mp, points, within

from autograd_graph import OPERATORS
from autograd_graph.numbers import floats
from autograd_graph.passes.evaluation import apply

ROWS = OPERATORS.items()
SYMMETRIC = [name for name, row in ROWS if row.symmetry]
INVERSES = [name for name, row in ROWS if row.inverse]
CLOSE = mp.mpf(10) ** -40


def inside(name: str) -> list[float]:
    """Points of the domain of a function of one argument, of both signs."""
    row, reference = OPERATORS[name], REFERENCES[name]
    found = [x for point in points(row, name) for x in point if abs(x) < 1e6]
    return [x for x in found if reference.domain(x) and reference.domain(-x)][:40]


@pytest.mark.parametrize("name", SYMMETRIC)
def test_a_symmetric_function_is_symmetric(name: str) -> None:
    value, sign = REFERENCES[name].value, 1 if OPERATORS[name].symmetry == "even" else -1
    xs = inside(name)
    assert len(xs) >= 8
    for x in xs:
        assert abs(value(exact(-x)) - sign * value(exact(x))) <= CLOSE * (1 + abs(value(exact(x))))


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "erfc", "sigmoid", "softplus", "gamma"])
def test_a_function_without_a_symmetry_has_none(name: str) -> None:
    assert not OPERATORS[name].symmetry


@pytest.mark.parametrize("name", [name for name, row in ROWS if row.commutes])
def test_what_commutes_has_the_same_bits_either_way_and_its_slopes_change_places(name: str) -> None:
    row = OPERATORS[name]
    assert row.partials is not None
    hard = [0.0, -0.0, 5e-324, -1e-310, 0.1, 1 / 3, -7.0, 1e16, 1.7e308, -1.7e308, inf, -inf, nan]
    for x, y in product(hard, repeat=2):
        one, other = apply(row, [x, y]), apply(row, [y, x])
        assert one.hex() == other.hex()
        slopes = row.partials(floats, one, x, y)
        assert [*map(float.hex, map(float, slopes))] == [
            *map(float.hex, map(float, reversed(row.partials(floats, other, y, x))))
        ]


@pytest.mark.parametrize("name", [name for name, row in ROWS if row.verbatim])
def test_partials_that_are_said_to_be_arguments_are(name: str) -> None:
    row = OPERATORS[name]
    assert row.partials is not None
    for point in points(row, name):
        xs = [float(x) for x in point]
        slopes = row.partials(floats, apply(row, xs), *xs)
        assert all(slope in (*xs, 0.0, 1.0) for slope in map(float, slopes))


@pytest.mark.parametrize("name", ["sub", "div", "pow", "mod", "atan2", "min", "max"])
def test_what_does_not_commute_or_not_in_its_zeros_says_so(name: str) -> None:
    assert not OPERATORS[name].commutes


@pytest.mark.parametrize("name", INVERSES)
def test_a_function_undoes_its_inverse(name: str) -> None:
    outer, inner = REFERENCES[name], REFERENCES[OPERATORS[name].inverse]
    row = OPERATORS[OPERATORS[name].inverse]
    random = Random(name)
    for _ in range(40):
        low, high = row.probe[0]
        x = exact(within(random, (max(low, -20.0), min(high, 20.0))))
        if inner.domain(float(x)):
            assert abs(outer.value(inner.value(x)) - x) <= mp.mpf(10) ** -25 * (1 + abs(x))


@pytest.mark.parametrize(
    ("name", "x", "y"), [(name, x, y) for name, row in ROWS for x, y in row.exact.items()]
)
def test_an_exact_value_is_the_value(name: str, x: float, y: float) -> None:
    truth = 1 if (name, x) == ("sinc", 0) else REFERENCES[name].value(exact(x))
    assert abs(truth - exact(y)) <= CLOSE
    assert distance(apply(OPERATORS[name], [float(x)]), exact(y)) <= OPERATORS[name].ulps[0]


@pytest.mark.parametrize("name", [name for name, row in ROWS if row.rational])
def test_what_is_rational_on_rational_numbers_is_the_value_there(name: str) -> None:
    row = OPERATORS[name]
    assert row.rational is not None
    for xs in [(-3, 2), (0, 0), (5, -7), (1, 3)]:
        numbers = [Fraction(x, 4) for x in xs][: len(row.probe)]
        assert row.rational(*numbers) == apply(row, list(map(float, numbers)))


@pytest.mark.parametrize("name", [name for name, row in ROWS if row.finite])
def test_what_is_finite_is_finite_at_numbers_of_ordinary_size(name: str) -> None:
    row = OPERATORS[name]
    random = Random(name)
    numbers = [-1e6, -1.0, -0.0, 0.0, 0.5, 1.0, 1e6]
    for _ in range(200):
        assert isfinite(apply(row, random.choices(numbers, k=len(row.probe))))


@pytest.mark.parametrize("name", [name for name, row in ROWS if row.comparison])
def test_a_comparison_is_1_or_0(name: str) -> None:
    row = OPERATORS[name]
    found = {apply(row, [x, y]) for x in (-1.0, 0.0, 2.0) for y in (-1.0, 0.0, 2.0)}
    assert found == {0.0, 1.0}
