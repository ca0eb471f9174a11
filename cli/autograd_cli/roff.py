"""How a man page is written: text as roff reads it, and the few macros of man(7) that it takes."""

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
"""What roff would read as a command, or set as a typographer's sign that no shell understands."""

_WIDTH = 60


def escaped(text: str) -> str:
    """Text that comes out as it is, whatever is in it."""
    return "".join(
        _SIGNS.get(sign) or (sign if sign.isascii() else f"\\[u{ord(sign):04X}]") for sign in text
    )


def bold(text: str) -> str:
    """Text as it is typed."""
    return f"\\fB{escaped(text)}\\fR"


def italic(text: str) -> str:
    """A word that stands for another."""
    return f"\\fI{escaped(text)}\\fR"


def heading(title: str, number: int, date: str, source: str) -> str:
    """What the first line of a page says of it."""
    return f'.TH {escaped(title)} {number} {date} "{escaped(source)}" "User Commands"\n'


def section(title: str, body: str) -> str:
    """A section of a page; none where there is nothing in it."""
    return f".SH {title}\n{body}" if body else ""


def paragraphs(texts: Iterable[str]) -> str:
    """Prose, a paragraph for each text."""
    return ".PP\n".join(_prose(text) for text in texts)


def entries(items: Iterable[tuple[str, str]]) -> str:
    """Terms, which are roff already, each with a text that is set under it."""
    return "".join(f".TP\n{term}\n{_prose(text)}" for term, text in items)


def literal(lines: Iterable[str]) -> str:
    """Lines as they are."""
    return ".nf\n" + "".join(_line(line) for line in lines) + ".fi\n"


def _prose(text: str) -> str:
    """Text whose lines roff may break elsewhere."""
    words = re.sub(r"\s+", " ", text)
    lines = wrap(words, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "".join(map(_line, lines))


def _line(text: str) -> str:
    """A line, which must not begin like a macro."""
    return ("\\&" if text.startswith(".") else "") + escaped(text) + "\n"
