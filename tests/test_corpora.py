"""Programs that other people wrote, against references at 50 digits.

The corpora lie beside the project (``AUTOGRAD_CORPORA``, default ``../shared/corpora``) and are
described in their own README. A value or derivative is accepted when it is within
``16*f64abs + 4e-16*|reference|`` of the reference; a case that misses this and is merely
ill-conditioned is named here.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support_grammar import accepted, gradient, value

from autograd_grammar import ProgramError, parse
from autograd_graph import Graph, Tape, forward, reverse

FOLDER = Path(os.environ.get("AUTOGRAD_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the corpora are not at {FOLDER}; AUTOGRAD_CORPORA names them"
)

SIZES = {
    "rubi": 1331,
    "sympy_tests": 862,
    "opt_jump": 266,
    "opt_scipy": 123,
    "opt_handgrad": 5,
    "symreg": 211,
    "feynman": 92,
    "derivs_peers": 83,
    "multi": 68,
    "worked": 38,
}

ILL_CONDITIONED = {
    # coth spelled cosh/sinh: at 4.7 its slope is 1 minus a quotient of 1.0002, four digits lost;
    # the same program with coth itself is within the tolerance
    ("rubi-04862", "program_core", "d/dc"): 3.0,
}
"""How many times the tolerance a case may be off, and why."""


@dataclass(frozen=True)
class Run:
    """A program with its values and adjoints at the case's point."""

    graph: Graph
    values: list[float]
    adjoints: list[Any]

    @property
    def value(self) -> float:
        """The output's value."""
        return self.values[self.graph.output]

    def adjoint(self, node: int) -> float:
        """The derivative of the output by a node; 0 where nothing flows."""
        flow = self.adjoints[node]
        return 0.0 if flow is None else float(flow)


