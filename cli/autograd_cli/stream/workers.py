"""Work shared out among processes, with its results in the order of the items."""

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
"""So many items for each process may be out before the result of the first is taken."""


class _Failed(NamedTuple):
    """What a worker sends in place of a result that it could not make."""

    reason: str


def in_order(
    make: Callable[[], Callable[[Item], Result]], items: Iterable[Item], jobs: int
) -> Iterator[Result]:
    """``make()(item)`` for each item, worked out by so many processes that each make their own.

    The items are taken as there is room for them, so that they may come from an endless stream.
    ``make`` and the items have to be such that they can be sent to another process. Raises
    :class:`ProgramError` (``limit``) where there are not so many processes to be had.
    """
    if jobs == 1:
        yield from map(make(), items)
        return
    crew: list[tuple[BaseProcess, Connection]] = []
    try:
        _hire_all(crew, make, jobs)
        yield from _shared_out(items, [connection for _, connection in crew])
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
    """A worker's life: until the other end is closed, or the run is over and ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the first process's to answer
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
        except Exception as error:  # for the first process to raise
            connection.send(_Failed(f"{type(error).__name__}: {error}"))


def _shared_out(items: Iterable[Item], connections: list[Connection]) -> Iterator[Result]:
    """Items go to the workers in turn, and results are taken from them in the same turn.

    A thread hands the items out: the run goes on taking results while it waits for more.
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
