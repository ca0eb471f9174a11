"""What the tests of the graph hold it to: every function again, in 70-digit arithmetic.

Nothing here is derived from the operator table. A reference is found by a row's *name*; value
and slopes are closed forms, evaluated far beyond double precision at the exact double arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import copysign, inf, isnan, log10
from random import Random
from typing import Any

import pytest
from mpmath.ctx_mp import MPContext

from autograd_graph import OPERATORS, Graph, Tape, forward, reverse
from autograd_graph.graph import CONSTANT, INPUT
from autograd_graph.numbers.system import Derived
from autograd_graph.op import Edge, Op

mp = MPContext()
mp.dps = 70

SMALLEST_NORMAL = 2.0**-1022
LARGEST = mp.mpf(2) ** 1024 - mp.mpf(2) ** 970
Digits = Any
Points = Callable[..., bool]


@dataclass(frozen=True)
class Reference:
    """A function as mathematics: its value, its slopes and where it has them.

    ``scale`` is what a zero of a slope (or of the value) is measured against: near such a zero
    ``ulps`` of that size will do. ``None``: full relative accuracy everywhere.
    """

    value: Callable[..., Digits]
    slopes: Callable[..., tuple[Digits, ...]]
    domain: Points = lambda *xs: True
    value_scale: Callable[..., float] | None = None
    slope_scale: Callable[..., float] | None = None


def _sech(x: Digits) -> Digits:
    return 1 / mp.cosh(x)


def _power(x: Digits, y: Digits) -> Digits:
    if y == mp.floor(y):
        return mp.power(x, int(y)) if abs(y) < 10**6 else _signed_power(x, y)
    return mp.exp(y * mp.log(x))


def _signed_power(x: Digits, y: Digits) -> Digits:
    size = mp.exp(y * mp.log(abs(x)))
    return -size if x < 0 and int(y) % 2 else size


def _quotient(x: Digits, y: Digits) -> int:
    """``floor(x/y)`` of two numbers that are doubles, exactly."""
    return Fraction(float(x)) // Fraction(float(y))


def _mod(x: Digits, y: Digits) -> Digits:
    exact = Fraction(float(x)) % Fraction(float(y))
    return mp.mpf(exact.numerator) / exact.denominator


def _sinc_slope(x: Digits) -> Digits:
    if abs(x) < mp.mpf(10) ** -12:
        return -x / 3 + x**3 / 30
    return (x * mp.cos(x) - mp.sin(x)) / x**2


def _spherical(n: int, x: Digits) -> Digits:
    """Rayleigh's formula for small orders; about 0 the power series."""
    if abs(x) < 1:
        term = mp.mpf(1)
        for k in range(1, n + 1):
            term *= x / (2 * k + 1)
        total, k = term, 0
        while term and abs(term) > abs(total) * mp.mpf(10) ** -65:
            k += 1
            term *= -x * x / 2 / (k * (2 * n + 2 * k + 1))
            total += term
        return total
    before, here = mp.cos(x) / x, mp.sin(x) / x
    for k in range(n):
        before, here = here, (2 * k + 1) / x * here - before
    return here


def _spherical_slope(n: int, x: Digits) -> Digits:
    if n == 0:
        return -_spherical(1, x)
    if x == 0:
        return mp.mpf(1) / 3 if n == 1 else mp.mpf(0)
    if abs(x) < 1:
        return (n * _spherical(n - 1, x) - (n + 1) * _spherical(n + 1, x)) / (2 * n + 1)
    return _spherical(n - 1, x) - (n + 1) / x * _spherical(n, x)


def _log_gamma(x: Digits) -> Digits:
    return mp.loggamma(x) if x > 0 else mp.log(abs(mp.gamma(x)))


def _log_sum_exp(*xs: Digits) -> Digits:
    largest = max(xs)
    return largest + mp.log(mp.fsum(mp.exp(x - largest) for x in xs))


def _soft_max(*xs: Digits) -> tuple[Digits, ...]:
    largest = max(xs)
    total = mp.fsum(mp.exp(x - largest) for x in xs)
    return tuple(mp.exp(x - largest) / total for x in xs)


