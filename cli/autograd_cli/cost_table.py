"""The costs of a gradient as a table, and what they come to in a sentence."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.cost_report import CostReport, Timing
from autograd_cli.output import Output
from autograd_cli.render import fit, remark, table

_NARROW = 80
"""On fewer columns titles are short."""


def cost_table(report: CostReport, output: Output, width: int) -> list[RenderableType]:
    """A row for each method, reverse mode first."""
    cost = report.cost
    rows = table(output)
    formulas = width >= (96 if report.timings else 80)
    rows.add_column("method")
    rows.add_column("passes", justify="right")
    if formulas:
        rows.add_column("n, p")
    rows.add_column("visits" if width < _NARROW else "node visits", justify="right")
    rows.add_column("operations", justify="right")
    if report.timings:
        rows.add_column("time", justify="right")
    for method in report.methods:
        cells = [Text(method.name, "bold green" if method is cost.reverse else "")]
        cells.append(Text(f"{method.passes:,}"))
        if formulas:
            formula = method.formula.replace("*", "*" if output.plain else "·")
            cells.append(Text(formula, "dim"))
        cells += [Text(f"{method.visits:,}", "bold"), Text(f"{method.operations:,}")]
        if report.timings:
            cells.append(Text(_time(report.timings[method.name], method.passes)))
        rows.add_row(*cells)
    if not formulas:
        formula = ", ".join(method.formula for method in report.methods)
        remark(rows, "node visits are " + formula.replace("*", "*" if output.plain else "·"))
    fit(rows, width, [len("differences"), *[0] * (len(rows.columns) - 1)])
    return [_title(report), rows, _sum(report)]


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
