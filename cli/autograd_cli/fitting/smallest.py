"""The least sum of a loss: down by L-BFGS, the last steps by Newton's method.

The outer products of the rows' gradients at the start tell how parameters are scaled and how they
go together (Berndt, Hall, Hall and Hausman, *Estimation and inference in nonlinear structural
models*, 1974). In coordinates in which their sum is the unit matrix, L-BFGS has little left to
learn.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize

from autograd_cli.fitting.around import (
    Around,
    falls_for_ever,
    look,
    lower_along,
    one_sided,
    sheer,
    told,
)
from autograd_cli.fitting.certainty import FLAT, Bowl, lengths, unknown
from autograd_cli.fitting.ending import Ending, not_finite
from autograd_cli.fitting.gram import Array
from autograd_cli.fitting.losses import Losses, Sum
from autograd_cli.fitting.parameters import Bounds, Parameters
from autograd_cli.fitting.sample import MANY_ROWS
from autograd_cli.fitting.verdict import CERTAIN, Kind
from autograd_graph.status import KINK

_MANY = 100
"""With more parameters, second derivatives take too many passes over the rows."""

_ROUGH, _FINE = 1e-2, 1e-8
"""The slope at which L-BFGS stops, in coordinates whose unit is about a standard error: where
Newton's steps follow, and where they do not."""

_STEEP, _TOLD = 1e-2, 1e-12
"""A slope, in such coordinates, that is not that of a smooth sum where L-BFGS ends; and how short
the rows' gradients are along a direction, relative to others, of which they tell nothing."""

_ENDLESS = 1e9
"""A sum that has fallen by so many times what it was at the start falls without end."""

_LEAST = 1e-7
"""Directions in which gradients are shorter than this, relative to others, are not stretched."""

_PRECISE = 1e-10
_LAST_STEPS, _ROUNDS = 8, 6
_CLOSE_ENOUGH = 1e-4
"""In large tables, errors of parameters that have moved by less than this part are not worked out
again."""

_MEMORY = 20

_AGAIN = 4
"""So often it is gone on from a place that is no least, in the coordinates of that place."""

_SAME = 1e-12
"""A sum that is larger by so little may be the same but for rounding."""

_SEEN, _FIRST = 1e-10, 1e-3
"""A sum that would fall by a smaller part in the first step is far from where Newton's step is one:
that step is as long as takes it down by the other part."""

_SMALLEST = 1e-300


class _EndlessError(Exception):
    """The sum falls without end."""


def smallest_sum(losses: Losses, parameters: Parameters, steps: int) -> Ending:
    """Go down from the start to where no step of Newton's method leads further."""
    start, bounds = parameters.start, parameters.bounds
    if losses.at(start) is None:
        return not_finite(start)
    try:
        ending = _search(losses, start, bounds, steps)
    except KeyboardInterrupt:
        ending = _ended("falling", losses, interrupted=True)
    except _EndlessError:
        ending = _ended("unbounded", losses)
    end = ending.place
    assert isinstance(end, Sum)
    if ending.loose and losses.objective.model.smooth:
        ways = _bent(losses, end, bounds, lengths(losses.outer(end)))
        margin = told(losses.value, start, end.point)
        if one_sided(losses.value, margin, end.point, ways, bounds):
            ending = replace(ending, kind="unbounded", certainty=unknown(len(start)))
    return replace(ending, place=losses.plain(end))


def _ended(kind: Kind, losses: Losses, interrupted: bool = False) -> Ending:
    """An end at the best place, which tells nothing of how certain the parameters are."""
    end = losses.best
    assert end is not None
    return Ending(kind, end, _WAY, np.nan, unknown(len(end.point)), (), interrupted)


