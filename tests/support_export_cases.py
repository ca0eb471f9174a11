"""Programs and points that exports are asked at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import inf, isinf, isnan, nan
from random import Random
from typing import NamedTuple

from support_export import Case

from autograd_graph import OPERATORS
from autograd_graph.op import Op

Point = tuple[float, ...]

AWKWARD = [
    Case("where(x > 0, log(x), 0)", {"x": -1.0}),
    Case("where(x > 0, x*log(x), 0) + where(x > 0, log(x)^2, 1)", {"x": -1.0}),
    Case("where(x < 1, 0, 1/x)", {"x": 0.0}),
    Case("where(abs(x) > 1, (sin(x) - 1)/x, x)", {"x": 0.0}),
    Case("sqrt(relu(x))", {"x": -1.0}),
    Case("min(exp(x), 5)", {"x": 1000.0}),
    Case("min(exp(x)*y, 5)", {"x": 1000.0, "y": 1.0}),
    Case("max(log(x), -10)", {"x": 0.0}),
    Case("max(-1/x, 2)", {"x": 0.0}),
    Case("min(x^-1, 2)", {"x": 0.0}),
    Case("max(lgamma(-x), -1) + x", {"x": -3.5}),
    Case("relu(x - 1)^2", {"x": 0.5}),
    Case("clip(exp(x), 0, 3)*x", {"x": 800.0}),
    Case("(-x)^3 + x^2 + x^-1 + x^0.5 + x^(1/3)", {"x": 2.5}),
    Case("x^3", {"x": -2.0}),
    Case("x^-3", {"x": -2.0}),
    Case("x^2", {"x": 0.0}),
    Case("cbrt(x)", {"x": -8.0}),
    Case("mod(x, y)", {"x": -7.5, "y": 3.0}),
    Case("mod(x, y)", {"x": 7.5, "y": -3.0}),
    Case("mod(x, y)", {"x": -7.5, "y": -3.0}),
    Case("round(x)*x", {"x": 2.4999}),
    Case("round(x)*x", {"x": -1.7}),
    Case("trunc(x)*x + floor(x)/2 + ceil(x)/2", {"x": -1.7}),
    Case("(x < 1)/(y < 2)", {"x": 0.0, "y": 1.0}),
    Case("(x < y) + (x > y)*x", {"x": 3.0, "y": 2.0}),
    Case("where((x > 0)*(y > 0), x*y, x)", {"x": 1.0, "y": -1.0}),
    Case("where((x > 0)*(y > 0), x*y, x)", {"x": 1.0, "y": 2.0}),
    Case("where(x, y, 2*y)", {"x": 0.5, "y": 3.0}),
    Case("where(1 - (x > 0), y, x*y)", {"x": 0.5, "y": 3.0}),
    Case("where(x > 0, where(x > 1, x^2, x), where(x < -1, -x, x^3))", {"x": -0.5}),
    Case("sigmoid(x)", {"x": -800.0}),
    Case("sigmoid(x)", {"x": 800.0}),
    Case("softplus(x)", {"x": 800.0}),
    Case("log_sigmoid(x)", {"x": -800.0}),
    Case("logsumexp(x, y)", {"x": 1000.0, "y": 1000.5}),
    Case("tanh(x)", {"x": 400.0}),
    Case("expm1(x)", {"x": 1e-12}),
    Case("log1p(x)", {"x": 1e-12}),
    Case("expm1(x)", {"x": -50.0}),
    Case("hypot(x, y, z)", {"x": 0.0, "y": 0.0, "z": 2.0}),
    Case("xlogy(x, y)", {"x": 0.0, "y": 2.0}),
    Case("atan2(y, x)", {"x": -1.0, "y": 0.5}),
    Case("a - -b - -(-b) - (-2) + -(-a)", {"a": 1.5, "b": 2.5}),
    Case("a/(b/c)/(a*b) - (a - (b - c)) - 2^-a - (-a)^2 + (a^b)^c", {"a": 1.5, "b": 2.5, "c": 0.5}),
    Case("pi*r^2 + e*r", {"r": 2.0}),
    Case("e = 2; e^2*exp(1)", {}),
    Case("const k = 8.99e9; k*q/r^2", {"q": 1e-9, "r": 0.1}),
    Case("const k = -2; k^2*q - k", {"q": 1e-9}),
    Case("const g = 2*pi; g*x^2", {"x": 0.5}),
    Case("w = 1/3; w*x", {"x": 2.0}),
    Case("0.1*x + 1e-300*x + 1e300*x + 123456789012345678*x", {"x": 2.0}),
    Case("x + 2", {"x": 1.0}),
    Case("5", {}),
    Case("2 < 3", {}),
    Case("x - x", {"x": 1.0}),
]
"""Programs at points that are ok, though parts of them are not everywhere."""

NUMBERS = (
    nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 2.5, 3.0, -3.5, -4.0, 170.7,
    800.0, -1500.0, 1e17, 1e308, -1e308, 1e-310, 1e-6, -1e-9,
)  # fmt: skip


class Question(NamedTuple):
    """An operator in a program over ``x0``, ``x1``, …, and where it is asked."""

    row: Op
    program: str
    points: list[Point]


def calls(row: Op) -> Iterator[tuple[str, int]]:
    """An operator over inputs, and over how many; what has to be a constant is one."""
    counts = (
        [2, 4]
        if row.arguments.lists == 2
        else [1, 2, 3]
        if row.arguments.lists
        else [len(row.probe)]
    )
    for count in filter(row.takes, counts):
        for order in (0, 1, 3) if row.fixed else (None,):
            free = count - len(row.fixed)
            words = [f"x{n}" for n in range(free)]
            listed = [str(order)] * len(row.fixed) + words
            if row.function:
                yield f"{row.spelling}({', '.join(listed)})", free
            else:
                infix = f" {row.infix} ".join(listed) if count > 1 else f"{row.infix}x0"
                yield f"({infix})", free


def questions(around: str = "{}") -> Iterator[Question]:
    """Every operator in the middle of a program."""
    for row in OPERATORS.values():
        if row.name == "identity":
            continue
        for call, count in calls(row):
            points = [edge.at for edge in row.edges if len(edge.at) == count]
            random = Random(call)
            if count < 3:
                points += product(NUMBERS, repeat=count)
            else:
                points += [tuple(random.choice(NUMBERS) for _ in range(count)) for _ in range(300)]
            yield Question(row, around.format(call), points)


def same(got: float, wanted: float) -> bool:
    """Whether two numbers are the same to rounding; the sign of zero does not count."""
    if isnan(got) or isnan(wanted) or isinf(got) or isinf(wanted):
        return got == wanted or (isnan(got) and isnan(wanted))
    return abs(got - wanted) <= 1e-11 * max(abs(wanted), 1e-3)
