"""Export: a value and its gradient as text to paste elsewhere.

One module a target, each of them a table of templates over one printer. On the way an operator
that a target lacks is composed of those it has (:mod:`.lowering`, :mod:`.compositions`), what is
repeated becomes a named step (:mod:`.printer`), and names become legal ones (:mod:`.names`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from math import isfinite, nan
from typing import TYPE_CHECKING

from autograd_graph.collector import collector_paused
from autograd_graph.errors import ProgramError
from autograd_graph.graph import CONSTANT, INPUT, LEAVES, Graph
from autograd_graph.passes.evaluation import leaf_values

if TYPE_CHECKING:
    from autograd_graph.export.names import Names
    from autograd_graph.export.target import Spelled, Target

TARGETS = ("latex", "python", "numpy", "c", "js", "sympy", "sql", "jax", "torch", "julia", "rust")
"""The names that `export` takes."""

DIALECTS = ("duckdb", "postgres", "sqlite")
"""Those of SQL, each a module; the first one is the usual."""

_SPELLED = {"π": "pi"}
"""Other spellings of the language's constants."""


def export(
    graph: Graph,
    output: int,
    derivatives: Mapping[str, int],
    target: str | Target,
    *,
    name: str = "f",
    source: str = "",
    defaults: Mapping[str, float] | None = None,
    inputs: Sequence[str] | None = None,
    second: Mapping[tuple[str, str], int] | None = None,
    leading: int = 0,
    function: str = "",
    table: str = "",
    dialect: str = "",
) -> str:
    """The value of ``output`` and its ``derivatives`` (nodes by input) as text for ``target``.

    ``target`` is one of :data:`TARGETS`, or a :class:`Target` of one's own.
    With ``second`` derivatives, by pairs of inputs of which one order is enough, the Hessian too.

    ``graph`` is best one of :func:`computed_derivatives` where the target computes, elsewhere a
    simplified one. ``name`` is what the output is called in mathematics, ``source`` the program's
    text, for the first comment. ``defaults`` are values of inputs, and of constants of the program,
    by name; they come before those that the graph itself knows. ``inputs`` are the parameters in
    order; by default those that are differentiated by, then what else the graph has; the first
    ``leading`` of them come before the others though they have a default. ``function`` is what the
    function, or in a target without functions the value, is to be called. For SQL, ``table`` is the
    table's name, and ``dialect`` one of :data:`DIALECTS`.

    Raises :class:`ProgramError` (``unsupported``) for an operator that the target cannot express,
    and (``bad-name``) for a ``function`` that cannot be called that.
    """
    with collector_paused():
        return _export(
            graph,
            output,
            derivatives,
            second or {},
            find(target, dialect) if isinstance(target, str) else target,
            name,
            source,
            defaults or {},
            inputs,
            leading,
            function,
            table,
        )


def find(target: str, dialect: str = "") -> Target:
    """The target of a name, and of a dialect; its module is imported when it is asked for.

    Raises :class:`ProgramError` (``unsupported``) for a name that is not in :data:`TARGETS`.
    """
    if target not in TARGETS:
        raise ProgramError(
            f"there is no target {target!r}",
            code="unsupported",
            hint=f"there are {', '.join(TARGETS)}",
        )
    if dialect and dialect not in DIALECTS:
        raise ProgramError(
            f"there is no dialect {dialect!r} of SQL",
            code="unsupported",
            hint=f"there are {', '.join(DIALECTS)}",
        )
    module = dialect or DIALECTS[0] if target == "sql" else target
    found: Target = import_module(f"autograd_graph.export.{module}").TARGET
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
    leading: int,
    function: str,
    table: str,
) -> str:
    from autograd_graph.export.lowering import lower
    from autograd_graph.export.names import Names, alike
    from autograd_graph.export.printer import Printer
    from autograd_graph.export.settling import settle
    from autograd_graph.export.steps import called_steps, named_steps
    from autograd_graph.export.target import Result, Variable, Written, decimal
    from autograd_graph.export.trimming import trim

    if target.whole_hessian:  # both orders of a pair are written, so what they share is a step
        second = {**second, **{(b, a): node for (a, b), node in second.items()}}
    values = leaf_values(graph, defaults)
    graph = graph.copy()
    steps = named_steps(graph, output)
    calls = called_steps(graph, output)
    graph.names |= calls | steps
    own = graph.names.get(output) if graph.ops[output] not in LEAVES else None
    roots = [output, *derivatives.values(), *second.values()]
    if target.computes:
        plain = trim(settle(graph, values), roots)
        lowered, roots = trim(*lower(*plain, target))
    else:
        lowered, roots = lower(graph, roots, target)
    parameters = list(dict.fromkeys([*(inputs or derivatives), *lowered.inputs]))
    parameters += [name for name in lowered.constants if name not in values]
    constants = [name for name in lowered.constants if name in values]

    expressions = _expressions(graph, values, target)
    names = Names(target.reserved, target.fold, target.suffix)
    symbols = alike({*graph.names.values()})

    def identifier(name: str) -> str:
        way = target.typed if name in symbols else None
        return (way or target.identifier)(name)

    wanted = [(name, identifier(name)) for name in (*parameters, *constants)]
    spellings = names.take_all(wanted)

    def variables(some: Sequence[str]) -> list[Variable]:
        return [
            Variable(name, spellings[name], values.get(name), expressions.get(name, ("",))[0])
            for name in some
        ]

    leaves = {name: target.leaf(spellings[name]) for name in parameters}
    for name in constants:
        number = target.inlined(*(expressions.get(name) or target.number(decimal(values[name]))))
        leaves[name] = number if target.inline_constants else spellings[name]
    texts = {
        node: leaves[name] if _is_own(lowered, node) else target.constants[_SPELLED.get(name, name)]
        for node, name in lowered.names.items()
        if lowered.ops[node] in LEAVES
    }
    in_steps = {n: name for n, name in lowered.names.items() if lowered.ops[n] not in LEAVES}
    kept = {n: name for n, name in in_steps.items() if name in steps.values()}
    called = "" if target.function else function
    if lowered.ops[roots[0]] not in LEAVES:
        in_program = output_name if target.mathematics else own
        of_value = (called if target.value else "") or in_program or target.value
        kept |= {roots[0]: of_value} if of_value else {}
    name_of = _namer(names, target, identifier, kept, in_steps)

    printer = Printer(lowered, roots, target, texts, name_of, kept)
    results = [
        Result(name, text, not printer.moves(root))
        for name, text, root in zip(
            [called or output_name, *derivatives, *(by for _, by in second)],
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
            wanted=_wanted_name(function, target, parameters),
            leading=leading,
            table=table,
        )
    )


