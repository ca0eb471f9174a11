"""The report of ``eval --data``: a sum, or a mean, over the rows of a table, and its gradient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any, Literal, cast

from autograd_cli.documents import document
from autograd_cli.formats import json_number, to_json
from autograd_cli.program import Program
from autograd_cli.reports.eval import EvalReport
from autograd_cli.reports.evaluation import Evaluation, InputRow, Summary, meaning_of, share_of
from autograd_cli.reports.nodes import NodeRow
from autograd_cli.tables.totals import Total
from autograd_graph.labels import expression, labels, output_label
from autograd_graph.status import DOMAIN, JUMP, KINK, OK, Status, worst

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

Reduce = Literal["sum", "mean"]


class TotalReport(EvalReport, kw_only=True):
    """A sum or a mean over rows as an evaluation, whose nodes are its inputs and its output.

    ``total`` is the exact state, which merges with others.
    """

    total: Total
    reduce: Reduce

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """A table of the inputs, the total, and how many rows there are in it."""
        from autograd_cli.views import eval as view

        count = self.total.value.count
        said = f"{self.reduce} over {count:,} row{'s' * (count != 1)}"
        return view.total(self.evaluation, said, output, everything=everything, width=width)

    def json(self) -> Iterable[str]:
        """The report as the text of JSON."""
        return [to_json(self.as_object())]

    def as_object(self) -> dict[str, Any]:
        """The report as JSON."""
        tally = self.total.tally
        return document(
            "total",
            {
                **self.evaluation.summary.as_object(),
                "reduce": self.reduce,
                "at": {name: json_number(number) for name, number in self.total.at.items()},
                "rows": tally.rows,
                "missing": tally.missing,
                "awkward": dict(sorted(tally.awkward.items())),
            },
        )


class _OverRows(Evaluation):
    """An evaluation that has only the nodes which are the same for all rows."""

    @property
    def output(self) -> NodeRow:
        """The row of the output, the last one."""
        return self.nodes[-1]


def total_report(program: Program, total: Total, reduce: Reduce) -> TotalReport:
    """A total as the report on its sum or mean; its status is the gravest of its rows."""
    graph, output = program.graph, program.tape.output
    status = worst(cast(list[Status], list(total.tally.awkward)))
    value = total.value.mean() if reduce == "mean" else total.value.value()
    gradients = {
        name: by.mean() if reduce == "mean" else by.value() for name, by in total.gradients.items()
    }
    undefined = {name: worst((status, DOMAIN)) for name, slope in gradients.items() if isnan(slope)}
    summary = Summary(output, graph.names.get(output, ""), value, status, gradients, undefined)
    names = labels(graph)
    label = names[output] = output_label(graph, output)
    nodes = [
        _node(program, graph.inputs[name], names, total.at.get(name), slope, OK)
        for name, slope in gradients.items()
    ]
    nodes.append(_node(program, output, names, value, 1.0, status))
    largest = max((abs(slope) for slope in gradients.values() if isfinite(slope)), default=0.0)
    place = status if status in (KINK, JUMP) else OK
    inputs = []
    for name, slope in gradients.items():
        its = undefined.get(name, OK)
        meaning = meaning_of(name, slope, its, place, label)
        share = share_of(slope, largest)
        inputs.append(InputRow(name, total.at.get(name), slope, its, share, meaning))
    evaluation = _OverRows(graph.text, summary, label, nodes, inputs, [])
    return TotalReport(evaluation, total=total, reduce=reduce)


def _node(
    program: Program,
    node: int,
    names: Sequence[str],
    value: float | None,
    gradient: float,
    status: Status,
) -> NodeRow:
    graph = program.graph
    return NodeRow(
        node=node,
        label=names[node],
        name=graph.names.get(node, ""),
        role="output" if node == program.tape.output else "input",
        operator=graph.ops[node].name,
        arguments=graph.args[node],
        expression=expression(graph, node, names),
        value=value,
        gradient=gradient,
        status=status,
        span=graph.spans[node],
        number=False,
    )
