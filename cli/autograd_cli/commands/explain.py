"""``autograd explain``: both passes step by step, each product of the chain rule spelled out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from autograd_cli import exit_status
from autograd_cli.line.command import ProgramCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import (
    PROGRAM,
    SEED,
    TO_FILE,
    deliver,
    output_options,
    takes_program,
)
from autograd_cli.line.parameters import FILE, Choice, flag, option
from autograd_cli.line.point import amounts
from autograd_cli.line.program import LineProgram
from autograd_cli.output import Output
from autograd_cli.reports.explain import TARGETS
from autograd_graph.steps.steps import Grain


@declared(
    ProgramCommand,
    "explain",
    "Both passes, step by step.",
    *PROGRAM,
    *output_options(piped=""),
    option(
        "--by",
        kind=Choice(["step", "operation"]),
        help="A step for each named statement or for each operator; the program decides if not "
        "given.",
    ),
    flag("--rules", help="Name the rule behind each local derivative."),
    option(
        "--nudge",
        name="nudges",
        multiple=True,
        metavar="NAME=AMOUNT",
        help="Show the change that the gradient predicts and the actual one. Repeatable.",
    ),
    option(
        "--along",
        multiple=True,
        metavar="NAME=AMOUNT",
        help="Trace forward mode in this direction: values and tangents side by side. Repeatable.",
    ),
    SEED,
    option("--to", kind=Choice(TARGETS), help="Write the derivation for a sheet or a page."),
    flag("--blank", help="Leave the results out of --to, as an exercise."),
    option(
        "--key", kind=FILE, metavar="FILE", help="Write what --blank leaves out, in full, to FILE."
    ),
    TO_FILE,
    flag("--all", name="everything", help="Show all of a long program."),
)
@takes_program(in_a_pipe="table")
def command(
    ctx: Context,
    program: LineProgram,
    output: Output,
    by: Grain | None,
    rules: bool,
    nudges: tuple[str, ...],
    along: tuple[str, ...],
    seed: int | None,
    to: str | None,
    blank: bool,
    key: str | None,
    path: str | None,
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

      autograd explain -f samples/cost_function.expr --to html -o lesson.html
      autograd explain "y = (a*x + b)^2" --seed 7 --to latex --blank -o sheet.tex --key key.tex

    A step is a named statement. Forward, each is computed from what goes into it; backward, the
    derivative by each is what comes back through the steps that use it, times their own slopes.
    With --along it is what comes along through what goes in, times the step's own slopes.

    --to writes a fragment to be pasted, and with -o a document that stands alone: HTML has its
    formulas in MathML, LaTeX needs amsmath. --seed draws numbers for all inputs that are not given,
    the same for the same N, at which nothing is awkward.
    """
    moved = amounts(nudges, "--nudge", "x=0.01", ctx.params["max_nodes"])
    direction = amounts(along, "--along", "x=1", ctx.params["max_nodes"])
    if direction:
        ctx.refuse(["wrt"], "is for the backward pass, and --along goes forward")
    if to:
        ctx.refuse(["format_name", "no_header"], "does not go with --to", "give one of them")
        if key is not None and path is not None and Path(key).resolve() == Path(path).resolve():
            ctx.refuse(["key"], "and --output name the same file", "give each a file of its own")
        ctx.refuse(["ascii_only"], "is for text, and --to writes markup")
    else:
        for option in ("key", "blank", "path"):
            ctx.refuse([option], "is for what --to writes", "add --to html, or latex")
    if not blank:
        ctx.refuse(["key"], "holds what --blank leaves out", "add --blank, or leave it out")
    function = program.function if seed is None else program.function.friendly(seed)
    output.at("working out the steps")
    report = function.explain(by=by, rules=rules, nudges=moved, along=direction)
    if to:
        write = partial(report.to, to, output, everything=everything)
        output.at("writing")
        if key is not None:
            deliver(write(whole=True), key, output)
        deliver(write(whole=path is not None, blank=blank), path, output)
    else:
        output.show(report, everything)
    if not report.sound:
        ctx.exit(exit_status.WRONG)
