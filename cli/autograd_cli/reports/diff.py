"""The derivatives of a program as text: what `diff` prints, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_cli.documents import document
from autograd_cli.formats import Report, Row
from autograd_cli.line.program import Program
from autograd_graph import Tape, forward
from autograd_graph.graph import Graph
from autograd_graph.labels import output_label
from autograd_graph.symbolic.gradient import Derivatives, gradient
from autograd_graph.symbolic.infix import infix
from autograd_graph.symbolic.settled import undefined
from autograd_graph.symbolic.simplify import put_in, simplify
from autograd_graph.symbolic.subexpressions import fresh_names, repeated, under, written_size
from autograd_graph.symbolic.verification import Parting, parting

NOTHING = "There are no inputs to differentiate by."
"""What there is to say of a program without inputs."""

_LONG = 400
"""Expressions of more operators and leaves than this are written with named steps."""


def _nobody_asks(stage: str) -> None:
    """What is told of a stage where there is nobody to tell."""


@dataclass(frozen=True, slots=True)
class Simplified:
    """A simplified graph that holds an output and its derivatives.

    ``first`` and ``second`` are nodes of ``graph``, by the inputs they differentiate by.
    ``doubt`` says, for people, why it is not simplified after all; empty where it is.
    """

    name: str
    graph: Graph
    output: int
    first: dict[str, int]
    second: dict[tuple[str, str], int]
    caveats: list[str]
    doubt: str


@dataclass(frozen=True, slots=True)
class Written(Report):
    """The same as text. ``steps`` are the named sub-expressions that the texts use, in order."""

    columns = ("by", "derivative")

    name: str
    value: str
    first: dict[str, str]
    second: dict[tuple[str, str], str]
    steps: dict[str, str]
    caveats: list[str]

    def rows(self) -> Iterable[Row]:
        """The steps, then the derivatives of the order that was asked for."""
        yield from self.steps.items()
        if self.second:
            yield from ((f"{a},{b}", text) for (a, b), text in self.second.items())
        else:
            yield from self.first.items()

    def as_object(self) -> dict[str, Any]:
        """The texts as JSON; ``second``, ``steps`` and ``notes`` where there are any."""
        told: dict[str, Any] = {"value": self.value, "derivatives": self.first}
        if self.second:
            told["second"] = {f"{a},{b}": text for (a, b), text in self.second.items()}
        if self.steps:
            told["steps"] = self.steps
        if self.caveats:
            told["notes"] = self.caveats
        return document("diff", told)


def differentiate(
    program: Program, order: int, at: Callable[[str], None] = _nobody_asks
) -> Simplified:
    """The derivatives of a program's output by its inputs, values from outside put in.

    They are those of a textbook, unless these are undefined at the values: ``(cos(x) -
    sinc(x))/x`` at 0. They are simplified, and held to what they were simplified from before
    anyone sees them; where the two part, they stay as the chain rule made them. ``at`` is told
    what it is at.
    """
    at("differentiating")
    found, simpler, nodes = _simplified(program, order, textbook=True)
    gaps = len(undefined(simpler, nodes)) if program.given else 0
    if gaps:
        computed = _simplified(program, order, textbook=False)
        if len(undefined(*computed[1:])) < gaps:
            found, simpler, nodes = computed
    at("checking the derivatives")
    parted = parting(found, simpler, nodes, program.given)
    if parted:
        simpler, nodes = put_in(found.graph, program.given), _roots(found)
    firsts = len(found.first)
    return Simplified(
        name=output_label(program.graph, program.tape.output),
        graph=simpler,
        output=nodes[0],
        first=dict(zip(found.first, nodes[1 : 1 + firsts], strict=True)),
        second=dict(zip(found.second, nodes[1 + firsts :], strict=True)),
        caveats=_caveats(program),
        doubt=_doubt(parted) if parted else "",
    )


def _simplified(
    program: Program, order: int, *, textbook: bool
) -> tuple[Derivatives, Graph, list[int]]:
    """The derivatives as the chain rule makes them, a simpler graph, and what they are in it."""
    found = gradient(
        program.graph, program.tape.output, program.wrt, order=order, textbook=textbook
    )
    return found, *simplify(found.graph, _roots(found), program.given)


def _roots(found: Derivatives) -> list[int]:
    return [found.output, *found.first.values(), *found.second.values()]


def _doubt(parted: Parting) -> str:
    at = ", ".join(f"{name} = {value:.6g}" for name, value in parted.point.items())
    return (
        f"not simplified: the simplified form gives {parted.found:.6g} in place of "
        f"{parted.expected:.6g} at {at or 'these values'}; please report this program"
    )


def computed_defaults(graph: Graph) -> dict[str, float]:
    """The values of the inputs and constants whose default the program computes: ``a = pi/4``."""
    leaves = graph.inputs | graph.constants
    return {
        name: forward(Tape(graph, node))[node] for name, node in leaves.items() if graph.args[node]
    }


def _caveats(program: Program) -> list[str]:
    """Where what is printed and what `eval` computes part ways, for the operators in use."""
    graph, tape = program.graph, program.tape
    told: dict[str, None] = {}
    for node, row in enumerate(graph.ops):
        if row.caveat and tape.reached[node] and tape.varying[node] and _may_part(tape, node):
            told[f"{row.spelling}: {row.caveat}"] = None
    return list(told)


def _may_part(tape: Tape, node: int) -> bool:
    """Whether an operator's caveat can come true with the arguments that it has here."""
    graph = tape.graph
    row, args = graph.ops[node], graph.args[node]
    if row.name == "pow":  # x^y*log(x) is written where y varies, and undefined where x is 0
        base, exponent = args
        return tape.varying[exponent] and (
            tape.varying[base] or bool(graph.args[base]) or graph.numbers.get(base) == 0
        )
    if row.shares is not None:  # a tie with a constant goes to the constant in both
        return sum(tape.varying[arg] for arg in args[row.asks :]) > 1 or len(args) != 2
    return True


