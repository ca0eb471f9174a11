"""Text to tokens, with one regular expression made of the grammar's terminals.

The expression matches every character of the text, known or not, so that positions are running sums
of lengths. The terminal of a lexeme is determined once for each distinct lexeme.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from autograd_grammar.automaton import END, Table
from autograd_grammar.lalr import Token

UNKNOWN = "UNKNOWN"
"""The terminal of characters that are not in the language; the parser stops there with an error."""

_IGNORED = ""
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_CACHE_SIZE = 10_000
_LONGEST_KEPT = 100
"""The longest lexeme that is kept: a comment may be as long as a line."""
_SLAB = 1 << 16
_UNCERTAIN = 4
"""The number of lexemes before a cut that may change with the text after it: `1`, `e`, `+` of
`1e+3`."""

_STATEMENT_ENDS = ("NEWLINE", "SEMICOLON", END)
_DEFINITION = re.compile(r"\)\s*=(?!=)")


class _Reached:
    """The scanned part of a text: its end, its last line's start, and the depth of parentheses."""

    __slots__ = ("depth", "end", "line_start")

    def __init__(self) -> None:
        self.end = 0
        self.line_start = 0
        self.depth = 0


class Lexer:
    """Splits programs into tokens by the terminals of one grammar."""

    def __init__(self, table: Table) -> None:
        self._ignored = set(table.ignored)
        named = (f"(?P<{name}>{pattern})" for name, pattern in table.terminals.items())
        self._terminal_of = re.compile("|".join(named))
        self._master = re.compile("|".join([*table.terminals.values(), "."]), re.DOTALL)
        self._terminals: dict[str, str] = {}

    def tokens(self, text: str) -> list[Token]:
        """The tokens of ``text``, the last one ``$END``, without blanks and comments.

        A newline inside parentheses is a blank. ``const`` before a name and the name at the head of
        a definition become CONST and FUNCTION.
        """
        tokens = self._scan(text, self._master.findall(text), _Reached())
        tokens.append((END, "", len(text), len(text)))
        _mark(tokens, text)
        return tokens

    def groups(self, text: str, slab: int = _SLAB) -> Iterator[list[Token]]:
        """The same tokens in groups, generated on demand so that memory is bounded.

        A group ends at the end of a statement, or within a statement of more than ``slab`` tokens;
        a definition whose head is as long as that is not recognised.
        """
        reached, begins, group = _Reached(), True, []
        size = slab
        while reached.end + size < len(text):
            lexemes = self._master.findall(text, reached.end, reached.end + size)
            del lexemes[-_UNCERTAIN:]
            size = slab if lexemes else 2 * size
            new = self._scan(text, lexemes, reached)
            after = next(
                (n for n, token in enumerate(reversed(new)) if token[0] in _STATEMENT_ENDS), -1
            )
            group += new
            ends = after >= 0
            cut = len(group) - after if ends else len(group) if len(group) > slab else 0
            if cut:
                whole, group = group[:cut], group[cut:]
                _mark(whole, text, begins)
                yield whole
                begins = ends
        group += self._scan(text, self._master.findall(text, reached.end), reached)
        group.append((END, "", len(text), len(text)))
        _mark(group, text, begins)
        yield group

    def _scan(self, text: str, lexemes: list[str], reached: _Reached) -> list[Token]:
        """The tokens of the lexemes after ``reached``, which is updated."""
        known = self._terminals
        tokens: list[Token] = []
        append = tokens.append
        end, line_start, depth = reached.end, reached.line_start, reached.depth
        for lexeme in lexemes:
            start = end
            end += len(lexeme)
            terminal = known.get(lexeme)
            if terminal is None:
                terminal = self._learn(lexeme)
            if terminal == _IGNORED:
                if lexeme[0] == "#":
                    depth += _opened(text, line_start, start)
                    line_start = end
                continue
            if terminal == "NEWLINE":
                depth += _opened(text, line_start, start)
                line_start = end
                if depth > 0:
                    continue
                depth = 0
            append((terminal, lexeme, start, end))
        reached.end, reached.line_start, reached.depth = end, line_start, depth
        return tokens

    def _learn(self, lexeme: str) -> str:
        terminal = self._terminal(lexeme)
        if len(self._terminals) < _CACHE_SIZE and len(lexeme) <= _LONGEST_KEPT:
            self._terminals[lexeme] = terminal
        return terminal

    def _terminal(self, lexeme: str) -> str:
        found = self._terminal_of.fullmatch(lexeme)
        name = None if found is None else found.lastgroup
        if name is None:
            return UNKNOWN
        if name in self._ignored:
            return _IGNORED
        return UNKNOWN if name == "NAME" and not _is_name(lexeme) else name


def _opened(text: str, start: int, end: int) -> int:
    """The number of opening minus closing parentheses in a range of text without comments."""
    return text.count("(", start, end) - text.count(")", start, end)


def _is_name(lexeme: str) -> bool:
    r"""Whether a lexeme is a letter or ``_``, then letters, digits, ``_`` and subscript digits.

    ``\w`` of regular expressions also matches fractions and Roman numerals.
    """
    return lexeme.isascii() or all(
        character == "_"
        or unicodedata.category(character)[0] == "L"
        or (n > 0 and (unicodedata.category(character) == "Nd" or character in _SUBSCRIPTS))
        for n, character in enumerate(lexeme)
    )


def _mark(tokens: list[Token], text: str, begins: bool = True) -> None:
    """Mark CONST and FUNCTION tokens; ``begins``: the first token begins a statement."""
    start, end = tokens[0][2], tokens[-1][3]
    if text.find("const", start, end) >= 0:
        _mark_constants(tokens, begins)
    if _DEFINITION.search(text, start, end):
        _mark_definitions(tokens, begins)


def _mark_constants(tokens: list[Token], begins: bool) -> None:
    """Mark ``const`` as CONST where it begins a statement and a name follows."""
    previous = "NEWLINE" if begins else ""
    for n, (terminal, text, start, end) in enumerate(tokens):
        if text == "const" and previous in _STATEMENT_ENDS and tokens[n + 1][0] == "NAME":
            tokens[n] = ("CONST", text, start, end)
        previous = terminal


def _mark_definitions(tokens: list[Token], begins: bool) -> None:
    """Mark the name of ``f(x) = …`` as FUNCTION: in a statement with a `)` right before its `=`."""
    head = 0 if begins else len(tokens)
    for n, (terminal, _, _, _) in enumerate(tokens):
        if terminal in _STATEMENT_ENDS:
            head = n + 1
        elif terminal == "EQUALS" and tokens[n - 1][0] == "RPAR" and head + 1 < n:
            name, text, start, end = tokens[head]
            if name == "NAME" and tokens[head + 1][0] == "LPAR":
                tokens[head] = ("FUNCTION", text, start, end)
