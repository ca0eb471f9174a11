"""Pages: their numbers without a browser, and a browser to open them in where there is one."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from math import isinf, isnan
from pathlib import Path
from typing import Any

import quickjs

import autograd_cli as ag
from autograd_cli.page.model import Model, as_data, model
from autograd_grammar import parse
from autograd_graph.steps.steps import Grain

ENGINE = files("autograd_cli.page").joinpath("script/engine.js").read_text(encoding="utf-8")

NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}

LISTED = """
(() => {
  const given = PROGRAM.values.map((x, n) => (n in GIVEN ? GIVEN[n] : x));
  const run = evaluate(PROGRAM, given);
  return JSON.stringify({
    values: run.values.map(String),
    adjoints: run.adjoints.map((x) => (x === null ? null : String(x))),
    statuses: run.statuses,
  });
})()
"""


@dataclass(frozen=True)
class Point:
    """What a page's engine says at a point, by node of the program's graph."""

    values: dict[int, float]
    adjoints: dict[int, float | None]
    statuses: dict[int, str]


@dataclass(frozen=True)
class Engine:
    """A page's model, and its script's engine running in QuickJS."""

    model: Model
    context: Any

    def at(self, values: Mapping[str, float] | None = None) -> Point:
        """Both passes where some inputs have other values than the page began with."""
        inputs = self.model.program.graph.inputs
        place = self.model.place
        given = {place[inputs[n]]: js(x) for n, x in (values or {}).items() if inputs[n] in place}
        listed = ", ".join(f"{node}: {x}" for node, x in given.items())
        found = json.loads(self.context.eval(LISTED.replace("GIVEN", f"({{{listed}}})")))
        return Point(
            {node: number(found["values"][n]) for node, n in place.items()},
            {
                node: None if (x := found["adjoints"][n]) is None else number(x)
                for node, n in place.items()
            },
            {node: found["statuses"][n] for node, n in place.items()},
        )


def js(x: float) -> str:
    """A number as JavaScript writes it."""
    if isnan(x):
        return "NaN"
    return ("-" if x < 0 else "") + "Infinity" if isinf(x) else repr(x)


def number(text: str) -> float:
    """A number that JavaScript wrote."""
    return NUMBERS[text] if text in NUMBERS else float(text)


def engine(program: str, at: Mapping[str, float] | None = None, by: Grain | None = None) -> Engine:
    """The engine of a program's page."""
    names = parse(program).inputs.keys()
    given = {name: x for name, x in (at or {}).items() if name in names}
    found = model(ag.compile(program).at(given)._program, by)
    data, code = as_data(found)
    context = quickjs.Context()
    context.eval(ENGINE)
    context.eval(code)
    context.set("HELD", json.dumps(data["program"]))
    context.eval(
        """
        const PROGRAM = JSON.parse(HELD);
        const ODD = { nan: NaN, inf: Infinity, "-inf": -Infinity };
        PROGRAM.values = PROGRAM.values.map((x) => ODD[x] ?? x);
        PROGRAM.operations.forEach((each, n) => { each.code = OPERATIONS[n]; });
        """
    )
    return Engine(found, context)


CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
"""A browser of the Chromium family, if the machine has one."""


def photograph(page: Path, state: str, picture: Path, width: int, height: int) -> None:
    """Write a picture of a page that is opened in a state, if there is a browser to open it in."""
    if CHROMIUM is None:
        print("there is no Chromium: pictures of pages stay as they are", file=sys.stderr)  # noqa: T201
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        size = {"width": width, "height": height}
        opened = browser.new_page(viewport=size, reduced_motion="reduce")
        opened.goto(page.as_uri() + state)
        opened.wait_for_timeout(500)
        opened.screenshot(path=str(picture))
        browser.close()
