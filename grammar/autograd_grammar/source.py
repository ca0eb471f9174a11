"""The program's text: its allowed characters, its normal form, and the mapping of positions.

Names that look alike should be equal, so the text is brought into Unicode's normal form C, and the
micro sign becomes the Greek letter. Spans refer to the text as the user wrote it, so if that
changes the length, a list of offsets maps each position back.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from autograd_graph.errors import ProgramError, Span

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\u115f\u1160\u3164\uffa0]"
)
"""Control characters, characters that reorder text, surrogates, and letters that do not show."""

_MOST_MARKS = 30
"""The longest sequence of combining marks, as in Unicode's stream-safe text.

Normalisation sorts such a sequence in quadratic time, in C, where nothing can interrupt it."""

_MARKS = r"[^\w\s!-~]{31,}"
"""Stretches that may have too many marks in sequence: no letters, blanks or ASCII."""


class Source(NamedTuple):
    """A program's text as given and in normal form."""

    given: str
    text: str
    offsets: list[int] | None

    def span(self, span: Span) -> Span:
        """The span in the given text that corresponds to ``span`` in the normal form."""
        if self.offsets is None:
            return span
        start, end = self.offsets[span[0]], self.offsets[span[1]]
        if start == end and span[0] < span[1]:
            end += 1  # a character that became several in the normal form
        return start, end


def read(given: str) -> Source:
    """Check and normalise a text. Raises :class:`ProgramError` for forbidden characters."""
    forbidden = _FORBIDDEN.search(given)
    if forbidden is not None:
        raise _unreadable(given, forbidden.start())
    if given.isascii():
        return Source(given, given, None)
    text = normal(given)
    if text == given.replace("\u00b5", "\u03bc"):
        return Source(given, text, None)
    offsets: list[int] = []
    start = 0
    for end in range(1, len(given) + 1):
        if end < len(given) and _may_compose(given[end]):
            continue
        length = len(unicodedata.normalize("NFC", given[start:end]))
        offsets.extend(min(start + n, end - 1) for n in range(length))
        start = end
    offsets.append(len(given))
    return Source(given, text, offsets)


def normal(given: str) -> str:
    """A text or a name in the normal form of the language.

    Raises :class:`ProgramError` (``limit``) for too many combining marks in sequence.
    """
    if given.isascii():
        return given
    for found in re.finditer(_MARKS, given):
        _check_marks(given, found.start(), found.end())
    return unicodedata.normalize("NFC", given).replace("\u00b5", "\u03bc")


def _check_marks(given: str, start: int, end: int) -> None:
    count = 0
    for at in range(start, end):
        count = count + 1 if unicodedata.combining(given[at]) else 0
        if count > _MOST_MARKS:
            raise ProgramError(
                f"there are more than {_MOST_MARKS} accents and marks on one character",
                code="limit",
                span=(at - count, at + 1),
                hint="remove them",
            )


def _may_compose(character: str) -> bool:
    """Whether normalisation may join a character to the one before it: marks and Korean jamo."""
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"


def _unreadable(given: str, at: int) -> ProgramError:
    character = given[at]
    code = f"U+{ord(character):04X}"
    if unicodedata.category(character) == "Cs":
        return ProgramError(
            "the program is not valid UTF-8",
            code="encoding",
            span=(at, at + 1),
            hint="save or send it as UTF-8",
        )
    kinds = {"Cc": "control", "Lo": "invisible"}
    kind = kinds.get(unicodedata.category(character), "invisible bidirectional")
    what = "a NUL byte" if character == "\0" else f"the {kind} character {code}"
    return ProgramError(
        f"{what} cannot stand in a program",
        code="syntax",
        span=(at, at + 1),
        hint="remove it: it does not show, but it is there",
    )
