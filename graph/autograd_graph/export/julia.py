"""Julia: a function of numbers that returns the value and a dictionary of derivatives."""

from __future__ import annotations

from math import isinf

from autograd_graph.export import arithmetic, python
from autograd_graph.export.compositions import NO_BESSEL, NUMERICAL, short_product
from autograd_graph.export.names import ascii_identifier
from autograd_graph.export.target import (
    Result,
    Target,
    Variable,
    Written,
    commented,
    speller,
    words,
)

_BASE = {
    name: name
    for name in words(
        "exp expm1 exp2 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan "
        "sinh cosh tanh asinh acosh atanh floor ceil trunc round abs"
    )
}
_SPECIAL = {
    "erf": "erf(<0>)",
    "erfc": "erfc(<0>)",
    "gamma": "gamma(<0>)",
    "lgamma": "first(logabsgamma(<0>))",
    "digamma": "_polygamma(0, <0>)",
    "polygamma": "_polygamma(Int(<0>), <1>)",
}
"""Those of the package SpecialFunctions."""

_RAISES = words("sqrt log log2 log10 log1p sin cos tan asin acos acosh atanh gamma")
"""Those that raise outside their domain, where IEEE 754 has nan."""

_HELPERS = {
    "_product": '''\
"""The product, without overflow or underflow on the way."""
function _product(factors...)
    product, exponent = 1.0, 0
    for factor in factors
        mantissa, more = frexp(factor)
        product, carry = frexp(product * mantissa)
        exponent += more + carry
    end
    return ldexp(product, exponent)
end
''',
    "_polygamma": '''\
"""The n-th derivative of digamma, below 0 by reflection, at the poles and next to them too."""
function _polygamma(n, x)
    x < 0 || return polygamma(n, x)
    isinteger(x) && return isodd(n) ? Inf : NaN
    beside = x - round(x)
    n == 0 && return polygamma(0, 1 - x) - pi * cospi(beside) / sinpi(beside)
    n == 1 && return (pi / sinpi(beside))^2 - polygamma(1, 1 - x)
    return polygamma(n, x)
end
''',
    "_real": '''\
"""`f(xs...)`, and nan outside of the domain of `f`."""
function _real(f, xs...)
    try
        return f(xs...)
    catch problem
        problem isa DomainError ? NaN : rethrow()
    end
end
''',
}

_KEYWORDS = words("""
    baremodule begin break catch const continue do else elseif end export finally for function
    global if import let local macro module quote return struct true false try using while
    abstract mutable primitive type where in isa outer
    pi Inf NaN Float64 Int Dict first frexp ldexp rem hypot max min DomainError rethrow
    logabsgamma Base MathConstants isinteger isodd sinpi cospi
""")


def _literal(number: int | float) -> str:
    if isinf(number):
        return "Inf"
    return repr(float(number)) if number == number else "NaN"


def _identifier(name: str) -> str:
    """A name in ASCII; one of underscores only cannot be read."""
    plain = ascii_identifier(name)
    return plain if plain.strip("_") else f"x{plain}"


def _entries(results: list[Result], indent: str) -> str:
    return "".join(f'{indent}"{d.name}" => {d.text},\n' for d in results)


def _layout(written: Written) -> str:
    body = [f"{item.spelling} = {_default(item)}" for item in written.constants]
    body += [f"{step.name} = {step.text}" for step in written.steps]
    gradient = f"Dict(\n{_entries(list(written.gradient), ' ' * 8)}    )"
    results = [written.value.text, gradient if written.gradient else "Dict{String, Float64}()"]
    if written.hessian:
        rows = "".join(
            f'        "{name}" => Dict(\n{_entries(row, " " * 12)}        ),\n'
            for name, row in written.hessian_rows().items()
        )
        results.append(f"Dict(\n{rows}    )")
    package = "using SpecialFunctions\n\n" if any(map(written.uses, _PACKAGE)) else ""
    helpers = "".join(f"{text}\n" for name, text in _HELPERS.items() if written.uses(name))
    return (
        commented([*python.comment_of(written), *python.unset(written)], "#")
        + package
        + helpers
        + f'"""{python.described(written)}."""\n'
        + f"function {written.function}({python.parameters(written, _default)})\n"
        + "".join(f"    {line}\n" for line in body)
        + f"    return {', '.join(results)}\nend\n"
    )


def _default(item: Variable) -> str:
    return item.text or _number(item.value or 0.0)[0]


_number = speller(_literal)
_PACKAGE = ("erf", "erfc", "gamma", "logabsgamma", "_polygamma")

TARGET = Target(
    name="julia",
    rows=arithmetic.COMPARISONS
    | arithmetic.SPACED
    | {name: f"{function}(<0>)" for name, function in _BASE.items()}
    | _SPECIAL
    | {
        "neg": ("sign", "-<0:power>"),
        "pow": ("power", "<0:atom>^<1:atom>"),
        "fmod": "rem(<0>, <1>)",
        "atan2": "atan(<0>, <1>)",
        "hypot": "hypot(<0>, <1>)",
        "min": "min(<*>)",
        "max": "max(<*>)",
        "prod": "_product(<*>)",
        "where": ("choice", "<0:and> ? <1:and> : <2:and>"),
        "and": ("and", "<0:and> && <1:comparison>"),
        "not": ("sign", "!<0:atom>"),
    },
    rewrites={"pow": python.small_power, "prod": short_product},
    compositions=NUMERICAL,
    refused=NO_BESSEL,
    guarded={name: f"_real({name}, <0>)" for name in _RAISES} | {"pow": "_real(^, <0>, <1>)"},
    number=_number,
    constants={"pi": "Float64(pi)", "e": "exp(1.0)"},
    identifier=_identifier,
    reserved=frozenset({*_KEYWORDS, *_BASE, *_PACKAGE, *_HELPERS, "digamma", "polygamma"}),
    layout=_layout,
    whole_hessian=True,
)
