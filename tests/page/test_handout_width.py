"""A handout on paper and on a phone: nothing of it is beside the sheet, nothing has to be scrolled.

Skipped, saying so, where there is no Chromium.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support_cli import SAMPLES, autograd
from support_page import CHROMIUM

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to open a page in")

A4 = 642
"""The width of a sheet of 210 mm between margins of 2 cm, in CSS pixels."""
PHONE = 360
"""The width of a small telephone."""


def chain(function: str, length: int) -> tuple[str, ...]:
    """A recurrent network of shared weights, whose derivatives are sums over all its steps."""
    steps = [f"h{n} = {function}(w*{f'h{n - 1}' if n > 1 else 'x'} + b)" for n in range(length + 1)]
    return ("; ".join(steps[1:]), "--w=0.5", "--x=1", "--b=0.1")


LONG = " + ".join(f"w{n}*x{n}" for n in range(14))

PROGRAMS = {
    "recurrent": chain("tanh", 6),
    "small numbers": chain("sigmoid", 12),
    "rules": (*chain("tanh", 6), "--rules"),
    "along": (*chain("tanh", 6), "--along", "w=1"),
    "blank": (*chain("tanh", 6), "--blank"),
    "network": ("-f", str(SAMPLES / "two_layer_network.expr")),
    "within": (f"z = sin({LONG})*({LONG})^2/sqrt({LONG}); log(z, 2)^z", "--seed", "1"),
    "arguments": (f"z = max({LONG.replace('+', ',')}); where(z > 1, {LONG}, z)^2", "--seed", "1"),
    "statement within": (f"exp(-({LONG}))", "--seed", "1", "--by", "operation"),
    "exponent": (f"z = 2^({LONG}); z*({LONG})^({LONG})", "--seed", "1"),
    "long statement": (" + ".join(f"w{n}*x{n}^2" for n in range(1, 30)), "--seed", "1"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for the whole module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize(("media", "width"), [("print", A4), ("screen", PHONE), ("screen", 1200)])
def test_no_formula_is_beside_the_sheet(
    browser: Any, tmp_path: Path, name: str, media: str, width: int
) -> None:
    path = tmp_path / "sheet.html"
    run = autograd("explain", *PROGRAMS[name], "--to", "html", "-o", str(path))
    assert (run.status, run.err) == (0, "")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(media=media)
    page.goto(path.as_uri())
    beyond = page.evaluate(
        "[...document.querySelectorAll('math, .blank')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.textContent)"
    )
    page.close()
    assert beyond == []


SLACK = """[...document.querySelectorAll("table")].flatMap((table) => {
  const slack = [];
  for (const row of table.rows) for (const cell of row.cells) {
    if (cell.matches(".flowing") || !cell.querySelector("math")) continue;
    const right = Math.max(...[...cell.querySelectorAll("math, .blank, .remark")]
      .map((each) => each.getBoundingClientRect().right));
    const [n, free] = [cell.cellIndex, cell.getBoundingClientRect().right - right];
    slack[n] = Math.min(slack[n] ?? Infinity, free);
  }
  return slack.filter((each) => each > 12);
})"""
"""The columns that are wider than all of what stands in them."""


@pytest.mark.parametrize("more", [(), ("--along", "x=1"), ("--rules",), ("--blank",)], ids=str)
def test_a_column_is_as_wide_as_its_formulas_whatever_flows_over_it(
    browser: Any, tmp_path: Path, more: tuple[str, ...]
) -> None:
    path = tmp_path / "sheet.html"
    program = "z1 = u*x; z2 = v*x; S = exp(z1) + exp(z2); p = exp(z1)/S; L = -log(p)"
    words = ("explain", program, "--u=1", "--v=2", "--x=1", *more, "--to", "html")
    assert autograd(*words, "-o", str(path)).status == 0
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(path.as_uri())
    assert page.locator("td.flowing").count() > 0 or more == ("--blank",)
    assert page.evaluate(SLACK) == []
    lines = "[...document.querySelectorAll('td:not(.flowing)')].map((e) => e.clientHeight)"
    assert max(page.evaluate(lines)) < 90, "no formula in a column is broken"
    page.close()


def test_labels_of_a_chart_can_be_read_on_a_phone(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "chart.html"
    words = ("plot", "x^2 + 3*y^2", "--from", "x=1", "--from", "y=2", "--to", "html")
    assert autograd(*words, "-o", str(path)).status == 0
    page = browser.new_page(viewport={"width": PHONE, "height": 600})
    page.goto(path.as_uri())
    letters, right = page.evaluate(
        "(() => { const t = [...document.querySelectorAll('svg text')], s = t[0].ownerSVGElement;"
        " return [parseFloat(getComputedStyle(t[0]).fontSize) * s.getScreenCTM().a,"
        " Math.max(...t.map(e => e.getBoundingClientRect().right))]; })()"
    )
    page.close()
    assert letters > 9
    assert right <= PHONE
