"""``autograd graph``: what is drawn, and when something else is drawn instead."""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET

import pytest
from support_cli import SAMPLES, autograd

import autograd_cli as ag

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
    narrow = drawn(*NETWORK, "--grad", width=140)
    assert "grad 0.000439" in narrow
    assert "numbers have 3 digits here" in narrow


def test_where_a_picture_does_not_fit_there_is_an_outline_and_a_word_about_it():
    lines = drawn(*NETWORK, width=60).splitlines()
    assert lines[0].startswith("the picture needs")
    assert "b1 ↑" in "\n".join(lines)
    told = [line for line in lines if re.search(r"b1 = 0.35$", line)]
    assert len(told) == 1


@pytest.mark.parametrize("width", [48, 60, 100])
@pytest.mark.parametrize("extra", [(), ("--ascii",)])
def test_an_outline_has_what_flows_on_each_wire_too(width, extra):
    lines = drawn(*NETWORK, "--edges", *extra, width=width).splitlines()
    assert lines[0].startswith("the picture needs")
    assert max(map(len, lines)) <= width
    diagram = json.loads(drawn(*NETWORK, "--format", "json"))
    wires = sum(len(node["arguments"]) for node in diagram["nodes"])
    tree = [line for line in lines if re.match(r"[│├╰|`+ ]", line)]
    assert len(tree) == wires
    if width == 100:
        assert all(re.search(r"[×x]-?[\d.e-]+ = -?[\d.e-]+$", line) for line in tree)
        assert "grad: " in "\n".join(lines[-3:])
        assert "the node above" in "\n".join(lines[-3:])


def test_an_outline_names_what_is_not_drawn_too():
    program = (SAMPLES / "two_layer_network.expr").read_text(encoding="utf-8")
    out = drawn("graph", f"q = 2*a\n{program}", "--a=1", width=60)
    assert "an outline" in out
    assert "does not need it: a, q" in " ".join(out.split())


def test_an_outline_of_a_deep_program_stays_within_the_width():
    out = drawn("graph", "+".join(["sin(x)"] * 1700), "--x=1", "--all")
    lines = out.splitlines()
    assert lines[0].startswith("5,") or lines[0].startswith("3,")
    assert max(map(len, lines)) <= 80
    assert all(f"v{node} = " in out for node in (1, 2, 3))


@pytest.mark.parametrize("extra", [(), ("--ascii",)])
def test_a_long_line_of_an_outline_is_cut(extra):
    text = "; ".join(f"s{n} = dot({', '.join(f'w{n}_{k}' for k in range(40))})" for n in range(20))
    whole = text + "; " + "+".join(f"s{n}" for n in range(20))
    lines = drawn("graph", whole, "--all", *extra).splitlines()
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


def test_a_picture_says_what_its_wires_and_gradients_are():
    svg = drawn("graph", "y = x*w; y^2", "--x=1", "--w=2", "--edges", "--to", "svg")
    texts = [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]
    assert "grad: df/dnode, which flows back against the wires" in texts
    assert any(text.startswith("×s = g: s is the local derivative of the box") for text in texts)
    assert "grad:" not in drawn("graph", "y = x*w; y^2", "--to", "svg")


def test_the_svg_is_well_formed_and_stands_alone():
    root = ET.fromstring(drawn(*NETWORK, "--grad", "--to", "svg"))
    assert root.tag == f"{SVG}svg"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "net_h1 = w1·i1 + w2·i2 + b1" in texts
    assert "grad 0.000438568" in texts
    assert not [e for e in root.iter() if "href" in "".join(e.attrib)]
    joins = list(root.iter(f"{SVG}circle"))
    assert len(joins) >= 6  # i1, i2, b1, out_h1, out_h2 and b2 branch


LEAF = "#ddf4ff"


def frames(svg):
    """The boxes of a picture: ``left, top, right, bottom``, and their colour."""
    found = []
    for frame in ET.fromstring(svg).iter(f"{SVG}rect"):
        if frame.get("rx"):
            x, y, width, height = (float(frame.get(k)) for k in ("x", "y", "width", "height"))
            found.append(((x, y, x + width, y + height), frame.get("fill")))
    return found


