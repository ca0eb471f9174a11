"""``autograd functions``: the operator table as a user needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from autograd_cli.catalogue import Catalogue, Entry, catalogue, entry_named
from autograd_cli.output import Output
from autograd_cli.program import OnceCommand, output_options, takes_output

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command(
    "functions", cls=OnceCommand, short_help="The functions, their derivatives and awkward points."
)
@click.argument("name", required=False)
@output_options(numbers=False)
@click.pass_context
@takes_output(in_a_pipe="tsv")
def command(ctx: click.Context, output: Output, name: str | None) -> None:
    r"""List the functions of the language, or show the one called NAME.

    \b
    Examples:
      autograd functions
      autograd functions tanh
      autograd functions --format tsv | cut -f 1,4
    """
    entries = [entry_named(name)] if name else catalogue()
    if name:
        output.show(Catalogue(entries, True), lambda width: _card(entries[0], output, width))
    else:
        output.show(Catalogue(entries, False), lambda width: [_overview(entries, output, width)])


def _overview(entries: list[Entry], output: Output, width: int) -> RenderableType:
    from rich.text import Text

    from autograd_cli.render import remark, table

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


def _card(entry: Entry, output: Output, width: int) -> list[RenderableType]:
    from rich.text import Text

    from autograd_cli.function_plot import function_plot
    from autograd_cli.render import STATUS_STYLES, table

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
