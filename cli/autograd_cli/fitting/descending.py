"""Gradient descent over the rows of a table: on the mean of a loss, over all rows or by batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import hypot, isfinite

import numpy as np

from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.model import Model
from autograd_cli.fitting.objective import Objective
from autograd_cli.fitting.parameters import parameters
from autograd_cli.fitting.sample import Sample
from autograd_cli.fitting.source import Source
from autograd_cli.program import Program
from autograd_cli.reports.descend import DescentReport, DescentRun, OverRows, norm_reached
from autograd_cli.reports.evaluation import Note, Summary
from autograd_graph.descent.descent import Descent, Plan, State
from autograd_graph.descent.objective import Objective as PointObjective
from autograd_graph.descent.verdict import MANY, Verdict, Watch
from autograd_graph.passes.curvature import eigenvalues
from autograd_graph.status import worst

_STEP = 2.0**-26


class MeanLoss(PointObjective):
    """The mean of a program's value over rows: of all rows, or of a batch that changes by the step.

    Batches are drawn without putting rows back, and in a new order each time that all were drawn
    (an epoch); the last batch of an epoch may be smaller.
    """

    def __init__(
        self, model: Model, rows: Sample, start: Sequence[float], size: int | None, seed: int
    ) -> None:
        self.model = model
        self.rows = rows
        self.given = model.program.given
        self.names = model.names
        self.start = list(start)
        self.whole = model.program.tape
        self.size = size
        self._random = np.random.default_rng(seed)
        self._columns = rows.columns
        self._left = np.empty(0, dtype=np.int64)
        self._gradient: list[float] = []

    def turn(self) -> None:
        """Take the next batch, where there are batches."""
        if self.size is None:
            return
        if not self._left.size:
            self._left = self._random.permutation(len(self.rows))
        rows, self._left = self._left[: self.size], self._left[self.size :]
        self._columns = {name: column[rows] for name, column in self.rows.columns.items()}

    @property
    def at_end_of_epoch(self) -> bool:
        """Whether all rows have been drawn, so that the next batch is of a new order."""
        return not self._left.size

    def value(self, point: Sequence[float]) -> float:
        """The mean over the batch at a point."""
        value, self._gradient = self._means(point, self._columns)
        return value

    def gradient(self) -> list[float]:
        """The gradient of the mean at the point of the latest call of :meth:`value`."""
        return self._gradient

    def over_all(self, point: Sequence[float]) -> tuple[float, list[float]]:
        """The mean over all rows at a point, and its gradient."""
        return self._means(point, self.rows.columns)

    def hessian(self, point: Sequence[float]) -> list[list[float]]:
        """The Hessian of the mean over the batch, from differences of exact gradients."""
        rows = []
        _, here = self._means(point, self._columns)
        for number, x in enumerate(point):
            moved = list(point)
            moved[number] = x + _STEP * max(abs(x), 1.0)
            _, there = self._means(moved, self._columns)
            step = moved[number] - x
            rows.append([(b - a) / step for a, b in zip(here, there, strict=True)])
        matrix = np.array(rows)
        half: list[list[float]] = ((matrix + matrix.T) / 2.0).tolist()
        return half

    def _means(
        self, point: Sequence[float], columns: Mapping[str, Array]
    ) -> tuple[float, list[float]]:
        totals = self.model.totals(columns, np.array(point, dtype=float))
        slopes = totals.gradients
        return totals.value.mean(), [slopes[name].mean() for name in self.names]


class RowsWatch(Watch):
    """A watch over a descent on rows, which has no single point with a kink."""

    def __init__(self, descent: Descent, objective: MeanLoss, until: float) -> None:
        super().__init__(descent)
        self._rows = objective
        self._until = until

    def verdict(self) -> Verdict:
        """Judge the descent; one by batches by the means over all rows, as each batch differs."""
        if self._rows.size is None:
            return super().verdict()
        before, _ = self._rows.over_all(self.first.point)
        after, slopes = self._rows.over_all(self.last.point)
        if not (isfinite(after) and all(map(isfinite, slopes))) or self.descent.broken is not None:
            return Verdict("not-finite")
        if hypot(*slopes) <= self._until:
            return Verdict("converged")
        better = after > before if self.descent.plan.maximize else after < before
        if self.last.number and not better:
            return Verdict("diverging")
        return Verdict("stuck" if self.descent.ended == "stalled" else "falling")

    def _kink(self) -> int | None:
        return None

    def _kink_at(self, point: Sequence[float]) -> int | None:
        return None

    def _eigenvalues(self, point: Sequence[float]) -> list[float]:
        """The eigenvalues of the mean's Hessian; empty where it would cost too much."""
        if not 0 < len(point) <= MANY:
            return []
        return eigenvalues(self._rows.hessian(point))


