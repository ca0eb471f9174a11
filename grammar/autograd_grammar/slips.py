"""Valid names that are probably mistakes: `sinx`, `xy`, `exp^x`.

The language allows any name, so none of these is an error. They get a note, and only if the rest of
the program suggests the mistake.
"""

from __future__ import annotations

from autograd_graph.graph import Graph

_FUNCTIONS = (
    "arcsin", "arccos", "arctan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
    "sin", "cos", "tan", "exp", "log10", "log2", "log", "ln", "sqrt", "cbrt", "abs", "erf",
)  # fmt: skip
"""Functions whose names are hardly ever given to a variable, longer names before shorter ones."""

_REAL_WORDS = ("cost", "tang", "logs")
"""Words that happen to be a function's name followed by an input's name."""

_ARGUMENTS = ("x", "y", "z", "θ", "theta")
"""Likely arguments after a function's name when the parentheses were forgotten."""


def slips(graph: Graph) -> dict[str, str]:
    """For each input without a value that is probably a mistake, a suggestion in words."""
    found = {}
    for name, node in graph.inputs.items():
        if len(name) > 1 and name not in graph.bindings and node not in graph.numbers:
            meant = _function(name) or _applied(name, graph) or _product(name, graph)
            if meant:
                found[name] = meant
    return found


def _function(name: str) -> str:
    return f"the function is {name}(x)" if name in _FUNCTIONS else ""


def _applied(name: str, graph: Graph) -> str:
    if not name.startswith(_FUNCTIONS) or name in _REAL_WORDS:
        return ""
    for function in _FUNCTIONS:
        argument = name.removeprefix(function)
        if argument != name and (argument in _ARGUMENTS or argument in graph.inputs):
            return f"for the function write {function}({argument})"
    return ""


def _product(name: str, graph: Graph) -> str:
    if name.isalpha() and all(letter in graph.inputs for letter in name):
        return f"for the product write {'*'.join(name)}"
    return ""
