"""Activation functions of neural networks."""

from __future__ import annotations

from math import inf
from typing import Any

from autograd_graph.numbers import floats
from autograd_graph.op import Edge, Op
from autograd_graph.status import KINK


def _right(xp: Any, x: Any, at_zero: Any) -> Any:
    """Whether the branch to the right of 0 gives the slope: there, and at 0 where it is less.

    ``at_zero`` is the slope of the left branch at 0. One branch answers for all derivatives, so
    that second ones are of one function, and symmetric.
    """
    return xp.gt(x, 0.0) + xp.eq(x, 0.0) * xp.gt(at_zero, 1.0)


def _slope(xp: Any, x: Any, left: Any, at_zero: Any) -> Any:
    """1 to the right of 0, ``left`` to its left; at 0 the subgradient of least norm."""
    return xp.where(_right(xp, x, at_zero), 1.0, xp.where(_opposed(xp, x, at_zero), 0.0, left))


def _opposed(xp: Any, x: Any, at_zero: Any) -> Any:
    """Whether the slopes on both sides of 0 have different signs, and neither is taken."""
    return xp.eq(x, 0.0) * xp.lt(at_zero, 0.0)


_KINK_UNLESS_SMOOTH = ((KINK, lambda xp, y, constant, x, slope: (x == 0.0) & (slope != 1.0)),)


def _below(xp: Any, x: Any, slope: Any) -> tuple[Any, Any]:
    """The factors of what is ``slope`` times a function of ``x`` below 0, and ``x`` above."""
    right = xp.gt(x, 0.0)
    return xp.where(right, 0.0, x), xp.where(right, 1.0, slope)


