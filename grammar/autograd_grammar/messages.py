"""What to say where a program stops making sense.

The parser knows the token it stumbled over and nothing more. The rules here look at that token
and the ones around it, and name the mistake as the person who made it would. The first rule
that recognises the place wins; each is a test.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from autograd_grammar import prelude
from autograd_grammar.lalr import Token, UnexpectedTokenError
from autograd_grammar.lexer import UNKNOWN
from autograd_grammar.table import END
from autograd_graph.errors import ProgramError, Span
from autograd_graph.operators import ROWS

_OPERAND_ENDS = ("NUMBER", "NAME", "RPAR", "SUPERSCRIPT")
_OPERAND_STARTS = ("NUMBER", "NAME", "LPAR")
_COMPARISONS = ("LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "EQUAL", "NOT_EQUAL")
_BINARY = ("PLUS", "MINUS", "TIMES", "OVER", "POWER", *_COMPARISONS)
_STATEMENT_ENDS = ("NEWLINE", "SEMICOLON", END)
_WORDS = {
    "and": "a*b for two conditions",
    "or": "max(a, b) for two conditions",
    "not": "1 - a for a condition",
    "xor": "a != b for two conditions",
    "mod": "mod(a, b)",
    "div": "floor(a/b)",
    "if": "where(condition, a, b)",
    "then": "where(condition, a, b)",
    "else": "where(condition, a, b)",
}
_NUMBER_PREFIXES = ("x", "X", "b", "B", "o", "O")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parser stopped: the text, all tokens, and the number of the unexpected one."""

    text: str
    tokens: list[Token]
    at: int
    expected: set[str]

    def kind(self, offset: int = 0) -> str:
        """The terminal at ``offset`` tokens from the unexpected one; "" beyond the ends."""
        n = self.at + offset
        return self.tokens[n][0] if 0 <= n < len(self.tokens) else ""

    def word(self, offset: int = 0) -> str:
        """The text of the token at ``offset`` tokens from the unexpected one."""
        n = self.at + offset
        return self.tokens[n][1] if 0 <= n < len(self.tokens) else ""

    @property
    def span(self) -> Span:
        """The unexpected token; at the end of the text, the place behind it."""
        kind, _, start, end = self.tokens[self.at]
        if kind == END:
            last = self.tokens[self.at - 1][3] if self.at else 0
            return last, last + 1
        return start, end

    def line(self) -> tuple[int, int]:
        """Start and end of the line of text in which the unexpected token stands."""
        start = max(self.text.rfind("\n", 0, self.span[0]), self.text.rfind("\r", 0, self.span[0]))
        end = self.text.find("\n", self.span[0])
        return start + 1, len(self.text) if end < 0 else end

    def with_inserted(self, position: int, characters: str) -> str:
        """The line of the unexpected token with something put in at a position of the text."""
        start, end = self.line()
        line = self.text[start:position] + characters + self.text[position:end].rstrip("\r")
        return line.strip()


def explain(text: str, tokens: list[Token], unexpected: UnexpectedTokenError) -> ProgramError:
    """The error for a program that stops making sense at a token."""
    at = tokens.index(unexpected.token)
    place = Place(text, tokens, at, unexpected.expected)
    for rule in _RULES:
        error = rule(place)
        if error is not None:
            return error
    return _syntax(f"{_describe(place)} cannot stand here", place.span)


def _syntax(message: str, span: Span, hint: str = "") -> ProgramError:
    return ProgramError(message, code="syntax", span=span, hint=hint)


def _describe(place: Place) -> str:
    kind = place.kind()
    if kind == END:
        return "the end of the program"
    if kind == "NEWLINE":
        return "the end of the line"
    return f"'{place.word()}'"


