"""Both passes as straight-line code, for a program that is evaluated again and again.

The passes run once over numbers that write down what is done with them
(:mod:`autograd_graph.numbers.assignments`). Python compiles that, without what nothing depends on.
No formula and no pass is written a second time, and every sum has the order that it has on a tape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from autograd_graph.collector import collector_paused
from autograd_graph.numbers.assignments import Assignments, Target
from autograd_graph.passes.evaluation import Tape, reverse


class Straight(NamedTuple):
    """The output at a point, and then the gradient there.

    They raise :class:`ValueError` or :class:`ArithmeticError` where Python does and a tape goes on
    as IEEE 754 has it: there the tape has to be asked.
    """

    value: Callable[[Sequence[float]], float]
    gradient: Callable[[], list[float]]


def straight(tape: Tape, values: Sequence[float], nodes: Sequence[int]) -> Straight:
    """The passes as functions of the leaves ``nodes``, of which there are some.

    The tape has the steps that depend on them; all other nodes keep their ``values``.
    """
    graph, code = tape.graph, Assignments()
    with collector_paused():
        numbers = [code.number(value) for value in values]
        for node in nodes:
            numbers[node] = code.assign("")
        for node in tape.operators:
            numbers[node] = code.value(graph.ops[node], [numbers[arg] for arg in graph.args[node]])
        given, output = [numbers[node] for node in nodes], numbers[tape.output]
        adjoints = reverse(tape, numbers, code.number(1.0), code)
        slopes = [code.number(0.0) if adjoints[node] is None else adjoints[node] for node in nodes]
        first = dict.fromkeys(code.needed([*given, output]))
        second = [target for target in code.needed(slopes) if target not in first]
        read = {operand for target in second for operand in target.operands} | {*slopes}
        shared = [target for target in first if target in read]
        lines = [
            f"def passes({_names(shared, '=None')}):",
            " def value(point):",
            *([f"  nonlocal {_names(shared)}"] if shared else []),
            f"  [{_names(given)}] = point",
            *(f"  {target.name} = {target.code}" for target in first if target.code),
            f"  return {output.name}",
            " def gradient():",
            *(f"  {target.name} = {target.code}" for target in second),
            f"  return [{_names(slopes, ' or 0.0')}]",
            " return value, gradient",
        ]
        exec(compile("\n".join(lines), "<straight-line passes>", "exec"), code.scope)
    return Straight(*code.scope["passes"]())


def _names(targets: Sequence[Target], after: str = "") -> str:
    return ", ".join(target.name + after for target in targets)
