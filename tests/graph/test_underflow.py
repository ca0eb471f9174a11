"""What is lost to the small end of doubles is said: values, adjoints, and nothing that is right."""

from __future__ import annotations

import json
from collections.abc import Callable

import mpmath
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
    ("1/((3 - x)/4e-308)", {"x": 1.0}),
    ("xlogy(1e-187, x*x)", {"x": 2.4e100}),
    ("xlog1py(1e-187, x*x)", {"x": 2.4e100}),
    ("elu(x)*1e300", {"x": -800.0}),
    ("elu(x, 1e-200)*1e300", {"x": -400.0}),
    ("sigmoid(x)*-2e149", {"x": 735.0}),  # a subnormal slope, and no small adjoint anywhere
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
    ("xlogy(x, y)", {"x": 2.0, "y": 1.0}),
    ("xlog1py(x, y)", {"x": 2.0, "y": 0.0}),
    ("cos(3*x)", {"x": 0.0}),
    ("sigmoid(x)*1e149", {"x": 30.0}),
    ("dot(x, 1e-310)", {"x": 1.0}),  # a subnormal number that is handed on
    ("dot(x, y, y, -x)", {"x": 1e-200, "y": 1e-200}),
    ("leaky_relu(x, s)", {"x": 2.0, "s": 0.1}),  # s has no part in it
    ("leaky_relu(x, s)", {"x": -1.0, "s": 1e-310}),
    ("leaky_relu(x, s)", {"x": -1.0, "s": 0.0}),
    ("elu(x)", {"x": -800.0}),  # 0 to rounding, as that of exp
    ("elu(x, 1e-200)", {"x": -400.0}),
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
        ("sqrt(x*y)", {"x": 0.998, "y": 5e-324}, "underflow"),  # the product rounds to y
        ("dot(x, y)", {"x": 1e-200, "y": 1e-200}, "underflow"),
        ("dot(x, y, y, x)", {"x": 1e-200, "y": 1e-200}, "underflow"),
        ("dot(x, y, y, x)", {"x": 5e-324, "y": 5e-324}, "underflow"),
        ("dot(x, x, y, -y)", {"x": 1e-200, "y": 1e-200}, "ok"),  # the terms cancel
        ("dot(x, x, y, -y)", {"x": 1e200, "y": 1e50}, "ok"),
        ("dot(x, y)", {"x": 1.0, "y": 1e-310}, "ok"),
        ("leaky_relu(x, y)", {"x": -1e-200, "y": 1e-200}, "underflow"),
        ("leaky_relu(x, y)", {"x": -1e-160, "y": 1e-155}, "underflow"),
        ("leaky_relu(x, y)", {"x": 1e-310, "y": 0.5}, "ok"),
        ("leaky_relu(x, y)", {"x": -1e-310, "y": 1.0}, "ok"),
        ("leaky_relu(x, y)", {"x": -2.0, "y": 0.0}, "ok"),
        ("elu(x, y)", {"x": -1e-200, "y": 1e-200}, "underflow"),
        ("elu(x, y)", {"x": 1e-310, "y": 0.5}, "ok"),
        ("elu(x, y)", {"x": -400.0, "y": 1e-200}, "ok"),
        ("x*y", {"x": 1.0, "y": 5e-324}, "ok"),
        ("x*y", {"x": 0.0, "y": 1e-200}, "ok"),
        ("x/y", {"x": 0.0, "y": 2.0}, "ok"),
        ("0.5^x", {"x": 2000.0}, "underflow"),
        ("exp(-x)/1e-300", {"x": 1000.0}, "underflow"),  # 0 to rounding, and then it is not
        ("exp(-1000)/1e-300 + x", {"x": 1.0}, "underflow"),
        ("sigmoid(x)*1e300", {"x": -735.0}, "underflow"),
        ("atan2(x, y)", {"x": 1e-200, "y": 1e200}, "underflow"),
        ("exp(-x)*3/7", {"x": 1000.0}, "ok"),
        ("log(x)/1e-300", {"x": 1.0}, "ok"),
        ("1 + sigmoid(x)", {"x": -1000.0}, "ok"),
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


