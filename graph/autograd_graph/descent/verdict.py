"""Why a descent ended where it did, judged from its last states and the curvature around them.

A :class:`Watch` keeps a few states from the beginning and the end of a descent, and judges them
afterwards. Plain descent with a fixed rate ``r`` decreases a parabola of curvature ``c`` only if
``r < 2/c``; with momentum ``m`` the limit is ``2*(1 + m)/c`` (Polyak, 1964).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import ceil, expm1, hypot, inf, isfinite, log, sqrt
from operator import sub
from typing import Literal

from autograd_graph.descent.descent import Descent, State
from autograd_graph.descent.moves import inner
from autograd_graph.passes.curvature import eigenvalues, hessian
from autograd_graph.passes.diagnosis import breaks, statuses
from autograd_graph.passes.evaluation import forward, reverse
from autograd_graph.status import KINK

Kind = Literal[
    "converged",
    "falling",
    "oscillating",
    "diverging",
    "not-finite",
    "kink",
    "saddle",
    "maximum",
    "minimum",
    "unbounded",
    "flat",
    "edge",
    "jump",
    "stuck",
]

LONGEST = 64
"""How many states are kept at either end, fewer where there are many parameters."""

MANY = 24
"""With more parameters than this, a verdict does without the Hessian."""

LARGE = 20_000
"""With more nodes than this, too."""

LATE = 8
"""How many of the last steps are searched for a kink."""

LARGEST_EXPONENT = 700.0
"""The exponential of more than this is no double, nor a number of steps."""

LONG = 10_000
"""A descent whose steps reverse is oscillating, not falling, if it needs more steps than this."""

BISECTIONS = 50
"""How often an interval around a kink is halved."""

JUMP = 0.1
"""The fraction of a slope's change that has to remain in the last interval for it to be a kink."""

FAR = 1e-2
"""A point is far from one of rest if Newton's step would change it by more than this part."""

STEADY = 0.5, 2.0
"""A descent slows down steadily if it slowed down by so many times what it did before."""

NEAR = 1e-6
"""Numbers below this, relative to a scale, count as 0."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a descent ended.

    ``remaining`` is the number of steps until the gradient is as small as wanted, extrapolated from
    the last states; ``None`` if it does not shrink. ``slowing`` is the number if it goes on to
    shrink more and more slowly, perhaps infinite; ``None`` if it does not do so steadily.
    ``curvature`` is the largest one met and ``limit`` the largest rate that it allows. ``signs``
    counts the Hessian's eigenvalues at the end: below 0, 0, above. ``node`` is the node with a
    kink. ``maximum`` and ``minimum`` are of the wrong kind: a maximum reached by minimising, a
    minimum by maximising. ``far`` says of one that has converged that curvature is as small as the
    slope there: a point of rest may be far away, or nowhere.
    """

    kind: Kind
    remaining: int | None = None
    slowing: float | None = None
    curvature: float | None = None
    limit: float | None = None
    signs: tuple[int, int, int] | None = None
    node: int | None = None
    far: bool = False


