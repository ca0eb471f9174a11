"""Functions that are compositions of others, defined in the language itself.

`prelude.expr` is parsed when a program first calls one of them, so that a program that uses only
operators does not pay for it (:func:`autograd_grammar.parser.library`).
"""

from __future__ import annotations

from functools import cache

from autograd_grammar import files


def text() -> str:
    """The text of the prelude."""
    return files.read(files.PRELUDE).decode()


def names() -> list[str]:
    """The names of the prelude's functions."""
    return list(sources())


@cache
def sources() -> dict[str, str]:
    """The line of the prelude that defines each function, without its comment."""
    lines = text().splitlines()
    return {
        line.split("(")[0]: line.split("#")[0].rstrip()
        for line in lines
        if line and not line.startswith("#")
    }


@cache
def summaries() -> dict[str, str]:
    """A summary of each function of the prelude, from the comment after its definition."""
    return {name: comment.partition(" [")[0] for name, comment in _comments().items()}


@cache
def windows() -> dict[str, tuple[float, float]]:
    """The plotted interval of each function that specifies one, as ``(start, end)``."""
    found: dict[str, tuple[float, float]] = {}
    for name, comment in _comments().items():
        if comment.endswith("]"):
            start, _, end = comment[comment.rindex("[") + 1 : -1].partition(", ")
            found[name] = float(start), float(end)
    return found


def _comments() -> dict[str, str]:
    lines = text().splitlines()
    return {
        line.split("(")[0]: line.partition("#")[2].strip()
        for line in lines
        if line and not line.startswith("#")
    }
