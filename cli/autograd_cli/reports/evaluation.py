"""The report on one evaluation: plain data, ready to be drawn or written.

It contains everything that a view shows, as numbers and text, and nothing about its layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from math import isfinite, isinf, isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_cli.formats import json_number
from autograd_cli.reports.nodes import NodeRow, NodeRows, Run
from autograd_cli.reports.rows import Rows
from autograd_graph import Span, Tape, causes, forward, reverse, statuses
from autograd_graph.labels import output_label
from autograd_graph.status import JUMP, KINK, OK, UNDERFLOW, UNUSED, Status, worst

if TYPE_CHECKING:
    from autograd_cli.reports.naming import Naming


class InputRow(NamedTuple):
    """One input: its value, the output's derivative by it, and its meaning in words."""

    name: str
    value: float | None
    gradient: float
    status: Status
    share: float
    """The gradient's size relative to the largest one, from 0 to 1."""
    meaning: str


class Note(NamedTuple):
    """A remark on a place in the program."""

    message: str
    span: Span | None
    status: Status


class Summary(NamedTuple):
    """The output and its gradients: the result for each program of a stream."""

    node: int
    name: str
    value: float
    status: Status
    gradients: dict[str, float]
    gradient_status: dict[str, Status]
    """The status of each gradient that is not ``ok``."""

    def as_object(self) -> dict[str, Any]:
        """The output and its gradients as JSON."""
        return {
            "output": {
                "node": self.node,
                "name": self.name or None,
                "value": json_number(self.value),
                "status": self.status,
            },
            "gradients": {name: json_number(slope) for name, slope in self.gradients.items()},
            "gradient_status": self.gradient_status,
        }

    @property
    def worst(self) -> Status:
        """The most severe status of the output and of the reported gradients."""
        return worst((self.status, *self.gradient_status.values()))

    def sound(self, strict: bool) -> bool:
        """Whether the output and the reported gradients are not nan.

        With ``strict``, they are also finite, and no node that takes part and no gradient has a
        status other than ``ok``.
        """
        if not strict:
            return not any(map(isnan, (self.value, *self.gradients.values())))
        finite = all(map(isfinite, (self.value, *self.gradients.values())))
        return finite and self.status == OK and not self.gradient_status


class Evaluation(NamedTuple):
    """A program at a point: values, gradients, statuses, notes."""

    text: str
    summary: Summary
    output_name: str
    """The displayed name of the output: ``f`` if the program has none."""
    nodes: Sequence[NodeRow]
    inputs: Sequence[InputRow]
    notes: list[Note]

    @property
    def output(self) -> NodeRow:
        """The row of the output."""
        return self.nodes[self.summary.node]


def run(tape: Tape, given: dict[str, float]) -> Run:
    """Run both passes. Raises :class:`ProgramError` (``missing-value``)."""
    values = forward(tape, given)
    adjoints = reverse(tape, values)
    found = statuses(tape, values)
    return Run(tape, given, values, adjoints, found, causes(tape, values, adjoints, found))


def summary(passes: Run, wrt: Sequence[str] | None = None) -> Summary:
    """The output of a run and its gradients by ``wrt``, or by every input."""
    tape, origins = passes.tape, passes.causes
    graph, output = tape.graph, tape.output
    chosen = graph.inputs if wrt is None else {name: graph.inputs[name] for name in wrt}
    return Summary(
        node=output,
        name=graph.names.get(output, ""),
        value=passes.values[output],
        status=passes.status(output),
        gradients={name: passes.slope(node) for name, node in chosen.items()},
        gradient_status={
            name: origins[node].status for name, node in chosen.items() if node in origins
        },
    )


def evaluate(tape: Tape, given: dict[str, float], wrt: Sequence[str] | None = None) -> Evaluation:
    """Run both passes and report on them.

    ``wrt`` limits the inputs that are reported; ``None`` reports all of them.
    """
    return account(run(tape, given), wrt)


