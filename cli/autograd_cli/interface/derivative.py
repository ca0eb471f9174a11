"""A derivative as a function of its own: the text that ``diff`` prints, compiled."""

from __future__ import annotations

from collections.abc import Sequence

from autograd_cli.interface.function import Function
from autograd_cli.program import Program, inputs_named, normal
from autograd_cli.reports.diff import differentiate, programs
from autograd_grammar import parse
from autograd_graph import ProgramError, Tape
from autograd_graph.labels import number_text
from autograd_graph.symbolic.infix import infix


def derivative(program: Program, names: Sequence[str]) -> Function:
    """The derivative by one name, or by two in turn; without a name, by the only input.

    Its text has the program's defaults and constants that are left in it, and given values in their
    places. Inputs that are left out of it may still be given, so it can be called wherever the
    program can. Raises :class:`ProgramError` for a name that is no input, for more than two names,
    and for none if there are several inputs.
    """
    by = _asked(program, names)
    graph = program.graph
    spare = program.spare | graph.inputs.keys() | graph.constants.keys()
    if program.spare.intersection(by):
        return Function(_parsed("0", spare))
    wrt = list(dict.fromkeys(by))
    asked = program.replaced(wrt=wrt)
    found = differentiate(asked, len(by))
    texts = programs(found, cse=False, limit=program.max_nodes)
    if len(by) == 1:
        text = texts[0]
    else:
        pairs = dict(zip(found.second, texts, strict=True))
        text = pairs[by[0], by[1]] if (by[0], by[1]) in pairs else pairs[by[1], by[0]]
    return Function(_parsed(_with_defaults(text, program), spare))


def _asked(program: Program, names: Sequence[str]) -> list[str]:
    if not all(isinstance(name, str) for name in names):
        raise ProgramError(
            "an input is named by a text", code="bad-value", hint='write f.diff("x", "y")'
        )
    by = list(map(normal, names)) or _only_input(program)
    inputs_named(program.graph, [name for name in by if name not in program.spare])
    if len(by) > 2:
        raise ProgramError(
            f"derivatives are of order 1 or 2, not {len(by)}",
            code="unsupported",
            hint="differentiate the result again",
        )
    return by


def _parsed(text: str, spare: frozenset[str]) -> Program:
    graph = parse(text)
    unused = spare - graph.inputs.keys() - graph.constants.keys() - graph.bindings.keys()
    return Program(graph, Tape(graph), {}, None, spare=unused)


def _with_defaults(text: str, program: Program) -> str:
    """The text with what the program says of the inputs and constants that are in it."""
    graph, used = program.graph, parse(text).inputs
    told = []
    for leaves, word in ((graph.inputs, ""), (graph.constants, "const ")):
        for name, node in leaves.items():
            if name not in used or name in program.given:
                continue
            if graph.args[node]:
                told.append(f"{word}{name} = {infix(graph, graph.args[node][0])}")
            elif node in graph.numbers:
                told.append(f"{word}{name} = {number_text(graph.numbers[node])}")
    return "; ".join([*told, text])


def _only_input(program: Program) -> list[str]:
    names = list(program.graph.inputs) if program.wrt is None else program.wrt
    if len(names) != 1:
        raise ProgramError(
            f"by which input? there are {', '.join(names) or 'none'}",
            code="missing-value",
            hint=f"name one: f.diff({names[0]!r})" if names else "",
        )
    return names
