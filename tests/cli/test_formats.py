"""Data formats: what programs read."""

from __future__ import annotations

import csv
import io
import json
import struct
from typing import Any

import click
import pytest
from corpus.test_corpus import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from support_cli import CELL, SHOWN, WITHOUT_REPORT, Run, autograd, cells

import autograd_cli as ag
from autograd_cli.clicked import cli
from autograd_cli.commands import NAMES as COMMANDS
from autograd_cli.formats import FORMATS, WRITERS

HEADER = ["node", "name", "role", "expression", "value", "gradient", "status"]


def strict_json(run: Run) -> Any:
    """A document of strict JSON, on one line."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    assert run.err == ""
    assert run.out.count("\n") == 1
    return json.loads(run.out, parse_constant=refuse)


def bits(number: float) -> bytes:
    return struct.pack("<d", number)


def test_json_of_the_cost_function_is_as_documented() -> None:
    document = strict_json(autograd("eval", *CELL, "--format", "json"))
    assert list(document) == ["schema", "output", "gradients", "gradient_status", "nodes"]
    assert document["schema"] == "autograd.eval/1"
    assert document["output"] == {"node": 12, "name": "J", "value": 2.0, "status": "ok"}
    assert document["gradients"] == {"w": -4.0, "x": 4.0, "b": 2.0, "y": -2.0}
    assert document["gradient_status"] == {}
    assert document["nodes"][2] == {
        "node": 2,
        "name": "c",
        "label": "c",
        "role": "step",
        "operator": "mul",
        "arguments": [0, 1],
        "expression": "w * x",
        "value": -4.0,
        "gradient": 2.0,
        "status": "ok",
        "span": [4, 7],
    }
    assert [node["node"] for node in document["nodes"]] == list(range(13))


def test_json_of_an_unnamed_output_has_no_name() -> None:
    document = strict_json(autograd("eval", "x^2", "--x=3", "--format", "json"))
    assert document["output"]["name"] is None
    assert document["nodes"][1]["gradient"] is None
    assert [node["role"] for node in document["nodes"]] == ["input", "constant", "output"]


def test_json_writes_what_is_not_finite_as_text() -> None:
    document = strict_json(
        autograd("eval", "sqrt(x) - log(y)", "--x=0", "--y=-1", "--format=json", "--quiet")
    )
    assert document["output"]["value"] == "nan"
    assert document["gradients"] == {"x": "inf", "y": "nan"}
    assert document["gradient_status"] == {"x": "singular", "y": "domain"}
    document = strict_json(autograd("eval", "log(x)", "--x=0", "--format", "json"))
    assert document["output"]["value"] == "-inf"


def test_span_is_in_code_points_of_the_program_as_given() -> None:
    document = strict_json(autograd("eval", "µ² + 𝛼", "--μ=2", "--𝛼=1", "--format", "json"))
    power = next(node for node in document["nodes"] if node["operator"] == "pow")
    assert power["span"] == [0, 2]


def test_expression_is_one_operator_over_the_names_of_its_arguments() -> None:
    document = strict_json(autograd("eval", "(x + 1)*(x + 2)*sin(x)", "--x=1", "--format", "json"))
    texts = [n["expression"] for n in document["nodes"] if n["role"] in ("step", "output")]
    assert texts == ["x + 1", "x + 2", "v1 * v2", "sin(x)", "v3 * v4"]


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_separated_values_have_the_documented_header_and_a_row_a_node(form: str) -> None:
    run = autograd("eval", *CELL, "--format", form)
    assert "\r" not in run.out
    header, *rows = csv.reader(io.StringIO(run.out), delimiter="," if form == "csv" else "\t")
    assert header == HEADER
    assert len(rows) == 13
    assert rows[2] == ["2", "c", "step", "w * x", "-4.0", "2.0", "ok"]
    assert rows[-1][1:3] == ["J", "output"]


def test_csv_quotes_what_has_commas() -> None:
    run = autograd("eval", "max(x, y, 1)", "--x=2", "--y=3", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run.out)))
    assert rows[-1]["expression"] == "max(x, y, 1)"


def test_a_pipe_gets_tsv_and_a_terminal_a_drawing() -> None:
    assert autograd("eval", *CELL).out == autograd("eval", *CELL, "--format", "tsv").out
    assert "│" in autograd("eval", *CELL, terminal=True).out


@settings(max_examples=60)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_read_back_to_the_same_bits(number: float) -> None:
    words = ["eval", "x*1 + 0*y", "--y=1", f"--x={number!r}"]
    document = strict_json(autograd(*words, "--format", "json"))
    assert bits(document["nodes"][0]["value"]) == bits(number)
    for form in ("csv", "tsv"):
        run = autograd(*words, "--format", form)
        first = run.lines[1].split("," if form == "csv" else "\t")
        assert bits(float(first[4])) == bits(number)
    assert bits(float(autograd(*words, "--get", "grad.y").out)) == bits(0.0)
    assert bits(float(autograd(*words, "--get", "node.x.value").out)) == bits(number)


def test_precision_is_for_tables_only() -> None:
    words = ["eval", "x/3", "--x=1"]
    assert "0.33 " in autograd(*words, "--format", "table", "--precision", "2").out
    assert "0.33333333333333331" in autograd(*words, "--format", "table", "--precision", "17").out
    assert "0.333333 " in autograd(*words, "--format", "table").out
    assert autograd(*words).rows[-1]["value"] == "0.3333333333333333"
    refused = autograd(*words, "--precision", "2")
    assert (refused.status, refused.out) == (2, "")
    assert "--precision is for drawings, and here tsv comes out" in refused.err


@pytest.mark.parametrize(
    "words", [["--precision", "0"], ["--precision", "18"], ["--format", "xml"]]
)
def test_choice_that_there_is_not_is_an_error(words: list[str]) -> None:
    run = autograd("eval", "x", "--x=1", *words)
    assert (run.status, run.out) == (2, "")
    assert words[0] in run.err


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "de_DE.UTF-8"])
def test_decimal_mark_is_a_point_in_every_locale(locale: str) -> None:
    run = autograd("eval", "x/2", "--x=1", "--format", "table", env={"LC_ALL": locale})
    assert " 0.5 " in run.out


@pytest.mark.parametrize("form", ["csv", "tsv"])
@pytest.mark.parametrize(
    ("program", "point", "expected"),
    [
        ("sqrt(x)^2 + relu(y)", ("--x=0", "--y=0"), {"x": "singular", "y": "ok"}),
        ("1/exp(x) + y", ("--x=400", "--y=0"), {"x": "underflow", "y": "ok"}),
        ("x + y", ("--x=inf", "--y=0"), {"x": "singular", "y": "ok"}),
        ("x + 0*sqrt(y)", ("--x=1", "--y=-1"), {"x": "ok", "y": "domain"}),
        ("where(x > 0, x, y)", ("--x=1", "--y=0"), {"x": "ok", "y": "unused"}),
    ],
)
def test_a_table_has_the_worse_status_of_an_input_and_its_gradient(
    program: str, point: tuple[str, ...], expected: dict[str, str], form: str
) -> None:
    run = autograd("eval", program, *point, "--format", form)
    rows = [line.split("\t" if form == "tsv" else ",") for line in run.lines]
    assert {row[1]: row[-1] for row in rows if row[2] == "input"} == expected


@pytest.mark.parametrize("text", ["1_000", "2.50", "1e3"])
def test_a_lone_number_is_its_own_expression(text: str) -> None:
    (row,) = autograd("eval", text).rows
    assert (row["name"], row["role"], row["expression"]) == ("", "output", text)
    (node,) = json.loads(autograd("eval", text, "--format", "json").out)["nodes"]
    assert (node["label"], node["expression"]) == ("f", text)
    drawing = autograd("eval", text, "--format", "table").out
    assert cells(drawing, "node")["f"][0] == text


# every report in every format --------------------------------------------------------------------


def shown(name: str, form: str) -> Run:
    words, stdin = SHOWN[name]
    run = autograd(*words, "--format", form, stdin=stdin)
    assert run.status == 0
    return run


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in WITHOUT_REPORT])
def test_every_command_has_every_format(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    (option,) = (p for p in command.params if p.name == "format_name")
    assert isinstance(option.type, click.Choice)
    assert set(FORMATS) <= set(option.type.choices)
    assert any(words[0] == name for words, _ in SHOWN.values())


@pytest.mark.parametrize("name", SHOWN)
def test_json_is_one_document_and_json_lines_are_one_a_line(name: str) -> None:
    json.loads(shown(name, "json").out)
    lines = [json.loads(line) for line in shown(name, "jsonl").lines]
    assert all(isinstance(line, dict) for line in lines)
    assert lines != []


@pytest.mark.parametrize("name", SHOWN)
def test_tables_of_data_have_the_same_cells_in_every_format(name: str) -> None:
    comma = list(csv.reader(io.StringIO(shown(name, "csv").out)))
    tab = [line.split("\t") for line in shown(name, "tsv").lines]
    marks = [line.removeprefix("| ").removesuffix(" |") for line in shown(name, "markdown").lines]
    head, rule, *body = (line.split(" | ") for line in marks)
    assert {len(row) for row in comma} == {len(comma[0])}
    assert tab == comma
    assert set(rule) == {"---"}
    assert len(head) == len(rule)
    assert [[cell.replace("\\|", "|") for cell in row] for row in (head, *body)] == comma


def test_a_format_is_one_function_and_then_every_report_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(WRITERS, "names", lambda report: [",".join(report.columns) + "\n"])
    for words, stdin in SHOWN.values():
        command = cli.get_command(click.Context(cli), words[0])
        assert command is not None
        (option,) = (p for p in command.params if p.name == "format_name")
        if words[0] in ("batch", "descend", "map"):
            continue  # streams, which are written row by row
        monkeypatch.setattr(option, "type", click.Choice([*FORMATS, "names"]))
        run = autograd(*words, "--format=names", stdin=stdin)
        assert (run.status, run.out.count("\n")) == (0, 1)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1", {}),
        ("log(x) + 1/y; z; x*y", {"x": 0.0, "y": 0.0}),
        ("θ = 2; x₁ = θ*π; relu(x₁ - é) + exp(1e3*é)", {"é": 1.0}),
        ("+".join(f"a{n}*{n}e-3" for n in range(700)), {f"a{n}": n / 7 for n in range(700)}),
        (
            f"logsumexp({', '.join(f'a{n}' for n in range(1001))})",
            {f"a{n}": 1 for n in range(1001)},
        ),
        *((case["program"], case["point"]) for case in CASES[::7]),
    ],
)
def test_json_in_pieces_is_the_text_that_pythons_own_encoder_makes(text: str, at: Any) -> None:
    for hessian in (False, len(at) < 10):
        report = ag.compile(text).at(at).evaluate(hessian=hessian)
        whole = json.dumps(report.as_object(), ensure_ascii=False, allow_nan=False)
        assert "".join(report.json()) == whole


def test_a_long_result_is_written_in_pieces() -> None:
    report = ag.compile("+".join(["x"] * 10_000)).at(x=1).evaluate()
    for form in ("json", "jsonl", "csv", "tsv", "markdown"):
        longest = max(map(len, WRITERS[form](report)))
        assert longest < 0.2 * sum(map(len, WRITERS[form](report))), form
