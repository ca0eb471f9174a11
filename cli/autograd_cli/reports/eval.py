"""The report of `eval`: an evaluation and, if asked for, second or directional derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograd_cli.documents import document
from autograd_cli.formats import Report, Row, json_object, number
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import Evaluation, account, run
from autograd_cli.reports.nodes import NodeRow, Run
from autograd_graph.record import Record
from autograd_graph.status import OK, Status, worst

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output
    from autograd_cli.reports.second_order import Along, Curvature

_COLUMNS = ("node", "name", "role", "expression", "value", "gradient", "status")


class EvalReport(Record, Report):
    """An evaluation, perhaps with the Hessian and the derivative along a direction."""

    evaluation: Evaluation
    second: Curvature | None = None
    derivative: Along | None = None

    @property
    def value(self) -> float:
        """The output's value."""
        return self.evaluation.summary.value

    @property
    def grad(self) -> dict[str, float]:
        """The derivative of the output by each reported input."""
        return self.evaluation.summary.gradients

    @property
    def status(self) -> Status:
        """The most severe status of the output and of its gradient."""
        return self.evaluation.summary.worst

    @property
    def nodes(self) -> Sequence[NodeRow]:
        """Every node: its operation, its value, the derivative of the output by it."""
        return self.evaluation.nodes

    @property
    def notes(self) -> list[str]:
        """Messages on nodes and gradients that are not ``ok``."""
        beyond = [note for extra in self.beyond for note in extra.notes()]
        return [note.message for note in self.evaluation.notes] + beyond

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """The tables of nodes and inputs, second-order results if asked for, and the notes."""
        from autograd_cli.views import eval as view
        from autograd_cli.views import second_order

        drawn = view.evaluation(self.evaluation, output, everything=everything, width=width)
        if self.second:
            drawn += second_order.curvature(self.second, output, width)
        if self.derivative:
            name = self.evaluation.output_name
            drawn.append(second_order.along(self.derivative, name, output))
        return drawn

    def __repr__(self) -> str:
        slopes = "".join(f", d_{name}={slope!r}" for name, slope in self.grad.items())
        status = "" if self.status == OK else f", {self.status}"
        return f"<EvalReport {self.evaluation.output_name}={self.value!r}{slopes}{status}>"

    @property
    def beyond(self) -> list[Curvature | Along]:
        """The Hessian and the directional derivative, if they were asked for."""
        return [extra for extra in (self.second, self.derivative) if extra is not None]

    def sound(self, strict: bool) -> bool:
        """Whether no result is nan; with ``strict``, also finite and ``ok``."""
        return all(part.sound(strict) for part in (self.evaluation.summary, *self.beyond))

    @property
    def columns(self) -> Sequence[str]:
        """The columns of the nodes, then those of the Hessian and the direction."""
        return [*_COLUMNS, *(name for name, _ in self._further())]

    def rows(self) -> Iterable[Row]:
        """The nodes, without inputs that are not reported.

        The status of an input is the worse of its own and its gradient's.
        """
        reported, status_of = self.grad, self.evaluation.summary.gradient_status
        further = self._further()
        for n, row in enumerate(self.evaluation.nodes):
            if row.role == "input" and row.name not in reported:
                continue
            slope = status_of.get(row.name, OK) if row.role == "input" else OK
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
        """The headings of the further columns, each with a cell for each node."""
        columns = list(self.second.columns()) if self.second else []
        return [*columns, self.derivative.column()] if self.derivative else columns

    def as_object(self) -> dict[str, Any]:
        """The report as JSON."""
        nodes = [row.as_object() for row in self.evaluation.nodes]
        return {**self._head(), "nodes": nodes, **self._tail()}

    def json(self) -> Iterable[str]:
        """The same as text, its nodes one at a time: of a large program they are many."""
        nodes = (row.json() for row in self.evaluation.nodes)
        return json_object(self._head(), "nodes", nodes, self._tail())

    def _head(self) -> dict[str, Any]:
        return document("eval", self.evaluation.summary.as_object())

    def _tail(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self.second:
            fields["hessian"] = self.second.as_object()
        if self.derivative:
            fields["along"] = self.derivative.as_object()
        return fields


def eval_report(
    program: Program,
    hessian: bool,
    direction: Mapping[str, float] | None,
    eigenvalues: bool = False,
) -> EvalReport:
    """Run both passes at the program's point, and the second-order passes if asked for.

    ``eigenvalues`` asks for those of a large Hessian too.
    """
    program.require_values()
    passes = run(program.tape, program.given)
    beyond = _second_order(program, passes, hessian, direction, eigenvalues)
    return EvalReport(account(passes, program.wrt), *beyond)


def _second_order(
    program: Program,
    passes: Run,
    hessian: bool,
    direction: Mapping[str, float] | None,
    eigenvalues: bool,
) -> tuple[Curvature | None, Along | None]:
    """The second derivatives and the directional derivative, imported only if asked for."""
    if not hessian and direction is None:
        return None, None
    from autograd_cli.reports import second_order

    second = None
    if hessian:
        second = second_order.curvature(passes, program.wrt, program.max_nodes, eigenvalues)
    derivative = None if direction is None else second_order.along(passes, direction)
    return second, derivative