SECOND: list[tuple[str, float, Callable[[mpmath.mpf], mpmath.mpf]]] = [
    ("1/z^4", -2e27, lambda z: 20 / z**6),
    ("1/exp(z)", 300.0, lambda z: mpmath.exp(-z)),
    ("1/exp(z)", 400.0, lambda z: mpmath.exp(-z)),
    ("1/z", 1e104, lambda z: 2 / z**3),
    ("atan2(atan(z), -5e201)", 1.0, lambda z: 1 / mpmath.mpf(-5e201) * -2 * z / (1 + z * z) ** 2),
    ("sqrt(z/(1e300*z)*exp(-z))", 0.3, lambda z: mpmath.exp(-z / 2) / 4 / mpmath.sqrt(1e300)),
    ("sigmoid(z)*1e150", 735.0, lambda z: -1e150 * mpmath.tanh(z / 2) / (2 + 2 * mpmath.cosh(z))),
]
"""Programs with a point, and the second derivative there, which a double could hold."""

SECOND_RIGHT = [
    ("exp(-z)", {"z": 700.0}),
    ("sigmoid(z)", {"z": 800.0}),
    ("tanh(z)", {"z": 400.0}),
    ("z^3", {"z": 0.0}),
    ("1/z", {"z": 1e90}),
    ("z*y", {"z": 0.0, "y": 0.0}),
    ("xlogy(z, y)", {"z": 0.0, "y": 2.0}),
    ("relu(z)^2", {"z": -3.0}),
    ("1/2*(z - y)^2", {"z": 1e-5, "y": 0.0}),
]


@pytest.mark.parametrize(("program", "at", "second"), SECOND)
def test_a_second_derivative_is_right_or_named_as_lost(
    program: str, at: float, second: Callable[[mpmath.mpf], mpmath.mpf]
) -> None:
    with mpmath.workdps(50):
        truth = second(mpmath.mpf(at))
    status, report = _run(program, {"z": at}, "--hessian")
    got = report["hessian"]["matrix"][0][0]
    named = report["hessian"]["underflow"]
    assert named == [["z", "z"]] or abs(got - truth) <= 1e-12 * abs(truth) + 1e-323
    assert report["hessian"]["shape"].startswith("unknown") == bool(named)
    assert status == 0
    strict, _ = _run(program, {"z": at}, "--hessian", "--strict")
    assert strict == (1 if named or report["gradient_status"] else 0)


@pytest.mark.parametrize(("program", "point"), SECOND_RIGHT)
def test_a_second_derivative_that_is_right_is_not_named(
    program: str, point: dict[str, float]
) -> None:
    assert _run(program, point, "--hessian")[1]["hessian"]["underflow"] == []


@pytest.mark.parametrize(
    ("program", "at", "lost"),
    [("1/exp(x)", 400.0, True), ("1/x^2", 1e100, True), ("exp(-x)", 400.0, False)],
)
def test_a_directional_derivative_that_underflows_says_so(
    program: str, at: float, lost: bool
) -> None:
    status, report = _run(program, {"x": at}, "--along=x=1")
    assert report["along"]["underflow"] is lost
    run = autograd("eval", program, f"--x={at!r}", "--along=x=1", "--get", "along")
    assert ("note: underflow" in run.err) is lost
    assert status == run.status == 0


def test_a_gradient_is_named_as_lost_beside_one_that_is_no_number() -> None:
    report = _run("1/((x - z)/(x*2))", {"x": 2e-308, "z": 1.0})[1]
    assert report["gradient_status"]["z"] == "underflow"


def test_an_entry_of_a_hessian_and_its_mirror_image_are_lost_together() -> None:
    report = _run("((1 - z*atan(y)) + sinh(y))^(1/3)", {"z": 1.0, "y": 500.0}, "--hessian")[1]
    lost = report["hessian"]["underflow"]
    assert sorted(lost) == sorted(pair[::-1] for pair in lost) != []
