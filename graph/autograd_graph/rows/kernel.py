"""A program over rows: recorded once, replayed on blocks of columns of any length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
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
        self,
        columns: Mapping[str, Any],
        parameters: Mapping[str, float] | None = None,
        *,
        threads: int = 1,
    ) -> Rows:
        """The program for each row of one-dimensional arrays of one length.

        Raises :class:`ValueError` for arrays that are not, :class:`KeyError` for one that is
        missing.
        """
        arrays = {name: np.ascontiguousarray(columns[name], np.float64) for name in self.columns}
        count = len(next(iter(arrays.values()), ()))
        found = Rows(
            np.empty(count),
            {name: np.empty(count) for name in self.wrt},
            np.empty(count, np.uint8) if self.statuses else None,
        )
        self.run_into(found, arrays, parameters, threads=threads)
        return found

    def run_into(
        self,
        found: Rows,
        columns: Mapping[str, Any],
        parameters: Mapping[str, float] | None = None,
        *,
        threads: int = 1,
    ) -> None:
        """The same, into arrays that exist and share no memory with those given."""
        count = len(found.value)
        arrays = self._checked(columns, count)
        results: list[Any] = [found.value, *(found.gradients[name] for name in self.wrt)]
        if self.statuses:
            if found.statuses is None:
                raise ValueError("statuses need an array")
            results.append(found.statuses.view(np.bool_))

        def work(replay: Replay, rows: slice) -> None:
            block = {name: array[rows] for name, array in arrays.items()}
            replay.block(block, [result[rows] for result in results])

        with np.errstate(all="ignore"):
            self._kernel.each_block(work, count, parameters or {}, threads)
            if found.statuses is not None:
                self._tell(found.statuses, arrays, parameters or {}, threads)

    def totals(
        self,
        columns: Mapping[str, Any],
        parameters: Mapping[str, float] | None = None,
        *,
        threads: int = 1,
    ) -> Totals:
        """Exact sums over all rows: the same whatever the blocks, the threads and the order."""
        arrays = {name: np.ascontiguousarray(columns[name], np.float64) for name in self.columns}
        count = len(next(iter(arrays.values()), ()))
        arrays = self._checked(arrays, count)
        whole = self._no_totals()
        lock = Lock()

        def work(replay: Replay, rows: slice) -> None:
            size = rows.stop - rows.start
            results: list[Any] = [np.empty(size) for _ in range(1 + len(self.wrt))]
            if self.statuses:
                results.append(np.empty(size, np.bool_))
            replay.block({name: array[rows] for name, array in arrays.items()}, results)
            part = self._no_totals()
            for total, result in zip((part.value, *part.gradients.values()), results, strict=False):
                total.add(result)
            with lock:
                whole.merge(part)

        with np.errstate(all="ignore"):
            self._kernel.each_block(work, count, parameters or {}, threads)
        return whole

    def _no_totals(self) -> Totals:
        return Totals(ExactSum(), {name: ExactSum() for name in self.wrt})

    def _tell(
        self,
        statuses: Codes,
        arrays: Mapping[str, Array],
        parameters: Mapping[str, float],
        threads: int,
    ) -> None:
        """The statuses of rows, which hold so far whether there may be one."""
        suspicious = np.flatnonzero(statuses)
        statuses[...] = SEVERITY[OK]
        if not suspicious.size:
            return

        def work(replay: Replay, part: slice) -> None:
            rows = suspicious[part]
            severity, unsure = np.empty(rows.size), np.empty(rows.size, np.bool_)
            block = {name: array[rows] for name, array in arrays.items()}
            replay.block(block, [severity, unsure])
            statuses[rows] = severity
            for row in rows[unsure].tolist():
                point = {name: float(array[row]) for name, array in arrays.items()}
                given = {**self.given, **parameters, **point}
                statuses[row] = SEVERITY[at_point(self._points, given, self.wrt)]

        self._teller.each_block(work, suspicious.size, parameters, threads)

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
    """A plan with the buffers of every thread that has run it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._idle: list[Replay] = []
        self._lock = Lock()

    def each_block(
        self,
        work: Callable[[Replay, slice], None],
        count: int,
        parameters: Mapping[str, float],
        threads: int,
    ) -> None:
        """Call ``work`` for every block of ``count`` rows, by threads that take turns."""
        size = self.plan.rows
        starts = iter(range(0, count, size))

        def run() -> None:
            with self._replay(parameters) as replay, np.errstate(all="ignore"):
                for start in starts:
                    work(replay, slice(start, min(start + size, count)))

        if threads == 1 or count <= size:
            run()
            return
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(run) for _ in range(threads)]:
                done.result()

    @contextmanager
    def _replay(self, parameters: Mapping[str, float]) -> Iterator[Replay]:
        """Buffers for a thread, kept for the next run."""
        with self._lock:
            replay = self._idle.pop() if self._idle else None
        replay = replay or Replay(self.plan)
        replay.begin(parameters)
        yield replay
        replay.let_go()
        with self._lock:
            self._idle.append(replay)
