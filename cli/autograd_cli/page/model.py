"""What a page knows: the graph with its functions in JavaScript, its steps, its formulas.

The script of the page runs both passes over the operators themselves, as the tape does; steps are
how it shows them. Nodes are numbered anew, without those that the output does not need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd_cli.drawing import mathml
from autograd_cli.formats import json_number
from autograd_cli.page.signs import signs
from autograd_cli.program import Program
from autograd_cli.reports.evaluation import run
from autograd_cli.reports.nodes import Run
from autograd_graph import ProgramError
from autograd_graph.export.js import HELPERS, TARGET, helpers
from autograd_graph.export.names import alike
from autograd_graph.export.operations import Operation, operation
from autograd_graph.formula import Formula, quoted
from autograd_graph.graph import INPUT, LEAVES, LITERAL
from autograd_graph.steps.explanation import Explanation, Term, explain
from autograd_graph.steps.steps import Grain, steps
from autograd_graph.symbolic.infix import formula
from autograd_graph.symbolic.local_formulas import LARGEST_STEP, LocalFormulas

MOST = 150
"""A page of more steps and inputs than this is no picture any more."""

_LONGEST = 250
"""A formula of more tokens than this is not written out."""

_CLEAR = 60
"""The most characters of an expression within a sentence."""


@dataclass(frozen=True, slots=True)
class Local:
    """A step's local derivative by one of its arguments; ``formula`` is ``None`` if too long."""

    formula: mathml.Template | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A step or a leaf: its label, and for a step how it is made of its arguments."""

    node: int
    label: str
    formula: Formula | None
    template: mathml.Template | None
    args: tuple[int, ...]
    inner: tuple[int, ...]
    locals: dict[int, Local]
    kind: str
    """``input``, ``constant``, ``step`` or ``output``."""


@dataclass(frozen=True, slots=True)
class Model:
    """A program at a point as its page shows it. ``passes`` are numbered as in the graph."""

    program: Program
    passes: Run
    explanation: Explanation
    parts: tuple[Part, ...]
    backward: tuple[int, ...]
    """The parts whose gradients are shown, from the output back."""
    idle: tuple[str, ...]
    """Inputs that the output does not depend on."""
    terms: dict[tuple[int, int], Term]
    """What each step contributes to the gradient by each of its arguments."""
    note: str
    """What is to be said of how the program is shown."""
    place: dict[int, int]
    """The numbers on the page of the nodes of the graph that it needs."""
    typed: frozenset[str]
    """Names that would be the symbol of another one."""

    @property
    def output(self) -> Part:
        """The part of the output."""
        return self.parts[-1]

    def symbol(self, label: str) -> str:
        """A label as MathML; as it was typed if another one would be the same symbol."""
        return mathml.symbol(quoted(label, self.typed))

    def gradient(self, node: int) -> float:
        """The output's derivative by a part."""
        return 1.0 if node == self.output.node else self.passes.adjoints[node] or 0.0


def model(program: Program, by: Grain | None) -> Model:
    """What a page of a program shows.

    Raises :class:`ProgramError`: ``missing-value``; ``limit`` for more than :data:`MOST` steps and
    inputs; ``unsupported`` for an operator that has no function in JavaScript.
    """
    program.require_values()
    tape = program.tape
    grain, note = _fitting(program, by)
    passes = run(tape, program.given)
    explanation = explain(tape, passes.values, passes.adjoints, grain, program.wrt)
    terms = {
        (term.through.node, entry.node): term
        for entry in explanation.backward
        for term in entry.terms
    }
    parts = _parts(explanation, program, terms)
    needed = {part.node for part in parts}.union(*(part.inner for part in parts))
    shown = {part.node for part in parts}
    inputs = tape.graph.inputs
    return Model(
        program=program,
        passes=passes,
        explanation=explanation,
        parts=parts,
        backward=tuple(entry.node for entry in explanation.backward if entry.node in shown),
        idle=tuple(name for name, node in inputs.items() if node not in shown),
        terms=terms,
        note=note,
        place={node: n for n, node in enumerate(sorted(needed))},
        typed=alike((*tape.graph.names.values(), *explanation.steps.names)),
    )


def _fitting(program: Program, by: Grain | None) -> tuple[Grain, str]:
    """The grain asked for, or the finer one that fits, with a note if that is not the usual one.

    Raises :class:`ProgramError` (``limit``) if none fits.
    """
    graph, output = program.graph, program.tape.output
    found = steps(graph, output, by)
    if len(found.labels) <= MOST:
        return found.grain, ""
    coarse = len(steps(graph, output, "step").labels)
    if found.grain == "operation" and coarse <= MOST:
        if by is None:
            count = f"{len(found.labels):,} operators and inputs"
            return "step", f"{count} are too many for a page: each statement is one box"
        hint = f"--by step makes {coarse} of them"
    else:
        hint = "--of NAME takes a part of the program"
    raise ProgramError(
        f"a page of {len(found.labels):,} steps and inputs is too large to be read: it has room "
        f"for {MOST}",
        code="limit",
        hint=hint,
    )


def _parts(
    explanation: Explanation, program: Program, terms: dict[tuple[int, int], Term]
) -> tuple[Part, ...]:
    graph, found = program.graph, explanation.steps
    places = {label: node for node, label in found.labels.items()}
    formulas = LocalFormulas(graph, found.labels)
    by_node = {step.node: step for step in found.steps}

    def part(node: int) -> Part:
        step = by_node.get(node)
        kind = "input" if graph.ops[node] is INPUT else "constant"
        if step is None:
            return Part(node, found.labels[node], None, None, (), (), {}, kind)
        leading = [arg for arg in step.args if (node, arg) in terms]
        written = formulas.of(step, leading)
        return Part(
            node=node,
            label=step.label,
            formula=step.formula,
            template=_template(step.formula, places),
            args=step.args,
            inner=step.inner,
            locals={
                arg: Local(
                    _template(written[arg], places), tuple(map(signs, terms[node, arg].slope.rules))
                )
                for arg in leading
            },
            kind="output" if node == found.output else "step",
        )

    return tuple(part(node) for node in found.nodes)


