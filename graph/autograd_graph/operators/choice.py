"""Operators that choose, round or compare: kinks, jumps, and slopes that are 0."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import inf, nan
from typing import Any

from autograd_graph.numbers import floats
from autograd_graph.op import Constant, Edge, Formula, Latex, Op
from autograd_graph.status import DOMAIN, JUMP, KINK


def _tie_masks(xp: Any, y: Any, constant: Constant, xs: tuple[Any, ...]) -> list[Any]:
    """For each argument, whether the extremum's adjoint goes to it.

    Among tied arguments a constant takes everything: it cannot move, so the subgradient of
    least norm leaves the others at 0.
    """
    tied = [xp.mask(xp.eq(x, y), y) for x in xs]
    constant_ties = [mask for mask, is_constant in zip(tied, constant, strict=True) if is_constant]
    if not constant_ties:
        return tied
    free = xp.mask(xp.neither(*constant_ties), y)
    return [
        mask if is_constant else xp.both(mask, free)
        for mask, is_constant in zip(tied, constant, strict=True)
    ]


def _extremum_shares(
    xp: Any, adjoint: Any, y: Any, constant: Constant, *xs: Any
) -> tuple[Any, ...]:
    """The adjoint in equal parts to the arguments that are the extremum."""
    masks = _tie_masks(xp, y, constant, xs)
    count = masks[0]
    for mask in masks[1:]:
        count = count + mask
    return tuple(xp.select(mask, adjoint / count) for mask in masks)


def _tie(xp: Any, y: Any, constant: Constant, *xs: Any) -> Any:
    return sum([xp.eq(x, y) for x in xs]) > 1.0


def _clip_shares(
    xp: Any, adjoint: Any, y: Any, constant: Constant, x: Any, lo: Any, hi: Any
) -> tuple[Any, ...]:
    """``min(max(x, lo), hi)`` in one node: the outer choice, then the inner one."""
    inner = xp.max(x, lo)
    both_constant = constant[0] and constant[1]
    outer, to_hi = _tie_masks(xp, y, (both_constant, constant[2]), (inner, hi))
    of_x, of_lo = _tie_masks(xp, inner, constant[:2], (x, lo))
    share = adjoint / (outer + to_hi)
    inner_share = share / (of_x + of_lo)
    return (
        xp.select(xp.both(outer, of_x), inner_share),
        xp.select(xp.both(outer, of_lo), inner_share),
        xp.select(to_hi, share),
    )


def _clip_tie(xp: Any, y: Any, constant: Constant, x: Any, lo: Any, hi: Any) -> Any:
    inner = xp.max(x, lo)
    return (inner == hi) | ((x == lo) & (inner < hi))


def _plain_shares(beats: str) -> Callable[..., tuple[Any, ...]]:
    """As people write it: who is larger (or smaller) takes all; a constant wins ties."""

    def shares(xp: Any, adjoint: Any, y: Any, constant: Constant, *xs: Any) -> tuple[Any, ...]:
        if len(xs) == 2 and constant[0]:
            wins = getattr(xp, beats)(xs[1], xs[0])
            return xp.where(wins, 0, adjoint), xp.where(wins, adjoint, 0)
        if len(xs) == 2:
            wins = getattr(xp, beats)(*xs)
            return xp.where(wins, adjoint, 0), xp.where(wins, 0, adjoint)
        return tuple(xp.select(xp.eq(x, y), adjoint) for x in xs)

    return shares


def _plain_clip_shares(
    xp: Any, adjoint: Any, y: Any, constant: Constant, x: Any, lo: Any, hi: Any
) -> tuple[Any, ...]:
    """As people write it: inside, below, above."""
    inside = xp.both(xp.gt(x, lo), xp.lt(x, hi))
    above = xp.ge(xp.max(x, lo), hi)
    below = xp.both(xp.le(x, lo), xp.lt(lo, hi))
    return xp.select(inside, adjoint), xp.select(below, adjoint), xp.select(above, adjoint)


def _where_shares(
    xp: Any, adjoint: Any, y: Any, constant: Constant, condition: Any, a: Any, b: Any
) -> tuple[Any, ...]:
    chosen = xp.mask(xp.ne(condition, 0.0), condition)
    other = xp.mask(xp.eq(condition, 0.0), condition)
    return None, xp.select(chosen, adjoint), xp.select(other, adjoint)


def _turns(xp: Any, y: Any, constant: Constant, condition: Any) -> Any:
    """A condition that is 0 and moves is not 0 next to the point: there ``a`` is chosen."""
    return (condition == 0.0) & xp.isfinite(y) & (not constant[0])


_ROUNDING = 2.0**-48
"""How far apart, relative to their size, numbers are taken for one: 16 units in the last place."""


def _meet(xp: Any, y: Any, a: Any, b: Any) -> Any:
    """Whether the branches of a choice have one finite value but for rounding."""
    return xp.isfinite(y) & (abs(a - b) <= abs(y) * _ROUNDING)


def _is_whole(xp: Any, x: Any) -> Any:
    return xp.isfinite(x) & (x == xp.floor(x))


_IN_A_TIE = "equal parts in a tie, all to a constant in it"
"""What :func:`_tie_masks` does, in the rules of ``min``, ``max`` and ``clip``."""

_AT_ZERO = ((JUMP, lambda xp, y, constant, x: x == 0.0),)


def _comparison(name: str, infix: str, latex: str, words: str, value: Any) -> Op:
    return Op(
        name=name,
        parameters="x, y",
        summary=f"1 if x is {words} y, else 0",
        infix=infix,
        binding=1,
        function=False,
        flat=True,
        finite=True,
        comparison=True,
        latex=("comparison", f"<0:sum> {latex} <1:sum>"),
        value=value,
        fast=getattr(floats, name),
        awkward=((JUMP, lambda xp, y, constant, a, b: a == b),),
        probe=((-5.0, 5.0), (-5.0, 5.0)),
        places=("jump where x = y",),
        edges=(Edge((1.0, 1.0), float(name in ("le", "ge", "eq")), (None, None), JUMP),),
    )


def _rounding(
    name: str, summary: str, latex: Latex, value: Any, jumps: Formula, place: str, edges: Any
) -> Op:
    return Op(
        name=name,
        parameters="x",
        summary=summary,
        flat=True,
        latex=latex,
        value=value,
        awkward=((JUMP, jumps),),
        places=(place,),
        probe=((-20.0, 20.0),),
        edges=edges,
    )


OPERATORS = (
    Op(
        name="where",
        parameters="condition, a, b",
        summary="a where the condition is not 0, else b",
        slope="1 for a or b, whichever is chosen; 0 for the others",
        finite=True,
        latex=(
            "choice",
            r"\begin{cases} <1> & \text{if } <0> \\ <2> & \text{otherwise} \end{cases}",
        ),
        value=lambda xp, condition, a, b: xp.where(condition, a, b),
        fast=floats.where,
        shares=_where_shares,
        asks=1,
        awkward=(
            (DOMAIN, lambda xp, y, constant, condition, a, b: condition != condition),
            (
                KINK,
                lambda xp, y, constant, c, a, b: _turns(xp, y, constant, c) & _meet(xp, y, a, b),
            ),
            (JUMP, lambda xp, y, constant, c, a, b: _turns(xp, y, constant, c)),
        ),
        meets=_meet,
        example="where(x > 0, x, x^2)",
        probe=((0.0, 0.0), (-5.0, 5.0), (-5.0, 5.0)),
        places=(
            "jump where condition = 0 and a != b",
            "kink where condition = 0 and a = b",
        ),
        edges=(
            Edge((1.0, 2.0, 3.0), 2.0, (None, 1.0, None), "ok"),
            Edge((0.0, 2.0, 3.0), 3.0, (None, None, 1.0), "ok", constant=(0,)),
            Edge((0.0, 2.0, 3.0), 3.0, (None, None, 1.0), JUMP),
            Edge((0.0, 2.0, 2.0), 2.0, (None, None, 1.0), KINK),
            Edge((nan, 2.0, 3.0), nan, (None, nan, nan), DOMAIN),
        ),
    ),
    Op(
        name="min",
        parameters="x1, x2, ..., xn",
        summary="the smallest argument; nan if one is nan",
        caveat="where arguments tie, eval shares the slope among them",
        slope=f"1 for the smallest, 0 for the others; {_IN_A_TIE}",
        finite=True,
        rational=min,
        latex=("power", r"\min\left(<*>\right)"),
        definition=lambda xp, *xs: reduce(xp.min, xs),
        value=lambda xp, *xs: xp.min(*xs),
        shares=_extremum_shares,
        textbook_shares=_plain_shares("lt"),
        lossy=True,
        awkward=((KINK, _tie),),
        probe=((-5.0, 5.0), (-5.0, 5.0), (-5.0, 5.0)),
        places=("kink where the smallest arguments tie",),
        edges=(
            Edge((1.0, 1.0), 1.0, (0.5, 0.5), KINK),
            Edge((0.0, 0.0), 0.0, (None, 1.0), KINK, constant=(1,)),
            Edge((1.0, 2.0), 1.0, (1.0, None), "ok"),
        ),
    ),
    Op(
        name="max",
        parameters="x1, x2, ..., xn",
        summary="the largest argument; nan if one is nan",
        caveat="where arguments tie, eval shares the slope among them",
        slope=f"1 for the largest, 0 for the others; {_IN_A_TIE}",
        finite=True,
        rational=max,
        latex=("power", r"\max\left(<*>\right)"),
        definition=lambda xp, *xs: reduce(xp.max, xs),
        value=lambda xp, *xs: xp.max(*xs),
        shares=_extremum_shares,
        textbook_shares=_plain_shares("gt"),
        lossy=True,
        awkward=((KINK, _tie),),
        probe=((-5.0, 5.0), (-5.0, 5.0), (-5.0, 5.0)),
        places=("kink where the largest arguments tie",),
        edges=(
            Edge((1.0, 1.0), 1.0, (0.5, 0.5), KINK),
            Edge((1.0, 1.0, 1.0, 1.0), 1.0, (0.25, 0.25, 0.25, 0.25), KINK),
            Edge((0.0, 0.0), 0.0, (None, 1.0), KINK, constant=(1,)),
            Edge((nan, 1.0), nan, (nan, nan), DOMAIN),
        ),
    ),
    Op(
        name="clip",
        parameters="x, lo, hi",
        summary="x held between lo and hi: min(max(x, lo), hi)",
        caveat="on a bound, eval gives the slope to the bound",
        slope=f"1 for x, lo or hi, whichever it is; 0 for the others; {_IN_A_TIE}",
        finite=True,
        value=lambda xp, x, lo, hi: xp.min(xp.max(x, lo), hi),
        shares=_clip_shares,
        textbook_shares=_plain_clip_shares,
        awkward=((KINK, _clip_tie),),
        example="clip(x, -1, 1)",
        window=(-3.0, 3.0),
        probe=((-5.0, 5.0), (-2.0, -1.0), (1.0, 2.0)),
        places=("kink where x = lo or x = hi",),
        edges=(
            Edge((0.0, 0.0, 1.0), 0.0, (None, 1.0, None), KINK, constant=(1, 2)),
            Edge((1.0, 0.0, 1.0), 1.0, (None, None, 1.0), KINK, constant=(1, 2)),
            Edge((0.5, 0.0, 1.0), 0.5, (1.0, None, None), "ok"),
            Edge((0.0, 0.0, 1.0), 0.0, (0.5, 0.5, None), KINK),
        ),
    ),
    Op(
        name="abs",
        parameters="x",
        summary="absolute value",
        symmetry="even",
        finite=True,
        rational=abs,
        latex=("atom", r"\left|<0>\right|"),
        carries=True,
        value=lambda xp, x: abs(x),
        fast=abs,
        partials=lambda xp, y, x: (xp.sign(x),),
        awkward=((KINK, lambda xp, y, constant, x: x == 0.0),),
        probe=((-5.0, 5.0),),
        edges=(Edge((0.0,), 0.0, (0.0,), KINK),),
    ),
    Op(
        name="sign",
        parameters="x",
        summary="-1, 0 or 1",
        flat=True,
        symmetry="odd",
        finite=True,
        rational=lambda x: (x > 0) - (x < 0),
        latex=r"\operatorname{sgn}",
        value=lambda xp, x: xp.sign(x),
        awkward=_AT_ZERO,
        probe=((-5.0, 5.0),),
        edges=(Edge((0.0,), 0.0, (None,), JUMP),),
    ),
    Op(
        name="step",
        parameters="x",
        summary="1 above 0, else 0",
        flat=True,
        finite=True,
        definition=lambda xp, x: xp.gt(x, 0),
        value=lambda xp, x: xp.where(xp.eq(x, x), xp.gt(x, 0.0), x),
        awkward=_AT_ZERO,
        probe=((-5.0, 5.0),),
        edges=(Edge((0.0,), 0.0, (None,), JUMP), Edge((nan,), nan, (None,), DOMAIN)),
    ),
    _rounding(
        "floor",
        "the largest whole number not above x",
        ("atom", r"\left\lfloor <0> \right\rfloor"),
        lambda xp, x: xp.floor(x),
        lambda xp, y, constant, x: _is_whole(xp, x),
        "jump at every whole number",
        (Edge((2.0,), 2.0, (None,), JUMP), Edge((inf,), inf, (None,), "singular")),
    ),
    _rounding(
        "ceil",
        "the smallest whole number not below x",
        ("atom", r"\left\lceil <0> \right\rceil"),
        lambda xp, x: xp.ceil(x),
        lambda xp, y, constant, x: _is_whole(xp, x),
        "jump at every whole number",
        (Edge((2.0,), 2.0, (None,), JUMP), Edge((-0.5,), -0.0, (None,), "ok")),
    ),
    _rounding(
        "round",
        "the nearest whole number, halves to the even one",
        r"\operatorname{round}",
        lambda xp, x: xp.round(x),
        lambda xp, y, constant, x: (x != xp.floor(x)) & _is_whole(xp, 2.0 * x),
        "jump halfway between whole numbers",
        (Edge((2.5,), 2.0, (None,), JUMP), Edge((2.0,), 2.0, (None,), "ok")),
    ),
    _rounding(
        "trunc",
        "x without its fraction",
        r"\operatorname{trunc}",
        lambda xp, x: xp.trunc(x),
        lambda xp, y, constant, x: (x != 0.0) & _is_whole(xp, x),
        "jump at every whole number but 0",
        (Edge((2.0,), 2.0, (None,), JUMP), Edge((0.0,), 0.0, (None,), "ok")),
    ),
    _comparison("lt", "<", "<", "below", lambda xp, a, b: xp.lt(a, b)),
    _comparison("le", "<=", r"\leq", "at most", lambda xp, a, b: xp.le(a, b)),
    _comparison("gt", ">", ">", "above", lambda xp, a, b: xp.gt(a, b)),
    _comparison("ge", ">=", r"\geq", "at least", lambda xp, a, b: xp.ge(a, b)),
    _comparison("eq", "==", "=", "equal to", lambda xp, a, b: xp.eq(a, b)),
    _comparison("ne", "!=", r"\neq", "different from", lambda xp, a, b: xp.ne(a, b)),
)
