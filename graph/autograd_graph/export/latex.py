"""LaTeX: the value and its derivatives as aligned equations."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import Any

from autograd_graph.export import python
from autograd_graph.export.compositions import MATHEMATICAL
from autograd_graph.export.lowering import private
from autograd_graph.export.names import greek
from autograd_graph.export.target import Spelled, Target, Template, Written, commented, parts, words
from autograd_graph.graph import LITERAL

_COMMANDS = {
    **{name: rf"\{name}" for name in words("sin cos tan sec csc cot sinh cosh tanh coth")},
    "log": r"\ln",
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    **{
        name: rf"\operatorname{{{word}}}"
        for name, word in {
            "sech": "sech", "csch": "csch", "asec": "arcsec", "acsc": "arccsc", "acot": "arccot",
            "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "asech": "arsech",
            "acsch": "arcsch", "acoth": "arcoth", "erf": "erf", "erfc": "erfc", "sinc": "sinc",
            "sign": "sgn", "round": "round", "trunc": "trunc",
        }.items()
    },
    "gamma": r"\Gamma",
    "digamma": r"\psi",
}  # fmt: skip

_POWERS = {
    name: private(f"{name}_power", "x, n")
    for name in words("sin cos tan sec csc cot sinh cosh tanh coth log")
}
"""Functions whose powers are written on the name: ``sin^2(x)``."""


def _power_of_function(xp: Any, x: Any, n: Any) -> Any:
    number = x.graph.numbers.get(n.id) if n.op is LITERAL else None
    if x.op.name not in _POWERS or number is None or number < 2 or number != int(number):
        return None
    return x.graph.apply(_POWERS[x.op.name], type(x)(x.graph, x.args[0]), number)


_GREEK = words("""
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
""")


def _symbol(word: str) -> str:
    """One letter, a Greek one by its name, or a word in one piece."""
    letter = greek(word) if len(word) == 1 else word
    if letter in _GREEK:
        return rf"\{letter}"
    escaped = word.replace("_", r"\_")
    return escaped if len(word) == 1 else rf"\mathit{{{escaped}}}"


def spelled(name: str) -> str:
    """A name as mathematics writes it: ``x1``, ``x_1`` and ``x₁`` have an index."""
    plain = "".join(
        unicodedata.normalize("NFKC", c) if unicodedata.category(c) == "No" else c for c in name
    )
    match = re.fullmatch(r"(_*[^\W\d_]+)_?(\d+)|(_*[^\W_]+)_(\w*[^\W_])", plain)
    if match is None:
        return _symbol(plain)
    base, index = (match[1], match[2]) if match[1] else (match[3], match[4])
    below = rf"\{index}" if index in _GREEK else index.replace("_", ",")
    if len(base) > 1 and base not in _GREEK:
        return rf"\mathit{{{base}_{{{below}}}}}".replace(r"\mathit{_", r"\mathit{\_")
    return f"{_symbol(base)}_{{{below}}}"


def _number(number: float | Fraction) -> Spelled:
    top, bottom = parts(number)
    sign = "-" if top < 0 else ""
    if bottom != 1:
        return rf"{sign}\frac{{{abs(top)}}}{{{bottom}}}", "sign" if sign else "power"
    if top != top:
        return r"\mathrm{nan}", "atom"
    mantissa, _, exponent = repr(abs(top)).partition("e")
    if exponent:
        return rf"{sign}{mantissa} \cdot 10^{{{int(exponent)}}}", "product"
    return sign + mantissa.replace("inf", r"\infty"), "sign" if sign else "atom"


_NEEDLESS = re.compile(r" \\cdot (?=[A-Za-z]|\\(?!left|frac|begin|infty))")
"""A dot between factors that nobody needs."""


def _thinned(text: str) -> str:
    return _NEEDLESS.sub(" ", text)


def _slope(value: str, names: list[str], partial: str) -> str:
    """The derivative of the value by each of ``names`` in turn."""
    order = f"^{{{len(names)}}}" if len(names) > 1 else ""
    if len(names) == 2 and names[0] == names[1]:
        below = f"{partial} {{{names[0]}}}^{{2}}"
    else:
        below = " ".join(f"{partial} {name}" for name in names)
    return rf"\frac{{{partial}{order} {value}}}{{{below}}}"


def _layout(written: Written) -> str:
    value = written.names.take("f")
    spelling = {item.name: item.spelling for item in written.inputs}
    partial = r"\partial" if len(spelling) > 1 else "d"
    gone = {d.name: spelled(d.name) for d in written.gradient}  # a value was put in for these
    spelling = gone | spelling
    lines = [f"{c.spelling} &= {_number(c.value or 0.0)[0]}" for c in written.constants]
    lines += [f"{step.name} &= {_thinned(step.text)}" for step in written.steps]
    lines.append(f"{value} &= {_thinned(written.value.text)}")
    for d in written.gradient:
        slope = _slope(value, [spelling[d.name]], partial)
        lines.append(f"{slope} &= {_thinned(d.text)}")
    for pair, d in written.hessian.items():
        slope = _slope(value, [spelling[name] for name in pair], partial)
        lines.append(f"{slope} &= {_thinned(d.text)}")
    notes = [
        f"{item.spelling}: {python.value(item)} in the program"
        for item in written.inputs
        if item.value is not None
    ]
    return (
        commented(python.comment_of(written, spelled) + notes, "%")
        + "\\begin{aligned}\n"
        + " \\\\\n".join(lines)
        + "\n\\end{aligned}\n"
    )


_ROWS: dict[str, Template] = {
    **{name: ("power", rf"{text}\left(<0>\right)") for name, text in _COMMANDS.items()},
    **{
        row.name: ("power", rf"{_COMMANDS[name]}^{{<1>}}\left(<0>\right)")
        for name, row in _POWERS.items()
    },
    "add": ("sum", "<0:sum> + <1:product>"),
    "sub": ("sum", "<0:sum> - <1:product>"),
    "mul": ("product", r"<0:product> \cdot <1:power>"),
    "div": ("power", r"\frac{<0>}{<1>}"),
    "neg": ("sign", "-<0:product>"),
    "pow": ("power", "<0:atom>^{<1>}"),
    "exp": ("power", "e^{<0>}"),
    "exp2": ("power", "2^{<0>}"),
    "sqrt": r"\sqrt{<0>}",
    "cbrt": r"\sqrt[3]{<0>}",
    "abs": r"\left|<0>\right|",
    "floor": r"\left\lfloor <0> \right\rfloor",
    "ceil": r"\left\lceil <0> \right\rceil",
    "log_base": ("power", r"\log_{<1>}\left(<0>\right)"),
    "log2": ("power", r"\log_{2}\left(<0>\right)"),
    "log10": ("power", r"\log_{10}\left(<0>\right)"),
    "lgamma": ("power", r"\ln\left|\Gamma\left(<0>\right)\right|"),
    "polygamma": ("power", r"\psi^{\left(<0>\right)}\left(<1>\right)"),
    "spherical_jn": ("power", r"j_{<0>}\left(<1>\right)"),
    "atan2": ("power", r"\operatorname{atan2}\left(<0>, <1>\right)"),
    "mod": ("product", r"<0:product> \bmod <1:power>"),
    "min": ("power", r"\min\left(<*>\right)"),
    "max": ("power", r"\max\left(<*>\right)"),
    "where": (
        "choice",
        r"\begin{cases} <1> & \text{if } <0> \\ <2> & \text{otherwise} \end{cases}",
    ),
    "and": ("and", r"<0:and> \wedge <1:comparison>"),
    "lt": ("comparison", "<0:sum> < <1:sum>"),
    "le": ("comparison", r"<0:sum> \leq <1:sum>"),
    "gt": ("comparison", "<0:sum> > <1:sum>"),
    "ge": ("comparison", r"<0:sum> \geq <1:sum>"),
    "eq": ("comparison", "<0:sum> = <1:sum>"),
    "ne": ("comparison", r"<0:sum> \neq <1:sum>"),
}

TARGET = Target(
    name="latex",
    rows=_ROWS,
    compositions=MATHEMATICAL,
    rewrites={"pow": _power_of_function},
    number=_number,
    constants={"pi": r"\pi", "e": "e"},
    identifier=spelled,
    reserved=frozenset({"e", r"\pi"}),
    suffix="'",
    step="t_{{{}}}".format,
    parentheses=(r"\left(", r"\right)"),
    smallest=6,
    computes=False,
    layout=_layout,
)
