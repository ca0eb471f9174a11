"""Hyperbolic functions and their inverses."""

from __future__ import annotations

import math
from math import inf, nan
from typing import Any

from autograd_graph.op import Edge, Op
from autograd_graph.status import DOMAIN, OVERFLOW, SINGULAR


def _sech(xp: Any, x: Any) -> Any:
    """``1/cosh(x)`` from ``exp(-|x|)``: no overflow on the way to a tiny result."""
    t = xp.exp(-abs(x))
    return 2.0 * t / (1.0 + t * t)


def _csch(xp: Any, x: Any) -> Any:
    """``1/sinh(x)``, without overflow far out."""
    t = xp.exp(-abs(x))
    far = xp.sign(x) * 2.0 * t / (1.0 - t * t)
    return xp.where(xp.lt(abs(x), 1.0), 1.0 / xp.sinh(x), far)


def _outside_unit(xp: Any, x: Any, slope: Any) -> Any:
    """``slope`` where ``|x| >= 1``, nan elsewhere."""
    return xp.where(xp.lt(abs(x), 1.0), nan, slope)


_AT_ZERO = ((SINGULAR, lambda xp, y, constant, x: x == 0.0),)
_AT_UNIT = ((SINGULAR, lambda xp, y, constant, x: abs(x) == 1.0),)

