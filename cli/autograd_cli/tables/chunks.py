"""A stream of bytes in chunks that end where a record ends."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from typing import BinaryIO

from autograd_graph import ProgramError

CHUNK = 8 << 20
"""How many bytes are read and parsed together."""

LONGEST = 16 * CHUNK
"""A record of more bytes than this is taken for a quotation mark that was forgotten."""

_PATIENCE = 0.05
"""The seconds that a chunk of a stream waits for more, before it goes on as short as it is."""


def chunks(file: BinaryIO, name: str, *, quotes: bool) -> Iterator[bytes]:
    """The bytes of a file in chunks of whole records, a byte order mark left out.

    A record ends with a line; with ``quotes``, not inside of quotation marks. The last one ends
    with the file. Raises :class:`ProgramError` (``limit``) for a record of more than ``LONGEST``
    bytes.
    """
    pending: list[bytes] = []
    inside = False
    first = True
    while block := _read(file):
        if first:
            block = block.removeprefix(b"\xef\xbb\xbf")
            first = False
        marks = block.count(b'"') if quotes else 0
        end = _last_record_end(block, inside, marks)
        inside ^= marks % 2 == 1
        if end:
            yield b"".join([*pending, memoryview(block)[:end]])
            pending = []
        if end < len(block):
            pending.append(block[end:])
        if sum(map(len, pending)) > LONGEST:
            raise ProgramError(
                f"a line of {name} has more than {LONGEST:,} bytes",
                code="limit",
                hint='is there a " that is opened and not closed?' if quotes else "",
            )
    if pending:
        yield b"".join(pending)


def share(file: BinaryIO) -> float:
    """The share of a file that has been read; 0 for a stream, whose length is not known."""
    file = getattr(file, "fileobj", file)  # of a packed one what is packed
    try:
        size = os.fstat(file.fileno()).st_size
        return file.tell() / size if size else 0.0
    except (OSError, ValueError):  # a stream
        return 0.0


def _last_record_end(block: bytes, inside: bool, marks: int) -> int:
    """Where the last record that ends in a block ends: behind its line feed; 0 if none does.

    ``inside`` says whether the block begins inside of quotation marks, of which it has ``marks``.
    """
    end = block.rfind(b"\n") + 1
    if not (marks or inside):
        return end
    marks -= block.count(b'"', end)
    while end and inside ^ (marks % 2 == 1):
        shorter = block.rfind(b"\n", 0, end - 1) + 1
        marks -= block.count(b'"', shorter, end)
        end = shorter
    return end


def _read(file: BinaryIO) -> bytes:
    """The next block: of a file, ``CHUNK`` bytes; of a pipe, what comes without much delay."""
    block = file.read(CHUNK)
    try:
        if not block or file.seekable():
            return block
        descriptor = file.fileno()
    except (OSError, ValueError):  # a stream in memory
        return block
    got = [block]
    size = len(block)
    while size < CHUNK and select.select([descriptor], [], [], _PATIENCE)[0]:
        block = file.read(CHUNK - size)
        if not block:
            break
        got.append(block)
        size += len(block)
    return b"".join(got)
