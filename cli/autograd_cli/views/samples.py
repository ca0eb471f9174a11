"""The samples as a table of names and descriptions."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.tables import table
from autograd_cli.output import Output
from autograd_cli.reports.samples import Samples


def overview(report: Samples, output: Output) -> list[RenderableType]:
    """A row for each sample."""
    drawn = table(output)
    drawn.add_column("sample", overflow="fold")
    drawn.add_column("about", overflow="fold")
    for sample in report.samples:
        drawn.add_row(Text(sample.name, "cyan"), Text(output.shown(sample.about)))
    return [drawn]
