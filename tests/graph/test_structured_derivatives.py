"""Derivatives of programs with structure, against differences taken in fifty digits.

Random trees seldom hold a power of a sum whose terms meet again, a quotient to a high power, or
a constant on the edge of a jump; programs that people write hold little else.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import mpmath
import pytest
from support_derivatives import agree, derivative, derivatives, value_at

from autograd_grammar import parse
from autograd_graph.symbolic.gradient import gradient
from autograd_graph.symbolic.infix import infix
from autograd_graph.symbolic.simplify import simplify

_TERMS = (
    "x", "x^2", "x^3", "1", "2", "y", "x*y", "exp(x)", "exp(-x)", "sin(x)", "cos(x)", "sqrt(x)",
    "log(x)", "1/x", "y*sin(x)", "x*exp(x)", "3*x", "y/x",
)  # fmt: skip


def _slope_in_fifty_digits(program: str, point: dict[str, float], order: int = 1) -> mpmath.mpf:
    """The derivative by ``x``, of the text read as Python over mpmath's functions."""
    names = {name: getattr(mpmath, name) for name in ("exp", "sin", "cos", "sqrt", "log", "tanh")}
    code = compile(program.replace("^", "**"), program, "eval")

    def value(x: mpmath.mpf) -> mpmath.mpf:
        others = {name: mpmath.mpf(number) for name, number in point.items()}
        return eval(code, {"__builtins__": {}}, {**names, **others, "x": x})

    with mpmath.workdps(50):
        return mpmath.diff(value, mpmath.mpf(point["x"]), order)


def _assert_the_slope_is_true(program: str, point: dict[str, float]) -> None:
    found = gradient(parse(program), wrt=["x"])
    simpler, (root,) = simplify(found.graph, [found.first["x"]])
    ours = value_at(simpler, root, point)
    truth = float(_slope_in_fifty_digits(program, point))
    places = (found.graph, found.first["x"]), (simpler, root)
    assert agree(truth, ours, *places, at=point), f"{program} at {point}: {infix(simpler, root)}"


