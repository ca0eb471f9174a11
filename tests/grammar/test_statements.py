"""What statements mean: LANGUAGE.md's section on programs, row by row."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from support_grammar import gradient, infix, named, parenthesised, pointed_at, refusal, value

from autograd_grammar import parse
from autograd_graph import Graph, Tape, forward
from autograd_graph.graph import CONSTANT, INPUT, Number

TEACHING = """
x = -2
w = 2
b = 8
y = 2
c = w * x
a = c + b
d = a - y
J = 1/2 * d^2
"""


def role(graph: Graph, name: str) -> str:
    """What the newest node of a name is."""
    op = graph.ops[graph.bindings[name]]
    return {INPUT: "input", CONSTANT: "constant"}.get(op, "step")


# programs -----------------------------------------------------------------------------------


def test_the_teaching_example_runs_as_it_stands() -> None:
    values = named(TEACHING)
    assert {name: values[name] for name in "cadJ"} == {"c": -4.0, "a": 4.0, "d": 2.0, "J": 2.0}
    assert values[""] == 2.0
    assert gradient(TEACHING) == {"x": 4.0, "w": -4.0, "b": 2.0, "y": -2.0}


def test_the_value_of_a_program_is_its_last_statement() -> None:
    assert value("a = 1; b = 2; a") == 1.0
    assert value("a = 1; b = 2") == 2.0
    assert value("3; 4; 5") == 5.0


@pytest.mark.parametrize(
    "text",
    [
        "a = 2; a + 1",
        "a = 2\na + 1",
        "a = 2\r\na + 1\r\n",
        "a = 2\ra + 1\r",
        "\n\n a = 2 ;; \n;; a + 1 ;;\n\n",
        "a = 2 # b = 7; a = 8\na + 1 # + 5",
        "# first (\na = 2\n# ) between\na + 1\n# last",
        "a = 2 # comment\r\n# another\ra + 1",
        "\ta=2;a+1",
    ],
)
def test_separators_blanks_and_comments_carry_no_meaning(text: str) -> None:
    assert value(text) == 3.0


@pytest.mark.parametrize(
    "text",
    [
        "y = (1 +\n 2)\ny * 2",
        "y = (1\r\n+\r\n2)\r\ny * 2",
        "y = (1\r+ 2)\ry * 2",
        "y = (1 + # one ( more\n 2)\ny * 2",
        "y = (1 + # a smiley :)\n 2)\ny * 2",
        "y = ( # ((((\n\n 1 + (2 # )))\n) )\ny * 2",
        "y = sum(\n  1,  # (the first)\n  2  # ) the second\n)\ny * 2",
    ],
)
def test_a_newline_inside_parentheses_is_a_blank(text: str) -> None:
    assert value(text) == 6.0


# names and rebinding -------------------------------------------------------------------------


def test_later_uses_see_the_newest_binding() -> None:
    assert value("c = 2; d = c; c = 5; c*10 + d") == 52.0
    assert value("x = 3; x = x + 1; x = x * x; x") == 16.0


def test_each_binding_is_a_node_of_its_own() -> None:
    graph = parse("x = 2; x = x + 1; x = x * 3")
    assert sorted(graph.names.values()) == ["x", "x", "x"]
    assert graph.bindings["x"] == graph.output == max(graph.names)


def test_an_alias_is_a_node_of_its_own() -> None:
    graph = parse("w = 2; c = w; c * w")
    assert graph.bindings["c"] != graph.bindings["w"]
    assert role(graph, "c") == "step"
    assert value("w = 2; c = w; c * w") == 4.0
    assert gradient("w = 2; c = w; c * w") == {"w": 4.0}


def test_an_alias_keeps_the_value_when_the_other_name_is_bound_again() -> None:
    assert value("w = 2; c = w; w = 7; c") == 2.0


@pytest.mark.parametrize(
    ("sign", "result"),
    [("+=", 8.0), ("-=", 4.0), ("−=", 4.0), ("*=", 12.0), ("/=", 3.0), ("^=", 36.0), ("**=", 36.0)],
)
def test_augmented_binding_applies_the_operator_to_the_old_value(sign: str, result: float) -> None:
    assert value(f"x = 6; x {sign} 2; x") == result
    assert value(f"x = 6; x{sign}2") == result


def test_augmented_binding_takes_the_whole_right_side() -> None:
    assert parenthesised("x = u; x *= a + b") == "x"
    assert value("x = 2; x *= 3 + 4") == 14.0
    assert value("x = 20; x -= 3 - 1") == 18.0
    assert value("x = 20; x /= 2 * 5") == 2.0
    assert value("x = 2; x ^= 1 + 2") == 8.0
    assert value("c = 3; c += c + 1; c") == 7.0


def test_augmented_binding_is_differentiated_like_its_long_form() -> None:
    assert gradient("c = w^2; c += c*w; c", w=3.0) == gradient("d = w^2; e_ = d + d*w; e_", w=3.0)


def test_names_are_letters_digits_and_subscripts_of_any_script() -> None:
    graph = parse("w₁ + θ + größe + _private + x2 + 名前 + λ_1₂")
    assert list(graph.inputs) == ["w₁", "θ", "größe", "_private", "x2", "名前", "λ_1₂"]


@pytest.mark.parametrize("word", ["lambda", "in", "if", "None", "const", "for", "sin", "gamma"])
def test_no_word_is_reserved(word: str) -> None:
    assert value(f"{word} = 3; {word} * 2") == 6.0
    assert list(parse(f"2*{word} + 1").inputs) == [word]


def test_a_functions_name_without_parentheses_is_a_variable() -> None:
    graph = parse("gamma*m*c^2 + gamma(m)")
    assert list(graph.inputs) == ["gamma", "m", "c"]
    assert infix(graph) == "(((gamma * m) * (c ^ 2)) + gamma(m))"


# inputs and defaults -------------------------------------------------------------------------


def test_names_never_bound_are_inputs_in_order_of_use() -> None:
    assert list(parse("b*x + a*y + b").inputs) == ["b", "x", "a", "y"]


@pytest.mark.parametrize(
    ("binding", "default"),
    [
        ("w = -2", -2.0),
        ("w = 1/3", 1 / 3),
        ("w = pi/4", math.pi / 4),
        ("w = sqrt(2)", math.sqrt(2)),
        ("w = 2^0.5", 2**0.5),
        ("w = sigmoid(0)", 0.5),
        ("w = deg2rad(180)", math.pi),
        ("f(t) = t^2 + 1; w = f(3)", 10.0),
        ("const k = 4; w = 3*k", 12.0),
        ("w = e", math.e),
        ("w = -log(0)", math.inf),
    ],
)
def test_a_first_binding_to_a_constant_expression_is_an_input(binding: str, default: float) -> None:
    graph = parse(f"{binding}; w")
    assert role(graph, "w") == "input"
    assert list(graph.inputs) == ["w"]
    assert value(f"{binding}; w") == pytest.approx(default, rel=1e-15)
    assert value(f"{binding}; w*2", w=5.0) == 10.0
    assert gradient(f"{binding}; w*2") == {"w": 2.0}


@pytest.mark.parametrize(
    "program", ["y = x", "y = 2*x", "f(t) = t*x; y = f(2)", "w = 1; y = w", "y = x - x"]
)
def test_a_binding_to_anything_that_varies_is_a_step(program: str) -> None:
    assert role(parse(program), "y") == "step"


def test_a_second_binding_is_a_step_even_of_a_number() -> None:
    graph = parse("w = 2; w = 3; w*x")
    assert role(graph, "w") == "step"
    assert value("w = 2; w = 3; w*x", x=1.0) == 3.0
    assert gradient("w = 2; w = 3; w*x", x=1.0) == {"w": 0.0, "x": 3.0}


def test_a_default_follows_a_constant_that_is_given_from_outside() -> None:
    program = "const k = 2; w = 3*k; w + 0"
    assert value(program) == 6.0
    assert value(program, k=5.0) == 15.0
    assert value(program, k=5.0, w=1.0) == 1.0


def test_a_default_follows_a_constant_through_functions_and_other_constants() -> None:
    program = "const k = 2; const m = k + 1; f(t) = t*m; w = f(10); w"
    assert value(program) == 30.0
    assert value(program, k=4.0) == 50.0
    assert value(program, m=7.0) == 70.0


def test_an_input_that_does_not_reach_the_output_has_gradient_0() -> None:
    assert gradient("w = 2; u = 3; w^2") == {"w": 4.0, "u": 0.0}


def test_literals_of_a_default_leave_no_nodes() -> None:
    assert len(parse("w = 1/3 + 2*4; w")) == 1


# const ---------------------------------------------------------------------------------------


def test_a_constant_is_shown_overridable_and_not_differentiated() -> None:
    program = "const k = 3; k*x^k"
    graph = parse(program)
    assert list(graph.constants) == ["k"]
    assert role(graph, "k") == "constant"
    assert value(program, x=2.0) == 24.0
    assert value(program, x=2.0, k=2.0) == 8.0
    assert gradient(program, x=2.0) == {"x": 36.0}


def test_const_is_an_ordinary_name_everywhere_else() -> None:
    assert value("const = 3; const + 1") == 4.0
    assert value("const const = 3; const^2") == 9.0
    assert value("x = 2; const = x; const*const") == 4.0
    assert value("const(t) = t + 1; const(4)") == 5.0
    assert gradient("const*2", const=1.0) == {"const": 2.0}


def test_const_may_follow_any_separator() -> None:
    assert list(parse("x = 1; const k = 2\nconst m = 3\r\nx*k*m").constants) == ["k", "m"]


# pi and e ------------------------------------------------------------------------------------


def test_the_well_known_constants_are_nodes_with_names_but_no_inputs() -> None:
    graph = parse("pi + π + e + x")
    assert list(graph.inputs) == ["x"]
    shown = {graph.names[n]: graph.numbers[n] for n in graph.names if n in graph.numbers}
    assert shown == {"pi": math.pi, "π": math.pi, "e": math.e}


def test_a_binding_shadows_a_well_known_constant() -> None:
    assert value("e = 1.6e-19; 2*e") == 3.2e-19
    assert list(parse("e = 1.6e-19; 2*e").inputs) == ["e"]
    assert value("pi = 3; pi*2") == 6.0
    assert value("pi = 3; π") == math.pi


def test_a_parameter_shadows_a_well_known_constant() -> None:
    assert value("f(e) = e + 1; f(1)") == 2.0
    assert value("f(e) = e + 1; f(1) + e") == 2.0 + math.e


def test_a_well_known_constant_cannot_change_its_meaning_half_way() -> None:
    error = refusal("y = e*x; e = 2; y*e")
    assert error.code == "use-before-binding"
    assert error.span == (4, 5)
    assert error.related[0][0] == (9, 10)


# functions -----------------------------------------------------------------------------------


def test_a_call_is_expanded_in_place() -> None:
    assert parenthesised("f(a, b) = a^2 + b; f(x, 2*y)") == "((x ^ 2) + (2 * y))"
    assert parenthesised("f(a) = a; f(x)") == "x"
    assert parenthesised("f(a) = 3; f(x)") == "3"


def test_an_argument_used_twice_is_one_node() -> None:
    graph = parse("f(a) = a*a; f(x + 1)")
    (product,) = [
        args for row, args in zip(graph.ops, graph.args, strict=True) if row.name == "mul"
    ]
    assert product[0] == product[1]
    assert gradient("f(a) = a*a; f(x + 1)", x=2.0) == {"x": 6.0}


def test_a_definition_may_shadow_a_built_in_from_there_on() -> None:
    assert value("y = sin(0); sin(t) = t + 5; sin(0) + y") == 5.0
    assert value("max(a) = 2*a; max(4)") == 8.0
    assert value("silu(a) = 1; silu(7)") == 1.0


def test_a_function_may_be_defined_again() -> None:
    assert value("f(t) = t; a = f(1); f(t) = 10*t; b = f(1); b + a") == 11.0


def test_a_body_sees_the_programs_names_as_they_stand_where_it_is_called() -> None:
    assert value("k = 1; f(t) = t*k; k = 5; f(2)") == 10.0
    assert value("f(t) = t*k; k = 5; a = f(2); k = 7; a*100 + f(2)") == 1014.0


def test_a_name_in_a_body_that_is_nowhere_bound_is_an_input() -> None:
    assert list(parse("f(t) = t*k; f(x)").inputs) == ["x", "k"]


def test_defining_a_function_uses_none_of_its_names() -> None:
    assert list(parse("f(t) = t*k; x + 1").inputs) == ["x"]
    assert value("f(t) = t*k; k = 5; f(1)") == 5.0


def test_parameters_shadow_the_programs_names() -> None:
    assert value("a = 100; f(a) = a + 1; f(1)") == 2.0
    assert value("a = 100; f(a) = a + 1; f(1) + a") == 102.0


def test_parameters_do_not_leak_into_the_functions_a_body_calls() -> None:
    assert list(parse("g(u) = u*t; f(t) = g(t + 1); f(x)").inputs) == ["x", "t"]
    assert value("t = 10; g(u) = u*t; f(t) = g(t + 1); f(2)") == 30.0
    assert value("g(t) = t^2; f(t) = g(t + 1) + t; f(2)") == 11.0


def test_a_body_may_call_what_is_defined_later_but_before_the_call() -> None:
    assert value("f(t) = g(t) + 1; g(t) = 2*t; f(5)") == 11.0


def test_a_body_calls_the_newest_definition() -> None:
    assert value("g(t) = 1; f(t) = g(t); g(t) = 2; f(0)") == 2.0


def test_a_functions_name_and_a_values_name_do_not_meet() -> None:
    assert value("f = 3; f(t) = t + f; f(4)") == 7.0


def test_a_definition_may_have_a_newline_and_blanks_in_its_head() -> None:
    assert value("f (a,\n   b) = a - b\nf(5, 3)") == 2.0


def test_a_comparison_is_not_a_definition() -> None:
    assert value("f(t) = 2*t; f(3) == 6") == 1.0


def test_the_prelude_is_immune_to_the_programs_names_and_functions() -> None:
    assert value("pi = 3; deg2rad(180)*(pi/3)") == pytest.approx(math.pi, rel=1e-15)
    assert value("sigmoid(x) = 99; silu(0) + silu(2)") == pytest.approx(2 / (1 + math.exp(-2)))
    assert value("x = 5; y = 6; mse(2, 1)") == 1.0


def test_the_prelude_uses_pi_without_the_program_using_it() -> None:
    assert value("a = deg2rad(180); pi = 3; pi*1 + 0*a") == 3.0


@pytest.mark.parametrize(
    ("program", "cycle"),
    [
        ("f(x) = f(x - 1); f(3)", "f -> f"),
        ("f(x) = g(x); g(x) = f(x); f(3)", "f -> g -> f"),
        ("a(x) = b(x); b(x) = c(x); c(x) = 1 + b(x); a(3)", "b -> c -> b"),
        ("sin(x) = sin(x) + 1; sin(3)", "sin -> sin"),
        ("f(x) = f(x); 3", "f -> f"),
    ],
)
def test_recursion_is_an_error_that_names_the_cycle(program: str, cycle: str) -> None:
    error = refusal(program)
    assert error.code == "recursion"
    assert cycle in error.message
    assert pointed_at(program, error) in ("f(x - 1)", "f(x)", "b(x)", "sin(x)")


# spans ---------------------------------------------------------------------------------------


def spans(text: str) -> list[str]:
    """The text under every node's span."""
    graph = parse(text)
    assert all(span is not None for span in graph.spans)
    return [text[span[0] : span[1]] for span in graph.spans if span is not None]


