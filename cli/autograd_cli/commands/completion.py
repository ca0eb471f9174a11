"""``autograd completion``: the script with which a shell completes the command line."""

from __future__ import annotations

from autograd_cli.line.command import Command, declared
from autograd_cli.line.context import Context
from autograd_cli.line.parameters import Argument, Choice
from autograd_cli.output import Output


@declared(
    Command,
    "completion",
    "Completion of the command line, for a shell.",
    Argument("shell", kind=Choice(["bash", "zsh", "fish"]), required=True),
)
def command(ctx: Context, shell: str) -> None:
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
    from click.shell_completion import get_completion_class

    from autograd_cli.clicked import cli

    completion = get_completion_class(shell)
    assert completion is not None, shell
    Output().write(completion(cli, {}, "autograd", "_AUTOGRAD_COMPLETE").source() + "\n")
