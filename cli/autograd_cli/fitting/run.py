"""A fit from the question to the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import hypot, nan

import numpy as np

from autograd_cli.fitting.ending import Ending, Place
from autograd_cli.fitting.least import least_squares
from autograd_cli.fitting.losses import Losses
from autograd_cli.fitting.model import Model
from autograd_cli.fitting.objective import Objective
from autograd_cli.fitting.parameters import Range, parameters
from autograd_cli.fitting.remarks import message, warnings
from autograd_cli.fitting.smallest import smallest_sum
from autograd_cli.fitting.source import Source
from autograd_cli.fitting.squares import Squares
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import Note
from autograd_cli.reports.fit import (
    MANY_PARAMETERS,
    Estimate,
    FitReport,
    Residuals,
    Scatter,
)
from autograd_cli.reports.trace import Trace
from autograd_graph.descent.descent import State
from autograd_graph.labels import output_label

_SHOWN = 4_000
"""Of more rows than this, only some are in the pictures."""

_SMALL = 1e-140
"""In the unit of a smaller target, the squares of other numbers may be too large."""

_SMOOTH = 289
"""Points of the curve in a picture."""


class FitRun:
    """The fit of a program's parameters to the rows of ``source``, to be run once.

    With a target the sum of the squared residuals is minimised, else the sum of the program's own
    values. ``target`` is its name.
    """

    def __init__(
        self,
        program: Program,
        source: Source,
        target: str | None,
        *,
        start: Mapping[str, float],
        bounds: Mapping[str, Range],
        hold: Sequence[str],
        steps: int,
    ) -> None:
        source.require_rows()
        self._parameters = found = parameters(
            program, source.columns, start, bounds, hold, source.fixed
        )
        self._program = program.replaced(given=program.given | found.held)
        self._source = source
        self._target = target
        self._steps = steps
        self._model = Model(self._program, found.names, source.columns)
        self._objective = Objective(self._model, source)
        self._trace = Trace()
        self._number = 0

    @np.errstate(all="ignore")  # what is not finite is looked at, and told in words
    def run(self, seen: Callable[[State], None] = lambda _: None) -> FitReport:
        """Fit; ``seen`` is told each better place as it is reached."""

        def record(place: Place) -> None:
            gradient = place.gradient.tolist()
            point = place.point.tolist()
            norm = hypot(*gradient)
            state = State(self._number, place.total, point, gradient, norm, 0.0, 1.0, 0.0)
            self._number += 1
            self._trace.add(state)
            seen(state)

        if self._target is None:
            losses = Losses(self._objective, record)
            ending = smallest_sum(losses, self._parameters, self._steps)
            return self._report(ending, losses.passes, ending.place.total, None)
        squares = Squares(self._objective, record)
        ending = least_squares(squares, self._parameters, self._steps)
        point = ending.place.point
        if ending.kind == "not-finite":
            return self._report(
                ending, squares.passes, nan, Residuals(nan, max(self._freedom, 0), nan)
            )
        total, deviation, part = squares.left(point, self._freedom)
        left = Residuals(deviation, max(self._freedom, 0), 1.0 - part)
        return self._report(ending, squares.passes, total, left)

    @property
    def _freedom(self) -> int:
        """The rows beyond the number of parameters."""
        return len(self._source) - len(self._parameters.names)

    def _report(
        self, ending: Ending, passes: int, total: float, residuals: Residuals | None
    ) -> FitReport:
        source, names = self._source, self._parameters.names
        graph, found = self._program.graph, ending.certainty
        told = message(ending, "the sum of squares" if self._target else "the sum", passes)
        note, statuses = None, {}
        if ending.kind == "not-finite":
            told, note = self._culprit()
        else:
            statuses = self._objective.statuses(ending.place.point)
        return FitReport(
            text=graph.text,
            output=output_label(graph, self._program.tape.output),
            target=self._target,
            estimates=self._estimates(ending),
            held=self._parameters.held,
            correlations=found.correlations.tolist() if len(names) <= MANY_PARAMETERS else [],
            total=total,
            residuals=residuals,
            condition=found.condition,
            used=len(source),
            missing=source.missing,
            statuses=statuses,
            kind=ending.kind,
            message=told,
            interrupted=ending.interrupted,
            warnings=warnings(
                source,
                self._target,
                self._parameters,
                ending,
                statuses,
                self._model.deciding(),
            ),
            way=ending.way,
            passes=passes,
            note=note,
            trace=self._trace,
            scatter=self._scatter(ending),
        )

    def _culprit(self) -> tuple[str, Note | None]:
        """What is not finite at the start."""
        odd = self._source.census.odd
        if odd is not None:
            row, place, value = odd
            return f"in row {self._source.place(row, place)} the target is {value}", None
        number, note = self._objective.culprit(self._parameters.start)
        if number is None:
            top = self._source.census.height
            if not 0.0 < top < _SMALL:
                return "the sum at the start is too large for a double", None
            told = (
                f"the target is of size {top:.0e}, and beside it the squares of the derivatives "
                "are too large for a double; multiply it and the program by a power of ten"
            )
            return told, None
        told = f"row {number} is not finite at the start; another --start may help"
        return told, note

    def _estimates(self, ending: Ending) -> list[Estimate]:
        parameters, found = self._parameters, ending.certainty
        return [
            Estimate(
                name,
                value=float(ending.place.point[number]),
                error=float(found.errors[number]),
                start=float(parameters.start[number]),
                lower=float(parameters.bounds.lower[number]),
                upper=float(parameters.bounds.upper[number]),
                at_bound=number in found.at_bound,
                determined=number not in found.undetermined,
            )
            for number, name in enumerate(parameters.names)
        ]

    def _scatter(self, ending: Ending) -> Scatter | None:
        """Rows for the pictures, evenly spaced where there are many."""
        if self._target is None or ending.kind == "not-finite":
            return None
        count = len(self._source)
        shown = self._source.picked(np.arange(0, count, -(-count // _SHOWN)))
        point, columns = ending.place.point, shown.columns
        values = self._model.values(columns, point, len(shown))
        assert shown.target is not None
        left = (shown.target - values).tolist()
        if len(columns) != 1:
            return Scatter(values.tolist(), left, None, [], "")
        ((name, across),) = columns.items()
        spaced = np.linspace(across.min(), across.max(), _SMOOTH)
        curve = self._model.values({name: spaced}, point, _SMOOTH)
        return Scatter(values.tolist(), left, across.tolist(), curve.tolist(), name)
