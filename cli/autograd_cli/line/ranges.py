"""Ranges of inputs on the command line: ``--x=-3:3``."""

from __future__ import annotations

from autograd_cli.line import sources
from autograd_cli.line.command import ProgramCommand
from autograd_cli.line.context import Context
from autograd_cli.program import normal
from autograd_graph import ProgramError


class RangesCommand(ProgramCommand):
    """A command with a program some of whose inputs run over ranges."""

    def prepare(self, ctx: Context) -> None:
        """Put the ranges aside before the values are read."""
        ctx.ranges = [value for value in ctx.words.values if ":" in value[1]]
        ctx.words.values = [value for value in ctx.words.values if ":" not in value[1]]
        super().prepare(ctx)


def ranges(ctx: Context, max_nodes: int) -> dict[str, tuple[float, float]]:
    """The ranges that were given by the input's name; their ends are constant expressions.

    Raises :class:`ProgramError` (``bad-value``) for one that has no two ends, and for an input that
    is given another one or a value too.
    """
    settings = (setting.partition("=")[0].strip() for setting in ctx.params["settings"])
    valued = {normal(name) for name in (*(name for name, _ in ctx.words.values), *settings)}
    found: dict[str, tuple[float, float]] = {}
    for name, text in ctx.ranges:
        start, _, end = text.partition(":")
        if not start.strip() or not end.strip() or ":" in end:
            raise ProgramError(
                f"the range of {name} needs two ends, and is {text!r}",
                code="bad-value",
                hint=f"write --{name}=-3:3",
            )
        if normal(name) in found or normal(name) in valued:
            other = "two ranges" if normal(name) in found else "a range and a value"
            raise ProgramError(
                f"{name} is given {other}", code="bad-value", hint="give it one of them"
            )
        low, high = (sources.number(name, part, max_nodes=max_nodes) for part in (start, end))
        found[normal(name)] = low, high
    return found
