"""``autograd diff``: derivatives as expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from autograd_cli.derivatives import (
    Derivatives,
    Written,
    computed_defaults,
    differentiate,
    programs,
    written,
)
from autograd_cli.diagnostics import show_warning
from autograd_cli.formats import TABLES
from autograd_cli.output import Output
from autograd_cli.program import (
    Program,
    ProgramCommand,
    output_options,
    program_options,
    refuse,
    takes_program,
)
from autograd_graph.export import TARGETS, export

if TYPE_CHECKING:
    from rich.console import RenderableType

_NOTHING = "There are no inputs to differentiate by."


@click.command("diff", cls=ProgramCommand, short_help="Derivatives as expressions.")
@program_options
@output_options("lines", numbers=False, piped="expressions")
@click.option(
    "--order", type=click.IntRange(1, 2), help="First (the default) or second derivatives."
)
@click.option("--hessian", is_flag=True, help="All second derivatives, as a matrix.")
@click.option("--cse", is_flag=True, help="Write repeated sub-expressions once, as named steps.")
@click.option(
    "--to",
    "target",
    type=click.Choice(TARGETS),
    help="Write code for this target instead; with --order 2, the Hessian too.",
)
@click.pass_context
@takes_program(in_a_pipe="lines", code="target")
def command(
    ctx: click.Context,
    program: Program,
    output: Output,
    order: int | None,
    hessian: bool,
    cse: bool,
    target: str | None,
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
        refuse(ctx, ["format_name"], "is for expressions, and --to writes code", one)
        refuse(ctx, ["cse"], "is for expressions, and --to writes code", one)
    if hessian and order == 1:
        refuse(ctx, ["order"], "1 has no second derivatives, of which --hessian is made")
    found = differentiate(program, 2 if hessian else order or 1)
    if found.doubt:
        show_warning(found.doubt, output.colour)
    if target:
        header = f"Made by autograd from: {program.graph.text.strip()}"
        output.write(
            export(
                found.graph,
                found.output,
                found.first,
                target,
                header=header,
                second=found.second,
                defaults=computed_defaults(program.graph),
                inputs=[name for name in program.graph.inputs if name not in program.given],
            )
        )
        return
    if not found.first and output.format in ("lines", *TABLES):
        show_warning(_NOTHING, output.colour)
    if output.format == "lines":
        if hessian:
            output.write(_matrix_lines(found, cse))
        else:
            output.write("".join(f"{line}\n" for line in programs(found, cse)))
        return
    text = written(found, cse)
    output.show(text, lambda width: _drawn(text, output, hessian and _fits(text, width)))


def _matrix_lines(found: Derivatives, cse: bool) -> str:
    """The Hessian for a pipe: a row a line, tabs between."""
    lines = dict(zip(found.second, programs(found, cse), strict=True))
    names = list(found.first)
    rows = ("\t".join(_entry(lines, a, b) for b in names) for a in names)
    return "".join(f"{row}\n" for row in rows)


def _entry(second: dict[tuple[str, str], str], a: str, b: str) -> str:
    """A second derivative, of which only one order is kept: they are equal."""
    return second[a, b] if (a, b) in second else second[b, a]


def _drawn(text: Written, output: Output, as_matrix: bool) -> list[RenderableType]:
    from rich.text import Text

    from autograd_cli.render import partial_symbol

    d = partial_symbol(output)
    lines: list[RenderableType] = [_equation(name, value) for name, value in text.steps.items()]
    if not text.first:
        lines.append(Text(_NOTHING, "dim"))
    if text.second and as_matrix:
        lines.append(_matrix(text, output))
    elif text.second:
        squared = "^2" if output.plain else "²"
        for (a, b), value in text.second.items():
            by = f"{d}{a}{squared}" if a == b else f"{d}{a} {d}{b}"
            lines.append(_equation(f"{d}{squared}{text.name}/{by}", value))
    else:
        lines += [_equation(f"{d}{text.name}/{d}{by}", value) for by, value in text.first.items()]
    lines += [Text.assemble(("note: ", "bold yellow"), caveat) for caveat in text.caveats]
    return lines


def _fits(text: Written, width: int) -> bool:
    """Whether the second derivatives fit side by side; otherwise they are listed."""
    names = list(text.first)
    columns = [max(len(b), *(len(_entry(text.second, a, b)) for a in names)) for b in names]
    return max(map(len, names), default=0) + sum(columns) + 3 * len(columns) + 4 <= width


def _equation(name: str, value: str) -> RenderableType:
    from rich.text import Text

    return Text.assemble((name, "bold cyan"), " = ", value)


def _matrix(text: Written, output: Output) -> RenderableType:
    from rich.text import Text

    from autograd_cli.render import table

    names = list(text.first)
    matrix = table(output)
    matrix.add_column("")
    for name in names:
        matrix.add_column(Text(name, "cyan"), overflow="fold")
    for a in names:
        cells = [Text(_entry(text.second, a, b)) for b in names]
        matrix.add_row(Text(a, "bold cyan"), *cells)
    return matrix
