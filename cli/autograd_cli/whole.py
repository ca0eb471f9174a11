"""Writing a file atomically: to a temporary file beside it, which then replaces it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES
from typing import BinaryIO

from autograd_graph import ProgramError


@contextmanager
def written_whole(path: str, shown: str | None = None) -> Iterator[BinaryIO]:
    """Opens a binary file that appears at ``path`` only if the block ends without an error.

    Messages call it ``shown``. A path that is not a regular file (``/dev/stdout``, a named pipe) is
    written directly. Raises :class:`ProgramError` (``io``) if it cannot be opened or written; but a
    reader that closes the pipe is no error.
    """
    try:
        with _kept_apart(path) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ProgramError(f"cannot write {shown or path}: {error.strerror}", code="io") from None


@contextmanager
def _kept_apart(path: str) -> Iterator[BinaryIO]:
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        with open(path, "wb") as file:
            yield file
        return
    place = os.path.realpath(path)
    if os.path.exists(place) and not os.access(place, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))
    part, descriptor = _opened_beside(place)
    try:
        with open(descriptor, "wb") as file:
            yield file
        os.replace(part, place)
    except BaseException:
        with suppress(FileNotFoundError):
            os.remove(part)
        raise


def unguessable() -> str:
    """A word that no other process has come upon."""
    return os.urandom(8).hex()


def _opened_beside(place: str) -> tuple[str, int]:
    """A new file in the same directory, with the mode of the one at ``place`` if there is one.

    Its name cannot be guessed, and it is never one that was there: process numbers come again, in
    containers at every start.
    """
    mode = stat.S_IMODE(os.stat(place).st_mode) if os.path.exists(place) else None
    part = f"{place}.{unguessable()}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(part, flags, 0o666 if mode is None else 0o600)
    if mode is not None:
        os.chmod(part, mode)
    return part, descriptor
