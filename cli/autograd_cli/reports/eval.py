"""The whole answer of `eval`: an evaluation, and what was asked for beyond the gradient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd_cli.documents import document
from autograd_cli.formats import Report, Row, number
from autograd_cli.reports.evaluation import Evaluation
from autograd_graph.status import OK, worst

if TYPE_CHECKING:
    from autograd_cli.reports.second_order import Along, Curvature

_COLUMNS = ("node", "name", "role", "expression", "value", "gradient", "status")


@dataclass(frozen=True, slots=True)
class EvalReport(Report):
    """An evaluation, perhaps with second derivatives, or one along a direction."""

    evaluation: Evaluation
    second: Curvature | None = None
    derivative: Along | None = None

    @property
    def beyond(self) -> list[Curvature | Along]:
        """What was asked for beyond the gradient."""
        return [extra for extra in (self.second, self.derivative) if extra is not None]

    def sound(self, strict: bool) -> bool:
        """Whether all there is are numbers; with ``strict``, finite and without any status."""
        return all(part.sound(strict) for part in (self.evaluation.summary, *self.beyond))

    @property
    def columns(self) -> Sequence[str]:
        """Those of the nodes, and of what is beyond the gradient."""
        return [*_COLUMNS, *(name for name, _ in self._further())]

    def rows(self) -> Iterable[Row]:
        """The nodes, without inputs that are not reported.

        The status of an input is the worse of its own and its gradient's.
        """
        reported = {row.name: row.status for row in self.evaluation.inputs}
        further = self._further()
        for n, row in enumerate(self.evaluation.nodes):
            if row.role == "input" and row.name not in reported:
                continue
            slope = reported[row.name] if row.role == "input" else OK
            yield (
                str(row.node),
                row.name or (row.label if row.role == "step" else ""),
                row.role,
                row.expression,
                number(row.value),
                number(row.gradient),
                row.status if slope == OK else worst((row.status, slope)),
                *(cells[n] for _, cells in further),
            )

    def _further(self) -> list[tuple[str, list[str]]]:
        """Headings, and a cell for each node."""
        columns = list(self.second.columns()) if self.second else []
        return [*columns, self.derivative.column()] if self.derivative else columns

    def as_object(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        told = document("eval", self.evaluation.summary.as_object())
        told["nodes"] = [row.as_object() for row in self.evaluation.nodes]
        if self.second:
            told["hessian"] = self.second.as_object()
        if self.derivative:
            told["along"] = self.derivative.as_object()
        return told