def run(program: str, point: dict[str, float]) -> Run:
    """Parse, forward, reverse."""
    graph = parse(program)
    tape = Tape(graph)
    values = forward(tape, point)
    return Run(graph, values, reverse(tape, values))


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file."""
    text = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def off(got: float, reference: float, f64abs: float) -> float:
    """How many times the tolerance a result is off; infinite for one that is not finite."""
    tolerance = 16 * f64abs + 4e-16 * abs(reference)
    error = abs(got - reference)
    if error == 0.0:
        return 0.0
    return error / tolerance if tolerance and math.isfinite(error) else math.inf


def mismatches(case: dict[str, Any], key: str) -> Iterator[str]:
    """What in a case is not as the reference has it."""
    done = run(case[key], case["point"])
    f64abs = case["f64abs"]
    found = {"value": (done.value, case["value"], f64abs["value"])}
    for name, reference in case["grad"].items():
        node = done.graph.inputs[name]
        found[f"d/d{name}"] = (done.adjoint(node), reference, f64abs["grad"][name])
    if "integrand_value" in case:
        wrt = case["wrt"]
        slope = done.adjoint(done.graph.inputs[wrt]) if wrt in done.graph.inputs else 0.0
        bound = f64abs["grad"][wrt]
        found["integrand"] = (slope, case["integrand_value"], bound)
    for name, reference in case.get("node_value", {}).items():
        node = done.graph.bindings[name]
        found[f"node {name}"] = (done.values[node], reference, f64abs["value"])
    for name, reference in case.get("node_grad", {}).items():
        node = done.graph.bindings[name]
        found[f"d/dnode {name}"] = (done.adjoint(node), reference, max(f64abs["grad"].values()))
    for what, (got, reference, bound) in found.items():
        times = off(got, reference, bound)
        if times > ILL_CONDITIONED.get((case["id"], key, what), 1.0):
            yield f"{case['id']} {key} {what}: {got!r}, not {reference!r} ({times:.3g} tolerances)"


@pytest.mark.parametrize("name", SIZES)
def test_values_and_gradients_are_the_references(name: str) -> None:
    found = cases(name)
    assert len(found) == SIZES[name]
    wrong = [
        line
        for case in found
        for key in ("program", "program_core")
        if key in case
        for line in mismatches(case, key)
    ]
    assert wrong == []


def test_the_cases_called_ill_conditioned_are_off() -> None:
    by_id = {case["id"]: case for name in ("rubi",) for case in cases(name)}
    for (number, key, what), bound in ILL_CONDITIONED.items():
        case = by_id[number]
        done = run(case[key], case["point"])
        name = what.removeprefix("d/d")
        reference, f64abs = case["grad"][name], case["f64abs"]["grad"][name]
        assert 1.0 < off(done.adjoint(done.graph.inputs[name]), reference, f64abs) < bound


@pytest.mark.parametrize("name", SIZES)
def test_inputs_are_the_cases_inputs_and_names_with_defaults(name: str) -> None:
    for case in cases(name):
        graph = parse(case["program"])
        without_default = {
            each
            for each, node in graph.inputs.items()
            if node not in graph.numbers and not graph.args[node]
        }
        assert without_default <= set(case["point"]), case["id"]
        assert set(case["grad"]) <= set(graph.inputs), case["id"]


# published figures ---------------------------------------------------------------------------

PRINTED_OTHERWISE = {
    # sources that worked with rounded intermediate figures, or in single precision
    ("worked-hackers-neuron-step", "value"): 1,
    ("worked-hmkcode-step2", "node out"): 1,
    ("worked-jax-sqrt", "value"): 1,
    ("worked-jax-sqrt", "d/dx"): 2,
}
"""Units of the last printed digit by which a source is off."""

WRONG_IN_THE_SOURCE = {
    ("worked-revad-fork", "d/dx"): "a sign slip in the minus of that fork",
    ("worked-revad-fork", "d/dy"): "a sign slip in the minus of that fork",
}


def printed(got: float, text: str, units: int) -> bool:
    """Whether a source prints ``got`` as ``text``: rounded, or as a double of its own making."""
    figure = Decimal(text)
    exponent = figure.as_tuple().exponent
    assert isinstance(exponent, int)
    last = Decimal(1).scaleb(exponent)
    if len(figure.as_tuple().digits) >= 15:  # a double printed in full: good to a few ulp
        return math.isclose(got, float(text), rel_tol=4e-15)
    return abs(Decimal(got) - figure) <= (Decimal("0.5") + units) * last


def published_figures(case: dict[str, Any], done: Run) -> Iterator[tuple[str, float, str]]:
    """What is published, what we get for it, and how the source prints it."""
    published = case["published"]
    if isinstance(published.get("value"), str):
        yield "value", done.value, published["value"]
    for name, text in published.get("grad", {}).items():
        yield f"d/d{name}", done.adjoint(done.graph.inputs[name]), text
    for name, (number, slope) in published.get("nodes", {}).items():
        node = done.graph.bindings[name]
        yield f"node {name}", done.values[node], number
        if slope is not None:
            yield f"d/dnode {name}", done.adjoint(node), slope
    for name, text in published.get("updated (w - 0.5*grad)", {}).items():
        step = case["point"][name] - 0.5 * done.adjoint(done.graph.inputs[name])
        yield f"new {name}", step, text


def test_worked_examples_give_the_figures_their_sources_print() -> None:
    wrong, seen = [], 0
    for case in cases("worked"):
        if "published" not in case:
            continue
        done = run(case["program"], case["point"])
        for what, got, text in published_figures(case, done):
            seen += 1
            key = (case["id"], what)
            right = printed(got, text, PRINTED_OTHERWISE.get(key, 0))
            if right == (key in WRONG_IN_THE_SOURCE):
                wrong.append(f"{case['id']} {what}: {got!r}, printed {text}")
    assert wrong == []
    assert seen > 100


@pytest.mark.parametrize("name", ["opt_jump", "opt_scipy"])
def test_published_optima_are_met_as_closely_as_the_reference_meets_them(name: str) -> None:
    wrong, seen = [], 0
    for case in cases(name):
        if "published" not in case:
            continue
        seen += 1
        stated = float(case["published"]["value"])
        check = case["published_check"]
        bound = check.get("value_abserr", 0.0) + check.get("value_relerr", 0.0) * abs(stated)
        bound = 1.05 * bound + 16 * case["f64abs"]["value"] + 4e-16 * abs(stated)
        got = value(case["program"], **case["point"])
        if not abs(got - stated) <= bound:
            wrong.append(f"{case['id']}: {got!r}, stated {stated!r}")
    assert wrong == []
    assert seen > 10


@pytest.mark.parametrize(("name", "refused"), [("sympy_tests", 0), ("derivs_peers", 18)])
def test_published_derivatives_agree_with_the_gradient(name: str, refused: int) -> None:
    wrong, outside = [], 0
    for case in cases(name):
        try:
            formula = parse(case["published"]["derivative"])
        except ProgramError:  # peers write products as `3 x`, and functions of their own
            outside += 1
            continue
        got = forward(Tape(formula), case["point"])[formula.output]
        wrt = case["wrt"]
        slope = gradient(case["program"], **case["point"]).get(wrt, 0.0)
        bound = 32 * case["f64abs"]["grad"].get(wrt, 0.0) + 8e-16 * abs(slope)
        if not abs(got - slope) <= bound:
            wrong.append(f"{case['id']}: {got!r} by the formula, {slope!r} by the gradient")
    assert wrong == []
    assert outside == refused


def test_gradients_written_by_hand_agree() -> None:
    found = cases("opt_handgrad")
    for case in found:
        slopes = gradient(case["program"], **case["point"])
        for name, formula in case["published"]["grad_formula"].items():
            by_hand = value(formula, **case["point"])
            bound = 32 * case["f64abs"]["grad"][name] + 1e-15 * abs(by_hand)
            assert abs(slopes[name] - by_hand) <= bound, (case["id"], name)


# points without a derivative -----------------------------------------------------------------

BY_THE_CHAIN_RULE = {
    # sqrt has an infinite slope at 0, the square inside a zero one: 0 * inf is nan, by policy
    ("kink-Ackley02", "x1"): math.nan,
    ("kink-Ackley02", "x2"): math.nan,
    ("kink-CrossLegTable", "x1"): math.nan,
    ("kink-CrossLegTable", "x2"): math.nan,
    ("kink-Ursem04", "x1"): math.nan,
    ("kink-Ursem04", "x2"): math.nan,
    ("kinkw-sqrt-x2-1d", "x"): math.nan,
    # u^0.75 likewise
    ("kink-Wolfe", "x1"): math.nan,
    ("kink-Wolfe", "x2"): math.nan,
    # one-sided: the slope of x^(1/3) is infinite, of x^(3/2) it is 0
    ("kinkw-cube-root-0", "x"): math.inf,
    ("kinkw-gsl-x32-0", "x"): 0.0,
}
"""Where LANGUAGE.md's policy says something else than a number between the one-sided slopes."""


