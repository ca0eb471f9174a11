"""The Hessian as a table, and the derivative along a direction as a line."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.tables import table
from autograd_cli.output import Output
from autograd_cli.reports.second_order import MOST_LISTED, Along, Curvature
from autograd_graph.passes.curvature import MOST_UNASKED

_FRAME = 3
"""The width of a column beside its text: a space on either side, and a line."""


def curvature(report: Curvature, output: Output, width: int) -> list[RenderableType]:
    """The matrix as a table, as far as it fits, and the shape that its eigenvalues describe."""
    if not report.inputs:
        return [Text("There are no inputs to differentiate by.", "dim")]
    shown = _fitting(report, output, width)
    drawn = [_table(report, output, shown)]
    if shown < len(report.inputs):
        hidden = (
            f"{shown} of {len(report.inputs)} rows and columns are shown; "
            "--format csv has all, --wrt picks some"
        )
        drawn.append(Text(hidden, "dim"))
    if report.eigenvalues is None:
        unasked = (
            f"the eigenvalues of more than {MOST_UNASKED} inputs take long; --eigenvalues works "
            "them out"
        )
        shape = [] if report.shape is None else [Text(report.shape, "bold")]
        return [*drawn, *shape, Text(unasked, "dim")]
    values = [output.number(value) for value in report.eigenvalues]
    many = len(values) > MOST_LISTED
    listed = f"{values[0]} to {values[-1]}" if many else ", ".join(values)
    line = Text.assemble((report.shape or "", "bold"), (f"  (eigenvalues {listed})", "dim"))
    return [*drawn, line]


def _table(report: Curvature, output: Output, shown: int) -> RenderableType:
    """The first ``shown`` rows and columns."""
    drawn = table(output)
    drawn.add_column("Hessian")
    for name in report.inputs[:shown]:
        drawn.add_column(Text(output.shown(name), "cyan"), justify="right")
    for name, row in zip(report.inputs[:shown], report.matrix, strict=False):
        cells = [Text(output.number(entry)) for entry in row[:shown]]
        drawn.add_row(Text(output.shown(name), "cyan"), *cells)
    return drawn


def _fitting(report: Curvature, output: Output, width: int) -> int:
    """How many of the first inputs make a square table that fits; at least one."""
    names = [cell_len(output.shown(name)) for name in report.inputs]
    for shown in range(min(len(names), width // _FRAME), 1, -1):
        rows = report.matrix[:shown]
        entries = [max(len(output.number(row[n])) for row in rows) for n in range(shown)]
        heads = max(len("Hessian"), *names[:shown])
        columns = map(max, names, entries)
        if heads + sum(columns) + _FRAME * (shown + 1) + 1 <= width:
            return shown
    return 1


def along(report: Along, name: str, output: Output) -> RenderableType:
    """The derivative in one line."""
    steps = ", ".join(f"{n} {step:+.{output.precision}g}" for n, step in report.direction.items())
    return Text.assemble((f"{name} along ({steps}): ", ""), (output.number(report.value), "bold"))
