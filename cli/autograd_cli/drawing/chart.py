"""A plot as a self-contained SVG: axes with round numbers, curves, or the contours of a map.

Lines are of colours that can be told apart on light and dark pages, and in print by their dashes;
texts have the page's font.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import inf, isfinite, isnan, nan

from autograd_cli.drawing import legend
from autograd_cli.drawing.contours import Contour, contours, seams, voids
from autograd_cli.drawing.glyphs import UNICODE
from autograd_cli.drawing.scale import ticks, written
from autograd_cli.drawing.symbols import derivative
from autograd_cli.output import Output
from autograd_cli.reports.curves import NOT_ALL, WORDS, Course, nothing, points
from autograd_cli.reports.limits import limits
from autograd_cli.reports.plot import POINTS, Plot
from autograd_cli.reports.stretches import NO_VALUE

_WIDTH, _HIGH = 640, 316
"""The width of the picture, and the height of what is between its axes."""

_LEFT, _RIGHT, _ABOVE, _BOTTOM = 72, 16, 22, 40
_BESIDE = 18
"""Where the name of the axis that goes up stands, turned."""

_END = 4.5
"""The radius of the marks at the ends of a descent's path."""

_INSIDE = 6
"""How far above the lower end a place stands that has no value and no limit."""

_DIGIT = 7.6
"""The width of a digit, which a label at the right end has to have."""

_VALUE, _SLOPE, _AWKWARD, _POLE = "#0969da", "#8250df", "#bf8700", "#cf222e"
_COLD, _WARM = (9, 105, 218), (207, 34, 46)
_LINES = {"jump": (_AWKWARD, "2 3"), "pole": (_POLE, "7 3")}
"""The colour and the dashes of a line along which a program is not continuous."""

_NONE = legend.mark('<rect class="none" y="-7" width="12" height="14"/>', NO_VALUE)

_DASHES = ' stroke-dasharray="6 4"'
DARK = "#0d1117"
"""The colour of its ground on a dark screen."""

_STYLE = f"""
text {{ font: 13px system-ui, sans-serif; fill: #1f2328; }}
.page {{ fill: #ffffff; }} .grid {{ stroke: #d1d9e0; }} .zero {{ stroke: #818b98; }}
.path {{ stroke: #1f2328; }} .stop {{ fill: #1f2328; stroke: #1f2328; }}
.start {{ fill: #ffffff; stroke: #1f2328; }} .none {{ fill: #cf222e; fill-opacity: 0.1; }}
@media (max-width: 480px) {{ text {{ font-size: 18px; }} }}
@media screen and (prefers-color-scheme: dark) {{
  text {{ fill: #e6edf3; }} .page {{ fill: {DARK}; }} .grid {{ stroke: #2a313c; }}
  .path {{ stroke: #e6edf3; }} .stop {{ fill: #e6edf3; stroke: #e6edf3; }}
  .start {{ fill: {DARK}; stroke: #e6edf3; }}
}}
"""
"""Its colours, and letters that can be read on a telephone, where the picture is small."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The area of a plot: which numbers lie where, and where it begins."""

    x: tuple[float, float]
    y: tuple[float, float]
    top: int

    @property
    def bottom(self) -> int:
        """The pixel of its lower end."""
        return self.top + _HIGH

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The pixels of a point."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        wide = _WIDTH - _LEFT - _RIGHT
        return _LEFT + across * wide, self.top + (1 - max(-9.0, min(up, 10.0))) * _HIGH


def svg(report: Plot, output: Output) -> str:
    """The text of the SVG file."""
    across = report.axes[0]
    wide = _WIDTH - _LEFT - _RIGHT
    if report.surface is None:
        course = report.curve(POINTS)
        rows = legend.arranged([*_curve_items(course, report, output)], wide)
        top = _ABOVE + legend.ROW * len(rows)
        frame = _Frame((across.start, across.end), limits(course), top)
        body = [*_axes(frame, across.name, ""), *_curves(course, frame, report, output)]
    else:
        up = report.axes[1]
        found = contours(report.surface)
        rows = legend.arranged([*_map_items(report, found, output)], wide)
        top = _ABOVE + legend.ROW * len(rows)
        frame = _Frame((across.start, across.end), (up.start, up.end), top)
        body = [*_axes(frame, across.name, up.name), *_contours(report, found, frame)]
    height = frame.bottom + _BOTTOM
    title = f"{report.output} by {' and '.join(axis.name for axis in report.axes)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
            f'viewBox="0 0 {_WIDTH} {height}" role="img">',
            f"<title>{escape(output.shown(title))}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect class="page" width="{_WIDTH}" height="{height}"/>',
            f'<clipPath id="area"><rect x="{_LEFT}" y="{top}" width="{wide}" height="{_HIGH}"/>'
            "</clipPath>",
            *body,
            *legend.drawn(rows, _LEFT, _ABOVE),
            "</svg>\n",
        ]
    )


