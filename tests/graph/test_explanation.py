"""The account of both passes: what it says, and that its numbers are those of the passes."""

from __future__ import annotations

from math import isclose, isfinite, isnan, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_grammar import parse
from autograd_graph import OPERATORS, Tape, forward, reverse, statuses
from autograd_graph.formula import Formula
from autograd_graph.graph import LEAVES
from autograd_graph.status import JUMP, KINK, OK, worst
from autograd_graph.steps.explanation import Explanation, explain
from autograd_graph.steps.forward_mode import Trace, trace
from autograd_graph.steps.steps import steps
from autograd_graph.symbolic.textbook import rule

TEACHING = "x = -2; w = 2; b = 8; y = 2; c = w*x; a = c + b; d = a - y; J = 1/2*d^2"


def explained(program: str, grain: str | None = None, wrt: list[str] | None = None) -> Explanation:
    tape = Tape(parse(program))
    values = forward(tape)
    return explain(tape, values, reverse(tape, values), grain, wrt)  # type: ignore[arg-type]


def told(explanation: Explanation) -> dict[str, list[tuple[str, str | None, float]]]:
    """By each node: through what, the local formula, the product."""
    return {
        explanation.label(entry.node): [
            (term.through.label, text(term.slope.formula), term.product) for term in entry.terms
        ]
        for entry in explanation.backward
    }


def text(formula: Formula | None) -> str | None:
    return None if formula is None else str(formula)


def rules(program: str, by: str = "x") -> tuple[str, ...]:
    explanation = explained(program, "step")
    (entry,) = (e for e in explanation.backward if explanation.label(e.node) == by)
    return tuple(map(str, entry.terms[0].slope.rules))


def test_teaching_example_reads_as_in_a_textbook() -> None:
    explanation = explained(TEACHING)
    assert [
        (
            step.label,
            step.expression,
            str(explanation.substituted(step, "{:g}".format)),
            explanation.values[step.node],
        )
        for step in explanation.forward
    ] == [
        ("c", "w*x", "2*(-2)", -4.0),
        ("a", "c + b", "-4 + 8", 4.0),
        ("d", "a - y", "4 - 2", 2.0),
        ("J", "1/2*d^2", "1/2*2^2", 2.0),
    ]
    assert told(explanation) == {
        "J": [],
        "d": [("J", "d", 2.0)],
        "a": [("d", "1", 2.0)],
        "c": [("a", "1", 2.0)],
        "b": [("a", "1", 2.0)],
        "w": [("c", "x", -4.0)],
        "x": [("c", "w", 4.0)],
        "y": [("d", "-1", -2.0)],
    }
    assert list(told(explanation)) == ["J", "d", "a", "c", "b", "w", "x", "y"]


def test_node_used_several_times_has_a_term_for_each_use() -> None:
    explanation = explained("x = 3; y = x*x + x", "operation")
    assert told(explanation)["x"] == [("y", "1", 1.0), ("v1", "2*x", 6.0)]
    assert explanation.backward[-1].value == 7.0


def test_statement_is_one_step_however_often_it_uses_an_input() -> None:
    assert told(explained("x = 3; y = x*x + x", "step"))["x"] == [("y", "2*x + 1", 7.0)]


def test_inputs_come_last_by_name_with_numbers_as_numbers() -> None:
    assert list(told(explained("w10 = 1; w2 = 3; a = 5; h = w10*w2; h + a"))) == [
        "f", "h", "a", "w2", "w10",
    ]  # fmt: skip


def test_wrt_leaves_the_paths_that_lead_there() -> None:
    explanation = explained("x = 1; y = 2; a = x + 1; b = 2*y; c = a*b; c^2", wrt=["x"])
    assert list(told(explanation)) == ["f", "c", "a", "x"]
    assert len(explanation.forward) == 4


def test_input_that_does_not_reach_the_output_has_no_terms_and_gradient_0() -> None:
    explanation = explained("x = 1; z = 2; q = z + 1; x^2")
    assert told(explanation)["z"] == []
    assert explanation.backward[-1].value == 0.0


@pytest.mark.parametrize("program", ["x = 3; x", "5", "pi"])
def test_one_node_explains_itself(program: str) -> None:
    explanation = explained(program)
    assert len(explanation.forward) == 1
    assert [entry.value for entry in explanation.backward] == [1.0]


def test_flat_output_has_slope_0() -> None:
    assert told(explained("x = 0.5; floor(x)"))["x"] == [("f", "0", 0.0)]


