"""Characters that have a meaning in other languages: `|x|`, `5!`, `7 % 3`, `[1, 2]`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from autograd_grammar.lexer import UNKNOWN
from autograd_grammar.messages.operators import logic
from autograd_grammar.messages.said import syntax
from autograd_grammar.place import (
    OPERAND_ENDS,
    POWERS,
    PRODUCTS,
    Place,
)
from autograd_graph.errors import ProgramError

_PLAIN = frozenset("()+-*/^<>=,;.#_0123456789")


_LOOKALIKES = {
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "∗": "*", "⋅": "*", "∙": "*", "•": "*",
    "⨯": "*", "∕": "/", "⁄": "/", "∶": "/", "≔": "=", "⩵": "==", "≡": "==", "ˆ": "^", "⟨": "(",
    "⟩": ")", "❨": "(", "❩": ")",
}  # fmt: skip


def foreign_character(place: Place) -> ProgramError | None:
    """A character that is not in the language, often one from another language."""
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
    return syntax("'|' is not an operator", place.span, hint)


def _exclamation(place: Place) -> ProgramError:
    if place.kind(-1) not in OPERAND_ENDS:
        operand = place.shown(place.at + 1, place.operand_after(place.at + 1)) or "a"
        hint = f"the opposite of a condition is 1 - {operand}"
        return syntax("'!' is not an operator", place.span, hint)
    first = place.operand_before(place.at - 1)
    operand = place.shown(first, place.at)
    if operand[0] == "(" and operand[-1] == ")":
        operand = operand[1:-1]
    mended = place.mended(first, place.at + 1, f"gamma({operand} + 1)")
    return syntax(
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
    return syntax("'%' is not an operator", place.span, hint)


def _degree(place: Place) -> ProgramError:
    first = place.operand_before(place.at - 1)
    angle = place.shown(first, place.at)
    mended = place.mended(first, place.at + 1, f"deg2rad({angle})") if angle else ""
    return syntax("angles are in radians", place.span, f"write {mended or 'deg2rad(90)'}")


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
    return syntax("'?' is not an operator", place.span, hint)


def _colon(place: Place) -> ProgramError:
    return syntax(
        "':' cannot stand in a program",
        place.span,
        "a name is bound with =, and a choice is where(condition, a, b)",
    )


def _bracket(place: Place) -> ProgramError:
    return syntax(
        f"'{place.word()}' is not a bracket of this language",
        place.span,
        "parentheses are ( and ); there are no lists",
    )


def _quote(place: Place) -> ProgramError:
    return syntax("there are no strings in this language", place.span, "names go without quotes")


def _both(place: Place) -> ProgramError:
    return logic(place, place.word(), 0, 0)


def _negation(place: Place) -> ProgramError:
    operand = place.shown(place.at + 1, place.operand_after(place.at + 1)) or "a"
    hint = f"the opposite of a condition is 1 - {operand}"
    return syntax(f"'{place.word()}' is not an operator", place.span, hint)


def _infinity(place: Place) -> ProgramError:
    return syntax("'∞' is not a number here", place.span, "infinity is 1/0")


def _point(place: Place) -> ProgramError:
    return syntax("a point stands only in numbers", place.span, "to multiply, write * or ·")


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
    return syntax(f"{shown} cannot stand in a program", (start, start + 1), hint)


def _is_letter(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] == "L"


def _plain(character: str) -> str:
    """The spelling in this language of a character that looks like one of its own; else ""."""
    if character.isascii():
        return character
    plain = _LOOKALIKES.get(character)
    if plain is None:
        plain = unicodedata.normalize("NFKC", character).replace("⁄", "/")
        if unicodedata.category(character)[0] == "L":
            return character
    return plain if plain and set(plain) <= _PLAIN else ""
