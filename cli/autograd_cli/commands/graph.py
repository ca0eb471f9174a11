"""``autograd graph``: the computation graph, drawn."""

from __future__ import annotations

import click

from autograd_cli import exit_status
from autograd_cli.line.command import ProgramCommand
from autograd_cli.line.options import (
    deliver,
    output_options,
    program_options,
    refuse,
    takes_program,
    to_file,
)
from autograd_cli.line.program import LineProgram
from autograd_cli.output import Output
from autograd_cli.reports.graph import PICTURES, TARGETS
from autograd_graph.steps.steps import Grain


@click.command("graph", cls=ProgramCommand, short_help="The computation graph, drawn.")
@program_options
@output_options(piped="")
@click.option("--grad", is_flag=True, help="Show the gradient that flows back to each node.")
@click.option(
    "--edges", is_flag=True, help="As --grad, with a step's own slope and what flows on each wire."
)
@click.option(
    "--by",
    type=click.Choice(["step", "operation"]),
    help="A box for each named statement or for each operator; the program decides if not given.",
)
@click.option("--share", is_flag=True, help="Draw a repeated expression without a name once.")
@click.option("--all", "everything", is_flag=True, help="Draw all of a large graph.")
@click.option(
    "--to",
    type=click.Choice(TARGETS),
    help="Write it for Graphviz, for Markdown, or as a picture that stands alone.",
)
@to_file
@click.pass_context
@takes_program(in_a_pipe="table")
def command(
    ctx: click.Context,
    program: LineProgram,
    output: Output,
    grad: bool,
    edges: bool,
    by: Grain | None,
    share: bool,
    everything: bool,
    to: str | None,
    path: str | None,
) -> None:
    r"""Draw the computation graph of EXPR, from its inputs to its output.

    \b
    Examples:
      autograd graph "z = (x + y)*w"
      autograd graph -f samples/cost_function.expr --grad
      autograd graph "silu(w*x + b)^2" --w=2 --x=1 --b=-1 --by operation
      autograd graph -f samples/cost_function.expr --edges
      autograd graph "y = x*x + x" --to svg -o graph.svg

    The values of inputs are shown if they are given. Wires that join touch; one that crosses
    another is interrupted there. A picture that is too wide goes down instead, and what still does
    not fit is an outline. Of a large graph what is next to the output is shown.
    """
    if to:
        refuse(ctx, ["format_name", "no_header"], "does not go with --to", "give one of them")
    else:
        refuse(ctx, ["path"], "is for what --to writes", "add --to svg, or leave it out")
    if to in PICTURES:
        refuse(ctx, ["ascii_only"], f"is for text, and --to {to} is a picture")
    elif to or output.format != "table":
        whole = to or output.format
        refuse(ctx, ["everything"], f"is for pictures, and {whole} has all of the graph")
    if not (grad or edges):
        refuse(ctx, ["wrt"], "picks among the gradients of --grad", "add --grad")
    output.at("working out the steps")
    drawn = program.function.graph(by=by, gradients=grad, edges=edges, share=share)
    if to:
        output.at("drawing")
        deliver(drawn.to(to, output, everything=everything), path, output)
    else:
        output.show(drawn, everything)
    if not drawn.sound:
        ctx.exit(exit_status.WRONG)
