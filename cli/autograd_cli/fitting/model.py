"""A program as a function of its parameters over the rows of a sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.sample import ROWS_AT_ONCE, Sample
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import Note, evaluate
from autograd_graph.rows.kernel import Kernel, Rows, Totals
from autograd_graph.status import DOMAIN, KINK, OVERFLOW, SEVERITY, SINGULAR, Status


class Model:
    """The program's values over the rows of ``sample``, and its derivatives by ``names``."""

    def __init__(self, program: Program, names: Sequence[str], sample: Sample) -> None:
        self.program = program
        self.names = list(names)
        self.sample = sample
        fixed = {name: x for name, x in program.given.items() if name not in {*names}}
        self._fixed = fixed
        self._kernel = self._made(self.names, statuses=False)

    def _made(self, wrt: Sequence[str], statuses: bool) -> Kernel:
        program = self.program
        return Kernel(
            program.graph,
            program.tape.output,
            self.sample.columns,
            wrt=wrt,
            given=self._fixed,
            parameters=self.names,
            statuses=statuses,
        )

    def blocks(self, point: Array) -> Iterator[tuple[slice, Array]]:
        """The whole sample block by block, at the values ``point`` of the parameters.

        With the numbers of the rows comes a matrix of a column for each: the derivatives, and the
        value in its last row. The next block is written into the same matrix.
        """
        columns, count = self.sample.columns, len(self.sample)
        return self._kernel.blocks(columns, self._named(point), count=count, at_once=ROWS_AT_ONCE)

    def totals(self, point: Array, columns: Mapping[str, Array] | None = None) -> Totals:
        """The exact sums of the value and the derivatives over all rows, or over others."""
        rows = self.sample.columns if columns is None else columns
        return self._kernel.totals(rows, self._named(point))

    def values(self, point: Array, columns: Mapping[str, Array], count: int) -> Array:
        """The program's values for other rows: ``count`` of them."""
        found = Rows(np.empty(count), {}, None)
        self._made([], statuses=False).run_into(found, columns, self._named(point))
        return found.value

    def statuses(self, point: Array) -> dict[Status, int]:
        """How many rows have which status."""
        kernel = self._made(self.names, statuses=True)
        counts = np.zeros(len(SEVERITY), dtype=np.int64)
        for rows in self.sample.slices():
            count = rows.stop - rows.start
            slopes = {name: np.empty(count) for name in self.names}
            codes = np.empty(count, np.uint8)
            found = Rows(np.empty(count), slopes, codes)
            block = {name: column[rows] for name, column in self.sample.columns.items()}
            kernel.run_into(found, block, self._named(point))
            counts += np.bincount(codes, minlength=len(counts))
        return {status: int(counts[code]) for status, code in SEVERITY.items() if counts[code]}

    @property
    def may_kink(self) -> bool:
        """Whether the program has an operator with a kink."""
        tape = self.program.tape
        rows = (row for node, row, _ in tape.awkward if tape.reached[node])
        return any(status == KINK for row in rows for status, _ in row.awkward)

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

    def culprit(self, point: Array) -> tuple[int | None, Note | None]:
        """The first row that is not finite at a point, if one is, and the node that is to blame."""
        row = self._first_not_finite(point)
        if row is None:
            return None, None
        program = self.program
        columns = {name: float(column[row]) for name, column in self.sample.columns.items()}
        found = evaluate(program.tape, program.given | columns | self._named(point), self.names)
        blamed = (n for n in found.notes if n.status in (DOMAIN, SINGULAR, OVERFLOW))
        return row, next(blamed, None)

    def _first_not_finite(self, point: Array) -> int | None:
        for rows, matrix in self.blocks(point):
            wrong = np.flatnonzero(~np.isfinite(matrix).all(axis=0))
            if wrong.size:
                return int(rows.start + wrong[0])
        return None

    def _named(self, point: Array) -> dict[str, float]:
        return dict(zip(self.names, point.tolist(), strict=True))
