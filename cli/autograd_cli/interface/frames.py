"""DataFrames of pandas and polars: a program evaluated on the rows of a table."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from autograd_cli.interface.columns import evaluate_columns
from autograd_cli.program import Program
from autograd_graph import ProgramError

Frame = TypeVar("Frame")


def mapped(program: Program, frame: Frame, value: str, slope: str) -> Frame:
    """The frame with further columns for the value and for each derivative.

    Rows in which an input is missing have missing results: nan in pandas, null in polars. Raises
    :class:`ProgramError` for what is not a DataFrame, for columns that are not numbers, for inputs
    with neither a column nor a value, and for results named like an existing column.
    """
    library = type(frame).__module__.partition(".")[0]
    if library not in ("pandas", "polars") or type(frame).__name__ != "DataFrame":
        raise ProgramError(
            f"map takes a DataFrame of pandas or polars, not {type(frame).__name__}",
            code="bad-value",
            hint="f.map(frame.collect()) for a lazy one; for arrays f(x=column)",
        )
    table: Any = frame
    graph = program.graph
    used = [name for name in (*graph.inputs, *graph.constants) if name in table.columns]
    if not used:
        raise ProgramError(
            "no column is called like an input",
            code="unknown-name",
            hint=f"the inputs are {', '.join(graph.inputs) or 'none'}",
        )
    given = {name: _numbers(table[name], name, library) for name in used}
    found = evaluate_columns(program, given)
    results = {value: found.value}
    results |= {slope.format(name): column for name, column in found.grad.items()}
    taken = [name for name in results if name in table.columns]
    if taken:
        raise ProgramError(
            f"the frame has a column {taken[0]!r} already",
            code="bad-value",
            hint='choose other names: f.map(frame, value="f", slope="df_d{}")',
        )
    extended: Frame = (
        _with_nulls(table, results, used) if library == "polars" else table.assign(**results)
    )
    return extended


def _numbers(column: Any, name: str, library: str) -> Any:
    try:
        if library == "pandas":
            return column.to_numpy(dtype=float, na_value=np.nan)
        import polars

        return column.cast(polars.Float64).to_numpy()
    except Exception as error:
        if not isinstance(error, (TypeError, ValueError)) and library != "polars":
            raise
        raise ProgramError(
            f"the column {name!r} holds no numbers: it is of type {column.dtype}",
            code="bad-value",
        ) from None


def _with_nulls(table: Any, results: dict[str, Any], used: list[str]) -> Any:
    """The polars frame with the results, null in rows where an input is null."""
    import polars

    present = polars.all_horizontal(polars.col(name).is_not_null() for name in used)
    extended = table.with_columns(**{n: polars.Series(column) for n, column in results.items()})
    return extended.with_columns(polars.when(present).then(polars.col(n)).alias(n) for n in results)
