"""``autograd samples``: the sample programs that come with the package."""

from __future__ import annotations

from autograd_cli.line.command import Command, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import output_options, takes_output
from autograd_cli.line.parameters import Argument
from autograd_cli.output import Output
from autograd_cli.reports.samples import samples


@declared(
    Command,
    "samples",
    "Programs to start from.",
    Argument("name"),
    *output_options("text", numbers=False, notes=False, piped="text"),
)
@takes_output(in_a_pipe="text")
def command(ctx: Context, output: Output, name: str | None) -> None:
    r"""List the samples, or print the one called NAME.

    \b
    Examples:
      autograd samples
      autograd samples cost_function
      autograd samples flow/exploding | autograd flow -
    """
    report = samples(name)
    if output.format == "text" or (output.format == "table" and report.single):
        output.write(output.shown(report.text()) if output.format == "table" else report.text())
    else:
        output.show(report)
