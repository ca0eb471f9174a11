"""A plot on a terminal: a curve, or a map with its contours and the path of a descent."""

from __future__ import annotations

from itertools import pairwise

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.contours import band, levels
from autograd_cli.drawing.plot import Canvas
from autograd_cli.output import Output
from autograd_cli.reports.plot import Plot
from autograd_cli.views.plot import GUTTER, columns, curves, path_ends

_HEIGHT = 22
_WIDEST = 72
_STYLES = ("blue", "cyan", "green", "yellow", "magenta", "red")


def plot_page(report: Plot, output: Output, width: int) -> list[RenderableType]:
    """The picture of a report, and how its descent ended."""
    if report.surface is None:
        path = [(stop.at[0], stop.value) for stop in report.path]
        drawn = report.curve(columns(output, width))
        lines = curves(drawn, report.axes[0].name, output, width, path)
        if path:
            lines.append(Text.assemble(" " * GUTTER, path_ends(output)))
    else:
        lines = _map(report, output, width)
    if report.ending:
        lines.append(Text.assemble(("descent: ", "bold green"), report.ending))
    return lines


def _map(report: Plot, output: Output, width: int) -> list[RenderableType]:
    surface = report.surface
    assert surface is not None
    glyphs = output.glyphs
    across, up = report.axes
    room = max(20, min(width - GUTTER - 1, _WIDEST))
    canvas = Canvas(room, _HEIGHT, glyphs)
    found = levels(surface)
    wide, high = canvas.columns, canvas.rows
    bands = [
        [band(surface.at(x / (wide - 1), 1 - y / (high - 1)), found) for x in range(wide)]
        for y in range(high)
    ]
    for y in range(high - 1):
        for x in range(wide - 1):
            here = bands[y][x]
            level = max(here, bands[y][x + 1], bands[y + 1][x])
            if level > min(here, bands[y][x + 1], bands[y + 1][x]) >= 0:
                canvas.dot(x, y, _style(level - 1, len(found)), f"{level % 10}")
    places = [
        (
            (stop.at[0] - across.start) / (across.end - across.start) * (wide - 1),
            (up.end - stop.at[1]) / (up.end - up.start) * (high - 1),
        )
        for stop in report.path
    ]
    for one, following in pairwise(places):
        canvas.line(one, following, "bold white", "*")
    styles = ("bold yellow", "bold green")
    for place, mark, style in zip(places[:1] + places[-1:], glyphs.ends, styles, strict=False):
        canvas.mark(place, mark, style)
    lines: list[RenderableType] = [_legend(report, found, output)]
    labels = {0: up.end, _HEIGHT - 1: up.start}
    for number, line in enumerate(canvas.drawn()):
        label = f"{labels[number]:.3g}" if number in labels else ""
        if number == _HEIGHT // 2:
            label = output.shown(up.name)[: GUTTER - 2]
        lines.append(Text.assemble((label.rjust(GUTTER - 1) + " ", "dim"), line))
    start, middle, end = f"{across.start:.3g}", output.shown(across.name), f"{across.end:.3g}"
    ruler = start + middle.center(room - len(start) - len(end)) + end
    lines += [
        Text(" " * GUTTER + glyphs.line * room, "bright_black"),
        Text(" " * GUTTER + ruler, "dim"),
    ]
    return lines


def _style(level: int, count: int) -> str:
    return _STYLES[level * len(_STYLES) // max(count, 1)]


def _legend(report: Plot, found: list[float], output: Output) -> Text:
    """The levels from the lowest to the highest, each in its colour, or with its digit."""
    legend = Text.assemble(" " * GUTTER, (output.shown(report.output), "bold"), " = ")
    if not found:
        return legend.append("the same everywhere, or nowhere a number")
    digits = output.glyphs.cell == (1, 1)  # lines are drawn with them, not with dots
    for n, level in enumerate(found):
        shown = f"{(n + 1) % 10}:{level:g}" if digits else f"{level:g}"
        legend.append(", " if n else "").append(shown, _style(n, len(found)))
    if report.path:
        legend.append("   ").append_text(path_ends(output))
    return legend
