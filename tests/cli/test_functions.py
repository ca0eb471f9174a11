"""``autograd functions``: the operator table as the user meets it."""

from __future__ import annotations

import csv
import io
import json

import pytest
from rich.cells import cell_len
from support_cli import autograd, hint

from autograd_grammar import prelude
from autograd_grammar.parser import library
from autograd_graph import OPERATORS
from autograd_graph.op import Op

LANGUAGE = """
mod exp expm1 exp2 log ln log2 log10 log1p sqrt cbrt square pow
sin cos tan sec csc cot asin acos atan asec acsc acot atan2 sinc
arcsin arccos arctan
sinh cosh tanh sech csch coth asinh acosh atanh asech acsch acoth
relu leaky_relu elu sigmoid σ log_sigmoid softplus
erf erfc gamma lgamma digamma polygamma
where min max clip abs sign step floor ceil round trunc
sum mean prod hypot norm logsumexp dot xlogy xlog1py
silu swish gelu mish selu softsign hardtanh mse bce huber hinge deg2rad rad2deg
"""


@pytest.mark.parametrize("name", [*LANGUAGE.split(), "+", "-", "*", "/", "^"])
def test_every_function_of_the_language_is_found(name: str) -> None:
    run = autograd("functions", name)
    assert (run.status, run.err) == (0, "")
    (row,) = run.rows
    assert row["signature"]
    assert row["summary"]


def test_list_has_every_row_of_the_table_and_the_prelude() -> None:
    names = [row["name"] for row in autograd("functions").rows]
    assert set(OPERATORS) - {"identity"} <= set(names)
    assert set(library()) <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "derivative"),
    [("tanh", "1 - tanh(x)^2"), ("sin", "cos(x)"), ("sqrt", "1/(2*sqrt(x))"), ("floor", "0")],
)
def test_derivative_is_in_textbook_form(name: str, derivative: str) -> None:
    assert autograd("functions", name).rows[0]["derivative"] == derivative


def test_card_shows_domain_and_awkward_points() -> None:
    run = autograd("functions", "log", "--format", "table")
    assert "log(x)  natural logarithm" in run.out
    assert "  domain     x > 0\n" in run.out
    assert "│ x = 0  │ -inf  │ inf   │ singular │\n" in run.out
    assert "│ x = -1 │ nan   │ nan   │ domain   │\n" in run.out


def test_card_of_a_prelude_function_shows_its_definition() -> None:
    run = autograd("functions", "silu", "--format", "table")
    assert prelude.sources()["silu"] in run.out


@pytest.mark.parametrize(
    ("name", "derivative"),
    [
        ("mse", "by y: 2*(y - t); by t: 2*(t - y)"),
        ("cube", "3*x^2"),
        ("rad2deg", "180/pi"),
    ],
)
def test_composed_functions_have_their_derivative(name: str, derivative: str) -> None:
    assert autograd("functions", name).rows[0]["derivative"] == derivative


def test_no_function_of_the_list_lacks_a_derivative() -> None:
    assert [row["name"] for row in autograd("functions").rows if not row["derivative"]] == []


def test_awkward_points_are_kinks_jumps_singular_ones_and_ends_of_the_domain() -> None:
    entries = json.loads(autograd("functions", "--format", "json").out)
    found = {edge["status"] for entry in entries for edge in entry["awkward"]}
    assert found == {"kink", "jump", "singular", "domain"}


SEVERAL = [row for row in OPERATORS.values() if any(len(edge.at) > 1 for edge in row.edges)]


@pytest.mark.parametrize("row", SEVERAL, ids=lambda row: row.name)
def test_of_several_arguments_it_is_said_where_they_are_awkward_and_not_by_examples(
    row: Op,
) -> None:
    kinds = {edge.status for edge in row.edges} & {"kink", "jump", "singular"}
    assert {place.split(" where ")[0] for place in row.places} == kinds
    card = autograd("functions", row.name, "--format", "table").out
    for place in row.places:
        assert f"  awkward    {place}\n" in card
    assert ("│ for example" in card) == ("│ status" in card)
    listed = autograd("functions", "--format", "table", env={"COLUMNS": "300"}).out
    assert "e.g." not in listed
    assert "; ".join(row.places) in listed


def test_an_example_says_which_arguments_are_constants() -> None:
    card = autograd("functions", "clip", "--format", "table").out
    assert "│ x = 0, lo = 0, hi = 1; lo, hi constant │ 0     │ 0, 1, 0     │ kink   │" in card
    assert "│ x = 0, lo = 0, hi = 1                  │ 0     │ 0.5, 0.5, 0 │ kink   │" in card


def test_columns_without_room_are_named() -> None:
    narrow = autograd("functions", "--format", "table", env={"COLUMNS": "60"})
    assert "no room for domain and awkward points" in " ".join(narrow.out.split())


def test_formats_agree_with_each_other() -> None:
    rows = autograd("functions").rows
    assert list(csv.DictReader(io.StringIO(autograd("functions", "--format", "csv").out))) == rows
    objects = json.loads(autograd("functions", "--format", "json").out)
    assert [entry["name"] for entry in objects] == [row["name"] for row in rows]
    one = json.loads(autograd("functions", "tanh", "--format", "json").out)
    assert one["signature"] == "tanh(x)"


def test_wrong_name_is_answered_with_the_nearest() -> None:
    run = autograd("functions", "sigmiod")
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("error: there is no function 'sigmiod'\n")
    assert hint(run).startswith("did you mean sigmoid")
    assert hint(autograd("functions", "zzzzzz")) == "autograd functions lists them all"


@pytest.mark.parametrize("words", [[], ["--ascii"], ["atan2"], ["pow"], ["clip", "--ascii"]])
@pytest.mark.parametrize("width", [60, 80, 160])
def test_tables_of_functions_fit_the_terminal(words: list[str], width: int) -> None:
    run = autograd("functions", *words, "--format", "table", env={"COLUMNS": str(width)})
    assert run.status == 0
    assert max(map(cell_len, run.lines)) <= width
    assert "…" not in run.out
    assert "--ascii" not in words or run.out.isascii() or "σ" in run.out


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("floor", "jump at every whole number"),
        ("ceil", "jump at every whole number"),
        ("trunc", "jump at every whole number but 0"),
        ("round", "jump halfway between whole numbers"),
        ("sign", ""),
        ("step", ""),
    ],
)
def test_jumps_that_come_again_are_not_told_as_one(name: str, where: str) -> None:
    card = autograd("functions", name, "--format", "table").out
    assert (where or "at ") in card
    assert ("for example" in card) == bool(where)
    overview = autograd("functions", "--format", "table", env={"COLUMNS": "200"}).out
    (row,) = [line for line in overview.splitlines() if line.startswith(f"│ {name}(")]
    assert row.split("│")[-2].strip() == (where or "jump at x = 0")