def ways(svg):
    """The points of the wires: where each piece starts and ends."""
    root = ET.fromstring(svg)
    drawn = [path.get("d") for path in root.iter(f"{SVG}path") if "z" not in path.get("d")]
    for piece in re.findall(r"M[^M]*", "".join(drawn)):
        x, y = map(float, re.match(r"M(-?[\d.]+) (-?[\d.]+)", piece).groups())
        yield x, y
        if end := re.search(r"H(-?[\d.]+)$", piece):
            yield float(end[1]), y
        if end := re.search(r"V(-?[\d.]+)$", piece):
            yield x, float(end[1])


CHAIN = "; ".join(["h0 = x", *(f"h{n} = tanh(w*h{n - 1})" for n in range(1, 21))])
PICTURES = [
    (*TEACHING, "--edges"),
    (*NETWORK, "--grad"),
    ("graph", "silu(w*x + b)^2", "--by", "operation"),
    ("graph", CHAIN, "--x=1", "--w=1", "--edges"),
    ("graph", "J = 1/2*(w*x + b - y)^2", "--w=2", "--x=-2", "--b=8", "--y=2", "--edges"),
]


@pytest.mark.parametrize("program", PICTURES)
def test_boxes_of_a_picture_keep_apart_and_have_their_wires_end_at_them(program):
    svg = drawn(*program, "--to", "svg")
    boxes = [box for box, _ in frames(svg)]
    for n, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[:n]:
            across = max(left - other[2], other[0] - right)
            along = max(top - other[3], other[1] - bottom)
            assert max(across, along) >= 8
    inside = [
        (x, y)
        for x, y in ways(svg)
        for left, top, right, bottom in boxes
        if left + 1 < x < right - 1 and top + 1 < y < bottom - 1
    ]
    assert not inside
    for path in ET.fromstring(svg).iter(f"{SVG}path"):
        if path.get("d").endswith("z"):
            x, y = map(float, re.match(r"M([\d.]+) ([\d.]+)", path.get("d")).groups())
            assert any(
                (x == left and top < y < bottom) or (y == top and left < x < right)
                for left, top, right, bottom in boxes
            )


def test_a_picture_that_is_too_wide_goes_down():
    beside, below = (drawn(*PICTURES[n], "--to", "svg") for n in (0, 3))
    for svg, goes_down in ((beside, False), (below, True)):
        leaves = [box for box, fill in frames(svg) if fill == LEAF]
        assert len({box[1] for box in leaves} if goes_down else {box[0] for box in leaves}) == 1
        width = int(re.search(r'width="(\d+)"', svg)[1])
        assert width <= 960
    assert len(frames(below)) == 23


def test_a_long_chain_lies_flat():
    text = drawn("graph", "; ".join(f"h{n + 1} = sin(h{n})" for n in range(6)), width=200)
    assert re.search(r"h0 ─+▸│ h1 = sin\(h0\) ├(─+▸│ h\d = sin\(h\d\) ├){4}─+▸│ h6", text)
    chain = "; ".join(f"h{n + 1} = w*sin(h{n})" for n in range(8))
    steep = drawn("graph", chain, "--h0=1", "--w=2", "--grad", width=300)
    assert "▸" in steep
    assert len(steep.splitlines()) < 12


def test_a_graph_too_large_for_svg_is_refused_with_a_way_out():
    run = autograd("graph", "+".join(["sin(x)"] * 3000), "--to", "svg", "--all")
    assert run.status == 2
    assert "--to dot" in run.err
    folded = drawn("graph", "+".join(["sin(x)"] * 3000), "--to", "svg")
    assert 20 < len(ET.fromstring(folded).findall(f".//{SVG}g")) < 120


def test_of_draws_the_part_under_that_node():
    picture = drawn(*TEACHING, "--of", "a")
    assert "d = " not in picture
    assert "a = c + b" in picture