def _foreign_character(place: Place) -> ProgramError | None:
    """A character that the language has no use for, often one from another language."""
    character = place.word()
    if place.kind() != UNKNOWN:
        return None
    after_operand = place.kind(-1) in _OPERAND_ENDS
    operand = place.word(-1) if place.kind(-1) in ("NUMBER", "NAME") else "x"
    other = place.word(1) if place.kind(1) in ("NUMBER", "NAME") else "y"
    if character == "|":
        return _syntax("'|' is not an operator", place.span, "the absolute value is abs(x)")
    if character == "!" and after_operand:
        return _syntax(
            "'!' is not an operator", place.span, f"the factorial is gamma({operand} + 1)"
        )
    if character == "%":
        hint = f"the remainder is mod({operand}, {other}), a percentage {operand}/100"
        return _syntax("'%' is not an operator", place.span, hint)
    if character in "?:":
        return _syntax(
            f"'{character}' is not an operator", place.span, "a choice is where(condition, a, b)"
        )
    if character in "[]{}":
        return _syntax(
            f"'{character}' is not a bracket of this language", place.span, "use ( and )"
        )
    if character in "\"'`“”‘’":
        return _syntax("there are no strings in this language", place.span)
    if character == "&":
        return _syntax("'&' is not an operator", place.span, f"for two conditions: {_WORDS['and']}")
    if character == "⋅" or character == "∙":
        return _syntax(f"'{character}' is not an operator", place.span, "to multiply, write * or ·")
    if character == "√":
        return _syntax("'√' is not an operator", place.span, "the square root is sqrt(x)")
    if character == "∞":
        return _syntax("'∞' is not a number here", place.span, "infinity is 1/0")
    if character == "\\":
        return _syntax("'\\' cannot stand in a program", place.span)
    name = unicodedata.name(character[0], "")
    shown = f"'{character}'" if character.isprintable() else "this character"
    suffix = f" (U+{ord(character[0]):04X} {name.lower()})" if not character.isascii() else ""
    return _syntax(f"{shown}{suffix} cannot stand in a program", place.span)


def _foreign_number(place: Place) -> ProgramError | None:
    """Hexadecimal and the like: a number with letters right behind it."""
    if place.kind() != "NAME" or place.kind(-1) != "NUMBER":
        return None
    _, number, start, end = place.tokens[place.at - 1]
    touching = end == place.tokens[place.at][2]
    if touching and number == "0" and place.word()[0] in _NUMBER_PREFIXES:
        return _syntax(
            "numbers are written in decimal", (start, place.span[1]), "write the decimal number"
        )
    return None


def _words(place: Place) -> ProgramError | None:
    """`a and b`, `if c then a`: words that are operators elsewhere."""
    for offset in (0, -1):
        word = place.word(offset)
        if place.kind(offset) == "NAME" and word in _WORDS:
            start, end = place.tokens[place.at + offset][2:]
            return _syntax(f"'{word}' is not an operator", (start, end), f"write {_WORDS[word]}")
    return None


def _function_without_parentheses(place: Place) -> ProgramError | None:
    """`sin x`."""
    name = place.word(-1)
    if place.kind(-1) != "NAME" or place.kind() not in ("NUMBER", "NAME"):
        return None
    if name not in ROWS and name not in prelude.functions():
        return None
    start = place.tokens[place.at - 1][2]
    hint = f"write {name}({place.word()})"
    return _syntax(f"the argument of {name} needs parentheses", (start, place.span[1]), hint)


def _implicit_product(place: Place) -> ProgramError | None:
    """`2x`, `2(x+1)`, `(a)(b)`, `x y`: one operand right behind another."""
    if place.kind(-1) not in _OPERAND_ENDS or place.kind() not in _OPERAND_STARTS:
        return None
    before = place.tokens[place.at - 1][3]
    if place.kind(-1) == "NUMBER" and place.kind() == "NUMBER":
        return _syntax(
            "two numbers stand next to each other", place.span, "put an operator between them"
        )
    star = "*" if before == place.span[0] else " *"
    hint = f"to multiply, write {place.with_inserted(before, star)}"
    return _syntax("there is no operator before this", place.span, hint)


def _chained_comparison(place: Place) -> ProgramError | None:
    """`a < b < c`."""
    if place.kind() not in _COMPARISONS:
        return None
    before = [kind for kind, *_ in _statement_before(place)]
    if not any(kind in _COMPARISONS for kind in before):
        return None
    return _syntax(
        "comparisons do not chain",
        place.span,
        "multiply them: (a < b)*(b < c), or nest them: where(a < b, b < c, 0)",
    )


def _equals_for_comparison(place: Place) -> ProgramError | None:
    """`=` where only an expression can stand."""
    if place.kind() not in ("EQUALS", "AUGMENTED"):
        return None
    before = _statement_before(place)
    if place.kind() == "AUGMENTED":
        return _syntax(f"'{place.word()}' needs a name on its left", place.span)
    if [kind for kind, *_ in before[:1]] == ["FUNCTION"]:
        return _syntax("a definition has names for parameters", place.span, "write f(a, b) = a*b")
    if place.kind(-1) in _BINARY or not before:
        return _missing_operand(place)
    return _syntax(
        "'=' binds a name at the start of a statement, and nothing else",
        place.span,
        "to compare, write ==",
    )


