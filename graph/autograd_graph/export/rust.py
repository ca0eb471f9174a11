"""Rust with its standard library: a function that returns the value and the gradient."""

from __future__ import annotations

from functools import cache
from math import isinf
from typing import Any

from autograd_graph.export import arithmetic, python
from autograd_graph.export.compositions import EXTREMA, NO_POLYGAMMA, NUMERICAL, short_product
from autograd_graph.export.error_functions import ERROR_FUNCTIONS
from autograd_graph.export.names import ascii_identifier
from autograd_graph.export.printer import written_formula
from autograd_graph.export.target import Target, Written, commented, decimal, speller, words

_METHODS = {
    **{
        name: name
        for name in words(
            "exp exp2 log2 log10 sqrt cbrt sin cos tan asin acos atan sinh cosh tanh "
            "floor ceil trunc abs"
        )
    },
    "log": "ln",
    "expm1": "exp_m1",
    "log1p": "ln_1p",
    "round": "round_ties_even",
}

_KEYWORDS = words("""
    as async await break const continue crate dyn else enum extern false fn for gen if impl in let
    loop match mod move mut pub ref return self Self static struct super trait true type unsafe use
    where while abstract become box do final macro override priv try typeof unsized virtual yield
    union f64 std None Some Ok Err
""")

_PRODUCT = """\
/// The product, without overflow or underflow on the way.
fn product(factors: &[f64]) -> f64 {
    const UNIT: f64 = 6.038339879714466e169; // 2^564
    fn scaled(x: f64) -> (f64, i32) {
        if x.abs() < 1.4916681462400413e-154 {
            (x * UNIT, -1)
        } else if x.abs() < 1.3407807929942597e154 || x.is_nan() {
            (x, 0)
        } else {
            (x / UNIT, 1)
        }
    }
    let (mut result, mut exponent) = (1.0, 0);
    for &factor in factors {
        let (mantissa, more) = scaled(factor);
        let (rest, carry) = scaled(result * mantissa);
        result = rest;
        exponent += more + carry;
    }
    let half = f64::exp2(282.0 * f64::from(exponent.clamp(-3, 3)));
    result * half * half
}
"""


def _identifier(name: str) -> str:
    """A name in ASCII; a lone underscore is none that can be read."""
    plain = ascii_identifier(name)
    return "x_" if plain == "_" else plain


def _literal(number: int | float) -> str:
    if isinf(number):
        return "f64::INFINITY"
    return repr(float(number)) if number == number else "f64::NAN"


_number = speller(_literal)


@cache
def _helper(name: str) -> str:
    """A function that the standard library lacks."""
    if name == "product":
        return _PRODUCT
    steps, value = written_formula(ERROR_FUNCTIONS[name], TARGET)
    lines = "".join(f"    let {step.name} = {step.text};\n" for step in steps)
    return f"fn {name}(x: f64) -> f64 {{\n{lines}    {value}\n}}\n"


_HELPERS = ("product", *ERROR_FUNCTIONS)


_FAR = 1e150
"""Squares of larger numbers are out of range, where the standard library's functions overflow."""


def _asinh(xp: Any, x: Any) -> Any:
    """``log(abs(x) + sqrt(x^2 + 1))`` with the sign of ``x``, without cancellation."""
    size = abs(x)
    near = xp.log1p(size + size * (size / (1 + xp.hypot(1, size))))
    value = xp.call("where", xp.gt(size, _FAR), xp.log(size) + xp.log(2), near)
    return xp.call("where", xp.lt(x, 0), -value, value)


def _acosh(xp: Any, x: Any) -> Any:
    """``log(x + sqrt(x^2 - 1))`` without cancellation."""
    near = xp.log1p(x - 1 + xp.sqrt(x - 1) * xp.sqrt(x + 1))
    return xp.call("where", xp.gt(x, _FAR), xp.log(x) + xp.log(2), near)


def _atanh(xp: Any, x: Any) -> Any:
    """``log1p(2*x/(1 - x))/2`` of the size, with the sign of ``x``."""
    size = abs(x)
    value = xp.log1p(2 * size / (1 - size)) / 2
    return xp.call("where", xp.lt(x, 0), -value, value)


def _array(texts: list[str]) -> str:
    return "[" + ", ".join(texts) + "]"


def _layout(written: Written) -> str:
    size = len(written.gradient)
    notes = [
        f"{item.spelling}: {python.value(item)} in the program"
        for item in written.inputs
        if item.value is not None
    ]
    notes += [f"gradient[{n}]: by {d.name}" for n, d in enumerate(written.gradient)]
    types, parts = ["f64", f"[f64; {size}]"], [written.value.text]
    parts.append(_array([d.text for d in written.gradient]))
    if written.hessian:
        notes.append("hessian[i][j]: by the inputs of gradient[i] and gradient[j]")
        types.append(f"[[f64; {size}]; {size}]")
        parts.append(
            _array([_array([d.text for d in row]) for row in written.hessian_rows().values()])
        )
    parameters = ", ".join(f"{item.spelling}: f64" for item in written.inputs)
    body = [
        f"let {item.spelling}: f64 = {item.text or _number(decimal(value))[0]};"
        for item in written.constants
        if (value := item.value) is not None
    ]
    body += [f"let {step.name} = {step.text};" for step in written.steps]
    lines = "".join(f"    {line}\n" for line in body)
    results = "".join(f"        {part},\n" for part in parts)
    helpers = "".join(f"{_helper(name)}\n" for name in _HELPERS if written.uses(name))
    returned = ["value", "gradient", "hessian"][: len(parts)]
    return (
        commented(python.comment_of(written), "//")
        + "\n" * bool(written.header and helpers)
        + helpers
        + commented([f"({', '.join(returned)})", *notes], "///")
        + "#[allow(non_snake_case, unused_variables)]\n"
        + f"pub fn {written.function}({parameters}) -> ({', '.join(types)}) {{\n"
        + f"{lines}    (\n{results}    )\n}}\n"
    )


TARGET = Target(
    name="rust",
    rows=arithmetic.COMPARISONS
    | arithmetic.SPACED
    | {name: f"f64::{method}(<0>)" for name, method in _METHODS.items()}
    | {
        "neg": ("sign", "-<0:sign>"),
        "pow": "f64::powf(<0>, <1>)",
        "fmod": ("product", "<0:product> % <1:sign>"),
        "atan2": "f64::atan2(<0>, <1>)",
        "hypot": "f64::hypot(<0>, <1>)",
        "prod": "product(&[<*>])",
        "erf": "erf(<0>)",
        "erfc": "erfc(<0>)",
        "where": ("choice", "if <0> { <1> } else { <2> }"),
        "and": ("and", "<0:and> && <1:comparison>"),
        "not": ("sign", "!<0:atom>"),
    },
    rewrites={"pow": python.small_power, "prod": short_product},
    compositions=NUMERICAL | EXTREMA | {"asinh": _asinh, "acosh": _acosh, "atanh": _atanh},
    refused=NO_POLYGAMMA
    | {
        "gamma": "Rust's standard library has no gamma function",
        "lgamma": "Rust's standard library has no gamma function",
    },
    number=_number,
    constants={"pi": "std::f64::consts::PI", "e": "std::f64::consts::E"},
    identifier=_identifier,
    reserved=frozenset({*_KEYWORDS, *_HELPERS}),
    layout=_layout,
    whole_hessian=True,
)
