"""What the grammar's tests share: a printer that shows every parenthesis, and evaluation."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from autograd_grammar import ProgramError, parse
from autograd_graph import Graph, Tape, forward, reverse

SIGNS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=",
}  # fmt: skip
"""How the tests write the operators: from LANGUAGE.md, not from the operator table."""


def infix(graph: Graph, node: int | None = None) -> str:
    """The expression of a node with all parentheses shown; names and numbers as written."""
    texts: list[str] = []
    for n, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        parts = [texts[arg] for arg in args]
        if n in graph.names:
            texts.append(graph.names[n])
        elif row.name == "literal":
            texts.append(getattr(graph.numbers[n], "text", repr(graph.numbers[n])))
        elif row.name == "neg":
            texts.append(f"(-{parts[0]})")
        elif row.name in SIGNS:
            texts.append(f"({parts[0]} {SIGNS[row.name]} {parts[1]})")
        else:
            texts.append(f"{row.name}({', '.join(parts)})")
    return texts[graph.output if node is None else node]


def parenthesised(text: str) -> str:
    """A program's last expression with all parentheses shown."""
    return infix(parse(text))


def value(text: str, **given: float) -> float:
    """The value of a program."""
    return named(text, given)[""]


def named(text: str, given: Mapping[str, float] | None = None) -> dict[str, float]:
    """The value of every binding of a program by name; the output's under ""."""
    graph = parse(text)
    graph.check()
    values = forward(Tape(graph), given)
    found = {name: values[node] for name, node in graph.bindings.items()}
    return found | {"": values[graph.output]}


def gradient(text: str, **given: float) -> dict[str, float]:
    """The gradient of a program by its inputs; 0 where nothing flows."""
    graph = parse(text)
    tape = Tape(graph)
    adjoints = reverse(tape, forward(tape, given))
    return {
        name: 0.0 if adjoints[node] is None else float(adjoints[node])
        for name, node in graph.inputs.items()
    }


def refusal(text: str, **options: int) -> ProgramError:
    """The error that a program is refused with."""
    with pytest.raises(ProgramError) as caught:
        parse(text, **options)
    return caught.value


def accepted(text: str) -> bool:
    """Whether a text is a program: a sound graph, or else an error that points into the text."""
    graph, error = _attempt(text)
    if error is not None:
        assert error.message
        assert error.span is not None
        start, end = error.span
        assert 0 <= start <= end <= len(text) + 1
        assert all(0 <= first <= last <= len(text) for (first, last), _ in error.related)
    if graph is not None:
        graph.check()
        assert graph.output >= 0
        spans = [span for span in graph.spans if span is not None]
        assert len(spans) == len(graph)
        assert all(0 <= first < last <= len(text) for first, last in spans)
    return error is None


def _attempt(text: str) -> tuple[Graph | None, ProgramError | None]:
    """The graph, or the error; any other exception is the test's failure."""
    try:
        return parse(text, max_nodes=10_000), None
    except ProgramError as error:
        return None, error


def pointed_at(text: str, error: ProgramError) -> str:
    """The piece of the text that an error points at."""
    assert error.span is not None
    start, end = error.span
    return text[start:end]


@contextmanager
def shallow_stack(frames: int = 200) -> Iterator[None]:
    """Let nothing go much deeper than it is: whoever recurses over a program, fails."""
    depth = 0
    frame = sys._getframe()
    while frame is not None:
        depth += 1
        frame = frame.f_back  # type: ignore[assignment]
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + frames)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