def _sum(xs: Sequence[Digits]) -> Digits:
    """The sum without rounding: doubles lie up to 632 digits apart."""
    with mp.workdps(700):
        return mp.fsum(xs)


def _dot(*xs: Digits) -> Digits:
    with mp.workdps(1400):
        return mp.fdot(xs[: len(xs) // 2], xs[len(xs) // 2 :])


def _cofactors(*xs: Digits) -> tuple[Digits, ...]:
    return tuple(mp.fprod(xs[:n] + xs[n + 1 :]) for n in range(len(xs)))


def _at_extremum(choose: Callable[..., Digits]) -> Callable[..., tuple[Digits, ...]]:
    return lambda *xs: tuple(mp.mpf(x == choose(xs)) for x in xs)


def _whole(x: float) -> bool:
    return x == x // 1


def _comparison(holds: Callable[[Digits, Digits], bool]) -> Reference:
    return Reference(lambda x, y: mp.mpf(holds(x, y)), lambda x, y: (0, 0), lambda x, y: x != y)


def _flat(value: Callable[[Digits], Digits], smooth: Points) -> Reference:
    return Reference(value, lambda x: (0,), smooth)


def _not_a_pole(x: float) -> bool:
    return x > 0 or not _whole(x)


def _beyond_one(x: float) -> bool:
    return abs(x) > 1


def _log_1p_exp(x: Digits) -> Digits:
    return mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x))


def _logistic(x: Digits) -> Digits:
    return 1 / (1 + mp.exp(-x))


def _signed_root(x: Digits) -> Digits:
    return mp.sign(x) * mp.cbrt(abs(x))


