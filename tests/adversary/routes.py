"""Every way that the project has from a program and a point to numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from pathlib import Path
from random import Random
from typing import Any

import support_export
from support_cli import autograd

from autograd_cli.reports import evaluation as report
from autograd_grammar import parse
from autograd_graph import Graph, ProgramError, Tape, forward, tangent
from autograd_graph.export import export, find
from autograd_graph.export.derivatives import computed_derivatives
from autograd_graph.passes.curvature import second_derivatives
from autograd_graph.passes.diagnosis import statuses
from autograd_graph.passes.underflow import Losses, depends_on_lost_digits
from autograd_graph.status import OK, worst
from autograd_graph.symbolic.gradient import Derivatives, gradient
from autograd_graph.symbolic.infix import infix
from autograd_graph.symbolic.simplify import put_in, simplify
from autograd_graph.symbolic.verification import parting

from .oracle import Key

Numbers = dict[Key, float]


@dataclass(frozen=True)
class Answer:
    """What a route says; ``silent`` are the numbers that it puts no mark on."""

    numbers: Numbers
    silent: frozenset[Key]


def _answer(numbers: Numbers, marked: bool | Iterable[Key] = False) -> Answer:
    if isinstance(marked, bool):
        return Answer(numbers, frozenset() if marked else frozenset(numbers))
    return Answer(numbers, frozenset(numbers) - frozenset(marked))


@dataclass
class Subject:
    """A program's text, and what the routes share of it."""

    text: str
    graph: Graph = field(init=False)
    tape: Tape = field(init=False)

    def __post_init__(self) -> None:
        self.graph = parse(self.text)
        self.tape = Tape(self.graph)

    @property
    def wrt(self) -> list[str]:
        """What is differentiated by."""
        return list(self.graph.inputs)

    def derivatives(self, order: int) -> Formula:
        """The simplified derivatives of the first or of both orders."""
        return self._second if order == 2 else self._first

    @cached_property
    def _first(self) -> Formula:
        return _formula(self, 1)

    @cached_property
    def _second(self) -> Formula:
        return _formula(self, 2)

    def given(self, point: Mapping[str, float]) -> dict[str, float]:
        """The point, as far as the program has its inputs."""
        return {name: value for name, value in point.items() if name in self.graph.inputs}

    def leaves(self, point: Mapping[str, float]) -> dict[str, float]:
        """The values of all inputs and constants, those that the program computes among them."""
        values = forward(self.tape, self.given(point))
        leaves = self.graph.inputs | self.graph.constants
        return {name: values[node] for name, node in leaves.items()}


@dataclass(frozen=True)
class Formula:
    """What ``diff`` makes: a graph with the value and the derivatives, by what they are."""

    graph: Graph
    roots: dict[Key, int]
    marked: bool
    """Whether a note goes with it: a caveat, or that the check found simplifying wrong."""


def _formula(subject: Subject, order: int) -> Formula:
    found: Derivatives = gradient(subject.graph, order=order)
    wanted: dict[Key, int] = {(): found.output}
    wanted |= {(name,): node for name, node in found.first.items()}
    wanted |= dict(found.second)
    graph, roots = simplify(found.graph, list(wanted.values()))
    marked = False
    if parting(found, graph, roots, {}):
        graph, roots, marked = put_in(found.graph, {}), list(wanted.values()), True
    tape, rows = subject.tape, subject.graph.ops
    marked = marked or any(row.caveat and tape.reached[n] for n, row in enumerate(rows))
    return Formula(graph, dict(zip(wanted, roots, strict=True)), marked)


# -- numbers by the passes -----------------------------------------------------------------------


def by_eval(subject: Subject, point: Mapping[str, float]) -> Answer:
    """The forward and the reverse pass."""
    summary = report.summary(report.run(subject.tape, subject.given(point)))
    numbers: Numbers = {(): summary.value}
    numbers |= {(name,): slope for name, slope in summary.gradients.items()}
    if summary.status != OK:
        return _answer(numbers, True)
    return _answer(numbers, [(name,) for name in summary.gradient_status])


def by_hessian(subject: Subject, point: Mapping[str, float]) -> Answer:
    """The dual numbers' second derivatives, both of each pair."""
    given = subject.given(point)
    matrix, lost = second_derivatives(subject.tape, given)
    numbers: Numbers = {
        (a, b): entry
        for a, row in zip(subject.wrt, matrix, strict=True)
        for b, entry in zip(subject.wrt, row, strict=True)
    }
    run = report.summary(report.run(subject.tape, given))
    if run.status != OK:
        return _answer(numbers, True)
    unbounded = [key for key, entry in numbers.items() if not isfinite(entry)]
    return _answer(numbers, [*lost, *unbounded])


