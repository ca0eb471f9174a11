"""The truth: values, gradients and Hessians in as many digits as it takes, by jets in mpmath.

A jet is a number with its derivatives of first and second order by every input, carried through
each operator by the chain rule in two variables. Nothing here is taken from the project but the
policy for choices, which LANGUAGE.md writes down: what is chosen is decided on doubles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
from mpmath import mp, mpf

from .tapes import Tape

Key = tuple[str, ...]
"""A quantity: ``()`` the value, ``("x",)`` a slope, ``("x", "y")`` a second derivative."""

DIGITS = (50, 110, 260, 700)
"""The digits that are tried until two in a row agree."""

MOST_DIGITS = DIGITS[-1]
THOROUGH = (350, MOST_DIGITS)
"""So many that nothing between the ends of doubles is absorbed."""

SAME = mpf(10) ** -22
NOISE = 2.0**-49
"""What noisy runs add to each result, relatively: 8 units in the last place at most."""

HUGE = 3000
"""Numbers of so many bits before the point are not followed further."""


class Undefined(Exception):  # noqa: N818 - an answer, not an error
    """There is no such number over the reals: a pole, a point outside a domain."""


class Unknown(Exception):  # noqa: N818
    """The oracle does not follow: numbers too large, digits that do not settle."""


@dataclass(slots=True)
class Jet:
    """A number, its slopes, and the upper triangle of its second derivatives."""

    v: Any
    g: list[Any]
    h: list[Any]


FLAT = {"floor", "ceil", "round", "trunc", "sign", "step", "lt", "le", "gt", "ge", "eq", "ne"}
CHOICES = {"where", "min", "max", "clip", "relu", "abs", "leaky_relu", "elu", "mod"}


# -- functions of one argument: value, slope and curvature ---------------------------------------


def _sech(x: Any) -> Any:
    return 1 / mp.cosh(x)


def _normal(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def _sinc_series(power: int) -> Callable[[Any], Any]:
    """A derivative of ``sin(x)/x`` about 0 from its series."""

    def series(x: Any) -> Any:
        total = mpf(0)
        for k in range(12):
            n = 2 * k
            if n >= power:
                term = (
                    mpf(-1) ** k / mp.factorial(n + 1) * mp.factorial(n) / mp.factorial(n - power)
                )
                total += term * x ** (n - power)
        return total

    return series


def _sinc(power: int) -> Callable[[Any], Any]:
    series = _sinc_series(power)
    whole = (
        lambda x: mp.sin(x) / x,
        lambda x: (x * mp.cos(x) - mp.sin(x)) / x**2,
        lambda x: (2 * mp.sin(x) - 2 * x * mp.cos(x) - x**2 * mp.sin(x)) / x**3,
    )[power]
    return lambda x: series(x) if abs(x) < mpf(10) ** -30 else whole(x)


LN2, LN10 = (lambda: mp.log(2)), (lambda: mp.log(10))
Unary = tuple[Callable[[Any], Any], Callable[[Any, Any], Any], Callable[[Any, Any], Any]]

UNARY: dict[str, Unary] = {
    "exp": (mp.exp, lambda x, y: y, lambda x, y: y),
    "expm1": (mp.expm1, lambda x, y: mp.exp(x), lambda x, y: mp.exp(x)),
    "exp2": (lambda x: mp.exp(x * LN2()), lambda x, y: y * LN2(), lambda x, y: y * LN2() ** 2),
    "log": (mp.log, lambda x, y: 1 / x, lambda x, y: -1 / x**2),
    "log2": (
        lambda x: mp.log(x) / LN2(), lambda x, y: 1 / x / LN2(), lambda x, y: -1 / x**2 / LN2(),
    ),
    "log10": (
        lambda x: mp.log(x) / LN10(), lambda x, y: 1 / x / LN10(), lambda x, y: -1 / x**2 / LN10(),
    ),
    "log1p": (mp.log1p, lambda x, y: 1 / (1 + x), lambda x, y: -1 / (1 + x) ** 2),
    "sqrt": (mp.sqrt, lambda x, y: 1 / (2 * y), lambda x, y: -1 / (4 * y**3)),
    "cbrt": (
        lambda x: mp.sign(x) * mp.cbrt(abs(x)),
        lambda x, y: 1 / (3 * y**2), lambda x, y: -2 / (9 * y**5),
    ),
    "square": (lambda x: x * x, lambda x, y: 2 * x, lambda x, y: mpf(2)),
    "sin": (mp.sin, lambda x, y: mp.cos(x), lambda x, y: -y),
    "cos": (mp.cos, lambda x, y: -mp.sin(x), lambda x, y: -y),
    "tan": (mp.tan, lambda x, y: mp.sec(x) ** 2, lambda x, y: 2 * y * mp.sec(x) ** 2),
    "cot": (mp.cot, lambda x, y: -(mp.csc(x) ** 2), lambda x, y: 2 * y * mp.csc(x) ** 2),
    "sec": (
        mp.sec, lambda x, y: y * mp.tan(x), lambda x, y: y * (mp.tan(x) ** 2 + y**2),
    ),
    "csc": (
        mp.csc, lambda x, y: -y * mp.cot(x), lambda x, y: y * (mp.cot(x) ** 2 + y**2),
    ),
    "asin": (
        mp.asin, lambda x, y: 1 / mp.sqrt(1 - x * x), lambda x, y: x / mp.sqrt(1 - x * x) ** 3,
    ),
    "acos": (
        mp.acos, lambda x, y: -1 / mp.sqrt(1 - x * x), lambda x, y: -x / mp.sqrt(1 - x * x) ** 3,
    ),
    "atan": (mp.atan, lambda x, y: 1 / (1 + x * x), lambda x, y: -2 * x / (1 + x * x) ** 2),
    "sinc": (_sinc(0), lambda x, y: _sinc(1)(x), lambda x, y: _sinc(2)(x)),
    "sinh": (mp.sinh, lambda x, y: mp.cosh(x), lambda x, y: y),
    "cosh": (mp.cosh, lambda x, y: mp.sinh(x), lambda x, y: y),
    "tanh": (mp.tanh, lambda x, y: _sech(x) ** 2, lambda x, y: -2 * y * _sech(x) ** 2),
    "sech": (
        _sech, lambda x, y: -y * mp.tanh(x), lambda x, y: y * (mp.tanh(x) ** 2 - y**2),
    ),
    "csch": (
        lambda x: 1 / mp.sinh(x),
        lambda x, y: -y / mp.tanh(x), lambda x, y: y * (1 / mp.tanh(x) ** 2 + y**2),
    ),
    "coth": (
        lambda x: 1 / mp.tanh(x),
        lambda x, y: -1 / mp.sinh(x) ** 2, lambda x, y: 2 * y / mp.sinh(x) ** 2,
    ),
    "asinh": (
        mp.asinh, lambda x, y: 1 / mp.sqrt(1 + x * x), lambda x, y: -x / mp.sqrt(1 + x * x) ** 3,
    ),
    "acosh": (
        mp.acosh, lambda x, y: 1 / mp.sqrt(x * x - 1), lambda x, y: -x / mp.sqrt(x * x - 1) ** 3,
    ),
    "atanh": (
        mp.atanh, lambda x, y: 1 / (1 - x * x), lambda x, y: 2 * x / (1 - x * x) ** 2,
    ),
    "sigmoid": (
        lambda x: 1 / (1 + mp.exp(-x)),
        lambda x, y: y / (1 + mp.exp(x)),
        lambda x, y: y / (1 + mp.exp(x)) * -mp.tanh(x / 2),
    ),
    "softplus": (
        lambda x: mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x)),
        lambda x, y: 1 / (1 + mp.exp(-x)),
        lambda x, y: 1 / (1 + mp.exp(-x)) / (1 + mp.exp(x)),
    ),
    "log_sigmoid": (
        lambda x: x - mp.log1p(mp.exp(x)) if x < 0 else -mp.log1p(mp.exp(-x)),
        lambda x, y: 1 / (1 + mp.exp(x)),
        lambda x, y: -1 / (1 + mp.exp(-x)) / (1 + mp.exp(x)),
    ),
    "softsign": (
        lambda x: x / (1 + abs(x)),
        lambda x, y: 1 / (1 + abs(x)) ** 2,
        lambda x, y: -2 * mp.sign(x) / (1 + abs(x)) ** 3,
    ),
    "gelu": (
        lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
        lambda x, y: mp.erfc(-x / mp.sqrt(2)) / 2 + x * _normal(x),
        lambda x, y: _normal(x) * (2 - x * x),
    ),
    "erf": (
        mp.erf,
        lambda x, y: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
        lambda x, y: -4 * x / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ),
    "erfc": (
        mp.erfc,
        lambda x, y: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
        lambda x, y: 4 * x / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ),
    "gamma": (
        mp.gamma,
        lambda x, y: y * mp.psi(0, x),
        lambda x, y: y * (mp.psi(0, x) ** 2 + mp.psi(1, x)),
    ),
    "lgamma": (
        lambda x: mp.log(abs(mp.gamma(x))) if x < 0 else mp.loggamma(x),
        lambda x, y: mp.psi(0, x), lambda x, y: mp.psi(1, x),
    ),
    "digamma": (
        lambda x: mp.psi(0, x), lambda x, y: mp.psi(1, x), lambda x, y: mp.psi(2, x),
    ),
}  # fmt: skip
"""The slope and the curvature are functions of the argument and the value."""

OF_RECIPROCAL = {"asec": "acos", "acsc": "asin", "acot": "atan", "asech": "acosh",
                 "acsch": "asinh", "acoth": "atanh"}  # fmt: skip
"""Inverse functions that are others of 1/x."""

SLOW = {"gamma", "lgamma", "digamma", "polygamma", "erf", "erfc", "gelu"}
LIMIT = {"gamma": 1e6, "lgamma": 1e40, "digamma": 1e40, "polygamma": 1e20, "erfc": 1e6,
         "gelu": 1e6, "erf": 1e30, "spherical_jn": 1e6}  # fmt: skip
"""Beyond these arguments mpmath's special functions take too long."""


