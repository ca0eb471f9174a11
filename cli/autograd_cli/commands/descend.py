"""``autograd descend``: gradient descent, and a verdict on how it ended."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from autograd_cli import exit_status, formats, outcome
from autograd_cli.line import tables as reading
from autograd_cli.line.command import ProgramCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PROGRAM, output_options, takes_program
from autograd_cli.line.parameters import FILE, Choice, Real, Whole, flag, option
from autograd_cli.line.program import LineProgram, split_names
from autograd_cli.output import Output, abandon, is_terminal, writing
from autograd_cli.progress import Progress
from autograd_cli.reports.descend import (
    FAILED,
    DescentRun,
    cells,
    columns,
    layers,
    record,
)
from autograd_graph.descent.descent import ADAM_RATE, Plan, State
from autograd_graph.descent.moves import Method
from autograd_graph.descent.objective import Objective

if TYPE_CHECKING:
    from rich.text import Text

WITH_MOMENTUM = ("momentum", "adam")
"""The methods that use ``--momentum``."""

_FLOWS = 16
"""The largest number of lines that show the gradient's flow."""

_OF_TABLES = ("batch", "seed", "kind", "delimiter", "renames", "missing")
"""Options that only a table has a use for."""

_POSITIVE = Real(above=0.0)


@declared(
    ProgramCommand,
    "descend",
    "Gradient descent, step by step.",
    *PROGRAM,
    option(
        "--method",
        kind=Choice(get_args(Method)),
        default="gd",
        shown=True,
        help="How a gradient becomes a step.",
    ),
    option(
        "--lr",
        kind=_POSITIVE,
        metavar="RATE",
        help="Learning rate. By default a line search finds one at each step; "
        f"{ADAM_RATE} for adam.",
    ),
    option(
        "--steps",
        kind=Whole(0),
        default=10_000,
        shown=True,
        metavar="N",
        help="Take at most N steps.",
    ),
    option(
        "--until",
        kind=Real(least=0.0),
        default=1e-6,
        shown=True,
        metavar="NORM",
        help="Stop when the gradient's norm is that small.",
    ),
    option(
        "--momentum",
        kind=Real(least=0.0, below=1.0),
        default=0.9,
        shown=True,
        metavar="M",
        help="How much of the last step goes on, for momentum and adam.",
    ),
    option("--clip", kind=_POSITIVE, metavar="NORM", help="Clip gradients to this norm."),
    flag("--maximize", help="Go up instead of down."),
    flag(
        "--line-search",
        help="Begin each step at --lr and halve the rate until the value improves.",
    ),
    flag("--strict", help="Exit with 1 unless it has converged."),
    option("--hold", multiple=True, metavar="NAMES", help="Do not move these: b,c. Repeatable."),
    flag("--flow", help="Show the gradient by layer during the descent."),
    option("--save", kind=FILE, metavar="FILE", help="Write the final values as JSON, for --vars."),
    option(
        "--data",
        kind=FILE,
        multiple=True,
        metavar="DATA",
        help="Descend on the mean over the rows of a table, as map reads it. Repeatable.",
    ),
    option(
        "--batch-size",
        name="batch",
        kind=Whole(1),
        metavar="N",
        help="With --data: each step looks at N rows, drawn in a random order.",
    ),
    option(
        "--seed",
        kind=Whole(0),
        default=0,
        shown=True,
        metavar="S",
        help="What determines that order.",
    ),
    *reading.OPTIONS,
    *output_options(),
)
@takes_program(in_a_pipe="jsonl")
def command(
    ctx: Context,
    program: LineProgram,
    output: Output,
    method: Method,
    lr: float | None,
    steps: int,
    until: float,
    momentum: float,
    clip: float | None,
    maximize: bool,
    line_search: bool,
    strict: bool,
    hold: tuple[str, ...],
    flow: bool,
    save: str | None,
    **rows: Any,
) -> None:
    r"""Move the parameters of EXPR against its gradient, step by step.

    \b
    Examples:
      autograd descend "w = 3; L = (2*w - 2)^2" --lr 0.1 --steps 1
      autograd descend -f samples/descend/rosenbrock.expr
      autograd descend -f samples/descend/booth.expr --method newton --format json
      autograd descend "(x - 1)^2 + (y + 2)^2" --x=0 --y=0 --wrt x,y --format csv
      autograd descend -f samples/descend/line.expr --save line.json --format json
      autograd descend "a = 1; (a*x - y)^2" --data samples/fit/line.csv

    The parameters are the inputs to which the program gives a value; a value from outside is
    where one starts. --wrt names the parameters instead, and --hold takes some out.

    With --data, names that are columns take the values of the rows, EXPR is the loss of one, and
    the other names are the parameters. With --batch-size too, --until is looked at for all rows
    each time that all have been drawn.
    """
    if method not in WITH_MOMENTUM:
        ctx.refuse(["momentum"], f"is for --method {' and '.join(WITH_MOMENTUM)}")
    if output.format not in ("table", "jsonl"):
        ctx.refuse(["flow"], "is shown by --format table and jsonl", "take one of them")
    plan = Plan(method, lr, steps, until, momentum, clip, maximize, line_search)
    traced = output.format == "table"
    if rows["data"]:
        ctx.refuse(["flow"], "is for one point, and --data has many")
        run = _over_rows(ctx, program, plan, split_names(hold), traced, **rows)
    else:
        ctx.refuse(_OF_TABLES, "is for --data, which is not given", "add --data FILE")
        flows = _FLOWS if flow else 0
        run = program.function.descent(plan, split_names(hold), traced=traced, flows=flows)
    write = _writer(run.objective, output, with_flow=flow)
    interrupted = left = False
    try:
        for state in _shown(iter(run), run.plan, output):
            if write is not None and not left:
                left = _left_by_reader(partial(write, state), save)
    except KeyboardInterrupt:
        if not run.begun:
            raise
        interrupted = True
    report = run.report()
    if save is not None:
        outcome.save(report, save)
    if left:
        raise BrokenPipeError
    if output.format in ("table", "json"):
        output.show(report)
    if output.format != "table":
        outcome.tell(report, report.verdict.kind, output)
    failed = report.verdict.kind in FAILED or (strict and not report.converged)
    if interrupted or failed:
        ctx.exit(exit_status.INTERRUPTED if interrupted else exit_status.WRONG)


