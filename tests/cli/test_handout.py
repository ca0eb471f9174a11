"""``explain --to``: the derivation as LaTeX, Markdown and HTML, and as an exercise with its key."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support_cli import SAMPLES, Run, autograd

TEACHING = str(SAMPLES / "cost_function.expr")
NETWORK = str(SAMPLES / "two_layer_network.expr")
FORMS = ("latex", "markdown", "html")
PROGRAMS = [
    ("-f", TEACHING),
    ("-f", NETWORK, "--rules"),
    ("y = x*x + x", "--x=-3", "--nudge", "x=1e-9"),
    ("y = tanh(x)^2/exp(-x/2)^2; z = where(y > 1, sqrt(y), abs(x)^-1e-5); z^1.5", "--x=2"),
    ("c = α*x1; c += lgamma(c)^2; log(c, 2)*e^c", "--α=2", "--x1=1.5", "--by", "operation"),
    ("sin(x)^2*cbrt(x)", "--x=1e20", "--along", "x=-2"),
    ("sqrt(x) + relu(y)", "--x=0", "--y=0"),
    ("net_h1 = w_1*x; max(net_h1, 2, x)", "--w_1=1", "--x=1"),
    ("ŷ = Δx*θ_größe_ö*größe; ŷ_2 = ŷ*w_β_of_αx", "--seed", "1"),
    ("c = y; d = 2*c + y; e = d", "--y=1", "--rules"),
    ("y = leaky_relu(where(w_1 > 0, w_1, 2))*erf(x)", "--x=1", "--w_1=-1", "--by", "operation"),
    ("5",),
]  # fmt: skip


def written(*words: str, status: int = 0) -> str:
    run = autograd("explain", *words)
    assert (run.status, run.err) == (status, "")
    return run.out


# HTML --------------------------------------------------------------------------------------------

VOID = {"meta", "br", "col", "wbr"}


class Tags(HTMLParser):
    """Complains about a tag that is closed by another, or never."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


CHILDREN = {"mfrac": 2, "msup": 2, "msub": 2, "mroot": 2}
CORE = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msqrt", "mtable", "mtr", "mtd",
        *CHILDREN}  # fmt: skip


def maths(page: str) -> list[ET.Element]:
    return [ET.fromstring(math) for math in re.findall(r"<math.*?</math>", page, re.DOTALL)]


@pytest.mark.parametrize("words", PROGRAMS, ids=lambda words: words[0])
def test_html_is_whole_stands_alone_and_has_its_formulas_in_mathml_core(words: Any) -> None:
    page = written(*words, "--to", "html")
    tags = Tags()
    tags.feed(page)
    tags.close()
    assert (tags.open, tags.links) == ([], [])
    assert "script" not in tags.seen
    assert len(maths(page)) > 3
    for math in maths(page):
        for element in math.iter():
            assert element.tag in CORE, element.tag
            if element.tag in CHILDREN:
                assert len(element) == CHILDREN[element.tag]
            if element.tag in ("mi", "mn", "mo", "mtext"):
                assert (len(element), bool(element.text)) == (0, True)


def test_file_is_a_document_and_standard_output_a_fragment(tmp_path: Path) -> None:
    for form, begins in zip(FORMS, ("\\documentclass", "# J", "<!DOCTYPE html>"), strict=True):
        path = tmp_path / form
        assert written("-f", TEACHING, "--to", form, "-o", str(path)) == ""
        document, fragment = path.read_text(), written("-f", TEACHING, "--to", form)
        assert document.startswith(begins)
        assert not fragment.startswith(begins)
        assert "J, step by step" in document
        assert "J, step by step" not in fragment


def test_what_a_program_calls_its_names_is_text_and_no_markup() -> None:
    page = written("y = x < 2; y*x", "--x=1", "--to", "html", "--by", "operation")
    assert {element.text for math in maths(page) for element in math.iter("mo")} >= {"<", "="}


