"""What an engine has to do for a command, and the table of engines by scheme.

A command hands over parts and the work for one of them, which knows no engine: a part goes in, a
state comes out, and states merge. Another engine is an adapter and a row of :data:`ENGINES`.
"""

from __future__ import annotations

import logging
import re
import socket
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from importlib import import_module
from math import inf
from threading import Thread
from time import monotonic
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from autograd_cli.extras import require
from autograd_graph import ProgramError

PATIENCE = 30.0
"""The seconds that a cluster has to answer, and to have a worker."""

SILENT = logging.CRITICAL + 1
"""A level at which nothing is logged."""

_MOST = 1_000
"""How many workers a local cluster may have."""

_BEAT = 0.1
"""The seconds after which a signal is noticed at the latest."""

BRANCHES = 8
"""How many states are merged at once, on the way up the tree."""

Told = Callable[[int, int], None]
"""Is told how many parts are done, and of how many."""


def untold(done: int, all_of_them: int) -> None:
    """Tells nobody."""


class Mergeable(Protocol):
    """What work on a part comes to. The order in which states merge must not matter."""

    def merge(self, other: Any) -> None:
        """Add another state to this one."""


Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)
Item_co = TypeVar("Item_co", covariant=True)
State = TypeVar("State", bound=Mergeable)
Made = TypeVar("Made")


class Parts(Protocol[Item_co]):
    """Things that work is done on, one by one, wherever they are."""

    def total(self, work: Callable[[Item_co], State]) -> State:
        """The merged states of all parts, of which there is at least one.

        ``work`` can be pickled; it may be done twice for a part whose worker was lost. What it
        raises as :class:`ProgramError` is raised.
        """


class Spread(Parts[Item_co], Protocol[Item_co]):
    """Parts on the workers of an engine."""

    def kept(self, make: Callable[[Item_co], Made]) -> Spread[Made]:
        """What is made of each part, once, and stays with a worker; of a lost one's, again."""


class Engine(Protocol):
    """A connection to a cluster."""

    def spread(self, items: Sequence[Item], told: Told = untold) -> Spread[Item]:
        """The items as parts; ``told`` hears how far a total over them is."""


class _Row(NamedTuple):
    module: str
    extra: str
    local: str
    """What its local cluster is called."""
    port: int


ENGINES = {
    "dask": _Row("autograd_cli.engines.dask_engine", "dask", "local", 8786),
    "spark": _Row("autograd_cli.engines.spark_engine", "spark", "local[2]", 7077),
}
"""The engines by the scheme of their addresses. A module has ``connected(address)``."""


def check(url: str) -> tuple[str, str]:
    """The scheme and the address of ``dask://host:8786``.

    Raises :class:`ProgramError`: ``bad-value`` for another form, ``unsupported`` for a missing
    library.
    """
    scheme, separator, address = url.partition("://")
    scheme = scheme.lower()
    row = ENGINES.get(scheme)
    if row is None or not separator:
        known = ", ".join(f"{name}://HOST:{row.port}" for name, row in ENGINES.items())
        raise ProgramError(
            f"--on takes the address of a cluster, and {url!r} is none",
            code="bad-value",
            hint=f"like {known}, or dask://local for workers on this machine",
        )
    if address.startswith("local[") and local_workers(address) is None:
        raise ProgramError(
            f"--on {url}: {address[6:].removesuffix(']')!r} is no number of workers",
            code="bad-value",
            hint=f"from 1 to {_MOST:,}, like {scheme}://local[4]",
        )
    if local_workers(address) is None:
        host, colon, port = address.rpartition(":")
        if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ProgramError(
                f"--on {url} names no host and port",
                code="bad-value",
                hint=f"write it like {scheme}://host:{row.port}, or {scheme}://{row.local} for "
                "workers on this machine",
            )
    require(row.extra, f"--on {scheme}://")
    return scheme, address


