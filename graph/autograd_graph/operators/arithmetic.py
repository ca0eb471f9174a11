"""Sums, products, quotients, powers."""

from __future__ import annotations

import math
import operator
from math import inf, nan
from typing import Any

from autograd_graph.op import Constant, Edge, Op
from autograd_graph.status import DOMAIN, JUMP, OK, SINGULAR


def _is_whole(xp: Any, x: Any) -> Any:
    return xp.isfinite(x) & (x == xp.floor(x))


def _infinite_slope_of_power(xp: Any, z: Any, constant: Constant, x: Any, n: Any) -> Any:
    """At 0: of a root by what it is taken of, and of ``0^0`` by the exponent."""
    root = (n > 0.0) & (n < 1.0) & (not constant[0])
    return (x == 0.0) & ((n < 0.0) | root | ((n == 0.0) & (not constant[1])))


OPERATORS = (
    Op(
        name="add",
        function=False,
        parameters="x, y",
        summary="sum",
        infix="+",
        commutes=True,
        binding=2,
        finite=True,
        rule="sum rule",
        latex=("sum", r"<0:sum> + <1:product>"),
        carries=True,
        value=lambda xp, x, y: x + y,
        fast=operator.add,
        partials=lambda xp, z, x, y: (1.0, 1.0),
        example="x + 1",
        probe=((-1e3, 1e3), (-1e3, 1e3)),
    ),
    Op(
        name="sub",
        function=False,
        parameters="x, y",
        summary="difference",
        infix="-",
        binding=2,
        finite=True,
        rule="difference rule",
        latex=("sum", r"<0:sum> - <1:product>"),
        carries=True,
        value=lambda xp, x, y: x - y,
        fast=operator.sub,
        partials=lambda xp, z, x, y: (1.0, -1.0),
        example="x - 1",
        probe=((-1e3, 1e3), (-1e3, 1e3)),
    ),
    Op(
        name="mul",
        function=False,
        parameters="x, y",
        summary="product",
        infix="*",
        commutes=True,
        binding=3,
        factors=lambda xp, x, y: (x, y),
        verbatim=True,
        finite=True,
        latex=("product", r"<0:product> \cdot <1:power>"),
        carries=True,
        value=lambda xp, x, y: x * y,
        fast=operator.mul,
        partials=lambda xp, z, x, y: (y, x),
        example="2*x",
        probe=((-1e3, 1e3), (-1e3, 1e3)),
    ),
    Op(
        name="div",
        function=False,
        parameters="x, y",
        summary="quotient",
        infix="/",
        binding=3,
        domain="y != 0",
        factors=lambda xp, x, y: (x, y),
        latex=("power", r"\frac{<0>}{<1>}"),
        carries=(0,),
        shows=True,
        value=lambda xp, x, y: x / y,
        fast=operator.truediv,
        partials=lambda xp, z, x, y: (1.0 / y, -z / y),
        lossy=True,
        textbook=lambda xp, z, x, y: (1 / y, -x / xp.square(y)),
        awkward=((SINGULAR, lambda xp, z, constant, x, y: (y == 0.0) & (x != 0.0) & (x == x)),),
        awkward_in=(1,),
        example="1/x",
        probe=((-1e3, 1e3), (0.01, 1e3)),
        places=("singular where y = 0",),
        edges=(
            Edge((1.0, 0.0), inf, (inf, -inf), SINGULAR),
            Edge((-1.0, 0.0), -inf, (inf, inf), SINGULAR),
            Edge((0.0, 0.0), nan, (inf, nan), DOMAIN),
        ),
    ),
    Op(
        name="neg",
        function=False,
        parameters="x",
        summary="negation",
        infix="-",
        binding=4,
        finite=True,
        rule="constant factor rule",
        latex=("sign", r"-<0:product>"),
        carries=True,
        value=lambda xp, x: -x,
        fast=operator.neg,
        partials=lambda xp, y, x: (-1.0,),
        probe=((-1e3, 1e3),),
    ),
    Op(
        name="identity",
        function=False,
        parameters="x",
        summary="the argument itself: a second name for a node",
        finite=True,
        rule="",
        carries=True,
        value=lambda xp, x: x,
        fast=operator.pos,
        partials=lambda xp, y, x: (1.0,),
        probe=((-1e3, 1e3),),
    ),
    Op(
        name="pow",
        parameters="x, y",
        summary="power; of a negative base for whole exponents only",
        caveat="x^y*log(x) is undefined at x = 0, where eval takes its limit 0 for y > 0",
        infix="^",
        binding=5,
        domain="x > 0, or y a whole number",
        factors=lambda xp, x, n: (x, n, x - 1.0),
        latex=("power", r"<0:atom>^{<1>}"),
        value=lambda xp, x, y: xp.pow(x, y),
        fast=math.pow,
        partials=lambda xp, z, x, y: (
            xp.power_slope(x, y),
            xp.power_log(z, x, y),
        ),
        lossy=True,
        textbook=lambda xp, z, x, y: (xp.power_slope(x, y), z * xp.log(x)),
        constant_last=lambda xp, z, x, n: (
            xp.power_slope(x, n),
            None,
        ),
        awkward=(
            (DOMAIN, lambda xp, z, constant, x, n: (x < 0.0) & ((z != z) | (not constant[1]))),
            (SINGULAR, _infinite_slope_of_power),
        ),
        example="x^3",
        window=(-3.0, 3.0),
        probe=((0.01, 20.0), (-5.0, 5.0)),
        places=("singular where x = 0 and y < 1",),
        edges=(
            Edge((0.0, 2.0), 0.0, (0.0, None), OK, constant=(1,)),
            Edge((0.0, 1.0), 0.0, (1.0, None), OK, constant=(1,)),
            Edge((0.0, 0.0), 1.0, (0.0, None), OK, constant=(1,)),
            Edge((0.0, 0.5), 0.0, (inf, None), SINGULAR, constant=(1,)),
            Edge((0.0, -1.0), inf, (-inf, None), SINGULAR, constant=(1,)),
            Edge((-2.0, 3.0), -8.0, (12.0, None), OK, constant=(1,)),
            Edge((-8.0, 0.5), nan, (nan, None), DOMAIN, constant=(1,)),
            Edge((-2.0, 3.0), -8.0, (12.0, nan), DOMAIN),
            Edge((0.0, 2.0), 0.0, (0.0, 0.0), OK),
            Edge((0.0, 0.0), 1.0, (0.0, 0.0), SINGULAR),
            Edge((0.0, -1.0), inf, (-inf, nan), SINGULAR),
        ),
    ),
    Op(
        name="mod",
        parameters="x, y",
        summary="remainder of x/y, with the sign of y",
        domain="y != 0",
        latex=("product", r"<0:product> \bmod <1:power>"),
        value=lambda xp, x, y: xp.mod(x, y),
        partials=lambda xp, z, x, y: (1.0, -xp.floor_divide(x, y)),
        awkward=(
            # a quotient that rounds to a whole number: a multiple is no further than rounding
            (JUMP, lambda xp, z, constant, x, n: (x / n != 0.0) & _is_whole(xp, x / n)),
            (JUMP, lambda xp, z, constant, x, n: (x == 0.0) & (z == 0.0)),
        ),
        example="mod(x, 2)",
        probe=((-50.0, 50.0), (0.5, 9.0)),
        places=("jump where x is a multiple of y",),
        edges=(
            Edge((4.0, 2.0), 0.0, (1.0, -2.0), JUMP),
            Edge((0.25, 0.001), 0.0009999999999999948, (1.0, -249.0), JUMP),
            Edge((5e-324, 1e300), 5e-324, (1.0, -0.0), OK),
            Edge((-7.0, 3.0), 2.0, (1.0, 3.0), OK),
            Edge((7.0, -3.0), -2.0, (1.0, 3.0), OK),
            Edge((1.0, 0.0), nan, (1.0, -inf), DOMAIN),
        ),
    ),
)