def test_text_of_a_formula_is_what_the_screen_has() -> None:
    page = written("-f", TEACHING, "--to", "html")
    shown = ["".join(math.itertext()).replace(" ", "") for math in maths(page)]
    at = shown.index("J") + 1
    assert shown[at : at + 3] == ["=12·d2", "=12·22", "=2"]
    slopes = [text for text in shown if text.startswith("=dJdd·")]
    assert slopes == ["=dJdd·∂d∂a", "=dJdd·∂d∂y"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("more", [(), ("--blank",), ("--along", "w=1")])
def test_a_sheet_says_which_derivative_has_which_sign(form: str, more: tuple[str, ...]) -> None:
    text = written("-f", TEACHING, "--to", form, *more)
    assert "is a derivative through every path, " in text
    assert text.index("every path") < text.index("own slope")
    assert "every path" not in written("5", "--to", form)


@pytest.mark.parametrize("name", ["ħ", "ℏ"])
def test_the_reduced_quantum_has_its_own_sign_in_latex(name: str) -> None:
    text = written(f"E = {name}*ω", "--seed", "1", "--to", "latex")
    assert r"E & = \hbar \cdot \omega" in text
    assert name not in text


def test_both_letters_of_the_reduced_quantum_are_told_apart() -> None:
    text = written("ħ*x + ℏ", "--seed", "1", "--to", "latex")
    assert r"\hbar" not in text
    assert "XeLaTeX" in text.splitlines()[0]


@pytest.mark.parametrize("name", ["ŧ", "ĸ", "Ơ", "ħħ"])
def test_latin_letters_that_pdflatex_lacks_are_told_too(name: str) -> None:
    assert "XeLaTeX" in written(f"{name}*x", "--seed", "1", "--to", "latex").splitlines()[0]
    assert "XeLaTeX" not in written("ŵ*ł*ß*đ*ñ", "--seed", "1", "--to", "latex")


def test_letters_that_pdflatex_lacks_are_told_and_have_a_font(tmp_path: Path) -> None:
    program = ("потеря = (ширина*x - Δ)^2", "--seed", "1", "--to", "latex")
    path = tmp_path / "sheet.tex"
    assert "XeLaTeX or LuaLaTeX" in written(*program).splitlines()[0]
    assert written(*program, "-o", str(path)) == ""
    assert "inputenc" not in path.read_text()
    assert "CJK" not in path.read_text()
    for plain in ("größe*θ + x_1", "α^2"):
        assert "XeLaTeX" not in written(plain, "--seed", "1", "--to", "latex")
    if shutil.which("xelatex") is None:
        pytest.skip("xelatex is not installed")
    subprocess.run(
        ["xelatex", "-halt-on-error", "-interaction=nonstopmode", path.name],
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    log = (tmp_path / "sheet.log").read_text(encoding="utf-8", errors="replace")
    assert "Missing character" not in log


# LaTeX and Markdown ------------------------------------------------------------------------------


def _on_one_line(found: re.Match[str]) -> str:
    return found[0].replace("\n", " ")


def rows(text: str) -> list[str]:
    """The rows of all aligned environments."""
    blocks = re.findall(r"\\begin\{align(?:\*|ed)\}\n(.*?)\n\\end\{align", text, re.DOTALL)
    blocks = [  # a choice has rows of its own
        re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", _on_one_line, block, flags=re.DOTALL)
        for block in blocks
    ]
    ends = r"(?: \\displaybreak\[[01]\])? \\\\(?:\[[^]]*\])?\n"
    return [row for block in blocks for row in re.split(ends, block)]


@pytest.mark.parametrize("form", ["latex", "markdown"])
@pytest.mark.parametrize("words", PROGRAMS, ids=lambda words: words[0])
def test_braces_environments_and_fences_of_latex_are_closed(form: str, words: Any) -> None:
    text = written(*words, "--to", form)
    plain = re.sub(r"\\[{}]", "", text)
    depth = 0
    for character in plain:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    inside: list[str] = []
    for word, environment in re.findall(r"\\(begin|end)\{(.*?)\}", text):
        if word == "begin":
            inside.append(environment)
        else:
            assert inside.pop() == environment
    assert inside == []
    assert len(re.findall(r"\\left\b", text)) == len(re.findall(r"\\right\b", text))
    assert rows(text)
    for row in rows(text):
        plain = re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", row)
        assert plain.count("&") - plain.count("\\&") in (1, 3), row
        assert row.count(r"\left") == row.count(r"\right"), row
    assert "^" not in text or not re.search(r"\^\{[^{}]*\}\^", text)  # no double superscript


MARKED = [
    ("net_h1 = größe*x_1_2; y = where(x_1_2 <= 1, net_h1, relu(net_h1))^2; y*a_b", "--seed", "2"),
    ("ŷ = Δx*θ_größe_ö; ŷ_2 = ŷ*wβö; größe_1 = ŷ_2*alpha*α*a_b*ab; größe_1^2", "--seed", "1"),
    ("leaky_relu(x_1) + log(y, z) + tanh(z)*erf(_x_)", "--seed", "2", "--rules"),
    ("_a_ = where(x < 1, x, 1)*x; _a_^2", "--x=1", "--nudge", "x=0.25"),
    ("; ".join(f"s{n} = {n}*x" for n in range(60)) + "; s5*s7", "--x=1"),
]  # fmt: skip
"""Names and rules that have what Markdown takes for its marks."""


@pytest.mark.parametrize("more", [(), ("--blank",)], ids=["full", "blank"])
@pytest.mark.parametrize("words", [*PROGRAMS, *MARKED], ids=lambda words: words[0][:40])
def test_a_reader_of_markdown_finds_no_marks_within_formulas(words: Any, more: Any) -> None:
    """GitHub's comes before its reader of formulas, and loses those that have an emphasis."""
    from markdown_it import MarkdownIt

    text = written(*words, *more, "--to", "markdown")
    blocks = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    assert {block.type for block in blocks} <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline",
    }  # fmt: skip
    for block in blocks:
        kinds = {child.type for child in block.children or []}
        note = block.content.startswith("*")
        assert kinds <= {"text", "softbreak", *(["em_open", "em_close"] if note else [])}
        if "$" in block.content:  # what is read as it stands, but for the ends of rows
            read = "".join(child.content or "\n" for child in block.children or [])
            assert read == block.content.replace("\\\\\n", "\\\n")


@pytest.mark.parametrize("words", [*PROGRAMS, *MARKED], ids=lambda words: words[0][:40])
def test_formulas_of_markdown_have_no_latex_that_its_readers_lack(words: Any) -> None:
    """GitHub forbids ``operatorname``; MathJax shows commands within text as they are typed."""
    text = written(*words, "--to", "markdown")
    assert not re.search(r"\\(operatorname|ensuremath|textit|text[a-z]+|mbox|phantom)\b", text)
    assert not re.search(r"\\text\{[^{}]*\\", text)
    assert not re.search(r"\\\\(?!\n)", text)


@pytest.mark.parametrize(
    ("program", "formula"),
    [
        ("sin(x)*(x + 1)^2", r"\sin(x) \cdot (x + 1)^{2}"),
        ("max(x, 2)^2", r"(\max(x, 2))^{2}"),
        ("cos(x/2)", r"\cos\left(\frac{x}{2}\right)"),
        ("(1 + sqrt(x))*3", r"\left(1 + \sqrt{x}\right) \cdot 3"),
        ("tanh(exp(-(1/x)))", r"\tanh\left(e^{-\left(\frac{1}{x}\right)}\right)"),
    ],
)
def test_parentheses_grow_about_what_is_tall_and_stand_close_else(
    program: str, formula: str
) -> None:
    assert f"y & = {formula}" in written(f"y = {program}; y^2", "--x=2", "--to", "latex")


@pytest.mark.parametrize(
    ("words", "latex", "status"),
    [
        (("q = 1/x; y = q + x", "--x=0"), r"q + x = \infty + 0 = \infty", 0),
        (("q = log(x); y = 3*q", "--x=-1"), r"3 \cdot q = 3 \cdot \mathrm{nan} =", 1),
        (("y = x + inf", "--x=1", "--inf=2"), r"x + \mathit{inf} = 1 + 2 = 3", 0),
    ],
    ids=["infinite", "undefined", "a name"],
)
def test_a_value_that_is_no_number_is_put_in_as_a_sign_and_not_as_a_name(
    words: Any, latex: str, status: int
) -> None:
    assert latex in written(*words, "--by", "step", "--to", "latex", status=status)
    page = written(*words, "--by", "step", "--to", "html", status=status)
    assert bool(re.search("<mi>(inf|nan)</mi>", page)) == ("mathit" in latex)


def test_every_side_in_numbers_is_equal_to_the_result() -> None:
    """SymPy reads the LaTeX and works it out."""
    from sympy.parsing.latex import parse_latex

    compared = 0
    for words in (("-f", TEACHING), ("y = x*x + x/3; z = 1/y", "--x=-3", "--by", "operation")):
        text = written(*words, "--to", "latex", "--precision", "17")
        equations: list[list[str]] = []
        for row in rows(text):
            left, _, right = row.partition("&")
            if left.strip():
                equations.append([])
            equations[-1] += [side.strip() for side in right.split(" = ") if side.strip()]
        for sides in equations:
            told = [side.lstrip("= ") for side in sides if "mathrm" not in side]
            spelled = [re.sub(r"\\left|\\right", "", side) for side in told]
            numbers = [s for s, side in zip(spelled, told, strict=True) if is_number(side)]
            values = [float(parse_latex(side, backend="antlr")) for side in numbers]
            for one, other in pairwise(values):
                assert one == pytest.approx(other, rel=1e-12, abs=1e-15), numbers
                compared += 1
    assert compared > 20


def is_number(side: str) -> bool:
    """Whether no name and no function is left in a side."""
    bare = re.sub(r"\\(frac|cdot|left|right)\b", "", side)
    return not re.search(r"[A-Za-z]", bare)


@pytest.mark.parametrize("words", PROGRAMS, ids=lambda words: words[0])
def test_latex_compiles(words: Any, tmp_path: Path) -> None:
    for more in ((), ("--blank",)):
        compiled(tmp_path, *words, *more)


RECURRENT = "; ".join(f"h{n + 1} = tanh(w*h{n} + b)" for n in range(8))
LONG = {
    "function": f"z = sin({' + '.join(f'a{n}*b{n}' for n in range(1, 15))}); z*a1",
    "power": f"z = 2*({' + '.join(f'a{n}*b{n}' for n in range(1, 15))})^2; z*a1",
    "power of a function": f"z = tanh({' + '.join(f'a{n}*b{n}' for n in range(1, 15))})^2; z*a1",
    "odd power of a function": f"z = -cosh(({'+'.join(f'a{n}' for n in range(30))})/9)^-1.5; z*a1",
    "root": f"z = sqrt({' + '.join(f'a{n}^2' for n in range(1, 25))}); z*a1",
    "quotient": f"z = a1/({' + '.join(f'a{n}*b{n}' for n in range(1, 15))}); z*a1",
    "both": "z = a1*({0})/exp(({0})/99); z*a1".format(" + ".join(f"a{n}*b{n}" for n in range(12))),
    "arguments": f"z = max({', '.join(f'a{n}*b{n}' for n in range(15))}); z*a1",
    "choice": f"z = where(a1 > 1, {' + '.join(f'a{n}' for n in range(30))}, a1); z*a1",
    "exponent": f"z = 2^({' + '.join(f'a{n}' for n in range(60))}); z*a1",
    "both of a power": "z = ({0})^({0}); z*a1".format(" + ".join(f"a{n}" for n in range(35))),
    "exponent of an exponent": f"z = 3^-2^({' + '.join(f'a{n}' for n in range(60))}); z*a1",
    "exponent of a function": f"z = sin(a1)^({' + '.join(f'a{n}*b{n}' for n in range(40))}); z*a1",
    "parentheses": f"z = log(cosh(tanh(1 + ({' + '.join(f'a{n}' for n in range(30))})^2))); z*a1",
}  # fmt: skip
"""Sums that a row has to break within something."""

SUMS = [
    (RECURRENT, "--w=0.5", "--h0=1", "--b=0.1"),
    (RECURRENT, "--w=0.5", "--h0=1", "--b=0.1", "--rules"),
    (RECURRENT, "--w=0.5", "--h0=1", "--b=0.1", "--along", "w=1"),
    ("-f", NETWORK),
    (f"exp(-({' + '.join(f'a{n}*b{n}' for n in range(30))}))", "--seed", "1", "--by", "operation"),
    ("s = " + " + ".join(f"weight_{n}*x{n}^2" for n in range(1, 30)) + "; s^2", "--seed", "1"),
]  # fmt: skip


@pytest.mark.parametrize("form", ["latex", "markdown"])
@pytest.mark.parametrize("words", [SUMS[0], SUMS[1], SUMS[-1]], ids=["sum", "rules", "long"])
def test_rows_of_a_long_sum_are_broken_at_its_signs(form: str, words: Any) -> None:
    found = rows(written(*words, "--to", form))
    assert sum(row.startswith(r"& \quad + ") for row in found) > 5
    assert max(row.count(" + ") for row in found) < 12
    assert sum(row.count(" + ") for row in found) > 50


@pytest.mark.parametrize("more", [(), ("--blank",)], ids=["full", "blank"])
@pytest.mark.parametrize(
    "words",
    [*SUMS, *((program, "--seed", "1") for program in LONG.values())],
    ids=["sum", "rules", "along", "network", "statement", "long", *LONG],
)
def test_no_row_of_latex_is_wider_than_its_page(words: Any, more: Any, tmp_path: Path) -> None:
    assert "Overfull" not in compiled(tmp_path, *words, *more)


def compiled(folder: Path, *words: str) -> str:
    """What pdfLaTeX says of a document, which is then in the file :file:`sheet.pdf`."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    assert written(*words, "--to", "latex", "-o", str(folder / "sheet.tex")) == ""
    run = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "sheet.tex"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-2000:]
    return run.stdout


NEURON = (
    "z = w1*x1 + w2*x2 + b; a = sigmoid(z); L = (a - y)^2",
    *("--w1=2", "--w2=-3", "--x1=-1", "--x2=-2", "--b=-3", "--y=1"),
)
SOFTMAX = (
    "z1 = w1*x; z2 = w2*x; z3 = w3*x; S = exp(z1) + exp(z2) + exp(z3); p = exp(z1)/S; L = -log(p)",
    *("--w1=1", "--w2=2", "--w3=0", "--x=1"),
)


@pytest.mark.parametrize(
    "words",
    [(*NEURON, "--blank"), NEURON, (*SOFTMAX, "--blank"), ("-f", TEACHING), ("5",)],
    ids=["neuron blank", "neuron", "softmax blank", "cost", "number"],
)
def test_a_sheet_that_is_about_a_page_long_is_on_one_page(words: Any, tmp_path: Path) -> None:
    assert "(1 page," in compiled(tmp_path, *words)


@pytest.mark.parametrize("more", [(), ("--blank",), ("--rules",)], ids=["full", "blank", "rules"])
@pytest.mark.parametrize("words", [SUMS[0], SUMS[-1], SOFTMAX], ids=str)
def test_a_page_ends_neither_before_the_last_rows_nor_within_a_short_equation(
    words: Any, more: Any, tmp_path: Path
) -> None:
    path = tmp_path / "sheet.tex"
    assert written(*words, *more, "--to", "latex", "-o", str(path)) == ""
    blocks = re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align", path.read_text(), re.DOTALL)
    assert "\\allowdisplaybreaks" not in path.read_text()
    ends = 0
    for block in blocks:
        lines = block.split("\n")
        begins = [not line.startswith("&") for line in lines]
        for n, line in enumerate(lines, start=1):
            if "\\displaybreak" in line:
                ends += 1
                assert 3 <= n <= len(lines) - 3
                assert begins[n] or not any(begins[n - 2 : n + 3])
    assert ends > 2


@pytest.mark.parametrize("words", [SOFTMAX, SUMS[0], (*SUMS[0], "--blank")], ids=str)
def test_no_page_begins_with_what_is_said_of_the_page_before(words: Any, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    compiled(tmp_path, *words)
    subprocess.run(["pdftotext", "-layout", "sheet.pdf"], cwd=tmp_path, check=True)
    pages = (tmp_path / "sheet.txt").read_text(encoding="utf-8").split("\f")[:-1]
    assert len(pages) > 1
    for page in pages:
        assert len([line for line in page.splitlines() if "=" in line]) >= 3


def test_a_fragment_of_latex_has_no_commands_for_pages() -> None:
    """It is pasted into pages, too, whose readers of LaTeX know none of them."""
    for more in ((), ("--blank",)):
        text = written(*SOFTMAX, "--to", "latex", *more)
        assert not re.search(r"displaybreak|\\gap|minus|setlength", text)


# exercises ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_blank_sheet_has_the_steps_and_no_result_and_its_key_has_all(
    form: str, tmp_path: Path
) -> None:
    sheet, key = tmp_path / "sheet", tmp_path / "key"
    words = ("c = w*x; d = c - 1.25; J = d^2", "--w=3", "--x=7.5", "--to", form)
    assert written(*words, "--blank", "-o", str(sheet), "--key", str(key)) == ""
    open_, full = sheet.read_text(), key.read_text()
    for number in ("22.5", "21.25", "451.5", "42.5", "318.7", "127.5"):
        assert number in full
        assert number not in open_
    for given in ("7.5", "1.25"):
        assert given in open_
    blank = 'class="blank"' if form == "html" else r"\underline"
    assert open_.count(blank) == 3 + 5 + 2  # steps, derivatives, the gradient
    assert blank not in full


def sheet(*words: str) -> tuple[str, str]:
    """The line with the point of a blank sheet in Markdown, and the rest of it."""
    text = written(*words, "--to", "markdown", "--blank")
    point = next((line for line in text.splitlines() if line.startswith("At ")), "")
    return point, text.replace(point, "")


@pytest.mark.parametrize(
    ("words", "formula", "result"),
    [
        (("f = 1/2 + 3*4 - 2^5",), r"f & = \frac{1}{2} + 3 \cdot 4 - 2^{5} = ", "-19.5"),
        (("k = 2*3; m = k+1; J = m*x", "--x=2"), r"k & = 2 \cdot 3 = ", "k = 6"),
        (("s = 2*pi; t = s + 1; t*x", "--x=2"), r"s & = 2 \cdot \pi = ", "6.28"),
        (("g(a) = a^2 + 1; k = g(3); k*x", "--x=2"), r"k & = 3^{2} + 1 = ", "10"),
        (("const c = 3; const d = 2*c; s = d*5; s*x", "--x=2"), r"d & = 2 \cdot c = ", "6"),
        (("k = 2*3; m = k*x", "--x=2", "--along", "k=1"), r"k & = 2 \cdot 3 = ", "6"),
        (("k = 2*3; m = k*x", "--x=2", "--along", "x=1"), r"k & = 2 \cdot 3 = ", "6"),
    ],
    ids=str,
)  # fmt: skip
def test_value_that_the_program_works_out_is_a_step_of_the_sheet(
    words: Any, formula: str, result: str
) -> None:
    point, rest = sheet(*words)
    assert formula + r"\underline" in rest
    assert result not in point + rest
    assert formula in written(*words, "--to", "markdown")
    assert result.removeprefix("k = ") in written(*words, "--to", "markdown")


def test_constants_of_a_default_are_told_on_the_sheet() -> None:
    assert sheet("const c = 3; s = c*5; s*x", "--x=2")[0] == "At $c = 3$, $x = 2$:"


@pytest.mark.parametrize("number", ["3", "-2", "-(2)", "1/3", "-1/3", "1e-3", "0.5"])
def test_plain_number_stands_in_the_point(number: str) -> None:
    assert "w = " in sheet(f"w = {number}; w*x", "--x=2")[0]


def test_value_from_outside_stands_in_the_point_whatever_the_program_works_out() -> None:
    point, rest = sheet("k = 2*3; m = k + 1; m*x", "--x=2", "--k=6")
    assert point == "At $k = 6$, $x = 2$:"
    assert "k & =" not in rest


@pytest.mark.parametrize("number", ["5", "-5"])
def test_number_that_is_all_of_a_program_is_not_asked_for(number: str) -> None:
    assert f"f & = {number}\n" in sheet(number)[1]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("blank", [(), ("--blank",)], ids=["key", "blank"])
def test_a_sheet_says_to_how_many_digits_its_numbers_are_rounded(form: str, blank: Any) -> None:
    said = "Numbers are rounded to 4 significant digits."
    assert said in written("x/3", "--x=2", "--precision", "4", "--to", form, *blank)
    assert "rounded" not in written("x/4", "--x=2", "--precision", "4", "--to", form, *blank)


def test_what_a_sheet_states_is_not_asked_for() -> None:
    _, rest = sheet("x", "--x=3")
    assert "x & = 3\n" in rest
    words = ("a = w1*x; b = w2*a; c = b*x", "--w1=2", "--w2=3", "--x=1", "--along", "w1=-2")
    _, rest = sheet(*words)
    assert "w_{1} & = 2 " in rest
    assert r"\frac{\mathrm{d}w_{1}}{\mathrm{d}t} & = -2 " in rest
    assert rest.count(r"\underline") == 3 + 3


def test_gradient_has_every_input_or_says_why_there_is_no_formula() -> None:
    shorter = "; ".join(RECURRENT.split("; ")[:5])
    text = written(shorter, *SUMS[0][1:], "--to", "markdown").partition("## Gradient")[2]
    for name in ("b", "w"):
        line = next(row for row in rows(text) if rf"{{\mathrm{{d}}{name}}}" in row)
        assert "formula too long" in line
    words = ("z = x + 1; u = z*b; y = sqrt(x)*w + u", "--x=0", "--w=0", "--b=1")
    text = written(*words, "--to", "markdown", status=1).partition("## Gradient")[2]
    line = next(row for row in rows(text) if r"{\mathrm{d}x}" in row)
    assert "it has no value here" in line


def test_blanks_of_a_sheet_stand_below_each_other() -> None:
    """A sum of two paths among single products has its blank in the same column as theirs."""
    words = ("p = w*x; q = w*y; J = p*q", "--w=2", "--x=3", "--y=4", "--to", "html", "--blank")
    rows = re.findall(r"<tr .*?</tr>", written(*words), re.DOTALL)
    backward = [row for row in rows if "&#x2202;" in row]
    assert len(backward) == 5
    assert len({row.count("<td") for row in backward}) == 1


def test_blank_sheet_keeps_no_remark_that_gives_the_result_away() -> None:
    words = ("sqrt(x) + relu(y)", "--x=0", "--y=0", "--to", "markdown")
    assert "singular" in written(*words)
    assert "singular" not in written(*words, "--blank")
    assert "sum rule" in written(*words, "--blank", "--rules")


def test_options_of_a_sheet_need_the_sheet() -> None:
    def refused(option: str, *words: str) -> Run:
        run = autograd("explain", "-f", TEACHING, *words)
        assert (run.status, run.out) == (2, "")
        assert option in run.err.splitlines()[0]
        return run

    refused("--blank", "--blank")
    refused("--key", "--blank", "--key", "k")
    refused("--key", "--to", "html", "--key", "k")
    refused("--key", "--to", "html", "--blank", "--key", "k", "-o", "./k")  # the key was lost
    refused("--output", "-o", "file")
    assert not Path("k").exists()


def test_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    run = autograd("explain", "-f", TEACHING, "--to", "html", "-o", str(tmp_path / "no" / "x"))
    assert run.status == 3
    assert "cannot write" in run.err


@pytest.mark.parametrize("form", ["latex", "markdown"])
def test_values_of_inputs_are_formulas_of_their_own_between_which_a_line_can_end(form: str) -> None:
    text = written("w*x + b", "--w=2", "--x=-1", "--b=0.5", "--to", form)
    assert "At $w = 2$, $x = -1$, $b = 0.5$:" in text


def test_seed_draws_small_numbers_at_which_nothing_is_awkward() -> None:
    seen = set()
    for seed in range(12):
        words = ("y = log(x - 3)/sqrt(z); y + k + 0*x*z", "--k=0.125", "--seed", str(seed))
        account = json.loads(written(*words, "--by", "operation", "--format", "json"))
        assert "notes" not in account
        numbers = [step["value"] for step in account["forward"]]
        numbers += [entry["value"] for entry in account["backward"]]
        assert all(isinstance(number, float) for number in numbers)  # neither nan nor inf
        given = [
            n for step in account["forward"] for n in re.findall(r"[\d.]+", step["substituted"])
        ]
        assert "0.125" in given
        seen.add(json.dumps(account))
        assert (
            written(*words, "--by", "operation", "--format", "json")
            == json.dumps(account, ensure_ascii=False) + "\n"
        )
    assert len(seen) > 2


@pytest.mark.parametrize(
    "program",
    [
        "z = w*x + b; p = sigmoid(z); L = -(y*log(p) + (1 - y)*log(1 - p))",
        "h1 = tanh(u*x + b); h2 = tanh(v*x + c); o = sigmoid(s*h1 + t*h2); L = (o - y)^2",
    ],
)
def test_seed_draws_numbers_at_which_nothing_saturates(program: str) -> None:
    """Where ``p`` is written as 1 a student has to take the logarithm of 1 - 1."""
    for seed in range(12):
        text = written(program, "--seed", str(seed), "--by", "operation", "--format", "json")
        account = json.loads(text)
        numbers = [step["value"] for step in account["forward"]]
        numbers += [entry["value"] for entry in account["backward"]]
        for number in numbers:
            assert number == 0 or abs(number) >= 1e-3
            assert float(f"{number:.6g}").is_integer() == float(number).is_integer()


def test_seed_draws_where_everything_saturates_too() -> None:
    chain = "h0 = sigmoid(x); " + "; ".join(f"h{n + 1} = sigmoid(h{n})" for n in range(20))
    assert "dh20/dx" in written(chain, "--seed", "1", "--all")


def test_seed_draws_for_inputs_with_a_default_too_but_not_for_those_given() -> None:
    texts = {written("-f", TEACHING, "--seed", str(n), "--x=-2").splitlines()[1] for n in range(6)}
    assert len(texts) > 1
    assert all("(−2)" in text for text in texts)


def test_program_with_no_good_point_says_so() -> None:
    run = autograd("explain", "log(-x^2)", "--seed", "1")
    assert (run.status, run.out) == (2, "")
    assert "none at which all is well" in run.err


def test_long_programs_are_folded_and_all_has_them_whole() -> None:
    chain = "s0 = x; " + "; ".join(f"s{n + 1} = 1.01*s{n}" for n in range(200)) + "; s200"
    for form in FORMS:
        short = written(chain, "--x=1", "--to", form)
        assert "more" in short
        assert len(written(chain, "--x=1", "--to", form, "--all")) > 3 * len(short)
