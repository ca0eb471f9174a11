"""``autograd explain``: both passes step by step, each product of the chain rule spelled out."""

from __future__ import annotations

from typing import Any

import click

from autograd_cli import formats
from autograd_cli.explain_report import explain_report
from autograd_cli.program import (
    ProgramCommand,
    output_options,
    program_options,
    read_output,
    read_program,
)


@click.command("explain", cls=ProgramCommand, short_help="Both passes, step by step.")
@program_options
@output_options("table", "json", piped="")
@click.option(
    "--by",
    type=click.Choice(["step", "operation"]),
    help="A step for each named statement or for each operator; the program decides if not given.",
)
@click.option("--rules", is_flag=True, help="Name the rule behind each local derivative.")
@click.option(
    "--nudge",
    "nudges",
    multiple=True,
    metavar="NAME=AMOUNT",
    help="Show the change that the gradient predicts and the actual one. Repeatable.",
)
@click.option("--all", "everything", is_flag=True, help="Show all of a long program.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    r"""Explain the value of EXPR and its gradient step by step.

    \b
    Examples:
      autograd explain -f samples/cost_function.expr
      autograd explain "y = x*x + x" --x=3 --rules
      autograd explain -f samples/two_layer_network.expr --wrt w1
      autograd explain "a = w*x; (a - 1)^2" --w=2 --x=3 --nudge w=0.01

    A step is a named statement. Forward, each is computed from what goes into it; backward, the
    gradient by each is what comes back through the steps that use it, times their own slopes.
    """
    output = read_output(ctx, options, in_a_pipe="table")
    program = read_program(ctx, options)
    program.require_values()
    report = explain_report(program, options["by"], options["rules"], options["nudges"])
    if output.format == "json":
        output.write(formats.to_json(report.as_object()) + "\n")
    else:
        from autograd_cli.explain_page import explain_page

        output.draw(lambda width: explain_page(report, output, width, options["everything"]))
    if not report.evaluation.summary.sound(strict=False):
        ctx.exit(1)
