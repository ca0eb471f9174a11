"""Circular functions and their inverses."""

from __future__ import annotations

import math
from math import inf, nan
from typing import Any

from autograd_graph.op import Edge, Op
from autograd_graph.status import DOMAIN, JUMP, SINGULAR

_HALF_PI = math.pi / 2.0


def _leg(xp: Any, x: Any) -> Any:
    """``sqrt(x^2 - 1)`` without cancellation near 1 or overflow far out."""
    size = abs(x)
    return xp.sqrt(size - 1.0) * xp.sqrt(size + 1.0)


def _cosine_of_asin(xp: Any, x: Any) -> Any:
    """``sqrt(1 - x^2)`` without cancellation near 1."""
    return xp.sqrt((1.0 - x) * (1.0 + x))


_AT_ZERO = ((SINGULAR, lambda xp, y, constant, x: x == 0.0),)
_AT_UNIT = ((SINGULAR, lambda xp, y, constant, x: abs(x) == 1.0),)

OPERATORS = (
    Op(
        name="sin",
        parameters="x",
        summary="sine",
        symmetry="odd",
        inverse="asin",
        exact={0: 0},
        finite=True,
        value=lambda xp, x: xp.sin(x),
        fast=math.sin,
        partials=lambda xp, y, x: (xp.cos(x),),
        window=(-2.0 * math.pi, 2.0 * math.pi),
        probe=((-30.0, 30.0),),
    ),
    Op(
        name="cos",
        parameters="x",
        summary="cosine",
        symmetry="even",
        inverse="acos",
        exact={0: 1},
        finite=True,
        value=lambda xp, x: xp.cos(x),
        fast=math.cos,
        partials=lambda xp, y, x: (-xp.sin(x),),
        window=(-2.0 * math.pi, 2.0 * math.pi),
        probe=((-30.0, 30.0),),
    ),
    Op(
        name="tan",
        parameters="x",
        summary="tangent",
        symmetry="odd",
        inverse="atan",
        exact={0: 0},
        value=lambda xp, x: xp.tan(x),
        fast=math.tan,
        partials=lambda xp, y, x: (1.0 / xp.square(xp.cos(x)),),
        textbook=lambda xp, y, x: (1 + xp.square(y),),
        window=(-2.0 * math.pi, 2.0 * math.pi),
        probe=((-30.0, 30.0),),
    ),
    Op(
        name="sec",
        parameters="x",
        summary="secant, 1/cos(x)",
        symmetry="even",
        inverse="asec",
        exact={0: 1},
        value=lambda xp, x: 1.0 / xp.cos(x),
        partials=lambda xp, y, x: (y * xp.tan(x),),
        window=(-2.0 * math.pi, 2.0 * math.pi),
        probe=((-30.0, 30.0),),
    ),
    Op(
        name="csc",
        parameters="x",
        summary="cosecant, 1/sin(x)",
        domain="x not a multiple of pi",
        symmetry="odd",
        inverse="acsc",
        value=lambda xp, x: 1.0 / xp.sin(x),
        partials=lambda xp, y, x: (-y / xp.tan(x),),
        textbook=lambda xp, y, x: (-y * xp.cot(x),),
        awkward=_AT_ZERO,
        window=(-2.0 * math.pi, 2.0 * math.pi),
        probe=((0.001, 30.0),),
        edges=(Edge((0.0,), inf, (-inf,), SINGULAR),),
    ),
    Op(
        name="cot",
        parameters="x",
        summary="cotangent, 1/tan(x)",
        domain="x not a multiple of pi",
        symmetry="odd",
        inverse="acot",
        value=lambda xp, x: 1.0 / xp.tan(x),
        partials=lambda xp, y, x: (-xp.square(1.0 / xp.sin(x)),),
        textbook=lambda xp, y, x: (-1 - xp.square(y),),
        awkward=_AT_ZERO,
        window=(-2.0 * math.pi, 2.0 * math.pi),
        probe=((0.001, 30.0),),
        edges=(Edge((0.0,), inf, (-inf,), SINGULAR),),
    ),
    Op(
        name="asin",
        parameters="x",
        summary="inverse sine",
        aliases=("arcsin",),
        domain="-1 <= x <= 1",
        symmetry="odd",
        exact={0: 0},
        value=lambda xp, x: xp.asin(x),
        fast=math.asin,
        partials=lambda xp, y, x: (1.0 / _cosine_of_asin(xp, x),),
        textbook=lambda xp, y, x: (1 / xp.sqrt(1 - xp.square(x)),),
        awkward=_AT_UNIT,
        window=(-1.25, 1.25),
        probe=((-1.0, 1.0),),
        edges=(
            Edge((1.0,), _HALF_PI, (inf,), SINGULAR),
            Edge((2.0,), nan, (nan,), DOMAIN),
        ),
    ),
    Op(
        name="acos",
        parameters="x",
        summary="inverse cosine",
        aliases=("arccos",),
        domain="-1 <= x <= 1",
        exact={1: 0},
        value=lambda xp, x: xp.acos(x),
        fast=math.acos,
        partials=lambda xp, y, x: (-1.0 / _cosine_of_asin(xp, x),),
        textbook=lambda xp, y, x: (-1 / xp.sqrt(1 - xp.square(x)),),
        awkward=_AT_UNIT,
        window=(-1.25, 1.25),
        probe=((-1.0, 1.0),),
        edges=(
            Edge((-1.0,), math.pi, (-inf,), SINGULAR),
            Edge((2.0,), nan, (nan,), DOMAIN),
        ),
    ),
    Op(
        name="atan",
        parameters="x",
        summary="inverse tangent",
        aliases=("arctan",),
        symmetry="odd",
        exact={0: 0},
        finite=True,
        value=lambda xp, x: xp.atan(x),
        fast=math.atan,
        partials=lambda xp, y, x: (xp.square(1.0 / xp.hypot(1.0, x)),),
        textbook=lambda xp, y, x: (1 / (1 + xp.square(x)),),
        probe=((-1e6, 1e6),),
    ),
    Op(
        name="asec",
        parameters="x",
        summary="inverse secant, acos(1/x)",
        aliases=("arcsec",),
        domain="x <= -1 or x >= 1",
        exact={1: 0},
        value=lambda xp, x: xp.atan2(_leg(xp, x), xp.sign(x)),
        partials=lambda xp, y, x: (1.0 / abs(x) / _leg(xp, x),),
        textbook=lambda xp, y, x: (1 / (abs(x) * xp.sqrt(xp.square(x) - 1)),),
        awkward=_AT_UNIT,
        probe=((1.0, 1e6),),
        edges=(
            Edge((1.0,), 0.0, (inf,), SINGULAR),
            Edge((-1.0,), math.pi, (inf,), SINGULAR),
            Edge((0.5,), nan, (nan,), DOMAIN),
        ),
    ),
    Op(
        name="acsc",
        parameters="x",
        summary="inverse cosecant, asin(1/x)",
        aliases=("arccsc",),
        domain="x <= -1 or x >= 1",
        symmetry="odd",
        value=lambda xp, x: xp.sign(x) * xp.atan2(1.0, _leg(xp, x)),
        partials=lambda xp, y, x: (-1.0 / abs(x) / _leg(xp, x),),
        textbook=lambda xp, y, x: (-1 / (abs(x) * xp.sqrt(xp.square(x) - 1)),),
        awkward=_AT_UNIT,
        probe=((1.0, 1e6),),
        edges=(
            Edge((1.0,), _HALF_PI, (-inf,), SINGULAR),
            Edge((0.5,), nan, (nan,), DOMAIN),
        ),
    ),
    Op(
        name="acot",
        parameters="x",
        summary="inverse cotangent, atan(1/x)",
        aliases=("arccot",),
        symmetry="odd",
        value=lambda xp, x: xp.atan(1.0 / x),
        partials=lambda xp, y, x: (-xp.square(1.0 / xp.hypot(1.0, x)),),
        textbook=lambda xp, y, x: (-1 / (1 + xp.square(x)),),
        awkward=((JUMP, lambda xp, y, constant, x: x == 0.0),),
        probe=((0.001, 1e6),),
        edges=(Edge((0.0,), _HALF_PI, (-1.0,), JUMP),),
    ),
    Op(
        name="atan2",
        parameters="y, x",
        summary="angle of the point (x, y)",
        aliases=("arctan2",),
        factors=lambda y, x: (y, x),
        value=lambda xp, y, x: xp.atan2(y, x),
        fast=math.atan2,
        partials=lambda xp, a, y, x: xp.angle_slopes(y, x),
        textbook=lambda xp, a, y, x: (
            x / (xp.square(x) + xp.square(y)),
            -y / (xp.square(x) + xp.square(y)),
        ),
        awkward=(
            (SINGULAR, lambda xp, a, constant, y, x: (y == 0.0) & (x == 0.0)),
            (JUMP, lambda xp, a, constant, y, x: (y == 0.0) & (x < 0.0)),
        ),
        probe=((-50.0, 50.0), (0.1, 50.0)),
        places=(
            "singular where x = y = 0",
            "jump where y = 0 and x < 0",
        ),
        edges=(
            Edge((0.0, 0.0), 0.0, (nan, nan), SINGULAR),
            Edge((0.0, -1.0), math.pi, (-1.0, 0.0), JUMP),
        ),
    ),
    Op(
        name="sinc",
        parameters="x",
        summary="sin(x)/x, 1 at 0 (not normalised)",
        caveat="(cos(x) - sinc(x))/x is undefined at x = 0, where eval has the slope 0",
        symmetry="even",
        exact={0: 1},
        value=lambda xp, x: xp.sinc(x),
        partials=lambda xp, y, x: (0.0 - xp.spherical_jn(1.0, x),),
        textbook=lambda xp, y, x: ((xp.cos(x) - y) / x,),
        window=(-15.0, 15.0),
        probe=((-30.0, 30.0),),
        edges=(Edge((0.0,), 1.0, (0.0,), "ok"),),
    ),
)