class Evaluation:
    """One evaluation of a tape at a point, with ``digits`` digits, up to an order.

    ``noise`` moves every result and every slope by a few units in a double's last place;
    ``rounded`` rounds them to doubles.
    ``tied`` tells whether a choice was between equal numbers, whose slopes are then policy.
    """

    def __init__(
        self,
        tape: Tape,
        point: Mapping[str, float],
        wrt: Sequence[str],
        order: int,
        noise: Random | None = None,
        rounded: bool = False,
    ) -> None:
        self.tape, self.point, self.order, self.noise = tape, point, order, noise
        self.rounded = rounded
        self.wrt = list(wrt) if order else []
        self.count = len(self.wrt)
        self.pairs = (
            [(i, j) for i in range(self.count) for j in range(i, self.count)] if order > 1 else []
        )
        self.tied = False
        self.results: list[Jet | Exception] = []
        self.doubles: list[float] = []
        self.varying: list[bool] = []
        self.chooses = bool(tape.defaults) or any(_chooses(name) for name, _ in tape.operations)

    def run(self) -> list[Jet | Exception]:
        """The jets of the outputs; what has none is an exception."""
        for place, (name, arguments) in enumerate(self.tape.operations):
            self.varying.append(
                name == "input"
                or (name not in FLAT and any(self.varying[argument] for argument in arguments))
            )
            decides = self.chooses and place + 1 < len(self.tape.operations)
            self.doubles.append(self._double(place, name, arguments) if decides else math.nan)
            try:
                jet: Jet | Exception = self._jet(place, name, arguments)
            except (Undefined, Unknown) as none:
                jet = none
            except (ZeroDivisionError, ValueError):
                jet = Undefined()
            except (OverflowError, mp.NoConvergence, NotImplementedError):
                jet = Unknown()
            self.results.append(jet)
        return [self.results[place] for place in self.tape.outputs]

    # -- one operation ---------------------------------------------------------------------------

    def _jet(self, place: int, name: str, arguments: tuple[int, ...]) -> Jet:
        if name == "number":
            value = mpf(self.tape.leaves[place])
            if place in self.tape.inexact and self.noise:
                value *= 1 + self.noise.uniform(-1, 1) * 2.0**-53
            return self._constant(value)
        if name == "input":
            return self._input(str(self.tape.leaves[place]))
        taken = self._taken(name, arguments)
        for argument in taken:
            none = self.results[argument]
            if isinstance(none, Exception):
                raise none
        jets: list[Any] = [self.results[a] for a in arguments]
        if name in FLAT:
            return self._constant(mpf(self._flat(name, [self.doubles[a] for a in arguments])))
        if name in CHOICES:
            jet = self._choice(name, jets, arguments)
            exact = name not in ("leaky_relu", "elu", "mod")
        else:
            jet = self._smooth(name, jets)
            exact = name in ("neg", "identity")
        if not isinstance(jet.v, mpf) or not mp.isfinite(jet.v):
            raise Undefined
        if jet.v and mp.mag(jet.v) > 2**20:
            raise Unknown
        if self.rounded:
            return Jet(*(_rounded(part) for part in (jet.v, jet.g, jet.h)))
        return jet if exact or self.noise is None else self._shaken(jet, jets)

    def _shaken(self, jet: Jet, jets: Sequence[Jet]) -> Jet:
        """A result with noise; whole numbers of whole numbers are exact, and stay."""
        draw = self.noise
        assert draw is not None

        def shaken(x: Any) -> Any:
            return x * (1 + draw.uniform(-NOISE, NOISE)) if x else x

        whole = all(_is_whole(each.v) for each in (jet, *jets))
        return Jet(jet.v if whole else shaken(jet.v), [*map(shaken, jet.g)], [*map(shaken, jet.h)])

    def _constant(self, value: Any) -> Jet:
        return Jet(value, [0] * self.count, [0] * len(self.pairs))

    def _input(self, name: str) -> Jet:
        given = self.point.get(name)
        if given is None:  # a default is a double that the program computes
            given = self.doubles[self.tape.defaults[name]]
            if not math.isfinite(given):
                raise self._why(self.tape.defaults[name])
        value = mpf(given)
        if self.noise and name not in self.point and not _is_whole(value):
            value *= 1 + self.noise.uniform(-NOISE, NOISE)
        jet = self._constant(value)
        if name in self.wrt:
            jet.g[self.wrt.index(name)] = mpf(1)
        return jet

    def _of_one(self, x: Jet, f: Any, f1: Callable[[], Any], f2: Callable[[], Any]) -> Jet:
        """The chain rule for a function of one jet; slopes are asked for where they matter."""
        jet = self._constant(f)
        if not any(x.g) and not any(x.h):
            return jet
        slope = f1()
        jet.g = [slope * a if a else 0 for a in x.g]
        if self.pairs:
            bent = f2()
            if self.noise:  # a formula for it is made of terms of the slope's size
                bent += self.noise.uniform(-NOISE, NOISE) * abs(slope) / max(1, abs(x.v))
            for n, (i, j) in enumerate(self.pairs):
                jet.h[n] = self._off(slope * x.h[n]) + self._off(bent * (x.g[i] * x.g[j]))
        return jet

    def _off(self, term: Any) -> Any:
        """A term of a sum, with noise: where terms cancel, theirs is what is left."""
        return term * (1 + self.noise.uniform(-NOISE, NOISE)) if self.noise and term else term

    def _of_two(
        self, x: Jet, y: Jet, f: Any, fx: Any, fy: Any, fxx: Any, fxy: Any, fyy: Any
    ) -> Jet:
        """The chain rule for a function of two jets."""
        jet = self._constant(f)
        off = self._off
        jet.g = [off(fx * a) + off(fy * b) for a, b in zip(x.g, y.g, strict=True)]
        for n, (i, j) in enumerate(self.pairs):
            xi, xj, yi, yj = x.g[i], x.g[j], y.g[i], y.g[j]
            jet.h[n] = off(fx * x.h[n]) + off(fy * y.h[n]) + off(fxx * (xi * xj))
            jet.h[n] += off(fxy * xi * yj) + off(fxy * xj * yi) + off(fyy * (yi * yj))
        return jet

    def _unary(self, name: str, x: Jet) -> Jet:
        value, slope, bent = UNARY[name]
        if abs(x.v) > LIMIT.get(name, mp.inf) or (x.v and mp.mag(x.v) > HUGE):
            raise Unknown
        if name in ("gamma", "lgamma", "digamma") and x.v <= 0 and x.v == mp.floor(x.v):
            raise Undefined
        if name in SLOW and mp.dps > 300:
            raise Unknown
        f = value(x.v)
        if not isinstance(f, mpf):
            raise Undefined
        return self._of_one(x, f, lambda: slope(x.v, f), lambda: bent(x.v, f))

    def _total(self, jets: Sequence[Jet]) -> Jet:
        total, off = jets[0], self._off
        for jet in jets[1:]:
            total = Jet(
                total.v + jet.v,
                [off(a) + off(b) for a, b in zip(total.g, jet.g, strict=True)],
                [off(a) + off(b) for a, b in zip(total.h, jet.h, strict=True)],
            )
        return total

    def _sum(self, *jets: Jet) -> Jet:
        return self._total(jets)

    def _times(self, x: Jet, c: Any) -> Jet:
        return Jet(x.v * c, [a * c for a in x.g], [a * c for a in x.h])

    def _product(self, x: Jet, y: Jet) -> Jet:
        return self._of_two(x, y, x.v * y.v, y.v, x.v, 0, 1, 0)

    def _quotient(self, x: Jet, y: Jet) -> Jet:
        if y.v == 0:
            raise Undefined
        r = 1 / y.v
        q = x.v * r
        return self._of_two(x, y, q, r, -q * r, 0, -r * r, 2 * q * r * r)

    def _smooth(self, name: str, jets: list[Jet]) -> Jet:
        if name in UNARY:
            return self._unary(name, jets[0])
        if name in OF_RECIPROCAL:
            return self._unary(OF_RECIPROCAL[name], self._quotient(self._constant(mpf(1)), jets[0]))
        return getattr(self, f"_{name}")(*jets)

    def _add(self, x: Jet, y: Jet) -> Jet:
        return self._total([x, y])

    def _sub(self, x: Jet, y: Jet) -> Jet:
        return self._total([x, self._times(y, -1)])

    def _neg(self, x: Jet) -> Jet:
        return self._times(x, -1)

    def _identity(self, x: Jet) -> Jet:
        return x

    def _mul(self, x: Jet, y: Jet) -> Jet:
        return self._product(x, y)

    def _div(self, x: Jet, y: Jet) -> Jet:
        return self._quotient(x, y)

    def _log_base(self, x: Jet, base: Jet) -> Jet:
        return self._quotient(self._unary("log", x), self._unary("log", base))

    def _atan2(self, y: Jet, x: Jet) -> Jet:
        r = x.v**2 + y.v**2
        if r == 0:
            raise Undefined
        a, b = x.v / r, -y.v / r
        twist = 2 * x.v * y.v / r**2
        mixed = (y.v**2 - x.v**2) / r**2
        return self._of_two(y, x, mp.atan2(y.v, x.v), a, b, -twist, mixed, twist)

    def _xlogy(self, x: Jet, y: Jet) -> Jet:
        return self._product(x, self._unary("log", y))

    def _xlog1py(self, x: Jet, y: Jet) -> Jet:
        return self._product(x, self._unary("log1p", y))

    def _polygamma(self, n: Jet, x: Jet) -> Jet:
        order = int(n.v)
        if abs(x.v) > LIMIT["polygamma"] or mp.dps > 300:
            raise Unknown
        if x.v <= 0 and x.v == mp.floor(x.v):
            raise Undefined
        value = mp.psi(order, x.v)
        return self._of_one(
            x, value, lambda: mp.psi(order + 1, x.v), lambda: mp.psi(order + 2, x.v)
        )

    def _spherical_jn(self, n: Jet, x: Jet) -> Jet:
        order = int(n.v)
        if not 1e-10 < abs(x.v) < LIMIT["spherical_jn"] or mp.dps > 300:
            raise Unknown

        def j(k: int) -> Any:
            size = abs(x.v)
            sign = -1 if x.v < 0 and k % 2 else 1
            return sign * mp.sqrt(mp.pi / (2 * size)) * mp.besselj(k + mpf(1) / 2, size)

        value = j(order)
        slope = order / x.v * value - j(order + 1)
        bent = -2 / x.v * slope - (1 - order * (order + 1) / x.v**2) * value
        return self._of_one(x, value, lambda: slope, lambda: bent)

    def _prod(self, *jets: Jet) -> Jet:
        total = jets[0]
        for jet in jets[1:]:
            total = self._product(total, jet)
        return total

    def _mean(self, *jets: Jet) -> Jet:
        return self._times(self._total(jets), mpf(1) / len(jets))

    def _dot(self, *jets: Jet) -> Jet:
        half = len(jets) // 2
        pairs = zip(jets[:half], jets[half:], strict=True)
        return self._total([self._product(a, b) for a, b in pairs])

    def _hypot(self, *jets: Jet) -> Jet:
        squares = self._total([self._product(jet, jet) for jet in jets])
        if squares.v == 0:
            self.tied = True
            return self._constant(mpf(0))
        return self._unary("sqrt", squares)

    def _logsumexp(self, *jets: Jet) -> Jet:
        top = max(jet.v for jet in jets)
        shifted = [Jet(jet.v - top, jet.g, jet.h) for jet in jets]
        result = self._unary("log", self._total([self._unary("exp", jet) for jet in shifted]))
        return Jet(result.v + top, result.g, result.h)

    def _pow(self, x: Jet, y: Jet) -> Jet:
        moves = any(y.g) or any(y.h)
        if (x.v and mp.mag(x.v) > HUGE) or (y.v and mp.mag(y.v) > HUGE):
            raise Unknown
        n = y.v
        if x.v == 0:
            return self._power_of_zero(x, y, moves)
        if x.v < 0:
            if n != mp.floor(n):
                raise Undefined
            if moves:
                raise Undefined
        if abs(n * (mp.mag(x.v) + 1)) > 2**20:
            raise Unknown
        z = mp.power(x.v, n)
        zx = n * z / x.v
        zxx = (n - 1) * zx / x.v
        if not moves:
            return self._of_one(x, z, lambda: zx, lambda: zxx)
        log = mp.log(x.v)
        return self._of_two(x, y, z, zx, z * log, zxx, z / x.v * (1 + n * log), z * log**2)

    def _power_of_zero(self, x: Jet, y: Jet, moves: bool) -> Jet:
        n = y.v
        if n < 0 or (n == 0 and moves):
            raise Undefined
        if moves:
            if self.pairs or (n < 1 and any(x.g)):
                raise Undefined
            return self._of_two(x, y, mpf(0), mpf(1) if n == 1 else mpf(0), 0, 0, 0, 0)

        def slope() -> Any:
            if 0 < n < 1:
                raise Undefined
            return mpf(1) if n == 1 else mpf(0)

        def bent() -> Any:
            if 1 < n < 2:
                raise Undefined
            return mpf(2) if n == 2 else mpf(0)

        return self._of_one(x, mpf(1) if n == 0 else mpf(0), slope, bent)

    # -- choices: decided on doubles ---------------------------------------------------------------

    def _taken(self, name: str, arguments: tuple[int, ...]) -> Sequence[int]:
        """The arguments whose jets the result needs."""
        if name == "where":
            condition = self.doubles[arguments[0]]
            if condition != condition:
                raise self._why(arguments[0])
            return (arguments[0], arguments[1 if condition else 2])
        if name in FLAT:
            for a in arguments:
                if self.doubles[a] != self.doubles[a]:
                    raise self._why(a)
            return ()
        if name in ("min", "max", "clip"):
            for a in arguments:
                if self.doubles[a] != self.doubles[a]:
                    raise self._why(a)
            return self._chosen(name, arguments)
        return arguments

    def _why(self, argument: int) -> Exception:
        """Why an argument is not a number."""
        none = self.results[argument]
        return none if isinstance(none, Exception) else Unknown()

    def _chosen(self, name: str, arguments: tuple[int, ...]) -> list[int]:
        """The arguments that an extremum is equal to, after the policy for ties."""
        if name == "clip":
            x, lo, hi = arguments
            inner = self._extremal([x, lo], max)
            value = max(self.doubles[x], self.doubles[lo])
            if value == self.doubles[hi]:
                self.tied = True
                fixed = [a for a in (hi,) if not self.varying[a]]
                return fixed or ([] if not any(self.varying[a] for a in (x, lo)) else [*inner, hi])
            return [hi] if self.doubles[hi] < value else inner
        return self._extremal(list(arguments), max if name == "max" else min)

    def _extremal(self, arguments: list[int], pick: Callable[..., float]) -> list[int]:
        best = pick(self.doubles[a] for a in arguments)
        tied = [a for a in arguments if self.doubles[a] == best]
        if len(tied) > 1:
            self.tied = True
            fixed = [a for a in tied if not self.varying[a]]
            return fixed or tied
        return tied

    def _choice(self, name: str, jets: list[Jet], arguments: tuple[int, ...]) -> Jet:
        if name == "where":
            return jets[1 if self.doubles[arguments[0]] else 2]
        if name in ("min", "max", "clip"):
            chosen = self._chosen(name, arguments)
            if name == "clip" and self.tied and len(chosen) != 1:
                raise Unknown
            some: list[Any] = [self.results[a] for a in chosen]
            if len(some) == 1:
                return some[0]
            jet = self._times(self._total(some), mpf(1) / len(some))
            return Jet(some[0].v, jet.g, jet.h)
        if name == "mod":
            return self._mod(jets, arguments)
        x = jets[0]
        at = self.doubles[arguments[0]]
        if at != at:
            raise self._why(arguments[0])
        if at == 0 and self.varying[arguments[0]]:
            self.tied = True
        if name == "abs":
            return self._times(x, (at > 0) - (at < 0)) if at else self._constant(mpf(0))
        if name == "relu":
            return x if at > 0 else self._constant(mpf(0))
        factor = jets[1]
        if at == 0 and x.v == 0:
            return self._times(x, 1 if abs(factor.v) > 1 else factor.v)
        if at > 0:
            return x
        if name == "leaky_relu":
            return self._product(factor, x)
        return self._product(factor, self._unary("expm1", x))

    def _mod(self, jets: list[Jet], arguments: tuple[int, ...]) -> Jet:
        a, b = (self.doubles[n] for n in arguments)
        if not (math.isfinite(a) and math.isfinite(b)):
            raise Unknown
        if b == 0:
            raise Undefined
        quotient = math.floor(Fraction(a) / Fraction(b))
        if Fraction(a) == quotient * Fraction(b):
            self.tied = True
        return self._total([jets[0], self._times(jets[1], -mpf(quotient))])

    def _flat(self, name: str, doubles: list[float]) -> float:
        a = doubles[0]
        if len(doubles) == 2:
            b = doubles[1]
            if a == b:
                self.tied = True
            return float({"lt": a < b, "le": a <= b, "gt": a > b, "ge": a >= b,
                          "eq": a == b, "ne": a != b}[name])  # fmt: skip
        if not math.isfinite(a):
            if name in ("sign", "step"):
                return float((a > 0) - (a < 0 and name == "sign"))
            raise Undefined
        if a == math.floor(a) or 2 * a == math.floor(2 * a):
            self.tied = True  # near a jump; more than needed
        if name == "sign":
            return float((a > 0) - (a < 0))
        if name == "step":
            return float(a > 0)
        rounded = {"floor": math.floor, "ceil": math.ceil, "round": round, "trunc": math.trunc}
        return float(rounded[name](a))

    # -- doubles beside the jets -------------------------------------------------------------------

    def _double(self, place: int, name: str, arguments: tuple[int, ...]) -> float:
        """An operation on doubles, rounded once: what decides choices."""
        if name == "number":
            return float(self.tape.leaves[place])
        if name == "input":
            leaf = str(self.tape.leaves[place])
            given = self.point.get(leaf)
            return self.doubles[self.tape.defaults[leaf]] if given is None else given
        values = [self.doubles[a] for a in arguments]
        try:
            if name in ARITHMETIC:
                return float(ARITHMETIC[name](*values))
            if name in FLAT:
                tied = self.tied
                result = self._flat(name, values) if all(v == v for v in values) else math.nan
                self.tied = tied
                return result
            if name == "where":
                return math.nan if values[0] != values[0] else values[1 if values[0] else 2]
            if name in ("min", "max"):
                pick = max if name == "max" else min
                return math.nan if any(v != v for v in values) else pick(values)
            if name == "clip":
                return math.nan if any(v != v for v in values) else min(max(values[:2]), values[2])
            if not all(map(math.isfinite, values)):
                return math.nan
            inner = Evaluation(
                _single(name, len(values)), dict(zip("abcdefghij", values, strict=False)), [], 0
            )
            jet = inner.run()[0]
            return math.nan if isinstance(jet, Exception) else float(jet.v)
        except (Undefined, Unknown, ValueError, OverflowError, ZeroDivisionError):
            return math.nan


