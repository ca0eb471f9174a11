"""The least sum of squares: several ways down from one start, and the best end of them."""

from __future__ import annotations

import numpy as np

from autograd_cli.fitting.certainty import Certainty, of_squares
from autograd_cli.fitting.ending import Ending, not_finite
from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.parameters import Parameters
from autograd_cli.fitting.sample import MANY_ROWS
from autograd_cli.fitting.squares import Normal, Squares
from autograd_cli.fitting.verdict import CERTAIN, FAR, Kind
from autograd_cli.fitting.ways import (
    Projection,
    Way,
    last_steps,
    levenberg_marquardt,
    trust_region,
)
from autograd_graph.passes.curvature import hessian

_MOST_PARAMETERS, _MOST_NODES = 24, 20_000
"""Beyond these, it is not looked for parameters that a model is linear in."""

_BETTER = 1e-9
"""Relative to the smallest sum so far; less is rounding."""


def least_squares(squares: Squares, parameters: Parameters, steps: int) -> Ending:
    """Go down each way from the start, and on to an end that no Gauss-Newton step leaves.

    Where the ways lead to different ends, the one with the smallest sum counts.
    """
    start, bounds = parameters.start, parameters.bounds
    end = squares.at(start)
    if end is None:
        return not_finite(start)
    linear = _linear(squares, start)
    size, walked, ran_out, interrupted = np.inf, "", False, False
    try:
        for name, way in _ways(linear, len(start)).items():
            stopped = way(squares, start, bounds, steps)
            assert squares.best is not None
            if walked and squares.best.square >= end.square * (1.0 - _BETTER):
                continue
            end, size = last_steps(squares, squares.best, bounds)
            walked, ran_out = name, stopped
            if size <= CERTAIN and len(squares.objective.source) > MANY_ROWS:
                break
    except KeyboardInterrupt:
        interrupted = True
        if not walked:
            assert squares.best is not None
            end, ran_out = squares.best, True
    kind = _verdict(end, size, start, ran_out)
    certain = _certainty(squares, end, parameters)
    return Ending(kind, end, walked, size, certain, linear, interrupted)


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


def _verdict(end: Normal, size: float, start: Array, ran_out: bool) -> Kind:
    if not end.jacobian.any():
        return "flat"
    if size <= CERTAIN:
        return "converged"
    if ran_out:
        return "falling"
    gone = np.abs(end.point) > FAR * np.maximum(np.abs(start), 1.0)
    return "unbounded" if gone.any() else "stuck"


def _certainty(squares: Squares, end: Normal, parameters: Parameters) -> Certainty:
    spare = len(squares.objective.source) - len(parameters.names)
    variance = end.square / spare if spare > 0 else np.nan
    reached = parameters.bounds.reached(end.point)
    return of_squares(end.jacobian, end.sizes, variance, reached)
