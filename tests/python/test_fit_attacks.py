"""Fits that were wrong once: what was found by trying many shapes of sums."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_cli as ag

X = np.linspace(0.1, 4.0, 15)
NOISE = 0.01 * np.random.default_rng(3).normal(size=X.size)

EXCHANGEABLE = [
    ("exp(-a*x) + exp(-b*x)", np.exp(-0.2 * X) + np.exp(-2.0 * X), (0.2, 1.97)),
    ("1 - (x - a)*(x - b)", 1.0 - (X - 1.0) * (X - 3.0), (1.0, 3.0)),
    ("atan(x - a) + atan(x - b)", np.arctan(X - 1.0) + np.arctan(X - 3.0), (1.0, 3.0)),
]


@pytest.mark.parametrize(("text", "y", "least"), EXCHANGEABLE)
def test_parameters_that_may_change_places_part_where_bounds_have_them_begin_together(
    text: str, y: np.ndarray, least: tuple[float, float]
) -> None:
    """Equal parameters have equal columns: a linear model does not see that this is a saddle."""
    bounds = {"a": (0.0, None), "b": (0.0, None)}
    found = ag.compile(text).fit({"x": X, "y": y + NOISE}, target="y", bounds=bounds)
    assert found.converged
    assert sorted(found.final.values()) == pytest.approx(least, rel=0.1)
    assert found.total < 1e-2
    assert all(np.isfinite(error) for error in found.errors.values())


def test_a_huge_sum_at_the_start_hides_no_valley_at_the_end() -> None:
    """At first all rows but one are level: the last is fitted, whatever the rate is."""
    y = 3.0 * np.exp(-0.7 * X) + NOISE
    found = ag.compile("a*exp(b*x)").fit({"x": X, "y": y}, target="y", start={"b": 50})
    near = ag.compile("a*exp(b*x)").fit({"x": X, "y": y}, target="y", start={"b": -1})
    assert found.converged
    assert found.total == pytest.approx(near.total, rel=1e-12)


@pytest.mark.parametrize("far", [1e4, 1e5, 1e7])
def test_a_parabola_through_every_row_has_converged_though_its_terms_cancel(far: float) -> None:
    data = {"x": far + np.array([0.0, 1.0, 2.0]), "y": [0.3, 0.7, -0.2]}
    found = ag.compile("a + b*x + c*x^2").fit(data, target="y")
    assert found.converged


def test_a_circle_through_three_points_has_converged() -> None:
    """The target is 0, so that no size of it tells what is rounding."""
    x, y = 2.0 + 3.0 * np.cos(X[::5]), 1.0 + 3.0 * np.sin(X[::5])
    for shift in np.linspace(0.0, 0.3, 10):
        data = {"x": x + shift, "v": y - shift / 3.0, "z": [0.0, 0.0, 0.0]}
        found = ag.compile("hypot(x - a, v - b) - r").fit(data, target="z")
        assert found.converged


WEIGHTED = [
    "w*(a*x + b - y)^2",
    "w*(softplus(a*x + b) - where(y > 5, 1, 0.2)*(a*x + b))",
    "w*(log(s) + (y - a*x - b)^2/(2*s^2))",
]


@pytest.mark.parametrize("text", WEIGHTED)
@pytest.mark.parametrize("weight", [1e-305, 1e-200, 1e-30, 1e-8, 1e-4, 1e8, 1e200])
def test_the_unit_of_a_loss_changes_neither_parameters_nor_errors(text: str, weight: float) -> None:
    data = {"x": X, "y": 2.0 * X + 1.0 + 10.0 * NOISE}
    plain = ag.compile(text).fit(data | {"w": np.ones(X.size)})
    found = ag.compile(text).fit(data | {"w": np.full(X.size, weight)})
    assert (plain.kind, found.kind) == ("converged", "converged")
    assert list(found.final.values()) == pytest.approx(list(plain.final.values()), rel=1e-6)
    assert list(found.errors.values()) == pytest.approx(list(plain.errors.values()), rel=1e-3)
    assert found.total == pytest.approx(weight * plain.total, rel=1e-9)
    assert min(found.trace.losses().values()) == pytest.approx(found.total, rel=1e-9)


@pytest.mark.parametrize("far", [1e6, 1e7, 1e8, 3e8, 1e9])
def test_a_place_far_from_0_is_no_saddle(far: float) -> None:
    x = far + 3.0 + 2.0 * np.random.default_rng(2).normal(size=20)
    found = ag.compile("log(s) + (x - m)^2/(2*s^2)").fit({"x": x})
    assert found.converged
    assert found.final["m"] == pytest.approx(x.mean(), rel=1e-15, abs=1e-6)
    assert found.final["s"] == pytest.approx(x.std(), rel=1e-6)
    assert found.errors["m"] == pytest.approx(x.std() / np.sqrt(20), rel=1e-3)


NEVER: list[tuple[str, dict[str, list[float]], str | None]] = [
    ("z = a*x + b; softplus(z) - y*z", {"x": [0, 0, 1, 1, 2], "y": [0, 1, 1, 1, 1]}, None),
    ("z = a*x + b; softplus(z) - y*z", {"x": [0, 1, 1, 2], "y": [0, 0, 1, 1]}, None),
    (
        "z = a*x + b*v + c; softplus(z) - y*z",
        {"x": [0, 0, 1, 1, 2, 0], "v": [0, 0, 0, 0, 0, 1], "y": [0, 1, 0, 1, 1, 1]},
        None,
    ),
    ("a + b*exp(-k*x)", {"x": [0, 1, 2, 3, 4, 5], "y": [3, 0.9, 1.1, 1, 1.02, 0.98]}, "y"),
]


@pytest.mark.parametrize(("text", "data", "target"), NEVER)
def test_what_some_rows_drive_on_for_ever_while_others_hold_is_unbounded(
    text: str, data: dict[str, list[float]], target: str | None
) -> None:
    """The sum falls towards what the other rows leave, and is never there."""
    found = ag.compile(text).fit(data, target=target)
    assert (found.kind, found.converged) == ("unbounded", False)
    assert all(np.isnan(error) for error in found.errors.values())


@pytest.mark.parametrize("text", ["a*b*x", "(a + b)*x", "a*exp(b + c*x)", "a/b*x", "(a*b)^2*x"])
@pytest.mark.parametrize("loss", [False, True])
def test_parameters_that_go_together_have_converged(text: str, loss: bool) -> None:
    data = {"x": X, "y": 2.0 * X + NOISE}
    wanted = f"({text} - y)^2" if loss else text
    assert ag.compile(wanted).fit(data, target=None if loss else "y").converged