def test_what_the_output_does_not_need_is_named_and_not_drawn():
    picture = drawn("graph", "a = x + 1; b = a*2; c = z*z; b - a")
    assert "z·z" not in picture
    assert "does not need it: c, z" in picture or "does not need it: z, c" in picture


# the order of inputs, folding, going down ---------------------------------------------------------


def test_inputs_stand_in_the_order_of_the_program():
    picture = drawn("graph", "a = x*y; b = w + a; c = b*z; c + v", width=120)
    rows = [re.match(r"(\w) [─═]", line) for line in picture.splitlines()]
    assert [row[1] for row in rows if row] == ["x", "y", "w", "z", "v"]
    samples = drawn(*TEACHING, width=120).splitlines()
    assert [line[0] for line in samples if re.match(r"\w = -?\d ", line)] == ["x", "w", "b", "y"]


def test_a_graph_that_is_too_wide_goes_down():
    text = drawn(*TEACHING, "--grad", width=60)
    assert "▾" in text
    assert "▸" not in text
    assert "outline" not in text
    assert "▸" in drawn(*TEACHING, "--grad", width=100)
    assert " v " in drawn(*TEACHING, "--grad", "--ascii", width=60)


@pytest.mark.parametrize("width", [60, 70, 80])
def test_a_formula_is_broken_before_a_product_that_has_room_on_a_line(width):
    program = "alpha = a*b + c; d = alpha*x1 + beta*x2*x3 + gam*x1*x2 + eps*x3; d*d"
    out = drawn("graph", program, width=width)
    for product in ("alpha·x1", "beta·x2·x3", "gam·x1·x2", "eps·x3"):
        assert product in out


def test_a_seed_draws_the_numbers_of_the_sheet():
    words = ("a = w*x + b; a^2", "--seed", "7")
    nodes = json.loads(drawn("graph", *words, "--format", "json"))["nodes"]
    values = {node["label"]: node["value"] for node in nodes}
    passes = json.loads(drawn("explain", *words, "--format", "json"))["forward"]
    assert {step["name"]: step["value"] for step in passes}.items() <= values.items()


def test_a_formula_is_broken_and_not_dropped():
    text = drawn(*NETWORK, width=130)
    for piece in ("w1·i1", "+ w2·i2", "+ b1", "w5", "·out_h1"):
        assert piece in text
    lines = drawn("graph", "y = a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8; y*b", width=46).splitlines()
    assert "a8" in "".join(lines)


@pytest.mark.parametrize(
    "program",
    [
        "+".join(f"x{n}" for n in range(10_000)),
        "+".join(["sin(x)"] * 5_000),
        "; ".join(["s0 = x", *(f"s{n + 1} = s{n}*w + s{n}" for n in range(5_000))]),
        "dot(" + ",".join(f"w{n}*x{n}" for n in range(3_000)) + ")",
    ],
    ids=["sum", "shared", "chain", "wide"],
)
def test_a_large_graph_is_one_screen_and_says_so(program):
    lines = drawn("graph", program, "--by", "operation").splitlines()
    assert 10 < len(lines) <= 60
    assert re.search(r"^\d+ of [\d,]+ nodes, those next to the output: --all shows", lines[-2])
    assert "more" in "\n".join(lines)


def test_a_folded_graph_starts_at_the_output():
    chain = "; ".join(["s0 = x", *(f"s{n + 1} = sin(s{n})" for n in range(500))])
    text = drawn("graph", chain)
    assert "s500 = sin(s499)" in text
    assert "s1 = " not in text
    assert "s1 = sin(" in drawn("graph", chain, "--all")


def test_data_has_all_of_a_large_graph():
    chain = "; ".join(["s0 = x", *(f"s{n + 1} = sin(s{n})" for n in range(500))])
    assert len(json.loads(drawn("graph", chain, "--format", "json"))["nodes"]) == 502
    assert drawn("graph", chain, "--to", "dot").count("->") == 501
    run = autograd("graph", chain, "--to", "dot", "--all")
    assert (run.status, run.out) == (2, "")


# what flows on the wires --------------------------------------------------------------------------


