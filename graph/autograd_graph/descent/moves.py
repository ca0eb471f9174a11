"""The methods of descent: each turns a gradient into a direction.

- ``gd``: against the gradient (Cauchy, *Méthode générale pour la résolution des systèmes
  d'équations simultanées*, 1847).
- ``momentum``: a decaying sum of the gradients (Polyak, *Some methods of speeding up the
  convergence of iteration methods*, 1964; in the form of Sutskever, Martens, Dahl and Hinton,
  *On the importance of initialization and momentum in deep learning*, 2013, at a fixed rate).
- ``adam``: the mean gradient over the root of the mean square (Kingma and Ba, *Adam: A method
  for stochastic optimization*, 2015, algorithm 1).
- ``newton``: to the minimum of the quadratic model, with the absolute values of the Hessian's
  eigenvalues, so that it also goes down along directions of negative curvature (Nocedal and
  Wright, *Numerical Optimization*, 2nd ed., section 3.4; Dauphin and others, *Identifying and
  attacking the saddle point problem*, 2014).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, sqrt
from operator import mul
from typing import Literal

from autograd_graph.descent.objective import Objective
from autograd_graph.errors import ProgramError
from autograd_graph.passes.eigen import eigen

Method = Literal["gd", "momentum", "adam", "newton"]
Move = Callable[[list[float], list[float]], list[float]]
"""Returns the direction for a point and its gradient, still to be multiplied by the rate."""

SECOND_MEAN, TINY = 0.999, 1e-8
"""Adam's decay of the second moment, and the epsilon in its denominator, both from the paper."""

FLATTEST = 1e-10
"""Newton's method raises smaller curvatures to this fraction of the largest one."""


MOST_FOR_NEWTON = 64
"""Newton's method takes at most this many parameters: a larger Hessian takes too long."""


def inner(one: Sequence[float], other: Sequence[float]) -> float:
    """The inner product."""
    return float(sum(map(mul, one, other)))


def _gd(objective: Objective, sign: float, momentum: float) -> Move:
    return lambda point, gradient: [sign * slope for slope in gradient]


def _momentum(objective: Objective, sign: float, momentum: float) -> Move:
    velocity = [0.0] * len(objective.start)

    def move(point: list[float], gradient: list[float]) -> list[float]:
        nonlocal velocity
        velocity = [momentum * v + sign * g for v, g in zip(velocity, gradient, strict=True)]
        return velocity

    return move


def _adam(objective: Objective, sign: float, momentum: float) -> Move:
    first, second = momentum, SECOND_MEAN
    means = [0.0] * len(objective.start)
    squares = means
    first_power = second_power = 1.0

    def move(point: list[float], gradient: list[float]) -> list[float]:
        nonlocal means, squares, first_power, second_power
        means = [first * m + (1 - first) * g for m, g in zip(means, gradient, strict=True)]
        squares = [
            second * s + (1 - second) * g * g for s, g in zip(squares, gradient, strict=True)
        ]
        first_power *= first
        second_power *= second
        scale, share = sign / (1 - first_power), 1 - second_power
        return [scale * m / (sqrt(s / share) + TINY) for m, s in zip(means, squares, strict=True)]

    return move


def _newton(objective: Objective, sign: float, momentum: float) -> Move:
    count = len(objective.start)
    if count > MOST_FOR_NEWTON:
        raise ProgramError(
            f"newton moves at most {MOST_FOR_NEWTON} parameters, not {count:,}",
            code="limit",
            hint="the method adam moves any number; or move fewer",
        )

    def move(point: list[float], gradient: list[float]) -> list[float]:
        hessian = objective.hessian(point)
        if not all(isfinite(entry) for row in hessian for entry in row):
            return [sign * slope for slope in gradient]
        curvatures, directions = eigen(hessian)
        flattest = FLATTEST * max(map(abs, curvatures)) or 1.0
        way = [0.0] * len(gradient)
        for curvature, direction in zip(curvatures, directions, strict=True):
            share = inner(gradient, direction) / max(abs(curvature), flattest)
            way = [w + sign * share * d for w, d in zip(way, direction, strict=True)]
        return way

    return move


MOVES: dict[Method, Callable[[Objective, float, float], Move]] = {
    "gd": _gd,
    "momentum": _momentum,
    "adam": _adam,
    "newton": _newton,
}
"""Per method, a function from an objective, the sign of the step along the gradient (-1: down) and
the momentum to a :data:`Move`."""
