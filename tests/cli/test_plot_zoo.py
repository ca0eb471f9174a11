"""What is marked in the plots of programs that are not nice, where mathematics has it.

The places are exact, or mpmath's in 70 digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support_graph import mp

from autograd_cli.reports.along import Along
from autograd_cli.reports.curves import course
from autograd_grammar import parse
from autograd_graph import Tape

Marks = list[tuple[str, Any]]
mpf, pi, sqrt, cbrt, log = mp.mpf, mp.pi, mp.sqrt, mp.cbrt, mp.log


def of(kind: str) -> Callable[..., Marks]:
    return lambda *places: [(kind, mpf(place)) for place in places]


pole, jump, kink, gap, steep = map(of, ("pole", "jump", "kink", "gap", "steep"))

# fmt: off
ZOO: list[tuple[str, float, float, Marks]] = [
    ("1/x^2",-3,3,pole(0)),
    ("tan(x)",-5,5,pole(-3*pi/2,-pi/2,pi/2,3*pi/2)),
    ("gamma(x)",-4.5,3,pole(-4,-3,-2,-1,0)),
    ("lgamma(x)",-3.5,3,pole(-3,-2,-1,0)),
    ("digamma(x)",-3.5,3,pole(-3,-2,-1,0)),
    ("floor(x^2)",-2.2,2.2,jump(-2,-sqrt(3),-sqrt(2),-1,1,sqrt(2),sqrt(3),2)),
    ("mod(x,0.7)",-2,2,jump(*[mpf(7)*k/10 for k in range(-2,3)])),
    ("where(x>1,x^2,2*x-1)",-1,3,[]),
    ("where(x>1,x^2,2-x)",-1,3,kink(1)),
    ("where(x>1,x^2,-x)",-1,3,jump(1)),
    ("where(x>1,1/(x-1),1/(x+1))",-3,3,pole(-1,1)),
    ("log(abs(x))",-2,2,pole(0)),
    ("log(abs(sin(x)))",-4,4,pole(-pi,0,pi)),
    ("exp(1/x)",-2,2,pole(0)),
    ("exp(-1/x^2)",-2,2,[]),
    ("1/(1+exp(1/x))",-2,2,jump(0)),
    ("1e-300/x",-1,1,pole(0)),
    ("1e300*x^3",-1,1,[]),
    ("1e300*floor(x)",-1.5,1.5,jump(-1,0,1)),
    ("1e-300*floor(x)",-1.5,1.5,jump(-1,0,1)),
    ("1e-300*abs(x-0.2)",-1,1,kink(0.2)),
    ("1e-12*sin(1e3*x)",-1,1,[]),
    ("tanh(1e6*(x-0.3))",-1,1,[]),
    ("abs(sin(3*x))",-2,2,kink(-pi/3,0,pi/3)),
    ("max(sin(x),cos(x))",-4,4,kink(-3*pi/4,pi/4,5*pi/4)),
    ("abs(x^3-2)",-2,2,kink(cbrt(2))),
    ("1/(x^3-2)",-2,2,pole(cbrt(2))),
    ("1/(exp(x)-2)",-2,2,pole(log(2))),
    ("(exp(x)-2)/(x-log(2))",-2,2,gap(log(2))),
    ("(x^2-2)/(x-sqrt(2))",-2,2,gap(sqrt(2))),
    ("1/(x*(x-1)*(x-1.001))",-1,2,pole(0,1,mpf("1.001"))),
    ("sqrt(abs(x-1/3))",-1,1,steep(mpf(1)/3)),
    ("cbrt(x^2-1)",-2,2,steep(-1,1)),
    ("cbrt(abs(x))",-1,1,steep(0)),
    ("atan(1/(x-0.1))",-1,1,jump(0.1)),
    ("sin(1/x)*x",-1,1,gap(0)),
    ("x^2*sin(1/x)",-1,1,gap(0)),
    ("abs(x)^1.5",-1,1,[]),
    ("1/sin(x)",-4,4,pole(-pi,0,pi)),
    ("sec(x)",-4,4,pole(-pi/2,pi/2)),
    ("cot(x)",-4,4,pole(-pi,0,pi)),
    ("acsc(x)",-3,3,steep(-1,1)),
    ("asec(x)",-3,3,steep(-1,1)),
    ("acosh(x)/(x-2)",0,4,steep(1)+pole(2)),
    ("1/(x-1e-9)",-1,1,pole(1e-9)),
    ("1/(x-1)",999/1000,1001/1000,pole(1)),
    ("1/(x-1e10)",1e10-5,1e10+5,pole(mpf(10)**10)),
    ("x-floor(x)",-1e-3,1e-3,jump(0)),
    ("log(x-1)+log(3-x)",0,4,pole(1,3)),
    ("relu(x-0.25)*relu(0.75-x)",-1,1,kink(0.25,0.75)),
    ("huber(x,0.5)",-2,2,[]),
    ("sign(x^2-0.5)",-1,1,jump(-sqrt(0.5),sqrt(0.5))),
    ("exp(-50*x^2)*floor(2*x)",-2,2,jump(*[mpf(k)/2 for k in range(-3,5)])),
    ("1/(1e-8+x^2)",-1,1,[]),
    ("1/(1e-3+x^2)",-1,1,[]),
    ("x/abs(x)*1e-9+x",-1,1,jump(0)),
    ("1e8+abs(x)",-1,1,kink(0)),
    ("x^(1/3)",-1,1,steep(0)),
    ("(x^2)^(1/3)",-1,1,steep(0)),
    ("where(x<0,exp(x),1+x)",-1,1,[]),
    ("where(x<0,exp(x),cos(x))",-1,1,kink(0)),
    ("1/(x^2-1)^2",-2,2,pole(-1,1)),
    ("log(x^2)",-1,1,pole(0)),
    ("log1p(x)",-2,2,pole(-1)),
    ("atanh(x)",-1,1,pole(-1,1)),
    ("abs(abs(x)-1)",-2,2,kink(-1,0,1)),
    ("exp(1/(x^2-1))",-2,2,pole(-1,1)),
]
# fmt: on


@pytest.mark.parametrize("columns", [138, 241])
@pytest.mark.parametrize(("program", "start", "end", "expected"), ZOO, ids=[row[0] for row in ZOO])
def test_marks_are_where_mathematics_has_them(
    program: str, start: float, end: float, expected: Marks, columns: int
) -> None:
    function = Along(Tape(parse(program)), {}, "x")
    found = course(program, function, float(start), float(end), columns).places
    expected = sorted(expected, key=lambda mark: mark[1])
    assert [place.kind for place in found] == [kind for kind, _ in expected]
    near = 1e-6 * min(1.0, end - start) + 1e-14 * abs(start)
    for place, (_, at) in zip(found, expected, strict=True):
        assert abs(mpf(place.at) - at) <= near
