"""The rows of a Hessian, each from the steps that its input can change.

The value of an adjoint is the same in every row, so one reverse pass over the whole tape gives them
all. What a row adds are tangents: upwards those of the values that a slope can depend on, and from
the steps whose slopes change back to the inputs. A row costs as much as these steps, and nothing
where its input is in no such step.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from autograd_graph.errors import ProgramError
from autograd_graph.numbers.duals import Dual, DualMath, tangent, value
from autograd_graph.passes.evaluation import Tape, reverse
from autograd_graph.passes.underflow import TINY, Losses


class Rows:
    """The rows of the Hessian of a tape's output at the ``values`` of its nodes.

    ``losses`` records what underflows. ``limit`` is the largest number of steps and arguments that
    all rows together may pass through; ``None`` for any number.
    """

    def __init__(
        self, tape: Tape, values: Sequence[float], losses: Losses, limit: int | None = None
    ) -> None:
        self._tape = tape
        self._values = values
        self._losses = losses
        self._system = DualMath(losses)
        self._limit = limit
        self._passed = 0
        self._numbers: list[Dual] = [self._system.dual(number, None) for number in values]
        self._adjoints: list[Any] = reverse(tape, self._numbers, 1.0, self._system)
        self._slopes: dict[int, list[float | None]] = {}
        self._curving = _curving(tape, values, self._adjoints)
        self._users = _users_that_matter(tape, self._curving)

    def of(self, name: str) -> dict[int, float]:
        """The second derivatives by an input and each node that they are not 0 for.

        Raises :class:`ProgramError` (``limit``).
        """
        start = self._tape.graph.inputs[name]
        above = self._above(start)
        tangents = self._tangents(start, above)
        for node, flow in tangents.items():
            self._numbers[node] = self._system.dual(self._values[node], flow)
        found = self._back([node for node in above if self._curving[node]])
        for node in tangents:
            self._numbers[node] = self._system.dual(self._values[node], None)
        return found

    def _above(self, start: int) -> list[int]:
        """The steps that an input can change and that matter, in evaluation order."""
        found = {start}
        pending = [start]
        while pending:
            for user in self._users[pending.pop()]:
                if user not in found:
                    found.add(user)
                    pending.append(user)
        found.remove(start)
        return sorted(found)

    def _tangents(self, start: int, above: Sequence[int]) -> dict[int, float]:
        """The derivatives by an input of the values of the steps ``above`` it."""
        all_args = self._tape.graph.args
        tangents = {start: 1.0}
        for node in above:
            total: float | None = None
            for arg, slope in zip(all_args[node], self._slopes_of(node), strict=True):
                flow = tangents.get(arg)
                if flow is None or slope is None:
                    continue
                share = self._share(node, slope, flow)
                total = share if total is None else total + share
            if total is not None:
                tangents[node] = total
        return tangents

    def _slopes_of(self, node: int) -> list[float | None]:
        if node not in self._slopes:
            self._slopes[node] = self._tape.slopes(node, self._values) or []
        return self._slopes[node]

    def _share(self, node: int, slope: float, flow: float) -> float:
        share = slope * flow
        if abs(slope) < TINY or abs(share) < TINY:
            graph = self._tape.graph
            arguments = [self._values[arg] for arg in graph.args[node]]
            return self._losses.share(graph.ops[node], slope, flow, arguments)
        return share

    def _back(self, changed: list[int]) -> dict[int, float]:
        """The tangents of the adjoints under the steps whose slopes have ``changed``."""
        tape = self._tape
        flows: dict[int, float] = {}
        pending = [-node for node in changed]
        heapify(pending)
        waiting = set(changed)
        while pending:
            node = -heappop(pending)
            adjoint, flow = self._adjoints[node], flows.get(node)
            if adjoint is None:
                continue
            if flow is not None:
                adjoint = self._system.dual(value(adjoint), flow)
            shares = tape.shares(node, self._numbers, adjoint, self._system)
            if shares is None:
                continue
            self._count(1 + len(shares))
            for arg, share in zip(tape.graph.args[node], shares, strict=True):
                handed = tangent(share)
                if handed is None or not tape.varying[arg]:
                    continue
                flows[arg] = handed + flows[arg] if arg in flows else handed
                if arg not in waiting:
                    waiting.add(arg)
                    heappush(pending, -arg)
        return flows

    def _count(self, passed: int) -> None:
        self._passed += passed
        if self._limit is not None and self._passed > self._limit:
            raise ProgramError(
                f"the rows of this Hessian take more than {self._limit:,} steps, which is the "
                "limit of nodes",
                code="limit",
                hint="--wrt takes the second derivatives by some inputs only; --max-nodes raises "
                "the limit",
            )


def _curving(tape: Tape, values: Sequence[float], adjoints: Sequence[Any]) -> bytearray:
    """For each node, whether something flows back from it by slopes that depend on its arguments.

    So it is not with sums and differences, nor with products by constants.
    """
    system = DualMath(Losses())
    numbers = [
        system.dual(number, 1.0 if varies else None)
        for number, varies in zip(values, tape.varying, strict=True)
    ]
    curving = bytearray(len(values))
    for node in tape.operators:
        if adjoints[node] is None:
            continue
        shares = tape.shares(node, numbers, 1.0, system)
        curving[node] = shares is not None and any(
            tangent(share) is not None and tape.varying[arg]
            for arg, share in zip(tape.graph.args[node], shares, strict=True)
        )
    return curving


def _users_that_matter(tape: Tape, curving: Sequence[int]) -> list[list[int]]:
    """For each node the steps that use it and that a slope can depend on, or whose slopes curve."""
    matters = bytearray(curving)
    users: list[list[int]] = [[] for _ in curving]
    for node in reversed(tape.operators):
        if not (matters[node] and tape.passes_back(node)):
            continue
        for arg in dict.fromkeys(tape.graph.args[node]):
            if tape.varying[arg]:
                users[arg].append(node)
                matters[arg] = 1
    return users
