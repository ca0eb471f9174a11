"""A file that appears when it is whole: written beside its place, then put there."""

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
    """The bytes of the file at ``path``, which stays as it was if the block is left by an error.

    A path that is no file on a disk (``/dev/stdout``, a named pipe) is written as it is.
    Raises :class:`ProgramError` (``io``), also for what goes wrong while the block writes; but a
    reader of the pipe who leaves is no error.
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
