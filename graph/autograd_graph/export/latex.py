"""LaTeX: the value and its derivatives as aligned equations."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from itertools import groupby
from typing import Any

from autograd_graph.export import python
from autograd_graph.export.lowering import private
from autograd_graph.export.names import base_and_index, greek, index_written
from autograd_graph.export.target import Spelled, Target, Template, Written, commented, parts, words
from autograd_graph.graph import LITERAL
from autograd_graph.op import Op
from autograd_graph.operators import OPERATORS

_POWERS = {
    name: private(f"{name}_power", "x, n")
    for name in words("sin cos tan sec csc cot sinh cosh tanh coth log")
}
"""Functions whose powers are written on the name: ``sin^2(x)``."""


def _power_of_function(xp: Any, x: Any, n: Any) -> Any:
    number = x.graph.numbers.get(n.id) if n.op is LITERAL else None
    if x.name or x.op.name not in _POWERS or number is None or number < 2 or number != int(number):
        return None
    return x.graph.apply(_POWERS[x.op.name], type(x)(x.graph, x.args[0]), number)


_GREEK = words("""
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
""")


_ACCENTS = {
    "\N{COMBINING CIRCUMFLEX ACCENT}": "hat",
    "\N{COMBINING ACUTE ACCENT}": "acute",
    "\N{COMBINING GRAVE ACCENT}": "grave",
    "\N{COMBINING TILDE}": "tilde",
    "\N{COMBINING MACRON}": "bar",
    "\N{COMBINING DOT ABOVE}": "dot",
    "\N{COMBINING DIAERESIS}": "ddot",
}
"""What mathematics calls the accent on a single letter, as on that of ``ŷ``."""


def _letters(word: str) -> str:
    """Letters for mathematics; in text if one is neither Greek nor ASCII: it has no others."""
    whole = greek(word) if len(word) == 1 else word
    if whole in _GREEK:
        return rf"\{whole}"
    foreign = not all(c.isascii() or greek(c) in _GREEK for c in word)
    written = ""
    for letter in word:
        if greek(letter) in _GREEK:
            written += rf"\ensuremath{{\{greek(letter)}}}" if foreign else rf"{{\{greek(letter)}}}"
        else:
            written += {"_": r"\_", " ": r"\ "}.get(letter, letter)
    return rf"\textit{{{written}}}" if foreign else written


_HBAR = ("\N{LATIN SMALL LETTER H WITH STROKE}", "\N{PLANCK CONSTANT OVER TWO PI}")


def _symbol(word: str) -> str:
    """One letter, a Greek one by its name, or a word in one piece."""
    if word in _HBAR:
        return r"\hbar"
    if len(word) == 1:
        base, *accents = list(unicodedata.normalize("NFD", word))
        if len(accents) == 1 and base.isascii() and accents[0] in _ACCENTS:
            return rf"\{_ACCENTS[accents[0]]}{{{base}}}"
    written = _letters(word)
    alone = len(word) == 1 or word in _GREEK or written.startswith(r"\textit")
    return written if alone else rf"\mathit{{{written}}}"


def spelled(name: str) -> str:
    """A name as mathematics writes it: ``x1``, ``x_1`` and ``x₁`` have an index."""
    base, index = base_and_index(name)
    if not index:
        return _symbol(base)
    below = _letters(index_written(index, " "))
    above = _symbol(base)
    if above.startswith(r"\mathit"):
        return rf"{above[:-1]}_{{{below}}}}}"
    return f"{above}_{{{below}}}"


def typed(name: str) -> str:
    """A name as it was typed, which tells it from another that would be the same symbol."""
    written = []
    for kind, letters in groupby(name, _kind):
        run = "".join(letters)
        if kind == "text":
            written.append(rf"\text{{{run}}}".replace("_", r"\_"))
        elif kind == "Greek":
            written += map(spelled, run)
        else:
            written.append(f"{kind}{{{unicodedata.normalize('NFKC', run)}}}")
    return written[0] if len(written) == 1 else f"{{{''.join(written)}}}"


def _kind(letter: str) -> str:
    """Whether a letter is raised (``^``), lowered (``_``), ``Greek``, or like any other."""
    if unicodedata.category(letter) == "No":
        return "^" if unicodedata.decomposition(letter).startswith("<super>") else "_"
    return "Greek" if greek(letter) else "text"


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


_NEEDLESS = re.compile(r" \\cdot (?=[A-Za-z]|\\(?!left|frac|begin|infty|text{))")
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
    value = written.value.text if written.value_is_step else spelled(written.value.name)
    spelling = {item.name: item.spelling for item in written.inputs}
    partial = r"\partial" if len(spelling) > 1 else "d"
    gone = {d.name: spelled(d.name) for d in written.gradient}  # a value was put in for these
    spelling = gone | spelling
    lines = [
        f"{c.spelling} &= {_thinned(c.text) or _number(c.value or 0.0)[0]}"
        for c in written.constants
    ]
    lines += [f"{step.name} &= {_thinned(step.text)}" for step in written.steps]
    if not written.value_is_step:
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
        commented(python.comment_of(written, spelled, typed) + notes, "%")
        + "\\begin{aligned}\n"
        + " \\\\\n".join(lines)
        + "\n\\end{aligned}\n"
    )


def _template(row: Op) -> Template:
    """The template of a row that says how mathematics writes it: a call, if it has but a name."""
    if isinstance(row.latex, tuple):
        return row.latex
    return "power", rf"{row.latex}\left(<*>\right)"


_ROWS: dict[str, Template] = {
    **{name: _template(row) for name, row in OPERATORS.items() if row.latex},
    **{
        row.name: ("power", rf"{OPERATORS[name].latex}^{{<1>}}\left(<0>\right)")
        for name, row in _POWERS.items()
    },
    "and": ("and", r"<0:and> \wedge <1:comparison>"),
    "not": ("comparison", r"\neg \left(<0>\right)"),
}

TARGET = Target(
    name="latex",
    rows=_ROWS,
    rewrites={"pow": _power_of_function},
    number=_number,
    constants={"pi": r"\pi", "e": "e"},
    identifier=spelled,
    typed=typed,
    reserved=frozenset({"e", r"\pi"}),
    suffix="'",
    step="t_{{{}}}".format,
    parentheses=(r"\left(", r"\right)"),
    smallest=6,
    function=False,
    mathematics=True,
    computes=False,
    layout=_layout,
)
