"""The sum of squared residuals over the rows, as a function of the parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from autograd_cli.fitting.gram import Array, Exponents, Gram, exponents
from autograd_cli.fitting.model import Model
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
    """The sum of squared residuals of a model whose sample has a target.

    ``passes`` counts how often the rows were gone through, ``height`` bounds the length of the
    column of targets, in the unit of a :class:`Normal`. ``seen`` is told each point that is better
    than all before it.
    """

    def __init__(self, model: Model, seen: Callable[[Normal], None] = lambda _: None) -> None:
        self.model = model
        self.passes = 0
        self.best: Normal | None = None
        self._seen = seen
        assert model.sample.target is not None
        self.target = model.sample.target
        largest = float(np.max(np.abs(self.target), initial=0.0))
        self._unit = int(exponents([largest])[0])
        self.height = np.ldexp(largest, -self._unit) * np.sqrt(max(len(model.sample), 1))
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

    def _evaluated(self, point: Array) -> Normal | None:
        gram, largest = self._pass(point, self._exponents)
        if not np.isfinite(largest).all():
            return None
        if gram is None or self._wasteful(largest):
            gram, _ = self._pass(point, exponents(largest, _HEADROOM))
        assert gram is not None
        self._exponents = exponents(largest, _HEADROOM)
        with np.errstate(over="ignore", invalid="ignore"):
            found = factor(gram, self._unit)
            if not np.isfinite(found * found).all():
                return None
        return Normal(point, found, float(np.ldexp(1.0, self._unit)))

    def _pass(self, point: Array, bounds: Exponents | None) -> tuple[Gram | None, Array]:
        """The Gram matrix, if all columns keep to the bounds; the largest size in each column."""
        self.passes += 1
        size = len(self.model.names) + 1
        largest = np.zeros(size)
        gram = None if bounds is None else Gram(bounds)
        limits = None if bounds is None else np.ldexp(1.0, bounds)
        for rows, matrix in self.model.blocks(point):
            with np.errstate(invalid="ignore"):  # an infinite target less an infinite prediction
                matrix[-1] -= self.target[rows]
            top = np.maximum(matrix.max(axis=1), -matrix.min(axis=1))
            np.maximum(largest, top, out=largest)
            if gram is not None and limits is not None:
                if (top < limits).all():
                    gram.add(matrix)
                else:
                    gram = None
            if not np.isfinite(largest).all():
                break
        return gram, largest

    def _wasteful(self, largest: Array) -> bool:
        """Whether a column is so far below its bound that its last bits were cut off."""
        assert self._exponents is not None
        unused = self._exponents - exponents(largest)
        return bool((unused[largest > 0.0] > _SPARE).any())
