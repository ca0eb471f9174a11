"""Operators and words of other languages: `&&`, `//`, `and`, `if … then … else`."""

from __future__ import annotations

from autograd_grammar.messages.said import syntax
from autograd_grammar.place import (
    POWERS,
    PRODUCTS,
    SUMS,
    Place,
)
from autograd_graph.errors import ProgramError

_WORDS = ("and", "or", "not", "xor", "mod", "div", "if", "then", "else")


_NEGATIONS = ("not", "!", "¬", "~")


_LOGIC = {"and": "and", "&": "and", "&&": "and", "∧": "and", "or": "or", "||": "or", "∨": "or"}


_SPELLED = {
    "<>": "!=", "><": "!=", "=!": "!=", "~=": "!=", "!==": "!=", "=>": ">=", "=<": "<=",
    "===": "==", ":=": "=", "×=": "*=", "·=": "*=", "÷=": "/=", "%=": "", "//": "", "<<": "",
    ">>": "", "->": "", "++": "", "--": "", "<=>": "", "/*": "", "^^": "", "~": "", "|>": "",
}  # fmt: skip
"""Operators of other languages, with their spelling here, or "" if they have none."""


def foreign_operator(place: Place) -> ProgramError | None:
    """`<>`, `=>`, `//`, `&&`: an operator that is spelled differently here, or does not exist."""
    for first, last in ((-1, 1), (-2, 0), (-1, 0), (0, 1), (0, 0)):
        if not all(place.touching(offset) for offset in range(first + 1, last + 1)):
            continue
        typed = "".join(place.word(offset) for offset in range(first, last + 1))
        if typed in ("&&", "||"):
            return logic(place, typed, first, last)
        if typed in _SPELLED:
            hint = _spelled_here(place, typed, place.at + first, place.at + last)
            return syntax(f"'{typed}' is not an operator", place.span_of(first, last), hint)
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


def logic(place: Place, typed: str, first: int, last: int) -> ProgramError:
    """The error for a logical operator: conditions are 1 or 0, `and` is `*`, `or` is `max`."""
    begin, end = place.expression_around()
    expression = _conditions(place, begin, end)
    changed = expression not in ("", place.shown(begin, end))
    mended = place.mended(begin, end, expression) if changed else ""
    hint = (
        f"write {mended or 'a*b for both of two conditions, max(a, b) for either, 1 - a for not'}"
    )
    return syntax(f"'{typed}' is not an operator", place.span_of(first, last), hint)


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


def words(place: Place) -> ProgramError | None:
    """`a and b`, `if c then a`: words that are operators in other languages."""
    for offset in (0, -1):
        word = place.word(offset)
        if place.kind(offset) != "NAME" or word not in _WORDS:
            continue
        if word in ("and", "or", "not"):
            return logic(place, word, offset, offset)
        hint = _spelled_word(place, word, place.at + offset)
        return syntax(f"'{word}' is not an operator", place.span_of(offset, offset), hint)
    return None


def _spelled_word(place: Place, word: str, n: int) -> str:
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
