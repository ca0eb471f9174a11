"""Steps: what parts of a program are called there, for the code that is made of it."""

from __future__ import annotations

import re

from autograd_graph.graph import LEAVES, Graph
from autograd_graph.operators import OPERATORS

_CALL = re.compile(r"([^\W\d]\w*)\(([\w\s,]*)\)|([^\W\d]\w*)\(.*", re.DOTALL)
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
            name = _of_call(graph.text[span[0] : span[1]])
            if name:
                found[node] = name
        following = span
    return found


def _of_call(text: str) -> str:
    """A name for what a text calls, "" if that is not a function of its own."""
    match = _CALL.fullmatch(text)
    if match is None:
        return ""
    function = match[1] or match[3]
    if function in _OPERATORS:
        return ""
    arguments = re.findall(r"\w+", match[2] or "")
    name = "_".join([function, *arguments])
    return name if len(name) <= _LONGEST else function


_OPERATORS = {name for row in OPERATORS.values() for name in (row.spelling, *row.aliases)}
