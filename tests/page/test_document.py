"""A page as a file: whole, without a network, inert whatever the program says, readable as text."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support_cli import CELL, autograd

import autograd_cli as ag
from autograd_cli.page.model import MOST
from autograd_graph import ProgramError

COST = "c = w*x; J = 1/2*(c + b - y)^2"
AT = {"w": 2, "x": -2, "b": 8, "y": 2}

EMPTY = {"meta", "col", "input", "br", "mspace", "wbr"}
"""Elements without an end."""


class Outline(HTMLParser):
    """The elements of a text, and the text of each kind; raises where they do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> ends another element"

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def cost(**options: object) -> str:
    return ag.compile(COST).at(AT).page(**options).html  # type: ignore[arg-type]


# one file ---------------------------------------------------------------------------------------


def test_a_page_loads_nothing() -> None:
    text = cost()
    outline = Outline(text)
    assert {tag for tag, _ in outline.tags}.isdisjoint({"link", "img", "iframe", "object", "base"})
    assert all("src" not in a and "href" not in a for _, a in outline.tags)
    assert set(re.findall(r"https?://[^\s\"']+", text)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in text
    assert "url(" not in text


OLD = {"calc", "clamp", "inset", "max", "min", "minmax", "repeat", "rgb", "var"}
"""The functions of style sheets that every browser with MathML has."""


def test_a_style_has_nothing_that_browsers_before_2024_lack() -> None:
    sheet = autograd("explain", "x^2", "--x=1", "--to", "html").out
    for text in (cost(), cost(embed=True), sheet):
        style = "".join(Outline(text).texts["style"])
        assert set(re.findall(r"([a-z-]+)\(", re.sub(r":(not|is)\(", "", style))) <= OLD
        assert "&" not in style


def test_a_colour_of_a_page_has_another_one_in_the_dark() -> None:
    style = "".join(Outline(cost()).texts["style"])
    both = re.findall(r"--([a-z-]+): var\(--light, .+?\) var\(--dark, .+?\);", style)
    assert len(both) > 15
    assert set(both) > {"paper", "ink", "value", "gradient"}
    assert style.count("var(--light") == style.count("var(--dark") == len(both)


def test_a_pages_policy_lets_its_own_script_run_and_no_other() -> None:
    text = cost()
    outline = Outline(text)
    (policy,) = (
        a["content"]
        for a in outline.named("meta")
        if a.get("http-equiv") == "Content-Security-Policy"
    )
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert policy is not None
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}';" in policy
    assert all(not name.startswith("on") for _, a in outline.tags for name in a)


def test_a_page_is_small() -> None:
    assert len(cost().encode()) < 100_000


def test_the_same_program_makes_the_same_page() -> None:
    assert cost() == cost()


def test_a_fragment_is_the_page_without_its_frame() -> None:
    text = cost(embed=True)
    outline = Outline(text)
    assert {tag for tag, _ in outline.tags}.isdisjoint({"html", "head", "body", "title", "meta"})
    assert not any("id" in a for _, a in outline.tags), "the same fragment may stand there twice"
    assert '"embedded":true' in text


