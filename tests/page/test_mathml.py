"""A page's formulas say what the program says: read back from MathML, they have its values.

With names in their places a formula evaluates to the step's value; with the numbers put in, it does
so without any names.
"""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support_cli import SAMPLES

import autograd_cli as ag
from autograd_cli.drawing import latex, mathml
from autograd_cli.drawing.latex import prose
from autograd_cli.output import Output
from autograd_cli.page.model import Model, Part, model
from autograd_cli.page.numbers import Numbers
from autograd_grammar import parse
from autograd_graph import Tape, forward
from autograd_graph.formula import Formula
from autograd_graph.op import Op
from autograd_graph.operators import OPERATORS
from autograd_graph.symbolic.infix import formula

SIGNS = {"−": "-", "·": "*", "×": "*", "≤": "<=", "≥": ">=", "=": "==", "≠": "!=", "\u2061": ""}
FUNCTIONS = {"ln": "log", "sgn": "sign", "Γ": "gamma", "ψ": "digamma"} | {
    f"{long}{name}": f"a{name}"
    for long, names in (("arc", "sin cos tan sec csc cot"), ("ar", "sinh cosh tanh sech csch coth"))
    for name in names.split()
}
"""What mathematics calls functions, and the language."""


def plain(element: ElementTree.Element) -> str:
    """What a piece of MathML says, in the language."""
    inside = [plain(child) for child in element]
    text = element.text or ""
    match element.tag:
        case "mfrac":
            return f"(({inside[0]})/({inside[1]}))"
        case "msup":
            return f"(({inside[0]})^({inside[1]}))"
        case "msub":
            return f"{inside[0]}_{inside[1]}"
        case "msqrt":
            return f"sqrt({''.join(inside)})"
        case "mrow" if inside and inside[0] == "|":
            return f"abs({''.join(inside[1:-1])})"
        case "mrow" if element.find("mtable") is not None:
            (first, condition), (second, _) = ([plain(c) for c in row] for row in element[1])
            return f"where({condition.removeprefix('if')}, {first}, {second})"
        case "mo":
            return SIGNS.get(text, text)
        case "mi":
            return FUNCTIONS.get(text, text)
    return text + "".join(inside)


def read(markup: str) -> str:
    """The language's text of a formula's MathML."""
    return plain(ElementTree.fromstring(f"<mrow>{markup}</mrow>"))


def value(text: str, given: dict[str, float]) -> float:
    graph = parse(text)
    return forward(Tape(graph), {n: x for n, x in given.items() if n in graph.inputs})[-1]


PROGRAMS = [
    ("1/2*(w*x + b - y)^2", {"w": 2.0, "x": -2.0, "b": 8.0, "y": 2.0}),
    ("-x^2 + (-x)^2 - -x", {"x": -3.0}),
    ("2^-x/(1 - -y)", {"x": -1.5, "y": 2.0}),
    ("a - (b - c) - d", {"a": -1.0, "b": -2.0, "c": -3.0, "d": -4.0}),
    ("a/(b/c)/d*(a/b)^(c/d)", {"a": 5.0, "b": 2.0, "c": -3.0, "d": -4.0}),
    ("x^y^2", {"x": 1.25, "y": -2.0}),
    ("(x^2)^y", {"x": -1.25, "y": 2.0}),
    ("sqrt(abs(x - 1)/3)*log(y)*sigmoid(-x)", {"x": -2.0, "y": 1e-7}),
    ("x^2*1e-3 + 1.5e10*y", {"x": -1e20, "y": 2e-9}),
    ("where(x > 0, x^2, -x/2)*max(x, y, -1)", {"x": -2.0, "y": 0.5}),
    ("exp(-(x - y)^2/(2*s^2))/s", {"x": 1.0, "y": -2.0, "s": -1.5}),
    ("atan2(-y, x)*hypot(x, y)", {"x": -2.0, "y": 0.5}),
    ("x*(y + 1)*-2", {"x": -2.0, "y": 0.5}),
    ("-(x + y)*(x - y)", {"x": -2.0, "y": 0.5}),
]


def template(text: str) -> tuple[mathml.Template, dict[int, str]]:
    graph = parse(text)
    names = {node: name for name, node in graph.inputs.items()}
    return mathml.template(formula(graph, graph.output), graph.inputs), names


@pytest.mark.parametrize(("text", "at"), PROGRAMS)
def test_a_formula_reads_back_to_the_same_value(text: str, at: dict[str, float]) -> None:
    found, names = template(text)
    named = mathml.filled(found, lambda place: mathml.symbol(names[place.node]))
    assert value(read(named), at) == pytest.approx(value(text, at), rel=1e-14)


@pytest.mark.parametrize(("text", "at"), PROGRAMS)
def test_a_formula_with_numbers_put_in_has_the_same_value(text: str, at: dict[str, float]) -> None:
    found, names = template(text)
    numbers = Numbers(17)
    put = mathml.filled(
        found, lambda place: numbers.math(at[names[place.node]], "value", place.within)
    )
    assert parse(read(put)).inputs == {}
    assert value(read(put), {}) == pytest.approx(value(text, at), rel=1e-13)


