"""A page in a browser: what people see and do. Skipped, saying so, where there is no Chromium."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from support_cli import SAMPLES
from support_page import CHROMIUM

import autograd_cli as ag

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to open a page in")

COST = "c = w*x; a = c + b; d = a - y; J = 1/2*d^2"
AT = {"w": 2, "x": -2, "b": 8, "y": 2}
SHAPES = {
    "cost": (COST, AT),
    "network": ((SAMPLES / "two_layer_network.expr").read_text(encoding="utf-8"), {}),
    "branches": ("y = where(x > 0, log(x)*w, x^2); z = y + max(x, w)", {"x": -1, "w": 2}),
    "kink": ("a = relu(w*x); b = abs(w - 2); L = (a - t)^2 + b", {"w": 2, "x": 0, "t": 1}),
    "domain": ("y = 2*log(x) + 3; z = sqrt(y)*x", {"x": -1}),
    "vanishing": ((SAMPLES / "flow" / "sigmoid_chain.expr").read_text(encoding="utf-8"), {}),
    "unnamed": ("sin(x)*y + x^2", {"x": 1, "y": 2}),
    "leaf": ("x", {"x": 1}),
    "number": ("1/0", {}),
    "rebinding": ("c = w; c = c*w; c += c; θ_2*c", {"w": 2, "θ_2": 3}),
    "constant": ("const k = 2; y = k*3; y^2", {}),
    "untaken": ("r = x - 2; q = sqrt(r); s = where(x < 2, x^2, q*y) + r^2", {"x": 1, "y": 0}),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for the whole module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


class Opened:
    """A page in a browser, with what it complained of."""

    def __init__(self, browser: Any, path: Path, address: str = "", **options: Any) -> None:
        self.context = browser.new_context(reduced_motion="reduce", **options)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri() + address)

    def texts(self, selector: str) -> list[str]:
        return list(self.page.locator(selector).all_text_contents())

    def box(self, label: str) -> Any:
        """The box whose first line begins with a label."""
        pattern = re.compile(rf"^{re.escape(label)} (=|$)")
        return self.page.locator(".graph .node").filter(
            has=self.page.locator("text.label", has_text=pattern)
        )

    def numbers(self, label: str) -> tuple[str, str]:
        """The value and the gradient that a box shows; "" for one that is not known yet."""
        box = self.box(label)
        found = []
        for kind in ("value", "gradient"):
            line = box.locator(f"text.{kind}")
            hidden = "hidden" in (line.get_attribute("class") or "")
            found.append("" if hidden else line.text_content().split()[-1])
        return found[0], found[1]

    def go(self, step: int) -> None:
        """Move the scrubber."""
        self.page.locator(".scrubber input").evaluate(
            "(bar, step) => { bar.value = step; bar.dispatchEvent(new Event('input')); }", step
        )

    def set(self, label: str, text: str) -> None:
        """Type a value for an input."""
        field = self.page.get_by_label(f"value of {label}", exact=True)
        field.fill(text)
        field.press("Enter")


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A function that opens a program's page; all are closed at the end."""
    pages: list[Opened] = []

    def open_page(
        program: str = COST, at: Any = None, address: str = "", made: Any = None, **options: Any
    ) -> Opened:
        point = AT if program == COST else at or {}
        path = tmp_path / f"page{len(pages)}.html"
        ag.compile(program).at(point).page(**made or {}).save(str(path))
        pages.append(Opened(browser, path, address, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


def plain(text: str) -> float:
    return float(text.replace("−", "-").replace("undefined", "nan").replace("∞", "inf"))


# both passes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_opens_without_a_complaint_and_asks_for_nothing(shape: str, opened: Any) -> None:
    page = opened(*SHAPES[shape])
    assert page.page.locator(".player").is_visible()
    assert page.complaints == []
    assert len(page.requests) == 1
    last = int(page.page.locator(".scrubber input").get_attribute("max"))
    for step in range(last + 1):
        page.go(step)
        assert page.page.locator(".caption").inner_text()
    assert page.complaints == []


@pytest.mark.parametrize("shape", [*SHAPES])
def test_what_a_page_shows_before_its_script_is_what_it_shows_after(
    shape: str, opened: Any
) -> None:
    still = opened(*SHAPES[shape], java_script_enabled=False)
    live = opened(*SHAPES[shape])
    live.page.wait_for_timeout(300)  # the table waits until nothing moves
    for selector in (".graph text", ".table td", ".program math"):
        contents = "(all) => all.map((each) => each.textContent.trim())"
        before = still.page.locator(selector).evaluate_all(contents)
        assert before == live.page.locator(selector).evaluate_all(contents)
        assert before


def test_values_come_forward_and_gradients_backward_step_by_step(opened: Any) -> None:
    page = opened()
    page.go(0)
    assert [page.numbers(n) for n in "wcadJ"] == [("2", ""), *[("", "")] * 4]
    page.go(2)
    assert [page.numbers(n) for n in "wcadJ"] == [("2", ""), ("−4", ""), ("4", ""), *[("", "")] * 2]
    page.go(4)
    assert page.numbers("J") == ("2", "")
    page.go(5)
    assert page.numbers("J") == ("2", "1")
    page.go(7)
    assert [page.numbers(n)[1] for n in "wcadJ"] == ["", "", "2", "2", "1"]
    page.go(12)
    assert [page.numbers(n)[1] for n in "wxbyc"] == ["−4", "4", "2", "−2", "2"]


def test_a_step_backward_shows_its_product_and_lights_its_wires(opened: Any) -> None:
    page = opened()
    page.go(8)
    caption = page.page.locator(".caption")
    assert caption.inner_text().startswith("c goes into a.")
    said = caption.locator(".equation").text_content()
    assert said == "dJdc=dJda·∂a∂c=2·1=2"
    lit = page.page.locator(".flows .flow")
    assert lit.count() == 1
    assert "backward" in lit.get_attribute("class")
    wires = page.page.locator(".graph .wire")
    paths = wires.evaluate_all("(all) => all.map((each) => each.getAttribute('d'))")
    assert lit.get_attribute("d") in paths


def test_buttons_and_keys_step_and_play_runs_both_passes(opened: Any) -> None:
    page = opened()
    where = page.page.locator(".where")
    page.page.get_by_label("first step").click()
    assert where.inner_text() == "inputs"
    page.page.get_by_label("step on").click()
    assert where.inner_text() == "forward 1 of 4"
    page.page.locator(".scroll").press("ArrowRight")
    page.page.locator(".scroll").press("ArrowRight")
    assert where.inner_text() == "forward 3 of 4"
    page.page.locator(".scroll").press("ArrowLeft")
    assert where.inner_text() == "forward 2 of 4"
    page.page.locator(".scroll").press("End")
    assert where.inner_text() == "both passes done"
    page.page.clock.install()
    page.page.get_by_role("button", name="Play").click()
    seen = [where.inner_text()]
    for _ in range(14):
        page.page.clock.run_for(1500)
        seen.append(where.inner_text())
    assert seen[:6] == ["inputs", *(f"forward {n} of 4" for n in (1, 2, 3, 4)), "backward 1 of 8"]
    assert seen[-1] == "both passes done"
    assert page.page.get_by_role("button", name="Play").is_visible()


def test_keys_step_and_play_on_a_fresh_page_and_leave_fields_and_scrolling_alone(
    opened: Any,
) -> None:
    page = opened(made={"steps": True})
    where = page.page.locator(".where")
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowRight")
    assert where.inner_text() == "forward 2 of 4"
    page.page.keyboard.press("ArrowLeft")
    assert where.inner_text() == "forward 1 of 4"
    page.page.keyboard.press("End")
    assert where.inner_text() == "forward 1 of 4", "End goes to the end of the page"
    page.page.keyboard.press("p")
    assert page.page.get_by_role("button", name="Pause").is_visible()
    page.page.keyboard.press("p")
    page.page.get_by_label("step on").click()
    page.page.keyboard.press("ArrowRight")
    assert where.inner_text() == "forward 3 of 4", "a button has no arrows of its own"
    page.page.keyboard.press("End")
    page.page.get_by_label("step back").click()
    reached = where.inner_text()
    for field in ("value of w", "w, slider"):
        page.page.get_by_label(field, exact=True).focus()
        page.page.keyboard.press("ArrowRight")
        page.page.keyboard.press("p")
    assert where.inner_text() == reached
    assert page.page.get_by_role("button", name="Play").is_visible()


def test_keys_of_a_fragment_step_it_only_from_within(browser: Any, tmp_path: Path) -> None:
    fragment = ag.compile(COST).at(AT).page(embed=True).html
    path = tmp_path / "course.html"
    path.write_text(f"<!DOCTYPE html><p tabindex=0>Read</p>{fragment}", encoding="utf-8")
    page = Opened(browser, path)
    where = page.page.locator(".where")
    page.page.keyboard.press("ArrowLeft")
    page.page.locator("p[tabindex]").press("ArrowLeft")
    assert where.inner_text() == "both passes done"
    page.page.locator(".scroll").press("ArrowLeft")
    assert where.inner_text() == "backward 8 of 8"
    page.context.close()


# inputs, derivations ------------------------------------------------------------------------------


def test_an_input_that_moves_moves_every_number(opened: Any) -> None:
    page = opened()
    page.set("w", "0,5")
    wanted = ag.compile(COST)(AT | {"w": 0.5})
    for name, slope in ag.compile(COST).gradient(AT | {"w": 0.5}).items():
        assert plain(page.numbers(name)[1]) == slope
    assert plain(page.numbers("J")[0]) == wanted.value
    page.page.get_by_label("w, slider").evaluate(
        "(s) => { s.value = 3.5; s.dispatchEvent(new Event('input')); }"
    )
    assert plain(page.numbers("J")[0]) == ag.compile(COST)(AT | {"w": 3.5}).value
    page.page.get_by_role("button", name="Reset values").click()
    assert page.numbers("J") == ("2", "1")


def test_what_is_no_number_is_marked_and_changes_nothing(opened: Any) -> None:
    page = opened()
    page.set("w", "two")
    field = page.page.get_by_label("value of w", exact=True)
    assert field.get_attribute("aria-invalid") == "true"
    assert page.numbers("J") == ("2", "1")
    page.set("w", "1/4")
    assert field.get_attribute("aria-invalid") == "false"
    assert page.numbers("w")[0] == "0.25"


@pytest.mark.parametrize("way", ["click", "Enter", " "])
def test_a_box_shows_its_derivation(way: str, opened: Any) -> None:
    page = opened()
    box = page.box("w")
    if way == "click":
        box.click()
    else:
        box.focus()
        page.page.keyboard.press(way)
    panel = page.page.locator(".derivation")
    formulas = panel.locator(".equation").evaluate_all("(all) => all.map((m) => m.textContent)")
    assert formulas == ["w=2", "∂c∂w=x=−2", "dJdw=dJdc·∂c∂w=2·(−2)=−4"]
    assert "product rule" in panel.inner_text()
    assert box.get_attribute("aria-pressed") == "true"


def test_a_kink_is_told_and_goes_when_the_input_leaves_it(opened: Any) -> None:
    page = opened(*SHAPES["kink"])
    assert page.texts(".badge:not(.hidden)") == ["kink"] * 3, "a, b, and the output as in eval"
    page.box("a").click()
    said = page.page.locator(".derivation .status").inner_text()
    assert said.startswith("relu(w·x) at w = 2, x = 0 is at a kink: continuous, but one-sided")
    assert said.endswith("move an input a little, and it is a prediction again.")
    page.set("x", "3")
    assert page.texts(".badge:not(.hidden)") == ["kink"] * 2
    assert "kink" not in page.page.locator(".derivation").inner_text()


BREAKS = (
    "r = max(x, y); s = abs(x - y); q = where(x > 0, x^2, 3*x + 1); J = r + s + q + relu(t)",
    {"x": 0, "y": 0, "t": 0},
)


@pytest.mark.parametrize(
    ("program", "at", "box", "told"),
    [
        (*BREAKS, "x", "x > 0 at x = 0 is at a jump: 3.5 is the choice of the rules and does not"),
        (*BREAKS, "t", "relu(t) at t = 0 is at a kink: 0 is the choice of the rules and does not"),
        (*BREAKS, "y", "max(x, y) at x = 0, y = 0 is at a kink: 0.5 is the choice of the rules"),
        (*BREAKS, "q", "Raising q a little raises J by as much."),
        ("J = abs(x)^2 + x", {"x": 0}, "x", "Raising x a little raises J by as much."),
        ("J = w*x + floor(w*x)", {"w": 1, "x": 2}, "w", "floor(v2) at v2 = 2 is at a jump: 2 is"),
        ("J = sqrt(w)", {"w": 0}, "w", "A slope of ∞ does not predict what raising w does to J."),
        ("J = w*x", {"w": math.nan, "x": math.inf}, "w", "w is undefined here: no gradient"),
        ("J = w*x", {"w": 2, "x": math.inf}, "w", "J is ∞ here: no gradient predicts what"),
        ("J = sqrt(x)*0 + w", {"x": 0, "w": 1}, "x", "What x does to J is undefined here."),
    ],
)
def test_a_gradient_that_predicts_nothing_is_not_read_as_a_prediction(
    program: str, at: dict[str, float], box: str, told: str, opened: Any
) -> None:
    page = opened(program, at)
    page.box(box).click()
    assert told in page.page.locator(".derivation").inner_text()


HUBER = "r = w*x - y; H = where(abs(r) <= d, 1/2*r^2, d*(abs(r) - d/2))"
TIE = {"w": 2, "x": 1, "y": 1, "d": 1}


@pytest.mark.parametrize(
    ("program", "at", "told"),
    [
        (
            HUBER,
            TIE,
            "1 is the slope of the branch taken. It predicts what raising w does to",
        ),
        (f"{HUBER}; H + abs(w - 2)", TIE, "1 is the choice of the rules and does not predict"),
        (f"{HUBER}; abs(w - 2) + H", TIE, "1 is the choice of the rules and does not predict"),
    ],
)
def test_between_branches_of_one_value_the_slope_is_that_of_the_branch_taken(
    program: str, at: dict[str, float], told: str, opened: Any
) -> None:
    page = opened(program, at)
    page.box("w").click()
    assert told in page.page.locator(".derivation").inner_text()
    reading = page.page.locator(".nudge .reading").inner_text()
    assert told in reading
    if program == HUBER:
        assert reading.endswith("on the other one only if the branches go on alike.")
        page.box("H").click()
        said = page.page.locator(".derivation .status").inner_text()
        assert "between branches of one value; the slope is that of the branch taken" in said
        assert "choice of the rules" not in said


@pytest.mark.parametrize(
    ("program", "at", "box", "told"),
    [
        (*BREAKS, "q", "x > 0 at x = 0 is at a jump: discontinuous here. The slope is a choice"),
        (*BREAKS, "J", "x > 0 at x = 0 is at a jump: discontinuous here. The slope is a choice"),
        ("d = x^2 - 1; J = 1/d + x", {"x": 1}, "J", "1/d at d = 0 is singular: infinite value, or"),
        ("J = sqrt(x - 4)", {"x": 2}, "J", "sqrt(v1) at v1 = −2 is outside the domain: undefined"),
        ("s = max(a, b, c, d)", dict.fromkeys("abcd", 1), "s", "max(a, b, c, d) here is at a kink"),
        ("J = a*b", {"a": 1e200, "b": 1e200}, "J", "overflow: the result is too large for a"),
        ("a = abs(x); J = where(y > 0, a, y)", {"x": 0, "y": -1}, "a", "unused: does not take"),
    ],
)  # fmt: skip
def test_a_status_tells_which_expression_has_it_and_where(
    program: str, at: dict[str, float], box: str, told: str, opened: Any
) -> None:
    page = opened(program, at)
    page.box(box).click()
    assert page.page.locator(".derivation .status").inner_text().startswith(told)


def test_a_local_derivative_says_that_it_is_at_a_kink(opened: Any) -> None:
    page = opened(*BREAKS)
    page.box("t").click()
    assert "at a kink:" in page.page.locator(".derivation").inner_text()


@pytest.mark.parametrize(
    ("program", "told", "numbers", "lines"),
    [
        ("J = x^2", "The gradient predicts along the tangent", ("0.5", "0.5625"), 1),
        ("J = abs(x - 1)", "abs(v1) at v1 = 0 is at a kink: 0 is the choice", ("0", "0.25"), 1),
        ("J = 1/(x - 1)", "J is ∞ here: no gradient predicts", ("undefined", "undefined"), 0),
    ],
)
def test_a_nudge_from_where_nothing_is_predicted_says_so_and_has_its_curve(
    program: str, told: str, numbers: tuple[str, str], lines: int, opened: Any
) -> None:
    page = opened(program, {"x": 1})
    panel = page.page.locator(".nudge")
    assert panel.locator(".reading").inner_text().startswith(told)
    found = [panel.locator(f".{kind}-number").inner_text() for kind in ("predicted", "actual")]
    assert found == [*numbers]
    assert panel.locator("svg .curve").count() == 1
    assert panel.locator("svg .tangent").count() == lines


@pytest.mark.parametrize(
    ("program", "at", "pieces"),
    [
        ("J = where(x > 1, x^2, 3*x)", 1, 2),
        ("J = where(x > 1.01, x^2, 3*x)", 1, 2),
        ("J = x + floor(x)", 1.1, 4),
        ("J = 1/(x - 1.01)", 1, 2),
        ("J = tanh(40*(x - 1.013))", 1, 1),
        ("J = abs(x - 1.013) + sqrt(abs(x - 0.9))", 1, 1),
        ("J = exp(9*x)", 1, 1),
        ("J = x*0 + 2", 1, 1),
    ],
)
def test_the_curve_of_a_nudge_is_in_pieces_where_the_output_jumps(
    program: str, at: float, pieces: int, opened: Any
) -> None:
    path = opened(program, {"x": at}).page.locator(".nudge svg .curve").get_attribute("d")
    assert path.count("M") == pieces
    heights = [[float(y) for y in re.findall(r" (-?[\d.]+)", piece)] for piece in path.split("M")]
    assert all(len(piece) > 1 for piece in heights[1:])


def test_a_branch_that_is_not_taken_is_faint_and_hands_nothing_back(opened: Any) -> None:
    page = opened("a = log(x); b = x^2; y = where(x > 0, a, b)", {"x": -1})
    assert "unused" in page.box("a").get_attribute("class")
    assert "unused" not in page.box("b").get_attribute("class")
    page.set("x", "2")
    assert "unused" in page.box("b").get_attribute("class")
    assert page.numbers("x")[1] == "0.5"


SPLINE = """
s = where(x < 0, x^3 + 1, where(x < 1, 1 - x^2, where(x < 2, (x - 1)*(x - 2), sqrt(x - 2))))
"""


@pytest.mark.parametrize("script", [True, False])
def test_no_product_is_written_where_a_branch_that_is_not_taken_hands_nothing_back(
    script: bool, opened: Any
) -> None:
    page = opened(*SHAPES["untaken"], java_script_enabled=script)
    page.page.wait_for_timeout(300)
    found = [text.strip() for text in page.texts(".table td.of-gradient")]
    assert "dsdr=dsds·∂s∂r+dsdq·∂q∂r=1·(−2)+0=−2 nothing flows back to q" in found
    assert "dsdq=dsds·∂s∂q=1·0=0" in found
    assert not any("undefined" in text for text in found)
    page = opened(SPLINE, {"x": 1}, java_script_enabled=script)
    page.page.wait_for_timeout(300)
    found = [text.strip() for text in page.texts(".table td.of-gradient")]
    assert "dsdv11=dsdv12·∂v12∂v11=0 nothing flows back to v12" in found
    assert not any("undefined" in text for text in found)


# a nudge, a step down -------------------------------------------------------------------------


def test_a_nudge_is_predicted_beside_what_happens(opened: Any) -> None:
    page = opened()
    panel = page.page.locator(".nudge")
    panel.locator("select").select_option(label="w")
    moved = float(panel.locator(".move math").text_content().partition("=")[2])
    predicted = plain(panel.locator(".predicted-number").inner_text())
    happens = plain(panel.locator(".actual-number").inner_text())
    (nudge,) = ag.compile(COST).at(AT).explain(nudges={"w": moved}).nudges
    assert isclose(predicted, nudge.predicted, rel_tol=1e-4)
    assert isclose(happens, nudge.actual, rel_tol=1e-4)
    assert panel.locator("svg .curve").count() == panel.locator("svg .tangent").count() == 1


def test_a_step_goes_down_the_gradient_and_the_loss_is_kept(opened: Any) -> None:
    page = opened()
    panel = page.page.locator(".descent")
    panel.locator(".rate").fill("0.1")
    panel.locator(".rate").press("Enter")
    update = panel.locator(".updates math", has_text="w").first.text_content()
    assert update == "w←2−0.1·(−4)=2.4"
    panel.get_by_role("button", name="Step", exact=True).click()
    wanted = {"w": 2.4, "x": -2.4, "b": 7.8, "y": 2.2}
    for name, number in wanted.items():
        assert plain(page.numbers(name)[0]) == number
    losses = [ag.compile(COST)(AT).value, ag.compile(COST)(wanted).value]
    assert panel.locator(".said").inner_text().startswith("J after 1 step: 2 → ")
    shown = panel.locator(".said").inner_text().split("→")[1]
    assert plain(shown) == pytest.approx(losses[1], rel=1e-4)
    assert panel.locator("svg .on-curve").count() == 2
    panel.get_by_role("button", name="10 steps").click()
    assert "after 11 steps" in panel.locator(".said").inner_text()
    for _ in range(11):
        panel.get_by_role("button", name="Undo").click()
    assert page.numbers("w")[0] == "2"
    assert panel.get_by_role("button", name="Undo").is_disabled()


def test_only_the_inputs_that_are_ticked_move(opened: Any) -> None:
    page = opened("w = 3; y = (w*x - t)^2", {"x": 2, "t": 1})
    panel = page.page.locator(".descent")
    ticked = panel.locator(".chips input").evaluate_all("(all) => all.map((box) => box.checked)")
    assert sorted(ticked) == [False, False, True]
    panel.get_by_role("button", name="Step", exact=True).click()
    assert (page.numbers("x")[0], page.numbers("t")[0]) == ("2", "1")
    assert page.numbers("w")[0] != "3"


def test_there_is_no_step_where_the_gradient_is_no_number(opened: Any) -> None:
    page = opened(*SHAPES["domain"])
    panel = page.page.locator(".descent")
    assert "the gradient is no number" in panel.inner_text()
    assert panel.get_by_role("button", name="Step", exact=True).is_disabled()
    assert page.numbers("z") == ("undefined", "1")


# the address ----------------------------------------------------------------------------------


def test_a_link_carries_the_state(opened: Any) -> None:
    page = opened(address="#w=2.4&step=6&node=c&lr=0.05")
    assert page.numbers("w")[0] == "2.4"
    assert page.page.locator(".where").inner_text() == "backward 2 of 8"
    assert page.box("c").get_attribute("aria-pressed") == "true"
    assert page.page.locator(".rate").input_value() == "0.05"
    page.set("x", "-1")
    page.go(3)
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("location.hash") == "#w=2.4&x=-1&step=3&node=d&lr=0.05"
    page.page.evaluate("location.hash = '#w=5'")
    page.page.wait_for_timeout(100)
    assert page.numbers("w")[0] == "5"
    assert page.numbers("x")[0] == "−2"


@pytest.mark.parametrize(
    "address",
    [
        "#w=<img src=x onerror=alert(1)>",
        "#node=<script>alert(1)</script>&step=1e9",
        "#step=-3&w=NaN&x=Infinity&nothing=2",
        "#__proto__=1&constructor=2&toString=3",
        "#%E0%A4%A",
    ],
)
def test_a_hostile_link_does_nothing(address: str, opened: Any) -> None:
    page = opened(address=address)
    assert page.numbers("w")[0] == "2"
    assert page.complaints == []


def test_inputs_called_like_the_pages_own_fields_keep_apart(opened: Any) -> None:
    page = opened("y = step*node + lr", {"step": 2, "node": 3, "lr": 4})
    page.set("step", "5")
    page.go(1)
    page.page.wait_for_timeout(300)
    address = page.page.evaluate("location.hash")
    assert address == "#input%3Astep=5&step=1&node=v1"
    again = opened("y = step*node + lr", {"step": 2, "node": 3, "lr": 4}, address)
    assert again.numbers("step")[0] == "5"
    assert again.page.locator(".where").inner_text() == "forward 1 of 2"


# everyone can use it --------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shape", ["cost", "network", "kink", "domain", "leaf"])
def test_axe_finds_no_barrier(shape: str, scheme: str, opened: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(*SHAPES[shape], color_scheme=scheme, bypass_csp=True)
    page.go(5)
    page.page.wait_for_timeout(250)  # the table waits until nothing moves
    found = Axe().run(page.page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
@pytest.mark.parametrize("shape", ["cost", "network", "unnamed"])
def test_nothing_runs_out_of_the_window(shape: str, width: int, opened: Any) -> None:
    page = opened(*SHAPES[shape], viewport={"width": width, "height": 800})
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    edges = "(all) => all.map((each) => each.getBoundingClientRect().right)"
    right = page.page.locator(".player button, .panel button, .panel input").evaluate_all(edges)
    assert max(right) <= width


def test_without_javascript_the_picture_and_the_table_are_there_and_nothing_dead(
    opened: Any,
) -> None:
    page = opened(java_script_enabled=False)
    assert page.page.locator("svg.graph").is_visible()
    assert page.page.locator(".table").is_visible()
    assert page.numbers("w") == ("2", "−4")
    for selector in (".player", ".panels", "header button"):
        assert not page.page.locator(selector).is_visible()


def test_in_print_the_picture_and_the_table_are_there_and_no_button(opened: Any) -> None:
    page = opened()
    page.page.emulate_media(media="print")
    assert page.page.locator("svg.graph").is_visible()
    assert page.page.locator(".table").is_visible()
    assert not page.page.locator(".player").is_visible()
    assert not page.page.locator(".panels").is_visible()


def test_on_paper_a_page_of_steps_tells_no_more_than_on_the_screen(opened: Any) -> None:
    page = opened(made={"steps": True})
    page.go(2)
    page.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.page.emulate_media(media="print")
    assert page.numbers("a") == ("4", "")
    assert page.numbers("J") == ("", "")
    assert page.texts(".table .gradient") == [""] * len(page.texts(".table .gradient"))
    page.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.page.locator(".descent").is_visible()
    assert "forward 2" in page.page.locator(".where").text_content()


def test_the_panel_of_inputs_shows_the_gradients_that_the_picture_shows(opened: Any) -> None:
    page = opened(address="#step=3")
    assert set(page.texts(".row .gradient")) == {""}
    page.go(13)
    assert "grad −4" in page.texts(".row .gradient")


@pytest.mark.parametrize("inputs", [4, 30])
def test_fit_shows_the_whole_picture_in_its_width_and_in_its_height(
    inputs: int, opened: Any
) -> None:
    pairs = " + ".join(f"w{n}*x{n}" for n in range(inputs))
    at = {f"{name}{n}": 1 for name in "wx" for n in range(inputs)}
    page = opened(f"J = {pairs}", at, viewport={"width": 900, "height": 700})
    if page.page.locator("[data-fit]").get_attribute("aria-pressed") != "true":
        page.page.locator("[data-fit]").click()
    room = page.page.locator(".scroll").evaluate(
        "(e) => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
    )
    assert room == [0, 0]


CHAIN = "; ".join(["h0 = w*x", *(f"h{n} = tanh(w*h{n - 1})" for n in range(1, 60))])


def test_on_paper_a_long_picture_is_in_strips_of_which_every_box_is_in_one(opened: Any) -> None:
    page = opened(CHAIN, {"x": 1, "w": 1.5}, viewport={"width": 1032, "height": 702})
    page.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.page.emulate_media(media="print")
    assert not page.page.locator(".scroll").is_visible()
    strips = page.page.locator(".strips svg")
    assert strips.count() > 5
    seen: list[str] = []
    for strip in strips.all():
        frame = strip.bounding_box()
        assert frame["x"] >= 0
        assert frame["x"] + frame["width"] <= 1032
        view = [float(x) for x in strip.get_attribute("viewBox").split()]
        assert frame["width"] / view[2] > 0.7, "its letters can be read"
        for box in strip.locator(".node .box").all():
            place = box.bounding_box()
            left, right = place["x"] - frame["x"], place["x"] + place["width"] - frame["x"]
            assert (left >= 0) == (right > 0), "no box is cut"
            assert (right <= frame["width"]) == (left < frame["width"])
            if 0 <= left < frame["width"]:
                seen.append(box.locator("xpath=..").get_attribute("data-node"))
    assert len(seen) == len(set(seen)) == page.page.locator(".scroll .node").count()
    page.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert strips.count() == 0


def test_of_a_sum_of_many_products_the_first_and_the_last_are_written(opened: Any) -> None:
    page = opened(CHAIN, {"x": 1, "w": 1.5}, address="#node=w")
    sides = page.page.locator(".derivation .equation").last.text_content().split("=")
    assert sides[1].count("∂h") == 2 * 7 - 7
    assert sides[1].count("⋯") == sides[2].count("⋯") == 1
    assert sides[2].count("·") == 7


@pytest.mark.parametrize("inputs", [4, 5, 40])
def test_in_print_a_picture_is_on_the_sheet_of_the_heading_if_it_can_be_read_there(
    inputs: int, opened: Any
) -> None:
    """One that needs a sheet of its own leaves one behind with the heading alone."""
    width, height = 1032, 702  # A4 across without its margins
    pairs = " + ".join(f"w{n}*x{n}" for n in range(inputs))
    at = {f"{name}{n}": 1 for name in "wx" for n in range(inputs)}
    page = opened(f"J = {pairs}", at, viewport={"width": width, "height": height})
    graph = page.page.locator("svg.graph")
    whole = float(graph.get_attribute("height"))
    assert whole > 500
    page.page.emulate_media(media="print")
    picture, drawn = page.page.locator("figure.picture").bounding_box(), graph.bounding_box()
    assert picture["y"] + picture["height"] <= height or drawn["height"] == pytest.approx(
        0.6 * whole, abs=1
    )
    assert (picture["y"] + picture["height"] <= height) == (inputs < 40)
    assert drawn["x"] >= 0
    assert drawn["x"] + drawn["width"] <= width


COLOURS = """() => {
  const agp = document.querySelector(".agp");
  const found = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule.selectorText?.split(", ").includes(".agp"))
    .flatMap((rule) => [...rule.style]).filter((name) => name.startsWith("--"));
  const style = getComputedStyle(agp);
  return {
    whole: getComputedStyle(document.documentElement).backgroundColor,
    paper: style.backgroundColor,
    ink: style.color,
    scheme: style.colorScheme,
    count: found.length,
    none: found.filter((name) => !["--light", "--dark", "--shadow", "--mono"].includes(name)
      && !CSS.supports("color", style.getPropertyValue(name).trim() || "none")),
  };
}"""

WHITE = "rgb(255, 255, 255)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("switched", [False, True])
@pytest.mark.parametrize("media", ["screen", "print"])
def test_every_colour_is_one_of_its_two_and_paper_is_white(
    scheme: str, switched: bool, media: str, opened: Any
) -> None:
    page = opened(color_scheme=scheme)
    if switched:
        page.page.get_by_label("light or dark").click()
    page.page.emulate_media(media=media)
    found = page.page.evaluate(COLOURS)
    assert found["count"] > 15
    assert found["none"] == []
    dark = (scheme == "dark") != switched and media == "screen"
    assert found["scheme"] == ("dark" if dark else "light")
    assert (found["paper"] != WHITE) == dark
    assert found["whole"] == found["paper"]
    lightness = [sum(map(int, re.findall(r"\d+", found[name])[:3])) for name in ("paper", "ink")]
    assert abs(lightness[0] - lightness[1]) > 500


def test_light_and_dark_can_be_switched(opened: Any) -> None:
    page = opened(color_scheme="dark")
    paper = "getComputedStyle(document.querySelector('.agp')).backgroundColor"
    dark = page.page.evaluate(paper)
    page.page.get_by_label("light or dark").click()
    assert page.page.evaluate(paper) == "rgb(255, 255, 255)" != dark
    page.page.get_by_label("light or dark").click()
    assert page.page.evaluate(paper) == dark


def test_fragments_live_on_one_page(browser: Any, tmp_path: Path) -> None:
    first = ag.compile(COST).at(AT).page(embed=True).html
    second = ag.compile("y = x^2").at(x=3).page(embed=True).html
    path = tmp_path / "course.html"
    path.write_text(
        f"<!DOCTYPE html><h1>A course</h1>{first}<p>and</p>{second}{second}", encoding="utf-8"
    )
    page = Opened(browser, path, "#w=7")
    outputs = page.page.locator(".caption p:first-child").all_inner_texts()
    assert len(outputs) == 3
    assert [p.is_visible() for p in page.page.locator(".player").all()] == [True] * 3
    assert page.numbers("w")[0] == "2", "the address is the course's own"
    assert page.page.evaluate("getComputedStyle(document.body).fontFamily") != page.page.evaluate(
        "getComputedStyle(document.querySelector('.agp')).fontFamily"
    )
    assert page.complaints == []
    page.context.close()


PHONES = {
    "kinks": ("a = where(x > 1, x^2, 2*x - 1); b = abs(x - 3); y = a + b + max(x, 2)", {"x": 1}),
    "pole": ("d = x^2 - 1; q = 1/d; y = q + x", {"x": 1}),
    "softmax": (
        "z1 = u*x; z2 = v*x; S = exp(z1) + exp(z2); p = exp(z1)/S; L = -log(p)",
        {"u": 1, "v": 2, "x": 1},
    ),
}


@pytest.mark.parametrize("width", [360, 390])
@pytest.mark.parametrize("shape", PHONES)
def test_on_a_small_telephone_no_panel_and_no_row_is_cut_and_letters_can_be_read(
    shape: str, width: int, opened: Any
) -> None:
    page = opened(*PHONES[shape], viewport={"width": width, "height": 800}).page
    cut = "(all) => all.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)"
    assert page.locator(".agp .panel, .agp .table, .agp .caption").evaluate_all(cut) == []
    letters = """(all) => all.map((e) =>
      parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getScreenCTM().a)"""
    sizes = page.locator(".agp .plot text").evaluate_all(letters)
    assert len(sizes) >= 2
    assert min(sizes) > 9


@pytest.mark.parametrize("part", [".rows", ".updates"])
def test_a_list_that_is_cut_says_how_many_lines_are_below(part: str, opened: Any) -> None:
    names = [f"w{n}" for n in range(1, 21)]
    page = opened(" + ".join(f"{name}^2" for name in names), dict.fromkeys(names, 1)).page
    words = page.locator(f"{part} + .more")
    below = f"""() => {{
      const list = document.querySelector("{part}"), end = list.getBoundingClientRect().bottom;
      return [...list.children].filter((e) => e.getBoundingClientRect().bottom > end + 1).length;
    }}"""
    hidden = page.evaluate(below)
    assert hidden > 5
    assert words.inner_text() == f"{hidden} more below"
    page.locator(part).evaluate("(list) => { list.scrollTop = 1e6; }")
    page.wait_for_timeout(100)
    assert page.evaluate(below) == 0
    assert words.text_content() == ""


def test_a_list_that_is_not_cut_says_nothing(opened: Any) -> None:
    assert opened().texts(".more") == ["", ""]


@pytest.mark.parametrize("width", [390, 700])
def test_no_label_of_a_row_runs_into_its_equation(width: int, opened: Any) -> None:
    program = "theta_rad_0 = 2*omega_rad_per_s; y = theta_rad_0^2"
    page = opened(program, {"omega_rad_per_s": 3}, viewport={"width": width, "height": 800}).page
    seen = page.locator(".table tbody tr").evaluate_all(
        """(all) => all.map((row) => {
          const label = row.querySelector("th math").getBoundingClientRect();
          return [label.right, row.querySelector(".of-value math").getBoundingClientRect().left];
        })"""
    )
    assert len(seen) == 3
    assert [pair for pair in seen if pair[0] > pair[1]] == []


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("value", [23.7034385172, -0.000123456789, -1.23456789e-300, 1e6])
def test_a_number_in_a_box_is_not_cut_and_is_whole_where_one_types(
    value: float, width: int, opened: Any
) -> None:
    page = opened("y = x^2 + w", {"x": value, "w": 1}, viewport={"width": width, "height": 800})
    field = page.page.get_by_label("value of x", exact=True)
    cut = "(e) => e.scrollWidth > e.clientWidth"
    assert not field.evaluate(cut)
    assert isclose(float(field.input_value()), value, rel_tol=0.2)
    assert float(field.get_attribute("title")) == value
    field.focus()
    assert float(field.input_value()) == value
    page.page.get_by_label("x, slider").focus()
    page.page.keyboard.press("Tab")
    page.page.keyboard.type("pi")
    assert field.input_value() == "pi", "what one types replaces the number"
    page.page.keyboard.press("Control+A")
    page.page.keyboard.type(repr(value))
    page.page.get_by_label("value of w", exact=True).focus()
    assert not field.evaluate(cut)
    assert page.complaints == []


def test_a_box_says_what_it_takes(opened: Any) -> None:
    page = opened()
    words = page.page.locator(".panel .refusal:visible")
    assert words.count() == 0
    page.set("w", "pi/2")
    assert words.all_inner_texts() == ["This box takes a number, such as 0.5, −2, 1e-3 or 1/3."]
    page.set("w", "1/3")
    assert words.count() == 0
    rate = page.page.get_by_label("rate")
    rate.fill("-1")
    rate.press("Enter")
    assert words.all_inner_texts() == ["The rate is a number above 0, such as 0.1 or 1/3."]
    rate.fill("0.5")
    rate.press("Enter")
    assert words.count() == 0


COURSE = """
h1, h2, p { color: red; text-align: center; text-transform: uppercase; border-bottom: 2px solid }
h1, h2, p, figure, label, summary { margin: 2em; font-family: Georgia }
button, input, select { width: 100%; margin: 2em; border-radius: 0; float: left }
header, footer, details, summary, kbd { background: gold; padding: 3em; border: 1px solid }
table, td, th { border: 2px solid green; padding: 1em; text-align: center; margin: 1em }
table tr:nth-child(2n), thead { background: #eeeeee }
label, td { font-weight: bold; display: block }
svg { max-width: 100%; height: auto; display: block; vertical-align: middle }
"""
"""What the style of a course may say of all its elements."""

LOOK = """[...document.querySelectorAll(".agp, .agp *:not(math *)")].map((e) => {
  const style = getComputedStyle(e), { width, height } = e.getBoundingClientRect();
  return [e.tagName, e.className.baseVal ?? e.className, style.color, style.backgroundColor,
    style.textAlign, style.fontWeight, style.borderBottomWidth, width, height].join(" ");
})"""


@pytest.mark.parametrize("width", [1280, 390])
def test_a_fragment_keeps_its_look_whatever_the_style_around_it(
    width: int, browser: Any, tmp_path: Path
) -> None:
    shown = []
    for name, around in (("plain", ""), ("styled", COURSE)):
        path = tmp_path / f"{name}.html"
        fragment = ag.compile(SHAPES["network"][0]).page(embed=True).html
        path.write_text(f"<!DOCTYPE html><style>{around}</style>{fragment}", encoding="utf-8")
        page = Opened(browser, path, viewport={"width": width, "height": 900})
        shown.append(page.page.evaluate(LOOK))
        page.context.close()
    assert len(shown[0]) > 300
    assert [pair for pair in zip(*shown, strict=True) if pair[0] != pair[1]][:5] == []


def test_a_page_of_steps_tells_no_result_before_the_passes_have_come_to_it(opened: Any) -> None:
    page = opened(made={"steps": True})

    def told() -> list[tuple[str, str, str, str]]:
        page.page.wait_for_timeout(250)  # the table waits until nothing moves
        return [
            tuple(row.locator("td").all_text_contents()[:4])
            for row in page.page.locator(".table tbody tr").all()
        ]

    assert told()[:4] == [
        ("c=w·x", "", "dJdc=dJda·∂a∂c", ""),
        ("a=c+b", "", "dJda=dJdd·∂d∂a", ""),
        ("d=a−y", "", "dJdd=dJdJ·∂J∂d", ""),
        ("J=12·d2", "", "dJdJ", ""),
    ]
    for panel in (".nudge", ".descent"):
        assert not page.page.locator(panel).is_visible()
    assert set(page.texts(".row .gradient")) == {""}
    assert page.texts(".derivation .equation") == ["J=12·d2", "dJdJ"]
    page.go(2)
    assert [row[:2] for row in told()[:3]] == [
        ("c=w·x=2·(−2)=−4", "−4"), ("a=c+b=−4+8=4", "4"), ("d=a−y", ""),
    ]  # fmt: skip
    page.page.locator(".scroll").press("End")
    whole = told()
    assert whole[0] == ("c=w·x=2·(−2)=−4", "−4", "dJdc=dJda·∂a∂c=2·1=2", "2")
    page.page.locator(".scroll").press("Home")
    assert told() == whole, "once they have been through there is no secret"
    assert page.page.locator(".descent").is_visible()


def test_the_table_of_a_page_of_steps_tells_no_result_while_it_opens(opened: Any) -> None:
    page = opened(made={"steps": True}).page
    page.add_init_script("window.setTimeout = () => 0")  # nothing that waits is ever done
    page.reload()
    assert page.locator(".table tbody tr").first.locator("td").all_text_contents()[:2] == [
        "c=w·x", "",
    ]  # fmt: skip
    assert set(page.locator(".table .number.gradient").all_text_contents()) == {""}


def test_a_link_to_the_end_of_a_page_of_steps_opens_there(opened: Any) -> None:
    page = opened(made={"steps": True})
    page.page.locator(".scroll").press("End")
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("location.hash") == "#step=13"
    there = opened(address="#step=13", made={"steps": True})
    assert there.page.locator(".where").inner_text() == "both passes done"
    assert there.page.locator(".nudge").is_visible()


def test_steps_opens_at_the_first_step(opened: Any) -> None:
    assert opened(made={"steps": True}).page.locator(".where").inner_text() == "inputs"
    assert opened().page.locator(".where").inner_text() == "both passes done"


def test_one_frame_of_a_slider_is_quick(opened: Any) -> None:
    page = opened(*SHAPES["network"])
    took = page.page.evaluate(
        """() => {
          const slider = document.querySelector(".rows input[type=range]");
          const began = performance.now();
          for (let n = 0; n < 20; n++) {
            slider.value = n / 100;
            slider.dispatchEvent(new Event("input"));
          }
          return (performance.now() - began) / 20;
        }"""
    )
    assert took < 200, "milliseconds; 20 are usual"