def written(found: Simplified, cse: bool) -> Written:
    """The expressions as text. Long ones, or all with ``cse``, share named steps."""
    graph = found.graph
    roots = [found.output, *found.first.values(), *found.second.values()]
    names: dict[int, str] = {}
    if cse or written_size(graph, roots) > _LONG:
        shared = repeated(graph, roots)
        taken = {*graph.inputs, *graph.names.values()}
        names = dict(zip(shared, fresh_names(len(shared), taken), strict=True))
    steps = {
        name: infix(graph, node, {n: other for n, other in names.items() if n < node})
        for node, name in names.items()
    }
    return Written(
        name=found.name,
        value=infix(graph, found.output, names),
        first={by: infix(graph, node, names) for by, node in found.first.items()},
        second={by: infix(graph, node, names) for by, node in found.second.items()},
        steps=steps,
        caveats=found.caveats,
    )


def programs(found: Simplified, cse: bool) -> list[str]:
    """Each derivative as a program of one line, with the steps that it needs before it."""
    graph = found.graph
    nodes = list(found.second.values() if found.second else found.first.values())
    lines: list[str] = []
    for node in nodes:
        names: dict[int, str] = {}
        if cse or written_size(graph, [node]) > _LONG:
            names = _names_under(graph, node)
        steps = [
            f"{name} = {infix(graph, step, {n: t for n, t in names.items() if n < step})}"
            for step, name in names.items()
        ]
        lines.append("; ".join([*steps, infix(graph, node, names)]))
    return lines


def _names_under(graph: Graph, root: int) -> dict[int, str]:
    shared: Sequence[int] = under(graph, root, repeated(graph, [root]))
    taken = {*graph.inputs, *graph.names.values()}
    return dict(zip(shared, fresh_names(len(shared), taken), strict=True))


def entry(second: dict[tuple[str, str], str], a: str, b: str) -> str:
    """A second derivative, of which only one order is kept: they are equal."""
    return second[a, b] if (a, b) in second else second[b, a]