def _over_rows(
    ctx: Context,
    program: LineProgram,
    plan: Plan,
    hold: list[str],
    traced: bool,
    data: tuple[str, ...],
    batch: int | None,
    seed: int,
    **table: Any,
) -> DescentRun:
    """The descent on the mean over the rows of tables."""
    if batch is None:
        ctx.refuse(["seed"], "is for --batch-size, which is not given", "add --batch-size N")
    files = reading.named(ctx, data, program.origin == "stdin")
    return program.function.descent_on(
        files,
        plan,
        hold,
        batch=batch,
        seed=seed,
        traced=traced,
        **reading.how(ctx, program.given, files, table),
    )


def _left_by_reader(write: Callable[[], None], save: str | None) -> bool:
    """Write a state; whether the reader has left, if the run goes on for the file to be saved."""
    try:
        write()
    except BrokenPipeError:
        if save is None:
            raise
        abandon(sys.stdout)
        return True
    return False


def _writer(
    objective: Objective, output: Output, with_flow: bool
) -> Callable[[State], None] | None:
    """The function that writes each state as it comes; ``None`` unless the format is a stream."""
    names = objective.names
    before: float | None = None

    def change(state: State) -> float | None:
        nonlocal before
        changed = None if before is None else state.loss - before
        before = state.loss
        return changed

    def write_record(state: State) -> None:
        fields = record(names, state, change(state))
        if with_flow:
            found = {layer.name: layer.gradient for layer in layers(objective)}
            fields["flow"] = {name: formats.json_number(size) for name, size in found.items()}
        output.write(formats.to_json(fields) + "\n")
        with writing():
            sys.stdout.flush()

    def write_row(state: State) -> None:
        row = tuple(cells(state, change(state)))
        output.write(formats.body([row], output.format))

    if output.format == "jsonl":
        return write_record
    if output.format in formats.TABLES:
        if output.header:
            output.write(formats.head(columns(names), output.format))
        return write_row
    return None


def _shown(states: Iterator[State], plan: Plan, output: Output) -> Iterator[State]:
    """The states, with a progress bar on standard error while they are computed."""
    streamed = output.format not in ("table", "json") and is_terminal(sys.stdout)
    output.make_way()
    progress = Progress(wanted=not output.quiet, over_results=streamed, colour=output.colour)
    for state in states:
        progress.make_way()
        yield state
        progress.show(partial(_line, state, plan, output))
    progress.hide()


def _line(state: State, plan: Plan, output: Output, seconds: float) -> Text:
    """The progress line of a long run."""
    from rich.text import Text

    from autograd_cli.drawing.tables import bar

    share = state.number / plan.steps if plan.steps else 1.0
    line = Text(f"step {state.number:,} of {plan.steps:,} ")
    line.append(bar(share, output, 20).ljust(20), "green")
    line.append(f" {state.number / seconds:,.0f} a second, output {output.number(state.loss)}, ")
    return line.append(f"gradient norm {state.norm:.3g}")
