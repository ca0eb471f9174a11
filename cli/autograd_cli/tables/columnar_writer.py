"""Writing Parquet and Arrow, whose files polars writes from what it is handed, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Semaphore, Thread

import polars as pl
from polars.io.plugins import register_io_source

from autograd_cli.tables.kinds import PARQUET
from autograd_cli.tables.mapping import Block, beside
from autograd_cli.tables.writers import Sink, Writer, system_errors
from autograd_graph import ProgramError


class ColumnarWriter(Writer):
    """Parquet or Arrow, written by polars in a thread, which takes the blocks one by one."""

    _AHEAD = 2
    """How many blocks wait to be written at most."""

    def __init__(self, sink: Sink, kind: str) -> None:
        self._sink = sink
        self._kind = kind
        self._waiting: SimpleQueue[pl.DataFrame | None] = SimpleQueue()
        self._room = Semaphore(self._AHEAD)
        self._schema: pl.Schema | None = None
        self._thread: Thread | None = None
        self._failure: BaseException | None = None
        self._given_up = False

    def write(self, block: Block) -> None:
        """Hand rows over; the first time, their columns and types."""
        frame = beside(block.typed, block.results)
        if self._thread is None:
            self._schema = frame.schema
            self._thread = Thread(target=self._run, daemon=True)
            self._thread.start()
        if frame.schema != self._schema:
            raise _other_types(self._schema, frame.schema)
        if frame.height:
            self._room.acquire()
            self._raise_failure()
            self._waiting.put(frame)

    def end(self) -> None:
        """Wait until everything is written."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._raise_failure()

    def abandon(self) -> None:
        """End the thread, whose file is not whole."""
        if self._thread is not None:
            self._given_up = True
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        rows = register_io_source(self._frames, schema=self._schema)
        try:
            if self._kind == PARQUET:
                rows.sink_parquet(self._sink)
            else:
                rows.sink_ipc(self._sink)
        except BaseException as error:
            self._failure = error
        finally:
            self._room.release()  # for who waits to hand over more

    def _frames(self, *asked: object) -> Iterator[pl.DataFrame]:
        while (frame := self._waiting.get()) is not None:
            self._room.release()
            yield frame
        if self._given_up:
            raise _GivenUpError

    def _raise_failure(self) -> None:
        """Raise what the thread met."""
        failure, self._failure = self._failure, None
        if failure is not None:
            with system_errors():
                raise failure


class _GivenUpError(Exception):
    """Ends polars' writing of a file that nobody will have."""


def _other_types(first: pl.Schema, schema: pl.Schema) -> ProgramError:
    name = next(name for name in schema if first.get(name) != schema[name])
    return ProgramError(
        f"the column {name!r} is of type {schema[name]}, and in the first table {first.get(name)}",
        code="bad-record",
        hint="give it one type in all tables, or leave it out with --keep",
    )
