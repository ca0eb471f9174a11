"""Underflow: which results lose digits to it, and whether the loss matters.

A product of non-zero numbers may be 0, or a subnormal number with fewer digits. Whether that
matters depends on what multiplies it later.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign, isfinite, isinf
from sys import float_info

from autograd_graph.graph import Graph
from autograd_graph.numbers import floats
from autograd_graph.op import Op

TINY = float_info.min
"""The smallest normal number: smaller ones are subnormal and have fewer digits, or none."""

LEAST = 5e-324
"""The spacing of subnormal numbers, the unit in which losses are counted."""

NOTICED = 2.0**-50
"""Relative errors above this are more than rounding."""

NUDGES = 7
"""By how many different amounts lost numbers are nudged."""


def is_underflow(
    row: Op, number: float, arguments: Sequence[float], *, partial: bool = False
) -> bool:
    """Whether a value or partial that is 0 or subnormal is so only because it underflowed.

    It is not if it equals an argument that is passed on unchanged: times 1, or as a partial that is
    an argument. The partial of a function of one argument is exactly 0 only where that is 0 or
    infinite.
    """
    if partial and row.verbatim and number in arguments:
        return False
    if row.factors is None and len(arguments) != 1:
        return number != 0.0 and not (number in arguments and 1.0 in map(abs, arguments))
    factors = arguments if row.factors is None else row.factors(floats, *arguments)
    beside = (*arguments, *factors[: len(arguments)])
    if number in arguments and 1.0 in map(abs, beside):
        return False
    return number != 0.0 or all(isfinite(x) and x != 0.0 for x in factors)


def underflowed(graph: Graph, values: Sequence[float]) -> bool:
    """Whether a product anywhere in a graph is 0 or subnormal because it underflowed."""
    return any(
        abs(value) < TINY
        and row.factors is not None
        and is_underflow(row, value, [values[arg] for arg in args])
        for value, row, args in zip(values, graph.ops, graph.args, strict=True)
    )


class Losses:
    """Records what a pass loses to underflow.

    ``count`` is the number of losses. With ``nudged``, each lost number is changed by some units of
    ``LEAST``: results that then differ from those of the plain pass depend on lost digits.
    """

    __slots__ = ("count", "nudged")

    def __init__(self, nudged: bool = False) -> None:
        self.count = 0
        self.nudged = nudged

    def lost(self, number: float) -> float:
        """Count a lost number and nudge it, by varying amounts so that they do not cancel."""
        self.count += 1
        return number + (1 + self.count % NUDGES) * LEAST if self.nudged else number

    def value(self, row: Op, number: float, arguments: Sequence[float]) -> float:
        """An operator's value. Overflow is a loss too: dividing by the result gives 0."""
        if isinf(number) and all(map(isfinite, arguments)):
            self.count += 1
            return copysign(float_info.max, number) if self.nudged else number
        small = abs(number) < TINY and row.factors is not None
        return self.lost(number) if small and is_underflow(row, number, arguments) else number

    def share(self, row: Op, slope: float, flow: float, arguments: Sequence[float]) -> float:
        """A partial of an operator times the adjoint or tangent ``flow``."""
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
    near = difference <= 16.0 * LEAST * NUDGES or difference <= NOTICED * abs(number)
    return isfinite(number) and not near
