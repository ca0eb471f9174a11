"""A derivative as a function of its own: the text that ``diff`` prints, compiled."""

from __future__ import annotations

from collections.abc import Sequence

from autograd_cli.interface import function
from autograd_cli.interface.function import Function
from autograd_cli.program import Program, inputs_named, normal
from autograd_cli.reports.diff import differentiate, programs
from autograd_graph import ProgramError


def derivative(program: Program, names: Sequence[str]) -> Function:
    """The derivative by one name, or by two in turn; without a name, by the only input.

    Its inputs are those of the program that remain in it; given values are substituted into its
    text. Raises :class:`ProgramError` for a name that is no input, for more than two names, and for
    none if there are several inputs.
    """
    graph = program.graph
    by = inputs_named(graph, list(map(normal, names)) or _only_input(program))
    if len(by) > 2:
        raise ProgramError(
            f"derivatives are of order 1 or 2, not {len(by)}",
            code="unsupported",
            hint="differentiate the result again",
        )
    asked = Program(
        graph,
        program.tape,
        program.given,
        list(dict.fromkeys(by)),
        max_nodes=program.max_nodes,
    )
    found = differentiate(asked, len(by))
    if len(by) == 1:
        return function.compile(programs(found, cse=False, limit=program.max_nodes)[0])
    lines = programs(found, cse=False, limit=program.max_nodes)
    texts = dict(zip(found.second, lines, strict=True))
    pair = by[0], by[1]
    return function.compile(texts[pair] if pair in texts else texts[pair[::-1]])


def _only_input(program: Program) -> list[str]:
    names = list(program.graph.inputs) if program.wrt is None else program.wrt
    if len(names) != 1:
        raise ProgramError(
            f"by which input? there are {', '.join(names) or 'none'}",
            code="missing-value",
            hint=f"name one: f.diff({names[0]!r})" if names else "",
        )
    return names
