"""SQL: what the dialects share. One query adds the value and the gradient to a table as columns.

Nothing of the query can be taken for a column of the table, whose names are not known here: the
inputs are read by the table's name, steps are computed where the table's columns are not in sight,
and a result that is called like a column is an error of the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from autograd_graph.errors import ProgramError
from autograd_graph.export import arithmetic, python
from autograd_graph.export.target import Target, Template, Variable, Written, commented

_FILE = re.compile(r".*\.(csv|tsv|parquet|json|jsonl|ndjson)(\.gz)?", re.IGNORECASE)


def quoted(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def table(written: Written) -> str:
    """The table's name; ``schema.table`` are two, but not the name of a file."""
    name = written.table or "data"
    parts = [name] if _FILE.fullmatch(name) else name.split(".")
    return ".".join(map(quoted, parts))


def folded(name: str) -> str:
    """What two names have to differ in."""
    return name.strip('"').lower()


def _refuse_alike(names: list[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(folded(name), name)
        if other != name:
            raise ProgramError(
                f"{other} and {name} differ only in case, which SQL does not tell apart",
                code="unsupported",
                hint="rename one of them",
            )


class Column(NamedTuple):
    """A column that the query adds: its name, quoted, and the expression that it is."""

    name: str
    text: str


def results(written: Written, reserved: Iterable[str] = ()) -> list[Column]:
    """The columns that the query adds, none with the name of an input or a ``reserved`` one."""
    taken = {folded(item.name) for item in written.inputs} | set(reserved)
    found = [(written.wanted or "value", written.value.text)]
    found += [(f"d_{d.name}", d.text) for d in written.gradient]
    found += [(f"d2_{a}_{b}", d.text) for (a, b), d in written.hessian.items()]
    columns = []
    for wanted, text in found:
        name = wanted
        while folded(name) in taken:
            name += "_"
        taken.add(folded(name))
        columns.append(Column(quoted(name), text))
    return columns


def unused(written: Written, name: str) -> str:
    """A column's name, quoted, that no input, no step and no result has."""
    taken = {folded(item.spelling) for item in written.inputs}
    taken |= {folded(column.name) for column in results(written)}
    taken |= {folded(step.name) for step in written.steps}
    while folded(name) in taken:
        name = f"_{name}"
    return quoted(name)


def header(written: Written, *notes: str) -> str:
    """The comment that the query begins with."""
    _refuse_alike([item.name for item in written.inputs])
    lines = [*written.header, *notes]
    seconds = results(written)[1 + len(written.gradient) :]
    lines += [
        f"{column.name.strip(chr(34))}: by {a} and {b}"
        for column, (a, b) in zip(seconds, written.hessian, strict=True)
    ]
    lines += [
        f"{item.name}: {python.value(item)} in the program"
        for item in written.inputs
        if item.value is not None
    ]
    return commented(lines, "--")


def levels(
    written: Written,
    first: str,
    materialized: str = "",
) -> tuple[str, str]:
    """The tables of a WITH clause, one for each level of steps, and the name of the last.

    ``first`` is the query of the one that reads the inputs; each other has all columns of the one
    before, and the steps that can be computed of these.
    """
    source = quoted("_level0")
    tables = [f"{source} AS {materialized}(\n  {first}\n)"]
    steps = sorted(written.steps, key=lambda step: step.level)
    for _, group in groupby(steps, key=lambda step: step.level):
        added = ",\n".join(f"    {step.text} AS {step.name}" for step in group)
        name = quoted(f"_level{len(tables)}")
        tables.append(f"{name} AS {materialized}(\n  SELECT *,\n{added}\n  FROM {source}\n)")
        source = name
    return ", ".join(tables), source


def all_there(inputs: Sequence[Variable], is_there: Callable[[str], str]) -> str:
    """Whether all inputs are numbers, which ``is_there`` asks of a column of the table."""
    return " AND ".join(is_there(quoted(item.name)) for item in inputs) or "TRUE"


def where_there(columns: Sequence[Column], there: str) -> list[Column]:
    """Columns that are NULL but where a condition holds."""
    return [Column(name, f"CASE WHEN {there} THEN {text} END") for name, text in columns]


def carried(inputs: Sequence[Variable], read: Callable[[str], str]) -> str:
    """The inputs as columns of their names; ``read`` reads one as a double."""
    return ", ".join(f"{read(quoted(item.name))} AS {quoted(item.spelling)}" for item in inputs)


def selected(columns: Sequence[Column], indent: str) -> str:
    """Columns of a SELECT, a line each."""
    return ",\n".join(f"{indent}{column.text} AS {column.name}" for column in columns)


ROWS: dict[str, Template] = {
    **arithmetic.COMPARISONS,
    **arithmetic.SPACED,
    "eq": ("comparison", "<0:sum> = <1:sum>"),
    "ne": ("comparison", "<0:sum> <> <1:sum>"),
    "neg": ("sign", "-<0:power>"),  # two minus signs would begin a comment
    "pow": "pow(<0>, <1>)",
    "atan2": "atan2(<0>, <1>)",
    "where": "CASE WHEN <0> THEN <1> ELSE <2> END",
    "and": ("and", "<0:and> AND <1:comparison>"),
}
"""What all dialects write alike."""

dialect = partial(
    Target,
    name="sql",
    rewrites={"pow": python.small_power},
    leaf=quoted,
    reference=quoted,
    inline_constants=True,
    function=False,
    value="",
    form="policy",
    fold=folded,
)
"""A target that is a dialect of SQL, from what it has of its own."""