def test_wires_have_the_slope_and_what_flows_back():
    picture = drawn(*TEACHING, "--edges", width=120)
    for label in ("×-2 = -4─▸│ c = w·x", "×2 = 4", "×-1 = -2", "×2 = 2─▸│"):
        assert label in picture
    down = drawn(*TEACHING, "--edges", width=60)
    assert "×-2 = -4   ×2 = 4" in down
    assert down.count("×") == 7 + 1  # and in the line that says what it means
    assert "x-2 = -4" in drawn(*TEACHING, "--edges", "--ascii", width=120)


def test_flows_on_the_wires_add_up_to_the_gradients():
    told = json.loads(drawn(*NETWORK, "--edges", "--format", "json"))
    totals = {}
    for wire in told["wires"]:
        totals[wire["from"]] = totals.get(wire["from"], 0.0) + wire["gradient"]
    gradients = {node["node"]: node["gradient"] for node in told["nodes"]}
    assert len(totals) == len(gradients) - 1
    for node, total in totals.items():
        assert total == pytest.approx(gradients[node], rel=1e-12)
    by_label = {node["label"]: node["node"] for node in told["nodes"]}
    ends = by_label["w5"], by_label["net_o1"]
    (wire,) = (w for w in told["wires"] if (w["from"], w["to"]) == ends)
    assert wire["local_expression"] == "out_h1"


def test_a_branch_that_was_not_taken_has_nothing_on_its_wire():
    told = json.loads(
        drawn("graph", "a = log(x); where(x > 0, a, x^2)", "--x=-1", "--edges", "--format", "json")
    )
    assert all(isinstance(wire["gradient"], float) for wire in told["wires"])


@pytest.mark.parametrize("notation", ["dot", "mermaid"])
def test_other_notations_label_their_edges(notation):
    text = drawn(*TEACHING, "--edges", "--to", notation)
    assert text.count("×") == 7


# sharing ------------------------------------------------------------------------------------------


def test_repeated_expressions_may_be_drawn_once():
    program = ("graph", "sin(x*y)*cos(x*y) + exp(x*y)", "--x=2", "--y=3")
    assert drawn(*program, width=120).count("x·y") == 3
    shared = drawn(*program, "--share", width=120)
    assert shared.count("x·y") == 1
    assert "= 403.429" in shared  # exp(6)
    assert "= 403.161" in shared  # and sin(12)/2 more


def test_sums_and_products_are_shared_in_either_order_and_nothing_else():
    program = "sin(x*y) + cos(y*x) + (x + y)*(y + x) + (x - y)*(y - x) + max(x, y)*max(y, x)"
    told = json.loads(drawn("graph", program, "--share", "--by", "operation", "--format", "json"))
    written = [node["expression"] for node in told["nodes"]]
    assert written.count("x*y") == written.count("x + y") == 1
    assert "y*x" not in written
    assert "y + x" not in written
    assert {"x - y", "y - x", "max(x, y)", "max(y, x)"} <= set(written)


def test_sharing_keeps_names_and_values():
    told = json.loads(
        drawn("graph", "a = x*y; b = x*y; c = x*y + 2*a; a*b*c*(x*y)", "--x=2", "--y=3",
              "--share", "--edges", "--by", "operation", "--format", "json")
    )  # fmt: skip
    labels = [node["label"] for node in told["nodes"]]
    assert {"a", "b", "c"} <= set(labels)
    products = [node["label"] for node in told["nodes"] if node["expression"] == "x*y"]
    assert products == ["a", "b"]  # the unnamed ones are the first of that name
    assert told["nodes"][-1]["value"] == 6 * 6 * 18 * 6
    x = next(node for node in told["nodes"] if node["label"] == "x")
    # a b c (xy) with c = 3xy: 3 (xy)^4, whose slope by x is 12 (xy)^3 y
    assert x["gradient"] == 12 * 6**3 * 3


# pictures -----------------------------------------------------------------------------------------