class RowsDescent(DescentRun):
    """A descent on the mean of a program's value over the rows of ``source``.

    Parameters are the inputs that are no columns. With ``batch``, each step looks at so many rows,
    in an order that ``seed`` determines, and the gradient over all rows is looked at after each
    epoch. Raises :class:`ProgramError` as :class:`DescentRun` does.
    """

    def __init__(
        self,
        program: Program,
        source: Source,
        plan: Plan,
        hold: Sequence[str],
        *,
        batch: int | None,
        seed: int,
        traced: bool,
    ) -> None:
        source.require_rows()
        found = parameters(program, source.columns, {}, {}, hold, source.fixed)
        held = program.given | found.held
        program.replaced(given=held | dict.fromkeys(source.columns, 0.0)).require_values()
        model = Model(program.replaced(given=held), found.names, source.columns)
        means = MeanLoss(model, source.whole(), found.start.tolist(), batch, seed)
        self._source = source
        self._means = means
        self._parameters = found
        steps = plan if batch is None else replace(plan, until=0.0)
        self._set(program, plan, RowsWatch(Descent(means, steps), means, plan.until), traced)

    def __iter__(self) -> Iterator[State]:
        by_batches = self._means.size is not None
        for state in super().__iter__():
            yield state
            if by_batches and self._means.at_end_of_epoch:
                _, slopes = self._means.over_all(state.point)
                if hypot(*slopes) <= self.plan.until:
                    self._descent.ended = "until"
                    return

    def report(self) -> DescentReport:
        """The report on the descent so far, with the rows that it went over."""
        source = self._source
        over = OverRows(len(source), source.missing, source.left_out)
        return replace(super().report(), over=over)

    def _message(self, verdict: Verdict, end: State) -> str:
        if self._means.size is None or verdict.kind not in ("falling", "stuck"):
            return super()._message(verdict, end)
        if verdict.kind == "stuck":
            return f"{norm_reached(end)}; no step improves the latest batch: --lr goes on at a rate"
        advice = "more --steps" if self.plan.searches else "more --steps or a smaller --lr"
        return f"{norm_reached(end)}; {advice} may lead nearer"

    def _label(self) -> str:
        return f"mean {super()._label()}"

    def _ends(self) -> tuple[State, State]:
        """The first state and the last; by batches, with the means over all rows."""
        first, last = super()._ends()
        if self._means.size is None:
            return first, last
        return self._over_all(first), self._over_all(last)

    def _over_all(self, state: State) -> State:
        loss, gradient = self._means.over_all(state.point)
        return state._replace(loss=loss, gradient=gradient, norm=hypot(*gradient))

    def _held(self) -> dict[str, float]:
        return self._parameters.held

    def _note(self, verdict: Verdict) -> Note | None:
        """The first row that is not finite where the descent stopped, and the node to blame."""
        point = self._descent.broken
        if point is None:
            return None
        row, note = Objective(self._means.model, self._source).culprit(np.array(point))
        if row is None or note is None:
            return None
        message = f"row {row}: {note.message}"
        return note._replace(message=message)

    def _summary(self, end: State) -> Summary:
        model = self._means.model
        loss, gradient = self._means.over_all(end.point)
        output = self._program.tape.output
        return Summary(
            node=output,
            name=self._program.graph.names.get(output, ""),
            value=loss,
            status=worst(Objective(model, self._source).statuses(np.array(end.point))),
            gradients=dict(zip(model.names, gradient, strict=True)),
            gradient_status={},
        )
