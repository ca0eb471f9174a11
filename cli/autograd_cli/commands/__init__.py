"""The commands, one module each, imported when the command runs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd_cli.line.command import Command

NAMES = (
    "eval",
    "explain",
    "diff",
    "graph",
    "page",
    "flow",
    "cost",
    "descend",
    "plot",
    "batch",
    "map",
    "fit",
    "functions",
    "samples",
    "schema",
    "man",
    "completion",
)
"""All of them, in the order of the help."""


def having(spelling: str) -> list[str]:
    """The names of the commands with an option that is typed like that."""
    return [name for name in NAMES if spelling in named(name).spellings]


def named(name: str) -> Command:
    """The command of that name."""
    command: Command = importlib.import_module(f"autograd_cli.commands.{name}").command
    return command
