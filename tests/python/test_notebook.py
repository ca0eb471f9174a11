"""In a notebook: formulas, tables in colour, pictures; the example is what it shows."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from typing import Any
from unittest import mock

import nbformat
import pytest
from nbclient import NotebookClient
from support_cli import SAMPLES

import autograd_cli as ag

TOUR = SAMPLES / "tour.ipynb"
AT = {"w": 2, "x": -2, "b": 8, "y": 2}


def tour() -> Any:
    return nbformat.read(TOUR, 4)


@pytest.fixture(scope="module")
def run_again() -> Any:
    notebook = tour()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    with mock.patch.dict(os.environ, COLUMNS="80"):
        NotebookClient(notebook, timeout=120).execute()
    return notebook


def shown(notebook: Any) -> list[list[tuple[str, str]]]:
    """What each cell shows, as text and in its richer forms."""
    found = []
    for cell in notebook.cells:
        outputs = []
        for output in cell.get("outputs", []):
            assert output.output_type in ("execute_result", "stream"), output
            data = {"text": output["text"]} if "text" in output else output["data"]
            outputs += sorted(data.items())
        found.append(outputs)
    return found


def test_the_example_notebook_shows_what_it_holds(run_again: Any) -> None:
    assert shown(run_again) == shown(tour())


def test_the_example_notebook_has_formula_table_and_picture(run_again: Any) -> None:
    kinds = {kind for cell in shown(run_again) for kind, _ in cell}
    assert {"text/latex", "text/html", "image/svg+xml", "text/plain", "text"} <= kinds


def test_a_function_shows_its_formula() -> None:
    text = ag.compile("J = 1/2*(w*x + b - y)^2")._repr_latex_()
    assert text.startswith("$$")
    assert text.endswith("$$")
    assert r"\left(w x + b - y\right)^{2}" in text
    assert "%" not in text


def test_a_picture_is_an_svg() -> None:
    picture = ag.compile("J = 1/2*(w*x + b - y)^2").at(AT).graph(gradients=True)
    root = ET.fromstring(picture._repr_svg_())
    assert root.tag.endswith("svg")
    assert picture._repr_html_() == picture._repr_svg_()


def test_html_is_the_drawing_and_nothing_that_runs() -> None:
    page = ag.compile("a = x*y; relu(a)")(x=0, y=1)._repr_html_()
    text = re.sub(r"<[^>]+>", "", page)
    assert "relu(a)" in text
    assert "kink" in text
    assert page.startswith("<pre")
    assert "<script" not in page


def test_names_from_outside_cannot_write_html() -> None:
    page = ag.compile("x < 2")(x=1)._repr_html_()
    assert "x < 2" not in page
    assert "x &lt; 2" in page