ARITHMETIC: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "identity": lambda a: a,
    "abs": abs,
    "square": lambda a: a * a,
    "sqrt": math.sqrt,
    "pow": math.pow,
    "relu": lambda a: a if a != a else max(a, 0.0),
    "mod": lambda a, b: a % b,
    **{name: getattr(math, name) for name in ("exp", "sin", "cos", "log", "tanh")},
}

_SINGLES: dict[tuple[str, int], Tape] = {}


def _single(name: str, count: int) -> Tape:
    """The tape of one operation alone."""
    if (name, count) not in _SINGLES:
        tape = Tape()
        places = [tape.leaf("input", "abcdefghij"[n]) for n in range(count)]
        tape.outputs = [tape.add(name, *places)]
        _SINGLES[name, count] = tape
    return _SINGLES[name, count]


def follows(name: str) -> bool:
    """Whether the oracle has an operator; a new one it has not until someone writes it here."""
    known = {*UNARY, *OF_RECIPROCAL, *FLAT, *CHOICES}
    return name in known or hasattr(Evaluation, f"_{name}")


def _chooses(name: str) -> bool:
    return name in FLAT or name in CHOICES


def _rounded(x: Any) -> Any:
    """A number, or each of a list, as the nearest double."""
    if isinstance(x, list):
        return [_rounded(each) for each in x]
    double = mpf(float(x))
    if not mp.isfinite(double):
        raise Unknown
    return double


