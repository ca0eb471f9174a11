"""Fits: held to certified values, to SciPy, to closed forms, and to themselves in another order."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy.optimize import curve_fit, minimize

import autograd_cli as ag
from autograd_cli.reports.fit import FitReport
from autograd_graph import ProgramError

RANDOM = np.random.default_rng(1402)
CORPORA = Path(os.environ.get("AUTOGRAD_CORPORA", "../shared/corpora"))

# certified values --------------------------------------------------------------------------------


def nist() -> list[Any]:
    """NIST's problems, each from both of its starts."""
    path = CORPORA / "nist_strd.jsonl"
    if not path.exists():
        mark = pytest.mark.skip(reason=f"there is no {path}; AUTOGRAD_CORPORA says where it is")
        return [pytest.param({}, 0, marks=mark)]
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        pytest.param(case, number, id=f"{case['id']} from start {number + 1}")
        for case in cases
        for number in range(2)
    ]


def digits(found: float, certified: float) -> float:
    """How many digits agree."""
    return -float(np.log10(max(abs(found / certified - 1.0), 1e-16)))


@pytest.mark.parametrize(("case", "start"), nist())
def test_parameters_and_errors_are_those_that_nist_certifies(
    case: dict[str, Any], start: int
) -> None:
    function = ag.compile(case["program"])
    found = function.fit(case["columns"], target=case["target"], start=case["start"][start])
    assert found.converged, found.message
    for name, certified in case["certified"].items():
        assert digits(found.final[name], certified) >= 9, name
    for name, certified in case["standard_error"].items():
        assert digits(found.errors[name], certified) >= 9, name
    assert digits(found.total, case["residual_sum_of_squares"]) >= 9


# another implementation --------------------------------------------------------------------------

