"""The adapter for Dask's ``distributed``."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from typing import Any

import dask
import distributed

from autograd_cli.engines.engine import (
    BRANCHES,
    PATIENCE,
    SILENT,
    Told,
    awaited,
    lacking,
    local_workers,
    lost,
    merged,
    mute,
    no_workers,
    silenced,
    untold,
)
from autograd_cli.engines.task import Task, check_version
from autograd_graph import ProgramError


class _Parts:
    """Values, or futures of them, one for each part."""

    def __init__(self, client: Any, parts: Sequence[Any], told: Told) -> None:
        self._client = client
        self._parts = parts
        self._told = told

    def kept(self, make: Callable[[Any], Any]) -> _Parts:
        """Futures of what is made of each part."""
        with _present(self._client):
            return _Parts(self._client, self._each(make, "make"), self._told)

    def total(self, work: Callable[[Any], Any]) -> Any:
        """The states of all parts, merged by the workers."""
        with _present(self._client):
            states = self._each(work, "work")
            loop = self._client.loop
            for done, future in enumerate(distributed.as_completed(states, loop=loop), 1):
                _require(future)
                self._told(done, len(states))
            while len(states) > 1:
                groups = [states[n : n + BRANCHES] for n in range(0, len(states), BRANCHES)]
                states = [self._client.submit(merged, group, pure=False) for group in groups]
            _require(states[0])
            return states[0].result()

    def _each(self, work: Callable[[Any], Any], key: str) -> list[Any]:
        futures: list[Any] = self._client.map(
            Task(work), self._parts, key=f"autograd-{key}", pure=False
        )
        return futures


class _Dask:
    def __init__(self, client: Any) -> None:
        self._client = client

    def spread(self, items: Sequence[Any], told: Told = untold) -> _Parts:
        """The items, which go to workers with the work."""
        return _Parts(self._client, items, told)


_GONE = (
    distributed.CancelledError,
    asyncio.CancelledError,
    distributed.client.ClosedClientError,
    distributed.comm.CommClosedError,
)
"""What Dask raises without its scheduler."""


_PAUSE = 5.0
"""The seconds after which a scheduler that has answered is asked again."""


@contextmanager
def _present(client: distributed.Client) -> Iterator[None]:
    """A block in which the scheduler is needed.

    Raises :class:`ProgramError` (``io``) where it has gone away. Dask would first wait for another
    one, which would know nothing of the work.
    """
    try:
        if client.status != "running":
            raise distributed.CancelledError
        yield
    except _GONE:
        raise ProgramError(
            "the cluster went away", code="io", hint="does its scheduler still run?"
        ) from None


def _require(future: Any) -> None:
    """Wait for a future. Raises the error for one that has no result."""
    error = future.exception()  # of one that was cancelled, it is none
    if future.cancelled():
        raise distributed.CancelledError
    if error is None:
        return
    if isinstance(error, ProgramError):
        raise error.with_traceback(None)
    if isinstance(error, distributed.KilledWorker):
        raise lost(f"the last of them was {error.last_worker.address}")
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ModuleNotFoundError):
        cause = cause.__cause__
    raise error if cause is None else lacking(cause.name or "")


@contextmanager
def connected(address: str) -> Iterator[_Dask]:
    """A client of the scheduler at an address, or of workers that are started here.

    Raises :class:`ProgramError` (``io``) for a scheduler that does not answer or has no workers.
    """
    url = f"dask://{address}"
    workers = local_workers(address)
    with ExitStack() as stack:
        stack.enter_context(silenced("distributed", "tornado", "asyncio"))
        place = address if workers is None else stack.enter_context(_cluster(workers))
        try:
            client = awaited(
                lambda: distributed.Client(place, timeout=PATIENCE, set_as_default=False),
                PATIENCE,
            )
        except (OSError, ValueError):
            raise mute(url, "a scheduler of Dask") from None
        stack.callback(_leave, client)
        client.loop.add_callback(_watch, client)
        with _present(client):
            try:
                client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError:
                raise no_workers(url) from None
            _greet(client)
        yield _Dask(client)


async def _watch(client: distributed.Client) -> None:
    """End the connection to a scheduler that does not answer, as if it had ended.

    One that is stopped, or hangs, keeps its connections, and Dask would wait for it for ever.
    """
    while client.status == "running":
        try:
            await asyncio.wait_for(client.scheduler.identity(), PATIENCE)
        except OSError:  # also TimeoutError, and Dask's CommClosedError
            for comms in client.rpc.occupied.values():  # those on which an answer is awaited
                for comm in list(comms):
                    comm.abort()
            if client.scheduler_comm is not None:
                client.scheduler_comm.comm.abort()
            return
        await asyncio.sleep(_PAUSE)


def _leave(client: distributed.Client) -> None:
    """Close a client, unless its scheduler is gone, which it would go on looking for."""
    if client.status == "running":
        client.close()


def _greet(client: distributed.Client) -> None:
    """Raise :class:`ProgramError` (``unsupported``) for workers with another package, or without.

    Those without would break at the first task. A lambda they can read: it is pickled whole.
    """
    ask = lambda: __import__("autograd_cli.engines.task", fromlist=["task"]).installed()
    for told in client.run(ask, on_error="return").values():
        if isinstance(told, ModuleNotFoundError):
            raise lacking(told.name or "")
        if isinstance(told, BaseException):
            raise told
        check_version(told)


@contextmanager
def _cluster(workers: int) -> Iterator[distributed.LocalCluster]:
    """Workers on this machine, each a process with one thread, that serve no pages."""
    with ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="autograd-", ignore_cleanup_errors=True)
        )
        settings = {
            "temporary-directory": folder,
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
        }
        stack.enter_context(dask.config.set(settings))
        cluster = _started(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # it would take port 8787 for nothing at all
            scheduler_kwargs={"dashboard": False},
            silence_logs=SILENT,
            local_directory=folder,
        )
        stack.enter_context(cluster)
        yield cluster


def _started(**options: Any) -> distributed.LocalCluster:
    """A local cluster whose processes do not notice Ctrl-C, which is for this one to answer.

    The thread that starts them, and they, inherit that the signal is blocked; which starting the
    tracker of resources would undo.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return distributed.LocalCluster(**options)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
