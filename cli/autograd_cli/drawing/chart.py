"""A plot as a self-contained SVG: axes with round numbers, curves, or the contours of a map.

Lines are of colours that can be told apart on light and dark pages, and in print by their dashes;
texts have the page's font.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10

from autograd_cli.drawing.contours import levels, strands
from autograd_cli.drawing.symbols import derivative
from autograd_cli.output import Output
from autograd_cli.reports.curves import Course, limits, nothing, points
from autograd_cli.reports.plot import POINTS, Plot

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 44, 40
_BESIDE = 18
"""Where the name of the axis that goes up stands, turned."""

_VALUE, _SLOPE, _PATH, _AWKWARD = "#0969da", "#8250df", "#cf222e", "#bf8700"
_COLD, _WARM = (9, 105, 218), (207, 34, 46)
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.page { fill: #ffffff; } .grid { stroke: #d1d9e0; } .zero { stroke: #818b98; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .page { fill: #0d1117; } .grid { stroke: #2a313c; }
}
"""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The area of a plot: which numbers lie where."""

    x: tuple[float, float]
    y: tuple[float, float]

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The pixels of a point."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return _LEFT + across * wide, _TOP + (1 - max(-9.0, min(up, 10.0))) * high


def svg(report: Plot, output: Output) -> str:
    """The text of the SVG file."""
    across = report.axes[0]
    if report.surface is None:
        course = report.curve(POINTS)
        frame = _Frame((across.start, across.end), limits(course))
        body = [*_axes(frame, across.name, ""), *_curves(course, frame, report, output)]
    else:
        up = report.axes[1]
        frame = _Frame((across.start, across.end), (up.start, up.end))
        body = [*_axes(frame, across.name, up.name), *_contours(report, frame, output)]
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    title = f"{report.output} by {' and '.join(axis.name for axis in report.axes)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
            f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
            f"<title>{escape(output.shown(title))}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect class="page" width="{_WIDTH}" height="{_HEIGHT}"/>',
            f'<clipPath id="area"><rect x="{_LEFT}" y="{_TOP}" width="{wide}" height="{high}"/>'
            "</clipPath>",
            *body,
            "</svg>\n",
        ]
    )


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between two, about six of them: multiples of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / 6
    power = 10.0 ** floor(log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


def _axes(frame: _Frame, across: str, up: str) -> Iterator[str]:
    (left, bottom), (right, top) = (
        frame.place(frame.x[0], frame.y[0]),
        frame.place(frame.x[1], frame.y[1]),
    )
    for x in ticks(*frame.x):
        at = frame.place(x, frame.y[0])[0]
        kind = "zero" if x == 0 else "grid"
        yield f'<path class="{kind}" d="M{at:.1f} {bottom:g}V{top:g}"/>'
        yield _text(at, bottom + 18, f"{x:.6g}", "middle")
    for y in ticks(*frame.y):
        at = frame.place(frame.x[0], y)[1]
        kind = "zero" if y == 0 else "grid"
        yield f'<path class="{kind}" d="M{left:g} {at:.1f}H{right:g}"/>'
        yield _text(left - 8, at + 4, f"{y:.6g}", "end")
    yield _text((left + right) / 2, bottom + 35, across, "middle")
    if up:
        turn = f'transform="translate({_BESIDE} {(top + bottom) / 2:.1f}) rotate(-90)"'
        yield f'<text {turn} text-anchor="middle">{escape(up)}</text>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _curves(course: Course, frame: _Frame, report: Plot, output: Output) -> Iterator[str]:
    xs = points(course)
    for values, breaks, colour, dashes in (
        (course.slopes, course.slope_breaks, _SLOPE, ' stroke-dasharray="6 4"'),
        (course.values, course.value_breaks, _VALUE, ""),
    ):
        drawn = _polyline(frame, xs, values, breaks)
        yield _path(drawn, colour, dashes)
    for place in course.places:
        if place.kind == "kink" and isfinite(place.value):
            yield _dot(frame, place.at, place.value, _AWKWARD)
    for stop in report.path:
        yield _dot(frame, stop.at[0], stop.value, _PATH)
    by = report.axes[0].name
    if not course.sound:
        yield _text((_LEFT + _WIDTH - _RIGHT) / 2, 190, output.shown(nothing(course, by)), "middle")
    yield _sample(_LEFT, 22, _VALUE, "", output.shown(report.output))
    slope = derivative(output, report.output, by)
    yield _sample(_LEFT + 220, 22, _SLOPE, ' stroke-dasharray="6 4"', slope)


def _polyline(
    frame: _Frame, xs: Sequence[float], values: Sequence[float], breaks: frozenset[int]
) -> str:
    """The path of a curve, interrupted where it breaks and where it is not a number."""
    pieces, down = [], False
    for n, (x, value) in enumerate(zip(xs, values, strict=True)):
        if not isfinite(value):
            down = False
            continue
        a, b = frame.place(x, value)
        pieces.append(f"{'L' if down and n not in breaks else 'M'}{a:.1f} {b:.1f}")
        down = True
    return "".join(pieces)


def _contours(report: Plot, frame: _Frame, output: Output) -> Iterator[str]:
    surface = report.surface
    assert surface is not None
    found = levels(surface)
    for n, level in enumerate(found):
        colour = _colour(n / max(len(found) - 1, 1))
        pieces = [
            _joined(frame.place(x, y) for x, y in strand) for strand in strands(surface, level)
        ]
        yield _path("".join(pieces), colour, "", title=f"{level:g}")
    yield _text(_LEFT, 26, output.shown(report.output) + " =")
    start = _LEFT + 16 + 8 * len(report.output)
    step = (_WIDTH - _RIGHT - start) / max(len(found), 1)
    for n, level in enumerate(found):
        colour = _colour(n / max(len(found) - 1, 1))
        at = start + n * step
        yield f'<path d="M{at:.1f} 22h10" stroke="{colour}" stroke-width="3"/>'
        yield _text(at + 13, 26, f"{level:g}")
    stops = [stop for stop in report.path if all(map(isfinite, stop.at))]
    if stops:
        yield _path(_joined(frame.place(stop.at[0], stop.at[1]) for stop in stops), _PATH, "")
        for stop in stops:
            yield _dot(frame, stop.at[0], stop.at[1], _PATH, 2.5 if len(stops) < 60 else 1.2)
        yield _dot(frame, stops[-1].at[0], stops[-1].at[1], _PATH, 5)


def _joined(places: Iterable[tuple[float, float]]) -> str:
    return "".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(places))


def _colour(share: float) -> str:
    """A colour between the one of the lowest level and that of the highest."""
    mixed = (round(a + (b - a) * share) for a, b in zip(_COLD, _WARM, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _path(drawn: str, colour: str, dashes: str, title: str = "") -> str:
    inside = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<path clip-path="url(#area)" d="{drawn}" fill="none" stroke="{colour}" '
        f'stroke-width="1.8" stroke-linejoin="round"{dashes}>{inside}</path>'
    )


def _dot(frame: _Frame, x: float, y: float, colour: str, radius: float = 3.5) -> str:
    if not (isfinite(x) and isfinite(y)):
        return ""
    a, b = frame.place(x, y)
    return (
        f'<circle clip-path="url(#area)" cx="{a:.1f}" cy="{b:.1f}" r="{radius}" fill="{colour}"/>'
    )


def _sample(x: float, y: float, colour: str, dashes: str, text: str) -> str:
    line = f'<path d="M{x:g} {y:g}h28" stroke="{colour}" stroke-width="2.4"{dashes}/>'
    return line + _text(x + 34, y + 4, text if len(text) <= 28 else text[:27] + "...")
