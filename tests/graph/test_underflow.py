"""What is lost to the small end of doubles is said: values, adjoints, and nothing that is right."""

from __future__ import annotations

import json

import pytest
from support_cli import autograd

LOST = [
    ("1/exp(x)", {"x": 400.0}),
    ("1/(1 + exp(-x))", {"x": -400.0}),
    ("1/x^2", {"x": 1e100}),
    ("1/(x*x)", {"x": 1e100}),
    ("1/cosh(x)", {"x": 400.0}),
    ("1/exp(x)/x", {"x": 400.0}),  # a small adjoint does not make the loss smaller than it is
    ("x/exp(-x)/2", {"x": -500.0}),
    ("1/exp(5*x)^40/9", {"x": 2.0}),
    ("x/(1e6*x)^40/4", {"x": 1.0}),
    ("sigmoid(x)*1e300*1e300*1e-300", {"x": 1000.0}),
]
"""Programs with a gradient that a double could hold and the chain of products could not."""

RIGHT = [
    ("exp(-x)", {"x": 1000.0}),
    ("sigmoid(x)", {"x": 800.0}),
    ("tanh(x)", {"x": 400.0}),
    ("x^2", {"x": 0.0}),
    ("x*y", {"x": 0.0, "y": 2.0}),
    ("x*y", {"x": 2.0, "y": 1e-310}),
    ("0*x/3", {"x": 2.0}),
    ("1/x", {"x": 1e100}),
    ("cos(x)*0*sin(x)", {"x": 0.0}),
    ("relu(-x)*3/7", {"x": 5.0}),
    ("x^3*y", {"x": 0.0, "y": 0.0}),
    ("x + 1e-300*1e-300", {"x": 1.0}),
    ("x^y", {"x": 1.0, "y": 2.0}),  # log(1) is 0
    ("cos(3*x)", {"x": 0.0}),
]
"""Programs whose gradient is exact to rounding, zeros among them."""


def _run(program: str, point: dict[str, float], *words: str) -> tuple[int, dict]:  # type: ignore[type-arg]
    values = [f"--{name}={value!r}" for name, value in point.items()]
    run = autograd("eval", program, *values, "--format", "json", *words)
    return run.status, json.loads(run.out)


@pytest.mark.parametrize(("program", "point"), LOST)
def test_a_gradient_lost_on_its_way_has_a_status(program: str, point: dict[str, float]) -> None:
    status, report = _run(program, point)
    assert report["gradient_status"] == dict.fromkeys(point, "underflow")
    assert status == 0
    assert _run(program, point, "--strict")[0] == 1


@pytest.mark.parametrize(("program", "point"), RIGHT)
def test_a_gradient_that_is_right_has_none(program: str, point: dict[str, float]) -> None:
    assert _run(program, point)[1]["gradient_status"] == {}


@pytest.mark.parametrize(
    ("program", "point", "status"),
    [
        ("x*y", {"x": 1e-200, "y": 1e-200}, "underflow"),
        ("x/y", {"x": 1e-200, "y": 1e200}, "underflow"),
        ("x^2", {"x": 1e-200}, "underflow"),
        ("square(x)", {"x": 1e-200}, "underflow"),
        ("prod(x, x, x)", {"x": 1e-150}, "underflow"),
        ("x*y", {"x": 1e-160, "y": 1e-155}, "underflow"),  # subnormal: digits are missing
        ("x*y", {"x": 0.0, "y": 1e-200}, "ok"),
        ("x/y", {"x": 0.0, "y": 2.0}, "ok"),
        ("0.5^x", {"x": 2000.0}, "underflow"),
        ("exp(x)", {"x": -800.0}, "ok"),
        ("where(x > 0, x, x*x)", {"x": 1e-200}, "ok"),  # in a branch not taken
    ],
)
def test_a_product_that_underflows_has_a_status(
    program: str, point: dict[str, float], status: str
) -> None:
    assert _run(program, point)[1]["output"]["status"] == status


def test_the_note_points_at_the_product() -> None:
    run = autograd("eval", "a = exp(x); 1/a", "--x=400", "--format", "table")
    text = run.out + run.err
    assert "too small a product for a double" in text
    assert "underflow" in text
