"""Every row of the operator table against 70-digit arithmetic that knows nothing of the row."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import reduce
from math import inf, isnan, nextafter
from typing import Any

import pytest
from support_graph import (
    LARGEST,
    REFERENCES,
    SMALLEST_NORMAL,
    SeventyDigits,
    at,
    distance,
    exact,
    gradient,
    mp,
    one_operator,
    points,
)

from autograd_graph import OPERATORS, Tape
from autograd_graph.operators import ROWS, find
from autograd_graph.passes.evaluation import apply

NAMES = list(OPERATORS)
HARD_FAR_OUT = {
    "gamma",
    "lgamma",
    "digamma",
    "sin",
    "cos",
    "tan",
    "sec",
    "csc",
    "cot",
    "sinc",
    "erfc",
}
"""Of which 70 digits know nothing at 1e308, or for which they take too long."""


def cases(name: str) -> list[tuple[tuple[float, ...], Any, tuple[Any, ...]]]:
    """Points of a row's domain, each with the true value and the true slopes there."""
    row, reference = OPERATORS[name], REFERENCES[name]
    return [
        (point, reference.value(*digits), reference.slopes(*digits))
        for point in points(row, name)
        if row.takes(len(point)) and reference.domain(*point)
        for digits in [tuple(map(exact, point))]
    ]


def test_every_row_has_a_reference_and_every_reference_a_row() -> None:
    assert set(REFERENCES) == set(OPERATORS)


@pytest.mark.parametrize("name", NAMES)
def test_value_and_slopes_are_as_accurate_as_the_row_says(name: str) -> None:
    row, reference = OPERATORS[name], REFERENCES[name]
    tapes: dict[int, Tape] = {}
    checked = 0
    for point, true_value, true_slopes in cases(name):
        count = len(point)
        if count not in tapes:
            tapes[count] = Tape(one_operator(row, count, row.fixed))
        value, slopes = gradient(tapes[count], at(*point))
        checked += 1
        scale = reference.value_scale(*point) if reference.value_scale else 0.0
        off = distance(value, true_value, scale)
        assert off <= row.ulps[0], f"{name}{point} is {value!r}, {off:.3g} ulp off"
        if 0 < abs(true_value) < SMALLEST_NORMAL:
            continue  # a slope made of such a value has only the digits that the value has
        scale = reference.slope_scale(*point) if reference.slope_scale else 0.0
        for n, (slope, truth) in enumerate(zip(slopes, true_slopes, strict=True)):
            if truth is None:
                assert slope is None, f"{name}{point} by argument {n} is {slope!r}"
                continue
            slope = 0.0 if slope is None else slope
            if abs(value) == inf == abs(slope) and (slope > 0) == (truth > 0):
                continue  # the value's overflow takes its slope along
            off = distance(slope, truth, scale)
            assert off <= row.ulps[1], f"{name}{point} by argument {n}: {slope!r}, {off:.3g} ulp"
    assert checked >= 40, "the domain of the reference leaves too few points"


@pytest.mark.parametrize("name", NAMES)
def test_row_promises_four_and_eight_ulps_unless_python_itself_is_worse(name: str) -> None:
    if name in ("gamma", "lgamma"):
        assert OPERATORS[name].ulps[0] <= 20.0
    else:
        assert OPERATORS[name].ulps == (4.0, 8.0)


@pytest.mark.parametrize("name", [n for n in NAMES if len(OPERATORS[n].probe) == 1])
def test_slopes_hold_at_the_ends_of_the_range(name: str) -> None:
    row, reference = OPERATORS[name], REFERENCES[name]
    tape = Tape(one_operator(row, 1))
    for size in (1.7976931348623157e308, 1e308, 7e307, 3e-308, 2.3e-308):
        for x in (size, -size):
            if name in HARD_FAR_OUT or not reference.domain(x):
                continue
            (truth,) = reference.slopes(exact(x))
            value, (slope,) = gradient(tape, at(x))
            normal = SMALLEST_NORMAL < abs(truth) < LARGEST
            if normal and abs(value) < inf and (value or truth == 1):
                assert distance(slope or 0.0, truth) <= row.ulps[1], x


# -- formulas over another kind of number ------------------------------------------------------


def number(slope: Any) -> Any:
    if isinstance(slope, Fraction):
        return mp.mpf(slope.numerator) / slope.denominator
    return mp.mpf(slope)