def _curve_items(course: Course, report: Plot, output: Output) -> Iterator[legend.Item]:
    """What the lines and marks of curves are."""
    slope = derivative(output, report.output, report.axes[0].name)
    yield legend.line(_VALUE, "", output.shown(report.output))
    yield legend.line(_SLOPE, _DASHES, slope)
    for kind in dict.fromkeys(place.kind for place in course.places):
        yield legend.mark(_sign(kind, 6, 0, -7, 7), WORDS[kind])
    if course.empty:
        yield _NONE
    yield from _path_items(report, output)
    if course.unsaid:
        yield legend.words(course.unsaid)


def _map_items(report: Plot, found: Sequence[Contour], output: Output) -> Iterator[legend.Item]:
    """What the lines of a map are."""
    surface = report.surface
    assert surface is not None
    said = "=" if found else surface.without_contours()
    yield legend.words(f"{output.shown(report.output)} {said}")
    for n, contour in enumerate(found):
        yield legend.line(_colour(n, len(found)), "", f"{contour.level:g}")
    for kind in surface.kinds():
        yield legend.mark(_sign(kind, 6, 0, -7, 7), kind)
    if voids(surface):
        yield _NONE
    yield from _path_items(report, output)
    if not surface.searched:
        yield legend.words(NOT_ALL)


def _path_items(report: Plot, output: Output) -> Iterator[legend.Item]:
    start, end = report.ends
    if start:
        yield legend.mark(_stop(6, 0, _END, "start"), "start")
    if end:
        yield legend.mark(_stop(6, 0, _END, "stop"), "end of the descent")
    yield from map(legend.words, report.outside(output))


def _labelled(low: float, high: float) -> list[tuple[float, str]]:
    """The ticks between two numbers, with what is written at each."""
    found = ticks(low, high)
    return [*zip(found, written(found, (high - low) / len(found), 6), strict=True)]


def _axes(frame: _Frame, across: str, up: str) -> Iterator[str]:
    (left, bottom), (right, top) = (
        frame.place(frame.x[0], frame.y[0]),
        frame.place(frame.x[1], frame.y[1]),
    )
    for x, label in _labelled(*frame.x):
        at = frame.place(x, frame.y[0])[0]
        kind = "zero" if x == 0 else "grid"
        yield f'<path class="{kind}" d="M{at:.1f} {bottom:g}V{top:g}"/>'
        half = _DIGIT * len(label) / 2
        yield _text(min(at, _WIDTH - half), bottom + 18, label, "middle")
    for y, label in _labelled(*frame.y):
        at = frame.place(frame.x[0], y)[1]
        kind = "zero" if y == 0 else "grid"
        yield f'<path class="{kind}" d="M{left:g} {at:.1f}H{right:g}"/>'
        yield _text(left - 8, at + 4, label, "end")
    yield _text((left + right) / 2, bottom + 35, across, "middle")
    if up:
        turn = f'transform="translate({_BESIDE} {(top + bottom) / 2:.1f}) rotate(-90)"'
        yield f'<text {turn} text-anchor="middle">{escape(up)}</text>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _curves(course: Course, frame: _Frame, report: Plot, output: Output) -> Iterator[str]:
    by = report.axes[0].name
    for stretch in course.empty:
        low, high = (frame.place(at, 0.0)[0] for at in stretch.within(course.start, course.end))
        told = escape(f"{NO_VALUE} for {stretch.words(output.shown(by), UNICODE)}")
        yield (
            f'<rect class="none" x="{low:.1f}" y="{frame.top}" width="{high - low:.1f}" '
            f'height="{_HIGH}"><title>{told}</title></rect>'
        )
    ends = [end for stretch in course.empty for end in stretch if end]
    exact = [(end.at, end.value) for end in ends]
    exact += [(p.at, p.value) for p in course.places if p.kind in ("kink", "steep")]
    for pole in (p for p in course.places if p.kind == "pole"):
        exact += [(pole.at, value) for value in (pole.sides[0], nan, pole.sides[1])]
    for values, breaks, colour, dashes, more in (
        (course.slopes, course.slope_breaks, _SLOPE, _DASHES, []),
        (course.values, course.value_breaks, _VALUE, "", exact),
    ):
        drawn = _polyline(frame, _points(course, values, breaks, more))
        yield _path(drawn, f'stroke="{colour}"', dashes)
    yield from _stops(report, frame)
    for place in course.places:
        x, y = frame.place(place.at, place.value if isfinite(place.value) else frame.y[0])
        y -= 0.0 if isfinite(place.value) else _INSIDE
        drawn = _sign(place.kind, x, y, frame.top, frame.bottom)
        yield f'<g clip-path="url(#area)"><title>{WORDS[place.kind]}</title>{drawn}</g>'
    if not course.sound:
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        yield _text(middle, frame.top + 146, output.shown(nothing(course, by)), "middle")


