"""``autograd plot``: a program and its derivative over a range, or a map over two."""

from __future__ import annotations

from typing import get_args

from autograd_cli import exit_status
from autograd_cli.formats import TABLES
from autograd_cli.line.command import declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PROGRAM, TO_FILE, deliver, output_options, takes_program
from autograd_cli.line.parameters import Choice, Real, Whole, option
from autograd_cli.line.point import amounts, check_names
from autograd_cli.line.program import LineProgram
from autograd_cli.line.ranges import RangesCommand, ranges
from autograd_cli.output import Output
from autograd_cli.reports.plot import TARGETS
from autograd_graph.descent.descent import Plan
from autograd_graph.descent.moves import Method


@declared(
    RangesCommand,
    "plot",
    "A program over a range, drawn.",
    *PROGRAM,
    *output_options(numbers=False),
    option(
        "--from",
        name="start",
        multiple=True,
        metavar="NAME=VALUE",
        help="Draw the path of gradient descent from here. Repeatable.",
    ),
    option("--method", kind=Choice(get_args(Method)), help="Its method; gd by default."),
    option(
        "--lr",
        kind=Real(above=0.0),
        metavar="RATE",
        help="Its learning rate; by default a line search finds one.",
    ),
    option("--steps", kind=Whole(0), metavar="N", help="Its most steps; 100."),
    option("--to", kind=Choice(TARGETS), help="Write a picture that stands alone."),
    TO_FILE,
)
@takes_program(in_a_pipe="tsv")
def command(
    ctx: Context,
    program: LineProgram,
    output: Output,
    start: tuple[str, ...],
    method: Method | None,
    lr: float | None,
    steps: int | None,
    to: str | None,
    path: str | None,
) -> None:
    r"""Plot EXPR and its derivative over a range of an input, or a map over ranges of two.

    \b
    Examples:
      autograd plot "x^3 - 3*x" --x=-2.5:2.5
      autograd plot "sin(w*x)/x" --w=3 --x=-pi:pi --to svg -o wave.svg
      autograd plot -f samples/rosenbrock.expr --x1=-2:2 --x2=-1:3
      autograd plot "x^2 + 3*y^2" --from x=-3 --from y=2 --lr 0.1

    Where no range is given, the one or two inputs without a value run from -5 to 5. Kinks, jumps,
    poles, infinite slopes and where there is no finite value are named. On a map the program has
    the same value along each line, and lines of jumps and poles are marked.
    """
    limit = ctx.params["max_nodes"]
    given = ranges(ctx, limit)
    check_names(program.graph, given)
    ctx.refuse(["wrt"], "has nothing to choose: a plot has the derivatives by what runs")
    if not start:
        for option in ("method", "lr", "steps"):
            ctx.refuse([option], "is for the descent of --from", "add --from x=1")
    if to:
        ctx.refuse(["format_name", "no_header"], "does not go with --to", "give one of them")
        ctx.refuse(["ascii_only"], f"is for text, and --to {to} is a picture")
    else:
        ctx.refuse(["path"], "is for what --to writes", "add --to svg, or leave it out")
    output.at("evaluating")
    plan = Plan(method or "gd", lr, 100 if steps is None else steps, until=1e-6)
    begin = amounts(start, "--from", "x=1", limit) if start else None
    report = program.function.plot(given, start=begin, plan=plan)
    if to:
        output.at("drawing")
        deliver(report.to(to, output), path, output)
    else:
        output.show(report)
        if output.format in TABLES and not output.quiet:
            for note in report.notes(output):
                output.note(note)
    if not report.sound:
        ctx.exit(exit_status.WRONG)
