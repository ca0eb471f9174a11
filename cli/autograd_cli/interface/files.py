"""How the methods of a function that take files read them: the options that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from autograd_cli.interface.values import listed

if TYPE_CHECKING:
    from autograd_cli.tables.binding import Reading
    from autograd_cli.tables.mapping import Wanted


class Files(TypedDict, total=False):
    """How tables in files are read: keywords, none of which has to be given."""

    rename: Mapping[str, str] | None
    """The column of an input that is not called like it."""
    missing: Sequence[str]
    """Texts, or one, that stand for no value, beside an empty cell."""
    kind: str | None
    """The format of files whose names do not tell, like ``"csv"``."""
    delimiter: str | None
    """What stands between the cells of CSV and TSV, if not a comma or a tab."""


class Rows(Files, total=False):
    """The same, and what comes out for each row."""

    keep: Sequence[str] | None
    """The table's own columns, or one, that come out; all of them if not given."""
    prefix: str
    """The beginning of the names of the results."""
    status: bool
    """Whether there is a column for the status of each row."""
    judged: bool
    """Whether the rows' tally has their statuses, with no column for them."""


def reading_of(options: Files) -> Reading:
    """What the readers of tables go by. Raises :class:`TypeError` for another keyword."""
    _check(options, Files.__optional_keys__)
    return _reading(options)


def reading_and_wanted(options: Rows) -> tuple[Reading, Wanted]:
    """The same, and what comes out for each row."""
    from autograd_cli.tables.mapping import Wanted

    _check(options, Rows.__optional_keys__)
    keep = options.get("keep")
    wanted = Wanted(
        None if keep is None else listed(keep),
        options.get("prefix", ""),
        options.get("status", False),
        options.get("judged", False),
    )
    return _reading(options), wanted


def _reading(options: Files) -> Reading:
    from autograd_cli.tables.binding import Reading

    return Reading(
        options.get("kind"),
        options.get("delimiter"),
        options.get("rename") or {},
        listed(options.get("missing", ())),
    )


def _check(options: Files, known: frozenset[str]) -> None:
    """Raise what Python raises for other keywords, where they are not unpacked from a mapping."""
    for name in options:
        if name not in known:
            raise TypeError(
                f"unexpected keyword argument {name!r}: about tables there are "
                + ", ".join(sorted(known))
            )
