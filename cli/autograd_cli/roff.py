"""Writing man pages: escaped text and the few macros of man(7) that they need."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import wrap

_SIGNS = {
    "\\": "\\(rs",
    "-": "\\-",
    "'": "\\(aq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
    '"': "\\(dq",
}
"""Characters that roff would interpret, or replace by typographic ones that cannot be pasted."""

_WIDTH = 60


def escaped(text: str) -> str:
    """Text with escapes, so that roff prints it unchanged."""
    return "".join(
        _SIGNS.get(sign) or (sign if sign.isascii() else f"\\[u{ord(sign):04X}]") for sign in text
    )


def bold(text: str) -> str:
    """Literal text, in bold."""
    return f"\\fB{escaped(text)}\\fR"


def italic(text: str) -> str:
    """A placeholder, in italics."""
    return f"\\fI{escaped(text)}\\fR"


def heading(title: str, number: int, date: str, source: str) -> str:
    """The first line of a page."""
    return f'.TH {escaped(title)} {number} {date} "{escaped(source)}" "User Commands"\n'


def section(title: str, body: str) -> str:
    """A section of a page, or "" if it is empty."""
    return f".SH {title}\n{body}" if body else ""


def paragraphs(texts: Iterable[str]) -> str:
    """Prose, a paragraph for each text."""
    return ".PP\n".join(_prose(text) for text in texts)


def entries(items: Iterable[tuple[str, str]]) -> str:
    """A list of terms, already in roff, each with a text below it."""
    return "".join(f".TP\n{term}\n{_prose(text)}" for term, text in items)


def literal(lines: Iterable[str]) -> str:
    """Preformatted lines."""
    return ".nf\n" + "".join(_line(line) for line in lines) + ".fi\n"


def _prose(text: str) -> str:
    """Text that roff fills."""
    words = re.sub(r"\s+", " ", text)
    lines = wrap(words, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "".join(map(_line, lines))


def _line(text: str) -> str:
    """A line of text, protected from being read as a macro."""
    return ("\\&" if text.startswith(".") else "") + escaped(text) + "\n"
