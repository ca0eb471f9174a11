"""``autograd fit``: the parameters that are best for the rows of a table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from autograd_cli import exit_status, outcome
from autograd_cli.extras import require
from autograd_cli.line import tables as reading
from autograd_cli.line.command import TableCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PROGRAM, call_with_program, output_options, read_output
from autograd_cli.line.parameters import FILE, Argument, Whole, option
from autograd_cli.line.point import amounts, ranges
from autograd_cli.line.program import LineProgram, split_names
from autograd_cli.output import Output
from autograd_cli.progress import Progress
from autograd_cli.tables.kinds import written_as
from autograd_cli.tables.listing import require_files
from autograd_graph import ProgramError

if TYPE_CHECKING:
    from rich.text import Text

    from autograd_graph.descent.descent import State


@declared(
    TableCommand,
    "fit",
    "Parameters that are best for a table.",
    *PROGRAM,
    Argument("tables", kind=FILE, many=True, metavar="[DATA]..."),
    reading.ON,
    *reading.OPTIONS,
    option(
        "--target",
        metavar="COLUMN",
        help="Come close to this column, in least squares; without it EXPR is the loss of a row.",
    ),
    option(
        "--start",
        name="starts",
        multiple=True,
        metavar="VALUES",
        help="Where parameters begin: a=1,b=2. Repeatable.",
    ),
    option(
        "--bounds",
        multiple=True,
        metavar="RANGES",
        help="Within which bounds they stay: a=0:,b=-1:1. Repeatable.",
    ),
    option("--hold", multiple=True, metavar="NAMES", help="Do not fit these: b,c. Repeatable."),
    option(
        "--steps",
        kind=Whole(1),
        default=10_000,
        shown=True,
        metavar="N",
        help="Take at most N steps on each way down.",
    ),
    option(
        "--predict",
        name="predicted",
        kind=FILE,
        metavar="FILE",
        help="Write the table with the fitted value of each row to FILE, in the format of its "
        "name; with --on to a new folder.",
    ),
    option(
        "--prefix",
        default="",
        metavar="TEXT",
        help="What the name of the column of --predict begins with.",
    ),
    option("--save", kind=FILE, metavar="FILE", help="Write the parameters as JSON, for --vars."),
    *output_options(),
)
def command(ctx: Context, /, **options: Any) -> None:
    r"""Fit the parameters of EXPR to the rows of DATA: files, or standard input.

    \b
    Examples:
      autograd fit "a*x + b" samples/fit/line.csv --target y
      autograd fit "V*S/(K + S)" samples/fit/enzyme.csv --target rate
      autograd fit "a*x + 3" samples/fit/line.csv --target y --save line.json
      autograd fit "log(cosh(a*x + b - y))" samples/fit/line.csv --bounds a=0:

    A name of EXPR that is a column takes the value of each row; the other names are parameters.
    They begin where --start, --NAME=VALUE or the program says, or at 1. --hold keeps some where
    they begin, and --wrt names the parameters instead.

    With --target, the sum of the squared residuals is minimised, and the parameters have standard
    errors; otherwise the sum of EXPR over the rows. Sums are exact, so that the result does not
    depend on how the rows are ordered. The exit status is 1 unless the fit has converged.
    """
    require("fit", "autograd fit")
    if options["expr"] is None and options["file"] is None:
        ctx.show_help()
    from_stdin = "-" in (options["expr"], options["file"])
    options["tables"] = reading.named(ctx, options["tables"], from_stdin)
    output = read_output(ctx, options, "tsv")
    if options["on"] is not None:
        require_files(options["tables"])
    if options["predicted"] is None:
        ctx.refuse(["prefix"], "is for --predict", "add --predict FILE, or leave it out")
    elif "-" in options["tables"]:
        raise ProgramError(
            "--predict reads the table a second time, and standard input can be read only once",
            code="bad-value",
            hint="put the table into a file",
        )
    elif options["on"] is None:
        written_as(options["predicted"])
    else:
        reading.require_folder("--predict", options["predicted"])
    call_with_program(_fit, ctx, options, output)


def _fit(
    ctx: Context,
    program: LineProgram,
    output: Output,
    tables: tuple[str, ...],
    target: str | None,
    starts: tuple[str, ...],
    bounds: tuple[str, ...],
    hold: tuple[str, ...],
    steps: int,
    predicted: str | None,
    prefix: str,
    save: str | None,
    on: str | None,
    **table: Any,
) -> None:
    how = reading.how(ctx, program.given, tables, table, elsewhere=on is not None)
    limit = program.max_nodes
    question: dict[str, Any] = {
        "target": target,
        "start": amounts(split_names(starts), "--start", "a=1,b=-2", limit),
        "bounds": ranges(split_names(bounds), limit),
        "hold": split_names(hold),
        "steps": steps,
    }
    with reading.cluster(on, tables, output) as engine:
        output.at("reading the table")
        run = program.function.fitting(tables, on=engine, **question, **how)
        output.make_way()
        progress = Progress(wanted=not output.quiet, over_results=False, colour=output.colour)
        report = run.run(lambda state: progress.show(partial(_line, state, output)))
        progress.hide()
        if predicted is not None:
            output.at("writing the fitted values")
            fitted = program.replaced(given=program.given | report.final, wrt=[]).function
            if engine is None:
                fitted.map_files(*tables, prefix=prefix, **how).write(predicted)
            else:
                fitted.map_on(engine, predicted, *tables, prefix=prefix, **how)
    if save is not None:
        outcome.save(report, save)
    output.show(report)
    if output.format != "table":
        outcome.tell(report, report.kind, output)
    if report.interrupted:
        ctx.exit(exit_status.INTERRUPTED)
    ctx.exit(exit_status.of_result(report.converged))


def _line(state: State, output: Output, seconds: float) -> Text:
    """The progress line of a long fit."""
    from rich.text import Text

    step = f"step {state.number:,}, {seconds:,.0f} s, sum {output.number(state.loss)}, "
    return Text(f"{step}gradient norm {state.norm:.3g}")
