"""The drawing of a gradient's flow: a bar on a log scale per layer, verdict and remedies."""

from __future__ import annotations

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

_STYLES = {
    "healthy": "bold green", "vanishing": "bold yellow", "exploding": "bold red",
    "dead": "bold red", "undefined": "bold red",
}  # fmt: skip


def flow_chart(
    report: FlowReport, output: Output, width: int, everything: bool
) -> list[RenderableType]:
    """The layers, from the output back to the first one, the verdict and the remedies.

    A narrow screen has no room for bars first, then for all digits, then for the factors.
    """
    if not report.flow.layers:
        return _words(report, output)
    for factors in (True, False):
        for fewer in fewer_digits(output):
            rows, fits = _layers(report, fewer, output, width, everything, factors)
            if fits:
                return [rows, *_words(report, output)]
    return [rows, *_words(report, output)]


def _layers(
    report: FlowReport, output: Output, wanted: Output, width: int, everything: bool, factors: bool
) -> tuple[Table, bool]:
    """A table of the layers, and whether there is room for it."""
    layers = report.flow.layers[::-1]
    low, high = _decades(layers)
    kept = layers if everything else folded(layers, _MANY)
    shown = [_cells(layer, report, output, width // 4) for layer in kept]
    headers = [
        "layer",
        f"|{derivative(output, report.output, 'layer', width, total=True)}|",
        "factor",
    ]
    headers += ["clipped"] if report.clipping is not None else []
    if not factors:
        del headers[2]
        for cells in shown:
            del cells[2]
    widest = [max(text.cell_len for text in column) for column in zip(*shown, strict=True)]
    taken = sum(map(max, widest, map(len, headers))) if shown else 0
    room = min(40, width - taken - 3 * (len(headers) + 1) - 1)
    scale = f"1e{low}".ljust(room - len(f"1e{high}")) + f"1e{high}"
    rows = table(output)
    for header in headers:
        rows.add_column(header, justify="left" if header == "layer" else "right", no_wrap=True)
    if room >= _NARROWEST:
        rows.add_column(Text(scale), no_wrap=True, min_width=room)
    for layer, cells in zip(kept, shown, strict=True):
        size = 0.0 if layer is None else _share(layer.gradient, low, high)
        style = "" if layer is None else _style(layer, report)
        drawn = [Text(bar(size, output, room), style or "green")] if room >= _NARROWEST else []
        rows.add_row(*cells, *drawn)
    said = ["factor: how much of the gradient that arrives the layer hands on"]
    if not factors:
        said = ["no room for factor: a wider terminal shows it"]
    remarks(rows, said + digits_said(output, wanted))
    return rows, taken + 3 * len(headers) + 1 <= width


def _cells(layer: Layer | None, report: FlowReport, output: Output, most: int) -> list[Text]:
    """The cells before the bar of a layer; ``None`` is where some were left out."""
    if layer is None:
        count = len(report.flow.layers) - _MANY
        cells = [Text(output.glyphs.dots, "dim"), Text(f"{count} more: --all", "dim")]
        cells.append(Text())
    else:
        name = Text(output.shown(layer.name), "cyan")
        name.truncate(max(most, 8), overflow="ellipsis")
        number = Text(output.number(layer.gradient), _style(layer, report))
        cells = [name, number, _factor(layer, output)]
    if report.clipping is not None:
        cells.append(Text(output.number(report.clipped(layer)) if layer is not None else ""))
    return cells


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
