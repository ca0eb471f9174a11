"""The files that the words of a command line stand for: names, patterns, folders."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence

from autograd_cli.tables.kinds import told_by
from autograd_graph import ProgramError

STDIN = "-"


def expanded(paths: Sequence[str], asked: str | None = None, folder: str = "") -> list[str]:
    """The files that ``paths`` stand for, relative ones as seen from ``folder``.

    ``data/*.csv`` is all files that fit, in the order of names; a folder all tables in it, or with
    a format that was ``asked`` for, all files. What begins with ``.`` or ``_`` is hidden. Raises
    :class:`ProgramError` for a file that is not there, for a pattern or a folder without files
    (``io``), and for a file or standard input that is named more than once (``bad-value``). Two
    files with the same bytes are two: parts may well have the same rows, or none.
    """
    if list(paths).count(STDIN) > 1:
        raise ProgramError(
            "standard input can be read only once",
            code="bad-value",
            hint="write - once, or name the files",
        )
    found = [file for path in paths for file in _expanded(path, asked, folder)]
    _require_different(found, folder)
    return found


def _require_different(paths: Sequence[str], folder: str) -> None:
    """Raise :class:`ProgramError` (``bad-value``) for one file under two names, or one twice."""
    seen: dict[tuple[int, int], str] = {}
    for path in paths:
        place = os.path.join(folder, path)
        if path == STDIN or not os.path.isfile(place):  # a pipe has something else each time
            continue
        status = os.stat(place)
        file = status.st_dev, status.st_ino
        if first := seen.get(file):
            same = f"{path} is named twice" if first == path else f"{first} and {path} are one file"
            raise ProgramError(
                f"{same}: its rows would count twice",
                code="bad-value",
                hint="name each file once; a copy of it counts as another",
            )
        seen[file] = path


def require_files(paths: Sequence[str]) -> None:
    """Raise :class:`ProgramError` (``bad-value``) for standard input, which workers cannot read."""
    if STDIN in paths:
        raise ProgramError(
            "standard input cannot be read by the workers of --on",
            code="bad-value",
            hint="name files, a pattern or a folder that they see",
        )


def no_file(path: str) -> ProgramError:
    """The error for a file that is not there."""
    return ProgramError(f"there is no file {path}", code="io")


def _expanded(path: str, asked: str | None, folder: str) -> list[str]:
    place = os.path.join(folder, path)
    if os.path.isdir(place):
        return _tables_in(path, place, asked)
    if path == STDIN or os.path.exists(place):
        return [path]
    if not glob.has_magic(path):
        raise no_file(path)
    if fitting := sorted(glob.glob(path, root_dir=folder or None, recursive=True)):
        return fitting
    raise ProgramError(
        f"no file fits {path}",
        code="io",
        hint=f"see what is there: ls {os.path.dirname(path) or '.'}",
    )


def _tables_in(path: str, place: str, asked: str | None) -> list[str]:
    try:
        names = sorted(name for name in os.listdir(place) if name[0] not in "._")
    except OSError as error:
        raise ProgramError(f"cannot read {path}: {error.strerror}", code="io") from None
    found = [
        os.path.join(path, name)
        for name in names
        if (asked or told_by(name)) and not os.path.isdir(os.path.join(place, name))
    ]
    if found:
        return found
    raise ProgramError(
        f"there is no table in the folder {path}",
        code="io",
        hint="--from says which format its files have"
        if any(not os.path.isdir(os.path.join(place, name)) for name in names)
        else f"see what is there: ls {path}",
    )
