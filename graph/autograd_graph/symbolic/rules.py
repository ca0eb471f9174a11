"""Rewrite rules for calls on forms, each with its algebra as a comment.

General facts about a function (its symmetry, its inverse, exact values) are in its row. A rule
takes the store of forms and the arguments of a call; it returns an equal form, or ``None`` if it
does not apply.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from autograd_graph.operators import OPERATORS
from autograd_graph.symbolic.algebra import Forms
from autograd_graph.symbolic.forms import Call

Rule = Callable[..., "int | None"]

HALF = Fraction(1, 2)

# operators that are sums and products ---------------------------------------------------------

ALGEBRA: dict[str, Rule] = {
    "add": lambda f, x, y: f.add(x, y),
    "sub": lambda f, x, y: f.combine([(Fraction(1), x), (Fraction(-1), y)]),
    "neg": lambda f, x: f.negate(x),
    "mul": lambda f, x, y: f.multiply([(x, f.one), (y, f.one)]),
    "div": lambda f, x, y: f.multiply([(x, f.one), (y, f.minus_one)]),
    "pow": lambda f, x, y: f.power(x, y),
    "sqrt": lambda f, x: f.power(x, f.number(HALF)),
    "square": lambda f, x: f.power(x, f.number(2)),
    "identity": lambda f, x: x,
    "sum": lambda f, *xs: f.add(*xs),
    "mean": lambda f, *xs: f.scale(Fraction(1, len(xs)), f.add(*xs)),
    "prod": lambda f, *xs: f.multiply([(x, f.one) for x in xs]),
}

# single functions ------------------------------------------------------------------------------


def _log_of_e(f: Forms, x: int) -> int | None:
    return f.one if x == f.atom("constant", "e") else None


def _abs_of_scaled(f: Forms, x: int) -> int | None:
    coefficient, rest = f.split(x)
    if abs(coefficient) == 1 or rest == f.one:
        return None
    return f.scale(abs(coefficient), f.call("abs", (rest,)))


def _compared(f: Forms, condition: int, relation: str) -> int | None:
    """The comparison ``c`` of a condition ``c != 0`` or ``c == 0``; ``None`` for any other."""
    if f.arguments(condition, relation)[1:] != (f.zero,):
        return None
    asked = f.arguments(condition, relation)[0]
    call = f[asked]
    return asked if isinstance(call, Call) and OPERATORS[call.name].comparison else None


def _where_compared(f: Forms, c: int, a: int, b: int) -> int | None:
    for relation, chosen in (("ne", (a, b)), ("eq", (b, a))):
        asked = _compared(f, c, relation)
        if asked is not None:
            return simplified_call(f, "where", (asked, *chosen))
    return None


RULES: dict[str, tuple[Rule, ...]] = {
    "log": (_log_of_e,),  # log(e) = 1
    "abs": (
        lambda f, x: x if f.is_call(x, "abs") else None,  # abs(abs(x)) = abs(x)
        _abs_of_scaled,  # abs(2*x) = 2*abs(x)
    ),
    "where": (
        lambda f, c, a, b: a if a == b else None,  # where(c, a, a) = a
        lambda f, c, a, b: b if c == f.zero else None,  # where(0, a, b) = b
        lambda f, c, a, b: a if f.as_number(c) else None,  # where(1, a, b) = a
        _where_compared,  # where((x < y) != 0, a, b) = where(x < y, a, b)
    ),
    "max": (lambda f, *xs: xs[0] if len(set(xs)) == 1 else None,),  # max(x, x) = x
    "min": (lambda f, *xs: xs[0] if len(set(xs)) == 1 else None,),  # min(x, x) = x
    "xlogy": (lambda f, x, y: f.zero if x == f.zero else None,),  # xlogy(0, y) = 0
    "xlog1py": (lambda f, x, y: f.zero if x == f.zero else None,),  # xlog1py(0, y) = 0
    "spherical_jn": (  # spherical_jn(n, 0) = 0 for n > 0
        lambda f, n, x: f.zero if x == f.zero and f.as_number(n) else None,
    ),
    "dot": (lambda f, *xs: ALGEBRA["mul"](f, *xs) if len(xs) == 2 else None,),  # dot(a, b) = a*b
}


def simplified_call(forms: Forms, name: str, args: tuple[int, ...]) -> int:
    """The form of a call by the first rule that applies, else the call itself."""
    algebra = ALGEBRA.get(name)
    if algebra is not None:
        result = algebra(forms, *args)
        assert result is not None
        return result
    row = OPERATORS[name]
    numbers = [forms.as_number(arg) for arg in args]
    exact = [number for number in numbers if number is not None]
    if len(exact) == len(args):
        if row.rational is not None:
            return forms.number(Fraction(row.rational(*exact)))
        if len(args) == 1 and exact[0] in row.exact:
            return forms.number(Fraction(row.exact[exact[0]]))
    if len(args) == 1:
        (arg,) = args
        if row.inverse and forms.is_call(arg, row.inverse):
            return forms.arguments(arg, row.inverse)[0]
        if row.symmetry and forms.is_negative(arg):
            mirrored = simplified_call(forms, name, (forms.negate(arg),))
            return forms.negate(mirrored) if row.symmetry == "odd" else mirrored
    for rule in RULES.get(name, ()):
        result = rule(forms, *args)
        if result is not None:
            return result
    return forms.call(name, args)