class Watch:
    """Keeps the first states of a descent, the last ones and the best one."""

    def __init__(self, descent: Descent) -> None:
        self.descent = descent
        self._sign = -1.0 if descent.plan.maximize else 1.0
        length = min(LONGEST, max(4, 200_000 // max(1, len(descent.objective.start))))
        self._first: list[State] = []
        self._last: deque[State] = deque(maxlen=length)
        self.best: State | None = None

    def states(self) -> Iterator[State]:
        """Pass on the states of the descent, and record them."""
        sign, first, keep = self._sign, self._first, self._last.append
        length = self._last.maxlen or 0
        best, lowest = None, float("inf")
        for state in self.descent:
            keep(state)
            if len(first) < length:
                first.append(state)
            if sign * state.loss < lowest:
                best, lowest = state, sign * state.loss
                self.best = best
            yield state

    @property
    def begun(self) -> bool:
        """Whether a state has been recorded."""
        return bool(self._first)

    @property
    def first(self) -> State:
        """The state at the start."""
        return self._first[0]

    @property
    def last(self) -> State:
        """The latest state."""
        return self._last[-1]

    def verdict(self) -> Verdict:
        """Judge the descent, once it has ended."""
        ended = self.descent.ended
        if self.descent.bottomless and ended in ("not-finite", "stalled"):
            return Verdict("unbounded")
        if ended == "not-finite":
            return self._with_limit("diverging") if self._rising() else Verdict("not-finite")
        if ended == "until":
            return self._stationary()
        if self._rising():
            return self._with_limit("diverging")
        if ended == "stalled" or not self._improving():
            node = self._kink()
            if node is not None:
                return Verdict("kink", node=node)
            return self._stalled() if ended == "stalled" else self._with_limit("oscillating")
        remaining = self._remaining()
        if self._reversing() and (remaining is None or remaining > LONG):
            return self._with_limit("oscillating")
        slowing = None if remaining is None else self._slowing(remaining)
        return Verdict("falling", remaining=remaining, slowing=slowing)

    def _rising(self) -> bool:
        """Whether the loss is above its start and above the earlier half of the last losses."""
        losses = [self._sign * state.loss for state in self._last]
        above = losses[-1] > self._sign * self.first.loss
        return above and len(losses) > 1 and losses[-1] >= max(losses[: (len(losses) + 1) // 2])

    def _improving(self) -> bool:
        """Whether the best of the last losses is in the later half."""
        losses = [self._sign * state.loss for state in self._last]
        half = (len(losses) + 1) // 2
        return len(losses) == 1 or min(losses[half:]) < min(losses[:half])

    def _reversing(self) -> bool:
        """Whether the last step mostly undid the one before."""
        if len(self._last) < 3:
            return False
        one, two, three = (self._last[n].point for n in (-3, -2, -1))
        there, back = list(map(sub, two, one)), list(map(sub, three, two))
        return inner(there, back) < -0.9 * hypot(*there) * hypot(*back)

    def _remaining(self) -> int | None:
        """Extrapolate the steps to ``until``: the norm shrinks by the same factor at each step."""
        earlier, now = self._last[len(self._last) // 2], self.last
        until = self.descent.plan.until
        if not (0.0 < until < now.norm < earlier.norm):
            return None
        return ceil(_pace(earlier, now) * log(now.norm / until))

    def _slowing(self, remaining: int) -> float | None:
        """Extrapolate the steps to ``until`` if the norm shrinks as a power of their number.

        It does where the curvature vanishes: at the least of ``x^4``, or far out on a ``softplus``.
        The steps in which it shrinks by the factor e, its *pace*, grow by as much with each step.
        """
        states = self._last
        marks = [states[round(part * (len(states) - 1) / 3)] for part in range(4)]
        if not all(before.norm > after.norm > 0.0 for before, after in pairwise(marks)):
            return None
        paces = [_pace(before, after) for before, after in pairwise(marks)]
        length = (marks[3].number - marks[0].number) / 3
        first, second = ((after - before) / length for before, after in pairwise(paces))
        low, high = STEADY
        if not 0.0 < low * first < second < high * first:
            return None
        way = second * log(self.last.norm / self.descent.plan.until)
        end = paces[-1] + second * length / 2
        steps = end * expm1(way) / second if way < LARGEST_EXPONENT else inf
        return steps if steps > 2 * remaining else None

    def _with_limit(self, kind: Kind) -> Verdict:
        """A verdict that includes the largest rate that would have been small enough."""
        plan = self.descent.plan
        if plan.rate is None or plan.searches or plan.method not in ("gd", "momentum"):
            return Verdict(kind)
        curvature = self._curvature()
        reach = 1.0 + (plan.momentum if plan.method == "momentum" else 0.0)
        if curvature is None or 2.0 * reach / curvature > plan.rate:
            return Verdict(kind, curvature=curvature)
        return Verdict(kind, curvature=curvature, limit=2.0 * reach / curvature)

    def _stalled(self) -> Verdict:
        """Why no step moves the point, though its gradient is not as small as wanted.

        It is a stationary point if, a little further down, the slope has changed sign or the value
        is the same to the last digit.
        """
        last, objective = self.last, self.descent.objective
        ahead = self._ahead()
        if not all(map(isfinite, ahead)):
            return Verdict("stuck")
        loss = objective.value(ahead)
        if not isfinite(loss):
            return Verdict("edge")
        if self._sign * loss < self._sign * last.loss:
            return Verdict("stuck")
        turned = inner(objective.gradient(), last.gradient) <= 0.0
        return self._stationary() if loss == last.loss or turned else Verdict("jump")

    def _ahead(self) -> list[float]:
        """A point a little further in the direction of descent."""
        last = self.last
        reach = -self._sign * NEAR * (1.0 + hypot(*last.point)) / last.norm if last.norm else 0.0
        return [x + reach * slope for x, slope in zip(last.point, last.gradient, strict=True)]

    def _stationary(self) -> Verdict:
        """Classify a point where the gradient is nearly 0.

        With a gradient of norm ``g``, a curvature counts as leading away only beyond ``sqrt(g)``
        (Nesterov and Polyak, *Cubic regularization of Newton method and its global performance*,
        2006).
        """
        node = self._kink_at(self.last.point)
        if node is not None:
            return Verdict("kink", node=node)
        found = self._eigenvalues(self.last.point)
        if not found or not all(map(isfinite, found)):
            return Verdict("converged")
        size = max(map(abs, found))
        if size == 0.0:
            return Verdict("flat", signs=(0, len(found), 0))
        least = NEAR * size
        wrong_least = max(least, sqrt(self.last.norm))
        wrong = sum(self._sign * value < -wrong_least for value in found)
        right = sum(self._sign * value > least for value in found)
        below, above = (right, wrong) if self.descent.plan.maximize else (wrong, right)
        kind: Kind = "saddle" if wrong else "converged"
        if wrong == len(found):
            kind = "minimum" if self.descent.plan.maximize else "maximum"
        point = self.last.point
        far = kind == "converged" and self.last.norm > FAR * size * (1.0 + hypot(*point))
        return Verdict(kind, signs=(below, len(found) - below - above, above), far=far)

    def _eigenvalues(self, point: Sequence[float]) -> list[float]:
        """The eigenvalues of the Hessian at a point; empty where it would cost too much."""
        objective = self.descent.objective
        if not 0 < len(point) <= MANY or len(objective.whole.graph) > LARGE:
            return []
        return eigenvalues(hessian(objective.whole, objective.at(point), objective.names))

    def _curvature(self) -> float | None:
        """The largest curvature, positive in the direction of descent, that the path has met.

        From the Hessian at the start and at the best state; with many parameters, from the change
        of the gradient along the recorded steps.
        """
        best = self.best or self.first
        found = [*self._eigenvalues(self.first.point), *self._eigenvalues(best.point)]
        if not found:
            path = chain(pairwise(self._first), pairwise(self._last))
            found = [_turning(before, after) for before, after in path]
        return max(
            (self._sign * value for value in found if isfinite(value) and self._sign * value > 0),
            default=None,
        )

    def _kink(self) -> int | None:
        """The node whose slope jumps across one of the last steps or just ahead of the end."""
        last, ahead = self.last, self._ahead()
        late = [(before.point, after.point) for before, after in pairwise(self._last)][-LATE:]
        for start, end in [(last.point, ahead), *reversed(late)]:
            node = self._kink_between(start, end)
            if node is not None:
                return node
        return None

    def _kink_at(self, point: Sequence[float]) -> int | None:
        """The first node with a kink at a point, among those that depend on the parameters."""
        objective = self.descent.objective
        found = statuses(objective.whole, forward(objective.whole, objective.at(point)))
        moving = breaks(objective.whole, found, objective.names)
        return min((node for node, status in moving.items() if status == KINK), default=None)

    def _kink_between(self, start: Sequence[float], end: Sequence[float]) -> int | None:
        """Bisect to where the slope changes most; a kink if the change does not shrink."""
        objective = self.descent.objective
        way = list(map(sub, end, start))

        def slope(t: float) -> float:
            objective.value([x + t * d for x, d in zip(start, way, strict=True)])
            return inner(objective.gradient(), way)

        low, high = 0.0, 1.0
        at_low, at_high = slope(low), slope(high)
        change = abs(at_high - at_low)
        if not change > NEAR * (abs(at_low) + abs(at_high)):
            return None
        for _ in range(BISECTIONS):
            middle = (low + high) / 2.0
            at_middle = slope(middle)
            if abs(at_middle - at_low) > abs(at_high - at_middle):
                high, at_high = middle, at_middle
            else:
                low, at_low = middle, at_middle
        if not abs(at_high - at_low) > JUMP * change:
            return None
        sides = [[x + t * d for x, d in zip(start, way, strict=True)] for t in (low, high)]
        return self._largest_jump(*sides)

    def _largest_jump(self, one: Sequence[float], other: Sequence[float]) -> int:
        """The node whose partials, times its adjoint, differ most between two close points."""
        objective = self.descent.objective
        tape = objective.whole
        here, there = (forward(tape, objective.at(point)) for point in (one, other))
        flows = list(zip(reverse(tape, here), reverse(tape, there), strict=True))
        jumps: dict[int, float] = {}
        for node in tape.operators:
            weight = max(abs(flow or 0.0) for flow in flows[node])
            on_one, on_other = tape.slopes(node, here), tape.slopes(node, there)
            if weight and on_one is not None and on_other is not None:
                pairs = zip(on_one, on_other, strict=True)
                jumps[node] = weight * max(abs((a or 0.0) - (b or 0.0)) for a, b in pairs)
        return max(jumps, key=jumps.__getitem__)


def _pace(before: State, after: State) -> float:
    """The steps in which the norm shrinks by the factor e."""
    return (after.number - before.number) / log(before.norm / after.norm)


def _turning(before: State, after: State) -> float:
    """The mean curvature along one step: the change of the gradient per length, along the step."""
    moved = list(map(sub, after.point, before.point))
    length = inner(moved, moved)
    return inner(moved, list(map(sub, after.gradient, before.gradient))) / length if length else 0.0
