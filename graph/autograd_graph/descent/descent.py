"""Gradient descent and related methods, as an iterator over states.

The method turns a gradient into a direction (:mod:`autograd_graph.descent.moves`); this module
decides how far to go along it: at a fixed rate, or at a rate found by a line search.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot, inf, isfinite
from operator import sub
from typing import Literal, NamedTuple

from autograd_graph.descent.moves import MOVES, Method, inner
from autograd_graph.descent.objective import Objective
from autograd_graph.errors import ProgramError

Ending = Literal["until", "steps", "stalled", "not-finite"]

ADAM_RATE = 0.1
"""Adam steps by about its rate whatever the gradient, so a line search finds none for it."""

ARMIJO = 1e-4
"""A line search accepts a step that gains at least this fraction of the first-order prediction."""

HALVINGS = 60
"""How often a line search halves the rate before it gives up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of a descent.

    Without a ``rate``, a line search finds one for each step, except for Adam, whose rate is then
    :data:`ADAM_RATE`; with a rate, ``line_search`` starts from it. ``momentum`` is also the decay
    of Adam's first moment. Raises :class:`ProgramError` (``bad-value``) for what no descent can be
    made of.
    """

    method: Method = "gd"
    rate: float | None = None
    steps: int = 1000
    until: float = 0.0
    momentum: float = 0.9
    clip: float | None = None
    maximize: bool = False
    line_search: bool = False

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise ProgramError(problem, code="bad-value")
        if self.rate is None and self.method == "adam" and not self.line_search:
            object.__setattr__(self, "rate", ADAM_RATE)

    def _problem(self) -> str:
        """What is wrong with the options, if anything is."""
        positive = {"the rate": self.rate, "the norm to clip to": self.clip}
        for what, number in positive.items():
            if number is not None and not 0.0 < number < inf:
                return f"{what} has to be a number above 0, not {number!r}"
        if self.method not in MOVES:
            return f"there is no method {self.method!r}: there are {', '.join(MOVES)}"
        if self.steps < 0:
            return f"there are no {self.steps} steps"
        if not self.until >= 0.0:
            return f"a gradient's norm is 0 or more, and not {self.until!r}"
        if not 0.0 <= self.momentum < 1.0:
            return f"momentum is from 0 to below 1, not {self.momentum!r}"
        return ""

    @property
    def searches(self) -> bool:
        """Whether a line search finds the rate of each step."""
        return self.line_search or self.rate is None


class State(NamedTuple):
    """The state of a descent after ``number`` steps, and the data of the last step.

    ``loss`` and ``gradient`` are the program's own, also when it is maximised. ``rate`` is the rate
    of the last step, ``clipped`` the factor that clipping multiplied its gradient by, and
    ``predicted`` the first-order change of the loss: gradient times step. At the start they are 0,
    1 and 0.
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

    After the iteration, ``ended`` is the reason why it stopped: the gradient's norm is at most
    ``until``, all ``steps`` are done, the point no longer moves (``stalled``), or the value or the
    gradient at the point ``broken`` is ``not-finite``. ``bottomless`` is true if the last step, or
    its line search, met a loss that is infinite in the wanted direction.
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
            objective.turn()
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
                way, rate = self._line_search(point, loss, gradient, way, trial)
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
        """The rate at which the line search starts if the plan gives none.

        For plain descent, the rate that fits the curvature along the last step (Barzilai and
        Borwein, *Two-point step size gradient methods*, 1988), else twice the last rate. For
        Newton's step, 1.
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

    def _line_search(
        self,
        point: list[float],
        loss: float,
        gradient: list[float],
        way: list[float],
        rate: float,
    ) -> tuple[list[float], float]:
        """A direction and a rate that decrease the loss enough; a rate of 0 if none was found.

        Backtracking (Armijo, *Minimization of functions having Lipschitz continuous first partial
        derivatives*, 1966). If the direction does not lead down, the negative gradient replaces it.
        A step to a value that is not finite is rejected.
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
