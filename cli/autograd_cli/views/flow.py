"""The drawing of a gradient's flow: a bar on a log scale per layer, verdict and remedies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, isfinite, log10

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from autograd_cli.drawing.folding import folded
from autograd_cli.drawing.symbols import derivative
from autograd_cli.drawing.tables import bar, digits_said, fewer_digits, remarks, table
from autograd_cli.output import Output
from autograd_cli.reports.flow import FlowReport
from autograd_graph.steps.flow import Layer

_MANY = 40
_LEAST_DECADES = 3
_NARROWEST = 8
"""Bars are left out if there is room for fewer cells than this."""

_FACTOR, _TO_INPUTS = "factor", "to inputs"

_LEGEND = {
    _FACTOR: "factor: how much goes on to the layers before it or, if none, to its inputs",
    _TO_INPUTS: "to inputs: the gradient that goes to inputs of its own, such as weights",
}
"""What is said about the columns, where they are shown."""

_STYLES = {
    "healthy": "bold green", "vanishing": "bold yellow", "exploding": "bold red",
    "dead": "bold red", "undefined": "bold red",
}  # fmt: skip


def flow_chart(
    report: FlowReport, output: Output, width: int, everything: bool
) -> list[RenderableType]:
    """The layers, from the output back to the first one, the verdict and the remedies.

    A narrow screen has no room for bars first, then for all digits, then for what goes to inputs,
    then for the factors.
    """
    if not report.flow.layers:
        return _words(report, output)
    for dropped in ((), (_TO_INPUTS,), (_TO_INPUTS, _FACTOR)):
        for fewer in fewer_digits(output):
            rows, fits = _layers(report, fewer, output, width, everything, dropped)
            if fits:
                return [rows, *_words(report, output)]
    return [rows, *_words(report, output)]


def _layers(
    report: FlowReport,
    output: Output,
    wanted: Output,
    width: int,
    everything: bool,
    dropped: Sequence[str],
) -> tuple[Table, bool]:
    """A table of the layers without the ``dropped`` columns, and whether there is room for it."""
    layers = report.flow.layers[::-1]
    low, high = _decades(layers)
    kept = layers if everything else folded(layers, _MANY)
    columns = {
        header: [cell(layer) if layer is not None else Text() for layer in kept]
        for header, cell in _columns(report, output, width).items()
        if header not in dropped
    }
    if None in kept:
        first, second, *_ = columns.values()
        first[kept.index(None)] = Text(output.glyphs.dots, "dim")
        second[kept.index(None)] = Text(f"{len(layers) - _MANY} more: --all", "dim")
    taken = sum(
        max(len(header), *(text.cell_len for text in cells)) for header, cells in columns.items()
    )
    room = min(40, width - taken - 3 * (len(columns) + 1) - 1)
    scale = f"1e{low}".ljust(room - len(f"1e{high}")) + f"1e{high}"
    rows = table(output)
    for header in columns:
        rows.add_column(header, justify="left" if header == "layer" else "right", no_wrap=True)
    if room >= _NARROWEST:
        rows.add_column(Text(scale), no_wrap=True, min_width=room)
    for layer, *cells in zip(kept, *columns.values(), strict=True):
        size = 0.0 if layer is None else _share(layer.gradient, low, high)
        style = "" if layer is None else _style(layer, report)
        drawn = [Text(bar(size, output, room), style or "green")] if room >= _NARROWEST else []
        rows.add_row(*cells, *drawn)
    said = [text for header, text in _LEGEND.items() if header in columns]
    if dropped:
        said.append(f"no room for: {', '.join(reversed(dropped))}; a wider terminal shows more")
    remarks(rows, said + digits_said(output, wanted))
    return rows, taken + 3 * len(columns) + 1 <= width


def _columns(report: FlowReport, output: Output, width: int) -> dict[str, Callable[[Layer], Text]]:
    """The columns before the bars: the cell of each layer, by the header."""

    def name(layer: Layer) -> Text:
        text = Text(output.shown(layer.name), "cyan")
        text.truncate(max(width // 4, 8), overflow="ellipsis")
        return text

    columns: dict[str, Callable[[Layer], Text]] = {
        "layer": name,
        f"|{derivative(output, report.output, 'layer', width, total=True)}|": lambda layer: Text(
            output.number(layer.gradient), _style(layer, report)
        ),
        _FACTOR: lambda layer: _factor(layer, output),
    }
    if any(layer.to_inputs is not None for layer in report.flow.layers):
        columns[_TO_INPUTS] = lambda layer: Text(output.number(layer.to_inputs))
    if report.clipping is not None:
        columns["clipped"] = lambda layer: Text(output.number(report.clipped(layer)))
    return columns


def _decades(layers: tuple[Layer, ...]) -> tuple[int, int]:
    """The powers of ten that enclose all gradients that are neither 0 nor infinite."""
    sizes = [log10(layer.gradient) for layer in layers if 0.0 < layer.gradient < float("inf")]
    high = ceil(max(sizes, default=0.0))
    return min(floor(min(sizes, default=0.0)), high - _LEAST_DECADES), high


def _share(gradient: float, low: int, high: int) -> float:
    if not isfinite(gradient):
        return 1.0 if gradient == gradient else 0.0
    return (log10(gradient) - low) / (high - low) if gradient else 0.0


def _style(layer: Layer, report: FlowReport) -> str:
    if layer.cancels:
        return "dim"
    if not isfinite(layer.gradient) or layer.gradient == 0.0:
        return "bold red"
    if layer.gradient < report.threshold:
        return "yellow"
    return "red" if layer.gradient > 1.0 / report.threshold else ""


def _factor(layer: Layer, output: Output) -> Text:
    if layer.factor is None:
        return Text("")
    style = "bold red" if layer.factor == 0.0 else "yellow" if layer.factor < 0.5 else ""
    return Text(
        f"{output.glyphs.fold}{layer.factor:.3g}", style or ("red" if layer.factor > 2.0 else "dim")
    )


def _words(report: FlowReport, output: Output) -> list[RenderableType]:
    verdict = report.flow.verdict
    lines: list[RenderableType] = []
    if not report.flow.findings:
        lines.append(Text.assemble(("healthy", _STYLES[verdict]), f": {report.healthy}"))
    told = list(zip(report.flow.findings, report.messages, strict=True))
    for finding, message in told[:8]:
        lines.append(Text.assemble((finding.kind, _STYLES[finding.kind]), f": {message}"))
    if len(told) > 8:
        lines.append(Text(f"{len(told) - 8} more: --format json has them all", "dim"))
    if told and report.cancelling:
        lines.append(Text(report.cancelling))
    lines += [Text.assemble(("try: ", "bold cyan"), remedy) for remedy in report.remedies]
    if report.clipping is not None:
        clipping = report.clipping
        lines.append(
            Text(
                f"clipped to norm {output.number(clipping.limit)}: the inputs' gradient has norm "
                f"{output.number(clipping.before)} before, {output.number(clipping.after)} after"
            )
        )
    return lines
