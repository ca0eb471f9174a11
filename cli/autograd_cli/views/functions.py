"""The functions of the language: an overview of all, and a card for one."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.tables import STATUS_STYLES, remark, table
from autograd_cli.output import Output
from autograd_cli.reports.functions import Entry
from autograd_cli.views.plot import function_plot


def overview(entries: list[Entry], output: Output, width: int) -> RenderableType:
    """All functions, one row each, with a remark on columns that do not fit."""
    overview = table(output)
    overview.add_column("function", overflow="fold")
    overview.add_column("derivative", overflow="fold")
    if width >= 100:
        overview.add_column("domain", overflow="fold")
    if width >= 72:
        overview.add_column("awkward points", overflow="fold")
    for entry in entries:
        cells = [
            Text.assemble((entry.signature, "cyan"), (_aliases(entry), "dim")),
            Text("; ".join(entry.derivative)),
        ]
        if width >= 100:
            cells.append(Text(entry.domain))
        if width >= 72:
            cells.append(Text("; ".join(entry.points()), "yellow"))
        overview.add_row(*cells)
    hidden = [title for title, least in (("domain", 100), ("awkward points", 72)) if width < least]
    if hidden:
        remark(overview, f"no room for {' and '.join(hidden)}: autograd functions NAME shows all")
    return overview


def _aliases(entry: Entry) -> str:
    return f", {', '.join(entry.aliases)}" if entry.aliases else ""


def card(entry: Entry, output: Output, width: int) -> list[RenderableType]:
    """All facts about one function, with its plot."""
    lines: list[RenderableType] = [
        Text.assemble((entry.signature, "bold cyan"), "  ", entry.summary)
    ]
    facts = [("also", ", ".join(entry.aliases)), ("definition", entry.definition)]
    facts += [("derivative", text) for text in entry.derivative]
    facts += [("awkward", place) for place in entry.places]
    facts += [("domain", entry.domain), ("accuracy", entry.accuracy)]
    for title, text in facts:
        if text:
            lines.append(Text.assemble((f"  {title:<11}", "dim"), text))
    if entry.awkward:
        points = table(output)
        example = "for example" if entry.places or "," in entry.awkward[0].at else "at"
        for title in (example, "value", "slope", "status"):
            points.add_column(title, no_wrap=title != example)
        for edge in entry.awkward:
            points.add_row(
                Text(edge.at), Text(edge.value), Text(edge.slope),
                Text(edge.status, STATUS_STYLES[edge.status]),
            )  # fmt: skip
        lines.append(points)
    return [*lines, *function_plot(entry.name, output, width)]