def _sums(count: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Powers of sums of two to six terms, alone and within quotients, at points of (0, 3)."""
    draw = random.Random(20261126)
    for _ in range(count):
        bases = [
            "(" + draw.choice((" + ", " - ")).join(draw.sample(_TERMS, draw.randint(2, 6))) + ")"
            for _ in range(2)
        ]
        powers = [draw.choice((1, 2, 2, 3, 3, 4, 4, 5, 6)) for _ in range(2)]
        first, second = (f"{base}^{power}" for base, power in zip(bases, powers, strict=True))
        program = draw.choice((first, first, f"{first}*{second}", f"{first}/(1 + {second}^2)"))
        yield program, {"x": draw.uniform(0.1, 3.0), "y": draw.uniform(0.1, 3.0)}


@pytest.mark.parametrize("start", range(8))
def test_powers_of_sums_have_their_true_slopes(start: int) -> None:
    for program, point in list(_sums(400))[start::8]:
        _assert_the_slope_is_true(program, point)


_BACK_AND_FORTH = (
    "1/((((1 + x)/(y/x))^1.5/x)^(1/3))",
    "(x + y)*(x/(((x + y)/((x + y)*x)^(-1/2))^(3/4)*x)^(2/3))^1.5",
)
"""Where a whole power could be shifted from one root to the next, and on, and back to the first."""


def _nested_roots(count: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Broken powers of products within broken powers of products, at points of (0, 3)."""
    draw = random.Random(20261129)

    def product(depth: int) -> str:
        parts = [draw.choice(("x", "x", "y", "(1 + x)", "(x + y)")) for _ in range(2)]
        if depth:
            power = draw.choice(("1/3", "2/3", "-1/2", "1.5", "3/4"))
            parts[0] = f"({product(depth - 1)})^({power})"
        draw.shuffle(parts)
        return f"{parts[0]} {draw.choice('*/')} {parts[1]}"

    programs = (*_BACK_AND_FORTH, *(product(draw.randint(2, 4)) for _ in range(count)))
    for program in programs:
        yield program, {"x": draw.uniform(0.1, 3), "y": draw.uniform(0.1, 3)}


@pytest.mark.parametrize("start", range(4))
def test_second_derivatives_of_roots_within_roots_are_true(start: int) -> None:
    for program, point in list(_nested_roots(120))[start::4]:
        found = gradient(parse(program), order=2, wrt=["x"])
        second = found.second["x", "x"]
        simpler, (root,) = simplify(found.graph, [second])
        truth = float(_slope_in_fifty_digits(program, point, order=2))
        places = (found.graph, second), (simpler, root)
        assert agree(truth, value_at(simpler, root, point), *places, at=point), program


@pytest.mark.parametrize(
    ("program", "by", "expected"),
    [
        ("(exp(x) - x - 1)^4", "x", "4*(exp(x) - x - 1)^3*(exp(x) - 1)"),
        (
            "(M - E + ecc*sin(E))^4", "E",
            "4*(M - E + ecc*sin(E))^3*(ecc*cos(E) - 1)",
        ),
        ("(w*x + b - sin(x))^4", "x", "4*(w*x + b - sin(x))^3*(w - cos(x))"),
        ("(exp(x) + exp(-x) + 1)^4", "x", "4*(exp(x) + exp(-x) + 1)^3*(exp(x) - exp(-x))"),
        ("(x - 1)^3/(x + 1)", "x", "(x - 1)^2*(2*x + 4)/(x + 1)^2"),
        ("(a/b)^40", "a", "40*(a/b)^39/b"),
        ("0.1*sin(d*pi/180)", "d", "0.1*pi*cos(pi*d/180)/180"),
        ("e^(-x)", "x", "-e^-x"),
        ("1/(1 + e^(-x))", "x", "e^-x/(1 + e^-x)^2"),
    ],
)  # fmt: skip
def test_the_shape_that_a_person_would_write_is_kept(program: str, by: str, expected: str) -> None:
    assert derivative(program, by) == expected


@pytest.mark.parametrize(
    ("program", "point"),
    [
        ("(x/y)^40", {"x": 1e-10, "y": 1e-10}),
        ("(x/y)^40", {"x": 1e9, "y": 1e9}),
        ("(x*y)^40", {"x": 1e-10, "y": 1e10}),
        ("4*((y/x)^12 - (y/x)^6)", {"x": 3e-10, "y": 2.9e-10}),
        ("(x/1e10)^40", {"x": 1.1e10}),
        ("(x - 1)^3/(x + 1)", {"x": 1.00001}),
        ("((x + 1e300)/1e300)^2", {"x": -4e77}),
    ],
)
def test_powers_of_quotients_and_roots_are_not_lost(program: str, point: dict[str, float]) -> None:
    slope = derivatives(program)["x"]
    truth = _slope_in_fifty_digits(program, point)
    assert value_at(parse(slope), parse(slope).output, point) == pytest.approx(
        float(truth), rel=1e-13
    )


@pytest.mark.parametrize(
    ("program", "x", "slope"),
    [("(1e300*x)^2*1e-300", 1e-200, 2e100), ("(x/1e-300)^2", 3e-301, 6e299)],
)
def test_a_coefficient_beyond_doubles_does_not_overflow_before_it_is_met(
    program: str, x: float, slope: float
) -> None:
    graph = parse(derivative(program))
    assert value_at(graph, graph.output, {"x": x}) == pytest.approx(slope, rel=1e-13)


@pytest.mark.parametrize(
    ("program", "x", "slope"),
    [
        ("floor(0.3/0.1)*x", 1.0, 2.0),  # 0.3/0.1 is 2.9999999999999996
        ("where(0.1 + 0.2 == 0.3, x, x^2)", 3.0, 6.0),  # 0.30000000000000004
        ("where(0.1 + 0.2 - 0.3, x, 2)", 3.0, 1.0),
        ("(0.1*3 > 0.3)*x", 1.0, 1.0),
        ("ceil(0.1 + 0.2 + 0.7)*x", 1.0, 1.0),
        ("round(0.575*100)*x", 1.0, 57.0),
        ("mod(0.3, 0.1)*x", 1.0, 0.3 % 0.1),
        ("step(0.1*3 - 0.3)*x", 1.0, 1.0),
        ("sign(0.1 + 0.2 - 0.3)*x", 1.0, 1.0),
        ("floor(x/0.1)*x", 0.3, 2.0),
        ("where(x*3 > 0.3, x, 2*x)", 0.1, 1.0),
        ("max(0, x)", 0.0, 0.0),
        ("max(x, 0)", 0.0, 0.0),
        ("min(0, x)", 0.0, 0.0),
    ],
)
def test_what_jumps_is_decided_on_doubles_as_eval_does(
    program: str, x: float, slope: float
) -> None:
    text = derivative(program)
    graph = parse(text)
    assert value_at(graph, graph.output, {"x": x}) == slope, text
    put_in = gradient(parse(program))
    simpler, (root,) = simplify(put_in.graph, [put_in.first["x"]], {"x": x})
    assert value_at(simpler, root, {}) == slope
