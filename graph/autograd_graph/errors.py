"""Errors in a program or in the values given for it, as data without any layout.

Raised by the grammar and by the graph; caught and shown in one place, the command line's error
boundary. A caller from Python catches :class:`ProgramError` and reads its fields.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Span = tuple[int, int]
"""Half-open range of code points of the program's text, as the text was given."""

_LONG_WORD = 200
"""Longer words of a message, in characters, are shortened to their two ends."""

_LONG_COMMAND = 1_000
"""The limit for the words of a hint, which repeats what was typed so that it can be copied."""

CODES = frozenset(
    {
        "syntax",
        "unknown-function",
        "arity",
        "recursion",
        "use-before-binding",
        "missing-value",
        "unknown-name",
        "not-an-input",
        "bad-value",
        "bad-record",
        "encoding",
        "io",
        "unsupported",
        "limit",
        "internal",
    }
)


class ProgramError(Exception):
    """A program, or a value for it, that cannot be used.

    ``code`` is one of :data:`CODES`; ``span`` is the place in ``text`` (``None``: no place in it);
    ``origin`` is where the text comes from, if that has a name; ``hint`` says what to do about it;
    ``related`` are further places, each with a note.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        span: Span | None = None,
        hint: str = "",
        related: tuple[tuple[Span, str], ...] = (),
        text: str = "",
        origin: str = "",
    ) -> None:
        assert code in CODES, code
        super().__init__()
        message, hint = clipped(message, _LONG_WORD), clipped(hint, _LONG_COMMAND)
        self.args = (message,)
        self.message = message
        self.code = code
        self.span = span
        self.hint = hint
        self.related = related
        self.text = text
        self.origin = origin

    def __reduce__(self) -> tuple[Callable[..., ProgramError], tuple[object, ...]]:
        return _restored, (self.message, dict(self.__dict__))

    def __str__(self) -> str:
        """The message, the place with a caret under it, and the hint, as on the command line."""
        from autograd_graph import places

        lines = [self.message]
        if self.span is not None and self.text:
            lines.append(f"  at {places.place(self.text, self.span, self.origin)}")
            lines.append(str(places.excerpt(self.text, self.span)))
            for span, label in self.related:
                line, column = places.position(self.text, span[0])
                lines.append(f"  {label}, line {line}, column {column}")
                lines.append(str(places.excerpt(self.text, span)))
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


def _restored(message: str, fields: dict[str, Any]) -> ProgramError:
    error = ProgramError(message, code=fields["code"])
    error.__dict__.update(fields)
    return error


def clipped(text: str, longest: int) -> str:
    """The text with the middle of every word longer than ``longest`` characters left out."""
    if len(text) <= longest:
        return text
    words = (w if len(w) <= longest else f"{w[:60]}...{w[-20:]}" for w in text.split(" "))
    return " ".join(words)
