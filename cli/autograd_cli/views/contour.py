"""A plot on a terminal: a curve, or a map with its contours and the path of a descent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from autograd_cli.drawing.contours import Contour, contours, seams, voids
from autograd_cli.drawing.plot import Canvas
from autograd_cli.drawing.scale import written
from autograd_cli.output import Output
from autograd_cli.reports.curves import NOT_ALL
from autograd_cli.reports.plot import Plot
from autograd_cli.reports.stretches import NO_VALUE
from autograd_cli.views.plot import GUTTER, PATH_ENDS, columns, curves, path_ends

_HEIGHT = 22
_WIDEST = 72
_UNMARKED = 6
"""A line of so few points has not its level's number on it."""

Place = tuple[float, float]

_STYLES = ("blue", "cyan", "green", "yellow", "magenta", "red")


def plot_page(report: Plot, output: Output, width: int) -> list[RenderableType]:
    """The picture of a report, and how its descent ended."""
    if report.surface is None:
        path = [(stop.at[0], stop.value) for stop in report.path]
        drawn = report.curve(columns(output, width))
        lines = curves(drawn, report.axes[0].name, output, width, path)
        if any(report.ends):
            lines.append(Text.assemble(" " * GUTTER, path_ends(report, output)))
    else:
        lines = _map(report, output, width)
    if outside := report.outside(output):
        told = Text(": ".join(outside), "yellow")
        lines.append(Padding(told, (0, 0, 0, GUTTER), expand=False))
    if report.ending:
        lines.append(Text.assemble(("descent: ", "bold green"), report.ending))
    return lines


def _map(report: Plot, output: Output, width: int) -> list[RenderableType]:
    surface = report.surface
    assert surface is not None
    across, up = report.axes
    room = max(20, min(width - GUTTER - 1, _WIDEST))
    canvas = Canvas(room, _HEIGHT, output.glyphs)
    found = contours(surface)
    if not _fine(output):
        found = found[::2]  # lines that are as wide as a character

    def place(at: Sequence[float]) -> tuple[float, float]:
        return (
            (at[0] - across.start) / (across.end - across.start) * (canvas.columns - 1),
            (up.end - at[1]) / (up.end - up.start) * (canvas.rows - 1),
        )

    for n, contour in enumerate(found):
        _strokes(canvas, [[*map(place, s)] for s in contour.strands], n, len(found))
    for kind, (style, sign) in _seams(output).items():
        for strand in seams(surface, kind):
            for one, following in pairwise(map(place, strand)):
                canvas.line(one, following, style, sign, gaps=kind == "jump")
    canvas.shade(lambda x, y: surface.is_void(surface.square_at(x, y)))
    stops = [place(stop.at) for stop in report.path]
    for one, following in pairwise(stops):
        canvas.line(one, following, "bold white", "*")
    for stop, mark, style in zip(report.ends, output.glyphs.ends, PATH_ENDS, strict=True):
        if stop:
            canvas.mark(place(stop.at), mark, style)
    return [_legend(report, found, output), *_framed(canvas, report, room, output)]


def _strokes(canvas: Canvas, strands: list[list[Place]], number: int, count: int) -> None:
    """The lines of a level, each with the level's number on it."""
    style, digit = _style(number, count), f"{(number + 1) % 10}"
    for strand in strands:
        for one, following in pairwise(strand):
            canvas.line(one, following, style, digit)
        if len(strand) > _UNMARKED:
            canvas.mark(strand[len(strand) // 2], digit, style)


def _framed(canvas: Canvas, report: Plot, room: int, output: Output) -> Iterator[RenderableType]:
    """A map with its ranges."""
    across, up = report.axes
    top, bottom = written((up.end, up.start), up.end - up.start)
    labels = {0: top, _HEIGHT - 1: bottom}
    labels[_HEIGHT // 2] = output.shown(up.name)[: GUTTER - 2]
    for number, line in enumerate(canvas.drawn()):
        yield Text.assemble((labels.get(number, "").rjust(GUTTER - 1) + " ", "dim"), line)
    start, end = written((across.start, across.end), across.end - across.start)
    middle = output.shown(across.name)
    ruler = start + middle.center(room - len(start) - len(end)) + end
    yield Text(" " * GUTTER + output.glyphs.line * room, "bright_black")
    yield Text(" " * GUTTER + ruler, "dim")


def _fine(output: Output) -> bool:
    """Whether lines are made of dots."""
    return output.glyphs.cell != (1, 1)


def _seams(output: Output) -> dict[str, tuple[str, str]]:
    """The style and the sign of the lines along which a program is not continuous."""
    jump, pole = output.glyphs.seams
    return {"jump": ("bold yellow", jump), "pole": ("bold red", pole)}


def _style(level: int, count: int) -> str:
    return _STYLES[level * len(_STYLES) // max(count, 1)]


def _legend(report: Plot, found: Sequence[Contour], output: Output) -> RenderableType:
    """The levels from the lowest to the highest with their numbers, and the other marks."""
    surface, glyphs = report.surface, output.glyphs
    assert surface is not None
    legend = Text.assemble((output.shown(report.output), "bold"), " ")
    if not found:
        legend.append(surface.without_contours())
    for n, contour in enumerate(found):
        legend.append(", " if n else "= ")
        legend.append(f"{(n + 1) % 10}:{contour.level:g}", _style(n, len(found)))
    for kind in surface.kinds():
        style, sign = _seams(output)[kind]
        legend.append("   ").append(f"{sign} {kind}", style)
    if voids(surface):
        legend.append("   ").append(f"{glyphs.void * 2} {NO_VALUE}", "red")
    if any(report.ends):
        legend.append("   ").append_text(path_ends(report, output))
    if not surface.searched:
        legend.append(f"   {NOT_ALL}", "yellow")
    return Padding(legend, (0, 0, 0, GUTTER), expand=False)
