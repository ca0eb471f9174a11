"""``autograd flow``: the gradient by layer, its verdict, and what is said about it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from math import cosh, exp, hypot, isclose, prod, tanh

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_cli import SAMPLES, autograd

FILES = sorted((SAMPLES / "flow").glob("*.expr"))


def flow(*words):
    run = autograd("flow", *words, "--format", "json")
    assert run.err == ""
    return json.loads(run.out)


def said(path, key):
    found = re.search(rf"^# {key}: (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return found and found[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_sample_gets_the_verdict_in_its_comments(path):
    report = flow("-f", str(path))
    assert report["verdict"] == said(path, "verdict")
    if said(path, "layer"):
        assert report["findings"][0]["layer"] == said(path, "layer")
    assert bool(report["remedies"]) == (report["verdict"] != "healthy")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_gradient_of_a_layer_is_the_one_that_eval_shows(path):
    nodes = json.loads(autograd("eval", "-f", str(path), "--format", "json").out)["nodes"]
    expected = {
        node["node"]: abs(node["gradient"]) for node in nodes if node["gradient"] is not None
    }
    layers = flow("-f", str(path))["layers"]
    assert layers
    for layer in layers:
        assert layer["gradient"] == expected[layer["nodes"][0]]


def test_the_factor_of_a_sigmoid_layer_is_its_weight_times_its_slope():
    layers = flow("-f", str(SAMPLES / "flow" / "sigmoid_chain.expr"))["layers"]
    h = 1 / (1 + exp(-0.5))
    factors = []
    for layer in layers[1:]:
        h = 1 / (1 + exp(-h))
        assert isclose(layer["factor"], h * (1 - h), rel_tol=1e-12)
        factors.append(layer["factor"])
    assert isclose(layers[0]["gradient"], prod(factors), rel_tol=1e-12)


def test_the_gradient_vanishes_where_it_first_falls_below_the_threshold():
    path = str(SAMPLES / "flow" / "sigmoid_chain.expr")
    for threshold in (1e-3, 1e-5, 1e-9):
        report = flow("-f", path, "--threshold", str(threshold))
        below = [layer["layer"] for layer in report["layers"] if layer["gradient"] < threshold]
        assert report["findings"][0]["layer"] == below[-1]


@given(st.lists(st.floats(-3, 3).filter(lambda w: abs(w) > 1e-3), min_size=2, max_size=8))
def test_factors_multiply_to_the_gradient_of_a_chain(weights):
    lines = ["h0 = x + 1"] + [f"h{n} = {w!r}*h{n - 1}" for n, w in enumerate(weights, 1)]
    layers = flow("; ".join(lines), "--x=1")["layers"]
    for before, layer, weight in zip(layers, layers[1:], weights, strict=False):
        assert isclose(layer["factor"], abs(weight))
        assert isclose(before["gradient"], layer["gradient"] * layer["factor"])


def test_a_layer_with_several_layers_before_it_hands_on_a_norm():
    layers = flow("a = 2*x; b = 3*x; c = 5*a + 7*b; c*1", "--x=1")["layers"]
    assert isclose(layers[2]["factor"], hypot(5, 7))


def test_by_depth_a_layer_is_a_level_and_its_gradient_a_norm():
    report = flow("a = 2*x; b = 3*x; c = 5*a + 7*b", "--x=1", "--by", "depth")
    assert [len(layer["nodes"]) for layer in report["layers"]] == [2, 2, 1]
    assert isclose(report["layers"][0]["gradient"], hypot(5, 7))
    assert isclose(report["layers"][1]["factor"], hypot(5, 7) / hypot(1, 1))
    assert report["by"] == "depth"


@pytest.mark.parametrize(
    ("program", "layers"),
    [
        ("a = x + 1; b = relu(a - 9); c = 2*b", ["b"]),
        ("a = 2*x; b = relu(a - 9); c = relu(-a); d = b + c", ["c", "b"]),
        ("a = 2*x; b = relu(a); c = 3*b", []),
        ("a = 2*x; b = where(x > 9, a, 0); c = b + a", ["b"]),
    ],
)
def test_dead_are_the_layers_that_get_a_gradient_and_hand_on_nothing(program, layers):
    findings = flow(program, "--x=1")["findings"]
    assert [f["layer"] for f in findings if f["kind"] == "dead"] == layers


@pytest.mark.parametrize("grain", ["step", "operation", "depth"])
@pytest.mark.parametrize("label", ["t", "0"])
def test_a_slope_of_0_is_not_dead_where_the_gradient_takes_another_path(grain, label):
    program = f"p = sigmoid(w*x); L = bce(p, {label})"
    found = flow(program, "--w=1", "--x=1", *["--t=0"][: label == "t"], "--by", grain)
    assert found["findings"] == []


def test_a_weight_of_0_cuts_off_the_layers_before_it():
    findings = flow("h = tanh(x); c = w*h; c + 1", "--x=1", "--w=0")["findings"]
    assert [(f["kind"], f["layer"]) for f in findings] == [("dead", "c")]


@pytest.mark.parametrize(("norm", "after"), [(1.0, 1.0), (5.0, 5.0), (20.0, 13.0)])
def test_clipping_scales_everything_by_one_factor_if_the_norm_is_larger(norm, after):
    report = flow("a = 5*x; b = 12*y; a + b", "--x=1", "--y=1", "--clip", str(norm))
    assert isclose(report["clipping"]["before"], 13.0)
    assert isclose(report["clipping"]["after"], after)
    for layer in report["layers"]:
        assert isclose(layer["clipped"], layer["gradient"] * after / 13.0)


def test_an_undefined_gradient_is_no_success():
    run = autograd("flow", "a = log(x); b = a*y; c = b + y; c*c", "--x=-1", "--y=1")
    assert run.status == 1


@pytest.mark.parametrize(
    ("program", "verdict", "status"),
    [("a = sqrt(x); b = a^2", "undefined", 1), ("a = exp(710*x); b = a*1e9", "exploding", 0)],
)
def test_what_the_first_layer_hands_to_the_inputs_counts(program, verdict, status):
    run = autograd("flow", program, "--x=0" if status else "--x=1", "--format", "json")
    assert (json.loads(run.out)["verdict"], run.status) == (verdict, status)


TANHS = "a = tanh(3*x); b = tanh(3*a); b^2"


@pytest.mark.parametrize("x", [2, 5])
@pytest.mark.parametrize("grain", ["step", "operation", "depth"])
def test_a_gradient_that_is_gone_at_the_inputs_has_vanished(x, grain):
    report = flow(TANHS, f"--x={x}", "--by", grain)
    a = tanh(3 * x)
    slope = 2 * tanh(3 * a) * 9 / cosh(3 * a) ** 2 / cosh(3 * x) ** 2
    assert 0.0 < slope < report["threshold"]
    assert report["verdict"] == "vanishing"
    if grain == "step":
        (finding,) = report["findings"]
        assert finding["layer"] == "a"
        place, _, reason = finding["message"].partition(": ")
        assert place == "below 1e-05 at x, the input of a"
        assert reason.startswith("the slope of tanh")


@pytest.mark.parametrize(
    "program",
    [
        "a = tanh(3*x); b = a + x",  # x gets its gradient by another way
        "a = tanh(w*x); b = 2*a",  # w gets none, x does
        "a = x; 2*a",
    ],
)
def test_inputs_that_get_a_gradient_in_any_way_are_reached(program):
    assert flow(program, "--x=5", "--set=w=0")["verdict"] == "healthy"


def test_a_gradient_that_is_huge_at_the_inputs_alone_has_exploded():
    report = flow("a = exp(20*x); b = 2*a", "--x=1")
    assert [f["layer"] for f in report["findings"]] == ["a"]
    assert report["findings"][0]["message"] == (
        "beyond 100000 at x, the input of a: a hands on 9.7e+09 times what it gets, "
        "as its slope by x is 20*a = 9.7e+09"
    )


NETWORK = "a=w1*x; b=sigmoid(a); c=w2*b; d=sigmoid(c); (d-1)^2"


@pytest.mark.parametrize(
    ("threshold", "layer", "reason"),
    [
        # the slope of the squared error, 2*(sigmoid(c) - 1)
        ("0.1", "d", "f hands on 0.0134 of what it gets, as its slope by d is 2*(d - 1) = -0.0134"),
        ("1e-5", "a", "the slope of sigmoid is at most 1/4 (2 layers)"),
    ],
)
def test_what_made_the_gradient_small_is_blamed_for_it(threshold, layer, reason):
    point = ("--w1=5", "--w2=5", "--x=4", "--threshold", threshold)
    report = flow(NETWORK, *point)
    (finding,) = report["findings"]
    assert finding["layer"] == layer
    assert finding["message"].endswith(reason)
    assert any("relu" in remedy for remedy in report["remedies"]) == ("sigmoid" in reason)


@pytest.mark.parametrize("program", ["a = sqrt(x); 2*a", "a = x^0.5; b = 3*a", "1/x"])
def test_an_infinite_slope_is_not_to_be_cured_by_a_learning_rate(program):
    report = flow(program, "--x=0")
    assert report["verdict"] == "exploding"
    (remedy,) = report["remedies"]
    assert "this very point" in remedy


@pytest.mark.parametrize("command", ["flow", "eval", "explain"])
def test_a_pole_beside_another_path_is_what_is_blamed(command):
    run = autograd(command, "d = x^2 - 1; q = 1/d; y = q + x", "--x=1", "--format=table")
    text = " ".join(run.out.split()).replace("1 / d", "1/d")
    assert "at q = 1/d, " in text
    assert "1 flowing back meets the slope -inf" in text


@pytest.mark.parametrize("command", ["flow", "eval", "explain"])
def test_paths_whose_sum_is_beyond_a_double_are_told_as_a_sum(command):
    run = autograd(command, "b = 1e308*x + 1e308*x; c = b + 1", "--x=0.1", "--format=table")
    text = " ".join(run.out.split())
    assert "what flows back to x along its paths adds up beyond a double" in text
    assert "x = x" not in text
    run = autograd(command, "a = 2*x; b = 1e308*a + 1e308*a", "--x=0.1", "--format=table")
    text = " ".join(run.out.split())
    assert "what flows back to a along its paths adds up beyond a double" in text


def test_an_overflow_is_still_met_by_smaller_weights():
    remedies = flow("a = exp(710*x); b = a*1e9", "--x=1")["remedies"]
    assert any("smaller weights" in remedy for remedy in remedies)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("x", "healthy: x is an input itself: there are no layers"),
        ("3", "healthy: nothing can vary"),
    ],
)
@pytest.mark.parametrize("width", [60, 80])
def test_without_layers_there_is_no_table(program, words, width):
    run = autograd("flow", program, "--set=x=1", "--format=table", env={"COLUMNS": str(width)})
    assert run.lines == [words]


def test_in_a_pipe_the_verdict_is_on_standard_error():
    run = autograd("flow", TANHS, "--x=2")
    assert run.err.startswith("note: vanishing: below 1e-05 at x")
    run = autograd("flow", TANHS, "--x=0.1", "--format", "csv")
    assert run.err == "note: healthy: the gradient reaches every layer\n"


def test_at_a_minimum_the_advice_is_not_that_for_a_dead_relu():
    flat = flow("d = x - 2; 1/2*d^2", "--x=2")
    assert flat["verdict"] == "dead"
    assert "slope is exactly 0" in flat["findings"][0]["message"]
    assert not any("relu" in remedy for remedy in flat["remedies"])


def test_a_gradient_that_comes_back_by_another_way_has_not_vanished():
    residual = flow("h = 2*x; s = sigmoid(h - 40); y = h + s; 2*y", "--x=1", "--by", "depth")
    assert min(layer["gradient"] for layer in residual["layers"]) < residual["threshold"]
    assert residual["verdict"] == "healthy"
    assert flow("h = 2*x; s = sigmoid(h - 40); 3*s", "--x=1")["verdict"] == "vanishing"


@pytest.mark.parametrize("program", ["x", "5", "sin(x)", "a = x; a"])
def test_small_programs_have_a_flow(program):
    words = ["--x=1"] if "x" in program else []
    assert flow(program, *words)["verdict"] == "healthy"


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("extra", [(), ("--clip", "1"), ("--ascii",), ("--by", "depth")])
def test_the_chart_stays_within_the_width(path, extra, width):
    words = ("flow", "-f", str(path), "--format", "table", *extra)
    out = autograd(*words, env={"COLUMNS": str(width)}).out
    assert max(map(len, out.splitlines())) <= width
    assert said(path, "verdict") in out
    if "--ascii" in extra:
        assert out.isascii()


def test_bars_have_a_log_scale():
    out = autograd(
        "flow", "-f", str(SAMPLES / "flow" / "sigmoid_chain.expr"), "--format", "table"
    ).out
    bars = [line.count("█") for line in out.splitlines() if "×" in line]
    steps = [longer - shorter for longer, shorter in pairwise(bars)]
    assert len(bars) == 20
    assert max(steps) - min(steps) <= 1


def test_in_a_pipe_there_is_a_row_for_each_layer():
    rows = autograd("flow", "-f", str(SAMPLES / "flow" / "dead_relu.expr")).rows
    assert [(row["layer"], row["finding"]) for row in rows] == [
        ("h1", ""),
        ("h2", "dead"),
        ("h3", ""),
    ]


@pytest.mark.parametrize(
    ("program", "finding"),
    [
        (
            "a = 3*x; b = a*1e-7; c = b*y; c^2",
            "f hands on 1.8e-06 of what it gets, as its slope by c is 2*c = 1.8e-06",
        ),
        ("a = where(x > 0, 1e-8*x, x); a*y", "as its slope by x is where(x > 0, 1e-08, 1) = 1e-08"),
        ("a = 1e-9*sigmoid(x); a*y", "a hands on 4.52e-11 of what it gets, as its slope by x is"),
        (
            "; ".join([f"h{n + 1} = 30*{f'h{n}' if n else 'x'}" for n in range(6)]),
            "h3 hands on 30 times what it gets, as its slope by h2 is 30; 4 layers raise it so",
        ),
        (
            "h = 3*x; h + where(x > 9, h, 0)*y",
            None,
        ),
    ],
)
def test_it_is_told_which_layer_changes_a_gradient_and_by_which_slope(program, finding):
    point = ("--set=x=3", "--set=y=1")
    found = flow(program, *point)["findings"]
    assert [f["message"].endswith(finding) or finding in f["message"] for f in found] == (
        [True] if finding else []
    )


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("a = log(x); b = tanh(a); b*1e-6", "nan at b: a = log(x) has no value at x = -1"),
        ("a = tanh(log(x)*y); 2*a", "log(x) has no value at x = -1"),
        (
            "b = x + 1; a = sqrt(b); a^2",
            "nan at a: at a = sqrt(b), on the way to x, 0 flowing",
        ),
        ("a = sqrt(x + 1); 2*a", "infinite at a: at a = sqrt(x + 1), on the way to x, 2 flowing"),
    ],
)
def test_it_is_told_where_nan_and_infinity_come_from(program, reason):
    finding = flow(program, "--x=-1", "--set=y=0")["findings"][0]
    assert reason in finding["message"]


@pytest.mark.parametrize(
    ("program", "reason", "remedy"),
    [
        ("a = abs(x); 3*a", "its abs is at a kink, where the slope is taken as 0", "kink"),
        (
            "b = 2*x; a = relu(b); 3*a",
            "its relu is at a kink, where the slope is taken as 0",
            "kink",
        ),
        ("b = x - 2; a = relu(b); 3*a", "its relu passes nothing on", "leaky_relu"),
        ("b = x - 2; a = max(b, y); 3*a", "its max takes another side", "other"),
        ("b = log(x - 2); a = where(x > 1, b, y); 3*a", "its where takes another side", "other"),
        ("b = x*x; 3*b", "its slope is exactly 0", "a minimum"),
    ],
)
def test_a_layer_that_passes_nothing_on_says_why(program, reason, remedy):
    report = flow(program, "--x=0", "--set=y=5")
    (finding,) = report["findings"]
    assert finding["kind"] == "dead"
    assert finding["message"].endswith(reason)
    assert remedy in report["remedies"][0]


def test_a_gradient_that_is_nan_beside_an_infinite_one_is_undefined():
    assert flow("sqrt(x)*y + 1/z", "--x=0", "--y=0", "--z=0", "--by", "depth")["verdict"] == (
        "undefined"
    )


def test_the_chart_says_what_a_factor_is():
    out = autograd("flow", "a = 2*x; a*3", "--x=1", "--format", "table").out
    assert "factor: how much goes on to the layers before it or, if none, to its inputs" in out
    assert "to inputs: the gradient that goes to inputs of its own" in out


DEEP = "h1 = tanh(w1*x + b1); h2 = tanh(w2*h1 + b2); y = v*h2; L = (y - t)^2"
AT = [f"--{name}={value}" for name, value in zip(
    ("w1", "w2", "b1", "b2", "v", "x", "t"), (0.5, -0.4, 0.1, 0.2, 1.5, 1, 2), strict=True
)]  # fmt: skip


def gradients(program, *words):
    return json.loads(autograd("eval", program, *words, "--format", "json").out)["gradients"]


def test_what_a_layer_hands_to_its_weights_is_told_beside_its_factor():
    found = gradients(DEEP, *AT)
    layers = {layer["layer"]: layer for layer in flow(DEEP, *AT)["layers"]}
    owned = {"h1": "w1 x b1", "h2": "w2 b2", "y": "v", "L": "t"}
    for name, own in owned.items():
        assert isclose(layers[name]["to_inputs"], hypot(*(found[each] for each in own.split())))


@pytest.mark.parametrize("grain", ["step", "operation", "depth"])
def test_the_inputs_that_count_are_those_of_wrt(grain):
    found = gradients(DEEP, *AT)
    layers = flow(DEEP, *AT, "--wrt", "w2", "--by", grain)["layers"]
    (counted,) = (layer for layer in layers if layer["to_inputs"] is not None)
    assert isclose(counted["to_inputs"], abs(found["w2"]))


def test_of_a_weight_that_layers_share_each_has_its_own_part():
    """Of sigmoids all parts have one sign, so that they add up to the gradient of the weight."""
    path = str(SAMPLES / "flow" / "sigmoid_chain.expr")
    layers = flow("-f", path, "--wrt", "w")["layers"]
    whole = json.loads(autograd("eval", "-f", path, "--format", "json").out)["gradients"]["w"]
    assert isclose(sum(layer["to_inputs"] for layer in layers), whole)


def test_a_layer_without_inputs_or_without_a_gradient_hands_them_nothing():
    layers = flow("a = 2*x; b = sin(a); c = where(x > 9, b*y, 3*b); c^2", "--x=1", "--y=5")[
        "layers"
    ]
    assert [layer["to_inputs"] is None for layer in layers] == [False, True, True, True]
    layers = flow("a = 2*x; b = y*a; where(x > 9, b, a)", "--x=1", "--y=5")["layers"]
    assert [layer["to_inputs"] for layer in layers if layer["layer"] == "b"] == [None]


@pytest.mark.parametrize(("width", "left"), [(36, ["to inputs"]), (30, ["factor", "to inputs"])])
def test_a_narrow_screen_says_which_columns_it_leaves_out(width, left):
    env = {"COLUMNS": str(width)}
    out = autograd("flow", DEEP, *AT, "--format", "table", env=env).out
    assert f"no room for: {', '.join(left)};" in " ".join(out.split())


_OPPOSED = "what flows back to x along its paths is inf and -inf, which add up to nan"


@pytest.mark.parametrize("command", ["eval", "explain", "flow"])
@pytest.mark.parametrize(
    ("program", "x", "told"),
    [
        ("f = (x^2 + 1)/(x - 2)", 2, _OPPOSED),
        ("a = 3*x; b = (a^2 + 1)/(a - 6)", 2, _OPPOSED.replace("to x", "to a")),
        ("u = cos(x); sqrt(u - 1)", 0, "inf flowing back meets the slope 0"),
        ("v = sqrt(x); 0*v", 0, "0 flowing back meets the slope inf"),
        ("f = log(x)", -1, "1 flowing back meets the slope nan"),
    ],
    ids=["sum", "sum at a step", "infinity meets 0", "0 meets infinity", "slope"],
)
def test_of_a_nan_the_sum_or_the_product_is_told_that_became_nan(command, program, x, told):
    run = autograd(command, program, f"--x={x}", "--format=table")
    text = " ".join(run.out.split())
    if command == "flow" and told.endswith("nan") and "slope" in told:
        told = "has no value at x = -1"
    assert told in text


def test_a_gradient_that_becomes_nan_at_the_inputs_alone_is_undefined():
    report = flow("f = (x^2 + 1)/(x - 2)", "--x=2")
    finding = report["findings"][0]
    assert (report["verdict"], finding["layer"]) == ("undefined", "v3")
    assert finding["message"] == f"nan at x, the input of v3: {_OPPOSED}"


_LOG_SUM_EXP = "m = max(x, y); e = exp(x - m) + exp(y - m); log(e) + m"
_SOFTMAX = (
    "x = 2; y = 1; z = -1; m = max(x, max(y, z)); a = exp(x - m); b = exp(y - m); c = exp(z - m);"
    "-log(b/(a + b + c))"
)


@pytest.mark.parametrize(
    ("program", "cancelled"),
    [
        (f"x = 1; y = 0; {_LOG_SUM_EXP}", "m"),
        (f"x = 0.3; y = -0.2; {_LOG_SUM_EXP}", "m"),
        (_SOFTMAX, "m"),
        ("x = 0.1; a = tanh(x); b = 3*a; c = b + 1; c - b", "b"),
    ],
)
@pytest.mark.parametrize("grain", ["step", "operation", "depth"])
def test_where_paths_cancel_no_gradient_has_vanished(program, cancelled, grain):
    run = autograd("flow", program, "--by", grain, "--format=table")
    text = " ".join(run.out.split())
    of = r"healthy: the gradient reaches every other layer; the paths through (level \d: )?"
    assert re.search(of + cancelled, text)
    assert "cancel: what arrives there is 0 but for rounding" in text
    assert flow(program, "--by", grain)["findings"] == []


def test_paths_that_cancel_are_told_beside_what_is_found():
    run = autograd("flow", f"{_LOG_SUM_EXP} + relu(x - 2)", "--x=1", "--y=0", "--format=table")
    text = " ".join(run.out.split())
    assert "dead: nothing flows back through" in text or "vanishing" not in text
    assert "the paths through m cancel: what arrives there is 0 but for rounding" in text


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        ("x = 1; a = 2*x; b = 1e-20*a; b + 1", "vanishing"),
        ("x = 1; a = 2*x; b = a*1.000000001; 1e-3*b - 1e-3*a", "vanishing"),
        ("x = 0; a = x + 0; b = a*a; b + 1", "dead"),
    ],
)
def test_a_gradient_that_is_small_without_paths_that_cancel_is_found(program, kind):
    report = flow(program)
    assert report["verdict"] == kind
    assert "cancel" not in autograd("flow", program, "--format=table").out


def test_inputs_whose_paths_cancel_have_not_vanished():
    for x in range(1, 40):
        assert flow("sin(x)^2 + cos(x)^2", f"--x={x / 10}")["verdict"] == "healthy"
