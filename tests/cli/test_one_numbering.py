"""What is ``v3`` in one view of a program is ``v3`` in every other one."""

from __future__ import annotations

import json
import re

import pytest
from support_cli import SAMPLES, autograd

from autograd_grammar import parse
from autograd_graph.labels import labels

POINT = [f"--set={name}={value}" for name, value in {"w": 2, "x": 1, "b": 0.5, "y": 3}.items()]

PROGRAMS = {
    "a number in front": "1/2*(w*x + b - y)^2 + 3*pi",
    "numbers within": "x*(1/4)^2 - -1*sin(2^-1*x)/(2*3)",
    "long numbers": "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + x*y",
    "named steps": "a = w*x + 1/3; c = tanh(a*b)*2; L = (c - y)^2 + a/4",
    "an idle statement": "a = w*x*b; q = exp(a + 1)*3; sin(a*x)/2 + y",
    "a name like a label": "v2 = 2; sin(v2*x)*cos(x + y)/7",
    "a part of two statements": "f(t) = t*t + 1; a = f(w*x + b); c = f(a*y - 1/2); a*c",
    "a large repeated part": "g(t) = t*t; a = g(sin(x)+cos(w)+tanh(b)+exp(y)+sqrt(w*x)+x*y+b); a/2",
    "repeated parts": "exp(-(x - y)^2/2) + (x - y)^2*exp(-(x - y)^2/2)",
}

VIEWS = [
    ("explain",), ("explain", "--by", "step"), ("explain", "--by", "operation"),
    ("graph",), ("graph", "--by", "step"), ("graph", "--by", "operation"),
    ("graph", "--by", "operation", "--share"), ("graph", "--by", "operation", "--edges"),
    ("flow",), ("flow", "--by", "step"), ("flow", "--by", "operation"),
]  # fmt: skip


def of_eval(program, *more):
    nodes = json.loads(autograd("eval", program, *POINT, "--format", "json", *more).out)["nodes"]
    return {node["label"]: node for node in nodes}


def labelled(words, program, *more):
    """The label of each step and leaf of a view, with its value or the size of its gradient."""
    run = autograd(words[0], program, *POINT, *words[1:], "--format", "json", *more)
    found = json.loads(run.out)
    match words[0]:
        case "explain":
            return "value", {step["name"]: step["value"] for step in found["forward"]}
        case "graph":
            return "value", {node["label"]: node["value"] for node in found["nodes"]}
    return "gradient", {layer["layer"]: layer["gradient"] for layer in found["layers"]}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("words", VIEWS, ids=" ".join)
def test_a_label_stands_for_the_node_that_eval_calls_so(words, program):
    nodes = of_eval(program)
    kind, shown = labelled(words, program)
    assert shown
    for label, number in shown.items():
        found = nodes[label][kind]
        assert number == (abs(found) if kind == "gradient" else found)


@pytest.mark.parametrize("words", [w for w in VIEWS if w[0] != "flow"], ids=" ".join)
def test_a_step_that_is_under_the_output_keeps_its_label_where_others_are_left_out(words):
    program = "p = sin(w*x)*3; a = cos(b*y + 1)/2; L = p*a"
    nodes = of_eval(program)
    _, shown = labelled(words, program, "--of", "a")
    assert {label: nodes[label]["value"] for label in shown} == shown


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_operators_are_numbered_without_gaps_in_the_order_of_the_program(program):
    unnamed = [label for label, node in of_eval(program).items() if node["name"] is None]
    steps = [label for label in unnamed if label[0] == "v"]
    assert [label.removesuffix("_1") for label in steps] == [f"v{n + 1}" for n in range(len(steps))]


@pytest.mark.parametrize(
    ("program", "expression"),
    [
        ("1/2*x", "1/2 * x"),
        ("x*(1/2)", "x * (1/2)"),
        ("x^(1/2)", "x ^ (1/2)"),
        ("(1/2)^x", "(1/2) ^ x"),
        ("x - (1 - 2)", "x - (1-2)"),
        ("(1 - 2) - x", "1-2 - x"),
        ("x - -1", "x - -1"),
        ("(-1)^x", "(-1) ^ x"),
        ("2^-1^x", "2 ^ v2"),
        ("x^-1", "x ^ -1"),
        ("sin(1/2) + x", "v1 + x"),
        ("atan2(1/2, x)", "atan2(1/2, x)"),
        ("(1/2)^2*x", "(1/2)^2 * x"),
        ("x/(2/3/4)", "x / (2/3/4)"),
        ("x/(2/(3/4))", "x / (2/(3/4))"),
        ("x*(-(1/2))", "x * -(1/2)"),
    ],
)
def test_a_number_stands_in_an_operation_as_it_reads(program, expression):
    """Read back as a program, the operation has the same value."""
    *_, output = of_eval(program).values()
    assert output["expression"] == expression
    if "v" not in expression:
        again = json.loads(autograd("eval", expression, *POINT, "--format", "json").out)
        assert again["output"]["value"] == output["value"]


def test_a_number_has_no_row_in_the_table_of_nodes_unless_something_is_wrong_with_it():
    shown = autograd("eval", "1/2*x + 2^-1", "--x=1", "--format", "table").out
    assert "1/2 · x" in shown
    assert "1/2  " not in shown
    shown = autograd("eval", "x + 1/0", "--x=1", "--format", "table").out
    assert "singular" in next(line for line in shown.splitlines() if line.startswith("│ 1/0"))


def test_ten_thousand_numbers_in_a_row_are_a_sum_of_short_texts():
    program = "+".join(["1"] * 10_000) + "+x"
    nodes = of_eval(program)
    assert max(map(len, nodes)) <= 20
    assert nodes["f"]["value"] == 10_001


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.expr")), ids=lambda path: path.stem)
def test_the_samples_have_one_numbering(path):
    known = labels(parse(path.read_text("utf-8")))
    for grain in ("step", "operation"):
        drawn = json.loads(autograd("graph", "-f", str(path), "--by", grain, "--format=json").out)
        for node in drawn["nodes"]:
            assert node["label"] in (known[node["node"]], "f")


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_page_has_the_labels_of_eval(program):
    nodes = of_eval(program)
    html = autograd("page", program, *POINT, "--by", "operation").out
    labels_there = re.findall(r'<th scope="row"><span class="unseen">([^<]*)</span>', html)
    steps = {label for label, node in nodes.items() if node["role"] in ("step", "output")}
    shown = {label for label in labels_there if label in steps}
    assert set(labels_there) <= nodes.keys()
    written = {label for label in steps if label[0] <= "9"}
    assert shown == {each for each in steps - written if nodes[each]["status"] != "unused"}
