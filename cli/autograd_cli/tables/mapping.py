"""A program over the rows of tables, block by block: the rows, and what it gives for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from autograd_cli.program import Program
from autograd_cli.tables import sources
from autograd_cli.tables.binding import Binding, Mask, Reading
from autograd_cli.tables.listing import expanded
from autograd_cli.tables.matching import no_column
from autograd_cli.tables.part import Headed, Part, Table
from autograd_cli.tables.tally import Tally
from autograd_graph import ProgramError
from autograd_graph.rows.kernel import Kernel
from autograd_graph.status import OK, SEVERITY, UNUSED


@dataclass(frozen=True, slots=True)
class Wanted:
    """What comes out for each row."""

    keep: Sequence[str] | None = None
    """Which of the table's own columns; ``None`` for all."""
    prefix: str = ""
    """What the names of the results begin with."""
    status: bool = False
    """Whether there is a column of statuses."""
    judged: bool = False
    """Whether statuses are worked out though there is no column of them."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows: the table's own columns that come out, and the results.

    ``lines`` are the rows as they stand in the file, in place of ``own``, if they may be written
    so. ``numbers`` are the columns that the program used, as doubles, where the table has them as
    text; ``status`` the status of each row, null where a value is missing, if it is worked out.
    """

    own: pl.DataFrame
    results: pl.DataFrame
    numbers: Mapping[str, pl.Series]
    lines: pl.Series | None
    status: pl.Series | None

    @property
    def typed(self) -> pl.DataFrame:
        """The own columns, those of text that the program used as numbers."""
        return self.own.with_columns(**self.numbers) if self.numbers else self.own

    @property
    def frame(self) -> pl.DataFrame:
        """The rows as one frame."""
        return beside(self.typed, self.results)

    def awkward(self) -> Block:
        """The rows whose status is not ``ok``, with their status."""
        assert self.status is not None
        rows = (self.status != OK).fill_null(False)
        results = self.results.with_columns(self.status).filter(rows)
        return Block(
            own=self.own.filter(rows) if self.own.width else pl.DataFrame(height=results.height),
            results=results,
            numbers={name: column.filter(rows) for name, column in self.numbers.items()},
            lines=None if self.lines is None else self.lines.filter(rows),
            status=None,
        )


