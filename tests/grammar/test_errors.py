"""What wrong programs are told: where, what is wrong, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support_grammar import accepted, parenthesised, pointed_at, refusal, value

from autograd_grammar import parse


@dataclass(frozen=True)
class Mistake:
    """A wrong program, the text that the error points at, and pieces of what it says."""

    text: str
    at: str
    message: str
    hint: str = ""
    code: str = "syntax"


IMPLICIT_PRODUCTS = [
    Mistake("2x", "x", "between '2' and 'x'", "write 2*x"),
    Mistake("2(x+1)", "(", "operator is missing", "write 2*(x+1)"),
    Mistake("(a)(b)", "(", "operator is missing", "write (a)*(b)"),
    Mistake("(a)b", "b", "operator is missing", "write (a)*b"),
    Mistake("x y", "y", "between 'x' and 'y'", "write x * y"),
    Mistake("x² y", "y", "operator is missing", "write x² * y"),
    Mistake("2π", "π", "operator is missing", "write 2*π"),
    Mistake("2√x", "√", "operator is missing", "write 2*√x"),
    Mistake("x√(y+1)", "√", "operator is missing", "write x*√(y+1)"),
    Mistake("a = 1; 2a + 3b", "a", "operator is missing", "write a = 1; 2*a + 3*b"),
    Mistake("y = 3x^2 # speed", "x", "operator is missing", "write y = 3*x^2"),
    Mistake("a = 1\nb = 2a\nc = b", "a", "operator is missing", "write b = 2*a"),
    Mistake("sin(x)cos(x)", "cos", "operator is missing", "write sin(x)*cos(x)"),
    Mistake("(a\nb)", "b", "between 'a' and 'b'", "write (a * b)"),
    Mistake("x(y+1)", "x", "no function 'x'", "write x*(y+1)", "unknown-function"),
    Mistake("w = 2; w(y + 1)", "w", "is a value", "write w*(y + 1)", "unknown-function"),
    Mistake("pi(2)", "pi", "is a value", "write pi*(2)", "unknown-function"),
    Mistake("e(x)", "e", "is a value", "write e*(x)", "unknown-function"),
    Mistake("1 000", "000", "two numbers", "write 1000"),
    Mistake("1.2.3", ".3", "two numbers", "operator between them"),
    Mistake("1__000", "1__000", "'_' stands only between two digits", "write 1_000"),
    Mistake("1_", "1_", "'_' stands only between two digits", "write 1"),
    Mistake("return x", "x", "operator is missing"),
]

FOREIGN_OPERATORS = [
    Mistake("5!", "!", "'!' is not an operator", "gamma(5 + 1)"),
    Mistake("2*n! + 1", "!", "'!' is not an operator", "2*gamma(n + 1) + 1"),
    Mistake("(n+1)!", "!", "'!' is not an operator", "gamma(n+1 + 1)"),
    Mistake("f(n)!", "!", "'!' is not an operator", "gamma(f(n) + 1)"),
    Mistake("!x", "!", "'!' is not an operator", "1 - x"),
    Mistake("!(a < b)", "!", "'!' is not an operator", "1 - (a < b)"),
    Mistake("|x|", "|", "'|' is not an operator", "abs(x)"),
    Mistake("2*|x - 1| + y", "|", "'|' is not an operator", "2*abs(x - 1) + y"),
    Mistake("7 % 3", "%", "'%' is not an operator", "mod(7, 3)"),
    Mistake("y = a*b % (c + 1)", "%", "'%' is not an operator", "y = mod(a*b, (c + 1))"),
    Mistake("a + b % c", "%", "'%' is not an operator", "a + mod(b, c)"),
    Mistake("50%", "%", "'%' is not an operator", "50/100"),
    Mistake("a ? b : c", "?", "'?' is not an operator", "where(a, b, c)"),
    Mistake(
        "y = x > 0 ? x + 1 : 2*x", "?", "'?' is not an operator", "y = where(x > 0, x + 1, 2*x)"
    ),
    Mistake("a ? b", "?", "'?' is not an operator", "where(condition, a, b)"),
    Mistake("a <> b", "<>", "'<>' is not an operator", "write a != b"),
    Mistake("a => b", "=>", "'=>' is not an operator", "write a >= b"),
    Mistake("y = a =< b", "=<", "'=<' is not an operator", "write y = a <= b"),
    Mistake("a === b", "===", "'===' is not an operator", "write a == b"),
    Mistake("a !== b", "!==", "'!==' is not an operator", "write a != b"),
    Mistake("a ~= b", "~=", "'~=' is not an operator", "write a != b"),
    Mistake("x := 3", ":=", "':=' is not an operator", "write x = 3"),
    Mistake("x ×= 2", "×=", "'×=' is not an operator", "write x *= 2"),
    Mistake("a << b", "<<", "'<<' is not an operator", "a*2^b"),
    Mistake("a >> (b + 1)", ">>", "'>>' is not an operator", "floor(a/2^((b + 1)))"),
    Mistake("a*b // c", "//", "'//' is not an operator", "floor(a*b/c)"),
    Mistake("x + 1 /* note */", "/*", "'/*' is not an operator", "#"),
    Mistake("i++", "++", "'++' is not an operator", "write i += 1"),
    Mistake("i--", "--", "'--' is not an operator", "write i -= 1"),
    Mistake("x -> x^2", "->", "'->' is not an operator", "f(x) = x"),
    Mistake("a && b", "&&", "'&&' is not an operator", "write a*b"),
    Mistake("x > 0 && y > 0", "&&", "'&&' is not an operator", "write (x > 0)*(y > 0)"),
    Mistake("x > 0 || y > 0", "||", "'||' is not an operator", "write max(x > 0, y > 0)"),
    Mistake("where(a < b && c, 1, 2)", "&&", "'&&' is not an operator", "where((a < b)*c, 1, 2)"),
    Mistake("a & b", "&", "'&' is not an operator", "write a*b"),
    Mistake("a | b", "|", "'|' is not an operator", "max(a, b)"),
    Mistake("a ∧ b", "∧", "'∧' is not an operator", "write a*b"),
    Mistake("a and b", "and", "'and' is not an operator", "write a*b"),
    Mistake("a < 1 and b", "and", "'and' is not an operator", "write (a < 1)*b"),
    Mistake("a and b or not c", "and", "'and' is not an operator", "write max(a*b, 1 - c)"),
    Mistake("x or y", "or", "'or' is not an operator", "write max(x, y)"),
    Mistake("not x", "not", "'not' is not an operator", "write 1 - x"),
    Mistake("not x < y", "not", "'not' is not an operator", "write 1 - (x < y)"),
    Mistake("a not b", "not", "'not' is not an operator", "1 - a for not"),
    Mistake("a && ", "&&", "'&&' is not an operator", "a*b for both"),
    Mistake("| |", "|", "'|' is not an operator", "abs(x)"),
    Mistake("not(x)", "not", "no function 'not'", "1 - a", "unknown-function"),
    Mistake("and(x, y)", "and", "no function 'and'", "a*b", "unknown-function"),
    Mistake("a xor b", "xor", "'xor' is not an operator", "write a != b"),
    Mistake("7 mod 3", "mod", "'mod' is not an operator", "write mod(7, 3)"),
    Mistake("7 div n", "div", "'div' is not an operator", "write floor(7/n)"),
    Mistake("if c then a else b", "if", "'if' is not an operator", "write where(c, a, b)"),
    Mistake("y = a if c > 0 else b", "if", "'if' is not an operator", "y = where(c > 0, a, b)"),
    Mistake("if c", "if", "'if' is not an operator", "where(condition, a, b)"),
    Mistake("-∞", "∞", "'∞' is not a number", "1/0"),
    Mistake("a.b", ".", "a point stands only in numbers", "*"),
]

COMPARISONS = [
    Mistake("a < b < c", "<", "comparisons do not chain", "write (a < b)*(b < c)"),
    Mistake("a < b < c", "<", "comparisons do not chain", "where(a < b, b < c, 0)"),
    Mistake("y = 0 <= x+1 < 2*z", "<", "comparisons do not chain", "y = (0 <= x+1)*(x+1 < 2*z)"),
    Mistake(
        "where(0 < x < 1, 2, 3)", "<", "comparisons do not chain", "where((0 < x)*(x < 1), 2, 3)"
    ),
    Mistake("a == b == c", "==", "comparisons do not chain", "(a == b)*(b == c)"),
    Mistake("a < b < c < d", "<", "comparisons do not chain", "(a < b)*(b < c)*(c < d)"),
    Mistake("where(x = 1, 2, 3)", "=", "'=' binds a name", "where(x == 1, 2, 3)"),
    Mistake("x + 1 = 2", "=", "'=' binds a name", "x + 1 == 2"),
    Mistake("2 = x", "=", "'=' binds a name", "2 == x"),
    Mistake("y = x = 3", "=", "'=' binds a name", "x = 3; y = x"),
    Mistake("f(x) = y = 3", "=", "'=' binds a name", "f(x) = y == 3"),
    Mistake("leaky_relu(x, slope=0.1)", "=", "'=' binds a name", "leaky_relu(x, slope=0.01)"),
    Mistake("2 += 3", "+=", "needs a name on its left"),
    Mistake("f(x += 1)", "+=", "needs a name on its left"),
    Mistake("= 3", "=", "a name is missing before '='"),
]

PARENTHESES = [
    Mistake("(x + 1", "(", "never closed", "close it"),
    Mistake("sin((x + 1)*2", "(", "never closed", "close it"),
    Mistake("((a + b)", "(", "never closed", "close it"),
    Mistake("y = (a + b\nc = 3\ny*c", "(", "never closed", "close it"),
    Mistake("y = sin(x\ny + 1", "(", "never closed", "close it"),
    Mistake("y = max(a,\nb = 3\nb + y", "(", "never closed", "close it"),
    Mistake("y = (a +\nb = 3\nc = 4", "(", "never closed", "close it"),
    Mistake("y = (a # note )\nz", "(", "never closed", "close it"),
    Mistake("f(x; 2", "(", "never closed", "close it"),
    Mistake("max(a; b)", ";", "a parenthesis is still open", "separated by ,"),
    Mistake("x)", ")", "closes nothing", "remove it"),
    Mistake("(x + 1))*2", ")", "closes nothing", "remove it"),
    Mistake(")", ")", "closes nothing", "remove it"),
    Mistake("a + b\n)", ")", "closes nothing", "remove it"),
    Mistake("()", "()", "nothing between the parentheses"),
    Mistake("2*()", "()", "nothing between the parentheses"),
    Mistake("max(1, 2,)", ",", "an argument is missing after ','"),
    Mistake("max(,1)", ",", "an argument is missing before ','"),
    Mistake("max(1,,2)", ",", "an argument is missing before ','"),
]

MISSING_OPERANDS = [
    Mistake("* x", "*", "an operand is missing before '*'"),
    Mistake("/ 2", "/", "an operand is missing before '/'"),
    Mistake("< 2", "<", "an operand is missing before '<'"),
    Mistake("²", "²", "needs something to stand on"),
    Mistake("x +", "+", "an operand is missing after '+'"),
    Mistake("x + # more", "+", "an operand is missing after '+'"),
    Mistake("a = x *\nb = 2", "*", "an operand is missing after '*'"),
    Mistake("2 * / 3", "*", "an operand is missing after '*'"),
    Mistake("2 */ 3", "*", "an operand is missing after '*'", "'*/' is not an operator"),
    Mistake("(2 + )", "+", "an operand is missing after '+'"),
    Mistake("(* 2)", "*", "an operand is missing before '*'"),
    Mistake("max(a, * b)", "*", "an operand is missing before '*'"),
    Mistake("x^", "^", "an operand is missing after '^'"),
    Mistake("√", "√", "an operand is missing after '√'"),
    Mistake("√-x", "√", "an operand is missing after '√'", "√(...)"),
    Mistake("y = ", "=", "a value is missing after '='"),
    Mistake("y = ; 3", "=", "a value is missing after '='"),
    Mistake("x = 1; x += ", "+=", "a value is missing after '+='"),
    Mistake("x² ³", "³", "there is an exponent already"),
]

NUMBERS_AND_COMMAS = [
    Mistake("3,14", "3,14", "no comma", "write 3.14"),
    Mistake("y = 2*3,5 + x", "3,5", "no comma", "write y = 2*3.5 + x"),
    Mistake("1,000.5", "1,000.5", "no comma", "write 1000.5"),
    Mistake("1,000", "1,000", "no comma", "1000 if it parts thousands"),
    Mistake("x = 1, y = 2", ",", "separates the arguments", "write x = 1; y = 2"),
    Mistake("a, b = 1, 2", ",", "separates the arguments", "separated by ;"),
    Mistake("(1, 2)", ",", "separates the arguments"),
    Mistake("a, b", ",", "separates the arguments"),
    Mistake("0x1F", "0x1F", "in decimal", "write 31"),
    Mistake("x + 0b101", "0b101", "in decimal", "write 5"),
    Mistake("0o17", "0o17", "in decimal", "write 15"),
    Mistake("1e400", "1e400", "too large for a double", "1/0"),
    Mistake("1e-400", "1e-400", "too small for a double", "write 0"),
]

FUNCTIONS = [
    Mistake("sin x", "sin x", "needs parentheses", "write sin(x)"),
    Mistake("2*sin 3", "sin 3", "needs parentheses", "write sin(3)"),
    Mistake("sin 2x", "sin 2", "needs parentheses", "write sin(2*x)"),
    Mistake("log sin(x)", "log sin", "needs parentheses", "write log(sin(x))"),
    Mistake("silu x", "silu x", "needs parentheses", "write silu(x)"),
    Mistake("x * sni(y)", "sni", "no function 'sni'", "mean sin?", "unknown-function"),
    Mistake("Sin(x)", "Sin", "no function 'Sin'", "mean sin?", "unknown-function"),
    Mistake("sigmiod(x)", "sigmiod", "no function", "mean sigmoid or", "unknown-function"),
    Mistake("gleu(x)", "gleu", "no function", "gelu", "unknown-function"),
    Mistake("loss(t) = t; lss(1)", "lss", "no function", "loss", "unknown-function"),
    Mistake("clamp(x, 0, 1)", "clamp", "no function", "mean clip?", "unknown-function"),
    Mistake("if(c, a, b)", "if", "no function", "mean where?", "unknown-function"),
    Mistake("qqqqqqq(x)", "qqqqqqq", "no function", "autograd functions", "unknown-function"),
    Mistake("f(t) = qqqqqqq(t); f(1)", "qqqqqqq", "no function", "", "unknown-function"),
    Mistake("f(t) = sni(t); 3", "sni", "no function 'sni'", "mean sin?", "unknown-function"),
    Mistake("f(2)\nf(t) = t\n1", "f", "before it is defined", "move", "unknown-function"),
    Mistake("sin(1, 2)", "sin(1, 2)", "sin takes 1 argument, not 2", "sin(x)", "arity"),
    Mistake("sin()", "sin()", "sin takes 1 argument, not none", "sin(x)", "arity"),
    Mistake("arcsin(1, 2)", "arcsin(1, 2)", "arcsin takes 1", "arcsin(x)", "arity"),
    Mistake("log(1, 2, 3)", "log(1, 2, 3)", "1 or 2 arguments, not 3", "log(x, base)", "arity"),
    Mistake("where(a, b)", "where(a, b)", "where takes 3 arguments, not 2", "where(", "arity"),
    Mistake("max(1)", "max(1)", "max takes at least 2 arguments, not 1", "max(", "arity"),
    Mistake("dot(1, 2, 3)", "dot(1, 2, 3)", "two lists of the same length", "dot(", "arity"),
    Mistake(
        "leaky_relu(1, 2, 3)",
        "leaky_relu(1, 2, 3)",
        "leaky_relu takes 1 or 2 arguments, not 3",
        "leaky_relu(x, slope=0.01)",
        "arity",
    ),
    Mistake("1 + mse(1)", "mse(1)", "mse takes 2 arguments, not 1", "mse(y, t)", "arity"),
    Mistake("f(a, b) = a; f(1)", "f(1)", "f takes 2 arguments, not 1", "f(a, b)", "arity"),
    Mistake("f(a) = a; g(b) = f(b, b); g(1)", "f(b, b)", "f takes 1", "f(a)", "arity"),
    Mistake("f(a) = sin(a, a); 3", "sin(a, a)", "sin takes 1", "sin(x)", "arity"),
    Mistake("f(x) = f(x - 1); f(3)", "f(x - 1)", "f -> f", "cannot call itself", "recursion"),
    Mistake("polygamma(n, x)", "n", "has to be a constant", "const", "unsupported"),
    Mistake("n = 1; polygamma(n, x)", "n = 1", "has to be a constant", "const", "unsupported"),
]

DEFINITIONS = [
    Mistake("f(2) = 3", "2", "are names", "f(2) == 3"),
    Mistake("sin(2) = 0.75", "2", "are names", "sin(2) == 0.75"),
    Mistake("f(x + 1) = 3", "+", "are names", "f(x + 1) == 3"),
    Mistake("f(a, 2) = a", "2", "are names", "f(x) = ..."),
    Mistake("f() = 3", ")", "defined without parameters", "f = ..."),
    Mistake("f(x, x) = x; 1", "f(x, x) =", "two parameters named 'x'", "of its own"),
    Mistake("f(x=2) = x; f(1)", "=", "no default value", "leave it out"),
    Mistake("f(x) + g(y) = 3", "+", "the left of '='", "f(x) + g(y) == 3"),
    Mistake("f(x)(y) = 3", "(", "the left of '='", "f(x)(y) == 3"),
    Mistake("f(x) = ", "=", "a value is missing after '='"),
    Mistake("x = 2*w; f(x) = x^2", "f", "a parameter of 'f' and a step", "calls it: f(x)"),
    Mistake("const k = 2; f(k) = k^2", "f", "a parameter of 'f' and a constant", "calls it: f(k)"),
    Mistake(
        "g(t) = e*t; f(e) = g(e) + e; y = e; f(e) = g(1)", "f", "parameter of 'f' and a constant"
    ),
    Mistake("let x = 3", "x", "'let' is no word of this language", "x = ..."),
    Mistake("def f(x): x", "f", "'def' is no word of this language", "f(x) = ..."),
    Mistake("const k", "k", "needs a value", "const k = 3"),
    Mistake("const k + 1", "k", "needs a value", "const k = 3"),
    Mistake("const k += 1", "+=", "cannot change a constant", "const k = ..."),
    Mistake("const f(x) = 2", "(", "names a number, not a function", "f(x) = ..."),
    Mistake("const k = 2*x", "const k = 2*x", "depends on an input", "leave out const"),
    Mistake("w = 2; const k = w", "const k = w", "depends on an input", "k = ..."),
    Mistake("w = w + 1", "w", "used before it is bound", "w", "use-before-binding"),
    Mistake("y = x; x = 2; y", "x", "used before it is bound", "move", "use-before-binding"),
    Mistake("f(t) = t*k\nf(1)\nk = 2", "f(1)", "before it is bound", "'k'", "use-before-binding"),
    Mistake("x += 1", "x", "no value yet that += could change", "x = ...", "use-before-binding"),
    Mistake("x + 1; x *= 2", "x", "no value yet that *=", "x = ...", "use-before-binding"),
]

CHARACTERS = [
    Mistake("[1, 2]", "[", "'[' is not a bracket", "( and )"),
    Mistake("x = {1}", "{", "'{' is not a bracket", "( and )"),
    Mistake("'abc'", "'", "no strings", "without quotes"),
    Mistake('"abc"', '"', "no strings", "without quotes"),
    Mistake("½x", "½", "U+00BD vulgar fraction one half", "write 1/2"),
    Mistake("x½", "½", "U+00BD", "write 1/2"),
    Mistake("（x＋1）", "（", "U+FF08 fullwidth left parenthesis", "write (x+1)"),
    Mistake("x ＝ 2", "＝", "U+FF1D fullwidth equals sign", "write x = 2"),
    Mistake("２*x", "２", "U+FF12", "write 2*x"),
    Mistake("a – b", "–", "U+2013 en dash", "write a - b"),
    Mistake("a ⋅ b", "⋅", "U+22C5 dot operator", "write a * b"),
    Mistake("a ∕ b", "∕", "U+2215 division slash", "write a / b"),
    Mistake("x + 😀", "😀", "U+1F600 grinning face"),
    Mistake("x ∈ y", "∈", "U+2208 element of"),
    Mistake("x @ y", "@", "'@' cannot stand in a program"),
    Mistake("$x", "$", "'$' cannot stand in a program"),
    Mistake("a\\b", "\\", "'\\' cannot stand in a program"),
    Mistake("\ufeffx", "\ufeff", "U+FEFF", "does not show"),
    Mistake("x\u2028y", "\u2028", "U+2028 line separator", "does not show"),
    Mistake("a\0b", "\0", "a NUL byte", "remove it"),
    Mistake("a\x07b", "\x07", "control character U+0007", "remove it"),
    Mistake("a\x0cb", "\x0c", "control character U+000C", "remove it"),
    Mistake("a\x85b", "\x85", "control character U+0085", "remove it"),
    Mistake("a # \u202e b", "\u202e", "bidirectional character U+202E", "remove it"),
    Mistake("a\u2066b", "\u2066", "bidirectional character U+2066", "remove it"),
    Mistake("a + \ud800", "\ud800", "not valid UTF-8", "UTF-8", "encoding"),
    Mistake("", "", "the program is empty", "write an expression"),
    Mistake(" \n\t ;; \r\n", "", "the program is empty", "write an expression"),
    Mistake("# nothing but\n# comments (", "", "the program is empty", "write an expression"),
]

MISTAKES = [
    *IMPLICIT_PRODUCTS,
    *FOREIGN_OPERATORS,
    *COMPARISONS,
    *PARENTHESES,
    *MISSING_OPERANDS,
    *NUMBERS_AND_COMMAS,
    *FUNCTIONS,
    *DEFINITIONS,
    *CHARACTERS,
]

JARGON = re.compile(
    r"\b(lark|terminal|lexer|parser|token|python|dict|tuple|nonetype|traceback|"
    r"[A-Z]{4,}_?[A-Z]*|LPAR|RPAR|END|NAME)\b"
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: ascii(mistake.text))
def test_a_mistake_is_named_at_its_place_with_a_way_out(mistake: Mistake) -> None:
    error = refusal(mistake.text)
    assert error.code == mistake.code
    assert mistake.message in error.message
    assert mistake.hint in error.hint
    assert pointed_at(mistake.text, error) == mistake.at


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: ascii(mistake.text))
def test_messages_speak_of_the_program_and_not_of_the_machinery(mistake: Mistake) -> None:
    error = refusal(mistake.text)
    said = re.sub(r"'[^']*'|UTF-8|NUL", "", f"{error.message}\n{error.hint}")
    said = re.sub(r"U\+[0-9A-F]+", "", said)
    assert not JARGON.search(said)


SIMPLE_MENDINGS = [
    *IMPLICIT_PRODUCTS[:13],
    *(m for m in FOREIGN_OPERATORS if m.hint.startswith("write ")),
    *(m for m in NUMBERS_AND_COMMAS if m.hint.startswith("write ") and "e" not in m.text),
]


@pytest.mark.parametrize("mistake", SIMPLE_MENDINGS, ids=lambda mistake: ascii(mistake.text))
def test_the_program_that_a_hint_shows_is_a_program(mistake: Mistake) -> None:
    shown = refusal(mistake.text).hint.split("write ")[1]
    before = "i = 1; x = 1; " if re.search(r"[+*-]=", shown) else ""
    assert parse(before + shown).output >= 0


def test_the_place_of_an_unclosed_parenthesis_is_the_one_that_was_opened() -> None:
    assert refusal("f = ((a + b)*c").span == (4, 5)
    assert refusal("f = (a + (b*c)").span == (4, 5)
    assert refusal("f = (a + (b*c").span == (9, 10)
    assert refusal("a = (1)\nb = (2\nc = (3)").span == (12, 13)


def test_the_place_of_an_extra_parenthesis_is_its_own() -> None:
    assert refusal("(a + b)) * c").span == (7, 8)
    assert refusal("(a) + b)\n(c").span == (7, 8)


def test_a_parenthesis_in_a_comment_closes_nothing() -> None:
    assert refusal("y = (1 + 2 # )\n").span == (4, 5)


def test_use_before_binding_points_at_both_places() -> None:
    error = refusal("y = x\nx = 2\ny")
    assert error.span == (4, 5)
    assert [span for span, _ in error.related] == [(6, 7)]
    error = refusal("y = x*2\nx += 2\ny")
    assert error.span == (8, 9)
    assert [span for span, _ in error.related] == [(4, 5)]


def test_a_use_inside_a_call_points_at_the_call() -> None:
    error = refusal("f(t) = t*k; f(1); k = 2")
    assert error.span == (12, 16)
    assert [span for span, _ in error.related] == [(18, 19)]


def test_use_before_definition_points_at_both_places() -> None:
    error = refusal("f(2)\nf(t) = t\nf(3)")
    assert error.span == (0, 1)
    assert [span for span, _ in error.related] == [(5, 6)]


def test_an_error_knows_its_text() -> None:
    assert refusal("2*e\u0301 x").text == "2*e\u0301 x"
    assert refusal("a\0b").text == "a\0b"


def test_hints_stay_short_on_long_lines() -> None:
    long = " + ".join(f"x{n}" for n in range(10_000))
    for mistake in ("2x", "a < b < c", "5!", "a % b", "x = 1", "1,5", "a <> b", "½"):
        error = refusal(f"{long} + {mistake} + {long}")
        assert len(error.hint) < 300


def test_a_hint_on_a_long_line_shows_the_part_that_is_wrong() -> None:
    long = " + ".join(f"x{n}" for n in range(1_000))
    assert refusal(f"{long} + 2sin(y) + {long}").hint == "to multiply, write 2*sin(y)"
    assert refusal(f"{long} + 5! + {long}").hint == "the factorial is gamma(5 + 1)"
    assert refusal(f"{long} + 1,5 + {long}").hint == "write 1.5"


def test_a_program_over_the_limit_is_pointed_at_where_it_goes_over() -> None:
    program = "a = x + 1; b = a*a*a; b"
    assert pointed_at(program, refusal(program, max_nodes=4)) == "b = a*a*a"
    program = "f(t) = t + t + t; a = x; 2*f(a)"
    assert pointed_at(program, refusal(program, max_nodes=5)) == "f(a)"


def test_a_cycle_of_many_functions_is_named_in_short() -> None:
    definitions = [f"f{n}(x) = f{(n + 1) % 500}(x)" for n in range(500)]
    error = refusal("\n".join([*definitions, "f0(1)"]))
    assert error.code == "recursion"
    assert len(error.message) < 200


def test_an_explosion_of_calls_is_refused_by_counting() -> None:
    lines = ["f0(x) = x + x"]
    lines += [f"f{n}(x) = f{n - 1}(f{n - 1}(x))" for n in range(1, 60)]
    error = refusal("\n".join([*lines, "f59(1)"]))
    assert error.code == "limit"
    assert "f59" in error.message
    assert "--max-nodes" in error.hint


def test_an_explosion_without_any_node_is_refused_too() -> None:
    lines = ["f0(x) = x", *(f"f{n}(x) = f{n - 1}(f{n - 1}(x))" for n in range(1, 60))]
    assert refusal("\n".join([*lines, "f59(1)"])).code == "limit"


@pytest.mark.parametrize("text", ["++x", "x<-1", "a--b", "x;;", "a**-b", "x²^3", "2^-+-1"])
def test_odd_looking_programs_that_are_right(text: str) -> None:
    assert parenthesised(text)


def test_a_mended_factorial_has_the_factorials_value() -> None:
    hint = refusal("2*5! + 1").hint
    assert value(hint.removeprefix("the factorial is ")) == 241.0


# whatever the text, an error is a ProgramError -----------------------------------------------

PIECES = [
    *"()+-*/^,;=<>!%|&?:[]{}.'\"@$~`\\#_ ", "\n", "\r", "\r\n", "**", "==", "!=", "<=", ">=", "+=",
    "-=", "*=", "/=", "^=", "**=", "²", "⁻¹", "⁺", "½", "×", "·", "÷", "−", "≤", "π", "e", "pi",
    "x", "y", "f", "f(x)", "f(x) = ", "g(a, b) = ", "f(", "sin", "sin(", "max(", "log(", "where(",
    "polygamma(", "silu(", "const", "const k = ", "and", "or", "not", "if", "else", "2", "3.5",
    "1e5", "1e999", "0x1F", "1,5", "1_", "x = ", "y = ", "x += ", "# c\n", "# (", "e\u0301", "µ",
    "😀", "（", "＋", "\u2028", "\ufeff", "\u202e", "\0", "\ud800",
]  # fmt: skip


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_any_mixture_of_pieces_is_accepted_or_refused(text: str) -> None:
    accepted(text)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=16).map(" ".join))
def test_any_mixture_of_separated_pieces_is_accepted_or_refused(text: str) -> None:
    accepted(text)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.text(alphabet=st.characters(), max_size=40))
@example("०")
@example("x०")
@example("⅔ⅳ²₂")
@example("\u0301x")
@example("\u1160\u11a8")
def test_any_text_is_accepted_or_refused(text: str) -> None:
    accepted(text)
