"""Where a descent leads: what its last steps, and the curvature around it, say.

A :class:`Watch` looks on while the descent goes and keeps a few states from its beginning and its
end. Afterwards it judges. A fixed rate ``r`` takes plain descent down a parabola of curvature
``c`` only if ``r < 2/c``; with momentum ``m`` the limit is ``2*(1 + m)/c`` (Polyak, 1964).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import ceil, hypot, isfinite, log, sqrt
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
"""So many states at either end are kept, fewer where there are many parameters."""

MANY = 24
"""Of more parameters than this the second derivatives are not taken for a verdict."""

LARGE = 20_000
"""Nor in larger graphs."""

LATE = 8
"""So many of the last steps are searched for a kink."""

LONG = 10_000
"""To and fro for more steps than this is not a way down."""

BISECTIONS = 50
"""So often an interval around a kink is halved."""

JUMP = 0.1
"""What part of a slope's change has to be left in so small an interval."""

NEAR = 1e-6
"""Relative to others or to the whole, what is next to nothing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a descent.

    ``remaining`` is in how many steps the gradient will be as small as wanted if it goes on as
    of late, ``None`` if it will not. ``curvature`` is the largest one met and ``limit`` the
    largest rate that it allows. ``signs`` counts the Hessian's eigenvalues at the end: below 0,
    0, above. ``node`` is where a kink is. ``maximum`` and ``minimum`` are of the wrong kind: all
    ways lead down from where one goes down, and up from where one goes up.
    """

    kind: Kind
    remaining: int | None = None
    curvature: float | None = None
    limit: float | None = None
    signs: tuple[int, int, int] | None = None
    node: int | None = None