X = np.linspace(0.1, 8.0, 60)
MODELS: dict[str, tuple[str, Callable[..., Any], dict[str, float]]] = {
    "decay": ("a*exp(-k*x) + c", lambda x, a, k, c: a * np.exp(-k * x) + c,
              {"a": 3.0, "k": 0.7, "c": 0.5}),
    "oscillation": ("a*sin(w*x + p)", lambda x, a, w, p: a * np.sin(w * x + p),
                    {"a": 2.0, "w": 1.1, "p": 0.3}),
    "hill": ("v*x^n/(k^n + x^n)", lambda x, v, n, k: v * x**n / (k**n + x**n),
             {"v": 9.0, "n": 2.0, "k": 3.0}),
    "peak": ("h*exp(-((x - m)/s)^2)", lambda x, h, m, s: h * np.exp(-(((x - m) / s) ** 2)),
             {"h": 5.0, "m": 4.0, "s": 1.5}),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_parameters_and_their_covariance_are_those_of_scipy(name: str) -> None:
    text, function, true = MODELS[name]
    y = function(X, *true.values()) + 0.05 * RANDOM.normal(size=X.size)
    start = {each: value * 1.2 for each, value in true.items()}
    found = ag.compile(text).fit({"x": X, "y": y}, target="y", start=start)
    point, covariance = curve_fit(function, X, y, list(start.values()), xtol=1e-12, ftol=1e-12)
    assert found.converged
    order = [[*true].index(each.name) for each in found.estimates]
    assert [*found.final.values()] == pytest.approx(point[order].tolist(), rel=1e-6)
    errors = np.sqrt(np.diag(covariance))[order]
    assert [*found.errors.values()] == pytest.approx(errors.tolist(), rel=1e-4)
    scaled = covariance[np.ix_(order, order)] / np.outer(errors, errors)
    assert np.array(found.correlations) == pytest.approx(scaled, abs=1e-4)


def test_a_line_is_that_of_the_closed_form() -> None:
    x, y = [1.0, 2.0, 3.0, 4.0, 5.0], [1.1, 1.9, 3.2, 3.8, 5.3]
    found = ag.compile("a*x + b").fit({"x": x, "y": y}, target="y")
    matrix = np.column_stack([x, np.ones(5)])
    (a, b), (rss,), *_ = np.linalg.lstsq(matrix, y, rcond=None)
    assert found.final == pytest.approx({"a": a, "b": b}, rel=1e-12)
    assert found.residuals is not None
    assert found.residuals.deviation == pytest.approx(np.sqrt(rss / 3), rel=1e-12)
    assert found.residuals.r_squared == pytest.approx(1.0 - rss / (5 * np.var(y)), rel=1e-12)
    errors = np.sqrt(np.diag(np.linalg.inv(matrix.T @ matrix)) * rss / 3)
    assert [*found.errors.values()] == pytest.approx(errors.tolist(), rel=1e-12)


def logistic(rows: int) -> tuple[dict[str, Any], str]:
    x = RANDOM.normal(size=(2, rows))
    y = (RANDOM.random(rows) < 1 / (1 + np.exp(-(0.5 + x[0] - 2 * x[1])))).astype(float)
    return {"u": x[0], "v": x[1], "y": y}, "z = b + c*u + d*v; softplus(z) - y*z"


def test_a_loss_has_the_least_sum_that_scipy_finds_and_errors_of_the_sandwich() -> None:
    data, text = logistic(2000)
    found = ag.compile(text).fit(data, start={"b": 0, "c": 0, "d": 0})
    matrix = np.column_stack([np.ones(2000), data["u"], data["v"]])

    def loss(point: Any) -> Any:
        z = matrix @ point
        slope = matrix * (1 / (1 + np.exp(-z)) - data["y"])[:, None]
        return np.sum(np.logaddexp(0, z) - data["y"] * z), slope.sum(axis=0)

    best = minimize(loss, np.zeros(3), jac=True, method="BFGS", options={"gtol": 1e-9})
    assert found.converged
    assert [*found.final.values()] == pytest.approx(best.x.tolist(), rel=1e-6)
    assert found.total == pytest.approx(float(best.fun), rel=1e-12)
    p = 1 / (1 + np.exp(-(matrix @ best.x)))
    curvature = matrix.T @ (matrix * (p * (1 - p))[:, None])
    slopes = matrix * (p - data["y"])[:, None]
    inverse = np.linalg.inv(curvature)
    sandwich = np.sqrt(np.diag(inverse @ (slopes.T @ slopes) @ inverse))
    assert [*found.errors.values()] == pytest.approx(sandwich.tolist(), rel=1e-5)


def test_errors_of_a_loss_do_not_depend_on_what_it_is_multiplied_by() -> None:
    data, text = logistic(500)
    one, many = (ag.compile(f"f = ({text.partition('; ')[2]})*{k}; f") for k in (1, 1000))
    texts = [f"z = b + c*u + d*v; {each.text.replace('; f', '')}" for each in (one, many)]
    found = [ag.compile(each).fit(data) for each in texts]
    assert found[0].errors == pytest.approx(found[1].errors, rel=1e-5)


# the rows ----------------------------------------------------------------------------------------


def same(one: FitReport, other: FitReport) -> bool:
    return (one.final, one.errors, one.total) == (other.final, other.errors, other.total)


@pytest.mark.parametrize("target", ["y", None])
def test_the_order_of_the_rows_changes_no_bit(target: str | None) -> None:
    rows = 20_000
    x = RANDOM.uniform(0, 5, rows)
    y = 2.0 * np.exp(-0.7 * x) + 0.1 * RANDOM.normal(size=rows)
    text = "a*exp(-k*x)" if target else "log(cosh(a*exp(-k*x) - y))"
    order = RANDOM.permutation(rows)
    fit = ag.compile(text).fit
    first = fit({"x": x, "y": y}, target=target)
    again = fit({"x": x[order], "y": y[order]}, target=target)
    assert first.converged
    assert same(first, again)


def test_rows_that_miss_a_value_are_left_out_and_counted() -> None:
    nan = float("nan")
    x, y = [1.0, 2.0, nan, 4.0, 5.0], [1.0, 2.1, 3.0, nan, 5.2]
    found = ag.compile("a*x").fit({"x": x, "y": y}, target="y")
    whole = ag.compile("a*x").fit({"x": [1, 2, 5], "y": [1.0, 2.1, 5.2]}, target="y")
    assert same(found, whole)
    assert (found.used, found.missing) == (3, 2)
    assert "2 of 5 rows lack a value: left out" in found.warnings


def test_a_mean_needs_no_column_but_the_target() -> None:
    found = ag.compile("m").fit({"y": [1, 2, 6]}, target="y")
    assert found.final == {"m": 3.0}
    assert found.errors["m"] == pytest.approx(np.std([1, 2, 6], ddof=1) / np.sqrt(3))


def test_statuses_of_the_rows_are_told() -> None:
    found = ag.compile("a*relu(x)").fit({"x": [-1, 0, 1, 2], "y": [0, 0, 2, 4.1]}, target="y")
    assert found.statuses == {"ok": 3, "kink": 1}
    assert "1 of 4 rows are not ok at the end: 1 kink" in found.warnings


# parameters --------------------------------------------------------------------------------------

LINE = {"x": [0.0, 1.0, 2.0, 3.0], "y": [1.0, 3.1, 4.9, 7.2]}


def test_held_parameters_stay_where_they_are() -> None:
    found = ag.compile("a*x + b").fit(LINE, target="y", start={"b": 1}, hold=["b"])
    assert found.final["b"] == 1.0
    assert found.held == {"b": 1.0}
    free = ag.compile("a*x + 1").fit(LINE, target="y")
    assert found.final["a"] == free.final["a"]


def test_bounds_are_kept_and_reached() -> None:
    found = ag.compile("a*x + b").fit(LINE, target="y", bounds={"a": (None, 2.0), "b": (0, None)})
    assert found.converged
    assert found.final["a"] == 2.0
    assert found.final["b"] == pytest.approx(np.mean(LINE["y"]) - 2.0 * 1.5)
    assert found.estimates[0].at_bound
    assert np.isnan(found.errors["a"])
    assert "at a bound, and so without an error: a" in found.warnings


def test_bounds_of_a_loss_are_kept_and_reached() -> None:
    found = ag.compile("(a*x + b - y)^2").fit(LINE, bounds={"a": (None, 2.0)}, start={"a": 0})
    assert found.converged
    assert found.final["a"] == 2.0
    assert found.final["b"] == pytest.approx(np.mean(LINE["y"]) - 2.0 * 1.5, rel=1e-6)


def test_values_of_the_function_are_where_the_fit_begins() -> None:
    function = ag.compile("a = 5; a*x + b").at(b=7)
    starts = {each.name: each.start for each in function.fit(LINE, target="y").estimates}
    assert starts == {"a": 5.0, "b": 7.0}
    warned = ag.compile("a*x^k").fit(LINE, target="y").warnings
    assert any(warning.startswith("k begins at 1") for warning in warned)


def test_parameters_that_the_rows_do_not_tell_apart_are_named() -> None:
    found = ag.compile("a*b*x + c").fit(LINE, target="y")
    assert [each.determined for each in found.estimates] == [False, False, True]
    assert np.isnan(found.errors["a"])
    assert found.errors["c"] > 0.0
    assert "the rows do not determine a, b" in found.warnings[0]
    loss = ag.compile("(a*b*x + c - y)^2").fit(LINE, start={"a": 2})
    assert [each.determined for each in loss.estimates] == [False, False, True]


def test_fewer_rows_than_parameters_have_no_errors() -> None:
    found = ag.compile("a*x + b*x^2 + c").fit({"x": [1, 2], "y": [1, 2]}, target="y")
    assert found.total == pytest.approx(0.0, abs=1e-20)
    assert all(np.isnan(error) for error in found.errors.values())
    assert any("3 parameters from 2 rows" in warning for warning in found.warnings)
    even = ag.compile("a*x + b").fit({"x": [1, 2], "y": [1, 3]}, target="y")
    assert even.final == pytest.approx({"a": 2.0, "b": -1.0})
    assert any("nothing is left to judge errors by" in warning for warning in even.warnings)


def test_parameters_that_are_hard_to_tell_apart_are_told() -> None:
    x = np.linspace(1.0, 1.0 + 1e-8, 20)
    found = ag.compile("a*x + b*x^2").fit({"x": x, "y": 1 + RANDOM.normal(size=20)}, target="y")
    assert any("hard to tell apart" in warning or "do not determine" in warning
               for warning in found.warnings)  # fmt: skip


@pytest.mark.parametrize(("degree", "digits"), [(2, 11), (3, 8), (4, 6), (5, 4)])
def test_a_polynomial_over_calendar_years_is_that_of_60_digits(degree: int, digits: int) -> None:
    """Of condition 4e13 for degree 5: its rows tell the parameters apart all the same."""
    years = np.arange(1990.0, 2021.0)
    since = (years - 2005.0) / 15.0
    y = 3.0 + since - 0.3 * since**2 + since**3 - 2.0 * since**5 + 0.1 * np.cos(37.0 * years)
    terms = [f"p{power}*x^{power}" for power in range(1, degree + 1)]
    found = ag.compile(" + ".join(["p0", *terms])).fit({"x": years, "y": y}, target="y")
    with mpmath.workdps(60):
        rows = mpmath.matrix([[mpmath.mpf(x) ** p for p in range(degree + 1)] for x in years])
        inverse = mpmath.inverse(rows.T * rows)
        right = mpmath.matrix(y.tolist())
        best = inverse * (rows.T * right)
        left = rows * best - right
        variance = (left.T * left)[0] / (len(years) - degree - 1)
        errors = [mpmath.sqrt(variance * inverse[p, p]) for p in range(degree + 1)]
    assert found.converged
    assert (found.condition > 1e7) == any("hard to tell apart" in w for w in found.warnings)
    for power, (exact, error) in enumerate(zip(best, errors, strict=True)):
        assert found.final[f"p{power}"] == pytest.approx(float(exact), rel=10.0**-digits)
        assert found.errors[f"p{power}"] == pytest.approx(float(error), rel=1e-3)


def test_a_place_where_rows_jump_is_not_said_to_be_without_effect() -> None:
    x = np.linspace(0.0, 10.0, 60)
    table = {"x": x, "y": np.where(x > 4.0, 3.0, 1.0) + 0.1 * np.sin(9.0 * x)}
    for program in ("where(x > c, a, b)", "a*floor(x/c) + b", "(where(x > c, a, b) - y)^2"):
        target = None if "y" in program else "y"
        found = ag.compile(program).fit(table, target=target, start={"c": 5.1})
        assert any(w.startswith("c decides where rows jump") for w in found.warnings), program
        assert not any("do not determine" in w for w in found.warnings)
    flat = ag.compile("a + b*max(x - c, 0)").fit(table, target="y", start={"c": 12})
    assert any("do not determine b, c" in warning for warning in flat.warnings)


@pytest.mark.parametrize("seed", range(8))
def test_least_absolute_deviations_have_no_errors(seed: int) -> None:
    """Their slope jumps at the least: differences of slopes there are no second derivatives."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=300)
    table = {"x": x, "y": 2.0 * x + 1.0 + 0.1 * draw.normal(size=300)}
    found = ag.compile("abs(a*x + b - y)").fit(table, start={"a": 1.5})
    assert found.kind == "kink"
    assert all(np.isnan(error) for error in found.errors.values())
    u = "u = a*x + b - y; "
    smooth = ag.compile(u + "where(abs(u) < 0.1, 5*u^2, abs(u) - 0.05)").fit(table)
    assert smooth.converged
    assert all(0.003 < error < 0.01 for error in smooth.errors.values())


def test_a_target_whose_unit_is_too_small_for_squares_is_told() -> None:
    found = ag.compile("a*x").fit({"x": [1, 2, 3], "y": [1e-200, 2e-200, 4e-200]}, target="y")
    assert found.kind == "not-finite"
    assert "the target is of size 4e-200" in found.message
    fine = ag.compile("a*x").fit({"x": [1, 2, 3], "y": [1e-140, 2e-140, 4e-140]}, target="y")
    assert fine.final["a"] == pytest.approx(17e-140 / 14)


# verdicts ----------------------------------------------------------------------------------------


def test_an_exact_fit_converges_though_a_parameter_is_0() -> None:
    x = np.linspace(-3, 3, 50)
    found = ag.compile("a*x + b").fit({"x": x, "y": 2 * x}, target="y")
    assert found.converged
    assert found.final == pytest.approx({"a": 2.0, "b": 0.0}, abs=1e-12)
    assert any("as small as rounding errors" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("text", "data", "options", "kind"),
    [
        ("log(a*x)", {"x": [1, 2], "y": [1, 2]}, {"start": {"a": -1}}, "not-finite"),
        ("0*a*x", {"x": [1, 2], "y": [1, 2]}, {}, "flat"),
        ("a*exp(k*x) + b*exp(m*x)", LINE, {"steps": 1, "start": {"k": -9, "m": 3}}, "falling"),
    ],
)
def test_what_has_not_converged_says_why(
    text: str, data: Any, options: dict[str, Any], kind: str
) -> None:
    found = ag.compile(text).fit(data, target="y", **options)
    assert (found.kind, found.converged) == (kind, False)
    assert found.message


def test_losses_that_do_not_arrive_say_why() -> None:
    kinks = ag.compile("abs(a*x + b - y)").fit(LINE)
    assert kinks.kind == "kink"
    assert ag.compile("a^2 - b^2 + 0*x").fit({"x": [1]}, start={"a": 0, "b": 0}).kind != "converged"
    assert ag.compile("log(a*x)").fit({"x": [1.0]}, start={"a": -1}).kind == "not-finite"


def test_the_row_and_the_step_that_are_not_finite_are_named() -> None:
    found = ag.compile("log(x - a)").fit({"x": [5, 3, 0.5], "y": [1, 1, 1]}, target="y")
    assert "row 3 is not finite at the start" in found.message
    assert found.note is not None
    assert found.note.status == "domain"


def test_the_better_of_two_minima_is_found_from_a_bad_start() -> None:
    """From (1, 1) plain steps lead to a large k, where the curve is a constant."""
    x, y = [1, 2, 3, 5, 7, 10], [109, 149, 149, 191, 213, 224]
    found = ag.compile("a*(1 - exp(-k*x))").fit({"x": x, "y": y}, target="y")
    assert found.final == pytest.approx({"a": 213.8094, "k": 0.5472375}, rel=1e-6)


# errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("x + y", {}, "missing-value"),
        ("a*x", {"target": "z"}, "unknown-name"),
        ("a*b", {}, "unknown-name"),
        ("a*x", {"target": "y", "start": {"c": 1}}, "unknown-name"),
        ("a*x", {"target": "y", "start": {"x": 1}}, "bad-value"),
        ("a*x", {"target": "y", "start": {"a": "1"}}, "bad-value"),
        ("a*x", {"target": "y", "start": {"a": float("inf")}}, "bad-value"),
        ("a*x", {"target": "y", "bounds": {"a": (2, 1)}}, "bad-value"),
        ("a*x", {"target": "y", "bounds": {"a": (2, None)}}, "bad-value"),
        ("a*x", {"target": "y", "bounds": {"a": 3}}, "bad-value"),
        ("a*x", {"target": "y", "hold": ["a"], "start": {"a": 1}}, "bad-value"),
        ("a*x + b", {"target": "y", "hold": ["b"]}, "missing-value"),
        ("a*x", {"target": "y", "rename": {"q": "x"}}, "unknown-name"),
    ],
)
def test_what_cannot_be_fitted_is_an_error(text: str, options: dict[str, Any], code: str) -> None:
    with pytest.raises(ProgramError) as caught:
        ag.compile(text).fit(LINE, **options)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("data", [{"x": [], "y": []}, {"x": [float("nan")], "y": [1.0]}])
def test_no_rows_are_an_error(data: Any) -> None:
    with pytest.raises(ProgramError) as caught:
        ag.compile("a*x").fit(data, target="y")
    assert caught.value.code == "bad-record"


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_are_fitted_to(library: str) -> None:
    frame = pytest.importorskip(library).DataFrame(LINE)
    found = ag.compile("a*x + b").fit(frame, target="y")
    assert same(found, ag.compile("a*x + b").fit(LINE, target="y"))
    renamed = ag.compile("a*t + b").fit(frame, target="y", rename={"t": "x"})
    assert renamed.final == found.final


def test_files_are_fitted_to(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("x,y\n0,1\n1,3.1\n")
    (tmp_path / "two.csv").write_text("x,y\n2,4.9\n3,7.2\n")
    found = ag.compile("a*x + b").fit([tmp_path / "one.csv", tmp_path / "two.csv"], target="y")
    assert same(found, ag.compile("a*x + b").fit(LINE, target="y"))


@pytest.mark.parametrize("scale", [1e-150, 1e150, 1e200])
def test_targets_of_any_size_are_fitted_to(scale: float) -> None:
    y = [1.0, 3.1, 4.9, 7.2]
    found = ag.compile("a*x + b").fit({"x": LINE["x"], "y": [scale * v for v in y]}, target="y")
    plain = ag.compile("a*x + b").fit(LINE, target="y")
    assert found.converged
    for name in ("a", "b"):
        assert found.final[name] == pytest.approx(scale * plain.final[name], rel=1e-12)
        assert found.errors[name] == pytest.approx(scale * plain.errors[name], rel=1e-9)


def test_a_value_takes_the_place_of_a_column() -> None:
    found = ag.compile("a*x + b").at(x=2).fit(LINE, target="y", hold=["b"], start={"b": 0})
    assert found.held == {"x": 2.0, "b": 0.0}
    assert found.final["a"] == pytest.approx(np.mean(LINE["y"]) / 2)


def test_a_program_that_computes_a_column_has_to_be_told_what_it_is() -> None:
    with pytest.raises(ProgramError) as caught:
        ag.compile("y = a*x + b").fit(LINE)
    assert "--target y" in caught.value.hint
    assert ag.compile("y = a*x + b").fit(LINE, target="y").converged


def test_a_sum_that_falls_for_ever_is_unbounded() -> None:
    assert ag.compile("a*x").fit(LINE).kind == "unbounded"


def test_a_target_that_is_not_finite_is_named() -> None:
    found = ag.compile("a*x").fit({"x": [1, 2], "y": [1, float("inf")]}, target="y")
    assert (found.kind, found.message) == ("not-finite", "in row 2 the target is inf")
