"""``autograd eval``: the value of every node, the gradient of the output by every node."""

from __future__ import annotations

import click

from autograd_cli import exit_status
from autograd_cli.formats import TABLES
from autograd_cli.line.command import ProgramCommand
from autograd_cli.line.options import output_options, program_options, refuse, takes_program
from autograd_cli.line.point import amounts
from autograd_cli.line.program import LineProgram, split_names
from autograd_cli.output import Output

_NOTES = 3
"""How many notes say why the status of data is not 0."""


@click.command("eval", cls=ProgramCommand, short_help="Values and gradients of every node.")
@program_options
@output_options()
@click.option(
    "--get",
    "paths",
    multiple=True,
    metavar="PATHS",
    help="Print numbers alone: value, grad, grad.w, node.c.value, hessian.x.y, along. "
    "Several (value,grad) stand on one line, tabs between.",
)
@click.option(
    "--hessian",
    is_flag=True,
    help="Add the matrix of second derivatives, of at most --max-nodes entries.",
)
@click.option(
    "--eigenvalues",
    is_flag=True,
    help="With --hessian of more than 100 inputs: its eigenvalues too, which take long.",
)
@click.option("--along", metavar="STEPS", help="Add the derivative along a direction: x=1,y=0.")
@click.option("--all", "everything", is_flag=True, help="Show all rows of long tables.")
@click.option("--strict", is_flag=True, help="Exit with 1 for inf and for any status but ok.")
@click.pass_context
@takes_program(in_a_pipe="tsv")
def command(
    ctx: click.Context,
    program: LineProgram,
    output: Output,
    paths: tuple[str, ...],
    hessian: bool,
    eigenvalues: bool,
    along: str | None,
    everything: bool,
    strict: bool,
) -> None:
    r"""Print the value of every node of EXPR and the gradient of its output.

    \b
    Examples:
      autograd eval "J = 1/2*(w*x + b - y)^2" --x=-2 --w=2 --b=8 --y=2
      autograd eval -f samples/cost_function.expr --w=3
      autograd eval "sigmoid(w*x)" --w=0.5 --x=2 --get grad.w
      autograd eval "x^2 - y^2" --x=0 --y=0 --hessian
      echo "sin(x)^2" | autograd eval - --x=pi/4 --format json

    Inputs are options: a name that EXPR uses and never binds takes its value from --NAME=VALUE.
    """
    asked = split_names(paths)
    if eigenvalues:
        _refuse_eigenvalues(ctx, hessian, "--get" if asked else output.format)
    if asked:
        _refuse_beside_get(ctx, asked)
    direction = None
    if along is not None:
        direction = amounts(along.split(","), "--along", "x=1,y=-2", ctx.params["max_nodes"])
    output.at("differentiating twice" if hessian else "evaluating")
    report = program.function.evaluate(hessian=hessian, along=direction, eigenvalues=eigenvalues)
    if asked:
        from autograd_cli.reports.selection import selected

        output.write("\t".join(selected(report, asked)) + "\n")
    else:
        output.show(report, everything)
    for note in (note for extra in report.beyond for note in extra.notes()):
        output.note(note)
    if not report.sound(strict):
        if asked or output.format != "table":  # a table has them under it
            for remark in report.evaluation.notes[:_NOTES]:
                output.note(remark.message)
        ctx.exit(exit_status.WRONG)


def _refuse_beside_get(ctx: click.Context, paths: list[str]) -> None:
    """Refuse options that have no effect with ``--get``, which only prints the numbers it names."""
    kinds = {path.partition(".")[0] for path in paths}
    asks_more = {"format_name", "no_header", "everything", "precision", "ascii_only"}
    asks_more |= {"hessian", "along"} - kinds
    refuse(ctx, asks_more, "does not go with --get, which prints the numbers it names alone")


def _refuse_eigenvalues(ctx: click.Context, hessian: bool, format_name: str) -> None:
    """Refuse ``--eigenvalues`` without a Hessian, and in formats that have no place for them."""
    if not hessian:
        refuse(ctx, ["eigenvalues"], "needs --hessian, whose eigenvalues they are", "add --hessian")
    if format_name in (*TABLES, "--get"):
        way = "take --format json or table"
        refuse(ctx, ["eigenvalues"], f"has no place in {format_name}", way)
