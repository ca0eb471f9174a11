"""What is settled before anything is called, in exported code: it is the double that `eval` has.

It does not raise, keeps the sign of its zero, and no whole number is more than a double holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support_export import COMPUTING, code, evaluated, tables_of

from autograd_graph.export import TARGETS

SETTLED = [
    "1/round(0.5)*x0",
    "log(0)*x0",
    "log(0 - 1)*x0",
    "x0 + 1/0",
    "x0 - 1/0",
    "x0 + 0/0",
    "1/(1/0)*x0",
    "-1e308*10*x0",
    "x0*(1e308*10 - 1e308*10)",
    "x0/-0.0",
    "x0/(0*-1)",
    "atan2(-0.0, x0)",
    "atan2(0*-2, -x0)",
    "0^-1*x0",
    "(-8)^(1/3)*x0",
    "sqrt(-4)*x0",
    "gamma(0)*x0",
    "gamma(-2)*x0",
    "exp(1000)*x0",
    "sinc(1/0) + x0",
    "cosh(1/0)*x0",
    "floor(1e300)*x0",
    "3^700*x0",
    "(3^300/3^299)*x0",
    "(2^60 + 1 - 2^60)*x0",
    "(9007199254740993 - 9007199254740992)*x0",
    "2^-3*x0",
    "where(0, log(0), 2)*x0",
    "max(log(0), 2)*x0",
    "mod(7, 0) + x0",
    "const k = 0; x0/k",
    "const k = -0.0; x0/k",
    "const k = 2; x0/(k - 2)",
    "const k = 1e308; x0*(k*10)",
    "pi*x0 + e",
    "1/3*x0",
    "where(2 > 1, x0, log(-1))",
    "where(0/0, x0, 2) + where(1/0, x0, 3)",
    "where(x0 < 0/0, 1, x0) + where(0/0 == x0, 2, x0) + where(x0 != 0/0, 3, x0)",
    "x0^-1 + 2^-x0",
    "abs(x0)^(1/0)",
    "x0^(0/0)",
    "x0^(1/0 - 1/0) + 1/0",
]
"""Programs over one input, with something in them that no input moves."""


def identical(got: float, wanted: float) -> bool:
    """The same double, the sign of a zero and all; one unit off is the rounding of a library."""
    if math.isnan(wanted):
        return math.isnan(got)
    same_sign = math.copysign(1.0, got) == math.copysign(1.0, wanted)
    return same_sign and (got == wanted or abs(got - wanted) <= math.ulp(wanted))


def tables(
    programs: Sequence[str], points: Sequence[Sequence[float]], target: str, folder: Path
) -> list[list[list[float] | str]]:
    """What a target has for each program at each point."""
    names = [f"x{n}" for n in range(len(points[0]))]
    texts = [code(program, target, inputs=names) for program in programs]
    return tables_of(target, [(text, points) for text in texts], folder)


def disagreements(
    programs: Sequence[str], points: Sequence[Sequence[float]], target: str, folder: Path
) -> list[str]:
    """Where a target does not have the value and the gradient of `eval`."""
    wrong = []
    for program, table in zip(programs, tables(programs, points, target, folder), strict=True):
        for point, got, (wanted, _) in zip(points, table, evaluated(program, points), strict=True):
            if isinstance(got, str) or not all(map(identical, got, wanted)):
                wrong.append(f"{program} at {point}: {got}, not {wanted}")
    return wrong


@pytest.mark.parametrize("target", COMPUTING)
def test_what_is_settled_is_what_eval_has(target: str, tmp_path: Path) -> None:
    assert disagreements(SETTLED, [(3.0,), (-0.5,)], target, tmp_path) == []


@pytest.mark.parametrize("target", COMPUTING)
def test_an_extremum_of_what_is_no_number_is_none(target: str, tmp_path: Path) -> None:
    for table in tables(["max(0/0, x0)", "min(0/0, x0)"], [(3.0,)], target, tmp_path):
        assert math.isnan(float(table[0][0]))


def test_what_is_settled_is_not_asked_again() -> None:
    text = code("where(2 > 1, x, log(-1)) + x^-1 + 2^x", "python")
    assert " if " not in text
    assert "x**-2" in text
    assert "2*math.pi" in code("2*pi*x", "python")


@pytest.mark.parametrize("target", ["numpy", "c", "js", "sql"])
def test_a_zero_that_moves_has_its_sign_too(target: str, tmp_path: Path) -> None:
    programs = ["1/(-0.0*x0)", "1/(0*x0)", "atan2(0*x0, -1)", "1/(0 - x0*0)"]
    assert disagreements(programs, [(3.0,), (-0.5,)], target, tmp_path) == []


@pytest.mark.parametrize("target", COMPUTING)
def test_a_zero_that_is_rounded_or_chosen_has_its_sign(target: str, tmp_path: Path) -> None:
    programs = [
        "atan2(ceil(x0), -1)",
        "atan2(round(x0), -1)",
        "atan2(trunc(x0), -1)",
        "atan2(floor(x0), -1)",
        "atan2(-max(x0 - 1, 0), -1)",
        "atan2(-where(x0 < 0, 0, 1), -1)",
    ]
    assert disagreements(programs, [(-0.25,), (-0.0,), (0.0,)], target, tmp_path) == []


@pytest.mark.parametrize("target", COMPUTING)
def test_a_remainder_has_the_sign_of_its_divisor(target: str, tmp_path: Path) -> None:
    programs = ["mod(x0, x1)", "1/mod(x0, x1)"]
    points = [
        (a * x, b * y)
        for x, y in ((4.0, 2.0), (7.0, 3.0), (1e-200, 3e-200), (5e-324, 1e300), (3.0, 1e-300))
        for a in (1, -1)
        for b in (1, -1)
    ]
    zeros = [(0.0, 3.0), (-0.0, 3.0), (0.0, -3.0), (-0.0, -3.0)]
    wrong = []
    for program, table in zip(
        programs, tables(programs, [*points, *zeros], target, tmp_path), strict=True
    ):
        for point, got, (wanted, _) in zip(
            [*points, *zeros], table, evaluated(program, [*points, *zeros]), strict=True
        ):
            if not isinstance(got, str) and not identical(got[0], wanted[0]):
                wrong.append(f"{program} at {point}: {got[0]}, not {wanted[0]}")
    assert wrong == []


@pytest.mark.parametrize("program", ["x + 1/0", "x/0", "x/-0.0", "x + 0/0", "0^-1*x", "log(0)*x"])
def test_sympy_does_not_raise_for_what_is_undefined(program: str) -> None:
    space: dict[str, Any] = {}
    exec(code(program, "sympy"), space)
    assert not space["value"].is_finite


@pytest.mark.parametrize("target", TARGETS)
def test_the_greek_letter_is_the_constant_pi(target: str) -> None:
    assert code("π*x", target) == code("pi*x", target)
