"""Special functions."""

from __future__ import annotations

import math
from math import inf, nan
from typing import Any

from autograd_graph.numbers.special import log_gamma
from autograd_graph.op import Edge, Op
from autograd_graph.status import DOMAIN, SINGULAR


def _is_pole(xp: Any, x: Any) -> Any:
    return (x <= 0.0) & xp.isfinite(x) & (x == xp.floor(x))


def _bessel_slope(xp: Any, y: Any, n: Any, x: Any) -> Any:
    """DLMF 10.51.2, symmetric form; order 0 has no lower neighbour."""
    lower = n * xp.spherical_jn(abs(n - 1.0), x)
    return (lower - (n + 1.0) * xp.spherical_jn(n + 1.0, x)) / (2.0 * n + 1.0)


OPERATORS = (
    Op(
        name="erf",
        parameters="x",
        summary="error function",
        symmetry="odd",
        exact={0: 0},
        finite=True,
        latex=r"\operatorname{erf}",
        value=lambda xp, x: xp.erf(x),
        fast=math.erf,
        partials=lambda xp, y, x: (xp.two_over_root_pi * xp.gaussian(x),),
        textbook=lambda xp, y, x: (2 / xp.sqrt(xp.pi) * xp.exp(-xp.square(x)),),
        window=(-3.0, 3.0),
        probe=((-26.0, 26.0),),
    ),
    Op(
        name="erfc",
        positive=True,
        parameters="x",
        summary="1 - erf(x), accurate far out",
        exact={0: 1},
        latex=r"\operatorname{erfc}",
        value=lambda xp, x: xp.erfc(x),
        fast=math.erfc,
        partials=lambda xp, y, x: (-xp.two_over_root_pi * xp.gaussian(x),),
        textbook=lambda xp, y, x: (-2 / xp.sqrt(xp.pi) * xp.exp(-xp.square(x)),),
        window=(-3.0, 3.0),
        probe=((-26.0, 26.0),),
    ),
    Op(
        name="gamma",
        parameters="x",
        summary="gamma function; gamma(n + 1) is n!",
        domain="x not 0, -1, -2, ...",
        exact={1: 1, 2: 1, 3: 2, 4: 6},
        latex=r"\Gamma",
        work=(1, 100),
        value=lambda xp, x: xp.gamma(x),
        fast=math.gamma,
        partials=lambda xp, y, x: (y * xp.digamma(x),),
        awkward=((SINGULAR, lambda xp, y, constant, x: _is_pole(xp, x)),),
        window=(-4.0, 4.5),
        probe=((0.01, 170.0),),
        ulps=(20.0, 40.0),  # CPython promises its gamma to 20 ulp
        edges=(
            Edge((0.0,), inf, (-inf,), SINGULAR),
            Edge((-1.0,), nan, (nan,), SINGULAR),
        ),
    ),
    Op(
        name="lgamma",
        parameters="x",
        summary="log(abs(gamma(x)))",
        domain="x not 0, -1, -2, ...",
        exact={1: 0, 2: 0},
        latex=("power", r"\ln\left|\Gamma\left(<0>\right)\right|"),
        work=(1, 60),
        value=lambda xp, x: xp.lgamma(x),
        fast=log_gamma,
        partials=lambda xp, y, x: (xp.digamma(x),),
        awkward=((SINGULAR, lambda xp, y, constant, x: _is_pole(xp, x)),),
        window=(-4.0, 4.5),
        probe=((0.01, 1e6),),
        ulps=(20.0, 8.0),  # CPython promises its lgamma to 20 ulp
        edges=(
            Edge((0.0,), inf, (-inf,), SINGULAR),
            Edge((-1.0,), inf, (nan,), SINGULAR),
        ),
    ),
    Op(
        name="digamma",
        parameters="x",
        summary="derivative of lgamma",
        domain="x not 0, -1, -2, ...",
        latex=r"\psi",
        work=(60, 230),
        value=lambda xp, x: xp.digamma(x),
        partials=lambda xp, y, x: (xp.polygamma(1.0, x),),
        awkward=((SINGULAR, lambda xp, y, constant, x: _is_pole(xp, x)),),
        window=(-4.0, 4.5),
        probe=((0.01, 1e6),),
        edges=(
            Edge((0.0,), -inf, (inf,), SINGULAR),
            Edge((-1.0,), nan, (inf,), SINGULAR),
        ),
    ),
    Op(
        name="polygamma",
        parameters="n, x",
        summary="n-th derivative of digamma, n a constant",
        domain="n = 0, 1, ..., 1000; x not 0, -1, -2, ...",
        fixed=(0,),
        latex=("power", r"\psi^{\left(<0>\right)}\left(<1>\right)"),
        work=(230, 350),
        value=lambda xp, n, x: xp.polygamma(n, x),
        partials=lambda xp, y, n, x: (None, xp.polygamma(n + 1.0, x)),
        awkward=((SINGULAR, lambda xp, y, constant, n, x: _is_pole(xp, x)),),
        window=(-3.0, 4.0),
        probe=((1.0, 1.0), (0.01, 100.0)),
        places=("singular where x = 0, -1, -2, ...",),
        edges=(
            Edge((1.0, 0.0), inf, (None, nan), SINGULAR),
            Edge((0.5, 1.0), nan, (None, nan), DOMAIN),
        ),
    ),
    Op(
        name="spherical_jn",
        parameters="n, x",
        summary="spherical Bessel function of order n, n a constant",
        domain="n = 0, 1, ..., 1000",
        fixed=(0,),
        latex=("power", r"j_{<0>}\left(<1>\right)"),
        value=lambda xp, n, x: xp.spherical_jn(n, x),
        partials=lambda xp, y, n, x: (None, _bessel_slope(xp, y, n, x)),
        window=(-15.0, 15.0),
        probe=((1.0, 1.0), (-30.0, 30.0)),
        edges=(
            Edge((1.0, 0.0), 0.0, (None, 1.0 / 3.0), "ok"),
            Edge((0.0, 0.0), 1.0, (None, 0.0), "ok"),
            Edge((0.5, 1.0), nan, (None, nan), DOMAIN),
        ),
    ),
    Op(
        name="xlogy",
        parameters="x, y",
        summary="x*log(y), 0 where x is 0",
        caveat="x/y is undefined at x = y = 0, where eval has the slope 0",
        domain="y > 0",
        value=lambda xp, x, y: xp.where(xp.eq(x, 0.0) * xp.ge(y, 0.0), 0.0, x * xp.log(y)),
        partials=lambda xp, z, x, y: (
            xp.log(y),
            xp.where(xp.lt(y, 0.0), nan, xp.where(xp.eq(x, 0.0) * xp.eq(y, 0.0), 0.0, x / y)),
        ),
        textbook=lambda xp, z, x, y: (xp.log(y), x / y),
        awkward=((SINGULAR, lambda xp, z, constant, x, y: y == 0.0),),
        awkward_in=(1,),
        factors=lambda xp, x, y: (x, y, y - 1.0),
        example="xlogy(x, x)",
        window=(-1.5, 6.0),
        probe=((-50.0, 50.0), (0.01, 50.0)),
        places=("singular where y = 0",),
        edges=(
            Edge((0.0, 0.0), 0.0, (-inf, 0.0), SINGULAR),
            Edge((0.0, 2.0), 0.0, (math.log(2.0), 0.0), "ok"),
            Edge((1.0, 0.0), -inf, (-inf, inf), SINGULAR),
            Edge((1.0, -1.0), nan, (nan, nan), DOMAIN),
        ),
    ),
    Op(
        name="xlog1py",
        parameters="x, y",
        summary="x*log(1 + y), accurate near y = 0, 0 where x is 0",
        caveat="x/(1 + y) is undefined at x = 0 and y = -1, where eval has the slope 0",
        domain="y > -1",
        value=lambda xp, x, y: xp.where(xp.eq(x, 0.0) * xp.ge(y, -1.0), 0.0, x * xp.log1p(y)),
        partials=lambda xp, z, x, y: (
            xp.log1p(y),
            xp.where(
                xp.lt(y, -1.0), nan, xp.where(xp.eq(x, 0.0) * xp.eq(y, -1.0), 0.0, x / (1.0 + y))
            ),
        ),
        textbook=lambda xp, z, x, y: (xp.log1p(y), x / (1 + y)),
        awkward=((SINGULAR, lambda xp, z, constant, x, y: y == -1.0),),
        factors=lambda xp, x, y: (x, y),
        example="xlog1py(x, x)",
        window=(-1.5, 6.0),
        probe=((-50.0, 50.0), (-0.99, 50.0)),
        places=("singular where y = -1",),
        edges=(
            Edge((0.0, -1.0), 0.0, (-inf, 0.0), SINGULAR),
            Edge((0.0, 1.0), 0.0, (math.log(2.0), 0.0), "ok"),
            Edge((1.0, -1.0), -inf, (-inf, inf), SINGULAR),
            Edge((1.0, -2.0), nan, (nan, nan), DOMAIN),
        ),
    ),
)
