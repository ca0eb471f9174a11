"""The report of `diff`: the derivatives of a program as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_cli.documents import document
from autograd_cli.formats import Report, Row
from autograd_cli.program import Program
from autograd_graph import ProgramError, Tape
from autograd_graph.export import export, find
from autograd_graph.export.derivatives import computed_derivatives, stated_derivatives
from autograd_graph.graph import Graph
from autograd_graph.labels import output_label
from autograd_graph.op import Form
from autograd_graph.passes.evaluation import leaf_values
from autograd_graph.symbolic.gradient import Derivatives, gradient
from autograd_graph.symbolic.infix import infix
from autograd_graph.symbolic.settled import undefined
from autograd_graph.symbolic.simplify import put_in, simplify
from autograd_graph.symbolic.subexpressions import (
    fresh_names,
    repeated,
    written_size,
    written_sizes,
)
from autograd_graph.symbolic.verification import Parting, parting

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

NOTHING = "There are no inputs to differentiate by."
"""The note on a program without inputs."""

_MOST_REPEATED = 20
"""Derivatives written apart may have so many operations for each that they have in one graph."""

_LONG = 400
"""Expressions of more operators and leaves than this are written with named steps."""


@dataclass(frozen=True, slots=True)
class Simplified:
    """A simplified graph that contains an output and its derivatives.

    ``first`` and ``second`` are nodes of ``graph``, by the inputs they differentiate by. ``doubt``
    is a message why the graph is not simplified after all; "" if it is.
    """

    name: str
    graph: Graph
    output: int
    first: dict[str, int]
    second: dict[tuple[str, str], int]
    caveats: list[str]
    doubt: str


@dataclass(frozen=True, slots=True, repr=False)
class Written(Report):
    """The derivatives as text. ``steps`` are the named sub-expressions in the texts, in order."""

    columns = ("by", "derivative")

    name: str
    value: str
    first: dict[str, str]
    second: dict[tuple[str, str], str]
    steps: dict[str, str]
    caveats: list[str]
    as_matrix: bool
    """Whether second derivatives are drawn as a matrix if there is room."""

    def rows(self) -> Iterable[Row]:
        """The steps, then the derivatives of the order that was asked for."""
        yield from self.steps.items()
        if self.second:
            yield from ((f"{a},{b}", text) for (a, b), text in self.second.items())
        else:
            yield from self.first.items()

    def as_object(self) -> dict[str, Any]:
        """The texts as JSON; ``second``, ``steps`` and ``notes`` only if there are any."""
        fields: dict[str, Any] = {"value": self.value, "derivatives": self.first}
        if self.second:
            fields["second"] = {f"{a},{b}": text for (a, b), text in self.second.items()}
        if self.steps:
            fields["steps"] = self.steps
        if self.caveats:
            fields["notes"] = self.caveats
        return document("diff", fields)

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """The steps and the derivatives as equations, or second derivatives as a matrix."""
        from autograd_cli.views.diff import derivatives, fits

        return derivatives(self, output, as_matrix=self.as_matrix and fits(self, width))


def differentiate(program: Program, order: int) -> Simplified:
    """The derivatives of a program's output by its inputs, with given values substituted.

    They have the textbook form, unless that is undefined at the values, as ``(cos(x) - sinc(x))/x``
    at 0. They are simplified, and verified against the derivatives before simplification; if the
    two differ, the unsimplified ones are used. Raises :class:`ProgramError` (``limit``) for second
    derivatives that are too many or too large.
    """
    found, simpler, nodes = _simplified(program, order, "textbook")
    parted = parting(found, simpler, nodes, program.given)
    gaps = len(undefined(simpler, nodes))
    if gaps or (parted and program.given):
        other = _simplified(program, order, "computed")
        apart = parting(*other, program.given)
        if len(undefined(*other[1:])) < gaps or (parted and not apart):
            found, simpler, nodes = other
            parted = apart
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


def computed(program: Program, order: int, form: Form = "code") -> Derivatives:
    """The derivatives that code computes, values from outside put in."""
    return computed_derivatives(
        program.graph,
        program.tape.output,
        program.wrt,
        order=order,
        given=program.given,
        limit=program.max_nodes,
        form=form,
    )


def _simplified(program: Program, order: int, form: Form) -> tuple[Derivatives, Graph, list[int]]:
    """The derivatives, a simplified graph, and the nodes of the derivatives in it."""
    found = gradient(
        program.graph,
        program.tape.output,
        program.wrt,
        order=order,
        form=form,
        limit=program.max_nodes,
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


class Code(NamedTuple):
    """Text for a target. ``doubt`` says why it is not simplified, if it ought to be."""

    text: str
    doubt: str


def code(
    program: Program,
    order: int,
    target: str,
    *,
    name: str = "",
    table: str = "",
    dialect: str = "",
) -> Code:
    """The output and its derivatives for a target of :mod:`autograd_graph.export`.

    For targets that compute they are the reverse pass written out, which rounds as the passes do;
    for the others they are simplified. Raises :class:`ProgramError` (``unsupported``) for an
    operator that the target does not have.

    ``name`` is what the function is to be called (in a target without functions, the value);
    ``table`` and ``dialect`` are for SQL. Inputs that are differentiated by on request come first
    in the parameter list.
    """
    graph = program.graph
    doubt = ""
    if find(target).computes:
        found = computed(program, order, find(target).form)
    else:
        simpler = differentiate(program, order)
        doubt = simpler.doubt
        found = stated_derivatives(
            graph,
            program.tape.output,
            Derivatives(simpler.graph, simpler.output, simpler.first, simpler.second),
            program.given,
            as_written=find(target).mathematics,
        )
    leading = [name for name in dict.fromkeys(program.wrt or ()) if name not in program.given]
    others = [name for name in graph.inputs if name not in {*leading, *program.given}]
    text = export(
        found.graph,
        found.output,
        found.first,
        target,
        name=output_label(graph, program.tape.output),
        source=graph.text,
        second=found.second,
        defaults=leaf_values(graph, {}),
        inputs=[*leading, *others],
        leading=len(leading),
        function=name,
        table=table,
        dialect=dialect,
    )
    return Code(text, doubt)


def formula_in_latex(program: Program) -> str:
    """The program as LaTeX between dollar signs, as notebooks show it."""
    graph = program.graph
    output = program.tape.output
    name = output_label(graph, output)
    defaults = leaf_values(graph, {})
    text = export(graph, output, {}, "latex", name=name, defaults=defaults)
    lines = [line for line in text.splitlines() if not line.startswith("%")]
    return "$$" + "\n".join(lines) + "$$"


def _caveats(program: Program) -> list[str]:
    """The operators in use for which the printed form may differ from what `eval` computes."""
    graph, tape = program.graph, program.tape
    caveats: dict[str, None] = {}
    for node, row in enumerate(graph.ops):
        if row.caveat and tape.reached[node] and tape.varying[node] and _may_differ(tape, node):
            caveats[f"{row.spelling}: {row.caveat}"] = None
    return list(caveats)


def _may_differ(tape: Tape, node: int) -> bool:
    """Whether an operator's caveat can apply to the arguments that it has here."""
    graph = tape.graph
    row, args = graph.ops[node], graph.args[node]
    if row.name == "pow":  # x^y*log(x) appears if y varies, and is undefined for x = 0
        base, exponent = args
        return tape.varying[exponent] and (
            tape.varying[base] or bool(graph.args[base]) or graph.numbers.get(base) == 0
        )
    if row.shares is not None:  # both forms give a tie with a constant to the constant
        return sum(tape.varying[arg] for arg in args[row.asks :]) > 1 or len(args) != 2
    return True


