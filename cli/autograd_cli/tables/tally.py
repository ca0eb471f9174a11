"""What there is to say of the rows of a run: how many, which lack a value, which are awkward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from autograd_cli.tables.binding import Mask
from autograd_graph.rows.kernel import Rows
from autograd_graph.status import OK, SEVERITY

_First = tuple[int, str]
"""A place in a table, behind the number of the part that it is in."""


@dataclass(slots=True)
class Tally:
    """The rows so far.

    ``undefined`` are those with a result that is nan, ``awkward`` those with a status other than
    ``ok``, if statuses are worked out. The first of each has its place, behind the number of the
    ``part`` that it stands in. Tallies merge in any order.
    """

    rows: int = 0
    missing: int = 0
    undefined: int = 0
    infinite: int = 0
    awkward: Counter[str] = field(default_factory=Counter)
    first_undefined: _First | None = None
    first_awkward: _First | None = None
    part: int = 0

    def add(self, found: Rows, present: Mask | None, place: Callable[[int], str]) -> None:
        """Count the results of some rows; ``place`` names a row, those not ``present`` counted."""
        numbers = (found.value, *found.gradients.values())
        undefined = np.logical_or.reduce([np.isnan(column) for column in numbers])
        self.undefined += int(undefined.sum())
        self.infinite += int(np.logical_or.reduce([np.isinf(column) for column in numbers]).sum())
        self.rows += found.value.size if present is None else present.size
        self.missing += 0 if present is None else int((~present).sum())

        def first(rows: Mask) -> _First:
            row = int(rows.argmax())
            number = row if present is None else int(np.flatnonzero(present)[row])
            return self.part, place(number)

        if not self.first_undefined and undefined.any():
            self.first_undefined = first(undefined)
        if found.statuses is not None:
            awkward = found.statuses != SEVERITY[OK]
            counts = np.bincount(found.statuses[awkward], minlength=len(SEVERITY))
            for status, severity in SEVERITY.items():
                if counts[severity]:
                    self.awkward[status] += int(counts[severity])
            if not self.first_awkward and awkward.any():
                self.first_awkward = first(awkward)

    def merge(self, other: Tally) -> None:
        """Add the counts of other rows."""
        self.rows += other.rows
        self.missing += other.missing
        self.undefined += other.undefined
        self.infinite += other.infinite
        self.awkward += other.awkward
        self.first_undefined = _earlier(self.first_undefined, other.first_undefined)
        self.first_awkward = _earlier(self.first_awkward, other.first_awkward)

    def sound(self, strict: bool) -> bool:
        """Whether no result is nan; with ``strict``, also finite and ``ok``."""
        return not (self.undefined or (strict and (self.infinite or self.awkward)))

    def remarks(self, without: str = "their results are empty") -> list[str]:
        """A sentence for each kind of rows that a reader should know of.

        ``without`` says what becomes of those that lack a value.
        """
        said = []
        if self.rows == 0:
            said.append("the table has no rows")
        if self.missing:
            said.append(f"{lacking(self.missing, self.rows)}: {without}")
        if self.undefined:
            said.append(
                f"{self.undefined:,} of {self.rows:,} rows gave nan" + _told(self.first_undefined)
            )
        if self.awkward:
            kinds = ", ".join(f"{count:,} {status}" for status, count in self.awkward.most_common())
            said.append(
                f"{self.awkward.total():,} of {self.rows:,} rows are not ok: {kinds}"
                + _told(self.first_awkward)
            )
        return said


def lacking(missing: int, rows: int) -> str:
    """How many rows lack a value that matters, as the beginning of a sentence."""
    return f"{missing:,} of {rows:,} rows {'lacks' if missing == 1 else 'lack'} a value"


def _earlier(one: _First | None, other: _First | None) -> _First | None:
    return min((place for place in (one, other) if place is not None), default=None)


def _told(place: _First | None) -> str:
    return f"; first in {place[1]}" if place is not None else ""
