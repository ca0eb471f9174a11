"""Tables that an engine's workers see, each file a part: totals, and a file out for each in.

Nothing here reads a table in this process, which need not see one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from autograd_cli.engines.engine import Engine, Told, answer
from autograd_cli.program import Program
from autograd_cli.tables import sources
from autograd_cli.tables.binding import Reading
from autograd_cli.tables.kinds import extension_of, read_as, unpacked
from autograd_cli.tables.listing import expanded, require_files
from autograd_cli.tables.mapping import MappedRows, Plan, Wanted
from autograd_cli.tables.part import File, Header
from autograd_cli.tables.tally import Tally
from autograd_cli.tables.totals import Summing, Total
from autograd_cli.whole import unguessable
from autograd_graph import ProgramError


@dataclass(frozen=True, slots=True)
class Tables:
    """The files that some words stand for on the workers, and the columns of the first."""

    files: Sequence[File]
    header: Header
    reading: Reading
    """How they are read, relative names as seen from here."""


def found(engine: Engine, paths: Sequence[str], reading: Reading) -> Tables:
    """The tables that workers find. Raises :class:`ProgramError` for what is wrong with the first.

    Standard input is none.
    """
    require_files(paths)
    seen = replace(reading, folder=os.getcwd())
    names, header = answer(engine, _look, (list(paths), seen))
    return Tables([File(number, name) for number, name in enumerate(names)], header, seen)


def _look(asked: tuple[list[str], Reading]) -> tuple[list[str], Header]:
    paths, reading = asked
    names = expanded(paths, reading.kind, reading.folder)
    with sources.opened(names[0], reading) as table:
        return names, Header(table.name, list(table.columns))


def summed(
    engine: Engine,
    program: Program,
    known: Mapping[str, float | None],
    tables: Tables,
    told: Told,
) -> Total:
    """The total over all rows, as :func:`autograd_cli.tables.totals.summed` has it."""
    table = program, known, tables.header, tables.reading
    Summing(*table).nothing()  # raises what is wrong with the program
    return engine.spread(tables.files, told).total(Summing(*table))


def mapped(engine: Engine, rows: MappedRows, place: Destination, told: Told) -> Tally:
    """Write the rows for each file into a folder, which appears once it is whole; how they fared.

    Workers find the files, and make the rows.

    Raises :class:`ProgramError` for everything that is wrong with the tables, and for a folder that
    is there already (``io``).
    """
    program, wanted = rows.program, rows.wanted
    tables = found(engine, rows.paths, rows.reading)
    Plan(program, tables.header, tables.reading, wanted)  # raises what is wrong with the program
    names = _named([file.path for file in tables.files], place.kind)
    unfinished = _Unfinished(os.path.abspath(place.folder), place.folder, unguessable())
    answer(engine, unfinished.begin, sorted({os.path.dirname(name) for name in names}))
    try:
        work = _Mapping(program, tables.header, tables.reading, wanted, place, unfinished, names)
        tally = engine.spread(tables.files, told).total(work)
        answer(engine, unfinished.finish, names)
    except BaseException:
        if os.path.isdir(unfinished.path):
            unfinished.abandon(None)
        else:
            with suppress(ProgramError):  # the first error is the one to be told
                answer(engine, unfinished.abandon, None)
        raise
    return tally


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder for files in a format, by default that of the file that each is made from."""

    folder: str
    kind: str | None = None
    header: bool = True


@dataclass(frozen=True)
class _Unfinished:
    """A folder beside the one that it will become. Every step may be taken twice."""

    final: str
    shown: str
    mark: str

    @property
    def path(self) -> str:
        return f"{self.final}.{self.mark}.part"

    def begin(self, inner: Sequence[str]) -> None:
        """Make the folder, and folders within, as nothing else does.

        Raises :class:`ProgramError` (``io``) where it cannot be, or is already.
        """
        if os.path.lexists(self.final) and not (
            os.path.isdir(self.final) and not os.listdir(self.final)
        ):
            raise ProgramError(
                f"{self.shown} is there already",
                code="io",
                hint="name a new folder: it gets a file for each file of the table",
            )
        try:
            with suppress(FileExistsError):
                os.mkdir(self.path)  # in a folder that is there, as a file would be
            for name in inner:
                os.makedirs(os.path.join(self.path, name), exist_ok=True)
        except OSError as error:
            raise ProgramError(f"cannot write {self.shown}: {error.strerror}", code="io") from None

    def finish(self, names: Sequence[str]) -> None:
        """Leave nothing in it but files of these names, and give it its own."""
        if os.path.isdir(self.path) or not os.path.isdir(self.final):
            whole = {os.path.join(self.path, name) for name in names}
            try:
                for folder, _, files in os.walk(self.path):
                    for path in (os.path.join(folder, file) for file in files):
                        if path not in whole:  # a worker was lost that wrote it
                            os.remove(path)
                os.rename(self.path, self.final)
            except OSError as error:
                raise ProgramError(
                    f"cannot write {self.shown}: {error.strerror}", code="io"
                ) from None

    def abandon(self, _: None) -> None:
        """Remove it. Its name goes first, so that no worker writes into it any more."""
        gone = f"{self.path}.gone"
        with suppress(FileNotFoundError):
            os.rename(self.path, gone)
        shutil.rmtree(gone, ignore_errors=True)


@dataclass
class _Mapping:
    """What writes the results for one file."""

    program: Program
    header: Header
    reading: Reading
    wanted: Wanted
    place: Destination
    unfinished: _Unfinished
    names: Sequence[str]

    def __call__(self, file: File) -> Tally:
        rows = MappedRows(self.program, [file.path], self.reading, self.wanted, self._plan)
        rows.tally.part = file.number
        name = self.names[file.number]
        path, shown = (os.path.join(p, name) for p in (self.unfinished.path, self.place.folder))
        kind = self.place.kind or read_as(file.path, self.reading.kind)
        rows.write(path, kind, header=self.place.header, shown=shown)
        return rows.tally

    @cached_property
    def _plan(self) -> Plan:
        return Plan(self.program, self.header, self.reading, self.wanted)


def _named(paths: Sequence[str], kind: str | None) -> list[str]:
    """The names of the files to be written: as they are below the folder that all are in.

    Raises :class:`ProgramError` (``bad-value``) for two of one name.
    """
    top = os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in paths])
    names = [unpacked(os.path.relpath(os.path.abspath(path), top)) for path in paths]
    if kind is not None:
        names = [os.path.splitext(name)[0] + extension_of(kind) for name in names]
    seen: dict[str, str] = {}
    for path, name in zip(paths, names, strict=True):
        if name in seen:
            raise ProgramError(
                f"{seen[name]} and {path} would both become {name}",
                code="bad-value",
                hint="name each file once, and give them names that differ before the extension",
            )
        seen[name] = path
    return names
