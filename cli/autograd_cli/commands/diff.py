"""``autograd diff``: derivatives as expressions."""

from __future__ import annotations

from autograd_cli.formats import TABLES
from autograd_cli.line.command import ProgramCommand, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import PROGRAM, output_options, takes_program
from autograd_cli.line.parameters import Choice, Whole, flag, option
from autograd_cli.line.program import LineProgram
from autograd_cli.output import Output
from autograd_cli.reports.diff import (
    NOTHING,
    Simplified,
    entry,
    programs,
    written,
)
from autograd_graph.export import DIALECTS, TARGETS


@declared(
    ProgramCommand,
    "diff",
    "Derivatives as expressions.",
    *PROGRAM,
    *output_options("lines", numbers=False, piped="expressions"),
    option("--order", kind=Whole(1, 2), help="First (the default) or second derivatives."),
    flag("--hessian", help="All second derivatives, as a matrix."),
    flag("--cse", help="Write repeated sub-expressions once, as named steps."),
    option(
        "--to",
        name="target",
        kind=Choice(TARGETS),
        metavar="TARGET",
        help=f"Write code instead, for {', '.join(TARGETS)}; with --order 2, the Hessian too.",
    ),
    option("--name", metavar="NAME", help="What --to calls the function, or else the value."),
    option("--table", metavar="NAME", help="The table that --to sql reads; 'data' by default."),
    option("--dialect", kind=Choice(DIALECTS), help="The SQL of --to sql."),
)
@takes_program(in_a_pipe="lines", code="target")
def command(
    ctx: Context,
    program: LineProgram,
    output: Output,
    order: int | None,
    hessian: bool,
    cse: bool,
    target: str | None,
    name: str | None,
    table: str | None,
    dialect: str | None,
) -> None:
    r"""Print the derivative of EXPR by each of its inputs.

    \b
    Examples:
      autograd diff "x^2*sin(y)"
      autograd diff "exp(-x^2/2)" --order 2
      autograd diff "100*(y - x^2)^2 + (1 - x)^2" --hessian
      autograd diff "x^3" --wrt x | autograd eval - --set x=2
      autograd diff "sigmoid(w*x + b)" --to python

    Inputs stay symbolic; a value given for one is put in after differentiating.
    """
    if target:
        one = "leave one of the two out"
        ctx.refuse(["format_name"], "is for expressions, and --to writes code", one)
        ctx.refuse(["cse"], "is for expressions, and --to writes code", one)
    else:
        ctx.refuse(["name"], "is for code, which --to writes", "add --to python")
    if target != "sql":
        ctx.refuse(["table", "dialect"], "is for SQL", "add --to sql")
    if hessian and order == 1:
        ctx.refuse(["order"], "1 has no second derivatives, of which --hessian is made")
    highest = 2 if hessian else order or 1
    output.at("differentiating")
    if target:
        text, doubt = program.function.code(
            target, order=highest, name=name or "", table=table or "", dialect=dialect or ""
        )
        if doubt:
            output.note(doubt)
        output.write(text)
        return
    found = program.function.differentiate(order=highest)
    if found.doubt:
        output.note(found.doubt)
    if not found.first and output.format in ("lines", *TABLES):
        output.note(NOTHING)
    if output.format == "lines":
        output.at("writing")
        lines = programs(found, cse, program.max_nodes)
        if hessian:
            output.write(_matrix_lines(found, lines))
        else:
            output.write("".join(f"{line}\n" for line in lines))
        return
    output.at("writing")
    output.show(written(found, cse, hessian))


def _matrix_lines(found: Simplified, lines: list[str]) -> str:
    """The Hessian as text for a pipe: one row per line, entries separated by tabs."""
    entries = dict(zip(found.second, lines, strict=True))
    names = list(found.first)
    rows = ("\t".join(entry(entries, a, b) for b in names) for a in names)
    return "".join(f"{row}\n" for row in rows)