def _namer(
    names: Names,
    target: Target,
    identifier: Callable[[str], str],
    kept: Mapping[int, str],
    wanted: Mapping[int, str],
) -> Callable[[int], str]:
    """What the step that a node becomes is called: ``kept`` names come before ``wanted`` ones."""
    spelled: dict[int, str] = {}
    for node, name in sorted(kept.items(), key=lambda item: identifier(item[1]) != item[1]):
        spelled[node] = names.take(identifier(name))
    numbered = names.numbered(target.step)

    def name_of(node: int) -> str:
        if node in spelled:
            name = spelled[node]
        elif node in wanted:
            name = names.take(identifier(wanted[node]))
        else:
            name = numbered()
        return target.reference(name)

    return name_of


def _wanted_name(wanted: str, target: Target, inputs: Sequence[str]) -> str:
    """The name that a user wants, checked to be one in the target."""
    if not wanted:
        return ""
    if not wanted.isidentifier() or (
        target.function and (target.identifier(wanted) != wanted or wanted in target.reserved)
    ):
        raise ProgramError(
            f"{wanted!r} cannot be a name in {target.name}",
            code="bad-value",
            hint="a name is made of letters, digits and underscores, and means nothing else there",
        )
    if wanted in inputs:
        raise ProgramError(
            f"{wanted} is an input of the program", code="bad-value", hint="take another name"
        )
    return wanted


def _expressions(graph: Graph, values: Mapping[str, float], target: Target) -> dict[str, Spelled]:
    """The values of inputs and constants that the program computes of numbers: ``pi/180``.

    A value of which the program has no formula, or one that takes steps or other names, is left
    out: it is written as its number.
    """
    from autograd_graph.export.lowering import lower
    from autograd_graph.export.printer import Printer
    from autograd_graph.export.settling import settle
    from autograd_graph.export.trimming import trim

    found: dict[str, Spelled] = {}
    for name, leaf in (graph.inputs | graph.constants).items():
        if not graph.args[leaf] or not isfinite(values.get(name, nan)):
            continue
        nodes = graph.under(graph.args[leaf][0])
        if any(graph.ops[node] in (INPUT, CONSTANT) and _is_own(graph, node) for node in nodes):
            continue
        plain, roots = graph, [nodes[-1]]
        try:
            if target.computes:
                plain, roots = trim(settle(graph, values), roots)
            plain, roots = lower(plain, roots, target)
        except ProgramError as error:
            if error.code != "unsupported":
                raise
            continue
        texts = {
            node: target.constants[_SPELLED.get(plain.names[node], plain.names[node])]
            for node, row in enumerate(plain.ops)
            if row is CONSTANT
        }
        printer = Printer(plain, roots, target, texts, str)
        if plain.ops[roots[0]] not in LEAVES and not printer.steps:
            found[name] = printer.texts[0], "choice"
    return found


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
