"""The account of a gradient's cost, counted and, if asked for, timed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.line.program import Program
from autograd_graph import Tape, forward, reverse, tangent
from autograd_graph.cost import Cost, Method, cost

_PATIENCE = 2.0
"""Seconds for which passes of one method are timed; what is left of them is estimated."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a method takes, from the time of the first ``timed`` of its passes."""

    seconds: float
    timed: int


@dataclass(frozen=True, slots=True)
class CostReport(formats.Report):
    """The costs, with a timing for each method by name if they were measured."""

    columns = ("method", "passes", "visits", "operations", "seconds", "timed_passes")

    cost: Cost
    timings: dict[str, Timing]

    @property
    def methods(self) -> tuple[Method, ...]:
        """The evaluation, then the ways to the gradient."""
        return self.cost.evaluation, *self.cost.methods

    def rows(self) -> Iterable[formats.Row]:
        """The evaluation, then the ways to the gradient."""
        for method in self.methods:
            timing = self.timings.get(method.name)
            seconds = (formats.number(timing.seconds), str(timing.timed)) if timing else ("", "")
            yield (
                method.name, str(method.passes), str(method.visits), str(method.operations),
                *seconds,
            )  # fmt: skip

    def as_object(self) -> dict[str, Any]:
        """The report as JSON."""
        content = {
            "nodes": self.cost.nodes,
            "inputs": self.cost.inputs,
            "methods": [
                {
                    "method": method.name,
                    "passes": method.passes,
                    "formula": method.formula,
                    "visits": method.visits,
                    "operations": method.operations,
                    "seconds": timing.seconds if timing else None,
                    "timed_passes": timing.timed if timing else None,
                }
                for method in self.methods
                for timing in [self.timings.get(method.name)]
            ],
        }
        return document("cost", content)


def cost_report(program: Program, measure: bool, at: Callable[[str], None]) -> CostReport:
    """Count, and time if ``measure``. ``at`` is told what it is at."""
    at("counting")
    counted = cost(program.tape, program.wrt)
    return CostReport(counted, _measured(program, counted, at) if measure else {})


def _measured(program: Program, counted: Cost, at: Callable[[str], None]) -> dict[str, Timing]:
    """Times of the passes that this project runs; the same point each time.

    They contain what is counted: the ways to the gradient begin with the evaluation.
    """
    tape, given = program.tape, program.given
    values = forward(tape, given)
    names = [name for name in program.wrt or tape.graph.inputs if tape.reached[_node(tape, name)]]

    def shifted(number: int) -> None:
        moved = names[number - 1 : number] if number else []
        forward(tape, given | {name: values[_node(tape, name)] + 1e-8 for name in moved})

    def back(number: int) -> None:
        reverse(tape, forward(tape, given))

    def along(number: int) -> None:
        if number == 0:
            forward(tape, given)
        tangent(tape, values, {names[number]: 1.0})

    passes: dict[str, Callable[[int], object]] = {
        "evaluation": lambda number: forward(tape, given),
        "reverse mode": back,
        "forward mode": along,
        "finite differences": shifted,
    }
    timings = {}
    for method in (counted.evaluation, *counted.methods):
        at(f"timing: {method.name}")
        timings[method.name] = _time(passes[method.name], method.passes)
    return timings


def _node(tape: Tape, name: str) -> int:
    return tape.graph.inputs[name]


def _time(run: Callable[[int], object], passes: int) -> Timing:
    """The time of all passes; the best of a few where there is only one."""
    if passes == 1:
        return Timing(min(_clock(run, 0) for _ in range(3)), 1)
    total = 0.0
    for number in range(passes):
        total += _clock(run, number)
        if total > _PATIENCE:
            return Timing(total * passes / (number + 1), number + 1)
    return Timing(total, passes)


def _clock(run: Callable[[int], object], number: int) -> float:
    start = perf_counter()
    run(number)
    return perf_counter() - start