OPERATORS = (
    Op(
        name="sinh",
        parameters="x",
        summary="hyperbolic sine",
        symmetry="odd",
        inverse="asinh",
        exact={0: 0},
        latex=r"\sinh",
        value=lambda xp, x: xp.sinh(x),
        fast=math.sinh,
        partials=lambda xp, y, x: (xp.cosh(x),),
        window=(-3.0, 3.0),
        probe=((-700.0, 700.0),),
        edges=(Edge((-1000.0,), -inf, (inf,), OVERFLOW),),
    ),
    Op(
        name="cosh",
        parameters="x",
        summary="hyperbolic cosine",
        symmetry="even",
        inverse="acosh",
        exact={0: 1},
        latex=r"\cosh",
        value=lambda xp, x: xp.cosh(x),
        fast=math.cosh,
        partials=lambda xp, y, x: (xp.sinh(x),),
        window=(-3.0, 3.0),
        probe=((-700.0, 700.0),),
        edges=(Edge((1000.0,), inf, (inf,), OVERFLOW),),
    ),
    Op(
        name="tanh",
        parameters="x",
        summary="hyperbolic tangent",
        symmetry="odd",
        inverse="atanh",
        exact={0: 0},
        finite=True,
        latex=r"\tanh",
        value=lambda xp, x: xp.tanh(x),
        fast=math.tanh,
        partials=lambda xp, y, x: (xp.square(_sech(xp, x)),),
        lossy=True,
        textbook=lambda xp, y, x: (1 - xp.square(y),),
        probe=((-350.0, 350.0),),
        edges=(Edge((0.0,), 0.0, (1.0,), "ok"),),
    ),
    Op(
        name="sech",
        positive=True,
        parameters="x",
        summary="hyperbolic secant, 1/cosh(x)",
        symmetry="even",
        inverse="asech",
        exact={0: 1},
        latex=r"\operatorname{sech}",
        definition=lambda xp, x: 1 / xp.cosh(x),
        value=lambda xp, x: _sech(xp, x),
        partials=lambda xp, y, x: (-y * xp.tanh(x),),
        probe=((-700.0, 700.0),),
    ),
    Op(
        name="csch",
        parameters="x",
        summary="hyperbolic cosecant, 1/sinh(x)",
        domain="x != 0",
        symmetry="odd",
        inverse="acsch",
        latex=r"\operatorname{csch}",
        definition=lambda xp, x: 1 / xp.sinh(x),
        shows=True,
        value=lambda xp, x: _csch(xp, x),
        partials=lambda xp, y, x: (-y / xp.tanh(x),),
        textbook=lambda xp, y, x: (-y * xp.coth(x),),
        awkward=_AT_ZERO,
        probe=((0.001, 700.0),),
        edges=(Edge((0.0,), inf, (-inf,), SINGULAR),),
    ),
    Op(
        name="coth",
        parameters="x",
        summary="hyperbolic cotangent, 1/tanh(x)",
        domain="x != 0",
        symmetry="odd",
        inverse="acoth",
        latex=r"\coth",
        shows=True,
        value=lambda xp, x: 1.0 / xp.tanh(x),
        partials=lambda xp, y, x: (-xp.square(_csch(xp, x)),),
        lossy=True,
        textbook=lambda xp, y, x: (1 - xp.square(y),),
        awkward=_AT_ZERO,
        probe=((0.001, 350.0),),
        edges=(Edge((0.0,), inf, (-inf,), SINGULAR),),
    ),
    Op(
        name="asinh",
        parameters="x",
        summary="inverse hyperbolic sine",
        aliases=("arcsinh",),
        symmetry="odd",
        inverse="sinh",
        exact={0: 0},
        latex=r"\operatorname{arsinh}",
        value=lambda xp, x: xp.asinh(x),
        fast=math.asinh,
        partials=lambda xp, y, x: (1.0 / xp.hypot(1.0, x),),
        lossy=True,
        textbook=lambda xp, y, x: (1 / xp.sqrt(xp.square(x) + 1),),
        probe=((-1e6, 1e6),),
    ),
    Op(
        name="acosh",
        parameters="x",
        summary="inverse hyperbolic cosine",
        aliases=("arccosh",),
        domain="x >= 1",
        exact={1: 0},
        latex=r"\operatorname{arcosh}",
        value=lambda xp, x: xp.acosh(x),
        fast=math.acosh,
        partials=lambda xp, y, x: (1.0 / (xp.sqrt(x - 1.0) * xp.sqrt(x + 1.0)),),
        lossy=True,
        textbook=lambda xp, y, x: (1 / xp.sqrt(xp.square(x) - 1),),
        awkward=((SINGULAR, lambda xp, y, constant, x: x == 1.0),),
        window=(-0.5, 4.0),
        probe=((1.0, 1e6),),
        edges=(
            Edge((1.0,), 0.0, (inf,), SINGULAR),
            Edge((0.5,), nan, (nan,), DOMAIN),
        ),
    ),
    Op(
        name="atanh",
        parameters="x",
        summary="inverse hyperbolic tangent",
        aliases=("arctanh",),
        domain="-1 < x < 1",
        symmetry="odd",
        inverse="tanh",
        exact={0: 0},
        latex=r"\operatorname{artanh}",
        value=lambda xp, x: xp.atanh(x),
        fast=math.atanh,
        partials=lambda xp, y, x: (
            xp.where(xp.gt(abs(x), 1.0), nan, 1.0 / abs((1.0 - x) * (1.0 + x))),
        ),
        lossy=True,
        textbook=lambda xp, y, x: (1 / (1 - xp.square(x)),),
        awkward=_AT_UNIT,
        window=(-1.25, 1.25),
        probe=((-0.9999, 0.9999),),
        edges=(
            Edge((1.0,), inf, (inf,), SINGULAR),
            Edge((-1.0,), -inf, (inf,), SINGULAR),
            Edge((2.0,), nan, (nan,), DOMAIN),
        ),
    ),
    Op(
        name="asech",
        parameters="x",
        summary="inverse hyperbolic secant, acosh(1/x)",
        aliases=("arcsech",),
        domain="0 < x <= 1",
        exact={1: 0},
        latex=r"\operatorname{arsech}",
        definition=lambda xp, x: xp.acosh(1 / x),
        value=lambda xp, x: xp.asech(x),
        partials=lambda xp, y, x: (
            xp.where(xp.lt(x, 0.0), nan, -1.0 / abs(x) / xp.sqrt((1.0 - x) * (1.0 + x))),
        ),
        lossy=True,
        textbook=lambda xp, y, x: (-1 / (x * xp.sqrt(1 - xp.square(x))),),
        awkward=((SINGULAR, lambda xp, y, constant, x: (x == 0.0) | (x == 1.0)),),
        window=(-0.5, 4.0),
        probe=((1e-9, 1.0),),
        edges=(
            Edge((1.0,), 0.0, (-inf,), SINGULAR),
            Edge((0.0,), inf, (-inf,), SINGULAR),
            Edge((2.0,), nan, (nan,), DOMAIN),
            Edge((-0.5,), nan, (nan,), DOMAIN),
        ),
    ),
    Op(
        name="acsch",
        parameters="x",
        summary="inverse hyperbolic cosecant, asinh(1/x)",
        aliases=("arccsch",),
        domain="x != 0",
        symmetry="odd",
        latex=r"\operatorname{arcsch}",
        definition=lambda xp, x: xp.asinh(1 / x),
        value=lambda xp, x: xp.acsch(x),
        partials=lambda xp, y, x: (-1.0 / abs(x) / xp.hypot(1.0, x),),
        lossy=True,
        textbook=lambda xp, y, x: (-1 / (abs(x) * xp.sqrt(1 + xp.square(x))),),
        awkward=_AT_ZERO,
        probe=((1e-9, 1e6),),
        edges=(Edge((0.0,), inf, (-inf,), SINGULAR),),
    ),
    Op(
        name="acoth",
        parameters="x",
        summary="inverse hyperbolic cotangent, atanh(1/x)",
        aliases=("arccoth",),
        domain="x < -1 or x > 1",
        symmetry="odd",
        latex=r"\operatorname{arcoth}",
        definition=lambda xp, x: xp.atanh(1 / x),
        value=lambda xp, x: xp.acoth(x),
        partials=lambda xp, y, x: (_outside_unit(xp, x, -1.0 / abs(1.0 - x) / abs(1.0 + x)),),
        lossy=True,
        textbook=lambda xp, y, x: (1 / (1 - xp.square(x)),),
        awkward=_AT_UNIT,
        window=(-4.0, 4.0),
        probe=((1.0001, 1e6),),
        edges=(
            Edge((1.0,), inf, (-inf,), SINGULAR),
            Edge((-1.0,), -inf, (-inf,), SINGULAR),
            Edge((0.5,), nan, (nan,), DOMAIN),
        ),
    ),
)