def beside(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """The columns of two frames in one; the left one may have none."""
    return left.hstack(right) if left.width else right


class MappedRows:
    """A program over the rows of tables, to be iterated over once: frames of polars, in order.

    Each has the table's own columns, then the value, then the derivatives. ``tally`` says how the
    rows fared. A ``plan`` that was made for the first of several tables holds for one of them, too.
    """

    def __init__(
        self,
        program: Program,
        paths: Sequence[str],
        reading: Reading,
        wanted: Wanted,
        plan: Plan | None = None,
    ) -> None:
        self.program = program
        self.paths = paths
        """The words that say which tables; they are looked for once they are read."""
        self.reading = reading
        self.wanted = wanted
        self.tally = Tally()
        self._plan = plan
        self.share: float | None = None
        """The share of the files' bytes that has been read; ``None`` where that is not known."""

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return (block.frame for block in self.blocks() if block.results.height)

    def write(
        self, path: str, kind: str | None = None, *, header: bool = True, shown: str | None = None
    ) -> None:
        """Write the rows to a file, which appears once it is whole, in the format of its name.

        Messages call the file ``shown``, if not by its name.
        """
        from autograd_cli.tables.kinds import written_as
        from autograd_cli.tables.opening import writer
        from autograd_cli.whole import written_whole

        with (
            written_whole(path, shown) as sink,
            writer(kind or written_as(path), sink, self.reading.delimiter, header) as table,
        ):
            for block in self.blocks(table.form):
                table.write(block)

    def blocks(self, form: str | None = None) -> Iterator[Block]:
        """The rows in blocks, the first of which is empty: it has the columns.

        Rows that come as lines of the ``form`` that will be written stay lines.
        Raises :class:`ProgramError` for everything that is wrong with the tables.
        """
        plan = self._plan
        files = expanded(self.paths, self.reading.kind, self.reading.folder)
        sizes = sources.sizes(files)
        for number, path in enumerate(files):
            with sources.opened(path, self.reading) as table:
                plan = plan or Plan(self.program, table, self.reading, self.wanted)
                plan.check(table)
                if number == 0:
                    nothing = Part(table.nothing(plan.columns), str)
                    yield plan.block(nothing, table, self.tally)
                for part in plan.parts(table, form):
                    if sizes is not None:
                        self.share = sources.share(sizes, number, table)
                    yield plan.block(part, table, self.tally)


class Plan:
    """What to read of each table, and what to make of it; found out at the first one."""

    def __init__(self, program: Program, table: Headed, reading: Reading, wanted: Wanted) -> None:
        self._binding = binding = Binding(program, table, reading)
        wrt = program.wrt
        if wrt is None:
            wrt = [name for name in program.graph.inputs if name in binding.names]
        self._kernel = Kernel(
            program.graph,
            program.tape.output,
            binding.names,
            wrt=wrt,
            given=program.given,
            statuses=wanted.status or wanted.judged,
        )
        self._everything = wanted.keep is None
        self._own = list(dict.fromkeys(table.columns if wanted.keep is None else wanted.keep))
        for column in self._own:
            if column not in table.columns:
                raise no_column(table.columns, column, table.name)
        self.columns = list(dict.fromkeys([*self._own, *binding.columns]))
        self._value, self._status = f"{wanted.prefix}value", f"{wanted.prefix}status"
        self._slopes = {name: f"{wanted.prefix}d_{name}" for name in wrt}
        self._with_status = wanted.status
        results = [self._value, *self._slopes.values(), *[self._status] * self._kernel.statuses]
        for name in results:
            if name in self._own:
                raise ProgramError(
                    f"{table.name} has a column {name!r} already",
                    code="bad-value",
                    hint="--prefix f_ names the results f_value, f_d_x; "
                    "--keep and --only leave columns away",
                )

    def check(self, table: Table) -> None:
        """Raise :class:`ProgramError` for a further table of other columns."""
        for column in self.columns:
            if column not in table.columns:
                raise no_column(table.columns, column, table.name)
        for column in table.columns:
            if self._everything and column not in self._own:
                raise ProgramError(
                    f"{table.name} has a column {column!r}, and the first table does not",
                    code="bad-record",
                    hint="--keep names the columns to come out, --only leaves them all away",
                )

    def parts(self, table: Table, form: str | None) -> Iterator[Part]:
        """The parts of a table: with lines where these may be written as they are."""
        as_they_stand = self._own == list(table.columns) or (self._own and table.picks)
        if form is not None and table.form == form and as_they_stand:
            return table.parts(self._binding.columns, self._binding.as_numbers, self._own)
        return table.parts(self.columns, self._binding.as_numbers - {*self._own}, None)

    def block(self, part: Part, table: Table, tally: Tally) -> Block:
        """The rows of a part with their results, which are counted."""
        columns = self._binding.numbers(part, table)
        given, present = self._binding.values(columns)
        found = self._kernel.run(given)
        results = {self._value: found.value}
        results |= {title: found.gradients[name] for name, title in self._slopes.items()}
        spread = {title: _spread(title, array, present) for title, array in results.items()}
        status = None
        if found.statuses is not None:
            status = _NAMES.gather(_spread("", found.statuses, present)).alias(self._status)
            if self._with_status:
                spread[self._status] = status
        tally.add(found, present, lambda row: f"{table.name}, {part.place(row)}")
        height, bare = part.frame.height, part.lines is not None or not self._own
        return Block(
            own=pl.DataFrame(height=height) if bare else part.frame.select(self._own),
            results=pl.DataFrame(list(spread.values())),
            numbers={
                column: numbers
                for column, numbers in columns.items()
                if column in self._own and not bare and part.frame.schema[column] == pl.String
            },
            lines=part.lines,
            status=status,
        )


def _spread(name: str, found: npt.NDArray[Any], present: Mask | None) -> pl.Series:
    """What was found for the rows that are ``present`` as a column, null in the others."""
    if present is None:
        return pl.Series(name, found)
    spread = np.zeros(present.size, dtype=found.dtype)
    spread[present] = found
    return pl.Series(name, spread).set(pl.Series(~present), None)


_NAMES = pl.Series(["", *(status for status in SEVERITY if status != UNUSED)])
"""Each status, at the index that is its severity."""
