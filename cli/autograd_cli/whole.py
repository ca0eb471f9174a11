"""Writing a file atomically: to a temporary file beside it, which then replaces it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES
from typing import BinaryIO

from autograd_graph import ProgramError


@contextmanager
def written_whole(path: str) -> Iterator[BinaryIO]:
    """Opens a binary file that appears at ``path`` only if the block ends without an error.

    A path that is not a regular file (``/dev/stdout``, a named pipe) is written directly. Raises
    :class:`ProgramError` (``io``) if it cannot be opened or written; but a reader that closes the
    pipe is no error.
    """
    try:
        with _kept_apart(path) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ProgramError(f"cannot write {path}: {error.strerror}", code="io") from None


@contextmanager
def _kept_apart(path: str) -> Iterator[BinaryIO]:
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        with open(path, "wb") as file:
            yield file
        return
    place = os.path.realpath(path)
    if os.path.exists(place) and not os.access(place, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))
    part = f"{place}.{os.getpid()}.part"
    try:
        with open(part, "xb") as file:
            if os.path.exists(place):
                os.chmod(part, stat.S_IMODE(os.stat(place).st_mode))
            yield file
        os.replace(part, place)
    except BaseException:
        if os.path.exists(part):
            os.remove(part)
        raise
