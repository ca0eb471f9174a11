"""JavaScript, no library: a function that returns the value and the gradient."""

from __future__ import annotations

import json
import re
from math import isinf

from autograd_graph.export import arithmetic, python
from autograd_graph.export.compositions import NO_POLYGAMMA, NUMERICAL, short_product
from autograd_graph.export.names import ascii_identifier
from autograd_graph.export.target import (
    Result,
    Target,
    Template,
    Variable,
    Written,
    commented,
    decimal,
    speller,
    words,
)

_IN_MATH = {
    **{
        name: name
        for name in words(
            "exp expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan "
            "sinh cosh tanh asinh acosh atanh floor ceil trunc abs sign"
        )
    },
    "min": "min",
    "max": "max",
}

_KEYWORDS = words("""
    await break case catch class const continue debugger default delete do else enum export extends
    false finally for function if implements import in instanceof interface let new null package
    private protected public return static super switch this throw true try typeof var void while
    with yield arguments eval undefined NaN Infinity Math Number Object async of get set
""")

HELPERS = {
    "_power": """\
/** x to the power y over the reals: 1 to any power, and any number to the power 0, is 1. */
function _power(x, y) {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
  return Math.pow(x, y);
}
""",
    "_round": """\
/** The nearest whole number, halves to the even one. */
function _round(x) {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}
""",
    "_product": """\
/** The product of factors, without overflow or underflow on the way. */
function _product(...factors) {
  const unit = 2 ** 564;
  const scaled = (x) => {
    if (Math.abs(x) < 2 ** -511) return [x * unit, -1];
    return Math.abs(x) >= 2 ** 511 && Math.abs(x) < Infinity ? [x / unit, 1] : [x, 0];
  };
  let product = 1, units = 0;
  for (const factor of factors) {
    const [mantissa, more] = scaled(factor);
    const [rest, carry] = scaled(product * mantissa);
    product = rest;
    units += more + carry;
  }
  const half = 2 ** (282 * Math.min(Math.max(units, -3), 3));
  return product * half * half;
}
""",
    "_gaussian": """\
/** exp(-x*x), the rounding of the square made good. */
function _gaussian(x) {
  const near = Math.fround(x);
  return Math.exp(-near * near) * Math.exp((near - x) * (near + x));
}
""",
    "_erfc": """\
/** The complementary error function: a continued fraction, or 1 less the series of erf. */
function _erfc(x) {
  if (x < 0.75) return 1 - _erf(x);
  if (!(x < 28)) return x === x ? 0 : x;
  let rest = x;
  for (let k = Math.ceil(30 + 150 / (x * x)); k > 0; k--) rest = x + k / 2 / rest;
  return _gaussian(x) / rest / Math.sqrt(Math.PI);
}
""",
    "_erf": """\
/** The error function: its series, or 1 less its tail. */
function _erf(x) {
  if (!(Math.abs(x) < 2)) return x < 0 ? _erfc(-x) - 1 : 1 - _erfc(x);
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * _gaussian(x) * sum;
}
""",
}

_NEEDS = {"_erf": ("_erfc", "_gaussian"), "_erfc": ("_erf", "_gaussian")}
"""The helpers that a helper calls."""


def identifier(name: str) -> str:
    """A name as JavaScript has it, which tells names apart by their characters alone."""
    return name if name.isidentifier() else ascii_identifier(name)


def _literal(number: int | float) -> str:
    if isinf(number):
        return "Infinity"
    return repr(number) if number == number else "NaN"


_number = speller(_literal)


def _value(item: Variable) -> str:
    """The value of a constant or default."""
    if item.text:
        return item.text
    assert item.value is not None
    return _number(decimal(item.value))[0]


def key(name: str) -> str:
    """A name as the key of an object's own entry, which a bare ``__proto__`` would not be."""
    if name == "__proto__":
        return '["__proto__"]'
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else json.dumps(name)


def helpers(used: set[str]) -> str:
    """The definitions of the helpers that are used, and of those that they call."""
    needed = {other for name in used for other in (name, *_NEEDS.get(name, ()))}
    return "".join(f"{text}\n" for name, text in HELPERS.items() if name in needed)


def _entries(results: list[Result], indent: str) -> str:
    """The entries of an object, a line each."""
    lines = "".join(f"{indent}  {key(each.name)}: {each.text},\n" for each in results)
    return f"{{\n{lines}{indent}}}" if results else "{}"


def arrow(written: Written) -> str:
    """An anonymous function that returns an array: the value, then the derivatives in order."""
    steps = "".join(f"const {step.name} = {step.text}; " for step in written.steps)
    results = ", ".join(each.text for each in (written.value, *written.gradient))
    names = ", ".join(item.spelling for item in written.inputs)
    return f"({names}) => {{ {steps}return [{results}]; }}"


def _layout(written: Written) -> str:
    function = written.function
    parameters = python.parameters(written, _value, " = ")
    body = [f"const {item.spelling} = {_value(item)};" for item in written.constants]
    body += [f"const {step.name} = {step.text};" for step in written.steps]
    results = [
        "value" if written.value.text == "value" else f"value: {written.value.text}",
        f"gradient: {_entries(list(written.gradient), ' ' * 4)}",
    ]
    if written.hessian:
        rows = "".join(
            f"      {key(a)}: {_entries(row, ' ' * 6)},\n"
            for a, row in written.hessian_rows().items()
        )
        results.append(f"hessian: {{\n{rows}    }}")
    notes = python.unset(written, _value)
    comment = commented([*python.comment_of(written), *notes], "//")
    return (
        f"{comment}\n" * bool(comment)
        + helpers({name for name in HELPERS if written.uses(name)})
        + f"/** {python.described(written)}. */\n"
        + f"function {function}({parameters}) {{\n"
        + "".join(f"  {line}\n" for line in body)
        + "  return {\n"
        + "".join(f"    {result},\n" for result in results)
        + "  };\n}\n"
    )


_ROWS: dict[str, Template] = {
    **{name: f"Math.{function}(<*>)" for name, function in _IN_MATH.items()},
    **arithmetic.COMPARISONS,
    **arithmetic.SPACED,
    "eq": ("comparison", "<0:sum> === <1:sum>"),
    "ne": ("comparison", "<0:sum> !== <1:sum>"),
    "prod": "_product(<*>)",
    "fmod": ("product", "<0:product> % <1:sign>"),
    "neg": ("sign", "-<0:atom>"),  # two minus signs would be a decrement, and -x**y is an error
    "whole_power": ("power", "<0:atom> ** <1:sign>"),
    "pow": "_power(<0>, <1>)",
    "exp2": "Math.pow(2, <0>)",
    "round": "_round(<0>)",
    "atan2": "Math.atan2(<0>, <1>)",
    "hypot": "Math.hypot(<*>)",
    "erf": "_erf(<0>)",
    "erfc": "_erfc(<0>)",
    "where": ("choice", "<0:and> ? <1:and> : <2:and>"),
    "and": ("and", "<0:and> && <1:comparison>"),
    "not": ("sign", "!<0:atom>"),
}

_NO_GAMMA = dict.fromkeys(("gamma", "lgamma"), "JavaScript has no gamma function")

TARGET = Target(
    name="js",
    rows=_ROWS,
    rewrites={"pow": python.whole_power, "prod": short_product},
    compositions=NUMERICAL,
    refused=NO_POLYGAMMA | _NO_GAMMA,
    number=_number,
    constants={"pi": "Math.PI", "e": "Math.E"},
    identifier=identifier,
    reserved=frozenset({*_KEYWORDS, *HELPERS}),
    layout=_layout,
    whole_hessian=True,
)
