"""The drawing of a descent: trace, loss on a log scale, parameters before and after, verdict."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from math import ceil, floor, isfinite, log10, nan

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.columns import Column, fitting, remarks
from autograd_cli.drawing.plot import Curve, Grid
from autograd_cli.drawing.symbols import derivative
from autograd_cli.drawing.tables import digits_said, fewer_digits, table
from autograd_cli.output import Output
from autograd_cli.reports.descend import DescentReport, settings
from autograd_cli.reports.trace import Row
from autograd_cli.views.eval import drawn_note
from autograd_cli.views.trace import PARAMETERS, numbers_column, state_columns, trace_table
from autograd_graph.steps.flow import Layer

_HEIGHT = 8
_WIDEST = 72
_GUTTER = 9
_FEWEST = 4
"""Fewer losses than this are not plotted."""

_MANY = 12
"""With more parameters than this, some are left out of the table of parameters."""

_DECADES = 8

_STYLES = {
    "converged": "bold green", "falling": "bold cyan", "oscillating": "bold yellow",
    "diverging": "bold red", "not-finite": "bold red", "kink": "bold yellow",
    "saddle": "bold yellow", "flat": "bold yellow", "unbounded": "bold red",
    "maximum": "bold yellow", "minimum": "bold yellow",
    "edge": "bold yellow", "jump": "bold yellow", "stuck": "bold yellow",
}  # fmt: skip


def descent_view(report: DescentReport, output: Output, width: int) -> list[RenderableType]:
    """The whole drawing of a descent."""
    parts: list[RenderableType] = [Text(settings(report.plan), "dim")]
    rows = report.trace.rows()
    parts.append(trace_table(rows, partial(_trace_columns, report, rows), output, width))
    parts += _curve(report, report.trace.losses(), output, width)
    parts.append(_parameters(report, output, width))
    parts += _updates(report, output)
    if report.held:
        parts.append(_held(report, output))
    if report.flows is not None:
        parts += _flow(report.flows.items, output, width)
    kind = report.verdict.kind
    title = kind if kind != "falling" else f"still {'rising' if report.plan.maximize else kind}"
    parts.append(Text.assemble((title, _STYLES[kind]), f": {report.message}"))
    for warning in report.warnings:
        parts.append(Text.assemble(("note: ", "bold yellow"), warning))
    if report.note is not None:
        parts.append(drawn_note(report.note, report.text, output, width))
    return parts


def _trace_columns(
    report: DescentReport, rows: Sequence[Row | None], output: Output
) -> list[Column]:
    """All columns that could be shown of the recorded states."""
    plan = report.plan
    states = [None if row is None else row.state for row in rows]
    moves = [None if state is None or state.number == 0 else state for state in states]

    def column(rank: int, header: str, values: Sequence[float | None]) -> Column:
        return numbers_column(rank, header, rows, values, output)

    columns = state_columns(rows, report.output, report.moved, output)
    if plan.clip is not None:
        clipped = [None if s is None or s.clipped == 1.0 else s.clipped for s in moves]
        columns.append(column(3, "clipped by", clipped))
    if plan.searches:
        columns.append(column(PARAMETERS + 3, "lr", [s and s.rate for s in moves]))
    columns.append(column(3, "predicted", [s and s.predicted for s in moves]))
    columns.append(column(3, "change", [None if row is None else row.change for row in rows]))
    return columns


def _curve(
    report: DescentReport, losses: dict[int, float], output: Output, width: int
) -> list[RenderableType]:
    """The loss over the steps on a log scale; a negative loss as its distance from the best."""
    if len(losses) < _FEWEST:
        return []
    name = output.shown(report.output)
    heights = losses
    if min(losses.values()) < 0.0 or report.plan.maximize:
        best = (max if report.plan.maximize else min)(losses.values())
        heights = {number: abs(loss - best) for number, loss in losses.items()}
        name = f"distance of {name} to its best"
    logs = {number: log10(loss) for number, loss in heights.items() if loss > 0.0}
    if not logs:
        return []
    low, high = floor(min(logs.values())), ceil(max(logs.values()))
    room = max(20, min(width - _GUTTER - 1, _WIDEST))
    grid = Grid(room, _HEIGHT, low, max(high, low + 1), output.glyphs)
    numbers = sorted(logs)
    end_of_run = max(heights)
    places = [end_of_run * column / (grid.columns - 1) for column in range(grid.columns)]
    values = [_between(logs, numbers, place) for place in places]
    lines = grid.draw([Curve(values, "bold green", "*")], [])
    labels = {0: f"1e{max(high, low + 1)}", _HEIGHT - 1: f"1e{low}"}
    drawn: list[RenderableType] = [Text(" " * _GUTTER + f"{name}, log scale", "dim")]
    for row, line in enumerate(lines):
        drawn.append(Text.assemble((labels.get(row, "").rjust(_GUTTER - 1) + " ", "dim"), line))
    end = f"step {end_of_run:,}"
    drawn.append(Text(" " * _GUTTER + "0".ljust(room - len(end)) + end, "dim"))
    return drawn


def _between(heights: dict[int, float], numbers: Sequence[int], place: float) -> float:
    """The height at a place between two numbers, by linear interpolation."""
    after = bisect_left(numbers, place)
    if after == len(numbers):
        return nan if place > numbers[-1] else heights[numbers[-1]]
    if after == 0:
        return heights[numbers[0]] if place == numbers[0] else nan
    left, right = numbers[after - 1], numbers[after]
    share = (place - left) / (right - left)
    return heights[left] * (1.0 - share) + heights[right] * share


def _parameters(report: DescentReport, output: Output, width: int) -> RenderableType:
    """Each parameter and its derivative, at the start and at the end."""
    start, end, names = report.start, report.end, report.moved
    slope = derivative(output, report.output, names[0], width) if len(names) == 1 else "gradient"
    arrow = output.glyphs.arrow
    shown = list(range(len(names)))
    if len(names) > _MANY:
        shown = [*shown[: _MANY // 2], *shown[-_MANY // 2 :]]

    def column(
        rank: int, header: str, numbers: Sequence[float], loss: float | None, fewer: Output
    ) -> Column:
        cells = [fewer.number(numbers[position]) for position in shown]
        return Column(rank, Text(header), [*cells, fewer.number(loss)])

    labels = [output.shown(names[position]) for position in shown] + [output.shown(report.output)]
    for fewer in fewer_digits(output):
        wanted = [
            Column(0, Text("moved"), labels),
            column(0, "start", start.point, start.loss, fewer),
            column(2, f"{slope}\nat start", start.gradient, None, fewer),
            Column(0, Text(arrow), [arrow] * len(labels)),
            column(0, "end", end.point, end.loss, fewer),
            column(1, f"{slope}\nat end", end.gradient, None, fewer),
        ]
        columns = fitting(wanted, width)
        if sum(column_shown.width for column_shown in columns) < width:
            break
    drawn = table(output)
    for column_shown in columns:
        named = column_shown is columns[0]
        drawn.add_column(column_shown.header, justify="left" if named else "right", no_wrap=True)
    for row in range(len(labels)):
        last = row == len(labels) - 1
        name, *cells = (Text(column_shown.cells[row]) for column_shown in columns)
        name.stylize("green" if last else "cyan")
        drawn.add_row(name, *cells, style="bold" if last else "")
    more = [f"{len(names) - _MANY:,} more: --format json has them all"]
    said = (more if len(names) > _MANY else []) + digits_said(fewer, output)
    remarks(drawn, said, wanted, columns)
    return drawn


def _updates(report: DescentReport, output: Output) -> list[RenderableType]:
    """A single step of plain descent as an equation: ``w = 3 - 0.1 * 16 = 1.4``."""
    plan, start, end = report.plan, report.start, report.end
    if plan.method != "gd" or end.number != 1 or len(report.moved) > PARAMETERS:
        return []
    minus, times = output.glyphs.minus, output.glyphs.times
    sign = "+" if plan.maximize else minus
    lines: list[RenderableType] = []
    for position, name in enumerate(report.moved):
        slope = output.number(start.gradient[position] * end.clipped)
        slope = f"({slope})" if slope.startswith("-") else slope
        before, after = output.number(start.point[position]), output.number(end.point[position])
        step = f"{before} {sign} {output.number(end.rate)} {times} {slope}"
        lines.append(Text.assemble((output.shown(name), "cyan"), f" = {step} = {after}"))
    return lines


def _held(report: DescentReport, output: Output) -> Text:
    """The inputs that were not moved."""
    held = list(report.held.items())
    said = [f"{output.shown(name)} = {output.number(value)}" for name, value in held[:_MANY]]
    more = f" and {len(held) - _MANY:,} more" if len(held) > _MANY else ""
    return Text.assemble(("held: ", "bold"), ", ".join(said) + more)


def _flow(flows: dict[int, tuple[Layer, ...]], output: Output, width: int) -> list[RenderableType]:
    """The size of the gradient at each layer, as one line of bars for each recorded step."""
    lines: list[RenderableType] = []
    sizes = [layer.gradient for layers in flows.values() for layer in layers]
    finite = [size for size in sizes if size > 0.0 and isfinite(size)]
    if not finite:
        return [Text("no layer has a gradient to show", "dim")]
    high = ceil(log10(max(finite)))
    low = max(min(floor(log10(min(finite))), high - 1), high - _DECADES)
    layers = next(iter(flows.values()))
    label = len(f"step {max(flows):,}")
    kept = _spread(len(layers), max(width - label - 12, 2))
    first, last = (output.shown(layers[n].name) for n in (kept[0], kept[-1]))
    lines.append(
        Text(f"gradient by layer, {first} to {last}, lowest bar 1e{low}, highest 1e{high}", "dim")
    )
    for number, found in sorted(flows.items()):
        bars = "".join(_bar(found[n].gradient, low, high, output) for n in kept)
        weakest = min(layer.gradient for layer in found)
        line = Text.assemble((f"step {number:,}".rjust(label) + "  ", "dim"), (bars, "green"))
        line.append(f"  {output.number(weakest) if weakest == weakest else 'nan'}", "dim")
        lines.append(line)
    return lines


def _spread(count: int, room: int) -> list[int]:
    """At most ``room`` numbers from 0 to ``count - 1``, evenly spaced, with both ends."""
    if count <= room:
        return list(range(count))
    return [n * (count - 1) // (room - 1) for n in range(room)]


def _bar(size: float, low: int, high: int, output: Output) -> str:
    """A gradient's size as one character: ``0`` for 0, ``!`` if it is not finite."""
    if not isfinite(size):
        return "!"
    if size == 0.0:
        return "0"
    bars = output.glyphs.columns
    share = (log10(size) - low) / (high - low)
    return bars[max(0, min(len(bars) - 1, int(share * len(bars))))]