def written(found: Simplified, cse: bool, as_matrix: bool = False) -> Written:
    """The expressions as text. Long ones, or all with ``cse``, share named steps."""
    graph = found.graph
    roots = [found.output, *found.first.values(), *found.second.values()]
    names: dict[int, str] = {}
    if cse or written_size(graph, roots) > _LONG:
        shared = repeated(graph, roots)
        taken = {*graph.inputs, *graph.names.values()}
        names = dict(zip(shared, fresh_names(len(shared), taken), strict=True))
    steps = _steps(graph, names)
    texts = {root: infix(graph, root, names) for root in dict.fromkeys(roots)}
    return Written(
        name=found.name,
        value=texts[found.output],
        first={by: texts[node] for by, node in found.first.items()},
        second={by: texts[node] for by, node in found.second.items()},
        steps=steps,
        caveats=found.caveats,
        as_matrix=as_matrix,
    )


def _steps(graph: Graph, names: dict[int, str]) -> dict[str, str]:
    """The named nodes as text, each with the names of those before it."""
    steps: dict[str, str] = {}
    before: dict[int, str] = {}
    for node, name in names.items():
        steps[name] = infix(graph, node, before)
        before[node] = name
    return steps


def programs(found: Simplified, cse: bool, limit: int) -> list[str]:
    """Each derivative as a program on one line, after the steps that it uses.

    Every line repeats its steps. Raises :class:`ProgramError` (``limit``) if together they have
    more than ``limit`` operations and names, and far more than they have in one graph.
    """
    graph = found.graph
    nodes = dict.fromkeys(found.second.values() if found.second else found.first.values())
    sizes = written_sizes(graph)
    _check_length(graph, nodes, sizes, max(limit, _MOST_REPEATED * len(graph)))
    taken = {*graph.inputs, *graph.names.values()}
    lines: dict[int, str] = {}
    for node in nodes:
        names: dict[int, str] = {}
        if cse or sizes[node] > _LONG:
            shared = [step for step in repeated(graph, [node]) if step != node]
            names = dict(zip(shared, fresh_names(len(shared), taken), strict=True))
        steps = [f"{name} = {text}" for name, text in _steps(graph, names).items()]
        lines[node] = "; ".join([*steps, infix(graph, node, names)])
    return [lines[node] for node in (found.second or found.first).values()]


def _check_length(graph: Graph, roots: Iterable[int], sizes: Sequence[int], limit: int) -> None:
    """Raise :class:`ProgramError` (``limit``) for derivatives too long to be written apart."""
    length = 0
    for root in roots:
        length += sizes[root] if sizes[root] <= _LONG else len(graph.under(root))
        if length > limit:
            raise ProgramError(
                f"the derivatives as programs, one on a line, have more than {limit:,} operations "
                "and names, which is the limit",
                code="limit",
                hint="--format json names shared steps and writes them once; --wrt takes some "
                "inputs only",
            )


def entry(second: dict[tuple[str, str], str], a: str, b: str) -> str:
    """A second derivative, of which only one of two equal orders is stored."""
    return second[a, b] if (a, b) in second else second[b, a]
