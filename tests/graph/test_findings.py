"""What the adversary found, each with what had to come: see ``tests/README.md``."""

from __future__ import annotations

import mpmath
import pytest
from support_export import RUNNERS, code

from autograd_grammar import parse
from autograd_graph import Tape, causes, forward, reverse, statuses
from autograd_graph.passes.curvature import second_derivatives
from autograd_graph.symbolic.gradient import gradient
from autograd_graph.symbolic.simplify import simplify


def slopes(program: str, at: dict[str, float]) -> dict[str, float]:
    graph = parse(program)
    tape = Tape(graph)
    adjoints = reverse(tape, forward(tape, at))
    return {name: adjoints[node] for name, node in graph.inputs.items()}


@pytest.mark.parametrize("x", [1e7, 3.5, -3e5, 1e140])
def test_the_slope_of_a_cube_root_holds_up_to_the_largest_double(x: float) -> None:
    """The list ``(x, 1e300)`` times the list ``(x, 1e8)``."""
    with mpmath.workdps(40):
        number = mpmath.mpf(x)
        inside = number**2 + mpmath.mpf(1e300) * mpmath.mpf(1e8)
        wanted = float(2 * number / (3 * mpmath.cbrt(inside) ** 2))
    got = slopes("cbrt(dot(x, 1e300, x, 1e8))", {"x": x})["x"]
    assert got == pytest.approx(wanted, rel=1e-14, abs=0.0)


@pytest.mark.parametrize("x", [0.3, 0.7, 1.3])
def test_a_product_that_rounds_to_its_subnormal_factor_has_underflowed(x: float) -> None:
    tape = Tape(parse("sqrt(x*x*y)"))
    values = forward(tape, {"x": x, "y": 5e-324})
    found = statuses(tape, values)
    assert "underflow" in found.values() or causes(tape, values, reverse(tape, values), found)


@pytest.mark.parametrize("x", [3.0, 1e-9, 1e-200, 1e200])
def test_a_hessian_that_hangs_on_a_subnormal_exponent_names_its_entries(x: float) -> None:
    tape = Tape(parse("(1 + cbrt(x))^y"))
    point = {"x": x, "y": -5e-324}
    matrix, lost = second_derivatives(tape, point, ["x", "y"])
    with mpmath.workdps(400):
        root = mpmath.cbrt(mpmath.mpf(x))
        u, du = 1 + root, 1 / (3 * root**2)
        d2u = -2 / (9 * root**5)
        y = mpmath.mpf(-5e-324)
        wanted = y * (y - 1) * u ** (y - 2) * du**2 + y * u ** (y - 1) * d2u
        off = abs(mpmath.mpf(matrix[0][0]) - wanted)
        right = off <= abs(wanted) * mpmath.mpf(1e-10) + mpmath.mpf(1e-321)
    assert right or ("x", "x") in lost or matrix[0][0] != matrix[0][0]  # nan is not silent


@pytest.mark.parametrize("program", ["acsc(acsch(y))", "acsch(acsch(y))"])
@pytest.mark.parametrize("y", [1e-310, -3e-312, 5e-324])
def test_code_of_subnormal_numbers_gives_what_the_passes_give(program: str, y: float) -> None:
    graph = parse(program)
    value = forward(Tape(graph), {"y": y})[graph.output]
    got = RUNNERS["python"](code(program, "python"), {"y": y})
    assert got[0] == pytest.approx(value, rel=1e-13)


def test_second_derivatives_of_roots_within_roots_come_to_an_end() -> None:
    found = gradient(parse("1/((((1 + x)/(y/x))^1.5/x)^(1/3))"), order=2)
    graph, roots = simplify(found.graph, list(found.second.values()))
    assert len(roots) == 3
    assert len(graph) < 400
