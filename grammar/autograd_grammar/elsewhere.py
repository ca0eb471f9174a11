"""Notation of other languages: derivatives, LaTeX, modules, keywords.

Rules like those of `messages`, for programs in another notation. A hint says how to do the same in
this language, with the program's own names where they can be read.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from autograd_grammar.lalr import Token
from autograd_grammar.lexer import UNKNOWN
from autograd_grammar.place import BINDINGS, OPERAND_ENDS, OPERAND_STARTS, STATEMENT_ENDS, Place
from autograd_grammar.suggestions import is_function, name_here
from autograd_graph.errors import ProgramError

_DIFFERENTIAL = re.compile(r"[d∂][^\W\d]?\w*")
_SHOWN = 200
"""The longest command, in characters, that a hint writes out."""

_AT = ("at", "for", "when", "where", "with", "given", "if")
_WORDS = {
    "for": "there are no loops: write the steps out, like s = x; s += x^2; s",
    "while": "there are no loops: write the steps out, like s = x; s += x^2; s",
    "import": "every function is there without it: sin(x)",
    "from": "every function is there without it: sin(x)",
    "return": "the value of a program is its last statement: x^2",
    "print": "every value is shown anyway: x^2",
    "lambda": "a function is defined with f(x) = x^2",
    "solve": "descend looks for a minimum: autograd descend '(x^2 - 2)^2' --x=1",
}
"""Words that begin a statement in other languages, with the hint for each."""


def _syntax(message: str, place: Place, first: int, last: int, hint: str) -> ProgramError:
    return ProgramError(message, code="syntax", span=place.span_of(first, last), hint=hint)


def diff_command(program: str, name: str = "") -> str:
    """The hint to print a program's derivatives, by one name or by all."""
    words = ["autograd", "diff", program, *(["--wrt", name] if name else [])]
    return f"derivatives are what diff gives: {shlex.join(words)}"


# derivatives ---------------------------------------------------------------------------------


def differential_quotient(tokens: list[Token], n: int) -> tuple[str, str] | None:
    """``(y, x)`` if the tokens from ``n`` on are ``dy/dx``; ``y`` is "" for ``d/dx``."""
    if [kind for kind, *_ in tokens[n : n + 3]] != ["NAME", "OVER", "NAME"]:
        return None
    above, below = tokens[n][1], tokens[n + 2][1]
    if above[0] != "d" or below[0] != "d" or len(below) < 2:
        return None
    return above[1:], below[1:]


def applied(text: str, tokens: list[Token], n: int) -> str:
    """The hint for `d/dx(x^2)`, a call of ``dx`` at the token ``n``."""
    place = Place(text, tokens, n, set())
    last = place.operand_after(n)
    return diff_command(place.shown(n + 1, last)[1:-1].strip() or "x^2", tokens[n][1][1:])


def _quotient_bound(place: Place) -> ProgramError | None:
    """`dy/dx = 2*x`."""
    before = place.statement_before()
    if place.kind() != "EQUALS" or len(before) != 3:
        return None
    names = differential_quotient(before, 0)
    if names is None:
        return None
    y, x = names[0] or "y", names[1]
    hint = diff_command(f"{y} = {x}^2", x)
    return _syntax("a derivative cannot be bound: it is worked out", place, -3, -1, hint)


def _quotient_applied(place: Place) -> ProgramError | None:
    """`d/dx x^2`."""
    names = differential_quotient(place.tokens, place.at - 3) if place.at >= 3 else None
    if names is None or names[0] or place.kind() not in OPERAND_STARTS:
        return None
    program = place.shown(place.at, place.expression_around()[1])
    return _syntax("d/dx is no operator here", place, -3, -1, diff_command(program, names[1]))


def _prime(place: Place) -> ProgramError | None:
    """`f'(x)`, `y'`."""
    if place.word() not in ("'", "’", "′") or place.kind(-1) != "NAME" or not place.touching(0):
        return None
    name = place.word(-1)
    if place.kind(1) == "LPAR":
        shown = diff_command(f"{name}(x) = x^2")
    else:
        shown = diff_command(f"{name} = x^2")
    return _syntax("there is no sign for a derivative", place, 0, 0, shown)