def _template(formula: Formula | None, places: dict[str, int]) -> mathml.Template | None:
    if formula is None or len(formula.tokens) > _LONGEST:
        return None
    return mathml.template(formula, places)


# for the script ----------------------------------------------------------------------------------


def as_data(found: Model) -> tuple[dict[str, Any], str]:
    """The model as JSON for the page's script, and the operators' functions as its code."""
    graph, tape = found.program.graph, found.program.tape
    nodes, place = list(found.place), found.place
    known: dict[tuple[Any, ...], int] = {}
    operations: list[Operation] = []
    program_nodes: list[list[int]] = []
    for node in nodes:
        row, args = graph.ops[node], graph.args[node]
        if row in LEAVES:
            program_nodes.append([])
            continue
        literals = [
            graph.numbers[arg] if _is_part_of(row, n) and graph.ops[arg] is LITERAL else None
            for n, arg in enumerate(args)
        ]
        if row.name in TARGET.refused:
            raise ProgramError(
                f"a page cannot show {row.spelling}: JavaScript has no such function",
                code="unsupported",
                span=graph.spans[node],
                text=graph.text,
                hint="--of NAME takes a part of the program without it",
            )
        key = row.name, tape.constant(node), *map(str, literals)
        if key not in known:
            known[key] = len(operations)
            operations.append(operation(row, tape.constant(node), literals))
        program_nodes.append([known[key], *(place[arg] for arg in args)])
    data = {
        "program": {
            "nodes": program_nodes,
            "operations": [_operation(each) for each in operations],
            "values": [json_number(found.passes.values[node]) for node in nodes],
            "varying": [bool(tape.varying[node]) for node in nodes],
            "output": place[tape.output],
            "breaks": _breaks(found),
        },
        "parts": [_part(part, found, place) for part in found.parts],
        "backward": [place[node] for node in found.backward],
        "moves": [place[node] for node in _moving(found)],
    }
    return data, _code(operations)


def _is_part_of(row: Any, position: int) -> bool:
    """Whether a literal at a place decides which formula of the operator is used."""
    return position in row.fixed or (row.constant_last is not None and position == 1)


def _operation(each: Operation) -> dict[str, Any]:
    return {
        "slopes": each.slopes,
        "flows": each.flows,
        "statuses": each.statuses,
        "factors": each.factors,
        "chooses": each.chooses,
        "asks": each.asks,
    }


def _code(operations: Sequence[Operation]) -> str:
    """The functions of all operations, and what they call."""
    texts = [each.code for each in operations]
    used = {name for name in HELPERS if any(f"{name}(" in text for text in texts)}
    lines = "".join(f"  {text},\n" for text in texts)
    return f"{helpers(used)}const OPERATIONS = [\n{lines}];\n"


_FEW = 3
"""The most names whose values are told within a sentence."""


def _breaks(found: Model) -> dict[int, dict[str, Any]]:
    """The nodes within steps that can be awkward: their expressions, and the parts named there."""
    graph, labels = found.program.graph, found.explanation.steps.labels
    told: dict[int, dict[str, Any]] = {}
    for part in found.parts:
        for node in part.inner:
            row = graph.ops[node]
            if not row.awkward:
                continue
            text, names = f"{row.spelling}(…)", []
            if len(part.inner) <= LARGEST_STEP:
                own = {other: label for other, label in labels.items() if other != node}
                written = formula(graph, node, own)
                if len(signs(written)) <= _CLEAR:
                    text, names = signs(written), _named(written, found)
            told[found.place[node]] = {"text": text, "names": names if len(names) <= _FEW else []}
    return told


def _named(written: Formula, found: Model) -> list[int]:
    """The parts whose names stand in a formula, in its order, as they are numbered on the page."""
    names = dict.fromkeys(token.text for token in written.tokens if token.kind == "name")
    nodes = {part.label: found.place[part.node] for part in found.parts}
    return [nodes[name] for name in names if name in nodes]


def _part(part: Part, found: Model, place: dict[int, int]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "node": place[part.node],
        "label": part.label,
        "math": found.symbol(part.label),
        "kind": part.kind,
    }
    if part.formula is None:
        return fields
    return fields | {
        "formula": _numbered(part.template, place),
        "args": [place[arg] for arg in part.args],
        "inner": [place[node] for node in part.inner],
        "locals": {
            place[arg]: {"formula": _numbered(local.formula, place), "rules": local.rules}
            for arg, local in part.locals.items()
        },
    }


def _numbered(found: mathml.Template | None, place: dict[int, int]) -> list[Any] | None:
    if found is None:
        return None
    return [
        piece if isinstance(piece, str) else [place[piece.node], piece.within] for piece in found
    ]


def _moving(found: Model) -> list[int]:
    """The inputs that a step of descent moves at first: parameters, as far as they can be told.

    Those of ``--wrt``; else those with a value in the program, where others have none; else all.
    """
    program = found.program
    graph = program.graph
    shown = [part.node for part in found.parts if part.kind == "input"]
    if program.wrt is not None:
        return [node for node in shown if graph.names[node] in program.wrt]
    own = [node for node in shown if node in graph.numbers or graph.args[node]]
    return own or shown