def _search(losses: Losses, start: Array, bounds: Bounds, steps: int) -> Ending:
    """Down, and down again from where that led, until the verdict is one that stays."""
    first = losses.at(start)
    assert first is not None
    outer = losses.outer(first)
    sizes = lengths(outer)
    frame = _frame(outer, bounds)
    precise = len(start) <= _MANY
    ran_out = _down(losses, first, frame, bounds, steps, _ROUGH if precise else _FINE)
    if not precise:
        return _ended("falling" if ran_out else "converged", losses)
    assert losses.best is not None
    smooth = losses.objective.model.smooth
    ending = _last_steps(losses, losses.best, bounds, ran_out, sizes)
    for _ in range(_AGAIN):
        if ending.kind in ("converged", "falling"):
            break
        end = losses.best
        if falls_for_ever(losses.value, start, end.point, bounds, smooth):
            return _ended("unbounded", losses)
        around = look(losses.value, end.point, bounds)
        lower = None if around.lower is None else losses.at(around.lower)
        if lower is None:
            settled = _settled(losses, ending, around, start, bounds)
            if settled is not None:
                return settled
        begin = lower or end
        sizes = np.maximum(lengths(losses.outer(begin)), sizes)
        frame = _bent(losses, begin, bounds, sizes)
        ran_out = _down(losses, begin, frame, bounds, steps, _FINE)
        ending = _last_steps(losses, losses.best, bounds, ran_out, sizes)
        if losses.best is end:
            break
    if ending.kind == "converged" and ending.next_step <= _PRECISE and not losses.uneven:
        return ending
    if ending.kind in ("converged", "stuck", "flat"):
        return _judged(losses, ending, start, bounds)
    return ending


def _settled(
    losses: Losses, ending: Ending, around: Around, start: Array, bounds: Bounds
) -> Ending | None:
    """The verdict on an end around which nothing lies lower, if going on would not change it."""
    end = losses.best
    assert end is not None
    if around.rises and not end.gradient.any():
        bent = end.total != 0.0 and KINK in losses.objective.statuses(end.point)
        return _ended("kink" if bent else "converged", losses)
    if ending.kind == "flat":
        return _judged(losses, ending, start, bounds) if around.changes else ending
    return ending if ending.kind == "kink" else None


def _judged(losses: Losses, ending: Ending, start: Array, bounds: Bounds) -> Ending:
    """What values around the end say, where Newton's steps did not settle."""
    assert losses.best is not None
    point = losses.best.point
    if sheer(losses.value, start, point, bounds):
        return _ended("stuck", losses)
    if ending.kind == "converged":
        return ending
    around = look(losses.value, point, bounds)
    if around.rises and around.lower is None:
        ways = _bent(losses, losses.best, bounds, lengths(losses.outer(losses.best)))
        margin = told(losses.value, start, point)
        if lower_along(losses.value, margin, point, ways, bounds) is not None:
            return _ended("stuck", losses)
        return _ended("converged", losses)  # what is left to fall is rounding
    return ending if not around.changes else _ended("stuck", losses)


_WAY = "l-bfgs"


def _down(
    losses: Losses, first: Sum, frame: Array, bounds: Bounds, steps: int, slope: float
) -> bool:
    """L-BFGS in good coordinates; whether it would have gone on after so many steps."""
    start = first.point
    pull = float(np.linalg.norm(first.gradient @ frame))
    height = max(pull, 1.0)
    reach = height  # the first step of L-BFGS has the length 1, and so it is Newton's
    if 0.0 < pull < _SEEN * abs(first.total):  # the sum is too large to show what it falls by
        reach = max(reach, _FIRST * abs(first.total) / pull)
    frame, unit = frame * reach, height * reach

    lowest = np.inf, np.zeros(len(start)), np.zeros(len(start))

    def function(at: Array) -> tuple[float, Array]:
        nonlocal lowest
        point = _within(start + frame @ at, bounds)
        found = losses.at(point)
        if found is None:
            return _wall(at, *lowest)
        if found.total < first.total - _ENDLESS * max(abs(first.total), losses.one):
            raise _EndlessError
        value = (found.total - first.total) / unit
        slopes = found.gradient @ frame / unit
        if value < lowest[0]:
            lowest = value, slopes, at.copy()
        return value, slopes

    limits = None
    if bounds.any:
        room = [(side - start) / np.diagonal(frame) for side in bounds]
        limits = list(zip(*room, strict=True))
    with np.errstate(all="ignore"):
        found = minimize(
            function,
            np.zeros(len(start)),
            jac=True,
            method="L-BFGS-B",
            bounds=limits,
            options={
                "maxiter": steps,
                "maxfun": 4 * steps,
                "maxcor": _MEMORY,
                "gtol": slope / height,
                "ftol": 0.0,
            },
        )
    return bool(found.status == 1)


