"""A page in Firefox, which takes pictures of a page and tells nothing else of it.

The page checks itself and covers itself with green where all is well, with red else; its picture is
held to that of a plain green page. Skipped, saying so, where there is no Firefox.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from support_cli import SAMPLES

import autograd_cli as ag

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)

pytestmark = pytest.mark.skipif(FIREFOX is None, reason="there is no Firefox to open a page in")

PLAIN = '<!DOCTYPE html><meta charset="utf-8"><body style="margin: 0; background: %s">'

CHECK = """
<script>
const wanted = WANTED;
const wrong = [];
const number = (text) => Number(text.split(" ")[1].replaceAll("−", "-"));
const close = (a, b) => Math.abs(a - b) <= 1e-4 * Math.max(Math.abs(a), Math.abs(b));
function expect(name, found, truth) {
  if (!(typeof truth === "number" ? close(found, truth) : found === truth)) {
    wrong.push(`${name}: ${found}, not ${truth}`);
  }
}
function numbers(kind) {
  const found = {};
  for (const box of document.querySelectorAll(".graph .node")) {
    const line = box.querySelector(`text.${kind}`);
    const label = box.querySelector("text.label").textContent.split(" ")[0];
    found[label] = number(line.textContent);
  }
  return found;
}
try {
  const bar = document.querySelector(".scrubber input");
  const field = document.querySelector(`[aria-label="value of ${wanted.input}"]`);
  field.value = String(wanted.moved);
  field.dispatchEvent(new Event("change"));
  for (const kind of ["value", "gradient"]) {
    for (const [name, truth] of Object.entries(wanted[kind])) {
      expect(`${kind} of ${name}`, numbers(kind)[name], truth);
    }
  }
  bar.value = 0;
  bar.dispatchEvent(new Event("input"));
  const hidden = document.querySelectorAll(".graph text.gradient.hidden").length;
  expect("gradients hidden", hidden, document.querySelectorAll(".graph .node").length);
  bar.value = bar.max;
  bar.dispatchEvent(new Event("input"));
  document.querySelector(".descent .main").click();
  const said = document.querySelector(".descent .said").textContent;
  expect("a step down", said.includes("after 1 step"), true);
  const shown = document.querySelector("mfrac").getBoundingClientRect();
  expect("a fraction has a height", shown.height > 0, true);
  const paper = getComputedStyle(document.querySelector(".agp")).backgroundColor;
  expect("paper", paper, "rgb(255, 255, 255)");
} catch (error) {
  wrong.push(String(error));
}
const cover = document.body.appendChild(document.createElement("div"));
cover.style = "position: fixed; inset: 0; z-index: 9; background: "
  + (wrong.length ? "#ff0000" : "#00ff00");
document.documentElement.style.overflow = "hidden";
</script>
"""

PROGRAMS = {
    "cost": (
        "c = w*x; a = c + b; d = a - y; J = 1/2*d^2",
        {"w": 2, "x": -2, "b": 8, "y": 2},
        "w",
        "J",
    ),
    "branches": ("z = where(x > 0, log(x)*w, x^2) + max(x, w)", {"x": -1, "w": 2}, "x", "z"),
    "network": (
        (SAMPLES / "two_layer_network.expr").read_text(encoding="utf-8"),
        {},
        "w5",
        "total",
    ),
}


def picture(text: str, folder: Path) -> bytes:
    """The picture that Firefox takes of a page."""
    page, image = folder / "page.html", folder / "page.png"
    page.write_text(text, encoding="utf-8")
    image.unlink(missing_ok=True)
    assert FIREFOX is not None
    subprocess.run(
        [FIREFOX, "--headless", "--no-remote", "--profile", str(folder), "--window-size=400,300",
         "--screenshot", str(image), page.as_uri()],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return image.read_bytes()


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Pictures of a page that is green and of one that is red."""
    folder = tmp_path_factory.mktemp("firefox")
    green, red = (picture(PLAIN % colour, folder) for colour in ("#00ff00", "#ff0000"))
    assert green != red
    return green, red


def checked(shape: str, folder: Path, off: float = 0.0) -> bytes:
    """The picture of a page that has checked its numbers, one of which is to be ``off``."""
    program, at, name, output = PROGRAMS[shape]
    function, moved = ag.compile(program).at(at), 0.75
    there = function.at({name: moved})
    wanted = {
        "input": name,
        "moved": moved,
        "value": {name: moved, output: there().value + off},
        "gradient": dict(there.gradient()),
    }
    text = function.page(embed=True).html
    body = PLAIN % "#ffffff" + text + CHECK.replace("WANTED", json.dumps(wanted))
    return picture(body, folder)


@pytest.mark.parametrize("shape", PROGRAMS)
def test_a_page_computes_and_steps_in_firefox_too(
    shape: str, colours: tuple[bytes, bytes], tmp_path: Path
) -> None:
    assert checked(shape, tmp_path) == colours[0]


def test_a_page_with_a_wrong_number_would_be_found(
    colours: tuple[bytes, bytes], tmp_path: Path
) -> None:
    assert checked("cost", tmp_path, off=0.01) == colours[1]