def _sign(kind: str, x: float, y: float, top: float, bottom: float) -> str:
    """The mark of an awkward place: a dot, a circle, a tangent, or a line from top to bottom."""
    match kind:
        case "kink":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{_AWKWARD}"/>'
        case "gap":
            circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"'
            return f'{circle} fill="none" stroke="{_POLE}" stroke-width="1.6"/>'
        case "steep":
            upright = f"M{x:.1f} {y - 8:.1f}v16"
            return f'<path d="{upright}" stroke="{_AWKWARD}" stroke-width="3"/>'
    colour, dashes = _LINES[kind]
    line = f'<path d="M{x:.1f} {top:g}V{bottom:g}" stroke="{colour}"'
    return f'{line} stroke-width="1.4" stroke-dasharray="{dashes}"/>'


def _stops(report: Plot, frame: _Frame) -> Iterator[str]:
    """The states of a descent: the first one a circle, the last one a larger dot."""
    radius = 2.5 if len(report.path) < 60 else 1.2
    states = [(stop, radius, "stop") for stop in report.path[1:-1]]
    ends = zip(report.ends, ("start", "stop"), strict=True)
    states += [(stop, _END, kind) for stop, kind in ends if stop]
    for stop, size, kind in states:
        x, y = (*stop.at, stop.value)[:2]
        if isfinite(x) and isfinite(y):
            drawn = _stop(*frame.place(x, y), size, kind)
            yield f'<g clip-path="url(#area)">{drawn}</g>'


def _stop(x: float, y: float, radius: float, kind: str) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}" stroke-width="1.6"/>'


def _points(
    course: Course,
    values: Sequence[float],
    breaks: frozenset[int],
    more: Sequence[tuple[float, float]],
) -> Iterator[tuple[float, float]]:
    """The points of a curve from left to right, with ``more`` of them; nan where it breaks."""
    between = deque(sorted(more, key=lambda place: place[0]))
    before = parted = -inf
    for n, (x, value) in enumerate(zip(points(course), values, strict=True)):
        here = []
        while between and between[0][0] <= x:
            here.append(between.popleft())
        yield from here
        parted = max([at for at, each in here if isnan(each)], default=parted)
        if n in breaks and parted < before:
            yield x, nan
        if not here or here[-1][0] != x:
            yield x, value
        before = x


def _polyline(frame: _Frame, places: Iterable[tuple[float, float]]) -> str:
    """The path of a curve, interrupted where it has no finite value."""
    pieces, down = [], False
    for x, value in places:
        if isfinite(value):
            a, b = frame.place(x, value)
            pieces.append(f"{'L' if down else 'M'}{a:.1f} {b:.1f}")
        down = isfinite(value)
    return "".join(pieces)


def _contours(report: Plot, found: Sequence[Contour], frame: _Frame) -> Iterator[str]:
    surface = report.surface
    assert surface is not None
    empty = "".join(_joined(frame.place(*at) for at in outline) + "Z" for outline in voids(surface))
    if empty:
        yield f'<path class="none" d="{empty}"><title>{NO_VALUE}</title></path>'
    for n, contour in enumerate(found):
        drawn = "".join(_joined(frame.place(*at) for at in each) for each in contour.strands)
        stroke = f'stroke="{_colour(n, len(found))}"'
        yield _path(drawn, stroke, "", title=f"{contour.level:g}")
    for kind in surface.kinds():
        pieces = [_joined(frame.place(*at) for at in strand) for strand in seams(surface, kind)]
        colour, dashes = _LINES[kind]
        yield _path("".join(pieces), f'stroke="{colour}"', f' stroke-dasharray="{dashes}"', kind)
    stops = [(stop.at[0], stop.at[1]) for stop in report.path if all(map(isfinite, stop.at))]
    if stops:
        yield _path(_joined(frame.place(*stop) for stop in stops), 'class="path"', "")
    yield from _stops(report, frame)


def _joined(places: Iterable[tuple[float, float]]) -> str:
    return "".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(places))


def _colour(number: int, count: int) -> str:
    """The colour of a level by its number, between that of the lowest and that of the highest."""
    share = number / max(count - 1, 1)
    mixed = (round(a + (b - a) * share) for a, b in zip(_COLD, _WARM, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _path(drawn: str, colour: str, dashes: str, title: str = "") -> str:
    inside = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<path clip-path="url(#area)" d="{drawn}" fill="none" {colour} '
        f'stroke-width="1.8" stroke-linejoin="round"{dashes}>{inside}</path>'
    )
