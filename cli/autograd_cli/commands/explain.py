"""``autograd explain``: both passes step by step, each product of the chain rule spelled out."""

from __future__ import annotations

import click

from autograd_cli import exit_status
from autograd_cli.line.command import ProgramCommand
from autograd_cli.line.options import output_options, program_options, refuse, takes_program
from autograd_cli.line.point import amounts
from autograd_cli.line.program import LineProgram
from autograd_cli.output import Output
from autograd_graph.steps.steps import Grain


@click.command("explain", cls=ProgramCommand, short_help="Both passes, step by step.")
@program_options
@output_options(piped="")
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
@click.option(
    "--along",
    multiple=True,
    metavar="NAME=AMOUNT",
    help="Trace forward mode in this direction: values and tangents side by side. Repeatable.",
)
@click.option("--all", "everything", is_flag=True, help="Show all of a long program.")
@click.pass_context
@takes_program(in_a_pipe="table")
def command(
    ctx: click.Context,
    program: LineProgram,
    output: Output,
    by: Grain | None,
    rules: bool,
    nudges: tuple[str, ...],
    along: tuple[str, ...],
    everything: bool,
) -> None:
    r"""Explain the value of EXPR and its gradient step by step.

    \b
    Examples:
      autograd explain -f samples/cost_function.expr
      autograd explain "y = x*x + x" --x=3 --rules
      autograd explain -f samples/two_layer_network.expr --wrt w1
      autograd explain "a = w*x; (a - 1)^2" --w=2 --x=3 --nudge w=0.01
      autograd explain "a = w*x; (a - 1)^2" --w=2 --x=3 --along w=1

    A step is a named statement. Forward, each is computed from what goes into it; backward, the
    derivative by each is what comes back through the steps that use it, times their own slopes.
    With --along it is what comes along through what goes in, times the step's own slopes.
    """
    moved = amounts(nudges, "--nudge", "x=0.01", ctx.params["max_nodes"])
    direction = amounts(along, "--along", "x=1", ctx.params["max_nodes"])
    if direction:
        refuse(ctx, ["wrt"], "is for the backward pass, and --along goes forward")
    output.at("working out the steps")
    report = program.function.explain(by=by, rules=rules, nudges=moved, along=direction)
    output.show(report, everything)
    if not report.sound:
        ctx.exit(exit_status.WRONG)