def account(
    passes: Run, wrt: Sequence[str] | None = None, names: Naming | None = None
) -> Evaluation:
    """The full report on a run: every node and every input.

    ``names`` are those of nodes in its notes; without them each is called by its label.
    """
    tape = passes.tape
    head = summary(passes, wrt)
    nodes = NodeRows(passes, head.status)
    return Evaluation(
        text=tape.graph.text,
        summary=head,
        output_name=output_label(tape.graph, tape.output),
        nodes=nodes,
        inputs=InputRows(passes, nodes, head),
        notes=_notes(passes, nodes, head, names),
    )


class InputRows(Rows[InputRow]):
    """The rows of the inputs that are reported."""

    def __init__(self, passes: Run, nodes: NodeRows, head: Summary) -> None:
        self._passes = passes
        self._nodes = nodes
        self._head = head
        self._names = list(head.gradients)

    def __len__(self) -> int:
        return len(self._names)

    def take(self, numbers: Iterable[int]) -> Iterator[InputRow]:
        """The rows of some inputs."""
        passes, head, largest, under = self._passes, self._head, self._largest, self._under
        tape = passes.tape
        output = output_label(tape.graph, tape.output)
        for name in map(self._names.__getitem__, numbers):
            node, gradient = tape.graph.inputs[name], head.gradients[name]
            status = head.gradient_status.get(name, OK)
            if tape.reached[node]:
                meaning = meaning_of(name, gradient, status, under.get(node, OK), output)
            else:
                meaning = f"does not reach {output}"
            share = share_of(gradient, largest)
            yield InputRow(name, self._nodes.value(node), gradient, status, share, meaning)

    @cached_property
    def _largest(self) -> float:
        return max(filter(isfinite, map(abs, self._head.gradients.values())), default=0.0)

    @cached_property
    def _under(self) -> dict[int, Status]:
        return _under_breaks(self._passes)


def _under_breaks(passes: Run) -> dict[int, Status]:
    """The nodes that can move a kink or jump of the output, with its status.

    A kink that nothing flows back to, as in ``abs(x)^2`` at 0, is not one of the output.
    """
    found, args = passes.statuses, passes.tape.graph.args
    breaks = {
        node: status
        for node, status in found.items()
        if status == JUMP or (status == KINK and passes.adjoints[node])
    }
    under: dict[int, Status] = {}
    for node in range(max(breaks, default=-1), -1, -1):
        status = worst((under.get(node, OK), breaks.get(node, OK)))
        if status != OK:
            for arg in args[node]:
                if found.get(arg) != UNUSED:
                    under[arg] = worst((status, under.get(arg, OK)))
    return under


def share_of(gradient: float, largest: float) -> float:
    """The size of a gradient relative to the largest one, from 0 to 1."""
    if not gradient or isnan(gradient):
        return 0.0
    return 1.0 if isinf(gradient) else abs(gradient) / largest


def meaning_of(name: str, gradient: float, status: Status, place: Status, output: str) -> str:
    """The meaning of a gradient: what raising the input does to the output.

    The wording also fits data and labels, which are never moved. ``place`` is the kink or jump that
    the output is at, if any, where the gradient does not predict the effect of raising the input.
    """
    if status == UNDERFLOW:
        return "lost: too small for a double on the way"
    if isnan(gradient):
        return "undefined here"
    if place != OK:
        return f"at a {place}"
    if gradient == 0.0:
        return "flat here"
    return f"raising {name} {'lowers' if gradient < 0 else 'raises'} {output}"


def _notes(passes: Run, nodes: NodeRows, head: Summary, names: Naming | None) -> list[Note]:
    """The notes; where there are none, neither a module nor labels are needed for them."""
    if not passes.causes and not {*passes.statuses.values()} - {UNUSED}:
        return []
    from autograd_cli.reports.naming import Labels
    from autograd_cli.reports.notes import notes

    return notes(passes, head.gradients, names or Labels(passes.tape.graph, nodes.labels))
