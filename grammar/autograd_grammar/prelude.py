"""Functions that are compositions of others, defined in the language itself.

`prelude.expr` is parsed when a program first calls one of them, not before: a program that uses
only operators does not pay for it (:func:`autograd_grammar.parser.library`).
"""

from __future__ import annotations

from functools import cache

from autograd_grammar import files


def text() -> str:
    """The prelude as it is written."""
    return files.read(files.PRELUDE).decode()


def names() -> list[str]:
    """What its functions are called."""
    return list(sources())


@cache
def sources() -> dict[str, str]:
    """The line of the prelude that defines each function, as it is written there."""
    lines = text().splitlines()
    return {
        line.split("(")[0]: line.split("#")[0].rstrip()
        for line in lines
        if line and not line.startswith("#")
    }


@cache
def summaries() -> dict[str, str]:
    """What each of the prelude's functions is, from the comment behind its definition."""
    return {name: comment.partition(" [")[0] for name, comment in _comments().items()}


@cache
def windows() -> dict[str, tuple[float, float]]:
    """Between which arguments functions are drawn that have a range of their own."""
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