FORMS = [
    (name, form)
    for name, row in OPERATORS.items()
    for form in ("partials", "textbook", "constant_last")
    if getattr(row, form) is not None
]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_each_form_of_the_derivative_is_the_derivative_in_exact_arithmetic(
    name: str, form: str
) -> None:
    row, reference = OPERATORS[name], REFERENCES[name]
    formula = getattr(row, form)
    closeness = mp.mpf(10) ** (
        -15 if (name, form) == ("mean", "partials") else -40
    )  # 1/n is a double there
    floor = mp.mpf(1 if form == "textbook" else 0)  # 1 - tanh(x)^2 loses digits far out: it may
    checked = 0
    for point in list(points(row, name))[:40]:
        if not reference.domain(*point):
            continue
        digits = tuple(map(exact, point))
        found = formula(SeventyDigits(), reference.value(*digits), *digits)
        for slope, truth in zip(found, reference.slopes(*digits), strict=True):
            if slope is not None and truth is not None:
                checked += abs(truth) > closeness
                assert abs(number(slope) - truth) <= closeness * max(abs(truth), floor), point
    assert checked >= 3


@pytest.mark.parametrize("name", [n for n in NAMES if OPERATORS[n].fast is not None])
def test_value_formula_and_fast_function_agree(name: str) -> None:
    row = OPERATORS[name]
    assert row.fast is not None
    for point in list(points(row, name))[:120]:
        try:
            fast = row.fast(*point)
        except (ValueError, OverflowError, ZeroDivisionError):
            continue
        assert fast == apply(row, point) or isnan(fast), point


@pytest.mark.parametrize("name", [n for n in NAMES if not OPERATORS[n].flat])
def test_row_has_exactly_one_way_back(name: str) -> None:
    row = OPERATORS[name]
    assert (row.partials is None) != (row.shares is None)


# -- the table itself --------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_probe_and_edges_fit_the_arity(name: str) -> None:
    row = OPERATORS[name]
    assert row.takes(len(row.probe))
    assert all(low <= high for low, high in row.probe)
    for edge in row.edges:
        assert row.takes(len(edge.at)) or (name == "log_base" and len(edge.at) == 2)
        assert len(edge.partials) == len(edge.at)
        assert all(0 <= n < len(edge.at) for n in (*edge.constant, *row.fixed))


def test_spellings_are_unique_names() -> None:
    spellings = [s for row in OPERATORS.values() for s in (row.name, *row.aliases)]
    assert len(spellings) == len(set(spellings)) == len(ROWS)
    assert all(re.fullmatch(r"[a-z][a-z_0-9]*|σ", s) for s in spellings)


@pytest.mark.parametrize(
    ("spelling", "count", "name"),
    [
        ("ln", 1, "log"),
        ("log", 1, "log"),
        ("log", 2, "log_base"),
        ("arcsin", 1, "asin"),
        ("arctan2", 2, "atan2"),
        ("norm", 3, "hypot"),
        ("σ", 1, "sigmoid"),
        ("max", 5, "max"),
        ("sin", 2, "sin"),
    ],
)
def test_find_looks_a_call_up_by_spelling_and_number_of_arguments(
    spelling: str, count: int, name: str
) -> None:
    assert find(spelling, count) is OPERATORS[name]


@pytest.mark.parametrize("spelling", ["add", "neg", "lt", "identity", "sni", "input", "literal"])
def test_what_is_not_a_function_is_not_found(spelling: str) -> None:
    assert find(spelling, 1) is None


@pytest.mark.parametrize(
    ("name", "takes", "refuses"),
    [
        ("sin", [1], [0, 2]),
        ("leaky_relu", [1, 2], [0, 3]),
        ("clip", [3], [2, 4]),
        ("max", [2, 3, 100], [0, 1]),
        ("sum", [1, 2, 100], [0]),
        ("dot", [2, 4, 100], [0, 1, 3]),
    ],
)
def test_row_takes_as_many_arguments_as_its_signature_shows(
    name: str, takes: list[int], refuses: list[int]
) -> None:
    assert [n for n in takes + refuses if OPERATORS[name].takes(n)] == takes


@pytest.mark.parametrize("name", ["prod", "hypot", "sum", "mean", "logsumexp", "max"])
def test_reduction_of_forty_arguments_is_as_accurate_as_one_of_three(name: str) -> None:
    row, reference = OPERATORS[name], REFERENCES[name]
    some = [point for point in points(row, "forty") if len(point) == 3][:14]
    many = reduce(tuple.__add__, some)[:40]
    many = tuple(nextafter(x, inf) for x in many)
    digits = tuple(map(exact, many))
    value, slopes = gradient(Tape(one_operator(row, len(many))), at(*many))
    assert distance(value, reference.value(*digits)) <= row.ulps[0]
    for slope, truth in zip(slopes, reference.slopes(*digits), strict=True):
        assert distance(slope or 0.0, truth) <= row.ulps[1]
