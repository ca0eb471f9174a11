"""``autograd explain``: what is drawn, at which width, and the JSON."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support_cli import SAMPLES, Run, autograd, plain

TEACHING = str(SAMPLES / "cost_function.expr")
NETWORK = str(SAMPLES / "two_layer_network.expr")

FORWARD = """\
c = w · x = 2 · (−2) = −4
a = c + b = −4 + 8 = 4
d = a − y = 4 − 2 = 2
J = 1/2 · d^2 = 1/2 · 2^2 = 2"""

BACKWARD = """\
dJ/dJ = 1
dJ/dd = dJ/dJ · ∂J/∂d = 1 · d = 1 · 2 = 2
dJ/da = dJ/dd · ∂d/∂a = 2 · 1 = 2
dJ/dc = dJ/da · ∂a/∂c = 2 · 1 = 2
dJ/db = dJ/da · ∂a/∂b = 2 · 1 = 2
dJ/dw = dJ/dc · ∂c/∂w = 2 · x = 2 · (−2) = −4
dJ/dx = dJ/dc · ∂c/∂x = 2 · w = 2 · 2 = 4
dJ/dy = dJ/dd · ∂d/∂y = 2 · (−1) = −2"""

GRADIENT = """\
dJ/db = d = 2
dJ/dw = d · x = 2 · (−2) = −4
dJ/dx = d · w = 2 · 2 = 4
dJ/dy = −d = −2"""

LEGEND = "d: through every path; ∂: a step's own slope"
"""What tells the two kinds of derivative apart."""


def explain(*words: str, width: int = 80, **how: Any) -> Run:
    return autograd("explain", *words, env={"COLUMNS": str(width)}, **how)


def drawn(*words: str, width: int = 80) -> str:
    run = explain(*words, width=width)
    assert (run.status, run.err) == (0, "")
    return run.out


def squeezed(text: str) -> str:
    """Text without the spaces that align it."""
    return "\n".join(re.sub(" +", " ", line).strip() for line in text.splitlines())


def told(*words: str) -> dict[str, Any]:
    run = explain(*words, "--format", "json")
    assert run.err == ""
    result: dict[str, Any] = json.loads(run.out)
    return result


def test_teaching_example_on_a_narrow_screen_is_the_textbooks() -> None:
    text = squeezed(drawn("-f", TEACHING, width=60))
    passes = f"Forward pass\n{FORWARD}\n\nBackward pass\n{BACKWARD}"
    assert text == f"{passes}\n\nGradient\n{GRADIENT}\n{LEGEND}"


def test_teaching_example_side_by_side_where_there_is_room() -> None:
    lines = drawn("-f", TEACHING, width=100).splitlines()
    at = lines[0].index("Backward")
    assert squeezed("\n".join(line[:at] for line in lines[1:5])) == FORWARD
    assert squeezed("\n".join(line[at:] for line in lines[1:9])) == BACKWARD


def test_equals_signs_are_in_columns() -> None:
    lines = drawn("-f", TEACHING, width=60).splitlines()[1:5]
    assert len({tuple(m.start() for m in re.finditer(" = ", line)) for line in lines}) == 1


def test_plain_signs_need_no_unicode() -> None:
    text = drawn("-f", TEACHING, "--ascii", width=60)
    assert text.isascii()
    assert "dJ/dw = dJ/dc * @c/@w = 2 * x = 2 * (-2) = -4" in squeezed(text)
    assert LEGEND.replace("∂", "@") in text


@pytest.mark.parametrize("width", [60, 80, 120, 160])
@pytest.mark.parametrize("words", [("--rules",), ("--ascii",), ("--by", "operation")])
def test_nothing_is_wider_than_the_screen(width: int, words: tuple[str, ...]) -> None:
    text = drawn("-f", NETWORK, *words, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert not any(line.endswith(" ") for line in text.splitlines() if "Pass" not in line)


def test_sum_over_uses_is_shown_term_by_term() -> None:
    text = squeezed(drawn("y = x*x + x", "--x=3"))
    assert "dy/dx = dy/dy · ∂y/∂x + dy/dv1 · ∂v1/∂x" in text
    assert "= 1 · 1 + 1 · 2 · x" in text
    assert "= 1 · 1 + 1 · 2 · 3" in text
    assert "= 1 + 6" in text
    assert "dy/dx = 1 + 2 · x = 1 + 2 · 3 = 7" in text
    assert squeezed(drawn("y = x*x + x", "--x=3", "--by", "step")).endswith(
        f"dy/dx = dy/dy · ∂y/∂x = 1 · (2 · x + 1) = 1 · (2 · 3 + 1) = 1 · 7 = 7\n{LEGEND}"
    )


def test_no_derivative_is_said_to_be_the_sum_of_itself_and_more() -> None:
    """The whole derivative and a step's own have different signs wherever both stand."""
    for words in (("y = x*x + x", "--x=3"), ("a = x*x; y = a*x + x; y", "--x=2")):
        for signs in ((), ("--ascii",)):
            for line in drawn(*words, *signs, width=150).splitlines():
                left, _, right = line.strip().partition(" = ")
                if "/" in left and right:
                    assert left.split()[-1] not in re.findall(r"[^\s()]+", right), line


