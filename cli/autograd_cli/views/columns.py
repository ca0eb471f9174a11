"""Many points as a table: the given values, the value, the derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.folding import folded
from autograd_cli.drawing.tables import fewer_digits, fit, remarks, table
from autograd_cli.output import Output

MANY = 20
"""How many rows are shown, the first and the last."""


def columns_table(
    named: dict[str, Any], output: Output, width: int, everything: bool
) -> Sequence[RenderableType]:
    """The arrays of ``named`` side by side, a row for each point."""
    count = next(iter(named.values())).size
    kept = list(range(count)) if everything else folded(range(count), MANY)
    flat = [array.ravel() for array in named.values()]
    for fewer in fewer_digits(output):
        drawn = table(output)
        for name in named:
            drawn.add_column(Text(output.shown(name)), justify="right")
        for row in kept:
            if row is None:
                drawn.add_row(*[Text(output.glyphs.dots, "dim")] * len(named))
            else:
                drawn.add_row(*(Text(fewer.number(float(column[row]))) for column in flat))
        if fit(drawn, width, [0] * len(named)):
            break
    remarks(drawn, [f"{count:,} rows"] if None in kept else [])
    return [drawn]