def _partial(place: Place) -> ProgramError | None:
    """`∂f/∂x`, `∇f`."""
    if place.word()[:1] not in ("∂", "∇"):
        return None
    return _syntax("there is no sign for a derivative", place, 0, 0, diff_command("x^2*y", "x"))


# LaTeX ---------------------------------------------------------------------------------------

_LATEX = (
    (r"\$|\\left|\\right|\\,|\\;|\\!|\\displaystyle", ""),
    (r"\\[dt]?frac\{(\w+)\}\{(\w+)\}", r"\1/\2"),
    (r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)"),
    (r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)"),
    (r"\\(?:cdot|times)(?![a-z])\s*", "*"),
    (r"\\div(?![a-z])\s*", "/"),
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r"\\operatorname\{(\w+)\}", r"\1"),
    (r"\\([a-zA-Z]+)", r"\1"),
    (r"\{([^{}]*)\}", r"(\1)"),
)
"""Regular expressions of LaTeX and their replacements in this language, inner braces first."""


def _latex(place: Place) -> ProgramError | None:
    r"""`\frac{a}{b}`, `\sin(x)`, `$x^2$`."""
    command = place.word() == "\\" and place.kind(1) == "NAME" and place.touching(1)
    if command and place.touching(0) and place.kind(-1) in OPERAND_ENDS:
        command = place.word(1) in ("cdot", "times", "div")  # `a\b` is not LaTeX
    braces = place.word() == "{" and place.kind(-1) == "POWER"
    if place.kind() != UNKNOWN or not (command or braces or place.word() == "$"):
        return None
    line = place.shown(*place.line(place.at, place.at + 1))
    if place.word() == "$" and line.count("$") == 1:
        hint = "the shell fills in its variables where the program stands in double quotes"
        return _syntax("'$' cannot stand in a program", place, 0, 0, hint)
    plain = _plain(line)
    example = "a/b for \\frac{a}{b}, sin(x) for \\sin(x), x^2 for $x^2$"
    hint = f"this is LaTeX: write {plain or example}"
    return _syntax(f"'{place.word()}' cannot stand in a program", place, 0, 0, hint)


def _plain(line: str) -> str:
    """A line of LaTeX as a program; "" if it cannot be converted."""
    if len(line) > _SHOWN:
        return ""
    before = ""
    while before != line:
        before = line
        for written, here in _LATEX:
            line = re.sub(written, here, line)
    mended = not any(sign in line for sign in "\\${}")
    return line.strip() if mended and _is_program(line) else ""


def _is_program(text: str) -> bool:
    from autograd_grammar.parser import parse

    try:
        parse(text)
    except ProgramError:
        return False
    return True


# words and modules ---------------------------------------------------------------------------


def _module(place: Place) -> ProgramError | None:
    """`np.sin(x)`, `torch.nn.functional.relu(x)`, `math.pi`."""
    if place.word() != "." or place.kind(-1) != "NAME" or place.kind(1) != "NAME":
        return None
    last = 1
    while place.word(last + 1) == "." and place.kind(last + 2) == "NAME":
        last += 2
    name = name_here(place.word(last))
    call = place.kind(last + 1) == "LPAR" and is_function(name)
    if not call and not (name in ("pi", "e") and place.kind(last + 1) != "LPAR"):
        return None
    mended = place.mended(place.at - 1, place.at + last + 1, name)
    return _syntax(
        "there are no modules: a function goes by its own name",
        place,
        -1,
        last - 1,
        f"write {mended or name}",
    )


def _power_of_a_function(place: Place) -> ProgramError | None:
    """`sin^2(x)`, `sin² x`, `sin^-1(x)`."""
    if place.kind() not in OPERAND_STARTS:
        return None
    back = -2 if place.kind(-1) == "SUPERSCRIPT" else -3
    negative = place.kind(-2) == "MINUS" and place.kind(-1) == "NUMBER"
    if back == -3 and (place.kind(-1) != "NUMBER" or place.kind(-3 if negative else -2) != "POWER"):
        return None
    back -= negative
    name, first = place.word(back), place.at + back
    if place.kind(back) != "NAME" or not is_function(name):
        return None
    last = place.operand_after(place.at)
    argument = place.shown(place.at, last) or "x"
    call = f"{name}{argument}" if argument[0] == "(" else f"{name}({argument})"
    power = place.shown(first + 1, place.at)
    if power in ("^-1", "⁻¹") and is_function(f"a{name}"):
        hint = f"write a{call} for the inverse, 1/{call} for the reciprocal"
    else:
        hint = f"write {place.mended(first, last, call + power) or f'{name}(x)^2'}"
    return _syntax(
        "a power stands behind the call, not behind the function's name", place, back, -1, hint
    )