def test_numbers_are_put_into_every_local_slope() -> None:
    text = squeezed(drawn("z = w*x; p = sigmoid(z); p^2", "--x=-1", "--w=2", width=160))
    assert "dp" not in text.partition("Gradient")[2]
    assert "· p · (1 − p) = 0.238406 · 0.119203 · (1 − 0.119203) = 0.238406 · 0.104994" in text


def test_forward_mode_stands_beside_the_values() -> None:
    lines = drawn("-f", TEACHING, "--along", "w=1", "--along", "b=-1", width=120).splitlines()
    assert lines[0].split("  ")[0] == "Values"
    assert "Tangents along w = 2 + t, b = 8 + (−1) · t" in lines[0]
    text = squeezed("\n".join(lines))
    assert "c = w · x = 2 · (−2) = −4 dc/dt = ∂c/∂w · dw/dt = x · 1 = −2 · 1 = −2" in text
    assert "Backward" not in text
    narrow = squeezed(drawn("-f", TEACHING, "--along", "w=1", width=60))
    assert "c = w · x = 2 · (−2) = −4\ndc/dt = ∂c/∂w · dw/dt" in narrow


def test_forward_mode_has_no_backward_pass_to_limit() -> None:
    run = explain("-f", TEACHING, "--along", "w=1", "--wrt", "w")
    assert (run.status, run.out) == (2, "")
    assert "--wrt" in run.err
    assert "has no input 'q'" in explain("-f", TEACHING, "--along", "q=1").err


def test_forward_mode_in_json_and_tables() -> None:
    account = told("-f", TEACHING, "--along", "w=1")
    assert account["backward"] == told("-f", TEACHING)["backward"]
    assert account["along"]["direction"] == {"w": 1.0}
    assert [t["value"] for t in account["along"]["tangents"]] == [1.0, -2.0, -2.0, -2.0, -4.0]
    rows = explain("-f", TEACHING, "--along", "w=1", "--format", "tsv").lines
    assert [row.split("\t")[6] for row in rows if row.startswith("tangent\t")][-1] == "-4.0"


def test_wrt_leaves_the_paths_that_lead_there() -> None:
    backward = (
        drawn("-f", TEACHING, "--wrt", "w", width=60)
        .partition("Backward pass\n")[2]
        .split("\n\n")[0]
    )
    assert [line.split(" ")[0] for line in backward.splitlines()] == [
        "dJ/dJ", "dJ/dd", "dJ/da", "dJ/dc", "dJ/dw",
    ]  # fmt: skip


def test_a_step_that_only_has_another_name_has_no_rule() -> None:
    lines = drawn("c = y; d = c*2 + y; e = d", "--y=1", "--rules").splitlines()
    assert "∂d/∂y: sum rule" in "\n".join(lines)
    assert not any(line.rstrip().endswith((":", ";")) for line in lines)


