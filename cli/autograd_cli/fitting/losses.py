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


class Losses:
    """The sum of a model's values over all rows.

    ``passes`` counts how often the rows were gone through. ``seen`` is told each point that is
    better than all before it.
    """

    def __init__(self, objective: Objective, seen: Callable[[Sum], None] = lambda _: None) -> None:
        self.objective = objective
        self.passes = 0
        self.best: Sum | None = None
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
            self._seen(found)
        return found

    def _evaluated(self, point: Array) -> Sum | None:
        self.passes += 1
        totals = self.objective.totals(point)
        slopes = [totals.gradients[name] for name in self.objective.model.names]
        gradient = np.array([slope.value() for slope in slopes])
        largest = np.array([slope.largest for slope in slopes])
        found = Sum(np.array(point, dtype=float), totals.value.value(), gradient, largest)
        return found if np.isfinite(found.total) and np.isfinite(gradient).all() else None

    def value(self, point: Array) -> float:
        """The sum at a point without its gradient; ``inf`` where there is none."""
        self.passes += 1
        found = self.objective.value(point)
        return np.inf if np.isnan(found) else found

    def outer(self, here: Sum) -> Array:
        """A matrix ``F`` with ``FᵀF`` the sum of the outer products of the rows' gradients."""
        self.passes += 1
        found = self.objective.products(here.point, exponents(here.largest), _SLICES)
        assert found.gram is not None
        return factor(found.gram)

    def hessian(
        self, here: Sum, sizes: Array, bounds: Bounds, stretch: float = 1.0
    ) -> Array | None:
        """The second derivatives, from differences of exact gradients; ``None`` off the domain.

        ``sizes`` are the roots of the sums of the squared gradients. Differences are taken over
        ``stretch`` times the best step.
        """
        rows = []
        scale = np.sqrt(len(self.objective.source)) / np.where(sizes > 0.0, sizes, 1.0)
        for number, step in enumerate(stretch * _STEP * np.maximum(scale, np.abs(here.point))):
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
