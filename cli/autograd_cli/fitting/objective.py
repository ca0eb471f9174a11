"""What is to be known of a model over all rows, as sums over the parts of the table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograd_cli.engines.task import Shared
from autograd_cli.fitting.gram import SLICES, Array, Exponents, Gram
from autograd_cli.fitting.model import Model
from autograd_cli.fitting.sample import Sample
from autograd_cli.fitting.source import Row, Source
from autograd_cli.reports.evaluation import Note
from autograd_graph.rows.functions import two_product
from autograd_graph.rows.kernel import Totals
from autograd_graph.rows.totals import ExactSum
from autograd_graph.status import SEVERITY, Status


class Objective:
    """A model over the rows of a source."""

    def __init__(self, model: Model, source: Source) -> None:
        self.model = model
        self.source = source

    @cached_property
    def _shared(self) -> Shared[Model]:
        return Shared(self.model)

    def totals(self, point: Array) -> Totals:
        """The exact sums of the value and the derivatives."""
        return self.source.total(_Totals(self._shared, point))

    def products(self, point: Array, bounds: Exponents | None, slices: int = SLICES) -> Products:
        """The sums of the products of the derivatives and, where there is a target, residuals."""
        return self.source.total(_Products(self._shared, point, bounds, slices))

    def value(self, point: Array) -> float:
        """The sum of the values alone, rounded once."""
        return self.source.total(_Values(self._shared, point)).value()

    def square(self, point: Array, unit: int) -> float:
        """The sum of the squared residuals, rounded once, in units of ``4^unit``."""
        return self.source.total(_Squared(self._shared, point, unit)).value()

    def statuses(self, point: Array) -> dict[Status, int]:
        """How many rows have which status."""
        counts = self.source.total(_Statuses(self._shared, point)).counts
        return {status: int(counts[code]) for status, code in SEVERITY.items() if counts[code]}

    def culprit(self, point: Array) -> tuple[int | None, Note | None]:
        """The number in the table of the first row that is not finite, and the node to blame."""
        first = self.source.total(_Search(self._shared, point)).first
        if first is None:
            return None, None
        row, place = first
        found = self.source.picked(np.array([self.source.number(row)]))
        values = {name: float(column[0]) for name, column in found.columns.items()}
        return self.source.place(row, place), self.model.blamed(values, point)


@dataclass(frozen=True)
class _Work:
    model: Shared[Model]
    point: Array


class _Totals(_Work):
    def __call__(self, rows: Sample) -> Totals:
        return self.model.value.totals(rows.columns, self.point)


class _Values(_Work):
    def __call__(self, rows: Sample) -> ExactSum:
        found = ExactSum()
        found.add(self.model.value.values(rows.columns, self.point, len(rows)))
        return found


@dataclass(frozen=True)
class _Squared(_Work):
    unit: int

    def __call__(self, rows: Sample) -> ExactSum:
        assert rows.target is not None
        values = self.model.value.values(rows.columns, self.point, len(rows))
        found = ExactSum()
        with np.errstate(all="ignore"):
            left = np.ldexp(values - rows.target, -self.unit)
            square, error = two_product(left, left)
        found.add(square)
        found.add(np.where(np.isfinite(error), error, 0.0))  # a square may be beyond a double
        return found


@dataclass
class Products:
    """The Gram matrix, if all columns keep to its bounds; the largest size in each column."""

    gram: Gram | None
    largest: Array

    def merge(self, other: Products) -> None:
        """Add the products of other rows."""
        self.largest = np.maximum(self.largest, other.largest)
        if self.gram is None or other.gram is None:
            self.gram = None
        else:
            self.gram.merge(other.gram)


@dataclass(frozen=True)
class _Products(_Work):
    bounds: Exponents | None
    slices: int

    def __call__(self, rows: Sample) -> Products:
        model = self.model.value
        size = len(model.names) + (rows.target is not None)
        gram = None if self.bounds is None else Gram(self.bounds, self.slices)
        found = Products(gram, np.zeros(size))
        for some, matrix in model.blocks(rows, self.point):
            if rows.target is not None:
                with np.errstate(invalid="ignore"):  # an infinite target less such a prediction
                    matrix[-1] -= rows.target[some]
            self._add(found, matrix[:size])
            if not np.isfinite(found.largest).all():
                break
        return found

    def _add(self, found: Products, block: Array) -> None:
        top = np.maximum(block.max(axis=1), -block.min(axis=1))
        np.maximum(found.largest, top, out=found.largest)
        if found.gram is not None and self.bounds is not None:
            if (top < np.ldexp(1.0, self.bounds)).all():
                found.gram.add(block)
            else:
                found.gram = None


@dataclass
class _Counts:
    counts: Array

    def merge(self, other: _Counts) -> None:
        self.counts = self.counts + other.counts


class _Statuses(_Work):
    def __call__(self, rows: Sample) -> _Counts:
        return _Counts(self.model.value.statuses(rows, self.point))


@dataclass
class _First:
    """A row, and its place in its part."""

    first: tuple[Row, int] | None

    def merge(self, other: _First) -> None:
        self.first = min((x for x in (self.first, other.first) if x is not None), default=None)


class _Search(_Work):
    def __call__(self, rows: Sample) -> _First:
        row = self.model.value.first_not_finite(rows, self.point)
        return _First(None if row is None else ((rows.part, row), rows.place(row)))
