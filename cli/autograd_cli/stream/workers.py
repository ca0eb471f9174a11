"""Distributing work among processes, with results in the order of the items."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import Queue
from threading import Thread
from typing import NamedTuple, TypeVar

from autograd_graph import ProgramError

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4
"""How many items per process may be sent before the first result is received."""


class _Failed(NamedTuple):
    """Sent by a worker in place of a result when it raised an error."""

    reason: str


def in_order(
    make: Callable[[], Callable[[Item], Result]], items: Iterable[Item], jobs: int
) -> Iterator[Result]:
    """``make()(item)`` for each item, in ``jobs`` processes that each call ``make`` once.

    Items are taken only as they can be sent, so that they may come from an endless stream. ``make``
    and the items have to be picklable. Raises :class:`ProgramError` (``limit``) if so many
    processes cannot be started.
    """
    if jobs == 1:
        yield from map(make(), items)
        return
    crew: list[tuple[BaseProcess, Connection]] = []
    try:
        _hire_all(crew, make, jobs)
        yield from _distributed(items, [connection for _, connection in crew])
    finally:
        for process, _ in crew:
            process.terminate()


def _hire_all(
    crew: list[tuple[BaseProcess, Connection]],
    make: Callable[[], Callable[[Item], Result]],
    jobs: int,
) -> None:
    try:
        while len(crew) < jobs:
            crew.append(_hire(make))
    except OSError as error:
        raise ProgramError(
            f"only {len(crew)} of {jobs} processes could be started: {error.strerror}",
            code="limit",
            hint="try fewer --jobs",
        ) from None


def _hire(make: Callable[[], Callable[[Item], Result]]) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context()
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(make, theirs, ours), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _work(
    make: Callable[[], Callable[[Item], Result]], connection: Connection, other_end: Connection
) -> None:
    """The loop of a worker, until the other end is closed or the process is terminated."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process handles Ctrl-C
    other_end.close()
    work = make()
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


def _distributed(items: Iterable[Item], connections: list[Connection]) -> Iterator[Result]:
    """Send items to the workers in turn, and receive results in the same order.

    A thread sends the items, so that results are received while it waits for more items.
    """
    turns: Queue[Connection | Exception | None] = Queue(_AHEAD * len(connections))

    def hand_out() -> None:
        try:
            for item, connection in zip(items, cycle(connections), strict=False):
                turns.put(connection)
                connection.send(item)
        except Exception as error:
            turns.put(error)
        else:
            turns.put(None)

    Thread(target=hand_out, daemon=True).start()
    while (turn := turns.get()) is not None:
        if isinstance(turn, Exception):
            raise turn
        try:
            result = turn.recv()
        except (EOFError, ConnectionError):
            raise ProgramError(
                "a process of --jobs was ended from outside",
                code="limit",
                hint="perhaps memory ran out: try fewer --jobs",
            ) from None
        if isinstance(result, _Failed):
            raise RuntimeError(result.reason)
        yield result
