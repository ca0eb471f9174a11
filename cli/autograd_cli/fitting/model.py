"""A program as a function of its parameters over rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.sample import ROWS_AT_ONCE, Sample
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import Note, evaluate
from autograd_graph.rows.kernel import Kernel, Rows, Totals
from autograd_graph.status import DOMAIN, KINK, OVERFLOW, SEVERITY, SINGULAR


class Model:
    """The program's values where ``columns`` vary by row, and its derivatives by ``names``.

    A pickle has the program, and its kernel is made again.
    """

    def __init__(self, program: Program, names: Sequence[str], columns: Sequence[str]) -> None:
        self.program = program
        self.names = list(names)
        self.columns = list(columns)
        self._fixed = {name: x for name, x in program.given.items() if name not in {*names}}
        self._kernel = self._made(self.names, statuses=False)

    def __reduce__(self) -> tuple[Callable[..., Model], tuple[object, ...]]:
        return Model, (self.program, self.names, self.columns)

    def _made(self, wrt: Sequence[str], statuses: bool) -> Kernel:
        program = self.program
        return Kernel(
            program.graph,
            program.tape.output,
            self.columns,
            wrt=wrt,
            given=self._fixed,
            parameters=self.names,
            statuses=statuses,
        )

    def blocks(self, rows: Sample, point: Array) -> Iterator[tuple[slice, Array]]:
        """A sample block by block, at the values ``point`` of the parameters.

        With the numbers of the rows comes a matrix of a column for each: the derivatives, and the
        value in its last row. The next block is written into the same matrix.
        """
        named = self._named(point)
        return self._kernel.blocks(rows.columns, named, count=len(rows), at_once=ROWS_AT_ONCE)

    def totals(self, columns: Mapping[str, Array], point: Array) -> Totals:
        """The exact sums of the value and the derivatives over rows."""
        return self._kernel.totals(columns, self._named(point))

    def values(self, columns: Mapping[str, Array], point: Array, count: int) -> Array:
        """The program's values for ``count`` rows."""
        found = Rows(np.empty(count), {}, None)
        self._made([], statuses=False).run_into(found, columns, self._named(point))
        return found.value

    def statuses(self, rows: Sample, point: Array) -> Array:
        """How many rows have each status, at the index that is its severity."""
        kernel = self._made(self.names, statuses=True)
        counts = np.zeros(len(SEVERITY))
        for some in rows.slices():
            block = {name: column[some] for name, column in rows.columns.items()}
            size = some.stop - some.start  # which no column tells where the program uses none
            slopes = {name: np.empty(size) for name in self.names}
            found = Rows(np.empty(size), slopes, np.empty(size, np.uint8))
            kernel.run_into(found, block, self._named(point))
            counts += np.bincount(np.asarray(found.statuses), minlength=len(counts))
        return counts

    @property
    def may_kink(self) -> bool:
        """Whether the program has an operator with a kink."""
        tape = self.program.tape
        rows = (row for node, row, _ in tape.awkward if tape.reached[node])
        return any(status == KINK for row in rows for status, _ in row.awkward)

    @property
    def smooth(self) -> bool:
        """Whether the program has neither kinks nor jumps: it is nowhere level that moves."""
        return not self.may_kink and not self.deciding()

    def deciding(self) -> set[str]:
        """The parameters that a jump or a choice hangs on, which derivatives do not tell of."""
        graph, reached = self.program.graph, self.program.tape.reached
        under = bytearray(len(graph))
        for node in range(len(graph) - 1, -1, -1):
            row, args = graph.ops[node], graph.args[node]
            if reached[node]:
                for arg in args if row.flat or under[node] else args[: row.asks]:
                    under[arg] = 1
        return {name for name in self.names if under[graph.inputs[name]]}

    def first_not_finite(self, rows: Sample, point: Array) -> int | None:
        """The first row whose value or slopes are not finite, if one is."""
        for some, matrix in self.blocks(rows, point):
            wrong = np.flatnonzero(~np.isfinite(matrix).all(axis=0))
            if wrong.size:
                return int(some.start + wrong[0])
        return None

    def blamed(self, row: dict[str, float], point: Array) -> Note | None:
        """The node that makes a row not finite."""
        program = self.program
        given = program.given | row | self._named(point)
        found = evaluate(program.tape, given, self.names)
        blamed = (n for n in found.notes if n.status in (DOMAIN, SINGULAR, OVERFLOW))
        return next(blamed, None)

    def _named(self, point: Array) -> dict[str, float]:
        return dict(zip(self.names, point.tolist(), strict=True))