def test_parentheses_stretch_only_about_what_is_tall() -> None:
    low, _ = template("(x + y)*z")
    high, _ = template("(x/y + 1)*z")
    assert 'stretchy="false">(' in mathml.filled(low, lambda place: "")
    assert "stretchy" not in mathml.filled(high, lambda place: "")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("w", "w"),
        ("w11", "w_11"),
        ("net_h1", "net_h1"),
        ("alpha", "α"),
        ("theta_2", "θ_2"),
        ("x₁", "x_1"),
        ("_x", "_x"),
        ("learning_rate", "learning_rate"),
        ("w_1_2", "w_1,2"),
        ("w_h1_x2", "w_h1,x2"),
        ("weight_of_the_layer", "weight_of\N{NO-BREAK SPACE}the\N{NO-BREAK SPACE}layer"),
    ],
)
def test_a_name_is_written_as_mathematics_does(name: str, shown: str) -> None:
    assert read(mathml.symbol(name)) == shown


AS_TYPED = {
    "x1": r"\text{x1}",
    "x_1": r"\text{x\_1}",
    "x₁": r"{\text{x}_{1}}",
    "theta": r"\text{theta}",
    "θ": r"\theta",
    "h_alpha": r"\text{h\_alpha}",
    "h_α": r"{\text{h\_}\alpha}",
}
IN_MARKDOWN = {
    "x_1": r"\text{x}\underline{\ }\text{1}",
    "h_alpha": r"\text{h}\underline{\ }\text{alpha}",
    "h_α": r"{\text{h}\underline{\ }\alpha}",
}
"""Where MathJax would show the stroke before the underscore, and GitHub lose it."""


@pytest.mark.parametrize("names", [("x1", "x_1"), ("theta", "θ"), ("x₁", "x1"), ("h_alpha", "h_α")])
@pytest.mark.parametrize("target", ["page", "html", "latex", "markdown", "diff"])
def test_names_that_would_be_one_symbol_stand_as_they_are_typed(
    names: tuple[str, str], target: str
) -> None:
    one, other = names
    function = ag.compile(f"J = {one}*{other} + y1").at({one: 2, other: 3, "y1": 1})
    if target == "page":
        text = function.page().html
    elif target == "diff":
        text = ag.compile(f"J = {one}*{other} + y1").to("latex")
    else:
        text = function.explain().to(target, Output())
    if target in ("page", "html"):
        assert f"<mtext>{one}</mtext>" in text
        assert f"<mtext>{other}</mtext>" in text
        assert "<msub><mi>y</mi><mn>1</mn></msub>" in text
    else:
        typed = AS_TYPED | (IN_MARKDOWN if target == "markdown" else {})
        assert typed[one] in text
        assert typed[other] in text
        assert "y_{1}" in text


def test_an_earlier_binding_has_its_number_above() -> None:
    assert read(mathml.symbol("c#1")) == "((c)^((1)))"


def test_a_very_long_formula_is_read_without_recursion() -> None:
    tokens = formula(graph := parse("+".join(["x"] * 5_000)), graph.output)
    found = mathml.template(tokens, graph.inputs)
    assert sum(not isinstance(piece, str) for piece in found) == 5_000
    deep = parse("(" * 40 + "x" + ")" * 40)
    nested = deep.inputs["x"]
    graph = deep
    for _ in range(3_000):
        nested = graph.add("sin", nested)
    assert mathml.template(formula(graph, nested), graph.inputs)


# what a whole page says -----------------------------------------------------------------------


def steps(path: Path) -> tuple[Model, list[Part]]:
    text = path.read_text(encoding="utf-8")
    given = {name: 0.75 for name, x in ag.compile(text).inputs.items() if x is None}
    found = model(ag.compile(text).at(given)._program, None)
    return found, [part for part in found.parts if part.template is not None]


FILES = [path for path in sorted(SAMPLES.rglob("*.expr")) if path.parent.name != "errors"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_step_of_every_sample_comes_to_its_value(path: Path) -> None:
    found, parts = steps(path)
    numbers, values = Numbers(17), found.passes.values
    for part in parts:
        if not all(map(isfinite, (values[part.node], *(values[arg] for arg in part.args)))):
            continue
        assert part.template is not None
        put = mathml.filled(
            part.template, lambda place: numbers.math(values[place.node], "value", place.within)
        )
        assert value(read(put), {}) == pytest.approx(values[part.node], rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_local_derivative_of_every_sample_comes_to_its_value(path: Path) -> None:
    found, parts = steps(path)
    numbers, values = Numbers(17), found.passes.values
    for part in parts:
        for arg, local in part.locals.items():
            term = found.terms[part.node, arg]
            if (
                local.formula is None
                or term.slope.formula is None
                or not isfinite(term.slope.value)
            ):
                continue
            put = mathml.filled(
                local.formula, lambda place: numbers.math(values[place.node], "value", place.within)
            )
            assert value(read(put), {}) == pytest.approx(term.slope.value, rel=1e-9, abs=1e-12)


def test_words_in_place_of_a_formula_are_escaped() -> None:
    from autograd_graph.formula import words

    found = mathml.template(Formula(words("a < b").tokens), {})
    assert found == ("<mtext>a &lt; b</mtext>",)


@pytest.mark.parametrize("row", OPERATORS.values(), ids=lambda row: row.name)
def test_a_function_has_the_same_sign_as_in_latex(row: Op) -> None:
    """The command of its row without its backslash, Greek letters as such; else its name."""
    name = row.spelling
    if not isinstance(row.latex, str) or not row.function:
        return
    command = row.latex.removeprefix(r"\operatorname{").removesuffix("}").removeprefix("\\")
    shown = {"Gamma": "Γ", "psi": "ψ"}.get(command or name, command or name)
    markup = mathml.head(name)
    assert plain_text(markup) == shown
    assert (command or rf"\operatorname{{{prose(name)}}}") in latex.head(name)


def plain_text(markup: str) -> str:
    return "".join(ElementTree.fromstring(markup).itertext())
