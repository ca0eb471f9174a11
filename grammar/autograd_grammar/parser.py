"""Text to graph: the only entry point to the language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from autograd_grammar import gauge, lalr, prelude, source
from autograd_grammar.automaton import END
from autograd_grammar.builder import HANDLERS, MAX_NODES, Builder
from autograd_grammar.functions import Function
from autograd_grammar.lalr import Token
from autograd_grammar.lexer import Lexer
from autograd_grammar.table import load
from autograd_graph.collector import collector_paused
from autograd_graph.errors import ProgramError
from autograd_graph.graph import Graph

if TYPE_CHECKING:
    from autograd_grammar.mending import Mending, Refusal

    OnMending = Callable[[Mending | None], None]

_LARGEST_REREAD = 4_000_000
"""The largest text, in characters, that is tokenised again completely to explain an error."""

_LARGEST_MENDED = 20_000
"""The largest text, in characters, in which a corrected line of a hint is parsed again."""


class _Language(NamedTuple):
    """What every parse uses."""

    lexer: Lexer
    parser: lalr.Parser


@cache
def _language() -> _Language:
    table = load()
    handlers = [HANDLERS[name] if name else None for _, _, name in table.rules]
    return _Language(Lexer(table), lalr.Parser(table, handlers))


def parse(text: str, *, max_nodes: int = MAX_NODES) -> Graph:
    """The computation graph of a program.

    Spans in the graph and in errors are in code points of ``text`` as given. Raises
    :class:`~autograd_graph.errors.ProgramError` for a text that is no program, with code ``limit``
    for one of more than ``max_nodes`` nodes or a large text of more than as many operations.
    """
    try:
        gauge.check(text, max_nodes, max(max_nodes, MAX_NODES))
        read = source.read(text)
    except ProgramError as error:
        error.text = text
        raise
    try:
        graph = _build(read.text, max_nodes).finish()
    except ProgramError as error:
        error.text = text
        if error.span is not None:
            error.span = read.span(error.span)
        error.related = tuple((read.span(span), label) for span, label in error.related)
        raise
    graph.text = text
    if read.offsets is not None:
        graph.spans = [span and read.span(span) for span in graph.spans]
    return graph


@cache
def library() -> dict[str, Function]:
    """The prelude's functions by name. They cannot use names of the program that calls them."""
    defined = _build(prelude.text(), MAX_NODES, library=dict).functions
    for function in defined.values():
        function.closed = True
    return defined


def _build(
    text: str,
    max_nodes: int,
    on_mending: OnMending | None = None,
    library: Callable[[], Mapping[str, Function]] = library,
) -> Builder:
    """Run the parser.

    ``on_mending`` receives the correction in a hint; without it, further mistakes in the corrected
    line are looked for.
    """
    lexer, parser = _language()
    builder = Builder(text, library, max_nodes)
    with collector_paused():
        tokens = _Tokens(lexer, text)
        try:
            parser.run(tokens, builder)
        except lalr.UnexpectedTokenError as unexpected:
            from autograd_grammar import messages

            error, mending = messages.explain(text, tokens.around(), unexpected)
            if on_mending is not None:
                on_mending(mending)
            elif mending is not None and len(text) <= _LARGEST_MENDED:
                from autograd_grammar.mending import see_through

                see_through(error, mending, text, _refusal)
            raise error from None
        except ProgramError as error:
            from autograd_grammar import messages

            raise messages.with_later_definition(error, text, tokens.around()) from None
        finally:
            del builder.target  # it is the builder: a cycle that only the collector would free
    return builder


def _refusal(text: str) -> Refusal:
    """The error of a text and the correction in its hint; ``None`` if the text is a program."""
    found: list[Mending | None] = []
    try:
        _build(text, MAX_NODES, found.append)
    except ProgramError as error:
        return error, found[0] if found else None
    return None


class _Tokens:
    """The tokens of a text, of a large one made group by group as the parser goes on."""

    __slots__ = ("_group", "_lexer", "_text")

    def __init__(self, lexer: Lexer, text: str) -> None:
        self._lexer = lexer
        self._text = text
        self._group: list[Token] = []

    def __iter__(self) -> Iterator[Token]:
        if len(self._text) <= gauge.SMALL:
            return iter(self._lexer.tokens(self._text))
        return chain.from_iterable(self._groups())

    def _groups(self) -> Iterator[list[Token]]:
        for group in self._lexer.groups(self._text):
            self._group = group
            yield group

    def around(self) -> list[Token]:
        """All tokens; of a very large text, those near where the parser stopped."""
        if len(self._text) <= _LARGEST_REREAD:
            return self._lexer.tokens(self._text)
        end = self._group[-1][3]
        return [*self._group, (END, "", end, end)]
