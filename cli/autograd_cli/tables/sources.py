"""Tables that are open: files and standard input."""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, cast

from autograd_cli.tables.binding import Reading
from autograd_cli.tables.columnar import Columnar
from autograd_cli.tables.delimited import Delimited
from autograd_cli.tables.jsonlines import JsonLines
from autograd_cli.tables.kinds import BINARY, CSV, JSON_LINES, TSV, is_packed, read_as
from autograd_cli.tables.listing import STDIN, no_file
from autograd_cli.tables.part import Table
from autograd_graph import ProgramError


def sizes(paths: Sequence[str]) -> list[int] | None:
    """The bytes of each file; ``None`` where one of them is a stream."""
    if not all(os.path.isfile(path) for path in paths):
        return None
    return [os.path.getsize(path) for path in paths]


def share(sizes: Sequence[int], number: int, table: Table) -> float:
    """The share of all bytes that has been read, of the files up to a table of that number."""
    return (sum(sizes[:number]) + table.share * sizes[number]) / max(sum(sizes), 1)


def shown(path: str) -> str:
    """What messages call a source."""
    return "standard input" if path == STDIN else path


@contextmanager
def opened(path: str, reading: Reading) -> Iterator[Table]:
    """The table of a path, in the format that is asked for or that of its name, while it is read.

    Raises :class:`ProgramError` for what cannot be read (``io``, ``encoding``, ``bad-record``), and
    for a format that is not known (``unsupported``).
    """
    kind = read_as(path, reading.kind)
    name = shown(path)
    file_path = path if path == STDIN else os.path.join(reading.folder, path)
    try:
        if kind in BINARY:
            with _as_file(file_path) as place:
                yield Columnar(place, name, kind)
            return
        with _stream(file_path) as file:
            if kind == JSON_LINES:
                yield JsonLines(file, name)
            else:
                sign = reading.delimiter or {CSV: ",", TSV: "\t"}[kind]
                yield Delimited(file, name, sign, quotes=kind == CSV)
    except IsADirectoryError:
        raise ProgramError(
            f"{path} is a directory, not a file",
            code="io",
            hint=f"name the files in it: '{os.path.join(path, '*.csv')}'",
        ) from None
    except FileNotFoundError:
        raise no_file(path) from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise ProgramError(
            f"{name} is no whole file of gzip", code="bad-record", hint=f"gzip -t {path} tests it"
        ) from None
    except OSError as error:
        raise ProgramError(f"cannot read {name}: {error.strerror}", code="io") from None


@contextmanager
def _stream(path: str) -> Iterator[BinaryIO]:
    """A file, or standard input, to be read without a buffer of its own."""
    if path == STDIN:
        if sys.stdin is None:
            raise ProgramError("standard input is closed", code="io")
        yield cast(BinaryIO, getattr(sys.stdin.buffer, "raw", sys.stdin.buffer))
        return
    if is_packed(path):
        with gzip.open(path) as unpacked:
            yield cast(BinaryIO, unpacked)
        return
    with open(path, "rb", buffering=0) as file:
        yield file


@contextmanager
def _as_file(path: str) -> Iterator[str]:
    """A path with the bytes of a source: those of standard input are first put into a file."""
    if path != STDIN:
        if os.path.isdir(path):
            raise IsADirectoryError
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="autograd-") as kept, _stream(path) as file:
        shutil.copyfileobj(file, kept)
        kept.flush()
        yield kept.name
