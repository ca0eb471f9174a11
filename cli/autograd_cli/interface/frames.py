"""Frames of pandas and polars: a program over the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from autograd_cli.interface.columns import column_of, evaluate_columns
from autograd_cli.program import Program, normal
from autograd_graph import ProgramError

Frame = TypeVar("Frame")


def mapped(program: Program, frame: Frame, value: str, slope: str) -> Frame:
    """The frame with a column for the value and one for each derivative behind its own.

    Columns called like inputs give their values, unless the program was given one. Rows in which
    an input is missing that the output depends on have missing results: nan in pandas, null in
    polars. Raises :class:`ProgramError` for what is no frame, for columns that are no numbers, for
    inputs that have neither a column nor a value, and for results that are called like a column
    that is there, or like each other.
    """
    library = _library(frame)
    table: Any = frame
    columns = {name: _column(table, name) for name in _used(program, table)}
    given = {name: column_of(name, _plain(column, library)) for name, column in columns.items()}
    found = evaluate_columns(program, given)
    results = {value: found.value}
    results |= {slope.replace("{}", name): column for name, column in found.grad.items()}
    _check_names(results, 1 + len(found.grad), table)
    reached = [name for name in given if program.tape.reached[program.graph.inputs[name]]]
    absent = np.zeros(len(table), dtype=bool)
    for name in reached:
        missing = columns[name].is_null() if library == "polars" else columns[name].isna()
        absent |= missing.to_numpy()
    extended: Frame
    if library == "pandas":
        extended = table.assign(**{n: np.where(absent, np.nan, c) for n, c in results.items()})
    else:
        extended = _with_nulls(table, results, absent)
    return extended


class Columns(Mapping[str, Any]):
    """The columns of a pandas or polars frame by name, as NumPy has them; missing ones are nan."""

    def __init__(self, frame: Any) -> None:
        self._library = _library(frame, "fit", 'columns go in a mapping, {"x": [1, 2]}')
        self._frame = frame

    def __getitem__(self, name: str) -> Any:
        return _plain(self._frame[name], self._library)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frame.columns)

    def __len__(self) -> int:
        return len(self._frame.columns)


def _library(frame: object, what: str = "map", columns: str = "for arrays f(x=column)") -> str:
    for kind in type(frame).__mro__:
        library = kind.__module__.partition(".")[0]
        if library in ("pandas", "polars") and kind.__name__ == "DataFrame":
            return library
    raise ProgramError(
        f"{what} takes a DataFrame of pandas or polars, not {type(frame).__name__}",
        code="bad-value",
        hint=f"f.{what}(frame.collect()) for a lazy one; {columns}",
    )


def _used(program: Program, table: Any) -> list[str]:
    """The inputs that have a column."""
    inputs = program.graph.inputs
    there = {normal(name) for name in table.columns if isinstance(name, str)}
    used = [name for name in inputs if name in there and name not in program.given]
    if not used:
        raise ProgramError(
            "no column is called like an input that has no value",
            code="unknown-name",
            hint=f"the inputs are {', '.join(inputs) or 'none'}",
        )
    return used


def _column(table: Any, name: str) -> Any:
    alike = [
        column for column in table.columns if isinstance(column, str) and normal(column) == name
    ]
    if len(alike) > 1:
        raise ProgramError(f"the frame has several columns {name!r}", code="bad-value")
    return table[alike[0]]


def _plain(column: Any, library: str) -> Any:
    """A column as NumPy has it; what is missing is nan."""
    kind = str(column.dtype)
    try:
        if library == "polars":
            import polars

            if column.dtype.is_numeric() or column.dtype in (polars.Boolean, polars.Null):
                return column.cast(polars.Float64).to_numpy()
        elif kind != "object" and not kind.startswith(("datetime", "timedelta", "complex", "cat")):
            return column.to_numpy(dtype=float, na_value=np.nan)
        else:
            return column_of(str(column.name), column.to_numpy())
    except (TypeError, ValueError, ProgramError):
        pass
    raise ProgramError(
        f"the column {column.name!r} holds no numbers: it is of type {kind}", code="bad-value"
    )


def _check_names(results: dict[str, Any], wanted: int, table: Any) -> None:
    hint = 'choose other names: f.map(frame, value="f", slope="df_d{}")'
    taken = [name for name in results if name in table.columns]
    if taken:
        raise ProgramError(
            f"the frame has a column {taken[0]!r} already", code="bad-value", hint=hint
        )
    if len(results) < wanted:
        raise ProgramError("two results have one name", code="bad-value", hint=hint)


def _with_nulls(table: Any, results: dict[str, Any], absent: Any) -> Any:
    """The polars frame with the results, null in the rows of ``absent``."""
    import polars

    extended = table.with_columns(**{n: polars.Series(column) for n, column in results.items()})
    present = polars.lit(polars.Series(~absent))
    return extended.with_columns(polars.when(present).then(polars.col(n)).alias(n) for n in results)
