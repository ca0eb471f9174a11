"""Exponentials, logarithms and roots."""

from __future__ import annotations

import math
from math import inf, nan
from typing import Any

from autograd_graph.numbers.elementary import cube_root
from autograd_graph.op import Edge, Op
from autograd_graph.status import DOMAIN, OVERFLOW, SINGULAR

_LOG_EDGES = (
    Edge((0.0,), -inf, (inf,), SINGULAR),
    Edge((-1.0,), nan, (nan,), DOMAIN),
)


def _root_of_size(xp: Any, x: Any) -> Any:
    from fractions import Fraction

    return xp.sign(x) * xp.pow(abs(x), Fraction(1, 3))


_AT_ZERO = ((SINGULAR, lambda xp, y, constant, x: x == 0.0),)


def _cube_root_slope(xp: Any, y: Any, x: Any) -> tuple[Any]:
    """``y/x/3``, which neither over- nor underflows on the way; at 0 and inf its limits."""
    size = abs(x)
    return (xp.where(xp.eq(size, inf), 0.0, xp.where(xp.eq(x, 0.0), 1.0 / size, y / x / 3.0)),)


OPERATORS = (
    Op(
        name="exp",
        positive=True,
        parameters="x",
        summary="exponential",
        inverse="log",
        exact={0: 1},
        latex=("power", r"e^{<0>}"),
        carries=True,
        value=lambda xp, x: xp.exp(x),
        fast=math.exp,
        partials=lambda xp, y, x: (y,),
        window=(-3.0, 3.0),
        probe=((-700.0, 700.0),),
        edges=(Edge((1000.0,), inf, (inf,), OVERFLOW),),
    ),
    Op(
        name="expm1",
        parameters="x",
        summary="exp(x) - 1, accurate near 0",
        inverse="log1p",
        exact={0: 0},
        definition=lambda xp, x: xp.exp(x) - 1,
        value=lambda xp, x: xp.expm1(x),
        fast=math.expm1,
        partials=lambda xp, y, x: (xp.exp(x),),
        window=(-3.0, 3.0),
        probe=((-50.0, 700.0),),
        edges=(Edge((1000.0,), inf, (inf,), OVERFLOW),),
    ),
    Op(
        name="exp2",
        positive=True,
        parameters="x",
        summary="power of 2",
        exact={0: 1, 1: 2},
        latex=("power", r"2^{<0>}"),
        definition=lambda xp, x: xp.pow(2, x),
        value=lambda xp, x: xp.exp2(x),
        fast=math.exp2,
        partials=lambda xp, y, x: (
            xp.where(xp.gt(x, 1023.0), xp.exp2(x - 1.0) * (2.0 * xp.ln2), y * xp.ln2),
        ),
        textbook=lambda xp, y, x: (y * xp.ln2,),
        window=(-3.0, 3.0),
        probe=((-1000.0, 1000.0),),
        edges=(Edge((2000.0,), inf, (inf,), OVERFLOW),),
    ),
    Op(
        name="log",
        parameters="x",
        summary="natural logarithm; log(x, base) with two arguments",
        aliases=("ln",),
        domain="x > 0",
        inverse="exp",
        exact={1: 0},
        latex=r"\ln",
        carries=True,
        shows=True,
        value=lambda xp, x: xp.log(x),
        fast=math.log,
        partials=lambda xp, y, x: (xp.where(xp.lt(x, 0.0), nan, 1.0 / abs(x)),),
        textbook=lambda xp, y, x: (1 / x,),
        awkward=_AT_ZERO,
        window=(-1.5, 6.0),
        probe=((1e-300, 1e300),),
        edges=_LOG_EDGES,
    ),
    Op(
        name="log_base",
        called="log",
        parameters="x, base",
        summary="logarithm to a base: log(x, base)",
        domain="x > 0, base > 0, base != 1",
        latex=("power", r"\log_{<1>}\left(<0>\right)"),
        value=lambda xp, x, base: xp.log(x) / xp.log(base),
        partials=lambda xp, y, x, base: (
            xp.where(xp.lt(x, 0.0), nan, 1.0 / xp.log(base) / abs(x)),
            xp.where(xp.lt(base, 0.0), nan, -y / xp.log(base) / abs(base)),
        ),
        textbook=lambda xp, y, x, base: (
            1 / xp.log(base) / x,
            -xp.log(x) / xp.square(xp.log(base)) / base,
        ),
        slope="by x: 1/(x*log(base)); by base: -log(x)/(base*log(base)^2)",
        awkward=(
            (
                SINGULAR,
                lambda xp, y, constant, x, base: (
                    (y == y) & ((x == 0.0) | (base == 0.0) | (base == 1.0))
                ),
            ),
        ),
        example="log(x, 2)",
        window=(-1.5, 6.0),
        probe=((0.01, 1e6), (1.5, 50.0)),
        places=("singular where x = 0 or base = 1",),
        edges=(
            Edge((0.0, 10.0), -inf, (inf, inf), SINGULAR),
            Edge((-1.0, 10.0), nan, (nan, nan), DOMAIN),
            Edge((2.0, 1.0), inf, (inf, -inf), SINGULAR),
        ),
    ),
    Op(
        name="log2",
        parameters="x",
        summary="logarithm to base 2",
        domain="x > 0",
        exact={1: 0, 2: 1},
        latex=("power", r"\log_{2}\left(<0>\right)"),
        definition=lambda xp, x: xp.log(x) / xp.log(2),
        shows=True,
        value=lambda xp, x: xp.log2(x),
        fast=math.log2,
        partials=lambda xp, y, x: (xp.where(xp.lt(x, 0.0), nan, 1.0 / xp.ln2 / abs(x)),),
        textbook=lambda xp, y, x: (1 / (x * xp.ln2),),
        awkward=_AT_ZERO,
        window=(-1.5, 6.0),
        probe=((1e-300, 1e300),),
        edges=_LOG_EDGES,
    ),
    Op(
        name="log10",
        parameters="x",
        summary="logarithm to base 10",
        domain="x > 0",
        exact={1: 0, 10: 1},
        latex=("power", r"\log_{10}\left(<0>\right)"),
        definition=lambda xp, x: xp.log(x) / xp.log(10),
        shows=True,
        value=lambda xp, x: xp.log10(x),
        fast=math.log10,
        partials=lambda xp, y, x: (xp.where(xp.lt(x, 0.0), nan, 1.0 / xp.ln10 / abs(x)),),
        textbook=lambda xp, y, x: (1 / xp.ln10 / x,),
        slope="1/(x*log(10))",
        awkward=_AT_ZERO,
        window=(-1.5, 6.0),
        probe=((1e-300, 1e300),),
        edges=_LOG_EDGES,
    ),
    Op(
        name="log1p",
        parameters="x",
        summary="log(1 + x), accurate near 0",
        domain="x > -1",
        inverse="expm1",
        exact={0: 0},
        definition=lambda xp, x: xp.log(1 + x),
        shows=True,
        value=lambda xp, x: xp.log1p(x),
        fast=math.log1p,
        partials=lambda xp, y, x: (xp.where(xp.lt(x, -1.0), nan, 1.0 / abs(1.0 + x)),),
        textbook=lambda xp, y, x: (1 / (1 + x),),
        awkward=((SINGULAR, lambda xp, y, constant, x: x == -1.0),),
        window=(-1.5, 6.0),
        probe=((-0.999, 1e6),),
        edges=(
            Edge((-1.0,), -inf, (inf,), SINGULAR),
            Edge((-2.0,), nan, (nan,), DOMAIN),
        ),
    ),
    Op(
        name="sqrt",
        parameters="x",
        summary="square root",
        domain="x >= 0",
        latex=("atom", r"\sqrt{<0>}"),
        carries=True,
        value=lambda xp, x: xp.sqrt(x),
        fast=math.sqrt,
        partials=lambda xp, y, x: (0.5 / abs(y),),
        textbook=lambda xp, y, x: (1 / (2 * y),),
        awkward=_AT_ZERO,
        window=(-1.5, 6.0),
        probe=((1e-300, 1e300),),
        edges=(
            Edge((0.0,), 0.0, (inf,), SINGULAR),
            Edge((-1.0,), nan, (nan,), DOMAIN),
        ),
    ),
    Op(
        name="cbrt",
        parameters="x",
        summary="cube root, of negative numbers too",
        symmetry="odd",
        exact={0: 0, 1: 1, 8: 2},
        latex=("atom", r"\sqrt[3]{<0>}"),
        definition=_root_of_size,
        value=lambda xp, x: xp.cbrt(x),
        fast=cube_root,
        partials=_cube_root_slope,
        textbook=lambda xp, y, x: (1 / (3 * xp.square(y)),),
        awkward=_AT_ZERO,
        probe=((-1e6, 1e6),),
        edges=(Edge((0.0,), 0.0, (inf,), SINGULAR),),
    ),
    Op(
        name="square",
        parameters="x",
        summary="x^2",
        factors=lambda xp, x: (x,),
        finite=True,
        rule="power rule",
        definition=lambda xp, x: xp.pow(x, 2),
        carries=True,
        value=lambda xp, x: x * x,
        fast=lambda x: x * x,
        partials=lambda xp, y, x: (2.0 * x,),
        window=(-3.0, 3.0),
        probe=((-1e6, 1e6),),
    ),
)
