"""A program over rows: recorded once, replayed on blocks of columns of any length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd_graph.collector import collector_paused
from autograd_graph.errors import ProgramError
from autograd_graph.graph import Graph
from autograd_graph.passes.evaluation import Tape, forward, reverse
from autograd_graph.rows import blocks
from autograd_graph.rows.recording import Recording
from autograd_graph.rows.replay import Plan, Replay

Array = npt.NDArray[np.float64]


class Rows(NamedTuple):
    """What a program is for each row.

    ``value`` is the output, ``gradients`` its derivative by each name of ``wrt``; ``statuses`` the
    severity of each row's gravest status (:data:`autograd_graph.status.SEVERITY`), if it was asked
    for.
    """

    value: Array
    gradients: dict[str, Array]
    statuses: npt.NDArray[np.uint8] | None


class Kernel:
    """A program over the rows of columns, with its derivatives and statuses.

    ``columns`` are the inputs and constants that vary by row, and ``parameters`` those that have
    one number for all rows which every run is given. ``given`` are numbers for others that are the
    same for good: they are folded, as are the program's own defaults. ``wrt`` are the inputs to
    differentiate by, columns or not; ``None``: all of them.

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
        self._check_names()
        tape = Tape(graph, output, system=blocks.system)
        with collector_paused(), np.errstate(all="ignore"):
            recording = Recording()
            leaves: dict[str, Any] = {n: np.float64(x) for n, x in self.given.items()}
            leaves |= {name: recording.parameter(name) for name in self.parameters}
            leaves |= {name: recording.input(name) for name in self.columns}
            values = forward(tape, leaves)
            adjoints = reverse(tape, values)
            slopes = [slope(adjoints[graph.inputs[name]]) for name in self.wrt]
            self._plan = Plan(recording, [values[tape.output], *slopes])
        self._idle: list[Replay] = []
        self._lock = Lock()

    @property
    def rows_at_once(self) -> int:
        """How many rows a block has: so few that its columns stay in the processor's cache."""
        return self._plan.rows

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
        found = Rows(np.empty(count), {name: np.empty(count) for name in self.wrt}, None)
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
        """The same, into arrays that exist and have nothing in common with those given."""
        count = len(found.value)
        arrays = {name: columns[name] for name in self.columns}
        if any(np.shape(a) != (count,) or a.dtype != np.float64 for a in arrays.values()):
            raise ValueError(f"columns have to be arrays of {count} doubles")
        results = [found.value, *(found.gradients[name] for name in self.wrt)]

        def work(replay: Replay, rows: slice) -> None:
            block = {name: array[rows] for name, array in arrays.items()}
            replay.block(block, [result[rows] for result in results])

        self._each_block(work, count, parameters or {}, threads)

    def _each_block(
        self,
        work: Callable[[Replay, slice], None],
        count: int,
        parameters: Mapping[str, float],
        threads: int,
    ) -> None:
        """Call ``work`` for every block of ``count`` rows, by threads that take turns."""
        size = self._plan.rows
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
        replay = replay or Replay(self._plan)
        with np.errstate(all="ignore"):
            replay.begin(parameters)
        yield replay
        with self._lock:
            self._idle.append(replay)

    def _check_names(self) -> None:
        known = self.graph.inputs.keys() | self.graph.constants.keys()
        for name in (*self.columns, *self.parameters, *self.given):
            if name not in known:
                raise ProgramError(f"no input {name!r}", code="unknown-name")
        for name in self.wrt:
            if name not in self.graph.inputs:
                raise ProgramError(f"no input {name!r}", code="unknown-name")


def slope(adjoint: Any) -> Any:
    """An adjoint as a column: 0 where nothing flows."""
    if adjoint is None:
        return 0.0
    if isinstance(adjoint, blocks.Flow):
        return np.where(adjoint.rows, adjoint.values, 0.0)
    return adjoint
