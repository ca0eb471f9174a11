"""C99 with libm: a function that returns the value and fills in the gradient."""

from __future__ import annotations

import re
from math import isinf

from autograd_graph.export import arithmetic, python
from autograd_graph.export.compositions import EXTREMA, NO_POLYGAMMA, NUMERICAL, short_product
from autograd_graph.export.names import ascii_identifier
from autograd_graph.export.target import Target, Template, Written, decimal, speller, words

_IN_LIBM = {
    **{
        name: name
        for name in words(
            "exp expm1 exp2 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan sinh cosh "
            "tanh asinh acosh atanh erf erfc lgamma floor ceil trunc"
        )
    },
    "gamma": "tgamma",
    "round": "nearbyint",
    "abs": "fabs",
}
_OF_TWO = {"pow": "pow", "atan2": "atan2", "fmod": "fmod"}

_KEYWORDS = words("""
    auto break case char const continue default do double else enum extern float for goto if
    inline int long register restrict return short signed sizeof static struct switch typedef
    union unsigned void volatile while _Bool _Complex _Imaginary bool true false main errno
    asm typeof alignas alignof constexpr nullptr static_assert thread_local
    INFINITY NAN HUGE_VAL HUGE_VALF HUGE_VALL OVERFLOW UNDERFLOW DOMAIN SING PLOSS TLOSS NULL EOF
    M_E M_LOG2E M_LOG10E M_LN2 M_LN10 M_PI M_PI_2 M_PI_4 M_1_PI M_2_PI M_2_SQRTPI M_SQRT2 M_SQRT1_2
    MAXFLOAT FP_NAN FP_INFINITE FP_ZERO FP_SUBNORMAL FP_NORMAL FP_ILOGB0 FP_ILOGBNAN FP_FAST_FMA
    MATH_ERRNO MATH_ERREXCEPT math_errhandling linux unix
    isnan isinf isfinite isnormal signbit fpclassify
""")


HELPERS = {
    "product": """\
/* The product, without overflow or underflow on the way. */
static double product(int count, const double factors[])
{
    double result = 1.0;
    int exponent = 0;
    for (int i = 0; i < count; i++) {
        int more, carry;
        const double mantissa = frexp(factors[i], &more);
        result = frexp(result*mantissa, &carry);
        exponent += more + carry;
    }
    return ldexp(result, exponent);
}
""",
}


def _identifier(name: str) -> str:
    """A name that is not one of those that C keeps for itself: ``_X``, ``__x``."""
    plain = ascii_identifier(name)
    return f"x{plain}" if re.match("_[_A-Z]", plain) else plain


def _literal(number: int | float) -> str:
    if isinf(number):
        return "INFINITY"
    return repr(float(number)) if number == number else "NAN"


_number = speller(_literal)

_CONSTANTS = {"M_PI": "3.14159265358979323846", "M_E": "2.71828182845904523536"}
"""Which C99 itself does not have, though nearly every library does."""


def _comment(lines: list[str]) -> str:
    """One comment; what would end it, and trigraphs, are taken apart."""
    safe = [line.replace("*/", "* /").replace("??", "? ?") for line in lines]
    lines = [f" * {line}".rstrip() for line in safe]
    return "/*" + "\n".join(lines)[2:] + "\n */\n"


def _layout(written: Written) -> str:
    function, gradient = written.function, written.names.take("gradient")
    hessian = written.names.take("hessian")
    notes = [
        f"{item.spelling}: {python.value(item)} in the program"
        for item in written.inputs
        if item.value is not None
    ]
    notes += [f"{gradient}[{n}]: by {d.name}" for n, d in enumerate(written.gradient)]
    parameters = [f"double {item.spelling}" for item in written.inputs]
    if written.gradient:
        parameters.append(f"double {gradient}[{len(written.gradient)}]")
    if written.hessian:
        notes.append(f"{hessian}[i][j]: by the inputs of {gradient}[i] and {gradient}[j]")
        parameters.append(f"double {hessian}[{len(written.gradient)}][{len(written.gradient)}]")
    body = [
        f"const double {item.spelling} = {item.text or _number(decimal(value))[0]};"
        for item in written.constants
        if (value := item.value) is not None
    ]
    body += [f"const double {step.name} = {step.text};" for step in written.steps]
    body += [f"{gradient}[{n}] = {d.text};" for n, d in enumerate(written.gradient)]
    body += [
        f"{hessian}[{i}][{j}] = {d.text};"
        for i, row in enumerate(written.hessian_rows().values())
        for j, d in enumerate(row)
    ]
    body.append(f"return {written.value.text};")
    return (
        _comment(python.comment_of(written) + notes)
        + "#include <math.h>\n\n"
        + "".join(
            f"#ifndef {name}\n#define {name} {number}\n#endif\n\n"
            for name, number in _CONSTANTS.items()
            if written.uses(name)
        )
        + "".join(f"{text}\n" for name, text in HELPERS.items() if written.uses(name))
        + f"double {function}({', '.join(parameters) or 'void'})\n{{\n"
        + "".join(f"    {line}\n" for line in body)
        + "}\n"
    )


_ROWS: dict[str, Template] = {
    **{name: f"{function}(<0>)" for name, function in _IN_LIBM.items()},
    **{name: f"{function}(<0>, <1>)" for name, function in _OF_TWO.items()},
    **arithmetic.COMPARISONS,
    **arithmetic.TIGHT,
    "neg": ("sign", "-<0:power>"),  # two minus signs would be a decrement
    "hypot": "hypot(<0>, <1>)",
    "prod": "product(<#>, (const double[]){<*>})",
    "where": ("choice", "<0:and> ? <1:and> : <2:and>"),
    "and": ("and", "<0:and> && <1:comparison>"),
    "not": ("sign", "!<0:atom>"),
}


TARGET = Target(
    name="c",
    rows=_ROWS,
    rewrites={"prod": short_product, "pow": python.small_power},
    compositions=NUMERICAL | EXTREMA,
    refused=NO_POLYGAMMA,
    number=_number,
    constants={"pi": "M_PI", "e": "M_E"},
    identifier=_identifier,
    reserved=frozenset({*_KEYWORDS, *_IN_LIBM.values(), *_OF_TWO.values(), "hypot", *HELPERS}),
    layout=_layout,
    whole_hessian=True,
)
