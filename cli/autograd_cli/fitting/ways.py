"""Ways down to the least sum of squares: methods of ``scipy.optimize`` on compressed residuals.

They see one residual and one row of the Jacobian more than there are parameters, whatever the
number of rows, and take the steps that they would take on all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.optimize import least_squares, lsq_linear

from autograd_cli.fitting.certainty import ROUNDING
from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.parameters import Bounds
from autograd_cli.fitting.squares import Normal, Squares

TOLERANCE = 1e-14
"""Relative changes of the sum and of the parameters at which a method stops."""

PRECISE = 1e-10
"""The last Gauss-Newton steps stop at this change, relative to a parameter or to its error."""

_LAST_STEPS = 30

_LEAST = 1e-13
"""No step goes in directions in which the scaled Jacobian is this much shorter than along others:
rounding would make it long."""

_HEARD = 1e-14
"""In shorter ones the Jacobian is nothing but rounding. Between the two, what a step would take
away from the sum can be told, though not where it leads."""

_NOTICED = 1e-6
"""Relative to the length of the column of targets."""

_WALL = 1e150
"""A residual for points where a row is not finite: no sum is as large."""


Way = Callable[[Squares, Array, Bounds, int], bool]
"""Walks down from a start, in at most so many steps, and says whether it would have gone on.
``Squares.best`` is where it came to."""


def trust_region(squares: Squares, start: Array, bounds: Bounds, steps: int) -> bool:
    """The trust-region reflective method (Branch, Coleman and Li, 1999), which keeps to bounds."""
    return _walk(squares, start, bounds, steps, "trf")


def levenberg_marquardt(squares: Squares, start: Array, bounds: Bounds, steps: int) -> bool:
    """The method of MINPACK (Moré, *The Levenberg-Marquardt algorithm*, 1978); without bounds."""
    return not bounds.any and _walk(squares, start, bounds, steps, "lm")


def _walk(squares: Squares, start: Array, bounds: Bounds, steps: int, method: str) -> bool:
    height = len(start) + 1

    def residuals(point: Array) -> Array:
        found = squares.at(point)
        return np.full(height, _WALL) if found is None else found.residuals

    def jacobian(point: Array) -> Array:
        found = squares.at(point)
        assert found is not None  # methods ask for it where they have come to
        return found.jacobian

    return _minimise(residuals, jacobian, start, bounds, steps, method)


def _minimise(
    residuals: Callable[[Array], Array],
    jacobian: Callable[[Array], Array],
    start: Array,
    bounds: Bounds,
    steps: int,
    method: str,
) -> bool:
    """Minimise; whether it would have gone on after so many evaluations."""
    options: dict[str, Any] = {} if method == "lm" else {"bounds": bounds}
    with np.errstate(all="ignore"):
        found = least_squares(
            residuals,
            start,
            jacobian,
            method=method,
            x_scale="jac",
            ftol=TOLERANCE,
            xtol=TOLERANCE,
            gtol=TOLERANCE,
            max_nfev=max(steps, 1),
            **options,
        )
    return bool(found.status == 0)


class Projection:
    """Variable projection: the parameters that a model is linear in follow the others.

    For given others they are found at once. What is left is a problem in the others alone, whose
    Jacobian is the part of theirs that the linear ones cannot make up for (Golub and Pereyra, 1973,
    in the form of Kaufman, 1975).
    """

    def __init__(self, linear: Sequence[int], count: int) -> None:
        self.linear = list(linear)
        self.others = [number for number in range(count) if number not in linear]

    def __call__(self, squares: Squares, start: Array, bounds: Bounds, steps: int) -> bool:
        """Walk down in the others."""
        free = [np.isinf(bounds.lower[self.linear]), np.isinf(bounds.upper[self.linear])]
        if not np.all(free):
            return False
        if not self.others:
            self._settled(squares, start)
            return False
        last = start.copy()
        known: dict[bytes, tuple[Array, Array]] = {}

        def reduced(others: Array) -> tuple[Array, Array] | None:
            key = others.tobytes()
            if key not in known:
                point = last.copy()
                point[self.others] = others
                normal = self._settled(squares, point)
                if normal is None:
                    return None
                last[:] = normal.point
                span = _span(normal.jacobian[:, self.linear] / normal.sizes[self.linear])
                columns = np.column_stack([normal.jacobian[:, self.others], normal.residuals])
                columns = columns - span @ (span.T @ columns)
                known[key] = columns[:, :-1], columns[:, -1]
            return known[key]

        def residuals(others: Array) -> Array:
            found = reduced(others)
            return np.full(len(start) + 1, _WALL) if found is None else found[1]

        def jacobian(others: Array) -> Array:
            found = reduced(others)
            assert found is not None
            return found[0]

        kept = Bounds(bounds.lower[self.others], bounds.upper[self.others])
        return _minimise(residuals, jacobian, start[self.others], kept, steps, "trf")

    def _settled(self, squares: Squares, point: Array) -> Normal | None:
        """Least squares where the linear parameters are best for the others of ``point``."""
        here = squares.at(point)
        if here is None:
            return None
        scale = here.sizes[self.linear]
        columns = here.jacobian[:, self.linear] / scale
        step, *_ = np.linalg.lstsq(columns, -here.residuals, rcond=_LEAST)
        there = point.copy()
        there[self.linear] += step / scale
        found = squares.at(there)
        return found if found is not None and found.square <= here.square else here


def _span(columns: Array) -> Array:
    """Orthonormal columns that span the same, but for directions that are rounding."""
    across, lengths, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(across[:, lengths > _LEAST * lengths[0]])


def newton_end(normal: Normal, bounds: Bounds) -> Array:
    """Where the Gauss-Newton step leads: to the least sum of the linear model, within the bounds.

    It does not go in directions that the sum does not depend on.
    """
    scale = normal.sizes
    columns = normal.jacobian / scale
    if not bounds.any:
        step, *_ = np.linalg.lstsq(columns, -normal.residuals, rcond=_LEAST)
        return np.asarray(normal.point + step / scale)
    room = (bounds.lower - normal.point) * scale, (bounds.upper - normal.point) * scale
    moving = room[0] < room[1]
    end = normal.point.copy()
    found = lsq_linear(
        columns[:, moving],
        -normal.residuals,
        (np.minimum(room[0][moving], 0.0), np.maximum(room[1][moving], 0.0)),
        method="bvls",
        tol=1e-15,
    )
    end[moving] += found.x / scale[moving]
    end[moving] = np.where(found.active_mask > 0, bounds.upper[moving], end[moving])
    end[moving] = np.where(found.active_mask < 0, bounds.lower[moving], end[moving])
    for bound in bounds:
        end = np.where(np.isclose(end, bound, rtol=1e-14, atol=0.0), bound, end)
    return np.clip(end, bounds.lower, bounds.upper)


def newton_ways(normal: Normal, shortest: float = np.inf) -> Array:
    """As columns, the axes of the linear model, each as long as would take the whole sum away.

    Only those are given in which the scaled Jacobian is at most ``shortest`` times as long as along
    the longest.
    """
    _, lengths, axes = np.linalg.svd(normal.jacobian / normal.sizes, full_matrices=False)
    short = (lengths <= shortest * lengths[0]) & (lengths[0] > 0.0)
    heard = np.maximum(lengths[short], _HEARD * lengths[0])
    steps = axes[short].T / heard * np.sqrt(normal.square)
    return np.asarray(steps / normal.sizes[:, None])


def change(squares: Squares, normal: Normal, end: Array) -> float:
    """The largest change of a step to ``end``, relative to a parameter or to what is noticed of it.

    That is its standard error, as the residuals scatter; or, where they are 0, a change by which
    the predictions move by a millionth.
    """
    spare = max(len(squares.objective.source) - len(end), 1)
    scatter = max(np.sqrt(normal.square / spare), _NOTICED * squares.height)
    _, lengths, axes = np.linalg.svd(normal.jacobian / normal.sizes, full_matrices=False)
    firm = lengths > _LEAST * lengths[0]
    apart = np.linalg.norm(axes[firm].T / lengths[firm], axis=1)
    noticed = scatter * np.maximum(apart, 1.0) / normal.sizes
    measure = np.maximum(np.abs(normal.point), noticed)
    moved = np.abs(end - normal.point)
    return float(np.max(moved[moved > 0.0] / measure[moved > 0.0], initial=0.0))


def rounding(normal: Normal) -> float:
    """How much of the sum may be rounding, where terms cancel that are larger than what is left."""
    terms = ROUNDING * _terms(normal)
    return (2.0 * float(np.sqrt(normal.square)) + terms) * terms


def is_rounding(normal: Normal) -> bool:
    """Whether all that is left is rounding of terms that cancel."""
    return float(np.sqrt(normal.square)) <= ROUNDING * _terms(normal)


def _terms(normal: Normal) -> float:
    """The lengths of the columns that the linear model adds up."""
    return float(np.sum(normal.sizes * np.abs(normal.point)))


def promise(normal: Normal, bounds: Bounds) -> float:
    """The part of the sum that a Gauss-Newton step would take away if J stayed the same.

    Parameters at a bound stay. It counts a step too small to change a double as well.
    """
    reached = bounds.reached(normal.point)
    free = [number for number in range(len(normal.point)) if number not in reached]
    columns = normal.jacobian[:, free] / normal.sizes[free]
    step, *_ = np.linalg.lstsq(columns, -normal.residuals, rcond=_HEARD)
    left = normal.residuals + columns @ step
    return 1.0 - float(left @ left) / normal.square


def last_steps(squares: Squares, normal: Normal, bounds: Bounds) -> tuple[Normal, float]:
    """Gauss-Newton steps until they no longer shrink; where they end, and how large the next is.

    The methods stop where the sum no longer changes, which is at half of the digits that its
    gradient has; these steps are for the other half.
    """
    end = newton_end(normal, bounds)
    size = change(squares, normal, end)
    for _ in range(_LAST_STEPS):
        if size <= PRECISE:
            break
        there = squares.at(end)
        if there is None or there.square > normal.square * (1.0 + 1e-9) + rounding(normal):
            break
        further = newton_end(there, bounds)
        shrunk = change(squares, there, further)
        if not shrunk < 0.9 * size:
            break
        normal, end, size = there, further, shrunk
    if bounds.reached(end) != bounds.reached(normal.point):  # from inside, bounds are only neared
        normal = squares.at(end) or normal
    return normal, size
