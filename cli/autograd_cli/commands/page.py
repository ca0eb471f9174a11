"""``autograd page``: one HTML file that draws a program and runs both passes over it."""

from __future__ import annotations

import sys

from autograd_cli import exit_status
from autograd_cli.line.command import ProgramCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PAGE, PROGRAM, SEED, takes_program
from autograd_cli.line.parameters import FILE, Choice, flag, option
from autograd_cli.line.program import LineProgram
from autograd_cli.output import Output, is_terminal
from autograd_graph import ProgramError
from autograd_graph.steps.steps import Grain


@declared(
    ProgramCommand,
    "page",
    "A page for a browser, to play with.",
    *PROGRAM,
    option(
        "-o",
        "--output",
        name="path",
        kind=FILE,
        metavar="FILE",
        help="Write the page to FILE, which appears once it is complete; - is standard output.",
    ),
    option("--title", metavar="TEXT", help="The page's heading."),
    flag("--steps", name="first", help="Start at the first step, with no result."),
    flag("--embed", help="Write a fragment to paste into another page."),
    option(
        "--by",
        kind=Choice(["step", "operation"]),
        help="A box for each named statement or for each operator; the program decides if not "
        "given.",
    ),
    SEED,
    *PAGE,
)
@takes_program(in_a_pipe="table")
def command(
    ctx: Context,
    program: LineProgram,
    output: Output,
    path: str | None,
    title: str | None,
    first: bool,
    embed: bool,
    by: Grain | None,
    seed: int | None,
) -> None:
    r"""Write a page about EXPR: one HTML file that draws the graph and runs both passes.

    \b
    Examples:
      autograd page -f samples/cost_function.expr -o cost.html
      autograd page "a = w*x; (a - 1)^2" --w=2 --x=3 -o square.html --steps
      autograd page -f samples/cost_function.expr --wrt w,b -o fit.html
      autograd page -f samples/kink.expr --title "A kink" -o kink.html
      autograd page "a = sin(x)*y; a^2" --x=1 --y=2 --embed > fragment.html
      autograd page "y = (a*x + b)^2" --seed 7 --steps -o lesson.html

    In a browser, the passes play forward and backward, inputs have sliders, a box shows its
    derivation, a nudge what the gradient predicts of it, and a button goes down the gradient. For a
    loss, say with --wrt which inputs are its parameters: data and labels then stay as they are when
    one steps down. The file needs no network, prints, and can be read without JavaScript. With
    --steps, the page shows no result before the passes come to it, until they have been gone
    through once; what is printed is what the screen shows. Without JavaScript it shows all of them.
    """
    if path is None and is_terminal(sys.stdout):
        raise ProgramError(
            "a page is for a browser, not for a terminal",
            code="bad-value",
            hint="give it a file: -o page.html",
        )
    output.at("working out the steps")
    function = program.function if seed is None else program.function.friendly(seed)
    made = function.page(by=by, title=title, steps=first, embed=embed, precision=output.precision)
    if made.note:
        output.note(made.note)
    if path is None or path == "-":
        output.write(made.html)
    else:
        output.at("writing")
        made.save(path)
    if not made.sound:
        ctx.exit(exit_status.WRONG)