def test_every_node_of_an_expression_spans_its_own_text() -> None:
    assert spans("w*x + sin(y)^-2") == [
        "w", "x", "w*x", "y", "sin(y)", "2", "-2", "sin(y)^-2", "w*x + sin(y)^-2",
    ]  # fmt: skip


def test_spans_reach_over_parentheses_blanks_and_lines() -> None:
    assert spans("(a + b) * c") == ["a", "b", "a + b", "c", "(a + b) * c"]
    assert spans("max( a,\n b )") == ["a", "b", "max( a,\n b )"]


def test_a_named_step_spans_its_expression() -> None:
    graph = parse("c = w*x; J = c + 1")
    assert graph.spans[graph.bindings["c"]] == (4, 7)
    assert graph.spans[graph.bindings["J"]] == (13, 18)


def test_what_a_call_expands_to_spans_the_call() -> None:
    assert spans("f(t) = t^2; f(x)")[1:] == ["f(x)", "f(x)"]
    assert spans("silu(x)") == ["x", "silu(x)", "silu(x)"]


def test_a_superscript_spans_its_digits() -> None:
    assert spans("x⁻²") == ["x", "⁻²", "⁻²", "x⁻²"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("e\u0301*x", ["e\u0301", "x", "e\u0301*x"]),
        ("x*e\u0301 + y", ["x", "e\u0301", "x*e\u0301", "y", "x*e\u0301 + y"]),
        ("\u00b5*x", ["\u00b5", "x", "\u00b5*x"]),
        ("α\u0301ε\u0301*x", ["α\u0301ε\u0301", "x", "α\u0301ε\u0301*x"]),
        ("\u1112\u1161\u11ab + z", ["\u1112\u1161\u11ab", "z", "\u1112\u1161\u11ab + z"]),
        ("\u212b*A\u030a", ["\u212b", "\u212b*A\u030a"]),
        ("a\U0001d400 + b", ["a\U0001d400", "b", "a\U0001d400 + b"]),
    ],
)
def test_spans_are_code_points_of_the_text_as_given(text: str, pieces: list[str]) -> None:
    assert spans(text) == pieces
    assert parse(text).text == text


