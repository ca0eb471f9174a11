"""Arrays in, arrays out: each row has what the function says of it alone."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from math import inf, nan
from random import Random

import numpy as np
import pytest

import autograd_cli as ag
from autograd_graph.rows.replay import MOST_ROWS

PROGRAM = "where(x > y, sqrt(x)*y, max(x, y)/x) + relu(x - 1)*log(y) + clip(x, -1, y)^3"


def test_each_row_is_a_point() -> None:
    f = ag.compile(PROGRAM)
    numbers = [-1.0, -0.0, 0.0, 0.25, 1.0, 4.0]
    x, y = (a.ravel() for a in np.meshgrid(numbers, numbers))
    found = f(x=x, y=y)
    for row, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        alone = f(x=a, y=b)
        assert found.value[row] == pytest.approx(alone.value, rel=1e-15, nan_ok=True)
        assert found.status[row] == alone.status
        for name, slope in alone.grad.items():
            assert found.grad[name][row] == pytest.approx(slope, rel=1e-15, nan_ok=True)


def test_more_rows_than_are_worked_on_together_come_in_order() -> None:
    count = 2 * MOST_ROWS + 5
    x = np.arange(count, dtype=float)
    found = ag.compile("k = 3; k*x^2")(x=x)
    assert np.array_equal(found.value, 3 * x * x)
    assert np.array_equal(found.grad["x"], 6 * x)
    assert np.array_equal(found.grad["k"], x * x)


def test_shapes_are_those_of_broadcasting() -> None:
    f = ag.compile("w*x + b")
    found = f(w=np.ones((3, 1)), x=np.arange(4), b=2)
    assert found.value.shape == found.grad["b"].shape == found.status.shape == (3, 4)
    assert found.value[2].tolist() == [2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize("column", [[1, 2], (1, 2), np.array([1, 2]), range(1, 3)])
def test_any_sequence_of_numbers_is_a_column(column: object) -> None:
    assert ag.compile("x^2")(x=column).value.tolist() == [1.0, 4.0]


def test_no_rows_give_no_results() -> None:
    found = ag.compile("x^2")(x=[])
    assert found.value.shape == found.grad["x"].shape == found.status.shape == (0,)


def test_a_number_with_no_axis_is_a_number() -> None:
    assert ag.compile("x^2")(x=np.array(3.0)).value == 9.0
    assert ag.compile("x^2")(x=np.float32(3)).value == 9.0


def test_constants_and_given_values_hold_for_all_rows() -> None:
    f = ag.compile("const k = 2; w = 5; k*w*x").at(w=3)
    assert f(x=[1, 2]).value.tolist() == [6.0, 12.0]
    assert f(x=[1, 2], k=[10, 100]).value.tolist() == [30.0, 600.0]
    assert f.by("w")(x=[1, 2]).grad.keys() == {"w"}


def test_an_input_that_nothing_flows_to_has_slope_0_in_its_rows() -> None:
    found = ag.compile("where(x > 0, x*y, z)")(x=[1.0, -1.0], y=2.0, z=3.0)
    assert found.grad["y"].tolist() == [1.0, 0.0]
    assert found.grad["z"].tolist() == [0.0, 1.0]


def test_random_rows_are_those_of_a_loop() -> None:
    draw = Random(7)
    f = ag.compile("a = tanh(w*x + b); p = sigmoid(v*a); bce(p, t)")
    at = {n: np.array([draw.gauss(0, 1) for _ in range(300)]) for n in ("w", "x", "b", "v")}
    at["t"] = np.array([float(draw.random() < 0.5) for _ in range(300)])
    found = f(at)
    for row in range(300):
        alone = f.gradient({name: column[row] for name, column in at.items()})
        for name, slope in alone.items():
            assert found.grad[name][row] == pytest.approx(slope, rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("program", ["x/0", "x/s", "where(s > 0, x/s, x)", "x/s + s/x", "s^-1*x"])
def test_a_number_for_all_rows_divides_as_columns_do(program: str) -> None:
    for f in (ag.compile(program.replace("s", "(0*1)")), ag.compile(f"const s = 0; {program}")):
        found = f(x=[1.0, -2.0, 0.0])
        for row, x in enumerate([1.0, -2.0, 0.0]):
            alone = f(x=x)
            assert found.value[row] == pytest.approx(alone.value, nan_ok=True)
            assert found.grad["x"][row] == pytest.approx(alone.grad["x"], nan_ok=True)
            assert found.status[row] == alone.status


def test_a_result_does_not_change_with_the_array_it_was_made_of() -> None:
    x = np.array([1.0, 4.0])
    found = ag.compile("sqrt(x)")(x=x)
    x[0] = -1.0
    assert found.status.tolist() == ["ok", "ok"]
    assert "-1" not in str(found)


def test_zero_has_no_sign_where_the_function_gives_it_none() -> None:
    assert ag.compile("1/relu(x)")(x=[-0.0, 0.0]).value.tolist() == [inf, inf]


def test_what_is_masked_or_none_is_nan() -> None:
    masked = np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0])
    assert np.isnan(ag.compile("2*x")(x=masked).value).tolist() == [False, True, False]
    assert np.isnan(ag.compile("2*x")(x=[1, None]).value).tolist() == [False, True]
    assert ag.compile("2*x")(x=[Fraction(1, 2), Decimal("1.5")]).value.tolist() == [1.0, 3.0]


@pytest.mark.parametrize("program", [
    "exp(-x)*y", "relu(x)*y", "1/x^2 + y", "x*y/1e-300", "where(x > 0, x*y, 1/y)", "abs(x)^2 + y",
    "log(x) + y", "max(x, y)", "x^y", "exp(x)/exp(y)",
])  # fmt: skip
def test_every_rows_status_is_that_of_its_point(program: str) -> None:
    numbers = [0.0, -0.0, 1.0, -1.0, 0.5, 30.0, 800.0, -800.0, 1e160, 1e-160, 1e-310, inf, nan]
    x, y = (a.ravel() for a in np.meshgrid(numbers, numbers))
    f = ag.compile(program)
    found = f(x=x, y=y)
    for row, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        assert found.status[row] == f(x=a, y=b).status, (a, b)


def test_columns_are_data_and_a_table() -> None:
    found = ag.compile("x/y")(x=[1.0, 2.0], y=[2.0, 0.0])
    assert json.loads(json.dumps(found.as_object())) == {
        "value": [0.5, "inf"],
        "gradients": {"x": [0.5, "inf"], "y": [-0.25, "-inf"]},
    }
    assert found.status.tolist() == ["ok", "singular"]
    assert "0.5" in str(found)
    assert repr(found) == "<Columns of shape (2,): value, d_x, d_y>"
    many = str(ag.compile("x")(x=range(1000)))
    assert "1,000 rows" in many
    assert len(many.splitlines()) < 30


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"x": [1, 2], "y": [1, 2, 3]}, "do not go together: x: (2,), y: (3,)"),
        ({"x": [1, 2]}, "no value for the input y"),
        ({"x": ["a", "b"], "y": 1}, "the values of x are no numbers"),
        ({"x": ["1", "2"], "y": 1}, "the values of x are no numbers"),
        ({"x": [1j], "y": 1}, "the values of x are no numbers"),
        ({"x": np.array(["NaT"], dtype="M8[ns]"), "y": 1}, "the values of x are no numbers"),
        ({"x": [10**400], "y": 1}, "the values of x are no numbers"),
        ({"x": [[1], [2, 3]], "y": 1}, "the values of x are no numbers"),
        ({"x": [1, 2], "z": 1}, "no input 'z'"),
    ],
)
def test_a_mistake_is_an_error_in_words(values: dict[str, object], words: str) -> None:
    with pytest.raises(ag.ProgramError) as caught:
        ag.compile("x*y")(values)
    assert words in str(caught.value)