def _within(point: Array, bounds: Bounds) -> Array:
    """A point within the bounds, and at one that it differs from by rounding."""
    for bound in bounds:
        point = np.where(np.isclose(point, bound, rtol=1e-14, atol=0.0), bound, point)
    return np.clip(point, bounds.lower, bounds.upper)


def _wall(at: Array, value: float, slopes: Array, base: Array) -> tuple[float, Array]:
    """What a line search is told of a place where a row is not finite.

    It is the parabola through the lowest place so far, with its slope there, that has its least a
    quarter of the way to this one: the search comes back to there.
    """
    way = at - base
    falls = abs(float(slopes @ way))
    return value + falls, 3.0 * falls * way / float(way @ way)


def _frame(outer: Array, bounds: Bounds) -> Array:
    """The coordinates: columns that are steps of about a standard error.

    Where there are bounds, each step is along one parameter, so that bounds stay bounds.
    """
    sizes = lengths(outer)
    sizes = np.where(sizes > 0.0, sizes, 1.0)
    if bounds.any:
        return np.diag(1.0 / sizes)
    _, spans, axes = np.linalg.svd(outer / sizes)
    steps = axes.T / np.maximum(spans, _LEAST * max(spans[0], _LEAST))
    frame: Array = steps / sizes[:, None]
    return frame


def _bent(losses: Losses, here: Sum, bounds: Bounds, sizes: Array) -> Array:
    """Coordinates in which the sum curves by 1 along each, up or down, where that can be told."""
    curvature = losses.hessian(here, sizes, bounds)
    if curvature is None:
        return _frame(losses.outer(here), bounds)
    scale = np.sqrt(np.abs(np.diagonal(curvature)))
    scale = np.where(scale > 0.0, scale, 1.0)
    if bounds.any:
        return np.diag(1.0 / scale)
    bends, axes = np.linalg.eigh(curvature / np.outer(scale, scale))
    size = np.abs(bends)
    steps = axes / np.sqrt(np.maximum(size, _LEAST * max(size.max(), _LEAST)))
    frame: Array = steps / scale[:, None]
    return frame


def _last_steps(losses: Losses, end: Sum, bounds: Bounds, ran_out: bool, sizes: Array) -> Ending:
    """Newton's steps, with the second derivatives of the place where L-BFGS ended.

    They are worked out again where the steps lead on far enough for errors to change. ``sizes``
    are those of the gradients at the start: where they are all 0 at the end, it has no scale.
    """
    large = len(losses.objective.source) > MANY_ROWS
    may_kink = losses.objective.model.may_kink
    for _ in range(_ROUNDS):
        outer = losses.outer(end)
        curvature = losses.hessian(end, np.maximum(lengths(outer), sizes), bounds)
        if curvature is None or not outer.any():  # without slopes, differences have no scale
            kind: Kind = "flat" if curvature is not None else "stuck"
            return Ending(kind, end, _WAY, np.nan, unknown(len(end.point)))
        bowl = Bowl(curvature, _free(end, bounds))
        odd = bowl.lowest < -FLAT
        doubtful = bowl.free if odd else bowl.undetermined
        straight = bool(not bowl.inverse.any() and end.gradient[bowl.free].any())
        if straight or (doubtful and _slope(end, outer, doubtful) > _STEEP):
            kind = "falling" if ran_out else "kink" if may_kink else "stuck"
            return Ending(kind, end, _WAY, np.nan, unknown(len(end.point)))
        if odd:
            kind = "kink" if _at_kink(losses, end, bounds, curvature, sizes) else "saddle"
            return Ending(kind, end, _WAY, np.nan, unknown(len(end.point)))
        at_bound = [number for number in range(len(end.point)) if number not in bowl.free]
        certain = bowl.certainty(outer, at_bound)
        start = end
        end, size = _newton(losses, end, bounds, bowl, certain.errors)
        moved = _change(start, end.point - start.point, certain.errors)
        if moved <= (_CLOSE_ENOUGH if large else CERTAIN):
            break
    kind = "converged" if size <= CERTAIN else "falling" if ran_out else "stuck"
    assert curvature is not None
    if kind == "converged" and _at_kink(losses, end, bounds, curvature, sizes):
        return Ending("kink", end, _WAY, np.nan, unknown(len(end.point)))
    if kind != "converged":  # errors are those of a least sum
        certain = unknown(len(end.point))
    return Ending(kind, end, _WAY, size, certain)


