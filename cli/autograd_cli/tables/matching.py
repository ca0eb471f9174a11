"""Which column of a table gives which name of a program its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd_cli.interface.values import leaf_named
from autograd_cli.program import Program, missing_values, normal
from autograd_grammar.suggestions import did_you_mean, nearest
from autograd_graph import Graph, ProgramError, missing

_MANY = 12
"""A table of more columns than this is not described by all of them."""


def matched(
    program: Program, columns: Sequence[str], rename: Mapping[str, str], table: str
) -> dict[str, str]:
    """The column of each input or constant that has one: its own name, or that in ``rename``.

    A value that the program was given wins over a column. Raises :class:`ProgramError` for names in
    ``rename`` that are not there, for inputs with neither a column nor a value, and where no column
    is used at all.
    """
    graph = program.graph
    found = columns_of(program, columns, rename, table)
    absent = missing(program.tape, program.given | dict.fromkeys(found, 0.0))
    if absent:
        raise _without_column(program, absent, columns, table)
    if not found:
        raise ProgramError(
            f"no column of {table} is called like an input that has no value",
            code="unknown-name",
            hint=f"the inputs are {', '.join(graph.inputs) or 'none'}; {described(columns)}",
        )
    return found


def columns_of(
    program: Program, columns: Sequence[str], rename: Mapping[str, str], table: str
) -> dict[str, str]:
    """The same, whether or not other inputs have a value, and whether or not there is any."""
    graph = program.graph
    found = _of_their_own(graph, columns, table)
    for name, column in rename.items():
        found[_leaf(graph, name)] = column_named(columns, column, table)
    return {name: column for name, column in found.items() if name not in program.given}


def _of_their_own(graph: Graph, columns: Sequence[str], table: str) -> dict[str, str]:
    """The columns that are called like inputs or constants, blanks around a name aside."""
    found: dict[str, str] = {}
    for column in columns:
        name = _as_name(column)
        if name in graph.inputs or name in graph.constants:
            if name in found:
                raise ProgramError(
                    f"{table} has two columns for {name}: {found[name]!r} and {column!r}",
                    code="bad-record",
                    hint=f"say which: --rename {name}={column}",
                )
            found[name] = column
    return found


def _as_name(column: str) -> str:
    """A column's name as the language spells it, without the blanks around it."""
    try:
        return normal(column.strip())
    except ProgramError:  # of too many marks: no name of a program
        return column


def _leaf(graph: Graph, name: str) -> str:
    leaf = leaf_named(graph, name)
    if leaf is not None:
        return leaf
    near = did_you_mean(name, [*graph.inputs, *graph.constants])
    raise ProgramError(
        f"--rename gives {name!r} a column, and the program has no such input",
        code="unknown-name",
        hint=f"did you mean {near}?" if near else f"its inputs are {', '.join(graph.inputs)}",
    )


def column_named(columns: Sequence[str], asked: str, table: str) -> str:
    """The column of a table that is called so, blanks around it aside; else an error."""
    if asked in columns:
        return asked
    alike = [column for column in columns if _as_name(column) == _as_name(asked)]
    if len(alike) == 1:
        return alike[0]
    raise no_column(columns, asked, table)


def no_column(columns: Sequence[str], asked: str, table: str) -> ProgramError:
    """The error for a column that is asked for and not there."""
    near = _near(asked, columns)
    meant = f"did you mean {near!r}?" if near is not None else described(columns)
    hint = _other_delimiter(columns) or meant
    return ProgramError(f"{table} has no column {asked!r}", code="unknown-name", hint=hint)


def _near(name: str, columns: Sequence[str]) -> str | None:
    """The column that was probably meant."""
    alike = [column for column in columns if column.strip().casefold() == name.casefold()]
    return next(iter(alike or nearest(name, columns)), None)


def _other_delimiter(columns: Sequence[str]) -> str:
    """A hint for a table whose first line seems to be set apart by another sign, or nothing."""
    sign = next((c for c in ";\t|" if c in columns[0]), "") if len(columns) == 1 else ""
    shown = "'\\t'" if sign == "\t" else f"'{sign}'"
    return f"its first line has {shown} between the names: --delimiter {shown}" if sign else ""


def described(columns: Sequence[str]) -> str:
    """A table's columns, for a hint; many of them in short."""
    shown = [repr(column) for column in columns[:_MANY]]
    more = f" and {len(columns) - _MANY:,} more" if len(columns) > _MANY else ""
    return f"its columns are {', '.join(shown) or 'none'}{more}"


def _without_column(
    program: Program, absent: list[str], columns: Sequence[str], table: str
) -> ProgramError:
    """The error for inputs that have neither a column nor a value."""
    graph, first = program.graph, absent[0]
    names = ", ".join(absent[:_MANY]) + (", ..." if len(absent) > _MANY else "")
    near = _near(first, columns)
    if other := _other_delimiter(columns):
        hint = other
    elif near is not None:
        hint = f"did you mean the column {near!r}? --rename {first}={near}; or a value, --{first}=1"
    else:
        hint = f"{described(columns)}; --rename {first}=COLUMN takes one, --{first}=1 is a value"
    error = missing_values(graph, absent, "")
    return ProgramError(
        f"{table} has no column {names}, and no value is given",
        code="missing-value",
        span=error.span,
        hint=hint,
        text=graph.text,
    )