def local_workers(address: str) -> int | None:
    """How many workers a local cluster of that address has; ``None`` for an address elsewhere."""
    if address == "local":
        return 2
    found = re.fullmatch(r"local\[([1-9]\d{0,3})\]", address, re.ASCII)
    return int(found[1]) if found and int(found[1]) <= _MOST else None


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    """The engine at an address, as long as the context lasts; a local cluster ends with it.

    Raises :class:`ProgramError` as :func:`check` does, and ``io`` for a cluster that does not
    answer.
    """
    scheme, address = check(url)
    if local_workers(address) is None:
        _require_answer(url, address)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what matters of an engine's own ones becomes an error
        connect: Callable[[str], AbstractContextManager[Engine]]
        connect = import_module(ENGINES[scheme].module).connected
        with connect(address) as engine:
            yield engine


def _require_answer(url: str, address: str) -> None:
    """Raise :class:`ProgramError` (``io``) where nobody listens."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise unreachable(url, f"no cluster answers there: {reason}") from None


@contextmanager
def silenced(*libraries: str) -> Iterator[None]:
    """Keeps to itself what libraries log: what matters of it becomes an error."""
    loggers = [logging.getLogger(name) for name in libraries]
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name.startswith(
            tuple(f"{n}." for n in libraries)
        ):
            loggers.append(logger)
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(SILENT)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def awaited(call: Callable[[], Made], seconds: float = inf) -> Made:
    """What a call returns. Another thread makes it, so that a signal ends this one's wait.

    Raises :class:`TimeoutError` after so many seconds, when the call may still go on.
    """
    future: Future[Made] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except Exception as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    end = monotonic() + seconds
    while not future.done():
        wait([future], timeout=_BEAT)
        if monotonic() > end:
            raise TimeoutError
    return future.result()


def unreachable(url: str, reason: str) -> ProgramError:
    """The error for an address at which there is no cluster."""
    return ProgramError(
        f"--on {url}: {reason}",
        code="io",
        hint="is it running, and can this machine reach it?",
    )


def mute(url: str, what: str) -> ProgramError:
    """The error for an address at which something listens that does not speak as ``what`` does."""
    return unreachable(url, f"what listens there does not answer as {what} does")


def no_workers(url: str) -> ProgramError:
    """The error for a cluster that would keep everybody waiting."""
    return ProgramError(
        f"--on {url}: the cluster has no workers; none came within {PATIENCE:.0f} s",
        code="io",
        hint="start some and point them to it",
    )


def lost(reason: str) -> ProgramError:
    """The error for work that took its workers down again and again."""
    return ProgramError(
        f"workers were lost again and again, and the work is given up: {reason}",
        code="io",
        hint="perhaps a part is too large for their memory: more and smaller files help",
    )


def lacking(library: str) -> ProgramError:
    """The error for workers on which a library is missing."""
    ours = library.partition(".")[0].startswith("autograd")
    return ProgramError(
        f"the cluster has no {'autograd-cli, or an older one' if ours else library}",
        code="unsupported",
        hint="where its scheduler and its workers run: "
        'pip install "autograd-cli[fit]", of the same version as here',
    )


def answer(engine: Engine, work: Callable[[Item], Made], item: Item) -> Made:
    """What one worker makes of one thing."""
    return engine.spread([item]).total(_Asking(work)).value


@dataclass(frozen=True, slots=True)
class _Asking(Generic[Item, Made]):
    work: Callable[[Item], Made]

    def __call__(self, item: Item) -> _Answer[Made]:
        return _Answer(self.work(item))


@dataclass(frozen=True, slots=True)
class _Answer(Generic[Made]):
    value: Made

    def merge(self, other: Any) -> None:
        raise AssertionError("one worker was asked")


def merged(states: Sequence[State]) -> State:
    """The states in one. They stay as they are, as an engine may need them again."""
    whole = deepcopy(states[0])
    for state in states[1:]:
        whole.merge(state)
    return whole
