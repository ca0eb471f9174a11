"""Sums over rows are exact: those of rational arithmetic, whatever the order and the parts."""

from __future__ import annotations

import json
from fractions import Fraction
from math import copysign, fsum, inf, isnan, nan
from random import Random
from typing import Any

import numpy as np
import pytest

from autograd_grammar import parse
from autograd_graph.rows.kernel import Kernel
from autograd_graph.rows.totals import ExactSum

LARGEST = 1.7976931348623157e308


def total(*arrays: object) -> ExactSum:
    found = ExactSum()
    for array in arrays:
        found.add(array)
    return found


def rational(numbers: np.ndarray) -> float:
    exact = sum(map(Fraction, numbers.tolist()), Fraction(0))
    try:
        return float(exact)
    except OverflowError:
        return inf if exact > 0 else -inf


def spread(seed: int, count: int, span: float) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return draw.normal(size=count) * 10.0 ** draw.uniform(-span, span, count)


@pytest.mark.parametrize("span", [0.0, 5.0, 20.0, 150.0, 300.0])
@pytest.mark.parametrize("count", [1, 2, 7, 1_000, 20_011])
def test_a_sum_is_that_of_rational_arithmetic(span: float, count: int) -> None:
    numbers = spread(count, count, span)
    assert total(numbers).value() == rational(numbers) == fsum(numbers)
    cancelling = np.concatenate([numbers, -numbers[::-1], [1e-300]])
    assert total(cancelling).value() == 1e-300


def test_numbers_of_every_size_in_one_block() -> None:
    sizes = [2.0**n for n in range(-1074, 1024)]
    numbers = np.array(sizes + [-x / 3 for x in sizes])
    assert total(numbers).value() == rational(numbers)


def test_subnormal_numbers_are_added_exactly() -> None:
    numbers = np.array([5e-324] * 9 + [-2.2250738585072014e-308, 1e-310])
    assert total(numbers).value() == rational(numbers)


@pytest.mark.parametrize("numbers", [
    [1e308, 1e308, -1e308], [LARGEST, LARGEST, -LARGEST, -LARGEST, 5e-324], [LARGEST, 2.0**969],
    [LARGEST, 2.0**970], [LARGEST, 1e291, -1e300], [-LARGEST] * 1000 + [LARGEST] * 999,
])  # fmt: skip
def test_what_overflows_on_the_way_does_not_count(numbers: list[float]) -> None:
    array = np.array(numbers)
    assert total(array).value() == rational(array)
    one_by_one = total(*(np.array([x]) for x in numbers))
    assert one_by_one.as_object() == total(array).as_object()


def test_a_sum_is_rounded_once_ties_to_even() -> None:
    assert total(np.array([1.0, 2.0**-53])).value() == 1.0
    assert total(np.array([1.0 + 2.0**-52, 2.0**-53])).value() == 1.0 + 2.0**-51
    assert total(np.array([1.0, 2.0**-53, 2.0**-1074])).value() == 1.0 + 2.0**-52


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ([inf, 1.0], inf),
        ([-inf, LARGEST, LARGEST], -inf),
        ([inf, -inf], nan),
        ([nan, 1.0], nan),
        ([nan, inf], nan),
    ],
)
def test_what_is_not_finite_is_as_in_a_sum_of_floats(numbers: list[float], wanted: float) -> None:
    for parts in ([np.array(numbers)], [np.array([x]) for x in numbers]):
        got = total(*parts).value()
        assert got == wanted or (isnan(got) and isnan(wanted))


def test_the_sum_of_nothing_and_of_zeros_is_0() -> None:
    for array in ([], [0.0], [-0.0, -0.0]):
        got = total(np.array(array)).value()
        assert (got, copysign(1.0, got)) == (0.0, 1.0)
    assert isnan(ExactSum().mean())


