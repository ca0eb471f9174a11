"""``autograd functions``: the operator table for users."""

from __future__ import annotations

from autograd_cli.line.command import Command, declared
from autograd_cli.line.context import Context
from autograd_cli.line.options import output_options, takes_output
from autograd_cli.line.parameters import Argument
from autograd_cli.output import Output
from autograd_cli.reports.functions import Catalogue, catalogue, entry_named


@declared(
    Command,
    "functions",
    "The functions, their derivatives and awkward points.",
    Argument("name"),
    *output_options(numbers=False, notes=False),
)
@takes_output(in_a_pipe="tsv")
def command(ctx: Context, output: Output, name: str | None) -> None:
    r"""List the functions of the language, or show the one called NAME.

    \b
    Examples:
      autograd functions
      autograd functions tanh
      autograd functions --format tsv | cut -f 1,4
    """
    entries = [entry_named(name)] if name else catalogue()
    report = Catalogue(entries, single=name is not None)
    output.show(report)