OPERATORS = (
    Op(
        name="relu",
        parameters="x",
        summary="rectifier, max(x, 0)",
        finite=True,
        rational=lambda x: max(x, 0),
        value=lambda xp, x: xp.where(xp.le(x, 0.0), 0.0, x),  # -0.0 gives 0.0
        definition=lambda xp, x: xp.max(x, 0.0),
        fast=lambda x: x if x > 0.0 or x != x else 0.0,
        shares=lambda xp, adjoint, y, constant, x: (xp.select(xp.mask(xp.gt(x, 0.0), x), adjoint),),
        awkward=((KINK, lambda xp, y, constant, x: x == 0.0),),
        probe=((-5.0, 5.0),),
        edges=(
            Edge((0.0,), 0.0, (None,), KINK),
            Edge((-1.0,), 0.0, (None,), "ok"),
        ),
    ),
    Op(
        name="leaky_relu",
        parameters="x, slope=0.01",
        summary="x, or slope*x below 0",
        caveat="at x = 0 eval has the slope of least size",
        value=lambda xp, x, slope: xp.where(xp.gt(x, 0.0), x, slope * x),
        partials=lambda xp, y, x, slope: (
            _slope(xp, x, slope, slope),
            xp.where(_right(xp, x, slope) + _opposed(xp, x, slope), 0.0, x),
        ),
        textbook=lambda xp, y, x, slope: (
            xp.where(xp.gt(x, 0), 1, slope),
            xp.where(xp.gt(x, 0), 0, x),
        ),
        awkward=_KINK_UNLESS_SMOOTH,
        factors=_below,
        verbatim=True,
        example="leaky_relu(x, 0.1)",
        probe=((-5.0, 5.0), (0.001, 2.0)),
        places=("kink where x = 0",),
        edges=(
            Edge((0.0, 0.01), 0.0, (0.01, 0.0), KINK),
            Edge((0.0, 3.0), 0.0, (1.0, 0.0), KINK),
            Edge((0.0, 1.0), 0.0, (1.0, 0.0), "ok"),
        ),
    ),
    Op(
        name="elu",
        parameters="x, alpha=1",
        summary="x, or alpha*(exp(x) - 1) below 0",
        caveat="at x = 0 eval has the slope of least size",
        value=lambda xp, x, alpha: xp.where(xp.gt(x, 0.0), x, alpha * xp.expm1(x)),
        partials=lambda xp, y, x, alpha: (
            _slope(xp, x, alpha * xp.exp(0.5 * x) * xp.exp(0.5 * x), alpha),
            xp.where(_right(xp, x, alpha) + _opposed(xp, x, alpha), 0.0, xp.expm1(x)),
        ),
        textbook=lambda xp, y, x, alpha: (
            xp.where(xp.gt(x, 0), 1, alpha * xp.exp(x)),
            xp.where(xp.gt(x, 0), 0, xp.expm1(x)),
        ),
        awkward=_KINK_UNLESS_SMOOTH,
        factors=_below,
        rounded=True,
        probe=((-30.0, 5.0), (0.1, 3.0)),
        places=("kink where x = 0",),
        edges=(
            Edge((0.0, 1.0), 0.0, (1.0, 0.0), "ok"),
            Edge((0.0, 0.5), 0.0, (0.5, 0.0), KINK),
        ),
    ),
    Op(
        name="sigmoid",
        positive=True,
        parameters="x",
        summary="logistic function, 1/(1 + exp(-x))",
        aliases=("σ",),
        exact={0: 0.5},
        finite=True,
        definition=lambda xp, x: 1 / (1 + xp.exp(-x)),
        value=lambda xp, x: xp.sigmoid(x),
        fast=floats.sigmoid,
        partials=lambda xp, y, x: (y * xp.sigmoid(-x),),
        lossy=True,
        textbook=lambda xp, y, x: (y * (1 - y),),
        window=(-8.0, 8.0),
        probe=((-700.0, 700.0),),
        edges=(
            Edge((0.0,), 0.5, (0.25,), "ok"),
            Edge((1000.0,), 1.0, (0.0,), "ok"),
        ),
    ),
    Op(
        name="log_sigmoid",
        parameters="x",
        summary="log(sigmoid(x)) without overflow",
        definition=lambda xp, x: -xp.log(1 + xp.exp(-x)),
        value=lambda xp, x: -xp.softplus(-x),
        partials=lambda xp, y, x: (xp.sigmoid(-x),),
        lossy=True,
        textbook=lambda xp, y, x: (1 - xp.sigmoid(x),),
        window=(-8.0, 8.0),
        probe=((-700.0, 700.0),),
        edges=(Edge((-1000.0,), -1000.0, (1.0,), "ok"),),
    ),
    Op(
        name="softplus",
        positive=True,
        parameters="x",
        summary="log(1 + exp(x)) without overflow",
        finite=True,
        definition=lambda xp, x: xp.log(1 + xp.exp(x)),
        value=lambda xp, x: xp.softplus(x),
        fast=floats.softplus,
        partials=lambda xp, y, x: (xp.sigmoid(x),),
        probe=((-700.0, 700.0),),
        edges=(
            Edge((1000.0,), 1000.0, (1.0,), "ok"),
            Edge((inf,), inf, (1.0,), "singular"),
        ),
    ),
    Op(
        name="softsign",
        parameters="x",
        summary="x/(1 + abs(x)): saturates slower than tanh",
        value=lambda xp, x: x / (1.0 + abs(x)),
        partials=lambda xp, y, x: (xp.square(1.0 / (1.0 + abs(x))),),
        lossy=True,
        textbook=lambda xp, y, x: (1 / xp.square(1 + abs(x)),),
        probe=((-1e6, 1e6),),
        edges=(
            Edge((0.0,), 0.0, (1.0,), "ok"),
            Edge((2.0**54,), 1.0, (2.0**-108,), "ok"),
        ),
    ),
    Op(
        name="gelu",
        parameters="x",
        summary="Gaussian error linear unit, exact: x*erfc(-x/sqrt(2))/2",
        value=lambda xp, x: x * xp.normal_cdf(x),
        partials=lambda xp, y, x: (xp.normal_cdf(x) + x * xp.normal_density(x),),
        textbook=lambda xp, y, x: (
            xp.erfc(-x / xp.sqrt(2)) / 2 + x * xp.exp(-xp.square(x) / 2) / xp.sqrt(2 * xp.pi),
        ),
        probe=((-37.0, 37.0),),
        edges=(Edge((0.0,), 0.0, (0.5,), "ok"),),
    ),
)
