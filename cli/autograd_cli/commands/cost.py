"""``autograd cost``: the cost of a gradient by reverse mode, forward mode and differences."""

from __future__ import annotations

from autograd_cli.line.command import ProgramCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PROGRAM, output_options, takes_program
from autograd_cli.line.parameters import flag
from autograd_cli.line.program import LineProgram
from autograd_cli.output import Output


@declared(
    ProgramCommand,
    "cost",
    "Work of reverse mode, forward mode and differences.",
    *PROGRAM,
    *output_options(numbers=False),
    flag("--measure", help="Time them too; long ones are estimated."),
)
@takes_program(in_a_pipe="tsv")
def command(ctx: Context, program: LineProgram, output: Output, measure: bool) -> None:
    r"""Count what the gradient of EXPR costs: node visits and arithmetic, method by method.

    \b
    Examples:
      autograd cost "sin(x*y) + exp(x)*z"
      autograd cost -f samples/two_layer_network.expr --measure
      autograd cost "dot(a, b, c, x, y, z)" --format json

    A network of 10,000 nodes and 100,000 parameters: python samples/network.py | autograd cost -
    """
    output.at("timing" if measure else "counting")
    report = program.function.cost(measure=measure)
    output.show(report)