def test_a_mean_is_rounded_once() -> None:
    numbers = spread(3, 999, 3.0)
    exact = sum(map(Fraction, numbers.tolist()), Fraction(0)) / 999
    assert total(numbers).mean() == float(exact)
    assert total(np.array([LARGEST, LARGEST])).mean() == LARGEST


def test_parts_merge_to_the_same_state_in_any_order() -> None:
    random = Random(5)
    numbers = spread(5, 30_000, 40.0)
    wanted = total(numbers).as_object()
    for _ in range(5):
        mixed = np.random.default_rng(random.randrange(99)).permutation(numbers)
        cuts = sorted(random.sample(range(30_000), 6))
        parts = [total(part) for part in np.split(mixed, cuts)]
        random.shuffle(parts)
        whole = ExactSum()
        for part in parts:
            sent = json.loads(json.dumps(part.as_object()))
            whole.merge(ExactSum.from_object(sent))
        assert whole.as_object() == wanted
        assert whole.value() == rational(numbers)


def test_a_state_keeps_what_is_not_finite_and_the_count() -> None:
    for numbers in ([nan], [inf, 2.0], [-inf], [inf, -inf], [-1.5, 0.25], [5e-324], [LARGEST] * 3):
        one = total(np.array(numbers))
        again = ExactSum.from_object(json.loads(json.dumps(one.as_object())))
        assert again.count == len(numbers)
        assert again.as_object() == one.as_object()
        assert again.value() == one.value() or isnan(one.value())


@pytest.mark.parametrize("state", [
    {}, {"count": 1, "sum": "x", "special": []}, {"count": 1, "sum": "0x1p99999", "special": []},
    {"count": 1, "sum": "0x1p0", "special": ["none"]}, {"count": 1, "sum": 3, "special": []}, [],
    {"count": "a", "sum": "0x1p0", "special": []}, {"count": -1, "sum": "0x1p0", "special": []},
])  # fmt: skip
def test_what_is_no_state_is_refused(state: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not the state of a sum"):
        ExactSum.from_object(state)


def test_the_numbers_are_left_as_they_are() -> None:
    for numbers in (spread(1, 100, 10.0), np.array([1e308, inf, nan, 1.0])):
        before = numbers.copy()
        total(numbers, numbers[::2])
        assert np.array_equal(numbers, before, equal_nan=True)


def test_the_largest_number_is_known_and_merges() -> None:
    for numbers in ([], [0.0, -0.0], [1.0, -3.0], [5e-324], [LARGEST, -inf], [2.0, nan, -inf]):
        wanted = float(np.max(np.abs(numbers), initial=0.0))
        one_by_one = ExactSum()
        for number in numbers:
            one_by_one.merge(total(np.array([number])))
        for got in (total(np.array(numbers)).largest, one_by_one.largest):
            assert got == wanted or (isnan(got) and isnan(wanted))


def test_totals_of_a_program_do_not_depend_on_blocks_and_order() -> None:
    graph = parse("0.5*(sigmoid(w*x + b) - y)^2")
    draw = np.random.default_rng(1)
    columns = {name: draw.normal(size=5_000) * 3 for name in "xy"}
    point = {"w": 0.7, "b": -0.2}
    given: dict[str, Any] = {"columns": "xy", "parameters": ["w", "b"], "wrt": ["w", "b"]}
    rows = Kernel(graph, **given).run(columns, point)
    wanted = [fsum(rows.value), fsum(rows.gradients["w"]), fsum(rows.gradients["b"])]
    order = draw.permutation(5_000)
    shuffled = {name: column[order] for name, column in columns.items()}
    for table in (columns, shuffled):
        for size in (64, 1_000, 5_000):
            for statuses in (False, True):
                kernel = Kernel(graph, **given, statuses=statuses)
                kernel._kernel.plan.rows = size
                totals = kernel.totals(table, point)
                got = [totals.value, *totals.gradients.values()]
                assert [one.value() for one in got] == wanted
                assert totals.value.count == 5_000
