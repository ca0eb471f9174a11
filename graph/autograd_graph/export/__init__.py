"""Export: a value and its gradient as text to paste elsewhere.

One module a target, each of them a table of templates over one printer.
"""

from __future__ import annotations

from collections.abc import Mapping

from autograd_graph.graph import Graph

TARGETS = ("latex", "python", "numpy", "c", "sympy", "sql")
"""The names that `export` takes."""


def export(
    graph: Graph,
    output: int,
    derivatives: Mapping[str, int],
    target: str,
    *,
    header: str = "",
    defaults: Mapping[str, float] | None = None,
) -> str:
    """The value of ``output`` and its ``derivatives`` (nodes by input) as text for ``target``.

    ``graph`` is best a simplified one. ``header`` says what the text was made from and becomes
    its first comment, line by line. ``defaults`` are values of inputs, and of constants of the
    program, by name; they come before those that the graph itself knows. An operator that the
    target cannot express raises :class:`ProgramError` (``unsupported``).
    """
    raise NotImplementedError
