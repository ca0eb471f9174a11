"""The rows that parameters are fitted to, in parts that may be anywhere.

All that a fit wants to know of them are sums over the parts: in this process, or on the workers of
an engine. These sums are exact, or the smallest of some numbers, so that they are the same however
the rows are parted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import inf, isfinite, nan

import numpy as np

from autograd_cli.engines.engine import Parts, State
from autograd_cli.fitting.gram import Array, Exponents, Gram, exponents
from autograd_cli.fitting.sample import ROWS_AT_ONCE, Numbers, Sample, joined
from autograd_cli.tables.tally import lacking
from autograd_graph import ProgramError

Row = tuple[int, int]
"""The number of a part, and that of a row in its sample."""


class Source:
    """The rows of all parts. ``columns`` are the inputs that take them.

    ``fixed`` are inputs that have a column and were given a value, which is what counts.
    """

    def __init__(
        self, parts: Parts[Sample], columns: Sequence[str], fixed: frozenset[str] = frozenset()
    ) -> None:
        self.columns = list(columns)
        self.fixed = fixed
        self._parts = parts

    def total(self, work: Callable[[Sample], State]) -> State:
        """The merged states of all parts."""
        return self._parts.total(work)

    @cached_property
    def census(self) -> Census:
        """How many rows there are, and how large the target is."""
        return self.total(_counted)

    def __len__(self) -> int:
        return sum(count for _, count in self.census.sizes.values())

    @property
    def rows(self) -> int:
        """How many rows the table has, those that miss a value too."""
        return sum(rows for rows, _ in self.census.sizes.values())

    @property
    def missing(self) -> int:
        """How many rows of the table miss a value."""
        return self.rows - len(self)

    @property
    def left_out(self) -> list[str]:
        """A sentence on the rows that miss a value, where there are some."""
        return [f"{lacking(self.missing, self.rows)}: left out"] if self.missing else []

    def require_rows(self) -> None:
        """Raise :class:`ProgramError` where there is nothing to fit to."""
        if len(self):
            return
        raise ProgramError(
            "no row is left to fit to"
            if self.rows
            else "the table has no rows, so there is nothing to fit to",
            code="bad-record",
            hint=f"each of the {self.rows:,} rows misses a value" if self.rows else "",
        )

    def number(self, row: Row) -> int:
        """The number of a row among those that miss no value, from 0."""
        part, inside = row
        return self._starts[part] + inside

    def picked(self, numbers: Numbers) -> Sample:
        """The rows of these numbers, which ascend."""
        return joined(self.total(_Picking(numbers, self._starts)).in_order())

    def whole(self) -> Sample:
        """All rows, in the memory of this process."""
        return joined(self.total(_taken).in_order())

    def place(self, row: Row, place: int) -> int:
        """The number in the table, from 1, of a row that is at that place in its part."""
        before = sum(rows for part, (rows, _) in self.census.sizes.items() if part < row[0])
        return before + place + 1

    def spread(self, unit: int = 0) -> float:
        """The sum of the squared distances of the targets from their mean, rounded once.

        It is in units of ``4^unit``, and nan where one is not finite.
        """
        top = self.census.height
        if not isfinite(top):
            return nan
        gram = self.total(_Spreading(exponents([1.0, top])))
        count, total, squares = (gram.entry(i, j) for i, j in ((0, 0), (0, 1), (1, 1)))
        try:
            scattered = squares - total * total / count if count else Fraction(0)
            return float(scattered / Fraction(4) ** unit)
        except OverflowError:
            return inf

    @cached_property
    def _starts(self) -> dict[int, int]:
        """How many rows stand in the parts before each."""
        sizes = self.census.sizes
        starts, before = {}, 0
        for part in sorted(sizes):
            starts[part] = before
            before += sizes[part][1]
        return starts


@dataclass
class Census:
    """The rows of each part and those of them that miss nothing, by its number.

    ``height`` is the largest size of a target; 0 where there is none. ``odd`` is the first target
    that is not finite, with its place in its part.
    """

    sizes: dict[int, tuple[int, int]]
    height: float
    odd: tuple[Row, int, float] | None

    def merge(self, other: Census) -> None:
        """Add the rows of other parts."""
        self.sizes |= other.sizes
        self.height = max(self.height, other.height)
        both = [odd for odd in (self.odd, other.odd) if odd is not None]
        self.odd = min(both, key=lambda odd: odd[0], default=None)


def _counted(rows: Sample) -> Census:
    height, odd = 0.0, None
    if rows.target is not None:
        height = float(np.max(np.abs(rows.target), initial=0.0))
        if not isfinite(height):
            first = int(np.argmin(np.isfinite(rows.target)))
            odd = (rows.part, first), rows.place(first), float(rows.target[first])
    return Census({rows.part: (rows.rows, len(rows))}, height, odd)


@dataclass
class _Picked:
    """Rows of some parts."""

    samples: list[Sample]

    def merge(self, other: _Picked) -> None:
        self.samples = [*self.samples, *other.samples]

    def in_order(self) -> list[Sample]:
        return sorted(self.samples, key=lambda sample: sample.part)


def _taken(rows: Sample) -> _Picked:
    return _Picked([rows])


@dataclass(frozen=True)
class _Picking:
    numbers: Numbers
    starts: dict[int, int]

    def __call__(self, rows: Sample) -> _Picked:
        inside = self.numbers - self.starts[rows.part]
        return _Picked([rows.picked(inside[(inside >= 0) & (inside < len(rows))])])


@dataclass(frozen=True)
class _Spreading:
    bounds: Exponents

    def __call__(self, rows: Sample) -> Gram:
        gram = Gram(self.bounds)
        targets: Array = np.empty(0) if rows.target is None else rows.target
        for start in range(0, len(targets), ROWS_AT_ONCE):
            block = targets[start : start + ROWS_AT_ONCE]
            gram.add(np.array([np.ones(len(block)), block]))
        return gram