def test_names_are_the_same_however_their_characters_are_composed() -> None:
    assert list(parse("\u00b5 + μ").inputs) == ["μ"]
    assert list(parse("e\u0301 + \u00e9").inputs) == ["é"]


def test_an_error_behind_a_composed_name_points_at_the_text_as_given() -> None:
    text = "e\u0301e\u0301 + α\u0301*ε\u0301 y\u0301"
    error = refusal(text)
    assert pointed_at(text, error) == "y\u0301"


# numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("12", Fraction(12)),
        ("1.5", Fraction(3, 2)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("1e-3", Fraction(1, 1000)),
        ("1E+3", Fraction(1000)),
        ("5.e2", Fraction(500)),
        (".5e1", Fraction(5)),
        ("1_000", Fraction(1000)),
        ("1_000.000_1e10", Fraction(10000001, 10000) * 10**10),
        ("0.1", Fraction(1, 10)),
        ("0.30000000000000004", Fraction(30000000000000004, 10**17)),
        ("007", Fraction(7)),
        ("0", Fraction(0)),
        ("0.0e5", Fraction(0)),
        ("9007199254740993", Fraction(9007199254740993)),
    ],
)
def test_a_literal_keeps_its_exact_value_beside_its_double(text: str, exact: Fraction) -> None:
    graph = parse(f"{text} + x")
    number = graph.numbers[0]
    assert isinstance(number, Number)
    assert number.exact == exact
    assert number == exact.numerator / exact.denominator


