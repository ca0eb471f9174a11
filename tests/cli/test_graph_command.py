"""``autograd graph``: what is drawn, and when something else is drawn instead."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from support_cli import SAMPLES, autograd

TEACHING = ("graph", "-f", str(SAMPLES / "cost_function.expr"))
NETWORK = ("graph", "-f", str(SAMPLES / "two_layer_network.expr"))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*words, width=80, status=0, **how):
    run = autograd(*words, env={"COLUMNS": str(width)}, **how)
    assert (run.status, run.err) == (status, "")
    return run.out


def test_the_picture_has_the_values_on_their_way_and_the_gradients_back():
    picture = drawn(*TEACHING, "--grad")
    for text in ("w = 2", "x = -2", "c = w·x", "a = c + b", "d = a − y", "J = 1/2·d^2"):
        assert text in picture
    assert re.findall(r"grad (-?\d)", picture).count("2") == 4  # c, a, d, b
    assert "dJ/dnode" in picture


def test_inputs_need_no_values_unless_gradients_are_asked_for():
    assert "w ─" in drawn("graph", "w*x")
    assert "w = 3 ─" in drawn("graph", "w*x", "--w=3")
    run = autograd("graph", "w*x", "--w=3", "--grad")
    assert run.status == 2
    assert "no value for the input x" in run.err


def test_a_shared_node_is_drawn_once():
    picture = drawn("graph", "y = x*x + x", "--x=3")
    assert picture.count("x = 3") == 1
    assert picture.count("▸") == 3  # to x*x and twice to the sum: from x and from x*x


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize("program", [TEACHING, NETWORK])
@pytest.mark.parametrize("extra", [(), ("--grad",), ("--ascii",), ("--by", "operation")])
def test_nothing_is_wider_than_the_terminal(program, extra, width):
    assert max(map(len, drawn(*program, *extra, width=width).splitlines())) <= width


def test_a_picture_that_almost_fits_has_shorter_numbers_and_says_so():
    assert "grad 0.000438568" in drawn(*NETWORK, "--grad", width=200)
    narrow = drawn(*NETWORK, "--grad", width=130)
    assert "grad 0.000439" in narrow
    assert "numbers have 3 digits here" in narrow


def test_where_a_picture_does_not_fit_there_is_an_outline_and_a_word_about_it():
    lines = drawn(*NETWORK, width=60).splitlines()
    assert lines[0].startswith("the picture needs")
    assert "b1 ↑" in "\n".join(lines)
    told = [line for line in lines if re.search(r"b1 = 0.35$", line)]
    assert len(told) == 1


def test_an_outline_of_a_deep_program_stays_within_the_width():
    out = drawn("graph", "+".join(["sin(x)"] * 1700), "--x=1")
    lines = out.splitlines()
    assert lines[0].startswith("5,") or lines[0].startswith("3,")
    assert max(map(len, lines)) <= 80
    assert all(f"v{node} = " in out for node in (1, 2, 3))


@pytest.mark.parametrize("extra", [(), ("--ascii",)])
def test_a_long_line_of_an_outline_is_cut(extra):
    text = "; ".join(f"s{n} = dot({', '.join(f'w{n}_{k}' for k in range(40))})" for n in range(20))
    lines = drawn("graph", text + "; " + "+".join(f"s{n}" for n in range(20)), *extra).splitlines()
    assert "outline" in lines[0]
    assert max(map(len, lines)) <= 80
    assert len(lines) == 2 + 20 * 41


def test_ascii_needs_no_unicode():
    assert drawn(*TEACHING, "--grad", "--ascii").isascii()
    assert drawn("graph", "a = b*2; a + b", encoding="ascii").isascii()


@pytest.mark.parametrize("program", ["x", "5", "x + 1", "+".join(f"a{n}" for n in range(50))])
def test_small_and_broad_programs_are_drawn(program):
    assert drawn("graph", program)


def test_a_status_stands_in_its_box():
    picture = drawn("graph", "y = log(x); z = y + 1", "--x=-1", status=1)
    assert picture.count("domain") == 2
    assert picture.count("nan") == 2


def test_an_output_or_a_gradient_that_is_no_number_is_no_success():
    drawn("graph", "sqrt(x)^2", "--x=0")
    drawn("graph", "sqrt(x)^2", "--x=0", "--grad", status=1)
    drawn("graph", "log(x)", "--x=-1", "--format", "json", status=1)


def test_one_form_at_a_time():
    run = autograd("graph", "x", "--to", "svg", "--format", "json")
    assert run.status == 2
    assert "give one of them" in run.err


def test_json_has_the_edges_and_what_is_known():
    told = json.loads(drawn(*TEACHING, "--grad", "--format", "json"))
    labels = {node["node"]: node["label"] for node in told["nodes"]}
    assert [[labels[a], labels[b]] for a, b in told["edges"]] == [
        ["w", "c"], ["x", "c"], ["c", "a"], ["b", "a"], ["a", "d"], ["y", "d"], ["d", "J"],
    ]  # fmt: skip
    assert {labels[n["node"]]: n["gradient"] for n in told["nodes"]} == {
        "x": 4.0, "w": -4.0, "b": 2.0, "y": -2.0, "c": 2.0, "a": 2.0, "d": 2.0, "J": 1.0,
    }  # fmt: skip
    assert told["by"] == "step"


def test_json_numbers_that_are_not_finite_are_texts():
    told = json.loads(
        drawn("graph", "1/x", "--x=0", "--format", "json"), parse_constant=pytest.fail
    )
    assert told["nodes"][-1]["value"] == "inf"


@pytest.mark.parametrize("notation", ["dot", "mermaid"])
def test_other_notations_have_every_node_and_edge(notation):
    text = drawn(*TEACHING, "--to", notation)
    arrow = "->" if notation == "dot" else "-->"
    assert len(re.findall(rf"n\d+ {arrow} n\d+", text)) == 7
    assert len(re.findall(r"^  n\d+\W+.*[\"\]]", text, re.MULTILINE)) == 8


def test_what_other_notations_would_read_as_their_own_is_escaped():
    text = drawn("graph", "y = where(x < 2, x, x^2)*3; y + 1", "--to", "mermaid")
    assert "<" not in text.replace("<br/>", "")
    assert text.count('"') == 2 * 3


def test_the_svg_is_well_formed_and_stands_alone():
    root = ET.fromstring(drawn(*NETWORK, "--grad", "--to", "svg"))
    assert root.tag == f"{SVG}svg"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "net_h1 = w1·i1 + w2·i2 + b1" in texts
    assert "grad 0.000438568" in texts
    assert not [e for e in root.iter() if "href" in "".join(e.attrib)]
    joins = list(root.iter(f"{SVG}circle"))
    assert len(joins) >= 6  # i1, i2, b1, out_h1, out_h2 and b2 branch


def test_a_graph_too_large_for_svg_is_refused_with_a_way_out():
    run = autograd("graph", "+".join(["sin(x)"] * 3000), "--to", "svg")
    assert run.status == 2
    assert "--to dot" in run.err


def test_of_draws_the_part_under_that_node():
    picture = drawn(*TEACHING, "--of", "a")
    assert "d = " not in picture
    assert "a = c + b" in picture


def test_what_the_output_does_not_need_is_named_and_not_drawn():
    picture = drawn("graph", "a = x + 1; b = a*2; c = z*z; b - a")
    assert "z·z" not in picture
    assert "does not need it: c, z" in picture or "does not need it: z, c" in picture
