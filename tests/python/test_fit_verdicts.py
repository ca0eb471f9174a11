"""A fit's verdict is true: of places without a slope, sums without a least, curved valleys."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.optimize import curve_fit

import autograd_cli as ag
from autograd_cli.reports.fit import FitReport

ROWS = {"x": [1.0, 2.0, 3.0]}
LINE = {"x": [0.0, 1.0, 2.0, 3.0], "y": [1.0, 3.1, 4.9, 7.2]}
SEPARABLE = {"x": [-2.0, -1.0, 1.0, 2.0], "y": [0.0, 0.0, 1.0, 1.0]}

VALLEY = {
    "x": [
        0.16, 0.425, 0.54, 0.558, 0.571, 0.752, 0.789, 0.909, 1.025, 1.063, 1.093, 1.25, 1.564,
        1.637, 1.795, 1.814, 1.867, 1.937, 2.105, 2.111, 2.134, 2.362, 2.705, 2.98, 3.308, 3.372,
        3.468, 3.495, 3.54, 3.84,
    ],
    "y": [
        0.371, 0.892, 0.919, 1.079, 1.149, 1.441, 1.59, 1.855, 2.078, 2.115, 2.026, 2.474, 2.84,
        3.016, 3.16, 3.075, 3.071, 3.426, 3.603, 3.679, 3.805, 3.918, 4.42, 5.039, 5.542, 5.575,
        5.694, 5.628, 5.845, 6.226,
    ],
}  # fmt: skip


def with_target(*values: float) -> dict[str, list[float]]:
    return ROWS | {"y": [*values]}


def fitted(text: str, data: Any, target: str | None, start: dict[str, float]) -> FitReport:
    return ag.compile(text).fit(data, target=target, start=start)


# stationary points -------------------------------------------------------------------------------

SADDLES = [
    ("a^2 - x", with_target(0, 0, 0), "y", {"a": 0}, 2.0),
    ("(a^2 - x)^2", ROWS, None, {"a": 0}, 2.0),
    ("a*b*x", LINE, "y", {"a": 0, "b": 0}, None),
    ("(a*b*x - y)^2", LINE, None, {"a": 0, "b": 0}, None),
    ("cos(a) + 0*x", ROWS, None, {"a": 0}, -3.0),
    ("a*b*c*x", with_target(2, 4, 6), "y", {"a": 0, "b": 0, "c": 0}, 0.0),
    ("(a*b*c*x - y)^2", with_target(2, 4, 7), None, {"a": 0, "b": 0, "c": 0}, 5.0 / 14.0),
]


@pytest.mark.parametrize(("text", "data", "target", "start", "least"), SADDLES)
def test_a_fit_leaves_a_place_where_the_gradient_is_0_but_the_sum_curves_down(
    text: str, data: Any, target: str | None, start: dict[str, float], least: float | None
) -> None:
    if least is None:
        x, y = np.array(LINE["x"]), np.array(LINE["y"])
        least = float(y @ y - (x @ y) ** 2 / (x @ x))
    found = fitted(text, data, target, start)
    assert found.kind == "converged"
    assert found.total == pytest.approx(least, rel=1e-9)


LEASTS: list[tuple[str, Any, str | None, dict[str, float], str, float]] = [
    ("abs(a)*x", ROWS, None, {"a": 1}, "a", 0.0),
    ("abs(a)*x", ROWS, None, {"a": 0}, "a", 0.0),
    ("abs(a*x - y)", with_target(2, 4, 6), None, {"a": 1}, "a", 2.0),
    ("abs(a*x - y)", with_target(2, 4, 6), None, {"a": 2}, "a", 2.0),
    ("abs(a)*x", with_target(-1, -2, -3), "y", {"a": 1}, "a", 0.0),
    ("a^2*x", ROWS, None, {"a": 0}, "a", 0.0),
    ("a^4*x", ROWS, None, {"a": 1}, "a", 0.0),
    ("(a + b*x)^4", ROWS, None, {"a": 1, "b": 1}, "a", 0.0),
    ("a*b", with_target(0, 0, 0), "y", {"a": 1, "b": 1}, "a", 0.0),
    ("sin(a)*x", with_target(2, 4, 6), "y", {"a": 1}, "a", float(np.pi / 2.0)),
    ("exp(a^2)*x", ROWS, None, {"a": 1}, "a", 0.0),
    ("cos(a*x)", with_target(1, 1, 1), "y", {"a": 0}, "a", 0.0),
    ("a*log(a) + a*x", {"x": [1.0]}, None, {"a": 1}, "a", float(np.exp(-2.0))),
    ("-a*exp(-a) + 0*x", ROWS, None, {"a": 3}, "a", 1.0),
    ("-exp(-(a - x)^2)", ROWS, None, {"a": 20}, "a", 2.0),
    ("100*(b - a^2)^2 + (1 - a)^2 + 0*x", {"x": [1.0]}, None, {"a": -1.2, "b": 1}, "b", 1.0),
    ("100*(b - a^2)^2 + (1 - a)^2 + 0*x", ROWS, None, {"a": -1.2, "b": 1}, "b", 1.0),
]


@pytest.mark.parametrize(("text", "data", "target", "start", "name", "least"), LEASTS)
def test_a_least_sum_has_converged_however_it_is_shaped(
    text: str, data: Any, target: str | None, start: Any, name: str, least: float
) -> None:
    found = fitted(text, data, target, start)
    assert found.kind == "converged"
    assert found.final[name] == pytest.approx(least, rel=1e-6, abs=1e-7)


ROUNDED = [
    ("exp(a) - a + 0*x", 5.0, 3.0),
    ("exp(a) - 2*exp(a/2) + 0*x", 4.0, -3.0),
    ("exp(a) - 2*exp(a/2) + 0*x", 5.0, -3.0),
    ("sqrt(1 + a^2) + 0*x", 50.0, 3.0),
]


@pytest.mark.parametrize(("text", "start", "least"), ROUNDED)
def test_a_least_sum_whose_slope_is_rounded_to_0_has_converged(
    text: str, start: float, least: float
) -> None:
    found = fitted(text, ROWS, None, {"a": start})
    assert found.kind == "converged"
    assert found.total == pytest.approx(least, rel=1e-15)
    assert found.final["a"] == pytest.approx(0.0, abs=1e-7)


def test_a_step_that_would_change_the_sum_is_not_small_beside_a_huge_parameter() -> None:
    found = fitted("sin(a)", with_target(2, 2, 2), "y", {"a": -np.pi / 2})
    assert found.converged == (found.total == pytest.approx(3.0, rel=1e-9))


def best_with(rate: float) -> float:
    """The sum of squares of the best ``a*exp(rate*x) + c``."""
    x, y = (np.array(VALLEY[name]) for name in ("x", "y"))
    columns = np.stack([np.expm1(rate * x), np.ones_like(x)], axis=1)
    line, *_ = np.linalg.lstsq(columns, y)
    return float(np.sum((y - columns @ line) ** 2))


def test_linear_parameters_follow_where_their_columns_fall_together() -> None:
    """At b = 0, where the first step leads, ``exp(b*x)`` and 1 are the same."""
    found = fitted("a*exp(b*x) + c", VALLEY, "y", {"b": 1})
    least = min(map(best_with, np.linspace(-0.08, -0.06, 1001)))
    assert found.converged
    assert found.total == pytest.approx(least, rel=1e-6)
    assert found.passes < 1_000


def test_a_valley_that_bends_and_falls_on_has_not_converged() -> None:
    """Along it b goes to 0 and a to infinity; the least is at the other side of b = 0."""
    found = fitted("(a*exp(b*x) + c - y)^2", VALLEY, None, {"a": 1, "b": 1, "c": 1})
    assert found.converged == (found.total == pytest.approx(best_with(-0.0694), rel=1e-3))
    assert "nan" not in found.message


def test_nor_have_squares_in_a_valley_along_which_rounding_hides_the_slope() -> None:
    """Bounds keep variable projection away, which would arrive."""
    found = ag.compile("a*exp(b*x) + c").fit(
        VALLEY, target="y", start={"a": 1, "b": 1, "c": 1}, bounds={"a": (-1e12, 1e12)}
    )
    assert found.converged == (found.total == pytest.approx(best_with(-0.0694), rel=1e-3))


def test_a_least_sum_of_0_at_the_end_of_a_steep_valley_has_converged() -> None:
    found = fitted("(1 - a)^2 + 1e6*(b - a^2)^2 + 0*x", ROWS, None, {"a": -1.2, "b": 1})
    assert found.converged
    assert found.total == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "start"),
    [("a + 1/a + 0*x", -1), ("1/a + 0*x", -1), ("tan(a) + 0*x", 1), ("1/(a - 2) + 0*x", 1)],
)
def test_a_sum_that_falls_to_a_pole_has_not_converged(text: str, start: float) -> None:
    found = fitted(text, ROWS, None, {"a": start})
    assert found.kind in ("stuck", "unbounded")
    assert np.isnan(found.errors["a"])


@pytest.mark.parametrize(
    ("text", "target", "start"),
    [("0*a*x", None, 1), ("0*a*x", "y", 1), ("relu(a*x)", "y", -1), ("min(a*x, 5)", "y", 10)],
)
def test_flat_is_said_where_a_parameter_changes_nothing(
    text: str, target: str | None, start: float
) -> None:
    found = fitted(text, with_target(7, 7, 7), target, {"a": start})
    assert (found.kind, found.converged) == ("flat", False)


# no least ----------------------------------------------------------------------------------------

ENDLESS: list[tuple[str, Any, str | None, dict[str, float]]] = [
    ("z = a*x + b; softplus(z) - y*z", SEPARABLE, None, {"a": 0, "b": 0}),
    ("softplus(a*x) - y*a*x", SEPARABLE, None, {"a": 0}),
    ("1/(1 + exp(-a*x - b))", SEPARABLE, "y", {}),
    ("exp(-a)*x", ROWS, None, {}),
    ("exp(a)*x", ROWS, None, {"a": 1}),
    ("exp(-a)*x", with_target(-1, -1, -1), "y", {}),
    ("atan(a*x)", with_target(2, 2, 2), "y", {}),
    ("(atan(a*x) - 2)^2", ROWS, None, {}),
    ("tanh(a*x)", with_target(1, 1, 1), "y", {}),
    ("1/a", with_target(-1, -1, -1), "y", {}),
    ("a^3 + 0*x", ROWS, None, {"a": 1}),
    ("a^3 + 0*x", ROWS, None, {"a": 0}),
    ("a*b*x", ROWS, None, {"a": 0, "b": 0}),
    ("a*exp(-a) + 0*x", ROWS, None, {"a": 3}),
]


@pytest.mark.parametrize(("text", "data", "target", "start"), ENDLESS)
def test_a_sum_that_falls_however_far_parameters_go_is_unbounded(
    text: str, data: Any, target: str | None, start: Any
) -> None:
    found = fitted(text, data, target, start)
    assert (found.kind, found.converged) == ("unbounded", False)
    assert all(np.isnan(error) for error in found.errors.values())


def test_bounds_keep_what_would_fall_for_ever() -> None:
    found = ag.compile("exp(-a)*x").fit(ROWS, bounds={"a": (0, 10)})
    assert (found.kind, found.final) == ("converged", {"a": 10.0})


# passes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "until"), [(0.03, 10.0), (0.05, 60.0), (0.2, 300.0)])
def test_a_way_that_follows_a_valley_does_not_hold_up_one_that_arrives(
    rate: float, until: float
) -> None:
    t = np.linspace(0.0, until, 200)
    y = 20.0 + 70.0 * np.exp(-rate * t) + 0.05 * np.random.default_rng(0).normal(size=t.size)
    found = ag.compile("Tinf + D*exp(-k*t)").fit({"t": t, "T": y}, target="T", start={"k": 0.1})
    best, _ = curve_fit(lambda t, c, d, k: c + d * np.exp(-k * t), t, y, [20.0, 70.0, rate])
    assert found.converged
    assert [found.final[n] for n in ("Tinf", "D", "k")] == pytest.approx(best.tolist(), rel=1e-5)
    assert found.passes < 400


# totals ------------------------------------------------------------------------------------------


def test_the_sum_of_squares_is_rounded_once() -> None:
    draw = np.random.default_rng(5)
    x, y = draw.normal(size=(2, 1000)) * 10.0 ** draw.integers(-9, 9, size=(2, 1000))
    found = ag.compile("m").fit({"x": x, "y": y}, target="y")
    (mean,) = found.final.values()
    exact = sum(Fraction(mean - value) ** 2 for value in y.tolist())
    assert found.total == float(exact)
    centre = sum(map(Fraction, y.tolist())) / 1000
    scattered = sum((Fraction(value) - centre) ** 2 for value in y.tolist())
    assert found.residuals is not None
    assert found.residuals.r_squared == pytest.approx(float(1 - exact / scattered), abs=1e-15)


def test_what_is_too_large_to_square_has_its_share_explained() -> None:
    y = [1.0, 2.1, 3.0]
    found = ag.compile("a*x").fit(with_target(*(1e200 * v for v in y)), target="y")
    plain = ag.compile("a*x").fit(with_target(*y), target="y")
    assert found.residuals is not None
    assert plain.residuals is not None
    assert found.residuals.r_squared == pytest.approx(plain.residuals.r_squared, rel=1e-12)
    scale = found.residuals.deviation / plain.residuals.deviation
    assert scale == pytest.approx(1e200, rel=1e-12)
    assert found.total == np.inf
    assert any("too large for a double" in warning for warning in found.warnings)


def test_errors_of_what_is_too_small_to_square_are_not_0() -> None:
    found = ag.compile("(a - x)^2").fit({"x": [1e-200, 2e-200, 4e-200]})
    plain = ag.compile("(a - x)^2").fit({"x": [1.0, 2.0, 4.0]})
    assert found.final["a"] == pytest.approx(7e-200 / 3.0, rel=1e-9, abs=0.0)
    assert found.errors["a"] == pytest.approx(1e-200 * plain.errors["a"], rel=1e-5, abs=0.0)