def test_rules_are_named() -> None:
    text = drawn("-f", TEACHING, "--rules", width=120)
    assert "constant factor rule, power rule" in text
    assert "product rule" in text
    assert "tanh′ = 1 − tanh^2" in drawn("tanh(x)", "--x=1", "--rules")
    assert "tanh' = 1 - tanh^2" in drawn("tanh(x)", "--x=1", "--rules", "--ascii")


@pytest.mark.parametrize("program", ["max(x, 0)", "min(x, 0)", "clip(x, 0, 1)"])
def test_the_rule_of_a_tie_says_that_a_constant_in_it_takes_all(program: str) -> None:
    account = told(program, "--x=0", "--rules")
    (term,) = account["backward"][-1]["terms"]
    assert term["local"] == 0.0
    assert "equal parts in a tie, all to a constant in it" in term["rules"][0]


def test_nudge_shows_what_the_gradient_predicts_beside_what_happens() -> None:
    text = squeezed(drawn("-f", TEACHING, "--nudge", "w=0.01"))
    assert "Nudge w from 2 to 2.01" in text
    assert "predicted = dJ/dw · Δw = −4 · 0.01 = −0.04" in text
    assert "happens = ΔJ = 1.9602 − 2 = −0.0398" in text


def test_tiny_nudge_shows_digits_enough() -> None:
    assert "4.000000004 − 4" in drawn("y = x*x", "--x=2", "--nudge", "x=1e-9")


@pytest.mark.parametrize(
    ("nudge", "message"),
    [("q=1", "has no input 'q'"), ("w", "--nudge takes NAME=AMOUNT"), ("c=1", "not an input"),
     ("w=a", "w")],
)  # fmt: skip
def test_nudge_that_makes_no_sense_is_an_error(nudge: str, message: str) -> None:
    run = explain("-f", TEACHING, "--nudge", nudge)
    assert run.status == 2
    assert message in run.err


def test_json_of_the_teaching_example() -> None:
    account = told("-f", TEACHING)
    assert set(account) == {"schema", "forward", "backward"}
    assert account["forward"][0] == {
        "name": "c", "expression": "w*x", "substituted": "2*(-2)", "value": -4.0,
    }  # fmt: skip
    assert account["backward"][0] == {
        "of": "J", "by": "J", "terms": [], "expression": None, "value": 1.0,
    }  # fmt: skip
    assert account["backward"][5] == {
        "of": "J",
        "by": "w",
        "terms": [
            {"through": "c", "upstream": 2.0, "local_expression": "x", "local_substituted": "-2",
             "local": -2.0, "product": -4.0}
        ],
        "expression": "d*x",
        "value": -4.0,
    }  # fmt: skip
    assert [entry["by"] for entry in account["backward"]] == list("JdacbwxyJ")[:-1]


def test_json_has_rules_nudges_and_notes_where_there_are_any() -> None:
    account = told("abs(x)*3", "--x=0", "--rules", "--nudge", "x=-0.5")
    assert account["backward"][-1]["terms"][0]["rules"] == ["abs' = sign"]
    assert account["nudges"] == [
        {"input": "x", "by": -0.5, "gradient": 0.0, "predicted": 0.0, "actual": 1.5,
         "before": 0.0, "after": 1.5}
    ]  # fmt: skip
    assert account["notes"][0]["status"] == "kink"


def test_json_stays_strict_and_the_status_is_1_where_the_gradient_is_nan() -> None:
    run = explain("y = log(x); 2*y", "--x=-1", "--format", "json")
    assert run.status == 1
    assert json.loads(run.out)["backward"][-1]["value"] == "nan"


def test_values_are_those_of_eval() -> None:
    entries = told("-f", NETWORK)["backward"]
    evaluated = json.loads(autograd("eval", "-f", NETWORK, "--format", "json").out)
    gradients = {entry["by"]: entry["value"] for entry in entries}
    assert evaluated["gradients"].items() <= gradients.items()


