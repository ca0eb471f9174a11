"""What to say where a program stops making sense.

The parser knows the token it stumbled over and nothing more. The rules here look at that token
and the ones around it, and name the mistake as the person who made it would. The first rule
that recognises the place wins; each is a test.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise

from autograd_grammar import elsewhere, prelude
from autograd_grammar.automaton import END
from autograd_grammar.lalr import Token, UnexpectedTokenError
from autograd_grammar.lexer import UNKNOWN
from autograd_grammar.mending import Mending
from autograd_grammar.place import (
    BINARY,
    BINDINGS,
    COMPARISONS,
    OPERAND_ENDS,
    OPERAND_STARTS,
    POWERS,
    PRODUCTS,
    ROOTS,
    STATEMENT_ENDS,
    SUMS,
    Place,
)
from autograd_grammar.suggestions import is_function
from autograd_graph.errors import ProgramError, Span
from autograd_graph.operators import ROWS

_SPELLED = {
    "<>": "!=", "><": "!=", "=!": "!=", "~=": "!=", "!==": "!=", "=>": ">=", "=<": "<=",
    "===": "==", ":=": "=", "×=": "*=", "·=": "*=", "÷=": "/=", "%=": "", "//": "", "<<": "",
    ">>": "", "->": "", "++": "", "--": "", "<=>": "", "/*": "", "^^": "", "~": "", "|>": "",
}  # fmt: skip
"""Operators of other languages, with their spelling here where they have one."""

_LOGIC = {"and": "and", "&": "and", "&&": "and", "∧": "and", "or": "or", "||": "or", "∨": "or"}
_NEGATIONS = ("not", "!", "¬", "~")
_WORDS = ("and", "or", "not", "xor", "mod", "div", "if", "then", "else")
_LOOKALIKES = {
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "∗": "*", "⋅": "*", "∙": "*", "•": "*",
    "⨯": "*", "∕": "/", "⁄": "/", "∶": "/", "≔": "=", "⩵": "==", "≡": "==", "ˆ": "^", "⟨": "(",
    "⟩": ")", "❨": "(", "❩": ")",
}  # fmt: skip
_PLAIN = frozenset("()+-*/^<>=,;.#_0123456789")
_PREFIXES = {"x": 16, "b": 2, "o": 8}
_DECLARATIONS = ("let", "var", "set", "val", "def", "fn", "func", "function", "double", "float")


def explain(
    text: str, tokens: list[Token], unexpected: UnexpectedTokenError
) -> tuple[ProgramError, Mending | None]:
    """The error for a program that stops making sense at a token, and what its hint writes."""
    at = tokens.index(unexpected.token)
    place = Place(text, tokens, at, unexpected.expected)
    for rule in _RULES:
        error = rule(place)
        if error is not None:
            told = (m for m in reversed(place.mendings) if m.line in error.hint)
            return error, next(told, None)
    return _syntax(f"{_describe(place)} cannot stand here", place.span), None


def with_later_definition(error: ProgramError, text: str, tokens: list[Token]) -> ProgramError:
    """The error for a function that does not exist, better said by the tokens around it.

    It may be defined further down, or be the ``dx`` of ``d/dx(x^2)``.
    """
    if error.code != "unknown-function" or error.span is None:
        return error
    start, end = error.span
    n = next((n for n, (_, _, *span) in enumerate(tokens) if span == [start, end]), 0)
    name = tokens[n][1]
    if n >= 2 and elsewhere.differential_quotient(tokens, n - 2) == ("", name[1:]):
        error.hint = elsewhere.applied(text, tokens, n)
        return error
    if n >= 2 and tokens[n - 1][0] == "POWER" and is_function(tokens[n - 2][1]):
        error.hint = elsewhere.powered(text, tokens, n)
        return error
    for kind, word, *span in tokens:
        if kind == "FUNCTION" and word == name and span[0] > start:
            return ProgramError(
                f"{name!r} is used before it is defined",
                code=error.code,
                span=error.span,
                hint=f"move the line that defines {name!r} up",
                related=(((span[0], span[1]), "defined here"),),
            )
    return error


def _syntax(message: str, span: Span, hint: str = "") -> ProgramError:
    return ProgramError(message, code="syntax", span=span, hint=hint)


def _describe(place: Place) -> str:
    kind = place.kind()
    if kind == END:
        return "the end of the program"
    if kind == "NEWLINE":
        return "the end of the line"
    return f"'{place.word()}'"


# operators of other languages ----------------------------------------------------------------


def _foreign_operator(place: Place) -> ProgramError | None:
    """`<>`, `=>`, `//`, `&&`: an operator that is spelled otherwise here, or is none."""
    for first, last in ((-1, 1), (-2, 0), (-1, 0), (0, 1), (0, 0)):
        if not all(place.touching(offset) for offset in range(first + 1, last + 1)):
            continue
        typed = "".join(place.word(offset) for offset in range(first, last + 1))
        if typed in ("&&", "||"):
            return _logic(place, typed, first, last)
        if typed in _SPELLED:
            hint = _spelled_here(place, typed, place.at + first, place.at + last)
            return _syntax(f"'{typed}' is not an operator", place.span_of(first, last), hint)
    return None


def _spelled_here(place: Place, typed: str, first: int, last: int) -> str:
    here = _SPELLED[typed]
    if here:
        return f"write {place.mended(first, last + 1, here)}"
    joins = SUMS if typed in ("<<", ">>") else PRODUCTS
    begin = place.operand_before(first - 1, joins)
    end = place.operand_after(last + 1, SUMS if typed in ("<<", ">>") else POWERS)
    left = place.shown(begin, first) or "a"
    right = place.shown(last + 1, end) or "b"
    match typed:
        case "//":
            quotient = f"floor({left}/{_wrapped(right)})"
            return f"a whole quotient is {quotient}, and a comment starts with #"
        case "<<":
            power = f"{_wrapped(left)}*2^{_wrapped(right)}"
            return f"write {place.mended(begin, end, power) or 'a*2^b'}"
        case ">>":
            quotient = f"floor({_wrapped(left)}/2^{_wrapped(right)})"
            return f"write {place.mended(begin, end, quotient) or 'floor(a/2^b)'}"
        case "/*":
            return "a comment starts with #"
        case "++" | "--":
            return f"write {left} {typed[0]}= 1"
        case "%=":
            return f"write {left} = mod({left}, {right})"
        case "^^":
            return f"for a power, write {left}^{right}"
        case "~":
            return f"the opposite of a condition is 1 - {right}"
        case "->":
            return f"a definition is written f({left}) = {right}"
        case _:
            return ""


def _logic(place: Place, typed: str, first: int, last: int) -> ProgramError:
    """Conditions are numbers here, 1 or 0: both is their product, either their maximum."""
    begin, end = place.expression_around()
    expression = _conditions(place, begin, end)
    changed = expression not in ("", place.shown(begin, end))
    mended = place.mended(begin, end, expression) if changed else ""
    hint = (
        f"write {mended or 'a*b for both of two conditions, max(a, b) for either, 1 - a for not'}"
    )
    return _syntax(f"'{typed}' is not an operator", place.span_of(first, last), hint)


def _conditions(place: Place, begin: int, end: int) -> str:
    """The expression between two tokens with `and` as a product and `or` as a maximum."""
    alternatives: list[list[str]] = [[]]
    start = n = begin
    depth = 0
    while n <= end:
        kind, word = place.tokens[n][:2] if n < end else ("", "")
        depth += (kind == "LPAR") - (kind == "RPAR")
        width = 1
        if word in "|&" and n + 1 < end and place.tokens[n + 1][1] == word:
            word, width = word * 2, 2
        joint = _LOGIC.get(word) if depth == 0 else None
        if joint is not None or n == end:
            part = _condition(place, start, n)
            if not part:
                return ""
            alternatives[-1].append(part)
            if joint == "or":
                alternatives.append([])
            n += width
            start = n
        else:
            n += 1
    products = [
        parts[0] if len(parts) == 1 else "*".join(map(_wrapped, parts)) for parts in alternatives
    ]
    return products[0] if len(products) == 1 else f"max({', '.join(products)})"


def _wrapped(expression: str) -> str:
    return expression if expression.isidentifier() else f"({expression})"


def _condition(place: Place, begin: int, end: int) -> str:
    negated = begin < end and place.tokens[begin][1] in _NEGATIONS
    shown = place.shown(begin + negated, end)
    if not negated or not shown:
        return shown
    single = place.operand_after(begin + 1) == end
    return f"1 - {shown}" if single else f"1 - ({shown})"


def _words(place: Place) -> ProgramError | None:
    """`a and b`, `if c then a`: words that are operators elsewhere."""
    for offset in (0, -1):
        word = place.word(offset)
        if place.kind(offset) != "NAME" or word not in _WORDS:
            continue
        if word in ("and", "or", "not"):
            return _logic(place, word, offset, offset)
        hint = _said_otherwise(place, word, place.at + offset)
        return _syntax(f"'{word}' is not an operator", place.span_of(offset, offset), hint)
    return None


def _said_otherwise(place: Place, word: str, n: int) -> str:
    if word in ("if", "then", "else"):
        return f"write {_choice_of_words(place)}"
    begin, end = place.operand_before(n - 1, PRODUCTS), place.operand_after(n + 1, POWERS)
    left, right = place.shown(begin, n) or "a", place.shown(n + 1, end) or "b"
    if word == "xor":
        return f"write {_wrapped(left)} != {_wrapped(right)}"
    if word == "mod":
        return f"write mod({left}, {right})"
    return f"write floor({left}/{_wrapped(right)})"


def _choice_of_words(place: Place) -> str:
    begin, end = place.expression_around()
    where = {place.tokens[n][1]: n for n in place.outermost(("NAME",), begin, end)}
    if_, then, else_ = (where.get(word, -1) for word in ("if", "then", "else"))
    if begin == if_ < then < else_:
        parts = (if_ + 1, then), (then + 1, else_), (else_ + 1, end)
    elif begin < if_ < else_ and then < 0:
        parts = (if_ + 1, else_), (begin, if_), (else_ + 1, end)
    else:
        return "where(condition, a, b)"
    shown = [place.shown(first, last) for first, last in parts]
    if not all(shown):
        return "where(condition, a, b)"
    return place.mended(begin, end, f"where({', '.join(shown)})") or "where(condition, a, b)"


# characters ----------------------------------------------------------------------------------


def _foreign_character(place: Place) -> ProgramError | None:
    """A character that the language has no use for, often one from another language."""
    if place.kind() != UNKNOWN:
        return None
    character = place.word()
    rule = _CHARACTERS.get(character)
    if rule is not None:
        return rule(place)
    return _unknown_character(place)


def _bar(place: Place) -> ProgramError:
    begin, end = place.expression_around()
    bars = [n for n in place.outermost((UNKNOWN,), begin, end) if place.tokens[n][1] == "|"]
    later = next((n for n in bars if n > place.at), None)
    hint = "the absolute value is abs(x)"
    if later is not None and place.kind(-1) not in OPERAND_ENDS:
        inner = place.shown(place.at + 1, later)
        mended = place.mended(place.at, later + 1, f"abs({inner})") if inner else ""
        hint = f"the absolute value is {mended or 'abs(x)'}"
    elif place.kind(-1) in OPERAND_ENDS and later is None:
        hint = "the absolute value is abs(x), and either of two conditions max(a, b)"
    return _syntax("'|' is not an operator", place.span, hint)


def _exclamation(place: Place) -> ProgramError:
    if place.kind(-1) not in OPERAND_ENDS:
        operand = place.shown(place.at + 1, place.operand_after(place.at + 1)) or "a"
        hint = f"the opposite of a condition is 1 - {operand}"
        return _syntax("'!' is not an operator", place.span, hint)
    first = place.operand_before(place.at - 1)
    operand = place.shown(first, place.at)
    if operand[0] == "(" and operand[-1] == ")":
        operand = operand[1:-1]
    mended = place.mended(first, place.at + 1, f"gamma({operand} + 1)")
    return _syntax(
        "'!' is not an operator", place.span, f"the factorial is {mended or 'gamma(x + 1)'}"
    )


def _percent(place: Place) -> ProgramError:
    first = place.operand_before(place.at - 1, PRODUCTS)
    last = place.operand_after(place.at + 1, POWERS)
    left, right = place.shown(first, place.at), place.shown(place.at + 1, last)
    if left and right:
        mended = place.mended(first, last, f"mod({left}, {right})")
        hint = f"the remainder is {mended or 'mod(x, y)'}"
    else:
        hint = f"a percentage is {left or 'x'}/100, a remainder mod(x, y)"
    return _syntax("'%' is not an operator", place.span, hint)


def _degree(place: Place) -> ProgramError:
    first = place.operand_before(place.at - 1)
    angle = place.shown(first, place.at)
    mended = place.mended(first, place.at + 1, f"deg2rad({angle})") if angle else ""
    return _syntax("angles are in radians", place.span, f"write {mended or 'deg2rad(90)'}")


def _question(place: Place) -> ProgramError:
    begin, end = place.expression_around()
    colons = [n for n in place.outermost((UNKNOWN,), place.at, end) if place.tokens[n][1] == ":"]
    hint = "a choice is where(condition, a, b)"
    if len(colons) == 1 and begin < place.at:
        parts = (begin, place.at), (place.at + 1, colons[0]), (colons[0] + 1, end)
        shown = [place.shown(first, last) for first, last in parts]
        if all(shown):
            where = f"where({', '.join(shown)})"
            hint = f"a choice is {place.mended(begin, end, where) or 'where(condition, a, b)'}"
    return _syntax("'?' is not an operator", place.span, hint)


def _colon(place: Place) -> ProgramError:
    return _syntax(
        "':' cannot stand in a program",
        place.span,
        "a name is bound with =, and a choice is where(condition, a, b)",
    )


def _bracket(place: Place) -> ProgramError:
    return _syntax(
        f"'{place.word()}' is not a bracket of this language",
        place.span,
        "parentheses are ( and ); there are no lists",
    )


def _quote(place: Place) -> ProgramError:
    return _syntax("there are no strings in this language", place.span, "names go without quotes")


def _both(place: Place) -> ProgramError:
    return _logic(place, place.word(), 0, 0)


def _negation(place: Place) -> ProgramError:
    operand = place.shown(place.at + 1, place.operand_after(place.at + 1)) or "a"
    hint = f"the opposite of a condition is 1 - {operand}"
    return _syntax(f"'{place.word()}' is not an operator", place.span, hint)


def _infinity(place: Place) -> ProgramError:
    return _syntax("'∞' is not a number here", place.span, "infinity is 1/0")


def _point(place: Place) -> ProgramError:
    return _syntax("a point stands only in numbers", place.span, "to multiply, write * or ·")


_CHARACTERS: dict[str, Callable[[Place], ProgramError]] = {
    "|": _bar,
    "!": _exclamation,
    "%": _percent,
    "?": _question,
    ":": _colon,
    ".": _point,
    "∞": _infinity,
    "°": _degree,
    **dict.fromkeys("¬~", _negation),
    **dict.fromkeys("&∧∨", _both),
    **dict.fromkeys("[]{}", _bracket),
    **dict.fromkeys("\"'`“”‘’", _quote),
}


def _unknown_character(place: Place) -> ProgramError:
    lexeme = place.word()
    at = next((n for n, c in enumerate(lexeme) if _plain(c) != c and not _is_letter(c)), 0)
    character = lexeme[at]
    start = place.span[0] + at
    shown = f"'{character}'" if character.isprintable() else "this character"
    if not character.isascii():
        name = unicodedata.name(character, "unnamed").lower()
        shown += f" (U+{ord(character):04X} {name})"
    plain = _plain(character)
    hint = ""
    if plain and plain != character:
        begin, end = place.line(place.at, place.at + 1)
        line = place.shown(begin, end)
        spelled = "".join(_plain(c) or c for c in line)
        fraction = plain[0].isdigit() and "/" in plain
        short = fraction or len(spelled) > 120
        hint = f"write {plain if short else place.noted(begin, end, spelled, '')}"
    elif not character.isprintable():
        hint = "remove it: it does not show, but it is there"
    return _syntax(f"{shown} cannot stand in a program", (start, start + 1), hint)


def _is_letter(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] == "L"


def _plain(character: str) -> str:
    """How this language writes a character that looks like one of its own; "" if none does."""
    if character.isascii():
        return character
    plain = _LOOKALIKES.get(character)
    if plain is None:
        plain = unicodedata.normalize("NFKC", character).replace("⁄", "/")
        if unicodedata.category(character)[0] == "L":
            return character
    return plain if plain and set(plain) <= _PLAIN else ""


# one operand behind another ------------------------------------------------------------------


def _foreign_number(place: Place) -> ProgramError | None:
    """Hexadecimal and the like: a number with letters right behind it."""
    if place.kind() != "NAME" or place.kind(-1) != "NUMBER" or not place.touching(0):
        return None
    number, letters = place.word(-1), place.word()
    span = place.span_of(-1, 0)
    base = _PREFIXES.get(letters[0].lower())
    if number == "0" and base is not None:
        try:
            value = int(letters[1:], base)
        except ValueError:
            return None
        return _syntax("numbers are written in decimal", span, f"write {value}")
    if letters[0] == "_":
        together = number + letters
        digits = "_".join(part for part in together.split("_") if part)
        if together.replace("_", "").isdigit():
            return _syntax("'_' stands only between two digits", span, f"write {digits}")
    return None


def _function_without_parentheses(place: Place) -> ProgramError | None:
    """`sin x`."""
    name = place.word(-1)
    if place.kind(-1) != "NAME" or place.kind() not in ("NUMBER", "NAME"):
        return None
    if name not in ROWS and name not in prelude.names():
        return None
    argument = place.shown(place.at, place.operand_after(place.at))
    if place.kind() == "NUMBER" and place.kind(1) == "NAME" and place.touching(1):
        argument = f"{place.word()}*{place.word(1)}"
    last = max(place.operand_after(place.at), place.at + 1)
    if place.kind() == "NUMBER" and place.kind(1) == "NAME" and place.touching(1):
        last = place.at + 2
    call = f"{name}({argument})"
    hint = f"write {place.mended(place.at - 1, last, call) or f'{name}(x)'}"
    return _syntax(f"the argument of {name} needs parentheses", place.span_of(-1, 0), hint)


def _implicit_product(place: Place) -> ProgramError | None:
    """`2x`, `2(x+1)`, `(a)(b)`, `x y`: one operand right behind another."""
    if place.kind(-1) not in OPERAND_ENDS or place.kind() not in OPERAND_STARTS:
        return None
    if place.kind(-1) == "NUMBER" and place.kind() == "NUMBER":
        number = place.word(-1) + place.word()
        grouped = place.word(-1).isdigit() and place.word().isdigit() and not place.touching(0)
        hint = f"write {number} for one number" if grouped else "put an operator between them"
        return _syntax("two numbers stand next to each other", place.span, hint)
    if place.word(-1) in _DECLARATIONS and place.kind() == "NAME":
        first = place.at - 1
        if place.tokens[first : first + 1] == place.statement_before()[:1]:
            hint = f"a name is bound with {place.word()} = ..., a function with f(x) = ..."
            return _syntax(f"'{place.word(-1)}' is no word of this language", place.span, hint)
    left = ")" if place.kind(-1) == "RPAR" else place.word(-1)
    return _syntax(
        f"an operator is missing between '{left}' and '{place.word()}'",
        place.span,
        f"to multiply, write {place.with_stars()}",
    )


# comparisons and bindings --------------------------------------------------------------------


def _chained_comparison(place: Place) -> ProgramError | None:
    """`a < b < c`."""
    if place.kind() not in COMPARISONS or place.kind(-1) not in OPERAND_ENDS:
        return None
    begin, end = place.expression_around()
    signs = place.outermost(COMPARISONS, begin, end)
    if place.at not in signs or signs[0] == place.at:
        return None
    borders = [begin - 1, *signs, end]
    operands = [place.shown(before + 1, after) for before, after in pairwise(borders)]
    if not all(operands) or sum(map(len, operands)) > 60:
        return _syntax("comparisons do not chain", place.span, "multiply them: (a < b)*(b < c)")
    pairs = [
        f"{operands[n]} {place.tokens[sign][1]} {operands[n + 1]}" for n, sign in enumerate(signs)
    ]
    hint = f"write {place.mended(begin, end, '*'.join(f'({pair})' for pair in pairs))}"
    if len(pairs) == 2:
        hint += f", or nest them: where({pairs[0]}, {pairs[1]}, 0)"
    return _syntax("comparisons do not chain", place.span, hint)


def _misplaced_equals(place: Place) -> ProgramError | None:
    """`=` or `+=` where only an expression can stand."""
    if place.kind() not in BINDINGS:
        return None
    before = place.statement_before()
    if place.kind(-1) in (*BINARY, *BINDINGS) or not before:
        return _missing_operand(place)
    if before[0][0] == "CONST":
        name = before[1][1]
        return _syntax(
            f"'{place.word()}' cannot change a constant", place.span, f"write const {name} = ..."
        )
    if place.kind() == "AUGMENTED":
        return _syntax(
            f"'{place.word()}' needs a name on its left, at the start of a statement", place.span
        )
    chain = [kind for kind, *_ in before]
    if chain == ["NAME", "EQUALS", "NAME"]:
        value = place.shown(place.at + 1, place.expression_around()[1]) or "..."
        first, second = before[2][1], before[0][1]
        hint = f"bind one name a statement: {first} = {value}; {second} = {first}"
    elif (row := _named_argument(place)) is not None:
        hint = f"arguments go by their places: {row}"
    else:
        hint = f"to compare, write {place.mended(place.at, place.at + 1, '==')}"
    return _syntax(
        "'=' binds a name at the start of a statement, and nothing else", place.span, hint
    )


def _named_argument(place: Place) -> str | None:
    """The signature of the operator of which `slope=0.1` names a parameter."""
    opened = place.opened()
    if opened is None or place.kind(-1) != "NAME" or place.kind(-2) not in ("COMMA", "LPAR"):
        return None
    row = ROWS.get(place.tokens[opened - 1][1]) if opened else None
    if row is None:
        return None
    return row.signature if place.word(-1) in row.arguments.names else None


def _bad_definition(place: Place) -> ProgramError | None:
    """A definition whose left side is not a name with names in parentheses."""
    before = place.statement_before()
    if not before or before[0][0] != "FUNCTION" or any(t[0] == "EQUALS" for t in before):
        return None
    name = before[0][1]
    if place.kind() == "RPAR" and place.kind(-1) == "LPAR":
        return _syntax(
            f"{name!r} is defined without parameters",
            place.span,
            f"a plain name will do: {name} = ...",
        )
    if place.kind() == "EQUALS":
        return _syntax(
            "a parameter has no default value", place.span, "leave it out, and give it in the call"
        )
    equals = next(
        n for n in range(place.at, len(place.tokens)) if place.kind(n - place.at) == "EQUALS"
    )
    mended = place.mended(equals, equals + 1, "==")
    if "EQUALS" in place.expected and place.kind() == "LPAR":
        return _syntax(
            "the left of '=' is a name, or a name with parameters",
            place.span,
            f"parameters go in one pair of parentheses: {name}(x, y) = ...",
        )
    if "EQUALS" in place.expected:
        return _syntax(
            "the left of '=' is a name, or a name with parameters",
            place.span,
            f"to compare, write {mended}",
        )
    return _syntax(
        "the parameters of a definition are names",
        place.span,
        f"to define a function, write {name}(x) = ...; to compare, {mended}",
    )


def _bad_constant(place: Place) -> ProgramError | None:
    """`const k`, `const k + 1`, `const f(x) = 2`."""
    before = place.statement_before()
    if len(before) != 2 or before[0][0] != "CONST" or place.kind() in BINDINGS:
        return None
    name = before[1][1]
    if place.kind() == "LPAR":
        return _syntax(
            "const names a number, not a function", place.span, "leave const out: f(x) = ..."
        )
    return _syntax(f"the constant {name!r} needs a value", before[1][2:], f"write const {name} = 3")


# commas and parentheses ----------------------------------------------------------------------


def _comma(place: Place) -> ProgramError | None:
    """A comma outside a call: a decimal comma, or a list."""
    if place.kind() != "COMMA":
        return None
    if place.kind(-1) in ("COMMA", "LPAR"):
        return _syntax("an argument is missing before ','", place.span)
    if place.kind(-1) in (*BINARY, *BINDINGS):
        return _missing_operand(place)
    whole, decimals = place.word(-1), place.word(1)
    if (
        place.kind(-1) == place.kind(1) == "NUMBER"
        and place.touching(0)
        and place.touching(1)
        and whole.isdigit()
        and decimals[0] != "."
    ):
        number = whole + decimals if "." in decimals else f"{whole}.{decimals}"
        hint = f"write {place.mended(place.at - 1, place.at + 2, number)}"
        if len(decimals) == 3 and decimals.isdigit():
            hint += f", or {whole}{decimals} if it parts thousands"
        return _syntax("a number has no comma in it", place.span_of(-1, 1), hint)
    hint = "statements are separated by ; or a new line"
    bound = any(kind in BINDINGS for kind, *_ in place.statement_before())
    if bound and place.opened() is None and place.kind(2) in BINDINGS:
        hint = f"write {place.mended(place.at, place.at + 1, ';')}"
    return _syntax("',' separates the arguments of a function, and nothing else", place.span, hint)


def _extra_parenthesis(place: Place) -> ProgramError | None:
    """`)` without `(`, `()`, `f(x,)`."""
    if place.kind() != "RPAR":
        return None
    if place.opened() is None:
        return _syntax(
            "this parenthesis closes nothing", place.span, "remove it, or open one before"
        )
    if place.kind(-1) == "LPAR":
        return _syntax("there is nothing between the parentheses", place.span_of(-1, 0))
    if place.kind(-1) == "COMMA":
        return _syntax("an argument is missing after ','", place.span_of(-1, -1))
    return _missing_operand(place)


def _unclosed_parenthesis(place: Place) -> ProgramError | None:
    """The end of the program, or of a statement, inside parentheses."""
    opened = place.opened()
    if opened is None:
        return None
    start, end = place.tokens[opened][2:]
    if place.kind() == "SEMICOLON" and place.closed(opened):
        return _syntax(
            "';' ends a statement, and a parenthesis is still open",
            place.span,
            "the arguments of a function are separated by ,",
        )
    here = place.span[0]
    last = place.tokens[place.at - 1][3]
    begins_line = place.newline_between(last, here)
    if place.kind() in BINDINGS:
        begins_line = place.newline_between(place.tokens[place.at - 2][3], here)
    ended = place.kind() in (END, "SEMICOLON") or (begins_line and not place.closed(opened))
    if not ended or (place.kind() == "SEMICOLON" and place.kind(-1) in BINARY):
        return None
    return _syntax("this parenthesis is never closed", (start, end), "close it with )")


# what is missing -----------------------------------------------------------------------------


def _missing_operand(place: Place) -> ProgramError | None:
    """An operator with nothing on one of its sides."""
    before, here = place.kind(-1), place.kind()
    if before in (*BINARY, *BINDINGS, *ROOTS):
        what = "a value" if before in BINDINGS else "an operand"
        hint = "put it in parentheses: √(...)" if before in ROOTS and here == "MINUS" else ""
        if before not in ROOTS and here in (*BINARY, "EQUALS") and place.touching(0):
            hint = f"'{place.word(-1)}{place.word()}' is not an operator"
        message = f"{what} is missing after '{place.word(-1)}'"
        return _syntax(message, place.span_of(-1, -1), hint)
    if here in (*BINARY, *BINDINGS) and before not in OPERAND_ENDS:
        what = "a name" if here in BINDINGS else "an operand"
        return _syntax(f"{what} is missing before '{place.word()}'", place.span)
    if here == "SUPERSCRIPT":
        if before == "SUPERSCRIPT":
            return _syntax("there is an exponent already", place.span, "put parentheses around it")
        return _syntax("an exponent needs something to stand on", place.span)
    return None


def _unfinished_statement(place: Place) -> ProgramError | None:
    """A statement that ends too early, in whatever other way."""
    if place.kind() not in STATEMENT_ENDS:
        return None
    return _syntax("the statement is not finished", place.span)


_RULES: tuple[Callable[[Place], ProgramError | None], ...] = (
    _unclosed_parenthesis,
    _bad_definition,
    _bad_constant,
    *elsewhere.RULES,
    _foreign_operator,
    _foreign_character,
    _foreign_number,
    _words,
    _function_without_parentheses,
    _implicit_product,
    _chained_comparison,
    _misplaced_equals,
    _comma,
    _extra_parenthesis,
    _missing_operand,
    _unfinished_statement,
)
