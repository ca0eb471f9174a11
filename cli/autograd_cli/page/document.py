"""A page as one HTML file, or as a fragment for another page: its text, style and script in one.

What comes from the program is escaped wherever it stands: as HTML, as MathML, as JSON within a
script element. A page's policy lets no script run but its own, and nothing be loaded.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from autograd_cli.drawing import mathml
from autograd_cli.drawing.folding import folded
from autograd_cli.page.model import Model, Part, as_data
from autograd_cli.page.numbers import Numbers
from autograd_cli.page.picture import svg
from autograd_graph.status import MEANING, OK, TIE, VERDICT
from autograd_graph.steps.explanation import Term
from autograd_graph.steps.steps import steps

_WHOLE = Template("""\
<!DOCTYPE html>
<html lang="en" class="agp-page">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="autograd page">
<title>$title</title>
<style>
body { margin: 0; }
@page { size: landscape; margin: 12mm; }
$style</style>
</head>
<body>
<main>
$body<script>$script</script>
</main>
</body>
</html>
""")

_FRAGMENT = Template("""\
<style>
$style</style>
$body<script>$script</script>
""")

_SCRIPT = Template("""
(() => {
"use strict";
$operations
$files
const root = document.currentScript.previousElementSibling;
const numbers = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const data = JSON.parse(root.querySelector("script").textContent);
data.program.values = data.program.values.map((x) => numbers[x] ?? x);
data.program.operations.forEach((each, n) => { each.code = OPERATIONS[n]; });
page(root, data);
})();
""")


SCRIPT = tuple(
    f"script/{name}.js"
    for name in (
        "engine",
        "elements",
        "more",
        "formulas",
        "readings",
        "picture",
        "player",
        "inputs",
        "derivation",
        "nudge",
        "descent",
        "address",
        "sheets",
        "page",
    )
)
"""The files of the page's script, in order; :file:`page.js` brings them together."""


def html(model: Model, *, title: str, digits: int, first: bool, embed: bool) -> str:
    """The page's text.

    ``digits`` are those of its numbers; ``first`` starts it at the first step instead of the last;
    ``embed`` makes a fragment.
    """
    numbers = Numbers(digits)
    data, operations = as_data(model)
    data |= {
        "digits": digits,
        "start": "first" if first else "last",
        "embedded": embed,
        "meaning": MEANING,
        "verdict": VERDICT,
        "tie": TIE,
    }
    body = Template(_own("page.html")).substitute(
        title=escape(title),
        program=_program(model),
        picture=svg(model, numbers),
        caption=_caption(model, numbers),
        table=_table(model, numbers),
        notes=_notes(model),
        data=_in_script(data),
    )
    script = _SCRIPT.substitute(operations=operations, files="\n".join(map(_unindented, SCRIPT)))
    style = _unindented("page.css")
    if embed:
        return _FRAGMENT.substitute(style=style, body=body, script=script)
    return _WHOLE.substitute(
        policy=_policy(script), title=escape(title), style=style, body=body, script=script
    )


def _own(name: str) -> str:
    """One of the files beside this module."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _unindented(name: str) -> str:
    """A file of the script or the style without indentation, which is a tenth of a page."""
    return "\n".join(line.lstrip() for line in _own(name).splitlines()) + "\n"


def _policy(script: str) -> str:
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _in_script(data: Any) -> str:
    """JSON that cannot end the script element it stands in, nor begin a comment there."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _math(text: str) -> str:
    return f"<math>{text}</math>"


_EQUALS, _PLUS = "<mo>=</mo>", '<mo form="infix">+</mo>'


def _equal(left: str, *sides: list[str]) -> str:
    """``left`` and sides equal to it, each a list of addends; a line may end before any of them."""
    pieces = [(_PLUS if n else _EQUALS) + addend for side in sides for n, addend in enumerate(side)]
    first, *rest = pieces or [""]
    whole = (f"<mrow>{piece}</mrow>" for piece in (left + first, *rest))  # Firefox breaks others
    formulas = "<wbr>".join(map(_math, whole))
    return f'<span class="equation">{formulas}</span>'


def _named(model: Model, template: mathml.Template) -> str:
    labels = model.explanation.steps.labels
    return mathml.filled(template, lambda place: model.symbol(labels[place.node]))


def _equation(part: Part, model: Model) -> str:
    name = model.symbol(part.label)
    if part.template is None:
        return f"{name}<mo>=</mo><mtext>{escape(_long(part))}</mtext>"
    return f"{name}<mo>=</mo>{_named(model, part.template)}"


def _long(part: Part) -> str:
    """What stands for a formula that is too long to be read."""
    count = 0 if part.formula is None else len(part.formula.tokens)
    return f"(a formula of {count:,} symbols)"


_SHORT = 60
"""Statements of no more tokens than this are written above a picture of their operators."""


