"""The adversary in small: a fixed number of programs, and proof that it finds what is wrong."""

from __future__ import annotations

import mpmath
import pytest

from autograd_graph.numbers import floats
from autograd_graph.symbolic import rules

from . import oracle, routes
from .campaign import Campaign, Finding, for_programs
from .families import FAMILIES
from .judge import differences
from .minimise import smallest
from .programs import Program, Statement, of
from .tapes import tape_of

SEED = 20_261_127
EACH = 8
"""How many programs of each family are asked here; hours are for the command."""


@pytest.mark.parametrize("family", FAMILIES)
def test_no_program_of_a_family_is_answered_wrongly_in_silence(family: str) -> None:
    found: list[Finding] = []
    tally = Campaign(SEED, [family], found.append).run(for_programs(EACH))
    assert found == []
    assert tally.programs[family] + tally.refused == EACH
    assert tally.compared[family] > 5 * EACH


def _found(program: Program, point: dict[str, float], *targets: str) -> set[str]:
    return {each.route for each in differences(program, point, targets).differences}


def test_a_wrong_slope_of_an_operator_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    program, point = of(("pow", "x", "3")), {"x": 0.7}
    assert _found(program, point) == set()
    monkeypatch.setattr(floats, "power_slope", lambda x, n: n * x**n)
    assert {"eval", "tangent"} <= _found(program, point)


def test_a_wrong_rewriting_that_the_check_lets_pass_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program, point = of(("mul", "x", ("sin", "x"))), {"x": 0.3}
    assert _found(program, point) == set()
    monkeypatch.setitem(rules.RULES, "cos", (lambda f, x: f.call("sin", (x,)),))
    monkeypatch.setattr(routes, "parting", lambda *_: None)
    assert "diff1" in _found(program, point)


def test_a_finding_is_cut_to_what_it_hangs_on() -> None:
    program = Program(
        (Statement(("exp", "x"), "a"), Statement(("add", ("mul", "a", "y"), ("tan", "z"))))
    )
    point = {"x": 0.123456, "y": 7.25, "z": 1.5}

    def has_a_tangent(smaller: Program, at: object) -> bool:
        return "tan(" in str(smaller)

    small, at = smallest(program, point, has_a_tangent, 200)
    assert str(small) == "tan(z)"
    assert all(len(repr(value)) <= 3 for value in at.values())


@pytest.mark.parametrize(
    ("tree", "point", "wanted"),
    [
        (("mul", "x", ("exp", "x")), {"x": 1.0}, ("exp(1)", "2*exp(1)", "3*exp(1)")),
        (("pow", "x", "3"), {"x": 2.0}, ("8", "12", "12")),
        (("atan2", "x", "2"), {"x": 2.0}, ("pi/4", "1/4", "-1/8")),
    ],
)
def test_the_oracle_knows_derivatives_that_are_worked_out_by_hand(
    tree: tuple[str, ...], point: dict[str, float], wanted: tuple[str, ...]
) -> None:
    truth = oracle.truth(tape_of(of(tree)), point, ["x"])
    with mpmath.workdps(40):
        names = {"exp": mpmath.exp, "pi": mpmath.pi}
        numbers = [mpmath.mpf(eval(text, names)) for text in wanted]
        for key, number in zip([(), ("x",), ("x", "x")], numbers, strict=True):
            assert abs(truth.numbers[key] - number) < mpmath.mpf(10) ** -15
