"""Export: a value and its gradient as text to paste elsewhere.

One module a target, each of them a table of templates over one printer. On the way an operator
that a target lacks is composed of those it has (:mod:`.lowering`, :mod:`.compositions`), what is
repeated becomes a named step (:mod:`.printer`), and names become legal ones (:mod:`.names`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from autograd_graph.collector import collector_paused
from autograd_graph.errors import ProgramError
from autograd_graph.graph import Graph

if TYPE_CHECKING:
    from autograd_graph.export.target import Target

TARGETS = ("latex", "python", "numpy", "c", "sympy", "sql")
"""The names that `export` takes."""

_SPELLED = {"π": "pi"}
"""Other spellings of the language's constants."""


def export(
    graph: Graph,
    output: int,
    derivatives: Mapping[str, int],
    target: str,
    *,
    name: str = "f",
    source: str = "",
    defaults: Mapping[str, float] | None = None,
    inputs: Sequence[str] | None = None,
    second: Mapping[tuple[str, str], int] | None = None,
) -> str:
    """The value of ``output`` and its ``derivatives`` (nodes by input) as text for ``target``.

    With ``second`` derivatives, by pairs of inputs of which one order is enough, the Hessian too.

    ``graph`` is best one of :func:`computed_derivatives` where the target computes, elsewhere a
    simplified one. ``name`` is what the output is called in mathematics, ``source`` the program's
    text, for the first comment. ``defaults`` are values of inputs, and of constants of the program,
    by name; they come before those that the graph itself knows. ``inputs`` are the parameters in
    order; by default those that are differentiated by, then what else the graph has.

    Raises :class:`ProgramError` (``unsupported``) for an operator that the target cannot express.
    """
    with collector_paused():
        return _export(
            graph,
            output,
            derivatives,
            second or {},
            find(target),
            name,
            source,
            defaults or {},
            inputs,
        )


def find(target: str) -> Target:
    """The target of a name; its module is imported when it is asked for.

    Raises :class:`ProgramError` (``unsupported``) for a name that is not in :data:`TARGETS`.
    """
    if target not in TARGETS:
        raise ProgramError(
            f"there is no target {target!r}",
            code="unsupported",
            hint=f"there are {', '.join(TARGETS)}",
        )
    found: Target = import_module(f"autograd_graph.export.{target}").TARGET
    return found


def _export(
    graph: Graph,
    output: int,
    derivatives: Mapping[str, int],
    second: Mapping[tuple[str, str], int],
    target: Target,
    output_name: str,
    source: str,
    defaults: Mapping[str, float],
    inputs: Sequence[str] | None,
) -> str:
    from autograd_graph.export.lowering import leaf_values, lower
    from autograd_graph.export.names import Names
    from autograd_graph.export.printer import Printer, moved
    from autograd_graph.export.settling import settle
    from autograd_graph.export.target import Result, Variable, Written, decimal
    from autograd_graph.export.trimming import trim

    if target.whole_hessian:  # both orders of a pair are written, so what they share is a step
        second = {**second, **{(b, a): node for (a, b), node in second.items()}}
    values = leaf_values(graph, defaults)
    roots = [output, *derivatives.values(), *second.values()]
    if target.computes:
        plain = trim(settle(graph, values), roots)
        lowered, roots = trim(*lower(*plain, target))
    else:
        lowered, roots = lower(graph, roots, target)
    parameters = list(dict.fromkeys([*(inputs or derivatives), *lowered.inputs]))
    parameters += [name for name in lowered.constants if name not in values]
    constants = [name for name in lowered.constants if name in values]

    names = Names(target.reserved, target.fold, target.suffix)
    wanted = [(name, target.identifier(name)) for name in (*parameters, *constants)]
    spellings = names.take_all(wanted)

    def variables(some: Sequence[str]) -> list[Variable]:
        return [Variable(name, spellings[name], values.get(name)) for name in some]

    leaves = {name: target.leaf(spellings[name]) for name in parameters}
    for name in constants:
        number = target.inlined(*target.number(decimal(values[name])))
        leaves[name] = number if target.inline_constants else spellings[name]
    texts = {
        node: leaves[name] if _is_own(lowered, node) else target.constants[_SPELLED.get(name, name)]
        for node, name in lowered.names.items()
    }
    printer = Printer(lowered, roots, target, texts, names.numbered(target.step))
    moving = moved(lowered)
    results = [
        Result(name, text, not moving[root])
        for name, text, root in zip(
            [output_name, *derivatives, *(by for _, by in second)],
            printer.texts,
            roots,
            strict=True,
        )
    ]
    firsts = 1 + len(derivatives)
    return target.layout(
        Written(
            header=_made_from(source),
            inputs=variables(parameters),
            constants=variables(constants),
            steps=printer.steps,
            value=results[0],
            gradient=results[1:firsts],
            hessian=dict(zip(second, results[firsts:], strict=True)),
            names=names,
        )
    )


def _is_own(graph: Graph, node: int) -> bool:
    """Whether a leaf is the program's own: pi and e are not."""
    name = graph.names[node]
    return graph.inputs.get(name) == node or graph.constants.get(name) == node


def _made_from(source: str) -> list[str]:
    """The first lines of a comment; the program's own are not among the first two.

    Python reads the encoding of a file from comments in its first two lines, and other languages
    may read more in characters that are not printable ASCII: those are escaped.
    """
    lines = [line.rstrip() for line in source.strip().splitlines()]
    if not lines:
        return []
    return ["Made by autograd from:", "", *(f"    {_printable(line)}" for line in lines)]


def _printable(text: str) -> str:
    return "".join(c if " " <= c <= "~" else f"\\u{{{ord(c):x}}}" for c in text)
