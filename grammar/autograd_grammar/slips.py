"""Names that are names, and look as if something else was meant: `sinx`, `xy`, `exp^x`.

The language takes any name, so none of these is an error. What is said of them is a note, and
only where the program itself speaks for the slip.
"""

from __future__ import annotations

from autograd_graph.graph import Graph

_FUNCTIONS = (
    "arcsin", "arccos", "arctan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
    "sin", "cos", "tan", "exp", "log10", "log2", "log", "ln", "sqrt", "cbrt", "abs", "erf",
)  # fmt: skip
"""Functions whose names hardly anybody gives to a variable, the longer before the shorter."""

_HONEST = ("cost", "tang", "logs")
"""Words that begin like a function and end like an input, and mean neither."""

_ARGUMENTS = ("x", "y", "z", "θ", "theta")
"""What stands behind such a name when the parentheses were forgotten, and makes no word."""


def slips(graph: Graph) -> dict[str, str]:
    """For each input without a value of its own that looks like a slip, what was meant."""
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
    for function in _FUNCTIONS:
        argument = name.removeprefix(function)
        if (
            name not in _HONEST
            and argument != name
            and (argument in _ARGUMENTS or argument in graph.inputs)
        ):
            return f"for the function write {function}({argument})"
    return ""


def _product(name: str, graph: Graph) -> str:
    if name.isalpha() and all(letter in graph.inputs for letter in name):
        return f"for the product write {'*'.join(name)}"
    return ""