def _bad_definition(place: Place) -> ProgramError | None:
    """A definition whose parameters are not names."""
    before = _statement_before(place)
    if not before or before[0][0] != "FUNCTION" or "NAME" not in place.expected:
        return None
    if any(kind == "EQUALS" for kind, *_ in before):
        return None
    name = before[0][1]
    if place.kind() == "RPAR" and place.kind(-1) == "LPAR":
        return _syntax(
            f"{name!r} is defined without parameters",
            place.span,
            f"a plain name will do: {name} = ...",
        )
    return _syntax(
        "the parameters of a definition are names",
        place.span,
        f"write {name}(x) = ...; to compare, write ==",
    )


def _comma(place: Place) -> ProgramError | None:
    """A comma outside a call: a decimal comma, or a list."""
    if place.kind() != "COMMA":
        return None
    if place.kind(-1) == "NUMBER" and place.kind(1) == "NUMBER":
        number = f"{place.word(-1)}.{place.word(1)}"
        start, end = place.tokens[place.at - 1][2], place.tokens[place.at + 1][3]
        return _syntax("a number has no comma in it", (start, end), f"write {number}")
    if place.kind(-1) in ("COMMA", "LPAR"):
        return _syntax("an argument is missing before ','", place.span)
    if place.kind(-1) in _BINARY:
        return _missing_operand(place)
    return _syntax(
        "',' separates the arguments of a function, and nothing else",
        place.span,
        "statements are separated by ; or a new line",
    )


def _extra_parenthesis(place: Place) -> ProgramError | None:
    """`)` without `(`, `()`, `f(x,)`."""
    if place.kind() != "RPAR":
        return None
    if place.kind(-1) == "LPAR":
        return _syntax("there is nothing between the parentheses", place.span)
    if place.kind(-1) == "COMMA":
        return _syntax("an argument is missing after ','", place.span)
    if place.kind(-1) in _BINARY:
        return _missing_operand(place)
    return _syntax("this parenthesis closes nothing", place.span, "remove it, or open one before")


def _unclosed_parenthesis(place: Place) -> ProgramError | None:
    """The end of the program, or a new statement, inside parentheses."""
    if place.kind() not in (END, "SEMICOLON", "EQUALS", "AUGMENTED", "CONST"):
        return None
    opened: list[Token] = []
    for token in place.tokens[: place.at]:
        if token[0] == "LPAR":
            opened.append(token)
        elif token[0] == "RPAR" and opened:
            opened.pop()
        elif token[0] == "SEMICOLON":
            opened.clear()
    if not opened:
        return None
    _, _, start, end = opened[-1]
    if place.kind() in ("EQUALS", "AUGMENTED") and "\n" not in place.text[start : place.span[0]]:
        return None
    return _syntax("this parenthesis is never closed", (start, end), "close it with )")


def _missing_operand(place: Place) -> ProgramError | None:
    """An operator with nothing on one of its sides."""
    before, here = place.kind(-1), place.kind()
    if before in (*_BINARY, "EQUALS", "AUGMENTED"):
        start, end = place.tokens[place.at - 1][2:]
        what = "a value" if before in ("EQUALS", "AUGMENTED") else "an operand"
        hint = ""
        if here in _BINARY:
            hint = f"'{place.word(-1)}{place.word()}' is not an operator"
        return _syntax(f"{what} is missing after '{place.word(-1)}'", (start, end), hint)
    if here in _BINARY:
        return _syntax(f"an operand is missing before '{place.word()}'", place.span)
    if here == "SUPERSCRIPT":
        return _syntax("an exponent needs something to stand on", place.span)
    return None


def _unfinished_statement(place: Place) -> ProgramError | None:
    """`const k` or `f(x,` at the end of a line."""
    if place.kind() not in _STATEMENT_ENDS:
        return None
    if place.kind(-2) == "CONST":
        name = place.word(-1)
        return _syntax(f"the constant {name!r} needs a value", place.span, f"write {name} = 3")
    return _syntax("the statement is not finished", place.span)


def _statement_before(place: Place) -> list[Token]:
    """The tokens of the statement up to the unexpected one."""
    before: list[Token] = []
    for token in place.tokens[: place.at]:
        if token[0] in _STATEMENT_ENDS:
            before.clear()
        else:
            before.append(token)
    return before


_RULES: tuple[Callable[[Place], ProgramError | None], ...] = (
    _unclosed_parenthesis,
    _foreign_character,
    _foreign_number,
    _words,
    _bad_definition,
    _function_without_parentheses,
    _implicit_product,
    _chained_comparison,
    _equals_for_comparison,
    _comma,
    _extra_parenthesis,
    _missing_operand,
    _unfinished_statement,
)
