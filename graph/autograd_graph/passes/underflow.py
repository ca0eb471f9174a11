"""The small end of doubles: what is lost there, and what the loss amounts to.

A product of numbers that are not 0 may be 0, or a subnormal number with digits missing. Whether
that matters is decided by what multiplies it later.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign, isfinite, isinf
from sys import float_info

from autograd_graph.graph import Graph
from autograd_graph.op import Op

TINY = float_info.min
"""Numbers smaller than this are subnormal: digits are missing, or all of them."""

LEAST = 5e-324
"""The distance of subnormal numbers, in which losses are counted."""

NOTICED = 2.0**-50
"""A relative error from there on is more than rounding."""

_NUDGES = 7


def is_underflow(
    row: Op, number: float, arguments: Sequence[float], *, partial: bool = False
) -> bool:
    """Whether a value or a partial that is 0 or subnormal is so for want of range alone.

    An argument may be handed on as it is: times 1, or by a product as its partial. The slope of a
    function of one argument is 0 by right only where that is 0 or infinite.
    """
    if number in arguments and (1.0 in map(abs, arguments) or (partial and row.name == "mul")):
        return False
    if number != 0.0:
        return True
    if row.factors is None and len(arguments) != 1:
        return False
    factors = arguments if row.factors is None else row.factors(*arguments)
    return all(isfinite(x) and x != 0.0 for x in factors)


def underflowed(graph: Graph, values: Sequence[float]) -> bool:
    """Whether a product anywhere in a graph is 0 or subnormal for want of range alone."""
    return any(
        abs(value) < TINY
        and row.factors is not None
        and is_underflow(row, value, [values[arg] for arg in args])
        for value, row, args in zip(values, graph.ops, graph.args, strict=True)
    )


class Losses:
    """What a pass loses to the small end of doubles.

    ``count`` says how often. With ``nudged``, each lost number is put some units of ``LEAST`` off:
    results of the pass that differ from those of the plain one hang on digits that were lost.
    """

    __slots__ = ("count", "nudged")

    def __init__(self, nudged: bool = False) -> None:
        self.count = 0
        self.nudged = nudged

    def lost(self, number: float) -> float:
        """A number that was lost; other amounts in turn, lest they cancel."""
        self.count += 1
        return number + (1 + self.count % _NUDGES) * LEAST if self.nudged else number

    def value(self, row: Op, number: float, arguments: Sequence[float]) -> float:
        """The value of an operator. One that overflows is lost too: what it divides becomes 0."""
        if isinf(number) and all(map(isfinite, arguments)):
            self.count += 1
            return copysign(float_info.max, number) if self.nudged else number
        small = abs(number) < TINY and row.factors is not None
        return self.lost(number) if small and is_underflow(row, number, arguments) else number

    def share(self, row: Op, slope: float, flow: float, arguments: Sequence[float]) -> float:
        """A partial of an operator times what flows along it."""
        if flow != 0.0 and abs(slope) < TINY and is_underflow(row, slope, arguments, partial=True):
            slope = self.lost(slope)
        share = slope * flow
        if (
            abs(share) < TINY
            and slope != 0.0
            and flow != 0.0
            and 1.0 not in (abs(slope), abs(flow))
        ):
            share = self.lost(share)
        return share


def depends_on_lost_digits(number: float, nudged: float) -> bool:
    """Whether a result and that of a nudged pass differ by more than rounding."""
    difference = abs(number - nudged)
    near = difference <= 16.0 * LEAST * _NUDGES or difference <= NOTICED * abs(number)
    return isfinite(number) and not near