def test_png_is_a_picture_with_its_texts(tmp_path):
    pytest.importorskip("resvg_py")
    path = tmp_path / "graph.png"
    assert drawn(*TEACHING, "--edges", "--to", "png", "-o", str(path)) == ""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    svg = drawn(*TEACHING, "--edges", "--to", "svg")
    size = re.search(r'width="(\d+)" height="(\d+)"', svg)
    assert (width, height) == (2 * int(size[1]), 2 * int(size[2]))
    piped = autograd(*TEACHING, "--edges", "--to", "png")
    assert piped.out.encode("utf-8", "surrogateescape") == data


def test_png_without_its_library_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    run = autograd("graph", "x*y", "--to", "png")
    assert (run.status, run.out) == (2, "")
    assert "pip install 'autograd-cli[png]'" in run.err


def test_a_page_of_a_picture_stays_light_as_the_picture_is():
    page = drawn(*TEACHING, "--edges", "--to", "html")
    assert "color-scheme: light;" in page
    assert "prefers-color-scheme" not in page


def test_html_is_the_svg_on_a_page_of_its_own():
    page = drawn(*TEACHING, "--to", "html")
    svg = drawn(*TEACHING, "--to", "svg")
    assert page.startswith("<!DOCTYPE html>")
    assert svg in page
    assert "<title>The computation graph of J = 1/2·d^2</title>" in page.partition("<svg")[0]
    assert not re.search(r"src=|href=|https?://(?!www\.w3\.org)", page)


def test_a_file_needs_something_to_be_written():
    run = autograd("graph", "x", "-o", "file")
    assert (run.status, run.out) == (2, "")
    assert "--output" in run.err


BREAKS = "r = max(x, y); s = abs(x - y); q = where(x > 0, x^2, 3*x + 1); J = r + s + q + relu(t)"
AT_ZERO = ("--x=0", "--y=0", "--t=0")


def test_a_step_has_one_status_in_every_command() -> None:
    """The worst of the nodes that it folds; the output has that of the program, as in eval."""
    function = ag.compile(BREAKS).at(x=0, y=0, t=0)
    wanted = {"r": "kink", "s": "kink", "q": "jump", "J": "jump"}
    drawn = json.loads(autograd("graph", BREAKS, *AT_ZERO, "--format", "json").out)
    assert {n["name"]: n["status"] for n in drawn["nodes"] if n["name"] in wanted} == wanted
    told = autograd("explain", BREAKS, *AT_ZERO).out.split("Backward")[0].splitlines()
    lines = [line.split() for line in told if "=" in line]
    assert {words[0]: words[-1] for words in lines} == wanted
    rows = re.findall(r'"unseen">(\w+)<.*?"of-status">(\w*)<', function.page().html)
    assert {name: status for name, status in rows if name in wanted} == wanted
    head = json.loads(autograd("eval", BREAKS, *AT_ZERO, "--format", "json").out)
    assert head["output"]["status"] == wanted["J"]


@pytest.mark.parametrize("more", [(), ("--precision", "8")])
def test_a_wide_picture_has_fewer_digits_unless_they_are_asked_for(more):
    texts = drawn(*NETWORK, "--edges", "--to", "svg", *more)
    assert ("numbers have 3 digits here, to fit" in texts) == (not more)
    assert ("×0.05 = 0.000439<" in texts) == (not more)
    assert bool(re.search(r"×0\.05 = 0\.0004385677\d<", texts)) == bool(more)
    assert "digits" not in drawn(*TEACHING, "--edges", "--to", "svg")


@pytest.mark.parametrize("target", ["svg", "html"])
def test_a_line_that_goes_on_is_indented_in_a_picture(target):
    """SVG drops blanks at the beginning of a text, so its place has to say it."""
    program = "y = " + "*".join(f"alpha{n}" for n in range(12)) + " + beta; y^2"
    picture = drawn("graph", program, "--to", target)
    places = {text: float(x) for x, text in re.findall(r'<text x="([\d.]+)".*?>([^<]*)<', picture)}
    first = next(x for text, x in places.items() if text.startswith("y = "))
    later = [x for text, x in places.items() if text.startswith("·alpha")]
    assert later
    assert all(x > first for x in later)
    assert not any(text.startswith(" ") for text in places)