class Watch:
    """What is remembered of a descent: its first states, its last ones, and the best one."""

    def __init__(self, descent: Descent) -> None:
        self._descent = descent
        self._sign = -1.0 if descent.plan.maximize else 1.0
        length = min(LONGEST, max(4, 200_000 // max(1, len(descent.objective.start))))
        self._first: list[State] = []
        self._last: deque[State] = deque(maxlen=length)
        self.best: State | None = None

    def states(self) -> Iterator[State]:
        """The states of the descent, seen on their way through."""
        sign, first, keep = self._sign, self._first, self._last.append
        length = self._last.maxlen or 0
        best, lowest = None, float("inf")
        for state in self._descent:
            keep(state)
            if len(first) < length:
                first.append(state)
            if sign * state.loss < lowest:
                best, lowest = state, sign * state.loss
                self.best = best
            yield state

    @property
    def begun(self) -> bool:
        """Whether there is any state yet."""
        return bool(self._first)

    @property
    def first(self) -> State:
        """The start."""
        return self._first[0]

    @property
    def last(self) -> State:
        """The last state that there is."""
        return self._last[-1]

    def verdict(self) -> Verdict:
        """What became of the descent, once it has ended."""
        ended = self._descent.ended
        if self._descent.bottomless and ended in ("not-finite", "stalled"):
            return Verdict("unbounded")
        if ended == "not-finite":
            return self._beyond("diverging") if self._rising() else Verdict("not-finite")
        if ended == "until":
            return self._at_rest()
        if self._rising():
            return self._beyond("diverging")
        if ended == "stalled" or not self._improving():
            node = self._kink()
            if node is not None:
                return Verdict("kink", node=node)
            return self._stalled() if ended == "stalled" else self._beyond("oscillating")
        remaining = self._remaining()
        if self._reversing() and (remaining is None or remaining > LONG):
            return self._beyond("oscillating")
        return Verdict("falling", remaining=remaining)

    def _rising(self) -> bool:
        """Whether the loss is above where it began, and was not a while ago or was less so."""
        losses = [self._sign * state.loss for state in self._last]
        above = losses[-1] > self._sign * self.first.loss
        return above and len(losses) > 1 and losses[-1] >= max(losses[: (len(losses) + 1) // 2])

    def _improving(self) -> bool:
        """Whether the later half of the last states is better than the half before."""
        losses = [self._sign * state.loss for state in self._last]
        half = (len(losses) + 1) // 2
        return len(losses) == 1 or min(losses[half:]) < min(losses[:half])

    def _reversing(self) -> bool:
        """Whether the last step but went back where the one before had come from."""
        if len(self._last) < 3:
            return False
        one, two, three = (self._last[n].point for n in (-3, -2, -1))
        there, back = list(map(sub, two, one)), list(map(sub, three, two))
        return inner(there, back) < -0.9 * hypot(*there) * hypot(*back)

    def _remaining(self) -> int | None:
        """The gradient's norm is taken to go on shrinking by the same factor at each step."""
        earlier, now = self._last[len(self._last) // 2], self.last
        until = self._descent.plan.until
        if not (0.0 < until < now.norm < earlier.norm):
            return None
        factor = log(now.norm / earlier.norm) / (now.number - earlier.number)
        return ceil(log(until / now.norm) / factor)

    def _beyond(self, kind: Kind) -> Verdict:
        """A verdict with what rate would have been small enough."""
        plan = self._descent.plan
        if plan.rate is None or plan.searches or plan.method not in ("gd", "momentum"):
            return Verdict(kind)
        curvature = self._curvature()
        reach = 1.0 + (plan.momentum if plan.method == "momentum" else 0.0)
        if curvature is None or 2.0 * reach / curvature > plan.rate:
            return Verdict(kind, curvature=curvature)
        return Verdict(kind, curvature=curvature, limit=2.0 * reach / curvature)

    def _stalled(self) -> Verdict:
        """Why no step moves the point, though its gradient is not as small as wanted.

        It is at rest if, a little further along the way down, the slope has turned or the value
        is the same to the last digit.
        """
        last, objective = self.last, self._descent.objective
        ahead = self._ahead()
        if not all(map(isfinite, ahead)):
            return Verdict("stuck")
        loss = objective.value(ahead)
        if not isfinite(loss):
            return Verdict("edge")
        if self._sign * loss < self._sign * last.loss:
            return Verdict("stuck")
        turned = inner(objective.gradient(), last.gradient) <= 0.0
        return self._at_rest() if loss == last.loss or turned else Verdict("jump")

    def _ahead(self) -> list[float]:
        """A point a little further along the way down."""
        last = self.last
        reach = -self._sign * NEAR * (1.0 + hypot(*last.point)) / last.norm if last.norm else 0.0
        return [x + reach * slope for x, slope in zip(last.point, last.gradient, strict=True)]

    def _at_rest(self) -> Verdict:
        """What kind of point it is where the gradient is next to 0.

        Where a gradient of norm ``g`` passes for 0, a curvature counts as one that leads away
        only beyond ``sqrt(g)`` (Nesterov and Polyak, *Cubic regularization of Newton method and
        its global performance*, 2006).
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
        below, above = (right, wrong) if self._descent.plan.maximize else (wrong, right)
        kind: Kind = "saddle" if wrong else "converged"
        if wrong == len(found):
            kind = "minimum" if self._descent.plan.maximize else "maximum"
        return Verdict(kind, signs=(below, len(found) - below - above, above))

    def _eigenvalues(self, point: Sequence[float]) -> list[float]:
        """Those of the Hessian at a point; none where it would cost too much."""
        objective = self._descent.objective
        if not 0 < len(point) <= MANY or len(objective.values) > LARGE:
            return []
        return eigenvalues(hessian(objective.whole, objective.at(point), objective.names))

    def _curvature(self) -> float | None:
        """The largest curvature in the way of going down that the path has met.

        From the Hessian at the start and at the best state; of many parameters, from how the
        gradient turned between the first states.
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
        """The node whose slope jumps where the descent goes to and fro, or cannot leave."""
        last, ahead = self.last, self._ahead()
        late = [(before.point, after.point) for before, after in pairwise(self._last)][-LATE:]
        for start, end in [(last.point, ahead), *reversed(late)]:
            node = self._kink_between(start, end)
            if node is not None:
                return node
        return None

    def _kink_at(self, point: Sequence[float]) -> int | None:
        """The first node that has a kink at a point, among those that move with it."""
        objective = self._descent.objective
        found = statuses(objective.whole, forward(objective.whole, objective.at(point)))
        moving = breaks(objective.whole, found, objective.names)
        return min((node for node, status in moving.items() if status == KINK), default=None)

    def _kink_between(self, start: Sequence[float], end: Sequence[float]) -> int | None:
        """Close in on where the slope along a line changes; a kink is a change that stays."""
        objective = self._descent.objective
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
        """The node whose slopes differ most, for the output, at two points next to each other."""
        objective = self._descent.objective
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


def _turning(before: State, after: State) -> float:
    """The mean curvature along one step: how much the gradient turned for the way made."""
    moved = list(map(sub, after.point, before.point))
    length = inner(moved, moved)
    return inner(moved, list(map(sub, after.gradient, before.gradient))) / length if length else 0.0
