"""Reductions of any number of arguments to one node."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

from autograd_graph.op import Edge, Op
from autograd_graph.status import DOMAIN, KINK

_TWO = ((-5.0, 5.0), (-5.0, 5.0), (-5.0, 5.0))


def _equal_parts(xp: Any, y: Any, *xs: Any) -> tuple[Any, ...]:
    from fractions import Fraction

    return (Fraction(1, len(xs)),) * len(xs)


def _folded(operation: Callable[[Any, Any], Any], *xs: Any) -> Any:
    return reduce(operation, xs)


def _halves(xs: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    half = len(xs) // 2
    return xs[:half], xs[half:]


def _dot_slopes(xp: Any, y: Any, *xs: Any) -> tuple[Any, ...]:
    left, right = _halves(xs)
    return right + left


def _dot_enlarged(xp: Any, *xs: Any) -> tuple[Any]:
    """The product 2^1074 times as large: none is lost, and one whose terms cancel is still 0."""
    return (xp.dot(*(x * 2.0**537 for x in xs)),)


OPERATORS = (
    Op(
        name="sum",
        parameters="x1, ..., xn",
        summary="sum of the arguments",
        slope="1 for each",
        finite=True,
        rule="sum rule",
        definition=lambda xp, *xs: _folded(operator.add, *xs),
        carries=True,
        value=lambda xp, *xs: xp.sum(*xs),
        partials=lambda xp, y, *xs: (1.0,) * len(xs),
        example="sum(x, x, 1)",
        probe=_TWO,
    ),
    Op(
        name="mean",
        parameters="x1, ..., xn",
        summary="arithmetic mean of the arguments",
        slope="1/n for each",
        finite=True,
        rule="sum rule",
        definition=lambda xp, *xs: _folded(operator.add, *xs) / len(xs),
        carries=True,
        value=lambda xp, *xs: xp.mean(*xs),
        partials=lambda xp, y, *xs: (1.0 / len(xs),) * len(xs),
        textbook=_equal_parts,
        probe=_TWO,
    ),
    Op(
        name="prod",
        parameters="x1, ..., xn",
        summary="product of the arguments",
        slope="for each the product of the others",
        factors=lambda xp, *xs: xs,
        rule="product rule",
        definition=lambda xp, *xs: _folded(operator.mul, *xs),
        carries=True,
        value=lambda xp, *xs: xp.prod(*xs),
        partials=lambda xp, y, *xs: xp.cofactors(*xs),
        example="prod(x, x, x)",
        window=(-3.0, 3.0),
        probe=_TWO,
        edges=(
            Edge((0.0, 3.0, 4.0), 0.0, (12.0, 0.0, 0.0), "ok"),
            Edge((0.0, 0.0, 4.0), 0.0, (0.0, 0.0, 0.0), "ok"),
        ),
    ),
    Op(
        name="hypot",
        parameters="x1, ..., xn",
        summary="Euclidean norm of the arguments",
        caveat="xi/hypot(...) is undefined at the origin, where eval has the slope 0",
        slope="xi/hypot(x1, ..., xn)",
        aliases=("norm",),
        definition=lambda xp, *xs: xp.sqrt(_folded(operator.add, *map(xp.square, xs))),
        value=lambda xp, *xs: xp.hypot(*xs),
        fast=math.hypot,
        partials=lambda xp, y, *xs: xp.direction(y, *xs),
        lossy=True,
        textbook=lambda xp, y, *xs: tuple(x / y for x in xs),
        awkward=((KINK, lambda xp, y, constant, *xs: y == 0.0),),
        probe=_TWO,
        places=("kink where all arguments are 0",),
        edges=(
            Edge((0.0, 0.0), 0.0, (0.0, 0.0), KINK),
            Edge((3.0, 4.0), 5.0, (0.6, 0.8), "ok"),
        ),
    ),
    Op(
        name="logsumexp",
        parameters="x1, ..., xn",
        summary="log(exp(x1) + ... + exp(xn)) without overflow",
        slope="exp(xi - logsumexp(x1, ..., xn))",
        definition=lambda xp, *xs: xp.log(_folded(operator.add, *map(xp.exp, xs))),
        value=lambda xp, *xs: xp.logsumexp(*xs),
        partials=lambda xp, y, *xs: xp.softmax(*xs),
        lossy=True,
        textbook=lambda xp, y, *xs: tuple(xp.exp(x - y) for x in xs),
        example="logsumexp(x, 0)",
        probe=((-50.0, 50.0), (-50.0, 50.0), (-50.0, 50.0)),
        edges=(
            Edge((1000.0, 1000.0), 1000.0 + math.log(2.0), (0.5, 0.5), "ok"),
            Edge((float("nan"), 0.0), float("nan"), (float("nan"), float("nan")), DOMAIN),
        ),
    ),
    Op(
        name="dot",
        parameters="a1, ..., an, b1, ..., bn",
        summary="a1*b1 + ... + an*bn",
        slope="bi for ai, ai for bi",
        rule="product rule",
        definition=lambda xp, *xs: _folded(operator.add, *map(operator.mul, *_halves(xs))),
        carries=True,
        value=lambda xp, *xs: xp.dot(*xs),
        partials=_dot_slopes,
        factors=_dot_enlarged,
        verbatim=True,
        example="dot(x, 1, x, 2)",
        probe=((-5.0, 5.0),) * 4,
    ),
)