def test_branch_not_taken_hands_back_nothing_whatever_its_slope() -> None:
    explanation = explained("x = -1; a = log(x); y = where(x > 0, a, x^2); y")
    (entry,) = (e for e in explanation.backward if explanation.label(e.node) == "x")
    through_a = next(term for term in entry.terms if term.through.label == "a")
    assert (through_a.upstream, through_a.product) == (None, 0.0)
    assert entry.value == -2.0


def test_constants_keep_their_meaning_and_names_that_look_like_them_have_none() -> None:
    assert told(explained("x = 2; y = log(e*x)^2", "step"))["x"][0][1] == "2*log(e*x)/x"
    shadowed = explained("const e = 5; x = 2; y = x*log(e); y", "step")
    assert told(shadowed)["x"][0][1] == "log(e)"


def test_names_that_look_like_labels_are_kept_apart() -> None:
    explanation = explained("v2 = 3; x = 2; sin(v2*x)*x", "operation")
    assert told(explanation)["v2"][0][1] == "x"


def test_steps_too_large_to_be_read_have_numbers_alone() -> None:
    names = [f"x{n}" for n in range(400)]
    program = "; ".join(f"{name} = 1" for name in names) + "; y = " + "*".join(names) + "; y"
    assert told(explained(program, "step"))["x7"] == [("y", None, 1.0)]


@pytest.mark.parametrize(
    ("program", "names"),
    [
        ("x = 1; x^2", ("power rule",)),
        ("x = 1; 2^x", ("exponential rule",)),
        ("x = 1; 3*x", ("constant factor rule",)),
        ("x = 1; w = 2; w*x", ("product rule",)),
        ("x = 1; w = 2; w/x", ("quotient rule",)),
        ("x = 1; x/3", ("constant factor rule",)),
        ("x = 1; x - 3", ("difference rule",)),
        ("x = 1; tanh(x)", ("tanh' = 1 - tanh^2",)),
        ("x = 1; log(x)", ("log'(x) = 1/x",)),
        ("x = 1; floor(x)", ("the slope of floor is 0",)),
        ("x = 1; y = 2; atan2(y, x)", ("d atan2(y, x)/dx = -y/(x^2 + y^2)",)),
        ("x = 1; sin(x^2)", ("sin' = cos", "chain rule", "power rule")),
        ("x = 1; (x + 1)^2 + 3", ("sum rule", "power rule", "chain rule")),
    ],
)
def test_rules_are_named_from_the_outermost_operator_in(program: str, names: tuple[str, ...]):
    assert rules(program) == names


def test_every_operator_has_a_rule_for_every_argument() -> None:
    for row in OPERATORS.values():
        if row.name == "identity" or row in LEAVES:
            continue
        count = row.arguments.arity[0] or 2
        for position in range(count):
            if position not in row.fixed:
                assert rule(row, position, (True,) * count)


def test_thousands_of_steps_and_great_depth_are_no_limit() -> None:
    chain = "x = 1; s0 = x; " + "; ".join(f"s{n + 1} = tanh(s{n} + x)" for n in range(5000))
    assert len(explained(chain).backward) == 5002
    deep = "x = 1; y = " + "+".join(["x"] * 20_000) + "; 2*y"
    assert explained(deep).backward[-1].value == 40_000.0


FORMS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "{} + {}", "{}*{}", "{} - 3*{}", "{}/({} + 0.1)", "tanh({})*{}", "-{}^2 + {}",
                "silu({}) - {}", "max({}, {}, 0)", "where({} > 0, {}, 1)", "relu({}) + floor({})",
                "log({})*{}", "hypot({}, {})", "exp(-{})^{}", "{}*const2 + pi*{}",
            ]
        ),
        st.integers(0, 30),
        st.integers(0, 30),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)  # fmt: skip


def program_of(lines: list[tuple[str, int, int, bool]], x: float, y: float) -> str:
    available = ["x", "y", "z"]
    text = f"x = {x!r}; y = {y!r}; z = 0.5; const const2 = 2\n"
    for number, (form, first, second, is_named) in enumerate(lines):
        operands = (available[n % len(available)] for n in (first, second))
        expression = f"({form.format(*operands)})"
        if is_named:
            text += f"s{number} = {expression}\n"
            expression = f"s{number}"
        available.append(expression)
    return text + available[-1]


def same(got: float, wanted: float) -> bool:
    return got == wanted or (isnan(got) and isnan(wanted))


def near(got: float, wanted: float, scale: float) -> bool:
    return isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-9 * max(scale, 1e-300))


