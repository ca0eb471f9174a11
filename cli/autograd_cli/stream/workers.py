"""Distributing work among processes, with results in the order of the items.

A process that is stuck in code that nothing interrupts, or that the system ended because memory ran
out, is replaced. It says in a :class:`~autograd_cli.stream.watch.Watch` what it is at, so the item
is sent again without that part.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import Queue
from threading import Lock, Thread
from typing import Generic, NamedTuple, TypeVar

from autograd_cli.stream.watch import Watch
from autograd_graph import ProgramError

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4
"""How many items per process may be sent before the first result is received."""

_ENDING = (signal.SIGINT, signal.SIGTERM)
"""The signals that end a run."""

_LOOK = 0.5
"""The seconds between two looks at what a process is at, while its result is awaited."""


class _Failed(NamedTuple):
    """Sent by a worker in place of a result when it raised an error."""

    reason: str


def in_order(
    make: Callable[[Watch], Callable[[Item], Result]],
    items: Iterable[Item],
    jobs: int,
    *,
    patience: float,
    without: Callable[[Item, int], Item],
) -> Iterator[Result]:
    """``make(watch)(item)`` for each item, in ``jobs`` processes that each call ``make`` once.

    Items are taken only as they can be sent, so that they may come from an endless stream. ``make``
    and the items have to be picklable. A process that is at one line for more than ``patience``
    seconds, or dies at it, is replaced, and its item becomes ``without(item, line)``. Raises
    :class:`ProgramError` (``limit``) if so many processes cannot be started, or one that is at no
    line was ended from outside.
    """
    if jobs == 1:
        yield from map(make(Watch([0.0, 0.0])), items)
        return
    crew: list[_Worker[Item, Result]] = []
    try:
        _hire_all(crew, make, jobs)
        yield from _distributed(items, crew, patience, without)
    finally:
        for worker in crew:
            worker.process.terminate()


def _hire_all(
    crew: list[_Worker[Item, Result]],
    make: Callable[[Watch], Callable[[Item], Result]],
    jobs: int,
) -> None:
    try:
        while len(crew) < jobs:
            crew.append(_Worker(make))
    except OSError as error:
        raise ProgramError(
            f"only {len(crew)} of {jobs} processes could be started: {error.strerror}",
            code="limit",
            hint="try fewer --jobs",
        ) from None


class _Worker(Generic[Item, Result]):
    """A process, the items that it has not answered yet, and how many of them were sent to it."""

    def __init__(self, make: Callable[[Watch], Callable[[Item], Result]]) -> None:
        from multiprocessing.sharedctypes import RawArray  # it takes milliseconds

        self._make = make
        self._cells = RawArray("d", 2)
        self.watch = Watch(self._cells)
        self._pending: deque[Item] = deque()
        self._sent = 0
        self._state, self._sending = Lock(), Lock()
        self.process, self._connection = _hire(make, self.watch)
        self._retired: Connection | None = None

    def send(self, item: Item) -> None:
        """Send an item, or leave it to the thread that sends those before it."""
        with self._state:
            self._pending.append(item)
        self._send_pending()

    def _send_pending(self) -> None:
        with self._sending:
            while True:
                with self._state:
                    if self._sent == len(self._pending):
                        return
                    item, connection = self._pending[self._sent], self._connection
                    self._sent += 1
                try:
                    connection.send(item)
                except OSError:  # the process has ended: the receiver sees that too
                    with self._state:
                        if connection is self._connection:
                            return

    def receive(self, patience: float, without: Callable[[Item, int], Item]) -> Result | _Failed:
        """The next result. Raises :class:`EOFError` if the process ended and was at no line."""
        while True:
            try:
                if self._connection.poll(_LOOK):
                    result: Result | _Failed = self._connection.recv()
                    with self._state:
                        self._pending.popleft()
                        self._sent -= 1
                    return result
                if self.watch.over(patience):
                    self._replace(without)
            except (EOFError, ConnectionError):
                if self.watch.line == 0:
                    raise EOFError from None
                self._replace(without)

    def _replace(self, without: Callable[[Item, int], Item]) -> None:
        """Go on with another process, without the line that this one is at."""
        self.process.kill()
        self.process.join()
        line = self.watch.line
        if self._retired is not None:
            self._retired.close()
        self.watch.end()
        with self._state:
            if line:
                self._pending[0] = without(self._pending[0], line)
            self._retired = self._connection  # the other thread may still be sending through it
            self.process, self._connection = _hire(self._make, self.watch)
            self._sent = 0
        Thread(target=self._send_pending, daemon=True).start()


def _hire(
    make: Callable[[Watch], Callable[[Item], Result]], watch: Watch
) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context()
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(make, watch, theirs, ours), daemon=True)
    with _signals_held():
        process.start()
    theirs.close()
    return process, ours


@contextmanager
def _signals_held() -> Iterator[None]:
    """Nothing ends the run meanwhile.

    A new process has the handlers of this one until it sets its own, and would raise and report
    what they do. It lets the signals through then.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(
    make: Callable[[Watch], Callable[[Item], Result]],
    watch: Watch,
    connection: Connection,
    other_end: Connection,
) -> None:
    """The loop of a worker, until the other end is closed or the process is terminated."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process handles Ctrl-C
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    other_end.close()
    work = make(watch)
    while True:
        try:
            item = connection.recv()
        except EOFError:
            return
        try:
            connection.send(work(item))
        except BrokenPipeError:
            return
        except Exception as error:  # raised by the main process
            connection.send(_Failed(f"{type(error).__name__}: {error}"))


def _distributed(
    items: Iterable[Item],
    crew: list[_Worker[Item, Result]],
    patience: float,
    without: Callable[[Item, int], Item],
) -> Iterator[Result]:
    """Send items to the workers in turn, and receive results in the same order.

    A thread sends the items, so that results are received while it waits for more items.
    """
    turns: Queue[_Worker[Item, Result] | Exception | None] = Queue(_AHEAD * len(crew))

    def hand_out() -> None:
        try:
            for item, worker in zip(items, cycle(crew), strict=False):
                turns.put(worker)
                worker.send(item)
        except Exception as error:
            turns.put(error)
        else:
            turns.put(None)

    Thread(target=hand_out, daemon=True).start()
    while (turn := turns.get()) is not None:
        if isinstance(turn, Exception):
            raise turn
        try:
            result = turn.receive(patience, without)
        except EOFError:
            raise ProgramError(
                "a process of --jobs was ended from outside",
                code="limit",
                hint="perhaps memory ran out: try fewer --jobs",
            ) from None
        if isinstance(result, _Failed):
            raise RuntimeError(result.reason)
        yield result
