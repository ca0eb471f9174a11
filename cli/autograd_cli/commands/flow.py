"""``autograd flow``: how large the gradient is at each layer on its way back."""

from __future__ import annotations

from typing import Literal

from autograd_cli import exit_status
from autograd_cli.formats import TABLES
from autograd_cli.line.command import ProgramCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PROGRAM, output_options, takes_program
from autograd_cli.line.parameters import Choice, Real, flag, option
from autograd_cli.line.program import LineProgram
from autograd_cli.output import Output
from autograd_graph.steps.flow import THRESHOLD


@declared(
    ProgramCommand,
    "flow",
    "The gradient by layer: does it vanish?",
    *PROGRAM,
    *output_options(),
    option(
        "--by",
        kind=Choice(["step", "operation", "depth"]),
        help="What a layer is: a named statement, an operator, or a level of the graph.",
    ),
    option(
        "--threshold",
        kind=Real(above=0.0, below=1.0),
        default=THRESHOLD,
        shown=True,
        metavar="T",
        help="A gradient has vanished below T times that of the output, and exploded beyond 1/T.",
    ),
    option(
        "--clip",
        kind=Real(above=0.0),
        metavar="NORM",
        help="Also show the gradients after clipping that of the inputs to this norm.",
    ),
    flag("--all", name="everything", help="Show all rows of long tables."),
)
@takes_program(in_a_pipe="tsv")
def command(
    ctx: Context,
    program: LineProgram,
    output: Output,
    by: Literal["step", "operation", "depth"] | None,
    threshold: float,
    clip: float | None,
    everything: bool,
) -> None:
    r"""Show how large the gradient of EXPR is at each layer, and what to do about it.

    \b
    Examples:
      autograd flow -f samples/flow/sigmoid_chain.expr
      autograd flow -f samples/flow/exploding.expr --clip 1
      autograd flow "a = tanh(3*x); b = tanh(3*a); b^2" --x=2 --format json

    The factor of a layer is how much of the gradient that arrives it hands on to the layers before
    it, the first ones to their inputs. What it hands to inputs of its own, such as weights, has a
    column beside it; --wrt picks those that count there. The verdict is healthy, vanishing,
    exploding, dead (exactly zero from some layer on) or undefined (nan).
    """
    output.at("following the gradient")
    report = program.function.flow(by=by, threshold=threshold, clip=clip)
    output.show(report, everything)
    if output.format in TABLES:
        output.note(report.told)
    if not report.sound:
        ctx.exit(exit_status.WRONG)
