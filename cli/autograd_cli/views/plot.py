"""The plot of a function and its derivative, with awkward points marked and listed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import isfinite

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from autograd_cli.drawing.glyphs import Glyphs
from autograd_cli.drawing.plot import Curve, Grid
from autograd_cli.drawing.scale import written
from autograd_cli.output import Output
from autograd_cli.reports.curves import WORDS, Course, function_course, nothing, points, remarks
from autograd_cli.reports.limits import limits
from autograd_cli.reports.plot import Plot
from autograd_cli.reports.stretches import NO_VALUE

_HEIGHT = 15
GUTTER = 10
"""The columns before a plot, in which the numbers of its axis stand."""

_STYLES = {
    "kink": "bold yellow",
    "jump": "bold yellow",
    "steep": "bold yellow",
    "pole": "bold red",
    "gap": "bold red",
    "empty": "bold red",
    "unsaid": "yellow",
}
"""How what is said of a curve is coloured, by its kind."""


def function_plot(name: str, output: Output, width: int) -> list[RenderableType]:
    """The curves of the function of that name, with its flat ends and awkward points below."""
    return curves(function_course(name, columns(output, width)), "x", output, width)


def columns(output: Output, width: int) -> int:
    """How many points from left to right a plot of that width has; an odd number."""
    points = _room(width) * output.glyphs.cell[0]
    return points - 1 + points % 2


def _room(width: int) -> int:
    return max(20, min(width - GUTTER - 1, 72))


def curves(
    drawn: Course, by: str, output: Output, width: int, path: Sequence[tuple[float, float]] = ()
) -> list[RenderableType]:
    """A function of ``by`` and its derivative, awkward points marked and listed.

    ``path`` are points on the curve, of a descent.
    """
    if not drawn.sound:
        return [_legend(drawn, output), Text(" " * GUTTER + nothing(drawn, by))]
    room = _room(width)
    low, high = limits(drawn)
    grid = Grid(room, _HEIGHT, low, high, output.glyphs)
    lines_of = (
        Curve(drawn.slopes, "magenta", "+", drawn.slope_breaks, dashed=True),
        Curve(drawn.values, "bold cyan", "*", drawn.value_breaks, rises=_rises(drawn)),
    )
    signs = _signs(output.glyphs)
    marks = [
        (place.column, place.value, signs[place.kind], _STYLES[place.kind])
        for place in drawn.places
        if place.kind in signs
    ]
    step = (drawn.end - drawn.start) / (len(drawn.values) - 1)
    for n, (x, value) in enumerate(path):
        if drawn.start <= x <= drawn.end:
            sign, style = output.glyphs.point, "green"
            if n in (0, len(path) - 1):
                sign, style = output.glyphs.ends[n > 0], PATH_ENDS[n > 0]
            marks.append((round((x - drawn.start) / step), value, sign, style))
    lines = grid.draw(lines_of, marks)
    labels = dict(zip((0, _HEIGHT - 1), written((high, low), high - low), strict=True))
    body: list[RenderableType] = [_legend(drawn, output)]
    for number, line in enumerate(lines):
        body.append(Text.assemble((labels.get(number, "").rjust(GUTTER - 1) + " ", "dim"), line))
    body.append(_ruler(drawn, room, output))
    body += [_told(kind, text, output.glyphs) for kind, text in remarks(drawn, by, output.glyphs)]
    return [*body, *_flat_ends(drawn, by)]


def _rises(drawn: Course) -> dict[int, float]:
    """To which values the curve goes on from its points next to poles."""
    found: dict[int, float] = {}
    xs = points(drawn)
    for place in drawn.places:
        if place.kind == "pole":
            before, behind = bisect_left(xs, place.at) - 1, bisect_right(xs, place.at)
            sides = zip((before, behind), place.sides, strict=True)
            found |= {column: value for column, value in sides if isfinite(value)}
    return found


PATH_ENDS = ("bold yellow", "bold green")
"""How the marks at the start and at the end of a descent's path are coloured."""


def path_ends(report: Plot, output: Output) -> Text:
    """What the marks at the ends of a descent's path are, as far as they are in the picture."""
    marks = zip(report.ends, output.glyphs.ends, PATH_ENDS, ("start", "end"), strict=True)
    told = [Text.assemble((mark, style), f" {word}") for stop, mark, style, word in marks if stop]
    return Text(" ").join(told)


def _legend(drawn: Course, output: Output) -> Text:
    glyphs = output.glyphs
    return Text.assemble(
        " " * GUTTER, (glyphs.curve, "bold cyan"), f" {drawn.expression}   ",
        (glyphs.dashes, "magenta"), " its derivative",
    )  # fmt: skip


def _ruler(drawn: Course, room: int, output: Output) -> Text:
    """The range, with flat parts shaded, and another line where there is no finite value."""
    xs = points(drawn)
    glyphs = output.glyphs
    ruler = Text(" " * GUTTER)
    for cell in range(room):
        x = xs[min(cell * len(xs) // room, len(xs) - 1)]
        if any(stretch.holds(x) for stretch in drawn.empty):
            ruler.append(glyphs.zero, "red")
        elif any(low <= x <= high for low, high in drawn.flat):
            ruler.append(glyphs.shade, "yellow")
        else:
            ruler.append(glyphs.line, "bright_black")
    ends = drawn.start, (drawn.start + drawn.end) / 2, drawn.end
    start, middle, end = written(ends, drawn.end - drawn.start)
    ruler.append("\n" + " " * GUTTER)
    ruler.append(start + middle.center(room - len(start) - len(end)) + end, "dim")
    return ruler


def _signs(glyphs: Glyphs) -> dict[str, str]:
    """The marks on a curve of those kinds of places that have one."""
    return {"kink": glyphs.point, "steep": glyphs.upright}


def _told(kind: str, text: str, glyphs: Glyphs) -> RenderableType:
    """A remark, its kind in colour and with the mark it has in the plot."""
    word = WORDS.get(kind, NO_VALUE if kind == "empty" else text)
    sign = _signs(glyphs).get(kind)
    mark = f" ({sign})" if sign else ""
    told = Text.assemble((word + mark, _STYLES[kind]), text.removeprefix(word))
    return Padding(told, (0, 0, 0, GUTTER), expand=False)


def _flat_ends(drawn: Course, by: str) -> list[RenderableType]:
    """Where the slope, and so a gradient, is 0 or nearly 0."""
    if not drawn.flat:
        return []
    ends = [
        f"{by} < {high:.2g}" if low == drawn.start else f"{by} > {low:.2g}"
        for low, high in drawn.flat
    ]
    exact = (
        "slope exactly 0"
        if drawn.exactly_flat
        else (f"slope below 1% of its largest, {drawn.steepest:.3g}")
    )
    word = "flat" if drawn.exactly_flat else "saturated"
    return [Text.assemble(" " * GUTTER, (word, "yellow"), f" for {' and '.join(ends)}: {exact}")]
