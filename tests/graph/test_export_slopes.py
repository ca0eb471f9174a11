"""Values and slopes of exported code, far out and near 0: they have all digits that `eval` has.

Every operator of the table, in every target that computes, at points of every size, against
references in 70 digits. What does not hold to the bound is named in ``LESS``, with the reason, and
has to go from there once it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from math import inf, isfinite
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support_export import COMPUTING, Numbers, ask, code, evaluated, tables_of
from support_graph import (
    LARGEST,
    REFERENCES,
    SMALLEST_NORMAL,
    at,
    distance,
    exact,
    gradient,
    one_operator,
    points,
)

from autograd_graph import OPERATORS, Tape
from autograd_graph.op import Op

Point = tuple[float, ...]
Key = tuple[str, str, bool]


ULPS = 16.0
"""How far off a number may be, in units in the last place. Libraries are off by a few."""


def _tame(*point: float) -> bool:
    return False


class Less(NamedTuple):
    """What is held to another bound, why, and where it is held to none."""

    ulps: float
    reason: str
    spared: Callable[..., bool] = _tame


def _tiny(*point: float) -> bool:
    return any(0.0 < abs(x) < 2.0 * SMALLEST_NORMAL for x in point)


def _far_apart(x: float, y: float) -> bool:
    return abs(y) < 1e-290 or abs(x) > 1e290 * min(abs(y), 1.0)


_SQUARED = "the rounding of x^2 is worth x^2 times as much after exp"
_DIFFERENCE = "the rounding of y - 1, of x - max, is worth its size, or log(x), times as much"
_BEFORE = "a factor may be subnormal, or too large, before another brings the product back"
_FMOD = "the remainder of its vectors is nan where the quotient is too large"
_ONCE = "eval rounds once, code adds up in order, and terms cancel"

LESS: dict[tuple[str, str], Less] = {
    ("pow", "slopes"): Less(512.0, f"{_DIFFERENCE}; {_BEFORE}", _tiny),
    ("atan2", "slopes"): Less(ULPS, _BEFORE, _tiny),
    ("erf", "slopes"): Less(1024.0, _SQUARED),
    ("erfc", "slopes"): Less(1024.0, _SQUARED),
    ("gelu", "value"): Less(2048.0, _SQUARED),
    ("gelu", "slopes"): Less(1024.0, _SQUARED),
    ("logsumexp", "slopes"): Less(1024.0, _DIFFERENCE),
    ("elu", "slopes"): Less(ULPS, _BEFORE, lambda x, alpha: x < -700.0),
    ("sum", "value"): Less(inf, _ONCE),
    ("dot", "value"): Less(inf, _ONCE),
}
"""By operator and by what of it."""

LESS_OF: dict[tuple[str, str, str], Less] = {
    ("mod", "value", "torch"): Less(ULPS, _FMOD, _far_apart),
    ("mod", "slopes", "torch"): Less(ULPS, _FMOD, _far_apart),
    ("xlog1py", "value", "torch"): Less(ULPS, "its log1p of a subnormal number is 0", _tiny),
    ("erfc", "value", "numpy"): Less(1024.0, f"SciPy: {_SQUARED}", lambda x: x > 26.0),
}
"""The same by target too."""


def less(name: str, part: str, target: str) -> Less:
    """What an operator is held to in a target."""
    usual = LESS.get((name, part), Less(ULPS, ""))
    return LESS_OF.get((name, part, target), usual)


class Question(NamedTuple):
    """An operator over inputs, points for it, and the value and the slopes in 70 digits."""

    row: Op
    program: str
    points: list[Point]
    truths: list[tuple[Any, tuple[Any, ...]]]


def call(row: Op, count: int) -> str:
    """An operator over ``x0``, ``x1``, …"""
    names = [f"x{n}" for n in range(count)]
    if row.function:
        return f"{row.spelling}({', '.join(names)})"
    return f" {row.infix} ".join(names) if count > 1 else f"{row.infix}x0"


@cache
def questions() -> tuple[Question, ...]:
    """Every operator at points of its domain, of every size."""
    found = []
    for row in OPERATORS.values():
        if row.name == "identity" or row.fixed:  # no program has the one, no target the other
            continue
        reference = REFERENCES[row.name]
        by_count: dict[int, list[Point]] = defaultdict(list)
        for point in points(row, row.name):
            if row.takes(len(point)) and reference.domain(*point):
                by_count[len(point)].append(point)
        for count, some in by_count.items():
            truths = [
                (reference.value(*digits), reference.slopes(*digits))
                for digits in (tuple(map(exact, point)) for point in some)
            ]
            found.append(Question(row, call(row, count), some, truths))
    return tuple(found)


def off(row: Op, point: Point, got: Numbers, truth: tuple[Any, tuple[Any, ...]]) -> Numbers:
    """How far off the value is, and the worst of the slopes."""
    reference, (value, slopes) = REFERENCES[row.name], truth
    scale = reference.value_scale(*point) if reference.value_scale else 0.0
    of_value = distance(got[0], value, scale)
    if 0 < abs(value) < SMALLEST_NORMAL or abs(value) > LARGEST:
        return [of_value, 0.0]  # a slope made of such a value has only the digits that it has
    scale = reference.slope_scale(*point) if reference.slope_scale else 0.0
    pairs = zip(got[1:], slopes, strict=True)
    return [of_value, max(distance(a, 0 if b is None else b, scale) for a, b in pairs)]


@cache
def worst(target: str, folder: Path) -> tuple[dict[Key, tuple[float, Point]], list[str]]:
    """For each operator the largest errors of a target and where; and what raises in vain.

    A third key tells the points at which it is held to no bound.
    """
    found: dict[Key, tuple[float, Point]] = {}
    raised = []
    for question, table in ask(target, questions(), folder):
        row = question.row
        for point, got, truth in zip(question.points, table, question.truths, strict=True):
            if isinstance(got, str):
                ((numbers, _),) = evaluated(question.program, [point])
                if all(map(isfinite, numbers)):
                    raised.append(f"{question.program} at {point}: {got}, not {numbers}")
                continue
            for part, ulps in zip(("value", "slopes"), off(row, point, got, truth), strict=True):
                key = row.name, part, less(row.name, part, target).spared(*point)
                if ulps > found.get(key, (-1.0, ()))[0]:
                    found[key] = ulps, point
    return found, raised


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where C is compiled, once for the whole module."""
    return tmp_path_factory.mktemp("slopes")