def test_an_input_keeps_the_exact_value_of_its_literal() -> None:
    number = parse("w = 0.1; w").numbers[0]
    assert isinstance(number, Number)
    assert number.exact == Fraction(1, 10)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.7976931348623157e308", 1.7976931348623157e308),
        ("5e-324", 5e-324),
        ("0e999", 0.0),
        ("0." + "0" * 400, 0.0),
        ("1" + "0" * 308, 1e308),
    ],
)
def test_the_whole_range_of_a_double_can_be_written(text: str, number: float) -> None:
    assert value(text) == number


@pytest.mark.parametrize("text", ["1e309", "1" + "0" * 309, "1e-400", "0.001e-330", "1e99999999"])
def test_a_literal_beyond_the_range_of_a_double_is_an_error(text: str) -> None:
    program = f"x + {text}"
    error = refusal(program)
    assert error.code == "syntax"
    assert pointed_at(program, error) == text
    assert "for a double" in error.message


# limits --------------------------------------------------------------------------------------


def test_a_program_may_have_as_many_nodes_as_the_caller_allows() -> None:
    assert len(parse("x + y", max_nodes=3)) == 3
    assert refusal("x + y", max_nodes=2).code == "limit"
    assert refusal("f(t) = t + t + t; f(x)", max_nodes=4).code == "limit"


