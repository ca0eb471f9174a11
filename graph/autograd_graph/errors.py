"""What went wrong with a program or with the values given for it, as a value without any layout.

Raised by the grammar and by the graph, caught and drawn in one place, the command line's error
boundary. A caller from Python catches :class:`ProgramError` and reads its fields.
"""

from __future__ import annotations

Span = tuple[int, int]
"""Half-open range of code points of the program's text, as the text was given."""

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
        super().__init__(message)
        self.message = message
        self.code = code
        self.span = span
        self.hint = hint
        self.related = related
        self.text = text
        self.origin = origin