def _at_kink(losses: Losses, end: Sum, bounds: Bounds, curvature: Array, sizes: Array) -> bool:
    """Whether the slope of the sum jumps at its end, so that no second derivative exists.

    The difference of two slopes is then the same over a longer step, and the quotient smaller; and
    it is another one than that at the place where the ``curvature`` was worked out, which may be
    on the other side. No row tells: the least may be so close to its kink that rounding has it
    beside it.
    """
    if not losses.objective.model.may_kink:
        return False
    sizes = np.maximum(lengths(losses.outer(end)), sizes)
    near, far = (losses.hessian(end, sizes, bounds, stretch) for stretch in (1.0, 4.0))
    if near is None or far is None:
        return False
    bent = [np.abs(np.diagonal(matrix)) for matrix in (curvature, near, far)]
    return any(bool((b < 0.5 * a).any()) for a, b in pairwise(bent))


def _newton(
    losses: Losses, end: Sum, bounds: Bounds, bowl: Bowl, errors: Array
) -> tuple[Sum, float]:
    """Newton's steps as long as they shrink; where they end, and how large the next is."""
    size = np.inf
    for _ in range(_LAST_STEPS):
        step = np.zeros(len(end.point))
        step[bowl.free] = -bowl.inverse @ end.gradient[bowl.free]
        before, size = size, _change(end, step, errors)
        if size <= _PRECISE or size > 0.5 * before:
            break
        there = losses.at(np.clip(end.point + step, bounds.lower, bounds.upper))
        if there is None or there.total > end.total + _SAME * abs(end.total):
            break
        end = there
    return end, size


def _free(end: Sum, bounds: Bounds) -> list[int]:
    """The parameters that no bound keeps from going where the sum falls."""
    low = (end.point <= bounds.lower) & (end.gradient >= 0.0)
    high = (end.point >= bounds.upper) & (end.gradient <= 0.0)
    return [int(number) for number in np.flatnonzero(~(low | high))]


def _slope(end: Sum, outer: Array, free: list[int]) -> float:
    """The size of the gradient, in coordinates whose unit is about a standard error."""
    sizes = lengths(outer[:, free])
    sizes = np.where(sizes > 0.0, sizes, 1.0)
    ways = np.linalg.pinv(outer[:, free] / sizes, rcond=_TOLD)
    return float(np.linalg.norm((end.gradient[free] / sizes) @ ways))


def _change(end: Sum, step: Array, errors: Array) -> float:
    """The largest change of a step, each relative to its parameter or to that one's error."""
    measure = np.maximum(np.abs(end.point), np.nan_to_num(errors))
    moved = np.abs(step)
    share = moved[moved > 0.0] / np.maximum(measure[moved > 0.0], _SMALLEST)
    return float(np.max(share, initial=0.0))