def _is_whole(x: Any) -> bool:
    return x == mp.floor(x) and abs(x) < 2**53


# -- the truth and how far rounding reaches ------------------------------------------------------


@dataclass
class Truth:
    """Numbers by what they are; ``None`` is undefined, what is missing is not known.

    ``room`` is how far noise of a few units in the last place on every operation moves each.
    """

    numbers: dict[Key, Any]
    room: dict[Key, Any]
    tied: bool
    digits: int


def keys(wrt: Sequence[str], order: int) -> list[Key]:
    """The value, the slopes, the second derivatives."""
    found: list[Key] = [()]
    if order >= 1:
        found += [(name,) for name in wrt]
    if order >= 2:
        found += [(a, b) for n, a in enumerate(wrt) for b in wrt[n:]]
    return found


def _listed(jet: Jet | Exception, count: int) -> list[Any]:
    """A jet's numbers in the order of the keys; an exception in each place where there is none."""
    return [jet] * count if isinstance(jet, Exception) else [jet.v, *jet.g, *jet.h]


def settled(
    tape: Tape,
    point: Mapping[str, float],
    wrt: Sequence[str],
    order: int,
    thorough: bool = False,
) -> tuple[list[Any], int, bool]:
    """The numbers of all outputs in digits enough, how many digits that took, and ties."""
    count = len(keys(wrt, order))
    before: list[Any] | None = None
    tied = False
    for digits in THOROUGH if thorough else _digits(tape, point):
        with mpmath.workdps(digits):
            run = Evaluation(tape, point, wrt, order)
            now = [n for jet in run.run() for n in _listed(jet, count)]
            tied = run.tied
            if before is not None:
                agreed = [_settle(a, b) for a, b in zip(before, now, strict=True)]
                if all(a is not _OPEN for a in agreed) or digits == MOST_DIGITS:
                    return [Unknown() if a is _OPEN else a for a in agreed], digits, tied
            before = now
    raise AssertionError


