"""``autograd graph``: the computation graph, drawn."""

from __future__ import annotations

from typing import Literal

import click

from autograd_cli import exit_status
from autograd_cli.line.command import ProgramCommand
from autograd_cli.line.options import output_options, program_options, refuse, takes_program
from autograd_cli.line.program import LineProgram
from autograd_cli.output import Output
from autograd_graph.steps.steps import Grain


@click.command("graph", cls=ProgramCommand, short_help="The computation graph, drawn.")
@program_options
@output_options(piped="")
@click.option("--grad", is_flag=True, help="Show the gradient that flows back to each node.")
@click.option(
    "--by",
    type=click.Choice(["step", "operation"]),
    help="A box for each named statement or for each operator; the program decides if not given.",
)
@click.option(
    "--to",
    type=click.Choice(["dot", "mermaid", "svg"]),
    help="Write the drawing for Graphviz, for Markdown, or as an SVG that stands alone.",
)
@click.pass_context
@takes_program(in_a_pipe="table")
def command(
    ctx: click.Context,
    program: LineProgram,
    output: Output,
    grad: bool,
    by: Grain | None,
    to: Literal["dot", "mermaid", "svg"] | None,
) -> None:
    r"""Draw the computation graph of EXPR, from its inputs to its output.

    \b
    Examples:
      autograd graph "z = (x + y)*w"
      autograd graph -f samples/cost_function.expr --grad
      autograd graph "silu(w*x + b)^2" --w=2 --x=1 --b=-1 --by operation
      autograd graph "y = x*x + x" --to svg > graph.svg

    The values of inputs are shown if they are given. Wires that join touch; one that crosses
    another is interrupted there. What does not fit the width is shown as an outline.
    """
    if to:
        refuse(ctx, ["format_name", "no_header"], "does not go with --to", "give one of them")
    if to == "svg":
        refuse(ctx, ["ascii_only"], "is for text, and --to svg is a picture")
    if not grad:
        refuse(ctx, ["wrt"], "picks among the gradients of --grad", "add --grad")
    output.at("working out the steps")
    drawn = program.function.graph(by=by, gradients=grad)
    if to:
        output.at("drawing")
    if to == "svg":
        from autograd_cli.drawing.vector import svg

        output.write(svg(drawn, output))
    elif to:
        from autograd_cli.drawing import notation

        write = notation.dot if to == "dot" else notation.mermaid
        output.write(write(drawn, output))
    else:
        output.show(drawn)
    if not drawn.sound:
        ctx.exit(exit_status.WRONG)
