"""``autograd eval``: the value of every node, the gradient of the output by every node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from autograd_cli import exit_status
from autograd_cli.formats import TABLES
from autograd_cli.line import tables as reading
from autograd_cli.line.command import TableCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PROGRAM, output_options, takes_program
from autograd_cli.line.parameters import FILE, Argument, Choice, flag, option
from autograd_cli.line.point import amounts
from autograd_cli.line.program import LineProgram, split_names
from autograd_cli.output import Output

if TYPE_CHECKING:
    from autograd_cli.reports.eval import EvalReport
    from autograd_cli.reports.total import TotalReport

_OF_TABLES = {"reduce", "partial", "kind", "delimiter", "renames", "missing", "on"}
"""The options that make no sense without a table."""

_NOTES = 3
"""How many notes say why the status of data is not 0."""


class _EvalCommand(TableCommand):
    needs = ("data", "merge")


@declared(
    _EvalCommand,
    "eval",
    "Values and gradients of every node.",
    *PROGRAM,
    Argument("tables", kind=FILE, many=True, metavar=""),
    *output_options(),
    option(
        "--get",
        name="paths",
        multiple=True,
        metavar="PATHS",
        help="Print numbers alone: value, grad, grad.w, node.c.value, hessian.x.y, along. "
        "Several (value,grad) stand on one line, tabs between.",
    ),
    flag("--hessian", help="Add the matrix of second derivatives, of at most --max-nodes entries."),
    flag(
        "--eigenvalues",
        help="With --hessian of more than 100 inputs: its eigenvalues too, which take long.",
    ),
    option("--along", metavar="STEPS", help="Add the derivative along a direction: x=1,y=0."),
    flag("--all", name="everything", help="Show all rows of long tables."),
    flag("--strict", help="Exit with 1 for inf and for any status but ok."),
    option(
        "--data",
        kind=FILE,
        multiple=True,
        metavar="DATA",
        help="Sum over the rows of a table, as map reads it. Repeatable; - is standard input.",
    ),
    option(
        "--reduce",
        kind=Choice(["sum", "mean"]),
        help="With --data or --merge: the sum over the rows or their mean.",
    ),
    option(
        "--partial", kind=FILE, metavar="FILE", help="Write the exact sums to FILE, for --merge."
    ),
    option(
        "--merge",
        kind=FILE,
        multiple=True,
        metavar="FILE",
        help="Join the sums that --partial wrote for other rows. Repeatable.",
    ),
    reading.ON,
    *reading.OPTIONS,
)
@takes_program(in_a_pipe="tsv")
def command(
    ctx: Context,
    program: LineProgram,
    output: Output,
    paths: tuple[str, ...],
    hessian: bool,
    eigenvalues: bool,
    along: str | None,
    everything: bool,
    strict: bool,
    **totals: Any,
) -> None:
    r"""Print the value of every node of EXPR and the gradient of its output.

    \b
    Examples:
      autograd eval "J = 1/2*(w*x + b - y)^2" --x=-2 --w=2 --b=8 --y=2
      autograd eval -f samples/cost_function.expr --w=3
      autograd eval "sigmoid(w*x)" --w=0.5 --x=2 --get grad.w
      autograd eval "x^2 - y^2" --x=0 --y=0 --hessian
      echo "sin(x)^2" | autograd eval - --x=pi/4 --format json
      autograd eval "(w*x - y)^2" --w=2 --data data.csv --reduce mean

    Inputs are options: a name that EXPR uses and never binds takes its value from --NAME=VALUE.

    With --data, names that are columns take the values of the rows, and out come the total and
    its gradient by the other names. Sums are exact until they are rounded at the end: they do not
    depend on the order of the rows, nor on parts that --partial and --merge put together.
    """
    asked = split_names(paths)
    if eigenvalues:
        _refuse_eigenvalues(ctx, hessian, "--get" if asked else output.format)
    if asked:
        _refuse_beside_get(ctx, asked)
    direction = None
    if along is not None:
        direction = amounts(along.split(","), "--along", "x=1,y=-2", ctx.params["max_nodes"])
    if totals["data"] or totals["merge"]:
        report: EvalReport = _total(ctx, program, output, **totals)
    else:
        ctx.refuse(_OF_TABLES, "is for --data, which is not given", "add --data FILE")
        output.at("differentiating twice" if hessian else "evaluating")
        report = program.function.evaluate(
            hessian=hessian, along=direction, eigenvalues=eigenvalues
        )
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


def _total(
    ctx: Context,
    program: LineProgram,
    output: Output,
    tables: tuple[str, ...],
    data: tuple[str, ...],
    reduce: Literal["sum", "mean"] | None,
    partial: str | None,
    merge: tuple[str, ...],
    on: str | None,
    **table: Any,
) -> TotalReport:
    """The total over tables, or of files with partial sums."""
    many = "is for one point, and --data and --merge have many"
    ctx.refuse(["hessian"], many, "sum up what autograd diff EXPR --wrt x --order 2 writes")
    ctx.refuse(["along"], many, "it is the gradient's parts, each times its step, added up")
    if reduce is None:
        raise ctx.usage_error("--data and --merge need --reduce: sum or mean")
    if merge:
        ctx.refuse({"data", *_OF_TABLES} - {"partial", "reduce"}, "does not go with --merge")
        report = program.function.merged(*merge, *tables, reduce=reduce)
    else:
        files = reading.named(ctx, (*data, *tables), program.origin == "stdin")
        how = reading.how(ctx, program.given, files, table, elsewhere=on is not None)
        with reading.cluster(on, files, output) as engine:
            report = program.function.total(
                *files,
                reduce=reduce,
                told=lambda tally, share: output.at(_stage(tally.rows, share)),
                on=engine,
                told_parts=reading.parts_told(output),
                **how,
            )
    if partial is not None:
        from autograd_cli.whole import written_whole

        with written_whole(partial) as file:
            file.write(report.total.text().encode())
    for remark in report.total.tally.remarks("left out"):
        output.make_way()
        output.remark(remark)
    return report


def _stage(rows: int, share: float | None) -> str:
    """What the progress line says: ``summing, 1,200,000 rows, 40 %``."""
    return f"summing, {rows:,} rows" + (f", {share:.0%}" if share else "")


def _refuse_beside_get(ctx: Context, paths: list[str]) -> None:
    """Refuse options that have no effect with ``--get``, which only prints the numbers it names."""
    kinds = {path.partition(".")[0] for path in paths}
    asks_more = {"format_name", "no_header", "everything", "precision", "ascii_only"}
    asks_more |= {"hessian", "along"} - kinds
    ctx.refuse(asks_more, "does not go with --get, which prints the numbers it names alone")


def _refuse_eigenvalues(ctx: Context, hessian: bool, format_name: str) -> None:
    """Refuse ``--eigenvalues`` without a Hessian, and in formats that have no place for them."""
    if not hessian:
        ctx.refuse(["eigenvalues"], "needs --hessian, whose eigenvalues they are", "add --hessian")
    if format_name in (*TABLES, "--get"):
        way = "take --format json or table"
        ctx.refuse(["eigenvalues"], f"has no place in {format_name}", way)
