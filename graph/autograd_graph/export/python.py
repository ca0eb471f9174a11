"""Python, the standard library only: a function that returns the value and the gradient."""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from autograd_graph.export import arithmetic
from autograd_graph.export.compositions import NO_POLYGAMMA, NUMERICAL, short_product
from autograd_graph.export.lowering import CUBE, SQUARE, WHOLE_POWER
from autograd_graph.export.names import python_identifier
from autograd_graph.export.target import (
    Result,
    Target,
    Template,
    Variable,
    Written,
    commented,
    doubled,
    speller,
    words,
)
from autograd_graph.graph import LITERAL

_LARGEST_WHOLE = 1024


def small_power(xp: Any, x: Any, n: Any) -> Any:
    """``x*x`` and ``x*x*x`` for the literal powers 2 and 3."""
    number = x.graph.numbers.get(n.id) if n.op is LITERAL else None
    row = SQUARE if number == 2 else CUBE if number == 3 else None
    return None if row is None else x.graph.apply(row, x)


def whole_power(xp: Any, x: Any, n: Any) -> Any:
    """``x**n`` for a whole literal ``n``; Python makes other powers of negatives complex."""
    small = small_power(xp, x, n)
    if small is not None:
        return small
    number = x.graph.numbers.get(n.id) if n.op is LITERAL else None
    if number is None or not abs(number) <= _LARGEST_WHOLE or number != int(number):
        return None
    return x.graph.apply(WHOLE_POWER, x, Fraction(int(number)))


def whole_or_repr(number: int | float) -> str:
    """A literal of Python."""
    if math.isinf(number):
        return "math.inf"
    return repr(number) if number == number else "math.nan"


ARITHMETIC: dict[str, Template] = {
    **arithmetic.TIGHT,
    "neg": ("sign", "-<0:sign>"),
    "whole_power": ("power", "<0:atom>**<1:sign>"),
}
_IN_MATH = words(
    "exp expm1 exp2 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan "
    "sinh cosh tanh asinh acosh atanh erf erfc gamma lgamma"
)
_TO_INT = words("floor ceil trunc")
"""Those that return integers: no zero of these has a sign, and they are not rounded as doubles."""

# Where math raises, IEEE 754 has an answer. It is needed where what raises is not.
_RAISES = {
    "log": "log, <0>, {0: -math.inf}",
    "log2": "log2, <0>, {0: -math.inf}",
    "log10": "log10, <0>, {0: -math.inf}",
    "log1p": "log1p, <0>, {-1: -math.inf}",
    "atanh": "atanh, <0>, {1: math.inf, -1: -math.inf}",
    "cosh": "cosh, abs(<0>)",
    "lgamma": "lgamma, <0>, {}, math.inf",
    "gamma": "gamma, <0>, {0: math.copysign(math.inf, <0>)}",
    **{
        name: f"{name}, <0>"
        for name in words("exp expm1 exp2 sqrt sin cos tan asin acos acosh sinh")
    },
}

HELPERS = {
    "_product": '''\
def _product(*factors):
    """The product, without overflow or underflow on the way."""
    product, exponent = 1.0, 0
    for factor in factors:
        mantissa, more = math.frexp(factor)
        product, carry = math.frexp(product * mantissa)
        exponent += more + carry
    try:
        return math.ldexp(product, exponent)
    except OverflowError:
        return math.copysign(math.inf, product)
''',
    "_modulo": '''\
def _modulo(x, y):
    """``x % y``, and nan where Python raises."""
    return x % y if y != 0 else math.nan
''',
    "_real": '''\
def _real(function, x, limits={}, pole=math.nan):
    """``function(x)``, with infinities and nan where Python raises."""
    try:
        return function(x)
    except ValueError:
        return limits.get(x, pole)
    except OverflowError:
        return math.copysign(math.inf, x)
''',
    "_whole": '''\
def _whole(function, x):
    """``function(x)`` as a double; infinities and nan stay."""
    return math.copysign(function(x), x) if math.isfinite(x) else x
''',
    "_divide": '''\
def _divide(x, y):
    """``x/y``, with infinities and nan where Python raises."""
    if y != 0 or x == 0 or x != x:
        return x / y if y != 0 else math.nan
    return math.copysign(math.inf, x) * math.copysign(1, y)
''',
    "_power": '''\
def _power(x, y):
    """``x**y`` over the reals, with infinities and nan where Python raises."""
    odd = x < 0 and y % 2 == 1
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if odd else math.inf
    except ValueError:
        if x:
            return math.nan
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf
''',
}


def comment_of(written: Written, *usual: Callable[[str], str]) -> list[str]:
    """The header, and which names are spelled in none of the ``usual`` ways."""
    renamed = [
        f"{item.spelling} stands for {item.name}"
        for item in (*written.inputs, *written.constants)
        if item.spelling not in (item.name, *(way(item.name) for way in usual))
    ]
    return [*written.header, *renamed]


