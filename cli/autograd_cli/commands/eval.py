"""``autograd eval``: the value of every node, the gradient of the output by every node."""

from __future__ import annotations

from typing import Any

import click

from autograd_cli import formats
from autograd_cli.point import normal
from autograd_cli.program import (
    ProgramCommand,
    output_options,
    program_options,
    read_output,
    read_program,
)
from autograd_cli.report import Evaluation, NodeRow, evaluate
from autograd_graph import ProgramError


@click.command("eval", cls=ProgramCommand, short_help="Values and gradients of every node.")
@program_options
@output_options("table", "json", "csv", "tsv")
@click.option(
    "--get", "path", metavar="PATH", help="Print one number: value, grad.w, node.c.value."
)
@click.option("--all", "everything", is_flag=True, help="Fold no rows of long tables.")
@click.option("--strict", is_flag=True, help="Exit with 1 for inf and for any status but ok.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    r"""Print the value of every node of EXPR and the gradient of its output.

    \b
    Examples:
      autograd eval "J = 1/2*(w*x + b - y)^2" --x=-2 --w=2 --b=8 --y=2
      autograd eval -f samples/cost_function.expr --w=3
      autograd eval "sigmoid(w*x)" --w=0.5 --x=2 --get grad.w
      echo "sin(x)^2" | autograd eval - --x=pi/4 --format json

    Inputs are options: a name that EXPR uses and never binds takes its value from --NAME=VALUE.
    """
    output = read_output(options, in_a_pipe="tsv")
    program = read_program(ctx, options)
    program.require_values()
    report = evaluate(program.tape, program.given, program.wrt)
    if options["path"] is not None:
        output.write(_single(report, options["path"]) + "\n")
    elif output.format == "json":
        output.write(formats.to_json(formats.evaluation_json(report)) + "\n")
    elif output.format in ("csv", "tsv"):
        rows = formats.evaluation_rows(report)
        output.write(formats.separated(formats.NODE_COLUMNS, rows, output.format))
    else:
        from autograd_cli import render

        output.draw(
            lambda width: render.evaluation(
                report, output, everything=options["everything"], width=width
            )
        )
    if not report.summary.sound(options["strict"]):
        ctx.exit(1)


def _absent(node: NodeRow, what: str) -> ProgramError:
    if what == "value":
        return ProgramError(f"{node.label} has no value: it was not needed", code="missing-value")
    return ProgramError(
        f"{node.label} has no gradient: it is {node.role}, and nothing varies it",
        code="not-an-input",
    )


def _single(report: Evaluation, path: str) -> str:
    """The number that ``--get`` names."""
    kind, _, rest = path.partition(".")
    if path == "value":
        return formats.number(report.output.value)
    if kind == "grad" and rest:
        for row in report.inputs:
            if row.name == normal(rest):
                return formats.number(row.gradient)
    name, _, what = rest.rpartition(".")
    if kind == "node" and name and what in ("value", "gradient", "grad"):
        for node in reversed(report.nodes):
            label = str(node.node) if node.literal else node.label
            if normal(name) in (node.name, label, str(node.node)):
                number = node.value if what == "value" else node.gradient
                if number is None:
                    raise _absent(node, what)
                return formats.number(number)
    grads = ", ".join(f"grad.{row.name}" for row in report.inputs[:8])
    raise ProgramError(
        f"--get finds no {path!r}",
        code="unknown-name",
        hint=f"there are value, {grads}, and node.NAME.value, node.NAME.gradient",
    )
