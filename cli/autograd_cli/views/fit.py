"""The drawing of a fit: trace, parameters, how they go together, pictures, verdict."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isfinite, isnan

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.columns import Column, fitting, remarks
from autograd_cli.drawing.plot import Curve, Dots, Grid
from autograd_cli.drawing.tables import digits_said, fewer_digits, table
from autograd_cli.output import Output
from autograd_cli.reports.fit import FitReport, Scatter
from autograd_cli.reports.trace import Row
from autograd_cli.views.eval import drawn_note
from autograd_cli.views.trace import numbers_column, state_columns, trace_table

_STYLES = {
    "converged": "bold green", "falling": "bold cyan", "stuck": "bold yellow",
    "kink": "bold yellow", "unbounded": "bold red", "saddle": "bold yellow", "flat": "bold yellow",
    "not-finite": "bold red",
}  # fmt: skip

_MANY = 20
"""With more parameters than this, some are left out of their table."""

_TOGETHER = 8
"""With more parameters than this, only the strongest correlations are listed."""

_STRONG = 0.5
_LISTED = 8
_FEW = 60
"""So many points have a mark of their own."""

_HEIGHT = 10
_LOW = 7
_WIDEST = 72
_GUTTER = 11


def fit_view(report: FitReport, output: Output, width: int) -> list[RenderableType]:
    """The whole drawing of a fit."""
    parts: list[RenderableType] = [Text(_question(report), "dim")]
    rows = report.trace.rows()
    if rows:
        parts.append(trace_table(rows, partial(_trace_columns, report, rows), output, width))
    parts.append(_parameters(report, output, width))
    if report.held:
        held = [f"{output.shown(n)} = {output.number(x)}" for n, x in report.held.items()]
        parts.append(Text.assemble(("held: ", "bold"), ", ".join(held)))
    parts += _correlations(report, output, width)
    if report.scatter is not None:
        parts += _pictures(report, report.scatter, output, width)
    parts += _quality(report, output)
    parts.append(Text.assemble((report.kind, _STYLES[report.kind]), f": {report.message}"))
    for warning in report.warnings:
        parts.append(Text.assemble(("note: ", "bold yellow"), output.shown(warning)))
    if report.note is not None:
        parts.append(drawn_note(report.note, report.text, output, width))
    return parts


def _question(report: FitReport) -> str:
    names = len(report.estimates)
    what = f"{names} parameter{'s' if names > 1 else ''}"
    goal = "least squares" if report.target else "least sum"
    by = f", by {report.way.replace('-', ' ')}" if report.way else ""
    return f"{goal} over {report.used:,} row{'s' if report.used != 1 else ''}, {what}{by}"


def _trace_columns(report: FitReport, rows: Sequence[Row | None], output: Output) -> list[Column]:
    what = "squares" if report.target else "sum"
    names = [estimate.name for estimate in report.estimates]
    columns = state_columns(rows, what, names, output)
    changes = [None if row is None else row.change for row in rows]
    return [*columns, numbers_column(3, "change", rows, changes, output)]


def _parameters(report: FitReport, output: Output, width: int) -> RenderableType:
    """Each parameter with its standard error and its start."""
    estimates = report.estimates
    shown = list(range(len(estimates)))
    if len(estimates) > _MANY:
        shown = [*shown[: _MANY // 2], *shown[-_MANY // 2 :]]
    chosen = [estimates[number] for number in shown]
    names = [output.shown(each.name) for each in chosen]
    for fewer in fewer_digits(output):
        errors = ["" if isnan(each.error) else fewer.number(each.error) for each in chosen]
        shares = [_percent(each.error, each.value) for each in chosen]
        wanted = [
            Column(0, Text("parameter"), names),
            Column(0, Text("value"), [fewer.number(each.value) for each in chosen]),
            Column(0, Text("error"), errors),
            Column(2, Text("error in %"), shares),
            Column(1, Text("start"), [fewer.number(each.start) for each in chosen]),
        ]
        if any(isfinite(limit) for each in chosen for limit in (each.lower, each.upper)):
            limits = [_limits(each.lower, each.upper, fewer) for each in chosen]
            wanted.append(Column(1, Text("bounds"), limits))
        columns = fitting(wanted, width)
        if columns == wanted:
            break
    drawn = table(output)
    for column in columns:
        named = column is columns[0]
        drawn.add_column(column.header, justify="left" if named else "right", no_wrap=True)
    for row in range(len(chosen)):
        name, *cells = (Text(column.cells[row]) for column in columns)
        name.stylize("cyan")
        cells[0].stylize("bold")
        drawn.add_row(name, *cells)
    said = digits_said(fewer, output)
    if len(estimates) > _MANY:
        said.append(f"{len(estimates) - _MANY:,} more: --format json has them all")
    remarks(drawn, said, wanted, columns)
    return drawn


def _percent(error: float, value: float) -> str:
    return "" if isnan(error) or not value else f"{100.0 * abs(error / value):.3g}"


def _limits(lower: float, upper: float, output: Output) -> str:
    low, high = (output.number(x) if isfinite(x) else "" for x in (lower, upper))
    return f"{low}:{high}" if low or high else ""


def _correlations(report: FitReport, output: Output, width: int) -> list[RenderableType]:
    """The matrix of correlations; of many parameters, the strongest in a line."""
    matrix = report.correlations
    names = [output.shown(estimate.name) for estimate in report.estimates]
    known = [n for n in range(len(matrix)) if not isnan(matrix[n][n])]
    if len(known) < 2:
        return []
    columns = [Column(0, Text("correlation"), [names[n] for n in known])] + [
        Column(0, Text(names[n]), [_hundredths(matrix[row][n]) if row > n else "" for row in known])
        for n in known[:-1]
    ]
    if len(known) <= _TOGETHER and sum(column.width for column in columns) < width:
        drawn = table(output)
        for column in columns:
            named = column is columns[0]
            drawn.add_column(column.header, justify="left" if named else "right", no_wrap=True)
        for row in range(1, len(known)):
            drawn.add_row(*(Text(column.cells[row]) for column in columns))
        return [drawn]
    pairs = [(matrix[a][b], a, b) for a in known for b in known if a < b]
    strong = sorted((p for p in pairs if abs(p[0]) >= _STRONG), key=lambda p: -abs(p[0]))
    if not strong:
        return [Text(f"no correlation is stronger than {_STRONG:g}", "dim")]
    said = [f"{names[a]} and {names[b]} {_hundredths(r)}" for r, a, b in strong[:_LISTED]]
    more = f" and {len(strong) - _LISTED:,} more" if len(strong) > _LISTED else ""
    return [Text.assemble(("correlations: ", "bold"), ", ".join(said) + more)]


def _hundredths(correlation: float) -> str:
    return f"{correlation:.2f}" if abs(correlation) < 0.995 else f"{correlation:.4f}"


def _pictures(
    report: FitReport, scatter: Scatter, output: Output, width: int
) -> list[RenderableType]:
    """The rows with the fitted curve over them, if there is one column, and the residuals."""
    room = max(20, min(width - _GUTTER - 1, _WIDEST))
    across = scatter.predicted if scatter.across is None else scatter.across
    name = f"fitted {report.target}" if scatter.across is None else scatter.column
    finite = [x for x in across if isfinite(x)]
    if len(finite) < 2 or min(finite) == max(finite):
        return []
    parts: list[RenderableType] = []
    places = _Across(min(finite), max(finite), room * output.glyphs.cell[0])
    if scatter.across is not None:
        observed = [f + r for f, r in zip(scatter.predicted, scatter.residuals, strict=True)]
        legend = Text.assemble(
            (output.glyphs.point, "cyan"), f" {output.shown(str(report.target))}   ",
            (output.glyphs.curve, "bold green"), " fit",
        )  # fmt: skip
        curve = Curve(places.curve(scatter.curve), "bold green", "*")
        parts += _picture(legend, [curve], places.of(across, observed), room, _HEIGHT, output)
    left = Text(f"residuals over {output.shown(name)}", "dim")
    parts += _picture(left, [], places.of(across, scatter.residuals), room, _LOW, output)
    low, high = (f"{x:.4g}" for x in (places.low, places.high))
    parts.append(Text(" " * _GUTTER + low + high.rjust(room - len(low)), "dim"))
    if report.used > len(across):
        parts.append(Text(f"{len(across):,} of {report.used:,} rows are drawn", "dim"))
    return parts


class _Across:
    """The columns of a picture, for numbers from ``low`` to ``high``."""

    def __init__(self, low: float, high: float, columns: int) -> None:
        self.low, self.high, self.columns = low, high, columns

    def column(self, x: float) -> int:
        """The column of a number."""
        share = (x / 2 - self.low / 2) / (self.high / 2 - self.low / 2)  # which cannot overflow
        return round(share * (self.columns - 1))

    def of(self, across: Sequence[float], up: Sequence[float]) -> list[tuple[int, float]]:
        """Points by column."""
        return [(self.column(x), y) for x, y in zip(across, up, strict=True) if isfinite(x)]

    def curve(self, spaced: Sequence[float]) -> list[float]:
        """A value for each column, from values that are evenly spaced from left to right."""
        last = len(spaced) - 1
        return [spaced[round(n * last / (self.columns - 1))] for n in range(self.columns)]


def _picture(
    title: Text,
    curves: Sequence[Curve],
    places: Sequence[tuple[int, float]],
    room: int,
    height: int,
    output: Output,
) -> list[RenderableType]:
    """Points and curves; few points are marked, of many each is a dot."""
    shown = [y for _, y in places if isfinite(y)]
    shown += [y for curve in curves for y in curve.values if isfinite(y)]
    if not shown:
        return []
    low, high = min(shown), max(shown)
    if low == high:
        low, high = low - abs(low) - 1e-300, high + abs(high) + 1e-300
    grid = Grid(room, height, low, high, output.glyphs)
    labels = {0: high, height - 1: low}
    drawn: list[RenderableType] = [Text.assemble(" " * _GUTTER, title)]
    point = output.glyphs.point
    marks = [(column, y, point, "cyan") for column, y in places] if len(places) <= _FEW else []
    dots = [] if marks else [Dots(places, "cyan", point)]
    for row, line in enumerate(grid.draw(curves, marks, dots)):
        label = f"{labels[row]:.3g}" if row in labels else ""
        drawn.append(Text.assemble((label.rjust(_GUTTER - 1) + " ", "dim"), line))
    return drawn


def _quality(report: FitReport, output: Output) -> list[RenderableType]:
    """The sum, the scatter of the residuals, R², and how the parameters condition the fit."""
    if report.residuals is None:
        return [Text.assemble(("sum: ", "bold"), output.number(report.total))]
    found, squared = report.residuals, output.glyphs.squared
    said = [f"sum of squares {output.number(report.total)}"]
    if not isnan(found.deviation):
        rows = "degree" if found.freedom == 1 else "degrees"
        said.append(
            f"standard deviation {output.number(found.deviation)} "
            f"({found.freedom:,} {rows} of freedom)"
        )
    if not isnan(found.r_squared):
        said.append(f"R{squared} {output.number(found.r_squared)}")
    return [Text.assemble(("residuals: ", "bold"), ", ".join(said))]
