"""Steps: what parts of a program are called there, for the code that is made of it."""

from __future__ import annotations

import re

from autograd_graph.graph import LEAVES, Graph
from autograd_graph.operators import OPERATORS

_NAME = re.compile(r"([^\W\d]\w*)\(")
_SIMPLE = re.compile(r"[\w\s,]*")
_LONGEST_CALL = 60
_LONGEST = 24


def named_steps(graph: Graph, output: int) -> dict[int, str]:
    """The steps of a program by node. Of several that have one name, the newest keeps it."""
    found: dict[int, str] = {}
    newest: set[str] = set()
    older: dict[str, list[int]] = {}
    for node in sorted(graph.names, reverse=True):
        name = graph.names[node]
        if graph.ops[node] in LEAVES or node > output:
            continue
        if name in newest:
            older.setdefault(name, []).append(node)
        else:
            newest.add(name)
            found[node] = name
    for name, nodes in older.items():
        for number, node in enumerate(reversed(nodes), 1):
            found[node] = f"{name}_{number}"
    return found


def called_steps(graph: Graph, output: int) -> dict[int, str]:
    """The results of calls of the program's own functions by node: ``Phi_d1`` for ``Phi(d1)``."""
    found: dict[int, str] = {}
    following = None
    for node in range(min(output, len(graph) - 1), -1, -1):
        span = graph.spans[node]
        if span is not None and span != following and graph.ops[node] not in LEAVES:
            name = _of_call(graph.text, *span)
            if name:
                found[node] = name
        following = span
    return found


def _of_call(text: str, start: int, end: int) -> str:
    """A name for what a part of a text calls, "" if it is no call of a function of its own."""
    match = _NAME.match(text, start, end)
    if match is None or match[1] in _OPERATORS or end - start > _LONGEST_CALL:
        return ""
    arguments = text[match.end() : end - 1]
    if text[end - 1] != ")" or not _is_balanced(arguments):
        return ""
    words = re.findall(r"\w+", arguments) if _SIMPLE.fullmatch(arguments) else []
    name = "_".join([match[1], *words])
    return name if len(name) <= _LONGEST else match[1]


def _is_balanced(text: str) -> bool:
    """Whether every parenthesis that a text closes was opened in it."""
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


_OPERATORS = {name for row in OPERATORS.values() for name in (row.spelling, *row.aliases)}
