"""``autograd eval``: the value of every node, the gradient of the output by every node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from autograd_cli import formats
from autograd_cli.point import normal
from autograd_cli.program import (
    ProgramCommand,
    output_options,
    program_options,
    read_output,
    read_program,
    refuse,
    split_names,
)
from autograd_cli.report import Evaluation, NodeRow, Run, account, run
from autograd_graph import ProgramError

if TYPE_CHECKING:
    from autograd_cli.second_order import Along, Curvature


@click.command("eval", cls=ProgramCommand, short_help="Values and gradients of every node.")
@program_options
@output_options("table", "json", "csv", "tsv")
@click.option(
    "--get",
    "paths",
    multiple=True,
    metavar="PATHS",
    help="Print numbers alone: value, grad, grad.w, node.c.value, hessian.x.y, along. "
    "Several (value,grad) stand on one line, tabs between.",
)
@click.option("--hessian", is_flag=True, help="Add the matrix of second derivatives.")
@click.option("--along", metavar="STEPS", help="Add the derivative along a direction: x=1,y=0.")
@click.option("--all", "everything", is_flag=True, help="Show all rows of long tables.")
@click.option("--strict", is_flag=True, help="Exit with 1 for inf and for any status but ok.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
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
    paths = split_names(options["paths"])
    if paths:
        _refuse_beside_get(ctx, paths)
    output = read_output(ctx, options, in_a_pipe="tsv")
    program = read_program(ctx, options)
    program.require_values()
    passes = run(program.tape, program.given)
    report = account(passes, program.wrt)
    second, derivative = _beyond(passes, program.wrt, options["hessian"], options["along"])
    if paths:
        numbers = [n for path in paths for n in _numbers(report, second, derivative, path)]
        output.write("\t".join(numbers) + "\n")
    elif output.format == "json":
        result = formats.evaluation_json(report)
        if second:
            result["hessian"] = second.as_object()
        if derivative:
            result["along"] = derivative.as_object()
        output.write(formats.to_json(result) + "\n")
    elif output.format in ("csv", "tsv"):
        columns = [
            *(second.columns() if second else ()),
            *([derivative.column()] if derivative else ()),
        ]
        reported = {row.name for row in report.inputs}
        rows = [
            [*row, *(cells[node] for _, cells in columns)]
            for node, row in enumerate(formats.evaluation_rows(report))
            if report.nodes[node].role != "input" or report.nodes[node].name in reported
        ]
        header = [*formats.NODE_COLUMNS, *(name for name, _ in columns)]
        output.write(formats.separated(header, rows, output.format))
    else:
        from autograd_cli import render

        output.draw(
            lambda width: [
                *render.evaluation(report, output, everything=options["everything"], width=width),
                *(second.drawn(output, width) if second else ()),
                *([derivative.drawn(report.output_name, output)] if derivative else ()),
            ]
        )
    beyond = [extra for extra in (second, derivative) if extra]
    for note in (note for extra in beyond for note in extra.notes()):
        click.echo(f"note: {note}", err=True)
    if not all(found.sound(options["strict"]) for found in (report.summary, *beyond)):
        ctx.exit(1)


def _beyond(
    passes: Run, wrt: list[str] | None, hessian: bool, steps: str | None
) -> tuple[Curvature | None, Along | None]:
    """What was asked for beyond the gradient; most runs do without, and without its import."""
    if not hessian and steps is None:
        return None, None
    from autograd_cli.second_order import along, curvature, read_direction

    second = curvature(passes, wrt) if hessian else None
    if steps is None:
        return second, None
    return second, along(passes, read_direction(passes.tape.graph, steps))


def _absent(node: NodeRow, what: str) -> ProgramError:
    if what == "value":
        return ProgramError(f"{node.label} has no value: it was not needed", code="missing-value")
    return ProgramError(
        f"{node.label} has no gradient: it is {node.role}, and nothing varies it",
        code="not-an-input",
    )


def _refuse_beside_get(ctx: click.Context, paths: list[str]) -> None:
    """Refuse what asks for more than the numbers that ``--get`` prints, or would draw them."""
    kinds = {path.partition(".")[0] for path in paths}
    asks_more = {"format_name", "everything", "precision", "ascii_only"}
    asks_more |= {"hessian", "along"} - kinds
    refuse(ctx, asks_more, "does not go with --get, which prints the numbers it names alone")


def _numbers(
    report: Evaluation, second: Curvature | None, derivative: Along | None, path: str
) -> list[str]:
    """The numbers that a path of ``--get`` names: ``grad`` names one for each input."""
    if path == "grad" and report.inputs:
        return [formats.number(row.gradient) for row in report.inputs]
    return [_single(report, second, derivative, path)]


def _single(
    report: Evaluation, second: Curvature | None, derivative: Along | None, path: str
) -> str:
    """The number that a path of ``--get`` names."""
    kind, _, rest = path.partition(".")
    if path == "along" and derivative:
        return formats.number(derivative.value)
    if kind == "hessian" and second:
        a, _, b = normal(rest).partition(".")
        if a in second.inputs and b in second.inputs:
            return formats.number(second.matrix[second.inputs.index(a)][second.inputs.index(b)])
    if path == "value":
        return formats.number(report.output.value)
    if kind == "grad" and rest:
        for row in report.inputs:
            if row.name == normal(rest):
                return formats.number(row.gradient)
    name, _, what = rest.rpartition(".")
    if kind == "node" and name and what in ("value", "gradient", "grad"):
        node = _node_called(report, name)
        if node is not None:
            number = node.value if what == "value" else node.gradient
            if number is None:
                raise _absent(node, what)
            return formats.number(number)
    asked = {"hessian": "--hessian", "along": "--along x=1"}.get(kind)
    if asked and not (second if kind == "hessian" else derivative):
        raise ProgramError(
            f"--get {path} needs {asked.split()[0]}", code="unknown-name", hint=f"add {asked}"
        )
    grads = ", ".join(f"grad.{row.name}" for row in report.inputs[:8])
    raise ProgramError(
        f"--get finds no {path!r}",
        code="unknown-name",
        hint=f"{_meant(report, path)}there are value, grad, {grads}, and node.NAME.value, "
        "node.NAME.gradient",
    )


def _node_called(report: Evaluation, name: str) -> NodeRow | None:
    """The newest node of that name, or the one with that label or number."""
    name = normal(name)
    for node in reversed(report.nodes):
        label = str(node.node) if node.literal else node.label
        if name in (node.name, label, str(node.node)):
            return node
    return report.output if name == report.output_name else None


def _meant(report: Evaluation, path: str) -> str:
    """What a path was meant for that names a node and does not say what of it."""
    kind, _, rest = path.partition(".")
    name = rest if kind in ("node", "grad") else path
    if not name or "." in name or _node_called(report, name) is None:
        return ""
    if kind == "grad":
        return f"did you mean node.{name}.gradient? "
    by = f"grad.{name} or " if any(row.name == normal(name) for row in report.inputs) else ""
    return f"did you mean {by}node.{name}.value? "