REFERENCES: dict[str, Reference] = {
    # arithmetic
    "add": Reference(lambda x, y: x + y, lambda x, y: (1, 1)),
    "sub": Reference(lambda x, y: x - y, lambda x, y: (1, -1)),
    "mul": Reference(lambda x, y: x * y, lambda x, y: (y, x)),
    "div": Reference(lambda x, y: x / y, lambda x, y: (1 / y, -x / y**2), lambda x, y: y != 0),
    "neg": Reference(lambda x: -x, lambda x: (-1,)),
    "identity": Reference(lambda x: x, lambda x: (1,)),
    "pow": Reference(
        _power,
        lambda x, y: (y * _power(x, y) / x, _power(x, y) * mp.log(x)),
        lambda x, y: x > 0,
    ),
    "mod": Reference(
        _mod,
        lambda x, y: (1, -_quotient(x, y)),
        lambda x, y: y != 0 and x % y != 0,
    ),
    # powers and logarithms
    "exp": Reference(mp.exp, lambda x: (mp.exp(x),)),
    "expm1": Reference(mp.expm1, lambda x: (mp.exp(x),)),
    "exp2": Reference(lambda x: mp.power(2, x), lambda x: (mp.power(2, x) * mp.ln(2),)),
    "log": Reference(mp.log, lambda x: (1 / x,), lambda x: x > 0),
    "log_base": Reference(
        lambda x, b: mp.log(x) / mp.log(b),
        lambda x, b: (1 / (x * mp.log(b)), -mp.log(x) / (b * mp.log(b) ** 2)),
        lambda x, b: x > 0 and b > 0 and b != 1,
    ),
    "log2": Reference(
        lambda x: mp.log(x) / mp.log(2), lambda x: (1 / (x * mp.log(2)),), lambda x: x > 0
    ),
    "log10": Reference(mp.log10, lambda x: (1 / (x * mp.log(10)),), lambda x: x > 0),
    "log1p": Reference(mp.log1p, lambda x: (1 / (1 + x),), lambda x: x > -1),
    "sqrt": Reference(mp.sqrt, lambda x: (1 / (2 * mp.sqrt(x)),), lambda x: x > 0),
    "cbrt": Reference(_signed_root, lambda x: (1 / (3 * _signed_root(x) ** 2),), lambda x: x != 0),
    "square": Reference(lambda x: x**2, lambda x: (2 * x,)),
    # trigonometric
    "sin": Reference(mp.sin, lambda x: (mp.cos(x),)),
    "cos": Reference(mp.cos, lambda x: (-mp.sin(x),)),
    "tan": Reference(mp.tan, lambda x: (mp.sec(x) ** 2,)),
    "sec": Reference(mp.sec, lambda x: (mp.sin(x) / mp.cos(x) ** 2,)),
    "csc": Reference(mp.csc, lambda x: (-mp.cos(x) / mp.sin(x) ** 2,), lambda x: x != 0),
    "cot": Reference(mp.cot, lambda x: (-1 / mp.sin(x) ** 2,), lambda x: x != 0),
    "asin": Reference(mp.asin, lambda x: (1 / mp.sqrt(1 - x**2),), lambda x: abs(x) < 1),
    "acos": Reference(mp.acos, lambda x: (-1 / mp.sqrt(1 - x**2),), lambda x: abs(x) < 1),
    "atan": Reference(mp.atan, lambda x: (1 / (1 + x**2),)),
    "asec": Reference(
        lambda x: mp.acos(1 / x), lambda x: (1 / (abs(x) * mp.sqrt(x**2 - 1)),), _beyond_one
    ),
    "acsc": Reference(
        lambda x: mp.asin(1 / x), lambda x: (-1 / (abs(x) * mp.sqrt(x**2 - 1)),), _beyond_one
    ),
    "acot": Reference(lambda x: mp.atan(1 / x), lambda x: (-1 / (1 + x**2),), lambda x: x != 0),
    "atan2": Reference(
        mp.atan2,
        lambda y, x: (x / (x**2 + y**2), -y / (x**2 + y**2)),
        lambda y, x: y != 0 or x > 0,
    ),
    "sinc": Reference(
        lambda x: mp.sin(x) / x if x else mp.mpf(1),
        lambda x: (_sinc_slope(x),),
        slope_scale=lambda x: min(abs(x), 1 / abs(x)) if x else 0.0,
    ),
    # hyperbolic
    "sinh": Reference(mp.sinh, lambda x: (mp.cosh(x),)),
    "cosh": Reference(mp.cosh, lambda x: (mp.sinh(x),)),
    "tanh": Reference(mp.tanh, lambda x: (_sech(x) ** 2,)),
    "sech": Reference(_sech, lambda x: (-_sech(x) * mp.tanh(x),)),
    "csch": Reference(
        lambda x: 1 / mp.sinh(x), lambda x: (-mp.cosh(x) / mp.sinh(x) ** 2,), lambda x: x != 0
    ),
    "coth": Reference(lambda x: 1 / mp.tanh(x), lambda x: (-1 / mp.sinh(x) ** 2,), bool),
    "asinh": Reference(mp.asinh, lambda x: (1 / mp.sqrt(1 + x**2),)),
    "acosh": Reference(mp.acosh, lambda x: (1 / mp.sqrt((x - 1) * (x + 1)),), lambda x: x > 1),
    "atanh": Reference(mp.atanh, lambda x: (1 / (1 - x**2),), lambda x: abs(x) < 1),
    "asech": Reference(
        lambda x: mp.acosh(1 / x),
        lambda x: (-1 / (x * mp.sqrt(1 - x**2)),),
        lambda x: 0 < x < 1,
    ),
    "acsch": Reference(
        lambda x: mp.asinh(1 / x), lambda x: (-1 / (abs(x) * mp.sqrt(1 + x**2)),), bool
    ),
    "acoth": Reference(lambda x: mp.atanh(1 / x), lambda x: (1 / (1 - x**2),), _beyond_one),
    # activations
    "relu": Reference(lambda x: max(x, mp.mpf(0)), lambda x: (x > 0,), bool),
    "leaky_relu": Reference(
        lambda x, s: x if x > 0 else s * x,
        lambda x, s: (1, 0) if x > 0 else (s, x),
        lambda x, s: x != 0,
    ),
    "elu": Reference(
        lambda x, a: x if x > 0 else a * mp.expm1(x),
        lambda x, a: (1, 0) if x > 0 else (a * mp.exp(x), mp.expm1(x)),
        lambda x, a: x != 0,
    ),
    "sigmoid": Reference(_logistic, lambda x: (_logistic(x) * _logistic(-x),)),
    "log_sigmoid": Reference(lambda x: -_log_1p_exp(-x), lambda x: (_logistic(-x),)),
    "softsign": Reference(lambda x: x / (1 + abs(x)), lambda x: (1 / (1 + abs(x)) ** 2,)),
    "gelu": Reference(
        lambda x: x * mp.ncdf(x),
        lambda x: (mp.ncdf(x) + x * mp.npdf(x),),
        lambda x: -37.0 < x < 1e4,  # further left erfc is subnormal
        slope_scale=lambda x: 1.0 if -3.0 < x < 3.0 else 0.0,
    ),
    "softplus": Reference(_log_1p_exp, lambda x: (_logistic(x),)),
    # special
    "erf": Reference(mp.erf, lambda x: (2 / mp.sqrt(mp.pi) * mp.exp(-(x**2)),)),
    "erfc": Reference(
        lambda x: mp.erfc(min(x, mp.mpf(100))), lambda x: (-2 / mp.sqrt(mp.pi) * mp.exp(-(x**2)),)
    ),
    "gamma": Reference(
        mp.gamma,
        lambda x: (mp.gamma(x) * mp.digamma(x),),
        lambda x: _not_a_pole(x) and -1e3 < x < 1e3,
        slope_scale=lambda x: 1.0 if -20.0 < x < 3.0 else 0.0,
    ),
    "lgamma": Reference(
        _log_gamma,
        lambda x: (mp.digamma(x),),
        lambda x: _not_a_pole(x) and x > -1e6,
        slope_scale=lambda x: 1.0,
    ),
    "digamma": Reference(
        mp.digamma,
        lambda x: (mp.polygamma(1, x),),
        lambda x: _not_a_pole(x) and x > -1e6,
        value_scale=lambda x: 1.0,
    ),
    "polygamma": Reference(
        lambda n, x: mp.polygamma(int(n), x),
        lambda n, x: (None, mp.polygamma(int(n) + 1, x)),
        lambda n, x: _not_a_pole(x) and x > -1e3,
        value_scale=lambda n, x: float(x < 3),
        slope_scale=lambda n, x: float(x < 0),
    ),
    "spherical_jn": Reference(
        lambda n, x: _spherical(int(n), x),
        lambda n, x: (None, _spherical_slope(int(n), x)),
        value_scale=lambda n, x: 1.0 / max(1.0, abs(x)) if abs(x) > 2 else 0.0,
        slope_scale=lambda n, x: 1.0 / max(1.0, abs(x)) if abs(x) > 1 else 0.0,
    ),
    "xlogy": Reference(
        lambda x, y: x * mp.log(y), lambda x, y: (mp.log(y), x / y), lambda x, y: y > 0
    ),
    "xlog1py": Reference(
        lambda x, y: x * mp.log1p(y), lambda x, y: (mp.log1p(y), x / (1 + y)), lambda x, y: y > -1
    ),
    # choice
    "where": Reference(
        lambda c, a, b: a if c else b, lambda c, a, b: (0, 1, 0) if c else (0, 0, 1)
    ),
    "min": Reference(lambda *xs: min(xs), _at_extremum(min), lambda *xs: len({*xs}) == len(xs)),
    "max": Reference(lambda *xs: max(xs), _at_extremum(max), lambda *xs: len({*xs}) == len(xs)),
    "clip": Reference(
        lambda x, lo, hi: min(max(x, lo), hi),
        lambda x, lo, hi: (lo < x < hi, x < lo < hi, hi < max(x, lo)),
        lambda x, lo, hi: len({x, lo, hi}) == 3,
    ),
    "abs": Reference(abs, lambda x: (mp.sign(x),), bool),
    "sign": _flat(mp.sign, bool),
    "step": _flat(lambda x: mp.mpf(x > 0), bool),
    "floor": _flat(mp.floor, lambda x: not _whole(x)),
    "ceil": _flat(mp.ceil, lambda x: not _whole(x)),
    "round": _flat(mp.nint, lambda x: not _whole(x + 0.5)),
    "trunc": _flat(lambda x: mp.sign(x) * mp.floor(abs(x)), lambda x: abs(x) < 1 or not _whole(x)),
    "lt": _comparison(lambda x, y: x < y),
    "le": _comparison(lambda x, y: x <= y),
    "gt": _comparison(lambda x, y: x > y),
    "ge": _comparison(lambda x, y: x >= y),
    "eq": _comparison(lambda x, y: x == y),
    "ne": _comparison(lambda x, y: x != y),
    # reductions
    "sum": Reference(lambda *xs: _sum(xs), lambda *xs: (1,) * len(xs)),
    "mean": Reference(lambda *xs: _sum(xs) / len(xs), lambda *xs: (mp.mpf(1) / len(xs),) * len(xs)),
    "prod": Reference(lambda *xs: mp.fprod(xs), _cofactors),
    "hypot": Reference(
        lambda *xs: mp.sqrt(mp.fsum(x**2 for x in xs)),
        lambda *xs: tuple(x / mp.sqrt(mp.fsum(x**2 for x in xs)) for x in xs),
        lambda *xs: any(xs),
    ),
    "logsumexp": Reference(_log_sum_exp, _soft_max, value_scale=lambda *xs: 1.0),
    "dot": Reference(
        _dot,
        lambda *xs: xs[len(xs) // 2 :] + xs[: len(xs) // 2],
    ),
}


class SeventyDigits(Derived):
    """The number system of mpmath numbers, made of the references themselves."""

    pi, ln2, ln10 = mp.pi, mp.ln(2), mp.ln(10)
    two_over_root_pi = 2 / mp.sqrt(mp.pi)

    def call(self, name: str, *operands: Any) -> Any:
        return REFERENCES[name].value(*map(_digits, operands))


def _digits(number: Any) -> Digits:
    if isinstance(number, Fraction):
        return mp.mpf(number.numerator) / number.denominator
    return mp.mpf(number)


def exact(x: float) -> Digits:
    """A double as the number it is."""
    return mp.mpf(x)


def ulp(truth: Digits) -> Digits:
    """The spacing of doubles at a number, subnormal ones included."""
    if truth == 0:
        return mp.ldexp(1, -1074)
    _, exponent = mp.frexp(truth)
    return mp.ldexp(1, max(int(exponent) - 53, -1074))


def distance(got: float, truth: Digits, scale: float = 0.0) -> float:
    """How far off a double is, in units in the last place of the truth (or of ``scale``).

    An infinity is taken for the largest double, which it has to be the rounding of.
    """
    truth = mp.mpf(truth)
    unit = max(ulp(min(abs(truth), LARGEST)), ulp(mp.mpf(scale)) if scale else 0)
    if isnan(got):
        return inf
    if abs(truth) > LARGEST:
        truth = mp.sign(truth) * LARGEST
    got_exact = mp.sign(got) * LARGEST if abs(got) == inf else mp.mpf(got)
    return float(abs(got_exact - truth) / unit)


# -- points ------------------------------------------------------------------------------------


def pool(random: Random) -> list[float]:
    """Arguments at which functions are awkward somewhere, of both signs and every size."""
    sizes = [10.0 ** (n + random.random()) for n in range(-307, 308, 8)]
    sizes += [10.0 ** random.uniform(-6.0, 6.0) for _ in range(40)]
    sizes += [1.0 + side * 2.0 ** -random.uniform(1.0, 52.0) for side in (1, -1) for _ in range(12)]
    sizes += [n * 1.5707963267948966 for n in (1, 2, 3, 7, 10, 1e5)]
    sizes += [n + 0.5 for n in range(4)] + [n + 1e-9 * random.random() for n in range(1, 5)]
    for low, high in ((0, 3), (3, 8), (15, 45), (340, 380), (690, 750), (1000, 1080)):
        sizes += [random.uniform(low, high) for _ in range(8)]
    return [sign * size for size in sizes for sign in (1.0, -1.0)]


def subnormal(random: Random) -> list[float]:
    """Arguments below the smallest normal number, of both signs."""
    sizes = [5e-324, 2.2250738585072009e-308, *(10.0 ** random.uniform(-323, -308) for _ in "abcd")]
    return [sign * size for size in sizes for sign in (1.0, -1.0)]


def within(random: Random, interval: tuple[float, float]) -> float:
    """A number of an interval; one that spans many orders of magnitude is sampled by those."""
    low, high = interval
    if 0.0 < low < 1e-6 * high:
        return min(max(10.0 ** random.uniform(log10(low), log10(high)), low), high)
    return random.uniform(low, high)


def points(row: Op, seed: str) -> Iterator[tuple[float, ...]]:
    """Points for a row: inside its ``probe``, and far beyond it in every direction."""
    random = Random(seed)
    inside = [tuple(within(random, interval) for interval in row.probe) for _ in range(40)]
    outside = [*pool(random), *subnormal(random)]
    if row.fixed:  # the order of polygamma and of the Bessel function
        for order in (0.0, 1.0, 2.0, 5.0):
            yield from ((order, x) for _, x in inside)
            yield from ((order, x) for x in outside)
        return
    yield from inside
    if len(row.probe) == 1:
        yield from ((x,) for x in outside)
        return
    for _ in range(250):
        yield tuple(random.choice(outside) for _ in row.probe)
        yield tuple(
            random.choice((random.choice(outside), within(random, interval)))
            for interval in row.probe
        )
    if row.arguments.lists == 1:
        for point in inside:
            yield point[: random.randint(1, len(point))]
            yield point + random.choice(inside) + random.choice(inside)


# -- edges ---------------------------------------------------------------------------------------


EDGES = [
    pytest.param(name, edge, id=f"{name}{edge.at}{'c' * len(edge.constant)}")
    for name, row in OPERATORS.items()
    for edge in row.edges
]


def edge_alone(name: str, edge: Edge) -> tuple[Tape, dict[str, float], list[int]]:
    """The operator over inputs, and over literals where the edge has constants."""
    graph = Graph()
    nodes = []
    given: dict[str, float] = {}
    for n, x in enumerate(edge.at):
        if n in edge.constant or n in OPERATORS[name].fixed:
            nodes.append(graph.literal(x))
        else:
            nodes.append(graph.leaf(INPUT, f"x{n}"))
            given[f"x{n}"] = x
    graph.output = graph.add(name, *nodes)
    graph.check()
    return Tape(graph), given, nodes


# -- graphs ------------------------------------------------------------------------------------


def one_operator(row: Op, count: int, constant: Sequence[int] = ()) -> Graph:
    """One operator over inputs ``x0``, ``x1``, … and over constants where ``constant`` says."""
    graph = Graph()
    leaves = [graph.leaf(CONSTANT if n in constant else INPUT, f"x{n}") for n in range(count)]
    graph.output = graph.add(row, *leaves)
    return graph


def at(*point: float) -> dict[str, float]:
    """The values of ``x0``, ``x1``, …"""
    return {f"x{n}": x for n, x in enumerate(point)}


def gradient(tape: Tape, point: Mapping[str, float]) -> tuple[float, tuple[float | None, ...]]:
    """The value of the output and its slope by each leaf, in order."""
    values = forward(tape, point)
    adjoints = reverse(tape, values)
    graph = tape.graph
    leaves = sorted([*graph.inputs.values(), *graph.constants.values()])
    return values[tape.output], tuple(adjoints[leaf] for leaf in leaves)


def same(got: float | None, wanted: float | None) -> bool:
    """Whether two results are the same to the bit: nan is nan, -0.0 is not 0.0, None is None."""
    if got is None or wanted is None:
        return got is wanted
    if isnan(got) or isnan(wanted):
        return isnan(got) and isnan(wanted)
    return got == wanted and copysign(1.0, got) == copysign(1.0, wanted)
