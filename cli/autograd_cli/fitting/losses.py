"""The sum of a loss over the rows, as a function of the parameters.

Any program may be a loss, so that nothing is known of the sum but its value and its gradient, which
are exact sums over the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograd_cli.fitting.gram import Array, exponents
from autograd_cli.fitting.objective import Objective
from autograd_cli.fitting.parameters import Bounds
from autograd_cli.fitting.triangle import factor

_STEP = 2.0**-26
"""The step of a difference of gradients, relative to one that changes each row's loss by about 1.

It is the root of the rounding unit: as much is lost by the length of the step as by rounding.
"""

_NEAR, _ULPS = 2.0**-10, 2.0**-38
"""A step is short that changes each row's loss by about so much, or a parameter by that part."""

_AGREE = 1e-3
"""Second derivatives that differ by less are the same, but for what a short step loses."""

_TINY = 2.0**-7
"""Losses of all rows below this are in another unit than that of a log-likelihood."""

_SMALLEST = 2.0**-1000

_SLICES = 2
"""Outer products are taken from the first 40 bits of the gradients."""


@dataclass(frozen=True)
class Sum:
    """The sum of the losses at a point, and its gradient.

    ``largest`` is the largest size of each derivative in a row.
    """

    point: Array
    total: float
    gradient: Array
    largest: Array

    def times(self, unit: float) -> Sum:
        """The sum of losses that are so many times as large."""
        return Sum(self.point, self.total * unit, self.gradient * unit, self.largest * unit)


def _unit(value: float, changes: Array) -> float:
    """The unit for losses of at most ``value`` that change by at most ``changes``."""
    top = float(max(value, np.max(changes, initial=0.0)))
    return float(2.0 ** np.ceil(np.log2(max(top, _SMALLEST)))) if 0.0 < top < _TINY else 1.0


class Losses:
    """The sum of a model's values over all rows.

    ``passes`` counts how often the rows were gone through. ``seen`` is told each point that is
    better than all before it. What is known of a point is in units of ``unit``, a power of two:
    1, unless the losses of all rows are tiny at the first point, however parameters change by 1.
    It is ``uneven`` where second derivatives were others near by than further off.
    """

    def __init__(self, objective: Objective, seen: Callable[[Sum], None] = lambda _: None) -> None:
        self.objective = objective
        self.passes = 0
        self.best: Sum | None = None
        self.unit: float | None = None
        self.uneven = False
        self._seen = seen
        self._known: Sum | None = None

    def at(self, point: Array) -> Sum | None:
        """The sum at a point; ``None`` where a row is not finite."""
        if self._known is not None and np.array_equal(point, self._known.point):
            return self._known
        found = self._evaluated(point)
        self._known = found
        if found is not None and (self.best is None or found.total < self.best.total):
            self.best = found
            self._seen(self.plain(found))
        return found

    @property
    def one(self) -> float:
        """A loss of 1, in the unit."""
        return 1.0 / (self.unit or 1.0)

    def plain(self, here: Sum) -> Sum:
        """What is known of a point in the unit of the program."""
        return here.times(self.unit or 1.0)

    def _evaluated(self, point: Array) -> Sum | None:
        self.passes += 1
        totals = self.objective.totals(point)
        slopes = [totals.gradients[name] for name in self.objective.model.names]
        gradient = np.array([slope.value() for slope in slopes])
        largest = np.array([slope.largest for slope in slopes])
        found = Sum(np.array(point, dtype=float), totals.value.value(), gradient, largest)
        if not (np.isfinite(found.total) and np.isfinite(gradient).all()):
            return None
        if self.unit is None:
            self.unit = _unit(totals.value.largest, largest * np.maximum(np.abs(point), 1.0))
        return found.times(self.one)

    def value(self, point: Array) -> float:
        """The sum at a point without its gradient; ``inf`` where there is none."""
        self.passes += 1
        found = self.objective.value(point)
        return np.inf if np.isnan(found) else found * self.one

    def outer(self, here: Sum) -> Array:
        """A matrix ``F`` with ``FᵀF`` the sum of the outer products of the rows' gradients."""
        self.passes += 1
        plain = self.plain(here)
        found = self.objective.products(here.point, exponents(plain.largest), _SLICES)
        assert found.gram is not None
        return factor(found.gram, round(np.log2(self.unit or 1.0)))

    def hessian(
        self, here: Sum, sizes: Array, bounds: Bounds, stretch: float = 1.0
    ) -> Array | None:
        """The second derivatives, from differences of exact gradients; ``None`` off the domain.

        ``sizes`` are the roots of the sums of the squared gradients. Differences are taken over
        ``stretch`` times the best step. Where a parameter is so large that this step would change
        losses by much, a shorter one, which loses more digits, has the last word.
        """
        scale = np.sqrt(len(self.objective.source)) / np.where(sizes > 0.0, sizes, 1.0)
        size = np.abs(here.point)
        steps = stretch * _STEP * np.maximum(scale, size)
        short = np.minimum(steps, stretch * np.maximum(_NEAR * scale, _ULPS * size))
        found = self._differences(here, steps, bounds)
        if found is None or np.array_equal(short, steps):
            return found
        near = self._differences(here, short, bounds)
        if near is None:
            return found
        unit = np.sqrt(np.abs(np.diagonal(near)))
        agree = np.abs(found - near) <= _AGREE * np.outer(unit, unit)
        if agree.all():
            return found
        self.uneven = True
        return near

    def _differences(self, here: Sum, steps: Array, bounds: Bounds) -> Array | None:
        """How the gradient changes along each parameter by a step, to the side that has room."""
        rows = []
        for number, step in enumerate(steps):
            for way in (step, -step):
                point = here.point.copy()
                point[number] += way
                inside = bounds.lower[number] <= point[number] <= bounds.upper[number]
                there = self._evaluated(point) if inside else None
                if there is not None:
                    moved = point[number] - here.point[number]
                    rows.append((there.gradient - here.gradient) / moved)
                    break
            else:
                return None
        matrix = np.array(rows)
        half: Array = (matrix + matrix.T) / 2.0
        return half
