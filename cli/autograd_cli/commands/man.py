"""``autograd man``: the manual as man pages."""

from __future__ import annotations

from autograd_cli.commands import NAMES
from autograd_cli.line.command import Command, declared
from autograd_cli.line.context import Context
from autograd_cli.line.parameters import Argument
from autograd_cli.output import Output
from autograd_grammar.suggestions import did_you_mean
from autograd_graph import ProgramError


@declared(
    Command,
    "man",
    "The manual, as man pages.",
    Argument("name", metavar="[COMMAND]"),
)
def command(ctx: Context, name: str | None) -> None:
    r"""Print the man page of autograd, or of the one of its commands called COMMAND.

    \b
    Examples:
      autograd man
      autograd man eval > autograd-eval.1

    To read one, autograd man eval | man -l -; to keep it, put it into a folder man1 of those that
    manpath lists.
    """
    from autograd_cli.clicked import root
    from autograd_cli.manual import context, page

    if name is not None and name not in NAMES:
        near = did_you_mean(name, NAMES)
        hint = f"did you mean autograd man {near}?" if near else "autograd --help lists them"
        raise ProgramError(f"there is no command {name!r}", code="bad-value", hint=hint)
    Output().write(page(root() if name is None else context(root(), name)))
