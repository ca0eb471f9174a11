"""A program over a range of one input or of two, with the path of a descent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.drawing.contours import Surface
from autograd_cli.program import Program, inputs_named
from autograd_cli.reports.along import Along
from autograd_cli.reports.curves import NOT_ALL, WORDS, Course, course, remarks
from autograd_cli.reports.lattice import searched
from autograd_cli.reports.trace import Spaced
from autograd_graph import ProgramError, forward, missing, reverse
from autograd_graph.labels import output_label

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output
    from autograd_graph.descent.descent import Plan

TARGETS = ("svg", "png", "html")

DEFAULT = (-5.0, 5.0)
"""The range of an input that has neither a value nor a range of its own."""

POINTS, ACROSS = 241, 81
"""How many points a curve has, and a map from side to side and from bottom to top."""

_MOST_WORK = 5_000_000
"""How many nodes are evaluated for a plot at most; a large program has a coarser one."""

_LEAST_ACROSS = 9
_MOST_STATES = 500


class Axis(NamedTuple):
    """An input that runs over a range."""

    name: str
    start: float
    end: float


class Sample(NamedTuple):
    """The program at one point of the ranges."""

    at: tuple[float, ...]
    value: float
    slopes: tuple[float, ...]


class Stop(NamedTuple):
    """A state of a descent."""

    at: tuple[float, ...]
    value: float


@dataclass(frozen=True, slots=True, repr=False)
class Plot(formats.Report):
    """The samples over the ranges, row by row from the lowest, and the path of a descent.

    ``surface`` is that of two inputs. ``ending`` says how the descent ended.
    """

    program: Program
    output: str
    axes: tuple[Axis, ...]
    samples: tuple[Sample, ...]
    surface: Surface | None
    path: tuple[Stop, ...]
    ending: str

    @property
    def sound(self) -> bool:
        """Whether the program is a number anywhere in the ranges."""
        return any(isfinite(sample.value) for sample in self.samples)

    @property
    def ends(self) -> tuple[Stop | None, Stop | None]:
        """The first and the last state of the path, each only if it is within the ranges."""
        start, end = self.path[:1], self.path[-1:]
        within = [next(filter(self._holds, stop), None) for stop in (start, end)]
        return within[0], within[1]

    def _holds(self, stop: Stop) -> bool:
        """Whether a state is within the ranges."""
        ranged = zip(self.axes, stop.at, strict=True)
        return all(axis.start <= number <= axis.end for axis, number in ranged)

    def outside(self, output: Output) -> tuple[str, ...]:
        """That the path leaves the ranges, and where it ends, if it does outside of them."""
        if not self.path or self.ends[1] is not None:
            return ()
        place = "range" if self.surface is None else "map"
        numbers = zip(self.axes, self.path[-1].at, strict=True)
        at = ", ".join(f"{output.shown(axis.name)} = {n + 0.0:.4g}" for axis, n in numbers)
        return f"the descent leaves the {place}", f"it ends at {at}"

    def curve(self, columns: int) -> Course:
        """The course of a program of one input at so many points, with its awkward places."""
        (axis,) = self.axes
        function = Along(self.program.tape, self.program.given, axis.name)
        return course(self.output, function, axis.start, axis.end, columns)

    def notes(self, output: Output) -> list[str]:
        """What a table of numbers does not say: where it is not smooth, what was not searched."""
        if self.surface is None:
            told = remarks(self.curve(POINTS), self.axes[0].name, output.glyphs)
            return [text for _, text in told]
        return [] if self.surface.searched else [NOT_ALL]

    @property
    def columns(self) -> Sequence[str]:
        """The inputs, the value, the derivatives; before them ``of`` which kind, if a path is."""
        names = [axis.name for axis in self.axes]
        found = [*names, "value", *(f"grad.{name}" for name in names)]
        return ["of", *found] if self.path else found

    def rows(self) -> Iterable[formats.Row]:
        """The samples, and the states of the path."""
        kind = ["plot"] if self.path else []
        for sample in self.samples:
            yield *kind, *map(formats.number, (*sample.at, sample.value, *sample.slopes))
        for stop in self.path:
            yield "path", *map(formats.number, (*stop.at, stop.value)), *[""] * len(self.axes)

    def as_object(self) -> dict[str, Any]:
        """The plot as JSON; ``path`` only if there is one, places only of a curve."""
        names = [axis.name for axis in self.axes]
        content: dict[str, Any] = {
            "output": self.output,
            "ranges": {axis.name: [axis.start, axis.end] for axis in self.axes},
            "points": [
                {
                    "at": _numbers(names, sample.at),
                    "value": formats.json_number(sample.value),
                    "gradients": _numbers(names, sample.slopes),
                }
                for sample in self.samples
            ],
        }
        if self.surface is None:
            drawn = self.curve(POINTS)
            content["awkward"] = [
                {
                    "kind": WORDS[place.kind],
                    "at": place.at,
                    "value": place.value if isfinite(place.value) else None,
                }
                for place in drawn.places
            ]
            ends = drawn.start, drawn.end
            content["no_finite_value"] = [[*part.within(*ends)] for part in drawn.empty]
            content["searched"] = not drawn.unsaid
        else:
            content["searched"] = self.surface.searched
        if self.path:
            content["path"] = [
                {"at": _numbers(names, stop.at), "value": formats.json_number(stop.value)}
                for stop in self.path
            ]
        return document("plot", content)

    def to(self, target: str, output: Output) -> str | bytes:
        """The plot as ``svg``, ``html``, or the bytes of a ``png``."""
        from autograd_cli.drawing import chart, png, vector

        picture = chart.svg(self, output)
        if target == "png":
            return png.png(picture)
        return vector.page(picture, chart.DARK) if target == "html" else picture

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """A curve and its derivative, or a contour map."""
        from autograd_cli.views.contour import plot_page

        return plot_page(self, output, width)

    def _repr_svg_(self) -> str:
        from autograd_cli.drawing.chart import svg
        from autograd_cli.output import Output

        return svg(self, Output())

    _repr_html_ = _repr_svg_


def _numbers(names: Sequence[str], numbers: Sequence[float]) -> dict[str, Any]:
    return {name: formats.json_number(n) for name, n in zip(names, numbers, strict=True)}


def plot(
    program: Program,
    ranges: Mapping[str, tuple[float, float]],
    start: Mapping[str, float] | None = None,
    plan: Plan | None = None,
) -> Plot:
    """Evaluate a program over the ``ranges`` of one or two inputs.

    Without ranges, the inputs that have no value run over the usual one. ``start`` is where a
    descent of that ``plan`` begins; inputs that it leaves out begin at the program's own value.
    Raises :class:`ProgramError` for too many ranges or none, for an empty one, and for inputs
    without a value.
    """
    graph, tape = program.graph, program.tape
    if not ranges:
        ranges = dict.fromkeys(missing(tape, program.given), DEFAULT)
        if not 1 <= len(ranges) <= 2:
            raise _which_inputs(program, list(ranges))
    inputs_named(graph, list(ranges))
    axes = tuple(Axis(name, low + 0.0, high + 0.0) for name, (low, high) in ranges.items())
    if len(axes) > 2:
        raise ProgramError(
            f"a plot has one or two ranges, not {len(axes)}",
            code="bad-value",
            hint="give the other inputs a value",
        )
    for axis in axes:
        if not (isfinite(axis.start) and isfinite(axis.end) and axis.start < axis.end):
            raise ProgramError(
                f"the range of {axis.name} is empty: {axis.start:g} to {axis.end:g}",
                code="bad-value",
                hint=f"from the lower end to the higher one: --{axis.name}=-3:3",
            )
        if not isfinite(axis.end - axis.start):
            raise ProgramError(
                f"the range of {axis.name} is wider than the largest double: "
                f"{axis.start:g} to {axis.end:g}",
                code="bad-value",
                hint=f"--{axis.name}=-8e307:8e307 is not",
            )
    program = program.replaced(given=program.given | {axis.name: axis.start for axis in axes})
    program.require_values()
    samples = tuple(_samples(program, axes))
    path, ending = _path(program, axes, start, plan) if start is not None else ((), "")
    return Plot(
        program=program,
        output=output_label(graph, tape.output),
        axes=axes,
        samples=samples,
        surface=_surface(program, axes, samples) if len(axes) == 2 else None,
        path=path,
        ending=ending,
    )


def _which_inputs(program: Program, absent: list[str]) -> ProgramError:
    inputs = list(program.graph.inputs)
    if not inputs:
        return ProgramError("the program has no input to plot it by", code="bad-value")
    name = (absent or inputs)[0]
    more = "" if not absent else ", and give the others a value or one range more"
    return ProgramError(
        f"which of its inputs ({', '.join(inputs[:8])}) runs over a range?",
        code="bad-value",
        hint=f"give it: --{name}=-3:3{more}",
    )


def _samples(program: Program, axes: tuple[Axis, ...]) -> Iterable[Sample]:
    tape = program.tape
    nodes = [tape.graph.inputs[axis.name] for axis in axes]
    affordable = _MOST_WORK // (2 * len(tape.graph) + 20)
    count = min(POINTS, max(affordable, _LEAST_ACROSS))
    if len(axes) == 2:
        count = min(ACROSS, max(int(affordable**0.5), _LEAST_ACROSS))
    grid = [_spaced(axis, count) for axis in axes]
    for reversed_place in product(*reversed(grid)):
        place = reversed_place[::-1]
        given = program.given | {axis.name: n for axis, n in zip(axes, place, strict=True)}
        values = forward(tape, given)
        adjoints = reverse(tape, values)
        slopes = tuple(adjoints[node] or 0.0 for node in nodes)
        yield Sample(place, values[tape.output], slopes)


def _spaced(axis: Axis, count: int) -> list[float]:
    step = (axis.end - axis.start) / (count - 1)
    return [*(axis.start + step * n for n in range(count - 1)), axis.end]


def _surface(program: Program, axes: Sequence[Axis], samples: Sequence[Sample]) -> Surface:
    xs, ys = (tuple(dict.fromkeys(s.at[n] for s in samples)) for n in (0, 1))
    width = len(xs)
    rows = [samples[n : n + width] for n in range(0, len(samples), width)]
    surface = Surface(xs, ys, tuple(tuple(sample.value for sample in row) for row in rows))
    return searched(surface, program.tape, program.given, [axis.name for axis in axes])


def _path(
    program: Program, axes: tuple[Axis, ...], start: Mapping[str, float], plan: Plan | None
) -> tuple[tuple[Stop, ...], str]:
    """The states of a descent that moves the inputs of the axes, and what became of it."""
    from autograd_cli.reports.descend import DescentRun
    from autograd_graph.descent.descent import Plan

    graph = program.graph
    names = [axis.name for axis in axes]
    inputs_named(graph, list(start))
    if set(start) - set(names):
        raise ProgramError(
            f"a descent moves what runs over a range: {', '.join(names)}",
            code="bad-value",
            hint=f"write --from {names[0]}=1",
        )
    nodes = {name: graph.inputs[name] for name in names}
    own = {n: float(graph.numbers[node]) for n, node in nodes.items() if node in graph.numbers}
    begin = own | dict(start)
    for name in names:
        if name not in begin:
            raise ProgramError(
                f"the descent has no value of {name} to start from",
                code="missing-value",
                hint=f"add --from {name}=1",
            )
    moved = program.replaced(given=program.given | begin, wrt=names)
    run = DescentRun(moved, plan or Plan(), traced=False)
    kept: Spaced[Stop] = Spaced(_MOST_STATES)
    last = None
    for state in run:
        last = Stop(tuple(state.point), state.loss)
        if kept.wants(state.number):
            kept.add(state.number, last)
    stops = list(kept.items.values())
    if last is not None and stops[-1] != last:
        stops.append(last)
    report = run.report()
    return tuple(stops), f"{report.end.number:,} steps: {report.message}"
