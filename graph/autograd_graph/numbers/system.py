"""What a number system is: the functions over which the operator table's formulas are written.

A formula uses nothing of its numbers but Python's arithmetic operators, ``abs``, and the members
declared here. The primitives have the names and arguments of the table's rows. The helpers beside
them exist because on doubles they are more accurate, or avoid intermediate overflow; other systems
compose them of primitives.

A system is a module like :mod:`autograd_graph.numbers.floats`, or an object of a class that derives
from :class:`Routed`, where one method implements all functions, or from :class:`Derived`, where it
implements the primitives.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

Unary = Callable[[Any], Any]
Binary = Callable[[Any, Any], Any]
Ternary = Callable[[Any, Any, Any], Any]
Variadic = Callable[..., Any]


def _routed(name: str) -> Callable[..., Any]:
    def function(self: Routed, *operands: Any) -> Any:
        return self.call(name, *operands)

    return function


class System(Protocol):
    """The functions and constants of one number system."""

    # constants
    @property
    def nan(self) -> Any:
        """Not a number."""

    @property
    def pi(self) -> Any:
        """``pi``."""

    @property
    def ln2(self) -> Any:
        """``log(2)``."""

    @property
    def ln10(self) -> Any:
        """``log(10)``."""

    @property
    def two_over_root_pi(self) -> Any:
        """``2/sqrt(pi)``."""

    def number(self, double: float) -> Any:
        """A double as a number of the system, for literals and for what is given as one."""
        return double

    # primitives: powers and logarithms
    pow: Binary = _routed("pow")
    square: Unary = _routed("square")
    sqrt: Unary = _routed("sqrt")
    cbrt: Unary = _routed("cbrt")
    exp: Unary = _routed("exp")
    expm1: Unary = _routed("expm1")
    exp2: Unary = _routed("exp2")
    log: Unary = _routed("log")
    log2: Unary = _routed("log2")
    log10: Unary = _routed("log10")
    log1p: Unary = _routed("log1p")
    mod: Binary = _routed("mod")

    # trigonometric and hyperbolic functions
    sin: Unary = _routed("sin")
    cos: Unary = _routed("cos")
    tan: Unary = _routed("tan")
    cot: Unary = _routed("cot")
    asin: Unary = _routed("asin")
    acos: Unary = _routed("acos")
    atan: Unary = _routed("atan")
    atan2: Binary = _routed("atan2")
    sinc: Unary = _routed("sinc")
    sinh: Unary = _routed("sinh")
    cosh: Unary = _routed("cosh")
    tanh: Unary = _routed("tanh")
    coth: Unary = _routed("coth")
    asinh: Unary = _routed("asinh")
    acosh: Unary = _routed("acosh")
    atanh: Unary = _routed("atanh")
    asech: Unary = _routed("asech")
    acsch: Unary = _routed("acsch")
    acoth: Unary = _routed("acoth")

    # special functions
    sigmoid: Unary = _routed("sigmoid")
    softplus: Unary = _routed("softplus")
    erf: Unary = _routed("erf")
    erfc: Unary = _routed("erfc")
    gamma: Unary = _routed("gamma")
    lgamma: Unary = _routed("lgamma")
    digamma: Unary = _routed("digamma")
    polygamma: Binary = _routed("polygamma")
    spherical_jn: Binary = _routed("spherical_jn")

    # choices
    where: Ternary = _routed("where")
    min: Variadic = _routed("min")
    max: Variadic = _routed("max")
    sign: Unary = _routed("sign")
    floor: Unary = _routed("floor")
    ceil: Unary = _routed("ceil")
    round: Unary = _routed("round")
    trunc: Unary = _routed("trunc")
    lt: Binary = _routed("lt")
    le: Binary = _routed("le")
    gt: Binary = _routed("gt")
    ge: Binary = _routed("ge")
    eq: Binary = _routed("eq")
    ne: Binary = _routed("ne")

    # reductions
    sum: Variadic = _routed("sum")
    mean: Variadic = _routed("mean")
    prod: Variadic = _routed("prod")
    hypot: Variadic = _routed("hypot")
    logsumexp: Variadic = _routed("logsumexp")
    dot: Variadic = _routed("dot")

    # helpers
    power_slope: Binary = _routed("power_slope")
    """``y*x^(y - 1)``; 0 for ``y = 0``, also at ``x = 0``."""
    power_log: Ternary = _routed("power_log")
    """``x^y*log(x)`` from ``x^y``, ``x`` and ``y``; its limit 0 at ``x = 0``."""
    floor_divide: Binary = _routed("floor_divide")
    """``floor(x/y)`` of the exact quotient."""
    gaussian: Unary = _routed("gaussian")
    """``exp(-x^2)``."""
    normal_cdf: Unary = _routed("normal_cdf")
    """``erfc(-x/sqrt(2))/2``."""
    normal_density: Unary = _routed("normal_density")
    """``exp(-x^2/2)/sqrt(2*pi)``."""
    softmax: Variadic = _routed("softmax")
    """For each number ``exp(x)/(exp(x1) + … + exp(xn))``."""
    cofactors: Variadic = _routed("cofactors")
    """For each number the product of the others."""
    direction: Variadic = _routed("direction")
    """Numbers divided by their norm, which is the first argument; 0 where it is 0."""
    angle_slopes: Binary = _routed("angle_slopes")
    """The partials of ``atan2(y, x)`` by ``y`` and by ``x``."""

    isfinite: Unary = _routed("isfinite")
    """Whether a number is neither infinite nor nan, for conditions."""

    # choices between adjoints
    mask: Binary = _routed("mask")
    """A condition as 1 or 0; nan where its second argument, the number that it tests, is nan."""
    both: Binary = _routed("both")
    """Whether both masks hold."""
    neither: Variadic = _routed("neither")
    """Whether none of the masks holds."""
    select: Binary = _routed("select")
    """The adjoint where a mask holds; elsewhere no flow (``None``) or 0, depending on the
    system."""


CONSTANTS = ("nan", "pi", "ln2", "ln10", "two_over_root_pi")

HELPERS = (
    "power_slope", "power_log", "floor_divide", "gaussian", "normal_cdf", "normal_density",
    "softmax", "cofactors", "direction", "angle_slopes", "isfinite",
    "mask", "both", "neither", "select",
)  # fmt: skip
"""The functions that are not rows of the operator table."""

FUNCTIONS = tuple(System.__annotations__)
"""All functions, primitives before helpers."""

SEVERAL: dict[str, Callable[[int], int]] = {
    "softmax": lambda n: n,
    "cofactors": lambda n: n,
    "direction": lambda n: n - 1,
    "angle_slopes": lambda n: 2,
}
"""The number of results of the functions that have several, by the number of arguments."""


class Routed(System, ABC):
    """A number system in which one method implements every function."""

    @abstractmethod
    def call(self, name: str, *operands: Any) -> Any:
        """Evaluate the function of that name."""


class Derived(Routed):
    """A number system over the operators of the table, with helpers composed of them."""

    nan = math.nan

    @property
    def pi(self) -> Any:
        """``pi``."""
        return math.pi

    @property
    def ln2(self) -> Any:
        """``log(2)``."""
        return self.call("log", 2)

    @property
    def ln10(self) -> Any:
        """``log(10)``."""
        return self.call("log", 10)

    @property
    def two_over_root_pi(self) -> Any:
        """``2/sqrt(pi)``."""
        return 2 / self.call("sqrt", self.pi)

    def square(self, x: Any) -> Any:
        """``x^2``."""
        return self.call("pow", x, 2)

    def power_slope(self, x: Any, y: Any) -> Any:
        """``y*x^(y - 1)``."""
        return y * self.call("pow", x, y - 1)

    def power_log(self, power: Any, x: Any, y: Any) -> Any:
        """``x^y*log(x)``, the partial of ``power = x^y`` by ``y``; its limit 0 at ``x = 0``."""
        at_zero = self.where(self.ge(y, 0.0), 0.0, self.nan)
        return self.where(self.eq(x, 0.0), at_zero, power * self.log(x))

    def floor_divide(self, x: Any, y: Any) -> Any:
        """``floor(x/y)``."""
        return self.call("floor", self.call("div", x, y))

    def gaussian(self, x: Any) -> Any:
        """``exp(-x^2)``."""
        return self.call("exp", -self.square(x))

    def normal_cdf(self, x: Any) -> Any:
        """``erfc(-x/sqrt(2))/2``."""
        return self.call("erfc", -x / self.call("sqrt", 2)) / 2

    def normal_density(self, x: Any) -> Any:
        """``exp(-x^2/2)/sqrt(2*pi)``."""
        return self.call("exp", -self.square(x) / 2) / self.call("sqrt", 2 * self.pi)

    def softmax(self, *xs: Any) -> list[Any]:
        """For each number ``exp(x - logsumexp(x1, …, xn))``."""
        total = self.call("logsumexp", *xs)
        return [self.call("exp", self.call("sub", x, total)) for x in xs]

    def cofactors(self, *xs: Any) -> list[Any]:
        """For each number the product of the others, from running products from both ends."""
        before: list[Any] = [1]
        for x in xs[:-1]:
            before.append(before[-1] * x)
        after: Any = 1
        cofactors: list[Any] = []
        for x, product in zip(reversed(xs), reversed(before), strict=True):
            cofactors.append(product * after)
            after = after * x
        return cofactors[::-1]

    def direction(self, norm: Any, *xs: Any) -> list[Any]:
        """Each number divided by their norm; 0 at the origin."""
        return [self.where(self.eq(norm, 0), 0, x / norm) for x in xs]

    def angle_slopes(self, y: Any, x: Any) -> tuple[Any, Any]:
        """The partials of ``atan2(y, x)`` by ``y`` and by ``x``."""
        squared = self.square(x) + self.square(y)
        return x / squared, -y / squared

    def mask(self, condition: Any, witness: Any) -> Any:
        """The condition itself: where the witness is nan, so is the value."""
        return condition

    def both(self, a: Any, b: Any) -> Any:
        """The product of two conditions."""
        return self.call("mul", a, b)

    def neither(self, *masks: Any) -> Any:
        """1 where none of the conditions holds."""
        total = masks[0] if len(masks) == 1 else self.call("max", *masks)
        return self.call("sub", 1, total)

    def select(self, condition: Any, adjoint: Any) -> Any:
        """The adjoint where the condition holds, else 0."""
        return self.call("where", condition, adjoint, 0)
