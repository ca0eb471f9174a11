"""The project's own corpus: made anew it is the same, and every route has its references."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import pytest
from support_cli import autograd
from support_derivatives import corpus, value_at

from autograd_grammar import parse
from autograd_graph import Tape, forward, reverse
from autograd_graph.passes.curvature import second_derivatives
from autograd_graph.symbolic.gradient import gradient
from autograd_graph.symbolic.simplify import simplify

from . import make

CASES = corpus("own")
CLOSE = 16
"""Rounding may move a result so many times as far as the noise of the references' runs did."""


def near(got: float, case: dict[str, Any], by: str | None = None) -> bool:
    """Whether a value, or the slope by an input, is the reference to rounding."""
    truth = case["value"] if by is None else case["grad"][by]
    bound = case["f64abs"]["value"] if by is None else case["f64abs"]["grad"][by]
    return abs(got - truth) <= CLOSE * bound + 4e-16 * abs(truth)


@pytest.mark.parametrize("family", make.DRAWN)
def test_made_anew_the_corpus_is_the_same(family: str) -> None:
    kept = [case for case in CASES if case["id"].startswith(family)]
    assert list(make.cases(family)) == kept
    assert len(kept) == make.EACH


def test_values_and_gradients_are_the_references() -> None:
    wrong = []
    for case in CASES:
        tape = Tape(parse(case["program"]))
        values = forward(tape, case["point"])
        adjoints = reverse(tape, values)
        if not near(values[tape.output], case):
            wrong.append((case["id"], values[tape.output], case["value"]))
        for by in case["grad"]:
            slope = adjoints[tape.graph.inputs[by]] or 0.0
            if not near(slope, case, by):
                wrong.append((case["id"], by, slope, case["grad"][by]))
    assert wrong == []


def test_hessians_are_the_references_or_say_that_they_are_lost() -> None:
    wrong, lost = [], set()
    for case in CASES:
        names = list(case["grad"])
        found, named = second_derivatives(Tape(parse(case["program"])), case["point"], names)
        scale = max(1.0, *map(abs, case["hessian"].values()), *map(abs, case["grad"].values()))
        for pair, truth in case["hessian"].items():
            a, b = pair.split(",")
            got = found[names.index(a)][names.index(b)]
            if (a, b) in named or not isfinite(got):
                lost.add(case["id"])
            elif abs(got - truth) > 1e-9 * scale:
                wrong.append((case["id"], pair, got, truth))
    assert wrong == []
    assert len(lost) < 8
    assert all(case.startswith("magnitudes") for case in lost)


def test_simplified_derivatives_are_the_references() -> None:
    wrong = []
    for case in CASES[::3]:
        found = gradient(parse(case["program"]), wrt=list(case["grad"]))
        simpler, nodes = simplify(found.graph, list(found.first.values()))
        for by, node in zip(found.first, nodes, strict=True):
            got = value_at(simpler, node, case["point"])
            if abs(got - case["grad"][by]) > 1e-9 * max(1.0, abs(case["grad"][by])):
                wrong.append((case["id"], by, got, case["grad"][by]))
    assert wrong == []


def test_batch_has_the_references_for_every_program() -> None:
    lines = [json.dumps({"program": c["program"], "at": c["point"], "id": c["id"]}) for c in CASES]
    run = autograd("batch", stdin="\n".join(lines))
    assert run.status == 0
    records = [json.loads(line) for line in run.lines]
    assert [record["id"] for record in records] == [case["id"] for case in CASES]
    for record, case in zip(records, CASES, strict=True):
        assert near(record["output"]["value"], case)
        assert all(near(record["gradients"][by], case, by) for by in case["grad"])
