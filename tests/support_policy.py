"""LANGUAGE.md's "Numbers": statuses and policy, as a table of programs.

A case is a program, the values of its inputs, and what has to come out: the value, the gradient
by each input (0 where nothing flows to it) and the statuses that are not ``ok`` of named nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cosh, e, exp, inf, log, nan


@dataclass(frozen=True)
class Case:
    program: str
    at: dict[str, float]
    value: float
    gradient: dict[str, float]
    status: dict[str, str] = field(default_factory=dict)
    worst: str = ""
    """The worst status of what takes part, where a case says it."""

    def __str__(self) -> str:
        return f"{self.program} at {self.at}"


def one(program: str, x: float, value: float, slope: float, status: str = "ok") -> Case:
    """A program of one input ``x`` whose result is named ``f``."""
    return Case(f"f = {program}", {"x": x}, value, {"x": slope}, {"f": status})


def two(
    program: str, x: float, y: float, value: float, by_x: float, by_y: float, status: str = "ok"
) -> Case:
    """The same with two inputs."""
    given = {"x": x, "y": y}
    return Case(f"f = {program}", given, value, {"x": by_x, "y": by_y}, {"f": status})


def edge(program: str, x: float, value: float, slope: float, worst: str = "ok") -> Case:
    """A program of one input ``x``, at the edge of a condition in it."""
    return Case(program, {"x": x}, value, {"x": slope}, worst=worst)


SUBGRADIENTS = [
    one("abs(x)", 0.0, 0.0, 0.0, "kink"),
    one("relu(x)", 0.0, 0.0, 0.0, "kink"),
    one("max(x, 0)", 0.0, 0.0, 0.0, "kink"),
    one("max(0, x)", 0.0, 0.0, 0.0, "kink"),
    one("min(x, 0)", 0.0, 0.0, 0.0, "kink"),
    one("clip(x, 0, 1)", 0.0, 0.0, 0.0, "kink"),
    one("clip(x, 0, 1)", 1.0, 1.0, 0.0, "kink"),
    one("hardtanh(x)", 1.0, 1.0, 0.0, "kink"),
    one("leaky_relu(x)", 0.0, 0.0, 0.01, "kink"),
    one("leaky_relu(x, 2)", 0.0, 0.0, 1.0, "kink"),
    one("leaky_relu(x, -1)", 0.0, 0.0, 0.0, "kink"),
    one("leaky_relu(x, 1)", 0.0, 0.0, 1.0, "ok"),
    one("elu(x)", 0.0, 0.0, 1.0, "ok"),
    one("elu(x, 0.5)", 0.0, 0.0, 0.5, "kink"),
    one("elu(x, 3)", 0.0, 0.0, 1.0, "kink"),
    two("hypot(x, y)", 0.0, 0.0, 0.0, 0.0, 0.0, "kink"),
    one("norm(x, 0, 0)", 0.0, 0.0, 0.0, "kink"),
]

TIES = [
    two("max(x, y)", 1.0, 1.0, 1.0, 0.5, 0.5, "kink"),
    two("min(x, y)", 1.0, 1.0, 1.0, 0.5, 0.5, "kink"),
    Case("max(x, y, z)", dict.fromkeys("xyz", 1.0), 1.0, dict.fromkeys("xyz", 1 / 3)),
    Case("max(x, y, z)", {"x": 2.0, "y": 2.0, "z": 1.0}, 2.0, {"x": 0.5, "y": 0.5, "z": 0.0}),
    one("max(x, x)", 3.0, 3.0, 1.0, "kink"),
    one("max(x, 2*x)", 0.0, 0.0, 1.5, "kink"),
    one("max(x, 2, 1)", 2.0, 2.0, 0.0, "kink"),
    two("max(x, y, 1)", 1.0, 1.0, 1.0, 0.0, 0.0, "kink"),
    two("max(x, y, 1)", 2.0, 2.0, 2.0, 0.5, 0.5, "kink"),
    Case("c = 0; f = max(x, c)", {"x": 0.0}, 0.0, {"x": 0.5, "c": 0.5}, {"f": "kink"}),
    Case("const c = 0; f = max(x, c)", {"x": 0.0}, 0.0, {"x": 0.0}, {"f": "kink"}),
    one("max(x, pi - pi)", 0.0, 0.0, 0.0, "kink"),
    Case("clip(x, lo, 1)", {"x": 0.0, "lo": 0.0}, 0.0, {"x": 0.5, "lo": 0.5}),
    Case("clip(x, 0, hi)", {"x": 1.0, "hi": 1.0}, 1.0, {"x": 0.5, "hi": 0.5}),
    Case(
        "clip(x, lo, hi)",
        {"x": 1.0, "lo": 1.0, "hi": 1.0},
        1.0,
        {"x": 0.25, "lo": 0.25, "hi": 0.5},
    ),
    one("clip(x, 3, 1)", 2.0, 1.0, 0.0),
]

CHOICES = [
    one("where(x > 0, log(x), 0)", -1.0, 0.0, 0.0),
    one("where(x > 0, log(x), 0)", 2.0, log(2.0), 0.5),
    Case("f = sqrt(relu(x))", {"x": -1.0}, 0.0, {"x": 0.0}, {"f": "ok", "x": "unused"}),
    Case("f = sqrt(relu(x))", {"x": 0.0}, 0.0, {"x": 0.0}, {"f": "singular", "x": "ok"}),
    one("abs(relu(x))", -1.0, 0.0, 0.0),
    one("floor(min(x, 3))", 5.0, 3.0, 0.0),
    one("1/relu(x)", -1.0, inf, 0.0, "singular"),
    one("sqrt(relu(x) + x + 1)", -1.0, 0.0, inf, "singular"),
    one("where(x, x^2, 1/x)", 0.0, inf, -inf, "singular"),
    one("max(sqrt(x), 5)", 0.0, 5.0, 0.0),
    one("min(1/x, 2)", 0.0, 2.0, 0.0),
    one("clip(1/x, 0, 1)", 0.0, 1.0, 0.0),
    one("relu(-1/x^2)", 0.0, 0.0, 0.0),
    one("relu(x)", nan, nan, nan, "domain"),
    one("max(x, 1)", nan, nan, nan, "domain"),
    one("clip(x, 0, 1)", nan, nan, nan, "domain"),
    Case(
        "f = where(c, x, y)",
        {"c": nan, "x": 1.0, "y": 2.0},
        nan,
        {"x": nan, "y": nan, "c": 0.0},
        {"f": "domain"},
    ),
    one("hinge(x, 1)", 1.0, 0.0, 0.0, "kink"),
    one("hinge(x, 1)", 3.0, 0.0, 0.0),
    one("huber(x, 1)", 3.0, 2.5, 1.0),
    one("huber(x, 1)", -0.5, 0.125, -0.5),
    one("where(x < 0, x, where(x < 1, 10*x, 100*x))", 0.5, 5.0, 10.0),
]

CONDITIONS = [
    edge("where(x > 1, x^2, 2*x - 1)", 1.0, 1.0, 2.0, "kink"),
    edge("where(x >= 1, x^2, 2*x - 1)", 1.0, 1.0, 2.0, "kink"),
    edge("where(x > 0, x, 0)", 0.0, 0.0, 0.0, "kink"),
    edge("where(x < 0, 2, 3)", 0.0, 3.0, 0.0, "jump"),
    edge("where(x < 0, x, x + 1e-9)", 0.0, 1e-9, 1.0, "jump"),
    edge("where(x > 0.3, x^2, 0.6*x - 0.09)", 0.3, 0.09, 0.6, "kink"),
    edge("where((x > 1)*(x < 3), x, 1)", 1.0, 1.0, 0.0, "kink"),
    edge("where(1 - (x > 1), x, 1)", 1.0, 1.0, 1.0, "kink"),
    edge("where(floor(x), x, 1)", 1.0, 1.0, 1.0, "kink"),
    edge("where(x, x^2, 0)", 0.0, 0.0, 0.0, "kink"),
    edge("where(x, floor(x), 0)", 0.0, 0.0, 0.0, "jump"),
    edge("huber(x, 1)", 1.0, 0.5, 1.0, "kink"),
    edge("huber(x, 1)", 0.0, 0.0, 0.0),
    edge("where(abs(x) < 1, x^2, 5)", 0.0, 0.0, 0.0),
    edge("where(x >= 0, x, floor(x))", 0.0, 0.0, 1.0, "jump"),
    edge("where(x > 0, sqrt(x), 0)", 0.0, 0.0, 0.0, "singular"),
    edge("where(x > 0, log(x), 0)", 0.0, 0.0, 0.0, "jump"),
    edge("where(x >= 0, 0, 1/x)", 0.0, 0.0, 0.0, "jump"),
    edge("where(x != 0, sin(x)/x, 1)", 0.0, 1.0, 0.0, "jump"),
    edge("where(x > 0, 1, where(x < 0, 2, 1))", 0.0, 1.0, 0.0, "jump"),
    edge("where(x > 0, x, where(x < 0, 2*x, 0))", 0.0, 0.0, 0.0, "kink"),
    edge("where(where(x > 1, 2, 2) > 1, x, 5)", 1.0, 1.0, 1.0),
    edge("where(where(x > 1, 2, 0) > 1, x, 5)", 1.0, 5.0, 0.0, "jump"),
    edge("where(where(x > 1, 2, 0) > 1, x, 1)", 1.0, 1.0, 0.0, "kink"),
    edge("x*(x > 1)", 1.0, 0.0, 0.0, "jump"),
    Case("c = x > 1; f = where(c, x, 1) + c", {"x": 1.0}, 1.0, {"x": 0.0},
         {"c": "jump", "f": "ok"}, "jump"),
    Case("c = x > 1; f = where(c, x, 1)*where(c, 2, 3)", {"x": 1.0}, 3.0, {"x": 0.0},
         {"c": "jump", "f": "ok"}, "jump"),
    Case("c = x > 1; a = x^2; b = 2*x - 1; f = where(c, a, b)", {"x": 1.0}, 1.0, {"x": 2.0},
         {"c": "ok", "a": "ok", "b": "ok", "f": "kink"}),
    Case("c = x > 1; a = x^2; b = 2*x; f = where(c, a, b)", {"x": 1.0}, 2.0, {"x": 2.0},
         {"c": "jump", "a": "unused", "b": "ok", "f": "ok"}, "jump"),
    Case("const n = 1; f = where(n == 1, x, x^3)", {"x": 2.0}, 2.0, {"x": 1.0}, worst="ok"),
    Case("n = 1; f = where(n == 1, x, x^3)", {"x": 2.0}, 2.0, {"x": 1.0, "n": 0.0},
         worst="jump"),
    Case("f = where(x > y, x^2, y^2)", {"x": 1.0, "y": 1.0}, 1.0, {"x": 0.0, "y": 2.0},
         worst="kink"),
]  # fmt: skip
"""What stands at the edge of a condition: a jump where the branches differ, else a kink."""

FLAT = [
    one("floor(x)", 2.0, 2.0, 0.0, "jump"),
    one("floor(x)", 2.5, 2.0, 0.0),
    one("ceil(x)", -2.5, -2.0, 0.0),
    one("round(x)", 2.5, 2.0, 0.0, "jump"),
    one("trunc(x)", 0.0, 0.0, 0.0),
    one("sign(x)", 0.0, 0.0, 0.0, "jump"),
    one("sign(x)", -3.0, -1.0, 0.0),
    one("step(x)", 0.0, 0.0, 0.0, "jump"),
    one("x < 1", 1.0, 0.0, 0.0, "jump"),
    one("x <= 1", 1.0, 1.0, 0.0, "jump"),
    one("x != 1", 2.0, 1.0, 0.0),
    one("x*floor(x)", 2.5, 5.0, 2.0),
    one("x^floor(x)", 2.5, 6.25, 5.0),
    one("x^floor(x)", -1.5, 1 / 2.25, -2 * (-1.5) ** -3),
    two("mod(x, y)", 4.0, 2.0, 0.0, 1.0, -2.0, "jump"),
    two("mod(x, y)", 7.0, 2.0, 1.0, 1.0, -3.0),
    two("mod(x, y)", -7.0, 2.0, 1.0, 1.0, 4.0),
    two("mod(x, y)", 7.0, -2.0, -1.0, 1.0, 4.0),
]

POWERS = [
    one("x^2", 0.0, 0.0, 0.0),
    one("x^0", 0.0, 1.0, 0.0),
    one("x^0", nan, 1.0, 0.0),
    one("x^1", 0.0, 0.0, 1.0),
    one("x^3", -2.0, -8.0, 12.0),
    one("x^-1", -2.0, -0.5, -0.25),
    one("x^-1", 0.0, inf, -inf, "singular"),
    one("x^-2", 0.0, inf, -inf, "singular"),
    one("x^0.5", 0.0, 0.0, inf, "singular"),
    one("x^0.5", -8.0, nan, nan, "domain"),
    one("x^(1/3)", -8.0, nan, nan, "domain"),
    one("x^1.5", 0.0, 0.0, 0.0),
    one("2^x", 0.0, 1.0, log(2.0)),
    one("0^x", 2.0, 0.0, 0.0),
    one("0^x", 0.0, 1.0, 0.0, "singular"),
    one("0^x", -1.0, inf, nan, "singular"),
    one("(-2)^x", 3.0, -8.0, nan, "domain"),
    two("x^y", -2.0, 3.0, -8.0, 12.0, nan, "domain"),
    two("x^y", -2.0, 0.5, nan, nan, nan, "domain"),
    two("x^y", 0.0, 2.0, 0.0, 0.0, 0.0),
    two("x^y", 0.0, 0.0, 1.0, 0.0, 0.0, "singular"),
    two("x^y", 0.0, -1.0, inf, -inf, nan, "singular"),
    two("x^y", 0.0, 0.5, 0.0, inf, 0.0, "singular"),
    Case("const y = 3; f = x^y", {"x": -2.0}, -8.0, {"x": 12.0}, {"f": "ok"}),
    Case("y = 3; f = x^y", {"x": -2.0}, -8.0, {"x": 12.0, "y": nan}, {"f": "domain"}),
    one("x^x", 1.0, 1.0, 1.0),
]

POLES = [
    one("sqrt(x)", 0.0, 0.0, inf, "singular"),
    one("sqrt(x)", -1.0, nan, nan, "domain"),
    one("cbrt(x)", 0.0, 0.0, inf, "singular"),
    one("cbrt(x)", -8.0, -2.0, 1 / 12),
    one("sqrt(x)^2", 0.0, 0.0, nan),
    one("log(x)", 0.0, -inf, inf, "singular"),
    one("log(x)", -1.0, nan, nan, "domain"),
    one("log2(x)", -1.0, nan, nan, "domain"),
    one("log10(x)", -1.0, nan, nan, "domain"),
    one("log1p(x)", -2.0, nan, nan, "domain"),
    one("log(x, 2)", -1.0, nan, nan, "domain"),
    one("1/x", 0.0, inf, -inf, "singular"),
    one("1/x", -0.0, -inf, -inf, "singular"),
    one("x/x", 0.0, nan, nan, "domain"),
    two("atan2(y, x)", 0.0, 0.0, 0.0, nan, nan, "singular"),
    one("asin(x)", 2.0, nan, nan, "domain"),
    one("asin(x)", 1.0, 1.5707963267948966, inf, "singular"),
    one("exp(x)", 1000.0, inf, inf, "overflow"),
    one("x^2", 1e200, inf, 2e200, "overflow"),
    one("gamma(x)", -1.0, nan, nan, "singular"),
    one("acot(x)", 0.0, 1.5707963267948966, -1.0, "jump"),
]

FAR_OUT = [
    one("sigmoid(x)", 800.0, 1.0, 0.0),
    one("sigmoid(x)", -800.0, 0.0, 0.0),
    one("sigmoid(x)", 40.0, 1.0, exp(-40.0)),
    one("tanh(x)", 20.0, 1.0, 1 / cosh(20.0) ** 2),
    one("tanh(x)", -1e300, -1.0, 0.0),
    one("softplus(x)", 1e300, 1e300, 1.0),
    one("softplus(x)", -700.0, exp(-700.0), exp(-700.0)),
    one("log_sigmoid(x)", -1e300, -1e300, 1.0),
    one("log_sigmoid(x)", 40.0, -exp(-40.0), exp(-40.0)),
    one("expm1(x)", -50.0, -1.0, exp(-50.0)),
    two("logsumexp(x, y)", 1e4, 0.0, 1e4, 1.0, 0.0),
    two("logsumexp(x, y)", -1e4, -1e4, -1e4 + log(2.0), 0.5, 0.5),
]

CARRIED = [
    Case(
        "a = log(x); b = a + 1; f = 2*b",
        {"x": -1.0},
        nan,
        {"x": nan},
        {"a": "domain", "b": "domain", "f": "domain", "x": "ok"},
    ),
    Case("a = 1/x; f = a - 1", {"x": 0.0}, inf, {"x": -inf}, {"a": "singular", "f": "singular"}),
    Case("a = exp(x); f = a + 1", {"x": 1e3}, inf, {"x": inf}, {"a": "overflow", "f": "overflow"}),
    Case("a = exp(x); f = a/a", {"x": 1e3}, nan, {"x": nan}, {"a": "overflow", "f": "overflow"}),
    Case("a = 1/x; f = 1/a", {"x": 0.0}, 0.0, {"x": nan}, {"a": "singular", "f": "ok"}),
    Case("a = abs(x); f = a + 1", {"x": 0.0}, 1.0, {"x": 0.0}, {"a": "kink", "f": "ok"}),
    Case("f = x + 1", {"x": inf}, inf, {"x": 1.0}, {"x": "singular", "f": "singular"}),
    Case("f = sin(x)", {"x": inf}, nan, {"x": nan}, {"x": "singular", "f": "singular"}),
    Case("f = x + y", {"x": nan, "y": inf}, nan, {"x": 1.0, "y": 1.0}, {"f": "domain"}),
]

UNUSED = [
    Case("a = log(x); f = y", {"x": -1.0, "y": 1.0}, 1.0, {"x": 0.0, "y": 1.0}, {"a": "unused"}),
    Case(
        "a = log(x); b = x^2; f = where(x > 0, a, b)",
        {"x": -1.0},
        1.0,
        {"x": -2.0},
        {"a": "unused", "b": "ok", "f": "ok", "x": "ok"},
    ),
    Case("a = 1/x; f = max(y, a)", {"x": -1.0, "y": 0.0}, 0.0, {"x": 0.0, "y": 1.0},
         {"a": "unused", "x": "unused", "y": "ok"}),
    Case("a = -x; f = relu(a)*y", {"x": 1.0, "y": 3.0}, 0.0, {"x": 0.0, "y": 0.0},
         {"a": "unused", "f": "ok"}),
    Case("f = clip(x, lo, hi)", {"x": 5.0, "lo": 0.0, "hi": 1.0}, 1.0,
         {"x": 0.0, "lo": 0.0, "hi": 1.0}, {"x": "unused", "lo": "unused", "hi": "ok"}),
    Case("a = floor(x); f = a*y", {"x": 2.0, "y": 3.0}, 6.0, {"x": 0.0, "y": 2.0},
         {"a": "jump", "x": "ok"}),
]  # fmt: skip

SMOOTH = [
    one("exp(x)", 1.0, e, e),
    Case("1/2*(w*x + b - y)^2", {"w": 2.0, "x": -2.0, "b": 8.0, "y": 2.0}, 2.0,
         {"w": -4.0, "x": 4.0, "b": 2.0, "y": -2.0}),
    Case("y = x*x; y*y", {"x": 3.0}, 81.0, {"x": 108.0}),
    Case("prod(x, y, z)", {"x": 0.0, "y": 3.0, "z": 4.0}, 0.0, {"x": 12.0, "y": 0.0, "z": 0.0}),
    one("xlogy(x, 2)", 0.0, 0.0, log(2.0)),
]  # fmt: skip

TABLE = [
    *SUBGRADIENTS,
    *TIES,
    *CHOICES,
    *CONDITIONS,
    *FLAT,
    *POWERS,
    *POLES,
    *FAR_OUT,
    *CARRIED,
    *UNUSED,
    *SMOOTH,
]