_OPEN = object()


def _digits(tape: Tape, point: Mapping[str, float]) -> tuple[int, ...]:
    """The digits to try: from the start so many that nothing is absorbed by what is far larger."""
    numbers = [*point.values(), *(x for x in tape.leaves.values() if not isinstance(x, str))]
    sizes = [abs(x) for x in numbers if x and math.isfinite(x)]
    return DIGITS if all(1e-25 < size < 1e25 for size in sizes) else THOROUGH


def _settle(before: Any, now: Any) -> Any:
    """A number that more digits did not change; one that shrinks with them is 0."""
    if isinstance(now, Exception) or isinstance(before, Exception):
        return now if type(now) is type(before) else _OPEN
    if now == before or abs(now - before) <= SAME * abs(now):
        return now
    return mpf(0) if abs(now) < abs(before) * mpf(10) ** -30 else _OPEN


def truth(
    tape: Tape, point: Mapping[str, float], wrt: Sequence[str], thorough: bool = False
) -> Truth:
    """The value, the gradient and the Hessian of a tape's output, as far as they exist."""
    numbers: dict[Key, Any] = {}
    most, any_tied = DIGITS[0], False
    for order in (2, 1, 0):
        wanted = keys(wrt, order)
        found, digits, tied = settled(tape, point, wrt, order, thorough)
        for key, number in zip(wanted, found, strict=True):
            if isinstance(number, Undefined):
                numbers.setdefault(key, None)
            elif not isinstance(number, Unknown) and numbers.get(key) is None:
                numbers[key] = number
        most, any_tied = max(most, digits), any_tied or tied
        if not any(isinstance(number, Exception) for number in found):
            break
    if any_tied:
        numbers = {key: number for key, number in numbers.items() if len(key) < 2}
    return Truth(numbers, {}, any_tied, most)


def rooms(
    tape: Tape,
    point: Mapping[str, float],
    wrt: Sequence[str],
    order: int,
    numbers: Sequence[Any],
    runs: int,
    digits: int,
    draw: Random,
) -> list[Any]:
    """How far noise moves each of ``numbers``; infinite where it takes one away."""
    count = len(keys(wrt, order))
    room: list[Any] = [mpf(0)] * len(numbers)
    with mpmath.workdps(digits):
        for n in range(runs + 1):
            noise = {"noise": draw} if n else {"rounded": True}
            run = Evaluation(tape, point, wrt, order, **noise)
            moved = [n for jet in run.run() for n in _listed(jet, count)]
            for n, (was, now) in enumerate(zip(numbers, moved, strict=True)):
                if was is None or isinstance(was, Exception) or isinstance(now, Exception):
                    room[n] = mp.inf
                else:
                    room[n] = max(room[n], abs(now - was))
    return room
