"""``autograd completion``: the script with which a shell completes the command line."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion", short_help="Completion of the command line, for a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    r"""Print the script that teaches SHELL to complete autograd's commands and options.

    \b
    Examples:
      source <(autograd completion bash)
      autograd completion zsh
      autograd completion fish

    To have it in every shell, put the first line into ~/.bashrc; into ~/.zshrc, after compinit,
    source <(autograd completion zsh); into ~/.config/fish/config.fish, autograd completion
    fish | source.
    """
    root = ctx.find_root()
    completion = get_completion_class(shell)
    assert completion is not None, shell
    click.echo(completion(root.command, {}, "autograd", "_AUTOGRAD_COMPLETE").source())
