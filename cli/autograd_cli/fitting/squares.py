"""The sum of squared residuals over the rows, as a function of the parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from autograd_cli.fitting.gram import Array, Exponents, exponents
from autograd_cli.fitting.objective import Objective, Products
from autograd_cli.fitting.triangle import factor

_HEADROOM = 4
"""Bits by which a column may grow from one point to the next without a second pass."""

ROUNDING = 1e-12
"""A sum that is less by only this much, relative to it, is not told of."""

_SPARE = 10
"""So many bits of the slices may be unused before a second pass gets them back."""


class Normal:
    """Least squares at a point, compressed: what QR makes of Jacobian and residuals.

    ``jacobian`` and ``residuals`` have as many rows as there are parameters, and one more; lengths,
    angles and products are those of the whole columns, in units of ``unit``.
    """

    def __init__(self, point: Array, factor: Array, unit: float) -> None:
        self.point = point
        self.unit = unit
        self.jacobian = factor[:, :-1]
        self.residuals = factor[:, -1]

    @cached_property
    def square(self) -> float:
        """The sum of the squared residuals, in units of ``unit**2``."""
        return float(self.residuals @ self.residuals)

    @cached_property
    def total(self) -> float:
        """The sum of the squared residuals; ``inf`` if it is too large for a double."""
        return self.square * self.unit * self.unit

    @cached_property
    def gradient(self) -> Array:
        """The derivatives of ``total`` by the parameters."""
        with np.errstate(over="ignore"):
            return 2.0 * (self.residuals @ self.jacobian) * self.unit * self.unit

    @cached_property
    def sizes(self) -> Array:
        """The length of each column of the Jacobian; 1 for one of nothing but 0."""
        largest = np.max(np.abs(self.jacobian), axis=0)
        largest = np.where(largest > 0.0, largest, 1.0)
        found = np.linalg.norm(self.jacobian / largest, axis=0) * largest
        return np.where(found > 0.0, found, 1.0)


class Squares:
    """The sum of squared residuals of a model over rows that have a target.

    ``passes`` counts how often the rows were gone through, ``height`` bounds the length of the
    column of targets, in the unit of a :class:`Normal`. ``seen`` is told each point that is better
    than all before it.
    """

    def __init__(
        self, objective: Objective, seen: Callable[[Normal], None] = lambda _: None
    ) -> None:
        self.objective = objective
        self.passes = 0
        self.best: Normal | None = None
        self._seen = seen
        largest = objective.source.census.height
        self._unit = int(exponents([largest])[0])
        self.height = np.ldexp(largest, -self._unit) * np.sqrt(max(len(objective.source), 1))
        self._exponents: Exponents | None = None
        self._known: dict[bytes, Normal | None] = {}

    def at(self, point: Array) -> Normal | None:
        """Least squares at a point; ``None`` where a row is not finite."""
        key = point.tobytes()
        if key not in self._known:
            while len(self._known) > 3:
                del self._known[next(iter(self._known))]
            found = self._known[key] = self._evaluated(point.copy())
            if found is not None and (self.best is None or found.square < self.best.square):
                told = self.best is None or found.square < self.best.square * (1.0 - ROUNDING)
                self.best = found
                if told:
                    self._seen(found)
        return self._known[key]

    def value(self, point: Array) -> float:
        """The sum at a point, rounded once, in the unit of a :class:`Normal`; ``inf`` if none."""
        self.passes += 1
        found = self.objective.square(point, self._unit)
        return np.inf if np.isnan(found) else found

    def left(self, point: Array, freedom: int) -> tuple[float, float, float]:
        """What is left at a point: the sum, its root for each row to spare, and its part.

        The part is that of the sum of the squared distances of the targets from their mean. The sum
        is rounded once, and ``inf`` if it is too large for a double.
        """
        square = self.objective.square(point, self._unit)
        scattered = self.objective.source.spread(self._unit)
        with np.errstate(over="ignore"):
            total = float(np.ldexp(square, 2 * self._unit))
        root = np.sqrt(square / freedom) if freedom > 0 else np.nan
        part = square / scattered if scattered > 0.0 else np.nan
        return total, float(np.ldexp(root, self._unit)), part

    def _evaluated(self, point: Array) -> Normal | None:
        found = self._pass(point, self._exponents)
        largest = found.largest
        if not np.isfinite(largest).all():
            return None
        if found.gram is None or self._wasteful(largest):
            found = self._pass(point, exponents(largest, _HEADROOM))
        assert found.gram is not None
        self._exponents = exponents(largest, _HEADROOM)
        with np.errstate(over="ignore", invalid="ignore"):
            root = factor(found.gram, self._unit)
            if not np.isfinite(root * root).all():
                return None
        return Normal(point, root, float(np.ldexp(1.0, self._unit)))

    def _pass(self, point: Array, bounds: Exponents | None) -> Products:
        self.passes += 1
        return self.objective.products(point, bounds)

    def _wasteful(self, largest: Array) -> bool:
        """Whether a column is so far below its bound that its last bits were cut off."""
        assert self._exponents is not None
        unused = self._exponents - exponents(largest)
        return bool((unused[largest > 0.0] > _SPARE).any())
