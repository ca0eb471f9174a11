"""The prelude loses nothing: values and slopes are held to the bounds of the operator table.

Against fifty digits, far tails included. Near a zero of a value or a slope an absolute error of
that many units in the last place of 1 will do.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

import pytest
from mpmath import mp

from autograd_grammar import parse
from autograd_grammar.parser import library
from autograd_graph import Tape, forward, reverse

Formula = Callable[[mp.mpf], mp.mpf]
VALUE_ULPS, SLOPE_ULPS = 4.0, 8.0


def _logistic(x: mp.mpf) -> mp.mpf:
    return 1 / (1 + mp.exp(-x))


def _mish_slope(x: mp.mpf) -> mp.mpf:
    t = mp.tanh(mp.log1p(mp.exp(x)))
    return t + x * (1 - t**2) * _logistic(x)


ALPHA, SCALE = mp.mpf(1.6732632423543772), mp.mpf(1.0507009873554805)
CASES: dict[str, tuple[str, Formula, Formula, str]] = {
    "silu": (
        "silu(x)", lambda x: x * _logistic(x),
        lambda x: _logistic(x) * (1 + x * _logistic(-x)), "line to -700",
    ),
    "swish": (
        "swish(x)", lambda x: x * _logistic(x),
        lambda x: _logistic(x) * (1 + x * _logistic(-x)), "line to -700",
    ),
    "mish": (
        "mish(x)", lambda x: x * mp.tanh(mp.log1p(mp.exp(x))), _mish_slope, "line to -700",
    ),
    "selu": (
        "selu(x)", lambda x: SCALE * (x if x > 0 else ALPHA * mp.expm1(x)),
        lambda x: SCALE * (1 if x > 0 else ALPHA * mp.exp(x)), "line",
    ),
    "hardtanh": (
        "hardtanh(x)", lambda x: min(max(x, mp.mpf(-1)), mp.mpf(1)),
        lambda x: mp.mpf(abs(x) < 1), "line",
    ),
    "hardsigmoid": (
        "hardsigmoid(x)", lambda x: min(max(x / 6 + mp.mpf(1) / 2, mp.mpf(0)), mp.mpf(1)),
        lambda x: mp.mpf(1) / 6 if abs(x) < 3 else mp.mpf(0), "line",
    ),
    "cube": ("cube(x)", lambda x: x**3, lambda x: 3 * x**2, "line"),
    "logit": (
        "logit(x)", lambda x: mp.log(x) - mp.log1p(-x), lambda x: 1 / (x * (1 - x)), "unit",
    ),
    "mse": ("mse(x, 2)", lambda x: (x - 2) ** 2, lambda x: 2 * (x - 2), "line"),
    "mae": ("mae(x, 2)", lambda x: abs(x - 2), lambda x: mp.sign(x - 2), "line"),
    "bce": ("bce(x, 0)", lambda x: -mp.log1p(-x), lambda x: 1 / (1 - x), "unit"),
    "huber": (
        "huber(x, 1.5)",
        lambda x: x**2 / 2 if abs(x) <= 1.5 else mp.mpf(3) / 2 * (abs(x) - mp.mpf(3) / 4),
        lambda x: x if abs(x) <= 1.5 else mp.sign(x) * mp.mpf(3) / 2, "line",
    ),
    "hinge": (
        "hinge(x, 1)", lambda x: max(mp.mpf(0), 1 - x), lambda x: mp.mpf(-(x < 1)), "line",
    ),
    "deg2rad": ("deg2rad(x)", lambda x: x * mp.pi / 180, lambda x: mp.pi / 180, "line"),
    "rad2deg": ("rad2deg(x)", lambda x: x * 180 / mp.pi, lambda x: 180 / mp.pi, "line"),
}  # fmt: skip
"""A call, its value and its slope as mathematics, and where it is asked."""


def _points(where: str) -> Iterator[float]:
    draw = random.Random(50)
    for _ in range(150):
        if where == "unit":
            yield from (
                draw.random(),
                10 ** draw.uniform(-300, -1),
                1 - 10 ** draw.uniform(-15, -1),
            )
            continue
        far = draw.choice((-1, 1)) * 10 ** draw.uniform(-300, 306)
        for x in (draw.uniform(-3, 3), draw.uniform(-40, 40), draw.uniform(-700, 700), far):
            if where == "line" or x > -700:
                yield x


def _ulps(got: float, true: mp.mpf, least: float) -> float:
    """How many units in the last place a number is off, those of ``least`` at the smallest."""
    return float(abs(mp.mpf(got) - true) / math.ulp(max(abs(float(true)), least)))


def test_every_definition_is_held() -> None:
    assert set(CASES) == set(library())


@pytest.mark.parametrize("name", CASES)
def test_a_definition_loses_nothing(name: str) -> None:
    call, value, slope, where = CASES[name]
    tape = Tape(parse(call))
    for x in _points(where):
        with mp.workdps(50):
            true, steep = value(mp.mpf(x)), slope(mp.mpf(x))
            if not 1e-300 < abs(true) < 1e300 and true:
                continue
            values = forward(tape, {"x": x})
            got = reverse(tape, values)[tape.graph.inputs["x"]] or 0.0
            near = 1.0 if -3.0 < x < 3.0 else 0.0
            assert _ulps(values[tape.output], true, near) <= VALUE_ULPS, (x, values[tape.output])
            assert abs(steep) < 1e-300 or _ulps(got, steep, near) <= SLOPE_ULPS, (x, got, steep)


@pytest.mark.parametrize(
    ("call", "x", "value", "slope"),
    [
        ("bce(x, 0)", 1e-10, 1.00000000005e-10, 1.0000000001),
        ("softsign(x)", 1e12, 0.999999999999, 9.99999999998e-25),
        ("softsign(x)", 1e16, 1.0, 1e-32),
        ("deg2rad(x)", 1e308, 1.7453292519943295e306, 0.017453292519943295),
    ],
)
def test_figures_that_were_lost_once(call: str, x: float, value: float, slope: float) -> None:
    tape = Tape(parse(call))
    values = forward(tape, {"x": x})
    assert values[tape.output] == pytest.approx(value, rel=1e-14)
    assert reverse(tape, values)[tape.graph.inputs["x"]] == pytest.approx(slope, rel=1e-14)
