"""How a search for parameters ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Protocol

import numpy as np

from autograd_cli.fitting.certainty import Certainty, unknown
from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.verdict import Kind


class Place(Protocol):
    """A point, and what is minimised there."""

    @property
    def point(self) -> Array:
        """The values of the parameters."""

    @property
    def total(self) -> float:
        """The sum over the rows."""

    @property
    def gradient(self) -> Array:
        """The derivatives of the sum by the parameters."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The verdict, the place, the way that led to it, and what it says of the parameters.

    ``next_step`` is the size of the step that would follow, as for :data:`CERTAIN` of
    :mod:`autograd_cli.fitting.verdict`. ``linear`` are parameters that the program is linear in,
    as far as is known.
    """

    kind: Kind
    place: Place
    way: str
    next_step: float
    certainty: Certainty
    linear: Sequence[int] = ()
    interrupted: bool = False

    @property
    def loose(self) -> bool:
        """Whether it has converged where some parameters have no errors, though at no bound."""
        inside = np.ones(len(self.place.point), bool)
        inside[self.certainty.at_bound] = False
        return self.kind == "converged" and bool(np.isnan(self.certainty.errors[inside]).any())


@dataclass(frozen=True, slots=True)
class Nowhere:
    """A start at which a row is not finite, so that there is nothing to say of it."""

    point: Array
    total: float
    gradient: Array


def not_finite(start: Array) -> Ending:
    """The end of a search that could not begin."""
    count = len(start)
    return Ending("not-finite", Nowhere(start, nan, np.full(count, nan)), "", nan, unknown(count))
