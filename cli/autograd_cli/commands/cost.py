"""``autograd cost``: what the gradient costs backwards, forwards, and by differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from autograd_cli.line.command import ProgramCommand
from autograd_cli.line.options import output_options, program_options, takes_program
from autograd_cli.line.program import Program
from autograd_cli.output import Output
from autograd_cli.reports.cost import CostReport, cost_report

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command(
    "cost", cls=ProgramCommand, short_help="Work of reverse mode, forward mode and differences."
)
@program_options
@output_options(numbers=False)
@click.option("--measure", is_flag=True, help="Time them too; long ones are estimated.")
@click.pass_context
@takes_program(in_a_pipe="tsv")
def command(ctx: click.Context, program: Program, output: Output, measure: bool) -> None:
    r"""Count what the gradient of EXPR costs: node visits and arithmetic, method by method.

    \b
    Examples:
      autograd cost "sin(x*y) + exp(x)*z"
      autograd cost -f samples/two_layer_network.expr --measure
      autograd cost "dot(a, b, c, x, y, z)" --format json

    A network of 10,000 nodes and 100,000 parameters: python samples/network.py | autograd cost -
    """
    if measure:
        program.require_values()
    report = cost_report(program, measure, output.at)
    output.show(report, lambda width: _drawn(report, output, width))


def _drawn(report: CostReport, output: Output, width: int) -> Sequence[RenderableType]:
    from autograd_cli.views.cost import cost_table

    return cost_table(report, output, width)
