"""The options about tables, which several commands share, and what they say."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from autograd_cli.line.context import Context
from autograd_cli.line.parameters import Choice, option
from autograd_cli.output import is_terminal
from autograd_cli.tables.kinds import CSV, KINDS, TSV, read_as
from autograd_graph import ProgramError

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


def how(
    ctx: Context,
    given: Container[str],
    tables: Sequence[str],
    options: Mapping[str, Any],
    written: Sequence[str] = (),
) -> dict[str, Any]:
    """How tables are read, in the keywords of the Python interface.

    ``options`` are those of :data:`OPTIONS`, ``given`` the names that have a value, and
    ``written`` the formats that are written with the same delimiter.
    """
    asked = options["kind"]
    return {
        "kind": asked,
        "delimiter": _delimiter(ctx, options["delimiter"], [*kinds_of(tables, asked), *written]),
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


def kinds_of(tables: Sequence[str], asked: str | None) -> list[str]:
    """The format of each table that is named."""
    return [read_as(path, asked) for path in tables]