def test_styles_touch_nothing_outside_of_a_fragment() -> None:
    style = cost(embed=True).partition("<style>")[2].partition("</style>")[0]
    plain = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{", plain)
    own = [s.strip() for s in selectors if not s.strip().startswith("@")]
    assert "@page" not in plain
    assert own
    parts = [part.strip() for s in own for part in re.split(r",(?![^(]*\))", s)]
    assert all(part.startswith(".agp") for part in parts)


# without JavaScript -----------------------------------------------------------------------------


def test_without_its_script_a_page_has_the_picture_and_both_passes() -> None:
    text = cost()
    outline = Outline(text)
    picture = "".join(outline.texts["text"])
    for words in ("c = w·x", "= −4", "grad −4", "×−2", "J = 1/2·(c + b − y)²"):
        assert words in picture
    rows = text.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr")
    assert rows == 6
    waiting = [a for _, a in outline.tags if "data-live" in a]
    assert waiting
    assert all("hidden" in a for a in waiting), "what does nothing yet is not shown"


def test_a_page_of_operators_has_the_statement_above_them() -> None:
    def above(program: str, **at: float) -> str:
        text = ag.compile(program).at(at).page().html
        shown = text.partition('class="program"')[2].partition("</div>")[0]
        return re.sub(r"<[^>]*>|^[^>]*>", "", shown).replace("&#x2061;", "")

    assert above("J = 1/2*(w*x + b)^2", w=2, x=1, b=3) == "J=12&#xb7;(w&#xb7;x+b)2"
    assert above("c = w*x; J = c^2", w=2, x=1) == "c=w&#xb7;xJ=c2"
    assert above("x", x=1) == "x"
    long = " + ".join(f"x^{n}" for n in range(2, 32))
    assert above(f"y = {long}", x=1).startswith("v1=x2v2=x3"), "steps, where a line is too long"


# inert ------------------------------------------------------------------------------------------

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "<!--<script>",
    "\"' onmouseover='alert(1)",
    "&lt;b&gt; ]]> <math><mi>x",
    "\u2028\u2029\u202e</style><svg onload=alert(1)>",
    "$id $data ${title}",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_text_and_nothing_else(title: str) -> None:
    plain, outline = Outline(cost()), Outline(cost(title=title))
    assert [tag for tag, _ in outline.tags] == [tag for tag, _ in plain.tags]
    assert "".join(outline.texts["h1"]) == title
    assert all(not name.startswith("on") for _, a in outline.tags for name in a)


@pytest.mark.parametrize(
    "name", ["__proto__", "constructor", "script", "toString", "θ", "ﬁ", "x₁", "𝐭", "step", "node"]
)
def test_a_name_is_text_and_nothing_else(name: str) -> None:
    text = ag.compile(f"c = {name}^2 + x; c/2").at({name: 2, "x": 1}).page().html
    outline = Outline(text)
    assert len(outline.named("script")) == 2
    data = json.loads("".join(outline.texts["script"][:1]))
    assert {"c", "x"} < {part["label"] for part in data["parts"]}


def test_what_a_comment_says_is_not_on_the_page() -> None:
    text = ag.compile("x^2 # </script><script>alert(1)</script>").at(x=1).page().html
    assert "alert" not in text


def test_data_cannot_end_the_element_it_stands_in() -> None:
    data = cost().partition('<script type="application/json">')[2].partition("</script>")[0]
    assert not set("<>&") & set(data)
    assert data.isascii()
    json.loads(data)


# what is asked for ------------------------------------------------------------------------------


def test_steps_starts_at_the_first_step_and_precision_sets_the_digits() -> None:
    assert '"start":"first"' in cost(steps=True)
    assert '"start":"last"' in cost()
    third = ag.compile("x/3*y").at(x=1, y=1)
    assert "= 0.333 " in third.page(precision=3).html
    assert "= 0.33333 " in third.page().html


def test_wrt_keeps_gradients_to_the_inputs_asked_for() -> None:
    page = ag.compile(COST).at(AT).by("w").page().html
    data = json.loads(
        page.partition('<script type="application/json">')[2].partition("</script>")[0]
    )
    labels = {part["node"]: part["label"] for part in data["parts"]}
    assert [labels[node] for node in data["backward"]] == ["J", "c", "w"]
    assert [labels[node] for node in data["moves"]] == ["w"]


def test_inputs_that_the_program_gives_a_value_move_and_data_stays() -> None:
    page = ag.compile("w = 3; (w*x - y)^2").at(x=2, y=1).page().html
    data = json.loads(
        page.partition('<script type="application/json">')[2].partition("</script>")[0]
    )
    labels = {part["node"]: part["label"] for part in data["parts"]}
    assert [labels[node] for node in data["moves"]] == ["w"]


# too large, or impossible -----------------------------------------------------------------------


def test_a_program_of_too_many_steps_is_refused_with_the_count() -> None:
    text = "+".join(f"x{n}^2" for n in range(200))
    with pytest.raises(ProgramError, match=r"a page of 599 steps and inputs .* room for 150"):
        ag.compile(text).at({f"x{n}": 1 for n in range(200)}).page()


def test_operators_that_do_not_fit_are_grouped_by_statement() -> None:
    text = "a = " + "+".join(["x*w"] * 100) + "\na^2"
    function = ag.compile(text).at(x=1, w=2)
    assert function.page().steps < 10
    with pytest.raises(ProgramError) as caught:
        function.page(by="operation")
    assert caught.value.hint == "--by step makes 4 of them"


def test_an_unnamed_program_is_grouped_before_it_is_refused() -> None:
    function = ag.compile("*".join(["sin(x + w)"] * 60)).at(x=1, w=2)
    assert function.page().steps < MOST
    assert function.page(by="step").html == function.page().html
    run = autograd("page", function.text, "--x=1", "--w=2")
    assert "181 operators and inputs are too many for a page: each statement is one box" in run.err


def test_a_formula_too_long_to_be_read_is_told_by_its_size() -> None:
    page = ag.compile("a = " + "+".join(["x"] * 1000) + "\na^2").at(x=1).page()
    assert "(a formula of 1,999 symbols)" in page.html
    assert len(page.html) < 200_000


def test_an_operator_without_javascript_is_refused_at_its_place() -> None:
    run = autograd("page", "y = gamma(x)*2", "--x=3")
    assert (run.status, run.out) == (2, "")
    assert "a page cannot show gamma: JavaScript has no such function" in run.err
    assert "^" in run.err


# the command ------------------------------------------------------------------------------------


def test_the_command_writes_what_the_line_of_python_makes(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    run = autograd("page", *CELL, "-o", str(path))
    assert (run.status, run.out) == (0, "")
    assert path.read_text(encoding="utf-8") == cost()
    assert autograd("page", *CELL).out == cost()
    assert autograd("page", *CELL, "-o", "-").out == cost()
    ag.compile(COST).at(AT).page().save(str(tmp_path / "other.html"))
    assert (tmp_path / "other.html").read_text(encoding="utf-8") == cost()


def test_a_page_about_what_is_undefined_is_written_and_ends_with_1() -> None:
    run = autograd("page", "y = log(x); y^2", "--x=-1")
    assert run.status == 1
    assert "domain" in run.out


def test_a_terminal_is_no_place_for_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_cli.commands.page.is_terminal", lambda stream: True)
    run = autograd("page", *CELL)
    assert (run.status, run.out) == (2, "")
    assert "hint: give it a file: -o page.html" in run.err


def test_a_notebook_shows_a_page_in_a_frame_of_its_own() -> None:
    made = ag.compile(COST).at(AT).page()
    outline = Outline(made._repr_html_())
    ((tag, attributes),) = outline.tags
    assert (tag, attributes["sandbox"], attributes["srcdoc"]) == (
        "iframe", "allow-scripts", made.html,
    )  # fmt: skip
    assert repr(made).startswith("<Page 'J: values and gradients' of 2 steps, ")