def parameters(
    written: Written, default: Callable[[Variable], str] | None = None, equals: str = "="
) -> str:
    """A parameter list, with the defaults that can be written."""
    return ", ".join(
        f"{item.spelling}{equals}{(default or value)(item)}" if optional else item.spelling
        for item, optional in _in_order(written)
    )


def unset(written: Written, shown: Callable[[Variable], str] | None = None) -> list[str]:
    """Notes on the values that cannot be defaults, as a parameter without one follows."""
    return [
        f"{item.spelling}: {(shown or value)(item)} in the program"
        for item, optional in _in_order(written)
        if item.value is not None and not optional
    ]


def _in_order(written: Written) -> list[tuple[Variable, bool]]:
    """The inputs in the order of a parameter list, and whether each can have a default there.

    What has a value stands last among what is differentiated by on request, and among the rest.
    """
    inputs = enumerate(written.inputs)
    order = sorted(inputs, key=lambda each: (each[0] >= written.leading, each[1].value is not None))
    missing = max((n for n, (_, item) in enumerate(order) if item.value is None), default=-1)
    return [(item, n > missing) for n, (_, item) in enumerate(order)]


def described(written: Written) -> str:
    """What a function returns."""
    if written.hessian:
        return "The value, its derivative by each input, and those of each of them"
    return "The value, and its derivative by each input"


def nested(
    written: Written, indent: str, spelled: Callable[[Result], str] = lambda each: each.text
) -> str:
    """The Hessian as a dictionary of dictionaries: ``hessian[a][b]``."""
    rows = "".join(
        f"{indent}    {a!r}: {{\n"
        + "".join(f"{indent}        {d.name!r}: {spelled(d)},\n" for d in row)
        + f"{indent}    }},\n"
        for a, row in written.hessian_rows().items()
    )
    return f"{{\n{rows}{indent}}}"


def as_double(each: Result) -> str:
    """A result; a whole number as the double that it is."""
    return doubled(each.text)


def value(item: Variable) -> str:
    """The value of a constant or default."""
    if item.text:
        return item.text
    assert item.value is not None
    number = item.value
    return ("-" if math.copysign(1.0, number) < 0.0 and number == number else "") + whole_or_repr(
        abs(number)
    )


def _layout(written: Written) -> str:
    function = written.function
    body = [f"{item.spelling} = {value(item)}" for item in written.constants]
    body += [f"{step.name} = {step.text}" for step in written.steps]
    gradient = "".join(f"        {d.name!r}: {as_double(d)},\n" for d in written.gradient)
    slopes = f"{{\n{gradient}    }}" if gradient else "{}"
    if written.hessian:
        slopes += f", {nested(written, ' ' * 4, as_double)}"
    helpers = "".join(f"\n\n{text}" for name, text in HELPERS.items() if written.uses(name))
    return (
        commented([*comment_of(written), *unset(written)], "#")
        + f"import math\n{helpers}\n\n"
        + f"def {function}({parameters(written)}):\n"
        + f'    """{described(written)}."""\n'
        + "".join(f"    {line}\n" for line in body)
        + f"    return {as_double(written.value)}, {slopes}\n"
    )


TARGET = Target(
    name="python",
    rows=ARITHMETIC
    | arithmetic.COMPARISONS
    | {name: f"math.{name}(<0>)" for name in _IN_MATH}
    | {
        "pow": "math.pow(<0>, <1>)",
        "mod": ("product", "<0:product> % <1:sign>"),
        "atan2": "math.atan2(<0>, <1>)",
        "hypot": "math.hypot(<*>)",
        "prod": "_product(<*>)",
        "abs": "abs(<0>)",
        "round": "math.copysign(round(<0>), <0>)",
        "min": "min(<*:double>)",
        "max": "max(<*:double>)",
        "where": ("choice", "<1:and:double> if <0:and> else <2:double>"),
        **{name: f"math.copysign(math.{name}(<0>), <0>)" for name in _TO_INT},
        "and": ("and", "<0:and> and <1:comparison>"),
        "not": "(not <0:comparison>)",
    },
    rewrites={"pow": whole_power, "prod": short_product},
    compositions=NUMERICAL,
    refused=NO_POLYGAMMA,
    guarded={name: f"_real(math.{text})" for name, text in _RAISES.items()}
    | {
        "div": "_divide(<0>, <1>)",
        "pow": "_power(<0>, <1>)",
        "whole_power": "_power(<0>, <1>)",
        "mod": "_modulo(<0>, <1>)",
        "round": "_whole(round, <0>)",
        **{name: f"_whole(math.{name}, <0>)" for name in _TO_INT},
    },
    number=speller(whole_or_repr),
    constants={"pi": "math.pi", "e": "math.e"},
    identifier=python_identifier,
    reserved=frozenset({*keyword.kwlist, *dir(builtins), "math", *HELPERS}),
    layout=_layout,
    whole_hessian=True,
)
