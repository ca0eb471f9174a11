"""The adapter for Apache Spark."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext, StorageLevel
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway

from autograd_cli.engines.engine import (
    PATIENCE,
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
from autograd_cli.engines.task import Task
from autograd_graph import ProgramError

_TRIES = 4
"""How often a local part is begun; so often it is on a cluster."""

_AT_ONCE = 64
"""The states of so many parts merge here: workers that merge some first are another stage, which
takes longer than that."""


class _Parts:
    """The elements of a resilient distributed dataset, one in each of its partitions."""

    def __init__(self, parts: Any, count: int) -> None:
        self._parts = parts
        self._count = count

    def kept(self, make: Callable[[Any], Any]) -> _Parts:
        """What is made of each part, in memory or on the workers' disks."""
        made = self._parts.map(_Caught(Task(make)))
        return _Parts(made.persist(StorageLevel.MEMORY_AND_DISK), self._count)

    def total(self, work: Callable[[Any], Any]) -> Any:
        """The states of all parts, merged by the workers where there are many."""
        states = self._parts.map(_Caught(Task(work)))
        stages = 1 if self._count <= _AT_ONCE else 2
        try:
            state = awaited(lambda: states.treeReduce(_merged, depth=stages))
        except (PySparkException, Py4JError) as error:
            raise _told(error) from None
        if isinstance(state, _Failed):
            raise state.error
        return state


class _Spark:
    def __init__(self, context: Any) -> None:
        self._context = context

    def spread(self, items: Sequence[Any], told: Told = untold) -> _Parts:
        """The items, a partition for each; Spark says only when all of them are done."""
        return _Parts(self._context.parallelize(items, len(items)), len(items))


@dataclass(frozen=True, slots=True)
class _Failed:
    """An error in place of a state: Spark would bring an exception as a text, after more tries."""

    error: ProgramError


@dataclass(frozen=True, slots=True)
class _Caught:
    task: Task

    def __call__(self, part: Any) -> Any:
        if isinstance(part, _Failed):
            return part
        try:
            return self.task(part)
        except ProgramError as error:
            return _Failed(error)


def _merged(one: Any, other: Any) -> Any:
    failed = next((state for state in (one, other) if isinstance(state, _Failed)), None)
    return failed or merged([one, other])


def _told(error: Exception) -> ProgramError:
    """The error for what Spark gave up."""
    try:
        text = str(error)
    except (Py4JError, OSError):  # it is Java that has the text, and Java is gone
        text = ""
    absent = re.search(r"No module named '([^']+)'", text)
    if absent:
        return lacking(absent[1])
    reason = re.search(r"Python worker exited unexpectedly|ExecutorLostFailure", text)
    if reason:
        return lost(f"{reason[0]}, {_TRIES} times")
    first = next((line for line in text.splitlines() if line.strip()), "it gives no reason")
    return ProgramError(f"Spark gave up: {first.strip()}", code="io")


@contextmanager
def connected(address: str) -> Iterator[_Spark]:
    """An application on the master at an address, or on workers that are started here.

    Raises :class:`ProgramError`: ``unsupported`` where there is no Java, ``io`` for a master that
    does not answer or has no workers.
    """
    java = os.path.join(os.environ.get("JAVA_HOME", ""), "bin", "java")
    if not (os.environ.get("JAVA_HOME") and os.access(java, os.X_OK)) and not shutil.which("java"):
        raise ProgramError(
            "--on spark:// needs Java, which is not installed",
            code="unsupported",
            hint="on Debian and Ubuntu: apt-get install default-jre-headless",
        )
    workers = local_workers(address)
    with ExitStack() as stack:
        stack.enter_context(silenced("root", "py4j", "pyspark"))
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="autograd-", ignore_cleanup_errors=True)
        )
        settings = {
            "spark.app.name": "autograd",
            "spark.local.dir": folder,
            "spark.master": f"spark://{address}",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        if workers is not None:
            settings |= {
                "spark.master": f"local[{workers},{_TRIES}]",
                "spark.driver.bindAddress": "127.0.0.1",
                "spark.driver.host": "127.0.0.1",
            }
        context = stack.enter_context(_context(settings, f"spark://{address}", folder))
        if workers is None:
            _require_workers(context, f"spark://{address}")
        else:
            context.pythonExec = sys.executable
        yield _Spark(context)


@contextmanager
def _context(settings: dict[str, str], url: str, folder: str) -> Iterator[Any]:
    """A context, whose Java says nothing, puts temporary files into a folder, and ends with it."""
    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        with _java_options(f"-Djava.io.tmpdir={folder}", "-XX:-UsePerfData"):
            gateway = launch_gateway(conf, quiet)
    except PySparkException as error:
        raise ProgramError(f"Spark does not start: {error}", code="io") from None
    try:
        try:
            context = awaited(lambda: SparkContext(gateway=gateway, conf=conf), PATIENCE)
        except TimeoutError:
            raise mute(url, "a master of Spark") from None
        except (PySparkException, Py4JError) as error:
            raise _told(error) from None
        try:
            yield context
            context.stop()
        except BaseException:  # to stop would be to wait for the parts that are at work
            context._accumulatorServer.shutdown()
            raise
    finally:
        SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.kill()
        gateway.proc.wait()


@contextmanager
def _java_options(*options: str) -> Iterator[None]:
    """A block in which Java starts with options, for itself and for what starts it."""
    before = os.environ.get(_OPTIONS)
    os.environ[_OPTIONS] = " ".join([*filter(None, [before]), *(f'"{each}"' for each in options)])
    try:
        yield
    finally:
        if before is None:
            del os.environ[_OPTIONS]
        else:
            os.environ[_OPTIONS] = before


_OPTIONS = "JDK_JAVA_OPTIONS"


def _require_workers(context: Any, url: str) -> None:
    """Wait for a worker. Raises :class:`ProgramError` (``io``) if none comes."""
    executors = lambda: context._jsc.sc().getExecutorMemoryStatus().size() - 1  # less this process
    end = time.monotonic() + PATIENCE
    try:
        while not awaited(executors, max(end - time.monotonic(), 0)):
            time.sleep(0.1)
    except TimeoutError:
        raise no_workers(url) from None
    except (Py4JError, OSError):  # the master has sent it away
        raise mute(url, "a master of Spark") from None
