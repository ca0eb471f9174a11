"""The formats that tables are read from and written to, and how a file's name tells which."""

from __future__ import annotations

import os

from autograd_graph import ProgramError

CSV, TSV, JSON_LINES, PARQUET, ARROW = "csv", "tsv", "jsonl", "parquet", "arrow"

KINDS = (CSV, TSV, JSON_LINES, PARQUET, ARROW)
"""What tables are read from."""

BINARY = (PARQUET, ARROW)
"""The formats for files, whose columns have types; the others are text."""

_EXTENSIONS = {
    ".csv": CSV,
    ".tsv": TSV,
    ".tab": TSV,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
    ".parquet": PARQUET,
    ".pq": PARQUET,
    ".arrow": ARROW,
    ".ipc": ARROW,
    ".feather": ARROW,
}

_WRITTEN_TOO = {".json": "json", ".md": "markdown"}


def is_packed(path: str) -> bool:
    """Whether the name of a file says that gzip has packed it."""
    return _extension(path) == ".gz"


def read_as(path: str, asked: str | None) -> str:
    """The format that a table is read in; standard input, ``-``, is CSV unless ``asked``.

    Text may be packed: ``table.csv.gz``. Raises :class:`ProgramError` (``unsupported``) for an
    extension that says nothing.
    """
    if asked or path == "-":
        return asked or CSV
    kind = told_by(path)
    if kind is None:
        raise _unknown(path, "--from", KINDS)
    return kind


def told_by(path: str) -> str | None:
    """The format that the extension of a table's name tells; ``None`` if it says nothing."""
    kind = _EXTENSIONS.get(_extension(unpacked(path)))
    return None if is_packed(path) and kind in BINARY else kind


def unpacked(path: str) -> str:
    """The name of a file without what says that it is packed."""
    return os.path.splitext(path)[0] if is_packed(path) else path


def written_as(path: str) -> str:
    """The format of a file to be written, by its extension.

    Raises :class:`ProgramError`: ``unsupported`` for one that says nothing, ``io`` for a folder.
    """
    kind = (_EXTENSIONS | _WRITTEN_TOO).get(_extension(path))
    if os.path.isdir(path):
        raise ProgramError(
            f"{path} is a folder",
            code="io",
            hint="name a file in it; a folder takes the parts that --on writes",
        )
    if is_packed(path):
        raise ProgramError(
            f"{path} would be packed, and tables are written as they are",
            code="unsupported",
            hint=f"pack what comes out: autograd map EXPR DATA --to csv | gzip > {path}",
        )
    if kind is None:
        raise _unknown(path, "--to", (*KINDS, *_WRITTEN_TOO.values()))
    return kind


def is_file_name(path: str) -> bool:
    """Whether a name ends as that of a table does, packed or not."""
    return _extension(unpacked(path)) in _EXTENSIONS | _WRITTEN_TOO


def extension_of(kind: str) -> str:
    """The extension that tells a format."""
    return next(end for end, told in (_EXTENSIONS | _WRITTEN_TOO).items() if told == kind)


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _unknown(path: str, option: str, kinds: tuple[str, ...]) -> ProgramError:
    extension = _extension(path)
    what = f"{extension!r} is no extension of a table" if extension else "it has no extension"
    return ProgramError(
        f"the format of {path} is not known: {what}",
        code="unsupported",
        hint=f"say it with {option}, one of {', '.join(kinds)}",
    )
