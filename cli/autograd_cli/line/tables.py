"""The options about tables, which several commands share, and what they say."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from autograd_cli.line.context import Context
from autograd_cli.line.parameters import Choice, option
from autograd_cli.output import Output, is_terminal
from autograd_cli.tables.kinds import (
    CSV,
    KINDS,
    TSV,
    is_file_name,
    read_as,
    told_by,
    unpacked,
)
from autograd_graph import ProgramError

if TYPE_CHECKING:
    from autograd_cli.engines.engine import Engine
    from autograd_cli.interface.files import Files

OPTIONS = (
    option(
        "--from", name="kind", kind=Choice(KINDS),
        help="The format of the table, where its name does not tell; of standard input csv.",
    ),
    option(
        "--delimiter", metavar="SIGN",
        help="What stands between the cells of csv and tsv, like ';'.",
    ),
    option(
        "--rename", name="renames", multiple=True, metavar="NAME=COLUMN",
        help="The column of an input that is not called like it. Repeatable.",
    ),
    option(
        "--missing", multiple=True, metavar="TEXT",
        help="A cell that stands for no value, like NA; an empty one does. Repeatable.",
    ),
)  # fmt: skip
"""How a table is read."""

ON = option(
    "--on", metavar="CLUSTER",
    help="Let the workers of a cluster do it, who see DATA: dask://HOST:PORT, dask://local, "
    "spark://HOST:PORT, spark://local[2].",
)  # fmt: skip
"""Where the tables are worked on."""


@contextmanager
def cluster(url: str | None, tables: Sequence[str], output: Output) -> Iterator[Engine | None]:
    """The cluster that ``--on`` names, if it names one, as long as the context lasts."""
    if url is None:
        yield None
        return
    from autograd_cli.engines.engine import connected
    from autograd_cli.tables.listing import require_files

    require_files(tables)
    output.at("connecting to the cluster")
    with connected(url) as engine:
        output.at("on the cluster")
        yield engine
        output.at("leaving the cluster")


def require_folder(option: str, path: str) -> None:
    """Raise :class:`ProgramError` (``bad-value``) for a folder with the name of a file."""
    if is_file_name(path):
        raise ProgramError(
            f"{option} {path} is the name of a file, and --on writes a folder of files",
            code="bad-value",
            hint=f"give it the name of a folder: {option} {os.path.splitext(unpacked(path))[0]}",
        )


def parts_told(output: Output) -> Callable[[int, int], None]:
    """What tells the progress line of parts that are done: ``3 of 16 files``."""
    return lambda done, of: output.at(f"{done:,} of {of:,} files")


def how(
    ctx: Context,
    given: Container[str],
    tables: Sequence[str],
    options: Mapping[str, Any],
    written: Sequence[str] = (),
    elsewhere: bool = False,
) -> Files:
    """How tables are read, in the keywords of the Python interface.

    ``options`` are those of :func:`table_options`, ``given`` the names that have a value, and
    ``written`` the formats that are written with the same delimiter. Tables may be ``elsewhere``.
    """
    asked = options["kind"]
    kinds = [*kinds_of(tables, asked, elsewhere), *written]
    return {
        "kind": asked,
        "delimiter": _delimiter(ctx, options["delimiter"], kinds),
        "rename": _renamed(options["renames"], given),
        "missing": options["missing"],
    }


def _renamed(words: Sequence[str], given: Container[str]) -> dict[str, str]:
    """What ``--rename`` says: the column by the name of the program.

    Raises :class:`ProgramError` (``bad-value``) for a word of another form, for two columns, and
    for a name that is ``given`` a value.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, column = word.partition("=")
        if not (equals and name.strip() and column):
            raise ProgramError(
                f"--rename takes NAME=COLUMN, not {word!r}",
                code="bad-value",
                hint="write it like --rename S=spot",
            )
        if name.strip() in given:
            raise ProgramError(
                f"--rename gives {name.strip()} a column, and --{name.strip()} a value",
                code="bad-value",
                hint="leave one of them out",
            )
        if found.setdefault(name.strip(), column) != column:
            raise ProgramError(
                f"--rename gives {name.strip()} two columns", code="bad-value", hint="give it one"
            )
    return found


def named(ctx: Context, tables: Sequence[str], program_from_stdin: bool) -> Sequence[str]:
    """The tables to be read: those that are named, otherwise standard input."""
    if not tables and is_terminal(sys.stdin):
        raise ctx.usage_error("no table: name a file, or send one to standard input")
    found = tables or ("-",)
    if "-" in found and program_from_stdin:
        raise ProgramError(
            "standard input is the program, and so it is no table",
            code="bad-value",
            hint="name the file of the table, or read the program from a file with -f",
        )
    return found


def _delimiter(ctx: Context, asked: str | None, kinds: Iterable[str]) -> str | None:
    r"""The sign of ``--delimiter``, which has to be one of ASCII; a tab may be written ``\t``.

    Raises :class:`ProgramError` (``bad-value``) for another one, and where no table among ``kinds``
    has delimiters.
    """
    if asked is None:
        return None
    if not {CSV, TSV} & {*kinds}:
        ctx.refuse(["delimiter"], "is for csv and tsv, and here there is neither")
    sign = {"\\t": "\t", "tab": "\t"}.get(asked, asked)
    if len(sign) != 1 or not sign.isascii() or sign in '"\r\n':
        raise ProgramError(
            f"--delimiter takes one sign, not {asked!r}", code="bad-value", hint="like ';' or '\\t'"
        )
    return sign


def kinds_of(tables: Sequence[str], asked: str | None, elsewhere: bool = False) -> list[str]:
    """The format of each table that is named; of those ``elsewhere`` what can be told from here."""
    if elsewhere:
        return [asked or told_by(path) or CSV for path in tables]
    from autograd_cli.tables.listing import expanded

    return [read_as(path, asked) for path in expanded(tables, asked)]