def _program(model: Model) -> str:
    """The program's statements; its steps, where a statement is too long to be read."""
    found = model.explanation.steps
    whole = steps(found.graph, found.output, "step").steps
    if all(len(step.formula.tokens) <= _SHORT for step in whole):
        written = [
            _math(
                f"{model.symbol(step.label)}{_EQUALS}{mathml.mathml(step.formula.quoted(model.typed))}"
            )
            for step in whole
        ]
    else:
        written = [_math(_equation(part, model)) for part in model.parts if part.formula]
    return "".join(written or [_math(model.symbol(model.output.label))])


def _caption(model: Model, numbers: Numbers) -> str:
    value = numbers.math(model.passes.values[model.output.node], "value")
    return f"<p>{_math(f'{model.symbol(model.output.label)}<mo>=</mo>{value}')}</p>"


def _value(part: Part, model: Model, numbers: Numbers) -> str:
    """``c = w·x = 2·(−2) = −4``."""
    values = model.passes.values
    result = numbers.math(values[part.node], "value")
    name = model.symbol(part.label)
    if part.template is None:
        return _equal(name, [result])
    named = _named(model, part.template)
    put = mathml.filled(
        part.template, lambda place: numbers.math(values[place.node], "value", place.within)
    )
    named_only = len(part.template) == 1
    has_names = any(not isinstance(piece, str) for piece in part.template)
    middle = [[put]] if has_names and not named_only else []
    return _equal(name, [named], *middle, [result])


def _fraction(sign: str, of: str, by: str) -> str:
    letter = mathml.WHOLE if sign == "d" else f"<mi>{sign}</mi>"
    return f"<mfrac><mrow>{letter}{of}</mrow><mrow>{letter}{by}</mrow></mfrac>"


_MANY = 7
"""How many terms of a sum are written: the first ones, and the last."""

_DOTS = "<mo>&#x22ef;</mo>"


def _chain(part: Part, model: Model, numbers: Numbers) -> str:
    """``dJ/dw = dJ/dc · ∂c/∂w = 2·(−2) = −4``."""
    output, name = model.symbol(model.output.label), model.symbol(part.label)
    total, result = (
        _fraction("d", output, name),
        numbers.math(model.gradient(part.node), "gradient"),
    )
    terms = [model.terms[user, node] for user, node in reversed(model.terms) if node == part.node]
    terms.sort(key=lambda term: -term.through.node)
    if not terms:
        return _equal(total, [result])
    products, put = [], []
    for n, term in enumerate(folded(terms, _MANY, last=1)):
        if term is None:
            products.append(_DOTS)
            put.append(_DOTS)
            continue
        through = model.symbol(term.through.label)
        products.append(
            f"{_fraction('d', output, through)}<mo>·</mo>{_fraction('∂', through, name)}"
        )
        if not term.flows:
            put.append(numbers.math(0.0, "gradient"))
            continue
        upstream = numbers.math(model.gradient(term.through.node), "gradient", min(n, 1))
        put.append(f"{upstream}<mo>·</mo>{numbers.math(term.slope.value, 'value', 1)}")
    cut = next((term for term in terms if not term.flows), None)
    if cut is None:
        return _equal(total, products, put, [result])
    sides = [products, put, [result]] if len(terms) > 1 else [products, [result]]
    return f'{_equal(total, *sides)} <span class="quiet">{_idle(cut, model)}</span>'


def _idle(term: Term, model: Model) -> str:
    """Why a step that hands back nothing does so."""
    if term.upstream is None:
        return f"nothing flows back to {_math(model.symbol(term.through.label))}"
    return "what was not chosen hands back nothing"


_HEAD = (
    '<table><thead><tr><th scope="col">node</th><th scope="col">forward</th>'
    '<th scope="col" class="number">value</th><th scope="col">backward</th>'
    '<th scope="col" class="number">gradient</th><th scope="col">status</th></tr></thead><tbody>'
)


def _table(model: Model, numbers: Numbers) -> str:
    """Every node with both of its equations: the forward pass, then the inputs."""
    ordered = sorted(model.parts, key=lambda part: (part.formula is None, part.node))
    return _HEAD + "".join(_line(part, model, numbers) for part in ordered) + "</tbody></table>"


def _line(part: Part, model: Model, numbers: Numbers) -> str:
    has_gradient = part.node in model.backward
    status = numbers.status(model, part)
    cells = [
        f'<th scope="row"><span class="unseen">{escape(part.label)}</span>'
        f'<math aria-hidden="true">{model.symbol(part.label)}</math></th>',
        f'<td class="of-value">{_value(part, model, numbers)}</td>',
        f'<td class="number value">{numbers.text(model.passes.values[part.node])}</td>',
        f'<td class="of-gradient">{_chain(part, model, numbers) if has_gradient else ""}</td>',
        f'<td class="number gradient">'
        f"{numbers.gradient(model, part.node) if has_gradient else ''}</td>",
        f'<td class="of-status">{"" if status == OK else status}</td>',
    ]
    return f'<tr data-node="{model.place[part.node]}">{"".join(cells)}</tr>'


def _notes(model: Model) -> str:
    if not model.idle:
        return ""
    names = escape(", ".join(model.idle))
    return f"<p>Not shown, as {escape(model.output.label)} does not need it: {names}</p>"
