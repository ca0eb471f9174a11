"""The least sum of squares: several ways down from one start, and the best end of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from autograd_cli.fitting.around import LEVEL, falls_for_ever, look, lower_along, one_sided, told
from autograd_cli.fitting.certainty import Certainty, of_squares, unknown
from autograd_cli.fitting.ending import Ending, not_finite
from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.parameters import Bounds, Parameters
from autograd_cli.fitting.sample import MANY_ROWS
from autograd_cli.fitting.squares import Normal, Squares
from autograd_cli.fitting.verdict import CERTAIN, Kind
from autograd_cli.fitting.ways import (
    Projection,
    Way,
    is_rounding,
    last_steps,
    levenberg_marquardt,
    newton_ways,
    promise,
    rounding,
    trust_region,
)
from autograd_graph.passes.curvature import hessian

_MOST_PARAMETERS, _MOST_NODES = 24, 20_000
"""Beyond these, it is not looked for parameters that a model is linear in."""

_FEW = 100
"""Steps in which most fits end, on the way that suits them."""

_ESCAPES = 4
"""From places where the gradient is 0, and that are no least, it is gone on so often."""

_EXACT = 1e-12
"""Residuals that are so small beside the target are those of rounding, or vanish far away."""

_LITTLE = 1e-6
"""What is left of a sum may be rounding of terms that cancel where it is no more than this part of
that of the target or at the start."""

_HOPE = 1e-3
"""A step that would take away more than this part of the sum is none of rounding, however small it
is beside a parameter."""

_BLIND = 1e-7
"""Along axes in which the scaled Jacobian is so much shorter than along others, the sum may curve
down, which a linear model does not see."""

_BETTER = 1e-9
"""Relative to the smallest sum so far; less is rounding."""


def least_squares(squares: Squares, parameters: Parameters, steps: int) -> Ending:
    """Go down each way from the start, and on to an end that no Gauss-Newton step leaves.

    Where the ways lead to different ends, the one with the smallest sum counts.
    """
    first = squares.at(parameters.start)
    if first is None:
        return not_finite(parameters.start)
    linear = _linear(squares, parameters.start)
    search = _Search(squares, parameters.bounds, first)
    kind: Kind = "falling"
    try:
        for _ in range(_ESCAPES):
            start = search.end.point
            search.down(_ways(linear, len(start)), start, steps)
            kind, lower = _verdict(search, parameters, linear)
            if lower is None:
                break
            search.go_to(lower)
    except KeyboardInterrupt:
        search.interrupted()
    certain = _certainty(squares, search.end, parameters)
    if kind != "converged" or search.size > CERTAIN:  # errors are those of a least that J shows
        nothing = unknown(len(first.point))
        certain = replace(certain, errors=nothing.errors, correlations=nothing.correlations)
    stopped = search.stopped
    ending = Ending(kind, search.end, search.walked, search.size, certain, linear, stopped)
    if ending.loose and not stopped and _level_to_one_side(search, parameters):
        return replace(ending, kind="unbounded", certainty=unknown(len(first.point)))
    return ending


def _level_to_one_side(search: _Search, parameters: Parameters) -> bool:
    squares, end = search.squares, search.end
    if not squares.objective.model.smooth or not end.jacobian.any():
        return False
    margin = rounding(end) + LEVEL * end.square
    return one_sided(squares.value, margin, end.point, newton_ways(end, _BLIND), parameters.bounds)


class _Search:
    """The best end so far, the way that led to it, and how large the next step from there is."""

    def __init__(self, squares: Squares, bounds: Bounds, end: Normal) -> None:
        self.squares = squares
        self.bounds = bounds
        self.end = end
        self.size, self.walked = np.inf, ""
        self.ran_out = self.stopped = False

    def down(self, ways: dict[str, Way], start: Array, steps: int) -> None:
        """Go down each way; far, only where no way has an end within a few steps.

        A way may follow a valley for thousands of steps past the least sum that another finds.
        """
        for most in sorted({min(steps, _FEW), steps}):
            for name, way in list(ways.items()):
                stopped = way(self.squares, start, self.bounds, most)
                if not stopped:
                    del ways[name]
                best = self.squares.best
                assert best is not None
                if self.walked and best.square >= self.end.square * (1.0 - _BETTER):
                    continue
                self.end, self.size = last_steps(self.squares, best, self.bounds)
                self.walked, self.ran_out = name, stopped
                if self.size <= CERTAIN and len(self.squares.objective.source) > MANY_ROWS:
                    return
            if self.size <= CERTAIN or not self.end.jacobian.any():
                return

    def go_to(self, point: Array) -> None:
        """Begin anew at a point where the sum is lower."""
        there = self.squares.at(point)
        assert there is not None
        self.end, self.size = there, np.inf

    def interrupted(self) -> None:
        """End where the search is."""
        self.stopped = True
        if not self.walked and self.squares.best is not None:
            self.end = self.squares.best


def _ways(linear: list[int], count: int) -> dict[str, Way]:
    ways: dict[str, Way] = {
        "trust-region": trust_region,
        "levenberg-marquardt": levenberg_marquardt,
    }
    if linear:
        ways["variable-projection"] = Projection(linear, count)
    return ways


def _linear(squares: Squares, start: Array) -> list[int]:
    """Some parameters in which the model is linear together, as far as one row tells.

    Their second derivatives are 0, which is seen off the start too, where other parameters may
    happen to be 0.
    """
    program, names = squares.objective.model.program, squares.objective.model.names
    if len(names) > _MOST_PARAMETERS or len(program.graph) > _MOST_NODES:
        return []
    source = squares.objective.source
    row = source.picked(np.array([len(source) // 2]))
    columns = {name: float(column[0]) for name, column in row.columns.items()}
    nudged = [value * (1.0 + 0.01 * (n + 1)) + 0.001 for n, value in enumerate(start.tolist())]
    point = program.given | columns | dict(zip(names, nudged, strict=True))
    found = hessian(program.tape, point, names)
    linear: list[int] = []
    for number in range(len(names)):
        if all(found[number][other] == 0.0 for other in (*linear, number)):
            linear.append(number)
    return linear


def _verdict(
    search: _Search, parameters: Parameters, linear: list[int]
) -> tuple[Kind, Array | None]:
    """The verdict, and a place where the sum is lower if one lies near a gradient of 0."""
    squares, end, bounds = search.squares, search.end, parameters.bounds
    value = squares.value

    def lower(shortest: float, margin: float) -> Array | None:
        """A place that is lower by more, along axes in which the Jacobian is so short."""
        return lower_along(value, margin, end.point, newton_ways(end, shortest), bounds)

    cancelled = rounding(end) + LEVEL * end.square
    exact = np.sqrt(end.square) <= _EXACT * squares.height
    small = search.size <= CERTAIN and bool(end.jacobian.any())
    sure = small and (exact or promise(end, bounds) <= _HOPE)
    smooth = squares.objective.model.smooth
    if (exact or not sure) and falls_for_ever(value, parameters.start, end.point, bounds, smooth):
        return "unbounded", None
    if sure or end.square == 0.0:
        below = None if exact else lower(_BLIND, cancelled)
        return ("converged", None) if below is None else ("saddle", below)
    if search.ran_out:
        return "falling", None
    firm = small and (len(linear) == len(end.point) or not newton_ways(end, _BLIND).size)
    if firm and is_rounding(end):
        little = _LITTLE * max(squares.height**2, value(parameters.start))
        if end.square <= little:
            return "converged", None
    level = not (end.residuals @ end.jacobian).any()
    around = look(value, end.point, bounds)
    if around.lower is not None:
        return "saddle" if level else "stuck", around.lower
    if around.rises and not small:
        below = lower(np.inf, cancelled)
        if below is not None:
            return "stuck", below
        hidden = lower(np.inf, told(value, parameters.start, end.point)) is not None
        return "stuck" if hidden else "converged", None
    return "flat" if level else "stuck", None


def _certainty(squares: Squares, end: Normal, parameters: Parameters) -> Certainty:
    spare = len(squares.objective.source) - len(parameters.names)
    variance = end.square / spare if spare > 0 else np.nan
    reached = parameters.bounds.reached(end.point)
    return of_squares(end.jacobian, end.sizes, variance, reached)
