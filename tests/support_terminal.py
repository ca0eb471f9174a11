"""A pseudo-terminal, and what a process writes to it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Iterator

LIMIT = 60.0
"""Seconds without an end after which reading stops."""


def opened(width: int = 80) -> tuple[int, int]:
    """Our side and the process's side of a terminal of that width and 50 lines."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    return ours, theirs


def blocks(ours: int) -> Iterator[bytes]:
    """What arrives, until the other side has closed; ours is closed then, too."""
    end = time.monotonic() + LIMIT
    try:
        while select.select([ours], [], [], max(end - time.monotonic(), 0))[0]:
            try:
                block = os.read(ours, 65536)
            except OSError:  # Linux reports the other side's end so
                return
            if not block:
                return
            yield block
    finally:
        os.close(ours)


def shown(ours: int) -> str:
    """All that arrives, as text with plain line ends."""
    return b"".join(blocks(ours)).decode().replace("\r\n", "\n")