def test_forward_asks_for_the_inputs_that_have_no_value() -> None:
    graph = parse("a = 1; a + b")
    assert forward(Tape(graph), {"b": 2.0})[graph.output] == 3.0


def test_a_program_that_ends_with_a_definition_is_its_body_by_its_parameters() -> None:
    program = "f(x, w) = w*x^2 + sin(w)"
    assert value(program, x=3.0, w=2.0) == pytest.approx(18 + math.sin(2.0))
    assert gradient(program, x=3.0, w=2.0) == {"x": 12.0, "w": 9 + math.cos(2.0)}


def test_a_body_that_is_the_program_has_the_name_and_the_places_of_the_definition() -> None:
    text = "cost(w) = w^2 + 1"
    graph = parse(text)
    assert graph.bindings == {"cost": graph.output}
    assert graph.names[graph.output] == "cost"
    spans = [span for span in graph.spans if span]
    assert [text[a:b] for a, b in spans] == ["cost", "2", "w^2", "1", "w^2 + 1"]


def test_a_parameter_that_does_not_matter_is_an_input_all_the_same() -> None:
    assert gradient("f(x, y) = x^2", x=3.0, y=1.0) == {"x": 6.0, "y": 0.0}
    assert gradient("f(x) = 7", x=3.0) == {"x": 0.0}
    assert gradient("f(x) = x", x=3.0) == {"x": 1.0}


def test_a_parameter_takes_the_default_that_its_name_has() -> None:
    assert value("x = 3; f(x) = x^2") == 9.0
    assert value("a = 5; f(x) = a*x", x=2.0) == 10.0


def test_a_parameter_may_have_the_name_of_a_constant() -> None:
    assert gradient("f(e) = e^2", e=3.0) == {"e": 6.0}


def test_what_stands_before_the_last_definition_is_not_the_programs_value() -> None:
    assert value("3; g(t) = t + 1; f(x) = g(x)^2 # the end\n\n", x=2.0) == 9.0
    assert refusal("f(t) = t + t + t", max_nodes=2).code == "limit"
