"""The costs of a gradient as a table, with a sentence that sums them up."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from autograd_cli.drawing.tables import fit, remarks, table
from autograd_cli.output import Output
from autograd_cli.reports.cost import CostReport, Timing

_NARROW = 80
"""Below this width titles are short."""


def cost_table(report: CostReport, output: Output, width: int) -> list[RenderableType]:
    """A row for each method, reverse mode first; fewer columns on a narrow screen."""
    for hidden in ((), ("passes",), ("passes", "visits")):
        rows, fits = _methods(report, output, width, hidden)
        if fits:
            break
    return [_title(report), rows, _sum(report)]


def _methods(
    report: CostReport, output: Output, width: int, hidden: tuple[str, ...]
) -> tuple[Table, bool]:
    """The table without the ``hidden`` columns, and whether there is room for it."""
    cost = report.cost
    rows = table(output)
    formulas = width >= (96 if report.timings else 80)
    rows.add_column("method")
    if "passes" not in hidden:
        rows.add_column("passes", justify="right")
    if formulas:
        rows.add_column("n, p")
    if "visits" not in hidden:
        rows.add_column("visits" if width < _NARROW else "node visits", justify="right")
    rows.add_column("operations", justify="right")
    if report.timings:
        rows.add_column("time", justify="right")
    for method in report.methods:
        cells = [Text(method.name, "bold green" if method is cost.reverse else "")]
        if "passes" not in hidden:
            cells.append(Text(f"{method.passes:,}"))
        if formulas:
            formula = method.formula.replace("*", output.glyphs.times)
            cells.append(Text(formula, "dim"))
        if "visits" not in hidden:
            cells.append(Text(f"{method.visits:,}", "bold"))
        cells.append(Text(f"{method.operations:,}"))
        if report.timings:
            cells.append(Text(_time(report.timings[method.name], method.passes)))
        rows.add_row(*cells)
    said = []
    if hidden:
        said.append(f"no room for {' and '.join(hidden)}: a wider terminal shows them")
    if not formulas:
        formula = ", ".join(method.formula for method in report.methods)
        said.append("node visits are " + formula.replace("*", output.glyphs.times))
    remarks(rows, said)
    least = [0 if column.header != "operations" else len("operations") for column in rows.columns]
    return rows, fit(rows, width, [len("differences"), *least[1:]])


def _title(report: CostReport) -> Text:
    cost = report.cost
    return Text(f"n = {cost.nodes:,} nodes, p = {cost.inputs:,} inputs", "bold")


def _time(timing: Timing, passes: int) -> str:
    seconds = timing.seconds
    shown = f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
    if seconds >= 120:
        shown = f"{seconds / 60:.3g} min" if seconds < 7200 else f"{seconds / 3600:.3g} h"
    return shown if timing.timed == passes else f"about {shown}"


def _sum(report: CostReport) -> Text:
    cost = report.cost
    if not cost.inputs or not cost.nodes:
        return Text("there is nothing to differentiate", "dim")
    ratio = cost.reverse.operations / max(cost.evaluation.operations, 1)
    times = cost.forward.visits / cost.reverse.visits
    words = f"The whole gradient backwards takes {ratio:.3g} times the arithmetic of one evaluation"
    if times > 1:
        words += f"; forwards, {times:,.3g} times the visits"
    if report.timings:
        reverse, evaluation = (
            report.timings[m.name].seconds for m in (cost.reverse, cost.evaluation)
        )
        words += f". Measured here, backwards takes {reverse / evaluation:.3g} times the time"
    return Text(words + ".", "dim")
