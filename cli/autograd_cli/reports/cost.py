"""The report on a gradient's cost, counted and, if asked for, timed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.program import Program
from autograd_graph import Tape, forward, reverse, tangent
from autograd_graph.cost import Cost, Method, cost

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

_TIME_LIMIT = 2.0
"""Seconds after which the timing of a method's passes stops; the rest is estimated."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The seconds of a method, extrapolated from the first ``timed`` of its passes."""

    seconds: float
    timed: int


@dataclass(frozen=True, slots=True, repr=False)
class CostReport(formats.Report):
    """The costs and, if they were measured, the timing of each method by name."""

    columns = ("method", "passes", "visits", "operations", "seconds", "timed_passes")

    cost: Cost
    timings: dict[str, Timing]

    @property
    def methods(self) -> tuple[Method, ...]:
        """The evaluation, then the methods for the gradient."""
        return self.cost.evaluation, *self.cost.methods

    def rows(self) -> Iterable[formats.Row]:
        """The evaluation, then the methods for the gradient."""
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

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """A row for each method, and a sentence that sums them up."""
        from autograd_cli.views.cost import cost_table

        return cost_table(self, output, width)


def cost_report(program: Program, measure: bool) -> CostReport:
    """Count the costs, and time them if ``measure``."""
    if measure:
        program.require_values()
    counted = cost(program.tape, program.wrt)
    return CostReport(counted, _measured(program, counted) if measure else {})


def _measured(program: Program, counted: Cost) -> dict[str, Timing]:
    """The times of this project's own passes, all at the same point.

    They measure what is counted: the methods for the gradient include the evaluation.
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
    methods = (counted.evaluation, *counted.methods)
    return {method.name: _time(passes[method.name], method.passes) for method in methods}


def _node(tape: Tape, name: str) -> int:
    return tape.graph.inputs[name]


def _time(run: Callable[[int], object], passes: int) -> Timing:
    """The time of all passes; the best of three if there is only one pass."""
    if passes == 1:
        return Timing(min(_clock(run, 0) for _ in range(3)), 1)
    total = 0.0
    for number in range(passes):
        total += _clock(run, number)
        if total > _TIME_LIMIT:
            return Timing(total * passes / (number + 1), number + 1)
    return Timing(total, passes)


def _clock(run: Callable[[int], object], number: int) -> float:
    start = perf_counter()
    run(number)
    return perf_counter() - start
