"""A program over rows: recorded once, replayed on blocks of columns of any length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd_graph.collector import collector_paused
from autograd_graph.errors import ProgramError
from autograd_graph.graph import Graph
from autograd_graph.passes.evaluation import Tape, forward, reverse
from autograd_graph.rows import blocks
from autograd_graph.rows.diagnosis import at_point, diagnose
from autograd_graph.rows.recording import Recording
from autograd_graph.rows.replay import Plan, Replay
from autograd_graph.rows.screening import suspects
from autograd_graph.rows.totals import ExactSum
from autograd_graph.status import OK, SEVERITY

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]

STATUS_NAMES = np.array(sorted(SEVERITY, key=SEVERITY.__getitem__), dtype=object)
"""The status of each severity: ``STATUS_NAMES[rows.statuses]`` are names."""


class Rows(NamedTuple):
    """What a program is for each row.

    ``value`` is the output, ``gradients`` its derivative by each name of ``wrt``; ``statuses`` the
    severity of each row's gravest status (:data:`autograd_graph.status.SEVERITY`), if asked for.
    """

    value: Array
    gradients: dict[str, Array]
    statuses: Codes | None = None


class Totals(NamedTuple):
    """Exact sums over rows: of the value, and of the derivative by each name of ``wrt``."""

    value: ExactSum
    gradients: dict[str, ExactSum]

    def add(self, rows: Rows) -> None:
        """Add what a program is for some rows."""
        self.value.add(rows.value)
        for name, total in self.gradients.items():
            total.add(rows.gradients[name])

    def merge(self, other: Totals) -> None:
        """Add the sums over other rows."""
        self.value.merge(other.value)
        for name, total in self.gradients.items():
            total.merge(other.gradients[name])


class Kernel:
    """A program over the rows of columns, with its derivatives and statuses.

    ``columns`` are the inputs and constants that vary by row, and ``parameters`` those that have
    one number for all rows which every run is given. ``given`` are numbers for others that are the
    same for good: they are folded, as are the program's own defaults. ``wrt`` are the inputs to
    differentiate by, columns or not; ``None``: all of them.

    Values and derivatives have the bits that the passes over arrays have; functions differ from
    those of ``eval`` by a few units in the last place. Statuses are those that ``eval`` finds for
    these numbers.

    A kernel may be used by several threads at once. Raises :class:`ProgramError` for inputs without
    a value (``missing-value``) and for names that the program does not have (``unknown-name``).
    """

    def __init__(
        self,
        graph: Graph,
        output: int | None = None,
        columns: Iterable[str] = (),
        *,
        wrt: Sequence[str] | None = None,
        given: Mapping[str, float] | None = None,
        parameters: Iterable[str] = (),
        statuses: bool = False,
    ) -> None:
        self.graph = graph
        self.columns = list(columns)
        self.parameters = list(parameters)
        self.given = dict(given or {})
        self.wrt = list(graph.inputs) if wrt is None else list(wrt)
        self.statuses = statuses
        self._check_names()
        self._tape = Tape(graph, output, system=blocks.system)
        self._kernel = _Pool(self._recorded(suspects if statuses else None))

    def run(
        self, columns: Mapping[str, Any], parameters: Mapping[str, float] | None = None
    ) -> Rows:
        """The program for each row of one-dimensional arrays of one length.

        Raises :class:`ValueError` for arrays that are not, :class:`KeyError` for one that is
        missing.
        """
        arrays, count = self._arrays(columns)
        found = Rows(
            np.empty(count),
            {name: np.empty(count) for name in self.wrt},
            np.empty(count, np.uint8) if self.statuses else None,
        )
        self.run_into(found, arrays, parameters)
        return found

    def run_into(
        self,
        found: Rows,
        columns: Mapping[str, Any],
        parameters: Mapping[str, float] | None = None,
    ) -> None:
        """The same, into arrays that exist and share no memory with those given."""
        count = len(found.value)
        arrays = self._checked(columns, count)
        results: list[Any] = [found.value, *(found.gradients[name] for name in self.wrt)]
        if self.statuses:
            if found.statuses is None:
                raise ValueError("statuses need an array")
            results.append(found.statuses.view(np.bool_))
        with self._kernel.replay(parameters) as replay, np.errstate(all="ignore"):
            for rows in _slices(count, self._kernel.rows):
                replay.block(_part(arrays, rows), [result[rows] for result in results])
        if found.statuses is not None:
            self._tell(found.statuses, arrays, parameters)

    def blocks(
        self,
        columns: Mapping[str, Any],
        parameters: Mapping[str, float] | None = None,
        *,
        count: int | None = None,
        at_once: int | None = None,
    ) -> Iterator[tuple[slice, Array]]:
        """The rows block by block, of at most ``at_once`` of them, and without statuses.

        With the numbers of the rows comes a matrix of a column for each: the derivatives, and the
        value in its last row. The next block is written into the same matrix. ``count`` says how
        many rows there are, which columns, if there are some, tell.
        """
        arrays, count = self._arrays(columns, count)
        most = self._kernel.rows if at_once is None else min(at_once, self._kernel.rows)
        size = max(min(count, most), 1)
        whole = np.empty((len(self.wrt) + 1, size))
        spare = [np.empty(size, np.bool_)] * self.statuses
        with self._kernel.replay(parameters) as replay:
            for rows in _slices(count, size):
                matrix = whole[:, : rows.stop - rows.start]
                results = [matrix[-1], *matrix[:-1], *(s[: matrix.shape[1]] for s in spare)]
                with np.errstate(all="ignore"):
                    replay.block(_part(arrays, rows), results)
                yield rows, matrix

    def totals(
        self, columns: Mapping[str, Any], parameters: Mapping[str, float] | None = None
    ) -> Totals:
        """Exact sums over all rows: the same whatever the blocks and the order."""
        whole = self.no_totals()
        for _, matrix in self.blocks(columns, parameters):
            whole.add(Rows(matrix[-1], dict(zip(self.wrt, matrix, strict=False))))
        return whole

    def no_totals(self) -> Totals:
        """The sums over no rows."""
        return Totals(ExactSum(), {name: ExactSum() for name in self.wrt})

    def _tell(
        self,
        statuses: Codes,
        arrays: Mapping[str, Array],
        parameters: Mapping[str, float] | None,
    ) -> None:
        """The statuses of rows, which hold so far whether there may be one."""
        suspicious = np.flatnonzero(statuses)
        statuses[...] = SEVERITY[OK]
        if not suspicious.size:
            return
        with self._teller.replay(parameters) as replay:
            for part in _slices(suspicious.size, self._teller.rows):
                rows = suspicious[part]
                severity, unsure = np.empty(rows.size), np.empty(rows.size, np.bool_)
                with np.errstate(all="ignore"):
                    replay.block(_part(arrays, rows), [severity, unsure])
                statuses[rows] = severity
                for row in rows[unsure].tolist():
                    point = {name: float(array[row]) for name, array in arrays.items()}
                    given = {**self.given, **(parameters or {}), **point}
                    statuses[row] = SEVERITY[at_point(self._points, given, self.wrt)]

    @cached_property
    def _teller(self) -> _Pool:
        return _Pool(self._recorded(diagnose, passes=False))

    @cached_property
    def _points(self) -> Tape:
        return Tape(self.graph, self._tape.output)

    def _recorded(self, looking: Callable[..., Any] | None, *, passes: bool = True) -> Plan:
        """A plan for value and slopes (``passes``), and for what ``looking`` tells of them."""
        recording = Recording()
        with collector_paused(), np.errstate(all="ignore"):
            leaves: dict[str, Any] = {n: np.float64(x) for n, x in self.given.items()}
            leaves |= {name: recording.parameter(name) for name in self.parameters}
            leaves |= {name: recording.input(name) for name in self.columns}
            values = forward(self._tape, leaves)
            adjoints = reverse(self._tape, values)
            slopes = (blocks.slope(adjoints[self.graph.inputs[name]]) for name in self.wrt)
            results = [values[self._tape.output], *slopes] if passes else []
            recording.hurry()
            if looking is not None:
                told = looking(self._tape, values, adjoints, self.wrt)
                results += told if isinstance(told, tuple) else (told,)
            return Plan(recording, results)

    def _arrays(
        self, columns: Mapping[str, Any], count: int | None = None
    ) -> tuple[dict[str, Array], int]:
        """The columns as contiguous doubles, and how many rows there are."""
        arrays = {name: np.ascontiguousarray(columns[name], np.float64) for name in self.columns}
        if count is None:
            count = len(next(iter(arrays.values()), ()))
        return self._checked(arrays, count), count

    def _checked(self, columns: Mapping[str, Any], count: int) -> dict[str, Array]:
        arrays = {name: columns[name] for name in self.columns}
        for name, array in arrays.items():
            if np.shape(array) != (count,) or array.dtype != np.float64:
                raise ValueError(f"{name} has to be an array of {count} doubles")
        return arrays

    def _check_names(self) -> None:
        known = self.graph.inputs.keys() | self.graph.constants.keys()
        for name in (*self.columns, *self.parameters, *self.given):
            if name not in known:
                raise ProgramError(f"no input {name!r}", code="unknown-name")
        for name in self.wrt:
            if name not in self.graph.inputs:
                raise ProgramError(f"no input {name!r}", code="unknown-name")


class _Pool:
    """A plan, and buffers for as many threads as have run it at once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._idle: list[Replay] = []

    @property
    def rows(self) -> int:
        """How many rows are best worked on together."""
        return self.plan.rows

    @contextmanager
    def replay(self, parameters: Mapping[str, float] | None) -> Iterator[Replay]:
        """Buffers that nobody else uses, kept for the next run."""
        try:
            replay = self._idle.pop()
        except IndexError:
            replay = Replay(self.plan)
        with np.errstate(all="ignore"):
            replay.begin(parameters or {})
        yield replay
        replay.let_go()
        self._idle.append(replay)


def _slices(count: int, size: int) -> Iterator[slice]:
    """The numbers of so many rows in blocks."""
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def _part(arrays: Mapping[str, Array], rows: Any) -> dict[str, Array]:
    """Some rows of all columns."""
    return {name: array[rows] for name, array in arrays.items()}
