"""A derivative is held to the reverse pass before it is shown: what slips through, and what not."""

from __future__ import annotations

from typing import Any

import pytest
from support_cli import autograd
from support_derivatives import corpora, corpus

from autograd_grammar import parse
from autograd_graph.symbolic import rules
from autograd_graph.symbolic.gradient import gradient
from autograd_graph.symbolic.simplify import simplify
from autograd_graph.symbolic.verification import Parting, parting


def parted(program: str, given: dict[str, float] | None = None, order: int = 1) -> Parting | None:
    found = gradient(parse(program), order=order)
    roots = [found.output, *found.first.values(), *found.second.values()]
    return parting(found, *simplify(found.graph, roots, given or {}), given or {})


WRONG_RULES: list[tuple[str, Any, str]] = [
    ("cos", lambda f, x: f.call("sin", (x,)), "x*sin(x)"),
    ("exp", lambda f, x: f.add(f.call("exp", (x,)), f.number(1)), "exp(x)*x"),
    ("log", lambda f, x: f.zero, "x^n"),
    ("where", lambda f, c, a, b: a, "where(x > 1, x^2, x)"),
    ("tanh", lambda f, x: f.one, "tanh(x)^2"),
    ("sqrt", lambda f, x: x, "1/sqrt(x)"),
]
"""A rewrite that is not true, and a program whose derivative it spoils."""


@pytest.mark.parametrize(("name", "rule", "program"), WRONG_RULES)
def test_a_planted_wrong_rule_is_found(
    monkeypatch: pytest.MonkeyPatch, name: str, rule: Any, program: str
) -> None:
    assert parted(program) is None
    table = rules.ALGEBRA if name in rules.ALGEBRA else rules.RULES
    monkeypatch.setitem(table, name, rule if table is rules.ALGEBRA else (rule,))
    assert parted(program) is not None


def test_a_planted_wrong_rule_costs_the_simplification_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = (lambda f, x: f.call("sin", (x,)),)
    monkeypatch.setitem(rules.RULES, "cos", wrong)
    run = autograd("diff", "x*sin(x)")
    assert run.status == 0
    assert "not simplified" in run.err
    again = autograd("eval", run.out.strip(), "--x=2", "--get", "value")
    slope = autograd("eval", "x*sin(x)", "--x=2", "--get", "grad.x")
    assert float(again.out) == pytest.approx(float(slope.out), rel=1e-15)
    put_in = autograd("diff", "a*x*sin(x)", "--a=3", "--wrt", "x")
    assert "a" not in put_in.out.replace("tan", "")


@pytest.mark.parametrize(
    "program",
    [
        "(0.1 + 0.2 - 0.3)*x",  # exact rationals, against rounding
        "relu(x - x)",
        "hypot(x - x, 0)",
        "floor(0.3/0.1)*x",
        "(-8)^(1/3)*x",
        "exp(700*x)*exp(-700*x)",
        "(e^(-x)/e^(-x))^40",  # the constant 1, but for what overflows on the way
        "((x^(-2)/exp(x))^35/x)^13",
        "y/(y)",
        "k = 8; (k*k)^3*(k - k - 1)",
        "const n = pi; x^n",
        "const n = 1/3; n*x",
        "((z*x + 1 + x)^12)^-2",
        "logsumexp(z, y^4, cos(y))",
        "(max(x, y)/0.3*x)^32",
        "1/(1 + exp(-x))",
        "x/0",
        "max(x, x)",
        "3",
        "sqrt(-1 - x^2)",
    ],
)
def test_rounding_kinks_and_poles_raise_no_alarm(program: str) -> None:
    assert parted(program) is None
    assert parted(program, order=2) is None


def test_what_is_checked_depends_on_the_program_alone() -> None:
    runs = {autograd("diff", "x*exp(x)").out for _ in range(3)}
    assert len(runs) == 1


def test_a_large_program_is_checked_at_one_point_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    program = " + ".join(f"cos({n}*x)" for n in range(1, 4_000))
    assert parted(program) is None
    monkeypatch.setitem(rules.RULES, "sin", (lambda f, x: f.zero,))
    assert parted(program) is not None


@pytest.mark.parametrize(
    "name",
    corpora("own", "sympy_tests", "symreg", "feynman", "derivs_peers", "worked", "opt_scipy"),
)
def test_programs_of_the_corpora_raise_no_alarm(name: str) -> None:
    alarms = [case["program"] for case in corpus(name, step=5) if parted(case["program"])]
    assert alarms == []
