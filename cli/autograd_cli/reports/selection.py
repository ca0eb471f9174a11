"""Single numbers of an evaluation, by the paths of ``--get``: ``value``, ``node.c.value``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from autograd_cli import formats
from autograd_cli.program import normal
from autograd_cli.reports.evaluation import Evaluation
from autograd_cli.reports.nodes import NodeRow
from autograd_graph import ProgramError

if TYPE_CHECKING:
    from autograd_cli.reports.eval import EvalReport
    from autograd_cli.reports.second_order import Along, Curvature


def selected(report: EvalReport, paths: Sequence[str]) -> list[str]:
    """The numbers at ``paths``, in order. Raises :class:`ProgramError` for an unknown path."""
    parts = report.evaluation, report.second, report.derivative
    return [number for path in paths for number in _numbers(*parts, path)]


def _absent(node: NodeRow, what: str) -> ProgramError:
    if what == "value":
        return ProgramError(f"{node.label} has no value: it was not needed", code="missing-value")
    return ProgramError(
        f"{node.label} has no gradient: it is {node.role}, and nothing varies it",
        code="not-an-input",
    )


def _numbers(
    report: Evaluation, second: Curvature | None, derivative: Along | None, path: str
) -> list[str]:
    """The numbers at a path of ``--get``: ``grad`` gives one for each input."""
    gradients = report.summary.gradients
    if path == "grad" and gradients:
        return [formats.number(gradient) for gradient in gradients.values()]
    return [_single(report, second, derivative, path)]


def _single(
    report: Evaluation, second: Curvature | None, derivative: Along | None, path: str
) -> str:
    """The number at a path of ``--get``."""
    kind, _, rest = path.partition(".")
    if path == "along" and derivative:
        return formats.number(derivative.value)
    if kind == "hessian" and second:
        a, _, b = normal(rest).partition(".")
        if a in second.inputs and b in second.inputs:
            return formats.number(second.matrix[second.inputs.index(a)][second.inputs.index(b)])
    if path == "value":
        return formats.number(report.summary.value)
    gradients = report.summary.gradients
    if kind == "grad" and rest and normal(rest) in gradients:
        return formats.number(gradients[normal(rest)])
    name, _, what = rest.rpartition(".")
    if kind == "node" and name and what in ("value", "gradient", "grad"):
        node = _node_called(report, name)
        if node is not None:
            number = node.value if what == "value" else node.gradient
            if number is None:
                raise _absent(node, what)
            return formats.number(number)
    asked = {"hessian": "--hessian", "along": "--along x=1"}.get(kind)
    if asked and not (second if kind == "hessian" else derivative):
        raise ProgramError(
            f"--get {path} needs {asked.split()[0]}", code="unknown-name", hint=f"add {asked}"
        )
    grads = ", ".join(f"grad.{name}" for name in islice(gradients, 8))
    raise ProgramError(
        f"--get finds no {path!r}",
        code="unknown-name",
        hint=f"{_suggestion(report, path)}there are value, grad, {grads}, and node.NAME.value, "
        "node.NAME.gradient",
    )


def _node_called(report: Evaluation, name: str) -> NodeRow | None:
    """The newest node of that name, or the one with that label or number."""
    name = normal(name)
    for node in reversed(report.nodes):
        label = str(node.node) if node.number else node.label
        if name in (node.name, label, str(node.node)):
            return node
    return report.output if name == report.output_name else None


def _suggestion(report: Evaluation, path: str) -> str:
    """A suggestion for a path that names a node but no number of it; else ""."""
    kind, _, rest = path.partition(".")
    name = rest if kind in ("node", "grad") else path
    if not name or "." in name or _node_called(report, name) is None:
        return ""
    if kind == "grad":
        return f"did you mean node.{name}.gradient? "
    by = f"grad.{name} or " if normal(name) in report.summary.gradients else ""
    return f"did you mean {by}node.{name}.value? "