def test_status_is_remarked_beside_the_step_and_below_as_in_eval() -> None:
    run = explain("y = abs(x); y + 1", "--x=0")
    assert re.search(r"y = abs\(x\) = abs\(0\) = 0 +kink", run.out)
    assert re.search("note: .*kink", run.out)


def test_branch_not_taken_is_said_to_be() -> None:
    text = drawn("a = log(x); y = where(x > 0, a, x^2); y", "--x=-1", width=120)
    assert "unused" in text
    assert "nothing flows back to a" in text


def test_infinite_gradient_times_what_was_not_chosen_is_0() -> None:
    text = squeezed(explain("y = relu(x); sqrt(y)", "--x=-1", width=160).out)
    assert "df/dx = df/dy · ∂y/∂x = 0 what was not chosen hands back nothing" in text


def test_one_node_and_what_is_not_used() -> None:
    assert squeezed(drawn("5", width=60)) == "Forward pass Backward pass\nf = 5 df/df = 1"
    assert "df/dz = 0 it is not used" in squeezed(drawn("z = 1; q = z + 1; x^2", "--x=1"))


def test_output_can_be_another_node() -> None:
    text = squeezed(drawn("-f", TEACHING, "--of", "a", width=60))
    assert "da/dx = da/dc · ∂c/∂x = 1 · w = 1 · 2 = 2" in text
    assert "da/dy = 0 it is not used" in text


def test_long_programs_are_folded_and_all_shows_them() -> None:
    chain = "s0 = x; " + "; ".join(f"s{n + 1} = 1.01*s{n}" for n in range(200)) + "; s200"
    folded = drawn(chain, "--x=1")
    assert "more: --all shows them" in folded
    assert len(folded.splitlines()) < 160
    assert "more:" not in drawn(chain, "--x=1", "--all")
    uses = "; ".join(f"a{n} = x^{n}" for n in range(2, 14))
    many = f"{uses}; y = {' + '.join(f'a{n}' for n in range(2, 14))}; y"
    assert "--all shows what … stands for" in drawn(many, "--x=1")
    assert "…" not in drawn(many, "--x=1", "--all")


def test_colour_is_for_terminals() -> None:
    assert "\x1b[" not in drawn("-f", TEACHING)
    run = explain("-f", TEACHING, terminal=True)
    assert "\x1b[" in run.out
    assert squeezed(plain(run.out)).startswith("Forward pass")


def test_missing_values_are_named_together() -> None:
    run = explain("w*x")
    assert run.status == 2
    assert "autograd explain 'w*x' --w=1 --x=1" in run.err or "no value for the inputs" in run.err


def test_gradient_is_told_where_no_input_has_a_short_formula_for_it() -> None:
    chain = "; ".join(f"h{n + 1} = tanh(w*h{n} + h{n}*x)*h{n}" for n in range(1, 9))
    out = drawn("h1 = w*x; " + chain, "--w=0.5", "--x=1")
    assert out.count("formula too long") == 2
    assert "Gradient\ndf/dw" in out or "Gradient\ndh9/dw" in out


@pytest.mark.parametrize(
    ("program", "text"),
    [
        ("a = sqrt(x*2)*y; a + 1", "at sqrt(x*2), 1 flowing back meets"),
        ("a = sqrt(x*2); a*y", "at a = sqrt(x*2), 1 flowing back meets"),
        ("1/2*sqrt(x) + y", "at v1 = sqrt(x), 0.5 flowing back meets"),
        ("b = x*2; a = sqrt(b)*y; a + 1", "sqrt(b) at b = 0 is singular"),
        (f"a = sqrt({'+'.join(['x*y'] * 30)})*y; a + 1", "sqrt(...) at ... = 0 is singular"),
    ],
    ids=["hidden", "shown", "operation", "argument", "long"],
)
def test_notes_name_what_the_explanation_shows(program: str, text: str) -> None:
    assert text in " ".join(explain(program, "--x=0", "--y=1").out.split())
