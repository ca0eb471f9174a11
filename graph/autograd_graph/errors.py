"""What went wrong with a program or with the values given for it, as a value without any layout.

Raised by the grammar and by the graph, caught and drawn in one place, the command line's error
boundary. A caller from Python catches :class:`ProgramError` and reads its fields.
"""

from __future__ import annotations

Span = tuple[int, int]
"""Half-open range of code points of the program's text, as the text was given."""

_LONG_WORD = 200
"""A name of more characters is told from others by its ends as well as by the whole of it."""

_LONG_COMMAND = 1_000
"""A hint repeats what was typed, up to here: longer words are no longer for people to copy."""

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
    }
)


class ProgramError(Exception):
    """A program, or a value for it, that cannot be used.

    ``code`` is one of :data:`CODES`; ``span`` says where in ``text`` (``None``: nowhere in it);
    ``origin`` where that text comes from, if it has a name; ``hint`` what to do about it;
    ``related`` are further places, each with what is there.
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

    def __str__(self) -> str:
        """The message, the place with a caret under it, the hint: what the command line draws."""
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


def clipped(text: str, longest: int) -> str:
    """The text with the middle left out of every word of more than ``longest`` characters."""
    if len(text) <= longest:
        return text
    words = (w if len(w) <= longest else f"{w[:60]}...{w[-20:]}" for w in text.split(" "))
    return " ".join(words)