@pytest.mark.parametrize("target", COMPUTING)
def test_code_has_the_digits_that_eval_has(target: str, folder: Path) -> None:
    found, _ = worst(target, folder)
    wrong = {
        tuple(key): (ulps, at)
        for (*key, spared), (ulps, at) in found.items()
        if not spared and not ulps <= less(*key, target).ulps
    }
    assert wrong == {}
    assert len(found) > 100


def test_python_code_does_not_raise_where_eval_has_numbers(folder: Path) -> None:
    raised = worst("python", folder)[1]
    assert [each for each in raised if not each.startswith("pow")] == []
    assert raised, "x^(y - 1) is too large for a subnormal x, and y*x^(y - 1) is not"


@pytest.mark.parametrize("key", [*LESS, *(key for key in LESS_OF if key[2] in COMPUTING)])
def test_what_has_another_bound_needs_it(key: tuple[str, ...], folder: Path) -> None:
    name, part, *of = key
    bound = less(name, part, *(of or [""]))
    tables = [worst(target, folder)[0] for target in of or COMPUTING]
    for spared, is_listed in (
        (False, bound.ulps > ULPS),
        (True, bound.spared is not _tame),
    ):
        errors = [table[name, part, spared][0] for table in tables if (name, part, spared) in table]
        assert not is_listed or max(errors) > ULPS


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if row.lossy])
def test_a_row_is_lossy_only_where_its_textbook_form_is(name: str) -> None:
    row = OPERATORS[name]
    edges = [edge.at for edge in row.edges if not edge.constant]
    inside = [point for point in points(row, name) if REFERENCES[name].domain(*point)]
    for point in (*edges, *inside):
        graph = one_operator(row, len(point))
        computed, read = (
            gradient(Tape(graph, form=form), at(*point))[1] for form in ("computed", "textbook")
        )
        for slope, other in zip(computed, read, strict=True):
            if isfinite(slope or 0.0) and distance(other or 0.0, exact(slope or 0.0)) > ULPS:
                return
    pytest.fail("its textbook form is as good as its partials: code can have it")


@pytest.mark.parametrize("target", COMPUTING)
@pytest.mark.parametrize(
    ("program", "point"),
    [
        ("sigmoid(x0)", (40.0,)),
        ("log_sigmoid(x0)", (40.0,)),
        ("tanh(x0)", (20.0,)),
        ("asinh(x0)", (1e200,)),
        ("acosh(x0)", (1e200,)),
        ("acoth(x0)", (1e160,)),
        ("softsign(x0)", (1e120,)),
        ("sinc(x0)", (1e-6,)),
        ("acsch(x0)", (1e-310,)),
        ("asech(x0)", (5e-324,)),
        ("acsc(x0)", (1e308,)),
        ("log10(x0)^2/3", (1e308,)),
        ("log(x0, x1)", (1e10, 5e304)),
        ("x0/x1", (1e-100, 1e-200)),
        ("atan2(x0, x1)", (1e200, 2e200)),
        ("x0^x1", (5e-324, 0.0)),
        ("logsumexp(x0, x1)", (1e6, 1e6 + 1.0)),
        ("log(logsumexp(x0, x1))", (1e-300, -40.0)),
        ("mod(x0, x1)", (-5e-324, 1e300)),
        ("sigmoid(3*x0 + 2)*tanh(x0)^2", (25.0,)),
        ("(exp(x0) - x0 - 1)/x0^2", (30.0,)),
        ("-1e308*10*x0", (2.0,)),
        ("min(x0, x0, pi)", (2.0,)),
        ("max(x0, x1, x2)", (2.0, 2.0, 2.0)),
        ("x0/prod(x1, x0, 1e-150)", (1e200, 1e180)),
        ("prod(x0, x1, x2)", (1e-200, 1e-200, 1e300)),
        ("prod(x0, x0, x1, x1, 3)", (1e200, -1e-200)),
        ("prod(x0, x0, x0, x1, x1, x1, 2, 2, x0, x1)", (1e-120, 1e120)),
        ("prod(x0, x1, x0)", (1e300, 0.0)),
        ("dot(x0, x1, x0, x1, -x0, 3)", (1e200, 2.0)),
        ("sum(x0, x0, -x0)", (1e308,)),
        ("mean(x0, x0, x1)", (1.5e308, -1e308)),
    ],
)
def test_code_says_what_eval_does(program: str, point: Point, target: str, tmp_path: Path) -> None:
    text = code(program, target, inputs=[f"x{n}" for n in range(len(point))])
    ((got,),) = tables_of(target, [(text, [point])], tmp_path)
    ((wanted, _),) = evaluated(program, [point])
    assert got == pytest.approx(wanted, rel=4e-15, abs=0.0)
