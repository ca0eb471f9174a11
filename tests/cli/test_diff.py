"""`autograd diff`: derivatives as expressions, in every format, and as programs."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from support_cli import SAMPLES, autograd, plain
from support_derivatives import agree, slopes, value_at
from support_grammar import value

from autograd_grammar import parse
from autograd_graph.export import TARGETS

AT = {"x": 0.75, "y": 1.25, "w": -0.5}


def lines(*words: str) -> list[str]:
    """What `diff` prints in a pipe."""
    run = autograd("diff", *words)
    assert (run.status, run.err) == (0, "")
    return run.lines


def drawn(*words: str, width: int = 80) -> list[str]:
    """What `diff` draws."""
    run = autograd("diff", *words, "--format", "table", env={"COLUMNS": str(width)})
    assert (run.status, run.err) == (0, "")
    return run.lines


def as_json(*words: str) -> dict[str, object]:
    run = autograd("diff", *words, "--format", "json")
    assert (run.status, run.err) == (0, "")
    found = json.loads(run.out)
    assert isinstance(found, dict)
    return found


# -- formats -------------------------------------------------------------------------------------


def test_in_a_pipe_each_derivative_is_an_expression_on_a_line() -> None:
    assert lines("x^2*sin(y)") == ["2*x*sin(y)", "x^2*cos(y)"]


def test_on_a_terminal_each_derivative_is_an_equation() -> None:
    run = autograd("diff", "x^2*sin(y)", stdin=None, terminal=True)
    assert plain(run.out).splitlines() == ["∂f/∂x = 2*x*sin(y)", "∂f/∂y = x^2*cos(y)"]


def test_a_named_output_is_called_by_its_name() -> None:
    assert drawn("J = w*x") == ["∂J/∂w = x", "∂J/∂x = w"]


def test_ascii_draws_a_plain_d() -> None:
    run = autograd("diff", "x^2", "--format", "table", "--ascii", "--order", "2")
    assert run.out.isascii()
    assert run.out.endswith("= 2\n")


def test_json_holds_value_and_derivatives() -> None:
    assert as_json("x^2*sin(y)") == {
        "schema": "autograd.diff/1",
        "value": "x^2*sin(y)",
        "derivatives": {"x": "2*x*sin(y)", "y": "x^2*cos(y)"},
    }


def test_json_holds_second_derivatives_by_pairs() -> None:
    assert as_json("x^2*y", "--order", "2")["second"] == {"x,x": "2*y", "x,y": "2*x", "y,y": "0"}


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_tables_have_a_row_for_each_derivative(name: str, delimiter: str) -> None:
    run = autograd("diff", "max(x, y)*x", "--format", name)
    rows = list(csv.reader(io.StringIO(run.out), delimiter=delimiter))
    assert rows[0] == ["by", "derivative"]
    assert [row[0] for row in rows[1:]] == ["x", "y"]
    assert rows[2][1] == "where(x > y, 0, x)"


def test_a_table_of_second_derivatives_has_a_row_for_each_pair() -> None:
    run = autograd("diff", "x^2*y", "--order", "2", "--format", "csv")
    rows = list(csv.reader(io.StringIO(run.out)))
    assert rows == [["by", "derivative"], ["x,x", "2*y"], ["x,y", "2*x"], ["y,y", "0"]]


# -- what is differentiated ----------------------------------------------------------------------


def test_wrt_picks_inputs_in_its_order() -> None:
    assert lines("x*y^2*z^3", "--wrt", "z,x") == ["3*x*y^2*z^2", "y^2*z^3"]


def test_of_picks_another_node() -> None:
    assert lines("c = w*x; c^2", "--of", "c") == ["x", "w"]


def test_inputs_with_a_default_stay_symbolic() -> None:
    assert lines("w = 3; w*x^2") == ["x^2", "2*w*x"]


def test_a_value_given_is_put_in_after_differentiating() -> None:
    assert lines("w*x^2", "--x=3") == ["9", "6*w"]
    assert lines("w*x^2", "--set", "w=1/3", "--x=3")[0] == "9"


@pytest.mark.parametrize(
    ("given", "second"),
    [("0.1", "0.2*x"), ("3", "6*x"), ("-2", "-4*x"), ("1e-20", "2e-20*x"), ("0", "0"),
     ("1/3", "0.6666666666666666*x"), ("inf", "2*x*(1/0)")],
)  # fmt: skip
def test_a_value_put_in_is_written_as_a_decimal(given: str, second: str) -> None:
    assert lines("x^2*y", f"--y={given}", "--wrt", "x") == [second]


@pytest.mark.parametrize(
    ("program", "by_x", "by_y"),
    [
        ("sinc(x)*y", "0", "1"),  # the textbook's (cos(x) - sinc(x))/x is undefined here
        ("x^2*y/x", "y", "0"),
        ("y*silu(x)/x", "y/4", "1/2"),
        ("x^(y^2 + 1)", "0^y^2*(y^2 + 1)", "where(y^2 + 1 >= 0, 0, 0/0)*(2*y)"),
        ("log(x)*y", "y/0", "log(0)"),
    ],
)
def test_a_gap_in_a_formula_is_no_gap_in_the_derivative(program: str, by_x: str, by_y: str) -> None:
    assert lines(program, "--wrt", "x,y", "--x=0") == [by_x, by_y]


def test_constants_of_the_program_stay_and_are_not_differentiated_by() -> None:
    assert lines("const k = 3; k*x^2") == ["2*k*x"]


def test_functions_and_the_prelude_are_expanded() -> None:
    assert lines("f(a) = a^2; f(x) + 1") == ["2*x"]
    (silu,) = lines("silu(x)")
    point = {"x": 0.625}
    assert value(silu, **point) == pytest.approx(slopes("silu(x)", point)["x"], rel=1e-14)


@pytest.mark.parametrize("name", ["e", "pi", "lambda", "in", "gamma", "E", "I", "t1", "N", "θ"])
def test_inputs_may_have_any_name(name: str) -> None:
    (found,) = lines(f"{name} = 2; {name}^2*x", "--wrt", name)
    assert found in (f"2*{name}*x", f"2*x*{name}")  # names by their characters


def test_the_constants_pi_and_e_are_no_inputs() -> None:
    assert lines("e^x + pi*x") in (["e^x + pi"], ["pi + e^x"])


def test_a_program_without_inputs_has_no_derivatives() -> None:
    assert drawn("3*pi") == ["There are no inputs to differentiate by."]
    assert as_json("3*pi")["derivatives"] == {}


def test_a_program_in_a_file_or_on_stdin_is_differentiated_too() -> None:
    run = autograd("diff", "-", stdin="x^3\n")
    assert run.lines == ["3*x^2"]
    sample = next(iter(sorted(SAMPLES.glob("*.expr"))))
    assert autograd("diff", "-f", str(sample)).status == 0


# -- second derivatives --------------------------------------------------------------------------


def test_order_2_prints_every_pair_once() -> None:
    assert lines("x^2*y^3", "--order", "2") == ["2*y^3", "6*x*y^2", "6*x^2*y"]


def test_order_2_is_drawn_as_second_partial_derivatives() -> None:
    assert drawn("x^2*y", "--order", "2") == [
        "∂²f/∂x² = 2*y",
        "∂²f/∂x ∂y = 2*x",
        "∂²f/∂y² = 0",
    ]


def test_hessian_in_a_pipe_is_a_matrix_with_tabs() -> None:
    assert lines("x^2*y^3", "--hessian") == ["2*y^3\t6*x*y^2", "6*x*y^2\t6*x^2*y"]


def test_hessian_is_drawn_as_a_matrix() -> None:
    rows = [[c.strip() for c in line.split("│")[1:-1]] for line in drawn("x^2*y", "--hessian")]
    assert [row for row in rows if row] == [
        ["", "x", "y"],
        ["x", "2*y", "2*x"],
        ["y", "2*x", "0"],
    ]


def test_a_hessian_that_does_not_fit_is_listed() -> None:
    found = drawn("x^2*sin(y*z)", "--hessian", width=60)
    assert found[0] == "∂²f/∂x² = 2*sin(y*z)"
    assert len(found) == 6


# -- steps ---------------------------------------------------------------------------------------


def test_cse_makes_each_line_a_program_with_steps() -> None:
    found = lines("sin(x*y)*exp(x*y)", "--cse")
    assert all(line.startswith("t1 = ") for line in found)
    assert all("; " in line for line in found)


def test_cse_names_steps_once_for_all_derivatives_where_they_are_shown_together() -> None:
    found = as_json("sin(x*y)*exp(x*y)", "--cse")
    steps = found["steps"]
    assert isinstance(steps, dict)
    assert steps["t1"] == "x*y"
    assert "x*y" not in json.dumps(found["derivatives"])
    head = drawn("sin(x*y)*exp(x*y)", "--cse")[0]
    assert head == "t1 = x*y"


def test_steps_take_names_that_are_free() -> None:
    found = as_json("t1*exp(t2*t1)*sin(exp(t1*t2))", "--cse")
    assert isinstance(found["steps"], dict)
    assert not {"t1", "t2"} & set(found["steps"])


def test_without_cse_a_short_expression_has_no_steps() -> None:
    assert "steps" not in as_json("sin(x*y)*exp(x*y)")


def test_a_long_expression_gets_steps_by_itself() -> None:
    program = "\n".join(["u = x*y + 1"] + ["u = sin(u)*u"] * 12)
    found = autograd("diff", "-", "--format", "json", stdin=program)
    assert len(json.loads(found.out)["steps"]) >= 12
    assert len(found.out) < 4000


PROGRAMS = [
    "x^2*sin(y) + w",
    "sin(x*y)*exp(x*y)/w",
    "sigmoid(w*x + y)^2",
    "u = x*y; v = exp(u)*u; v^2 + u/v + w",
    "(x - y)/(x + y)",
    "sqrt(x^2 + y^2 + w^2)",
    "x^y + y^x",
    "log(x + sqrt(x^2 + 1))*atan2(y, x)",
    "max(x, y, w)*min(x, 2*y)",
    "where(x > y, x^2, y*x) + relu(w)",
    "hypot(x, y)*tanh(w)",
    "logsumexp(x, y, w)",
    "a = 3; a*x^3/7 - 0.1*y^2",
    "gelu(x)*softplus(y)",
    "erf(x)*gamma(y + 2)",
    "f(a, b) = a*exp(-b^2); f(x, y) - f(y, x)",
]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("options", [(), ("--cse",)], ids=["plain", "cse"])
def test_every_line_is_a_program_that_evaluates_to_the_derivative(
    program: str, options: tuple[str, ...]
) -> None:
    graph = parse(program)
    names = list(graph.inputs)
    point = {name: AT[name] for name in names if name in AT}
    truth = slopes(program, point)
    point = {"a": 3.0} | point
    for name, line in zip(names, lines(program, *options), strict=True):
        printed = parse(line)
        got = value_at(printed, printed.output, point)
        assert agree(got, truth[name], (printed, printed.output), at=point), (name, line)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_second_derivative_with_steps_is_the_one_without(program: str) -> None:
    with_steps = lines(program, "--order", "2", "--cse")
    plainly = lines(program, "--order", "2")
    assert len(with_steps) == len(plainly)
    point = {"a": 3.0} | AT
    for one, other in zip(plainly, with_steps, strict=True):
        a, b = parse(one), parse(other)
        was, now = value_at(a, a.output, point), value_at(b, b.output, point)
        assert was == pytest.approx(now, rel=1e-12, abs=1e-14)


def test_the_derivative_goes_through_a_pipe_to_eval() -> None:
    run = autograd("diff", "x^3", "--wrt", "x")
    assert autograd("eval", "-", "--set", "x=2", "--get", "value", stdin=run.out).out == "12.0\n"


def test_a_derivative_with_steps_goes_through_a_pipe_to_eval() -> None:
    run = autograd("diff", "sin(x*x)*exp(x*x)", "--cse")
    again = autograd("eval", "-", "--set", "x=0.5", "--get", "value", stdin=run.out)
    truth = slopes("sin(x*x)*exp(x*x)", {"x": 0.5})["x"]
    assert float(again.out) == pytest.approx(truth, rel=1e-14)


def test_a_derivative_can_be_differentiated_again_in_a_pipe() -> None:
    run = autograd("diff", "-", stdin=autograd("diff", "x^4").out)
    assert run.lines == ["12*x^2"]


# -- notes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("a^x", "undefined at x = 0"),
        ("sinc(x)", "undefined at x = 0"),
        ("hypot(x, y)", "undefined at the origin"),
        ("max(x, y)", "tie"),
        ("min(x, y, 2)", "tie"),
        ("clip(x, 0, 1)", "on a bound"),
        ("leaky_relu(x)", "least size"),
        ("elu(x)", "least size"),
        ("xlogy(x, y)", "x = y = 0"),
    ],
)
def test_a_note_says_where_textbook_and_policy_differ(program: str, words: str) -> None:
    notes = as_json(program)["notes"]
    assert isinstance(notes, list)
    assert any(words in note for note in notes)
    assert "note: " in "\n".join(drawn(program))
    assert "note" not in "\n".join(lines(program))


@pytest.mark.parametrize(
    "program",
    ["x^2", "x^n*0 + x", "2*x", "sin(x)", "const k = 2; k*x^k", "e^(-x)", "2^x", "max(0, x)"],
)
def test_no_note_where_they_agree(program: str) -> None:
    if "n" in parse(program).inputs:
        program = "x^3.5"
    assert "notes" not in as_json(program)


def test_no_note_for_what_does_not_take_part() -> None:
    assert "notes" not in as_json("y = max(x, 2); z = x^2; z")
    assert "notes" not in as_json("x*max(2, 3)")


# -- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("x^2 +",), "an operand is missing"),
        (("x^2", "--wrt", "y"), "no input 'y'"),
        (("c = x^2; c", "--wrt", "c"), "'c' is not an input"),
        (("x^2", "--of", "q"), "no node named 'q'"),
        (("x^2", "--order", "3"), "--order"),
        (("x^2", "--y=3"), "y"),
        (("x^2", "--format", "xml"), "--format"),
        (("x^2", "y^2"), "y^2"),
        (("foo(x)",), "no function 'foo'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(words: tuple[str, ...], message: str) -> None:
    run = autograd("diff", *words)
    assert run.status == 2
    assert run.out == ""
    assert message in run.err
    assert "Traceback" not in run.err


def test_no_value_is_needed_to_differentiate() -> None:
    assert autograd("diff", "x*y*z").status == 0


def test_large_programs_are_differentiated_with_steps() -> None:
    program = "\n".join(["s = x"] + [f"s = sin(s + {n})/2 + y" for n in range(2_000)])
    run = autograd("diff", "-", "--wrt", "y", stdin=program)
    assert run.status == 0
    assert len(run.out) < 500 * 2_000
    (line,) = run.lines
    truth = slopes(program, {"x": 0.3, "y": 0.2})["y"]
    assert value(line, x=0.3, y=0.2) == pytest.approx(truth, rel=1e-9)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("words", [("--order", "2"), ("--hessian",)])
def test_code_for_elsewhere_has_the_second_derivatives_that_are_asked_for(
    words: tuple[str, ...], target: str
) -> None:
    first, second = (autograd("diff", "x^2*y", "--to", target, *w) for w in ((), words))
    assert (first.status, second.status) == (0, 0)
    assert len(second.out) > len(first.out)
    assert re.search(r"hessian|d2_x_y|partial\^\{2\}", second.out)
    assert not re.search(r"hessian|d2_x_y|partial\^\{2\}", first.out)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["table", "lines", "json", "csv", "tsv"])
def test_code_for_elsewhere_refuses_a_format(name: str, target: str) -> None:
    run = autograd("diff", "x^2", "--to", target, "--format", name)
    assert (run.status, run.out) == (2, "")
    assert "--format" in run.err


@pytest.mark.parametrize("name", ["table", "lines", "json", "csv", "tsv"])
def test_every_format_has_the_second_derivatives_that_are_asked_for(name: str) -> None:
    for words in (("--order", "2"), ("--hessian",)):
        assert "2*y" in autograd("diff", "x^2*y + x", "--format", name, *words).out, words


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("x^2*f", ["∂f_1/∂x = 2*f*x", "∂f_1/∂f = x^2"]),
        ("f*f_1", ["∂f_2/∂f = f_1", "∂f_2/∂f_1 = f"]),
        ("f = x^2; f", ["∂f/∂x = 2*x"]),
    ],
)
def test_an_unnamed_output_is_not_called_by_a_name_of_the_program(
    program: str, lines: list[str]
) -> None:
    assert [line.strip() for line in drawn(program)][: len(lines)] == lines


@pytest.mark.parametrize("form", ["lines", "csv", "tsv"])
def test_where_nothing_is_differentiated_a_note_says_so(form: str) -> None:
    run = autograd("diff", "3", "--format", form)
    assert run.lines == {"lines": [], "csv": ["by,derivative"], "tsv": ["by\tderivative"]}[form]
    assert (run.status, run.err) == (0, "note: There are no inputs to differentiate by.\n")
    assert autograd("diff", "3*x", "--format", form).err == ""


def test_latex_calls_the_output_what_the_program_calls_it() -> None:
    assert (
        r"\frac{\partial J}{\partial w} &= 2 w x^{2}"
        in autograd("diff", "J = (w*x)^2", "--to", "latex").out
    )
    assert "f &=" in autograd("diff", "(w*x)^2", "--to", "latex").out
    assert r"\theta &=" in autograd("diff", "θ = 2*x", "--to", "latex").out
    assert "f_{1} &=" in autograd("diff", "f = x; f^2", "--to", "latex").out