@pytest.mark.parametrize(
    ("program", "by", "formula"),
    [
        ("y = sigmoid(w*x + b); 2*y", "b", "y*(1 - y)"),
        ("y = sigmoid(w*x + b); 2*y", "w", "x*y*(1 - y)"),
        ("y = tanh(w*x + b); 2*y", "b", "1 - y^2"),
        ("y = exp(w*x); 2*y", "w", "x*y"),
        ("y = exp(x); 2*y", "x", "y"),
        ("y = x^3; 2*y", "x", "3*x^2"),
        ("u = x; y = 2*u; 2*y", "u", "2"),
        ("sigmoid(x)", "x", "sigmoid(x)*(1 - sigmoid(x))"),  # has no name
    ],
)
def test_a_slope_that_the_step_has_worked_out_goes_by_its_name(
    program: str, by: str, formula: str
) -> None:
    told_of = told(explained(f"x = 1; w = 1; b = 1; {program}", "step"))
    assert [term for _, term, _ in told_of[by]] == [formula]


@pytest.mark.parametrize(
    ("program", "formula", "local"),
    [
        ("max(x, y)", None, 0.5),
        ("2*min(x, y, 1 + 0*x)", None, 2 / 3),
        ("leaky_relu(x - 1, 3)", None, 1.0),
        ("max(x, 1)", "where(x > 1, 1, 0)", 0.0),
        ("relu(x - 1)", "where(x - 1 > 0, 1, 0)", 0.0),
        ("abs(x - 1)", "sign(x - 1)", 0.0),
    ],
)
def test_a_formula_that_does_not_hold_at_a_kink_is_not_shown(
    program: str, formula: str | None, local: float
) -> None:
    explanation = explained(f"x = 1; y = 1; {program}", "step")
    (entry,) = (e for e in explanation.backward if explanation.label(e.node) == "x")
    assert [text(term.slope.formula) for term in entry.terms] == [formula]
    assert entry.terms[0].slope.value == pytest.approx(local)


@settings(max_examples=60)
@given(
    FORMS, st.floats(-3, 3), st.floats(-3, 3), st.sampled_from([None, "step", "operation"])
)  # fmt: skip
def test_explanation_and_passes_agree(lines, x, y, grain) -> None:
    graph = parse(program_of(lines, x, y))
    tape = Tape(graph)
    values = forward(tape)
    adjoints = reverse(tape, values)
    found = statuses(tape, values)
    explanation = explain(tape, values, adjoints, grain)
    inputs = {entry.node: entry.value for entry in explanation.backward}
    assert all(same(inputs[n], adjoints[n] or 0.0) for n in graph.inputs.values())
    for entry in explanation.backward[1:]:
        assert same(entry.value, adjoints[entry.node] or 0.0)
        products = [term.product for term in entry.terms]
        if all(map(isfinite, (*products, entry.value))):
            assert near(sum(products), entry.value, sum(map(abs, products)))
        for term in entry.terms:
            step = term.through
            through = 1.0 if step.node == tape.output else adjoints[step.node]
            assert (term.upstream is None) == (through is None)
            if term.upstream is None or not isfinite(term.product):
                continue
            assert same(term.upstream, through)
            expected = term.upstream * term.slope.value
            if isnan(expected):  # inf times what was not chosen, or 0 times what overflowed
                assert term.product == 0.0
            elif isfinite(expected):
                assert near(term.product, expected, abs(expected)) or abs(expected) < 1e-290
            smooth = worst(found.get(node, OK) for node in step.inner) in (OK, KINK, JUMP)
            if smooth and term.slope.formula is not None:
                local = value_of(str(term.slope.formula), explanation)
                if isfinite(local):
                    assert isclose(local, term.slope.value, rel_tol=1e-6, abs_tol=1e-6), term


def value_of(formula: str, explanation: Explanation) -> float:
    labels = {label: node for node, label in explanation.steps.labels.items()}
    graph = parse(f"{formula} + 0")
    point = {name: explanation.values[labels[name]] for name in graph.inputs}
    tape = Tape(graph)
    values = forward(tape, point)
    # the formula may stand on a kink that the program does not notice: nothing moves there
    return values[graph.output] if worst(statuses(tape, values).values()) == OK else nan


# derivatives through several steps ---------------------------------------------------------------


def wholes(program: str, grain: str | None = None) -> dict[str, str | None]:
    explanation = explained(program, grain)
    return {explanation.label(e.node): text(e.whole) for e in explanation.backward[1:]}