def by_tangent(
    subject: Subject, point: Mapping[str, float], direction: Mapping[str, float]
) -> tuple[float, bool]:
    """The derivative along a direction, and whether nothing marks it."""
    values = forward(subject.tape, subject.given(point))
    losses = Losses()
    number = tangent(subject.tape, values, direction, losses)[subject.tape.output] or 0.0
    nudged = tangent(subject.tape, values, direction, Losses(nudged=True))[subject.tape.output]
    silent = worst(statuses(subject.tape, values).values()) == OK
    return number, silent and isfinite(number) and not depends_on_lost_digits(number, nudged or 0.0)


# -- numbers by the formulas -----------------------------------------------------------------------


def by_formula(formula: Formula, leaves: Mapping[str, float]) -> Answer:
    """The simplified derivatives, evaluated."""
    numbers: Numbers = {}
    marked: list[Key] = []
    known = formula.graph.inputs | formula.graph.constants
    given = {name: value for name, value in leaves.items() if name in known}
    for key, root in formula.roots.items():
        tape = Tape(formula.graph, root)
        values = forward(tape, given)
        numbers[key] = values[root]
        if worst(statuses(tape, values).values()) != OK:
            marked.append(key)
    return _answer(numbers, marked or formula.marked)


def by_text(formula: Formula, leaves: Mapping[str, float]) -> Answer:
    """What ``diff`` prints, read as programs again."""
    numbers: Numbers = {}
    marked: list[Key] = []
    for key, root in formula.roots.items():
        graph = parse(infix(formula.graph, root))
        tape = Tape(graph)
        known = graph.inputs | graph.constants
        values = forward(tape, {name: v for name, v in leaves.items() if name in known})
        numbers[key] = values[tape.output]
        if worst(statuses(tape, values).values()) != OK:
            marked.append(key)
    return _answer(numbers, marked or formula.marked)


def code(subject: Subject, target: str) -> str | None:
    """A program's value and gradient for a target; ``None`` where that refuses."""
    graph = subject.graph
    values = {name: forward(Tape(graph, n))[n] for name, n in graph.constants.items()}
    if find(target).computes:
        made = computed_derivatives(graph, form=find(target).form)
        nodes, output, firsts = made.graph, made.output, made.first
    else:
        formula = subject.derivatives(1)
        nodes, output = formula.graph, formula.roots[()]
        firsts = {key[0]: node for key, node in formula.roots.items() if key}
    try:
        return export(nodes, output, firsts, target, inputs=subject.wrt, defaults=values)
    except ProgramError:
        return None


def by_code(
    subject: Subject, text: str, target: str, leaves: Mapping[str, float]
) -> Numbers | None:
    """What an exported text computes; ``None`` where it raises, which is an answer for all."""
    given = {name: leaves[name] for name in subject.wrt}
    try:
        return keyed(subject, support_export.RUNNERS[target](text, given))
    except Exception:
        return None


def keyed(subject: Subject, numbers: Sequence[float]) -> Numbers:
    """A value and a gradient by what they are."""
    return dict(zip([(), *((name,) for name in subject.wrt)], numbers, strict=True))


def by_compiled(
    target: str, subjects: Sequence[Subject], texts: Sequence[str],
    points: Sequence[Mapping[str, float]], folder: Path,
) -> list[Numbers | None]:  # fmt: skip
    """What texts of a compiled target compute, all of them in one file; ``None``: it raises."""
    given = [{n: leaves[n] for n in s.wrt} for s, leaves in zip(subjects, points, strict=True)]
    if target == "c":
        results: list[Any] = list(support_export.run_c(texts, given, folder))
    else:
        placed = support_export.placed
        jobs = [(text, [placed(target, text, p)]) for text, p in zip(texts, given, strict=True)]
        results = [table[0] for table in support_export.AT_ONCE[target](jobs, folder)]
    return [
        None if isinstance(numbers, str) else keyed(subject, numbers)
        for subject, numbers in zip(subjects, results, strict=True)
    ]


def by_batch(subjects: Sequence[Subject], points: Sequence[Mapping[str, float]]) -> list[Any]:
    """The answers of ``autograd batch`` to a stream of records."""
    records = [
        json.dumps({"program": subject.text, "at": subject.given(point)})
        for subject, point in zip(subjects, points, strict=True)
    ]
    run = autograd("batch", stdin="\n".join(records) + "\n")
    return [json.loads(line) for line in run.lines]


def direction(draw: Random, names: Sequence[str]) -> dict[str, float]:
    """A direction to go along."""
    return {name: draw.choice((1.0, -1.0, 2.0, 0.5)) for name in names}


def finite(numbers: Numbers) -> bool:
    """Whether all numbers are finite."""
    return all(map(isfinite, numbers.values()))


RUN_AT_ONCE: tuple[str, ...] = ("python", "numpy", "js")
RUN_SELDOM: Mapping[str, int] = {"sql": 4, "sympy": 20}
"""Slow targets, and of how many programs one goes through them."""

Route = Callable[[Subject, Mapping[str, float]], Answer]
