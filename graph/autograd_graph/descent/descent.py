"""Gradient descent and its relatives, one state after the other.

The method makes a gradient into a way to go (:mod:`autograd_graph.descent.moves`); here it is
decided how far: at a fixed rate, or as far as a line search finds good.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot, inf, isfinite
from operator import sub
from typing import Literal, NamedTuple

from autograd_graph.descent.moves import MOVES, Method, inner
from autograd_graph.descent.objective import Objective

Ending = Literal["until", "steps", "stalled", "not-finite"]

ARMIJO = 1e-4
"""A line search accepts a step that gains this part of what the gradient predicts."""

HALVINGS = 60
"""So often a line search halves the rate before it says that nothing helps."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to descend.

    Without a ``rate`` a line search finds one for each step; with a rate, ``line_search`` begins
    there. ``momentum`` is also the decay of Adam's first mean.
    """

    method: Method = "gd"
    rate: float | None = None
    steps: int = 1000
    until: float = 0.0
    momentum: float = 0.9
    clip: float | None = None
    maximize: bool = False
    line_search: bool = False

    @property
    def searches(self) -> bool:
        """Whether the rate of each step is searched for."""
        return self.line_search or self.rate is None


class State(NamedTuple):
    """Where a descent has come to after ``number`` steps, and how the last one went.

    ``loss`` and ``gradient`` are the program's own, also when it is maximised. ``rate`` is that
    of the last step, ``clipped`` what its gradient was multiplied by, and ``predicted`` how much
    the loss should have changed by it to first order: gradient times step. At the start they are
    0, 1 and 0.
    """

    number: int
    loss: float
    point: list[float]
    gradient: list[float]
    norm: float
    rate: float
    clipped: float
    predicted: float


class Descent:
    """The states of a descent, as an iterator that keeps none of them.

    ``ended`` tells afterwards why there are no more: the gradient was as small as wanted
    (``until``), the ``steps`` are done, the point no longer moves (``stalled``), or the value or
    the gradient at the point ``broken`` is ``not-finite``. ``bottomless`` tells whether the last
    step, or the search for it, met a value that is infinite in the direction wanted.
    """

    def __init__(self, objective: Objective, plan: Plan) -> None:
        self.objective = objective
        self.plan = plan
        self.ended: Ending = "steps"
        self.broken: list[float] | None = None
        self.bottomless = False
        self._sign = -1.0 if plan.maximize else 1.0

    def __iter__(self) -> Iterator[State]:
        plan, objective = self.plan, self.objective
        value, gradient_there = objective.value, objective.gradient
        clip, fixed = plan.clip, None if plan.searches else plan.rate
        move = MOVES[plan.method](objective, -self._sign, plan.momentum)
        trial = 1.0 if plan.rate is None else plan.rate
        rate, clipped, predicted = 0.0, 1.0, 0.0
        point = objective.start
        before, slopes = point, point
        for number in range(plan.steps + 1):
            loss = value(point)
            gradient = gradient_there()
            norm = hypot(*gradient)
            if not (isfinite(loss) and isfinite(norm)):
                self.ended, self.broken = "not-finite", point
                self.bottomless |= self._sign * loss == -inf
                if number == 0:
                    yield State(0, loss, point, gradient, norm, rate, clipped, predicted)
                return
            yield State(number, loss, point, gradient, norm, rate, clipped, predicted)
            if norm <= plan.until:
                self.ended = "until"
                return
            if number == plan.steps:
                return
            used = gradient
            if clip is not None and norm > clip:
                clipped = clip / norm
                used = [slope * clipped for slope in gradient]
            else:
                clipped = 1.0
            way = move(point, used)
            if fixed is None:
                if plan.rate is None and number > 0:
                    trial = self._next_trial(rate, before, point, slopes, gradient)
                way, rate = self._searched(point, loss, gradient, way, trial)
            else:
                rate = fixed
            there = [x + rate * d for x, d in zip(point, way, strict=True)]
            predicted = rate * inner(gradient, way)
            if there == point:
                self.ended = "stalled"
                return
            before, slopes, point = point, gradient, there

    def _next_trial(
        self,
        rate: float,
        before: list[float],
        point: list[float],
        slopes: list[float],
        gradient: list[float],
    ) -> float:
        """Where the search for a rate begins, if nobody says so.

        For plain descent at the rate that fits the curvature along the last step (Barzilai and
        Borwein, *Two-point step size gradient methods*, 1988), else at twice the last rate.
        Newton's step is right as it is.
        """
        if self.plan.method == "newton":
            return 1.0
        if self.plan.method == "gd":
            moved = list(map(sub, point, before))
            turned = inner(moved, list(map(sub, gradient, slopes)))
            turned = -turned if self.plan.maximize else turned
            if turned > 0.0:
                return inner(moved, moved) / turned
        return 2.0 * rate

    def _searched(
        self,
        point: list[float],
        loss: float,
        gradient: list[float],
        way: list[float],
        rate: float,
    ) -> tuple[list[float], float]:
        """A way and a rate that lead down far enough; a rate of 0 if there are none.

        Backtracking (Armijo, *Minimization of functions having Lipschitz continuous first partial
        derivatives*, 1966). From a way that leads up it turns against the gradient. A value that
        is not finite is no gain.
        """
        sign = self._sign
        self.bottomless = False
        slope = sign * inner(gradient, way)
        if not slope < 0.0:
            way = [-sign * x for x in gradient]
            slope = -inner(gradient, gradient)
        for _ in range(HALVINGS):
            there = [x + rate * d for x, d in zip(point, way, strict=True)]
            reached = sign * self.objective.value(there)
            self.bottomless |= reached == -inf
            if isfinite(reached) and reached <= sign * loss + ARMIJO * rate * slope:
                return way, rate
            rate *= 0.5
        return way, 0.0