@pytest.mark.parametrize(
    ("program", "by", "formula"),
    [
        (TEACHING, "w", "d*x"),
        (TEACHING, "y", "-d"),
        ("x = 3; y = x*x + x", "x", "2*x + 1"),
        ("z = 2*x; p = sigmoid(z); L = p; L", "z", "p*(1 - p)"),
        ("x = 1; z = 3*x; p = tanh(z); L = p*p; L", "x", "6*p*(1 - p^2)"),
        ("x = 0; y = leaky_relu(x, 3); y*3", "x", None),  # the kink's slope has none
    ],
)
def test_derivative_by_an_input_is_a_formula_in_the_names_of_the_steps(
    program: str, by: str, formula: str | None
) -> None:
    found = wholes(program if "x =" in program else f"x = 0.3; {program}")
    assert _canonical(found[by]) == _canonical(formula)


def _canonical(formula: str | None) -> object:
    """A formula as SymPy sees it, so that the order of factors and terms does not count."""
    if formula is None:
        return None
    import sympy

    return sympy.expand(sympy.sympify(formula.replace("^", "**")))


def test_formula_through_the_steps_is_an_identity_and_not_a_number() -> None:
    """It is evaluated at other points than the one where it was found."""
    program = "z = w*x + b; p = sigmoid(z); r = p - y; L = r^2 + 0.1*w^2"
    formulas = wholes(f"w = 0.3; x = 1; b = -0.2; y = 1; {program}")
    for point in ({"w": -1.0, "x": 2.0, "b": 0.5, "y": 0.25}, {"w": 2, "x": -3, "b": 1, "y": 0}):
        tape = Tape(parse(program))
        values = forward(tape, point)
        adjoints = reverse(tape, values)
        named = {name: values[node] for node, name in tape.graph.names.items()}
        for name in point:
            graph = parse(str(formulas[name]))
            found = forward(Tape(graph), {n: named[n] for n in graph.inputs})[graph.output]
            assert isclose(found, adjoints[tape.graph.inputs[name]], rel_tol=1e-12)


def test_nothing_is_composed_in_a_long_program() -> None:
    chain = "x = 1; s0 = x; " + "; ".join(f"s{n + 1} = sin(s{n})" for n in range(300)) + "; s300"
    assert set(wholes(chain).values()) == {None}


# forward mode ------------------------------------------------------------------------------------


def traced(program: str, direction: dict[str, float], grain: str | None = None) -> Trace:
    tape = Tape(parse(program))
    return trace(tape, forward(tape), steps(tape.graph, None, grain), direction)  # type: ignore[arg-type]


def test_trace_of_the_teaching_example_is_the_textbooks() -> None:
    found = traced(TEACHING, {"w": 1.0, "b": -1.0})
    assert [t.value for t in found.tangents] == [1.0, -1.0, -2.0, -3.0, -3.0, -6.0]
    c, a = found.tangents[2], found.tangents[3]
    assert [(s.tangent, s.slope.value, text(s.slope.formula)) for s in c.shares] == [(1, -2, "x")]
    assert [s.product for s in a.shares] == [-2.0, -1.0]


def test_parameter_of_the_direction_is_a_name_that_the_program_does_not_have() -> None:
    assert traced("t = 1; t^2", {"t": 1.0}).parameter == "t_1"


def test_branch_not_taken_adds_nothing_whatever_its_tangent() -> None:
    found = traced("x = -1; a = log(x); y = where(x > 0, a, x^2); y", {"x": 1.0})
    assert [s.product for s in found.tangents[-1].shares] == [-2.0, 0.0]
    assert found.tangents[-1].value == -2.0


@settings(max_examples=60, deadline=None)
@given(FORMS, st.floats(-3, 3), st.floats(-3, 3), st.sampled_from([None, "step", "operation"]))
def test_tangent_of_the_output_is_the_gradient_along_the_direction(lines, x, y, grain) -> None:
    graph = parse(program_of(lines, x, y))
    tape = Tape(graph)
    values = forward(tape)
    adjoints = reverse(tape, values)
    direction = {"x": 0.5, "y": -2.0}
    found = trace(tape, values, steps(graph, None, grain), direction)
    parts = [(adjoints[graph.inputs[n]] or 0.0) * amount for n, amount in direction.items()]
    for each in found.tangents:
        products = [share.product for share in each.shares]
        if products and all(map(isfinite, (*products, each.value))):
            assert near(sum(products), each.value, sum(map(abs, products)))
    if all(map(isfinite, (*parts, found.tangents[-1].value))):
        assert near(found.tangents[-1].value, sum(parts), max(map(abs, parts)) * 1e3)
