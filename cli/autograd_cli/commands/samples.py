"""``autograd samples``: the sample programs that come with the package."""

from __future__ import annotations

import click

from autograd_cli.line.command import OnceCommand
from autograd_cli.line.options import output_options, takes_output
from autograd_cli.output import Output
from autograd_cli.reports.samples import samples


@click.command("samples", cls=OnceCommand, short_help="Programs to start from.")
@click.argument("name", required=False)
@output_options("text", numbers=False, notes=False, piped="text")
@click.pass_context
@takes_output(in_a_pipe="text")
def command(ctx: click.Context, output: Output, name: str | None) -> None:
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
