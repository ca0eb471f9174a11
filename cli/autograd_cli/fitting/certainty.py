"""How certain fitted parameters are: standard errors, correlations, what is not determined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograd_cli.fitting.gram import Array

RANK = 2e-15
"""Directions count as not determined where the scaled Jacobian is this much shorter than along
others: the rounding of its entries makes up as much."""

ROUNDING = 2.0**-52
"""Rounding changes a parameter by this much of itself, times the condition."""

FLAT = 1e-7
"""And where the scaled second derivatives are this much smaller; they come from differences."""

_PART = 1e-6
"""A parameter takes part in a direction where this much of its unit vector lies in it."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """What the curvature at the end says of the parameters.

    ``errors`` are standard errors and ``correlations`` a matrix, nan for parameters that have none:
    those ``at_bound``, those ``undetermined``, and all without spare rows. ``condition`` is the
    ratio of the longest to the shortest axis of the scaled Jacobian, of a loss the root of that of
    the scaled second derivatives; inf if a direction is not determined, nan if it is not known.
    """

    errors: Array
    correlations: Array
    condition: float
    undetermined: list[int]
    at_bound: list[int]


def lengths(columns: Array) -> Array:
    """The lengths of columns, whose squares may be too small or too large for doubles."""
    _, power = np.frexp(np.max(np.abs(columns), axis=0, initial=0.0))
    found: Array = np.ldexp(np.linalg.norm(np.ldexp(columns, -power), axis=0), power)
    return found


def unknown(count: int) -> Certainty:
    """Nothing is known of so many parameters."""
    return Certainty(np.full(count, np.nan), np.full((count, count), np.nan), np.nan, [], [])


def of_squares(jacobian: Array, sizes: Array, variance: float, at_bound: list[int]) -> Certainty:
    """The certainty of least squares: covariance ``variance · (JᵀJ)⁻¹``.

    ``sizes`` are the lengths of the Jacobian's columns, 1 for one of zeros. It is worked out from
    the singular values, without ``JᵀJ``, whose condition is squared. A ``variance`` of nan is
    unknown.
    """
    count = jacobian.shape[1]
    free = [number for number in range(count) if number not in at_bound]
    if not free:
        return _certainty(count, [], np.empty((0, 0)), sizes, [], 1.0, at_bound)
    _, spans, axes = np.linalg.svd(jacobian[:, free] / sizes[free], full_matrices=False)
    firm = spans > RANK * spans[0]
    ways = axes[firm].T / spans[firm]
    scale = np.sqrt(variance) / sizes
    condition = float(spans[0] / spans[-1]) if firm.all() else np.inf
    return _certainty(count, free, ways, scale, _loose(free, axes[~firm]), condition, at_bound)


class Bowl:
    """The second derivatives of a loss by the parameters that are ``free``, inverted.

    ``lowest`` is the least curvature in scaled coordinates, in which the largest is about 1; what
    curves less than differences of gradients can tell is left out of the ``inverse``.
    """

    def __init__(self, curvature: Array, free: list[int]) -> None:
        self.count = len(curvature)
        self.free = free
        self.lowest, self.condition, self.undetermined = 1.0, 1.0, list[int]()
        self.inverse = np.zeros((len(free), len(free)))
        if not free:
            return
        inner = curvature[np.ix_(free, free)]
        scale = np.sqrt(np.abs(np.diagonal(inner)))
        scale = np.where(scale > 0.0, scale, 1.0)
        bends, axes = np.linalg.eigh(inner / np.outer(scale, scale))
        largest = float(np.max(np.abs(bends)))
        firm = np.abs(bends) > FLAT * largest
        ways = axes / scale[:, None]
        self.lowest = float(bends[0]) / largest if largest else 0.0
        self.inverse = (ways[:, firm] / bends[firm]) @ ways[:, firm].T
        curved = firm.all() and bends[0] > 0.0
        self.condition = float(np.sqrt(largest / bends[0])) if curved else np.inf
        self.undetermined = _loose(free, axes.T[~firm])

    def certainty(self, outer: Array, at_bound: list[int]) -> Certainty:
        """The certainty: covariance ``H⁻¹ G H⁻¹`` with the outer products ``G`` of the gradients.

        It holds for the sum of any loss over independent rows (Huber, *The behavior of maximum
        likelihood estimates under nonstandard conditions*, 1967), whatever the loss is multiplied
        by. ``outer`` is a root of ``G``.
        """
        ways = self.inverse @ outer[:, self.free].T
        told = self.undetermined, self.condition, at_bound
        return _certainty(self.count, self.free, ways, np.ones(self.count), *told)


def _loose(free: Sequence[int], axes: Array) -> list[int]:
    """The parameters that take part in directions that are not determined."""
    part = np.abs(axes).max(axis=0, initial=0.0) > _PART
    return [number for number, takes_part in zip(free, part, strict=True) if takes_part]


def _certainty(
    count: int,
    free: Sequence[int],
    ways: Array,
    scale: Array,
    undetermined: list[int],
    condition: float,
    at_bound: list[int],
) -> Certainty:
    """What a root ``ways`` of the covariance of the ``free`` parameters comes to.

    ``scale`` is what the errors of all parameters are multiplied by.
    """
    errors = np.full(count, np.nan)
    correlations = np.full((count, count), np.nan)
    spans = lengths(ways.T)
    _, power = np.frexp(spans)
    axes, near = np.ldexp(ways, -power[:, None]), np.ldexp(spans, -power)
    known = [place for place, number in enumerate(free) if number not in undetermined]
    for one in known:
        errors[free[one]] = spans[one] * scale[free[one]]
        correlations[free[one], free[one]] = 1.0
        for other in known:
            apart = near[one] * near[other]
            if one != other and apart > 0.0:
                correlations[free[one], free[other]] = float(axes[one] @ axes[other] / apart)
    return Certainty(errors, correlations, condition, undetermined, at_bound)