@pytest.mark.parametrize("name", ["kinks_opt", "kinks_worked"])
def test_at_a_kink_the_gradient_lies_between_the_one_sided_slopes(name: str) -> None:
    seen = 0
    for case in cases(name):
        done = run(case["program"], case["point"])
        assert done.value == case["value"], case["id"]
        for wrt, sides in case["one_sided"].items():
            seen += 1
            got = done.adjoint(done.graph.inputs[wrt])
            policy = BY_THE_CHAIN_RULE.get((case["id"], wrt))
            if policy is not None:
                assert got == policy or (math.isnan(got) and math.isnan(policy)), case["id"]
            else:
                slopes = sides["left"], sides["right"]
                assert min(slopes) <= got <= max(slopes), (case["id"], wrt)
    assert seen >= 5


# texts from other parsers' tests -------------------------------------------------------------

LANGUAGE_IS_RIGHT = {
    # the file calls superscripts an error; LANGUAGE.md has them as powers
    "parse-2580": 40000.0,  # 200²
    "parse-2757": 18.0,  # 3²*2
    "parse-2760": 54.0,  # 3³*2
    "parse-2762": 9.0,  # (1+2)²
}


def test_texts_of_other_parsers_mean_what_this_language_says() -> None:
    found = cases("parse_cases")
    assert len(found) == 690
    wrong = []
    for case in found:
        expected = LANGUAGE_IS_RIGHT.get(case["id"], case["reference"])
        got: float | str
        try:
            got = value(case["text"], **case["vars"])
        except ProgramError:
            got = "error"
        if isinstance(expected, str) or isinstance(got, str):
            right = got == expected
        else:
            right = math.isclose(got, expected, rel_tol=1e-14, abs_tol=1e-15)
        if not right:
            wrong.append(f"{case['id']} {case['text']!r}: {got!r}, not {expected!r}")
    assert wrong == []


def test_what_the_language_overrules_is_an_error_in_the_file() -> None:
    references = {case["id"]: case["reference"] for case in cases("parse_cases")}
    assert {references[number] for number in LANGUAGE_IS_RIGHT} == {"error"}


# the programs, mutilated ---------------------------------------------------------------------


def mutations(program: str, seed: int) -> Iterator[str]:
    """The program with a character deleted, doubled, or swapped with the next, here and there."""
    for n in range(3):
        at = (seed * 7919 + n * 104729) % len(program)
        before, character, after = program[:at], program[at], program[at + 1 :]
        yield before + after
        yield before + character * 2 + after
        yield before + after[:1] + character + after[1:]


@pytest.mark.parametrize("name", [*SIZES, "parse_cases"])
def test_mutilated_programs_are_accepted_or_refused(name: str) -> None:
    refused = 0
    for number, case in enumerate(cases(name)):
        program = case.get("program") or case["text"]
        if len(program) < 2000:
            for text in mutations(program, number + 1):
                refused += not accepted(text)
    assert refused > 3
