"""``autograd graph``: the computation graph, drawn."""

from __future__ import annotations

from autograd_cli import exit_status
from autograd_cli.line.command import ProgramCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PROGRAM, SEED, TO_FILE, deliver, output_options, takes_program
from autograd_cli.line.parameters import Choice, flag, option
from autograd_cli.line.program import LineProgram
from autograd_cli.output import Output
from autograd_cli.reports.graph import PICTURES, TARGETS
from autograd_graph.steps.steps import Grain


@declared(
    ProgramCommand,
    "graph",
    "The computation graph, drawn.",
    *PROGRAM,
    *output_options(piped=""),
    flag("--grad", help="Show the gradient that flows back to each node."),
    flag("--edges", help="As --grad, with a step's own slope and what flows on each wire."),
    option(
        "--by",
        kind=Choice(["step", "operation"]),
        help="A box for each named statement or for each operator; the program decides if not "
        "given.",
    ),
    flag("--share", help="Draw a repeated expression without a name once."),
    flag("--all", name="everything", help="Draw all of a large graph."),
    SEED,
    option(
        "--to",
        kind=Choice(TARGETS),
        help="Write it for Graphviz, for Markdown, or as a picture that stands alone.",
    ),
    TO_FILE,
)
@takes_program(in_a_pipe="table")
def command(
    ctx: Context,
    program: LineProgram,
    output: Output,
    grad: bool,
    edges: bool,
    by: Grain | None,
    share: bool,
    everything: bool,
    seed: int | None,
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
      autograd graph "y = (a*x + b)^2" --seed 7 --to png -o sheet.png

    The values of inputs are shown if they are given; --seed draws those of a sheet or a page. Wires
    that join touch; one that crosses another is interrupted there. A picture that is too wide goes
    down instead, and what still does not fit is an outline. Of a large graph what is next to the
    output is shown.
    """
    if to:
        ctx.refuse(["format_name", "no_header"], "does not go with --to", "give one of them")
    else:
        ctx.refuse(["path"], "is for what --to writes", "add --to svg, or leave it out")
    if to in PICTURES:
        ctx.refuse(["ascii_only"], f"is for text, and --to {to} is a picture")
    elif to or output.format != "table":
        whole = to or output.format
        ctx.refuse(["everything"], f"is for pictures, and {whole} has all of the graph")
    if not (grad or edges):
        ctx.refuse(["wrt"], "picks among the gradients of --grad", "add --grad")
    output.at("working out the steps")
    function = program.function if seed is None else program.function.friendly(seed)
    drawn = function.graph(by=by, gradients=grad, edges=edges, share=share)
    if to:
        output.at("drawing")
        deliver(drawn.to(to, output, everything=everything), path, output)
    else:
        output.show(drawn, everything)
    if not drawn.sound:
        ctx.exit(exit_status.WRONG)
