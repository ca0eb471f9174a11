"""Samples that this process keeps, in memory as long as they are not too large."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np

from autograd_cli.engines.engine import State
from autograd_cli.fitting.sample import Sample
from autograd_graph import ProgramError

MOST = 256 << 20
"""The bytes of samples that stay in memory; those behind them go to a temporary file."""


class Kept:
    """The parts of a table, one after the other."""

    def __init__(self) -> None:
        self._samples: list[Sample] = []
        self._room = MOST
        self._file: IO[bytes] | None = None
        self._in_file: list[_Stored] = []

    def add(self, sample: Sample) -> None:
        """Keep a sample. Raises :class:`ProgramError` (``io``) where the disk does not take it."""
        if self._file is None and sample.size <= self._room:
            self._room -= sample.size
            self._samples.append(sample)
            return
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="autograd-")  # noqa: SIM115 - it stays
                weakref.finalize(self, self._file.close)
            self._in_file.append(_stored(sample, self._file))
        except OSError as error:
            raise ProgramError(
                f"the table does not fit into memory, nor into {tempfile.gettempdir()}: "
                f"{error.strerror}",
                code="io",
                hint="TMPDIR names another folder for it",
            ) from None

    def total(self, work: Callable[[Sample], State]) -> State:
        """The merged states of all samples, of which there is at least one."""
        states = (work(sample) for sample in self._all())
        whole = next(states)
        for state in states:
            whole.merge(state)
        return whole

    def _all(self) -> Iterator[Sample]:
        yield from self._samples
        if self._file is not None:
            self._file.seek(0)
            for stored in self._in_file:
                yield stored.read(self._file)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is to be known of a sample whose numbers are in a file."""

    names: tuple[str, ...]
    targeted: bool
    rows: int
    gaps: bool
    part: int

    def read(self, file: IO[bytes]) -> Sample:
        """The sample, of which the file has the numbers next."""
        columns = [np.load(file) for _ in self.names]
        target = np.load(file) if self.targeted else None
        kept = np.load(file) if self.gaps else None
        return Sample(
            dict(zip(self.names, columns, strict=True)), target, self.rows, kept, self.part
        )


def _stored(sample: Sample, file: IO[bytes]) -> _Stored:
    """Write the numbers of a sample to a file."""
    for array in (*sample.columns.values(), sample.target, sample.kept):
        if array is not None:
            np.save(file, array)
    file.flush()
    names, targeted = tuple(sample.columns), sample.target is not None
    return _Stored(names, targeted, sample.rows, sample.kept is not None, sample.part)