def powered(text: str, tokens: list[Token], n: int) -> str:
    """The hint for `sin^n(x)`, which parses as `sin` to the power of a call of `n` at ``n``."""
    place = Place(text, tokens, n, set())
    call = tokens[n - 2][1] + place.shown(n + 1, place.operand_after(n))
    mended = place.mended(n - 2, place.operand_after(n), f"{call}^{tokens[n][1]}")
    return f"write {mended or 'sin(x)^n'}"


def _value_beside(place: Place) -> ProgramError | None:
    """`x^2 at x=3`, `x^2, x=3`: a value given inside the program."""
    if place.kind(1) != "NAME" or place.kind(2) != "EQUALS" or place.opened() is not None:
        return None
    before = place.statement_before()
    if place.word() not in _AT and place.kind() != "COMMA":
        return None
    if [kind for kind, *_ in before] in ([], ["NAME"]) or any(
        kind in BINDINGS for kind, *_ in before
    ):
        return None
    program = place.text[: place.tokens[place.at][2]].strip()
    values = _values(place)
    command = shlex.join(["autograd", "eval", program, *values])
    hint = f"write {command if len(command) <= _SHOWN else shlex.join(values)}"
    return _syntax("a value is given beside the program, not in it", place, 0, 0, hint)


def _values(place: Place) -> list[str]:
    """The options for ``x=3, y=2`` after the unexpected token."""
    n, values = place.at, []
    while [kind for kind, *_ in place.tokens[n + 1 : n + 3]] == ["NAME", "EQUALS"]:
        end = n + 3
        while place.tokens[end][0] not in ("COMMA", *STATEMENT_ENDS):
            if place.tokens[end][1] == "and":
                break
            end += 1
        values.append(f"--{place.tokens[n + 1][1]}={place.shown(n + 3, end) or 1}")
        n = end
    return values


_OPTION = re.compile(r"--([^\W\d]\w*)(?:=|\s+)(\S+)")


def _option_inside(place: Place) -> ProgramError | None:
    """`x^2 --x=3`: an option inside the quotes of the program."""
    if place.kind() not in ("EQUALS", "NUMBER") or [place.word(-3), place.word(-2)] != ["-", "-"]:
        return None
    tight = place.touching(-1) and place.touching(-2) and not place.touching(-3)
    if place.kind(-1) != "NAME" or place.kind(-4) not in OPERAND_ENDS or not tight:
        return None
    start = place.tokens[place.at - 3][2]
    values = [f"--{name}={value}" for name, value in _OPTION.findall(place.text[start:])]
    command = shlex.join(["autograd", "eval", place.text[:start].strip(), *values])
    shown = command if len(command) <= _SHOWN else shlex.join(values)
    hint = f"an option stands outside the quotes: {shown}"
    return _syntax("an option is no part of a program", place, -3, 0, hint)


def _foreign_word(place: Place) -> ProgramError | None:
    """`for i in range(3): x`, `import numpy`, `return x`, `lambda x: x^2`."""
    before = place.statement_before()
    if not before or before[0][1] not in _WORDS or place.kind(-len(before) + 1) != "NAME":
        return None
    word = before[0][1]
    return _syntax(
        f"'{word}' is no word of this language", place, -len(before), -len(before), _WORDS[word]
    )


RULES: tuple[Callable[[Place], ProgramError | None], ...] = (
    _quotient_bound,
    _quotient_applied,
    _prime,
    _partial,
    _latex,
    _module,
    _power_of_a_function,
    _value_beside,
    _option_inside,
    _foreign_word,
)
