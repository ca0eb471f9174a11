"""Reading a stream of programs from files and standard input, as chunks of whole lines.

A chunk is the data of one read, cut at its last line end. So a long file is processed in constant
memory, and a single line that arrives in a pipe is answered before the next one arrives. Of a line
over the limit no more is kept than shows that it is too long.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple, cast

from autograd_graph import ProgramError

SIZE = 16_384
"""Bytes per read: few enough that a chunk is answered soon, many compared to its overhead."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Chunk(NamedTuple):
    """Some lines of a source, without the last line's end, and the number of the first line.

    Processes that worked on the lines ``given_up`` had to be ended.
    """

    source: str
    line: int
    data: bytes
    given_up: tuple[int, ...] = ()

    def without(self, line: int) -> Chunk:
        """The chunk with one more line that is given up."""
        return self._replace(given_up=(*self.given_up, line))


class Sources:
    """Files and standard input, read one after the other; unreadable ones are passed over.

    ``unread`` has an error (``io``) for each of those, at first for what can be seen beforehand.
    Raises :class:`ProgramError` (``bad-value``) for standard input named more than once.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        if paths.count("-") > 1:
            raise ProgramError(
                "standard input can be read only once",
                code="bad-value",
                hint="write - once, or name the files",
            )
        found = {path: _obstacle(path) for path in paths}
        self.readable = [path for path in paths if found[path] is None]
        self.unread = [error for error in found.values() if error is not None]

    def chunks(self, whole: bool, longest: int) -> Iterator[Chunk]:
        """The lines of all sources in chunks; with ``whole``, each source as one chunk.

        A line of more than ``longest`` bytes is cut off one byte behind that.
        """
        for path in self.readable:
            source = "stdin" if path == "-" else path
            try:
                with _opened(path) as file:
                    if whole:
                        data = b"".join(_blocks(file))
                        yield Chunk(source, 1, data.removeprefix(_BYTE_ORDER_MARK))
                    else:
                        yield from _lines(source, file, longest)
            except OSError as error:
                message = f"cannot read {source}: {error.strerror}"
                self.unread.append(ProgramError(message, code="io"))


def _obstacle(path: str) -> ProgramError | None:
    """The error for a path that cannot be read, if that can be seen before reading."""
    if path == "-":
        return None
    if os.path.isdir(path):
        return ProgramError(f"{path} is a directory, not a file", code="io")
    if not os.path.exists(path):
        return ProgramError(
            f"there is no file {path}",
            code="io",
            hint="batch reads programs from files; autograd eval takes one on the line",
        )
    if not os.access(path, os.R_OK):
        return ProgramError(f"cannot read {path}: permission denied", code="io")
    return None


def _opened(path: str) -> BinaryIO:
    """An unbuffered binary file, or standard input for ``-``."""
    if path != "-":
        return open(path, "rb", buffering=0)
    if sys.stdin is None:
        return open(os.devnull, "rb", buffering=0)
    return cast(BinaryIO, getattr(sys.stdin.buffer, "raw", sys.stdin.buffer))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The data of a file, as soon as it is available."""
    while True:
        block: bytes | None = file.read(SIZE)
        if block:
            yield block
        elif block is None:  # another process made the pipe non-blocking
            select.select([file], [], [])
        else:
            return


def _lines(source: str, file: BinaryIO, longest: int) -> Iterator[Chunk]:
    line = 1
    pending: list[bytes] = []
    size = 0
    for block in _blocks(file):
        if size + len(block) > longest:  # the line that is pending may end beyond the limit
            first, newline, rest = block.partition(b"\n")
            block = first[: max(longest + 1 - size, 0)] + newline + rest
        head, newline, tail = block.rpartition(b"\n")
        if not newline:
            if block:
                pending.append(block)
                size += len(block)
            continue
        chunk = _chunk(source, line, [*pending, head])
        yield chunk
        line += chunk.data.count(b"\n") + 1
        pending = [tail] if tail else []
        size = len(tail)
    if pending:
        yield _chunk(source, line, pending)


def _chunk(source: str, line: int, parts: list[bytes]) -> Chunk:
    data = b"".join(parts)
    return Chunk(source, line, data.removeprefix(_BYTE_ORDER_MARK) if line == 1 else data)
