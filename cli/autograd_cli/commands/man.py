"""``autograd man``: the manual as man pages."""

from __future__ import annotations

import click

from autograd_cli.line.command import OnceCommand
from autograd_cli.manual import context, page
from autograd_grammar.suggestions import did_you_mean
from autograd_graph import ProgramError


@click.command("man", cls=OnceCommand, short_help="The manual, as man pages.")
@click.argument("name", required=False, metavar="[COMMAND]")
@click.pass_context
def command(ctx: click.Context, name: str | None) -> None:
    r"""Print the man page of autograd, or of the one of its commands called COMMAND.

    \b
    Examples:
      autograd man
      autograd man eval > autograd-eval.1

    To read one, autograd man eval | man -l -; to keep it, put it into a folder man1 of those that
    manpath lists.
    """
    root = ctx.find_root()
    assert isinstance(root.command, click.Group)
    names = root.command.list_commands(root)
    if name is not None and name not in names:
        near = did_you_mean(name, names)
        hint = f"did you mean autograd man {near}?" if near else "autograd --help lists them"
        raise ProgramError(f"there is no command {name!r}", code="bad-value", hint=hint)
    click.echo(page(root if name is None else context(root, name)), nl=False)
