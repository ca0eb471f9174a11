"""Fits of a million rows beside SciPy and scikit-learn: processor time, side by side in one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from scipy.optimize import curve_fit

import autograd_cli as ag
from autograd_cli.fitting import smallest
from autograd_cli.fitting.kept import Kept
from autograd_cli.fitting.losses import Losses
from autograd_cli.fitting.model import Model
from autograd_cli.fitting.objective import Objective
from autograd_cli.fitting.parameters import parameters
from autograd_cli.fitting.sample import sample
from autograd_cli.fitting.source import Source

ROWS = 1_000_000
ROUNDS = 3
RANDOM = np.random.default_rng(31)


def seconds(*tasks: Callable[[], Any]) -> list[float]:
    """The least processor time of each task, of rounds in which they take turns."""
    best = [float("inf")] * len(tasks)
    for _ in range(ROUNDS):
        for number, task in enumerate(tasks):
            begun = time.process_time()
            task()
            best[number] = min(best[number], time.process_time() - begun)
    return best


def said(capsys: Any, what: str, names: Sequence[str], times: Sequence[float]) -> None:
    each = ", ".join(f"{name} {took:.2f} s" for name, took in zip(names, times, strict=True))
    with capsys.disabled():
        print(f"\n{what}: {each}; ratio {times[0] / times[1]:.2f}")


@pytest.mark.benchmark(group="fits")
def test_a_curve_of_5_parameters_beside_curve_fit(benchmark, capsys) -> None:
    t = RANDOM.uniform(0, 10, ROWS)
    y = 3 * np.exp(-0.4 * t) + 1.5 * np.sin(1.3 * t + 0.5) + 0.1 * RANDOM.normal(size=ROWS)
    start = {"a": 2.0, "k": 0.3, "c": 1.0, "w": 1.2, "p": 0.3}

    def model(t: Any, a: float, k: float, c: float, w: float, p: float) -> Any:
        return a * np.exp(-k * t) + c * np.sin(w * t + p)

    function = ag.compile("a*exp(-k*t) + c*sin(w*t + p)")
    found: dict[str, Any] = {}

    def ours() -> None:
        found["ours"] = function.fit({"t": t, "y": y}, target="y", start=start)

    def theirs() -> None:
        found["theirs"] = curve_fit(model, t, y, [*start.values()])

    times = seconds(ours, theirs)
    benchmark.pedantic(ours, rounds=1)
    said(capsys, "5 parameters, errors, statuses", ("fit", "curve_fit"), times)
    report, (point, covariance) = found["ours"], found["theirs"]
    assert [report.final[n] for n in start] == pytest.approx(point.tolist(), rel=1e-5)
    errors = np.sqrt(np.diag(covariance)).tolist()
    assert [report.errors[n] for n in start] == pytest.approx(errors, rel=1e-3)
    assert times[0] < times[1]


@pytest.mark.benchmark(group="fits")
def test_a_logistic_loss_of_6_parameters_beside_scikit_learn(benchmark, capsys) -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    x = RANDOM.normal(size=(ROWS, 5))
    chance = 1 / (1 + np.exp(-(x @ [0.5, -1.0, 0.3, 2.0, -0.7] + 0.2)))
    y = (RANDOM.random(ROWS) < chance).astype(float)
    columns = {f"x{n}": np.ascontiguousarray(x[:, n]) for n in range(5)} | {"y": y}
    terms = " + ".join(f"w{n}*x{n}" for n in range(5))
    function = ag.compile(f"z = b + {terms}; softplus(z) - y*z")
    rows = Kept()
    rows.add(sample(columns, None))
    source = Source(rows, [*columns])
    start = {"b": 0.0, **{f"w{n}": 0.0 for n in range(5)}}
    free = parameters(function._program, columns, start, {}, [])
    model = Model(function._program, free.names, source.columns)
    found: dict[str, Any] = {}

    def search() -> None:
        """The parameters alone, as precise as scikit-learn's."""
        losses = Losses(Objective(model, source))
        smallest._down(losses, free.start, free.bounds, 1000, 1e-2)
        found["search"] = losses.best

    def ours() -> None:
        """The parameters to ten digits, with their errors."""
        losses = Losses(Objective(model, source))
        found["ours"] = smallest.smallest_sum(losses, free, 1000)

    def theirs(tolerance: float) -> None:
        found["theirs"] = linear.LogisticRegression(C=np.inf, tol=tolerance).fit(x, y)

    def precise() -> None:
        theirs(1e-8)

    def default() -> None:
        theirs(1e-4)

    times = seconds(search, default, ours, precise)
    benchmark.pedantic(ours, rounds=1)
    said(capsys, "logistic, parameters alone", ("fit", "scikit-learn, default"), times[:2])
    said(capsys, "logistic, with errors", ("fit", "scikit-learn, tol=1e-8"), times[2:])
    precise()
    weights = [*found["theirs"].intercept_, *found["theirs"].coef_[0]]
    order = [free.names.index(name) for name in start]
    assert found["ours"].place.point[order].tolist() == pytest.approx(weights, rel=1e-4)
    assert found["search"].point[order].tolist() == pytest.approx(weights, rel=1e-3)
