"""Exports at awkward points: every operator over nan, infinities, zeros and its own edges.

A target may say nan or infinity at the points listed in ``LOUD``, and Python raises where its own
mathematics does; nowhere may one give another number than ``forward`` does, but for
``PASSED_OVER``.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, isinf, isnan
from pathlib import Path

import pytest
from support_export import COMPUTING, MISSING, ask, code, evaluated, tables_of
from support_export_cases import Point, questions, same

from autograd_graph.op import Op

Loud = Callable[..., bool]

LOUD: dict[str, Loud] = {
    "sinc": lambda x: isinf(x),
    "mean": lambda *xs: max(map(abs, xs)) > 1e307,
    "hypot": lambda *xs: any(map(isnan, xs)) and any(map(isinf, xs)),
    "prod": lambda *xs: any(map(isinf, xs)),
    "lgamma": lambda x: x == -inf,  # SciPy's is -inf
}
"""Where a value may be nan or infinite though that of ``forward`` is not, or another such."""


LOUD_OF: dict[tuple[str, str], Loud] = {
    ("torch", "mod"): lambda x, y: abs(y) < 1e-300 or abs(x) > 1e300,  # fmod of its vectors: nan
}
"""The same by target too."""


def loud_at(target: str, row: Op) -> Loud | None:
    """Where a target may say nan or infinity of an operator."""
    return LOUD_OF.get((target, row.name)) or LOUD.get(row.name)


def added_up_in_order(*xs: float) -> bool:
    """Where ``eval`` adds and multiplies exactly, and order decides what is left elsewhere."""
    return max(map(abs, xs)) > 1e300


ROUNDED = {"sum", "mean", "dot"}

PASSED_OVER = {"min", "max", "clip", "logsumexp"}
"""Python's ``min`` and ``max`` pass over a nan that is not their first argument."""


def left_out(target: str, row: Op, point: Point) -> bool:
    """Whether a point says nothing of an operator in a target."""
    if row.name in ROUNDED and added_up_in_order(*point):
        return True
    return target == "python" and row.name in PASSED_OVER and any(map(isnan, point))


@pytest.mark.parametrize("target", COMPUTING)
def test_every_operator_has_its_value_at_every_awkward_point(target: str, tmp_path: Path) -> None:
    wrong = []
    for question, table in ask(target, list(questions()), tmp_path):
        loud = loud_at(target, question.row)
        wanted = evaluated(question.program, question.points)
        for point, got, (numbers, _) in zip(question.points, table, wanted, strict=True):
            if isinstance(got, str) or left_out(target, question.row, point):
                continue
            if not same(got[0], numbers[0]) and (
                loud is None or isfinite(got[0]) or not loud(*point)
            ):
                wrong.append(f"{question.program} at {point}: {got[0]}, not {numbers[0]}")
    assert wrong == []


@pytest.mark.parametrize("target", COMPUTING)
@pytest.mark.parametrize("comparison", ["<", "<=", ">", ">=", "==", "!="])
def test_a_choice_goes_where_eval_goes_whatever_is_asked(
    comparison: str, target: str, tmp_path: Path
) -> None:
    wrong = []
    bound = 0.75  # no operator has this value, or one close to it, at these points
    for around in (
        f"where({{}} {comparison} {bound}, 1, 2)",
        f"where({bound} {comparison} {{}}, 1, 2)",
    ):
        asked = list(questions(around))
        for question, table in ask(target, asked, tmp_path):
            loud = loud_at(target, question.row)
            wanted = evaluated(question.program, question.points)
            for point, got, (numbers, _) in zip(question.points, table, wanted, strict=True):
                if isinstance(got, str) or left_out(target, question.row, point):
                    continue
                if loud is not None and loud(*point):
                    continue
                if got[0] != numbers[0] and not (isnan(got[0]) and isnan(numbers[0])):
                    wrong.append(f"{question.program} at {point}: {got}, not {numbers[0]}")
    assert wrong == []


@pytest.mark.skipif("julia" in MISSING, reason="there is no julia")
def test_gamma_in_a_branch_that_is_not_taken_does_not_raise_in_julia(tmp_path: Path) -> None:
    """Its steps are used twice, so they are computed whichever branch is taken."""
    text = code("where(x > 0, gamma(x) + gamma(x)^2, 3*x)", "julia")
    (table,) = tables_of("julia", [(text, [(-1.0,), (3.0,)])], tmp_path)
    assert table[0] == [-3.0, 3.0]
    assert table[1][0] == 6.0
