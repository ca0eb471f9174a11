"""The table of recorded states, which descents and fits share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.columns import Column, fitting, remarks
from autograd_cli.drawing.tables import table
from autograd_cli.output import Output
from autograd_cli.reports.trace import Row

PARAMETERS = 6
"""The largest number of parameters in the trace."""

_DIGITS, _IMPORTANT = 4, 5
"""The fewest digits in a trace, used to make room for columns of ranks up to ``_IMPORTANT``."""


def trace_table(
    rows: Sequence[Row | None],
    columns_in: Callable[[Output], list[Column]],
    output: Output,
    width: int,
) -> RenderableType:
    """The recorded states, in as many columns as there is room for.

    Numbers get fewer digits if that makes room for the more important columns.
    """
    for digits in range(output.precision, min(output.precision, _DIGITS) - 1, -1):
        columns = columns_in(output.replaced(precision=digits))
        shown = fitting(columns, width)
        if all(column in shown for column in columns if column.rank <= _IMPORTANT):
            break
    drawn = table(output)
    for column in shown:
        drawn.add_column(column.header, justify="right", no_wrap=True)
    for number, row in enumerate(rows):
        last = number == len(rows) - 1
        style = "dim" if row is None else "bold" if last else "yellow" if row.turns else ""
        drawn.add_row(*(Text(column.cells[number]) for column in shown), style=style)
    turned = any(row is not None and row.turns for row in rows)
    remarks(drawn, ["* the loss turned here"] if turned else [], columns, shown)
    return drawn


def numbers_column(
    rank: int,
    header: str,
    rows: Sequence[Row | None],
    values: Sequence[float | None],
    output: Output,
    style: str = "",
) -> Column:
    """A column of numbers, with dots where states were left out."""
    cells = [
        output.glyphs.dots if row is None else output.number(value)
        for row, value in zip(rows, values, strict=True)
    ]
    return Column(rank, Text(output.shown(header), style), cells)


def state_columns(
    rows: Sequence[Row | None], loss: str, names: Sequence[str], output: Output
) -> list[Column]:
    """The step, what is minimised, the first parameters, and the size of the gradient."""
    dots = output.glyphs.dots
    states = [None if row is None else row.state for row in rows]
    numbers = [
        dots if row is None else f"{row.state.number:,}{'*' if row.turns else ''}" for row in rows
    ]
    losses = [state and state.loss for state in states]
    columns = [
        Column(0, Text("step"), numbers),
        numbers_column(0, loss, rows, losses, output, "bold green"),
    ]
    for position, name in enumerate(names[:PARAMETERS]):
        values = [None if state is None else state.point[position] for state in states]
        rank = 2 if position == 0 else 3 + position
        columns.append(numbers_column(rank, name, rows, values, output, "cyan"))
    norms = [state and state.norm for state in states]
    return [*columns, numbers_column(1, "|gradient|", rows, norms, output)]
